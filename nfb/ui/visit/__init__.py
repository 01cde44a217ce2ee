"""The visit around a session: check-in, the questions on the client's screen, wrap-up, and the order of it all."""
