"""A client's visit below the window: what it takes over from the visit before, and its entry in the client book."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nfb.devices.lsl_library import Scope
from nfb.model.protocol import Protocol
from nfb.practice.comfort import is_fixed
from nfb.practice.fields import JsonObject
from nfb.practice.plans import Plan
from nfb.practice.record import Stored
from nfb.practice.sessions import (
    CHECK_IN_NOTE,
    CHOICES,
    IAF_HZ,
    IAF_REASON,
    IAF_USED_HZ,
    RUNNING,
    STATE,
    THRESHOLDS,
    SessionEntry,
)
from nfb.session.plan import own_runs

if TYPE_CHECKING:
    # The book brings its database along, which a session without a client does not need.
    from nfb.practice.book import Book

# A session that began longer ago and was never closed is one that a crash left behind, not one at another desk.
STILL_RUNNING = timedelta(hours=3)
# What the client sees and hears; names of fields of a plan.
_PRESENTED = ("feedback", "film", "sound", "music", "chime")
SHORT_BASELINE_S = 60.0  # enough to compare with, where thresholds are carried over


@dataclass(frozen=True, slots=True)
class VisitOptions:
    """What a visit says of its session beyond device, protocol and client; None leaves it to the protocol.

    Parameters
    ----------
    runs, run_s, rest_s
        Number of runs, seconds of clean time of each, seconds of break between them.
    target
        Wanted share in range of all conditions together, 0..1.
    thresholds
        One per condition, carried over from an earlier visit; the baseline is then short.
    iaf_hz
        The client's alpha peak.
    feedback, sound
        What the client chose to see and to hear; empty for the protocol's.
    baseline_s
        Length of the baseline.
    lsl_out, osc
        Other programs that are told of the session, as in :func:`nfb.engine.outlets.make_sinks`.
    """

    runs: int | None = None
    run_s: float | None = None
    rest_s: float | None = None
    target: float | None = None
    thresholds: tuple[float, ...] | None = None
    iaf_hz: float | None = None
    feedback: str = ""
    sound: str = ""
    baseline_s: float | None = None
    lsl_out: Scope | None = None
    osc: str = ""


NO_VISIT = VisitOptions()


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for one visit; kept with its entry, so that the next one begins with the same.

    `lsl_out` and `osc` are those of :class:`VisitOptions`.
    """

    plan: Plan
    device: str
    params: Mapping[str, str] = field(default_factory=dict)
    lsl_out: Scope | None = None
    osc: str = ""

    def to_json(self) -> JsonObject:
        plan = self.plan
        return {
            "params": dict(self.params),
            "runs": plan.runs,
            "run_s": plan.run_s,
            "rest_s": plan.rest_s,
            "target": plan.target,
            "comfort": plan.comfort,
            "lsl_out": None if self.lsl_out is None else self.lsl_out.value,
            "osc": self.osc,
            **{name: getattr(plan, name) for name in _PRESENTED},
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier visit of the same protocol and headset leaves to the next: `visit` is its number."""

    visit: int
    started: datetime
    thresholds: tuple[float, ...]


def by_number(entries: Iterable[Stored[SessionEntry]]) -> list[SessionEntry]:
    """A client's sessions in order of their numbers."""
    return sorted((stored.value for stored in entries), key=lambda entry: entry.number)


def next_number(entries: Iterable[Stored[SessionEntry]]) -> int:
    """Number of the visit to come."""
    return 1 + max((stored.value.number for stored in entries), default=0)


def todays_choices(plan: Plan, entries: Iterable[Stored[SessionEntry]], device: str) -> Choices:
    """The plan with the headset, connection, display and sound of the last visit; `device` where there was none."""
    past = by_number(entries)
    if not past:
        return Choices(plan, device)
    last = past[-1]
    kept = last.summary.get(CHOICES)
    kept = kept if isinstance(kept, dict) else {}
    params = kept.get("params")
    params = {str(key): str(value) for key, value in params.items()} if isinstance(params, dict) else {}
    for name in _PRESENTED:
        value = kept.get(name)
        if isinstance(value, str) and value:
            plan = replace(plan, **{name: value})  # type: ignore[arg-type]  # these fields are texts
    scopes = {scope.value: scope for scope in Scope}
    osc = kept.get("osc")
    return Choices(
        plan, last.device or device, params, scopes.get(str(kept.get("lsl_out"))), osc if isinstance(osc, str) else ""
    )


def carried_thresholds(entries: Iterable[Stored[SessionEntry]], protocol: Protocol, device: str) -> Carried | None:
    """Thresholds of the newest visit with the same protocol, version and headset; None if there are none for all
    conditions."""
    for entry in reversed(by_number(entries)):
        if (entry.protocol_id, entry.protocol_version, entry.device) != (protocol.id, protocol.version, device):
            continue
        kept = entry.summary.get(THRESHOLDS)
        if not isinstance(kept, list) or len(kept) != len(protocol.conditions):
            continue
        values = [float(value) for value in kept if isinstance(value, int | float)]
        if len(values) == len(protocol.conditions):
            return Carried(entry.number, entry.started, tuple(values))
    return None


@dataclass(frozen=True, slots=True)
class KeptPeak:
    """A client's alpha peak: where it comes from, and the operator's reason if it was set by hand."""

    hz: float | None
    visit: int
    reason: str = ""


def kept_peak(entries: Iterable[Stored[SessionEntry]], protocol_id: str) -> KeptPeak | None:
    """The alpha peak that a visit's bands are placed by; None if nothing is known of it.

    A course keeps the bands it began with, or its visits could not be compared: where the protocol was trained
    before, it is what those visits used, also if that was none. A course that begins takes the newest peak that was
    found, or set by hand.
    """
    past = by_number(entries)
    same = [entry for entry in past if entry.protocol_id == protocol_id and IAF_USED_HZ in entry.summary]
    if same:
        return KeptPeak(same[-1].figure(IAF_USED_HZ), same[-1].number, _iaf_reason(same[-1]))
    for entry in reversed(past):
        reason = _iaf_reason(entry)
        hz = entry.figure(IAF_USED_HZ if reason else IAF_HZ)
        if hz is not None or reason:
            return KeptPeak(hz, entry.number, reason)
    return None


def kept_iaf_hz(entries: Iterable[Stored[SessionEntry]], protocol_id: str) -> float | None:
    """The frequency of :func:`kept_peak`, or None."""
    kept = kept_peak(entries, protocol_id)
    return None if kept is None else kept.hz


def _iaf_reason(entry: SessionEntry) -> str:
    reason = entry.summary.get(IAF_REASON)
    return reason if isinstance(reason, str) else ""


def running_elsewhere(entries: Iterable[Stored[SessionEntry]], now: datetime) -> SessionEntry | None:
    """A session of the client that began lately and is not closed: it may run in another window."""
    for entry in reversed(by_number(entries)):
        if entry.summary.get(STATE) == RUNNING and timedelta(0) <= now - entry.started < STILL_RUNNING:
            return entry
    return None


def as_trained(plan: Plan, protocol: Protocol) -> Plan:
    """The plan with the protocol's own runs, breaks, display and sound, where its profile fixes them."""
    runs, run_s, rest_s = own_runs(protocol.stages)
    if not is_fixed(plan) or not runs:
        return plan
    return replace(plan, runs=runs, run_s=run_s, rest_s=rest_s, feedback="", sound="")


def visit_options(
    plan: Plan,
    carried: Carried | None = None,
    iaf_hz: float | None = None,
    *,
    lsl_out: Scope | None = None,
    osc: str = "",
) -> VisitOptions:
    """A plan as options of its session."""
    fixed = is_fixed(plan)
    return VisitOptions(
        runs=None if fixed else plan.runs,
        run_s=None if fixed else plan.run_s,
        rest_s=None if fixed else plan.rest_s,
        target=None if fixed else plan.target,
        thresholds=None if carried is None else carried.thresholds,
        iaf_hz=iaf_hz,
        feedback=plan.feedback,
        sound=plan.sound,
        baseline_s=None if carried is None else SHORT_BASELINE_S,
        lsl_out=lsl_out,
        osc=osc,
    )


def begin_visit(
    book: "Book",
    code: str,
    number: int,
    folder: Path,
    root: Path,
    started: datetime,
    protocol: Protocol,
    choices: Choices,
    note: str = "",
) -> Stored[SessionEntry]:
    """Enter a session into the client book as soon as its recording is open.

    Parameters
    ----------
    number
        As it was when the check-in was read. Where another window took it meanwhile, the entry gets the next one.
    folder, root
        The recording, and the folder of recordings that its path is kept relative to where it lies in it.
    """
    summary: JsonObject = {STATE: RUNNING, CHOICES: choices.to_json()}
    if note.strip():
        summary[CHECK_IN_NOTE] = note.strip()
    entry = SessionEntry(
        number=number,
        folder=relative_folder(folder, root),
        started=started,
        protocol_id=protocol.id,
        protocol_version=protocol.version,
        device=choices.device,
        summary=summary,
    )
    stored = book.add(code, entry)
    while _taken(book.records(code, SessionEntry), stored):
        free = next_number(book.records(code, SessionEntry))
        stored = book.change(stored, replace(stored.value, number=free))
    return stored


def _taken(entries: Iterable[Stored[SessionEntry]], ours: Stored[SessionEntry]) -> bool:
    """Whether another entry had the number first; looked at after ours is written, so that one of two gives way."""
    return any(other.value.number == ours.value.number and other.id < ours.id for other in entries)


def relative_folder(folder: Path, root: Path) -> str:
    """As :attr:`SessionEntry.folder` keeps it: with slashes, relative to `root` if it lies in it."""
    return (folder.relative_to(root) if folder.is_relative_to(root) else folder).as_posix()
