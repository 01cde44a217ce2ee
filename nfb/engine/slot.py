"""How long a visit takes, when it will end, and what makes it fit into its slot."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from nfb.model.protocol import Protocol, StageKind
from nfb.practice.comfort import is_fixed
from nfb.practice.plans import Appointment, Plan
from nfb.session.plan import plan_stages

# A visit's minutes besides the runs, from a usual visit of 45: check-in, fitting and signal, thresholds, closing
# questions, note.
CHECK_IN_S = 180.0
SIGNAL_S = 300.0
THRESHOLDS_S = 60.0
CLOSING_S = 360.0
USUAL_BASELINE_S = 120.0
SLOT_MIN = 45
_SHORTEST_RUN_S = 120.0
_RUN_STEP_S = 60.0


class Step(Enum):
    """The stages of a visit in order."""

    CHECK_IN = "check-in"
    SIGNAL = "signal"
    BASELINE = "baseline"
    TRAIN = "train"
    WRAP_UP = "wrap-up"


@dataclass(frozen=True, slots=True)
class Lengths:
    """Seconds of each step of a visit as planned."""

    check_in_s: float
    signal_s: float
    baseline_s: float
    train_s: float
    wrap_up_s: float

    @property
    def total_s(self) -> float:
        return self.check_in_s + self.signal_s + self.baseline_s + self.train_s + self.wrap_up_s

    @property
    def around_s(self) -> float:
        """All besides runs and breaks."""
        return self.total_s - self.train_s


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to make the visit fit: fewer or shorter runs, or the last visit's thresholds."""

    runs: int
    run_s: float
    reuse_thresholds: bool


def lengths(plan: Plan, baseline_s: float = USUAL_BASELINE_S, *, reuse: bool = False, parts: int = 1) -> Lengths:
    """How long each step takes.

    Parameters
    ----------
    baseline_s
        Of the session as it will run.
    reuse
        Thresholds are carried over: there is nothing to set.
    parts
        Parts of the session, each with the planned runs.
    """
    train_s = parts * (plan.runs * plan.run_s + max(0, plan.runs - 1) * plan.rest_s)
    return Lengths(CHECK_IN_S, SIGNAL_S, baseline_s + (0.0 if reuse else THRESHOLDS_S), train_s, CLOSING_S)


def baseline_of(protocol: Protocol, short_s: float | None = None, *, peak_known: bool = False) -> float:
    """Seconds of the protocol's baselines in a session.

    Parameters
    ----------
    short_s
        Length of each that gives thresholds, where they are carried over; None for the protocol's own.
    peak_known
        Nobody looks for the alpha peak.
    """
    kept = tuple(stage for stage in protocol.stages if not (peak_known and stage.for_peak))
    planned = plan_stages(kept, None, short_s)
    return sum(stage.duration_s for stage in planned if stage.kind is StageKind.BASELINE)


def slot_ends(slot: Appointment | None, now: datetime) -> datetime:
    """When the slot ends: the appointment's end, or the usual length from now on."""
    return slot.ends if slot is not None and slot.ends > now else now + timedelta(minutes=SLOT_MIN)


def visit_ends(planned: Lengths, now: datetime) -> datetime:
    """When a visit that begins its check-in now is over."""
    return now + timedelta(seconds=planned.total_s)


def offers(
    plan: Plan,
    ends: datetime,
    now: datetime,
    baseline_s: float,
    short_baseline_s: float,
    *,
    can_reuse: bool,
    parts: int = 1,
) -> tuple[Offer, ...]:
    """Ways to be done by the slot's end, at most two: the last visit's thresholds, and shorter or fewer runs.

    Parameters
    ----------
    ends
        When the slot ends.
    baseline_s, short_baseline_s
        Length of the baseline as planned, and where thresholds are carried over.
    can_reuse
        There are thresholds of an earlier visit, and they are not chosen already.
    parts
        Parts of the session, each with the planned runs.

    Returns
    -------
    tuple of Offer
        Empty where the plan fits, or nothing makes it fit; runs are not offered where the protocol fixes them.
    """

    def fits(tried: Plan, reuse: bool) -> bool:
        planned = lengths(tried, short_baseline_s if reuse else baseline_s, reuse=reuse, parts=parts)
        return visit_ends(planned, now) <= ends

    if fits(plan, False):
        return ()
    found = []
    if can_reuse and fits(plan, True):
        found.append(Offer(plan.runs, plan.run_s, True))
    tried = () if is_fixed(plan) else _shorter(plan)
    shorter = next((one for one in tried if fits(one, False)), None)
    if shorter is not None:
        found.append(Offer(shorter.runs, shorter.run_s, False))
    return tuple(found)


def _shorter(plan: Plan) -> Iterable[Plan]:
    """Plans with less training, the most training first; of equals the one with runs nearer the planned number."""
    tried = []
    run_s = plan.run_s
    while run_s >= min(_SHORTEST_RUN_S, plan.run_s):
        tried += [replace(plan, runs=runs, run_s=run_s) for runs in range(1, plan.runs + 1)]
        run_s -= _RUN_STEP_S
    return sorted(tried, key=lambda one: (-one.net_s, plan.runs - one.runs))
