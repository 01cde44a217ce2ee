"""One-pole smoothing of features, for protocols that want a slow variable."""

import math

from nfb.session.setup import Setup


class Smoother:
    """Smooths each feature with its own time constant, over clean hops.

    Its delay (the time constant: the lag of a one-pole for slow changes) is part of the feature's declared delay.
    """

    def __init__(self, setup: Setup) -> None:
        self._keep = tuple(
            math.exp(-setup.hop_s / feature.smoothing_s) if feature.smoothing_s > 0 else 0.0
            for feature in setup.features
        )
        self._needed = any(self._keep)
        self._values: list[float] = []

    def reset(self) -> None:
        """Begin anew with the next value."""
        self._values = []

    def step(self, features: tuple[float, ...]) -> tuple[float, ...]:
        """The smoothed values of one more clean hop."""
        if not self._needed:
            return features
        if not self._values:
            self._values = list(features)
        else:
            self._values = [
                keep * before + (1 - keep) * now
                for keep, before, now in zip(self._keep, self._values, features, strict=True)
            ]
        return tuple(self._values)
