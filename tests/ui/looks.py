"""Pictures of screens for people to look at, and what is cut off on a screen."""

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

SCREENS = Path(__file__).resolve().parents[1] / "_screens"
SIZES = ((1024, 600), (1280, 720))


def keep(widget: QWidget, name: str) -> None:
    """Save a picture for people to look at."""
    SCREENS.mkdir(exist_ok=True)
    assert widget.grab().save(str(SCREENS / f"{name}.png"))


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
