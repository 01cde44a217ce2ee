"""A smooth feedback variable without the lateness of a moving average.

Band power averaged over a second is what a 1 s window shows half a second late. The best linear estimate of it from
the recent powers of a low-delay envelope comes sooner. Its weights follow in closed form from the spectrum: the band
signal is taken as Gaussian, and then covariances of powers are squared moduli of covariances of the analytic signals
(Isserlis). On rest recordings these weights do better than weights fitted to half a minute of the same person.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import fft, fftfreq, ifft, next_fast_len

from nfb.dsp.prior import prior_spectrum
from nfb.dsp.taps import BandFilter, Float64
from nfb.model.errors import ProtocolError

HISTORY_S = 1.2
AVERAGED_S = 1.0  # length of the centred average that is estimated
RIDGE = 1e-3
SETTLED_PERIODS = 8.0  # seconds of lag after which the band's covariances are taken as gone


@dataclass(frozen=True, slots=True, eq=False)
class SlowFilter:
    """Weights on the last powers of a band filter, one per hop.

    ``powers @ weights``, with `powers` the newest ``n_hops`` values of ``|output|²`` in µV² and the newest last,
    estimates ``|band signal|²`` averaged over the second around the moment `delay_s` before the newest sample. It can
    dip below 0 in pauses of a rhythm: clip it there.

    Parameters
    ----------
    weights
        ``(n_hops,)`` float64, read-only, sum 1.
    delay_s
        Age of the middle of the second that the output describes.
    hop_s
        Time between two powers.
    """

    weights: Float64
    delay_s: float
    hop_s: float

    @property
    def n_hops(self) -> int:
        return int(self.weights.size)


def first_stage_delay_s(band_hz: tuple[float, float]) -> float:
    """Delay at which the band filter under a slow filter does best: short, the second stage does the smoothing.

    >>> first_stage_delay_s((8.0, 12.0))
    0.05
    """
    return 0.2 / (band_hz[1] - band_hz[0])


def design_slow_filter(
    band_filter: BandFilter,
    hop_s: float,
    delay_s: float = 0.2,
    spectrum: tuple[Float64, Float64] | None = None,
) -> SlowFilter:
    """Weights that predict the centred 1 s band power from the last 1.2 s of a filter's output power.

    Parameters
    ----------
    band_filter
        First stage; its delay is best near :func:`first_stage_delay_s`.
    hop_s
        Time between two powers, a whole number of samples.
    delay_s
        Delay of the middle of the averaged second, 0 to 0.5 s.
    spectrum
        ``(freqs_hz, psd)`` of the person; None for the population prior.

    Raises
    ------
    ProtocolError
        Hop or delay out of range.
    """
    rate = band_filter.sampling_rate_hz
    hop = round(hop_s * rate)
    if hop < 1 or not 0 < hop_s <= HISTORY_S / 2:
        raise ProtocolError(f"hop_s = {hop_s:g}: must be between one sample and {HISTORY_S / 2:g} s")
    if not 0 <= delay_s <= AVERAGED_S / 2:
        raise ProtocolError(f"delay_s = {delay_s:g}: must be between 0 and {AVERAGED_S / 2:g} s for slow feedback")
    n_hops = round(HISTORY_S * rate / hop)
    n_fft = next_fast_len(2 * round(SETTLED_PERIODS * rate) + 2 * band_filter.n_taps)
    freqs = fftfreq(n_fft, 1 / rate)
    psd = np.interp(np.abs(freqs), *(prior_spectrum() if spectrum is None else spectrum))
    gain = fft(band_filter.taps[::-1], n_fft)
    wanted = 2.0 * ((freqs >= band_filter.band_hz[0]) & (freqs <= band_filter.band_hz[1]))
    of_output = np.abs(ifft(psd * np.abs(gain) ** 2)) ** 2
    with_truth = np.abs(ifft(psd * gain * wanted)) ** 2
    age = np.arange(n_hops) * hop
    around = np.arange(-round(AVERAGED_S / 2 * rate), round(AVERAGED_S / 2 * rate) + 1)
    lags = np.subtract.outer(round(delay_s * rate) - age, -around)
    covariance = of_output[np.subtract.outer(age, age)] + RIDGE * of_output[0] * np.eye(n_hops)
    weights = np.linalg.solve(covariance, with_truth[lags].mean(axis=1))[::-1].copy()
    weights /= weights.sum()
    weights.flags.writeable = False
    return SlowFilter(weights, delay_s, hop / rate)
