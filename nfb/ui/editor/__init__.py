"""The protocol library and the editor."""
