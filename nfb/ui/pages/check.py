"""Signal check: is every site that is needed good, and does the client's own signal show?"""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nfb.dsp.quality import ChannelQuality
from nfb.engine.fit_tests import BLINKS_WANTED, BlinkTest, Readiness, is_relaxed, mains_is_low, muscle_uv
from nfb.model.events import QualityReport, StageStarted
from nfb.model.protocol import StageKind
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.vocabulary import quality_words
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.scalp import ScalpMap
from nfb.ui.widgets.shapes import sign_word
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.widgets.ticks import Tick

N_ADVICE = 4
N_NAMED = 8


class CheckPage(SessionPage):
    """Head map, raw EEG, and one line of advice per site that needs something.

    Attributes
    ----------
    weak_sites
        What a note about going on too early has to say; empty once the check is passed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scalp = ScalpMap()
        self.lamps = Lamps(columns=2)
        self.advice = label(tr("Waiting for the first seconds of signal …"), wrap=True)
        self.blinks, self.jaw, self.mains = Tick(), Tick(), Tick()
        self.needed, self.countdown = label(""), label("", "section")
        self.go_on = IconButton(tr("Baseline"), "play", "primary", key="pause")
        self.go_on.clicked.connect(self._go_on)
        self.go_on.setEnabled(False)
        self.weak_sites = ""
        self._site_advice: list[str] = []
        with_tip(self.blinks, "blink")
        with_tip(self.jaw, "muscle")
        with_tip(self.mains, "mains")
        with_tip(self.needed, "site")
        with_tip(self.lamps, "signal quality")
        self._looking = False
        self._used: tuple[int, ...] = ()
        self._names: tuple[str, ...] = ()
        self._test: BlinkTest | None = None
        self._ready: Readiness | None = None
        self._show_tests(())

        advice = panel(self.advice, title=tr("Do this"))
        advice_layout = advice.layout()
        assert isinstance(advice_layout, QVBoxLayout)
        advice_layout.addStretch(1)
        for tick in (self.blinks, self.jaw, self.mains):
            advice_layout.addWidget(tick)
        hint = tr("Thin and jagged is good, thick and fuzzy is muscle or mains, flat is off.")
        advice_layout.addWidget(label(hint, "secondary", wrap=True))
        advice_layout.addWidget(self.lamps)
        advice.setMinimumWidth(272)
        ring = label(tr("Ring: used by the protocol"), "secondary")
        head = panel(self.scalp, ring)
        head.setContentsMargins(-8, 0, -8, 0)  # the map has a rim of its own
        ring.setContentsMargins(8, 0, 8, 0)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(head, 5)
        columns.addLayout(self.sweep_place, 7)
        columns.addWidget(advice, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(columns, 1)
        layout.addWidget(row(self.needed, None, self.countdown, self.go_on))

    def begin(self, bridge: Bridge) -> None:
        setup = bridge.view.setup
        assert setup is not None
        self._used, self._names = setup.fit.channels, setup.device.channel_names
        self._test = BlinkTest(setup.device)
        self._ready = Readiness(self._used, setup.device.sampling_rate_hz)
        self.scalp.begin(self._names, self._used)
        self._show_needed()
        self._show_tests(())
        self.countdown.setText("")
        self.go_on.setEnabled(True)

    def _go_on(self) -> None:
        self.wish.emit("check" if self._looking else "pause")

    def show_looking(self, looking: bool) -> None:
        """Whether this page is a look from within another stage; then there is nothing to go on to."""
        self._looking = looking
        self.countdown.setText("")
        if looking and self._test is not None:
            self._test.begin()
        self._show_button()

    def show_event(self, event: object, view: SessionView) -> None:
        if isinstance(event, StageStarted) and view.stage_kind is StageKind.CHECK and self._test is not None:
            self._test.begin()
        if not isinstance(event, QualityReport) or self._ready is None:
            return
        contacts = () if view.live is None else view.live.contacts
        self._ready.take(event)
        self.scalp.show_grades(event.grades, event.reasons)
        self.scalp.show_notes(tuple(_kohm(view.impedance_kohm.get(name)) for name in self._names))
        self.lamps.show_quality(event, self._used)
        advice = {contact.name: contact.advice for contact in contacts}
        lines = []
        for i in self._used:
            if event.grades[i] != "good" and event.reasons[i]:
                name = self._names[i]
                todo = advice.get(name, "")
                grade, why = _grade_word(event.grades[i]), quality_words(event.reasons[i])
                said = tr("{site} {grade}: {reason}", site=name, grade=grade, reason=why)
                lines.append(f"{said} → {quality_words(todo)}" if todo else said)
        self._site_advice = lines or [tr("Every needed site is good.")]
        self._show_advice()
        grades = [event.grades[i] for i in self._used]
        self.weak_sites = ", ".join(
            f"{self._names[i]} {event.grades[i]}" for i in self._used if event.grades[i] != "good"
        )
        if not self.weak_sites and self._ready.left_s:
            self.weak_sites = tr("needed sites good for less than 5 s")
        self._show_needed()
        self._show_tests(contacts)
        if not self._looking:
            left_s = self._ready.left_s
            waiting = left_s is not None and left_s > 0 and bool(grades)
            self.countdown.setText(tr("ready in {n} s …", n=math.ceil(left_s or 0)) if waiting else "")
            self._show_button()

    def _show_button(self) -> None:
        if self._looking:
            self.go_on.show_as(tr("Back"), "back", key="check")
        elif self._ready is not None and self._ready.left_s == 0:
            self.go_on.show_as(tr("Baseline"), "play", key="pause")
        else:
            # Going on before it is ready is the operator's decision; the session screen leaves a note of it.
            self.go_on.show_as(tr("Continue anyway (logged)"), "play", key="pause")

    def _show_needed(self) -> None:
        named = [f"{self._names[i]} {sign_word(self.scalp.signs[i])}" for i in self._used[:N_NAMED]]
        self.needed.setText(tr("Needed: {sites}", sites=" · ".join(named)))

    def _show_tests(self, contacts: tuple[ChannelQuality, ...]) -> None:
        self._show_blinks()
        uv = muscle_uv(contacts, self._used)
        if math.isnan(uv):
            self.jaw.show_state(None, tr("Relax the jaw"))
        else:
            relaxed, n = is_relaxed(uv), f"{uv:.0f}"
            said = tr("Jaw relaxed: muscle {n} µV", n=n) if relaxed else tr("Relax the jaw: muscle {n} µV", n=n)
            self.jaw.show_state(relaxed, said)
        if not contacts:
            self.mains.show_state(None, tr("Mains hum"))
        else:
            low = mains_is_low(contacts, self._used)
            hz = max((contacts[i].line_hz for i in self._used), default=0.0)
            name = tr("Mains {hz} Hz", hz=f"{hz:g}") if hz else tr("Mains")
            self.mains.show_state(low, tr("{mains} low", mains=name) if low else tr("{mains} high", mains=name))

    def _show_advice(self) -> None:
        """Swapped electrodes first: what is said of a site is otherwise said of another one."""
        lines = self._site_advice
        if self._test is not None and (swap := self._test.swap) is not None:
            shown, missing = "/".join(swap.shown), "/".join(swap.missing)
            said = tr(
                "Blinks show at {shown}, not at {missing}: are two electrodes swapped?", shown=shown, missing=missing
            )
            lines = [said, *lines]
        if (more := len(lines) - N_ADVICE) > 0:
            lines = [*lines[:N_ADVICE], tr("and {n} more", n=more)]
        if lines:
            self.advice.setText("\n".join(lines))

    def _show_blinks(self) -> None:
        if self._test is None or self._test.count == 0:
            self.blinks.show_state(None, tr("Blink {n} times", n=BLINKS_WANTED))
            return
        where = "/".join(self._test.seen_on[:2])
        passed = None if self._test.count < BLINKS_WANTED else self._test.swap is None
        n = min(self._test.count, BLINKS_WANTED)
        self.blinks.show_state(
            passed, tr("Blink {wanted} times: {n} seen on {where}", wanted=BLINKS_WANTED, n=n, where=where)
        )

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        if self._test is not None:
            before = self._test.count, self._test.swap
            self._test.add(frame.samples)
            if (self._test.count, self._test.swap) != before:
                self._show_blinks()
                self._show_advice()


def _kohm(value: float | None) -> str:
    return "" if value is None else f"{value:.0f} kΩ"


def _grade_word(grade: str) -> str:
    """The grade of an electrode that needs attention."""
    return {"weak": tr("weak"), "off": tr("off")}.get(grade, tr("not known yet"))
