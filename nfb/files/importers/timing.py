"""Rates and gaps from package counters and time stamps."""

import numpy as np
from numpy.typing import NDArray

from nfb.model.samples import Float64, Gap, GapCause

# Rates that EEG amplifiers declare.
_COMMON_RATES_HZ = (
    *(50.0, 100.0, 125.0, 128.0, 160.0, 200.0, 220.0, 240.0, 250.0, 256.0, 300.0, 400.0, 500.0, 512.0, 600.0),
    *(1000.0, 1024.0, 1200.0, 1600.0, 2000.0, 2048.0, 4096.0, 5000.0, 8192.0, 16000.0),
)
# Radio and USB deliver in bursts and catch up after a stall, so only a lasting shift between
# stamps and sample index is a hole. Shorter ones cannot be told from a slow driver.
HOLE_S = 0.25
_CATCH_UP_S = 1.0
# Stamps that keep to the declared rate within this share of a step come from counting, not from a clock.
_STEADY = 0.02
# A leap of a week is a clock that was set, not a hole.
_LONGEST_S = 7 * 86400.0


def gaps_from_counter(
    counter: Float64,
    *,
    modulo: int,
    step: int,
    sampling_rate_hz: float,
    samples_per_number: int = 1,
    times_s: Float64 | None = None,
) -> tuple[Gap, ...]:
    """Gaps where a package counter jumps.

    Parameters
    ----------
    counter
        ``(n_samples,)`` counter values; NaN where unreadable.
    modulo, step
        The counter runs 0, `step`, … and wraps at `modulo`.
    samples_per_number
        Samples that share one number.
    times_s
        Time stamps; they only tell how often the counter wrapped unseen in a long gap.
    """
    if len(counter) < 2 or not np.isfinite(counter).all():
        return ()
    change = np.mod(np.diff(counter), modulo)
    jumped = change != step if samples_per_number == 1 else (change != 0) & (change != step)
    late = np.zeros(len(change), dtype=bool)
    if times_s is not None:
        late = np.diff(times_s) > HOLE_S
    turn = modulo // step * samples_per_number
    gaps = []
    for jump in _few(np.flatnonzero(jumped | late)):
        # A number that comes twice is a repeated row, or a whole turn was lost: time decides.
        missing = max(0, round(float(change[jump]) / step) - 1) * samples_per_number
        if times_s is not None and late[jump]:
            shift = _lasting_shift_s(times_s, jump, sampling_rate_hz) * sampling_rate_hz
            if missing <= shift < _LONGEST_S * sampling_rate_hz:
                missing += turn * round((shift - missing) / turn)
        if missing > 0:
            gaps.append(Gap(jump + 1, missing, missing / sampling_rate_hz, GapCause.PACKETS_LOST))
    return tuple(gaps)


def gaps_from_times(times_s: Float64, sampling_rate_hz: float) -> tuple[Gap, ...]:
    """Gaps where time stamps leap ahead by more than a quarter of a second and do not come back.

    Where stamps were made from a sample index, every step but those across gaps being one sample long, each missing
    sample shows.

    Parameters
    ----------
    times_s
        ``(n_samples,)`` seconds; may be bursty, repeat, or run backwards for a moment.
    """
    steps = np.diff(times_s)
    leaps = np.flatnonzero(steps * sampling_rate_hz > 1.5)
    steady = np.abs(np.delete(steps, leaps) * sampling_rate_hz - 1) < _STEADY
    is_steady = bool(steady.all()) and 10 * leaps.size < steps.size
    if not is_steady:
        leaps = np.flatnonzero(steps > HOLE_S)
    gaps = []
    for leap in _few(leaps):
        one_step_s = float(steps[leap]) - 1 / sampling_rate_hz
        shift = one_step_s if is_steady else _lasting_shift_s(times_s, leap, sampling_rate_hz)
        if shift >= _LONGEST_S:
            gaps.append(Gap(leap + 1, 0, 0.0, GapCause.CLOCK_JUMP))
        elif is_steady or shift > HOLE_S:
            gaps.append(Gap(leap + 1, round(shift * sampling_rate_hz), shift, GapCause.RECORDED))
    return tuple(gaps)


def _few(places: NDArray[np.intp]) -> list[int]:
    """The places, or none if there are so many that counter or clock cannot be meant as such."""
    return [] if places.size > 10_000 else [int(place) for place in places]


def _lasting_shift_s(times_s: Float64, last: int, rate: float) -> float:
    """By how much stamps run ahead of the sample index after sample `last`, against before."""
    reach = max(2, round(_CATCH_UP_S * rate))
    first, stop = max(0, last + 1 - reach), min(len(times_s), last + 1 + reach)
    lag = times_s[first:stop] - np.arange(first, stop) / rate
    before, after = lag[: last + 1 - first], lag[last + 1 - first :]
    return float(np.min(after) - np.min(before))


def commonest_step(counter: Float64, modulo: int) -> int | None:
    """The step the counter makes most often, or None if it does not count."""
    if len(counter) < 2 or not np.isfinite(counter).all():
        return None
    values, counts = np.unique(np.mod(np.diff(counter), modulo), return_counts=True)
    step = float(values[np.argmax(counts)])
    return int(step) if step == int(step) and step > 0 and np.max(counts) > 0.5 * len(counter) else None


def in_seconds(stamps: Float64) -> Float64:
    """Stamps in seconds; what cannot be a time becomes NaN.

    Milliseconds are known by their size: 1e11 s is the year 5138.

    >>> in_seconds(np.array([1557936053329.0, 1e300]))
    array([1.55793605e+09,            nan])
    """
    times = np.where(np.abs(stamps) < 1e15, stamps, np.nan)
    known = times[np.isfinite(times)]
    return times / 1000.0 if known.size and float(np.median(known)) > 1e11 else times


def measured_rate_hz(times_s: Float64) -> float | None:
    """Samples per second by the stamps, holes left out; None if the stamps do not advance."""
    times = times_s[np.isfinite(times_s)]
    n_block = min(256, len(times) // 2)
    if n_block < 4:
        return None
    # The median of overlapping blocks neither minds bursts nor holes; the whole length then makes it exact.
    block_s = float(np.median(times[n_block:] - times[:-n_block]))
    if not block_s > 0:
        return None
    holes = gaps_from_times(times, n_block / block_s)
    lost_s = sum(hole.missing_s or float(times[hole.sample] - times[hole.sample - 1]) for hole in holes)
    elapsed_s = float(times[-1] - times[0]) - lost_s
    return (len(times) - 1) / elapsed_s if elapsed_s > 0 else None


def nominal_rate_hz(measured_hz: float, tolerance: float = 0.015) -> float | None:
    """The declared rate nearest to a measured one, or None if there is none within `tolerance`.

    >>> nominal_rate_hz(256.03), nominal_rate_hz(171.0)
    (256.0, None)
    """
    nearest = min(_COMMON_RATES_HZ, key=lambda rate: abs(rate - measured_hz))
    return nearest if abs(nearest - measured_hz) <= tolerance * nearest else None


def runs(values: NDArray[np.generic]) -> list[tuple[int, int]]:
    """``(start, stop)`` of each stretch of equal values.

    >>> runs(np.array([0, 0, 1, 1, 1]))
    [(0, 2), (2, 5)]
    """
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    starts = [0, *edges.tolist()]
    return list(zip(starts, [*edges.tolist(), len(values)], strict=True))
