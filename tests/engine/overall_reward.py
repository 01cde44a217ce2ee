"""Sessions of recorded and of simulated people, and how much of the time their overall reward is where it teaches.

The overall reward is the share of clean time in which all conditions are met at once, as the operator sees it: over
the run so far, and lately. Both are looked at from the end of a run's first clean minute on. "Lately" is the last
minute, which is also what automatic thresholds go by. The half minute beside it on the screen is too short a time to
hold every protocol to: a frontal balance smoothed over 2.5 s has nine independent looks in it, and leaves 30-85 % for
an eighth of the time by chance alone, with a threshold that is exactly right; in a minute for a thirtieth.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nfb.devices.simulated import SimulatedSource
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import Recording
from nfb.files.shelf import find_protocol
from nfb.model.commands import Auto
from nfb.model.device import DeviceInfo
from nfb.model.events import StageStarted, ThresholdChanged
from nfb.model.hop import HopResult, WhyKind
from nfb.model.protocol import Eyes, Protocol, Role, Stage, StageKind
from nfb.model.samples import Chunk, Gap, GapCause, as_chunk_samples
from nfb.session.session import Session
from nfb.session.setup import make_setup
from nfb.session.states import State

LOW, HIGH = 0.30, 0.85
CRITERION = 0.95  # of the time in which a share is shown
TARGET = 0.65
WINDOW_S = 60.0
HOP_S = 0.1  # the same computation as every 20 ms, less often
BASELINE_S, RUN_S, N_RUNS = 120.0, 300.0, 2  # of simulated sessions
BY_ITSELF = ("auto", "recalibration", "rule")
JUDGED = (WhyKind.REWARD, WhyKind.DWELL, WhyKind.REFRACTORY, WhyKind.FALL_BACK, WhyKind.LIMIT)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of the shown time the overall reward was in range.

    Parameters
    ----------
    shown_s
        Clean time of the runs beyond their first minute.
    run, minute
        Of it, the part in which the share over the run so far, and over the last minute, was from 30 to 85 %.
    changes
        For each run, how often thresholds moved by themselves within it.
    """

    shown_s: float
    run: float
    minute: float
    changes: tuple[int, ...]


@dataclass(slots=True)
class _Watch:
    """What the hops of one run were."""

    in_range: list[bool] = field(default_factory=list)
    moved: set[int] = field(default_factory=set)


def play(
    protocol: Protocol,
    device: DeviceInfo,
    items: Iterable[Chunk | Gap],
    stages: Sequence[Stage],
    *,
    auto: bool,
    told: Callable[[HopResult], None] | None = None,
) -> Kept:
    """A session with an overall target of 65 %, and how much of it was in range."""
    setup = replace(
        make_setup(replace(protocol, hop_s=HOP_S), device, target=TARGET, find_iaf=False), stages=tuple(stages)
    )
    session = Session(setup)
    if auto:
        session.command(Auto(True))
    runs: dict[int, _Watch] = {}
    begun = stage = -1
    for item in items:
        hops, events = session.receive(item)
        for event in events:
            if isinstance(event, StageStarted):
                begun, stage = event.hop, event.stage
            elif isinstance(event, ThresholdChanged) and event.by in BY_ITSELF and event.hop > begun:
                runs.setdefault(stage, _Watch()).moved.add(event.hop)
        for hop in hops:
            if told is not None:
                told(hop)
            if hop.why.kind in JUDGED:
                runs.setdefault(hop.stage, _Watch()).in_range.append(hop.in_range)
        if session.state >= State.ENDED:
            break
    return _kept(list(runs.values()), setup.hop_s)


def _kept(runs: list[_Watch], hop_s: float) -> Kept:
    n_window = round(WINDOW_S / hop_s)
    so_far, lately = [np.empty(0)], [np.empty(0)]
    for run in runs:
        n_met = np.concatenate([[0], np.cumsum(run.in_range)])
        so_far.append(n_met[n_window:] / np.arange(n_window, len(n_met)))
        lately.append((n_met[n_window:] - n_met[: max(0, len(n_met) - n_window)]) / n_window)
    shares = [np.concatenate(each) for each in (so_far, lately)]
    kept = [float(np.mean((share >= LOW) & (share <= HIGH))) if share.size else float("nan") for share in shares]
    return Kept(shares[0].size * hop_s, *kept, tuple(len(run.moved) for run in runs))


def shelf(name: str) -> Protocol:
    return load_protocol(find_protocol(name))


def first_part(protocol: Protocol, baseline_s: float, runs_s: Sequence[float]) -> list[Stage]:
    """A baseline and runs under the conditions that hold first."""
    first = next(stage for stage in protocol.stages if stage.gives_thresholds)
    baseline = replace(first, duration_s=baseline_s, min_clean_s=0.5 * baseline_s)
    runs = [Stage(StageKind.RUN, f"run-{n}", s, conditions=first.conditions) for n, s in enumerate(runs_s, 1)]
    return [baseline, *runs]


def one_after_another(recordings: Sequence[Recording]) -> Iterator[Chunk | Gap]:
    """Recordings of one sitting with one headset as one stream, with a gap between them."""
    position = 0
    for number, recording in enumerate(recordings):
        if number:
            yield Gap(position, 0, 0.0, GapCause.RECORDED)
        for item in recording.items(500):
            if isinstance(item, Gap):
                yield replace(item, sample=position + item.sample)
            else:
                yield replace(item, first_sample=position + item.first_sample)
        position += recording.n_samples


def recorded(name: str, recordings: Sequence[Recording], baseline_s: float, *, auto: bool = True) -> Kept:
    """A shelf protocol on a recorded person: a baseline, and all that follows is one run."""
    protocol = shelf(name)
    stages = first_part(protocol, baseline_s, [1e5])
    return play(protocol, recordings[0].device, one_after_another(recordings), stages, auto=auto)


@dataclass(frozen=True, slots=True)
class Client:
    """A simulated client: by how much rewards change the trained rhythm within a session, and to what the amplitude
    of everything drifts."""

    learn: float = 0.0
    drifts_to: float = 1.0


CLIENTS = {
    "typical": Client(),
    "learner": Client(learn=0.3),
    "unlearner": Client(learn=-0.3),
    "fading": Client(drifts_to=0.7),
    "growing": Client(drifts_to=1.4),
}


def simulated(name: str, client: Client, *, auto: bool = True, rate_hz: float = 125.0, seed: int = 1) -> Kept:
    """A shelf protocol on a simulated client who blinks, looks around and tenses up as people do."""
    protocol = shelf(name)
    source = _source(protocol, client, rate_hz, seed)
    stages = first_part(protocol, BASELINE_S, [RUN_S] * N_RUNS)
    # Blinks and tension hold the session for up to a third of the time.
    seconds = 1.5 * (BASELINE_S + N_RUNS * RUN_S)
    items = _drifting(source, seconds, client.drifts_to)
    return play(protocol, source.info, items, stages, auto=auto, told=source.receive_feedback)


def _source(protocol: Protocol, client: Client, rate_hz: float, seed: int) -> SimulatedSource:
    reward = next(condition for condition in protocol.conditions if condition.role is Role.REWARD)
    feature = protocol.feature(reward.feature)
    band = (feature if feature.band is not None else protocol.feature(feature.numerator)).band
    assert band is not None
    eyes = next(stage for stage in protocol.stages if stage.gives_thresholds).eyes
    params = {"eyes": "closed" if eyes is Eyes.CLOSED else "open", "scenario": "typical", "chunk": "50"}
    if protocol.id == "muse-alpha":
        params["channels"] = "muse-2"
    else:
        params |= {"channels": ",".join(("Fp1", "Fp2", *protocol.montage.sites)), "rate": f"{rate_hz:g}"}
    if client.learn:
        params |= {"learn": str(client.learn), "learn_band": f"{band.hz[0]:g}-{band.hz[1]:g}"}
    return SimulatedSource(params, seed)


def _drifting(source: SimulatedSource, seconds: float, to: float) -> Iterator[Chunk]:
    """The client's samples; their amplitude drifts in a straight line until the planned end."""
    n_samples = seconds * source.info.sampling_rate_hz
    position = 0
    while position < n_samples:
        (chunk,) = source.read(0.1)
        assert isinstance(chunk, Chunk)  # nothing is lost in this scenario
        gain = 1.0 + (to - 1.0) * position / n_samples
        position = chunk.stop_sample
        yield chunk if to == 1.0 else replace(chunk, eeg=as_chunk_samples(chunk.eeg * np.float32(gain)))
