"""Where in its stages a session stands, and when the present one is done."""

import math

from nfb.model.commands import WaitAfter
from nfb.model.events import BaselineShort
from nfb.model.protocol import Stage, StageKind
from nfb.session.journal import Journal
from nfb.session.plan import plan_runs, runs_begun
from nfb.session.setup import Setup
from nfb.session.tally import Tally

# A baseline short of clean EEG ends once this multiple of its length has passed and its minimum is met.
_BASELINE_PATIENCE = 2.5


class Stages:
    """The stages of one session.

    Parameters
    ----------
    setup
        The session.
    tally
        Counts of the present stage.
    journal
        Where its events go.

    Attributes
    ----------
    planned
        All stages, as planned now.
    number
        Of the present stage; -1 before the first.
    length_hops
        Counted hops that end the present stage.
    in_baseline
        Whether the present stage is a baseline.
    waits
        After which stages the next one waits.
    """

    def __init__(self, setup: Setup, tally: Tally, journal: Journal) -> None:
        self._hop_s = setup.hop_s
        self._tally = tally
        self._journal = journal
        self.planned = setup.stages
        self.number = -1
        self.length_hops = math.inf
        self.in_baseline = False
        self.waits = WaitAfter(baseline=False, rest=False)
        self._short_told = False

    @property
    def present(self) -> Stage | None:
        """The stage that the session is in; None outside of one."""
        return self.planned[self.number] if 0 <= self.number < len(self.planned) else None

    @property
    def is_last(self) -> bool:
        """Whether no stage comes after the present one."""
        return self.number + 1 >= len(self.planned)

    @property
    def runs_begun(self) -> int | None:
        """Runs that have begun; None if the last one is over."""
        return runs_begun(self.planned, self.number + 1)

    def left_s(self) -> float:
        """Valid time left in the present stage; NaN outside a stage."""
        if self.present is None:
            return math.nan
        return max(0.0, (self.length_hops - self._tally.counted_hops) * self._hop_s)

    def begin_next(self) -> Stage:
        """Go on to the next stage."""
        self.number += 1
        stage = self.planned[self.number]
        self.in_baseline = stage.kind is StageKind.BASELINE
        endless = math.isinf(stage.duration_s)
        self.length_hops = math.inf if endless else math.ceil(stage.duration_s / self._hop_s - 1e-6)
        self._short_told = False
        self._tally.begin(counts_held=stage.kind is StageKind.REST)
        return stage

    def next_waits(self, *, with_thresholds: bool, asked: bool) -> bool:
        """Whether the stage after the present one waits until somebody says to go on.

        Parameters
        ----------
        with_thresholds
            The present stage is a baseline that has given thresholds.
        asked
            The operator ends the present stage, and means the next one to begin.
        """
        if self.in_baseline:
            return self.waits.baseline and with_thresholds and self.planned[self.number + 1].has_feedback
        present = self.present
        return self.waits.rest and not asked and present is not None and present.kind is StageKind.REST

    def plan_runs(self, runs: int, run_s: float) -> None:
        """Have another number and length of runs from now on."""
        self.planned = plan_runs(self.planned, runs, run_s, n_begun=self.number + 1)

    def is_done(self, *, whole_second: bool) -> bool:
        """Whether the present stage is over; a baseline ends with a whole second."""
        done = self._tally.counted_hops >= self.length_hops
        if self.in_baseline:
            return whole_second and (done or self._baseline_may_end(self.planned[self.number]))
        return done

    def _baseline_may_end(self, stage: Stage) -> bool:
        tally, journal = self._tally, self._journal
        if tally.elapsed_hops * self._hop_s < _BASELINE_PATIENCE * stage.duration_s:
            return False
        if tally.valid_s >= stage.min_clean_s:
            return True
        if not self._short_told:
            self._short_told = True
            journal.tell(BaselineShort(journal.hop, journal.sample, tally.valid_s, stage.min_clean_s))
        return False
