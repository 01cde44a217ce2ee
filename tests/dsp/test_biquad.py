"""Second-order sections folded into FIR taps, against scipy."""

import numpy as np
import pytest
from scipy.signal import butter, iirnotch, sosfilt, tf2sos

from nfb.dsp import biquad


def impulse(n: int) -> np.ndarray:
    unit = np.zeros(n)
    unit[0] = 1.0
    return unit


@pytest.mark.parametrize("rate_hz", [125.0, 250.0, 512.0, 2048.0])
def test_responses_are_those_of_scipys_butterworth_filters_and_notch(rate_hz: float) -> None:
    n = 400
    for sections, sos in (
        ([biquad.highpass(0.5, rate_hz)], butter(2, 0.5, "highpass", fs=rate_hz, output="sos")),
        ([biquad.lowpass(8.0, rate_hz)], butter(2, 8.0, fs=rate_hz, output="sos")),
        (biquad.steep_lowpass(40.0, rate_hz), butter(4, 40.0, fs=rate_hz, output="sos")),
        ([biquad.notch(50.0, rate_hz, 8.0)], tf2sos(*iirnotch(50.0, 8.0, fs=rate_hz))),
    ):
        np.testing.assert_allclose(biquad.impulse_response(sections, n), sosfilt(sos, impulse(n)), atol=1e-9)


def test_a_cascade_is_the_convolution_of_its_sections() -> None:
    first, second = biquad.lowpass(8.0, 250.0), biquad.highpass(1.0, 250.0)
    alone = [biquad.impulse_response([section], 300) for section in (first, second)]
    both = biquad.impulse_response([first, second], 300)
    np.testing.assert_allclose(both, np.convolve(*alone)[:300], atol=1e-12)


@pytest.mark.parametrize("hz", [0.0, 125.0, 200.0])
def test_a_frequency_that_the_rate_cannot_carry_is_refused(hz: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 125 Hz"):
        biquad.lowpass(hz, 250.0)
