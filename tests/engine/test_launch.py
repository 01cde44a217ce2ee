"""What can be told before connecting is told before connecting; what was cut off is finished at the next launch."""

from pathlib import Path

import pytest

from nfb.engine.launch import Options, demo_engine, finish_interrupted, make_source, session_engine
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol
from nfb.files.recorder import Recorder
from nfb.files.shelf import find_protocol
from nfb.model.errors import MontageError, SetupError
from nfb.session.setup import make_setup


def test_sites_clients_and_parameters_are_refused_before_connecting(tmp_path: Path) -> None:
    protocol = load_protocol(find_protocol("smr-central"))
    options = Options(out=tmp_path)
    with pytest.raises(MontageError, match="needs C3, C4"):
        session_engine(protocol, "muse-2", {}, "A031", options)
    with pytest.raises(SetupError, match="client"):
        session_engine(protocol, "simulated", {}, "../x", options)
    with pytest.raises(SetupError, match="serial_port is missing"):
        session_engine(protocol, "cyton", {}, "A031", options)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_recording_is_finished_at_the_next_launch(tmp_path: Path) -> None:
    protocol = load_protocol(find_protocol("smr-central"))
    setup = make_setup(protocol, make_source("simulated", {}).info)
    recorder = Recorder(tmp_path, "A031", setup)
    folder = recorder.folder
    recorder._store.close()  # as if the process had gone: the lock is released, nothing is finished
    assert finish_interrupted(tmp_path) == ("Recovered 0:00 of sub-A031/ses-001, which was interrupted.",)
    assert finish_interrupted(tmp_path) == ()
    session = open_recording(folder).session
    assert session is not None
    assert session.content["state"] == "recovered"


def test_nothing_to_finish_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert finish_interrupted(tmp_path / "none") == ()


def test_a_short_demo_has_a_baseline_that_leaves_room_for_feedback(tmp_path: Path) -> None:
    engine = demo_engine(Options(seconds=6.0, out=tmp_path))
    setup = engine._make_setup(engine._source.info)
    assert setup.stages[0].duration_s == 2.0
