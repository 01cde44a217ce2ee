"""Courses of the simulated client, recorded at full speed, and one session with everything that disturbs."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import nfb
from nfb.devices.simulated import REWARDS_TO_LEARN
from nfb.files.recording import Recording
from nfb.model.protocol import Guards, Protocol, Stage, StageKind
from nfb.report.blocks import Block, Measure, SessionBlocks, session_of

FIRST_DAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Simulated:
    """A recorded course and the truth: ln of the gain at the begin of each session, and after the last."""

    recordings: tuple[Recording, ...]
    ln_gain: np.ndarray

    @property
    def sessions(self) -> list[SessionBlocks]:
        return [session_of(recording) for recording in self.recordings]


def short(protocol: Protocol, run_s: float, n_runs: int) -> Protocol:
    """The protocol with short stages and long hops: the same computation, fewer of it."""
    runs = [Stage(StageKind.RUN, f"run-{i}", run_s) for i in range(1, n_runs + 1)]
    baseline = Stage(StageKind.BASELINE, "baseline", 30.0, min_clean_s=15.0)
    return replace(protocol, stages=(baseline, *runs), hop_s=0.1)


def date_to(recording: Recording, when: datetime) -> Recording:
    """As if it had been recorded then: simulated sessions follow each other within seconds."""
    assert recording.session is not None
    path = recording.session.layout.session_file
    content = json.loads(path.read_text(encoding="utf-8"))
    for name, moment in (("started_utc", when), ("ended_utc", when + timedelta(minutes=40))):
        content[name] = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    path.write_text(json.dumps(content), encoding="utf-8")
    return nfb.open_recording(recording.path)


def record_course(root: Path, learn: float, n_sessions: int, client: str) -> Simulated:
    """Each session begins with the gain that the one before has left."""
    # Without guards: at the end of a learner's course the rhythm itself is as large as an artefact.
    protocol = replace(short(nfb.load_protocol("ua-posterior"), 40.0, 5), guards=Guards(None, None, None, None, None))
    params = {"alpha_hz": "11", "alpha_uv": "16", "channels": "Pz,O1,O2", "rate": "125", "chunk": "25"}
    gain, gains, recordings = 1.0, [1.0], []
    for number in range(n_sessions):
        told = {**params, "scenario": "quiet", "learn": str(learn), "start_gain": f"{gain:.6f}"}
        recording, summary = nfb.run_session(protocol, "simulated", told, client=client, out=root, seed=20 + number)
        gain *= 1 + learn * (1 - math.exp(-summary.rewards / REWARDS_TO_LEARN))
        gains.append(gain)
        recordings.append(date_to(recording, FIRST_DAY + timedelta(days=4 * number)))
    return Simulated(tuple(recordings), np.log(gains))


@pytest.fixture(scope="session")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Five sessions of someone whose trained rhythm grows with every reward."""
    return record_course(tmp_path_factory.mktemp("learner"), 0.8, 5, "L01")


@pytest.fixture(scope="session")
def non_learner(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Four sessions of someone whose rhythm stays as it is."""
    return record_course(tmp_path_factory.mktemp("nonlearner"), 0.0, 4, "N01")


@pytest.fixture(scope="session")
def typical(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """One SMR session with blinks, muscle and the like, three runs, dated."""
    protocol = short(nfb.load_protocol("smr-central"), 40.0, 3)
    runs = protocol.stages[1:]
    rest = Stage(StageKind.REST, "rest-1", 10.0)
    after = Stage(StageKind.TRANSFER, "transfer", 30.0)
    protocol = replace(protocol, stages=(protocol.stages[0], runs[0], rest, *runs[1:], after))
    recording, _ = nfb.run_session(
        protocol, "simulated", {"scenario": "typical"}, client="A031", out=tmp_path_factory.mktemp("typical"), seed=4
    )
    return date_to(recording, FIRST_DAY)


@pytest.fixture(scope="session")
def made() -> Callable[..., SessionBlocks]:
    """Sessions out of given levels: ``made(b0=1.0, runs=[1.1, 1.2], sd=0.1)`` at ten hops a second."""

    def make(
        b0: float | None,
        runs: list[float],
        *,
        b1: float | None = None,
        sd: float = 0.1,
        seconds: float = 60.0,
        seed: int = 0,
        measure: Measure | None = None,
    ) -> SessionBlocks:
        rng = np.random.default_rng(seed)
        n = round(seconds * 10)

        def block(label: str, kind: StageKind, level: float) -> Block:
            noise = rng.standard_normal(n)
            values = level + sd * (noise - noise.mean())
            return Block(label, kind, 0.1, values, (values > level).astype(float), rewards=n // 40)

        blocks = [] if b0 is None else [block("baseline", StageKind.BASELINE, b0)]
        blocks += [block(f"run-{i}", StageKind.RUN, level) for i, level in enumerate(runs, 1)]
        if b1 is not None:
            blocks.append(block("after", StageKind.BASELINE, b1))
        return SessionBlocks(measure or Measure("alpha", "µV", bandwidth_hz=4.0), tuple(blocks))

    return make
