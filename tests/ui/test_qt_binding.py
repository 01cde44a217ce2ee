"""Canaries: a Qt binding that loses references to None ends the process within minutes of painting."""

import sys

import numpy as np
from pytestqt.qtbot import QtBot


def test_void_calls_leave_the_count_of_none_alone(qtbot: QtBot) -> None:
    """Where None is immortal (Python 3.12 and later) the count never moves; on 3.11 a leak would show here."""
    from PySide6.QtWidgets import QLabel

    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for i in range(5_000):
        label.setText(str(i % 7))
        label.setToolTip("")
    assert abs(sys.getrefcount(None) - before) < 500


def test_a_pyqtgraph_window_survives_hundreds_of_frames(qtbot: QtBot) -> None:
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    curve = plot.plot()
    values = np.random.default_rng(1).normal(size=200)
    before = sys.getrefcount(None)
    for i in range(300):
        curve.setData(np.roll(values, i))
        plot.grab()
    assert abs(sys.getrefcount(None) - before) < 1_000
