"""Pictures that take long to paint: the window's thread does not wait for them, and nothing jumps meanwhile."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nfb.ui.feedback import branch, dawn
from nfb.ui.feedback.ahead import Ahead
from nfb.ui.feedback.mode import Wishes
from nfb.ui.widgets.feedback import FeedbackView

FRAME_S = 1 / 60
MODULES = {"dawn": dawn, "branch": branch}


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


def grey(image: QImage) -> np.ndarray:
    """``(height, width)`` grey values."""
    made = image.convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(made.constBits(), dtype=np.uint8).reshape(made.height(), made.bytesPerLine())
    return flat[:, : made.width()].astype(float)


def as_seen(view: FeedbackView, size: QSize, frames: int) -> list[QImage]:
    """What the view shows at a size, frame by frame."""
    view.resize(size)
    seen = []
    for _ in range(frames):
        view.show_frame(None, FRAME_S)
        seen.append(view.grab().toImage())
    return seen


@pytest.mark.parametrize("mode", ["dawn", "branch"])
def test_in_another_size_a_scene_is_never_seen_twice_at_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """What is seen is the old picture, scaled, and then the new one: nothing between them."""
    may_go_on = threading.Event()
    may_go_on.set()
    module = MODULES[mode]
    painted = module._Pictures

    def slow(size: QSize) -> object:
        assert may_go_on.wait(60.0)
        return painted(size)

    monkeypatch.setattr(module, "_Pictures", slow)
    still = Wishes(safety=replace(Wishes().safety, motion=False))
    view, fresh = FeedbackView(), FeedbackView()
    for each in (view, fresh):
        qtbot.addWidget(each)
        each.begin(mode, still)
    wide, high = QSize(320, 180), QSize(240, 300)
    view.resize(wide)
    qtbot.waitUntil(lambda: view._shown.prepare(320, 180), timeout=60_000)
    before = as_seen(view, wide, 150)[-1]
    may_go_on.clear()
    meanwhile = as_seen(view, high, 5)
    may_go_on.set()
    for each in (view, fresh):
        each.resize(high)
        qtbot.waitUntil(lambda shown=each._shown: shown.prepare(240, 300), timeout=60_000)
    after, new = as_seen(view, high, 30), grey(as_seen(fresh, high, 150)[-1])
    scaled = grey(
        before.scaled(high, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    )
    apart = np.abs(scaled - new).mean()
    for image in (*meanwhile, *after):
        from_old, from_new = (np.abs(grey(image) - other).mean() for other in (scaled, new))
        assert min(from_old, from_new) < 0.2 * apart, "one of the two, not a mixture"
    assert np.abs(grey(after[-1]) - new).mean() < 0.2 * apart
