"""Where each statement of a TOML text stands, so that a change of one value leaves the rest of the text as it is."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

# Strings (long ones may end in one or two quotation marks of their own) and comments are passed over as a whole.
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})|"(?:[^"\\\n]|\\.)*"'
    r"|'''.*?'''(?:'{0,2})|'[^'\n]*'|#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)
_BLANK_OR_COMMENT = re.compile(r"[ \t]*(#[^\n]*)?(\n|$)")


@dataclass(frozen=True, slots=True)
class Statement:
    """``key = value``: the comments above it, its lines as written, and its first line, counted from 1."""

    key: str
    value: object
    above: str
    text: str
    line: int


@dataclass(slots=True)
class Block:
    """A table's header and its statements; the top of the file has no header and the path ``()``."""

    path: tuple[str, ...]
    above: str
    header: str
    line: int
    statements: list[Statement] = field(default_factory=list)

    @property
    def values(self) -> dict[str, object]:
        return {statement.key: statement.value for statement in self.statements}


@dataclass(frozen=True, slots=True)
class Layout:
    """All tables in the order of the text, and what comes after the last statement."""

    blocks: tuple[Block, ...]
    below: str

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """Line, counted from 1, of a key path (list positions count from 0), or of the nearest table around it."""
        while path:
            found = self._line_of(path)
            if found is not None:
                return found
            path = path[:-1]
        return None

    def _line_of(self, path: tuple[str | int, ...]) -> int | None:
        seen: dict[tuple[str, ...], int] = {}
        for block in self.blocks:
            at = seen[block.path] = seen.get(block.path, -1) + 1
            if path in (block.path, (*block.path, at)):
                return block.line
            for statement in block.statements:
                if path in ((*block.path, statement.key), (*block.path, at, statement.key)):
                    return statement.line
        return None


def layout_of(text: str) -> Layout:
    """The layout of a text that :mod:`tomllib` accepts; statements with dotted keys are left out."""
    blocks = [Block((), "", "", 1)]
    above, line = "", 1
    for piece in _pieces(text):
        if _BLANK_OR_COMMENT.fullmatch(piece):
            above += piece
        elif piece.lstrip().startswith("["):
            blocks.append(Block(_header_path(piece), above, piece, line))
            above = ""
        else:
            key, value = next(iter(tomllib.loads(piece).items()))
            if not isinstance(value, dict) or "{" in piece:
                blocks[-1].statements.append(Statement(key, value, above, piece, line))
            above = ""
        line += piece.count("\n")
    return Layout(tuple(blocks), above)


def _header_path(header: str) -> tuple[str, ...]:
    path = []
    inner: object = tomllib.loads(header)
    while inner:
        if isinstance(inner, list):
            inner = inner[0]
        else:
            assert isinstance(inner, dict)
            key, inner = next(iter(inner.items()))
            path.append(key)
    return tuple(path)


def _pieces(text: str) -> Iterator[str]:
    """The text cut after each statement, header, comment line and blank line: at line ends outside of brackets."""
    begin = depth = 0
    for token in _TOKEN.finditer(text):
        letter = token[0]
        if letter == "\n" and depth == 0:
            yield text[begin : token.end()]
            begin = token.end()
        elif len(letter) == 1:
            depth += (letter in "[{") - (letter in "]}")
    if begin < len(text):
        yield text[begin:]
