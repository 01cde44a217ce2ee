"""`nfb analyse`: figures that others read."""

import json

import pytest

CHANNEL_KEYS = {"name", "quality", "reason", "alpha_peak_hz", "band_power_uv2", "artefact_fraction"}
SITES = ["F3", "F4", "C3", "Cz", "C4", "Pz", "O1", "O2"]
BANDS = ["delta", "theta", "alpha", "smr", "beta", "gamma"]
# Key in expected.json: more words on the command line, mains frequency in the file (None: none to be seen), and how
# much of a channel may be unclean for its powers to be those of all windows, which the reference figures are of.
RECORDED = {
    "derived/eegmmidb_S001R02_first60s.edf": ((), 60.0, 0.005),
    "edf/eegmmidb_S001R01.edf#0-60s": (("--stop", 60), 60.0, 0.005),
    "edf/eegmat_Subject03_1.edf": ((), None, 0.02),
    "edf/eegmat_Subject03_2.edf": ((), None, 0.05),
    "muse/muse_P300_subject1_data_2017-02-11-14.57.30.csv": ((), 50.0, 0.005),
}


def test_json_has_the_agreed_keys(nfb, recorded):
    outcome = nfb("analyse", recorded, "--json")
    assert outcome.code == 0
    record = json.loads(outcome.out)
    assert {"sampling_rate_hz", "duration_s", "mains_hz", "channels"} <= record.keys()
    assert record["sampling_rate_hz"] == 250
    assert record["duration_s"] == 60
    assert [channel["name"] for channel in record["channels"]] == SITES
    for channel in record["channels"]:
        assert channel.keys() >= CHANNEL_KEYS
        assert channel["quality"] in ("good", "weak", "off")
        assert list(channel["band_power_uv2"]) == BANDS
        assert 0 <= channel["artefact_fraction"] <= 1
        assert channel["n_windows"] > 0


def test_start_and_stop_cut_the_recording(nfb, recorded):
    record = json.loads(nfb("analyse", recorded, "--start", 10, "--stop", 22.5, "--json").out)
    assert record["duration_s"] == 12.5
    assert all(channel["n_windows"] <= 12 for channel in record["channels"])
    assert json.loads(nfb("analyse", recorded, "--stop", 1e9, "--json").out)["duration_s"] == 60


def test_the_table_has_a_line_per_channel(nfb, recorded):
    outcome = nfb("analyse", recorded)
    assert outcome.code == 0
    head, columns, *lines = outcome.out.splitlines()
    assert head.startswith("60.0 s at 250 Hz")
    assert columns.split()[4:10] == BANDS
    assert [line.split()[0] for line in lines[:-1]] == SITES


@pytest.mark.parametrize("key", RECORDED)
def test_figures_of_recorded_people_are_the_reference_figures(nfb, shared_eeg, key):
    reference = json.loads((shared_eeg / "expected.json").read_text())[key]
    words, mains_hz, unclean = RECORDED[key]
    outcome = nfb("analyse", shared_eeg / key.partition("#")[0], "--json", *words)
    assert outcome.code == 0, outcome.err
    record = json.loads(outcome.out)
    assert record["sampling_rate_hz"] == pytest.approx(reference["fs"])
    assert record["mains_hz"] == mains_hz
    found = {channel["name"]: channel for channel in record["channels"]}
    compared = 0
    for i, name in enumerate(reference["channels"]):
        channel = found[name]
        if reference["alpha_peak"][i]["prominence_db"] >= 3 and channel["alpha_peak_hz"] is not None:
            assert channel["alpha_peak_hz"] == pytest.approx(reference["alpha_peak"][i]["hz"], abs=0.5)
        if channel["artefact_fraction"] > unclean:
            continue
        for band in BANDS:
            assert channel["band_power_uv2"][band] == pytest.approx(reference["bandpower_uV2"][band][i], rel=0.2)
            compared += 1
    assert compared >= 2 * len(BANDS)


def test_eyes_closed_show_a_clear_peak_and_eyes_open_none_at_the_back(nfb, shared_eeg):
    peaks = {}
    for condition, file in (
        ("closed", "derived/eegmmidb_S001R02_first60s.edf"),
        ("open", "edf/eegmmidb_S001R01.edf"),
    ):
        record = json.loads(nfb("analyse", shared_eeg / file, "--json").out)
        peaks[condition] = {channel["name"]: channel["alpha_peak_hz"] for channel in record["channels"]}["O1"]
    assert peaks["closed"] == pytest.approx(10.0, abs=0.5)
    assert peaks["open"] is None


def test_an_electrode_without_contact_is_off_with_a_reason(nfb, shared_eeg):
    file = shared_eeg / "muse/muse_P300_subject5_data_2018-04-15-20.33.55.csv"
    channels = {c["name"]: c for c in json.loads(nfb("analyse", file, "--json").out)["channels"]}
    assert channels["AF7"]["quality"] == "off"
    assert "no contact" in channels["AF7"]["reason"]
    assert channels["AF7"]["artefact_fraction"] == 1
    assert set(channels["AF7"]["band_power_uv2"].values()) == {None}
    assert channels["AF8"]["quality"] == "good"


@pytest.mark.parametrize(
    "words",
    [
        ("--start", "nan"),
        ("--stop", "nan"),
        ("--start", "-1"),
        ("--start", "5", "--stop", "2"),
        ("--start", "60"),
        ("--start", "59.9999", "--stop", "60"),
    ],
)
def test_a_part_that_is_no_part_is_refused(nfb, recorded, words):
    outcome = nfb("analyse", recorded, *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--start" in outcome.err and outcome.err.count("\n") == 1
