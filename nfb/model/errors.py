"""Two families of errors: what the user can mend before starting, and what the world did."""

from collections.abc import Iterable
from difflib import get_close_matches

GUESS = " (did you mean '{word}'?)"  # after a word that is not known; the window translates by it


class NfbError(Exception):
    """Base of every error this program raises on purpose; its text is fit to show to a person."""


class ProtocolError(NfbError):
    """A protocol file cannot be used: names the file, the key path, the value, the limit and the way out.

    Parameters
    ----------
    text
        All problems in words, one a line.
    problems
        Key path (list positions count from 0) and message of each, where they have a place in the file's tables.
    """

    def __init__(self, text: str, problems: tuple[tuple[tuple[str | int, ...], str], ...] = ()) -> None:
        super().__init__(text)
        self.problems = problems


class MontageError(NfbError):
    """The headset lacks sites that the protocol needs."""


class RecordingError(NfbError):
    """A recording cannot be opened, continued or verified."""


class SetupError(NfbError):
    """A command line or a session set-up that cannot work."""


class IllegalCommandError(NfbError):
    """A command that has no meaning in the session's present state; nothing was changed."""


class DeviceError(NfbError):
    """The headset, its driver or its link did something; carries what to do next.

    Parameters
    ----------
    what
        What happened, one sentence.
    way_out
        What the user can do about it, one sentence.
    code
        The driver's own exit code, if it gave one.
    """

    def __init__(self, what: str, way_out: str = "", code: int | None = None) -> None:
        super().__init__(f"{what} {way_out}".strip())
        self.what = what
        self.way_out = way_out
        self.code = code


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known word closest to `word`, or an empty string.

    >>> nearest("feetures", ["features", "reward"])
    " (did you mean 'features'?)"
    """
    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return GUESS.format(word=found[0]) if found else ""
