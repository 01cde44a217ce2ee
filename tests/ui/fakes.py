"""An engine that runs a real session on the simulated client, by hand and without a thread."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nfb.devices.scenario import EventKind
from nfb.devices.simulated import SimulatedSource
from nfb.devices.worsened import KINDS
from nfb.engine.contact import ContactWatch
from nfb.engine.delay import DelayPart
from nfb.engine.engine import Engine
from nfb.engine.launch import Launcher
from nfb.engine.live import Fault, Finished, Live, Started
from nfb.engine.proposals import Proposals
from nfb.engine.summary import SummaryBuilder
from nfb.engine.visit import VisitOptions
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.commands import Command, EndReason, NextStage, Pause, PauseCause
from nfb.model.errors import RecordingError
from nfb.model.events import QualityReport
from nfb.model.protocol import Protocol, Stage, StageKind
from nfb.model.samples import Chunk, DeviceStatus, Gap, GapCause, LinkChange, LinkState
from nfb.session.reasons import words
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup
from nfb.session.states import State
from nfb.ui.shell import Shell

STAGES = (
    Stage(StageKind.CHECK, "check", math.inf),
    Stage(StageKind.BASELINE, "baseline", 6.0, min_clean_s=3.0),
    Stage(StageKind.RUN, "run-1", 8.0),
    Stage(StageKind.REST, "rest-1", 4.0),
    Stage(StageKind.RUN, "run-2", 8.0),
)


def short_setup(
    protocol: str | Protocol = "smr-central", stages: tuple[Stage, ...] = STAGES
) -> tuple[Setup, SimulatedSource]:
    """A whole visit in half a minute of samples; a protocol may be given by its name on the shelf."""
    source = SimulatedSource({"chunk": "25"}, seed=3)  # few chunks, since no decision depends on where they end
    made = load_protocol(find_protocol(protocol)) if isinstance(protocol, str) else protocol
    return replace(make_setup(made, source.info), stages=stages), source


class FakeEngine:
    """The engine's face on a session that goes on only when :meth:`advance` is called."""

    def __init__(
        self, folder: Path | None = None, stages: tuple[Stage, ...] = STAGES, protocol: str | Protocol = "smr-central"
    ) -> None:
        self._ready, self._source = short_setup(protocol, stages)
        self.setup: Setup | None = None
        self.folder = folder
        self.live: Live | None = None
        self.sent: list[Command] = []
        self.shown: list[int] = []
        self.worsened: list[EventKind] = []
        self._looks = 0
        self.loop_ms = 212.0
        self._contact = ContactWatch(self._ready.device)
        self.started = self.stopped = self.joined = False
        self._session = Session(self._ready)
        self.proposals = Proposals()
        self.proposals.begin(self._session)
        self._builder = SummaryBuilder(self._ready)
        self._events: deque[object] = deque()
        self._chunks: deque[Chunk | Gap] = deque()
        self._hops: deque[object] = deque()
        self._finished = False

    # the engine's interface ---------------------------------------------------------------------------------------

    def start(self) -> None:
        self.started = True
        self._events.append(LinkChange(LinkState.CONNECTING))

    def send(self, command: Command) -> None:
        self.sent.append(command)
        self._session.command(command)

    def stop(self, reason: EndReason = EndReason.STOPPED) -> None:
        self.stopped = True
        if self.setup is None:
            self._events.append(Finished(None, None, None))
        elif not self._finished:
            self._publish(self._session.finish(reason))

    def join(self, timeout_s: float) -> bool:
        self.joined = True
        return True

    def take_events(self) -> list[object]:
        return _drain(self._events)

    def take_chunks(self) -> list[Chunk | Gap]:
        return _drain(self._chunks)

    def take_hops(self) -> list:
        return _drain(self._hops)

    def note_shown(self, hop: int, shown_s: float) -> None:
        self.shown.append(hop)

    def note_heard(self, hop: int, rendered_s: float) -> None:
        self.shown.append(hop)

    @property
    def disturbances(self) -> tuple[EventKind, ...]:
        return KINDS

    def worsen(self, kind: EventKind) -> None:
        self.worsened.append(kind)

    # what a test does with it -------------------------------------------------------------------------------------

    def connect(self) -> None:
        """The headset has answered."""
        self.setup = self._ready
        self._events.append(Started(self._ready, self.folder))
        self._events.append(LinkChange(LinkState.STREAMING))
        self._events.append(DeviceStatus(battery_percent=81.0))

    def fail(self, what: str, way_out: str) -> None:
        """Connecting did not work."""
        self._events.append(Fault(what, way_out, True))
        self._events.append(Finished(None, None, None))

    def advance(self, seconds: float) -> None:
        """Let `seconds` of samples come in."""
        stop = self._session.newest_sample + seconds * self._ready.device.sampling_rate_hz
        while self._session.newest_sample < stop and not self._finished:
            for item in self._source.read(0.1):
                if isinstance(item, Chunk | Gap):
                    self._chunks.append(item)
                    if isinstance(item, Chunk):
                        self._contact.take(item, 0, 0)
                    self._publish(self._session.receive(item))

    def advance_to(self, kind: StageKind) -> None:
        """Go on until a stage of `kind` has begun."""
        for _ in range(600):
            stage = self._session.stage
            if stage >= 0 and self._ready.stages[stage].kind is kind and self._session.state is not State.SETTLING:
                return
            self.advance(0.1)
        raise AssertionError(f"no stage {kind} within a minute of samples")

    def lengthen_runs(self, run_s: float) -> None:
        """Make the present run long enough for what takes a minute."""
        self._session._stages.length_hops = round(run_s / self._ready.hop_s)

    def lose_link(self) -> None:
        """The headset is gone."""
        self._events.append(LinkChange(LinkState.LOST, "The headset went silent.", "Bring it nearer."))
        self.send(Pause(PauseCause.LINK))
        assert self.live is not None
        self.live = self.live._replace(feedback=0.5, link=LinkState.LOST, why="link lost")

    def add_gap(self, missing_s: float) -> None:
        at = self._session.newest_sample + 1
        self._chunks.append(Gap(at, round(missing_s * 250), missing_s, GapCause.LINK_LOST))

    def tell(self, event: object) -> None:
        self._events.append(event)

    def grades(self, *, good: bool, for_s: int = 5) -> None:
        """Quality reports of `for_s` seconds, one a second."""
        n = self._ready.device.n_channels
        grades, reasons = ["good"] * n, [""] * n
        if not good:
            used = self._ready.fit.channels
            grades[used[0]], reasons[used[0]] = "weak", "mains 31 µV: move charger and cables away"
            grades[used[-1]], reasons[used[-1]] = "off", "flat: press the electrode for 5 s"
        for second in range(for_s + 1):
            sample = self._looks + round(second * self._ready.device.sampling_rate_hz)
            self._events.append(QualityReport(0, sample, tuple(grades), tuple(reasons), 50.0))
        self._looks = sample

    def _publish(self, output: Output) -> None:
        self._builder.add(output.hops, output.events)
        self._events.extend(output.events)
        self._hops.extend(output.hops)
        if output.hops:
            hop, tally = output.hops[-1], self._session.tally
            self.live = Live(
                hop=hop,
                feedback=hop.feedback,
                link=LinkState.STREAMING,
                loop_delay_ms=self.loop_ms,
                loop_delay_p95_ms=230.0,
                stage_label=self._ready.stages[min(self._session.stage, len(self._ready.stages) - 1)].label,
                stage_left_s=self._session.stage_left_s(),
                in_range_30s=tally.in_range_hops / tally.valid_hops if tally.valid_hops else math.nan,
                in_range_run=tally.in_range_hops / tally.valid_hops if tally.valid_hops else math.nan,
                clean_share=1 - tally.held_hops / tally.elapsed_hops if tally.elapsed_hops else math.nan,
                rewards=tally.rewards,
                why=words(hop, self._ready),
                delay_part=DelayPart.SCREEN,
                contacts=self._contact.newest,
            )
        if self._session.state >= State.ENDED and not self._finished:
            self._finished = True
            summary = self._builder.summary(212.0, 230.0)
            self._events.append(Finished(summary.end_reason, self.folder, summary))


def _drain(queue: deque) -> list:
    taken = list(queue)
    queue.clear()
    return taken


@dataclass(frozen=True)
class FakeField:
    key: str
    label: str
    hint: str = ""
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FakeRow:
    name: str
    label: str
    link: str
    channel_names: tuple[str, ...]
    sampling_rate_hz: float
    params: tuple[FakeField, ...] = ()
    advice: str = ""


@dataclass(frozen=True)
class FakeFound:
    label: str
    device: str
    params: Mapping[str, str]


CATALOGUE = (
    FakeRow("synthetic", "BrainFlow synthetic board", "built in", ("Fz", "C3", "Cz", "C4"), 250.0),
    FakeRow("muse-2", "Muse 2", "Bluetooth LE", ("TP9", "AF7", "AF8", "TP10"), 256.0,
            (FakeField("mac_address", "Mac address", "only if several are near", required=False),)),
    FakeRow("cyton", "OpenBCI Cyton", "USB or serial port", ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2"), 250.0,
            (FakeField("serial_port", "Serial port", "/dev/ttyUSB0"),),
            "Confirm where each electrode sits: the names are defaults."),
)  # fmt: skip


class FakeLauncher:
    """Hands out fake engines of `protocol` and `stages`, and remembers what it was asked for."""

    protocol: str | Protocol = "smr-central"
    stages = STAGES
    recovered: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._folder = self.recordings = folder
        self.engines: list[FakeEngine] = []
        self.asked: list[tuple] = []
        self.visits: list[VisitOptions | None] = []
        self.found: Sequence[FakeFound] = ()

    @property
    def engine(self) -> FakeEngine:
        return self.engines[-1]

    def _make(self, *asked: object) -> FakeEngine:
        self.asked.append(asked)
        self.engines.append(FakeEngine(self._folder, self.stages, self.protocol))
        return self.engines[-1]

    def demo(self) -> FakeEngine:
        return self._make("demo")

    def connect(
        self,
        device_name: str,
        params: Mapping[str, str],
        protocol_path: Path,
        client: str,
        visit: VisitOptions | None = None,
    ) -> FakeEngine:
        self.visits.append(visit)
        return self._make("connect", device_name, dict(params), protocol_path, client)

    def replay(self, path: Path, protocol_path: Path | None) -> FakeEngine:
        if not path.exists():
            raise RecordingError(f"{path.name}: there is no such file. Choose another.")
        return self._make("replay", path, protocol_path)

    def devices(self) -> Sequence[FakeRow]:
        return CATALOGUE

    def protocols(self) -> list[tuple[Path, Protocol]]:
        return [(path, load_protocol(path)) for path in list_protocols()]

    def scan(self) -> Sequence[FakeFound]:
        return self.found


def poll(window: Shell, times: int = 1) -> None:
    """Let the window fetch what is new, as its timer does."""
    for _ in range(times):
        if window.bridge is not None:
            window.bridge.poll()


def go_to(window: Shell, engine: FakeEngine, kind: StageKind) -> None:
    """Go on until the first stage of `kind`, with the window keeping up."""
    engine.send(NextStage())  # out of the signal check
    engine.advance_to(kind)
    poll(window, 40)


def noise(n_channels: int, n_samples: int, seed: int = 0) -> np.ndarray:
    """``(n_channels, n_samples)`` float32 µV, white."""
    return np.random.default_rng(seed).normal(0.0, 20.0, (n_channels, n_samples)).astype(np.float32)


class Quick(Launcher):
    """Sessions whose baseline is over soon."""

    def connect(
        self, device_name: str, params: Mapping[str, str], protocol_path: Path, client: str,
        visit: VisitOptions | None = None,
    ) -> Engine:  # fmt: skip
        assert visit is not None
        return super().connect(device_name, params, protocol_path, client, replace(visit, baseline_s=8.0))
