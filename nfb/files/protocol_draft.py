"""A protocol while it is edited: its text is the truth, changes go into the text, and nothing typed is ever lost."""

import re
import tomllib
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise

from nfb.files.protocol_file import parse_protocol
from nfb.files.protocol_problems import dotted
from nfb.files.protocol_tables import Data
from nfb.files.protocol_writer import toml_text
from nfb.files.toml_layout import layout_of
from nfb.model.errors import ProtocolError
from nfb.model.history import History
from nfb.model.protocol import Protocol

Path = tuple[str | int, ...]

_LINE = re.compile(r"line (\d+)")
_NAME = "protocol"

# What a new protocol begins with: whole but for what only its author can say.
STARTER = """\
schema = 1
id = "my-protocol"
version = 1
name = ""
purpose = ""
cautions = [
    "Training and education, not a medical device. Do not change medication or other care because of it.",
]

[evidence]
level = ""
summary = ""
limits = ""

[montage]
sites = []
reference = "device"

[features]

[reward]
refractory_s = 1.0

[feedback]
mode = "bar"
chime = true

[stages]
eyes = "open"
baseline_s = 120
min_clean_s = 60
runs = 5
run_s = 180
rest_s = 30
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: key path (empty where the text as a whole cannot be read), words, and line from 1 if known."""

    path: Path
    message: str
    line: int | None

    @property
    def place(self) -> str:
        return dotted(self.path)


class ProtocolDraft:
    """The text of a protocol with undo.

    Attributes
    ----------
    data
        What the text says, as :func:`tomllib.loads` returns it; of a text that is not TOML, what it said last.
    protocol
        The protocol, or None while there are findings.
    findings
        All that is wrong, in the order of the reader.
    is_toml
        Whether the present text can be read at all; fields can be changed only then.
    """

    def __init__(self, text: str) -> None:
        self._history = History(text)
        self.data: Data = {}
        self.protocol: Protocol | None = None
        self.findings: tuple[Finding, ...] = ()
        self.is_toml = False
        self._read()

    @property
    def text(self) -> str:
        return self._history.now

    @property
    def can_undo(self) -> bool:
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        return self._history.can_redo

    def undo(self) -> None:
        self._history.undo()
        self._read()

    def redo(self) -> None:
        self._history.redo()
        self._read()

    def set_text(self, text: str) -> None:
        """The text as a person typed it, whatever it is."""
        self._take(text, "text")

    def get(self, path: Path, default: object = None) -> object:
        """The value at a key path, or `default` where there is none."""
        value: object = self.data
        for part in path:
            try:
                value = value[part]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                return default
        return value

    def set(self, path: Path, value: object) -> None:
        """Write a value; missing tables around it are made, empty lists of tables included."""
        data = deepcopy(self.data)
        table: object = data
        for part, following in pairwise(path):
            if isinstance(table, dict):
                table = table.setdefault(str(part), [] if isinstance(following, int) else {})
            else:
                assert isinstance(table, list)
                table = table[int(part)]
        last = path[-1]
        if isinstance(table, dict):
            table[str(last)] = value
        else:
            assert isinstance(table, list) and isinstance(last, int)
            table[last : last + 1] = [value]
        self._write(data, path)

    def remove(self, path: Path) -> None:
        """Take a key or a list's entry out, with the table around it if that is empty then."""
        if self.get(path, self) is self:
            return
        data = deepcopy(self.data)
        tables: list[object] = [data]
        for part in path[:-1]:
            tables.append(tables[-1][part])  # type: ignore[index]
        del tables[-1][path[-1]]  # type: ignore[attr-defined]
        if len(path) == 2 and not tables[-1] and isinstance(path[0], str):
            del data[path[0]]
        self._write(data, None)

    def rename_feature(self, old: str, new: str) -> None:
        """Give a feature another name, here and wherever it is named."""
        features = self.get(("features",))
        if old == new or not isinstance(features, dict) or old not in features or new in features:
            return
        data = deepcopy(self.data)
        data["features"] = {new if name == old else name: value for name, value in features.items()}
        for table in (*_tables_of(data.get("conditions")), *_tables_of(data["features"])):
            for key in ("feature", "numerator", "denominator"):
                if table.get(key) == old:
                    table[key] = new
        self._write(data, ("rename", new[:1]))

    def _write(self, data: Data, place: Path | None) -> None:
        if self.is_toml:
            self._take(toml_text(data, self.text), place)

    def _take(self, text: str, place: object) -> None:
        self._history.change(text, place)
        self._read()

    def _read(self) -> None:
        self.protocol, self.findings = None, ()
        try:
            self.data = tomllib.loads(self.text.removeprefix("\ufeff"))
            self.is_toml = True
        except (ValueError, RecursionError):
            self.is_toml = False
        try:
            self.protocol = parse_protocol(self.text, _NAME)
        except ProtocolError as error:
            self.findings = tuple(self._findings(error))

    def _findings(self, error: ProtocolError) -> list[Finding]:
        if not error.problems:
            words = str(error).removeprefix(f"{_NAME}: ")
            found = _LINE.search(words)
            return [Finding((), words, int(found[1]) if found else 1)]
        layout = layout_of(self.text.removeprefix("\ufeff"))
        return [Finding(path, message, layout.line_of(path)) for path, message in dict.fromkeys(error.problems)]


def _tables_of(value: object) -> list[Data]:
    rows = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [row for row in rows if isinstance(row, dict)]
