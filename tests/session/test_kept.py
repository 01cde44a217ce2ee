"""What is kept for filters of the person: as little as a pause leaves, and the same filters from it."""

import tracemalloc

import numpy as np
import pytest

from nfb.dsp.spectrum import welch
from nfb.model.commands import Pause
from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.features import plan_features
from nfb.session.kept import KeptSamples
from nfb.session.personal import clean_amplitudes, fit_person
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import RATE_HZ, Lab

HOP, SECOND = 5, 250
AROUND, IDLE, STEP = 4 * SECOND, 60 * SECOND, 2 * SECOND
SECOND_HOPS = SECOND // HOP


def keep(eeg: np.ndarray, clean: np.ndarray, gaps: tuple[int, ...] = (), *, trims: bool) -> KeptSamples:
    """Second by second: `clean` says which seconds count, `gaps` before which of them the filters start anew."""
    kept = KeptSamples(HOP, AROUND)
    for number, counts in enumerate(clean.tolist()):
        if number in gaps:
            kept.gap()
        kept.put(eeg[:, number * SECOND : (number + 1) * SECOND])
        kept.decided([counts] * SECOND_HOPS)
        if trims:
            kept.trim(IDLE, STEP)
    return kept


def seconds(*lengths: int) -> np.ndarray:
    """Clean and idle seconds by turns, clean ones first."""
    return np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)


def test_a_pause_of_any_length_keeps_no_more_than_a_minute_of_samples() -> None:
    second = np.zeros((8, SECOND), dtype=np.float32)
    kept = KeptSamples(HOP, AROUND)
    kept.put(second)
    kept.decided([True] * SECOND_HOPS)
    most = 0
    for _ in range(1000):
        kept.put(second)
        kept.decided([False] * SECOND_HOPS)
        kept.trim(IDLE, STEP)
        most = max(most, kept.n_samples)
    assert most <= SECOND + AROUND + IDLE
    assert kept.n_clean == SECOND_HOPS


@pytest.mark.parametrize("gaps", [(), (90, 250)])
def test_filters_are_the_same_to_the_bit_with_and_without_what_a_pause_left(lab: Lab, gaps: tuple[int, ...]) -> None:
    clean = seconds(20, 75, 15, 130, 20, 61, 5)
    eeg = lab.noise(len(clean), seed=2)
    all_of_it, trimmed = (keep(eeg, clean, gaps, trims=trims) for trims in (False, True))
    assert all_of_it.n_samples == eeg.shape[1]
    assert trimmed.n_samples < 0.5 * eeg.shape[1]
    setup = make_setup(lab.protocol(), lab.device())
    plan = plan_features(setup)
    before, after = (fit_person(setup, plan, [part]) for part in (all_of_it, trimmed))
    assert before is not None and after is not None
    for old, new in zip(before.filters, after.filters, strict=True):
        np.testing.assert_array_equal(old.taps, new.taps)
    filters = plan.design(setup)
    amplitudes = [list(clean_amplitudes(plan, part, filters)) for part in (all_of_it, trimmed)]
    assert amplitudes[0] == amplitudes[1]
    assert sum(begins for begins, _ in amplitudes[1]) == 1 + len(gaps)


@pytest.mark.parametrize("window_s", [2.0, 4.0])
def test_the_clean_windows_of_a_spectrum_stay_the_same(lab: Lab, window_s: float) -> None:
    clean = seconds(31, 93, 17, 64, 22)
    eeg = lab.noise(len(clean), seed=3)
    stretches = keep(eeg, clean, trims=True).stretches()
    part = KeptSamples(HOP, AROUND)
    kept = welch(
        np.concatenate([stretch.eeg for stretch in stretches], axis=1),
        RATE_HZ,
        window_s,
        np.concatenate([part.mask(stretch) for stretch in stretches]),
    )
    whole = welch(eeg, RATE_HZ, window_s, np.repeat(clean, SECOND))
    assert kept.n_windows == whole.n_windows
    np.testing.assert_array_equal(kept.psd_uv2_per_hz, whole.psd_uv2_per_hz)


def test_a_session_keeps_a_minute_of_a_pause_at_the_most(lab: Lab) -> None:
    n_channels = 33
    names = (*(f"E{i}" for i in range(n_channels - 1)), "C3")
    session = Session(make_setup(lab.protocol(), lab.device(channel_names=names)))
    eeg = lab.noise(20, n_channels=n_channels)

    def wait(seconds: int) -> None:
        for _ in range(0, seconds, 20):
            first = session.newest_sample + 1
            session.receive(Chunk(first, as_chunk_samples(eeg), np.full(eeg.shape[1], np.nan)))

    wait(20)
    session.command(Pause())
    tracemalloc.start()
    try:
        wait(240)
        bytes_kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert bytes_kept < 1.2 * 60 * eeg[:, :250].nbytes
