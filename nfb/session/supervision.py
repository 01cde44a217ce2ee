"""The state of a session, and who may change it: held hops, lost contact and link, and the operator's pause."""

from nfb.model.commands import PauseCause
from nfb.model.events import ArtefactEnded, ArtefactStarted, StateChanged
from nfb.model.hop import CAUSE_WORDS, Cause
from nfb.session.journal import Journal
from nfb.session.reward import RewardRule
from nfb.session.setup import Setup
from nfb.session.states import Input, State, after

_RESUME_AFTER_LINK_S = 5.0
_CONTACT_PAUSE_S = 10.0
_RESUME_AFTER_CONTACT_S = 3.0

# Why a session is paused that nobody paused; the window translates by it.
CONTACT_LOST = "paused: signal needs attention"

_CONTACT_CAUSES = (Cause.FLAT, Cause.RAIL, Cause.CONTACT)


class Supervision:
    """Moves the state of one session.

    Parameters
    ----------
    setup
        The session.
    journal
        Where its events go.
    reward
        Its rule, which begins anew when the session goes on after a pause.

    Attributes
    ----------
    state
        The present one.
    paused_for
        Why the session is paused; None if it is not.
    in_run
        Whether the present stage is a run, which pauses when contact stays lost.
    held_hops
        Hops that have been held without a break.
    clean_hops
        Clean hops since.
    contact_hops
        Hops without contact since the last other one.
    """

    def __init__(self, setup: Setup, journal: Journal, reward: RewardRule) -> None:
        self._hop_s = setup.hop_s
        self._auto_resume = setup.auto_resume
        self._channel_names = setup.device.channel_names
        self._journal = journal
        self._reward = reward
        self.state = State.READY
        self.paused_for: PauseCause | None = None
        self.in_run = False
        self.held_hops = 0
        self.clean_hops = 0
        self.contact_hops = 0

    def hop(self, cause: Cause, channel: int) -> None:
        """One hop, with the cause for which it is held, and the channel, -1 for none."""
        if cause is Cause.NONE:
            given = Input.CLEAN_HOP
        else:
            given = Input.UNSETTLED_HOP if cause is Cause.SETTLING else Input.ARTEFACT_HOP
        self._note_edge(cause, channel)
        self._supervise(cause)
        self.move(given, cause)

    def pause(self, cause: PauseCause) -> None:
        """The operator or the program asks for a pause, or gives another cause for the present one."""
        self.paused_for = cause
        if self.state is not State.PAUSED:
            self.move(Input.PAUSE, why=f"paused: {cause.value}")

    def resume(self) -> None:
        """Go on."""
        self.paused_for = None
        self.contact_hops = 0
        self._reward.reset()
        self.move(Input.RESUME, why="resumed")

    def leave_stage(self) -> None:
        """The operator goes on to the next stage, which ends a pause."""
        self.paused_for = None
        self.move(Input.NEXT_STAGE)

    def move(self, given: Input, cause: Cause = Cause.NONE, why: str = "") -> None:
        """Change the state as `given` has it, and tell why if it changes: the words, or those of the cause."""
        state = after(self.state, given)
        if state is self.state:
            return
        self.state = state
        journal = self._journal
        journal.tell(StateChanged(journal.hop, journal.sample, state.name.lower(), why or CAUSE_WORDS[cause]))

    def _note_edge(self, cause: Cause, channel: int) -> None:
        journal = self._journal
        if cause is Cause.NONE:
            self.clean_hops += 1
            if self.held_hops:
                journal.tell(ArtefactEnded(journal.hop, journal.sample, self.held_hops * self._hop_s))
                self.held_hops = 0
            return
        self.clean_hops = 0
        if not self.held_hops:
            name = self._channel_names[channel] if channel >= 0 else ""
            journal.tell(ArtefactStarted(journal.hop, journal.sample, cause, name))
        self.held_hops += 1

    def _supervise(self, cause: Cause) -> None:
        """Pause when contact stays lost in a run; go on when it, or the link, has been good for a while."""
        if self.state is State.PAUSED:
            if not self._auto_resume or self.paused_for in (PauseCause.OPERATOR, PauseCause.DISK, None):
                return
            wait_s = _RESUME_AFTER_LINK_S if self.paused_for is PauseCause.LINK else _RESUME_AFTER_CONTACT_S
            if self.clean_hops * self._hop_s >= wait_s:
                self.resume()
            return
        self.contact_hops = self.contact_hops + 1 if cause in _CONTACT_CAUSES else 0
        if self.in_run and self.contact_hops * self._hop_s >= _CONTACT_PAUSE_S:
            self.contact_hops = 0
            self.paused_for = PauseCause.CONTACT
            self.move(Input.PAUSE, why=CONTACT_LOST)
