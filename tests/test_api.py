"""The program from a script: every public name, used as its docstring says."""

import math
import subprocess
import sys

import numpy as np
import pytest

import nfb
from nfb.model.errors import MontageError, ProtocolError, RecordingError, SetupError


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A minute of the simulated client under SMR training, and its summary."""
    out = tmp_path_factory.mktemp("api")
    return nfb.run_session(nfb.load_protocol("smr-central"), "simulated", seconds=60, out=out, client="S1", seed=3)


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, nfb; sys.exit('numpy' in sys.modules or 'PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_name_is_there_and_documented():
    assert set(nfb.__all__) <= set(dir(nfb)) | set(nfb.__all__)
    for name in set(nfb.__all__) - {"__version__"}:
        assert getattr(nfb, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'replai'"):
        nfb.replai  # noqa: B018


def test_a_protocol_is_loaded_by_name_or_path(tmp_path):
    protocol = nfb.load_protocol("smr-central")
    assert protocol.id == "smr-central"
    assert [feature.name for feature in protocol.features] == ["smr", "theta", "high_beta"]
    with pytest.raises(ProtocolError, match="did you mean 'smr-central'"):
        nfb.load_protocol("smr-centrl")
    with pytest.raises(ProtocolError, match="no such protocol or file"):
        nfb.load_protocol(tmp_path / "none.toml")


def test_a_session_gives_its_recording_and_account(session):
    recording, summary = session
    assert recording.eeg.shape == (8, 60 * 250)
    assert recording.eeg.dtype == np.float32
    assert not recording.eeg.flags.writeable
    assert recording.sampling_rate_hz == 250
    assert recording.duration_s == 60
    assert recording.device.channel_names[:3] == ("F3", "F4", "C3")
    # A DC offset of some millivolts at most, and EEG of some tens of microvolts: the unit is µV.
    assert 5 < np.median(recording.eeg.std(axis=1)) < 100
    assert [row.label for row in summary.stages] == ["baseline", "run-1"]
    assert sum(row.elapsed_s for row in summary.stages) == pytest.approx(60, abs=0.02)


def test_a_recording_opens_again_from_its_folder(session):
    recording, _ = session
    again = nfb.open_recording(recording.path)
    assert np.array_equal(again.eeg, recording.eeg)
    assert again.session is not None
    assert again.session.setup.protocol.id == "smr-central"


def test_a_recording_verifies(session):
    verdict = nfb.verify(session[0])
    assert (verdict.identical, verdict.difference) == (True, "")
    assert verdict.n_hops == 60 * 50


def test_replay_gives_hops_features_and_times(session):
    recording, summary = session
    replayed = nfb.replay(recording)
    smr_uv = replayed.feature("smr")
    assert smr_uv.shape == replayed.times_s.shape == (60 * 50,)
    assert np.allclose(np.diff(replayed.times_s), 0.02)
    assert math.isnan(smr_uv[0])
    assert 0.2 < np.nanmedian(smr_uv) < 20
    assert replayed.summary.rewards == summary.rewards == sum(hop.reward for hop in replayed.hops)
    with pytest.raises(SetupError, match="feature 'smt' is not in the protocol; it has smr, theta, high_beta"):
        replayed.feature("smt")


def test_replay_under_another_protocol(session):
    replayed = nfb.replay(session[0], nfb.load_protocol("ua-posterior"))
    assert np.isfinite(replayed.feature("upper_alpha")).mean() > 0.9
    person = nfb.replay(session[0], nfb.load_protocol("ua-posterior"), iaf_hz=8.5)
    assert person.setup.iaf_hz == 8.5
    # The simulated alpha of 10 Hz lies in 10–12 Hz at its edge and in 8.5–10.5 Hz fully.
    assert np.nanmedian(person.feature("upper_alpha")) > np.nanmedian(replayed.feature("upper_alpha"))
    with pytest.raises(MontageError, match="needs TP9, TP10"):
        nfb.replay(session[0], nfb.load_protocol("muse-alpha"))
    with pytest.raises(SetupError, match="iaf = nan"):
        nfb.replay(session[0], nfb.load_protocol("ua-posterior"), iaf_hz=math.nan)


def test_analysis_of_a_recording(session):
    analysis = nfb.analyse(session[0])
    by_name = {channel.name: channel for channel in analysis.channels}
    assert by_name["O1"].band_power_uv2["alpha"] > by_name["F3"].band_power_uv2["alpha"]
    assert analysis.to_record()["duration_s"] == 60


def test_to_mne_has_the_same_samples_in_volts(session):
    pytest.importorskip("mne")
    recording, _ = session
    raw = recording.to_mne()
    assert raw.ch_names == list(recording.device.channel_names)
    assert raw.info["sfreq"] == 250
    assert raw.get_channel_types() == ["eeg"] * 8
    assert np.allclose(raw.get_data() * 1e6, recording.eeg, atol=1e-6)
    assert raw.info["meas_date"] == recording.started_utc


def test_mne_reads_the_recordings_own_files_alike(session):
    mne = pytest.importorskip("mne")
    recording, _ = session
    (header,) = recording.path.glob("eeg/*_eeg.vhdr")
    raw = mne.io.read_raw_brainvision(header, verbose="error")
    assert np.allclose(raw.get_data(), recording.to_mne().get_data(), atol=1e-12)


def test_the_same_seed_gives_the_same_recording(tmp_path):
    protocol = nfb.load_protocol("smr-central")
    eeg = [nfb.run_session(protocol, seconds=5, out=tmp_path, seed=seed)[0].eeg for seed in (3, 3, 4)]
    assert np.array_equal(eeg[0], eeg[1])
    assert not np.array_equal(eeg[0], eeg[2])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"seconds": math.inf}, "seconds = inf"),
        ({"seconds": math.nan}, "seconds = nan"),
        ({"client": "no name"}, "letters A-Z"),
        ({"device": "cytom"}, "did you mean 'cyton'"),
        ({"params": {"eye": "open"}}, "did you mean 'eyes'"),
        ({"seed": -1}, "seed = -1"),
    ],
)
def test_what_cannot_work_raises_and_leaves_nothing_behind(tmp_path, options, told):
    out = tmp_path / "out"
    with pytest.raises(SetupError, match=told):
        nfb.run_session(nfb.load_protocol("smr-central"), **({"seconds": 2.0, "out": out} | options))
    assert not out.exists()


def test_another_programs_recording_needs_a_protocol(tmp_path):
    table = tmp_path / "walk.csv"
    times = 1.5e9 + np.arange(2560) / 256
    eeg = np.random.default_rng(5).normal(0, 10, (2560, 4))
    head = "timestamps,TP9,AF7,AF8,TP10"
    np.savetxt(table, np.column_stack([times, eeg]), fmt="%.6f", delimiter=",", header=head, comments="")
    recording = nfb.open_recording(table)
    assert np.allclose(recording.eeg, eeg.T, atol=1e-5)
    with pytest.raises(SetupError, match="give a protocol to run on it"):
        nfb.replay(recording)
    with pytest.raises(RecordingError, match="nothing to compare"):
        nfb.verify(recording)
    replayed = nfb.replay(recording, nfb.load_protocol("muse-alpha"))
    assert replayed.feature("alpha").shape == replayed.times_s.shape


def test_the_decisions_are_a_table_with_units(session):
    recording, summary = session
    features = recording.features()
    assert len(features) == recording.n_samples // 5  # 20 ms at 250 Hz
    assert features.units["feature.smr"] == "µV"
    assert features.units["time_s"] == "s"
    assert features.units["reward"] == ""
    assert features["reward"].sum() == summary.rewards
    table = features.to_numpy()
    assert table.shape == (len(features),)
    assert table.dtype["feature.smr"] == np.float64
    assert table["sample"][-1] == recording.n_samples - 1
    np.testing.assert_array_equal(table["feature.smr"], nfb.replay(recording).feature("smr"))


def test_the_decisions_are_a_data_frame_where_pandas_is(session):
    pandas = pytest.importorskip("pandas")
    frame = session[0].features().to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.attrs["units"]["feature.smr"] == "µV"


def test_another_programs_recording_has_no_decisions(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("time,Cz\n" + "".join(f"{i / 100},{i % 7}\n" for i in range(300)), encoding="utf-8")
    with pytest.raises(RecordingError, match="has no decisions"):
        nfb.open_recording(path).features()


def test_a_recording_is_exported_from_a_script(session, tmp_path):
    report = nfb.export_recording(session[0], tmp_path / "s1.bdf", "bdf")
    assert nfb.open_recording(report.path).n_samples == session[0].n_samples
