"""Another program that listens with pylsl receives every sample, hop and marker of a session, as recorded."""

import json
import math
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nfb.devices.lsl_library import Scope, load
from nfb.devices.simulated import SimulatedSource
from nfb.engine.engine import Engine
from nfb.engine.lsl_outlets import LslOutlets
from nfb.engine.outlets import make_sinks
from nfb.files.protocol_file import load_protocol
from nfb.files.recorder import Recorder
from nfb.files.recording import Recording, open_own_recording
from nfb.files.shelf import find_protocol
from nfb.model.errors import SetupError
from nfb.model.events import Rewarded
from nfb.model.samples import LinkChange, LinkState
from nfb.session.setup import make_setup

try:
    load(Scope.MACHINE)
except SetupError as error:
    pytest.skip(f"liblsl is not here: {error}", allow_module_level=True)

# Listens as LabRecorder does, and knows nothing of nfb.
LISTENER = """\
import json, sys
import numpy as np
import pylsl
pylsl.set_config_content("[multicast]\\nResolveScope = machine\\nAddressesOverride = {127.0.0.1}\\n"
    "[lab]\\nKnownPeers = {127.0.0.1}\\n[ports]\\nIPv6 = disable\\n[log]\\nlevel = -2\\n")
inlets, rows, stamps, facts = {}, {}, {}, {}
for name in ("NFB-EEG", "NFB-Feature", "NFB-Markers"):
    found = pylsl.resolve_byprop("name", name, 1, 20.0)
    inlet = inlets[name] = pylsl.StreamInlet(found[0], max_buflen=360)
    inlet.open_stream(10.0)
    info = inlet.info(10.0)
    desc = info.desc()
    facts[name] = dict(type=info.type(), rate=info.nominal_srate(), source_id=info.source_id(),
        labels=info.get_channel_labels(), units=info.get_channel_units(), types=info.get_channel_types(),
        reference=desc.child("reference").child_value("label"),
        model=desc.child("acquisition").child_value("model"))
    rows[name], stamps[name] = [], []
print("ready", flush=True)
quiet = 0
while quiet < 20:
    news = 0
    for name, inlet in inlets.items():
        values, times = inlet.pull_chunk(timeout=0.0, max_samples=4096)
        rows[name] += values
        stamps[name] += times
        news += len(times)
    ended = any(row[0].startswith("session ends") for row in rows["NFB-Markers"])
    quiet = quiet + 1 if ended and not news else 0
    if not news:
        pylsl_wait = inlets["NFB-EEG"].pull_sample(timeout=0.02)
        if pylsl_wait[0] is not None:
            rows["NFB-EEG"].append(pylsl_wait[0])
            stamps["NFB-EEG"].append(pylsl_wait[1])
np.savez(sys.argv[1], eeg=np.array(rows["NFB-EEG"]), features=np.array(rows["NFB-Feature"]),
    eeg_s=stamps["NFB-EEG"], features_s=stamps["NFB-Feature"], markers_s=stamps["NFB-Markers"],
    markers=np.array([row[0] for row in rows["NFB-Markers"]]), facts=json.dumps(facts))
"""


class Awaited(SimulatedSource):
    """A client who begins when somebody listens."""

    listened: threading.Event

    def read(self, timeout_s: float) -> list:
        assert self.listened.wait(30)
        return super().read(timeout_s)


class Heard:
    """What the listener wrote down, and the recording of the same session."""

    def __init__(self, path: Path, recording: Recording) -> None:
        with np.load(path) as file:
            self.arrays = {name: file[name] for name in file.files}
        self.facts = json.loads(str(self.arrays["facts"]))
        self.recording = recording
        assert recording.session is not None
        self.session = recording.session
        self.table = recording.session.feedback.columns


def listened_session(folder: Path, seconds: float) -> Heard:
    source = Awaited({"scenario": "typical"}, seed=5)
    source.listened = threading.Event()
    protocol = load_protocol(find_protocol("smr-central"))
    engine = Engine(
        source,
        lambda device: make_setup(protocol, device, time_limit_s=seconds, baseline_s=10.0),
        lambda setup: Recorder(folder / "recordings", "A031", setup),
        speed=math.inf,
        sinks=make_sinks(Scope.MACHINE),
    )
    listener = subprocess.Popen(
        [sys.executable, "-c", LISTENER, str(folder / "heard.npz")], stdout=subprocess.PIPE, text=True
    )
    engine.start()
    try:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "ready\n"
        source.listened.set()
        assert engine.join(110)
        assert listener.wait(60) == 0
    finally:
        source.listened.set()
        listener.kill()
        listener.wait()
        assert listener.stdout is not None
        listener.stdout.close()
    assert engine.error is None
    assert engine.folder is not None
    return Heard(folder / "heard.npz", open_own_recording(engine.folder))


@pytest.fixture(
    scope="module", params=[30.0, pytest.param(300.0, marks=pytest.mark.benchmark)], ids=lambda s: f"{s:g}s"
)
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    yield listened_session(tmp_path_factory.mktemp("lsl"), request.param)


def test_every_sample_arrives_bit_for_bit(heard: Heard) -> None:
    assert np.array_equal(heard.arrays["eeg"].T.astype(np.float32), heard.recording.eeg)


def test_every_hop_arrives_with_its_decision(heard: Heard) -> None:
    labels = heard.facts["NFB-Feature"]["labels"]
    received = heard.arrays["features"]
    for name in ("feature.smr", "threshold.smr", "feedback", "artefact", "in_range", "reward"):
        assert np.array_equal(received[:, labels.index(name)], heard.table[name].astype(float), equal_nan=True), name


def test_every_reward_and_every_marker_of_the_recording_arrives(heard: Heard) -> None:
    markers = heard.arrays["markers"].tolist()
    noted = [note.text for note in heard.recording.annotations]
    assert [text for text in markers if text in set(noted)] == noted
    rewards = [event for event in heard.session.journal.decided_events if isinstance(event, Rewarded)]
    assert markers.count("reward") == len(rewards) == int(heard.table["reward"].sum()) > 0


def test_rates_are_as_declared_and_time_follows_the_samples(heard: Heard) -> None:
    rate = heard.recording.sampling_rate_hz
    assert heard.facts["NFB-EEG"]["rate"] == rate
    assert heard.facts["NFB-Feature"]["rate"] == pytest.approx(1 / heard.session.setup.hop_s)
    assert heard.facts["NFB-Markers"]["rate"] == 0.0
    times_s = heard.arrays["eeg_s"]
    lost_s = sum(gap.missing_s for gap in heard.recording.gaps)
    assert (len(times_s) - 1) / (times_s[-1] - times_s[0] - lost_s) == pytest.approx(rate, rel=1e-6)
    # A hop carries the stamp of its newest sample.
    assert np.allclose(heard.arrays["features_s"], times_s[heard.table["sample"]], atol=1e-3)


def test_a_marker_carries_the_stamp_of_its_sample(heard: Heard) -> None:
    stamps = heard.arrays["markers_s"][heard.arrays["markers"] == "reward"]
    samples = heard.table["sample"][heard.table["reward"] == 1]
    assert np.allclose(stamps, heard.arrays["eeg_s"][samples], atol=1e-3)


def test_channels_are_described_as_the_xdf_specification_has_it(heard: Heard) -> None:
    eeg = heard.facts["NFB-EEG"]
    device = heard.recording.device
    assert eeg["labels"] == list(device.channel_names)
    assert set(eeg["units"]) == {"microvolts"}
    assert set(eeg["types"]) == {"EEG"}
    assert eeg["type"] == "EEG"
    assert heard.facts["NFB-Markers"]["type"] == "Markers"
    assert (eeg["reference"], eeg["model"]) == (device.reference, device.model or device.name)
    features = heard.facts["NFB-Feature"]
    assert dict(zip(features["labels"], features["units"], strict=True))["feature.smr"] == "µV"


def test_the_scope_cannot_change_under_streams_that_are_in_use() -> None:
    make_sinks(Scope.MACHINE)
    with pytest.raises(SetupError, match="in use with the scope machine"):
        make_sinks(Scope.NETWORK)


def test_an_outlet_that_breaks_leaves_the_session_alone(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def push_chunk(self, *_: object) -> None:
            raise RuntimeError("internal error")

        def have_consumers(self) -> bool:
            return False

    (sink,) = make_sinks(Scope.MACHINE)
    assert isinstance(sink, LslOutlets)
    sink._outlets = (Broken(), Broken(), Broken())
    sink.take_link(LinkChange(LinkState.LOST))
    sink.take_link(LinkChange(LinkState.STREAMING))
    sink.close()
    assert [record.getMessage() for record in caplog.records] == [
        "LSL outlets are closed; the session goes on without them"
    ]
