"""The alpha peak while training: a button that says it, and a sheet over the side of the page to set another."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nfb.ui.help import glossary_tip
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.widgets.alpha import AlphaPanel
from nfb.ui.widgets.small import IconButton

_WIDTH_PX, _SIDE_PX, _FOOT_PX = 408, 16, 112  # above the buttons of the side and the marks


class AlphaSheet(QFrame):
    """Lies over the lower right of `page`, never over the raw EEG; Esc closes it.

    Attributes
    ----------
    button
        Opens and closes it; hidden where no band follows the alpha peak.
    chosen
        Signal: as that of :class:`~nfb.ui.widgets.alpha.AlphaPanel`.
    """

    chosen = Signal(object, str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self.setObjectName("sheet")
        self._page = page
        self.panel = AlphaPanel()
        self.panel.chosen.connect(self.chosen)
        self.panel.change.show_as(tr("Close"), "")
        self.panel.change.setToolTip("")
        self.panel.change.toggled.connect(self._form_toggled)
        self.button = IconButton("", tip=glossary_tip("individual alpha frequency"))
        self.button.setCheckable(True)
        self.button.toggled.connect(self._show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(self.panel)
        self.setFixedWidth(_WIDTH_PX)
        self.hide()

    def show_view(self, view: SessionView) -> None:
        """What the bands follow now."""
        self.panel.show_view(view)
        follows = view.setup is not None and view.setup.follows_peak
        self.button.setVisible(follows)
        if not follows:
            self.button.setChecked(False)
        hz = tr("fixed") if view.iaf_hz is None else f"{view.iaf_hz:.1f} Hz"
        self.button.setText(f"α {hz}")
        self.button.setAccessibleName(tr("Alpha peak: {now}. Set it by hand", now=hz))

    def place(self) -> None:
        """The page has another size."""
        self.adjustSize()
        left = self._page.width() - self.width() - _SIDE_PX
        self.move(left, max(0, self._page.height() - self.height() - _FOOT_PX))

    def _show(self, shown: bool) -> None:
        self.setVisible(shown)
        self.panel.change.setChecked(shown)
        if shown:
            self.place()
            self.raise_()
            self.panel.hz.setFocus()

    def _form_toggled(self, shown: bool) -> None:
        if not shown:
            self.button.setChecked(False)

    def event(self, event: QEvent) -> bool:
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # the window's Esc closes what lies uppermost, which is this
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.button.setChecked(False)
        else:
            super().keyPressEvent(event)
