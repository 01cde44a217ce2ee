"""Protocols as text in the layout of the shipped files, with the comments of a text that is changed kept."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap

from nfb.files.protocol_file import parse_protocol
from nfb.files.protocol_tables import Data, protocol_data
from nfb.files.toml_layout import Block, Layout, Statement, layout_of
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Protocol

_WIDTH = 115
# Texts of several sentences stand in blocks of their own lines, other text on one line.
_PROSE = ("purpose", "summary", "limits")
_ONE_PER_LINE = ("cautions", "references")
# Tables that stand within a line; all others have a header.
_INLINE = ("references", "threshold", "replace")
_ORDER: dict[str, tuple[str, ...]] = {
    "": (
        "schema", "id", "version", "name", "purpose", "cautions", "evidence", "montage", "features", "conditions",
        "recalibrate", "guards", "reward", "crossover", "feedback", "stages", "course",
    ),
    "evidence": ("level", "summary", "limits", "references"),
    "montage": ("sites", "min_sites", "reference", "fallbacks"),
    "features": (
        "kind", "numerator", "denominator", "sites", "left_sites", "band_from_iaf_hz", "band_hz", "relative_to_hz",
        "log", "estimator", "delay_s", "taps_s", "slow", "smoothing_s",
    ),
    "conditions": ("feature", "role", "direction", "threshold"),
    "stages": (
        "eyes", "conditions", "peak_s", "baseline_s", "min_clean_s", "rest_after_baseline_s", "runs", "run_s",
        "rest_s", "transfer_s", "then",
    ),
}  # fmt: skip


def write_protocol(protocol: Protocol, like: str = "") -> str:
    """A protocol as the text of a file.

    Parameters
    ----------
    protocol
        What is to be written; its own `text` is not looked at.
    like
        An older text of it: statements whose values have not changed stay as they are, with their comments.

    Returns
    -------
    str
        Reading it with :func:`~nfb.files.protocol_file.parse_protocol` gives an equal protocol.
    """
    new = protocol_data(protocol)
    if like:
        text = toml_text(_changed(tomllib.loads(like), protocol_data(parse_protocol(like)), new), like)
        try:
            if parse_protocol(text) == protocol:
                return text
        except ProtocolError:
            pass  # a value that had been left out to follow another one: say all of them anew
    return toml_text(new, like)


def _changed(raw: Data, old: Data, new: Data) -> Data:
    """`raw`, what a text says, changed as far as `new` differs from `old`; what it need not have said stays."""
    data = {key: value for key, value in raw.items() if key in new or key not in old}
    for key, value in new.items():
        was, before = raw.get(key), old.get(key)
        if isinstance(value, dict) and isinstance(was, dict) and isinstance(before, dict):
            data[key] = _changed(was, before, value)
        elif key not in raw or value != before:
            data[key] = value
    return data


def toml_text(data: Mapping[str, object], like: str = "") -> str:
    """The data of a protocol file as text in the house layout.

    Parameters
    ----------
    data
        As :func:`tomllib.loads` returns it.
    like
        TOML: statements of it that say the same stay as they are, with their comments and in their order.
    """
    layout = layout_of(like.removeprefix("\ufeff").replace("\r\n", "\n"))
    written = "\n".join(_block(path, values, block) for path, values, block in _matched(data, layout))
    return written + layout.below


def _matched(data: Mapping[str, object], layout: Layout) -> Iterator[tuple[str, dict[str, object], Block | None]]:
    """Each table with its header, in order, and the block of the old text that it goes on from."""
    free = list(layout.blocks)
    for header, path, siblings in _tables(data, ()):
        old = [block for block in free if block.path == path]
        for values, block in zip(siblings, _partners(siblings, old), strict=True):
            if block is not None:
                free.remove(block)
            yield header, values, block


def _tables(data: Mapping[str, object], path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], list[Data]]]:
    """Header, path and values of each table, outer ones first; tables of a list come together."""
    lines: Data = {}
    inner: Data = {}
    for key in _in_order(data, path):
        value = data[key]
        (inner if _has_header(value) and key not in _INLINE else lines)[key] = value
    name = ".".join(map(_key, path))
    if lines or not inner or not path:
        yield (f"[{name}]" if path else ""), path, [lines]
    for key, value in inner.items():
        if isinstance(value, dict):
            yield from _tables(value, (*path, key))
        elif isinstance(value, list):
            yield f"[[{'.'.join(map(_key, (*path, key)))}]]", (*path, key), value


def _has_header(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def _in_order(data: Mapping[str, object], path: tuple[str, ...]) -> list[str]:
    if path == ("features",):
        return list(data)
    order = _ORDER.get(path[0] if path else "", ())
    return sorted(data, key=lambda key: order.index(key) if key in order else len(order))


def _partners(tables: Sequence[Mapping[str, object]], old: list[Block]) -> list[Block | None]:
    """For each table the old block that is the same, or begins the same, or is the only one there."""
    free = list(old)
    found: list[Block | None] = [None] * len(tables)

    def same(table: Mapping[str, object], block: Block) -> bool:
        return block.values == table

    def begins_alike(table: Mapping[str, object], block: Block) -> bool:
        return any(block.values.get(key) == table.get(key) is not None for key in ("feature", "replace"))

    def alone(_table: Mapping[str, object], _block: Block) -> bool:
        return len(tables) == len(old) == 1

    for alike in (same, begins_alike, alone):
        for i, table in enumerate(tables):
            partner = next((block for block in free if alike(table, block)), None)
            if found[i] is None and partner is not None:
                found[i] = partner
                free.remove(partner)
    return found


def _block(header: str, values: Mapping[str, object], old: Block | None) -> str:
    if old is None:
        text, said = (f"{header}\n" if header else ""), {}
    else:
        text, said = old.above.lstrip("\n") + old.header, {s.key: s for s in old.statements}
    for key in _order_of(list(values), list(said)):
        text += _statement(key, values[key], said.get(key))
    return text if text.endswith("\n") or not text else f"{text}\n"


def _order_of(keys: list[str], said: list[str]) -> list[str]:
    """The old text's order, with new keys after the key that the house puts before them."""
    order = [key for key in said if key in keys]
    for before, key in pairwise(["", *keys]):
        if key not in order:
            order.insert(order.index(before) + 1 if before in order else 0, key)
    return order


def _statement(key: str, value: object, old: Statement | None) -> str:
    if old is not None and _same(old.value, value):
        return old.above.lstrip("\n") + old.text + ("" if old.text.endswith("\n") else "\n")
    if isinstance(value, str) and key in _PROSE:
        return f"{_key(key)} = {_prose(value)}\n"
    if isinstance(value, list) and key in _ONE_PER_LINE:
        rows = "".join(f"    {_inline(item)},\n" for item in value)
        return f"{_key(key)} = [\n{rows}]\n" if value else f"{_key(key)} = []\n"
    return f"{_key(key)} = {_inline(value)}\n"


def _same(old: object, new: object) -> bool:
    """Whether they mean the same in a file: true is not 1, and blank lines around a text do not count."""
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return old == new and isinstance(old, bool) == isinstance(new, bool)


def _prose(text: str) -> str:
    """A text over several lines where it is long; each line but the last of a paragraph ends in a backslash."""
    lines = text.strip().split("\n")
    one_line = _inline(text.strip())
    if len(one_line) < 100 or any(line != " ".join(line.split()) for line in lines):
        return one_line
    paragraphs = [wrap(_escaped(line), _WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines]
    return '"""\n' + "\n".join(" \\\n".join(paragraph) for paragraph in paragraphs) + '"""'


def _escaped(text: str) -> str:
    """A text as it stands between quotation marks."""
    quoted = json.dumps(text, ensure_ascii=False)[1:-1]
    return quoted.replace("\x7f", "\\u007f")


def _inline(value: object, *, in_list: bool = False) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_escaped(value)}"'
    if isinstance(value, float):
        whole = value.is_integer() and (in_list or 10 <= abs(value) < 1e15)
        return str(int(value)) if whole else repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_inline(item, in_list=True) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items()) + " }"
    return str(value)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else f'"{_escaped(key)}"'
