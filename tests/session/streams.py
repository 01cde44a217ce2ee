"""Many sessions' worth of one feature and of its threshold, without the sessions around them.

The feature comes from SciPy's convolution with the taps of the session's own filter, which ``test_rates.py`` holds to
what a session measures. Thresholds are set and moved by the session's own rules.
"""

import numpy as np
from scipy.signal import oaconvolve

from nfb.model.samples import Float32, Float64
from nfb.session.baseline import Baseline
from nfb.session.features import plan_features
from nfb.session.setup import Setup
from nfb.session.thresholds import Thresholds

RATE_HZ = 250.0


def levels(setup: Setup, eeg: Float32 | Float64) -> Float64:
    """Mean amplitude of the one band over the channels of `eeg`, ``(n_hops,)`` µV, from the first full window on."""
    (band_filter,) = plan_features(setup).design(setup)
    taps = band_filter.taps[::-1][np.newaxis]
    analytic = oaconvolve(eeg.astype(np.float64), taps, mode="valid", axes=1)[:, :: setup.hop_samples]
    return np.asarray(np.abs(analytic).mean(axis=0))


def rhythm(seconds: float, seed: int, rms_uv: float) -> Float64:
    """``(2, n)`` waxing and waning alpha, 10 Hz and 1.2 Hz wide, of which two sites share half the power."""
    n = round(seconds * RATE_HZ)
    rng = np.random.default_rng([seed, 1])
    freqs_hz = np.fft.rfftfreq(n, 1 / RATE_HZ)
    parts = rng.standard_normal((3, len(freqs_hz))) + 1j * rng.standard_normal((3, len(freqs_hz)))
    own, other, shared = np.fft.irfft(np.exp(-0.5 * ((freqs_hz - 10.0) / 0.5) ** 2) * parts, n)
    sites = np.stack([own + shared, other + shared])
    return rms_uv * sites / sites.std(axis=1, keepdims=True)


def growth(n: int, last_s: float, to: float) -> Float64:
    """``(n,)`` 1, and within the last seconds evenly up to `to`."""
    n_last = round(last_s * RATE_HZ)
    return np.concatenate([np.ones(n - n_last), np.linspace(1.0, to, n_last)])


def follow(setup: Setup, baseline: Float64, run: Float64) -> np.ndarray:
    """Whether each hop of a run is in range, ``(n_hops,)``, under the thresholds of the setup's one condition."""
    book = Thresholds(setup)
    known = Baseline(setup.protocol.conditions, book.columns)
    known.replace([(value,) for value in baseline.tolist()])
    known.close()
    for condition, value, _ in [*book.initial(known), *book.begin_run(known)]:
        book.set(condition, value)
    second_hops = round(1 / setup.hop_s)
    in_range = []
    for hop, value in enumerate(run.tolist(), start=1):
        passed = book.judge((value,)).failed < 0
        in_range.append(passed)
        book.watch((value,), passed)
        if hop % second_hops == 0:
            for condition, threshold, _ in book.moves():
                book.set(condition, threshold)
    return np.array(in_range)


def rise(in_range: np.ndarray) -> float:
    """Share in range of the last third minus that of the first."""
    third = len(in_range) // 3
    return float(in_range[-third:].mean() - in_range[:third].mean())
