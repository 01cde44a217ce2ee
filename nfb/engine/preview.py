"""What a protocol would do before anybody is wired: fit, delay, and the reward that a recording would have earned."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nfb.devices.catalogue import device_info, find_device
from nfb.devices.client_config import DEFAULT_SITES
from nfb.devices.head import SITES
from nfb.devices.simulated import SimulatedSource
from nfb.engine.launch import SIMULATED, make_source
from nfb.engine.replaying import feed, foreign_inputs, foreign_setup
from nfb.engine.summary import SummaryBuilder
from nfb.files.importers import open_recording
from nfb.files.recording import Recording
from nfb.model.commands import EndReason
from nfb.model.device import DeviceInfo
from nfb.model.errors import MontageError, NfbError, ProtocolError
from nfb.model.events import BaselineDone
from nfb.model.hop import CAUSE_WORDS, HopResult
from nfb.model.montage import site_key
from nfb.model.protocol import Condition, Direction, Eyes, Protocol, StageKind
from nfb.model.samples import Chunk, Float32, Gap
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup
from nfb.session.states import State

# Feedback should come within this time (Belinskaia 2020: a quarter of a second more weakened learning).
SOON_MS = 250.0
LATE_MS = 350.0
_SIMULATED_TRAINING_S = 240.0


class PreviewCancelledError(NfbError):
    """Nobody waits for the result any more."""


@dataclass(frozen=True, slots=True)
class FitOn:
    """A protocol on a headset.

    Parameters
    ----------
    word
        ``exact``, ``adapted`` or ``not possible``.
    reason
        Why it is adapted or not possible, or what is to be confirmed; may be empty.
    sites
        The headset's channels that it uses.
    setup
        The session it would be, or None where it is not possible.
    """

    word: str
    reason: str
    sites: tuple[str, ...] = ()
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """Delay of one condition from electrode to decision, by its parts, in ms; `device_ms` is an estimate."""

    feature: str
    estimator_ms: float
    smoothing_ms: float
    waiting_ms: float
    device_ms: float

    @property
    def total_ms(self) -> float:
        return self.estimator_ms + self.smoothing_ms + self.waiting_ms + self.device_ms

    @property
    def is_soon(self) -> bool:
        return self.total_ms <= SOON_MS


@dataclass(frozen=True, slots=True)
class Expected:
    """What a recording would have earned; NaN where there was no clean training time.

    Parameters
    ----------
    trained_s
        Clean time after the baseline.
    held_share
        Share of the time after the baseline that was held, 0..1.
    in_range_share
        Share of `trained_s` in which all conditions were met, 0..1.
    rewards
        Discrete rewards.
    tokens_per_minute
        Rewards per minute of `trained_s`.
    condition_shares
        Share of the clean training in which each condition was met, of those parts in which it holds; NaN if none.
    held_s_by_cause
        Seconds after the baseline in which an artefact would have blocked the reward, longest first.
    baseline_share
        Share of the clean baseline in which all conditions were met at once: the joint expected rate.
    """

    trained_s: float
    held_share: float
    in_range_share: float
    rewards: int
    tokens_per_minute: float
    condition_shares: tuple[float, ...] = ()
    held_s_by_cause: tuple[tuple[str, float], ...] = ()
    baseline_share: float = math.nan


def headset_info(name: str) -> DeviceInfo:
    """What is known of a headset of the catalogue, or of the simulated client.

    Raises
    ------
    SetupError
        There is none of that name.
    """
    return make_source(SIMULATED, {}).info if name == SIMULATED else device_info(find_device(name), {})


def any_headset(protocol: Protocol) -> DeviceInfo:
    """A headset that has the protocol's own sites, 250 Hz, samples coming singly."""
    reference = protocol.montage.reference
    sites = (*protocol.montage.sites, *(() if isinstance(reference, str) else reference))
    others = tuple(site for site in DEFAULT_SITES if site not in sites) if reference == "average" else ()
    return DeviceInfo("any", (*sites, *others), 250.0)


def fit_on(protocol: Protocol, device: DeviceInfo, iaf_hz: float | None = None) -> FitOn:
    """Whether a protocol can run on a headset, and with which sites."""
    try:
        setup = make_setup(protocol, device, iaf_hz=iaf_hz)
    except (MontageError, ProtocolError) as error:
        return FitOn("not possible", str(error))
    fit = setup.fit
    sites = tuple(device.channel_names[channel] for channel in fit.channels)
    if fit.adapted:
        return FitOn("adapted", fit.note, sites, setup)
    by_hand = (
        "" if device.sites_named else "the electrodes are placed by hand: confirm that they are where the names say"
    )
    return FitOn("exact", by_hand, sites, setup)


def waiting_s(setup: Setup) -> float:
    """Mean time that a sample waits for the rest of its burst and of its hop."""
    device = setup.device
    return (device.burst_samples - 1 + setup.hop_samples - 1) / 2 / device.sampling_rate_hz


def delay_budget(setup: Setup) -> tuple[Budget, ...]:
    """The declared delay of each condition, in the order of the protocol."""
    delays_ms = {f.name: 1000 * d for f, d in zip(setup.features, Session(setup).delays_s, strict=True)}
    smoothing_ms = {f.name: 1000 * f.smoothing_s for f in setup.features}
    wait_ms, device_ms = 1000 * waiting_s(setup), 1000 * setup.device.transport_delay_s
    return tuple(
        Budget(name, delays_ms[name] - smoothing_ms[name], smoothing_ms[name], wait_ms, device_ms)
        for name in (condition.feature for condition in setup.protocol.conditions)
    )


def expect(setup: Setup, recording: Recording, cancelled: Callable[[], bool] = lambda: False) -> Expected:
    """Run a recording through a session, without writing anything.

    Raises
    ------
    PreviewCancelledError
        `cancelled` returned true.
    """
    session = Session(setup)
    account = _Account(setup)
    for output in feed(session, recording, foreign_inputs(recording)):
        if cancelled():
            raise PreviewCancelledError("The preview was cancelled.")
        account.add(output)
    account.add(session.finish(EndReason.SOURCE_ENDED))
    return account.expected()


class _Account:
    """Counts what a session decides while it runs."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._builder = SummaryBuilder(setup)
        self._runs = {i for i, stage in enumerate(setup.stages) if stage.kind is StageKind.RUN}
        names = [feature.name for feature in setup.features]
        self._columns = [names.index(condition.feature) for condition in setup.protocol.conditions]
        self._met = [0] * len(self._columns)
        self._asked = [0] * len(self._columns)
        self._held: Counter[str] = Counter()
        self._baseline_share = math.nan

    def add(self, output: Output) -> None:
        self._builder.add(*output)
        for event in output.events:
            if isinstance(event, BaselineDone):
                self._baseline_share = event.expected_in_range
        for hop in output.hops:
            if hop.stage in self._runs:
                self._count(hop)

    def _count(self, hop: HopResult) -> None:
        if hop.artefact:
            self._held[CAUSE_WORDS[hop.cause]] += 1
        elif hop.state == State.RUNNING:
            names = self._setup.stages[hop.stage].conditions
            for i, condition in enumerate(self._setup.protocol.conditions):
                if names and condition.feature not in names:
                    continue
                self._asked[i] += 1
                self._met[i] += _is_met(condition, hop.features[self._columns[i]], hop.thresholds[self._columns[i]])

    def expected(self) -> Expected:
        summary = self._builder.summary()
        runs = [row for row in summary.stages if row.label.startswith("run")]
        trained_s = sum(row.valid_s for row in runs)
        elapsed_s = sum(row.elapsed_s for row in runs)
        rewards = sum(row.rewards for row in runs)
        held = tuple((cause, n * self._setup.hop_s) for cause, n in self._held.most_common())
        held_share = sum(row.held_s for row in runs) / elapsed_s if elapsed_s > 0 else math.nan
        if trained_s <= 0:
            none = (math.nan,) * len(self._met)
            return Expected(0.0, held_share, math.nan, rewards, math.nan, none, held, self._baseline_share)
        in_range_s = sum(row.in_range_share * row.valid_s for row in runs if row.valid_s > 0)
        shares = tuple(met / n if n else math.nan for met, n in zip(self._met, self._asked, strict=True))
        per_minute = 60 * rewards / trained_s
        share = in_range_s / trained_s
        return Expected(trained_s, held_share, share, rewards, per_minute, shares, held, self._baseline_share)


def _is_met(condition: Condition, value: float, threshold: float) -> bool:
    return value > threshold if condition.direction is Direction.UP else value < threshold


def simulated_recording(protocol: Protocol, seed: int = 1) -> Recording:
    """The simulated client wearing the protocol's sites, for its baseline and four minutes of training.

    Raises
    ------
    MontageError
        None of the protocol's sites is a place on the simulated head.
    """
    known = {site_key(site) for site in SITES}
    sites = [site for site in protocol.montage.sites if site_key(site) in known]
    taken = {site_key(site) for site in sites}
    channels = [*sites, *(site for site in DEFAULT_SITES if site_key(site) not in taken)]
    eyes = next((stage.eyes for stage in protocol.stages if stage.gives_thresholds), Eyes.OPEN)
    source = SimulatedSource({"channels": ",".join(channels), "eyes": eyes.value}, seed)
    baseline_s = sum(stage.duration_s for stage in protocol.stages if stage.kind is StageKind.BASELINE)
    whole_s = sum(stage.duration_s for stage in protocol.stages)
    return _recorded(source, min(baseline_s + _SIMULATED_TRAINING_S, whole_s))


def _recorded(source: SimulatedSource, seconds: float) -> Recording:
    n_samples = round(seconds * source.info.sampling_rate_hz)
    eeg: list[Float32] = []
    gaps: list[Gap] = []
    received = 0
    while received < n_samples:
        for item in source.read(1.0):
            if isinstance(item, Chunk):
                eeg.append(item.eeg)
                received = item.stop_sample
            elif isinstance(item, Gap):
                gaps.append(item)
    samples = np.concatenate(eeg, axis=1)
    samples.flags.writeable = False
    return Recording(Path("simulated client"), "nfb", source.info, samples, tuple(gaps))


def preview(protocol: Protocol, path: Path | None, cancelled: Callable[[], bool] = lambda: False) -> Expected:
    """What a recording (None: the simulated client) would have earned with a protocol.

    Raises
    ------
    NfbError
        The recording cannot be read, or the protocol does not fit it.
    PreviewCancelledError
        `cancelled` returned true.
    """
    recording = simulated_recording(protocol) if path is None else open_recording(path)
    return expect(foreign_setup(protocol, recording), recording, cancelled)
