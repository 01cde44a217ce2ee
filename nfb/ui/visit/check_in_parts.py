"""Parts of the check-in page: its small fields, and how its columns lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from nfb.ui.desk.fields import NumberField
from nfb.ui.language import tr
from nfb.ui.widgets.elided import ElidedLabel

_COUNTS = (("sleep_hours", 0, 24), ("caffeine", 0, 50), ("alcohol", 0, 50))
_TICKS = ("pain", "drowsy")


def asked_counts() -> tuple[tuple[str, str, float, float], ...]:
    """Numbers that are asked for: key, words, lowest, highest."""
    words = {"sleep_hours": tr("Hours slept"), "caffeine": tr("Caffeine"), "alcohol": tr("Alcohol")}
    return tuple((key, words[key], low, high) for key, low, high in _COUNTS)


def asked_ticks() -> tuple[tuple[str, str], ...]:
    """What is ticked where it is so: key, words."""
    words = {"pain": tr("Pain or headache"), "drowsy": tr("Drowsy")}
    return tuple((key, words[key]) for key in _TICKS)


def small_fields(fields: dict[str, NumberField], ticks: list[QCheckBox]) -> QWidget:
    """Counts on the left, boxes to tick on the right."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setVerticalSpacing(4)
    for at, field in enumerate(fields.values()):
        field.widget.setFixedWidth(56)
        field.widget.setPlaceholderText("")
        field.widget.setAccessibleName(field.label)
        grid.addWidget(ElidedLabel(field.label), at, 0)
        grid.addWidget(field.widget, at, 1)
    for at, tick in enumerate(ticks):
        grid.addWidget(tick, at, 2)
    grid.setColumnMinimumWidth(0, 72)
    grid.setColumnStretch(2, 1)
    return box


def scrolling(columns: QHBoxLayout) -> QScrollArea:
    """Columns that stay whole where a window is low: many hurdles, many own items."""
    inside = QWidget()
    inside.setLayout(columns)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


def push_up(frame: QWidget) -> None:
    """Keep what a panel holds at its top."""
    layout = frame.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.addStretch(1)
