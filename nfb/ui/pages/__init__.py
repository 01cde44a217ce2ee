"""One screen each: they show what the session says and ask for actions by name."""
