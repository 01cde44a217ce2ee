"""Artefact detectors: FIR probes on the raw signal, and limits that follow the recording's own scale.

All probes are FIR taps applied to the same window as the band filters, so that they cost one product with them and
keep no recursive state. Limits are physical defaults until the recording's own scale is known; then they follow
the robust standard deviation of the un-narrowed signal over seconds, within physical bounds: large but clean EEG
must not be held, and a quiet client's blink must not pass.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from nfb.dsp import biquad
from nfb.dsp.taps import Complex128
from nfb.model.hop import Cause
from nfb.model.montage import site_key
from nfb.model.protocol import Guards
from nfb.model.samples import Float64

MUSCLE_HZ = (30.0, 45.0)
_MUSCLE_WINDOW_S = 0.25
# One band of noise waxes and wanes by itself, so that only four times its median tells of muscle. Muscle reaches far
# beyond 45 Hz, and three bands together are steadier. Where the rate ends too low for that, the other two lie beside
# the first one, and somewhat earlier.
_TENSION_HIGH_HZ = (70.0, 80.0)
_TENSION_HIGH_RATE_HZ = 200.0
_TENSION_LOW_HZ = (33.5, 41.5)
_TENSION_EARLIER_S = 0.19
# The un-narrowed signal ends steeply enough that mains of 300 µV is quiet in it even where the amplifier's clock is
# 1 % off, and the notches are wide for the same reason.
_WIDE_HZ = (0.5, 40.0)
_NOTCH_Q = 8.0
# Blinks and other slow excursions. From 1 Hz on, because slow eye movements under closed lids and drifts go on all
# the time; up to 8 Hz with a gentle slope, because a blink on a Muse is over in 0.15 s.
_SLOW_HZ = (1.0, 8.0)


class Measure(IntEnum):
    """What is measured of each hop and channel; the values are positions in :meth:`HopBatch.measures`.

    Those before STEP say yes or no, the others are sizes.
    """

    NOT_FINITE = 0  # 1 if a sample is not a number
    RAIL = 1  # 1 if a raw value is at the converter's limit
    FLAT = 2  # 1 if the last second stays within 1 µV, or the last 0.2 s are constant
    STEP = 3  # largest change of the un-narrowed signal from sample to sample, µV
    SLOW = 4  # newest slow value, µV
    PEAK = 5  # largest un-narrowed value, µV
    MUSCLE = 6  # amplitude envelope of 30-45 Hz, µV
    TENSION = 7  # weak muscle: the envelopes of MUSCLE and of two more bands, added up, µV


N_MEASURES = len(Measure)
N_MUSCLE = 3  # probes for muscle: that of MUSCLE, and two more for TENSION
FIRST_SIZE = int(Measure.STEP)
FLAT_UV = 1.0
FLAT_S = 1.0
CONSTANT_S = 0.2

# Per scaled measure: standard deviations (of muscle: medians) in its limit, and between which multiples of the
# guard's default the limit may follow the recording. PEAK never falls below the default: a burst of alpha must not be
# held in somebody whose EEG is small; what is slow and below it, SLOW finds, more readily where blinks show. Of 102
# blinks recorded in five people 5 SD of SLOW from 45 µV on find 100, with 0.3 false finds a minute; 4.5 SD of 0.5 to
# 8 Hz from 36 µV on had 1.1. In six clean recordings TENSION of 2.7 medians holds a tenth of a percent more than
# there would be without it; at 2.2 a Muse would be held three times a minute.
_SD_PER_LIMIT = {
    Measure.PEAK: 5.0,
    Measure.STEP: 9.0,
    Measure.SLOW: 5.0,
    Measure.MUSCLE: 4.0,
    Measure.TENSION: 2.7,
}
_LEAST = {Measure.PEAK: 1.0, Measure.STEP: 0.6, Measure.SLOW: 1.0, Measure.MUSCLE: 0.6, Measure.TENSION: 0.2}
_LEAST_BLINK = 0.75
_MOST = 5.0
# Rhythms come and go, and a short baseline may be spent in the quieter seconds: PEAK, and TENSION likewise, follow a
# louder second than the middle one, as long as it is no more than so many times louder. In ten recordings it is 1.1
# to 1.3 times away from the forehead, and up to 2 where a second in four has a blink. With the middle one, single
# samples of alpha and theta held Fz 5.6 % of a minute with closed eyes.
_LOUD_SHARE = 0.75
_MOST_LOUD = 1.5
_FOLLOWS_LOUD = np.array([[measure in (Measure.PEAK, Measure.TENSION)] for measure in _SD_PER_LIMIT])
# What no EEG looks like: a standard deviation of 100 µV, or of 50 µV with 12.5 µV of it at 30-45 Hz, as an electrode
# that hangs in the air picks up from changing mains. Five seconds of it, so that a fixed electrode is soon back.
_NO_CONTACT_S = 5

HOLD_S = {
    Cause.NOT_FINITE: 2.0,
    Cause.RAIL: 2.0,
    Cause.FLAT: 2.0,
    Cause.CONTACT: 2.0,
    Cause.POP: 2.0,
    Cause.AMPLITUDE: 0.6,
    Cause.GRADIENT: 1.0,
    Cause.BLINK: 0.6,
    Cause.MUSCLE: 0.3,
    Cause.MOTION: 1.0,
}
_HOLD_THETA_S = 0.8  # blink-size artefacts ring longer in bands that begin below 8 Hz
_THETA_HZ = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """FIR taps of the detectors, newest sample last.

    Parameters
    ----------
    wide
        ``(n_taps, n_hop + 1)`` the un-narrowed signal (0.5-40 Hz) at the sample before the hop and at its samples.
    slow
        ``(n_taps, 1)`` the slow signal (1-8 Hz) at the newest.
    muscle
        ``(n_taps, N_MUSCLE)`` complex: the analytic signal of 30-45 Hz, and of the two more bands of TENSION.
    """

    wide: Float64
    slow: Float64
    muscle: Complex128


def design_probes(rate_hz: float, n_taps: int, n_hop: int) -> Probes:
    """Probes for a sampling rate; both mains frequencies are notched so that no detector depends on which it is."""
    n_response = n_taps - n_hop
    response = _wide_response(rate_hz, n_response)[::-1]
    wide = np.zeros((n_taps, n_hop + 1))
    for back in range(n_hop + 1):
        wide[n_taps - n_response - back : n_taps - back, n_hop - back] = response
    sections = [biquad.highpass(_SLOW_HZ[0], rate_hz), *_fast_end(rate_hz), biquad.lowpass(_SLOW_HZ[1], rate_hz)]
    slow = np.zeros((n_taps, 1))
    slow[n_taps - n_response :, 0] = _without_mean(biquad.impulse_response(sections, n_response))[::-1]
    muscle = np.zeros((n_taps, N_MUSCLE), dtype=np.complex128)
    for column, (middle_hz, earlier_s) in enumerate(_muscle_bands(rate_hz)):
        taps, end = _muscle_taps(rate_hz, middle_hz), n_taps - round(earlier_s * rate_hz)
        muscle[end - len(taps) : end, column] = taps
    return Probes(wide, slow, muscle)


def _fast_end(rate_hz: float) -> list[biquad.Section]:
    notches = [biquad.notch(hz, rate_hz, _NOTCH_Q) for hz in (50.0, 60.0) if hz < 0.48 * rate_hz]
    return [*notches, *biquad.steep_lowpass(min(_WIDE_HZ[1], 0.4 * rate_hz), rate_hz)]


def step_rise(rate_hz: float) -> float:
    """Largest change from sample to sample in the un-narrowed signal when an electrode jumps by 1 µV.

    >>> round(step_rise(250.0), 2), round(step_rise(500.0), 2)
    (0.33, 0.16)
    """
    return float(np.abs(_wide_response(rate_hz, round(rate_hz))).max())


def _wide_response(rate_hz: float, n_samples: int) -> Float64:
    wide = [biquad.highpass(_WIDE_HZ[0], rate_hz), *_fast_end(rate_hz)]
    return _without_mean(biquad.impulse_response(wide, n_samples))


def _without_mean(response: Float64) -> Float64:
    """Make taps blind to a constant: an amplifier's offset may be a thousand times the EEG."""
    return np.asarray(response - response.mean())


def _muscle_bands(rate_hz: float) -> list[tuple[float, float]]:
    """Middle frequency of each muscle probe, and by how many seconds it looks back."""
    high = min(MUSCLE_HZ[1], 0.4 * rate_hz)
    middle_hz = (min(MUSCLE_HZ[0], 0.7 * high) + high) / 2
    if rate_hz >= _TENSION_HIGH_RATE_HZ:
        return [(middle_hz, 0.0), *((hz, 0.0) for hz in _TENSION_HIGH_HZ)]
    return [(middle_hz, 0.0), *((min(hz, high), _TENSION_EARLIER_S) for hz in _TENSION_LOW_HZ)]


def _muscle_taps(rate_hz: float, middle_hz: float) -> Complex128:
    n = max(8, round(_MUSCLE_WINDOW_S * rate_hz))
    t = (np.arange(n) - n + 1) / rate_hz
    tone = np.exp(2j * np.pi * middle_hz * t)
    taps = np.hanning(n + 2)[1:-1] * tone.conj()
    # Blind to a constant, to drift, to both mains frequencies and to what 50 Hz has above it.
    blind = [np.ones(n), t]
    for hz in (50.0, 60.0, 100.0):
        if hz < rate_hz / 2:
            blind += [np.cos(2 * np.pi * hz * t), np.sin(2 * np.pi * hz * t)]
    basis, _ = np.linalg.qr(np.array(blind).T)
    taps = taps - basis @ (basis.T @ taps)
    return np.asarray(taps * 2 / np.abs(taps @ tone))


def blink_channels(names: tuple[str, ...], reference: str) -> tuple[int, ...]:
    """Channels on which blinks are largest.

    With a reference at the forehead (Fpz, as on a Muse) the blink is at the reference, so it shows on the channels
    that are far from the eyes, TP9 and TP10, and hardly at AF7 and AF8.
    """
    keys = [site_key(name) for name in names]
    if site_key(reference) in ("FPZ", "FP1", "FP2", "AFZ"):
        far = ("TP9", "TP10", "A1", "A2", "T7", "T8", "P7", "P8", "O1", "O2")
        return tuple(i for i, key in enumerate(keys) if key in far)
    for wanted in (("FP1", "FP2", "FPZ"), ("AF7", "AF8", "AF3", "AF4", "AFZ"), ("F7", "F8", "F3", "F4", "FZ")):
        found = [i for i, key in enumerate(keys) if key in wanted]
        if found:
            return tuple(found)
    return ()


class Limits:
    """Limits of all measures per channel, following the recording's own scale until frozen.

    Parameters
    ----------
    guards
        Defaults; a guard that is None never triggers.
    rate_hz
        Sampling rate.
    names, used
        All channel names, and the indices of those that the protocol uses: only these can hold the session, except
        that blinks are looked for wherever they show.
    reference
        The amplifier's reference site.

    Attributes
    ----------
    values
        ``(n_measures, n_channels)``: what a measure may not exceed; infinite where it does not matter.
    sizes
        The rows of `values` from FIRST_SIZE on.
    used
        ``(n_channels,)`` which of them the protocol uses.
    blink
        Indices of the channels on which blinks show.
    no_contact
        Indices of the used channels whose signal was no EEG in the last seconds.
    least_blink_channels
        On how many of them at once a blink shows: two, if there are two with contact.
    step_rise
        See :func:`step_rise`.
    motion_g
        Root mean square of the acceleration that counts as a movement of the head; infinite if none does.
    """

    def __init__(
        self,
        guards: Guards,
        rate_hz: float,
        names: tuple[str, ...],
        used: tuple[int, ...],
        reference: str,
    ) -> None:
        n_channels = len(names)
        self.blink = blink_channels(names, reference)
        self.motion_g = np.inf if guards.motion_g is None else guards.motion_g
        self.used = np.zeros(n_channels, dtype=bool)
        self.used[list(used)] = True
        self._watched = self.used.copy()
        self._watched[list(self.blink)] = True
        self.step_rise = step_rise(rate_hz)
        # The guard is meant for samples 4 ms apart.
        faster = self.step_rise / step_rise(250.0)
        step_uv = None if guards.gradient_uv is None else guards.gradient_uv * faster
        self._defaults_uv = {
            Measure.PEAK: guards.amplitude_uv,
            Measure.STEP: step_uv,
            Measure.SLOW: guards.blink_uv,
            Measure.MUSCLE: guards.muscle_uv,
            Measure.TENSION: None if guards.muscle_uv is None else N_MUSCLE * guards.muscle_uv,
        }
        self._seconds: list[Float64] = []
        self.frozen = False
        self.no_contact: tuple[int, ...] = ()
        self._set(self._build(None))

    def learn(self, scale: Float64) -> None:
        """Take in the scale of one more second.

        The limits follow the middle one of the last minute, PEAK and TENSION a louder one. Twice the default counts
        as one second seen, and of an even number the lower middle one is taken: a first second of gross movement
        does not set the limits.

        Parameters
        ----------
        scale
            ``(5, n_channels)``: robust standard deviation of the un-narrowed signal, of its sample-to-sample step
            and of the slow signal, and the medians of MUSCLE and TENSION.
        """
        if self.frozen:
            return
        self._seconds.append(scale)
        self.no_contact = self._hangs_in_the_air(np.median(self._seconds[-_NO_CONTACT_S:], axis=0))
        default = [2.0 * (uv or 0.0) / _SD_PER_LIMIT[measure] for measure, uv in self._defaults_uv.items()]
        seen = np.sort([np.broadcast_to(np.array(default)[:, None], scale.shape), *self._seconds[-60:]], axis=0)
        usual, loud = seen[(len(seen) - 1) // 2], seen[int(_LOUD_SHARE * (len(seen) - 1))]
        self._set(self._build(np.where(_FOLLOWS_LOUD, np.minimum(loud, _MOST_LOUD * usual), usual)))

    def _set(self, values: Float64) -> None:
        self.values, self.sizes = values, values[FIRST_SIZE:]

    @property
    def known(self) -> bool:
        """Whether the recording's own scale has been seen."""
        return bool(self._seconds)

    def _hangs_in_the_air(self, scale: Float64) -> tuple[int, ...]:
        most = [np.inf if uv is None else _MOST * uv / _SD_PER_LIMIT[m] for m, uv in self._defaults_uv.items()]
        wide, _, _, muscle, _ = scale
        hangs = (wide > most[0]) | ((wide > most[0] / 2) & (muscle > most[3]))
        return tuple(int(channel) for channel in np.flatnonzero(hangs & self.used))

    def _build(self, scale: Float64 | None) -> Float64:
        limits = np.full((N_MEASURES, len(self.used)), np.inf)
        limits[:FIRST_SIZE, self.used] = 0.5
        for row, (measure, default_uv) in enumerate(self._defaults_uv.items()):
            if default_uv is None:
                continue
            where = self._watched if measure is Measure.SLOW else self.used
            limit = np.full(len(self.used), default_uv)
            if scale is not None:
                follows = _SD_PER_LIMIT[measure] * scale[row]
                least = np.full(len(self.used), _LEAST[measure])
                if measure is Measure.SLOW:
                    least[list(self.blink)] = _LEAST_BLINK
                limit = np.clip(follows, least * default_uv, _MOST * default_uv)
                # An unused electrode without contact tells nothing about blinks.
                no_contact = (follows > _MOST * default_uv) | (follows < FLAT_UV)
                limit[~self.used & no_contact] = np.inf
            limits[measure, where] = limit[where]
        self.least_blink_channels = min(2, int(np.isfinite(limits[Measure.SLOW, list(self.blink)]).sum()))
        return limits


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """How long holds outlast artefacts of usual size.

    Parameters
    ----------
    hops
        By cause, in hops.
    hop_s
        Length of a hop.
    """

    hops: dict[Cause, int]
    hop_s: float


def hold_hops(lowest_band_hz: float, hop_s: float) -> HoldTimes:
    """How long holds outlast artefacts in a session whose lowest band begins at `lowest_band_hz`."""
    seconds = dict(HOLD_S)
    if lowest_band_hz < _THETA_HZ:
        seconds[Cause.AMPLITUDE] = seconds[Cause.BLINK] = _HOLD_THETA_S
    return HoldTimes({cause: round(s / hop_s) for cause, s in seconds.items()}, hop_s)
