"""Whatever is in a file: a recording or a one-line reason, in bounded time and memory, and nothing else."""

import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nfb.files.importers import IMPORTERS, open_recording
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError

Save = Callable[[str, bytes | str], Path]

KINDS = (
    "rec.edf",
    "rec.bdf",
    "rec.xdf",
    "v5.txt",
    "v6.txt",
    "brainflow.csv",
    "muse.csv",
    "table.csv",
    "bv.vhdr",
    "bv.vmrk",
    "bv.eeg",
)
# Half of the places lie in the header, where a change does most harm, and half of the bytes mean something in it.
PLACES = st.integers(0, 3000) | st.integers(0, 10**6)
BYTES = st.integers(0, 255) | st.sampled_from(b"0123456789-+.,;\t \n\r\x00\xff")
FUZZ = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Files(dict[str, bytes]):
    """Whole files by name; Hypothesis writes down the arguments of a test, and need not write down these."""

    def __repr__(self) -> str:
        return f"<{len(self)} files>"


@pytest.fixture(scope="module")
def good(make, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("good")
    header = make.brainvision(folder)
    return Files(
        {
            "rec.edf": make.edf_bytes(),
            "rec.bdf": make.edf_bytes("bdf"),
            "rec.xdf": make.xdf_bytes(),
            "v5.txt": make.openbci_text(5).encode(),
            "v6.txt": make.openbci_text(6).encode(),
            "brainflow.csv": make.brainflow_text().encode(),
            "muse.csv": make.muse_text().encode(),
            "table.csv": make.table_text().encode(),
            "bv.vhdr": header.read_bytes().replace(b"rec.", b"bv."),
            "bv.vmrk": (folder / "rec.vmrk").read_bytes(),
            "bv.eeg": (folder / "rec.eeg").read_bytes(),
        }
    )


def outcome(path: Path) -> Recording | str:
    """The recording, whole and readable to its end, or the reason."""
    try:
        recording = open_recording(path)
    except RecordingError as error:
        reason = str(error)
        assert reason.startswith((f"{path.name}: ", "bv."))
        assert reason.isprintable()
        assert reason.endswith(".")
        assert ". " in reason
        return reason
    assert recording.eeg.dtype == np.float32
    assert not np.isinf(recording.eeg).any()
    assert recording.n_samples > 0
    assert all(0 < gap.sample < recording.n_samples for gap in recording.gaps)
    assert all(0 <= note.sample < recording.n_samples for note in recording.annotations)
    assert len(set(recording.device.channel_names)) == recording.device.n_channels
    assert all("\n" not in warning for warning in recording.warnings)
    return recording


def lay_out(folder: Path, good: dict[str, bytes], name: str, damaged: bytes) -> Path:
    """The damaged file with its sound companions."""
    for companion in ("bv.vhdr", "bv.vmrk", "bv.eeg"):
        (folder / companion).write_bytes(good[companion])
    (folder / name).write_bytes(damaged)
    return folder / name


@pytest.mark.parametrize("name", KINDS)
def test_the_undamaged_file_opens(good: dict[str, bytes], tmp_path: Path, name: str) -> None:
    assert isinstance(outcome(lay_out(tmp_path, good, name, good[name])), Recording)


@pytest.mark.parametrize("name", KINDS)
@given(place=PLACES)
@FUZZ
def test_a_file_cut_anywhere(good: dict[str, bytes], tmp_path: Path, name: str, place: int) -> None:
    whole = good[name]
    outcome(lay_out(tmp_path, good, name, whole[: place % len(whole)]))


@pytest.mark.parametrize("name", KINDS)
@given(changes=st.lists(st.tuples(PLACES, BYTES), min_size=1, max_size=20))
@FUZZ
def test_a_file_with_bytes_changed(
    good: dict[str, bytes], tmp_path: Path, name: str, changes: list[tuple[int, int]]
) -> None:
    damaged = bytearray(good[name])
    for place, value in changes:
        damaged[place % len(damaged)] = value
    outcome(lay_out(tmp_path, good, name, bytes(damaged)))


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".xdf", ".vhdr", ".csv", ".txt", ""])
@given(junk=st.binary(max_size=2000))
@FUZZ
def test_junk_under_any_name(tmp_path: Path, suffix: str, junk: bytes) -> None:
    path = tmp_path / f"junk{suffix}"
    path.write_bytes(junk)
    outcome(path)


@pytest.mark.parametrize(
    "magic", [b"XDF:", b"0       ", b"\xffBIOSEMI", b"%OpenBCI\n", b"timestamps,TP9\n", b"a,b\n"]
)
@given(junk=st.binary(max_size=2000))
@FUZZ
def test_junk_after_a_true_beginning(tmp_path: Path, magic: bytes, junk: bytes) -> None:
    path = tmp_path / "junk"
    path.write_bytes(magic + junk)
    outcome(path)


@pytest.mark.parametrize("value", ["nan", "", "x", "-inf", "1e400", "-1e308", "0", "1e18"])
@pytest.mark.parametrize("name", ["v5.txt", "v6.txt", "brainflow.csv", "muse.csv", "table.csv"])
def test_a_column_that_holds_no_sense(good: dict[str, bytes], tmp_path: Path, name: str, value: str) -> None:
    lines = good[name].decode().splitlines()[:300]
    separator = "\t" if name == "brainflow.csv" else ","
    for column in range(lines[-1].count(separator) + 1):
        damaged = []
        for line in lines:
            cells = line.split(separator)
            if line[0].isdigit():
                cells[column] = value
            damaged.append(separator.join(cells))
        outcome(lay_out(tmp_path, good, name, "\n".join(damaged).encode()))


@pytest.mark.parametrize("name", KINDS)
def test_a_small_file_never_takes_much_memory(good: dict[str, bytes], tmp_path: Path, name: str) -> None:
    """Every run of digits in the first 3000 bytes replaced by nines: sizes that nothing could hold."""
    whole = good[name]
    head = bytes(ord("9") if 48 <= byte <= 57 else byte for byte in whole[:3000])
    path = lay_out(tmp_path, good, name, head + whole[3000:])
    outcome(path)  # imports first
    tracemalloc.start()
    outcome(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * 2**20


def test_an_empty_file_a_folder_a_missing_file_and_a_pipe_are_told_apart(save: Save, tmp_path: Path) -> None:
    assert outcome(save("rec.edf", b"")) == "rec.edf: the file is empty. Copy it again from where it was recorded."
    assert "there is no such file" in str(outcome(tmp_path / "other.edf"))
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "folder" in str(outcome(folder))
    if hasattr(os, "mkfifo"):
        pipe = tmp_path / "pipe.edf"
        os.mkfifo(pipe)
        assert "this is not a file" in str(outcome(pipe))


def test_content_counts_before_the_name(good: dict[str, bytes], save: Save) -> None:
    assert isinstance(outcome(save("rec.csv", good["rec.edf"])), Recording)
    assert isinstance(outcome(save("rec.edf", good["muse.csv"])), Recording)


def test_a_file_larger_than_memory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.edf"
    with path.open("wb") as file:
        file.write(b"0       ")
        file.truncate(3 * 2**30)  # sparse: takes no room on disk
    assert "3.0 GiB is more than the 2 GiB that are read" in str(outcome(path))


def test_every_importer_is_reached(good: dict[str, bytes], tmp_path: Path) -> None:
    reached = {
        key
        for name in KINDS
        for path in [lay_out(tmp_path, good, name, good[name])]
        for key, importer in IMPORTERS.items()
        if importer.recognises(path, good[name][:65536])
    }
    assert reached == set(IMPORTERS)
