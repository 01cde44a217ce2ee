"""Numbers, times and fixed sentences as reports write them: always with unit, interval and n."""

import math
from collections.abc import Mapping
from datetime import date, datetime

from nfb.model.speech import Translate, in_english, tr_count
from nfb.report.stats import Estimate

NOT_A_DEVICE = (
    "Research and education software for EEG self-regulation training. Not a medical device; not intended to "
    "diagnose, treat, cure, mitigate or prevent any disease, nor to replace care. Evidence for depression is "
    "preliminary. Do not change medication or other treatment because of it."
)
TIMING = "Timing shown together does not prove cause. Wellness/research software, not a diagnosis."
CANNOT_SEPARATE = "A change shown here cannot be separated from expectancy, time or other treatment."
SNAPSHOT = (
    "Snapshot, read with care: two moments of one day differ for ordinary reasons (alertness, electrodes, posture)."
)
MISSING = "–"


def share(value: float) -> str:
    """A share of 0..1 in percent; a dash where it is not known.

    >>> share(0.618), share(float("nan"))
    ('62 %', '–')
    """
    return f"{100 * value:.0f} %" if math.isfinite(value) else MISSING


def share_estimate(estimate: Estimate, n_of: str = "") -> str:
    """``62 % [57, 66]``"""
    if not math.isfinite(estimate.value):
        return MISSING
    scaled = estimate.scaled(100.0)
    return f"{scaled.value:.0f} %{_range(scaled, 0)}{_count(estimate, n_of)}"


def minutes(seconds: float) -> str:
    """Minutes and seconds.

    >>> minutes(192.4)
    '3:12 min'
    """
    if not math.isfinite(seconds):
        return MISSING
    whole, rest = divmod(int(seconds + 0.5), 60)
    return f"{whole}:{rest:02d} min"


def number(value: float, unit: str = "", digits: int = 1) -> str:
    """A number with its unit; dimensionless ones (unit ``1``) get a digit more."""
    if not math.isfinite(value):
        return MISSING
    return f"{value:.2f}" if unit == "1" else f"{value:.{digits}f} {unit}".rstrip()


def quantity(estimate: Estimate, unit: str, n_of: str = "", digits: int = 2) -> str:
    """``5.6 µV [5.1, 6.2]``, with ``, n = 24 chunks`` if `n_of` names what is counted."""
    if not math.isfinite(estimate.value):
        return MISSING
    return f"{number(estimate.value, unit, digits)}{_range(estimate, digits)}{_count(estimate, n_of)}"


def change(estimate: Estimate, in_percent: bool, n_of: str = "") -> str:
    """A difference on a measure's own scale: ``+4.2 % [1.0, 7.5]``, or without unit where percent has no meaning."""
    if not math.isfinite(estimate.value):
        return MISSING
    shown = estimate.percent() if in_percent else estimate
    digits = 1 if in_percent else 2
    unit = " %" if in_percent else ""
    return f"{shown.value:+.{digits}f}{unit}{_range(shown, digits)}{_count(estimate, n_of)}"


def day(when: datetime | date | None) -> str:
    """The date as it was at the place, in the form that no reader takes for another: ``2026-03-01``."""
    if when is None:
        return MISSING
    return f"{_local(when):%Y-%m-%d}"


def clock(when: datetime | None) -> str:
    """Time of day where the report is made."""
    return MISSING if when is None else f"{_local(when):%H:%M}"


def stage(label: str, tr: Translate = in_english) -> str:
    """A stage's label as people write it.

    >>> stage("run-2"), stage("eyes-closed")
    ('run 2', 'eyes closed')
    """
    name, _, number = label.rpartition("-")
    if number.isdigit():
        return f"{short(tr(name.replace('-', ' ')))} {number}"
    return short(tr(label.replace("-", " ")))


def short(words: str) -> str:
    """Without what a translation adds in brackets: tables and charts are narrow.

    >>> short("Ruhemessung (Baseline)")
    'Ruhemessung'
    """
    return words.partition(" (")[0]


def n_runs(n: int, tr: Translate = in_english) -> str:
    """``3 runs``"""
    return tr_count(tr, "{n} run", "{n} runs", n)


def n_sessions(n: int, tr: Translate = in_english) -> str:
    """``3 sessions``"""
    return tr_count(tr, "{n} session", "{n} sessions", n)


def held_by_cause(held_s: Mapping[str, float], tr: Translate = in_english) -> str:
    """``blink 8 s, muscle 2 s``; empty where nothing was held."""
    return ", ".join(tr("{cause} {seconds} s", cause=tr(cause), seconds=f"{s:.0f}") for cause, s in held_s.items())


def _local(when: datetime | date) -> datetime | date:
    return when.astimezone() if isinstance(when, datetime) else when


def _range(estimate: Estimate, digits: int) -> str:
    return f" [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]" if estimate.has_interval else ""


def _count(estimate: Estimate, n_of: str) -> str:
    return f", n = {estimate.n} {n_of}" if n_of else ""
