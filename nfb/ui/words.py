"""Numbers as the window writes them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """Minutes and seconds; an open end is shown as a dash.

    >>> clock(192.4), clock(float("inf"))
    ('3:12', '–')
    """
    if not 0 <= seconds < 360_000:
        return "–"
    minutes, rest = divmod(int(seconds + 0.5), 60)
    return f"{minutes}:{rest:02d}"


def percent(share: float) -> str:
    """A share as a whole percentage, or a dash where it is not known.

    >>> percent(0.618), percent(float("nan"))
    ('62 %', '–')
    """
    return f"{100 * share:.0f} %" if share == share else "–"


def quantity(value: float, unit: str) -> str:
    """A value with its unit, to the digits that can be read while they change.

    >>> quantity(5.64, "µV"), quantity(0.128, "1"), quantity(float("nan"), "µV")
    ('5.6 µV', '0.13', '–')
    """
    if value != value:
        return "–"
    return f"{value:.2f}" if unit == "1" else f"{value:.1f} {unit}"


def spoken(value: float, unit: str) -> str:
    """A value with its unit as a screen reader should say it.

    >>> spoken(5.64, "µV"), spoken(0.128, "1")
    ('5.6 microvolt', '0.13')
    """
    if value != value:
        return "unknown"
    words = {"µV": " microvolt", "µV²": " microvolt squared"}
    return f"{value:.2f}" if unit == "1" else f"{value:.1f}{words.get(unit, unit)}"


def feature_name(name: str) -> str:
    """A feature's name as people write it.

    >>> feature_name("smr"), feature_name("high_beta")
    ('SMR', 'high beta')
    """
    return " ".join("SMR" if word == "smr" else word for word in name.split("_"))


def capital(text: str) -> str:
    """The text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]
