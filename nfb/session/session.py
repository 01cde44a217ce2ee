"""The session: fed with chunks, gaps and commands, it returns hops and events. It knows no clock and no file."""

import math
from collections import deque
from typing import NamedTuple

import numpy as np

from nfb.dsp.artefacts import Limits, hold_hops
from nfb.dsp.frontend import FrontEnd, HopBatch
from nfb.model.commands import (
    Command,
    End,
    EndReason,
    Mark,
    NextStage,
    Note,
    Pause,
    PauseCause,
    Resume,
    SetTarget,
    SetThreshold,
)
from nfb.model.errors import SetupError
from nfb.model.events import (
    ArtefactEnded,
    ArtefactStarted,
    BaselineDone,
    BaselineShort,
    CommandApplied,
    CommandRefused,
    Event,
    FilterFitted,
    GapSeen,
    Rewarded,
    SessionEnded,
    StageEnded,
    StageStarted,
    StateChanged,
    ThresholdChanged,
)
from nfb.model.hop import CAUSE_WORDS, Cause, HopResult, Why, WhyKind
from nfb.model.protocol import Direction, FeatureKind, Role, StageKind
from nfb.model.samples import Chunk, Gap
from nfb.session.auto_thresholds import AutoRule, Recalibrator, make_rule
from nfb.session.baseline import Baseline, FeedbackMap
from nfb.session.features import Amplitudes, plan_features
from nfb.session.holds import Holds, Verdict
from nfb.session.personal import BaselineSamples
from nfb.session.reward import RewardRule
from nfb.session.setup import Setup
from nfb.session.smoothing import Smoother
from nfb.session.states import Input, State, after
from nfb.session.tally import Tally

# A gap of up to so many samples is spliced; a longer one empties the filters (science: estimator reset).
_SPLICED_SAMPLES = 2
_SPLICE_HOLD_S = 0.5
# The recording's own scale is learnt a second at a time, and hops are held until it is known.
_SECOND_S = 1.0
_RESUME_AFTER_LINK_S = 5.0
_CONTACT_PAUSE_S = 10.0
_RESUME_AFTER_CONTACT_S = 3.0
# A baseline short of clean EEG ends once this multiple of its length has passed and its minimum is met.
_BASELINE_PATIENCE = 2.5

_CONTACT_CAUSES = (Cause.FLAT, Cause.RAIL, Cause.CONTACT)
_SETTLING_WHY = Why(WhyKind.ARTEFACT, cause=Cause.SETTLING)
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

    Attributes
    ----------
    delays_s
        Declared delay of each feature, seconds.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        rate = setup.device.sampling_rate_hz
        self._hop_s = setup.hop_s
        self._second_hops = max(1, round(_SECOND_S / self._hop_s))
        self._plan = plan_features(setup)
        filters = self._plan.design(setup)
        self.delays_s = self._plan.delays_s(filters)
        self._front = FrontEnd(filters, self._plan.derivation, rate, setup.hop_samples, self._second_hops)
        self._limits = Limits(
            setup.protocol.guards,
            rate,
            setup.device.channel_names,
            setup.fit.channels,
            setup.device.reference,
            setup.device.rail_uv,
        )
        lowest = min((need.band_hz[0] for need in self._plan.needs), default=8.0)
        self._holds = Holds(self._limits, hold_hops(lowest, self._hop_s))

        conditions = setup.protocol.conditions
        order = {feature.name: i for i, feature in enumerate(setup.features)}
        self._columns = tuple(order[condition.feature] for condition in conditions)
        self._ups = tuple(condition.direction is Direction.UP for condition in conditions)
        self._thresholds = [
            value if not math.isnan(value) else _fixed(condition.threshold.value)
            for value, condition in zip(setup.thresholds, conditions, strict=True)
        ]
        self._feature_thresholds = self._spread_thresholds()
        logarithmic = tuple(
            not feature.log and feature.kind is not FeatureKind.ASYMMETRY for feature in setup.features
        )
        self._positive = tuple(logarithmic[c] for c in self._columns)
        self._feedback = FeedbackMap(conditions, self._columns, self._positive)
        self.baseline = Baseline(conditions, self._columns)
        self._rules: dict[int, AutoRule] = {}
        rule = setup.protocol.recalibrate
        self._recalibrator = None if rule is None else Recalibrator(rule, setup, self._columns)
        self._reward = RewardRule(setup.protocol.reward, self._hop_s)
        self._fall_back = setup.protocol.reward.fall_back
        self._smooth = Smoother(setup)
        expects_baseline = any(stage.kind is StageKind.BASELINE for stage in setup.stages)
        self._samples = BaselineSamples(setup, self._plan) if expects_baseline else None
        self._nan = (math.nan,) * len(setup.features)

        self.state = State.READY
        self.stage = -1
        self.tally = Tally(self._hop_s)
        self.n_rewards = 0
        self._hop = 0  # number of the next hop
        self._sample = -1  # newest sample of the last hop, or the last one before a gap
        self._next_sample = 0
        self._window_full_hop = self._front.buffer.hops_until_full()  # first hop with a full window
        self._unsettled_hops = self._settling_hops()
        self._commands: deque[Command] = deque()
        self._second: list[HopBatch] = []
        self._second_clean: list[bool] = []
        self._in_artefact_hops = 0
        self._contact_hops = 0
        self._clean_hops = 0
        self._paused_for: PauseCause | None = None
        self._short_told = False
        self._hops: list[HopResult] = []
        self._events: list[Event] = []
        self._limit_sample = math.inf if setup.time_limit_s is None else round(setup.time_limit_s * rate) - 1
        unknown = (math.nan,) * len(setup.features)
        self._events.append(FilterFitted(0, 0, "prior", self.delays_s, unknown, unknown))

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
        eeg = item.eeg
        buffer = self._front.buffer
        while start < eeg.shape[1] and self.state < State.ENDED:
            stop = min(eeg.shape[1], start + buffer.n_free)
            self._front.put(eeg[:, start:stop])
            if self._samples is not None:
                self._samples.put(eeg[:, start:stop])
            start = stop
            while buffer.n_due and self.state < State.ENDED:
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
    def reward_delay_s(self) -> float:
        """Largest declared delay among the features that earn the reward."""
        return max(
            (
                self.delays_s[column]
                for column, condition in zip(self._columns, self.setup.protocol.conditions, strict=True)
                if condition.role is Role.REWARD
            ),
            default=0.0,
        )

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Present threshold of each condition; NaN where none is set."""
        return tuple(self._thresholds)

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
        if not 0 <= self.stage < len(self.setup.stages):
            return math.nan
        stage = self.setup.stages[self.stage]
        done = self.tally.elapsed_hops if stage.kind is StageKind.REST else self.tally.valid_hops
        return max(0.0, stage.duration_s - done * self._hop_s)

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
        to_second = self._second_hops - self._hop % self._second_hops
        n_hops = min(self._front.buffer.n_due, to_second)
        batch = self._front.take(n_hops)
        verdicts = self._holds.detect(batch)
        amplitudes: list[Amplitudes] = batch.amplitude_uv.tolist()
        for verdict, amplitude in zip(verdicts, amplitudes, strict=True):
            self._decide(verdict, amplitude)
            if self.state >= State.ENDED:
                return
        if not self._limits.frozen:
            self._second.append(batch)
            if self._hop % self._second_hops == 0:
                self._learn_scale()

    def _decide(self, found: Verdict, amplitudes: Amplitudes) -> None:
        self._sample += self.setup.hop_samples
        if self._unsettled_hops > 0:
            self._unsettled_hops -= 1
            cause, channel = Cause.SETTLING, -1
            move = Input.UNSETTLED_HOP
            features = self._nan
        else:
            cause, channel = self._holds.extend(found)
            features = self._evaluate(amplitudes)
            if cause is Cause.NONE and any(value != value for value in features):
                cause, channel = Cause.NOT_FINITE, -1
            move = Input.CLEAN_HOP if cause is Cause.NONE else Input.ARTEFACT_HOP
            if move is Input.CLEAN_HOP:
                features = self._smooth.step(features)
        self._note_edge(cause, channel)
        self._supervise(cause)
        self._move(after(self.state, move), cause)
        self._finish_hop(features, cause, channel)
        self._hop += 1
        if self._follows and self._hop % self._second_hops == 0 and self.state is State.RUNNING:
            self._move_thresholds()
        if self._sample >= self._limit_sample:
            self._end(EndReason.TIME_LIMIT)
        elif self.state is not State.PAUSED:
            self._advance_stage()

    def _evaluate(self, amplitudes: Amplitudes) -> tuple[float, ...]:
        values: list[float] = []
        for evaluate in self._plan.evaluate:
            values.append(evaluate(amplitudes, values))
        return tuple(values)

    def _finish_hop(self, features: tuple[float, ...], cause: Cause, channel: int) -> None:
        """Decide feedback and reward of one hop and append its result."""
        stage = self.setup.stages[self.stage]
        tally = self.tally
        clean = cause is Cause.NONE
        in_baseline = clean and self.state is not State.PAUSED and stage.kind is StageKind.BASELINE
        if self._samples is not None:
            self._samples.hop(in_baseline)
        feedback, rewarded, in_range = FeedbackMap.NEUTRAL, False, False
        if self.state is State.PAUSED:
            why = _PAUSED_WHY
        else:
            tally.elapsed_hops += 1
            if not clean:
                tally.held_hops += 1
                self._reward.hold()
                why = _SETTLING_WHY if cause is Cause.SETTLING else Why(WhyKind.ARTEFACT, channel, 0.0, cause)
            else:
                tally.valid_hops += 1
                if in_baseline:
                    self.baseline.add(features)
                why, feedback, rewarded, in_range = self._judge(features, stage.has_feedback)
                if stage.has_feedback and self._follows:
                    self._tell_rules(features, in_range)
                tally.in_range_hops += in_range
        if rewarded:
            tally.rewards += 1
            self.n_rewards += 1
            self._events.append(Rewarded(self._hop, self._sample, self.n_rewards))
        self._hops.append(
            HopResult(
                self._hop,
                self._sample,
                self.stage,
                int(self.state),
                features,
                self._feature_thresholds,
                not clean,
                cause,
                channel,
                feedback,
                rewarded,
                in_range,
                tally.valid_s,
                why,
            )
        )

    def _judge(self, features: tuple[float, ...], has_feedback: bool) -> tuple[Why, float, bool, bool]:
        """Reason, feedback, reward and in-range of a clean hop."""
        first_failed = -1
        difference = 0.0
        inhibited = False
        fallen_back = False
        conditions = self.setup.protocol.conditions
        for i, (column, up, threshold) in enumerate(zip(self._columns, self._ups, self._thresholds, strict=True)):
            if threshold != threshold:
                return (_NO_THRESHOLD_WHY if has_feedback else _STAGE_WHY), FeedbackMap.NEUTRAL, False, False
            off = features[column] - threshold
            if off < 0.0 if up else off > 0.0:
                if first_failed < 0:
                    first_failed, difference = i, off
                if conditions[i].role is Role.INHIBIT:
                    inhibited = True
                elif abs(off) >= self._fall_back * abs(threshold):
                    fallen_back = True
        in_range = first_failed < 0
        if not has_feedback:
            return _STAGE_WHY, FeedbackMap.NEUTRAL, False, in_range
        feedback = self._feedback(features, self._thresholds, inhibited)
        why = self._reward.step(in_range, fallen_back)
        if why is None:
            return Why(WhyKind.LIMIT, first_failed, difference), feedback, False, False
        return why, feedback, why.kind is WhyKind.REWARD, True

    def _tell_rules(self, features: tuple[float, ...], in_range: bool) -> None:
        """Let automatic thresholds see a clean hop of a run."""
        for i, rule in self._rules.items():
            value, threshold = features[self._columns[i]], self._thresholds[i]
            rule.hop(value, value >= threshold if self._ups[i] else value <= threshold)
        if self._recalibrator is not None:
            self._recalibrator.hop(features, in_range)

    def _move_thresholds(self) -> None:
        """Once a second of clean training: automatic thresholds, and the one guarded recalibration."""
        if not self.setup.stages[self.stage].has_feedback:
            return
        for i, rule in self._rules.items():
            new = rule.second(self._thresholds[i])
            if new != self._thresholds[i] and not math.isnan(new):
                self._set_threshold(i, new, "rule")
        if self._recalibrator is not None:
            for i, new in self._recalibrator.second().items():
                self._set_threshold(i, new, "recalibration")

    # ----------------------------------------------------------------- stages

    def _start_stage(self, stage: int) -> None:
        self.stage = stage
        if self.setup.stages[stage].has_feedback and not self._rules:
            self._rules = self._make_rules()
        self.tally.clear()
        self._reward.reset()
        self._short_told = False
        self._events.append(StageStarted(self._hop, self._sample + 1, stage, self.setup.stages[stage].label))

    def _make_rules(self) -> dict[int, AutoRule]:
        """Automatic thresholds, made when the first run begins: a baseline says how wide the features spread."""
        rules = {}
        for i, condition in enumerate(self.setup.protocol.conditions):
            rule = make_rule(condition, self._hop_s, self.baseline.spread(i), self._positive[i])
            if rule is not None:
                rules[i] = rule
        return rules

    @property
    def _follows(self) -> bool:
        return bool(self._rules) or self._recalibrator is not None

    def _end_stage(self) -> StageEnded:
        label = self.setup.stages[self.stage].label
        ended = self.tally.ended(self._hop, self._sample, self.stage, label)
        self._events.append(ended)
        if self.setup.stages[self.stage].kind is StageKind.BASELINE:
            self._close_baseline()
        return ended

    def _advance_stage(self) -> None:
        stage = self.setup.stages[self.stage]
        tally = self.tally
        if stage.kind is StageKind.REST:
            done = tally.elapsed_hops * self._hop_s >= stage.duration_s - 1e-9
        else:
            done = tally.valid_s >= stage.duration_s - 1e-9
            if stage.kind is StageKind.BASELINE:
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
        if self.stage + 1 < len(self.setup.stages):
            self._start_stage(self.stage + 1)
        else:
            self._end(EndReason.COMPLETED, stage_ended=True)

    def _close_baseline(self) -> None:
        """Freeze the artefact scale and set the thresholds that come from the baseline."""
        if self.baseline.closed or not self.baseline.n_hops:
            return
        self._fit_person()
        self.baseline.close()
        self._limits.frozen = True
        self._second.clear()
        p10, p50, p90 = (self.baseline.quantiles(share) for share in (0.1, 0.5, 0.9))
        self._feedback.learn(p10, p90)
        for i in range(len(self._thresholds)):
            if math.isnan(self._thresholds[i]):
                self._set_threshold(i, self.baseline.initial_threshold(i), "baseline")
        expected = self.baseline.share_together(self.thresholds)
        clean_s = self.baseline.n_hops * self._hop_s
        self._events.append(BaselineDone(self._hop, self._sample, clean_s, expected, p10, p50, p90))

    def _fit_person(self) -> None:
        """Design the filters anew for this person, and see the baseline through them."""
        samples, self._samples = self._samples, None
        fitted = None if samples is None else samples.fit()
        if fitted is None:
            return
        self._front.refit(fitted.filters)
        self._smooth.reset()
        rows = []
        for amplitudes, new_segment in zip(fitted.amplitudes, fitted.new_segment, strict=True):
            if new_segment:
                self._smooth.reset()
            rows.append(self._smooth.step(self._evaluate(amplitudes)))
        self.baseline.replace(rows)
        delays_s = self.delays_s = self._plan.delays_s(fitted.filters)
        r, f1 = fitted.expected_r, fitted.expected_f1
        self._events.append(FilterFitted(self._hop, self._sample + 1, "person", delays_s, r, f1))

    def _end(self, reason: EndReason, *, stage_ended: bool = False) -> None:
        if 0 <= self.stage < len(self.setup.stages) and not stage_ended:
            self._end_stage()
        move = Input.ABORT if reason is EndReason.ERROR else Input.END
        self._move(after(self.state, move), Cause.NONE)
        self._events.append(SessionEnded(self._hop, self._sample, reason))

    # --------------------------------------------------------------- commands

    def _apply_commands(self) -> None:
        while self._commands and self.state < State.ENDED:
            command = self._commands.popleft()
            refusal = self._refusal(command)
            if refusal:
                self._events.append(CommandRefused(self._hop, self._sample + 1, command, refusal))
                continue
            self._events.append(CommandApplied(self._hop, self._sample + 1, command))
            self._apply(command)

    def _refusal(self, command: Command) -> str:
        """Why a command has no meaning now; empty if it has."""
        n_conditions = len(self._thresholds)
        if isinstance(command, Resume) and self.state is not State.PAUSED:
            return "the session is not paused"
        if isinstance(command, Pause) and self.state is State.PAUSED:
            return "the session is paused already"
        if isinstance(command, SetThreshold | SetTarget) and not 0 <= command.condition < n_conditions:
            return f"condition {command.condition}: the protocol has conditions 0 to {n_conditions - 1}"
        if isinstance(command, SetThreshold) and not math.isfinite(command.value):
            return f"threshold {command.value}: must be a finite number"
        if isinstance(command, SetTarget):
            if not 0.0 < command.target < 1.0:
                return f"target {command.target:g}: must lie between 0 and 1"
            if not self.baseline.closed:
                return "there is no clean baseline to take the threshold from"
        return ""

    def _apply(self, command: Command) -> None:
        if isinstance(command, Pause):
            self._paused_for = command.cause
            self._move(after(self.state, Input.PAUSE), Cause.NONE, f"paused: {command.cause.value}")
        elif isinstance(command, Resume):
            self._resume()
        elif isinstance(command, NextStage):
            if self.stage >= 0:
                self._move(after(self.state, Input.NEXT_STAGE), Cause.NONE)
                self._next_stage()
        elif isinstance(command, End):
            self._end(command.reason)
        elif isinstance(command, SetThreshold):
            self._set_threshold(command.condition, float(command.value), "operator")
        elif isinstance(command, SetTarget):
            value = self.baseline.threshold(command.condition, command.target)
            self._set_threshold(command.condition, value, "operator")
        else:
            assert isinstance(command, Mark | Note)  # told by CommandApplied, nothing to do

    def _resume(self) -> None:
        self._paused_for = None
        self._contact_hops = 0
        self._reward.reset()
        self._move(after(self.state, Input.RESUME), Cause.NONE, "resumed")

    def _set_threshold(self, condition: int, value: float, by: str) -> None:
        old = self._thresholds[condition]
        self._thresholds[condition] = value
        self._feature_thresholds = self._spread_thresholds()
        feature = self.setup.protocol.conditions[condition].feature
        self._events.append(ThresholdChanged(self._hop, self._sample + 1, condition, feature, old, value, by))

    def _spread_thresholds(self) -> tuple[float, ...]:
        """Thresholds per feature; NaN for a feature without a condition."""
        spread = [math.nan] * len(self.setup.features)
        for column, value in zip(self._columns, self._thresholds, strict=True):
            spread[column] = value
        return tuple(spread)

    # ------------------------------------------------------- gaps, holds, state

    def _gap(self, gap: Gap) -> None:
        """Lost samples: splice a very short gap, otherwise start the filters anew; hold either way."""
        self._apply_commands()
        if self.state >= State.ENDED:
            return
        self._events.append(GapSeen(self._hop, gap))
        known_and_short = 0 < gap.missing_samples <= _SPLICED_SAMPLES
        if known_and_short:
            self._holds.drop_out(round(_SPLICE_HOLD_S / self._hop_s))
            return
        # Samples of the unfinished hop are recorded but not computed on.
        self._front.reset()
        self._sample = self._next_sample - 1
        self._window_full_hop = self._hop + self._front.buffer.hops_until_full()
        self._unsettled_hops = self._settling_hops()
        self._holds.forget()
        self._smooth.reset()
        if self._samples is not None:
            self._samples.gap()
        self._reward.reset()

    def _settling_hops(self) -> int:
        """Hops until the window is full, and a second more while the recording's scale is not known."""
        if self._limits.known:
            return self._window_full_hop - self._hop
        whole_seconds = -(-self._window_full_hop // self._second_hops) + 1
        return whole_seconds * self._second_hops - self._hop

    def _learn_scale(self) -> None:
        """Scale of the second that just ended, once the filters have settled."""
        second, self._second = self._second, []
        if self._hop - self._second_hops < self._window_full_hop:
            return
        wide = np.concatenate([b.wide_uv for b in second])
        slow = np.concatenate([b.slow_uv for b in second])
        muscle = np.concatenate([b.muscle_uv for b in second])
        scale = np.empty((4, wide.shape[1]))
        scale[0] = _robust_sd(wide[:, :, 1:].swapaxes(0, 1).reshape(wide.shape[1], -1))
        scale[1] = _robust_sd(np.diff(wide, axis=2).swapaxes(0, 1).reshape(wide.shape[1], -1))
        scale[2] = _robust_sd(slow.T)
        scale[3] = np.median(muscle, axis=0)
        self._limits.learn(scale)

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
        in_run = self.stage >= 0 and self.setup.stages[self.stage].kind is StageKind.RUN
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


def _fixed(value: float | None) -> float:
    return math.nan if value is None else value


def _robust_sd(
    values: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Standard deviation of a normal variable with the same median absolute deviation, along the last axis."""
    middle = np.median(values, axis=1, keepdims=True)
    return np.asarray(1.4826 * np.median(np.abs(values - middle), axis=1))
