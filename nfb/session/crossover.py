"""The crossing of theta over alpha: when the state that alpha-theta training waits for begins and ends."""

import math

from nfb.model.protocol import Crossover
from nfb.session.setup import Setup

# Envelopes cross several times a second, states do not: it is the mean of so many seconds that crosses.
_SMOOTHING_S = 5.0


class CrossoverWatch:
    """Counts the clean hops of runs with smoothed theta above smoothed alpha.

    Parameters
    ----------
    rule
        The protocol's.
    setup
        The session.

    Attributes
    ----------
    crossed
        Whether theta has stood above alpha long enough and does so still.
    """

    def __init__(self, rule: Crossover, setup: Setup) -> None:
        order = {feature.name: i for i, feature in enumerate(setup.features)}
        self._theta, self._alpha = order[rule.theta], order[rule.alpha]
        self._by_uv = rule.by_uv
        self._needed_hops = round(rule.for_s / setup.hop_s)
        self._keep = math.exp(-setup.hop_s / _SMOOTHING_S)
        self.crossed = False
        self.reset()

    def reset(self) -> None:
        """A stage begins."""
        self._level = math.nan
        self._n_above = 0

    def step(self, features: tuple[float, ...]) -> bool:
        """One clean hop of a run; whether :attr:`crossed` has changed."""
        difference = features[self._theta] - features[self._alpha]
        before = self._level
        self._level = difference if math.isnan(before) else self._keep * before + (1.0 - self._keep) * difference
        self._n_above = self._n_above + 1 if self._level >= self._by_uv else 0
        was, self.crossed = self.crossed, self._n_above >= self._needed_hops
        return was != self.crossed
