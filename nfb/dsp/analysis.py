"""A whole recording in figures: mains, contact, alpha peak and band powers of each channel's clean seconds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.alpha_peak import AlphaPeak, NoPeak, find_alpha_peak
from nfb.dsp.mains import detect_mains
from nfb.dsp.quality import FLAT_UV, OFF_FAST_UV, WINDOW_S, ChannelQuality, grade_channels, railed_samples
from nfb.dsp.spectrum import BANDS_HZ, Mask, Spectrum, band_power, welch
from nfb.model.samples import Float64

# A second is unclean if it spans more than three times what the quieter quarter of the channel's seconds span.
# The bounds are physical: 60 µV are no artefact worth the loss, above 500 µV no scalp EEG is left. A limit of
# 100 µV for all would reject every second of recordings with large alpha.
PEAK_TO_PEAK_FACTOR, PEAK_TO_PEAK_QUANTILE = 3.0, 0.25
PEAK_TO_PEAK_BOUNDS_UV = (60.0, 500.0)

_EEG_HZ = (1.0, 40.0)
# Single samples further out than this many spans of the channel's middle 99 % are glitches of the link.
_GLITCH_SPANS = 10.0


@dataclass(frozen=True, slots=True)
class ChannelAnalysis:
    """One channel of a recording.

    Parameters
    ----------
    name
        Channel.
    quality, reason
        ``good``, ``weak`` or ``off`` for the greater part of the recording, and why in a few words.
    alpha
        The alpha peak, or why there is no clear one.
    band_power_uv2
        Power of each band of :data:`~nfb.dsp.spectrum.BANDS_HZ`; NaN where there was no clean window, or where the
        band reaches above half the sampling rate.
    artefact_fraction
        Share of the time that is unclean or without contact; NaN in recordings shorter than 1 s.
    n_windows
        Clean windows of 2 s that the powers are averaged over.
    """

    name: str
    quality: str
    reason: str
    alpha: AlphaPeak | NoPeak
    band_power_uv2: dict[str, float]
    artefact_fraction: float
    n_windows: int

    @property
    def alpha_peak_hz(self) -> float | None:
        return self.alpha.frequency_hz if isinstance(self.alpha, AlphaPeak) else None

    def to_record(self) -> dict[str, object]:
        return {
            "name": self.name,
            "quality": self.quality,
            "reason": self.reason,
            "alpha_peak_hz": self.alpha_peak_hz,
            "alpha_reason": self.alpha.reason if isinstance(self.alpha, NoPeak) else "",
            "band_power_uv2": {band: _or_none(power) for band, power in self.band_power_uv2.items()},
            "artefact_fraction": _or_none(self.artefact_fraction),
            "n_windows": self.n_windows,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What :func:`analyse` found. `spectrum` is that of the clean windows, one row per channel."""

    sampling_rate_hz: float
    duration_s: float
    mains_hz: float | None
    channels: tuple[ChannelAnalysis, ...]
    spectrum: Spectrum

    def to_record(self) -> dict[str, object]:
        """JSON-ready figures; what could not be measured is None."""
        return {
            "sampling_rate_hz": self.sampling_rate_hz,
            "duration_s": self.duration_s,
            "mains_hz": self.mains_hz,
            "channels": [channel.to_record() for channel in self.channels],
        }


def analyse(eeg: Float64, rate: float, names: Sequence[str], rail_uv: float | None = None) -> Analysis:
    """Analyse a recording, each channel on its own clean seconds.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV, raw; NaN where there is no valid number.
    rate
        Sampling rate, Hz.
    names
        One per channel.
    rail_uv
        Largest absolute value the amplifier can give, or None if unknown.

    Notes
    -----
    Clean are the seconds of :func:`clean_samples` in which the electrode has contact. Powers: Welch, Hann, windows of
    2 s that overlap by half and are clean throughout, not filtered. The alpha peak is that of
    :func:`~nfb.dsp.alpha_peak.find_alpha_peak`, which says "no clear peak" more often than a rule that takes the
    highest bin if it is 3 dB above the background.
    """
    if len(names) != len(eeg):
        raise ValueError(f"{len(names)} names for {len(eeg)} channels")
    mains_hz = detect_mains(eeg, rate)
    clean = clean_samples(eeg, rate, rail_uv, mains_hz)
    windows = _windows(eeg.shape[1], rate)
    grades = [grade_channels(eeg[:, window], rate, names, rail_uv, mains_hz) for window in windows]
    for window, graded in zip(windows, grades, strict=True):
        # Noise without contact may be so even that no second of it stands out.
        clean[[quality.fast_uv > OFF_FAST_UV for quality in graded], window] = False
    long_enough = eeg.shape[1] >= rate
    artefact_fraction = (~clean).mean(axis=1) if long_enough else np.full(len(eeg), np.nan)

    spectrum = welch(eeg, rate, keep=clean)
    powers = {band: band_power(spectrum, band_hz) for band, band_hz in BANDS_HZ.items()}
    channels = []
    for k, name in enumerate(names):
        quality, reason = _overall([graded[k] for graded in grades], float(artefact_fraction[k]))
        channels.append(
            ChannelAnalysis(
                name=name,
                quality=quality,
                reason=reason,
                alpha=find_alpha_peak(eeg[k : k + 1], rate, clean[k]),
                band_power_uv2={band: float(power[k]) for band, power in powers.items()},
                artefact_fraction=float(artefact_fraction[k]),
                n_windows=spectrum.n_windows[k],
            )
        )
    return Analysis(float(rate), eeg.shape[1] / rate, mains_hz, tuple(channels), spectrum)


def clean_samples(eeg: Float64, rate: float, rail_uv: float | None = None, mains_hz: float | None = None) -> Mask:
    """Find the clean seconds of each channel by the recording's own scale.

    Parameters
    ----------
    eeg
        ``(n_channels, n_samples)``, µV, raw.
    rate
        Sampling rate, Hz.
    rail_uv
        Largest absolute value the amplifier can give, or None if unknown.
    mains_hz
        Hum to remove before looking, or None.

    Returns
    -------
    ndarray of bool
        ``(n_channels, n_samples)``, true in clean seconds; the last second takes in what remains. All false where
        there is no whole second.

    Notes
    -----
    Unclean is a second with an invalid number, a glitch, a sample at the amplifier's limit, less than 1 µV peak to
    peak, or more than three times the 25 % quantile of the channel's own peak-to-peak values (but not less than
    60 µV and not more than 500 µV), seen through a zero-phase filter of 1–40 Hz.
    """
    n_channels, n_samples = eeg.shape
    clean = np.zeros(eeg.shape, dtype=bool)
    starts = np.round(np.arange(int(n_samples / rate)) * rate).astype(np.intp)
    if len(starts) == 0:
        return clean
    for k in range(n_channels):
        valid = _valid(eeg[k], rail_uv)
        if valid.sum() < rate:
            continue
        row = np.interp(np.arange(n_samples), np.flatnonzero(valid), eeg[k, valid])
        usable = np.logical_and.reduceat(valid, starts) & (_span(row, starts) >= FLAT_UV)
        if usable.any():
            span_uv = _span(_zero_phase(row, rate, mains_hz), starts)
            usual_uv = float(np.quantile(span_uv[usable], PEAK_TO_PEAK_QUANTILE))
            usable &= span_uv <= np.clip(PEAK_TO_PEAK_FACTOR * usual_uv, *PEAK_TO_PEAK_BOUNDS_UV)
        clean[k] = np.repeat(usable, np.diff(starts, append=n_samples))
    return clean


def _valid(row: Float64, rail_uv: float | None) -> Mask:
    """Samples that are finite, no glitch and not railed: what is left can be filtered without ringing."""
    valid: Mask = np.isfinite(row)
    if valid.any():
        low, middle, high = np.quantile(row[valid], (0.005, 0.5, 0.995))
        far = _GLITCH_SPANS * max(high - low, PEAK_TO_PEAK_BOUNDS_UV[1])
        values = row[valid]
        valid[valid] = (np.abs(values - middle) <= far) & ~railed_samples(values[None], rail_uv)[0]
    return valid


def _span(row: Float64, starts: NDArray[np.intp]) -> Float64:
    span: Float64 = np.maximum.reduceat(row, starts) - np.minimum.reduceat(row, starts)
    return span


def _zero_phase(row: Float64, rate: float, mains_hz: float | None) -> Float64:
    from scipy import signal  # costs 0.2 s, which the start of the program must not pay

    low, high = _EEG_HZ[0], min(_EEG_HZ[1], 0.45 * rate)
    sections = signal.butter(4, (low, high), "bandpass", fs=rate, output="sos")
    if mains_hz is not None:
        sections = np.vstack([sections, signal.tf2sos(*signal.iirnotch(mains_hz, 10.0, fs=rate))])
    filtered: Float64 = signal.sosfiltfilt(sections, row, padlen=min(int(rate), len(row) - 1))
    return filtered


def _windows(n_samples: int, rate: float) -> list[slice]:
    """Windows of 4 s one after the other; the last one takes in what remains."""
    length = int(WINDOW_S * rate)
    starts = range(0, max(1, n_samples - length + 1), length)
    return [slice(start, start + length) for start in starts[:-1]] + [slice(starts[-1], n_samples)]


def _overall(grades: list[ChannelQuality], artefact_fraction: float) -> tuple[str, str]:
    """Grade of most of the time, and its most frequent reason in the words of the window of middle size."""
    count = Counter(quality.grade for quality in grades)
    if count["unknown"]:
        return "weak", "too short to tell: needs 1 s"
    if count["off"] >= len(grades) / 2:
        grade = "off"
    elif count["good"] >= len(grades) / 2:
        if artefact_fraction > 0.5:
            return "weak", f"artefacts in {100 * artefact_fraction:.0f} % of the time"
        return "good", ""
    else:
        grade = "weak"
    seen = [quality for quality in grades if quality.grade == grade]
    if not seen:  # half off, half good
        return "weak", "contact comes and goes"
    kind = Counter(_kind(quality) for quality in seen).most_common(1)[0][0]
    alike = sorted(
        (quality for quality in seen if _kind(quality) == kind), key=lambda quality: quality.rms_uv + quality.line_uv
    )
    return grade, alike[len(alike) // 2].reason


def _kind(quality: ChannelQuality) -> str:
    return quality.reason.partition(":")[0]


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
