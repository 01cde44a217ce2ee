"""The simulated client: its EEG against closed forms and scipy, its disturbances, its links, and how it learns."""

import hashlib
import math
import subprocess
import sys
from collections.abc import Callable

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from nfb.devices.client_config import ClientConfig
from nfb.devices.head import SITES, blink_field
from nfb.devices.scenario import EventKind, parse_scenario
from nfb.devices.simulated import REWARDS_TO_LEARN, ScriptedArtefact, SimulatedSource
from nfb.devices.simulated_eeg import BACKGROUND_EXPONENT, Rhythm, SimulatedEeg, person_rhythms
from nfb.model.errors import SetupError
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Eyes
from nfb.model.samples import Chunk, Gap, GapCause, LinkChange, LinkState, SourceItem

Array = NDArray[np.float64]


def read_items(source: SimulatedSource, n_samples: int) -> list[SourceItem]:
    """Everything up to at least `n_samples` samples, reconnecting whenever the link is lost."""
    items: list[SourceItem] = []
    received = 0
    while received < n_samples:
        for item in source.read(0.1):
            items.append(item)
            if isinstance(item, Chunk):
                received = item.stop_sample
            elif isinstance(item, LinkChange) and item.state is LinkState.LOST:
                source.reconnect()
    return items


def eeg_of(items: list[SourceItem]) -> NDArray[np.float32]:
    return np.concatenate([item.eeg for item in items if isinstance(item, Chunk)], axis=1)


def acceleration_of(items: list[SourceItem]) -> NDArray[np.float32]:
    parts = [item.acceleration_g for item in items if isinstance(item, Chunk)]
    return np.concatenate([part for part in parts if part is not None], axis=1)


def make_eeg(seconds: float, seed: int = 1, **params: str) -> tuple[SimulatedSource, NDArray[np.float32]]:
    """A client that nothing disturbs unless asked for, and its first `seconds`."""
    source = SimulatedSource({"scenario": "quiet", "chunk": "50", **params}, seed)
    n = round(seconds * source.info.sampling_rate_hz)
    return source, eeg_of(read_items(source, n))[:, :n]


def psd(eeg: NDArray[np.floating], rate_hz: float) -> tuple[Array, Array]:
    return signal.welch(eeg.astype(float), rate_hz, nperseg=round(4 * rate_hz))


def band_power(eeg: NDArray[np.floating], rate_hz: float, low_hz: float, high_hz: float) -> Array:
    hz, power = psd(eeg, rate_hz)
    return power[:, (hz >= low_hz) & (hz <= high_hz)].sum(axis=1) * hz[1]


def added_by(event: str, seconds: float = 10.0, seed: int = 1, **params: str) -> tuple[SimulatedSource, Array]:
    """What one scripted event adds to the very same EEG."""
    source, eeg = make_eeg(seconds, seed, **{**params, "scenario": f"quiet,{event}"})
    return source, eeg.astype(float) - make_eeg(seconds, seed, **params)[1]


# ------------------------------------------------------------------------------------------------ head


def test_sites_lie_where_an_independent_montage_has_them() -> None:
    montage = mne.channels.make_standard_montage("easycap-M1").get_positions()["ch_pos"]
    for name in set(SITES) & set(montage):
        theirs = montage[name] / np.linalg.norm(montage[name])
        # That table rounds to the nearest equidistant cap hole; neighbouring sites are 18 degrees and more apart.
        assert math.degrees(math.acos(min(1.0, float(theirs @ SITES[name])))) < 6, name
    assert len(set(SITES) & set(montage)) > 65


# ------------------------------------------------------------------------------------------------ EEG


def test_background_falls_with_the_stated_exponent() -> None:
    silent = Rhythm("silent", 10.0, 1.0, 0.0, {"Cz": 1.0})
    eeg = SimulatedEeg(("Cz",), np.eye(1), 250.0, (silent,), seed=3)
    samples = np.concatenate([eeg.slab(k)[0] for k in range(300)], axis=1)
    hz, power = psd(samples, 250.0)
    fitted = (hz >= 2) & (hz <= 40)
    slope = np.polyfit(np.log(hz[fitted]), np.log(power[0, fitted]), 1)[0]
    assert slope == pytest.approx(-BACKGROUND_EXPONENT, abs=0.1)
    assert 1.0 <= BACKGROUND_EXPONENT <= 1.5


@pytest.mark.parametrize("channels", ["F3,F4,C3,Cz,C4,Pz,O1,O2", "cyton", "muse-2", "unicorn", "crown"])
@pytest.mark.parametrize("seed", [1, 2])
def test_amplitudes_are_those_of_a_person_at_rest(channels: str, seed: int) -> None:
    source, eeg = make_eeg(60, seed, channels=channels)
    rms_uv = np.sqrt(band_power(eeg, source.info.sampling_rate_hz, 1, 45))
    assert ((rms_uv > 4) & (rms_uv < 12)).all(), rms_uv


def test_neighbours_are_alike_but_not_the_same() -> None:
    _, eeg = make_eeg(60)
    passed = signal.sosfiltfilt(signal.butter(4, (1, 40), "bandpass", fs=250, output="sos"), eeg.astype(float))
    alike = np.corrcoef(passed) - np.eye(8)
    assert ((alike.max(axis=1) > 0.3) & (alike.max(axis=1) < 0.98)).all()


@pytest.mark.parametrize("alpha_hz", [8.7, 10.2, 11.4])
def test_alpha_peaks_where_it_is_set(alpha_hz: float) -> None:
    source, eeg = make_eeg(240, alpha_hz=str(alpha_hz), eyes="closed")
    hz, power = psd(eeg, 250.0)
    for name in ("Pz", "O1", "O2"):
        row = power[source.info.channel_names.index(name)]
        near = (hz >= 7) & (hz <= 13)
        peak = hz[near][row[near].argmax()]
        # Half the width of the rhythm's own spectrum; its highest Welch bin falls anywhere near the middle.
        assert peak == pytest.approx(alpha_hz, abs=0.6), name
        weights = row[(hz > alpha_hz - 1.5) & (hz < alpha_hz + 1.5)]
        centre = (hz[(hz > alpha_hz - 1.5) & (hz < alpha_hz + 1.5)] * weights).sum() / weights.sum()
        assert centre == pytest.approx(alpha_hz, abs=0.15), name


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_closed_eyes_raise_alpha_most_at_the_back_of_the_head(seed: int) -> None:
    names = SimulatedSource().info.channel_names
    opened = band_power(make_eeg(120, seed)[1], 250.0, 8, 12)
    closed = band_power(make_eeg(120, seed, eyes="closed")[1], 250.0, 8, 12)
    ratio = dict(zip(names, closed / opened, strict=True))
    # Alpha itself grows 2.5-fold in amplitude, so 6.25-fold in power; the background in the band does not.
    assert 4.5 < ratio["O1"] < 6.25
    assert 4.5 < ratio["O2"] < 6.25
    assert 1.2 < ratio["F3"] < ratio["O1"]
    where = dict(zip(names, closed, strict=True))
    assert min(where["O1"], where["O2"], where["Pz"]) > 4 * max(where["F3"], where["F4"], where["C3"])


def test_truth_is_the_envelope_that_a_zero_phase_filter_finds() -> None:
    source, eeg = make_eeg(120, eyes="closed", alpha_uv="20")
    band = signal.butter(4, (8.2, 12.2), "bandpass", fs=250, output="sos")
    found = np.abs(signal.hilbert(signal.sosfiltfilt(band, eeg.astype(float))))
    truth = source.truth(0, eeg.shape[1])
    inner = slice(500, -500)
    for name in ("Pz", "O1", "O2"):
        row = source.info.channel_names.index(name)
        assert np.corrcoef(found[row, inner], truth[row, inner])[0, 1] > 0.97
        assert found[row, inner].mean() == pytest.approx(truth[row, inner].mean(), rel=0.05)


def test_alpha_has_the_stated_size_at_its_strongest_site_and_comes_in_bursts() -> None:
    sites = tuple(SITES)
    eeg = SimulatedEeg(sites, np.eye(len(sites)), 125.0, person_rhythms(10.0, 12.0), seed=5)
    envelope = np.concatenate([eeg.envelope_uv("alpha", k) for k in range(600)], axis=1)
    strongest = envelope[envelope.mean(axis=1).argmax()]
    assert sites[envelope.mean(axis=1).argmax()] in {"POz", "Oz", "O1", "O2", "PO3", "PO4", "Pz"}
    assert strongest.mean() == pytest.approx(12.0, rel=0.08)
    # A Rayleigh envelope has a spread of 0.52 of its mean; the slow swell can only add to that.
    assert 0.5 < strongest.std() / strongest.mean() < 0.8


@pytest.mark.parametrize(("rate", "mains"), [("250", 50.0), ("250", 60.0), ("125", 50.0), ("1000", 60.0)])
def test_mains_is_a_line_of_a_few_microvolts(rate: str, mains: float) -> None:
    _, eeg = make_eeg(40, rate=rate, mains=str(mains))
    hz, power = psd(eeg, float(rate))
    above_eeg = hz > 40
    assert (hz[above_eeg][power[:, above_eeg].argmax(axis=1)] == mains).all()
    line = np.abs(hz - mains) < 0.6
    amplitude_uv = np.sqrt(2 * power[:, line].sum(axis=1) * hz[1])
    assert ((amplitude_uv > 0.9) & (amplitude_uv < 3.3)).all()


def test_without_mains_there_is_no_line() -> None:
    _, eeg = make_eeg(60, mains="0")
    hz, power = psd(eeg, 250.0)
    for mains in (50.0, 60.0):
        beside = (np.abs(hz - mains) > 1) & (np.abs(hz - mains) < 3)
        assert (power[:, hz == mains][:, 0] < 2 * power[:, beside].mean(axis=1)).all()


def test_electrodes_stand_at_a_voltage_of_their_own_and_drift() -> None:
    _, eeg = make_eeg(120)
    seconds = eeg.astype(float).reshape(8, 120, 250).mean(axis=2)
    assert np.ptp(seconds.mean(axis=1)) > 200
    assert (np.ptp(seconds, axis=1) > 10).all()
    assert (np.abs(np.diff(seconds, axis=1)) < 30).all()


# ----------------------------------------------------------------------------------------- disturbances


@pytest.mark.parametrize(
    "event",
    [
        "blink@4",
        "saccade@4",
        "muscle@4",
        "jaw@4",
        "movement@4",
        "pop@4",
        "mains@4:2",
        "mains/C4@4:2",
        "flat@4:2",
        "flat/Pz@4:2",
        "rail@4:2",
        "rail/O1@4:2",
        "drowsy@4:3",
    ],
)
def test_a_scripted_artefact_is_where_the_script_says_and_nowhere_else(event: str) -> None:
    source, added = added_by(event)
    (artefact,) = source.artefacts
    assert artefact.onset_sample == 1000
    assert artefact.kind.value == event.partition("@")[0].partition("/")[0]
    touched = np.flatnonzero(np.abs(added).max(axis=0) > 0)
    assert touched[0] >= artefact.onset_sample
    assert touched[-1] < artefact.stop_sample
    assert touched[-1] - touched[0] > 0.9 * (artefact.stop_sample - artefact.onset_sample)
    if "/" in event:
        assert artefact.channels == (event.partition("/")[2].partition("@")[0],)


def test_a_blink_is_positive_over_the_forehead_with_the_ears_as_reference() -> None:
    source, added = added_by("blink@4", channels="cyton")
    at_peak = dict(zip(source.info.channel_names, added[:, 1037], strict=True))
    assert at_peak["Fp1"] == pytest.approx(150, rel=0.05)
    assert at_peak["Fp2"] == pytest.approx(150, rel=0.05)
    assert max(abs(at_peak[name]) for name in ("C3", "C4", "P7", "P8", "O1", "O2")) < 5
    assert source.artefacts == [ScriptedArtefact(1000, 1075, EventKind.BLINK, ("Fp1", "Fp2"))]


def test_a_blink_on_a_muse_is_negative_behind_the_ears_and_hardly_seen_at_the_forehead() -> None:
    source, added = added_by("blink@4", channels="muse-2")
    tp9, af7, af8, tp10 = added[:, 1024 + 38]
    assert source.info.reference == "Fpz"
    assert -155 < tp9 < -125
    assert -155 < tp10 < -125
    assert 5 < abs(af7) < 15
    assert 5 < abs(af8) < 15
    assert source.artefacts[0].channels == ("TP9", "TP10")


def test_a_blink_fades_from_the_forehead_backwards() -> None:
    share = blink_field(["Fpz", "AF3", "F3", "C3", "P3", "O1"])
    assert (np.diff(share) <= 0).all()
    assert share[0] == pytest.approx(1.0, abs=0.02)
    assert 0.3 < share[2] < 0.6
    assert share[3] < 0.02


def test_a_saccade_has_opposite_signs_at_the_temples() -> None:
    _, added = added_by("saccade@4", channels="F7,Fz,F8", reference="Pz")
    f7, fz, f8 = added[:, 1075]
    assert f7 == pytest.approx(-f8, rel=0.01)
    assert abs(f8) == pytest.approx(80, rel=0.1)
    assert abs(fz) < 4


def test_muscle_is_noise_of_20_to_100_hz_with_the_stated_rms() -> None:
    _, added = added_by("muscle/T7@1:8", channels="T7,F7,O2", reference="Pz")
    inside = added[:, 300:2200]
    assert np.sqrt((inside[0] ** 2).mean()) == pytest.approx(30, rel=0.05)
    assert np.sqrt((inside[2] ** 2).mean()) < 3
    hz, power = signal.periodogram(inside[0], 250.0)
    assert power[(hz >= 19) & (hz <= 101)].sum() > 0.95 * power.sum()


def test_a_jaw_clench_is_seen_on_both_sides() -> None:
    source, added = added_by("jaw@4", channels="cyton-daisy", reference="Cz")
    assert {"F7", "F8", "T7", "T8"} <= set(source.artefacts[0].channels)
    rms_uv = np.sqrt((added[:, 520:670] ** 2).mean(axis=1))
    assert (rms_uv[[source.info.channel_names.index(name) for name in ("T7", "T8")]] > 60).all()


def test_a_movement_is_large_slow_and_felt_by_the_accelerometer() -> None:
    source = SimulatedSource({"scenario": "quiet,movement@4"}, seed=2)
    items = read_items(source, 2500)
    _, added = added_by("movement@4", seed=2)
    assert 200 < np.abs(added).max() < 800
    hz, power = signal.periodogram(added[:, 1000:1250], 250.0)
    assert power[:, hz <= 6].sum() > 0.95 * power.sum()
    felt_g = np.linalg.norm(acceleration_of(items) - [[0], [0], [1]], axis=0)
    assert np.sqrt((felt_g[1000:1250] ** 2).mean()) > 0.05
    assert felt_g[:1000].max() < 0.03


def test_a_pop_is_a_step_of_one_electrode_that_settles() -> None:
    source, added = added_by("pop/C4@4")
    step = added[source.info.channel_names.index("C4")]
    assert abs(step[1000]) == pytest.approx(300, abs=0.01)
    assert step[1250] / step[1000] == pytest.approx(math.exp(-1), rel=0.01)
    assert np.count_nonzero(added.any(axis=1)) == 1


def test_a_flat_electrode_stands_still_and_a_railed_one_stands_at_the_limit() -> None:
    source, eeg = make_eeg(10, scenario="quiet,flat/Pz@2:3,rail/O1@6:2", channels="Pz,O1,Oz")
    assert np.ptp(eeg[0, 500:1250]) == 0
    assert np.ptp(eeg[0, 1250:]) > 5
    assert source.info.rail_uv is not None
    assert (np.abs(eeg[1, 1500:2000]) == source.info.rail_uv).all()
    assert np.abs(eeg[1, :1500]).max() < 2000


def test_the_script_never_exceeds_the_converter() -> None:
    source, eeg = make_eeg(10, scenario="quiet,movement@2,pop@3,blink@3,movement@4,jaw@4", channels="muse-2")
    assert source.info.rail_uv == 1000.0
    assert np.abs(eeg).max() <= 1000.0


def test_a_mains_burst_is_a_sine_of_the_stated_size() -> None:
    _, added = added_by("mains@4:2", mains="60")
    hz, power = signal.periodogram(added[0, 1000:1500], 250.0, scaling="spectrum")
    assert hz[power.argmax()] == 60.0
    assert math.sqrt(2 * power.max()) == pytest.approx(60.0, rel=0.01)


def test_in_drowsiness_alpha_fades_and_delta_rises() -> None:
    awake, calm = make_eeg(70, eyes="closed")
    drowsy, eeg = make_eeg(70, eyes="closed", scenario="quiet,drowsy@5:60")
    middle = slice(20 * 250, 50 * 250)
    share = drowsy.truth(0, 70 * 250)[:, middle] / awake.truth(0, 70 * 250)[:, middle]
    assert share == pytest.approx(0.25)
    delta = band_power(eeg[:, middle], 250.0, 1, 3.5) / band_power(calm[:, middle], 250.0, 1, 3.5)
    assert (delta[:6] > 4).all()
    assert np.array_equal(eeg[:, : 5 * 250], calm[:, : 5 * 250])


def test_the_bad_electrode_scenario_is_about_one_electrode() -> None:
    source, _ = make_eeg(300, scenario="bad-electrode")
    kinds = {EventKind.POP, EventKind.FLAT, EventKind.RAIL}
    loose = {artefact.channels for artefact in source.artefacts if artefact.kind in kinds}
    assert len(loose) == 1
    assert {artefact.kind for artefact in source.artefacts} >= kinds


# ---------------------------------------------------------------------------------------- lost samples


def test_lost_packets_are_cut_out_and_told_by_a_gap() -> None:
    source = SimulatedSource({"scenario": "quiet,lost-packets@2:0.028,lost-packets@4:0.1"}, seed=1)
    items = read_items(source, 2000)
    gaps = [item for item in items if isinstance(item, Gap)]
    assert gaps == [
        Gap(500, 7, 7 / 250, GapCause.PACKETS_LOST),
        Gap(993, 25, 25 / 250, GapCause.PACKETS_LOST),
    ]
    whole = make_eeg(10)[1]
    received = np.delete(whole, [*range(500, 507), *range(1000, 1025)], axis=1)
    assert np.array_equal(eeg_of(items)[:, :2000], received[:, :2000])


def test_every_gap_comes_before_the_first_chunk_after_it_and_samples_are_numbered_without_holes() -> None:
    items = read_items(SimulatedSource({"scenario": "drop-outs"}, seed=4), 250 * 300)
    assert len([item for item in items if isinstance(item, Gap)]) > 20
    expected = 0
    for item in items:
        if isinstance(item, Chunk):
            assert item.first_sample == expected
            expected = item.stop_sample
        elif isinstance(item, Gap):
            assert item.sample == expected


def test_a_lost_link_stays_silent_until_someone_reconnects() -> None:
    source = SimulatedSource({"scenario": "quiet,link-loss@2:3"}, seed=1)
    items: list[SourceItem] = []
    while not any(isinstance(item, LinkChange) for item in items):
        items += source.read(0.1)
    assert items[-1] == LinkChange(LinkState.LOST, "The link to the headset broke (scripted).", "Reconnect.")
    assert all(source.read(60.0) == [] for _ in range(10))
    source.reconnect()
    streaming, gap, chunk = source.read(0.1)
    assert streaming == LinkChange(LinkState.STREAMING)
    assert gap == Gap(500, 750, 3.0, GapCause.LINK_LOST)
    assert isinstance(chunk, Chunk)
    assert np.array_equal(chunk.eeg, make_eeg(6)[1][:, 1250:1255])


def test_a_stall_ends_by_itself_after_its_time() -> None:
    source = SimulatedSource({"scenario": "quiet,stall@1:2"}, seed=1)
    items: list[SourceItem] = []
    while not any(isinstance(item, LinkChange) for item in items):
        items += source.read(0.5)
    assert isinstance(items[-1], LinkChange)
    assert items[-1].state is LinkState.STALLED
    assert [source.read(0.5) for _ in range(3)] == [[], [], []]
    streaming, gap, _ = source.read(0.5)
    assert streaming == LinkChange(LinkState.STREAMING)
    assert gap == Gap(250, 500, 2.0, GapCause.CLOCK_JUMP)


def test_an_outage_within_another_is_swallowed() -> None:
    source = SimulatedSource({"scenario": "quiet,lost-packets@2:0.4,lost-packets@2.2:0.1,stall@2.3:1"}, seed=1)
    gaps = [item for item in read_items(source, 1000) if isinstance(item, Gap)]
    assert [(gap.sample, gap.missing_samples) for gap in gaps] == [(500, 100), (500, 225)]


def test_artefacts_and_truth_are_counted_in_received_samples() -> None:
    script = "quiet,blink@1,lost-packets@2:0.4,link-loss@3:5,blink@6,blink@9"
    source, eeg = make_eeg(8, scenario=script)
    whole, calm = make_eeg(14)
    kept = np.r_[0:500, 600:750, 2000:3350]
    assert [(a.onset_sample, a.stop_sample) for a in source.artefacts] == [(250, 325), (900, 975)]
    blinks = np.flatnonzero(np.abs(eeg - calm[:, kept][:, : eeg.shape[1]]).max(axis=0))
    assert set(blinks) == {*range(250, 325), *range(900, 975)}
    assert np.array_equal(source.truth(0, 2000), whole.truth(0, 3350)[:, kept])
    assert np.array_equal(source.truth(480, 300), source.truth(0, 2000)[:, 480:780])


def test_truth_of_samples_not_yet_read_is_refused() -> None:
    source, _ = make_eeg(1)
    with pytest.raises(ValueError, match="must lie within the 250 read so far"):
        source.truth(200, 51)


# ------------------------------------------------------------------------------------- reproducibility


EVENTFUL = "restless,lost-packets@1:0.03,flat@1.5:1,stall@3:0.5,rail@4,link-loss@5:2,drowsy@5.5:10"


@given(sizes=st.lists(st.integers(1, 900), min_size=1, max_size=4), seed=st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_samples_do_not_depend_on_how_many_are_read_at_once(sizes: list[int], seed: int) -> None:
    n = 2500
    scenario = parse_scenario(EVENTFUL)
    results = []
    for size in (1, *sizes):
        items = read_items(SimulatedSource(ClientConfig(chunk_samples=size, scenario=scenario), seed), n)
        told = [item for item in items if isinstance(item, Gap) and item.sample < n]
        results.append((told, eeg_of(items)[:, :n], acceleration_of(items)[:, :n]))
    for told, eeg, acceleration in results[1:]:
        assert told == results[0][0]
        assert np.array_equal(eeg, results[0][1])
        assert np.array_equal(acceleration, results[0][2])


def test_two_processes_make_the_same_samples() -> None:
    program = (
        "import hashlib\n"
        "from nfb.devices.simulated import SimulatedSource\n"
        "source, digest, n = SimulatedSource({'scenario': 'restless'}, seed=11), hashlib.sha256(), 0\n"
        "while n < 2500:\n"
        "    for chunk in source.read(0.1):\n"
        "        digest.update(chunk.eeg.tobytes()), digest.update(chunk.acceleration_g.tobytes())\n"
        "        n = chunk.stop_sample\n"
        "print(digest.hexdigest())\n"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True) for _ in range(2)]
    assert runs[0].returncode == 0, runs[0].stderr
    assert len(runs[0].stdout.strip()) == hashlib.sha256().digest_size * 2
    assert runs[0].stdout == runs[1].stdout


def test_another_seed_is_another_person() -> None:
    assert not np.allclose(make_eeg(4, seed=1)[1], make_eeg(4, seed=2)[1])
    # Differences, because over a minute two slow drifts may well look alike.
    a, b = (np.diff(make_eeg(60, seed, mains="0")[1].astype(float)) for seed in (1, 2))
    assert np.abs(np.corrcoef(a, b)[:8, 8:]).max() < 0.1


def test_samples_are_read_only_float32() -> None:
    (chunk,) = SimulatedSource().read(0.1)
    assert isinstance(chunk, Chunk)
    assert chunk.eeg.dtype == np.float32
    assert chunk.eeg.shape == (8, 5)
    assert not chunk.eeg.flags.writeable
    assert np.isnan(chunk.device_times_s).all()


# ---------------------------------------------------------------------------------------------- learning


def run_loop(source: SimulatedSource, n_samples: int, is_reward: Callable[[int], bool]) -> NDArray[np.float32]:
    """As a session does it: hops of 5 samples, each told to the source as soon as it is complete."""
    chunks, received, hop = [], 0, 0
    while received < n_samples:
        for item in source.read(0.1):
            if isinstance(item, Chunk):
                chunks.append(item.eeg)
                received = item.stop_sample
        while (hop + 1) * 5 <= received:
            source.receive_feedback(hop_result(hop, is_reward(hop)))
            hop += 1
    return np.concatenate(chunks, axis=1)[:, :n_samples]


def hop_result(hop: int, reward: bool) -> HopResult:
    why = Why(WhyKind.REWARD if reward else WhyKind.DWELL)
    return HopResult(hop, hop * 5 + 4, 0, 0, (), (), False, Cause.NONE, -1, 0.5, reward, True, 0.0, why)


def learner(learn: str = "0.4", **params: str) -> SimulatedSource:
    return SimulatedSource({"scenario": "quiet", "learn": learn, **params}, seed=1)


def test_without_rewards_nothing_is_learned() -> None:
    eeg = run_loop(learner(), 2500, lambda hop: False)
    assert np.array_equal(eeg, make_eeg(10)[1])


def test_who_never_learns_ignores_rewards() -> None:
    eeg = run_loop(learner("0"), 2500, lambda hop: True)
    assert np.array_equal(eeg, make_eeg(10)[1])


def test_gain_follows_the_rule() -> None:
    source = learner("0.4")
    for hop in range(int(REWARDS_TO_LEARN)):
        source.receive_feedback(hop_result(hop, True))
        source.receive_feedback(hop_result(hop, False))
    assert source.rewards == 150
    assert source.gain == pytest.approx(1 + 0.4 * (1 - math.exp(-1)))


@pytest.mark.parametrize(("learn", "factor"), [("0.15", 1.15), ("-0.5", 0.5)])
def test_many_rewards_raise_the_amplitude_by_the_stated_share(learn: str, factor: float) -> None:
    source = learner(learn, alpha_uv="40")
    for hop in range(3000):
        source.receive_feedback(hop_result(hop, True))
    learned = run_loop(source, 250 * 60, lambda hop: False)[:, 5000:]
    plain = make_eeg(60, alpha_uv="40")[1][:, 5000:]
    ratio = np.sqrt(band_power(learned, 250.0, 8.5, 12) / band_power(plain, 250.0, 8.5, 12))
    assert ratio[-3:] == pytest.approx(factor, rel=0.02)
    outside = band_power(learned, 250.0, 14, 30) / band_power(plain, 250.0, 14, 30)
    assert outside == pytest.approx(1.0, abs=0.02)


def test_a_reward_acts_from_the_second_block_border_after_it() -> None:
    learned = run_loop(learner(), 1000, lambda hop: hop == 20)
    plain = make_eeg(4)[1]
    changed = np.flatnonzero((learned != plain).any(axis=0))
    # Hop 20 ends with sample 104, in the second block of 62 samples; the fourth begins at 186.
    assert changed[0] == 186
    assert len(changed) > 0.9 * (1000 - 186)


@pytest.mark.parametrize("chunk", ["1", "12", "40"])
def test_the_same_rewards_give_the_same_samples_in_any_chunks(chunk: str) -> None:
    def is_reward(hop: int) -> bool:
        return hop % 30 == 7

    expected = run_loop(learner(), 5000, is_reward)
    assert np.array_equal(run_loop(learner(chunk=chunk), 5000, is_reward), expected)
    assert not np.array_equal(expected, make_eeg(20)[1])


def test_a_session_begins_with_the_gain_the_last_one_left() -> None:
    source = learner(start_gain="1.3")
    _, plain = make_eeg(4)
    run_loop(source, 1000, lambda hop: False)
    assert source.gain == 1.3
    assert source.truth(0, 1000) == pytest.approx(1.3 * make_eeg(4)[0].truth(0, 1000))
    assert not np.array_equal(make_eeg(4, start_gain="1.3")[1], plain)


def test_truth_follows_what_was_learned() -> None:
    source = learner("1")
    run_loop(source, 5000, lambda hop: hop < 600)
    grown = source.truth(0, 5000) / make_eeg(20)[0].truth(0, 5000)
    assert grown[:, :120] == pytest.approx(1.0)
    assert grown[:, -1] == pytest.approx(source.gain)
    assert (np.diff(grown, axis=1) >= -1e-12).all()


def test_only_the_rhythms_in_the_trained_band_learn() -> None:
    source = learner("1", learn_band="12-15", start_gain="3")
    changed = run_loop(source, 15000, lambda hop: False)
    plain = make_eeg(60)[1]
    names = source.info.channel_names
    ratio = band_power(changed, 250.0, 12.5, 14.5) / band_power(plain, 250.0, 12.5, 14.5)
    assert ratio[names.index("C3")] > 4
    assert band_power(changed, 250.0, 17, 30) / band_power(plain, 250.0, 17, 30) == pytest.approx(1, abs=0.02)
    assert band_power(changed, 250.0, 4, 10) / band_power(plain, 250.0, 4, 10) == pytest.approx(1, abs=0.02)


# --------------------------------------------------------------------------------------------- parameters


def test_a_muse_is_described_as_one() -> None:
    info = SimulatedSource({"channels": "muse-2"}, seed=7).info
    assert info.name == "simulated"
    assert info.manufacturer == "nfb"
    assert info.serial == "seed 7"
    assert info.channel_names == ("TP9", "AF7", "AF8", "TP10")
    assert (info.sampling_rate_hz, info.burst_samples, info.reference) == (256.0, 12, "Fpz")
    assert not info.measures_impedance


def test_defaults_and_own_sites() -> None:
    info = SimulatedSource().info
    assert info.channel_names == ("F3", "F4", "C3", "Cz", "C4", "Pz", "O1", "O2")
    assert (info.sampling_rate_hz, info.burst_samples, info.reference) == (250.0, 5, "A1, A2")
    assert SimulatedSource({"channels": "cz, T3,po7"}).info.channel_names == ("Cz", "T3", "PO7")
    assert SimulatedSource(ClientConfig(eyes=Eyes.CLOSED)).config.eyes is Eyes.CLOSED


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"chanels": "C3"}, "unknown parameter chanels .*did you mean 'channels'"),
        ({"channels": "C3,Czz"}, "'Czz' is no site of the 10-10 system .*did you mean 'Cz'"),
        ({"channels": "muse2"}, "'muse2' is no site .*did you mean 'muse-2'"),
        ({"channels": "ganglion"}, "OpenBCI Ganglion sit is not known; give their sites, such as channels=C3"),
        ({"channels": ""}, "'' is no site"),
        ({"channels": "C3,c3"}, "C3 is given twice"),
        ({"channels": "T7,T3"}, "T3 is given twice"),
        ({"reference": "Cz"}, "Cz is given twice"),
        ({"rate": "fast"}, "rate = fast: must be a number, such as 250"),
        ({"rate": "10"}, "rate = 10: must be from 50 to 2000 Hz"),
        ({"rate": "nan"}, "rate = nan: must be from 50"),
        ({"chunk": "0"}, "chunk = 0: must be from 1"),
        ({"chunk": "2.5"}, "chunk = 2.5: must be a whole number"),
        ({"alpha_hz": "30"}, "alpha_hz = 30: must be from 6 to 14 Hz"),
        ({"alpha_uv": "-1"}, "alpha_uv = -1: must be from 0 to 100 µV"),
        ({"eyes": "half"}, "eyes = half: must be open or closed"),
        ({"mains": "55"}, "mains = 55: must be 50, 60 or 0"),
        ({"scenario": "typcal"}, "simulated: scenario = 'typcal': .*did you mean 'typical'"),
        ({"scenario": "quiet,flat/T7@3"}, "flat/T7: this headset has F3, F4"),
        ({"learn": "-2"}, "learn = -2: must be from -0.9 to 5"),
        ({"learn_band": "12"}, "learn_band = 12: write it as low-high in Hz"),
        ({"learn_band": "15-12"}, "learn_band = 15-12: write it as low-high in Hz"),
        ({"learn_band": "30-45"}, "learn_band = 30-45: holds none of this client's rhythms .delta 2 Hz"),
        ({"start_gain": "0"}, "start_gain = 0: must be from 0.05"),
    ],
)
def test_a_parameter_that_cannot_be_used_says_why(params: dict[str, str], message: str) -> None:
    with pytest.raises(SetupError, match=message):
        SimulatedSource(params)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SetupError, match="seed = -1: must not be negative"):
        SimulatedSource(seed=-1)
