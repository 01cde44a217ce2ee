"""What the client is shown, on every screen that shows it: the window, the operator's mirror, one-screen mode."""

from __future__ import annotations

from nfb.model.protocol import Eyes, Feedback, StageKind
from nfb.model.samples import LinkState
from nfb.ui.bridge import Frame
from nfb.ui.client_window import ClientWindow
from nfb.ui.feedback.mode import Wishes
from nfb.ui.feedback.modes import MODES, key_of
from nfb.ui.language import tr
from nfb.ui.pacing import Pacing
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.feedback import FeedbackView

SILENT = (LinkState.STALLED, LinkState.LOST, LinkState.RECONNECTING, LinkState.WAITING)


class ClientStage:
    """Keeps the client's window and the operator's mirror saying the same.

    Parameters
    ----------
    client
        The client's own window; its view leads, and plays what sounds.
    mirrors
        Pictures of it for the operator.

    Attributes
    ----------
    pacing
        Who ends the breaks.
    """

    def __init__(self, client: ClientWindow, *mirrors: FeedbackView) -> None:
        self.client = client
        self.mirrors = mirrors
        self.pacing = Pacing()
        self._ring = False  # in runs too

    @property
    def _views(self) -> tuple[FeedbackView, ...]:
        return (self.client.view, *self.mirrors)

    @property
    def blank(self) -> bool:
        return self.client.view.blank

    def begin(self, mode: str, wishes: Wishes) -> None:
        """Show a feedback mode from now on."""
        self._ring = wishes.ring
        for view in self._views:
            view.begin(mode, wishes)

    def set_blank(self, blank: bool) -> None:
        for view in self._views:
            view.blank = blank
            view.update()

    def pulse(self) -> None:
        """What the chime says, for the eye."""
        self.client.view.pulse()

    def show_stage(self, view: SessionView) -> None:
        """Nothing but feedback while training; a calm line at every other time."""
        words = self._words(view)
        if not words and self.client.view.message and view.setup is not None:
            instruction = self._instruction(view.setup.protocol.feedback, view)
            if instruction:
                self.client.view.show_instruction(tr(instruction))
        for shown in self._views:
            shown.message = words
            shown.update()

    def _instruction(self, told: Feedback, view: SessionView) -> str:
        """The protocol's own words, unless they speak of a display that is not the one shown."""
        shown, plan = self.client.view.mode, view.stage_plan
        if shown == key_of(told.mode) or (plan is not None and plan.eyes is Eyes.CLOSED):
            return told.instruction
        return MODES[shown].instruction() or told.instruction

    def _words(self, view: SessionView) -> str:
        plan = view.stage_plan
        if self.pacing.waiting and view.link.state not in SILENT:
            return tr("Press a key when you are ready.")
        if view.paused or view.link.state in SILENT:
            return tr("Just a moment.")
        if plan is None or plan.kind is StageKind.CHECK:
            return tr("We are checking the signal.")
        if plan.kind is StageKind.BASELINE:
            return tr("Close your eyes and rest.") if plan.eyes is Eyes.CLOSED else tr("Look ahead and rest.")
        if plan.kind is StageKind.REST:
            if self.pacing.client_ends and not self.pacing.ready:
                return tr("Take a breath. Press a key when you are ready.")
            return tr("Take a breath.")
        return ""

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        """Ease towards the newest feedback; the mirror on the training page follows by itself."""
        live = frame.live
        if live is None:
            return
        held = view.paused or view.link.state in SILENT or live.hop.artefact
        for shown in self._views:
            shown.set_held(held)
        self.client.set_ring(self._time_left(view, live.stage_left_s))
        self.client.view.show_frame(live.feedback, frame.passed_s)

    def _time_left(self, view: SessionView, left_s: float) -> float | None:
        """Share of a break that is left, or of a run where it is wanted; None where no ring is shown."""
        plan = view.stage_plan
        if plan is None or self.pacing.waiting:
            return None
        if plan.kind is StageKind.REST or (self._ring and plan.kind in (StageKind.RUN, StageKind.TRANSFER)):
            return left_s / plan.duration_s if plan.duration_s > 0 else None
        return None
