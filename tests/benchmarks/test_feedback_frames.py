"""What a picture of each feedback mode costs at 1920×1080 in software."""

import time
from statistics import median, quantiles

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from nfb.ui.feedback.mode import Wishes
from nfb.ui.feedback.modes import MODES
from nfb.ui.widgets.feedback import FeedbackView

pytestmark = pytest.mark.benchmark
FRAME_S = 1 / 60


@pytest.mark.parametrize("mode", list(MODES))
def test_cost_of_a_picture(qtbot: QtBot, mode: str) -> None:
    view = FeedbackView(leads=True)
    qtbot.addWidget(view)
    view.resize(1920, 1080)
    began = time.perf_counter()
    view.begin(mode, Wishes())
    view.canvas.compose(view._paint, QSize(1920, 1080), 0.0)
    first_ms = 1000 * (time.perf_counter() - began)
    if hasattr(view._shown, "growth"):
        view._shown.growth = 0.7
    costs = []
    for i in range(200):
        view._shown.update(0.5 + 0.4 * (i % 100) / 100, FRAME_S)
        if i % 60 == 20:
            view.pulse()
        began, worked = time.perf_counter(), time.process_time()
        view.canvas.compose(view._paint, QSize(1920, 1080), FRAME_S)
        costs.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - worked)))
    wall, cpu = ([pair[i] for pair in costs[20:]] for i in (0, 1))
    p95 = quantiles(wall, n=20)[-1]
    print(
        f"\n{mode:7} first {first_ms:5.0f} ms · picture {median(wall):5.1f} ms median, {p95:5.1f} ms p95, "
        f"{median(cpu):5.1f} ms of processor"
    )
