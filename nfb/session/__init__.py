"""The sans-I/O session: fed with chunks and commands, it returns hops and events."""
