"""The two-page course report for a doctor."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from nfb.model.errors import RecordingError
from nfb.model.sentence import plain_name
from nfb.report.course_chart import Axis, Panel, course_axis, course_chart
from nfb.report.facts import SessionFacts
from nfb.report.given import NO_COURSE_NOTES, CourseNotes, Series
from nfb.report.metrics import MIN_SESSIONS, MIN_VALID_SHARE, Course, Learning, course, reward_rate
from nfb.report.render import chart, render
from nfb.report.stats import UNKNOWN, Estimate
from nfb.report.words import (
    CANNOT_SEPARATE,
    MISSING,
    change,
    day,
    minutes,
    plural,
    quantity,
    share,
    share_estimate,
)

MAX_SERIES = 4
MAX_ROWS = 12
MAX_TREATMENTS = 8


def course_report(sessions: Sequence[SessionFacts], notes: CourseNotes = NO_COURSE_NOTES) -> str:
    """The report as HTML.

    Parameters
    ----------
    sessions
        Of one client and one trained feature, oldest first.
    notes
        Goals, ratings and treatments. At most four series and eight treatments are drawn; the rest is named.

    Raises
    ------
    RecordingError
        There is no session, or they are of different clients or features.
    """
    _check(sessions)
    found = course([facts.blocks for facts in sessions])
    measure = sessions[0].blocks.measure
    axis, places = course_axis([f.started for f in sessions], notes.series, notes.treatments)
    rows = _rows(sessions, found)
    return render(
        "course",
        who=notes.shown_name or sessions[0].client,
        notes=notes,
        span=f"{day(sessions[0].started)} to {day(sessions[-1].started)}",
        sessions=_sessions(sessions, notes, found),
        verdict=_verdict(sessions, found),
        verdict_why=_why(found),
        changes=_changes(found, sessions[0]),
        change_caption=f"From means over clean time{' on a logarithmic scale' if measure.takes_log else ''}. Slopes: "
        f"Theil–Sen. [ ]: 95 % interval. {CANNOT_SEPARATE}",
        table_head=[
            "No.",
            "date",
            "valid time",
            "clean",
            _title(sessions[0]),
            "baseline",
            "above fixed limit",
            "in range",
        ],
        table_rows=rows[-MAX_ROWS:],
        table_caption=("" if len(rows) <= MAX_ROWS else f"The last {MAX_ROWS} of {len(rows)} sessions. ")
        + "[ ]: 95 % interval by block bootstrap over 5-s chunks. Above fixed limit: share of clean training "
        f"time beyond the {'70th' if measure.sign > 0 else '30th'} percentile of the first session's baseline, "
        "whatever the thresholds were. In range: under each session's own thresholds"
        + ("; these were automatic, so it says nothing about learning." if measure.auto else "."),
        chart=chart(
            course_chart(
                axis, _panels(axis, places, sessions, found, notes.series), notes.treatments[:MAX_TREATMENTS]
            )
        ),
        chart_caption="Dots: one session or visit each; bars: 95 % interval; rings, dashed: the rest before. What is "
        "missing is left open and not joined. Shaded bars: other treatment, with dotted lines at its begin and end."
        + _left_out(notes),
    )


def course_figure(sessions: Sequence[SessionFacts]) -> str:
    """The small multiples alone, without ratings or treatments."""
    _check(sessions)
    found = course([facts.blocks for facts in sessions])
    axis, places = course_axis([f.started for f in sessions], (), ())
    return course_chart(axis, _panels(axis, places, sessions, found, ()))


def _check(sessions: Sequence[SessionFacts]) -> None:
    if not sessions:
        raise RecordingError("a course report needs at least one session")
    clients = {facts.client for facts in sessions}
    features = {facts.blocks.measure.name for facts in sessions}
    if len(clients) > 1 or len(features) > 1:
        raise RecordingError(
            f"a course is of one client and one trained feature; these sessions are of {', '.join(sorted(clients))} "
            f"and trained {', '.join(sorted(features))}. Give sessions of one protocol."
        )


def _title(facts: SessionFacts) -> str:
    measure = facts.blocks.measure
    return plain_name(measure.name) + ("" if measure.unit == "1" else f", {measure.unit}")


def _sessions(sessions: Sequence[SessionFacts], notes: CourseNotes, found: Course) -> list[tuple[str, str]]:
    n, planned = len(sessions), notes.planned_sessions
    done = f"{n} of {planned} planned ({share(n / planned)})" if planned else f"{n} (no plan recorded)"
    protocols = dict.fromkeys(f"{f.setup.protocol.name} (version {f.setup.protocol.version})" for f in sessions)
    days = [f.started.astimezone().date() for f in sessions if f.started is not None]
    return [
        ("Done", done),
        ("Adherence", _adherence(days)),
        ("Protocol", "; ".join(protocols)),
        (
            "Time trained",
            f"{minutes(sum(f.trained_s for f in sessions))} valid, {share(found.valid_share)} of training time clean",
        ),
    ]


def _adherence(days: list[date]) -> str:
    if len(days) < 2:
        return MISSING
    span = (max(days) - min(days)).days
    longest = max((b - a).days for a, b in pairwise(days))
    if span < 7:
        return f"all within {plural(span + 1, 'day')}"
    per_week = f"{7 * len(days) / span:.1f} sessions per week over {plural(round(span / 7), 'week')}"
    return f"{per_week}; longest pause {plural(longest, 'day')}"


def _verdict(sessions: Sequence[SessionFacts], found: Course) -> str:
    tag = {
        Learning.LEARNER: "Learner: the trained signal changed the trained way",
        Learning.NOT_SHOWN: "Learning: not shown",
        Learning.TOO_FEW: "Learning: too few sessions to tell",
    }[found.learning]
    return f"{tag} (n = {plural(len(sessions), 'session')})."


def _why(found: Course) -> str:
    rule = (
        f"“Learner” is said only if the 95 % intervals of the change within sessions and of that across sessions "
        f"both lie on the trained side of 0, over at least {MIN_SESSIONS} sessions with at least "
        f"{share(MIN_VALID_SHARE)} clean training time."
    )
    also = " There is no generally agreed definition."
    if found.learning is Learning.NOT_SHOWN:
        also += " “Not shown” does not mean that nothing was learned; many people's signals do not change."
    return rule + also


def _changes(found: Course, facts: SessionFacts) -> list[tuple[str, str]]:
    measure = facts.blocks.measure
    few = f"too few (n = {found.slope.n}; needs {MIN_SESSIONS})"

    def across(slope: Estimate) -> str:
        return (
            f"{change(slope, measure.in_percent)} per session, n = {slope.n} sessions" if slope.has_interval else few
        )

    gain = found.success_slope
    percent_points = gain.scaled(100.0)
    success = (
        f"{percent_points.value:+.1f} [{percent_points.low:.1f}, {percent_points.high:.1f}] percentage points per "
        f"session, n = {gain.n} sessions"
    )
    return [
        ("Above fixed limit", success if gain.has_interval else few),
        ("Across sessions", across(found.slope)),
        ("Baselines", across(found.baseline_slope)),
        (
            "Within sessions",
            f"{change(found.within, measure.in_percent)} per run, n = {plural(found.within.n, 'session')}",
        ),
    ]


def _rows(sessions: Sequence[SessionFacts], found: Course) -> list[list[str]]:
    measure = sessions[0].blocks.measure
    takes_log, digits = measure.takes_log, 2 if measure.unit == "1" else 1
    rows = []
    for facts, mean, rest, above in zip(sessions, found.means, found.baselines, found.success, strict=True):
        rate = reward_rate(facts.blocks)
        rows.append(
            [
                facts.session,
                day(facts.started),
                minutes(facts.trained_s),
                share(facts.blocks.valid_share),
                quantity(_back(mean, takes_log), "", digits=digits),
                quantity(_back(rest, takes_log), "", digits=digits),
                share_estimate(above),
                share_estimate(rate.share) if rate else MISSING,
            ]
        )
    return rows


def _left_out(notes: CourseNotes) -> str:
    names = [each.name for each in notes.series[MAX_SERIES:]]
    names += [each.name for each in notes.treatments[MAX_TREATMENTS:]]
    return f" For lack of room not drawn: {', '.join(names)}." if names else ""


def _panels(
    axis: Axis,
    places: Sequence[float],
    sessions: Sequence[SessionFacts],
    found: Course,
    series: Sequence[Series],
) -> list[Panel]:
    takes_log = sessions[0].blocks.measure.takes_log
    panels = [
        Panel(
            f"{each.name} ({each.unit})",
            tuple((axis.place(when), UNKNOWN if value is None else Estimate(value)) for when, value in each.points),
            y=each.limits,
        )
        for each in series[:MAX_SERIES]
    ]
    panels.append(
        Panel(
            f"{_title(sessions[0])}: training (dots) and rest before (rings)",
            tuple((x, _back(mean, takes_log)) for x, mean in zip(places, found.means, strict=True)),
            tuple((x, _back(rest, takes_log)) for x, rest in zip(places, found.baselines, strict=True)),
        )
    )
    panels.append(
        Panel(
            "time above the first baseline's fixed limit, % of clean training time",
            tuple((x, above.scaled(100)) for x, above in zip(places, found.success, strict=True)),
            y=(0.0, 100.0),
        )
    )
    clean = tuple((x, Estimate(100 * f.blocks.valid_share)) for x, f in zip(places, sessions, strict=True))
    panels.append(Panel("clean, % of training time", clean, y=(0.0, 100.0)))
    return panels


def _back(estimate: Estimate, takes_log: bool) -> Estimate:
    """From the measure's scale to the feature's unit."""
    if not takes_log:
        return estimate
    return Estimate(math.exp(estimate.value), math.exp(estimate.low), math.exp(estimate.high), estimate.n)
