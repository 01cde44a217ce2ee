"""Whole sessions through the engine, and what they leave behind."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from nfb.devices.source import Source
from nfb.engine.engine import Engine
from nfb.engine.launch import make_source
from nfb.engine.outlets import Sink
from nfb.engine.replaying import verify
from nfb.engine.supervisor import Supervisor
from nfb.files.protocol_file import load_protocol
from nfb.files.recorder import Recorder
from nfb.files.recording import Recording, open_own_recording
from nfb.files.shelf import find_protocol
from nfb.model.commands import Command
from nfb.model.hop import HopResult
from nfb.model.protocol import Guards, Protocol, Stage, StageKind
from nfb.session.setup import make_setup

_STAGES = (
    Stage(StageKind.BASELINE, "baseline", 5.0, min_clean_s=2.0),
    Stage(StageKind.RUN, "run-1", 6.0),
    Stage(StageKind.REST, "rest-1", 2.0),
    Stage(StageKind.RUN, "run-2", 1e6),
)


class Operated:
    """A source with an operator beside it, who gives `script[hop]` right after that hop."""

    def __init__(self, source: Source, script: Mapping[int, Sequence[Command]]) -> None:
        self._source = source
        self._script = dict(script)
        self.engine: Engine

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    def receive_feedback(self, hop: HopResult) -> None:
        self._source.receive_feedback(hop)
        for command in self._script.pop(hop.hop, ()):
            self.engine.send(command)


@dataclass(frozen=True)
class Desk:
    """Sets up sessions that are recorded under `root`."""

    root: Path
    protocol: Protocol

    def unguarded(self) -> Protocol:
        """No artefact ever, so that what is tested is the link and nothing else."""
        return replace(self.protocol, guards=Guards(None, None, None, None, None))

    def engine(
        self,
        device: str | Source = "simulated",
        params: Mapping[str, str] | None = None,
        *,
        script: Mapping[int, Sequence[Command]] | None = None,
        protocol: Protocol | None = None,
        seconds: float | None = 20.0,
        speed: float = math.inf,
        seed: int = 1,
        client: str = "A031",
        recorder: type[Recorder] = Recorder,
        fallbacks: Sequence[Path] = (),
        supervisor: Supervisor | None = None,
        sinks: Sequence[Sink] = (),
    ) -> Engine:
        source = make_source(device, params or {}, seed) if isinstance(device, str) else device
        if script is not None:
            source = Operated(source, script)  # type: ignore[assignment]
        engine = Engine(
            source,
            lambda info: make_setup(protocol or self.protocol, info, time_limit_s=seconds, baseline_s=5.0),
            lambda setup: recorder(self.root, client, setup, fallback_roots=fallbacks),
            speed=speed,
            supervisor=supervisor,
            sinks=sinks,
        )
        if isinstance(source, Operated):
            source.engine = engine
        return engine

    def run(self, *arguments: object, **options: object) -> Engine:
        """A whole session; it must not have gone wrong."""
        engine = self.engine(*arguments, **options)  # type: ignore[arg-type]
        engine.run()
        assert engine.error is None
        return engine

    def recording(self, engine: Engine) -> Recording:
        assert engine.folder is not None
        return open_own_recording(engine.folder)


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    """SMR up at C3 and C4, its stages short."""
    return replace(load_protocol(find_protocol("smr-central")), stages=_STAGES)


@pytest.fixture
def desk(tmp_path: Path, protocol: Protocol) -> Desk:
    return Desk(tmp_path / "recordings", protocol)


@pytest.fixture(scope="session")
def desk_at(protocol: Protocol) -> Callable[[Path], Desk]:
    return lambda root: Desk(root, protocol)


@pytest.fixture(scope="session")
def assert_replays() -> Callable[[Path], int]:
    """The recording in a folder replays identically; how many hops were compared."""

    def check(folder: Path, n_hops_at_least: int = 1) -> int:
        verdict = verify(open_own_recording(folder))
        assert verdict.difference == ""
        assert verdict.identical
        assert verdict.n_hops >= n_hops_at_least
        return verdict.n_hops

    return check


@pytest.fixture
def await_until() -> Callable[..., None]:
    """Wait until something is so, at most `limit_s`; without one as long as a busy computer needs."""

    def wait(condition: Callable[[], object], limit_s: float = 60.0) -> None:
        end_s = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end_s, f"not so within {limit_s} s"
            time.sleep(0.005)

    return wait


@pytest.fixture
def live() -> Iterator[Callable[[Engine], Engine]]:
    """Start engines in their threads; they are stopped at the end of the test, whatever happens."""
    started: list[Engine] = []

    def start(engine: Engine) -> Engine:
        engine.start()
        started.append(engine)
        return engine

    yield start
    for engine in started:
        engine.stop()
    for engine in started:
        assert engine.join(5.0)


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Every thread that a test began has ended; the release of a board may go on behind it for a moment."""
    before = set(threading.enumerate())
    yield
    end_s = time.monotonic() + 3.0
    while left := set(threading.enumerate()) - before:
        assert time.monotonic() < end_s, f"threads left: {left}"
        time.sleep(0.01)
