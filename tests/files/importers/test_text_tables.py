"""OpenBCI text, BrainFlow and Muse CSV, tables: columns, counters, separators, ragged rows."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from brainflow.board_shim import BoardIds, BoardShim

from nfb.files.importers import open_recording
from nfb.files.importers.brainflow_boards import BOARDS
from nfb.model.errors import RecordingError
from nfb.model.samples import GapCause

Save = Callable[[str, bytes | str], Path]


def gaps(path: Path, **options: str) -> list[tuple[int, int]]:
    return [(gap.sample, gap.missing_samples) for gap in open_recording(path, **options).gaps]


@pytest.mark.parametrize("version", [5, 6])
def test_openbci_text_is_read_in_microvolts_with_default_sites(make, save: Save, version: int) -> None:
    recording = open_recording(save("rec.txt", make.openbci_text(version)))
    assert (recording.format, recording.device.name, recording.sampling_rate_hz) == ("openbci", "cyton", 250)
    assert recording.device.channel_names == make.sites
    assert not recording.device.sites_named
    assert any("default sites are taken" in warning for warning in recording.warnings)
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), atol=0.00501)
    assert recording.started_utc is not None
    assert recording.started_utc.isoformat() == "2019-05-15T16:00:53.329000+00:00"
    assert recording.gaps == ()
    assert recording.annotations == (((500, 0.0, "3"),) if version == 6 else ())


def test_a_channel_at_the_rail_and_a_flat_one_are_reported(make, save: Save) -> None:
    lines = make.openbci_text(6).splitlines()
    for number, line in enumerate(lines[5:], 5):
        cells = line.split(", ")
        cells[3], cells[4] = "-187500.02", "12.00"
        lines[number] = ", ".join(cells)
    recording = open_recording(save("rec.txt", "\n".join(lines)))
    assert "At the limit of the amplifier (electrode off?): C3." in recording.warnings
    assert "Constant for more than 90 % of the time: C4." in recording.warnings


def test_a_wrap_of_the_sample_index_is_no_gap_but_a_jump_is(make, save: Save) -> None:
    index = np.arange(1010)
    kept = np.delete(index, np.r_[250:260])  # lost across the wrap from 255 to 0
    assert gaps(save("rec.txt", make.openbci_text(6, kept % 256))) == [(250, 10)]


def test_a_daisy_counts_by_two(make, save: Save) -> None:
    index = np.delete(np.arange(0, 1200, 2), np.r_[100:103])
    path = save("rec.txt", make.openbci_text(6, index % 256, n_channels=16))
    recording = open_recording(path)
    assert (recording.device.name, recording.sampling_rate_hz) == ("cyton-daisy", 125)
    assert gaps(path) == [(100, 3)]


def test_a_loss_of_more_than_a_turn_of_the_counter_is_told_by_the_time(make, save: Save) -> None:
    rows = make.brainflow_text(np.delete(np.arange(1600), np.r_[400:1000]) % 256).splitlines()
    shifted = []
    for number, row in enumerate(rows):
        cells = row.split("\t")
        cells[-2] = f"{1557936053.329 + (number + (600 if number >= 400 else 0)) / 250:.6f}"
        shifted.append("\t".join(cells))
    assert gaps(save("rec.csv", "\n".join(shifted) + "\n")) == [(400, 600)]


def test_bursts_and_stalls_that_are_caught_up_are_no_gap(make, save: Save) -> None:
    """Times bunch after a stall of half a second, the counter goes on: nothing was lost."""
    rows = make.brainflow_text().splitlines()
    stalled = []
    for number, row in enumerate(rows):
        cells = row.split("\t")
        due = number / 250
        cells[-2] = f"{1557936053.329 + (2.5 if 2.0 <= due < 2.5 else due):.6f}"
        stalled.append("\t".join(cells))
    assert gaps(save("rec.csv", "\n".join(stalled) + "\n")) == []


def test_the_board_table_is_brainflows_own() -> None:
    ids = {
        "synthetic": BoardIds.SYNTHETIC_BOARD,
        "cyton": BoardIds.CYTON_BOARD,
        "cyton-daisy": BoardIds.CYTON_DAISY_BOARD,
        "cyton-wifi": BoardIds.CYTON_WIFI_BOARD,
        "ganglion": BoardIds.GANGLION_NATIVE_BOARD,
        "ganglion-wifi": BoardIds.GANGLION_WIFI_BOARD,
        "ntl-wifi": BoardIds.NTL_WIFI_BOARD,
        "muse-2": BoardIds.MUSE_2_BOARD,
        "muse-2016": BoardIds.MUSE_2016_BOARD,
        "muse-s-athena": BoardIds.MUSE_S_ATHENA_BOARD,
        "brainbit": BoardIds.BRAINBIT_BOARD,
        "unicorn": BoardIds.UNICORN_BOARD,
        "crown": BoardIds.CROWN_BOARD,
        "notion-2": BoardIds.NOTION_2_BOARD,
        "enophone": BoardIds.ENOPHONE_BOARD,
        "explore-4": BoardIds.EXPLORE_4_CHAN_BOARD,
        "explore-8": BoardIds.EXPLORE_8_CHAN_BOARD,
        "explore-plus-32": BoardIds.EXPLORE_PLUS_32_CHAN_BOARD,
        "freeeeg32": BoardIds.FREEEEG32_BOARD,
        "freeeeg128": BoardIds.FREEEEG128_BOARD,
        "galea": BoardIds.GALEA_BOARD,
        "pieeg": BoardIds.PIEEG_BOARD,
        "knight": BoardIds.NEUROPAWN_KNIGHT_BOARD,
        "knight-imu": BoardIds.NEUROPAWN_KNIGHT_BOARD_IMU,
    }
    assert set(ids) == set(BOARDS)
    for key, board in BOARDS.items():
        described = BoardShim.get_board_descr(ids[key].value)
        assert board.n_columns == described["num_rows"], key
        assert board.rate_hz == described["sampling_rate"], key
        assert list(range(board.first_eeg, board.first_eeg + board.n_eeg)) == described["eeg_channels"], key
        assert (board.package, board.stamp, board.marker) == (
            described["package_num_channel"],
            described["timestamp_channel"],
            described["marker_channel"],
        ), key
        if "eeg_names" in described:
            assert ",".join(board.sites) == described["eeg_names"], key
        if board.acceleration is not None:
            start = board.acceleration
            assert list(range(start, start + 3)) == described["accel_channels"], key


@pytest.mark.parametrize("separator", ["\t", ","])
def test_brainflow_columns_are_told_by_their_number_and_rate(make, save: Save, separator: str) -> None:
    recording = open_recording(save("rec.csv", make.brainflow_text(separator=separator)))
    assert (recording.format, recording.device.name, recording.sampling_rate_hz) == ("brainflow", "cyton", 250)
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), atol=1e-5)
    assert recording.annotations == ((300, 0.0, "5"),)
    assert recording.device_times_s is not None
    assert recording.device_times_s[250] - recording.device_times_s[0] == pytest.approx(1.0, abs=1e-5)


def test_thirty_two_columns_are_synthetic_at_250_hz_and_daisy_at_125_hz(make, save: Save) -> None:
    text = make.brainflow_text(n_columns=32)
    assert open_recording(save("rec.csv", text)).device.name == "synthetic"
    slow = make.brainflow_text(2 * np.arange(600) % 256, n_columns=32, rate_hz=125.0)
    recording = open_recording(save("rec.csv", slow))
    assert (recording.device.name, recording.sampling_rate_hz, recording.gaps) == ("cyton-daisy", 125, ())


def test_several_fitting_boards_are_named_and_one_can_be_given(make, save: Save) -> None:
    path = save("rec.csv", make.brainflow_text(n_columns=12))
    with pytest.raises(RecordingError, match=r"fit several boards\. Give the board .*brainbit"):
        open_recording(path)
    assert open_recording(path, board="brainbit").device.channel_names == ("T3", "T4", "O1", "O2")
    with pytest.raises(RecordingError, match=r"board = 'brainbot' is not known \(did you mean 'brainbit'\?\)"):
        open_recording(path, board="brainbot")
    with pytest.raises(RecordingError, match="board = 'cyton' writes 24 columns, the file has 12"):
        open_recording(path, board="cyton")


def test_a_width_of_no_board_is_refused(make, save: Save) -> None:
    with pytest.raises(RecordingError, match="rows of 9 numbers without a header fit no known board"):
        open_recording(save("rec.csv", make.brainflow_text(n_columns=9)))


def test_decimal_commas_between_tabs_are_read(make, save: Save) -> None:
    """BrainFlow writes them where the program's locale says so."""
    recording = open_recording(save("rec.csv", make.brainflow_text().replace(".", ",")))
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(), atol=1e-5)
    assert "Decimal commas were read as decimal points." in recording.warnings


def test_decimal_commas_between_commas_are_refused(make, save: Save) -> None:
    with pytest.raises(RecordingError, match="decimal commas and separating commas cannot be told apart"):
        open_recording(save("rec.csv", make.table_text().replace(".", ",").replace("class", "class")))
    with pytest.raises(RecordingError, match="decimal commas stand between commas"):
        open_recording(save("flow.csv", make.brainflow_text(separator=",").replace(".", ",")))


def test_a_row_cut_in_the_middle_is_left_out_and_said(make, save: Save) -> None:
    recording = open_recording(save("rec.csv", make.brainflow_text()[:-60]))
    assert recording.n_samples == 999
    assert any("1 rows without 24 cells were left out (the last row is)" in w for w in recording.warnings)


def test_cells_that_are_no_numbers_become_nan_and_are_counted(make, save: Save) -> None:
    rows = make.table_text().splitlines()
    rows[11] = rows[11].split(",")[0] + ",oops,,nan,0"
    recording = open_recording(save("rec.csv", "\n".join(rows)))
    assert np.isnan(recording.eeg[:, 10]).all()
    assert np.isfinite(np.delete(recording.eeg, 10, axis=1)).all()
    assert any(warning.startswith("3 values are not finite numbers") for warning in recording.warnings)


def test_muse_lsl_rate_markers_and_aux(make, save: Save) -> None:
    recording = open_recording(save("rec.csv", make.muse_text()))
    assert (recording.format, recording.sampling_rate_hz, recording.device.reference) == ("muse", 256, "Fpz")
    assert recording.device.channel_names == ("TP9", "AF7", "AF8", "TP10", "Right AUX")
    assert recording.annotations == ((200, 0.0, "1"),)
    np.testing.assert_allclose(recording.eeg, make.eeg_uv(5, 1024), atol=0.000501, rtol=1e-6)


def test_a_hole_of_700_seconds_is_a_gap_and_not_samples(make, save: Save) -> None:
    times = 1486825052.657 + np.arange(1024) / 256
    times[500:] += 700
    recording = open_recording(save("rec.csv", make.muse_text(times)))
    assert recording.n_samples == 1024
    (gap,) = recording.gaps
    assert (gap.sample, gap.cause) == (500, GapCause.RECORDED)
    assert gap.missing_s == pytest.approx(700, abs=0.005)


def test_muse_times_that_tell_another_rate_are_refused(make, save: Save) -> None:
    with pytest.raises(RecordingError, match=r"time stamps tell 100.0 Hz, a Muse samples at 256 Hz"):
        open_recording(save("rec.csv", make.muse_text(1486825052 + np.arange(1000) / 100)))


def test_a_table_takes_its_rate_from_the_time_column(make, save: Save) -> None:
    recording = open_recording(save("rec.csv", make.table_text()))
    assert (recording.sampling_rate_hz, recording.device.channel_names) == (250, ("Fz", "Cz", "Pz"))
    assert recording.annotations == ((500, 2.0, "class=1"),)


def test_a_rate_that_contradicts_the_file_is_refused(make, save: Save) -> None:
    with pytest.raises(RecordingError, match=r"sampling_rate_hz = 500 was given, its time column says 250.0 Hz"):
        open_recording(save("rec.csv", make.table_text()), sampling_rate_hz=500)
    with pytest.raises(
        RecordingError, match=r"sampling_rate_hz = 128 was given, the file says 250 Hz\. Leave it out"
    ):
        open_recording(save("rec.edf", make.edf_bytes()), sampling_rate_hz=128)


def test_semicolons_quotes_units_and_a_byte_order_mark_are_understood(save: Save) -> None:
    rows = "\n".join(f'"{k}";"0,{k % 10}";"1,5"' for k in range(300))
    recording = open_recording(save("rec.csv", f'\ufeff"sample";"Fz (mV)";"Cz [uV]"\n{rows}\n'), sampling_rate_hz=100)
    assert recording.device.channel_names == ("Fz", "Cz")
    np.testing.assert_allclose(recording.eeg[:, 7], [700.0, 1.5], rtol=1e-6)


def test_an_hour_of_eight_channels_is_read_in_seconds(make, save: Save) -> None:
    minute = make.brainflow_text(np.arange(15360) % 256)
    path = save("rec.csv", minute * 15)
    started = time.perf_counter()
    assert open_recording(path, board="cyton").n_samples == 230_400
    assert time.perf_counter() - started < 10  # a quarter of an hour takes about half a second
