"""The delay: declared parts that add up, measured parts that are noted, and what is written of both."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.devices.step_source import Decision, Step
from nfb.engine.delay import Budget, LoopDelay, budget, level
from nfb.engine.engine import Engine
from nfb.engine.latency import Observed, answers, bench, figures
from nfb.engine.live import Live
from nfb.engine.loopback import LIT_S, Tap, round_trips_s
from nfb.files.protocol_file import load_protocol
from nfb.files.recorder import Recorder
from nfb.files.recording import open_own_recording
from nfb.files.shelf import find_protocol
from nfb.model.device import DeviceInfo
from nfb.model.errors import SetupError
from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.session import Session
from nfb.session.setup import Setup, make_setup


def muse_like() -> Setup:
    """12 samples a burst at 256 Hz, hops of 5 samples, 40 ms of transport."""
    device = DeviceInfo("muse", ("TP9", "AF7", "AF8", "TP10"), 256.0, burst_samples=12, transport_delay_s=0.04)
    return make_setup(load_protocol(find_protocol("muse-alpha")), device)


def test_the_budget_is_the_sum_of_what_each_step_declares() -> None:
    declared = budget(muse_like(), 0.15)
    # A sample waits for the last of its burst, then for the last of its hop: half of the way on average.
    assert declared == Budget(0.04, 5.5 / 256, 2.0 / 256, 0.15)
    assert math.isclose(declared.total_s, 0.04 + 0.021484375 + 0.0078125 + 0.15)


def test_the_loop_delay_adds_what_is_measured_to_what_is_declared() -> None:
    delay = LoopDelay(muse_like(), 0.15)
    assert math.isnan(delay.percentile_ms(50))
    for i in range(100):
        delay.decided(10.0 + i, 10.001 + i)
        delay.shown(10.001 + i, 10.013 + i)
        delay.heard(10.001 + i, 10.008 + i)
    declared_ms = 219.296875
    assert math.isclose(delay.percentile_ms(50), declared_ms + 1 + 12, abs_tol=1e-6)
    record = delay.to_record()
    parts = [record[name] for name in ("transport_ms", "burst_ms", "hop_ms", "algorithm_ms")]
    assert math.isclose(sum(parts), declared_ms, abs_tol=0.01)
    assert record["fixed_ms"] == pytest.approx(declared_ms, abs=0.001)
    assert record["audio_ms_median"] == pytest.approx(7.0)
    assert record["loop_ms_p95"] == pytest.approx(declared_ms + 13)


def test_what_was_not_measured_is_left_open() -> None:
    record = LoopDelay(muse_like(), 0.15).to_record()
    assert record["decision_ms_p95"] is record["audio_ms_p95"] is record["loop_ms_median"] is None


@pytest.mark.parametrize(
    ("delay_ms", "expected"),
    [(0.0, "good"), (350.0, "good"), (350.1, "amber"), (500.0, "amber"), (500.1, "red"), (math.nan, "unknown")],
)
def test_levels(delay_ms: float, expected: str) -> None:
    assert level(delay_ms) == expected


def test_a_session_shows_its_delay_and_writes_it_into_the_recording(tmp_path: object) -> None:
    source = SimulatedSource({"scenario": "quiet"}, seed=2)
    protocol = load_protocol(find_protocol("smr-central"))
    setup = make_setup(protocol, source.info, time_limit_s=3.0)
    engine = Engine(source, lambda _: setup, lambda s: Recorder(tmp_path, "A031", s), speed=1.0)
    engine.start()
    seen: list[Live] = []
    while not engine.join(0.005):
        live = engine.live
        if live is not None and (not seen or live.hop.hop != seen[-1].hop.hop):
            seen.append(live)
            engine.note_shown(live.hop.hop, time.monotonic())
            engine.note_heard(live.hop.hop, time.monotonic())
    assert seen[-1].loop_delay_ms >= 1000 * Session(setup).reward_delay_s
    assert seen[-1].loop_delay_p95_ms >= seen[-1].loop_delay_ms
    recorded = open_own_recording(engine.folder).session
    content = recorded.content
    delay = content["summary"]["delay"]
    declared = delay["transport_ms"] + delay["burst_ms"] + delay["hop_ms"] + delay["algorithm_ms"]
    assert delay["fixed_ms"] == pytest.approx(declared, abs=0.01)
    for part in ("decision", "presentation", "audio", "loop"):
        assert 0 <= delay[f"{part}_ms_median"] <= delay[f"{part}_ms_p95"]
    # Every update has four times: its sample's, arrival, decision and presentation.
    table, presented = recorded.feedback.columns, np.fromfile(recorded.layout.presented, "<f8").reshape(-1, 3)
    decided_s, arrived_s = table["decided_s"], table["arrived_s"]
    hops = {live.hop.hop for live in seen}
    # The last may be shown after the recording was finished.
    assert hops - {max(hops)} <= {int(hop) for hop, _, _ in presented} <= hops
    for hop, shown_s, heard_s in presented:
        assert math.isnan(shown_s) != math.isnan(heard_s)
        assert table["sample"][int(hop)] == seen[0].hop.sample + (int(hop) - seen[0].hop.hop) * setup.hop_samples
        assert arrived_s[int(hop)] <= decided_s[int(hop)] <= np.nanmax((shown_s, heard_s)) < decided_s[int(hop)] + 5
    assert content["summary"]["loop_delay_ms"] == pytest.approx(delay["loop_ms_median"], abs=0.01)


# ---------------------------------------------------------------------------------------------------- the self-test


@pytest.mark.parametrize("protocol", ["hbeta-down", "alpha-p4", "smr-central"])
def test_the_declared_delay_of_the_algorithm_is_the_one_that_a_step_takes(protocol: str) -> None:
    """Half of the feedback's way, against the declared delay: the envelope's centre of gravity."""
    tested = bench(load_protocol(find_protocol(protocol)), every_s=1.2)
    rate = tested.source.info.sampling_rate_hz
    # The same samples without the clock.
    session = Session(tested.engine._make_setup(tested.source.info))
    n = round(14 * rate)
    tested.source._began_s = -1e9
    feedback, samples = [], []
    while tested.source._n < n:
        (chunk,) = tested.source.read(0.0)
        for hop in session.receive(chunk).hops:
            feedback.append(hop.feedback)
            samples.append(hop.sample)
    delays = []
    for step in tested.source.steps[4:-1]:
        at = np.array(samples)
        before, after = at < step.sample, (at >= step.sample) & (at < step.sample + 1.1 * rate)
        low = np.mean(np.array(feedback)[before][-10:])
        part = np.array(feedback)[after]
        high = np.mean(part[-10:])
        half = np.argmax(np.abs(part - low) >= abs(high - low) / 2)
        delays.append((at[after][half] - step.sample) / rate)
    assert np.median(delays) == pytest.approx(tested.budget.algorithm_s, abs=0.03)


def scripted() -> tuple[list[Step], list[Decision], list[Observed], list[Observed]]:
    """Steps a second apart; decided 60 ms after the step's arrival, painted 12 ms and sounded 8 ms after that."""
    steps = [Step(1000 + 250 * i, 10.0 + i) for i in range(6)]
    decisions, frames, audio = [], [], []
    for hop in range(500):
        arrived_s = 9.0 + 0.02 * hop
        state = math.floor(round(arrived_s - 0.059 - 10.0, 6)) % 2
        decisions.append(Decision(hop, 1000 + 5 * hop, 0.4 + 0.2 * state, arrived_s, arrived_s + 0.001))
    for i in range(700):
        at_s = 9.073 + 0.016 * i
        newest = max((d for d in decisions if d.decided_s <= at_s - 0.011), key=lambda d: d.hop, default=decisions[0])
        frames.append(Observed(at_s, 100 * newest.feedback))
    for i in range(1100):
        at_s = 9.003 + 0.01 * i
        newest = max((d for d in decisions if d.decided_s <= at_s), key=lambda d: d.hop, default=decisions[0])
        audio.append(Observed(at_s, 1000 * newest.feedback))
    return steps, decisions, frames, audio


def test_the_first_changed_decision_picture_and_block_are_found() -> None:
    steps, decisions, frames, audio = scripted()
    found = answers(steps, decisions, frames, audio)
    assert len(found) == 5
    for each in found:
        assert each.to_half_s == pytest.approx(0.061, abs=1e-6)
        assert each.decision_s == pytest.approx(0.001, abs=1e-6)
        assert 0.011 <= each.frame_s <= 0.027 + 1e-6
        assert 0.0 <= each.audio_s <= 0.01 + 1e-6
    printed = figures(found, Budget(0.0, 0.0, 0.0, 0.05))
    assert printed["algorithm_delay_ms"] == 50.0
    assert printed["loop_delay_ms_median"] == pytest.approx(51 + printed["decision_to_frame_ms_median"], abs=0.11)


def test_a_picture_that_never_changes_is_not_a_fast_one() -> None:
    steps, decisions, frames, _ = scripted()
    still = [replace(frame, value=40.0) for frame in frames]
    found = answers(steps, decisions, still, [])
    assert all(math.isnan(each.frame_s) and math.isnan(each.audio_s) for each in found)
    printed = figures(found, Budget(0.0, 0.0, 0.0, 0.05))
    assert printed["decision_to_frame_ms_p95"] is printed["loop_delay_ms_p95"] is None


def test_a_protocol_without_a_band_of_its_own_cannot_be_stepped() -> None:
    with pytest.raises(SetupError, match="faa-alay: rewards no amplitude of a band"):
        bench(load_protocol(find_protocol("faa-alay")))


# ----------------------------------------------------------------------------------------------------- the loop-back


def sensor(lit_s: list[float], late_s: float, kind: str, noise_uv: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Ten seconds of a channel at 250 Hz, in bursts of five, that sees light or sound `late_s` after it was shown."""
    rng = np.random.default_rng(3)
    time_s = np.arange(2500) / 250
    lit = np.zeros(2500, bool)
    for on_s in lit_s:
        lit |= (time_s >= on_s + late_s) & (time_s < on_s + late_s + LIT_S)
    seen = 400.0 * lit if kind == "light" else 200.0 * lit * np.sin(2 * np.pi * 87 * time_s)
    arrived_s = np.repeat(time_s[4::5], 5)
    return seen + 50 + noise_uv * rng.standard_normal(2500), arrived_s


@pytest.mark.parametrize("kind", ["light", "sound"])
def test_a_sensor_shows_the_true_delay_to_within_a_burst(kind: str) -> None:
    lit_s = [1.0, 2.2, 3.4, 4.6, 5.8]
    trips = round_trips_s(*sensor(lit_s, 0.083, kind), lit_s)
    assert len(trips) == 5
    assert all(0.083 <= trip <= 0.083 + 0.021 for trip in trips)


def test_a_sensor_that_sees_nothing_gives_nothing() -> None:
    assert round_trips_s(*sensor([], 0.08, "light"), [1.0, 2.2, 3.4]) == []


class Wired:
    """A device whose one channel follows what is shown, 30 ms late."""

    realtime = True
    info = DeviceInfo("wired", ("Fp1", "AUX"), 250.0)

    def __init__(self) -> None:
        self.lit_s = math.inf
        self.closed = False
        self._n = 0

    def open(self) -> None:
        self._began_s = time.monotonic()

    def read(self, timeout_s: float) -> list[Chunk]:
        time.sleep(0.004)
        n = int((time.monotonic() - self._began_s) * 250) - self._n
        if n <= 0:
            return []
        value = 300.0 if time.monotonic() >= self.lit_s + 0.03 else 0.0
        first, self._n = self._n, self._n + n
        eeg = as_chunk_samples(np.array([np.zeros(n), np.full(n, value)]))
        return [Chunk(first, eeg, np.full(n, np.nan), time.monotonic())]

    def close(self) -> None:
        self.closed = True


def test_a_wired_channel_is_read_beside_the_window() -> None:
    device = Wired()
    tap = Tap(device, "AUX")
    time.sleep(0.4)
    device.lit_s = time.monotonic()
    time.sleep(0.3)
    values, arrived_s = tap.close()
    assert device.closed
    (trip,) = round_trips_s(values, arrived_s, [device.lit_s])
    assert 0.03 <= trip < 0.06


def test_a_channel_that_the_device_lacks_is_told_with_those_it_has() -> None:
    device = Wired()
    with pytest.raises(SetupError, match="--loopback Oz: wired has Fp1, AUX"):
        Tap(device, "Oz")
    assert device.closed
