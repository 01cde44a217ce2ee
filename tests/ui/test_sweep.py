"""The raw view draws what came, where it came, and says what is held or missing."""

import math

import numpy as np
import pytest
from fakes import noise
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.display_filter import DisplayFilter
from nfb.ui.widgets.sweep import GUTTER_PX, TOP_PX, RawSweep

RATE_HZ = 250.0


@pytest.fixture
def sweep(qtbot: QtBot, qapp: QApplication) -> RawSweep:
    theme.apply(qapp, theme.DARK)
    widget = RawSweep()
    qtbot.addWidget(widget)
    widget.resize(GUTTER_PX + 1000, 422)
    widget.begin(("C3", "C4"), RATE_HZ, (0,))
    widget.show()
    widget.grab()  # from here on, what comes is painted piece by piece
    return widget


def brightest(image: QImage, x: int, top: int, bottom: int) -> int:
    """Row of the brightest pixel of a column."""
    return max(range(top, bottom), key=lambda y: QColor(image.pixel(x, y)).lightness())


def feed(sweep: RawSweep, samples: np.ndarray, chunk: int = 7) -> None:
    for start in range(0, samples.shape[1], chunk):
        sweep.add_samples(start, samples[:, start : start + chunk])


def test_a_known_voltage_is_drawn_at_its_height(sweep: RawSweep) -> None:
    """Two rows of 200 px at ±50 µV: 25 µV is 50 px above the middle of the row."""
    level = np.tile(np.array([[25.0], [-50.0]], np.float32), (1, 1250))
    feed(sweep, level)
    image = sweep.grab().toImage()
    x = GUTTER_PX + 250  # 2.5 s
    assert brightest(image, x, TOP_PX, TOP_PX + 200) == pytest.approx(TOP_PX + 100 - 50, abs=1)
    assert brightest(image, x, TOP_PX + 310, TOP_PX + 400) == pytest.approx(TOP_PX + 300 + 100, abs=1)


def test_only_what_has_come_is_drawn(sweep: RawSweep) -> None:
    feed(sweep, noise(2, 1250))
    image = sweep.grab().toImage()
    lights = [
        max(QColor(image.pixel(x, y)).lightness() for y in range(TOP_PX, image.height()))
        for x in (GUTTER_PX + 400, GUTTER_PX + 600)
    ]
    assert lights[0] > 150 and lights[1] < 80


def test_painting_piece_by_piece_equals_painting_at_once(sweep: RawSweep, qtbot: QtBot) -> None:
    samples = noise(2, 3400)
    feed(sweep, samples, 9)
    piecewise = sweep.grab().toImage()
    sweep.zoom(1)
    sweep.zoom(-1)  # repaints everything
    whole = sweep.grab().toImage()
    bar = GUTTER_PX + (3400 % 2500) * 1000 / 2500
    compared = differing = 0
    for x in range(GUTTER_PX, whole.width(), 3):
        if bar - 3 <= x <= bar + 14:
            continue
        for y in range(TOP_PX, whole.height(), 3):
            compared += 1
            differing += QColor(piecewise.pixel(x, y)).lightness() - QColor(whole.pixel(x, y)).lightness() > 60
    # Joints of antialiased pieces are a little brighter than a line drawn in one go.
    assert compared > 30_000 and differing / compared < 0.02


def test_held_time_is_hatched(sweep: RawSweep) -> None:
    silent = np.zeros((2, 1500), np.float32)
    feed(sweep, silent)
    before = sweep.grab().toImage()
    for first in range(250, 500, 5):
        sweep.hold(first, first + 5, "muscle on C4")
    after = sweep.grab().toImage()
    inside = range(GUTTER_PX + 105, GUTTER_PX + 195)
    outside = range(GUTTER_PX + 300, GUTTER_PX + 500)
    changed = [
        sum(before.pixel(x, y) != after.pixel(x, y) for x in span for y in range(TOP_PX, 400, 2)) / len(span) / 189
        for span in (inside, outside)
    ]
    assert 0.05 < changed[0] < 0.6 and changed[1] == 0.0
    label = [before.pixel(x, 10) != after.pixel(x, 10) for x in range(GUTTER_PX + 100, GUTTER_PX + 180)]
    assert any(label)


def test_samples_are_not_joined_across_a_gap(sweep: RawSweep) -> None:
    """At 25 Hz samples lie 4 px apart: between the last one before a gap and the first after it nothing is drawn."""
    samples = np.zeros((2, 100), np.float32)
    samples[0, 50:] = 45.0
    lights = []
    for gap in (False, True):
        sweep.begin(("C3", "C4"), 25.0, (0,))
        sweep.grab()
        if gap:
            sweep.add_gap(50, 2.0)
        feed(sweep, samples)
        image = sweep.grab().toImage()
        x = GUTTER_PX + 198
        climb = range(TOP_PX + 100 - 70, TOP_PX + 100 - 20)
        lights.append(max(QColor(image.pixel(x, y)).lightness() for y in climb))
    assert lights[0] > 100 and lights[1] < 40


def test_scale_and_sweep_stop_at_their_ends(sweep: RawSweep) -> None:
    for _ in range(20):
        sweep.zoom(1)
        sweep.stretch(1)
    assert (sweep.scale_uv, sweep.sweep_s) == (10.0, 30.0)
    for _ in range(20):
        sweep.zoom(-1)
        sweep.stretch(-1)
    assert (sweep.scale_uv, sweep.sweep_s) == (200.0, 5.0)


@pytest.mark.parametrize("n_channels", [1, 8, 32])
def test_any_number_of_channels_and_any_size(qtbot: QtBot, n_channels: int) -> None:
    widget = RawSweep()
    qtbot.addWidget(widget)
    widget.begin(tuple(f"E{i}" for i in range(n_channels)), 512.0)
    for size in ((280, 120), (1600, 900), (300, 130)):
        widget.resize(*size)
        assert widget.grab().height() == size[1]
        feed(widget, noise(n_channels, 700), 64)
        assert widget.grab().width() == size[0]


@pytest.mark.parametrize(("frequency_hz", "low", "high"), [(10.0, 0.98, 1.02), (0.1, 0.0, 0.02), (50.0, 0.0, 0.02)])
def test_the_display_filter_keeps_eeg_and_drops_drift_and_mains(frequency_hz: float, low: float, high: float) -> None:
    time_s = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    eeg = (50.0 * np.sin(2 * math.pi * frequency_hz * time_s)).astype(np.float32)[np.newaxis]
    display = DisplayFilter(1, RATE_HZ, 50.0)
    shown = np.concatenate([display.step(eeg[:, i : i + 25]) for i in range(0, eeg.shape[1], 25)], axis=1)
    gain = float(np.std(shown[0, -5000:]) / np.std(eeg[0, -5000:]))
    assert low <= gain <= high


def test_the_display_filter_starts_without_a_jump() -> None:
    """A Muse stands at 800 µV, a Cyton at tens of millivolts; the first traces must not fall through the screen."""
    eeg = np.full((2, 500), 30_000.0, np.float32)
    assert np.abs(DisplayFilter(2, RATE_HZ, 50.0).step(eeg)).max() < 1.0
