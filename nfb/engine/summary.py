"""The account of a session: a row per stage, holds by cause, gaps, changes, delays."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from nfb.model.commands import EndReason
from nfb.model.events import Event, GapSeen, SessionEnded, StageEnded, ThresholdChanged
from nfb.model.hop import CAUSE_WORDS, HopResult
from nfb.session.setup import Setup
from nfb.session.states import State

_RUNNING = int(State.RUNNING)


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage. Shares are 0..1 of valid time (NaN if there was none); `feature_mean` is over clean hops, in the
    features' units."""

    label: str
    valid_s: float
    held_s: float
    elapsed_s: float
    in_range_share: float
    rewards: int
    feature_mean: tuple[float, ...]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole session; times in seconds, delays in milliseconds (NaN where not measured)."""

    feature_names: tuple[str, ...]
    feature_units: tuple[str, ...]
    stages: tuple[StageRow, ...]
    held_s_by_cause: dict[str, float]
    n_gaps: int
    missing_s: float
    threshold_changes: int
    rewards: int
    loop_delay_ms: float
    loop_delay_p95_ms: float
    end_reason: EndReason | None

    @property
    def trained_s(self) -> float:
        """Valid time of all runs."""
        return sum(row.valid_s for row in self.stages if row.label.startswith("run"))

    def to_record(self) -> dict[str, object]:
        """As JSON-ready values; NaN becomes None."""
        record = {key: _without_nan(value) for key, value in asdict(self).items()}
        record["end_reason"] = None if self.end_reason is None else self.end_reason.value
        return record


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class SummaryBuilder:
    """Counts along while a session runs."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._stages: list[StageRow] = []
        self._held: Counter[str] = Counter()
        self._sums = [0.0] * len(setup.features)
        self._n_clean = 0
        self._thresholds: tuple[float, ...] = (math.nan,) * len(setup.features)
        self._n_gaps = 0
        self._missing_s = 0.0
        self._changes = 0
        self._rewards = 0
        self._reason: EndReason | None = None

    def add(self, hops: Sequence[HopResult], events: Iterable[Event]) -> None:
        """Count hops and events, which belong together as one call of the session returned them."""
        begun = 0
        for end in (event for event in events if isinstance(event, StageEnded)):
            after = (i for i in range(begun, len(hops)) if hops[i].hop >= end.hop and hops[i].stage != end.stage)
            stop = next(after, len(hops))
            self._count(hops[begun:stop])
            self._close(end)
            begun = stop
        self._count(hops[begun:])
        for event in events:
            if isinstance(event, GapSeen):
                self._n_gaps += 1
                self._missing_s += event.gap.missing_s
            elif isinstance(event, ThresholdChanged):
                self._changes += event.by != "baseline"
            elif isinstance(event, SessionEnded):
                self._reason = event.reason

    def _count(self, hops: Sequence[HopResult]) -> None:
        """Count some hops of one stage."""
        if not hops:
            return
        self._thresholds = hops[-1].thresholds
        clean = []
        for hop in hops:
            if hop.artefact:
                self._held[CAUSE_WORDS[hop.cause]] += 1
            elif hop.state == _RUNNING:
                clean.append(hop.features)
        self._n_clean += len(clean)
        for i, values in enumerate(zip(*clean, strict=True)):
            total = self._sums[i]
            for value in values:  # not sum(), which rounds by how many there are at once
                total += value
            self._sums[i] = total

    def _close(self, end: StageEnded) -> None:
        n = self._n_clean
        mean = tuple(total / n if n else math.nan for total in self._sums)
        self._stages.append(
            StageRow(
                end.label,
                end.valid_s,
                end.held_s,
                end.elapsed_s,
                end.in_range_share,
                end.rewards,
                mean,
                self._thresholds,
            )
        )
        self._rewards += end.rewards
        self._sums = [0.0] * len(self._sums)
        self._n_clean = 0

    def summary(self, loop_delay_ms: float = math.nan, loop_delay_p95_ms: float = math.nan) -> Summary:
        """The account so far."""
        hop_s = self._setup.hop_s
        return Summary(
            tuple(feature.name for feature in self._setup.features),
            tuple(feature.unit for feature in self._setup.features),
            tuple(self._stages),
            {cause: round(hops * hop_s, 3) for cause, hops in self._held.most_common()},
            self._n_gaps,
            self._missing_s,
            self._changes,
            self._rewards,
            loop_delay_ms,
            loop_delay_p95_ms,
            self._reason,
        )
