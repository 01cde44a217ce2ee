"""`nfb replay`: again, under another protocol, and to prove that nothing changed."""

import gzip
import json
import math
import shutil
import time
from pathlib import Path

import pytest

FIXED_COLUMNS = ["sample", "time_s", "stage", "artefact", "artefact_cause", "feedback", "reward", "delay_s"]
FEATURES = ("smr", "theta", "high_beta")
CLOCK_COLUMNS = {"arrived_s", "decided_s"}


def test_the_table_has_the_agreed_columns_and_one_row_per_hop(nfb, recorded, tmp_path, read_table):
    outcome = nfb("replay", recorded, "--out", tmp_path / "again")
    assert outcome.code == 0
    assert outcome.last_line == str(tmp_path / "again" / "feedback.tsv.gz")
    table = read_table(Path(outcome.last_line))
    agreed = [*FIXED_COLUMNS, *(f"{kind}.{name}" for kind in ("feature", "threshold") for name in FEATURES)]
    assert set(agreed) <= set(table)
    samples = [int(cell) for cell in table["sample"]]
    hop = samples[1] - samples[0]
    assert hop / 250 <= 0.02
    assert samples == list(range(hop - 1, 60 * 250, hop))
    assert all(math.isclose(float(t), s / 250) for t, s in zip(table["time_s"], samples, strict=True))
    assert set(table["artefact"]) == set(table["reward"]) == {"0", "1"}
    assert all(0 <= float(cell) <= 1 for cell in table["feedback"])
    assert list(dict.fromkeys(table["stage"])) == ["baseline", "run-1"]


def test_replayed_decisions_are_those_that_were_recorded(nfb, course, recorded, tmp_path, read_table):
    nfb("replay", recorded, "--out", tmp_path)
    old = read_table(course / "derivatives/nfb/sub-A031/ses-001/feedback.tsv.gz")
    new = read_table(tmp_path / "feedback.tsv.gz")
    for name in old.keys() - CLOCK_COLUMNS:
        assert old[name] == new[name], name


def test_verify_says_identical_and_exits_0(nfb, recorded):
    outcome = nfb("replay", recorded, "--verify")
    assert outcome.code == 0
    assert outcome.out.startswith("identical: 3000 hops")


def test_verify_of_a_tampered_sample_tells_the_first_difference_and_exits_1(nfb, course, tmp_path):
    root = shutil.copytree(course, tmp_path / "copy")
    (eeg,) = root.glob("sub-A031/ses-001/eeg/*_eeg.eeg")
    data = bytearray(eeg.read_bytes())
    at = 4 * (8 * 10_000 + 2)  # sample 10,000 of C3, the third channel
    data[at : at + 4] = b"\x00\x00\x20\x43"  # 160 µV
    eeg.write_bytes(data)
    outcome = nfb("replay", root / "sub-A031" / "ses-001", "--verify")
    assert outcome.code == 1
    assert outcome.out.startswith("different: ")
    assert "recorded" in outcome.out and "replayed" in outcome.out
    asked = json.loads(nfb("replay", root / "sub-A031" / "ses-001", "--verify", "--json").out)
    # A hop is 5 samples: what comes before sample 10,000 is untouched.
    assert asked["identical"] is False
    assert 1990 <= asked["n_hops"] <= 2010


def test_verify_of_a_tampered_decision_exits_1(nfb, course, tmp_path):
    root = shutil.copytree(course, tmp_path / "copy")
    table = root / "derivatives/nfb/sub-A031/ses-001/feedback.tsv.gz"
    lines = gzip.decompress(table.read_bytes()).decode().splitlines(keepends=True)
    at = lines[0].split("\t").index("reward")
    cells = lines[1500].split("\t")
    assert cells[at] == "0"
    lines[1500] = "\t".join([*cells[:at], "1", *cells[at + 1 :]])
    table.write_bytes(gzip.compress("".join(lines).encode()))
    outcome = nfb("replay", root / "sub-A031" / "ses-001", "--verify")
    assert outcome.code == 1
    assert outcome.out == "different: hop 1499, reward: recorded 1, replayed 0\n"


def test_another_protocol_runs_on_the_same_samples(nfb, recorded, tmp_path, read_table):
    outcome = nfb("replay", recorded, "--protocol", "ua-posterior", "--out", tmp_path, "--json")
    assert outcome.code == 0
    summary, path = outcome.out.splitlines()
    assert json.loads(summary)["feature_names"] == ["upper_alpha"]
    assert "feature.upper_alpha" in read_table(Path(path))


def test_without_out_a_new_folder_is_made_here_each_time(nfb, recorded, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = (Path(nfb("replay", recorded).last_line) for _ in range(2))
    assert first == Path("replay-sub-A031_ses-001/feedback.tsv.gz")
    assert second == Path("replay-sub-A031_ses-001-2/feedback.tsv.gz")
    assert first.read_bytes() == second.read_bytes()


def test_speed_60_takes_a_sixtieth_of_the_time(nfb, recorded, tmp_path):
    began_s = time.monotonic()
    outcome = nfb("replay", recorded, "--speed", 60, "--out", tmp_path)
    assert outcome.code == 0
    assert 0.95 <= time.monotonic() - began_s < 30


def test_the_feedback_of_a_recording_is_never_overwritten(nfb, course, recorded):
    kept = course / "derivatives/nfb/sub-A031/ses-001"
    before = {path: path.read_bytes() for path in kept.iterdir()}
    outcome = nfb("replay", recorded, "--protocol", "ua-posterior", "--out", kept)
    assert outcome.code == 2
    assert "holds the feedback of a recording" in outcome.err
    assert {path: path.read_bytes() for path in kept.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--verify", "--protocol", "ua-posterior"), "leave --protocol"),
        (("--iaf", "10"), "--protocol"),
        (("--protocol", "ua-posterior", "--iaf", "nan"), "iaf = nan"),
        (("--protocol", "muse-alpha"), "needs TP9, TP10"),
        (("--protocol", "smr-centrl"), "did you mean 'smr-central'?"),
        (("--rate", "128"), "the file says 250 Hz"),
    ],
)
def test_what_cannot_work_is_told_and_no_folder_is_made(nfb, recorded, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    outcome = nfb("replay", recorded, *words)
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""
    assert not list(tmp_path.iterdir())


def test_another_programs_recording_needs_a_protocol(nfb, muse_csv, tmp_path, read_table):
    path = muse_csv("walk.csv")
    refused = nfb("replay", path)
    assert (refused.code, refused.out) == (2, "")
    assert "Say which protocol to run on it: --protocol FILE" in refused.err
    outcome = nfb("replay", path, "--protocol", "muse-alpha", "--out", tmp_path / "walk")
    assert outcome.code == 0
    assert int(read_table(Path(outcome.last_line))["sample"][-1]) >= 20 * 256 - 6


def test_there_is_nothing_to_verify_in_another_programs_recording(nfb, muse_csv):
    outcome = nfb("replay", muse_csv("walk.csv"), "--verify")
    assert outcome.code == 2
    assert "nothing to compare" in outcome.err
