"""Text fields and annotation lists of EDF+ and BDF+ (Kemp & Olivan 2003, edfplus.info/specs/edfplus.html)."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from nfb.files.exporters.timeline import NS, Timed

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NUMBER_CHARS = 8


def field(text: str, width: int) -> bytes:
    """A header field: printable US-ASCII only (2.1.3.1), left-justified, filled with spaces, cut where too long.

    >>> field("Näher, µV", 12)
    b'Naher, uV   '
    """
    plain = unicodedata.normalize("NFKD", text.replace("µ", "u").replace("μ", "u"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    ascii_text = "".join(char if " " <= char <= "~" else "?" for char in letters)
    return ascii_text[:width].ljust(width).encode("ascii")


def subfield(text: str) -> str:
    """One of the words of an identification: its spaces are underscores, and what is not known is X (2.1.3.3)."""
    return "_".join(text.split()) or "X"


def date_text(moment: datetime) -> str:
    """dd-MMM-yyyy with the English month, whatever the language of the computer.

    >>> date_text(datetime(1951, 8, 2))
    '02-AUG-1951'
    """
    return f"{moment.day:02d}-{_MONTHS[moment.month - 1]}-{moment.year:04d}"


def limit_below(value: float) -> str | None:
    """The largest number of eight characters that is not above `value`; None if there is none.

    >>> limit_below(-187500.02), limit_below(0.123456789), limit_below(-1e9)
    ('-187501', '0.123456', None)
    """
    return _limit(value, ROUND_FLOOR)


def limit_above(value: float) -> str | None:
    """The smallest number of eight characters that is not below `value`; None if there is none.

    >>> limit_above(187500.02), limit_above(-0.00001)
    ('187500.1', '-0.00001')
    """
    return _limit(value, ROUND_CEILING)


def _limit(value: float, rounding: str) -> str | None:
    if abs(value) >= 10**_NUMBER_CHARS:
        return None
    for decimals in range(_NUMBER_CHARS - 2, -1, -1):
        rounded = Decimal(float(value)).quantize(Decimal(1).scaleb(-decimals), rounding=rounding)
        text = _plain(rounded)
        if len(text) <= _NUMBER_CHARS:
            return text
    return None


def _plain(number: Decimal) -> str:
    """Without exponent, digit grouping (2.1.3.6) or needless zeros."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def seconds_text(ns: int) -> str:
    """Nanoseconds as seconds, exact.

    >>> seconds_text(180_000_000_000), seconds_text(15_625_000)
    ('180', '0.015625')
    """
    whole, rest = divmod(ns, NS)
    return f"{whole}.{rest:09d}".rstrip("0") if rest else str(whole)


def time_keeping(onset_ns: int) -> bytes:
    """The first list of each data record: when it begins, and an empty annotation (2.2.4).

    >>> time_keeping(567_000_000_000)
    b'+567\\x14\\x14\\x00'
    """
    return f"+{seconds_text(onset_ns)}\x14\x14\x00".encode()


def annotation_lists(notes: Iterable[Timed], start_ns: int) -> bytes:
    """Time-stamped annotation lists (2.2.2); those that share onset and duration share a list.

    `start_ns` is the fraction of a second by which the first sample follows the start time of the header.

    >>> annotation_lists([Timed(1800_200_000_000, 25_500_000_000, "Apnea", 0)], 0)
    b'+1800.2\\x1525.5\\x14Apnea\\x14\\x00'
    """
    lists: dict[tuple[int, int | None], list[str]] = {}
    for note in notes:
        text = annotation_text(note.text)
        if text:
            lists.setdefault((note.onset_ns + start_ns, note.duration_ns), []).append(text)
    parts = []
    for (onset_ns, duration_ns), texts in lists.items():
        duration = "" if duration_ns is None else f"\x15{seconds_text(duration_ns)}"
        parts.append(f"+{seconds_text(onset_ns)}{duration}\x14" + "".join(f"{text}\x14" for text in texts) + "\x00")
    return "".join(parts).encode()


def annotation_text(text: str) -> str:
    """Unicode without control characters (2.2.3).

    Line feeds would be allowed, but edfio and MNE lose an annotation that has one.

    >>> annotation_text("a\\x14b\\x00\\nc")
    'a b c'
    """
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(kept.split())
