"""Slow variables, for protocols that want them: one-pole smoothing of features, and band power over a second."""

import math

import numpy as np

from nfb.dsp.slow_feedback import SlowFilter
from nfb.session.features import Amplitudes, FeaturePlan
from nfb.session.setup import Setup


class Smoother:
    """Smooths each feature with its own time constant, over clean hops; couplings are made of averages already.

    Its delay (the time constant: the lag of a one-pole for slow changes) is part of the feature's declared delay.
    """

    def __init__(self, setup: Setup) -> None:
        self._keep = tuple(
            math.exp(-setup.hop_s / feature.smoothing_s)
            if feature.smoothing_s > 0 and not feature.kind.is_coupling
            else 0.0
            for feature in setup.features
        )
        self.used = any(self._keep)
        self._values: list[float] = []

    def reset(self) -> None:
        """Begin anew with the next value."""
        self._values = []

    def step(self, features: tuple[float, ...]) -> tuple[float, ...]:
        """The smoothed values of one more clean hop."""
        if not self.used:
            return features
        if not self._values:
            self._values = list(features)
        else:
            self._values = [
                keep * before + (1 - keep) * now
                for keep, before, now in zip(self._keep, self._values, features, strict=True)
            ]
        return tuple(self._values)


class SpectralSmoother:
    """The second stage of slow features: band power over a second, from weights on the last powers of clean hops.

    Replaces a moving average where a protocol wants a smooth variable, at a fraction of its delay
    (:mod:`nfb.dsp.slow_feedback`). Held hops do not enter its history.

    Parameters
    ----------
    plan
        Says on which derivations each filter is used.
    filters
        One per band filter; None for those that are used as they are.
    """

    def __init__(self, plan: FeaturePlan, filters: tuple[SlowFilter | None, ...]) -> None:
        self._stages = [
            (column, rows, slow.weights, np.zeros((slow.n_hops, len(rows))))
            for column, (slow, rows) in enumerate(zip(filters, plan.rows, strict=True))
            if slow is not None
        ]
        self.used = bool(self._stages)
        self._n_hops = max((len(weights) for _, _, weights, _ in self._stages), default=0)
        self._n = 0
        self._last: dict[int, list[float]] = {}

    def follow(self, before: "SpectralSmoother") -> None:
        """Go on from the history of a smoother with other weights."""
        self._n, self._last = before._n, before._last
        for (*_, history), (*_, old) in zip(self._stages, before._stages, strict=True):
            history[:] = old

    def reset(self) -> None:
        """Forget the history: it is full again after the weights' length of clean hops."""
        self._n = 0
        self._last = {}

    def step(self, amplitudes: Amplitudes, clean: bool) -> bool:
        """Replace the amplitudes of slow filters in place; False while the history is not full.

        A held hop leaves the history alone and gets the last values.
        """
        if not self.used:
            return True
        if clean:
            self._n += 1
        for column, rows, weights, history in self._stages:
            if clean:
                history[:-1] = history[1:]
                history[-1] = [amplitudes[row][column] * amplitudes[row][column] for row in rows]
                self._last[column] = [math.sqrt(max(power, 0.0)) for power in (weights @ history).tolist()]
            last = self._last.get(column)
            if last is not None:
                for row, amplitude in zip(rows, last, strict=True):
                    amplitudes[row][column] = amplitude
        return self._n >= self._n_hops
