"""The session note for the professional."""

import math

from nfb.model.events import BaselineDone
from nfb.model.montage import adapted_words
from nfb.model.protocol import FeatureKind, StageKind
from nfb.model.sentence import plain_name, sentence
from nfb.model.speech import Translate, in_english, tr_count
from nfb.report.blocks import trained_condition
from nfb.report.charts import amplitude_chart, share_chart, spectrum_chart
from nfb.report.delay import budget_words, measured_words
from nfb.report.facts import RunRow, SessionFacts
from nfb.report.given import NO_SESSION_NOTES, SessionNotes
from nfb.report.metrics import COVARIES, against_baseline, bouts, success_limit, sustained, transfer, within_session
from nfb.report.render import chart, render
from nfb.report.signal import Contact, contact, covariation, spectra
from nfb.report.stats import Estimate
from nfb.report.words import (
    CANNOT_SEPARATE,
    MISSING,
    SNAPSHOT,
    change,
    held_by_cause,
    minutes,
    n_runs,
    number,
    quantity,
    share,
    share_estimate,
    short,
    stage,
)

Pairs = list[tuple[str, str]]


def session_note(facts: SessionFacts, notes: SessionNotes = NO_SESSION_NOTES, tr: Translate = in_english) -> str:
    """The note as HTML, one to two pages.

    Parameters
    ----------
    notes
        The professional's words; the name to show instead of the code, if any.
    tr
        Puts it into another language; `notes` are printed as they are.
    """
    measure = facts.blocks.measure
    pair = spectra(facts)
    name = tr(plain_name(measure.name))
    unit = "" if measure.unit == "1" else f" ({measure.unit})"
    interval = tr("[ ]: 95 % interval.")
    return render(
        "session",
        tr,
        facts=facts,
        notes=notes,
        who=notes.shown_name or facts.client,
        sentence=sentence(facts.setup.protocol, facts.setup.fit, tr),
        header=_header(facts, notes, tr),
        run_head=[
            tr("Stage"),
            tr("valid time"),
            tr("held"),
            tr("mean {feature}", feature=name) + unit,
            tr("threshold") + unit,
            tr("set by"),
            tr("in range"),
            tr("rewards"),
        ],
        run_rows=[_run_cells(row, tr) for row in facts.runs],
        run_caption=tr(
            "[ ]: 95 % interval by block bootstrap over 5-s chunks (n = valid time ÷ 5 s). Means over clean time. "
            "Threshold: at the start → at the end of the stage."
        )
        + f" {_auto_words(facts, tr)}",
        amplitude=chart(amplitude_chart(facts, tr)),
        amplitude_caption=tr(
            "A. {feature} and its threshold, means of 2 s. Left open: held, or samples lost.", feature=name
        ),
        shares=chart(share_chart(facts, _expected(facts), tr=tr)),
        spectrum=chart(spectrum_chart(facts, pair, tr)) if pair else tr("No clean windows for a spectrum."),
        pair_caption=tr(
            "B. Time in range per run, of valid time, with 95 % interval. C. Spectrum at the trained sites, n clean "
            "windows of 2 s."
        )
        + f" {tr(SNAPSHOT)}",
        signal=_signal(facts, tr),
        contact_head=[tr("Electrode"), tr("contact good"), tr("otherwise")],
        contact_rows=_contact_rows(contact(facts), _trained_sites(facts), tr),
        contact_caption=tr("Share of looks of 4 s, one every 20 s."),
        changes=_changes(facts, tr),
        change_caption=(tr("Geometric means of clean time.") if measure.takes_log else tr("Means of clean time."))
        + f" {interval} {tr(CANNOT_SEPARATE)}",
    )


def _header(facts: SessionFacts, notes: SessionNotes, tr: Translate) -> Pairs:
    setup, device = facts.setup, facts.setup.device
    fit, protocol = setup.fit, setup.protocol
    reference = tr(device.reference) if fit.reference == "device" else fit.reference
    if isinstance(reference, tuple):
        sites = ", ".join(device.channel_names[i] for i in reference)
        reference = tr("mean of {sites}", sites=sites)
    elif reference == "average":
        reference = tr("average")
    channels = tr_count(tr, "{n} channel", "{n} channels", device.n_channels)
    rows = [
        (tr("Client"), f"{notes.shown_name} ({facts.client})" if notes.shown_name else facts.client),
        (tr("Clinician"), notes.clinician or tr("not recorded")),
        (tr("Device"), f"{tr(device.model or device.name)}, {device.sampling_rate_hz:g} Hz, {channels}"),
        (tr("Program"), f"nfb {facts.software.get('nfb', MISSING)}"),
        (
            tr("Protocol"),
            tr("{name} ({id}, version {n})", name=tr(protocol.name), id=protocol.id, n=protocol.version),
        ),
        (
            tr("Sites and reference"),
            tr("{sites}; reference {reference}", sites=", ".join(_trained_sites(facts)), reference=reference),
        ),
    ]
    if fit.adapted:
        rows.append((tr("Adapted"), adapted_words(fit, tr)))
    delay = [words for words in (budget_words(facts.delays_ms, tr), measured_words(facts.delays_ms, tr)) if words]
    if delay:
        rows.append((tr("Delay of the feedback"), "; ".join(delay)))
    return rows


def _run_cells(row: RunRow, tr: Translate) -> list[str]:
    thresholds = [number(value, "", 2) for value in (row.threshold_start, row.threshold_end)]
    moved = thresholds[0] if thresholds[0] == thresholds[1] else " → ".join(thresholds)
    set_by = ", ".join(map(tr, row.changed_by)) or (MISSING if moved == MISSING else short(tr("baseline")))
    return [
        stage(row.label, tr),
        minutes(row.valid_s),
        share(row.held_share),
        quantity(row.mean, ""),
        moved,
        set_by,
        share_estimate(row.in_range) if row.kind is not StageKind.BASELINE else MISSING,
        str(row.rewards) if row.kind is StageKind.RUN else MISSING,
    ]


def _signal(facts: SessionFacts, tr: Translate) -> str:
    n = len(facts.recording.gaps)
    lost = tr("No gaps.")
    if n:
        lost = tr(
            "{gaps}, {seconds} s of samples lost.",
            gaps=tr_count(tr, "{n} gap", "{n} gaps", n),
            seconds=f"{facts.missing_s:.1f}",
        )
    said = tr(
        "Clean: {clean} of {time} measured. Held: {held} of it; by cause, over the whole session: {causes}.",
        clean=share(facts.clean_share),
        time=minutes(sum(row.elapsed_s for row in facts.runs)),
        held=share(facts.held_share),
        causes=held_by_cause(facts.held_s_by_cause, tr) or tr("nothing"),
    )
    return f"{said} {lost}"


def _contact_rows(found: tuple[Contact, ...], trained: list[str], tr: Translate) -> list[list[str]]:
    """The trained sites one by one; the others too where contact was not good throughout."""
    shown = [each for each in found if each.site in trained or each.good < 1]
    rows = [
        [
            each.site,
            tr("{share}, n = {n} looks", share=share(each.good), n=each.n_looks),
            tr(each.reason) if each.reason else MISSING,
        ]
        for each in shown
    ]
    others = len(found) - len(shown)
    if others:
        looks = tr("{share}, n = {n} looks each", share=share(1.0), n=found[0].n_looks)
        rows.append([tr_count(tr, "{n} other", "{n} others", others), looks, MISSING])
    return rows


def _changes(facts: SessionFacts, tr: Translate) -> Pairs:
    blocks, measure = facts.blocks, facts.blocks.measure
    trend, versus = within_session(blocks), against_baseline(blocks)
    found = bouts(blocks, success_limit(blocks))
    level = math.exp(found.amplitude) if measure.takes_log else found.amplitude
    guard = covariation(facts)
    chunks = tr("chunks of 5 s")

    def moved(estimate: Estimate) -> str:
        words = change(estimate, measure.in_percent, chunks)
        return tr("not measured") if words == MISSING else words

    return [
        (
            tr("Per run"),
            tr(
                "{change}: {trend}, n = {runs}",
                change=change(trend.slope, measure.in_percent),
                trend=tr(trend.trend.value),
                runs=n_runs(trend.n_runs, tr),
            ),
        ),
        (tr("Last third − first"), change(trend.last_minus_first, measure.in_percent, chunks)),
        (
            tr("Runs − baseline"),
            f"{change(versus.difference, measure.in_percent, chunks)}; Hedges' g {_g(versus.hedges_g)}",
        ),
        (tr("Rest after − before"), moved(sustained(blocks))),
        (tr("Without feedback"), moved(transfer(blocks))),
        (
            tr("Episodes"),
            tr(
                "{rate} per min beyond the baseline's {percentile}th percentile (n = {n}); median {length} at "
                "{level} (n = {n_whole} seen whole)",
                rate=number(found.per_min),
                percentile=70 if measure.sign > 0 else 30,
                n=found.n,
                length=number(found.median_s, "s", 2),
                level=number(level, measure.unit, 2),
                n_whole=found.n_whole,
            ),
        ),
        (tr("With muscle"), _covaries(guard.muscle, tr("muscle activity (30–45 Hz)"), tr)),
        (tr("With slow waves"), _covaries(guard.slow, tr("slow movement (1–4 Hz)"), tr)),
    ]


def _covaries(rho: Estimate, what: str, tr: Translate) -> str:
    if not math.isfinite(rho.value):
        return tr("not known")
    words = tr(
        "partial ρ = {rho} [{low}, {high}], n = {n} chunks of 5 s",
        rho=f"{rho.value:+.2f}",
        low=f"{rho.low:+.2f}",
        high=f"{rho.high:+.2f}",
        n=rho.n,
    )
    if abs(rho.value) <= COVARIES:
        return words
    return tr("{figures}: changes went along with {what}, read with care", figures=words, what=what)


def _g(estimate: Estimate) -> str:
    if not math.isfinite(estimate.value):
        return MISSING
    return f"{estimate.value:+.2f} [{estimate.low:+.2f}, {estimate.high:+.2f}]"


def _auto_words(facts: SessionFacts, tr: Translate) -> str:
    if not facts.blocks.measure.auto:
        return ""
    return tr("Automatic thresholds: they hold the share in range where it is, so it says nothing about learning.")


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
