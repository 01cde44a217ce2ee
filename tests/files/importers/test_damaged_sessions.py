"""A session of this program's own, damaged anywhere: it opens with what is left, or says in one line why not."""

import gzip
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nfb.files.bids import Layout
from nfb.files.importers import open_recording
from nfb.files.recorder import Recorder
from nfb.model.commands import EndReason
from nfb.model.errors import RecordingError
from nfb.model.samples import Gap
from nfb.session.setup import Setup

FILES = ("session.json", "journal.jsonl", "feedback.tsv.gz", "eeg", "device_times.f64", "acceleration.f32")
PLACES = st.integers(0, 400) | st.integers(0, 10**6)
BYTES = st.integers(0, 255) | st.sampled_from(b'0123456789-+.,{}[]":\t \n\r\x00\xff')
FUZZ = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def session(
    tmp_path_factory: pytest.TempPathFactory, setup: Setup, samples: np.ndarray, record: Callable[..., None], gap: Gap
) -> Layout:
    with Recorder(tmp_path_factory.mktemp("good") / "recordings", "A031", setup) as recorder:
        record(recorder, samples, (gap,))
        recorder.finish(EndReason.COMPLETED)
    layout = recorder.layout
    np.arange(5000.0).tofile(layout.device_times)
    np.zeros((5000, 3), dtype=np.float32).tofile(layout.acceleration)
    return layout


def place_of(layout: Layout, name: str) -> Path:
    return layout.eeg("eeg") if name == "eeg" else layout.derivatives / name


@pytest.fixture
def copy(session: Layout, tmp_path: Path) -> Layout:
    shutil.copytree(session.root, tmp_path / "recordings", dirs_exist_ok=True)
    return Layout(tmp_path / "recordings", session.subject, session.session, session.task)


def outcome(layout: Layout) -> str:
    """All that can be read of it is read; the reason, or nothing."""
    try:
        recording = open_recording(layout.folder)
        assert recording.session is not None
        assert sum(item.n_samples for item in recording.items() if hasattr(item, "n_samples")) == recording.n_samples
        assert all(0 <= note.sample < recording.n_samples for note in recording.annotations)
        features = recording.features()
        assert all(len(features[name]) == len(features) for name in features.columns)
        assert len(recording.session.feedback.lines) == len(features)
    except RecordingError as error:
        assert "\n" not in str(error)
        assert str(error)
        return str(error)
    return ""


def test_the_undamaged_session_opens(copy: Layout) -> None:
    assert outcome(copy) == ""


@pytest.mark.parametrize("name", FILES)
@given(place=PLACES)
@FUZZ
def test_cut_anywhere(session: Layout, copy: Layout, name: str, place: int) -> None:
    whole = place_of(session, name).read_bytes()
    place_of(copy, name).write_bytes(whole[: place % len(whole)])
    outcome(copy)


@pytest.mark.parametrize("name", FILES)
@given(changes=st.lists(st.tuples(PLACES, BYTES), min_size=1, max_size=8))
@FUZZ
def test_with_bytes_changed(session: Layout, copy: Layout, name: str, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(place_of(session, name).read_bytes())
    for place, value in changes:
        damaged[place % len(damaged)] = value
    place_of(copy, name).write_bytes(damaged)
    outcome(copy)


@given(text=st.binary(max_size=300))
@example(text=b"\n\x80")
@example(text=b"sample\tfeedback\n1\t\xff\xfe\n")
@example(text=b"sample\tsample\n1\t2\n")
@example(text=b"\xff\tfeedback\n1\t2\n")
@example(text=b"why\n\xff\n")
@example(text=b"sample\n" + b"9" * 30 + b"\n")
@FUZZ
def test_any_text_in_a_whole_table(copy: Layout, text: bytes) -> None:
    copy.feedback.write_bytes(gzip.compress(text))
    outcome(copy)


def test_a_cell_of_a_megabyte_fills_no_memory(copy: Layout) -> None:
    """A table is read as wide as its widest cell: one of a megabyte in a thousand rows would be a gigabyte."""
    rows = b"1\tx\n" * 1000 + b"1\t" + b"y" * 2**20 + b"\n"
    copy.feedback.write_bytes(gzip.compress(b"sample\twhy\n" + rows))
    tracemalloc.start()
    outcome(copy)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60 * 2**20
