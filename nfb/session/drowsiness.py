"""Drowsiness in protocols with closed eyes: told from a person's own clean baseline, second by second.

Stage 2 of sleep came in 10-14 % of alpha-theta training time and in 95 % of the people, who do not know it afterwards
(doi:10.1007/s10484-015-9278-9). Two signs are looked for: delta that rises far above the baseline, and alpha that
fades together with the muscles' tension. In parts of a session with open eyes, where alpha is low anyway, neither is
looked for.
"""

import math
from collections import deque
from typing import NamedTuple

from nfb.session.features import Amplitudes

_DELTA_S = 20
_DELTA_Z = 2.0
_AWAKE_Z = 1.0
_LOW_S = 30
_LOW_SHARE = 0.10
_LEAST_BASELINE_S = 20


class SecondAmplitudes(NamedTuple):
    """Mean amplitudes of one clean second, µV: 1-3.5 Hz, alpha, 30-45 Hz."""

    delta_uv: float
    alpha_uv: float
    muscle_uv: float


class Drowsiness:
    """Watches the amplitudes of whole clean seconds.

    Give it every second of the clean baseline with :meth:`learn`, then every clean second after it with :meth:`step`.
    Held seconds are left out: they neither prove nor disprove anything.

    Attributes
    ----------
    drowsy
        Whether the person seems to be falling asleep: over the last 20 s log delta was on average more than two of
        its baseline's standard deviations up (it ends below one), or over the last 30 s the medians of both alpha
        and muscle lay below the tenth percentile of the baseline's seconds.
    """

    def __init__(self) -> None:
        self._baseline: list[SecondAmplitudes] = []
        self._delta_mean = self._delta_sd = math.nan
        self._alpha_low = self._muscle_low = -math.inf
        self._z: deque[float] = deque(maxlen=_DELTA_S)
        self._newest: deque[SecondAmplitudes] = deque(maxlen=_LOW_S)
        self.drowsy = False

    def learn(self, second: SecondAmplitudes) -> None:
        """One clean second of the baseline."""
        self._baseline.append(second)

    def close(self) -> None:
        """The baseline is over. With less than 20 s of it nobody is called drowsy."""
        if len(self._baseline) < _LEAST_BASELINE_S:
            return
        logs = [_log(second.delta_uv) for second in self._baseline]
        self._delta_mean = math.fsum(logs) / len(logs)
        self._delta_sd = math.sqrt(math.fsum((x - self._delta_mean) ** 2 for x in logs) / (len(logs) - 1))
        at = int(_LOW_SHARE * len(self._baseline))
        self._alpha_low = sorted(second.alpha_uv for second in self._baseline)[at]
        self._muscle_low = sorted(second.muscle_uv for second in self._baseline)[at]

    def step(self, second: SecondAmplitudes) -> bool:
        """One more clean second; whether the person seems drowsy now."""
        if math.isnan(self._delta_mean):
            return False
        # A standard deviation of at least a twentieth of the amplitude: a constant baseline does not divide by zero.
        self._z.append((_log(second.delta_uv) - self._delta_mean) / max(self._delta_sd, 0.05))
        self._newest.append(second)
        z = math.fsum(self._z) / len(self._z)
        slow = len(self._z) == _DELTA_S and z > (_AWAKE_Z if self.drowsy else _DELTA_Z)
        self.drowsy = slow or self._is_low()
        return self.drowsy

    def _is_low(self) -> bool:
        if len(self._newest) < _LOW_S:
            return False
        middle = _LOW_S // 2
        alpha_uv = sorted(second.alpha_uv for second in self._newest)[middle]
        muscle_uv = sorted(second.muscle_uv for second in self._newest)[middle]
        return alpha_uv < self._alpha_low and muscle_uv < self._muscle_low


def _log(amplitude_uv: float) -> float:
    return math.log(max(amplitude_uv, 1e-9))


class SecondMeans:
    """Means of three bands over the clean hops of each second.

    Parameters
    ----------
    columns
        Filters of 1-3.5 Hz, alpha and 30-45 Hz in the bank.
    rows
        Derivations to average over.
    """

    def __init__(self, columns: tuple[int, int, int], rows: tuple[int, ...]) -> None:
        self._columns = columns
        self._rows = rows
        self._clear()

    def _clear(self) -> None:
        self._sums = [0.0, 0.0, 0.0]
        self._n = 0

    def add(self, amplitudes: Amplitudes) -> None:
        """One clean hop: ``[derivation][filter]``, µV."""
        for i, column in enumerate(self._columns):
            for row in self._rows:
                self._sums[i] += amplitudes[row][column]
        self._n += 1

    def take(self) -> SecondAmplitudes | None:
        """The second that ends; None if no hop of it was clean."""
        n = self._n * len(self._rows)
        delta, alpha, muscle = self._sums
        self._clear()
        return SecondAmplitudes(delta / n, alpha / n, muscle / n) if n else None
