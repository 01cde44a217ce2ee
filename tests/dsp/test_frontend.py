"""Band amplitudes and artefact measures of a hop against closed forms, in bulk and one by one."""

import numpy as np
import pytest

from nfb.dsp.artefacts import Measure
from nfb.dsp.estimators import design_band_filter
from nfb.dsp.frontend import FrontEnd
from nfb.dsp.hop_batch import HopBatch

RATE_HZ = 250.0
N_HOP = 5
FILTERS = tuple(design_band_filter(band, RATE_HZ, 0.15) for band in ((8.0, 12.0), (15.0, 20.0)))


def front_end(n_channels: int = 2, derivation: np.ndarray | None = None) -> FrontEnd:
    return FrontEnd(FILTERS, np.eye(n_channels) if derivation is None else derivation, RATE_HZ, N_HOP, 50)


def run(front: FrontEnd, eeg: np.ndarray, n_hops: int, acceleration: np.ndarray | None = None) -> list[HopBatch]:
    """Batches of `n_hops` hops each."""
    batches = []
    step = n_hops * N_HOP
    for start in range(0, eeg.shape[1] - step + 1, step):
        part = slice(start, start + step)
        front.put(eeg[:, part].astype(np.float32), None if acceleration is None else acceleration[:, part])
        batches.append(front.take(n_hops))
    return batches


def last(batches: list[HopBatch], measure: Measure) -> np.ndarray:
    return batches[-1].measures()[measure, -1]


def tone(hz: float, amplitude_uv: float, seconds: float = 4.0) -> np.ndarray:
    return amplitude_uv * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def test_a_tone_reads_its_amplitude_in_its_band_on_an_offset_of_20_mv() -> None:
    eeg = np.stack([20_000 + tone(10, 12.0), -20_000 + tone(17.5, 7.0)])
    amplitude = run(front_end(), eeg, 50)[-1].amplitude_uv[-1]
    # A calibrated filter reads 0.87 to 1.09 of a tone's amplitude across its band (ground-truth check 2).
    assert amplitude[0, 0] == pytest.approx(12.0, rel=0.09)
    assert amplitude[1, 1] == pytest.approx(7.0, rel=0.09)
    assert amplitude[0, 1] < 1.0 and amplitude[1, 0] < 1.0


def test_a_derivation_is_made_of_signals_not_of_amplitudes() -> None:
    eeg = np.stack([tone(10, 12.0), tone(10, 9.0)])
    front = front_end(derivation=np.array([[1.0, -1.0], [1.0, 1.0]]))
    amplitude = run(front, eeg, 50)[-1].amplitude_uv[-1, :, 0]
    assert amplitude == pytest.approx([3.0, 21.0], rel=0.05)


def test_one_hop_at_a_time_gives_the_same_bits_as_fifty() -> None:
    rng = np.random.default_rng(0)
    eeg = 20 * rng.standard_normal((3, 2000))
    eeg[1, 700:760] = 5.0
    eeg[2, 901] = np.nan
    acceleration = rng.standard_normal((3, 2000)).astype(np.float32)
    bulk, single = run(front_end(3), eeg, 50, acceleration), run(front_end(3), eeg, 1, acceleration)
    for name in ("amplitude_uv", "wide_uv", "step_uv", "slow_uv", "muscle_uv", "motion_g"):
        together = [np.concatenate([getattr(batch, name) for batch in batches]) for batches in (bulk, single)]
        np.testing.assert_array_equal(*together, err_msg=name)
    measures = [np.concatenate([batch.measures() for batch in batches], axis=1) for batches in (bulk, single)]
    np.testing.assert_array_equal(*measures)


def test_peak_and_step_of_a_tone_are_those_of_a_sine() -> None:
    batches = run(front_end(1), tone(10, 30.0)[None], 50)
    peaks = batches[-1].measures()[Measure.PEAK, :, 0]
    steps = batches[-1].measures()[Measure.STEP, :, 0]
    assert peaks.max() == pytest.approx(30.0, rel=0.02)
    assert steps.max() == pytest.approx(30.0 * 2 * np.sin(np.pi * 10 / RATE_HZ), rel=0.02)


def test_muscle_reads_the_amplitude_of_its_band() -> None:
    assert last(run(front_end(1), tone(37.5, 14.0)[None], 50), Measure.MUSCLE) == pytest.approx(14.0, rel=0.02)


def test_tension_is_the_sum_of_the_amplitudes_of_three_bands() -> None:
    tones = tone(37.5, 3.0) + tone(70.0, 4.0) + tone(80.0, 5.0) + tone(10.0, 40.0)
    assert last(run(front_end(1), tones[None], 50), Measure.TENSION) == pytest.approx(12.0, rel=0.15)


def test_what_is_not_finite_is_marked_in_its_hop_and_bridged() -> None:
    eeg = np.stack([tone(10, 10.0), tone(10, 10.0)])
    eeg[1, 502:504] = np.nan, np.inf
    batches = run(front_end(), eeg, 1)
    marked = [(i, batch.measures()[Measure.NOT_FINITE, 0].tolist()) for i, batch in enumerate(batches)]
    assert [entry for entry in marked if any(entry[1])] == [(100, [0.0, 1.0])]
    assert all(np.isfinite(batch.measures()).all() and np.isfinite(batch.amplitude_uv).all() for batch in batches)


def test_flat_is_a_second_within_a_microvolt_or_a_fifth_of_a_second_constant() -> None:
    rng = np.random.default_rng(0)
    eeg = 10 * rng.standard_normal((3, 1000))
    eeg[0, 500:] = 3.0
    eeg[1, 500:] = 0.45 * np.sign(rng.standard_normal(500))
    eeg[2, 500:] = 0.6 * np.sign(rng.standard_normal(500))
    flat = np.array([batch.measures()[Measure.FLAT, 0] for batch in run(front_end(3), eeg, 1)])
    first = [int(column.argmax()) * N_HOP if column.any() else None for column in flat.T]
    assert first == [500 + 50 - N_HOP, 500 + 250 - N_HOP, None]


@pytest.mark.parametrize("n_hops", [1, 50])
def test_the_rail_is_looked_for_in_the_raw_signal_of_every_hop(n_hops: int) -> None:
    eeg = np.full((2, 1000), 150_000.0)
    eeg[1, 502], eeg[0, 504], eeg[1, 505] = 180_000.0, -180_000.0, -170_000.0
    front = FrontEnd(FILTERS, np.eye(2), RATE_HZ, N_HOP, 50, rail_uv=175_000.0)
    railed = np.concatenate([batch.measures()[Measure.RAIL] for batch in run(front, eeg, n_hops)])
    assert np.argwhere(railed).tolist() == [[100, 0], [100, 1]]


def test_the_rail_is_found_in_a_hop_that_came_in_pieces() -> None:
    eeg = np.zeros((1, 1000), dtype=np.float32)
    eeg[0, 501] = 200_000.0
    front = FrontEnd(FILTERS, np.eye(1), RATE_HZ, N_HOP, 50, rail_uv=175_000.0)
    railed = []
    for start in range(0, 1000, 2):
        front.put(eeg[:, start : start + 2])
        while front.buffer.n_due:
            railed.append(front.take(1).measures()[Measure.RAIL, 0, 0])
    assert np.flatnonzero(railed).tolist() == [100]


def test_motion_is_the_root_mean_square_of_a_swing_without_gravity() -> None:
    t = np.arange(1000) / RATE_HZ
    acceleration = np.zeros((3, 1000), dtype=np.float32)
    acceleration[2] = 1.0
    acceleration[0] = 0.3 * np.sin(2 * np.pi * 4 * t)
    acceleration[1] = 0.4 * np.sin(2 * np.pi * 4 * t)
    motion = run(front_end(1), np.zeros((1, 1000)), 50, acceleration)[-1].motion_g
    assert motion is not None
    assert motion[-1] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    still = np.repeat([[0.0], [0.6], [0.8]], 1000, axis=1).astype(np.float32)
    still[1, 900] = np.nan
    motion = run(front_end(1), np.zeros((1, 1000)), 50, still)[-1].motion_g
    assert motion is not None and motion[-1] < 1e-6


def test_memory_that_is_used_again_holds_nothing_of_the_hop_before() -> None:
    rng = np.random.default_rng(0)
    front = front_end(1)
    room = front.room(1)
    shaken, silent = 3.0 * rng.standard_normal((3, 500)).astype(np.float32), np.zeros((1, N_HOP), dtype=np.float32)
    for start in range(0, 500, N_HOP):
        front.put(silent, shaken[:, start : start + N_HOP])
        front.take(1, room)
    assert room.motion_g is not None and room.motion_g[0] > 1.0 and room.broken is not None
    front.reset()
    front.put(rng.standard_normal((1, N_HOP)).astype(np.float32))
    front.take(1, room)
    assert room.motion_g is None and room.broken is None


def test_after_a_reset_the_past_has_no_part_in_anything() -> None:
    rng = np.random.default_rng(0)
    past, new = 1e4 * rng.standard_normal((2, 1000)), 10 * rng.standard_normal((2, 1000))
    reset = front_end()
    run(reset, past, 50)
    reset.reset()
    again, fresh = run(reset, new, 50), run(front_end(), new, 50)
    for mine, other in zip(again, fresh, strict=True):
        np.testing.assert_array_equal(mine.amplitude_uv, other.amplitude_uv)
        np.testing.assert_array_equal(mine.measures(), other.measures())
