"""What a visit leaves in the client book once its recording is finished: figures, and the facts of its note."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.dsp.alpha_peak import AlphaPeak
from nfb.files.recording import open_own_recording
from nfb.model.commands import SetIaf
from nfb.model.errors import RecordingError
from nfb.model.events import AlphaPeakFound, CommandApplied
from nfb.model.sentence import plain_name
from nfb.model.speech import Translate, in_english, tr_count
from nfb.practice.fields import JsonObject
from nfb.practice.record import Stored
from nfb.practice.sessions import (
    ABOVE_FIRST_P70,
    CLEAN_SHARE,
    DONE,
    IAF_HZ,
    IAF_REASON,
    IAF_USED_HZ,
    IN_RANGE_SHARE,
    RUNNING,
    STATE,
    THRESHOLDS,
    SessionEntry,
)
from nfb.report.facts import RunRow, SessionFacts, facts_of
from nfb.report.metrics import reward_rate, success, success_limit
from nfb.report.signal import alpha_peak_of
from nfb.report.words import held_by_cause, minutes, n_runs, share

if TYPE_CHECKING:
    from nfb.practice.book import Book

P70_LIMIT = "p70_limit"  # of this session's own baseline, on the measure's scale
_TRAINED = "trained"


def figures(facts: SessionFacts, first_limit: float | None) -> JsonObject:
    """The figures of a session that pages and reports need without opening its recording.

    Parameters
    ----------
    first_limit
        Limit of the client's first session with the same protocol; None if this is the first.
    """
    blocks = facts.blocks
    own_limit = success_limit(blocks)
    rate = reward_rate(blocks)
    columns = facts.table.columns
    thresholds = [float(columns[f"threshold.{c.feature}"][-1]) for c in facts.setup.protocol.conditions]
    found_hz, used_hz, reason = _alpha_peak(facts)
    return {
        CLEAN_SHARE: _or_none(facts.clean_share),
        ABOVE_FIRST_P70: _or_none(success(blocks, own_limit if first_limit is None else first_limit).value),
        IN_RANGE_SHARE: _or_none(rate.share.value) if rate is not None else None,
        P70_LIMIT: _or_none(own_limit),
        _TRAINED: _trained(facts),
        THRESHOLDS: [_or_none(value) for value in thresholds],
        IAF_HZ: found_hz,
        IAF_USED_HZ: used_hz,
        IAF_REASON: reason,
        "runs_done": len(blocks.runs),
        "runs_in_range": [_or_none(row.in_range.value) for row in facts.runs if row.label.startswith("run")],
        "gaps": len(facts.recording.gaps),
        "missing_s": facts.missing_s,
        "threshold_changes": len(facts.threshold_changes),
        "end": facts.end_words,
    }


@dataclass(frozen=True, slots=True)
class Closed:
    """A visit whose recording is finished: its entry as it stands in the book, and what the recording says; None
    where it cannot be read."""

    entry: Stored[SessionEntry]
    facts: SessionFacts | None


def close_visit(book: "Book", code: str, stored: Stored[SessionEntry], root: Path) -> Closed:
    """Complete a session's entry from its recording; without one that can be read, only say that it is over.

    Parameters
    ----------
    root
        The folder of recordings.
    """
    entry = stored.value
    try:
        recording = open_own_recording(root / entry.folder)
        facts = facts_of(recording)
    except (RecordingError, OSError) as error:
        summary = {**entry.summary, STATE: DONE, "problem": str(error)}
        return Closed(book.change(stored, replace(entry, summary=summary)), None)
    others = [s.value for s in book.records(code, SessionEntry) if s.value.number < entry.number]
    others.sort(key=lambda other: other.number)
    trained = _trained(facts)
    limits = [
        other.figure(P70_LIMIT)
        for other in others
        if other.protocol_id == entry.protocol_id and other.summary.get(_TRAINED) == trained
    ]
    found = figures(facts, next((limit for limit in limits if limit is not None), None))
    done = replace(
        entry,
        trained_s=facts.trained_s,
        total_s=recording.duration_s,
        summary={**entry.summary, **found, STATE: DONE},
    )
    return Closed(book.change(stored, done), facts)


def close_left_open(book: "Book", code: str, root: Path) -> int:
    """Complete entries whose session ended without a wrap-up, e.g. by a crash; returns how many.

    A recording that is still being written, here or in another window, is left alone.
    """
    n = 0
    for stored in book.records(code, SessionEntry):
        if stored.value.summary.get(STATE) != RUNNING:
            continue
        try:
            session = open_own_recording(root / stored.value.folder).session
        except (RecordingError, OSError):
            continue
        if session is not None and session.content.get("state") != "recording":
            close_visit(book, code, stored, root)
            n += 1
    return n


def _alpha_peak(facts: SessionFacts) -> tuple[float | None, float | None, str]:
    """The peak that the session found, the one its bands were placed by in the end, and the operator's reason where
    it was set by hand."""
    setup = facts.setup
    searched, found_hz, used_hz, reason = False, None, setup.iaf_hz, ""
    for event in facts.own.journal.decided_events:
        match event:
            case AlphaPeakFound(hz=hz):
                searched, found_hz = True, hz
                used_hz = used_hz if hz is None or setup.misfit(hz) else hz
            case CommandApplied(command=SetIaf(hz=hz, reason=why)):
                # What is taken back is not set by hand any more.
                used_hz, reason = hz, "" if hz == (found_hz if searched else setup.iaf_hz) else why
    if not searched:
        peak = alpha_peak_of(facts)
        found_hz = peak.frequency_hz if isinstance(peak, AlphaPeak) else None
    return found_hz, used_hz, reason


def _trained(facts: SessionFacts) -> str:
    """The trained feature with its band: limits of another band cannot be compared with."""
    name = facts.blocks.measure.name
    feature = next(feature for feature in facts.setup.features if feature.name == name)
    if feature.band is None:
        return name
    low, high = feature.band.at(_alpha_peak(facts)[1])
    return f"{name} {low:g}-{high:g} Hz"


def note_text(facts: SessionFacts, tr: Translate = in_english) -> str:
    """The session in sentences that state facts and nothing else: what a note begins with."""
    runs = [row for row in facts.runs if row.label.startswith("run")]
    rate = reward_rate(facts.blocks)
    protocol = facts.setup.protocol
    said = [
        tr("{name} (version {n}).", name=tr(protocol.name), n=protocol.version),
        tr(
            "{runs}, {time} of clean training, {share} in range, clean {clean}.",
            runs=n_runs(len(runs), tr),
            time=minutes(facts.trained_s),
            share=share(rate.share.value) if rate is not None else "–",
            clean=share(facts.clean_share),
        ),
    ]
    if any(math.isfinite(row.threshold_start) for row in runs):
        said.append(_threshold_words(facts, runs, tr))
    held = {cause: seconds for cause, seconds in facts.held_s_by_cause.items() if seconds >= 0.5}
    if held:
        longest = dict(list(held.items())[:3])
        said.append(tr("Held: {causes}.", causes=held_by_cause(longest, tr)))
    n = len(facts.recording.gaps)
    if n:
        gaps = tr_count(tr, "{n} gap", "{n} gaps", n)
        said.append(tr("{gaps}, {seconds} s of samples lost.", gaps=gaps, seconds=f"{facts.missing_s:.1f}"))
    said.append(tr("Ended: {reason}.", reason=tr(facts.end_words)))
    return " ".join(said)


def _threshold_words(facts: SessionFacts, runs: list[RunRow], tr: Translate) -> str:
    measure = facts.blocks.measure
    first = next(row.threshold_start for row in runs if math.isfinite(row.threshold_start))
    last = runs[-1].threshold_end
    moved = f" → {last:.1f}" if abs(last - first) > 1e-9 else ""
    value = f"{first:.1f}{moved}" + ("" if measure.unit == "1" else f" {measure.unit}")
    words = tr("Threshold of {feature} {value}", feature=tr(plain_name(measure.name)), value=value)
    n = len(facts.threshold_changes)
    changes = tr_count(tr, "{n} threshold change", "{n} threshold changes", n) if n else ""
    return ", ".join(part for part in (words, changes) if part) + "."


def _or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
