"""`nfb check`: what a protocol says, how late it is, where it fits, and what to expect of it."""

import json
from pathlib import Path

import pytest

from nfb.files.shelf import find_protocol, list_protocols

PROTOCOLS = [path.stem for path in list_protocols()]
TRIED = ("faa-alay", "muse-alpha", "smr-central", "ua-posterior")
# Which of those these headsets can run, by their sites.
FITS = {
    "cyton": {"smr-central": "exact", "ua-posterior": "exact"},
    "muse-2": {"muse-alpha": "exact", "ua-posterior": "adapted", "faa-alay": "adapted"},
    "synthetic": {"smr-central": "exact", "faa-alay": "exact", "ua-posterior": "exact"},
    "simulated": {"smr-central": "exact", "faa-alay": "exact", "ua-posterior": "exact"},
    "ganglion": {},
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_protocol_is_said_in_one_sentence_with_its_delay(nfb, protocol):
    outcome = nfb("check", protocol)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert f"({protocol}, version 1)" in lines[0]
    assert lines[1].startswith("Reward when ") and lines[1].endswith(".")
    assert lines[2].startswith("Evidence: ")
    assert lines[3].startswith("Delay: ")
    record = json.loads(nfb("check", protocol, "--json").out)
    assert record["sentence"] == lines[1]
    assert all(delay_ms > 0 for delay_ms in record["delay_ms"].values())


@pytest.mark.parametrize("protocol", TRIED)
@pytest.mark.parametrize("device", FITS)
def test_the_fit_to_a_headset_follows_its_sites(nfb, protocol, device):
    outcome = nfb("check", protocol, "--device", device, "--json")
    record = json.loads(outcome.out)
    assert record["device"] == device
    if protocol in FITS[device]:
        assert outcome.code == 0
        assert record["fit"] == FITS[device][protocol]
        assert record["sites"]
        delays_ms = record["delay_ms"]
        assert delays_ms["total to decision"] > delays_ms["device (estimate)"] + delays_ms["burst and hop"]
    else:
        assert (outcome.code, record["fit"]) == (1, "not possible")
        assert "this headset has" in record["reason"]


def test_the_parts_of_the_delay_add_up(nfb):
    delays_ms = json.loads(nfb("check", "smr-central", "--device", "muse-2", "--json").out).get("delay_ms")
    assert delays_ms is None  # a Muse has none of the sites, and no delay is made up for it
    delays_ms = json.loads(nfb("check", "smr-central", "--device", "cyton", "--json").out)["delay_ms"]
    parts_ms = delays_ms["smr"] + delays_ms["device (estimate)"] + delays_ms["burst and hop"]
    assert delays_ms["total to decision"] == pytest.approx(parts_ms, abs=0.2)
    # At 250 Hz a hop of 5 samples is on average 2 samples old when it is complete.
    assert delays_ms["burst and hop"] == 8.0


def test_a_misfit_is_told_in_words(nfb):
    outcome = nfb("check", "smr-central", "--device", "muse-2")
    assert outcome.code == 1
    assert "On muse-2: not possible: smr-central: montage.sites: needs C3, C4" in outcome.out


def test_electrodes_that_are_placed_by_hand_are_to_be_confirmed(nfb):
    assert "confirm that they are where the names say" in nfb("check", "smr-central", "--device", "cyton").out


def test_on_another_headset_than_the_recordings_both_are_told(nfb, muse_csv):
    outcome = nfb("check", "smr-central", "--device", "cyton", "--recording", muse_csv("walk.csv"))
    assert outcome.code == 1
    assert "On cyton: exact" in outcome.out
    assert "On this recording: not possible: smr-central" in outcome.out


def agrees_with_the_table(nfb, read_table, protocol: str, recording: Path, out: Path) -> None:
    """What `nfb check` expects is what the rows of `nfb replay` add up to."""
    checked = nfb("check", protocol, "--recording", recording, "--json")
    assert checked.code == 0, checked.err
    expected = json.loads(checked.out)["expected"]
    replayed = nfb("replay", recording, "--protocol", protocol, "--out", out)
    assert replayed.code == 0, replayed.err
    table = read_table(Path(replayed.last_line))
    rows = [i for i, stage in enumerate(table["stage"]) if stage.startswith("run")]
    clean = [i for i in rows if table["artefact"][i] == "0" and table["state"][i] == "running"]
    hop_s = float(table["time_s"][1]) - float(table["time_s"][0])
    rewards = sum(table["reward"][i] == "1" for i in rows)
    clean_s = len(clean) * hop_s
    assert expected["rewards"] == rewards
    assert expected["trained_s"] == pytest.approx(clean_s, abs=2 * hop_s)
    in_range = sum(table["in_range"][i] == "1" for i in clean) / len(clean)
    assert expected["in_range_share"] == pytest.approx(in_range, abs=0.002)
    assert expected["tokens_per_minute"] == pytest.approx(60 * rewards / clean_s, rel=0.002)


@pytest.mark.parametrize("protocol", ["smr-central", "ua-posterior"])
def test_expected_reward_is_what_the_replayed_table_holds(nfb, recorded, tmp_path, read_table, protocol):
    agrees_with_the_table(nfb, read_table, protocol, recorded, tmp_path)


@pytest.mark.parametrize(
    ("file", "protocol"),
    [
        ("edf/eegmmidb_S001R01.edf", "ua-posterior"),
        ("derived/eegmmidb_S001R02_first60s.edf", "smr-central"),
        ("muse/muse_P300_subject5_data_2018-04-15-20.33.55.csv", "muse-alpha"),
        ("openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt", "smr-central"),
    ],
)
def test_expected_reward_on_recorded_people(nfb, shared_eeg, tmp_path, read_table, file, protocol):
    agrees_with_the_table(nfb, read_table, protocol, shared_eeg / file, tmp_path)


def test_a_recording_without_training_time_says_so(nfb, tmp_path, muse_csv):
    short = tmp_path / "short.csv"
    lines = muse_csv("walk.csv").read_text().splitlines(keepends=True)
    short.write_text("".join(lines[: 1 + 3 * 256]))
    outcome = nfb("check", "muse-alpha", "--recording", short)
    assert outcome.code == 0
    assert "no clean time after the baseline" in outcome.out


@pytest.mark.parametrize(("rule", "automatic"), [("baseline_percentile", False), ("staircase", True)])
def test_an_automatic_threshold_is_labelled(nfb, tmp_path, rule, automatic):
    text = find_protocol("ua-posterior").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('rule = "baseline_percentile"', f'rule = "{rule}"'), encoding="utf-8")
    assert json.loads(nfb("check", str(path), "--json").out)["automatic_threshold"] is automatic
    assert ("the score says nothing about learning" in nfb("check", str(path)).out) is automatic
