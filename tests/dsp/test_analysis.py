"""A recording in figures: the reference figures where all is clean, nothing made up where it is not."""

import json

import numpy as np
import pytest
from scipy import signal

from nfb.dsp.analysis import analyse, clean_samples
from nfb.dsp.spectrum import BANDS_HZ, band_power, welch

RATE = 250.0


@pytest.fixture
def eeg(pink_noise):
    """A minute of two channels with a rhythm of 10.3 Hz, different in size."""
    rng = np.random.default_rng(1)
    f = np.fft.rfftfreq(15_000, 1 / RATE)
    gain = np.exp(-0.5 * ((f - 10.3) / 0.4) ** 2)
    rhythm = np.fft.irfft(gain * (rng.normal(size=len(f)) + 1j * rng.normal(size=len(f))), 15_000)
    rhythm *= 8.0 / rhythm.std()
    return pink_noise(rng, 2, 15_000, RATE, rms_uv=8.0) + np.outer((1.0, 0.7), rhythm)


def by_name(analysis):
    return {channel.name: channel for channel in analysis.channels}


def test_a_clean_recording_gives_welch_powers_and_the_peak(eeg):
    analysis = analyse(eeg, RATE, ("O1", "O2"))
    assert (analysis.sampling_rate_hz, analysis.duration_s, analysis.mains_hz) == (250.0, 60.0, None)
    f, psd = signal.welch(eeg, RATE, nperseg=500)
    for k, channel in enumerate(analysis.channels):
        assert (channel.quality, channel.reason, channel.artefact_fraction, channel.n_windows) == (
            "good",
            "",
            0.0,
            59,
        )
        assert channel.alpha_peak_hz == pytest.approx(10.3, abs=0.15)
        for band, (low, high) in BANDS_HZ.items():
            expected = psd[k, (f >= low) & (f < high)].sum() * 0.5
            assert channel.band_power_uv2[band] == pytest.approx(expected, rel=1e-9)


def test_the_record_is_json_with_the_agreed_names(eeg):
    eeg[1] = 5.0
    record = analyse(eeg, RATE, ("O1", "O2")).to_record()
    record = json.loads(json.dumps(record, allow_nan=False))
    assert set(record) == {"sampling_rate_hz", "duration_s", "mains_hz", "channels"}
    good, off = record["channels"]
    keys = "name quality reason alpha_peak_hz alpha_reason band_power_uv2 artefact_fraction n_windows"
    assert list(good) == list(off) == keys.split()
    assert list(good["band_power_uv2"]) == ["delta", "theta", "alpha", "smr", "beta", "gamma"]
    assert (off["quality"], off["reason"]) == ("off", "flat signal")
    assert off["alpha_peak_hz"] is None
    assert off["alpha_reason"] == "too little clean EEG: 0 s, needs 30 s"
    assert set(off["band_power_uv2"].values()) == {None}
    assert (off["artefact_fraction"], off["n_windows"]) == (1.0, 0)


@pytest.mark.parametrize(
    "disturb",
    [
        lambda x: x + 250.0 * np.hanning(len(x)),
        lambda x: x + np.where(np.arange(len(x)) > 60, 300.0, 0.0),
        lambda x: np.full_like(x, np.nan),
        lambda x: np.where(np.arange(len(x)) == 50, np.inf, x),
        lambda x: np.where(np.arange(len(x)) == 50, 642_564.0, x),
        lambda x: np.full_like(x, 1.0),
        lambda x: np.full_like(x, 1000.0),
    ],
    ids=["blink", "step", "invalid", "infinite", "glitch", "flat", "rail"],
)
def test_an_artefact_costs_its_seconds_and_changes_nothing_else(eeg, disturb):
    before = by_name(analyse(eeg, RATE, ("O1", "O2"), rail_uv=1000.0))
    for second in (12, 31, 32, 50):
        eeg[0, second * 250 + 60 : second * 250 + 210] = disturb(eeg[0, second * 250 + 60 : second * 250 + 210])
    if disturb(np.zeros(150))[0] == 1.0:  # a whole flat second
        for second in (12, 31, 32, 50):
            eeg[0, second * 250 : second * 250 + 250] = 1.0
    after = by_name(analyse(eeg, RATE, ("O1", "O2"), rail_uv=1000.0))
    assert 4 / 60 <= after["O1"].artefact_fraction <= 9 / 60
    assert after["O2"] == before["O2"]
    assert after["O1"].n_windows < before["O1"].n_windows
    for band, power in before["O1"].band_power_uv2.items():
        assert after["O1"].band_power_uv2[band] == pytest.approx(power, rel=0.2)
    assert after["O1"].alpha_peak_hz == pytest.approx(before["O1"].alpha_peak_hz, abs=0.15)


def test_large_eeg_is_as_clean_as_small_eeg(eeg):
    for factor in (0.3, 1.0, 4.0):
        assert clean_samples(factor * eeg, RATE).mean() == 1.0


def test_hum_alone_is_no_artefact(eeg):
    hummed = eeg + 300.0 * np.sin(2 * np.pi * 50.0 * np.arange(15_000) / RATE)
    analysis = analyse(hummed, RATE, ("O1", "O2"))
    assert analysis.mains_hz == 50.0
    for channel, before in zip(analysis.channels, analyse(eeg, RATE, ("O1", "O2")).channels, strict=True):
        assert channel.quality == "weak"
        assert channel.reason == "mains: 212 µV of 50 Hz"
        assert channel.artefact_fraction <= 2 / 60  # the notch rings at both ends
        assert channel.band_power_uv2["alpha"] == pytest.approx(before.band_power_uv2["alpha"], rel=0.05)


def test_a_recording_full_of_artefacts_is_weak(eeg):
    eeg += 600.0 * np.sin(2 * np.pi * 1.3 * np.arange(15_000) / RATE) * (np.arange(15_000) > 5000)
    assert {channel.quality for channel in analyse(eeg, RATE, ("O1", "O2")).channels} == {"weak"}


@pytest.mark.parametrize("rate", [50.0, 100.0, 125.0, 128.0, 199.7, 2048.0])
def test_every_rate_is_analysed(pink_noise, rate):
    eeg = pink_noise(np.random.default_rng(0), 1, int(12 * rate), rate)
    (channel,) = analyse(eeg, rate, ("Oz",)).channels
    assert (channel.quality, channel.artefact_fraction) == ("good", 0.0)
    assert channel.n_windows >= 10
    assert np.isnan(channel.band_power_uv2["gamma"]) == (rate < 90)
    assert channel.band_power_uv2["alpha"] > 0


@pytest.mark.parametrize("n_samples", [0, 1, 100, 249, 250, 499, 500, 1100])
def test_every_length_is_analysed(pink_noise, n_samples):
    eeg = pink_noise(np.random.default_rng(0), 2, 2000, RATE)[:, :n_samples]
    record = analyse(eeg, RATE, ("O1", "O2")).to_record()
    json.dumps(record, allow_nan=False)
    assert record["duration_s"] == n_samples / RATE
    for channel in record["channels"]:
        assert (channel["artefact_fraction"] is None) == (n_samples < 250)
        assert (channel["band_power_uv2"]["alpha"] is None) == (channel["n_windows"] == 0) == (n_samples < 500)


def test_names_must_match_the_channels(eeg):
    with pytest.raises(ValueError, match="1 names for 2 channels"):
        analyse(eeg, RATE, ("O1",))


# --- recorded people ---

CLEAN = {
    "edf/eegmat_Subject03_1.edf": lambda people: people.edf("edf/eegmat_Subject03_1.edf"),
    "edf/eegmat_Subject03_2.edf": lambda people: people.edf("edf/eegmat_Subject03_2.edf"),
    "derived/eegmmidb_S001R02_first60s.edf": lambda people: people.eyes_closed(),
}


@pytest.mark.parametrize("key", CLEAN)
def test_clean_recordings_have_the_reference_figures(people, key):
    reference, recorded = people.expected[key], CLEAN[key](people)
    chosen = tuple(reference["channels"])
    analysis = analyse(recorded.pick(*chosen), recorded.rate, chosen)
    for k, channel in enumerate(analysis.channels):
        assert channel.quality == "good"
        assert channel.artefact_fraction < 0.05
        for band, powers in reference["bandpower_uV2"].items():
            assert channel.band_power_uv2[band] == pytest.approx(powers[k], rel=0.2)
        # The reference looks no further than the highest bin; T9 in eyes closed shifts too much between halves.
        if channel.name != "T9":
            assert channel.alpha_peak_hz == pytest.approx(reference["alpha_peak"][k]["hz"], abs=0.5)


def test_eyes_open_has_large_clean_eeg_and_no_clear_peak_at_the_back(people):
    recorded = people.eyes_open()
    analysis = by_name(analyse(recorded.eeg, recorded.rate, recorded.names))
    assert {channel.quality for channel in analysis.values()} == {"good"}
    assert np.mean([channel.artefact_fraction for channel in analysis.values()]) < 0.05
    for site in ("O1", "Oz", "O2"):
        assert analysis[site].alpha_peak_hz is None
        assert "plateau" in analysis[site].alpha.reason
    assert analysis["Fp1"].artefact_fraction > 0.1  # 14 blinks


def test_seconds_with_blinks_are_unclean_on_a_muse(people):
    recorded = people.muse("N170_subject3")
    key = "muse/muse_N170_subject3_data_2018-05-14-19.14.37.csv"
    clean = clean_samples(recorded.eeg, recorded.rate, mains_hz=60.0)
    ears = clean[[0, 3]]
    for blink_s in people.expected[key]["blink_times_s"]:
        assert not ears[:, int(blink_s * 256)].all(), blink_s
    for k, percent in enumerate(people.expected[key]["artifact_pct"][:4]):
        assert 100 * (1 - clean[k].mean()) == pytest.approx(percent, abs=6)


def test_the_dead_electrode_has_no_figures(people):
    recorded = people.muse("P300_subject5")
    channels = by_name(analyse(recorded.eeg, recorded.rate, recorded.names))
    assert [name for name, channel in channels.items() if channel.quality == "off"] == ["AF7"]
    assert channels["AF7"].reason.startswith("no contact")
    assert (channels["AF7"].artefact_fraction, channels["AF7"].n_windows) == (1.0, 0)
    assert channels["AF8"].artefact_fraction < 0.02


def test_a_recording_of_one_second_has_no_powers(people):
    recorded = people.edf("edf/mne_test.bdf")
    record = analyse(recorded.eeg, recorded.rate, recorded.names).to_record()
    assert record["duration_s"] == 1.0
    for channel in record["channels"]:
        assert channel["alpha_peak_hz"] is None
        assert set(channel["band_power_uv2"].values()) == {None}


def test_a_cyton_with_hum_and_jaws_still_shows_its_alpha(people):
    recorded = people.cyton()
    reference = people.expected["openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"]
    analysis = analyse(recorded.eeg, recorded.rate, recorded.names)
    channels = by_name(analysis)
    assert analysis.mains_hz == 60.0
    assert {channel.quality for channel in channels.values()} == {"weak"}
    for channel, line in zip(analysis.channels, reference["line"], strict=True):
        words = channel.reason.split()
        assert words[0] == "mains:"
        assert float(words[1]) == pytest.approx(line["uV_rms"], rel=0.15)
    for site in ("O1", "O2"):
        assert channels[site].alpha_peak_hz == pytest.approx(11.5, abs=0.25)
    # C3 carries the jaw: 53 times its gamma in a clench
    assert channels["C3"].band_power_uv2["gamma"] < 0.3 * reference["bandpower_uV2"]["gamma"][2]


@pytest.mark.parametrize("window_s", [1.0, 2.0, 4.0])
def test_check_24_alpha_at_the_back_of_the_head_rises_when_the_eyes_close(people, window_s):
    """Seven derivations of three people, not of a group measured alike; the third's alpha hardly rises.

    The eyes of the third (an Emotiv, read as a negative control elsewhere) were opened and closed every few seconds.
    """

    def powers(recorded, sites, when):
        eeg = recorded.pick(*sites)
        keep = clean_samples(eeg, recorded.rate) & when
        return band_power(welch(eeg, recorded.rate, window_s, keep), BANDS_HZ["alpha"])

    midline = ("O1", "Oz", "O2")
    always = np.ones(9600, dtype=bool)
    ratios = [powers(people.eyes_closed(), midline, always) / powers(people.eyes_open(), midline, always)]
    cyton = people.cyton()
    time_s = np.arange(cyton.eeg.shape[1]) / cyton.rate
    closed, opened = (time_s >= 20) & (time_s < 75), (time_s >= 3) & (time_s < 17)
    ratios.append(powers(cyton, ("O1", "O2"), closed) / powers(cyton, ("O1", "O2"), opened))
    emotiv, closed = people.emotiv(), people.emotiv_eyes_closed()
    ratios.append(powers(emotiv, ("O1", "O2"), closed) / powers(emotiv, ("O1", "O2"), ~closed))
    rise = np.concatenate(ratios)
    assert rise.size == 7
    assert np.median(rise) > 1.5
    assert np.mean(rise > 1) >= 0.8
