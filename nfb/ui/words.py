"""Numbers as the window writes them."""

from __future__ import annotations

from nfb.model.protocol import Protocol
from nfb.model.samples import LinkState
from nfb.model.sentence import plain_name
from nfb.session.plan import training_parts
from nfb.ui.language import tr, tr_n


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

    >>> quantity(5.64, "µV"), quantity(-0.128, "1"), quantity(float("nan"), "µV")
    ('5.6 µV', '−0.13', '–')
    """
    if value != value:
        return "–"
    number = f"{value:.2f}" if unit == "1" else f"{value:.1f} {unit}"
    return number.replace("-", "−")


def spoken(value: float, unit: str) -> str:
    """A value with its unit as a screen reader should say it.

    >>> spoken(5.64, "µV"), spoken(0.128, "1")
    ('5.6 microvolt', '0.13')
    """
    if value != value:
        return tr("unknown")
    if unit == "1":
        return f"{value:.2f}"
    number = f"{value:.1f}"
    if unit == "µV":
        return tr("{n} microvolt", n=number)
    return tr("{n} microvolt squared", n=number) if unit == "µV²" else f"{number} {unit}"


def feature_name(name: str) -> str:
    """A feature's name as people write it.

    >>> feature_name("smr"), feature_name("high_beta")
    ('SMR', 'high beta')
    """
    # Features of shipped protocols have names that the catalogues know; a protocol's own names stay as they are.
    return tr(plain_name(name))


def stage_words(label: str) -> str:
    """A stage's label as people write it: ``eyes open``, ``run 2``.

    >>> stage_words("run-2"), stage_words("eyes-closed")
    ('run 2', 'eyes closed')
    """
    name, _, number = label.rpartition("-")
    return f"{tr(name.replace('-', ' '))} {number}" if number.isdigit() else tr(label.replace("-", " "))


def link_word(state: LinkState) -> str:
    """The state of the link to the headset."""
    words = {
        LinkState.CONNECTING: tr("connecting"),
        LinkState.WAITING: tr("waiting for the first sample"),
        LinkState.STREAMING: tr("streaming"),
        LinkState.STALLED: tr("no samples"),
        LinkState.LOST: tr("link lost"),
        LinkState.RECONNECTING: tr("reconnecting"),
        LinkState.FAILED: tr("no connection"),
        LinkState.ENDED: tr("ended"),
    }
    return words[state]


def capital(text: str) -> str:
    """The text with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def parts_words(protocol: Protocol | None, runs: int, run_s: float) -> str:
    """What a number of runs means where a protocol has several parts of training; empty where it has one."""
    parts = 1 if protocol is None else training_parts(protocol.stages)
    if parts < 2:
        return ""
    total = clock(parts * runs * run_s)
    return tr_n(
        "{parts} parts, one run in each: {total} min of training in all",
        "{parts} parts, {n} runs in each: {total} min of training in all",
        runs,
        parts=parts,
        total=total,
    )
