"""Parts of the check-in page: its small fields, and how its columns lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from nfb.ui.desk.fields import NumberField
from nfb.ui.help import plain_tip
from nfb.ui.language import tr
from nfb.ui.widgets.flow import flow
from nfb.ui.widgets.small import label

_COUNTS = (("sleep_hours", 0, 24), ("caffeine", 0, 50), ("alcohol", 0, 50))
_TICKS = ("pain", "drowsy")


def asked_counts() -> tuple[tuple[str, str, float, float], ...]:
    """Numbers that are asked for: key, words, lowest, highest."""
    words = {"sleep_hours": tr("Hours slept"), "caffeine": tr("Caffeine, cups"), "alcohol": tr("Alcohol, drinks")}
    return tuple((key, words[key], low, high) for key, low, high in _COUNTS)


def count_tips() -> dict[str, str]:
    """What is counted, and why it is asked."""
    return {
        "sleep_hours": tr("Hours of sleep last night. After a short night one is drowsy sooner."),
        "caffeine": tr("Cups of coffee, tea or cola so far today. Caffeine makes alpha smaller."),
        "alcohol": tr("Drinks since yesterday. Alcohol changes the EEG and the sleep."),
    }


def tick_tips() -> dict[str, str]:
    """What is ticked, and why it is asked."""
    return {
        "pain": tr("In pain, or a headache, now. It is compared with what is told after the session."),
        "drowsy": tr("Sleepy now. Drowsiness looks like theta, and hides learning."),
    }


def asked_ticks() -> tuple[tuple[str, str], ...]:
    """What is ticked where it is so: key, words."""
    words = {"pain": tr("Pain or headache"), "drowsy": tr("Drowsy")}
    return tuple((key, words[key]) for key in _TICKS)


def small_fields(fields: dict[str, NumberField], ticks: dict[str, QCheckBox]) -> QWidget:
    """Counts with their names under each other, boxes to tick below."""
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setVerticalSpacing(4)
    for at, (key, field) in enumerate(fields.items()):
        field.widget.setFixedWidth(56)
        field.widget.setPlaceholderText("")
        field.widget.setAccessibleName(field.label)
        name = label(field.label, wrap=True)
        for part in (name, field.widget):
            part.setToolTip(plain_tip(count_tips()[key]))
        grid.addWidget(name, at, 0)
        grid.addWidget(field.widget, at, 1)
    for key, tick in ticks.items():
        tick.setToolTip(plain_tip(tick_tips()[key]))
    grid.addWidget(flow(*ticks.values()), len(fields), 0, 1, 3)
    grid.setColumnMinimumWidth(0, 104)
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
