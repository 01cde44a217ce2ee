"""`nfb run`: a whole session without a window."""

import json
import math
from pathlib import Path

import pytest

SIMULATED = ("--device", "simulated", "--speed", "max")
CLOCK_COLUMNS = {"arrived_s", "decided_s"}


def test_the_last_line_is_the_folder_of_the_recording(nfb, tmp_path):
    outcome = nfb("run", "smr-central", *SIMULATED, "--seconds", 5, "--out", tmp_path, "--client", "B7")
    assert outcome.code == 0
    assert outcome.out == f"{tmp_path / 'sub-B7' / 'ses-001'}\n"
    assert list((tmp_path / "sub-B7" / "ses-001" / "eeg").glob("*_eeg.vhdr"))
    assert "Stage: baseline" in outcome.err


def test_a_second_session_of_a_client_is_the_next_visit(nfb, tmp_path):
    for number in ("001", "002"):
        outcome = nfb("run", "smr-central", *SIMULATED, "--seconds", 2, "--out", tmp_path)
        assert Path(outcome.last_line) == tmp_path / "sub-test" / f"ses-{number}"


def test_the_same_seed_gives_the_same_samples_and_decisions(nfb, tmp_path, read_table):
    samples, decisions = {}, {}
    for name, seed in (("first", 7), ("again", 7), ("other", 8)):
        root = tmp_path / name
        nfb("run", "smr-central", *SIMULATED, "--seconds", 25, "--seed", seed, "--out", root)
        samples[name] = next(root.glob("sub-test/ses-001/eeg/*_eeg.eeg")).read_bytes()
        decisions[name] = read_table(root / "derivatives/nfb/sub-test/ses-001/feedback.tsv.gz")
    assert len(samples["first"]) == 25 * 250 * 8 * 4
    assert samples["again"] == samples["first"] != samples["other"]
    assert decisions["again"].keys() == decisions["first"].keys()
    assert "run-1" in decisions["first"]["stage"]
    for name in decisions["first"].keys() - CLOCK_COLUMNS:
        assert decisions["again"][name] == decisions["first"][name], name


def test_json_gives_the_account_before_the_last_line(nfb, tmp_path):
    outcome = nfb("run", "ua-posterior", *SIMULATED, "--seconds", 30, "--out", tmp_path, "--json")
    record, folder = outcome.out.splitlines()
    summary = json.loads(record)
    assert Path(folder).is_dir()
    assert [row["label"] for row in summary["stages"]] == ["baseline", "run-1"]
    assert math.isclose(sum(row["elapsed_s"] for row in summary["stages"]), 30, abs_tol=0.02)
    assert summary["end_reason"] == "time limit"
    assert summary["feature_names"] == ["upper_alpha"]


def test_connection_parameters_reach_the_device(nfb, tmp_path):
    words = ("--param", "channels=TP9,AF7,AF8,TP10", "--param", "reference=Fpz", "--param", "rate=256")
    outcome = nfb("run", "muse-alpha", *SIMULATED, *words, "--seconds", 3, "--out", tmp_path)
    assert outcome.code == 0, outcome.err
    (channels,) = Path(outcome.last_line).glob("eeg/*_channels.tsv")
    assert [line.split("\t")[0] for line in channels.read_text().splitlines()[1:]] == ["TP9", "AF7", "AF8", "TP10"]


def test_an_adapted_montage_is_told(nfb, tmp_path):
    words = ("--param", "channels=Cz,Pz", "--seconds", 2, "--out", tmp_path)
    outcome = nfb("run", "smr-central", *SIMULATED, *words)
    assert outcome.code == 0, outcome.err
    assert "Adapted: Cz alone stands in for C3 and C4" in outcome.err


def test_the_next_launch_finishes_what_was_cut_off(nfb, tmp_path):
    nfb("run", "smr-central", *SIMULATED, "--seconds", 4, "--out", tmp_path)
    session = tmp_path / "derivatives/nfb/sub-test/ses-001/session.json"
    content = json.loads(session.read_text(encoding="utf-8"))
    session.write_text(json.dumps(content | {"state": "recording"}), encoding="utf-8")
    outcome = nfb("run", "smr-central", *SIMULATED, "--seconds", 2, "--out", tmp_path)
    assert "ses-001, which was interrupted." in outcome.err
    assert json.loads(session.read_text(encoding="utf-8"))["state"] != "recording"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seconds", "nan"), "seconds = nan"),
        (("--seconds", "-1"), "seconds = -1"),
        (("--seconds", "0.5"), "at least 1 s"),
        (("--seconds", "inf"), "seconds = inf"),
        (("--baseline", "nan"), "baseline = nan"),
        (("--baseline", "-3"), "baseline = -3"),
        (("--iaf", "nan"), "iaf = nan"),
        (("--iaf", "40"), "5 to 15 Hz"),
        (("--seed", "-1"), "seed = -1"),
        (("--client", ""), "letters A-Z and digits"),
        (("--client", "🧠"), "letters A-Z and digits"),
        (("--client", "../../x"), "letters A-Z and digits"),
        (("--client", "a b"), "Use for example A031"),
        (("--param", "eyes"), "KEY=VALUE"),
        (("--param", "eye=open"), "did you mean 'eyes'?"),
        (("--param", "eyes=open", "--param", "eyes=closed"), "given twice"),
        (("--param", "rate=fast"), "rate = fast"),
        (("--param", "channels=O1,O2"), "montage.sites"),
        (("--param", "rate=50"), "half of 50 Hz"),
        (("--device", "simulatd"), "'simulatd' is not known"),
        (("--device", "cytn"), "did you mean 'cyton'?"),
        (("--device", "cyton"), "serial_port is missing"),
        (("--device", "cyton", "--param", "port=COM3"), "it takes serial_port"),
    ],
)
def test_what_cannot_work_is_told_and_leaves_nothing_behind(nfb, tmp_path, words, told):
    out = tmp_path / "out"
    outcome = nfb("run", "smr-central", *SIMULATED, "--seconds", 5, "--out", out, *words)
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""
    assert not out.exists()


@pytest.mark.parametrize("below", ["", "deeper/down"])
def test_a_folder_that_cannot_be_made_is_refused_before_the_session(nfb, tmp_path, below):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    outcome = nfb("run", "smr-central", *SIMULATED, "--seconds", 5, "--out", taken / below)
    assert outcome.code == 2
    assert "is a file. Choose a folder." in outcome.err
    assert taken.read_text() == "a file"
