"""Artefact detectors: FIR probes on the raw signal, limits that follow the recording's own scale, holds.

All probes are FIR taps applied to the same window as the band filters, so that they cost one product with them and
keep no recursive state. Limits are physical defaults until the recording's own scale is known; then they follow
the median over seconds of the robust standard deviation of the un-narrowed signal, within physical bounds: large
but clean EEG must not be held, and a quiet client's blink must not pass.
"""

from dataclasses import dataclass

import numpy as np

from nfb.dsp import biquad
from nfb.model.hop import Cause
from nfb.model.montage import site_key
from nfb.model.protocol import Guards
from nfb.model.samples import Float64

MUSCLE_HZ = (30.0, 45.0)
_MUSCLE_WINDOW_S = 0.25
_SLOW_HZ = 8.0

# Rows of the measures, in order of precedence.
MEASURES = (
    Cause.NOT_FINITE,
    Cause.RAIL,
    Cause.FLAT,
    Cause.POP,
    Cause.AMPLITUDE,
    Cause.GRADIENT,
    Cause.BLINK,
    Cause.MUSCLE,
)
_ROW = {cause: row for row, cause in enumerate(MEASURES)}

# A limit follows the recording's own scale between these shares of the guard's default.
_LEAST, _MOST = 0.6, 5.0
_SD_PER_AMPLITUDE_LIMIT = 5.0
_SD_PER_BLINK_LIMIT = 4.5
_SD_PER_GRADIENT_LIMIT = 9.0
_MEDIANS_PER_MUSCLE_LIMIT = 4.0
# Above this multiple of its limit an excursion is a pop or gross movement and rings in the filters for longer.
_LARGE = 2.0

HOLD_S = {
    Cause.NOT_FINITE: 2.0,
    Cause.RAIL: 2.0,
    Cause.FLAT: 2.0,
    Cause.POP: 2.0,
    Cause.AMPLITUDE: 0.6,
    Cause.GRADIENT: 1.0,
    Cause.BLINK: 0.6,
    Cause.MUSCLE: 0.3,
}
_HOLD_THETA_S = 0.8  # blink-size artefacts ring longer in bands that begin below 8 Hz


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """Real FIR taps of the detectors, newest sample last: ``(n_taps, n_hop + 1 + 1 + 2)``.

    Columns: the un-narrowed signal (0.5-45 Hz) at the hop's samples and at the one before; the slow signal
    (0.5-8 Hz) at the newest; real and imaginary part of the muscle band (30-45 Hz).
    """

    taps: Float64
    n_hop: int

    @property
    def n_columns(self) -> int:
        return int(self.taps.shape[1])


def design_probes(rate_hz: float, n_taps: int, n_hop: int) -> Probes:
    """Probes for a sampling rate; both mains frequencies are notched so that no detector depends on which it is."""
    top = min(45.0, 0.4 * rate_hz)
    wide = [biquad.highpass(0.5, rate_hz), biquad.lowpass(top, rate_hz)]
    wide += [biquad.notch(hz, rate_hz) for hz in (50.0, 60.0) if hz < 0.48 * rate_hz]
    slow = [*wide, biquad.lowpass(_SLOW_HZ, rate_hz)]
    n_response = n_taps - n_hop
    taps = np.zeros((n_taps, n_hop + 4))
    response = _without_mean(biquad.impulse_response(wide, n_response))[::-1]
    for back in range(n_hop + 1):
        taps[n_taps - n_response - back : n_taps - back, n_hop - back] = response
    taps[n_taps - n_response :, n_hop + 1] = _without_mean(biquad.impulse_response(slow, n_response))[::-1]
    muscle = _muscle_taps(rate_hz)
    taps[n_taps - len(muscle) :, n_hop + 2] = muscle.real
    taps[n_taps - len(muscle) :, n_hop + 3] = muscle.imag
    return Probes(taps, n_hop)


def _without_mean(response: Float64) -> Float64:
    """Make taps blind to a constant: an amplifier's offset may be a thousand times the EEG."""
    return np.asarray(response - response.mean())


def _muscle_taps(rate_hz: float) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    low, high = MUSCLE_HZ[0], min(MUSCLE_HZ[1], 0.4 * rate_hz)
    low = min(low, 0.7 * high)
    n = max(8, round(_MUSCLE_WINDOW_S * rate_hz))
    t = (np.arange(n) - n + 1) / rate_hz
    window = np.hanning(n + 2)[1:-1]
    taps = window * np.exp(-2j * np.pi * (low + high) / 2 * t)
    # Blind to a constant, to drift and to both mains frequencies.
    blind = [np.ones(n), t]
    for hz in (50.0, 60.0):
        if hz < rate_hz / 2:
            blind += [np.cos(2 * np.pi * hz * t), np.sin(2 * np.pi * hz * t)]
    basis, _ = np.linalg.qr(np.array(blind).T)
    taps = taps - basis @ (basis.T @ taps)
    gain = np.abs(taps @ np.exp(2j * np.pi * (low + high) / 2 * t))
    return np.asarray(taps * 2 / gain)


def blink_channels(names: tuple[str, ...], reference: str) -> tuple[int, ...]:
    """Channels on which blinks are largest.

    With a reference at the forehead (Fpz, as on a Muse) the blink is at the reference, so it shows on the channels
    that are far from the eyes, TP9 and TP10, and hardly at AF7 and AF8.
    """
    keys = [site_key(name) for name in names]
    if site_key(reference) in ("FPZ", "FP1", "FP2", "AFZ"):
        far = [
            i for i, key in enumerate(keys) if key in ("TP9", "TP10", "A1", "A2", "T7", "T8", "P7", "P8", "O1", "O2")
        ]
        return tuple(far)
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
    rail_uv
        The converter's limit, if known.
    """

    def __init__(
        self,
        guards: Guards,
        rate_hz: float,
        names: tuple[str, ...],
        used: tuple[int, ...],
        reference: str,
        rail_uv: float | None,
    ) -> None:
        n_channels = len(names)
        gradient_uv = None if guards.gradient_uv is None else guards.gradient_uv * max(1.0, 250.0 / rate_hz)
        self._used = np.zeros(n_channels, dtype=bool)
        self._used[list(used)] = True
        blink = np.zeros(n_channels, dtype=bool)
        blink[list(blink_channels(names, reference))] = True
        self._scaled = (
            (Cause.AMPLITUDE, self._used, guards.amplitude_uv, _SD_PER_AMPLITUDE_LIMIT, 0),
            (Cause.GRADIENT, self._used, gradient_uv, _SD_PER_GRADIENT_LIMIT, 1),
            (Cause.BLINK, blink, guards.blink_uv, _SD_PER_BLINK_LIMIT, 2),
            (Cause.MUSCLE, self._used, guards.muscle_uv, _MEDIANS_PER_MUSCLE_LIMIT, 3),
        )
        self._rail_uv = np.inf if rail_uv is None else 0.95 * rail_uv
        self._seconds: list[Float64] = []
        self.frozen = False
        self.values = self._build(None)

    def learn(self, scale: Float64) -> None:
        """Take in the scale of one more second.

        Parameters
        ----------
        scale
            ``(4, n_channels)``: robust standard deviation of the un-narrowed signal, of its sample-to-sample step
            and of the slow signal, and the median muscle amplitude.
        """
        if not self.frozen:
            self._seconds.append(scale)
            self.values = self._build(np.median(np.array(self._seconds[-60:]), axis=0))

    @property
    def known(self) -> bool:
        """Whether the recording's own scale has been seen."""
        return bool(self._seconds)

    def _build(self, scale: Float64 | None) -> Float64:
        limits = np.full((len(MEASURES), len(self._used)), np.inf)
        limits[_ROW[Cause.NOT_FINITE], self._used] = 0.5
        limits[_ROW[Cause.RAIL], self._used] = self._rail_uv
        limits[_ROW[Cause.FLAT], self._used] = -1.0  # minus the peak-to-peak value of the last second, µV
        for cause, where, default_uv, sd_per_limit, row in self._scaled:
            if default_uv is None:
                continue
            limit = np.full(len(self._used), default_uv)
            if scale is not None:
                limit = np.clip(sd_per_limit * scale[row], _LEAST * default_uv, _MOST * default_uv)
            limits[_ROW[cause], where] = limit[where]
        limits[_ROW[Cause.POP]] = _LARGE * limits[_ROW[Cause.AMPLITUDE]]
        return limits


def hold_hops(lowest_band_hz: float, hop_s: float) -> dict[Cause, int]:
    """How long a hold outlasts its artefact, in hops."""
    seconds = dict(HOLD_S)
    if lowest_band_hz < 8.0:
        seconds[Cause.AMPLITUDE] = seconds[Cause.BLINK] = _HOLD_THETA_S
    return {cause: round(s / hop_s) for cause, s in seconds.items()}
