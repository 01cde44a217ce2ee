"""Whatever is wrong: one clear line with the way out, the right exit code, and nothing left behind."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from nfb.devices.brainflow_source import log_file
from nfb.devices.port_lock import PortLock
from nfb.files.shelf import find_protocol

SIMULATED = ("--device", "simulated", "--speed", "max", "--seconds", 5)


def refuses(outcome, told: str, code: int = 2) -> None:
    assert outcome.code == code
    assert told in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert len(outcome.err.splitlines()) <= 3


CHANGES = {
    "wrong key": ('role = "reward"', 'rolle = "reward"', "did you mean 'role'?"),
    "wrong type": ("dwell_s = 0.35", 'dwell_s = "long"', 'reward.dwell_s = "long": must be a number'),
    "band above Nyquist": ("band_hz = [22, 30]", "band_hz = [22, 140]", "features.high_beta.band_hz = [22, 140]"),
    "band upside down": ("band_hz = [22, 30]", "band_hz = [30, 22]", "features.high_beta.band_hz = [30, 22]"),
    "newer schema": ("schema = 1", "schema = 9", "this file needs a newer nfb"),
    "no TOML": ("[montage]", "[montage", "line"),
    "not a number": ("dwell_s = 0.35", "dwell_s = nan", "reward.dwell_s"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("command", ["check", "run"])
def test_protocol_files_with_a_mistake(nfb, tmp_path, change, command):
    old, new, told = CHANGES[change]
    text = find_protocol("smr-central").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    out = tmp_path / "out"
    refuses(nfb(command, path, *(() if command == "check" else (*SIMULATED, "--out", out))), told)
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is empty"), (b"\x8f\x00\xff" * 400, "not UTF-8 text"), (None, "there is no such protocol or file")],
)
def test_protocol_files_that_are_none(nfb, tmp_path, content, told):
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    refuses(nfb("check", path), told)
    refuses(nfb("check", tmp_path), "there is no such protocol or file")


READERS = {
    "replay": ("replay", "--protocol", "muse-alpha"),
    "check": ("check", "muse-alpha", "--recording"),
    "analyse": ("analyse",),
}


def read(nfb, command: str, path: Path):
    words = READERS[command]
    return nfb(*words, path) if command == "check" else nfb(words[0], path, *words[1:])


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize("suffix", [".edf", ".csv", ".xdf", ".vhdr", ".txt"])
def test_files_that_are_no_recordings(nfb, tmp_path, monkeypatch, command, suffix):
    monkeypatch.chdir(tmp_path)
    empty, junk = tmp_path / f"empty{suffix}", tmp_path / f"junk{suffix}"
    empty.touch()
    junk.write_bytes(np.random.default_rng(3).bytes(4000))
    refuses(read(nfb, command, empty), f"empty{suffix}: the file is empty")
    refuses(read(nfb, command, junk), f"junk{suffix}: ")
    refuses(read(nfb, command, tmp_path / f"gone{suffix}"), "there is no such file")
    assert sorted(tmp_path.iterdir()) == [empty, junk]


@pytest.mark.parametrize("command", READERS)
def test_folders_and_pipes_are_no_recordings(nfb, tmp_path, command):
    folder = tmp_path / "folder.edf"
    folder.mkdir()
    refuses(read(nfb, command, folder), "this folder is no session of this program")
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.edf")
        refuses(read(nfb, command, tmp_path / "pipe.edf"), "this is not a file")


def test_samples_that_are_no_numbers_are_held_and_earn_nothing(nfb, muse_csv, tmp_path, read_table):
    eeg = np.random.default_rng(1).normal(0, 10, (20 * 256, 4))
    eeg[2560:3072, 0] = np.nan
    eeg[4000, 3] = np.inf
    outcome = nfb("replay", muse_csv("odd.csv", eeg=eeg), "--protocol", "muse-alpha", "--out", tmp_path / "again")
    assert outcome.code == 0
    assert "513 values are not finite numbers" in outcome.err
    table = read_table(Path(outcome.last_line))
    inside = [i for i, cell in enumerate(table["sample"]) if 2565 <= int(cell) < 3072]
    assert {table["artefact"][i] for i in inside} == {"1"}
    assert {table["reward"][i] for i in inside} == {"0"}
    assert "no valid number" in {table["artefact_cause"][i] for i in inside}
    # It recovers: clean hops come again before the second hole.
    assert "0" in {table["artefact"][i] for i, cell in enumerate(table["sample"]) if 3500 <= int(cell) < 4000}


@pytest.mark.parametrize("command", READERS)
def test_no_number_at_all(nfb, muse_csv, command):
    path = muse_csv("none.csv", eeg=np.full((5120, 4), np.nan))
    refuses(read(nfb, command, path), "none of its values is a finite number")


def test_times_that_repeat_are_told_and_not_used_as_a_clock(nfb, muse_csv, tmp_path):
    times = 1.5e9 + np.arange(5120) / 256
    times[1000:1100] = times[1000]
    outcome = nfb("replay", muse_csv("twice.csv", times=times), "--protocol", "muse-alpha", "--out", tmp_path)
    assert outcome.code == 0
    assert "99 time stamps do not increase" in outcome.err


@pytest.mark.parametrize("command", READERS)
def test_times_that_stand_still(nfb, muse_csv, command):
    refuses(read(nfb, command, muse_csv("still.csv", times=np.full(5120, 1.5e9))), "time stamps tell no rate")


@pytest.mark.parametrize("command", READERS)
def test_a_sampling_rate_that_is_not_the_files(nfb, muse_csv, command):
    words = list(READERS[command])
    path = muse_csv("walk.csv")
    words = [*words, path] if command == "check" else [words[0], path, *words[1:]]
    refuses(nfb(*words, "--rate", 128), "sampling_rate_hz = 128 was given, the file says 256 Hz")
    refuses(nfb(*words, "--rate", "nan"), "is no rate")


def test_a_board_that_did_not_write_the_file(nfb, shared_eeg):
    path = shared_eeg / "derived" / "openbci_v6_brainflow_cyton.csv"
    refuses(nfb("analyse", path, "--board", "muse-2"), "board = 'muse-2' writes 8 columns, the file has 24")
    refuses(nfb("analyse", path, "--board", "cytom"), "board = 'cytom' is not known")


@pytest.mark.parametrize("command", [("check", "smr-central", "--device"), ("run", "smr-central", "--device")])
def test_unknown_devices(nfb, command):
    refuses(nfb(*command, "cytom"), "device 'cytom' is not known (did you mean 'cyton'?)")


def test_a_port_that_is_not_there(nfb, tmp_path):
    port = ("--param", f"serial_port={tmp_path / 'ttyUSB7'}")
    out = tmp_path / "out"
    outcome = nfb("run", "smr-central", "--device", "cyton", *port, "--seconds", 5, "--out", out)
    refuses(outcome, "cannot be opened", code=3)
    assert "Check that the dongle is plugged in" in outcome.err
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals")
def test_a_port_that_is_busy(nfb, tmp_path):
    near, far = os.openpty()
    lock = PortLock(os.ttyname(far), log_file("cyton").parent / "ports")
    try:
        port = ("--param", f"serial_port={os.ttyname(far)}")
        outcome = nfb("run", "smr-central", "--device", "cyton", *port, "--seconds", 5, "--out", tmp_path / "out")
        refuses(outcome, "is in use by another nfb session.", code=3)
    finally:
        lock.release()
        os.close(near)
        os.close(far)
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(
    sys.platform != "linux", reason="asks the Bluetooth of this machine, which may have a headset near"
)
def test_no_bluetooth(nfb, tmp_path):
    if any(Path("/sys/class/bluetooth").glob("hci*")):
        pytest.skip("this machine has a Bluetooth adapter")
    outcome = nfb("run", "muse-alpha", "--device", "muse-2", "--seconds", 5, "--out", tmp_path / "out")
    refuses(outcome, "No Bluetooth adapter was found.", code=3)
    assert "Switch Bluetooth on" in outcome.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["gone", "file"])
def test_there_is_nothing_to_recover_where_there_are_no_recordings(nfb, tmp_path, name):
    (tmp_path / "file").write_text("text")
    refuses(nfb("recover", tmp_path / name), "holds no recordings")


def test_a_session_file_that_is_damaged(nfb, course, tmp_path):
    from shutil import copytree

    root = copytree(course, tmp_path / "copy")
    (root / "derivatives/nfb/sub-A031/ses-001/session.json").write_text("{")
    refuses(nfb("replay", root / "sub-A031" / "ses-001", "--verify"), "session.json")
