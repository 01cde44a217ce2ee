"""Puts sources, set-ups and recorders together: the one place where the parts of a session meet."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nfb.devices.brainflow_source import BrainFlowSource
from nfb.devices.catalogue import DEVICES, Device, find_device, parse_params
from nfb.devices.lsl_library import Scope
from nfb.devices.lsl_source import DEVICE as LSL
from nfb.devices.lsl_source import PARAMS as LSL_PARAMS
from nfb.devices.lsl_source import LslSource, parse_stream
from nfb.devices.replay_source import ReplaySource
from nfb.devices.scan import scan
from nfb.devices.simulated import SimulatedSource
from nfb.devices.source import Source
from nfb.devices.worsened import WorsenedSource
from nfb.engine.engine import Engine
from nfb.engine.outlets import Sink, make_sinks
from nfb.engine.replaying import foreign_inputs, foreign_setup, merged_items, recorded_inputs
from nfb.engine.visit import NO_VISIT, VisitOptions
from nfb.files.bids import subject_label
from nfb.files.file_words import FILE_WORDS
from nfb.files.importers import open_recording
from nfb.files.locations import default_recordings_root, fallback_roots
from nfb.files.own_protocols import OwnProtocols
from nfb.files.protocol_file import load_protocol
from nfb.files.reassign import finish_reassigning
from nfb.files.recorder import Recorder
from nfb.files.recover import recover, unfinished
from nfb.files.shelf import find_protocol, newest_protocols
from nfb.model.commands import SetFeedback
from nfb.model.device import DeviceInfo
from nfb.model.errors import RecordingError, SetupError
from nfb.model.protocol import Protocol
from nfb.session.setup import Setup, make_setup

SIMULATED = "simulated"
SYNTHETIC = "synthetic"
DEMO_CLIENT = "demo"
DEMO_PROTOCOL = "smr-central"
# Long enough for thresholds that mean something on a test signal, short enough for feedback within ten seconds.
DEMO_BASELINE_S = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen about a session besides protocol, device and client.

    Parameters
    ----------
    seconds
        Length of the session, or None for the protocol's stages.
    baseline_s
        Length of the baseline, or None for the protocol's.
    signal_check
        Begin with a signal check that the operator ends.
    mains_hz, iaf_hz
        As in :func:`~nfb.session.setup.make_setup`.
    visit
        What a client's plan says; it goes before `baseline_s` and `iaf_hz`.
    out
        Recordings folder; None for the default one.
    speed
        Pace of the simulated client; infinity for as fast as it goes.
    seed
        Of the simulated client.
    lsl_out, osc
        Outlets to other programs, as in :func:`~nfb.engine.outlets.make_sinks`; none by default.
    """

    seconds: float | None = None
    baseline_s: float | None = None
    signal_check: bool = False
    mains_hz: float | None = None
    iaf_hz: float | None = None
    visit: VisitOptions = NO_VISIT
    out: Path | None = None
    speed: float = 1.0
    seed: int | None = None
    lsl_out: Scope | None = None
    osc: str = ""


def make_source(device: str, params: Mapping[str, str], seed: int | None = None) -> Source:
    """A source that has not been opened.

    Raises
    ------
    SetupError
        Unknown device or parameter.
    """
    if device == SIMULATED:
        return SimulatedSource(dict(params), seed=0 if seed is None else seed)
    if device == LSL:
        return LslSource(parse_stream(params))
    find_device(device)
    return BrainFlowSource(device, parse_params(device, params))


def session_engine(
    protocol: Protocol, device: str, params: Mapping[str, str], client: str, options: Options | None = None
) -> Engine:
    """An engine for a live or simulated session that is recorded.

    Raises
    ------
    NfbError
        What cannot work is told now, not after a minute of connecting: client code, sites, bands, parameters.
    """
    chosen = options or Options()
    visit = chosen.visit
    subject_label(client)
    source = make_source(device, params, chosen.seed)
    if device in (SIMULATED, SYNTHETIC):
        source = WorsenedSource(source, protocol.montage.sites[0])

    def setup_for(info: DeviceInfo) -> Setup:
        return make_setup(
            protocol,
            info,
            signal_check=chosen.signal_check,
            mains_hz=chosen.mains_hz,
            iaf_hz=visit.iaf_hz or chosen.iaf_hz,
            thresholds=visit.thresholds,
            time_limit_s=chosen.seconds,
            baseline_s=visit.baseline_s or chosen.baseline_s,
            runs=visit.runs,
            run_s=visit.run_s,
            rest_s=visit.rest_s,
            target=visit.target,
        )

    setup_for(source.info)
    root = chosen.out or default_recordings_root()

    def recorder_for(setup: Setup) -> Recorder:
        OwnProtocols().mark_used(setup.protocol)
        return Recorder(root, client, setup, fallback_roots=fallback_roots())

    sinks = make_sinks(visit.lsl_out or chosen.lsl_out, visit.osc or chosen.osc)
    engine = Engine(source, setup_for, recorder_for, speed=chosen.speed, sinks=sinks)
    if visit.feedback or visit.sound:
        shown = protocol.feedback.mode
        engine.send(SetFeedback(visit.feedback or shown, visit.sound))
    return engine


def demo_engine(options: Options | None = None, *, signal_check: bool = False) -> Engine:
    """A session on BrainFlow's synthetic board that gives feedback within seconds."""
    chosen = options or Options()
    baseline_s = DEMO_BASELINE_S if chosen.seconds is None else max(1.0, min(DEMO_BASELINE_S, chosen.seconds / 3))
    chosen = Options(chosen.seconds, baseline_s, signal_check, out=chosen.out)
    return session_engine(load_protocol(find_protocol(DEMO_PROTOCOL)), SYNTHETIC, {}, DEMO_CLIENT, chosen)


def finish_interrupted(root: Path) -> tuple[str, ...]:
    """Finish what a crash or a power cut left under `root`; one sentence per recording, none if there was nothing.

    The launch after a crash calls it. What cannot be finished now stays as it is, for ``nfb recover`` to tell why.
    """
    told = []
    try:
        moved = finish_reassigning(root)
        told += [moved] if moved else []
        sessions = recover(root) if unfinished(root) else []
    except (RecordingError, OSError) as error:
        return (*told, str(error))
    told += [
        f"Recovered {int(session.duration_s) // 60}:{int(session.duration_s) % 60:02} of "
        f"{session.folder.parent.name}/{session.folder.name}, which was interrupted."
        for session in sessions
    ]
    return tuple(told)


def replay_engine(path: Path, protocol_path: Path | None, speed: float = 1.0, sinks: Sequence[Sink] = ()) -> Engine:
    """An engine that re-runs a recording in its own time, for looking at; nothing is recorded."""
    recording = open_recording(path)
    if protocol_path is None:
        if recording.session is None:
            raise SetupError(f"{path.name}: {FILE_WORDS['foreign']}")
        setup, inputs = recording.session.setup, recorded_inputs(recording.session.journal.events)
    else:
        setup, inputs = foreign_setup(load_protocol(protocol_path), recording), foreign_inputs(recording)
    source = ReplaySource(recording.device, merged_items(recording, inputs, setup.hop_samples))
    return Engine(source, lambda _: setup, None, speed=speed, sinks=sinks)


# ------------------------------------------------------------------ for the window


@dataclass(frozen=True, slots=True)
class Field:
    """A connection parameter as a form shows it."""

    key: str
    label: str
    hint: str
    required: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A device as a list shows it."""

    name: str
    label: str
    link: str
    channel_names: tuple[str, ...]
    sampling_rate_hz: float
    params: tuple[Field, ...]
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A port that a scan saw, with the parameters that connect to it."""

    label: str
    device: str
    params: Mapping[str, str]


def device_rows() -> list[Row]:
    """The catalogue and the simulated client, as lists show them."""
    simulated = make_source(SIMULATED, {}).info
    rows = [_row(device) for device in DEVICES.values()]
    fields = (Field("scenario", "Scenario", "typical", False), Field("eyes", "Eyes", "open", False))
    rows.insert(
        1,
        Row(
            SIMULATED, "Simulated client", "none needed", simulated.channel_names, simulated.sampling_rate_hz, fields
        ),
    )
    return rows


def lsl_row() -> Row:
    """EEG from another program's stream: its channels and rate are known once it is found."""
    fields = tuple(Field(name, name.capitalize(), words, False) for name, words in LSL_PARAMS.items())
    advice = "Start streaming in the amplifier's own software first."
    return Row(LSL, "LSL stream (any amplifier)", "Lab Streaming Layer", (), math.nan, fields, advice)


def _row(device: Device) -> Row:
    fields = tuple(
        Field(param.name, param.name.replace("_", " ").capitalize(), param.help, param.required)
        for param in device.params
    )
    return Row(
        device.name,
        device.title,
        device.link.value,
        device.channel_names,
        device.sampling_rate_hz,
        fields,
        device.advice,
    )


class Launcher:
    """What the window asks for; see :class:`nfb.ui.launching.Launcher`. `speed` is that of the simulated client."""

    def __init__(self, out: Path | None = None, *, speed: float = 1.0) -> None:
        self._out = out
        self._speed = speed
        self.recovered = finish_interrupted(self.recordings)

    @property
    def recordings(self) -> Path:
        """Where sessions are recorded, as the settings are now."""
        return self._out or default_recordings_root()

    def demo(self) -> Engine:
        return demo_engine(Options(out=self._out))

    def connect(
        self,
        device_name: str,
        params: Mapping[str, str],
        protocol_path: Path,
        client: str,
        visit: VisitOptions | None = None,
    ) -> Engine:
        options = Options(signal_check=True, visit=visit or NO_VISIT, out=self._out, speed=self._speed)
        return session_engine(load_protocol(protocol_path), device_name, params, client, options)

    def replay(self, path: Path, protocol_path: Path | None) -> Engine:
        return replay_engine(path, protocol_path)

    def devices(self) -> list[Row]:
        return [*device_rows(), lsl_row()]

    def protocols(self) -> list[tuple[Path, Protocol]]:
        return newest_protocols()

    def scan(self) -> list[Seen]:
        return [
            Seen(f"{found.serial_port}: {found.description}", device, {"serial_port": found.serial_port})
            for found in scan()
            for device in (found.devices or ("cyton",))[:1]
        ]
