"""The session: fed with chunks, gaps and commands, it returns hops and events. It knows no clock and no file."""

import math
from typing import NamedTuple

from nfb.model.commands import Command, EndReason, PauseCause
from nfb.model.errors import SetupError
from nfb.model.events import (
    AuditLine,
    Crossed,
    Event,
    GapSeen,
    Rewarded,
    SessionEnded,
    StageStarted,
)
from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Stage, StageKind
from nfb.model.samples import Chunk, Gap
from nfb.session.baseline import Baseline, FeedbackMap
from nfb.session.calibration import Calibration
from nfb.session.commands import Commands
from nfb.session.crossover import CrossoverWatch
from nfb.session.features import Amplitudes
from nfb.session.findings import Found
from nfb.session.journal import Journal
from nfb.session.reward import RewardRule
from nfb.session.setup import Setup
from nfb.session.signal import Signal
from nfb.session.stages import Stages
from nfb.session.states import Input, State
from nfb.session.supervision import Supervision
from nfb.session.tally import Tally

# A named tuple's own constructor takes twice as long, for the sake of keywords.
_new = tuple.__new__
# Looking a member up in its enum costs as much as a comparison, ten times a hop.
_CLEAN = Cause.NONE
_RUNNING, _PAUSED, _ENDED = State.RUNNING, State.PAUSED, State.ENDED
_HELD, _BELOW, _REWARDED = WhyKind.ARTEFACT, WhyKind.LIMIT, WhyKind.REWARD
_PAUSED_WHY = Why(WhyKind.PAUSED)
_STAGE_WHY = Why(WhyKind.STAGE)
_NO_THRESHOLD_WHY = Why(WhyKind.NO_THRESHOLD)


class Output(NamedTuple):
    """What a call returned, in order of hops."""

    hops: list[HopResult]
    events: list[Event]


class Session:
    """One session, from the first sample to the end.

    The same samples, gaps and commands at the same hop borders give the same hops and events, however the samples
    are cut into chunks.

    Parameters
    ----------
    setup
        Everything that determines the session besides samples and commands.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._hop_s, self._hop_samples = setup.hop_s, setup.hop_samples
        self._journal = Journal()
        self._signal = Signal(setup)
        self._count = self._signal.count
        self._second_hops = self._signal.second_hops
        self._calibration = Calibration(setup, self._signal, self._journal)
        self._book = self._calibration.book
        self._trained = self._book.trained.add
        self._feedback = self._calibration.feedback
        rule = setup.protocol.crossover
        self._crossover = None if rule is None else CrossoverWatch(rule, setup)
        self._reward = RewardRule(setup.protocol.reward, self._hop_s)
        self._supervision = Supervision(setup, self._journal, self._reward)

        self.tally = Tally(self._hop_s)
        self._stages = Stages(setup, self.tally, self._journal)
        self._commands = Commands(
            setup, self._journal, self._stages, self._supervision, self._calibration, self._next_stage, self._end
        )
        # Of the present stage:
        self._has_feedback = False
        self._counts = self._adds = False  # clean hops tell of the person, and of the features
        self.n_rewards = 0
        self._next_sample = 0
        limit_s = setup.time_limit_s
        self._limit_sample = math.inf if limit_s is None else round(limit_s * setup.device.sampling_rate_hz) - 1
        self._journal.tell(self._signal.prior_fit())
        for line in setup.audit:
            self._journal.tell(AuditLine(0, 0, line))

    # ------------------------------------------------------------------ input

    def command(self, command: Command) -> None:
        """Have `command` take effect at the next hop border."""
        self._commands.put(command)

    def receive(self, item: Chunk | Gap) -> Output:
        """Take samples or a gap.

        Raises
        ------
        SetupError
            If a chunk has another number of channels, or does not continue where the last one stopped.
        """
        if self.state >= State.ENDED:
            return self._output()
        if isinstance(item, Gap):
            self._gap(item)
            return self._output()
        n_channels = self.setup.device.n_channels
        if item.eeg.shape[0] != n_channels:
            raise SetupError(f"a chunk of {item.eeg.shape[0]} channels came from a device of {n_channels}")
        if item.first_sample != self._next_sample:
            raise SetupError(f"a chunk starts at sample {item.first_sample}, expected {self._next_sample}")
        signal, supervision = self._signal, self._supervision
        eeg, moved = item.eeg, item.acceleration_g
        start, n_samples = 0, eeg.shape[1]
        while start < n_samples and supervision.state < _ENDED:
            stop = min(n_samples, start + signal.n_free)
            signal.put(eeg[:, start:stop], None if moved is None else moved[:, start:stop])
            start = stop
            while supervision.state < _ENDED and (n_due := signal.n_due):
                self._batch(n_due)
        self._next_sample = item.stop_sample
        return self._output()

    def finish(self, reason: EndReason) -> Output:
        """End now, whatever the samples say; commands that are still waiting take effect first."""
        self._commands.apply()
        if self.state < State.ENDED:
            self._end(reason)
        return self._output()

    @property
    def state(self) -> State:
        """The present state."""
        return self._supervision.state

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages, as planned now."""
        return self._stages.planned

    @property
    def stage(self) -> int:
        """Number of the present stage; -1 before the first."""
        return self._stages.number

    def stage_left_s(self) -> float:
        """Valid time left in the present stage; NaN outside a stage."""
        return self._stages.left_s()

    @property
    def delays_s(self) -> tuple[float, ...]:
        """Declared delay of each feature, seconds."""
        return self._signal.delays_s

    @property
    def reward_delay_s(self) -> float:
        """Largest declared delay among the features that earn the reward."""
        return self._calibration.reward_delay_s

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Present threshold of each condition; NaN where none is set."""
        return tuple(self._book.values)

    @property
    def holding(self) -> tuple[int, ...]:
        """Numbers of the conditions that hold in the present stage."""
        return self._book.active

    @property
    def baseline(self) -> Baseline:
        """The present baseline, or the last one."""
        return self._calibration.baseline

    def baseline_of(self, condition: int) -> Baseline:
        """The baseline that a condition's threshold comes from."""
        return self._calibration.baseline_of(condition)

    @property
    def n_hops(self) -> int:
        """Hops decided so far."""
        return self._journal.hop

    @property
    def newest_sample(self) -> int:
        """Index of the newest sample of the last hop; -1 before the first."""
        return self._journal.sample

    # ------------------------------------------------------------------- hops

    def _batch(self, n_due: int) -> None:
        """Compute the hops that are due, up to the next whole second at the most, and decide each.

        Whatever changes the filters (the end of the baseline) comes at the border of a batch: commands arrive between
        batches, and a baseline that is long enough ends with a whole second.
        """
        journal, supervision = self._journal, self._supervision
        self._commands.apply()
        if supervision.state >= _ENDED:
            return
        if self._stages.number < 0:
            self._begin_stage()
        n_left = self._second_hops - journal.hop % self._second_hops
        for found, amplitudes in self._signal.take(min(n_due, n_left)):
            self._decide(found, amplitudes)
            if supervision.state >= _ENDED:
                return
        if journal.hop % self._second_hops == 0:
            self._calibration.whole_second()

    def _decide(self, found: Found | None, amplitudes: Amplitudes) -> None:
        """One hop, from what was detected and measured to its result."""
        journal, supervision, stages = self._journal, self._supervision, self._stages
        journal.sample += self._hop_samples
        cause, channel, features = self._signal.measure(found, amplitudes)
        if cause is _CLEAN and supervision.state is _RUNNING and not supervision.held_hops:
            supervision.clean_hops += 1  # as most hops: nothing changes
            supervision.contact_hops = 0
        else:
            supervision.hop(cause, channel)
        self._finish_hop(features, cause, channel)
        journal.hop += 1
        whole_second = journal.hop % self._second_hops == 0
        if whole_second and self._calibration.follows and supervision.state is _RUNNING:
            self._calibration.follow()
        if journal.sample >= self._limit_sample:
            self._end(EndReason.TIME_LIMIT)
        elif self.tally.counted_hops >= stages.length_hops or stages.in_baseline:
            self._advance_stage(whole_second)

    def _finish_hop(self, features: tuple[float, ...], cause: Cause, channel: int) -> None:
        """Decide feedback and reward of one hop and append its result."""
        journal, tally = self._journal, self.tally
        clean = cause is _CLEAN
        state = self._supervision.state
        paused = state is _PAUSED
        self._count(clean and self._counts and not paused)
        feedback, rewarded, in_range = 0.5, False, False
        if paused:
            why = _PAUSED_WHY
        elif clean:
            tally.count_clean()
            if self._adds:
                self._calibration.baseline.add(features)
            why, feedback, rewarded, in_range = self._judge(features)
            if rewarded:
                tally.rewards += 1
                self.n_rewards += 1
                journal.tell(Rewarded(journal.hop, journal.sample, self.n_rewards))
        else:
            tally.count_held()
            self._reward.hold()
            why = _new(Why, (_HELD, channel, 0.0, cause))
        values = (
            journal.hop,
            journal.sample,
            self._stages.number,
            int(state),
            features,
            self._book.per_feature,
            not clean,
            cause,
            channel,
            feedback,
            rewarded,
            in_range,
            tally.valid_hops * self._hop_s,
            why,
        )
        journal.hops.append(_new(HopResult, values))

    def _judge(self, features: tuple[float, ...]) -> tuple[Why, float, bool, bool]:
        """Reason, feedback, reward and in-range of a clean hop."""
        known, failed, difference, inhibited, fallen_back = self._book.judge(features)
        if not known:
            return (_NO_THRESHOLD_WHY if self._has_feedback else _STAGE_WHY), FeedbackMap.NEUTRAL, False, False
        in_range = failed < 0
        tally = self.tally
        tally.judged_hops += 1
        tally.in_range_hops += in_range
        if not self._has_feedback:
            return _STAGE_WHY, FeedbackMap.NEUTRAL, False, in_range
        self._trained(features)
        if self._crossover is not None and self._crossover.step(features):
            self._journal.tell(Crossed(self._journal.hop, self._journal.sample, self._crossover.crossed))
        if self._calibration.follows:
            self._book.watch(features, in_range)
        feedback = self._feedback(features, self._book.values, inhibited)
        why = self._reward.step(in_range, fallen_back)
        if why is None:
            return _new(Why, (_BELOW, failed, difference, _CLEAN)), feedback, False, False
        return why, feedback, why.kind is _REWARDED, True

    # ----------------------------------------------------------------- stages

    def _begin_stage(self) -> None:
        """The next stage begins."""
        journal, stages = self._journal, self._stages
        stage = stages.begin_next()
        self._has_feedback = stage.has_feedback
        self._adds = stage.gives_thresholds
        self._counts = stages.in_baseline or stage.has_feedback
        self._supervision.in_run = stage.kind is StageKind.RUN
        self._calibration.begin_stage(stage)
        if self._crossover is not None:
            self._crossover.reset()
        self._reward.reset()
        journal.tell(StageStarted(journal.hop, journal.sample + 1, stages.number, stage.label))
        if stage.has_feedback:
            self._calibration.begin_run()

    def _end_stage(self, stage: Stage) -> None:
        journal, stages = self._journal, self._stages
        journal.tell(self.tally.ended(journal.hop, journal.sample, stages.number, stage.label))
        if stages.in_baseline:
            self._calibration.end_baseline(stage)

    def _advance_stage(self, whole_second: bool) -> None:
        """Go on to the next stage if this one is done, unless the session is paused."""
        if self._supervision.state is not _PAUSED and self._stages.is_done(whole_second=whole_second):
            self._next_stage(asked=False)

    def _next_stage(self, *, asked: bool) -> None:
        """End the present stage, and with the last one the session; the next one may have to wait."""
        stages = self._stages
        if stages.is_last:
            self._end(EndReason.COMPLETED)
            return
        self._end_stage(stages.planned[stages.number])
        waits = stages.next_waits(with_thresholds=self._calibration.baseline.closed, asked=asked)
        self._begin_stage()
        if waits:
            self._supervision.pause(PauseCause.OPERATOR)

    def _end(self, reason: EndReason) -> None:
        stage = self._stages.present
        if stage is not None:
            self._end_stage(stage)
        self._supervision.move(Input.ABORT if reason is EndReason.ERROR else Input.END)
        self._journal.tell(SessionEnded(self._journal.hop, self._journal.sample, reason))

    def _gap(self, gap: Gap) -> None:
        """Lost samples: splice a very short gap, otherwise start the filters anew; hold either way."""
        self._commands.apply()
        if self.state >= State.ENDED:
            return
        journal = self._journal
        journal.tell(GapSeen(journal.hop, gap))
        if self._signal.gap(gap, journal.hop):
            journal.sample = self._next_sample - 1
            self._reward.reset()

    def _output(self) -> Output:
        return Output(*self._journal.hand_on())
