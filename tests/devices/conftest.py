"""Helpers for tests that read a source."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from nfb.devices.brainflow_source import BrainFlowSource
from nfb.model.samples import Chunk, SourceItem

ReadUntil = Callable[..., list[SourceItem]]


@pytest.fixture
def read_until() -> ReadUntil:
    """Read a source until `enough(items)`, at most `limit_s`; the items so far."""

    def read(source: BrainFlowSource, enough: Callable[[list[SourceItem]], bool], limit_s: float = 8.0) -> list:
        items: list[SourceItem] = []
        end_s = time.monotonic() + limit_s
        while not enough(items):
            assert time.monotonic() < end_s, f"not seen within {limit_s} s: {items[-5:]}"
            items += source.read(0.1)
        return items

    return read


@pytest.fixture
def opened() -> Callable[..., object]:
    """``with opened("cyton", params) as source``: open, and close whatever happens."""

    @contextmanager
    def open_source(name: str, params: dict[str, str] | None = None, **options: object) -> Iterator[BrainFlowSource]:
        source = BrainFlowSource(name, params or {}, **options)
        try:
            source.open()
            yield source
        finally:
            source.close()

    return open_source


@pytest.fixture
def n_samples() -> Callable[[list[SourceItem]], int]:
    """Samples in a list of items."""
    return lambda items: sum(item.n_samples for item in items if isinstance(item, Chunk))
