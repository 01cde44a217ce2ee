"""The filter of least error among those whose gain is even across the band.

A filter shaped by a spectrum follows the strong frequencies of its band more closely than the weak ones, and an ideal
band rings. A microvolt is to be a microvolt all the same: limits on the gain are linear in the taps once the phase is
given, so that the best filter within them is a small quadratic programme (Hildreth 1957, 10.1002/nav.3800040113).
"""

from collections.abc import Callable

import numpy as np

from nfb.dsp.taps import Complex128, Float64

# Of the mean gain. A microvolt is to read 0.87 to 1.09; the mirror image of a sinusoid adds a little.
EVEN_GAIN = (0.875, 1.085)
_TOLERANCE = 0.002  # of the mean gain, by which a limit may be missed
_MOST_LIMITS = 16  # at once; two or three are usual
_SWEEPS = 100


def even_gain(
    free: Complex128, move: Callable[[Complex128], Complex128], freqs_hz: Float64, sampling_rate_hz: float
) -> Complex128:
    """Change the taps of least error as little as the limits on the gain demand.

    Parameters
    ----------
    free
        ``(n_taps,)`` by age, newest sample first: the taps of least error without limits.
    move
        Solves the normal equations for another right-hand side.
    freqs_hz
        Where the gain is held between `EVEN_GAIN` times its mean.
    sampling_rate_hz
        Rate of the taps.

    Returns
    -------
    ``(n_taps,)`` by age.
    """
    age_s = np.arange(free.size) / sampling_rate_hz
    tones = np.exp(-2j * np.pi * np.outer(freqs_hz, age_s))
    tones *= np.exp(-1j * np.angle(tones @ free))[:, np.newaxis]
    mean = tones.mean(axis=0)
    lowest, highest = EVEN_GAIN
    limits = np.vstack([tones - lowest * mean, highest * mean - tones])
    taps, bound, moves = free, list[int](), np.empty((free.size, 0), dtype=np.complex128)
    for _ in range(_MOST_LIMITS):
        room = (limits @ taps).real
        tightest = int(room.argmin())
        if room[tightest] >= -_TOLERANCE * float((mean @ taps).real):
            break
        bound.append(tightest)
        moves = np.column_stack([moves, move(limits[tightest].conj())])
        taps = free + moves @ _multipliers((limits[bound] @ moves).real, (limits[bound] @ free).real)
    return taps


def _multipliers(gram: Float64, room: Float64) -> Float64:
    """How far to go along each move so that no limit is missed and none is left further than it must (Hildreth)."""
    steps = np.zeros(room.size)
    for _ in range(_SWEEPS):
        for i in range(room.size):
            steps[i] = max(0.0, steps[i] - (room[i] + gram[i] @ steps) / gram[i, i])
    return steps
