"""Contact quality of every electrode from four seconds of its signal, with a reason and an advice in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nfb.dsp.mains import MAINS_HZ
from nfb.dsp.spectrum import Mask
from nfb.model.samples import Float64

Complex128 = NDArray[np.complex128]

WINDOW_S = 4.0

# Limits. EEG of well-placed electrodes in recordings of five amplifiers: 20–45 Hz at most 24 µV (64 channels with
# large amplitudes), and then with a spectrum that falls; an electrode in the air 65–76 µV with a flat spectrum;
# clenched jaws 20–40 µV with a flat spectrum.
RAIL_SHARE_OF_RANGE = 0.95
MAX_RAILED_FRACTION = 0.02
FLAT_UV = 1.0
OFF_FAST_UV = 50.0
SURELY_MUSCLE_UV, MUSCLE_UV, MUSCLE_SLOPE = 25.0, 12.0, 0.5
MAINS_UV = 20.0
LARGE_UV, SMALL_UV = 100.0, 1.0
BRIDGE_CORRELATION, BRIDGE_UV = 0.98, 1.5

# Where the amplifier's range is not known: no electrode has an offset of 100 mV, an input at its limit has.
_FAR_UV = 100_000.0
_SIGNAL_HZ = (1.0, 45.0)
_FAST_HZ = (20.0, 45.0)
_SLOPE_EDGES_HZ = np.geomspace(2.0, 40.0, 9)

_PRESS = "brush hair back, moisten, press 5 s"
_MAINS = "move charger and cables away, unplug the laptop's charger; check reference and ground"
_JAW = f"relax the jaw and forehead; if it stays: {_PRESS}"
_STILL = f"sit still, rest the eyes; if it stays: {_PRESS}"
_REFERENCE = f"{_PRESS}; check that it does not touch the reference"

# What can be found at an electrode, and what to do about it. Values are filled in; the window translates by them.
FINDINGS: dict[str, tuple[str, str]] = {
    "missing": ("no valid numbers", "check the headset's connection"),
    "railed": ("amplifier at its limit", f"{_PRESS}; check reference and ground"),
    "flat": ("flat signal", "plug the electrode in; check its cable"),
    "open": ("no contact: {fast_uv} µV of noise", _PRESS),
    "open, mains": ("no contact: {fast_uv} µV of noise and {line_uv} µV of mains", _PRESS),
    "muscle": ("muscle: {fast_uv} µV of 20–45 Hz", _JAW),
    "large": ("large swings: {rms_uv} µV", _STILL),
    "mains": ("mains: {line_uv} µV of {line_hz} Hz", _MAINS),
    "bridged": ("same signal as {twin}: bridged", "dry the skin between it and {twin}; check the plugs"),
    "small": ("very small signal: {rms_uv} µV", _REFERENCE),
    "gaps": ("samples missing", "bring headset and receiver closer together"),
    "waiting": ("waiting for 1 s of signal", ""),
}
BETWEEN_REASONS, BETWEEN_ADVICE = "; ", ". "


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """State of one electrode.

    Parameters
    ----------
    name
        Channel.
    grade
        ``good``, ``weak`` (usable with care), ``off`` (no EEG) or ``unknown`` (too little signal to tell).
    reason
        A few words; empty if good.
    advice
        What to do, in words; empty if nothing.
    rms_uv
        Between 1 and 45 Hz.
    fast_uv
        RMS between 20 and 45 Hz of the middle one among the seconds, so that one jump does not count as noise.
    line_hz, line_uv, line_ratio
        The mains hum before any notch: frequency, RMS, and power over the floor beside it. 0, 0 and NaN where it is
        above the measurable range.
    slope
        Minus the slope of log power over log frequency, 2–40 Hz: EEG 0.5–2.5, noise and muscle around 0.
    max_correlation
        With the channel that resembles it most, 1–45 Hz; NaN if it is the only one.
    bridged_with
        Name of a channel that carries the same signal, or empty.
    level_uv
        Median: the electrode's offset.
    railed_fraction, missing_fraction
        Share of samples at the end of the amplifier's range, and of those that are no finite number.
    flat
        Less than 1 µV peak to peak for a second.
    """

    name: str
    grade: str
    reason: str
    advice: str
    rms_uv: float
    fast_uv: float
    line_hz: float
    line_uv: float
    line_ratio: float
    slope: float
    max_correlation: float
    bridged_with: str
    level_uv: float
    railed_fraction: float
    missing_fraction: float
    flat: bool


def grade_channels(
    eeg: Float64,
    rate: float,
    names: Sequence[str],
    rail_uv: float | None = None,
    mains_hz: float | None = None,
) -> tuple[ChannelQuality, ...]:
    """Grade every channel on the newest seconds of its signal.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV, raw: offset and hum included. Four seconds are meant, one is enough.
    rate
        Sampling rate, Hz.
    names
        One per channel.
    rail_uv
        Largest absolute value the amplifier can give, or None if unknown.
    mains_hz
        50 or 60, or None to look at both.

    Returns
    -------
    tuple of ChannelQuality
        In the order of the channels; ``unknown`` where there is less than 1 s.

    Notes
    -----
    Offset, drift and hum are left out in the frequency domain (linear trend removed, Hann window, bins of 1–45 Hz),
    so that no filter has to settle. Electrodes that were swapped with each other cannot be told from the signal
    alone; those that carry the same signal can.
    """
    if len(names) != len(eeg):
        raise ValueError(f"{len(names)} names for {len(eeg)} channels")
    if eeg.shape[1] < rate:
        return tuple(_unknown(name) for name in names)
    valid = np.isfinite(eeg)
    level_uv = np.array([np.median(row[ok]) if ok.any() else 0.0 for row, ok in zip(eeg, valid, strict=True)])
    samples = np.where(valid, eeg, level_uv[:, None])
    spectral = _spectral(samples, rate, mains_hz)
    railed = railed_samples(samples, rail_uv).mean(axis=1)
    flat = _flat(samples, rate)
    graded = []
    for k, name in enumerate(names):
        twin = int(spectral.twin[k])
        channel = ChannelQuality(
            name=name,
            grade="unknown",
            reason="",
            advice="",
            rms_uv=float(spectral.rms_uv[k]),
            fast_uv=float(spectral.fast_uv[k]),
            line_hz=float(spectral.line_hz[k]),
            line_uv=float(spectral.line_uv[k]),
            line_ratio=float(spectral.line_ratio[k]),
            slope=float(spectral.slope[k]),
            max_correlation=float(spectral.max_correlation[k]),
            bridged_with=names[twin] if twin >= 0 else "",
            level_uv=float(level_uv[k]),
            railed_fraction=float(railed[k]),
            missing_fraction=float(1.0 - valid[k].mean()),
            flat=bool(flat[k]),
        )
        off = _off(channel)
        found = [off] if off else _weak(channel)
        told = [_told(name, channel) for name in found]
        graded.append(
            replace(
                channel,
                grade="off" if off else "weak" if found else "good",
                reason=BETWEEN_REASONS.join(reason for reason, _ in told),
                advice=BETWEEN_ADVICE.join(advice for _, advice in told),
            )
        )
    return tuple(graded)


def _told(name: str, channel: ChannelQuality) -> tuple[str, str]:
    values = {
        "fast_uv": f"{channel.fast_uv:.0f}",
        "line_uv": f"{channel.line_uv:.0f}",
        "line_hz": f"{channel.line_hz:.0f}",
        "rms_uv": f"{channel.rms_uv:.1f}" if channel.rms_uv < SMALL_UV else f"{channel.rms_uv:.0f}",
        "twin": channel.bridged_with,
    }
    reason, advice = FINDINGS[name]
    return reason.format(**values), advice.format(**values)


def _off(channel: ChannelQuality) -> str:
    """The finding that makes an electrode useless; empty if there is none."""
    if channel.missing_fraction > 0.5:
        return "missing"
    if channel.railed_fraction > MAX_RAILED_FRACTION:
        return "railed"
    if channel.flat:
        return "flat"
    if channel.fast_uv > OFF_FAST_UV:
        return "open, mains" if channel.line_uv > MAINS_UV else "open"
    return ""


def _weak(channel: ChannelQuality) -> list[str]:
    """All findings that make an electrode weak."""
    found = {
        "muscle": channel.fast_uv > SURELY_MUSCLE_UV
        or (channel.fast_uv > MUSCLE_UV and channel.slope < MUSCLE_SLOPE),
        "large": channel.rms_uv > LARGE_UV,
        "mains": channel.line_uv > MAINS_UV,
        "bridged": bool(channel.bridged_with),
        "small": channel.rms_uv < SMALL_UV,
        "gaps": channel.missing_fraction > 0.0,
    }
    return [name for name, is_so in found.items() if is_so]


def _unknown(name: str) -> ChannelQuality:
    nan = float("nan")
    return ChannelQuality(
        name=name,
        grade="unknown",
        reason=FINDINGS["waiting"][0],
        advice="",
        rms_uv=nan,
        fast_uv=nan,
        line_hz=0.0,
        line_uv=nan,
        line_ratio=nan,
        slope=nan,
        max_correlation=nan,
        bridged_with="",
        level_uv=nan,
        railed_fraction=0.0,
        missing_fraction=0.0,
        flat=False,
    )


def railed_samples(samples: Float64, rail_uv: float | None) -> Mask:
    """Samples at the end of the amplifier's range, ``(n_channels, n_samples)``.

    Where the range is not known (`rail_uv` None), those that rest at the channel's extreme value, if that is further
    from zero than any electrode's offset.
    """
    size_uv = np.abs(samples)
    if rail_uv is not None:
        return np.asarray(size_uv >= RAIL_SHARE_OF_RANGE * rail_uv)
    extreme_uv = size_uv.max(axis=1, keepdims=True)
    resting = size_uv == extreme_uv
    return np.asarray(resting & (extreme_uv > _FAR_UV) & (resting.sum(axis=1, keepdims=True) > 2))


def _flat(samples: Float64, rate: float) -> Mask:
    """Whether any second, in steps of half a second, spans less than 1 µV."""
    seconds = sliding_window_view(samples, int(rate), axis=1)[:, :: max(1, int(rate) // 2)]
    flat: Mask = ((seconds.max(axis=2) - seconds.min(axis=2)) < FLAT_UV).any(axis=1)
    return flat


class _Spectral(NamedTuple):
    rms_uv: Float64
    fast_uv: Float64
    line_uv: Float64
    line_hz: Float64
    line_ratio: Float64
    slope: Float64
    max_correlation: Float64
    twin: NDArray[np.intp]


def _spectral(samples: Float64, rate: float, mains_hz: float | None) -> _Spectral:
    time = np.linspace(-1.0, 1.0, samples.shape[1])
    level = samples.mean(axis=1, keepdims=True)
    steady = samples - level
    # einsum, not @: waking BLAS threads for 30 kB costs more than the product, most of all on a busy machine.
    steady = steady - np.outer(np.einsum("ij,j->i", steady, time) / np.einsum("j,j->", time, time), time)

    f, amplitude = _amplitudes_uv(steady, rate)
    power = amplitude.real**2 + amplitude.imag**2
    signal = _band(f, _SIGNAL_HZ)
    rms_uv = np.sqrt(power[:, signal].sum(axis=1))
    max_correlation, twin = _resemblance(amplitude[:, signal], rms_uv)

    n_second = int(rate)
    seconds = sliding_window_view(steady, n_second, axis=1)[:, :: max(1, n_second // 2)]
    second_f, second_amplitude = _amplitudes_uv(seconds - seconds.mean(axis=2, keepdims=True), rate)
    fast = (np.abs(second_amplitude[:, :, _band(second_f, _FAST_HZ)]) ** 2).sum(axis=2)
    fast_uv = np.sqrt(np.median(fast, axis=1))

    line_uv, line_hz, line_ratio = _mains_line(f, power, (mains_hz,) if mains_hz else MAINS_HZ)
    return _Spectral(rms_uv, fast_uv, line_uv, line_hz, line_ratio, _slope(f, power), max_correlation, twin)


def _amplitudes_uv(samples: Float64, rate: float) -> tuple[Float64, Complex128]:
    """Complex one-sided spectrum along the last axis, scaled so that summed squares of bins are power in µV²."""
    n = samples.shape[-1]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(n) / n)
    transform = scipy.fft.rfft(samples * hann, axis=-1)
    return scipy.fft.rfftfreq(n, 1.0 / rate), transform * np.sqrt(2.0 / (n * float(hann @ hann)))


def _band(f: Float64, band_hz: tuple[float, float]) -> slice:
    start, stop = np.searchsorted(f, band_hz)
    return slice(int(start), int(stop))


def _mains_line(f: Float64, power: Float64, lines_hz: Sequence[float]) -> tuple[Float64, Float64, Float64]:
    """µV, frequency and ratio to the floor of the stronger line; 0, 0 and NaN where none can be measured."""
    line_uv, line_hz = np.zeros(len(power)), np.zeros(len(power))
    ratio = np.full(len(power), np.nan)
    for hz in lines_hz:
        if f[-1] < hz + 1.0:
            continue
        away_hz = np.abs(f - hz)
        at_line = power[:, away_hz <= 1.0]
        floor = np.median(power[:, (away_hz >= 2.0) & (away_hz <= 6.0)], axis=1)
        uv = np.sqrt(np.maximum(at_line.sum(axis=1) - floor * at_line.shape[1], 0.0))
        stronger = (uv > line_uv) | np.isnan(ratio)
        line_uv[stronger], line_hz[stronger] = uv[stronger], hz
        np.divide(at_line.max(axis=1), floor, out=ratio, where=stronger & (floor > 0))
    return line_uv, line_hz, ratio


def _slope(f: Float64, power: Float64) -> Float64:
    """Minus the slope through the mean powers of eight bands of equal width in log frequency; NaN without power."""
    starts = np.searchsorted(f, _SLOPE_EDGES_HZ)
    widths = np.diff(starts)
    if widths.min() < 1 or f[-1] < _SLOPE_EDGES_HZ[-1]:
        return np.full(len(power), np.nan)
    means = np.add.reduceat(power[:, : starts[-1]], starts[:-1], axis=1) / widths
    x = np.log10(_SLOPE_EDGES_HZ[1:] * _SLOPE_EDGES_HZ[:-1]) / 2.0
    x -= x.mean()
    measured = (means > 0).all(axis=1)
    slope = np.full(len(power), np.nan)
    slope[measured] = -(np.log10(means[measured]) @ x) / (x @ x)
    return slope


def _resemblance(amplitude: Complex128, rms_uv: Float64) -> tuple[Float64, NDArray[np.intp]]:
    """Highest correlation with another channel, and the number of the channel it is bridged with (or -1)."""
    n_channels = len(rms_uv)
    if n_channels < 2:
        return np.full(n_channels, np.nan), np.full(n_channels, -1)
    parts = np.hstack([amplitude.real, amplitude.imag])
    shared = np.einsum("ik,jk->ij", parts, parts)
    scale = np.outer(rms_uv, rms_uv)
    correlation = np.divide(shared, scale, out=np.full_like(shared, -1.0), where=scale > 0)
    np.fill_diagonal(correlation, -1.0)
    nearest = correlation.argmax(axis=1)
    highest = correlation[np.arange(n_channels), nearest]
    apart_squared = rms_uv**2 + rms_uv[nearest] ** 2 - 2.0 * shared[np.arange(n_channels), nearest]
    bridged = (highest > BRIDGE_CORRELATION) & (apart_squared < BRIDGE_UV**2)
    return np.where(highest > -1.0, highest, np.nan), np.where(bridged, nearest, -1)
