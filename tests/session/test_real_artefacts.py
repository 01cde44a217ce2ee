"""Recorded people: blinks are found and named, clean EEG is left alone, jaws and dead electrodes are told apart."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from nfb.files.importers import open_recording
from nfb.files.recording import Recording
from nfb.model.hop import Cause, HopResult
from nfb.model.protocol import Montage, Stage, StageKind
from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import Lab

N170 = "muse_N170_subject3_data_2018-05-14-19.14.37.csv"
P300_1 = "muse_P300_subject1_data_2017-02-11-14.57.30.csv"
P300_5 = "muse_P300_subject5_data_2018-04-15-20.33.55.csv"
SSVEP = "muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv"
CYTON = "openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
CYTON_NAMES = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")  # the file only says channel 0-7
# Fp1 above 100 µV in eegmmidb S001R01.
EYES_OPEN_BLINKS_S = (9.7, 14.2, 17.3, 24.3, 24.6, 29.8, 37.7, 38.2, 39.3, 40.8, 41.6, 44.0, 49.1, 55.8)


class Held(NamedTuple):
    """What the detectors said of a recording, hop by hop."""

    times_s: np.ndarray  # newest sample of each hop
    causes: np.ndarray
    channels: list[str]

    @property
    def held(self) -> np.ndarray:
        return (self.causes != Cause.NONE) & (self.causes != Cause.SETTLING)

    def share(self, start_s: float = 0.0, stop_s: float = np.inf) -> float:
        here = (self.times_s >= start_s) & (self.times_s < stop_s) & (self.causes != Cause.SETTLING)
        return float(self.held[here].mean())

    def begins_s(self) -> np.ndarray:
        """Times at which holds begin."""
        before = np.concatenate([[False], self.held[:-1]])
        return np.asarray(self.times_s[self.held & ~before])

    def named(self, start_s: float, stop_s: float) -> Counter[tuple[Cause, str]]:
        here = (self.times_s >= start_s) & (self.times_s < stop_s) & self.held
        return Counter((Cause(int(self.causes[i])), self.channels[i]) for i in np.flatnonzero(here))

    def finds(self, time_s: float) -> bool:
        """Whether it is held a quarter of a second after the peak of a blink at the latest."""
        near = (self.times_s >= time_s - 0.25) & (self.times_s <= time_s + 0.25)
        return bool((self.causes[near] != Cause.NONE).any())


def detect(recording: Recording, sites: tuple[str, ...], stop_s: float = np.inf) -> Held:
    """A session on the recording: 20 s of baseline, then training of alpha at `sites`."""
    lab, names = Lab(), recording.device.channel_names
    feature = replace(lab.protocol().features[0], sites=sites)
    stages = (Stage(StageKind.BASELINE, "baseline", 20.0, min_clean_s=5.0), Stage(StageKind.RUN, "run-1", 1e6))
    protocol = lab.protocol(montage=Montage(sites, 1), features=(feature,), stages=stages)
    session = Session(make_setup(protocol, recording.device))
    rate = recording.sampling_rate_hz
    eeg = recording.eeg[:, : int(min(recording.n_samples, stop_s * rate))]
    hops: list[HopResult] = []
    for start in range(0, eeg.shape[1], 500):
        part = as_chunk_samples(eeg[:, start : start + 500])
        hops += session.receive(Chunk(start, part, np.full(part.shape[1], np.nan))).hops
    return Held(
        np.array([(hop.sample + 1) / rate for hop in hops]),
        np.array([hop.cause for hop in hops]),
        [names[hop.channel] if hop.channel >= 0 else "" for hop in hops],
    )


@pytest.fixture(scope="module")
def expected(shared_eeg: Path) -> dict:
    return json.loads((shared_eeg / "expected.json").read_text())  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def cyton(shared_eeg: Path) -> Recording:
    recording = open_recording(shared_eeg / CYTON)
    return replace(recording, device=replace(recording.device, channel_names=CYTON_NAMES))


def blinks_of(expected: dict, name: str) -> list[float]:
    if name == CYTON:
        (key,) = (key for key in expected if key.startswith("openbci v6 blink times"))
        return expected[key]  # type: ignore[no-any-return]
    return expected[f"muse/{name}"]["blink_times_s"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("name", "n_blinks"), [(N170, 19), (P300_5, 38), (SSVEP, 4)])
def test_every_blink_at_a_muse_is_found_behind_the_ears(
    shared_eeg: Path, expected: dict, name: str, n_blinks: int
) -> None:
    held = detect(open_recording(shared_eeg / "muse" / name), ("TP9", "TP10"))
    blinks = blinks_of(expected, name)
    assert len(blinks) == n_blinks
    assert [time for time in blinks if not held.finds(time)] == []
    # And nearly all go by their name; none is a pop of both electrodes.
    settled = [time for time in blinks if time > 5]
    most = [held.named(time - 0.1, time + 0.4).most_common(1)[0][0][0] for time in settled]
    assert most.count(Cause.BLINK) >= 0.88 * len(settled)
    pops = held.causes[held.causes != Cause.SETTLING] == Cause.POP
    assert pops.mean() < 0.03


def test_blinks_of_a_client_with_large_eeg_are_found_at_the_forehead(shared_eeg: Path) -> None:
    held = detect(open_recording(shared_eeg / "edf/eegmmidb_S001R01.edf"), ("O1", "O2", "Pz"), 60.0)
    # At 29.8 s nothing stands out of this person's background, which reaches 130 µV everywhere.
    assert [time for time in EYES_OPEN_BLINKS_S if not held.finds(time)] in ([], [29.8])
    away = np.all([np.abs(held.times_s - time) > 1.6 for time in EYES_OPEN_BLINKS_S], axis=0)
    assert held.held[away & (held.times_s > 4)].mean() < 0.05


def test_negative_going_blinks_are_found(cyton: Recording, expected: dict) -> None:
    """Of 28 in the list one is an artefact of Fp2 alone; the one at 78.5 s is no larger than the background."""
    blinks = blinks_of(expected, CYTON)
    trained = detect(cyton, ("Fp1", "Fp2"))
    assert sum(trained.finds(time) for time in blinks) >= 0.95 * len(blinks)
    elsewhere = detect(cyton, ("C3", "C4"))
    missed = [time for time in blinks if not elsewhere.finds(time)]
    assert set(missed) <= {24.87, 78.5}


@pytest.mark.parametrize(
    ("name", "sites", "span_s"),
    [
        ("edf/eegmat_Subject03_1.edf", ("O1", "O2", "Pz"), 180.0),
        ("edf/eegmat_Subject03_1.edf", ("C3", "C4"), 180.0),
        ("edf/eegmat_Subject03_1.edf", ("F3", "F4"), 180.0),
        ("edf/eegmat_Subject03_2.edf", ("O1", "O2", "Pz"), 60.0),
        ("edf/eegmat_Subject03_2.edf", ("F3", "F4"), 60.0),
        (f"muse/{P300_1}", ("TP9", "TP10"), 120.0),
    ],
)
def test_clean_eeg_is_held_less_than_once_a_minute(
    shared_eeg: Path, name: str, sites: tuple[str, ...], span_s: float
) -> None:
    """The last two seconds of the eegmat files hold no EEG."""
    held = detect(open_recording(shared_eeg / name), sites, span_s)
    assert len(held.begins_s()) <= span_s / 60
    assert held.share() < 0.02


@pytest.mark.parametrize("sites", [("O1", "O2", "Pz"), ("C3", "C4")])
def test_large_alpha_with_closed_eyes_is_neither_blink_nor_movement(shared_eeg: Path, sites: tuple[str, ...]) -> None:
    held = detect(open_recording(shared_eeg / "derived/eegmmidb_S001R02_first60s.edf"), sites)
    assert held.share() < 0.05
    slow = np.isin(held.causes, (Cause.BLINK, Cause.AMPLITUDE, Cause.POP))
    assert slow.mean() < 0.025


def test_closed_eyes_at_a_cyton_are_left_alone(cyton: Recording) -> None:
    for sites in (("O1", "O2"), ("C3", "C4"), ("P7", "P8")):
        assert detect(cyton, sites).share(20, 75) < 0.01


@pytest.mark.parametrize(
    ("start_s", "stop_s", "side"),
    [(8.2, 9.6, "left"), (9.8, 11.4, "right"), (11.6, 12.6, "left"), (13.0, 14.4, "right"), (82.0, 85.4, "both")],
)
def test_a_clenched_jaw_is_muscle_on_its_side(cyton: Recording, start_s: float, stop_s: float, side: str) -> None:
    held = detect(cyton, ("C3", "C4", "P7", "P8"))
    # Where the channels' own times were inferred from the signal, clenching begins up to 0.4 s later.
    assert held.share(start_s + 0.4, stop_s) > 0.95
    named = held.named(start_s, stop_s)
    by_cause: Counter[Cause] = Counter()
    by_side: Counter[str] = Counter()
    for (cause, channel), n in named.items():
        by_cause[cause] += n
        if cause is Cause.MUSCLE:
            by_side["left" if channel in ("C3", "P7") else "right"] += n
    assert by_cause.most_common(1)[0][0] is Cause.MUSCLE
    if side != "both":
        assert by_side.most_common(1)[0][0] == side


def test_gross_movement_is_held_throughout(cyton: Recording) -> None:
    assert detect(cyton, ("C3", "C4")).share(86.3, 88.8) > 0.95


def test_the_dead_electrode_is_named_and_no_other(shared_eeg: Path) -> None:
    recording = open_recording(shared_eeg / "muse" / P300_5)
    held = detect(recording, ("AF7", "AF8"))
    named = held.named(0.0, np.inf)
    assert {channel for cause, channel in named} == {"AF7"}
    assert sum(n for (cause, _), n in named.items() if cause in (Cause.CONTACT, Cause.RAIL)) > 0.95 * named.total()
    assert detect(recording, ("AF8",)).named(0.0, 24.0).total() < 0.05 * 24 / 0.02
