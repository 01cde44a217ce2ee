"""The session: fed with chunks, gaps and commands, it returns hops and events. It knows no clock and no file."""

import math
from collections import deque
from typing import NamedTuple

from nfb.model.commands import (
    Auto,
    Command,
    End,
    EndReason,
    NextStage,
    Pause,
    PauseCause,
    Recalibrate,
    Refit,
    Resume,
    SetIaf,
    SetRuns,
    SetTarget,
    SetThreshold,
    SetThresholds,
)
from nfb.model.errors import SetupError
from nfb.model.events import (
    AlphaPeakFound,
    ArtefactEnded,
    ArtefactStarted,
    AuditLine,
    BaselineDone,
    BaselineShort,
    CommandApplied,
    CommandRefused,
    Crossed,
    Event,
    GapSeen,
    Rewarded,
    SessionEnded,
    StagesPlanned,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import CAUSE_WORDS, Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Eyes, Role, StageKind
from nfb.model.samples import Chunk, Gap
from nfb.session.baseline import Baseline, FeedbackMap
from nfb.session.crossover import CrossoverWatch
from nfb.session.features import Amplitudes
from nfb.session.findings import Found
from nfb.session.plan import plan_runs, runs_begun
from nfb.session.refusals import Situation, refusal
from nfb.session.reward import RewardRule
from nfb.session.setup import Setup
from nfb.session.signal import Refitted, Signal
from nfb.session.states import Input, State, after
from nfb.session.tally import Tally
from nfb.session.thresholds import Thresholds

_RESUME_AFTER_LINK_S = 5.0
_CONTACT_PAUSE_S = 10.0
_RESUME_AFTER_CONTACT_S = 3.0
# A baseline short of clean EEG ends once this multiple of its length has passed and its minimum is met.
_BASELINE_PATIENCE = 2.5

_CONTACT_CAUSES = (Cause.FLAT, Cause.RAIL, Cause.CONTACT)
# A named tuple's own constructor takes twice as long, for the sake of keywords.
_new = tuple.__new__
# Looking a member up in its enum costs as much as a comparison, ten times a hop.
_CLEAN = Cause.NONE
_RUNNING, _PAUSED = State.RUNNING, State.PAUSED
_HELD, _BELOW, _REWARDED = WhyKind.ARTEFACT, WhyKind.LIMIT, WhyKind.REWARD
_PAUSED_WHY = Why(WhyKind.PAUSED)
_STAGE_WHY = Why(WhyKind.STAGE)
_NO_THRESHOLD_WHY = Why(WhyKind.NO_THRESHOLD)
_AUTO_LINE = "auto: score ≠ learning"


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
        self._signal = Signal(setup)
        self._decided = self._signal.decided
        self._second_hops = self._signal.second_hops
        self._book = Thresholds(setup)
        conditions = setup.protocol.conditions
        self._feedback = FeedbackMap(conditions, self._book.columns, self._book.positive)
        self.baseline = self._new_baseline()
        self._baseline_of: dict[int, Baseline] = {}  # by condition, once closed
        rule = setup.protocol.crossover
        self._crossover = None if rule is None else CrossoverWatch(rule, setup)
        self._trained = self._book.trained.add
        self._reward = RewardRule(setup.protocol.reward, self._hop_s)

        self.state = State.READY
        self.stages = setup.stages  # as planned now
        self.stage = -1
        self.tally = Tally(self._hop_s)
        self._stage_hops = math.inf  # counted hops that end the present stage
        # Of the present stage:
        self._has_feedback = self._in_baseline = self._follows = False
        self._counts = self._adds = False  # clean hops tell of the person, and of the features
        self.n_rewards = 0
        self._hop = 0  # number of the next hop
        self._sample = -1  # newest sample of the last hop, or the last one before a gap
        self._next_sample = 0
        limit_s = setup.time_limit_s
        self._limit_sample = math.inf if limit_s is None else round(limit_s * setup.device.sampling_rate_hz) - 1
        self._commands: deque[Command] = deque()
        self._in_artefact_hops = 0
        self._contact_hops = 0
        self._clean_hops = 0
        self._iaf_hz = self._next_iaf_hz = setup.iaf_hz  # the next one holds from the next stage on
        self._iaf_chosen = False  # by the operator
        self._iaf_due = False  # at the end of the present second: filters change between batches only
        self._paused_for: PauseCause | None = None
        self._short_told = False
        self._hops: list[HopResult] = []
        self._events: list[Event] = [self._signal.prior_fit()]
        self._events += [AuditLine(0, 0, line) for line in setup.audit]

    # ------------------------------------------------------------------ input

    def command(self, command: Command) -> None:
        """Have `command` take effect at the next hop border."""
        self._commands.append(command)

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
        start = 0
        signal, eeg = self._signal, item.eeg
        while start < eeg.shape[1] and self.state < State.ENDED:
            stop = min(eeg.shape[1], start + signal.n_free)
            moved = item.acceleration_g
            signal.put(eeg[:, start:stop], None if moved is None else moved[:, start:stop])
            start = stop
            while signal.n_due and self.state < State.ENDED:
                self._batch()
        self._next_sample = item.stop_sample
        return self._output()

    def finish(self, reason: EndReason) -> Output:
        """End now, whatever the samples say; commands that are still waiting take effect first."""
        self._apply_commands()
        if self.state < State.ENDED:
            self._end(reason)
        return self._output()

    @property
    def delays_s(self) -> tuple[float, ...]:
        """Declared delay of each feature, seconds."""
        return self._signal.delays_s

    @property
    def reward_delay_s(self) -> float:
        """Largest declared delay among the features that earn the reward."""
        return max(
            (
                self.delays_s[column]
                for column, condition in zip(self._book.columns, self.setup.protocol.conditions, strict=True)
                if condition.role is Role.REWARD
            ),
            default=0.0,
        )

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Present threshold of each condition; NaN where none is set."""
        return tuple(self._book.values)

    @property
    def holding(self) -> tuple[int, ...]:
        """Numbers of the conditions that hold in the present stage."""
        return self._book.active

    def baseline_of(self, condition: int) -> Baseline:
        """The baseline that a condition's threshold comes from."""
        return self._baseline_of.get(condition, self.baseline)

    @property
    def n_hops(self) -> int:
        """Hops decided so far."""
        return self._hop

    @property
    def newest_sample(self) -> int:
        """Index of the newest sample of the last hop; -1 before the first."""
        return self._sample

    def stage_left_s(self) -> float:
        """Valid time left in the present stage; NaN outside a stage."""
        if not 0 <= self.stage < len(self.stages):
            return math.nan
        return max(0.0, (self._stage_hops - self.tally.counted_hops) * self._hop_s)

    # ------------------------------------------------------------------- hops

    def _batch(self) -> None:
        """Compute hops up to the next whole second and decide each.

        Whatever changes the filters (the end of the baseline) comes at the border of a batch: commands arrive between
        batches, and a baseline that is long enough ends with a whole second.
        """
        self._apply_commands()
        if self.state >= State.ENDED:
            return
        if self.stage < 0:
            self._start_stage(0)
        for verdict, amplitudes in self._signal.take(self._hop):
            self._decide(verdict, amplitudes)
            if self.state >= State.ENDED:
                return
        if self._hop % self._second_hops == 0:
            if self._iaf_due:
                self._use_iaf()
            told = self._signal.whole_second(self._hop, self._sample + 1)
            if told is not None:
                self._events.append(told)

    def _decide(self, found: Found | None, amplitudes: Amplitudes) -> None:
        """One hop, from what was detected and measured to its result."""
        self._sample += self._hop_samples
        cause, channel, features = self._signal.measure(found, amplitudes)
        if cause is _CLEAN and self.state is _RUNNING and not self._in_artefact_hops:
            self._clean_hops += 1  # as most hops: nothing changes
            self._contact_hops = 0
        else:
            self._change_state(cause, channel)
        self._finish_hop(features, cause, channel)
        self._hop += 1
        if self._follows and self._hop % self._second_hops == 0:
            self._follow()
        if self._sample >= self._limit_sample:
            self._end(EndReason.TIME_LIMIT)
        elif self.tally.counted_hops >= self._stage_hops or self._in_baseline:
            self._advance_stage()

    def _change_state(self, cause: Cause, channel: int) -> None:
        if cause is _CLEAN:
            move = Input.CLEAN_HOP
        else:
            move = Input.UNSETTLED_HOP if cause is Cause.SETTLING else Input.ARTEFACT_HOP
        self._note_edge(cause, channel)
        self._supervise(cause)
        self._move(after(self.state, move), cause)

    def _finish_hop(self, features: tuple[float, ...], cause: Cause, channel: int) -> None:
        """Decide feedback and reward of one hop and append its result."""
        tally = self.tally
        clean = cause is _CLEAN
        state = self.state
        paused = state is _PAUSED
        self._decided(clean and self._counts and not paused)
        feedback, rewarded, in_range = 0.5, False, False
        if paused:
            why = _PAUSED_WHY
        elif clean:
            tally.count(clean=True)
            if self._adds:
                self.baseline.add(features)
            why, feedback, rewarded, in_range = self._judge(features)
            if rewarded:
                tally.rewards += 1
                self.n_rewards += 1
                self._events.append(Rewarded(self._hop, self._sample, self.n_rewards))
        else:
            tally.count(clean=False)
            self._reward.hold()
            why = Why(_HELD, channel, 0.0, cause)
        values = (
            self._hop,
            self._sample,
            self.stage,
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
        self._hops.append(_new(HopResult, values))

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
            self._events.append(Crossed(self._hop, self._sample, self._crossover.crossed))
        if self._follows:
            self._book.watch(features, in_range)
        feedback = self._feedback(features, self._book.values, inhibited)
        why = self._reward.step(in_range, fallen_back)
        if why is None:
            return Why(_BELOW, failed, difference), feedback, False, False
        return why, feedback, why.kind is _REWARDED, True

    def _follow(self) -> None:
        """Once a second of clean training: automatic thresholds, and the one guarded recalibration."""
        if self.state is _RUNNING and self._has_feedback:
            self._move_thresholds(self._book.moves())

    # ----------------------------------------------------------------- stages

    def _start_stage(self, number: int) -> None:
        self._iaf_due = self._next_iaf_hz != self._iaf_hz
        self.stage = number
        stage = self.stages[number]
        self._has_feedback = stage.has_feedback
        self._in_baseline = stage.kind is StageKind.BASELINE
        self._adds = stage.gives_thresholds
        self._counts = self._in_baseline or stage.has_feedback
        self._stage_hops = (
            math.inf if math.isinf(stage.duration_s) else math.ceil(stage.duration_s / self._hop_s - 1e-6)
        )
        self._book.activate(stage)
        self._feedback.activate(self._book.active)
        if stage.gives_thresholds:
            if self.baseline.closed:
                self._signal.begin_baseline()
            self.baseline = self._new_baseline()
        if self._crossover is not None:
            self._crossover.reset()
        moves = []
        if stage.has_feedback:
            if self.setup.target is not None and not self.baseline.closed:
                self._book.aim_together(self.baseline, self.setup.target)
            moves = self._book.begin_run(self.baseline)
            self._follows = self._book.follow
        self.tally.begin(counts_held=stage.kind is StageKind.REST)
        self._reward.reset()
        self._short_told = False
        self._events.append(StageStarted(self._hop, self._sample + 1, number, stage.label))
        self._move_thresholds(moves)

    def _new_baseline(self) -> Baseline:
        return Baseline(self.setup.protocol.conditions, self._book.columns, self._book.active)

    def _end_stage(self) -> None:
        label = self.stages[self.stage].label
        self._events.append(self.tally.ended(self._hop, self._sample, self.stage, label))
        stage = self.stages[self.stage]
        if stage.kind is StageKind.BASELINE:
            if self.setup.find_iaf and not self._iaf_chosen and stage.eyes is Eyes.CLOSED:
                self._find_peak()
            if stage.for_peak:
                self._signal.close_peak()
            else:
                self._close_baseline()

    def _advance_stage(self) -> None:
        """Go on to the next stage if this one is done; a baseline ends with a whole second."""
        if self.state is _PAUSED:
            return
        done = self.tally.counted_hops >= self._stage_hops
        if self._in_baseline:
            stage = self.stages[self.stage]
            whole_second = self._hop % self._second_hops == 0
            done = whole_second and (done or self._baseline_may_end(stage.duration_s, stage.min_clean_s))
        if done:
            self._next_stage()

    def _baseline_may_end(self, duration_s: float, min_clean_s: float) -> bool:
        if self.tally.elapsed_hops * self._hop_s < _BASELINE_PATIENCE * duration_s:
            return False
        if self.tally.valid_s >= min_clean_s:
            return True
        if not self._short_told:
            self._short_told = True
            self._events.append(BaselineShort(self._hop, self._sample, self.tally.valid_s, min_clean_s))
        return False

    def _next_stage(self) -> None:
        self._end_stage()
        if self.stage + 1 < len(self.stages):
            self._start_stage(self.stage + 1)
        else:
            self._end(EndReason.COMPLETED, stage_ended=True)

    def _close_baseline(self) -> None:
        """Freeze the artefact scale and set the thresholds that come from the baseline."""
        if not self.baseline.n_hops:
            return
        self._use_iaf()
        fitted = self._signal.freeze(self._hop, self._sample + 1)
        if fitted is not None:
            rows, told = fitted
            self.baseline.replace(rows)
            self._events.append(told)
        self.baseline.close()
        p10, p50, p90 = (self.baseline.quantiles(share) for share in (0.1, 0.5, 0.9))
        self._feedback.learn(p10, p90)
        if self.setup.target is not None:
            self._book.aim_together(self.baseline, self.setup.target)
        self._move_thresholds(self._book.initial(self.baseline))
        self._baseline_of |= dict.fromkeys(self.baseline.active, self.baseline)
        expected = self.baseline.share_together(self.thresholds)
        clean_s = self.baseline.n_hops * self._hop_s
        self._events.append(BaselineDone(self._hop, self._sample, clean_s, expected, p10, p50, p90))

    def _find_peak(self) -> None:
        """What the eyes-closed baseline that ends says of the alpha peak; the bands move if there is a clear one."""
        found = self._signal.find_peak()
        self._events.append(AlphaPeakFound(self._hop, self._sample, *found))
        if found.hz is not None and not self.setup.misfit(found.hz):
            self._next_iaf_hz = found.hz

    def _use_iaf(self) -> None:
        """Move the bands that follow the alpha peak, where another one is known or chosen than before."""
        self._iaf_due = False
        if self._next_iaf_hz != self._iaf_hz:
            self._iaf_hz = self._next_iaf_hz
            self._refitted(self._signal.use_iaf(self._iaf_hz, self._hop, self._sample + 1))

    def _refitted(self, outcome: Refitted | None) -> None:
        """The filters have changed: thresholds go to where the same share of the baseline passes them."""
        if outcome is None:
            return
        rows, told = outcome
        self._events.append(told)
        self._book.trained.forget()
        if not self.baseline.closed or not rows:
            return
        shares = self._book.shares(self.baseline)
        self.baseline.replace(rows)
        self.baseline.close()
        self._feedback.learn(self.baseline.quantiles(0.1), self.baseline.quantiles(0.9))
        self._move_thresholds([(i, self.baseline.threshold(i, share), "filters") for i, share in shares.items()])

    def _end(self, reason: EndReason, *, stage_ended: bool = False) -> None:
        if 0 <= self.stage < len(self.stages) and not stage_ended:
            self._end_stage()
        move = Input.ABORT if reason is EndReason.ERROR else Input.END
        self._move(after(self.state, move), Cause.NONE)
        self._events.append(SessionEnded(self._hop, self._sample, reason))

    # --------------------------------------------------------------- commands

    def _apply_commands(self) -> None:
        while self._commands and self.state < State.ENDED:
            command = self._commands.popleft()
            reason = refusal(command, self._situation())
            if reason:
                self._events.append(CommandRefused(self._hop, self._sample + 1, command, reason))
                continue
            self._events.append(CommandApplied(self._hop, self._sample + 1, command))
            self._apply(command)

    def _apply(self, command: Command) -> None:
        if isinstance(command, Pause):
            self._paused_for = command.cause
            if self.state is not State.PAUSED:
                self._move(after(self.state, Input.PAUSE), Cause.NONE, f"paused: {command.cause.value}")
        elif isinstance(command, Resume):
            self._resume()
        elif isinstance(command, NextStage):
            if self.stage >= 0:
                self._paused_for = None
                self._move(after(self.state, Input.NEXT_STAGE), Cause.NONE)
                self._next_stage()
        elif isinstance(command, End):
            self._end(command.reason)
        elif isinstance(command, SetThreshold | SetTarget | SetThresholds | Auto | Recalibrate):
            self._move_thresholds(self._asked(command))
        elif isinstance(command, SetRuns):
            self.stages = plan_runs(self.stages, command.runs, command.run_s, n_begun=self.stage + 1)
            self._events.append(StagesPlanned(self._hop, self._sample + 1, self.stages))
        elif isinstance(command, Refit):
            self._refitted(self._signal.refit(self._hop, self._sample + 1))
        elif isinstance(command, SetIaf):
            self._iaf_chosen = True
            self._next_iaf_hz = command.hz
        # Marks, notes and what the client sees are told by CommandApplied; nothing is decided by them.

    def _asked(
        self, command: SetThreshold | SetTarget | SetThresholds | Auto | Recalibrate
    ) -> list[tuple[int, float, str]]:
        """The thresholds that the operator asks for: condition, value, by whom."""
        match command:
            case SetThreshold(condition, value):
                return [(condition, float(value), "operator")]
            case SetTarget(condition, target):
                self._book.aim(condition, target)
                return [(condition, self._baseline_of[condition].threshold(condition, target), "operator")]
            case SetThresholds(values):
                return [(i, value, "operator") for i, value in enumerate(values) if not math.isnan(value)]
            case Recalibrate():
                return self._book.retake("recalibration")
        self._book.auto.on = command.on
        self._follows = self._has_feedback and self._book.follow
        if command.on:
            self._events.append(AuditLine(self._hop, self._sample + 1, _AUTO_LINE))
        return []

    def _situation(self) -> Situation:
        book = self._book
        return Situation(
            paused_for=self._paused_for,
            n_conditions=len(book.values),
            with_baseline=frozenset(self._baseline_of),
            has_percentile=book.has_percentile,
            recalibrated=book.recalibrated,
            trained_s=book.trained.seconds,
            refit_s=self._signal.clean_s,
            runs_begun=runs_begun(self.stages, self.stage + 1),
            misfit=self.setup.misfit,
        )

    def _resume(self) -> None:
        self._paused_for = None
        self._contact_hops = 0
        self._reward.reset()
        self._move(after(self.state, Input.RESUME), Cause.NONE, "resumed")

    def _move_thresholds(self, moves: list[tuple[int, float, str]]) -> None:
        """Set thresholds: condition, value, and who moves it."""
        for condition, value, by in moves:
            old = self._book.set(condition, value)
            feature = self.setup.protocol.conditions[condition].feature
            self._events.append(ThresholdChanged(self._hop, self._sample + 1, condition, feature, old, value, by))

    # ------------------------------------------------------- gaps, holds, state

    def _gap(self, gap: Gap) -> None:
        """Lost samples: splice a very short gap, otherwise start the filters anew; hold either way."""
        self._apply_commands()
        if self.state >= State.ENDED:
            return
        self._events.append(GapSeen(self._hop, gap))
        if self._signal.gap(gap, self._hop):
            self._sample = self._next_sample - 1
            self._reward.reset()

    def _note_edge(self, cause: Cause, channel: int) -> None:
        if cause is Cause.NONE:
            self._clean_hops += 1
            if self._in_artefact_hops:
                held_s = self._in_artefact_hops * self._hop_s
                self._events.append(ArtefactEnded(self._hop, self._sample, held_s))
                self._in_artefact_hops = 0
            return
        self._clean_hops = 0
        if not self._in_artefact_hops:
            name = self.setup.device.channel_names[channel] if channel >= 0 else ""
            self._events.append(ArtefactStarted(self._hop, self._sample, cause, name))
        self._in_artefact_hops += 1

    def _supervise(self, cause: Cause) -> None:
        """Pause when contact stays lost in a run; go on when it, or the link, has been good for a while."""
        if self.state is State.PAUSED:
            if not self.setup.auto_resume or self._paused_for in (PauseCause.OPERATOR, PauseCause.DISK, None):
                return
            link = self._paused_for is PauseCause.LINK
            wait_s = _RESUME_AFTER_LINK_S if link else _RESUME_AFTER_CONTACT_S
            if self._clean_hops * self._hop_s >= wait_s:
                self._resume()
            return
        self._contact_hops = self._contact_hops + 1 if cause in _CONTACT_CAUSES else 0
        in_run = self.stage >= 0 and self.stages[self.stage].kind is StageKind.RUN
        if in_run and self._contact_hops * self._hop_s >= _CONTACT_PAUSE_S:
            self._contact_hops = 0
            self._paused_for = PauseCause.CONTACT
            self._move(after(self.state, Input.PAUSE), Cause.NONE, "paused: signal needs attention")

    def _move(self, state: State, cause: Cause, why: str = "") -> None:
        if state is self.state:
            return
        self.state = state
        self._events.append(StateChanged(self._hop, self._sample, state.name.lower(), why or CAUSE_WORDS[cause]))

    def _output(self) -> Output:
        output = Output(self._hops, self._events)
        self._hops, self._events = [], []
        return output
