"""The break between runs: how the last one went, what the next one may be, and what the client sees."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from nfb.engine.suggest import RecentRuns, Suggestion
from nfb.model.commands import SetFeedback, SetThresholds
from nfb.model.events import StageEnded, StageStarted
from nfb.model.protocol import StageKind
from nfb.ui.audio.sounds import MUSIC, sound_key
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.feedback.modes import key_of
from nfb.ui.keys_in_force import follow_keys, keys_of
from nfb.ui.language import tr
from nfb.ui.pages.base import SessionPage
from nfb.ui.session_view import SessionView
from nfb.ui.theme import SECTION_PX, font, tokens
from nfb.ui.visit.kinds import feedback_choices, feelings, sound_choices
from nfb.ui.visit.plots import RunBars
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row
from nfb.ui.words import capital, clock, feature_name, percent, quantity


class Ring(QWidget):
    """The time left of a break as a ring that shrinks, with the clock in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share, self._text = 1.0, ""

    def sizeHint(self) -> QSize:
        return QSize(96, 96)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_left(self, left_s: float, whole_s: float) -> None:
        share = left_s / whole_s if whole_s > 0 and math.isfinite(whole_s) else 1.0
        self._share, self._text = min(max(share, 0.0), 1.0), clock(left_s)
        self.setAccessibleName(tr("{time} left of the break", time=self._text))
        self.update()

    def text(self) -> str:
        return self._text

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = min(self.width(), self.height()) / 2 - 6
        centre = QPointF(self.width() / 2, self.height() / 2)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.setPen(QPen(QColor(theme.hairline), 6))
        painter.drawEllipse(box)
        pen = QPen(QColor(theme.accent), 6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, 90 * 16, round(-360 * 16 * self._share))
        painter.setPen(QColor(theme.text))
        painter.setFont(font(SECTION_PX, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class RestPage(SessionPage):
    """`note` carries what was said or chosen. A suggestion is an offer; nothing is applied by itself."""

    note = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._bridge: Bridge | None = None
        self._recent: RecentRuns | None = None
        self._offered: Suggestion | None = None
        self.done = label("", "title", wrap=True)
        self.figures = label("", wrap=True)
        self.suggestion = label("", wrap=True)
        self.apply, self.keep = IconButton(tr("Apply"), "check"), IconButton(tr("Keep"))
        self.apply.clicked.connect(self._apply)
        self.keep.clicked.connect(partial(self._offer, None))
        self.mirror = FeedbackView()
        self.mirror.message = tr("Take a breath.")
        self.left_over = Ring()
        self.runs = RunBars()
        self.start = IconButton(tr("Start the next run"), "play", "primary", key="pause")
        self.start.clicked.connect(lambda: self.wish.emit("pause"))
        check = IconButton(tr("Re-check signal"), "wave", key="check")
        check.clicked.connect(lambda: self.wish.emit("check"))
        self.said = label("", "secondary")
        self.note_line = QLineEdit(placeholderText=tr("Note, Enter keeps it"))
        self.note_line.returnPressed.connect(lambda: self._keep(self.note_line.text().strip()))
        self.feedback = Drop()
        self.feedback.setMinimumContentsLength(14)
        self.feedback.setAccessibleName(tr("What the client sees in the next run"))
        self.sound = Drop()
        self.sound.setMinimumContentsLength(14)
        self.sound.setAccessibleName(tr("What the client hears in the next run"))
        for drop in (self.feedback, self.sound):
            drop.activated.connect(self._choose_feedback)
        self._left_out: tuple[str, ...] = ()
        self._client_ends = False
        feelings_row: list[QWidget | None] = []
        for feeling in feelings():
            button = IconButton(capital(feeling))
            button.clicked.connect(partial(self._keep, tr("client says: {feeling}", feeling=feeling)))
            feelings_row.append(button)

        self._suggestion_row = row(self.suggestion, self.apply, self.keep)
        wide = self._suggestion_row.layout()
        assert isinstance(wide, QHBoxLayout)
        wide.setStretch(0, 1)
        left = panel(
            self.done,
            self.figures,
            self._suggestion_row,
            label(tr("How is it now?"), "section"),
            row(*feelings_row, None),
            self.note_line,
            label(tr("Feedback for the next run")),
            row(self.feedback, self.sound, None),
        )
        left_layout = left.layout()
        assert isinstance(left_layout, QVBoxLayout)
        left_layout.setSpacing(8)
        left_layout.addWidget(self.said)
        left_layout.addStretch(1)
        left_layout.addWidget(label(tr("Time in range per run")))
        left_layout.addWidget(self.runs, 4)
        left_layout.addSpacing(4)
        left_layout.addWidget(row(check, None, self.start))
        self.hint = label("", "secondary", wrap=True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        right = panel(self.mirror, self.left_over, self.hint, title=tr("Client sees"))
        columns = QHBoxLayout(self)
        columns.setContentsMargins(12, 8, 12, 12)
        columns.setSpacing(12)
        columns.addWidget(left, 3)
        columns.addWidget(right, 2)
        self._offer(None)
        follow_keys(self._show_hint)

    def offer(self, *, film: bool, music: bool, client_ends: bool) -> None:
        """Whether there are files to choose, and whether the client ends the breaks; before :meth:`begin`."""
        self._left_out = ("", *(() if film else ("film",)), *(() if music else (MUSIC,)))
        self._client_ends = client_ends
        self._show_hint()

    def _show_hint(self) -> None:
        if self._client_ends:
            words = tr(
                "The client goes on with Space, Enter or {keys}, not before the time is over.", keys=keys_of("go_on")
            )
        else:
            words = tr("The next run begins by itself.")
        self.hint.setText(words)

    def begin(self, bridge: Bridge) -> None:
        self._bridge = bridge
        setup = bridge.view.setup
        self._recent = None if setup is None else RecentRuns(setup)
        bridge.frame.connect(self._remember)
        for drop, choices in ((self.feedback, feedback_choices()), (self.sound, sound_choices())):
            drop.clear()
            for key, words in choices.items():
                if key not in self._left_out:
                    drop.addItem(words, key)

    def show_event(self, event: object, view: SessionView) -> None:
        if isinstance(event, StageStarted) and self._recent is not None and view.stage_plan is not None:
            self._recent.begin(view.stage_plan)
        if isinstance(event, StageStarted) and view.stage_kind is StageKind.REST:
            self.said.setText("")
            runs = [stage for stage in view.ended_stages if not math.isnan(stage.in_range_share)]
            run, n_runs = view.run_position
            words = tr("Start run {n}", n=run + 1) if run < n_runs else tr("Go on")
            self.start.show_as(words, "play")
            self.done.setText(tr("Run {n} done", n=run) if run else tr("Break"))
            self.runs.show_shares([stage.in_range_share for stage in runs], n_runs)
            if runs:
                self._show_run(runs[-1])
            self._suggest(view)
            self._show_feedback(view)

    def _show_run(self, last: StageEnded) -> None:
        clean = last.valid_s / (last.valid_s + last.held_s) if last.valid_s + last.held_s > 0 else math.nan
        self.figures.setText(
            tr(
                "{share} in range · clean {clean} · rewards {n} in {time} of valid time",
                share=percent(last.in_range_share),
                clean=percent(clean),
                n=last.rewards,
                time=clock(last.valid_s),
            )
        )

    def show_frame(self, frame: Frame, view: SessionView) -> None:
        if frame.live is not None and frame.number % 6 == 0:
            plan = view.stage_plan
            resting = plan is not None and plan.kind is StageKind.REST  # else it is over, and waits for the client
            whole_s = plan.duration_s if plan is not None else math.nan
            self.left_over.show_left(frame.live.stage_left_s if resting else 0.0, whole_s)

    # a suggestion -------------------------------------------------------------------------------------------------

    def _remember(self, frame: Frame) -> None:
        if self._recent is not None and frame.hops:
            self._recent.take(frame.hops)

    def _suggest(self, view: SessionView) -> None:
        thresholds = tuple(view.thresholds)
        target = view.target
        found = None if self._recent is None else self._recent.suggestion(thresholds, target)
        self._offer(found)
        if found is None:
            return
        moves = []
        for i, (old, new) in enumerate(zip(thresholds, found.thresholds, strict=True)):
            feature = view.feature_of(view.conditions[i])
            unit = "1" if feature.unit == "1" else ""
            before, after = quantity(old, unit).strip(), quantity(new, unit).strip()
            if before != after:
                moves.append(f"{capital(feature_name(feature.name))} {before} → {after}")
        if not moves:
            self._offer(None)
            return
        self.suggestion.setText(
            tr("Suggest {moves} (would have given {share})", moves=", ".join(moves), share=percent(found.expected))
        )

    def _offer(self, found: Suggestion | None) -> None:
        self._offered = found
        self._suggestion_row.setVisible(found is not None)

    def _apply(self) -> None:
        if self._offered is not None and self._bridge is not None:
            self._bridge.send(SetThresholds(self._offered.thresholds))
            self.said.setText(tr("Applied for the next run."))
        self._offer(None)

    # feedback and notes -------------------------------------------------------------------------------------------

    def _show_feedback(self, view: SessionView) -> None:
        assert view.setup is not None
        shown = key_of(view.feedback or view.setup.protocol.feedback.mode)
        for drop, key in ((self.feedback, shown), (self.sound, sound_key(view.sound))):
            drop.setCurrentIndex(drop.findData(key))

    def _choose_feedback(self) -> None:
        if self._bridge is not None:
            view = self._bridge.view
            mode, sound = self.feedback.currentData() or view.feedback, self.sound.currentData() or view.sound
            self._bridge.send(SetFeedback(str(mode), str(sound)))
            self.said.setText(
                tr(
                    "In the next run: {feedback}, {sound}",
                    feedback=self.feedback.currentText(),
                    sound=self.sound.currentText(),
                )
            )

    def _keep(self, text: str) -> None:
        if text:
            self.note.emit(text)
            self.said.setText(tr("Noted: {text}", text=text))
        self.note_line.clear()
