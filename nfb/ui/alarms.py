"""What calls for the operator: told once by a bar or a chip, never on the client's screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nfb.engine.live import Fault, Live
from nfb.engine.suggest import RecentRuns, RewardWatch, Suggestion
from nfb.engine.watch import Watch
from nfb.model.commands import PauseCause
from nfb.model.events import StageStarted, StateChanged, ThresholdChanged
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.told import told
from nfb.ui.vocabulary import quality_words
from nfb.ui.widgets.notice import Choice, Level, NoticeBar
from nfb.ui.words import capital, feature_name, percent, quantity


class Alarms(QObject):
    """Watches one session at a time.

    Attributes
    ----------
    sound
        Signal: something needs the operator's hand; for a sound on the operator's device only.
    suggested
        Signal: a :class:`~nfb.engine.suggest.Suggestion` was accepted.
    """

    sound = Signal()
    suggested = Signal(object)

    def __init__(self, notices: NoticeBar) -> None:
        super().__init__(notices)
        self._notices = notices
        self._watch: Watch | None = None
        self._reward: RewardWatch | None = None
        self._recent: RecentRuns | None = None
        self._offered = False

    def begin(self, bridge: Bridge) -> None:
        """A session has connected."""
        setup = bridge.view.setup
        assert setup is not None
        self._watch, self._reward = Watch(setup), RewardWatch(setup.hop_s)
        self._recent = RecentRuns(setup)
        self._offered = False

    @property
    def good_s(self) -> float:
        """Clean seconds in a row."""
        return 0.0 if self._watch is None else self._watch.good_s

    def take_event(self, event: object, view: SessionView) -> None:
        match event:
            case StageStarted() | ThresholdChanged():
                if self._reward is not None:
                    self._reward.reset()
                if self._recent is not None and view.stage_plan is not None:
                    self._recent.begin(view.stage_plan)
                self._withdraw()
            case StateChanged():
                self._tell_contact(view)
            case Fault(fatal=False, what=what, way_out=way_out):
                disk = "disk" in what.lower()
                level = Level.LOOK if disk else Level.ACT
                self._notices.tell("disk" if disk else "fault", f"{told(what)} {told(way_out)}".strip(), level)
                if level is Level.ACT:
                    self.sound.emit()

    def _tell_contact(self, view: SessionView) -> None:
        if view.paused and view.pause_cause is PauseCause.CONTACT:
            advice = contact_advice(view)
            said = tr("Paused: the signal needs attention. {advice}", advice=advice)
            self._notices.tell("contact", said.strip(), Level.ACT)
            self.sound.emit()
        else:
            self._notices.clear("contact")

    def take_frame(self, frame: Frame, view: SessionView) -> None:
        """Follow a frame's hops; offers a change when the reward has been off for a minute."""
        if self._watch is None or self._recent is None or self._reward is None:
            return
        self._watch.take(frame.hops, frame.live)
        self._recent.take(frame.hops)
        if frame.live is None:
            return
        n_clean = sum(not hop.artefact for hop in frame.hops) if view.training else 0
        self._reward.take(n_clean, frame.live.in_range_30s)
        if self._reward.outside and not self._offered:
            self._offer(frame.live, view)
        elif not self._reward.outside:
            self._withdraw()

    def suggestion(self, view: SessionView) -> Suggestion | None:
        """What the last 90 s of clean training suggest; None where they are too few."""
        if self._recent is None:
            return None
        return self._recent.suggestion(tuple(view.thresholds), view.target)

    def _offer(self, live: Live, view: SessionView) -> None:
        found = self.suggestion(view)
        if found is None:
            return
        self._offered = True
        share = percent(live.in_range_30s)
        said = tr("In range {share} for a minute. {change}", share=share, change=suggestion_words(found, view))
        self._notices.tell("reward", said, Level.LOOK, (Choice(tr("Apply"), lambda: self.suggested.emit(found)),))

    def _withdraw(self) -> None:
        if self._offered:
            self._offered = False
            self._notices.clear("reward")

    def chips(self) -> list[str]:
        """Suggestions that need no answer."""
        said = []
        if self._watch is not None and self._watch.many_blinks:
            said.append(tr("many blinks: dim the light, rest the eyes"))
        if self._watch is not None and self._watch.drowsy:
            said.append(tr("drowsy: sit up, or a break"))
        return said

    def loop_level(self) -> Level | None:
        """How the link's figures are to be shown: amber, red, or as they are."""
        if self._watch is None:
            return None
        if self._watch.too_slow:
            return Level.ACT
        return Level.LOOK if self._watch.slow or self._watch.lossy else None


def contact_advice(view: SessionView) -> str:
    """What to do at the needed sites that have no contact, else at those that are weak."""
    if view.live is None or view.setup is None or not view.live.contacts:
        return ""
    needed = [view.live.contacts[i] for i in view.setup.fit.channels]
    off = [contact for contact in needed if contact.grade == "off"]
    told = [contact for contact in (off or needed)[:2] if contact.advice]
    return " ".join(f"{contact.name}: {quality_words(contact.advice)}." for contact in told)


def suggestion_words(found: Suggestion, view: SessionView) -> str:
    """``SMR 4.8 → 4.6 µV would have given 65 %``."""
    moves = []
    for i, condition in enumerate(view.conditions):
        feature = view.feature_of(condition)
        old, new = (quantity(value, feature.unit) for value in (view.thresholds[i], found.thresholds[i]))
        if old != new:
            moves.append(f"{capital(feature_name(feature.name))} {old.removesuffix(' ' + feature.unit)} → {new}")
    if not moves:
        return tr("The thresholds would stay.")
    return tr("{moves} would have given {share}.", moves=", ".join(moves), share=percent(found.expected))
