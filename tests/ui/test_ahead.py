"""Pictures that take long to paint: the window's thread does not wait for them, and nothing jumps meanwhile."""

import threading

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nfb.ui.feedback import dawn
from nfb.ui.feedback.ahead import Ahead
from nfb.ui.widgets.feedback import FeedbackView

FRAME_S = 1 / 60


@pytest.fixture
def plates_at_once() -> None:
    """Here they come when they come."""


def test_a_thread_paints_and_the_newest_size_counts() -> None:
    may_go_on, sizes = threading.Event(), []

    def paint(size: QSize) -> str:
        may_go_on.wait(30.0)
        sizes.append(size)
        return f"{size.width()} wide"

    ahead = Ahead(paint)
    assert not ahead.begin(QSize(10, 5)) and not ahead.begin(QSize(10, 5)) and not ahead.begin(QSize(20, 5))
    may_go_on.set()
    assert ahead.take(QSize(20, 5)) == "20 wide" and ahead.begin(QSize(20, 5))
    assert len(sizes) <= 2, "the same size is painted once"
    assert ahead.take(QSize(10, 5)) == "10 wide"


def test_what_is_shown_stays_until_the_scene_of_the_new_size_is_painted(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    painted = dawn._Pictures

    def slow(size: QSize) -> object:
        may_go_on.wait(30.0)
        return painted(size)

    monkeypatch.setattr(dawn, "_Pictures", slow)
    view = FeedbackView()
    qtbot.addWidget(view)
    view.resize(320, 180)
    view.begin("dot")

    def frame() -> QImage:
        view.show_frame(0.8, FRAME_S)
        return view.grab().toImage()

    for _ in range(30):
        before = frame()
    view.begin("dawn")
    for _ in range(5):
        assert frame() == before, "no dark, no jump"
    may_go_on.set()
    qtbot.waitUntil(lambda: view._shown.prepare(320, 180), timeout=30_000)
    assert frame() != before
