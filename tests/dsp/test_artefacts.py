"""Detectors' probes against closed forms and scipy, and limits that follow the recording."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from nfb.dsp.artefacts import (
    FIRST_SIZE,
    HOLD_S,
    Limits,
    Measure,
    blink_channels,
    design_probes,
    hold_hops,
    step_rise,
)
from nfb.model.hop import Cause
from nfb.model.protocol import Guards

RATES = [125.0, 160.0, 250.0, 256.0, 500.0, 2048.0]


def gains(taps: np.ndarray, rate_hz: float, freqs_hz: list[float]) -> np.ndarray:
    """Amplitude gain of taps, newest sample last."""
    age = np.arange(len(taps))[::-1]
    return np.abs(np.exp(-2j * np.pi * np.outer(freqs_hz, age) / rate_hz) @ taps)


def probes(rate_hz: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Wide, slow and muscle (that of MUSCLE) taps for hops of 4 samples."""
    designed = design_probes(rate_hz, round(2 * rate_hz), 4)
    return designed.wide[:, -1], designed.slow[:, 0], designed.muscle[:, 0]


@pytest.mark.parametrize("rate_hz", RATES)
def test_no_probe_sees_a_constant_or_the_mains(rate_hz: float) -> None:
    for taps in probes(rate_hz):
        assert gains(taps, rate_hz, [0.0]) < 1e-9
        lines = [hz for hz in (50.0, 60.0) if hz < rate_hz / 2]
        assert gains(taps, rate_hz, lines).max() < 0.01  # 300 µV of hum: 3 µV


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_wide_probe_passes_eeg_and_the_slow_one_blinks_but_not_alpha_spindles(rate_hz: float) -> None:
    wide, slow, _ = probes(rate_hz)
    assert np.all(gains(wide, rate_hz, [2.0, 10.0, 20.0, 30.0]) > 0.9)
    assert gains(slow, rate_hz, [3.0]) > 0.9
    assert gains(slow, rate_hz, [0.3]) < 0.15
    assert gains(slow, rate_hz, [12.0]) < 0.5 < gains(slow, rate_hz, [7.0])


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_muscle_probe_reads_the_amplitude_of_its_middle_and_nothing_of_eeg(rate_hz: float) -> None:
    _, _, muscle = probes(rate_hz)
    positive = gains(muscle, rate_hz, [37.5])
    assert positive == pytest.approx(2.0, rel=1e-6)  # half of a real tone turns the wanted way
    assert gains(muscle, rate_hz, [2.0, 10.0, 20.0, -10.0, -37.5]).max() < 0.04


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_probes_for_weak_muscle_see_neither_eeg_nor_hum_and_leave_each_others_band_alone(rate_hz: float) -> None:
    muscle = design_probes(rate_hz, round(2 * rate_hz), 4).muscle
    middles_hz = [37.5, 70.0, 80.0] if rate_hz >= 200 else [37.5, 33.5, 41.5]
    hum_hz = [hz for hz in (50.0, 60.0, 100.0) if hz < 0.49 * rate_hz]
    for taps, middle_hz in zip(muscle.T, middles_hz, strict=True):
        assert gains(taps, rate_hz, [middle_hz]) == pytest.approx(2.0, rel=1e-6)
        assert gains(taps, rate_hz, [0.0, 2.0, 10.0, 20.0, *hum_hz]).max() < 0.05
    if rate_hz >= 200:
        assert gains(muscle[:, 1], rate_hz, [37.5]) < 0.05 and gains(muscle[:, 0], rate_hz, [70.0, 80.0]).max() < 0.05


def test_the_wide_probe_is_scipys_band_pass_where_no_notch_is_near() -> None:
    rate_hz = 250.0
    wide, _, _ = probes(rate_hz)
    chain = np.vstack(
        [butter(2, 0.5, "highpass", fs=rate_hz, output="sos"), butter(4, 40.0, fs=rate_hz, output="sos")]
    )
    t = np.arange(1500) / rate_hz
    tone = np.sin(2 * np.pi * 10 * t)
    mine, scipys = np.convolve(tone, wide[::-1])[: len(t)], sosfilt(chain, tone)
    assert np.abs(mine[1000:]).max() == pytest.approx(np.abs(scipys[1000:]).max(), rel=0.02)


def test_the_probe_of_each_sample_of_a_hop_is_that_of_the_newest_moved_back() -> None:
    designed = design_probes(250.0, 500, 5)
    for back in range(1, 6):  # the first one is the sample before the hop
        np.testing.assert_array_equal(designed.wide[: 500 - back, 5 - back], designed.wide[back:, 5])


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_jump_of_an_electrode_rises_as_told(rate_hz: float) -> None:
    wide, _, _ = probes(rate_hz)
    jump = (np.arange(3 * round(rate_hz)) > round(2 * rate_hz)).astype(float)
    response = np.convolve(jump, wide[::-1])[: len(jump)]
    assert np.abs(np.diff(response)).max() == pytest.approx(step_rise(rate_hz), rel=0.03)


@pytest.mark.parametrize(
    ("names", "reference", "expected"),
    [
        ("Fp1 Fp2 C3 C4", "A1", "Fp1 Fp2"),
        ("TP9 AF7 AF8 TP10", "Fpz", "TP9 TP10"),  # a Muse
        ("AF3 F7 F3 O1 AF4", "P3", "AF3 AF4"),  # an EPOC
        ("F3 F4 Cz", "A1, A2", "F3 F4"),
        ("C3 Cz C4", "", ""),
    ],
)
def test_blinks_are_looked_for_where_they_show(names: str, reference: str, expected: str) -> None:
    sites = tuple(names.split())
    assert " ".join(sites[i] for i in blink_channels(sites, reference)) == expected


def limits(guards: Guards | None = None, rate_hz: float = 250.0) -> Limits:
    return Limits(guards or Guards(), rate_hz, ("Fp1", "Fp2", "C3", "C4"), (2, 3), "")


def seconds(wide: float, step: float, slow: float, muscle: float) -> np.ndarray:
    """The scale of a second; noise as strong in all three muscle bands."""
    return np.repeat([[wide], [step], [slow], [muscle], [3 * muscle]], 4, axis=1)


def test_limits_are_the_guards_until_the_recordings_scale_is_known() -> None:
    values = limits(Guards(80.0, 40.0, 50.0, 8.0)).values
    assert values[Measure.PEAK].tolist() == [np.inf, np.inf, 80.0, 80.0]
    assert values[Measure.STEP, 2] == pytest.approx(40.0)
    assert values[Measure.SLOW].tolist() == [50.0] * 4
    assert values[Measure.MUSCLE].tolist() == [np.inf, np.inf, 8.0, 8.0]
    assert values[Measure.TENSION].tolist() == [np.inf, np.inf, 24.0, 24.0]


def test_limits_follow_the_median_second_within_physical_bounds() -> None:
    measures = (Measure.PEAK, Measure.STEP, Measure.SLOW, Measure.MUSCLE, Measure.TENSION)
    for scale, limits_uv in (
        (seconds(30.0, 8.0, 20.0, 5.0), (150, 72, 100, 20, 40.5)),
        (seconds(3.0, 1.0, 2.0, 0.3), (100, 30, 60, 6, 6)),
        (seconds(900, 900, 900, 900), (500, 250, 300, 50, 150)),
    ):
        expected = dict(zip(measures, limits_uv, strict=True))
        learning = limits()
        for second in range(9):
            learning.learn(scale if second != 3 else 7 * scale)
        for measure, value in expected.items():
            assert learning.values[measure, 2] == pytest.approx(value), measure


def test_the_amplitude_limit_follows_the_louder_seconds_but_not_the_loudest() -> None:
    learning = limits()
    for second in range(40):
        # Alpha comes for 3 of 10 seconds, and once in 10 a movement.
        loud = 12.0 if second % 10 == 9 else 1.3 if second % 10 < 3 else 1.0
        learning.learn(loud * seconds(30.0, 8.0, 20.0, 5.0))
    assert learning.values[Measure.PEAK, 2] == pytest.approx(1.3 * 150)
    assert learning.values[Measure.SLOW, 2] == pytest.approx(100)


def test_one_bad_second_at_the_beginning_at_most_doubles_the_guards() -> None:
    learning = limits()
    learning.learn(seconds(500.0, 500.0, 500.0, 500.0))
    assert learning.values[Measure.PEAK, 2] == 200.0
    learning.learn(seconds(8.0, 2.0, 5.0, 1.0))
    learning.learn(seconds(8.0, 2.0, 5.0, 1.0))
    assert learning.values[Measure.PEAK, 2] == 100.0


def test_a_guard_that_is_off_never_triggers_and_frozen_limits_stay() -> None:
    off = limits(Guards(None, None, None, None, None))
    off.learn(seconds(8.0, 2.0, 5.0, 1.0))
    assert np.isinf(off.values[FIRST_SIZE:]).all()
    frozen = limits()
    frozen.learn(seconds(30.0, 8.0, 20.0, 5.0))
    before = frozen.values.copy()
    frozen.frozen = True
    frozen.learn(seconds(60.0, 16.0, 40.0, 10.0))
    np.testing.assert_array_equal(frozen.values, before)


def test_the_gradient_limit_means_the_same_jump_at_any_rate() -> None:
    jumps_uv = [limits(rate_hz=rate).values[Measure.STEP, 2] / step_rise(rate) for rate in RATES]
    assert jumps_uv == pytest.approx([50.0 / step_rise(250.0)] * len(RATES))


def test_an_untrained_electrode_without_contact_tells_nothing_about_blinks() -> None:
    for uv in (0.0, 500.0):
        learning = limits()
        scale = seconds(8.0, 2.0, 5.0, 1.0)
        scale[:, 0] = uv
        for _ in range(3):
            learning.learn(scale)
        assert np.isinf(learning.values[Measure.SLOW, 0])
        assert learning.least_blink_channels == 1


def test_holds_are_longer_in_bands_that_ring_longer() -> None:
    theta, alpha = hold_hops(4.0, 0.02), hold_hops(8.0, 0.02)
    assert theta.hops[Cause.BLINK] == 40 and alpha.hops[Cause.BLINK] == 30
    assert alpha.hops[Cause.POP] == 100 == round(HOLD_S[Cause.POP] / 0.02)
