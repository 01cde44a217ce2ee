"""Frozen vocabulary: samples, montage, protocol, events, commands, errors. No state, no clock, no I/O."""
