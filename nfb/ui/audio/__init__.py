"""What the client hears. Everything but `output`, `music`, `desk` and `sounds` is arithmetic that needs no Qt."""
