"""One screen for both: the client's view fills it, and the operator has a strip that comes and goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nfb.ui.bridge import Frame
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.theme import on_picture, style_sheet
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.feedback import FeedbackView
from nfb.ui.widgets.lamps import Lamps
from nfb.ui.widgets.small import IconButton, label
from nfb.ui.words import clock, percent

STRIP_PX = 44
HIDES_AFTER_MS = 3000
_ROOMY_PX = 1500
FRAMES_PER_NUMBER = 20


class OneScreen(QWidget):
    """Holds the client's view while it is wanted here.

    Attributes
    ----------
    wish
        Signal: an action by the name it has in :mod:`nfb.ui.keys`.
    """

    wish = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: FeedbackView | None = None
        self._stays = False
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self.strip = QFrame(self)
        self.strip.setObjectName("bar")
        self.pause = IconButton(tr("Pause"), "pause", over_picture=True)
        self.share, self.left_over = label("", "section"), label("", "section")
        self.lamps = Lamps(in_line=True, over_picture=True)
        self.words = ElidedLabel("", "secondary")
        mark = IconButton(tr("Mark"), "flag", key="mark", over_picture=True)
        operator = IconButton(tr("Operator"), "back", key="client_full_screen", over_picture=True)
        for button, action in ((self.pause, "pause"), (mark, "mark"), (operator, "client_full_screen")):
            button.clicked.connect(lambda _=False, name=action: self.wish.emit(name))
        layout = QHBoxLayout(self.strip)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(12)
        for part in (self.pause, self.share, self.lamps):
            layout.addWidget(part)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self.words, 1)
        for part in (self.left_over, mark, operator):
            layout.addWidget(part)
        self._hiding = QTimer(self, interval=HIDES_AFTER_MS, singleShot=True)
        self._hiding.timeout.connect(self._hide_strip)
        self.setMouseTracking(True)
        self._darken()

    def _darken(self) -> None:
        """The strip is as dark as the picture's surround: a bright one would dazzle whoever looks at the picture."""
        self.strip.setStyleSheet(style_sheet(on_picture()))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange:
            self._darken()
        super().changeEvent(event)

    def take(self, view: FeedbackView) -> None:
        """Give the client's view a home here."""
        self._view = view
        view.foot_px = STRIP_PX
        view.setMouseTracking(True)
        view.installEventFilter(self)
        self._place.addWidget(view)
        view.show()
        self.show_strip()

    def give_back(self) -> None:
        """Let go of the client's view; its window takes it."""
        if self._view is not None:
            self._view.foot_px = 0
            self._view.removeEventFilter(self)
            self._place.removeWidget(self._view)
            self._view = None
        self._hiding.stop()
        self.unsetCursor()

    def show_strip(self) -> None:
        """Show the operator's strip; it goes away by itself unless something is to be read on it."""
        self.strip.show()
        self.strip.raise_()
        self.unsetCursor()
        self._hiding.start()

    def tell(self, words: str) -> None:
        """A short message for the operator; the strip stays until it is gone."""
        self._stays = bool(words)
        self.words.setText(words)
        self.words.setToolTip(words)
        self._make_room()
        if words:
            self.show_strip()

    def _make_room(self) -> None:
        """In a narrow window, what is to be read takes the lamps' place."""
        self.lamps.setVisible(not self.words.text() or self.width() >= _ROOMY_PX)

    def show_state(self, view: SessionView) -> None:
        if view.paused:
            self.pause.show_as(tr("Go on"), "play")
        else:
            self.pause.show_as(tr("Pause"), "pause")

    def show_frame(self, frame: Frame) -> None:
        self.lamps.show_hops(frame.hops, frame.passed_s)
        if frame.live is not None and frame.number % FRAMES_PER_NUMBER == 0:
            share = frame.live.in_range_30s
            self.share.setText(percent(share) if share == share else "")
            self.left_over.setText(clock(frame.live.stage_left_s))

    def _hide_strip(self) -> None:
        if not self._stays:
            self.strip.hide()
            self.setCursor(Qt.CursorShape.BlankCursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseMove:
            self.show_strip()
        return super().eventFilter(watched, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.show_strip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.strip.setGeometry(0, self.height() - STRIP_PX, self.width(), STRIP_PX)
        self._make_room()
