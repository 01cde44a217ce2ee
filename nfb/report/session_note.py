"""The session note for the professional and the page that the client takes home."""

import math

from nfb.model.events import BaselineDone
from nfb.model.protocol import Direction, FeatureKind, StageKind
from nfb.model.sentence import band_name, plain_name
from nfb.report.blocks import trained_condition
from nfb.report.charts import WIDTH, amplitude_chart, share_chart, spectrum_chart
from nfb.report.course_chart import Panel, course_axis, course_chart
from nfb.report.delay import budget_words, measured_words
from nfb.report.facts import RunRow, SessionFacts
from nfb.report.given import NO_SESSION_NOTES, Series, SessionNotes
from nfb.report.metrics import COVARIES, against_baseline, bouts, success_limit, sustained, transfer, within_session
from nfb.report.render import chart, render
from nfb.report.signal import Contact, contact, covariation, spectra
from nfb.report.stats import Estimate
from nfb.report.words import (
    CANNOT_SEPARATE,
    MISSING,
    SNAPSHOT,
    change,
    minutes,
    number,
    plural,
    quantity,
    share,
    share_estimate,
)

Pairs = list[tuple[str, str]]


def session_note(facts: SessionFacts, notes: SessionNotes = NO_SESSION_NOTES) -> str:
    """The note as HTML, one to two pages.

    Parameters
    ----------
    notes
        The professional's words; the name to show instead of the code, if any.
    """
    measure = facts.blocks.measure
    pair = spectra(facts)
    name = plain_name(measure.name)
    unit = "" if measure.unit == "1" else f" ({measure.unit})"
    return render(
        "session",
        facts=facts,
        notes=notes,
        who=notes.shown_name or facts.client,
        header=_header(facts, notes),
        run_head=[
            "Stage",
            "valid time",
            "held",
            f"mean {name}{unit}",
            f"threshold{unit}",
            "set by",
            "in range",
            "rewards",
        ],
        run_rows=[_run_cells(row) for row in facts.runs],
        run_caption="[ ]: 95 % interval by block bootstrap over 5-s chunks (n = valid time ÷ 5 s). Means over clean "
        f"time. Threshold: at the start → at the end of the stage. {_auto_words(facts)}",
        amplitude=chart(amplitude_chart(facts)),
        amplitude_caption=f"A. {name} and its threshold, means of 2 s. Left open: held, or samples lost.",
        shares=chart(share_chart(facts, _expected(facts))),
        spectrum=chart(spectrum_chart(facts, pair)) if pair else "No clean windows for a spectrum.",
        pair_caption="B. Time in range per run, of valid time, with 95 % interval. C. Spectrum at the trained sites, "
        f"n clean windows of 2 s. {SNAPSHOT}",
        signal=_signal(facts),
        contact_head=["Electrode", "contact good", "otherwise"],
        contact_rows=_contact_rows(contact(facts), _trained_sites(facts)),
        contact_caption="Share of looks of 4 s, one every 20 s.",
        changes=_changes(facts),
        change_caption=f"Geometric means of clean time. [ ]: 95 % interval. {CANNOT_SEPARATE}"
        if measure.takes_log
        else f"Means of clean time. [ ]: 95 % interval. {CANNOT_SEPARATE}",
    )


def client_page(facts: SessionFacts, notes: SessionNotes = NO_SESSION_NOTES) -> str:
    """One page for the client as HTML: no amplitudes, no scores, no comparison with others."""
    before, after = dict(notes.felt_before), dict(notes.felt_after)
    runs = facts.blocks.runs
    return render(
        "client",
        facts=facts,
        notes=notes,
        who=notes.shown_name or facts.client,
        plain=plain_sentence(facts),
        time_trained=f"{minutes(facts.trained_s)} in {plural(len(runs), 'run')}. The clock stood still while you "
        "blinked or moved.",
        shares=chart(share_chart(facts, width=WIDTH)),
        shares_caption="How much of the training time the rhythm was in range, run by run. The line shows how surely "
        "that is known. More is not better health; it is what you practised.",
        felt=[
            (name, before.get(name, MISSING), after.get(name, MISSING)) for name in dict.fromkeys([*before, *after])
        ],
        lines=chart(_lines(notes.series)) if notes.series else "",
    )


def plain_sentence(facts: SessionFacts) -> str:
    """What was trained in one sentence without units."""
    feature = next(f for f in facts.setup.features if f.name == facts.blocks.measure.name)
    up = facts.blocks.measure.direction is Direction.UP
    if feature.kind is FeatureKind.ASYMMETRY:
        return "You practised shifting the balance between the left and the right side of a brain rhythm."
    way = "become stronger" if up else "become calmer"
    if feature.band is None:
        way = "rise" if up else "fall"
        return f"You practised letting the balance of two brain rhythms ({plain_name(feature.name)}) {way}."
    low, high = feature.band.at(facts.setup.iaf_hz)
    where = " and ".join(feature.sites)
    return (
        f"You practised letting a brain rhythm called {band_name((low, high))} ({low:g}–{high:g} Hz, at {where}) "
        f"{way}. Each time it was, the program told you at once."
    )


def _header(facts: SessionFacts, notes: SessionNotes) -> Pairs:
    setup, device = facts.setup, facts.setup.device
    sites = ", ".join(_trained_sites(facts))
    fit = setup.fit
    reference = device.reference if fit.reference == "device" else fit.reference
    if isinstance(reference, tuple):
        reference = "mean of " + ", ".join(device.channel_names[i] for i in reference)
    rows = [
        ("Client", f"{notes.shown_name} ({facts.client})" if notes.shown_name else facts.client),
        ("Clinician", notes.clinician or "not recorded"),
        (
            "Device",
            f"{device.model or device.name}, {device.sampling_rate_hz:g} Hz, {plural(device.n_channels, 'channel')}",
        ),
        ("Program", f"nfb {facts.software.get('nfb', MISSING)}"),
        ("Protocol", f"{setup.protocol.name} ({setup.protocol.id}, version {setup.protocol.version})"),
        ("Sites and reference", f"{sites}; reference {reference}"),
    ]
    if fit.adapted:
        rows.append(("Adapted", fit.note))
    delay = [words for words in (budget_words(facts.delays_ms), measured_words(facts.delays_ms)) if words]
    if delay:
        rows.append(("Delay of the feedback", "; ".join(delay)))
    return rows


def _run_cells(row: RunRow) -> list[str]:
    thresholds = [number(value, "", 2) for value in (row.threshold_start, row.threshold_end)]
    moved = thresholds[0] if thresholds[0] == thresholds[1] else " → ".join(thresholds)
    set_by = ", ".join(row.changed_by) or (MISSING if moved == MISSING else "baseline")
    return [
        row.label.replace("-", " "),
        minutes(row.valid_s),
        share(row.held_share),
        quantity(row.mean, ""),
        moved,
        set_by,
        share_estimate(row.in_range) if row.kind is not StageKind.BASELINE else MISSING,
        str(row.rewards) if row.kind is StageKind.RUN else MISSING,
    ]


def _signal(facts: SessionFacts) -> str:
    held = ", ".join(f"{cause} {seconds:.0f} s" for cause, seconds in facts.held_s_by_cause.items()) or "nothing"
    gaps = len(facts.recording.gaps)
    lost = f"{plural(gaps, 'gap')}, {facts.missing_s:.1f} s of samples lost" if gaps else "no gaps"
    total = sum(row.elapsed_s for row in facts.runs)
    return (
        f"Clean: {share(facts.clean_share)} of {minutes(total)} measured. Held: {share(facts.held_share)} of it; by "
        f"cause, over the whole session: {held}. {lost[0].upper()}{lost[1:]}."
    )


def _contact_rows(found: tuple[Contact, ...], trained: list[str]) -> list[list[str]]:
    """The trained sites one by one; the others too where contact was not good throughout."""
    shown = [each for each in found if each.site in trained or each.good < 1]
    rows = [[each.site, f"{share(each.good)}, n = {each.n_looks} looks", each.reason or MISSING] for each in shown]
    others = len(found) - len(shown)
    if others:
        rows.append([f"{plural(others, 'other')}", f"{share(1.0)}, n = {found[0].n_looks} looks each", MISSING])
    return rows


def _changes(facts: SessionFacts) -> Pairs:
    blocks, measure = facts.blocks, facts.blocks.measure
    trend, versus = within_session(blocks), against_baseline(blocks)
    found = bouts(blocks, success_limit(blocks))
    level = math.exp(found.amplitude) if measure.takes_log else found.amplitude
    guard = covariation(facts)
    return [
        (
            "Per run",
            f"{change(trend.slope, measure.in_percent)}: {trend.trend.value}, n = {plural(trend.n_runs, 'run')}",
        ),
        ("Last third − first", change(trend.last_minus_first, measure.in_percent, "chunks of 5 s")),
        (
            "Runs − baseline",
            f"{change(versus.difference, measure.in_percent, 'chunks of 5 s')}; Hedges' g {_g(versus.hedges_g)}",
        ),
        ("Rest after − before", _or_not_measured(change(sustained(blocks), measure.in_percent, "chunks of 5 s"))),
        ("Without feedback", _or_not_measured(change(transfer(blocks), measure.in_percent, "chunks of 5 s"))),
        (
            "Episodes",
            f"{number(found.per_min, 'per min')} beyond the baseline's "
            f"{70 if measure.sign > 0 else 30}th percentile (n = {found.n}); median {number(found.median_s, 's', 2)} "
            f"at {number(level, measure.unit, 2)} (n = {found.n_whole} seen whole)",
        ),
        ("With muscle", _covaries(guard.muscle, "muscle activity (30–45 Hz)")),
        ("With slow waves", _covaries(guard.slow, "slow movement (1–4 Hz)")),
    ]


def _covaries(rho: Estimate, what: str) -> str:
    if not math.isfinite(rho.value):
        return "not known"
    words = f"partial ρ = {rho.value:+.2f} [{rho.low:+.2f}, {rho.high:+.2f}], n = {rho.n} chunks of 5 s"
    return f"{words}: changes went along with {what}, read with care" if abs(rho.value) > COVARIES else words


def _g(estimate: Estimate) -> str:
    if not math.isfinite(estimate.value):
        return MISSING
    return f"{estimate.value:+.2f} [{estimate.low:+.2f}, {estimate.high:+.2f}]"


def _or_not_measured(words: str) -> str:
    return "not measured" if words == MISSING else words


def _auto_words(facts: SessionFacts) -> str:
    if not facts.blocks.measure.auto:
        return ""
    return "Automatic thresholds: they hold the share in range where it is, so it says nothing about learning."


def _expected(facts: SessionFacts) -> float:
    """The share of the baseline that its own thresholds would have passed; NaN where none was taken."""
    done = [event for event in facts.own.journal.decided_events if isinstance(event, BaselineDone)]
    return done[-1].expected_in_range if done else math.nan


def _trained_sites(facts: SessionFacts) -> list[str]:
    name = trained_condition(facts.setup).feature
    feature = next(f for f in facts.setup.features if f.name == name)
    if feature.kind is FeatureKind.RATIO:
        parts = [f for f in facts.setup.features if f.name in (feature.numerator, feature.denominator)]
        return list(dict.fromkeys(site for part in parts for site in part.sites))
    return [*feature.left_sites, *feature.sites]


def _lines(series: tuple[Series, ...]) -> str:
    axis, _ = course_axis([], series, ())
    panels = [
        Panel(
            f"{each.name} ({each.unit})",
            tuple((axis.place(when), Estimate(math.nan if value is None else value)) for when, value in each.points),
            y=each.limits,
        )
        for each in series
    ]
    return course_chart(axis, panels)
