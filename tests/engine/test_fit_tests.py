"""Blink and jaw tests against a client whose script is known; the countdown against the clock of the samples."""

import dataclasses
import math
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import numpy as np
import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.dsp.quality import grade_channels
from nfb.engine.fit_tests import BlinkTest, Readiness, Swap, is_relaxed, mains_is_low, muscle_uv
from nfb.files.importers import open_recording
from nfb.files.recording import Recording
from nfb.model.device import DeviceInfo
from nfb.model.events import QualityReport
from nfb.model.samples import Chunk, as_chunk_samples


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


# Ground-truth check 26, what four seconds of rest cannot tell: electrodes that are swapped with one another.
MUSE = ("TP9", "AF7", "AF8", "TP10")
EIGHT = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")
OPEN_EYES, FISTS = "edf/eegmmidb_S001R01.edf", "edf/eegmmidb_S001R03.edf"
CLOSED_EYES = "derived/eegmmidb_S001R02_first60s.edf"
CYTON = "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
BLINKS_ON_MUSE = "muse/muse_N170_subject3_data_2018-05-14-19.14.37.csv"
LOOSE_ON_MUSE = "muse/muse_P300_subject5_data_2018-04-15-20.33.55.csv"
FLICKER_ON_MUSE = "muse/muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv"
CLEAN_ON_MUSE = "muse/muse_P300_subject1_data_2017-02-11-14.57.30.csv"


# As listed beside the recordings.
BLINKS_S = {
    OPEN_EYES: (9.7, 14.2, 17.3, 24.3, 24.6, 29.8, 37.7, 38.2, 39.3, 40.8, 41.6, 44.0, 49.1, 55.8),
    FLICKER_ON_MUSE: (16.9, 56.7, 78.0, 103.2),
    BLINKS_ON_MUSE: (
        1.1, 9.6, 14.8, 21.2, 23.7, 32.0, 34.6, 40.7, 45.2, 50.3, 58.0, 65.9, 86.8, 93.4, 94.7, 98.4, 102.3, 113.3,
        119.3,
    ),
}  # fmt: skip


def fed_with(
    recording: Recording, names: tuple[str, ...], plugs: dict[str, str]
) -> Iterator[tuple[float, BlinkTest]]:
    """A blink test after each tenth of a second of a recording's channels, some with the `plugs` of others."""
    device = recording.device
    rows = [device.channel_names.index(plugs.get(name, name)) for name in names]
    test = BlinkTest(DeviceInfo("lab", names, device.sampling_rate_hz, reference=device.reference))
    n = round(device.sampling_rate_hz / 10)
    for start in range(0, recording.eeg.shape[1] - n, n):
        samples = as_chunk_samples(recording.eeg[rows, start : start + n])
        test.add([Chunk(start, samples, np.full(n, np.nan))])
        yield (start + n) / device.sampling_rate_hz, test


def said_of(recording: Recording, names: tuple[str, ...], swaps: dict[str, str], seconds: float) -> set[Swap]:
    """What is said, at any time, of a recording's channels `names` that have been swapped in pairs."""
    plugs = swaps | {to: site for site, to in swaps.items()}
    tests = takewhile(lambda each: each[0] < seconds, fed_with(recording, names, plugs))
    return {test.swap for _, test in tests if test.swap is not None}


@pytest.mark.parametrize(
    ("file", "names", "most_missed", "most_false"),
    [
        (OPEN_EYES, EIGHT, 2, 2),
        (CLOSED_EYES, EIGHT, 0, 3),
        (CLEAN_ON_MUSE, MUSE, 0, 1),
        (FLICKER_ON_MUSE, MUSE, 0, 1),
        (BLINKS_ON_MUSE, ("TP9", "TP10"), 1, 6),  # the list has blinks from 60 µV on, and the test counts from 50
    ],
)
def test_26_blinks_are_counted_alpha_is_not_and_nothing_is_said_of_a_swap(
    shared_eeg: Path, file: str, names: tuple[str, ...], most_missed: int, most_false: int
) -> None:
    blinks_s = BLINKS_S.get(file, ())
    counted_s, count = [], 0
    for time_s, test in fed_with(open_recording(shared_eeg / file), names, {}):
        assert test.swap is None
        if test.count > count:
            counted_s.append(time_s)
            count = test.count
    missed = [blink for blink in blinks_s if not any(0 <= counted - blink < 1.2 for counted in counted_s)]
    assert len(missed) <= most_missed
    assert len(counted_s) - (len(blinks_s) - len(missed)) <= most_false


@pytest.mark.parametrize(
    ("file", "names", "swaps"),
    [
        (OPEN_EYES, EIGHT, {"O1": "Fp1"}),
        (OPEN_EYES, EIGHT, {"C4": "Fp2"}),
        (OPEN_EYES, EIGHT, {"O1": "Fp1", "O2": "Fp2"}),
        (FISTS, EIGHT, {"C3": "Fp2"}),
        (BLINKS_ON_MUSE, MUSE, {"AF8": "TP9"}),
        (BLINKS_ON_MUSE, MUSE, {"AF7": "TP9", "AF8": "TP10"}),
        (LOOSE_ON_MUSE, MUSE, {"AF8": "TP10"}),
    ],
)
def test_26_blinks_tell_which_electrodes_are_swapped(
    shared_eeg: Path, file: str, names: tuple[str, ...], swaps: dict[str, str]
) -> None:
    said = said_of(open_recording(shared_eeg / file), names, swaps, 60.0)
    assert said == {Swap(tuple(swaps), tuple(swaps.values()))}


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (OPEN_EYES, ()), (FISTS, EIGHT), ("edf/eegmat_Subject03_1.edf", ()), ("edf/eegmat_Subject03_2.edf", ()),
        (CYTON, ()), (BLINKS_ON_MUSE, ()), (LOOSE_ON_MUSE, ()),
    ],
)  # fmt: skip
def test_26_nothing_is_said_of_recordings_as_they_are(shared_eeg: Path, file: str, names: tuple[str, ...]) -> None:
    recording = open_recording(shared_eeg / file)
    assert said_of(recording, names or recording.device.channel_names, {}, 120.0) == set()


def swapped(source: SimulatedSource, one: str, other: str, until_s: float) -> tuple[Swap | None, Swap | None]:
    """What is said at `until_s` of a client with two electrodes swapped, and 4 s after they were put right."""
    names = list(source.info.channel_names)
    order = np.arange(len(names))
    order[[names.index(one), names.index(other)]] = names.index(other), names.index(one)
    test, n, said = BlinkTest(source.info), 0, None
    while n < (until_s + 4.0) * source.info.sampling_rate_hz:
        for item in source.read(0.1):
            if isinstance(item, Chunk):
                n += item.n_samples
                if n <= until_s * source.info.sampling_rate_hz:
                    item = dataclasses.replace(item, eeg=as_chunk_samples(item.eeg[order]))
                test.add([item])
                said = test.swap if n <= until_s * source.info.sampling_rate_hz else said
    return said, test.swap


@pytest.mark.parametrize(
    ("channels", "shown", "missing"),
    [("muse-2", "AF7", "TP9"), ("Fp1,Fp2,C3,C4,O1,O2", "O2", "Fp2"), ("Fp1,Fp2,C3,C4,O1,O2", "C3", "Fp1")],
)
def test_26_a_swap_is_told_four_seconds_after_the_first_blink_and_no_longer_when_it_is_mended(
    channels: str, shown: str, missing: str
) -> None:
    script = "quiet,blink@4,blink@5.2,blink@6.4,blink@9,blink@10.5"
    source = SimulatedSource({"channels": channels, "scenario": script}, seed=2)
    assert swapped(source, shown, missing, 8.0) == (Swap((shown,), (missing,)), None)


def test_26_one_channel_at_the_eyes_tells_nothing() -> None:
    """A loose electrode elsewhere would look the same."""
    source = SimulatedSource({"channels": "Fp1,C3,O1", "scenario": "quiet,blink@4,blink@5.2,blink@6.4"}, seed=2)
    assert swapped(source, "O1", "Fp1", 8.0)[0] is None
