"""Blink and jaw tests against a client whose script is known; the countdown against the clock of the samples."""

import math

import numpy as np
import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.dsp.quality import grade_channels
from nfb.engine.fit_tests import BlinkTest, Readiness, is_relaxed, mains_is_low, muscle_uv
from nfb.model.events import QualityReport
from nfb.model.samples import Chunk


def fed(source: SimulatedSource, seconds: float) -> BlinkTest:
    """A blink test that has seen `seconds` of a client."""
    test = BlinkTest(source.info)
    n = 0
    while n < seconds * source.info.sampling_rate_hz:
        for item in source.read(0.1):
            if isinstance(item, Chunk):
                n += item.n_samples
                test.add([item])
    return test


@pytest.mark.parametrize(
    ("channels", "where"), [("muse-2", {"TP9", "TP10"}), ("Fp1,Fp2,C3,C4,O1,O2", {"Fp1", "Fp2"})]
)
def test_three_blinks_are_counted_and_seen_where_they_show(channels: str, where: set[str]) -> None:
    script = "quiet,blink@3,blink@4.5,blink@6"
    test = fed(SimulatedSource({"channels": channels, "scenario": script}, seed=2), 9.0)
    assert test.count == 3
    assert set(test.seen_on) == where


@pytest.mark.parametrize("seed", range(3))
def test_without_blinks_none_are_counted(seed: int) -> None:
    assert fed(SimulatedSource({"channels": "muse-2", "scenario": "quiet"}, seed=seed), 20.0).count == 0


def test_an_electrode_that_pops_is_no_blink() -> None:
    assert fed(SimulatedSource({"scenario": "quiet,pop/C4@3"}, seed=2), 9.0).count == 0


def contacts(scenario: str) -> tuple:
    """Grades of four seconds of a client with a script."""
    source = SimulatedSource({"scenario": scenario}, seed=4)
    parts: list[np.ndarray] = []
    while sum(part.shape[1] for part in parts) < 2000:
        parts += [item.eeg for item in source.read(0.1) if isinstance(item, Chunk)]
    eeg = np.concatenate(parts, axis=1)[:, 1000:2000].astype(float)
    return grade_channels(eeg, 250.0, source.info.channel_names)


def test_a_tense_jaw_and_hum_are_told_apart() -> None:
    used = (2, 4)
    calm, jaw, hum = contacts("quiet"), contacts("quiet,jaw@4:4"), contacts("quiet,mains@4:4")
    assert is_relaxed(muscle_uv(calm, used)) and mains_is_low(calm, used)
    assert not is_relaxed(muscle_uv(jaw, used)) and mains_is_low(jaw, used)
    assert is_relaxed(muscle_uv(hum, used)) and not mains_is_low(hum, used)


def test_before_the_first_look_nothing_is_claimed() -> None:
    assert math.isnan(muscle_uv((), (0,))) and not is_relaxed(muscle_uv((), (0,))) and not mains_is_low((), (0,))


def test_ready_after_five_good_seconds_in_a_row() -> None:
    ready = Readiness((0, 2), 250.0)

    def look(second: int, *grades: str) -> float | None:
        ready.take(QualityReport(0, 250 * second, grades, ("",) * 3, None))
        return ready.left_s

    assert look(4, "weak", "good", "good") is None
    assert [look(second, "good", "off", "good") for second in range(5, 11)] == [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    assert look(11, "good", "good", "off") is None
    assert look(12, "good", "good", "good") == 5.0


def test_samples_that_were_not_looked_at_are_no_window() -> None:
    """The page is left for a while and come back to: what lies between is unknown, not a blink."""
    source = SimulatedSource({"channels": "muse-2", "scenario": "quiet,blink@3"}, seed=2)
    test = fed(source, 1.0)
    unseen = [item for _ in range(60) for item in source.read(0.1)]
    assert unseen
    while isinstance(item := source.read(0.1)[0], Chunk) and item.stop_sample < 10 * source.info.sampling_rate_hz:
        test.add([item])
    assert test.count == 0
