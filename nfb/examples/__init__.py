"""Worked examples, to be read and changed: each runs as a script, and cell by cell where ``# %%`` is known."""
