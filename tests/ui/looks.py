"""Pictures of screens for people to look at, and what is cut off on a screen."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QScrollArea, QWidget

from nfb.ui import theme

SCREENS = Path(__file__).resolve().parents[1] / "_screens"
SIZES = ((1024, 600), (1280, 720))


def keep(widget: QWidget, name: str) -> None:
    """Save a picture for people to look at."""
    SCREENS.mkdir(exist_ok=True)
    # Compressed a little only: that takes a third of the time.
    assert widget.grab().save(str(SCREENS / f"{name}.png"), "PNG", 80)


def settle(app: QApplication) -> None:
    """A new text, its layout, the layout around it; what was to be deleted is gone."""
    for _ in range(4):
        app.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class BothSizes:
    """Looks at a window as it is now at the two smallest sizes, and keeps what is cut off in `faults`."""

    def __init__(self, window: QWidget, app: QApplication, prefix: str) -> None:
        self._window, self._app, self._prefix = window, app, prefix
        self.faults: dict[str, list[str]] = {}

    def __call__(self, name: str) -> None:
        for size in SIZES:
            self._window.resize(*size)
            settle(self._app)
            look = f"{size[0]}x{size[1]}_{'dark' if theme.tokens().dark else 'light'}"
            keep(self._window, f"{self._prefix}_{name}_{look}")
            found = cut_off(self._window)
            if (self._window.width(), self._window.height()) != size:
                found.append(f"grew to {self._window.width()}x{self._window.height()}")
            if found:
                self.faults[f"{name}, {look}"] = found


def cut_off(window: QWidget) -> list[str]:
    """Visible texts that do not fit into their widgets, and widgets that reach out of the window."""
    faults = []
    for part in window.findChildren(QWidget):
        if not part.isVisible():
            continue
        if isinstance(part, QAbstractButton) and part.text():
            icon_px = part.iconSize().width() + 4 if not part.icon().isNull() else 0
            needed = part.fontMetrics().horizontalAdvance(part.text()) + icon_px + 4
            if part.width() < needed:
                faults.append(f"button {part.text()!r}: {part.width()} px of {needed}")
        if isinstance(part, QLabel) and part.text() and not part.sizePolicy().hasHeightForWidth():
            ignored = part.sizePolicy().horizontalPolicy().name == "Ignored"
            if not ignored and part.width() < part.minimumSizeHint().width():
                faults.append(f"label {part.text()!r}: {part.width()} px of {part.minimumSizeHint().width()}")
        if isinstance(part, QLabel) and part.wordWrap() and part.heightForWidth(part.width()) > part.height() + 1:
            faults.append(f"label {part.text()!r}: {part.height()} px high of {part.heightForWidth(part.width())}")
        corner = part.mapTo(window, part.rect().bottomRight())
        if _is_scrolled(part):
            corner.setY(0)  # what lies below is scrolled to; nothing is scrolled sideways
        if isinstance(part, QAbstractButton | QLabel) and not window.rect().contains(corner):
            faults.append(f"{type(part).__name__} {part.text()!r} ends at {corner.toTuple()}")
    return faults


def _is_scrolled(part: QWidget) -> bool:
    above = part.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return above is not None
