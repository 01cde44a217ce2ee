"""What thresholds would do to the clean baseline of the running session, and which would do as wished."""

import math

from nfb.engine.suggest import Suggestion, judge, suggest
from nfb.model.protocol import Condition, ThresholdRule
from nfb.model.samples import Float64
from nfb.session.session import Session

_BY_TARGET = (ThresholdRule.BASELINE_PERCENTILE, ThresholdRule.ROLLING_PERCENTILE, ThresholdRule.STAIRCASE)


class Proposals:
    """Answers for the operator; without a clean baseline there are none. Asked from any thread."""

    def __init__(self) -> None:
        self._session: Session | None = None

    def begin(self, session: Session) -> None:
        """Answer for this session from now on."""
        self._session = session

    def expected_share(self, condition: int, threshold: float) -> tuple[float, float]:
        """Share of the clean baseline that would pass one condition at `threshold`, and all that hold together."""
        if self._session is None:
            return math.nan, math.nan
        thresholds = list(self._session.thresholds)
        thresholds[condition] = threshold
        judged = self.expected(tuple(thresholds))
        return (math.nan, math.nan) if judged is None else (judged.alone[condition], judged.expected)

    def expected(self, thresholds: tuple[float, ...]) -> Suggestion | None:
        """What `thresholds` would have given in the clean baseline; None without one."""
        known = self._baseline()
        if known is None or self._session is None:
            return None
        return judge(*known, thresholds, self._session.holding)

    def ease(self, target: float) -> Suggestion | None:
        """Thresholds that would have passed a share `target` of the clean baseline; None without one."""
        known = self._baseline()
        if known is None or self._session is None:
            return None
        return suggest(*known, self._session.thresholds, target, self._session.holding)

    def baseline_thresholds(self) -> tuple[float, ...]:
        """What each condition's own target makes of the clean baseline; empty without one.

        Where a condition names no target, its threshold is the present one.
        """
        session = self._session
        if session is None or not session.baseline.closed:
            return ()
        return tuple(
            session.baseline_of(i).threshold(i, condition.threshold.target)
            if condition.threshold.rule in _BY_TARGET
            else session.thresholds[i]
            for i, condition in enumerate(session.setup.protocol.conditions)
        )

    def _baseline(self) -> tuple[Float64, tuple[Condition, ...], tuple[int, ...]] | None:
        """Clean hops, conditions, and the column of each one's feature."""
        session = self._session
        baseline = None if session is None or not session.holding else session.baseline_of(session.holding[0])
        if session is None or baseline is None or not baseline.closed:
            return None
        order = [feature.name for feature in session.setup.features]
        conditions = session.setup.protocol.conditions
        return baseline.values, conditions, tuple(order.index(condition.feature) for condition in conditions)
