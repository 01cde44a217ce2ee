"""Incremental signal steps. State lives inside small objects; nothing here knows a clock, a file or a thread."""
