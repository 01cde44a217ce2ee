"""What two protocols have in common and where they part, key by key."""

from collections.abc import Iterator
from typing import NamedTuple

from nfb.files.protocol_tables import protocol_data
from nfb.model.protocol import Protocol

Path = tuple[str | int, ...]


class Difference(NamedTuple):
    """One value that differs; None where a protocol does not have it."""

    path: Path
    before: object
    after: object


def differences(before: Protocol, after: Protocol) -> tuple[Difference, ...]:
    """Every value in which two protocols differ, in the order of the file; the version number is left out.

    Conditions are compared by the feature they are about, so that one more of them does not shift all others.
    """
    old, new = dict(_values(before)), dict(_values(after))
    paths = [*old, *(path for path in new if path not in old)]
    order = list(dict.fromkeys(path[0] for path in paths))
    paths.sort(key=lambda path: order.index(path[0]))
    return tuple(Difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path))


def _values(protocol: Protocol) -> Iterator[tuple[Path, object]]:
    data = protocol_data(protocol)
    del data["version"]
    tables = data["conditions"]
    assert isinstance(tables, list)
    data["conditions"] = {c.feature: table for c, table in zip(protocol.conditions, tables, strict=True)}
    yield from _flat(data, ())


def _flat(value: object, path: Path) -> Iterator[tuple[Path, object]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, inner in enumerate(value):
            yield from _flat(inner, (*path, i))
    else:
        yield path, value
