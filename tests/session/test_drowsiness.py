"""Falling asleep is noticed within half a minute, being awake is never mistaken for it (ground-truth check 28)."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, hilbert, sosfiltfilt

from nfb.devices.simulated import SimulatedSource
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.hop import Cause, HopResult
from nfb.model.protocol import Eyes, Stage, StageKind
from nfb.model.samples import Chunk
from nfb.session.drowsiness import Drowsiness, SecondAmplitudes
from nfb.session.features import DELTA_HZ
from nfb.session.session import Session
from nfb.session.setup import make_setup

BASELINE_S = 60


def seconds(eeg: np.ndarray, rate_hz: float) -> list[SecondAmplitudes]:
    """Mean amplitudes of each second, by scipy's zero-phase filters."""
    columns = []
    for band_hz in (DELTA_HZ, (8.0, 12.0), (30.0, 45.0)):
        sos = butter(2, band_hz, "bandpass", fs=rate_hz, output="sos")
        envelope = np.abs(hilbert(sosfiltfilt(sos, eeg.astype(float))))
        n = len(envelope) // int(rate_hz)
        columns.append(envelope[: n * int(rate_hz)].reshape(n, -1).mean(axis=1))
    return [SecondAmplitudes(*row) for row in np.array(columns).T.tolist()]


def drowsy_seconds(amplitudes: list[SecondAmplitudes]) -> list[int]:
    drowsiness = Drowsiness()
    for second in amplitudes[:BASELINE_S]:
        drowsiness.learn(second)
    drowsiness.close()
    return [BASELINE_S + i for i, second in enumerate(amplitudes[BASELINE_S:]) if drowsiness.step(second)]


def simulated_pz(scenario: str, seed: int, length_s: int) -> tuple[np.ndarray, float]:
    source = SimulatedSource({"scenario": scenario, "eyes": "closed", "channels": "Pz", "chunk": "250"}, seed=seed)
    parts: list[np.ndarray] = []
    while len(parts) < length_s:
        parts += [item.eeg[0] for item in source.read(1.0) if isinstance(item, Chunk)]
    return np.concatenate(parts), source.info.sampling_rate_hz


@pytest.mark.parametrize("seed", range(4))
def test_a_client_who_falls_asleep_is_noticed_and_let_off_when_awake_again(seed: int) -> None:
    # Asleep for 60 s from 70 s on; drowsiness rises over the first 12 s.
    found = drowsy_seconds(seconds(*simulated_pz("quiet,drowsy@70:60", seed, 170)))
    assert 75 <= found[0] <= 70 + 30
    assert found == list(range(found[0], found[-1] + 1))
    assert 130 - 15 <= found[-1] <= 130 + 15


@pytest.mark.parametrize("seed", range(4))
def test_a_client_who_is_awake_is_never_called_drowsy(seed: int) -> None:
    assert drowsy_seconds(seconds(*simulated_pz("quiet", seed, 240))) == []


def test_recorded_people_at_rest_are_not_called_drowsy(shared_eeg: object) -> None:
    edfio = pytest.importorskip("edfio")
    signals = edfio.read_edf(f"{shared_eeg}/edf/eegmat_Subject03_1.edf").signals
    (pz,) = (signal for signal in signals if "Pz" in signal.label)
    assert drowsy_seconds(seconds(pz.data[: 180 * 500], 500.0)) == []


def test_alpha_and_tension_must_both_have_faded_for_half_a_minute() -> None:
    rng = np.random.default_rng(1)
    awake = [SecondAmplitudes(*row) for row in (rng.uniform(0.9, 1.1, (60, 3)) * (10.0, 20.0, 2.0)).tolist()]
    faded = [SecondAmplitudes(10.0, 5.0, 1.0)]
    assert drowsy_seconds(awake + awake[:40] + faded * 40)[0] in range(100 + 14, 100 + 17)
    assert drowsy_seconds(awake + awake[:40] + [SecondAmplitudes(10.0, 5.0, 2.0)] * 40) == []
    assert drowsy_seconds(awake + awake[:40] + [SecondAmplitudes(10.0, 20.0, 1.0)] * 40) == []


def test_without_a_baseline_nobody_is_called_drowsy() -> None:
    drowsiness = Drowsiness()
    drowsiness.close()
    assert not any(drowsiness.step(SecondAmplitudes(1000.0, 0.0, 0.0)) for _ in range(100))


def test_a_session_with_closed_eyes_holds_the_reward_while_the_client_sleeps() -> None:
    protocol = load_protocol(find_protocol("alpha-theta"))
    assert protocol.guards.drowsiness
    parameters = {"scenario": "quiet,drowsy@120:60", "eyes": "closed", "channels": "Pz,O1,O2", "chunk": "250"}
    source = SimulatedSource(parameters, seed=2)
    session = Session(make_setup(protocol, source.info, baseline_s=60.0))
    hops: list[HopResult] = []
    while not hops or hops[-1].sample < 230 * 250:
        for item in source.read(1.0):
            if isinstance(item, Chunk):
                hops += session.receive(item).hops
    asleep = np.array([hop.sample / 250 for hop in hops if hop.cause is Cause.DROWSY])
    assert 125 <= asleep[0] <= 150
    assert 165 <= asleep[-1] <= 200
    assert not any(hop.reward for hop in hops if hop.cause is Cause.DROWSY)
    assert {hop.feedback for hop in hops if hop.cause is Cause.DROWSY} == {0.5}


def test_a_protocol_with_open_eyes_does_not_watch_for_sleep() -> None:
    protocol = load_protocol(find_protocol("smr-central"))
    source = SimulatedSource({"scenario": "quiet,drowsy@60:60", "channels": "C3,C4", "chunk": "250"}, seed=2)
    session = Session(make_setup(protocol, source.info, baseline_s=30.0))
    causes = set()
    for _ in range(120):
        for item in source.read(1.0):
            if isinstance(item, Chunk):
                causes |= {hop.cause for hop in session.receive(item).hops}
    assert Cause.DROWSY not in causes


def test_of_two_parts_only_the_one_with_closed_eyes_is_watched_for_sleep() -> None:
    def part(baseline: str, run: str, eyes: Eyes) -> tuple[Stage, Stage]:
        return (
            Stage(StageKind.BASELINE, baseline, 60.0, eyes, min_clean_s=30.0),
            Stage(StageKind.RUN, run, 120.0, eyes),
        )

    stages = (*part("baseline", "run-1", Eyes.OPEN), *part("baseline-2", "run-2", Eyes.CLOSED))
    protocol = replace(load_protocol(find_protocol("alpha-theta")), stages=stages)
    # Asleep for a minute in each of the two runs.
    parameters = {"scenario": "quiet,drowsy@90:60,drowsy@280:60", "eyes": "closed", "channels": "Pz", "chunk": "250"}
    source = SimulatedSource(parameters, seed=2)
    session = Session(make_setup(protocol, source.info))
    drowsy: list[HopResult] = []
    while session.stage < 3 or session.newest_sample < 350 * 250:
        for item in source.read(1.0):
            if isinstance(item, Chunk):
                drowsy += [hop for hop in session.receive(item).hops if hop.cause is Cause.DROWSY]
    assert {stages[hop.stage].label for hop in drowsy} == {"run-2"}
    assert 285 <= drowsy[0].sample / 250 <= 310
