"""How each command is obeyed, or refused with a reason."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from nfb.model.commands import Command, End, EndReason, NextStage, Pause, Resume, SetRuns, WaitAfter
from nfb.model.events import CommandApplied, CommandRefused, StagesPlanned
from nfb.session.calibration import Calibration, CalibrationCommand
from nfb.session.journal import Journal
from nfb.session.refusals import Situation, refusal
from nfb.session.setup import Setup
from nfb.session.stages import Stages
from nfb.session.states import State
from nfb.session.supervision import Supervision


class NextStageCall(Protocol):
    """Ends the present stage and begins the next; `asked` by the operator, or because its time is over."""

    def __call__(self, *, asked: bool) -> None: ...


class Commands:
    """Commands of one session, which wait for the next hop border.

    Parameters
    ----------
    setup
        The session.
    journal
        Where its events go.
    stages, supervision, calibration
        What commands change.
    next_stage, end
        Ends the present stage; ends the session for a reason.
    """

    def __init__(
        self,
        setup: Setup,
        journal: Journal,
        stages: Stages,
        supervision: Supervision,
        calibration: Calibration,
        next_stage: NextStageCall,
        end: Callable[[EndReason], None],
    ) -> None:
        self._setup = setup
        self._journal = journal
        self._stages = stages
        self._supervision = supervision
        self._calibration = calibration
        self._next_stage = next_stage
        self._end = end
        self._waiting: deque[Command] = deque()

    def put(self, command: Command) -> None:
        """Have `command` wait for the next hop border."""
        self._waiting.append(command)

    def apply(self) -> None:
        """At a hop border: obey or refuse all that wait, until the session has ended."""
        journal = self._journal
        while self._waiting and self._supervision.state < State.ENDED:
            command = self._waiting.popleft()
            reason = refusal(command, self._situation())
            if reason:
                journal.tell(CommandRefused(journal.hop, journal.sample + 1, command, reason))
                continue
            journal.tell(CommandApplied(journal.hop, journal.sample + 1, command))
            self._obey(command)

    def _obey(self, command: Command) -> None:
        if isinstance(command, CalibrationCommand):
            self._calibration.obey(command)
            return
        match command:
            case Pause(cause):
                self._supervision.pause(cause)
            case Resume():
                self._supervision.resume()
            case NextStage() if self._stages.number >= 0:
                self._supervision.leave_stage()
                self._next_stage(asked=True)
            case End(reason):
                self._end(reason)
            case WaitAfter():
                self._stages.waits = command
            case SetRuns(runs, run_s):
                self._stages.plan_runs(runs, run_s)
                planned = StagesPlanned(self._journal.hop, self._journal.sample + 1, self._stages.planned)
                self._journal.tell(planned)
        # Marks, notes and what the client sees are told by CommandApplied; nothing is decided by them.

    def _situation(self) -> Situation:
        calibration = self._calibration
        book = calibration.book
        return Situation(
            paused_for=self._supervision.paused_for,
            n_conditions=len(book.values),
            with_baseline=calibration.with_baseline,
            has_percentile=book.has_percentile,
            recalibrated=book.recalibrated,
            trained_s=book.trained.seconds,
            refit_s=calibration.refit_s,
            runs_begun=self._stages.runs_begun,
            misfit=self._setup.misfit,
        )
