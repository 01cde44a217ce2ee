"""What baselines, the alpha peak and the operator make of a session's filters and thresholds."""

import math

from nfb.model.commands import AimAt, Auto, Recalibrate, Refit, SetIaf, SetTarget, SetThreshold, SetThresholds
from nfb.model.events import AlphaPeakFound, AuditLine, BaselineDone, ThresholdChanged
from nfb.model.protocol import Eyes, Role, Stage
from nfb.session.baseline import Baseline, FeedbackMap
from nfb.session.journal import Journal
from nfb.session.scatter import scatter_line
from nfb.session.setup import Setup
from nfb.session.signal import Refitted, Signal
from nfb.session.thresholds import Thresholds

_AUTO_LINE = "auto: score ≠ learning"

# Commands that move thresholds, and all that calibration obeys.
ThresholdCommand = SetThreshold | SetTarget | SetThresholds | Auto | Recalibrate
CalibrationCommand = ThresholdCommand | AimAt | Refit | SetIaf


class Calibration:
    """Thresholds, the baselines that they come from, and the person's own filters and bands.

    Parameters
    ----------
    setup
        The session.
    signal
        Its filters.
    journal
        Where its events go.

    Attributes
    ----------
    book
        The thresholds.
    feedback
        The continuous feedback, whose scale the baseline gives.
    baseline
        The present baseline, or the last one.
    follows
        Whether anything but the operator can move a threshold in the present stage.
    """

    def __init__(self, setup: Setup, signal: Signal, journal: Journal) -> None:
        self._setup, self._signal, self._journal = setup, signal, journal
        self.book = Thresholds(setup)
        self.feedback = FeedbackMap(setup.protocol.conditions, self.book.columns, self.book.positive)
        self.baseline = self._new_baseline()
        self.follows = False
        self._in_feedback = False
        self._baseline_of: dict[int, Baseline] = {}  # by condition, once closed
        self._iaf_hz = self._next_iaf_hz = setup.iaf_hz  # the next one holds from the next stage on
        self._iaf_chosen = False  # by the operator
        self._iaf_due = False  # at the end of the present second: filters change between batches only

    @property
    def with_baseline(self) -> frozenset[int]:
        """Conditions with a closed baseline."""
        return frozenset(self._baseline_of)

    @property
    def refit_s(self) -> float:
        """Clean seconds to make new filters of."""
        return self._signal.clean_s

    @property
    def reward_delay_s(self) -> float:
        """Largest declared delay among the features that earn the reward."""
        conditions = zip(self.book.columns, self._setup.protocol.conditions, strict=True)
        delays_s = self._signal.delays_s
        return max(
            (delays_s[column] for column, condition in conditions if condition.role is Role.REWARD), default=0.0
        )

    def baseline_of(self, condition: int) -> Baseline:
        """The baseline that a condition's threshold comes from."""
        return self._baseline_of.get(condition, self.baseline)

    def begin_stage(self, stage: Stage) -> None:
        """Attend to the conditions of a stage that begins, with a new baseline if it gives thresholds."""
        self._iaf_due = self._next_iaf_hz != self._iaf_hz
        self._in_feedback, self.follows = stage.has_feedback, False
        self.book.activate(stage)
        self.feedback.activate(self.book.active)
        if stage.gives_thresholds:
            if self.baseline.closed:
                self._signal.begin_baseline()
            self._signal.watch_sleep(stage.eyes is Eyes.CLOSED)
            self.baseline = self._new_baseline()

    def begin_run(self) -> None:
        """A stage with feedback has begun."""
        if not self.baseline.closed:
            self.book.aim_together(self.baseline)
        self._move(self.book.begin_run(self.baseline))
        self.follows = self.book.follow

    def follow(self) -> None:
        """After each second of training: automatic thresholds, and the one guarded recalibration."""
        self._move(self.book.moves())

    def whole_second(self) -> None:
        """A second of hops has ended: filters may change."""
        if self._iaf_due:
            self._use_iaf()
        told = self._signal.whole_second(self._journal.hop, self._journal.sample + 1)
        if told is not None:
            self._journal.tell(told)

    def end_baseline(self, stage: Stage) -> None:
        """Look for the alpha peak where it is asked for, and set the thresholds that come from this baseline."""
        if self._setup.find_iaf and not self._iaf_chosen and stage.eyes is Eyes.CLOSED:
            self._find_peak()
        if stage.for_peak:
            self._signal.close_peak()
        else:
            self._close_baseline()

    def obey(self, command: CalibrationCommand) -> None:
        """Do as the operator asks."""
        match command:
            case Refit():
                self._refitted(self._signal.refit(self._journal.hop, self._journal.sample + 1))
            case AimAt(target):
                self.book.overall = target
            case SetIaf(hz):
                self._iaf_chosen = True
                self._next_iaf_hz = hz
            case _:
                self._move(self._asked(command))

    def _asked(self, command: ThresholdCommand) -> list[tuple[int, float, str]]:
        """The thresholds that the operator asks for: condition, value, by whom."""
        match command:
            case SetThreshold(condition, value):
                return [(condition, float(value), "operator")]
            case SetTarget(condition, target):
                self.book.aim(condition, target)
                self.book.overall = None  # this one's share is what is wanted, whatever they give together
                return [(condition, self._baseline_of[condition].threshold(condition, target), "operator")]
            case SetThresholds(values):
                return [(i, value, "operator") for i, value in enumerate(values) if not math.isnan(value)]
            case Recalibrate():
                return self.book.retake("recalibration")
        self.book.auto.on = command.on
        self.follows = self._in_feedback and self.book.follow
        if command.on:
            self._journal.tell(AuditLine(self._journal.hop, self._journal.sample + 1, _AUTO_LINE))
        return []

    def _new_baseline(self) -> Baseline:
        return Baseline(self._setup.protocol.conditions, self.book.columns, self.book.active)

    def _close_baseline(self) -> None:
        """Freeze the artefact scale and set the thresholds that come from the baseline."""
        baseline, journal = self.baseline, self._journal
        if not baseline.n_hops:
            return
        self._use_iaf()
        fitted = self._signal.freeze(journal.hop, journal.sample + 1)
        if fitted is not None:
            rows, told = fitted
            baseline.replace(rows)
            journal.tell(told)
        baseline.close()
        p10, p50, p90 = (baseline.quantiles(share) for share in (0.1, 0.5, 0.9))
        self.feedback.learn(p10, p90)
        self.book.aim_together(baseline)
        self._move(self.book.initial(baseline))
        self._baseline_of |= dict.fromkeys(baseline.active, baseline)
        expected = baseline.share_together(tuple(self.book.values))
        clean_s = baseline.n_hops * self._setup.hop_s
        journal.tell(BaselineDone(journal.hop, journal.sample, clean_s, expected, p10, p50, p90))
        for i, share in self.book.shares(baseline).items():
            condition, feature = self._setup.protocol.conditions[i], self._setup.features[self.book.columns[i]]
            line = scatter_line(condition, feature, share, clean_s)
            if line and math.isnan(self._setup.thresholds[i]):
                journal.tell(AuditLine(journal.hop, journal.sample + 1, line))

    def _find_peak(self) -> None:
        """What the eyes-closed baseline that ends says of the alpha peak; the bands move if there is a clear one."""
        found = self._signal.find_peak()
        self._journal.tell(AlphaPeakFound(self._journal.hop, self._journal.sample, *found))
        if found.hz is not None and not self._setup.misfit(found.hz):
            self._next_iaf_hz = found.hz

    def _use_iaf(self) -> None:
        """Move the bands that follow the alpha peak, where another one is known or chosen than before."""
        self._iaf_due = False
        if self._next_iaf_hz != self._iaf_hz:
            self._iaf_hz = self._next_iaf_hz
            self._refitted(self._signal.use_iaf(self._iaf_hz, self._journal.hop, self._journal.sample + 1))

    def _refitted(self, outcome: Refitted | None) -> None:
        """The filters have changed: thresholds go to where the same share of the baseline passes them."""
        if outcome is None:
            return
        rows, told = outcome
        self._journal.tell(told)
        self.book.trained.forget()
        baseline = self.baseline
        if not baseline.closed or not rows:
            return
        shares = self.book.shares(baseline)
        baseline.replace(rows)
        baseline.close()
        self.feedback.learn(baseline.quantiles(0.1), baseline.quantiles(0.9))
        self._move([(i, baseline.threshold(i, share), "filters") for i, share in shares.items()])

    def _move(self, moves: list[tuple[int, float, str]]) -> None:
        """Set thresholds: condition, value, and who moves it."""
        journal = self._journal
        for condition, value, by in moves:
            old = self.book.set(condition, value)
            feature = self._setup.protocol.conditions[condition].feature
            journal.tell(ThresholdChanged(journal.hop, journal.sample + 1, condition, feature, old, value, by))
        if any(by != "rule" for *_, by in moves):
            self.book.begin_anew()
