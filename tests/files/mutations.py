"""Protocol files with something changed in them: letters, lines, values, keys, tables."""

import copy
import re
import tomllib

from hypothesis import strategies as st

from nfb.files.protocol_writer import toml_text
from nfb.files.shelf import list_protocols

TEXTS = [path.read_text(encoding="utf-8") for path in list_protocols()]

_NUMBER = re.compile(r"(?<![\w\"-])-?\d+(?:\.\d+)?(?![\w\"-])")
_STRANGE_NUMBERS = (
    "0", "-1", "1e308", "-1e-300", "inf", "-inf", "nan", "9" * 30, "9" * 5000, "0x_", "1_000", "0.5", "1e999", "true",
    "1979-05-27", "07:32:00", '"3"', "[1, 2]", "{ a = 1 }", "[[[]]]",
)  # fmt: skip
_STRANGE_LETTERS = (
    "\0",
    "\ufeff",
    "\x7f",
    "\r",
    '"',
    '"""',
    "'",
    "\\",
    "#",
    "[",
    "]",
    "[[",
    "=",
    ".",
    ",",
    "\u2028",
    "é",
    "𝔘",
)
_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(), st.text(max_size=8),
    st.sampled_from(["device", "average", "ratio", "asymmetry", "up", "fixed", "theta", "smr", "C3", "Cz", "wiener"]),
    st.lists(st.one_of(st.floats(-200, 200), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)  # fmt: skip
_NAMES = st.one_of(
    st.text(max_size=12), st.sampled_from(["features", "kind", "band_hz", "targt", "[key]", "a.b", "sites"])
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped file after one to four changes."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from([_letters, _lines, _numbers, _tables]))(draw, text)
    return text


def _letters(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    gone = draw(st.integers(0, 3) | st.integers(0, 400))
    return text[:at] + draw(st.sampled_from(_STRANGE_LETTERS) | st.text(max_size=4)) + text[at + gone :]


def _lines(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    first, second = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
    what = draw(st.sampled_from(["swap", "double", "drop", "cut"]))
    if what == "swap":
        lines[first], lines[second] = lines[second], lines[first]
    elif what == "double":
        lines.insert(second, lines[first])
    elif what == "drop":
        del lines[first]
    else:
        del lines[first:]
    return "\n".join(lines)


def _numbers(draw: st.DrawFn, text: str) -> str:
    found = list(_NUMBER.finditer(text))
    if not found:
        return text
    one = draw(st.sampled_from(found))
    return text[: one.start()] + draw(st.sampled_from(_STRANGE_NUMBERS)) + text[one.end() :]


def _tables(draw: st.DrawFn, text: str) -> str:
    """Change a key or a value somewhere in the tables; a text that is no TOML any more stays."""
    try:
        data = copy.deepcopy(tomllib.loads(text))
    except (ValueError, RecursionError):
        return text
    table: dict | list = data
    while True:
        if not table:
            return text
        key = draw(st.sampled_from(list(table) if isinstance(table, dict) else range(len(table))))
        if isinstance(table[key], dict | list) and draw(st.booleans()):
            table = table[key]
            continue
        break
    value = draw(_VALUES)
    if value is None:
        del table[key]
    elif isinstance(table, dict) and draw(st.booleans()):
        table[draw(_NAMES)] = table.pop(key)
    else:
        table[key] = value
    return toml_text(data)
