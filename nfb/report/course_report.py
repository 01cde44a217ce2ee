"""The two-page course report for a doctor."""

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from nfb.model.errors import RecordingError
from nfb.model.sentence import plain_name
from nfb.model.speech import Translate, in_english, tr_count
from nfb.report.blocks import Measure
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
    n_sessions,
    quantity,
    share,
    share_estimate,
    short,
)

MAX_SERIES = 4
MAX_ROWS = 12
MAX_TREATMENTS = 8


def course_report(
    sessions: Sequence[SessionFacts], notes: CourseNotes = NO_COURSE_NOTES, tr: Translate = in_english
) -> str:
    """The report as HTML.

    Parameters
    ----------
    sessions
        Of one client and one trained feature, oldest first.
    notes
        Goals, ratings and treatments. At most four series and eight treatments are drawn; the rest is named.
    tr
        Puts it into another language; `notes` are printed as they are.

    Raises
    ------
    RecordingError
        There is no session, or they are of different clients or features.
    """
    _check(sessions)
    found = course([facts.blocks for facts in sessions])
    measure = sessions[0].blocks.measure
    axis, places = course_axis([f.started for f in sessions], notes.series, notes.treatments)
    panels = _panels(axis, places, sessions, found, notes.series, tr)
    rows = _rows(sessions, found)
    scale = tr("From means over clean time on a logarithmic scale.")
    if not measure.takes_log:
        scale = tr("From means over clean time.")
    return render(
        "course",
        tr,
        who=notes.shown_name or sessions[0].client,
        notes=notes,
        span=tr("{first} to {last}", first=day(sessions[0].started), last=day(sessions[-1].started)),
        sessions=_sessions(sessions, notes, found, tr),
        verdict=_verdict(sessions, found, tr),
        verdict_why=_why(found, tr),
        changes=_changes(found, sessions[0], tr),
        change_caption=f"{scale} {tr('Slopes: Theil–Sen.')} {tr('[ ]: 95 % interval.')} {tr(CANNOT_SEPARATE)}",
        table_head=[
            tr("No."),
            tr("date"),
            tr("valid time"),
            tr("clean"),
            _title(sessions[0], tr),
            short(tr("baseline")),
            tr("above fixed limit"),
            tr("in range"),
        ],
        table_rows=rows[-MAX_ROWS:],
        table_caption=_table_caption(len(rows), measure, tr),
        chart=chart(course_chart(axis, panels, notes.treatments[:MAX_TREATMENTS], tr)),
        chart_caption=tr(
            "Dots: one session or visit each; bars: 95 % interval; rings, dashed: the rest before. What is missing "
            "is left open and not joined. Shaded bars: other treatment, with dotted lines at its begin and end."
        )
        + _left_out(notes, tr),
    )


def _table_caption(n_rows: int, measure: Measure, tr: Translate) -> str:
    said = []
    if n_rows > MAX_ROWS:
        said.append(tr("The last {shown} of {n} sessions.", shown=MAX_ROWS, n=n_rows))
    said.append(
        tr(
            "[ ]: 95 % interval by block bootstrap over 5-s chunks. Above fixed limit: share of clean training time "
            "beyond the {percentile}th percentile of the first session's baseline, whatever the thresholds were.",
            percentile=70 if measure.sign > 0 else 30,
        )
    )
    if measure.auto:
        said.append(
            tr(
                "In range: under each session's own thresholds; these were automatic, so it says nothing about "
                "learning."
            )
        )
    else:
        said.append(tr("In range: under each session's own thresholds."))
    return " ".join(said)


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


def _title(facts: SessionFacts, tr: Translate) -> str:
    measure = facts.blocks.measure
    return tr(plain_name(measure.name)) + ("" if measure.unit == "1" else f", {measure.unit}")


def _sessions(
    sessions: Sequence[SessionFacts], notes: CourseNotes, found: Course, tr: Translate
) -> list[tuple[str, str]]:
    n, planned = len(sessions), notes.planned_sessions
    done = tr("{n} (no plan recorded)", n=n)
    if planned:
        done = tr("{n} of {planned} planned ({share})", n=n, planned=planned, share=share(n / planned))
    protocols = dict.fromkeys(
        tr("{name} (version {n})", name=tr(f.setup.protocol.name), n=f.setup.protocol.version) for f in sessions
    )
    days = [f.started.astimezone().date() for f in sessions if f.started is not None]
    trained = tr(
        "{time} valid, {share} of training time clean",
        time=minutes(sum(f.trained_s for f in sessions)),
        share=share(found.valid_share),
    )
    return [
        (tr("Done"), done),
        (tr("Adherence"), _adherence(days, tr)),
        (tr("Protocol"), "; ".join(protocols)),
        (tr("Time trained"), trained),
    ]


def _adherence(days: list[date], tr: Translate) -> str:
    if len(days) < 2:
        return MISSING
    span = (max(days) - min(days)).days
    longest = max((b - a).days for a, b in pairwise(days))
    if span < 7:
        return tr("all within {days}", days=_days(span + 1, tr))
    return tr(
        "{per_week} sessions per week over {weeks}; longest pause {days}",
        per_week=f"{7 * len(days) / span:.1f}",
        weeks=tr_count(tr, "{n} week", "{n} weeks", round(span / 7)),
        days=_days(longest, tr),
    )


def _days(n: int, tr: Translate) -> str:
    return tr_count(tr, "{n} day", "{n} days", n)


def _verdict(sessions: Sequence[SessionFacts], found: Course, tr: Translate) -> str:
    tag = {
        Learning.LEARNER: tr("Learner: the trained signal changed the trained way"),
        Learning.NOT_SHOWN: tr("Learning: not shown"),
        Learning.TOO_FEW: tr("Learning: too few sessions to tell"),
    }[found.learning]
    return f"{tag} (n = {n_sessions(len(sessions), tr)})."


def _why(found: Course, tr: Translate) -> str:
    said = [
        tr(
            "“Learner” is said only if the 95 % intervals of the change within sessions and of that across sessions "
            "both lie on the trained side of 0, over at least {n} sessions with at least {share} clean training "
            "time.",
            n=MIN_SESSIONS,
            share=share(MIN_VALID_SHARE),
        ),
        tr("There is no generally agreed definition."),
    ]
    if found.learning is Learning.NOT_SHOWN:
        said.append(tr("“Not shown” does not mean that nothing was learned; many people's signals do not change."))
    return " ".join(said)


def _changes(found: Course, facts: SessionFacts, tr: Translate) -> list[tuple[str, str]]:
    measure = facts.blocks.measure
    few = tr("too few (n = {n}; needs {needed})", n=found.slope.n, needed=MIN_SESSIONS)

    def across(slope: Estimate) -> str:
        if not slope.has_interval:
            return few
        return tr("{change} per session, n = {n} sessions", change=change(slope, measure.in_percent), n=slope.n)

    gain, points = found.success_slope, found.success_slope.scaled(100.0)
    success = tr(
        "{points} [{low}, {high}] percentage points per session, n = {n} sessions",
        points=f"{points.value:+.1f}",
        low=f"{points.low:.1f}",
        high=f"{points.high:.1f}",
        n=gain.n,
    )
    within = tr(
        "{change} per run, n = {sessions}",
        change=change(found.within, measure.in_percent),
        sessions=n_sessions(found.within.n, tr),
    )
    return [
        (tr("Above fixed limit"), success if gain.has_interval else few),
        (tr("Across sessions"), across(found.slope)),
        (tr("Baselines"), across(found.baseline_slope)),
        (tr("Within sessions"), within),
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


def _left_out(notes: CourseNotes, tr: Translate) -> str:
    names = [each.name for each in notes.series[MAX_SERIES:]]
    names += [each.name for each in notes.treatments[MAX_TREATMENTS:]]
    return " " + tr("For lack of room not drawn: {names}.", names=", ".join(names)) if names else ""


def _panels(
    axis: Axis,
    places: Sequence[float],
    sessions: Sequence[SessionFacts],
    found: Course,
    series: Sequence[Series],
    tr: Translate = in_english,
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
            tr("{feature}: training (dots) and rest before (rings)", feature=_title(sessions[0], tr)),
            tuple((x, _back(mean, takes_log)) for x, mean in zip(places, found.means, strict=True)),
            tuple((x, _back(rest, takes_log)) for x, rest in zip(places, found.baselines, strict=True)),
        )
    )
    panels.append(
        Panel(
            tr("time above the first baseline's fixed limit, % of clean training time"),
            tuple((x, above.scaled(100)) for x, above in zip(places, found.success, strict=True)),
            y=(0.0, 100.0),
        )
    )
    clean = tuple((x, Estimate(100 * f.blocks.valid_share)) for x, f in zip(places, sessions, strict=True))
    panels.append(Panel(tr("clean, % of training time"), clean, y=(0.0, 100.0)))
    return panels


def _back(estimate: Estimate, takes_log: bool) -> Estimate:
    """From the measure's scale to the feature's unit."""
    if not takes_log:
        return estimate
    return Estimate(math.exp(estimate.value), math.exp(estimate.low), math.exp(estimate.high), estimate.n)
