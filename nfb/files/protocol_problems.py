"""Words for what is wrong in a protocol file: place, value, limit and way out, one line per problem."""

import json
import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nfb.files.problem_words import PROBLEM_WORDS
from nfb.files.protocol_checks import Path, Problem
from nfb.files.protocol_schema import TABLES, Table
from nfb.model.errors import ProtocolError, nearest

_MOST_CHARACTERS = 60
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")

_TYPES = {
    "string_type": PROBLEM_WORDS["string"],
    "bool_type": PROBLEM_WORDS["bool"],
    "int_type": PROBLEM_WORDS["int"],
    "int_parsing_size": PROBLEM_WORDS["small int"],
    "float_type": PROBLEM_WORDS["float"],
    "finite_number": PROBLEM_WORDS["finite"],
    "list_type": PROBLEM_WORDS["list"],
    "dict_type": PROBLEM_WORDS["table"],
    "model_type": PROBLEM_WORDS["table"],
}


def error(file: str, problems: list[Problem], data: dict[str, object]) -> ProtocolError:
    """One error that names all problems, one per line, with the values that `data`, the parsed file, has there."""
    lines = dict.fromkeys(f"{file}: {dotted(p.path)}{_value(p.path, data)}: {p.message}" for p in problems)
    return ProtocolError("\n".join(lines), tuple((p.path, p.message) for p in problems))


def shape_problems(found: ValidationError) -> list[Problem]:
    """What pydantic found, in this program's words."""
    return [_shape_problem(details) for details in found.errors(include_url=False)]


def _value(path: Path, data: object) -> str:
    """`` = value`` as the file has it, or nothing if it has none."""
    for part in path:
        if isinstance(data, dict) and part not in data:
            return ""
        assert isinstance(data, dict | list)  # a path goes through tables and lists only
        data = data[part]  # type: ignore[index]
    return f" = {show(data)}"


def dotted(path: Path) -> str:
    """``features.smr.band_hz``, ``conditions[2].feature``: the second condition, counted from one as in the file."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (part if _BARE_KEY.fullmatch(part) else show(part))
    return text


def show(value: object) -> str:
    """A value as TOML writes it, cut short if it is long."""
    text = _toml(value)
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a whole number of {value.bit_length()} bits"  # Python refuses to print the longest ones
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return str(value)


def _shape_problem(details: ErrorDetails) -> Problem:
    path, kind = details["loc"], details["type"]
    if path[-1] == "[key]" and kind != "extra_forbidden":
        path = path[:-1]  # pydantic's mark for a table's key, as against its value
    if kind == "missing":
        return Problem(path, PROBLEM_WORDS["missing"].format(example=_example(path)))
    if kind == "extra_forbidden":
        return Problem(path, _unknown(path))
    return Problem(path, _message(details))


def _message(details: ErrorDetails) -> str:
    kind, context = details["type"], details.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "literal_error":
            known = re.findall(r"'([^']*)'", context["expected"])
            value = details["input"]
            guess = nearest(value, known) if isinstance(value, str) else ""
            choice = " or ".join(f'"{word}"' for word in known) if known else context["expected"]
            return f"must be {choice}{guess}"
        case "greater_than":
            return PROBLEM_WORDS["above"].format(limit=f"{context['gt']:.12g}")
        case "greater_than_equal":
            return PROBLEM_WORDS["at least"].format(limit=f"{context['ge']:.12g}")
        case "less_than":
            return PROBLEM_WORDS["below"].format(limit=f"{context['lt']:.12g}")
        case "less_than_equal":
            return PROBLEM_WORDS["at most"].format(limit=f"{context['le']:.12g}")
        case "too_short":
            return PROBLEM_WORDS["empty"]
        case "too_long":
            return PROBLEM_WORDS["entries"].format(most=context["max_length"], n=context["actual_length"])
        case _:
            return _TYPES.get(kind, details["msg"])


def _table(path: Path) -> type[Table] | None:
    """The kind of table at `path`, list positions and the names of features left out."""
    names = [part for part in path if isinstance(part, str)]
    if names[:1] == ["features"]:
        names[1:2] = []
    return TABLES.get(tuple(names))


def _keys(table: type[Table]) -> list[str]:
    return [field.alias or key for key, field in table.model_fields.items()]


def _example(path: Path) -> str:
    table = _table(path[:-1])
    assert table is not None  # only our own tables have keys that can be missing
    field = next(field for key, field in table.model_fields.items() if (field.alias or key) == path[-1])
    return str(field.examples[0]) if field.examples else str(path[-1])


def _unknown(path: Path) -> str:
    table, key = _table(path[:-1]), str(path[-1])
    known = _keys(table) if table else []
    guess = nearest(key, known)
    if len(path) > 1 and key in _keys(TABLES[()]):
        return "unknown key here; it belongs at the top of the file, before the first [table]"
    return f"unknown key{guess}; known are {', '.join(known)}"
