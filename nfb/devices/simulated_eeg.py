"""EEG of a person who does not exist: 1/f background, rhythms in bursts, and an amplifier's own noise.

Everything is a pure function of the seed and the position in time: any slab of samples can be made at any moment,
in any order, and comes out the same. Artefacts, learning and lost samples are added by :mod:`nfb.devices.simulated`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from nfb.devices.head import SITES, angles_deg, nearness
from nfb.model.samples import Float32, Float64

Complex64 = NDArray[np.complex64]

BLOCK_S = 0.25
_BLOCKS_PER_SLAB = 8
BACKGROUND_EXPONENT = 1.2  # power falls as 1/f**1.2; adults at rest show about 1 to 1.5
_BACKGROUND_UV = 6.0  # RMS of 1-45 Hz at an electrode, before referencing
_BACKGROUND_WIDTH_DEG = 45.0
_BACKGROUND_SHARED = 0.9  # the rest is each electrode's own
_FLATTENS_BELOW_HZ = 0.5
EYES_CLOSED_GAIN = 2.5  # of alpha amplitude; power about sixfold, the order seen at Pz and O1 in recorded people
_SWELLS = 3
_SWELL_DEPTH = 0.25
# The mean of exp(d sin x) over a turn is the Bessel function I0(d).
_MEAN_SWELL = float(np.i0(_SWELL_DEPTH)) ** _SWELLS
_SENSOR_NOISE_UV = 0.5
_MAINS_UV = 2.0
_OFFSET_UV = 1000.0
_DRIFT_UV = 15.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A band-limited oscillation that waxes and wanes.

    Parameters
    ----------
    hz, width_hz
        Centre, and full width at half maximum of its power spectrum.
    envelope_uv
        Mean amplitude envelope at the site where it is strongest, before referencing.
    sources
        Where it comes from: sites with relative strengths.
    spread_deg
        How far each source reaches.
    shared
        Share of the sources' power that is common to all of them, 0..1.
    drowsy_gain
        Amplitude in full drowsiness, relative to awake.
    """

    name: str
    hz: float
    width_hz: float
    envelope_uv: float
    sources: Mapping[str, float]
    spread_deg: float = 40.0
    shared: float = 0.5
    drowsy_gain: float = 1.0


def person_rhythms(alpha_hz: float, alpha_uv: float) -> tuple[Rhythm, ...]:
    """The rhythms of one person with the given alpha peak (Hz) and mean posterior alpha envelope (µV)."""
    posterior = {"O1": 1.0, "O2": 1.0, "Pz": 0.8, "P7": 0.7, "P8": 0.7, "F3": 0.4, "F4": 0.4}
    frontal = {"F3": 1.0, "F4": 1.0, "P3": 0.6, "P4": 0.6}
    return (
        Rhythm("delta", 2.0, 1.5, 3.0, {"Fz": 1.0, "Pz": 1.0}, spread_deg=60.0, drowsy_gain=8.0),
        Rhythm("theta", 6.0, 2.0, 3.5, {"Fz": 1.0, "Pz": 0.5}, spread_deg=45.0),
        Rhythm("alpha", alpha_hz, 1.2, alpha_uv, posterior, shared=0.6, drowsy_gain=0.25),
        Rhythm("smr", 13.5, 1.5, 3.0, {"C3": 1.0, "C4": 1.0}, spread_deg=32.0),
        Rhythm("beta", 16.5, 3.0, 2.5, frontal, spread_deg=45.0, shared=0.3),
        Rhythm("high-beta", 24.0, 6.0, 2.5, frontal, spread_deg=45.0, shared=0.3),
    )


class _ShapedNoise:
    """Gaussian noise with given spectra, any slab at any time, without seams.

    Parameters
    ----------
    key
        Seed of the stream.
    kernels
        ``(n_rows, n_slab + 1)`` impulse responses; one row of white noise goes through each.
    """

    def __init__(self, key: tuple[int, ...], n_rows: int, kernels: Float64) -> None:
        self._key = key
        self._n_slab = kernels.shape[1] - 1
        self._n_rows = n_rows
        # A kernel one longer than the slab needs just the slab before; the wrapped-around first half is dropped.
        # Single precision is a hundred times finer than any amplifier and twice as fast.
        self._response = fft.rfft(kernels.astype(np.float32), 2 * self._n_slab, axis=1)
        self._last: tuple[int, Float32] = (-2, np.empty((0, 0), np.float32))

    def slab(self, index: int) -> Float32:
        """``(n_rows, n_slab)`` noise of slab `index`."""
        white = self._white(index)
        before = self._last[1] if self._last[0] == index - 1 else self._white(index - 1)
        self._last = (index, white)
        both = np.concatenate([before, white], axis=1)
        spectra = fft.rfft(both, axis=1) * self._response
        shaped = fft.irfft(spectra, 2 * self._n_slab, axis=1)[:, self._n_slab :]
        return np.asarray(shaped, dtype=np.float32)

    def _white(self, index: int) -> Float32:
        rng = np.random.default_rng((*self._key, index + 1))
        return rng.standard_normal((self._n_rows, self._n_slab), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Voice:
    """A rhythm as it is sung: rows of the noise that drive it, how they reach the channels, and its slow swell."""

    rhythm: Rhythm
    rows: slice  # real parts, then imaginary parts
    reach: Float32  # (n_channels, n_drives)
    swell_hz: Float64
    swell_phase: Float64


@dataclass(frozen=True, slots=True)
class Amplifier:
    """What the hardware adds. `mains_hz` is 0 for none; `offset_uv` bounds the electrodes' constant voltages."""

    mains_hz: float = 50.0
    offset_uv: float = _OFFSET_UV


_AMPLIFIER = Amplifier()


class SimulatedEeg:
    """Seeded EEG of one person on one headset.

    Parameters
    ----------
    electrodes
        10-10 sites that touch the head.
    derivation
        ``(n_channels, n_electrodes)``: channels as differences of electrodes.
    rhythms
        See :func:`person_rhythms`.
    trained
        Names of the rhythms that are returned apart, so that learning can scale them.

    Attributes
    ----------
    n_block, n_slab
        Samples of a block (at most 0.25 s) and of a slab (8 blocks).
    offset_uv
        ``(n_channels,)`` constant voltage of each channel.
    """

    def __init__(
        self,
        electrodes: tuple[str, ...],
        derivation: Float64,
        rate_hz: float,
        rhythms: tuple[Rhythm, ...],
        seed: int,
        *,
        amplifier: Amplifier = _AMPLIFIER,
        trained: frozenset[str] = frozenset(),
    ) -> None:
        self.rate_hz = rate_hz
        self._derivation = derivation
        self._seed = seed
        self._amplifier = amplifier
        self._trained = trained
        self.n_block = int(BLOCK_S * rate_hz)
        self.n_slab = _BLOCKS_PER_SLAB * self.n_block
        person = np.random.default_rng((seed, 0))

        voices, kernels, row = [], [], 0
        for rhythm in rhythms:
            n_drives = 1 + len(rhythm.sources)
            rows = slice(row, row + 2 * n_drives)
            row = rows.stop
            kernels += [_band_kernel(rhythm.width_hz, rate_hz, self.n_slab)] * (2 * n_drives)
            swell = person.uniform(0.03, 0.15, _SWELLS), person.uniform(0, 2 * math.pi, _SWELLS)
            reach = (derivation @ _reach(rhythm, electrodes)).astype(np.float32)
            voices.append(_Voice(rhythm, rows, reach, *swell))
        self._voices = tuple(voices)
        self._drive = _ShapedNoise((seed, 1), row, np.array(kernels))

        kernel = _background_kernel(rate_hz, self.n_slab)
        self._background = _ShapedNoise((seed, 2), len(electrodes), kernel[np.newaxis])
        self._background_mix = (derivation @ _background_mix(electrodes)).astype(np.float32)

        n = len(derivation)
        hardware = np.random.default_rng((seed, 3))
        self.offset_uv: Float64 = amplifier.offset_uv * hardware.uniform(-1.0, 1.0, n)
        self._drift_hz, self._drift_phase = hardware.uniform(0.005, 0.03, (2, n)), hardware.uniform(0, 6.28, (2, n))
        self._mains_uv: Float64 = _MAINS_UV * hardware.uniform(0.5, 1.5, n)
        self._mains_phase = hardware.uniform(-0.3, 0.3, n)

    def slab(self, index: int, drowsiness: Float64 | None = None) -> tuple[Float64, Float64]:
        """Make slab number `index`.

        Parameters
        ----------
        drowsiness
            ``(n_slab,)`` 0 (awake) to 1, or None for awake throughout.

        Returns
        -------
        tuple
            ``(n_channels, n_slab)`` µV: everything but the trained rhythms, and the trained rhythms at gain 1.
        """
        time_s = self._time_s(index)
        rest = self._hardware(index, time_s)
        rest += self._background_mix @ self._background.slab(index)
        trained = np.zeros_like(rest)
        drive = self._drive.slab(index)
        for voice in self._voices:
            target = trained if voice.rhythm.name in self._trained else rest
            carrier = np.exp(2j * np.pi * ((voice.rhythm.hz * time_s) % 1.0))
            carrier *= _swell(voice, time_s, drowsiness)
            target += (_baseband(voice, drive) * carrier).real
        return rest, trained

    def envelope_uv(self, name: str, index: int, drowsiness: Float64 | None = None) -> Float64:
        """``(n_channels, n_slab)`` amplitude envelope of one rhythm alone in slab `index`, at gain 1."""
        voice = next(v for v in self._voices if v.rhythm.name == name)
        swell = _swell(voice, self._time_s(index), drowsiness)
        return np.abs(_baseband(voice, self._drive.slab(index))) * swell

    def _time_s(self, index: int) -> Float64:
        return np.arange(index * self.n_slab, (index + 1) * self.n_slab) / self.rate_hz

    def _hardware(self, index: int, time_s: Float64) -> Float64:
        """Sensor noise, electrode voltage and its drift, and mains."""
        n = len(self._derivation)
        noise = np.random.default_rng((self._seed, 4, index)).standard_normal((n, self.n_slab))
        noise *= _SENSOR_NOISE_UV
        noise += self.offset_uv[:, np.newaxis]
        for hz, phase in zip(self._drift_hz, self._drift_phase, strict=True):
            noise += _DRIFT_UV * np.sin(2 * np.pi * np.outer(hz, time_s) + phase[:, np.newaxis])
        if 0 < self._amplifier.mains_hz < self.rate_hz / 2:
            turns = (self._amplifier.mains_hz * time_s) % 1.0
            noise += self._mains_uv[:, np.newaxis] * np.sin(2 * np.pi * turns + self._mains_phase[:, np.newaxis])
        return noise


def _baseband(voice: _Voice, drive: Float32) -> Complex64:
    rows, half = voice.rows, (voice.rows.stop - voice.rows.start) // 2
    parts = voice.reach @ drive[rows.start : rows.start + half], voice.reach @ drive[rows.stop - half : rows.stop]
    return parts[0] + np.complex64(1j) * parts[1]


def _swell(voice: _Voice, time_s: Float64, drowsiness: Float64 | None) -> Float64:
    """``(n_samples,)`` slow modulation with mean 1 over a long time, times the change with drowsiness."""
    angles = 2 * np.pi * np.outer(voice.swell_hz, time_s) + voice.swell_phase[:, np.newaxis]
    swell: Float64 = np.exp(_SWELL_DEPTH * np.sin(angles).sum(axis=0))
    swell /= _MEAN_SWELL
    if drowsiness is not None:
        swell *= 1.0 + (voice.rhythm.drowsy_gain - 1.0) * drowsiness
    return swell


def _reach(rhythm: Rhythm, electrodes: Sequence[str]) -> Float64:
    """``(n_electrodes, 1 + n_sources)`` µV at each electrode per unit of the common drive and of each source's."""
    sources, strengths = list(rhythm.sources), np.array(list(rhythm.sources.values()))
    mix = np.hstack(
        [
            np.full((len(sources), 1), math.sqrt(rhythm.shared)),
            math.sqrt(1 - rhythm.shared) * np.eye(len(sources)),
        ]
    )
    anywhere = (nearness(list(SITES), sources, rhythm.spread_deg) * strengths) @ mix
    strongest = float(np.sqrt((anywhere**2).sum(axis=1).max()))
    # The envelope of complex Gaussian noise of unit power has a mean of sqrt(pi)/2 (Rayleigh).
    scale = rhythm.envelope_uv / (strongest * math.sqrt(math.pi) / 2)
    reach: Float64 = scale * ((nearness(electrodes, sources, rhythm.spread_deg) * strengths) @ mix)
    return reach


def _background_mix(electrodes: Sequence[str]) -> Float64:
    """``(n_electrodes, n_electrodes)`` matrix that gives independent noise the correlation of neighbouring sites."""
    near = np.exp(-0.5 * (angles_deg(electrodes, electrodes) / _BACKGROUND_WIDTH_DEG) ** 2)
    covariance = _BACKGROUND_SHARED * near + (1 - _BACKGROUND_SHARED) * np.eye(len(electrodes))
    powers, directions = np.linalg.eigh(covariance)
    mix: Float64 = _BACKGROUND_UV * (directions * np.sqrt(np.clip(powers, 0.0, None))) @ directions.T
    return mix


def _band_kernel(width_hz: float, rate_hz: float, n_slab: int) -> Float64:
    """``(n_slab + 1,)`` Gaussian low-pass whose output has variance 1/2, for one part of a complex envelope."""
    time_s = (np.arange(n_slab + 1) - n_slab / 2) / rate_hz
    sigma_hz = width_hz / (2 * math.sqrt(2 * math.log(2)))
    kernel: Float64 = np.exp(-((2 * np.pi * sigma_hz * time_s) ** 2))
    return kernel * math.sqrt(0.5 / float((kernel**2).sum()))


def _background_kernel(rate_hz: float, n_slab: int) -> Float64:
    """``(n_slab + 1,)`` filter that turns white noise into 1/f noise of unit power in 1-45 Hz."""
    n_fft = 8 * n_slab
    hz = fft.rfftfreq(n_fft, 1 / rate_hz)
    gain = np.maximum(hz, _FLATTENS_BELOW_HZ) ** (-BACKGROUND_EXPONENT / 2)
    kernel = np.roll(fft.irfft(gain, n_fft), n_slab // 2)[: n_slab + 1] * np.hanning(n_slab + 1)
    passed = np.abs(fft.rfft(kernel, n_fft)) ** 2
    power = 2 / n_fft * float(passed[(hz >= 1) & (hz <= 45)].sum())
    result: Float64 = kernel / math.sqrt(power)
    return result
