"""What the user has chosen once for all sessions: one small JSON file in the user's configuration folder."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from nfb.files.file_words import FILE_WORDS
from nfb.files.storage import reason, write_atomic
from nfb.model.errors import NfbError

ENVIRONMENT = "NFB_PREFERENCES"
SYSTEM = "system"  # theme and language as the system has them
THEMES = (SYSTEM, "dark", "light")
SCALE_PERCENT = (90, 200)
VOLUME_PERCENT = (0, 100)
LOCK_AFTER_MIN = (0, 240)  # 0: never
MOST_CHARACTERS = 80  # of a name
MOST_PATH_CHARACTERS = 1000


class PreferenceError(NfbError):
    """A preference cannot be used or kept; says which, and what it must be."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Everything the settings page holds; a new installation has these values.

    Parameters
    ----------
    device, device_params
        Headset that the connect page begins with, and its connection parameters; empty for none.
    client_screen
        Name of the screen that the client's window fills; empty for any but the operator's.
    one_screen
        The client's view takes the operator's screen by turns instead of a window of its own.
    client_output, operator_output
        Sound devices, by the system's identifier. Empty is the default device for the client, and none for the
        operator: an alert must never be heard by the client.
    client_volume, operator_volume
        Percent of full, which is soft; the client's holds where no plan says otherwise.
    operator_alert
        A soft tone for the operator when something needs a hand.
    recordings
        Folder of recordings; empty for the default one.
    book
        File or ``postgresql://`` URL of the client book; empty for the default one.
    who
        Name of the person at the desk, for the audit trail; empty for the name of the account.
    codes_only
        Names of clients are shown nowhere.
    lock_after_min
        Minutes without a key or a click after which the window hides what it shows; 0 for never.
    keys
        Keys by action, as Qt writes them, where they are not the usual ones.
    theme
        One of :data:`THEMES`.
    scale_percent
        Size of everything.
    reduced_motion, high_contrast, readable_font
        Calmer, starker, and in a typeface made for low vision.
    language
        ISO 639-1 code, or ``system``.
    unknown
        What a newer version of this program wrote; kept as it is.

    Raises
    ------
    PreferenceError
        A value is not among those that are possible.
    """

    device: str = ""
    device_params: Mapping[str, str] = field(default_factory=dict)
    client_screen: str = ""
    one_screen: bool = False
    client_output: str = ""
    operator_output: str = ""
    client_volume: int = 100
    operator_volume: int = 60
    operator_alert: bool = True
    recordings: str = ""
    book: str = ""
    who: str = ""
    codes_only: bool = False
    lock_after_min: int = 0
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    theme: str = SYSTEM
    scale_percent: int = 100
    reduced_motion: bool = False
    high_contrast: bool = False
    readable_font: bool = False
    language: str = SYSTEM
    unknown: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            problem = check(value)
            if problem:
                raise PreferenceError(f"{name} = {_shown(value)}: {problem}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Preferences as they were read; `notice` says what could not be used and where it was kept, else empty."""

    preferences: Preferences
    notice: str = ""


def preferences_file() -> Path:
    """``$NFB_PREFERENCES`` if set, else a file in the user's configuration folder."""
    chosen = os.environ.get(ENVIRONMENT)
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs  # not needed where the file is named

    return Path(platformdirs.user_config_dir("nfb", appauthor=False)) / "preferences.json"


def read_preferences(path: Path | None = None) -> Loaded:
    """Read the preferences; whatever cannot be used has its usual value, and a copy of the file is kept beside it.

    Parameters
    ----------
    path
        The file; the user's own if None. Nothing is made if there is none.
    """
    path = preferences_file() if path is None else path
    try:
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Loaded(Preferences())
    except OSError as error:
        why = f"{path}: {FILE_WORDS['settings unread'].format(reason=reason(error))}"
        return Loaded(Preferences(), why)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        return Loaded(
            Preferences(), f"{path}: the settings are damaged. The usual ones are used. {_keep_beside(path)}".strip()
        )
    known = {each.name for each in fields(Preferences)} - {"unknown"}
    unknown = {name: value for name, value in stored.items() if name not in known}
    preferences, problems = Preferences(unknown=unknown), []
    for name in known & stored.keys():
        try:
            preferences = _changed(preferences, {name: _from_json(name, stored[name])})
        except PreferenceError as error:
            problems.append(str(error))
    if not problems:
        return Loaded(preferences)
    told = " ".join(f"{problem}." for problem in sorted(problems))
    return Loaded(preferences, f"{path}: {told} The usual settings are used for these. {_keep_beside(path)}".strip())


def write_preferences(preferences: Preferences, path: Path | None = None) -> None:
    """Write the preferences, all or nothing.

    Raises
    ------
    PreferenceError
        The file cannot be written; the one before is as it was.
    """
    path = preferences_file() if path is None else path
    stored = {each.name: getattr(preferences, each.name) for each in fields(Preferences) if each.name != "unknown"}
    for name in ("device_params", "keys"):
        stored[name] = dict(stored[name])
    text = json.dumps({**preferences.unknown, **stored}, indent=2, ensure_ascii=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, text + "\n")
        path.chmod(0o600)  # a database's URL may hold a password
    except OSError as error:
        raise PreferenceError(f"{path}: {FILE_WORDS['settings unwritten'].format(reason=reason(error))}") from error


def change_preferences(path: Path | None = None, **changes: object) -> Preferences:
    """Change some preferences of the file and leave the others as they are there, perhaps by another window.

    Raises
    ------
    PreferenceError
        A value is not possible, or the file cannot be written; nothing was changed.
    """
    changed = _changed(read_preferences(path).preferences, changes)
    write_preferences(changed, path)
    return changed


def _changed(preferences: Preferences, changes: Mapping[str, object]) -> Preferences:
    # The types are the business of the checks: what comes from a file may be anything.
    return replace(preferences, **cast(dict[str, Any], changes))


def _from_json(name: str, value: object) -> object:
    """Lists become tuples where keys are meant."""
    if name == "keys" and isinstance(value, dict):
        return {key: tuple(each) if isinstance(each, list) else each for key, each in value.items()}
    return value


def _keep_beside(path: Path) -> str:
    beside = path.with_suffix(".damaged.json")
    with suppress(OSError):
        beside.write_bytes(path.read_bytes())
        return f"What could not be used is kept in {beside.name}."
    return ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


# Each check says what a value must be, or nothing if it is so.


def _one_of(*choices: str) -> Callable[[object], str]:
    return lambda value: "" if value in choices else f"must be one of {', '.join(choices)}"


def _whole(limits: tuple[int, int]) -> Callable[[object], str]:
    low, high = limits

    def check(value: object) -> str:
        fits = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if fits else f"must be a whole number from {low} to {high}"

    return check


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _line(most: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        fits = isinstance(value, str) and len(value) <= most and (value.isprintable() or not value)
        return "" if fits else f"must be one line of up to {most} characters"

    return check


def _folder(value: object) -> str:
    problem = _line(MOST_PATH_CHARACTERS)(value)
    if problem or not value:
        return problem
    # A relative path would mean another folder each time the program is started elsewhere.
    return "" if Path(str(value)).expanduser().is_absolute() else "must be a whole path, from the root on"


def _texts(value: object) -> str:
    fits = isinstance(value, Mapping) and all(
        isinstance(key, str) and not _line(MOST_PATH_CHARACTERS)(text) for key, text in value.items()
    )
    return "" if fits else "must be texts by name"


def _key_table(value: object) -> str:
    fits = isinstance(value, Mapping) and all(
        isinstance(action, str)
        and isinstance(keys, tuple)
        and keys
        and all(isinstance(key, str) and key and not _line(MOST_CHARACTERS)(key) for key in keys)
        for action, keys in value.items()
    )
    return "" if fits else "must be a list of keys for each action"


_CHECKS: Mapping[str, Callable[[object], str]] = MappingProxyType(
    {
        "device": _line(MOST_CHARACTERS),
        "device_params": _texts,
        "client_screen": _line(MOST_PATH_CHARACTERS),
        "one_screen": _flag,
        "client_output": _line(MOST_PATH_CHARACTERS),
        "operator_output": _line(MOST_PATH_CHARACTERS),
        "client_volume": _whole(VOLUME_PERCENT),
        "operator_volume": _whole(VOLUME_PERCENT),
        "operator_alert": _flag,
        "recordings": _folder,
        "book": _line(MOST_PATH_CHARACTERS),
        "who": _line(MOST_CHARACTERS),
        "codes_only": _flag,
        "lock_after_min": _whole(LOCK_AFTER_MIN),
        "keys": _key_table,
        "theme": _one_of(*THEMES),
        "scale_percent": _whole(SCALE_PERCENT),
        "reduced_motion": _flag,
        "high_contrast": _flag,
        "readable_font": _flag,
        "language": _line(MOST_CHARACTERS),
    }
)
