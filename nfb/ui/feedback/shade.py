"""Dims whatever a screen shows, such as a film in a browser or the client's own game; clicks go through it."""

from __future__ import annotations

import ctypes
import ctypes.util

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen, QScreen
from PySide6.QtWidgets import QWidget

from nfb.ui.feedback.dimmer import Dimmer
from nfb.ui.feedback.light import STANDARD, grey_of
from nfb.ui.feedback.mode import Quiet, Wishes
from nfb.ui.language import tr
from nfb.ui.theme import DARK

_CUE_S = 1.6


def why_not() -> str:
    """Why other programs' windows cannot be dimmed here; empty where they can."""
    platform = QGuiApplication.platformName()
    if platform.startswith("wayland"):
        return tr("Wayland lets no program place a window over all others. Log in with X11 to shade other windows.")
    if platform == "xcb" and not _x11_composites():
        return tr("This desktop draws windows without transparency. Turn its compositor on to shade other windows.")
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return tr("There is no desktop here whose windows could be shaded.")
    return ""


class Shade(Quiet):
    """The overlay, and a plain sketch of it for the view itself."""

    def __init__(self, wishes: Wishes) -> None:
        self.dimmer = Dimmer(wishes.safety)
        self.overlay: Overlay | None = None
        self._cue_s = _CUE_S
        self.trouble = why_not()
        if wishes.leads and not self.trouble:
            self.overlay = Overlay(_screen(wishes.screen))
            self.overlay.show()

    def update(self, value: float | None, passed_s: float) -> None:
        self.dimmer.step(value, passed_s)
        self._cue_s += passed_s
        if self.overlay is not None:
            self.overlay.set_opacity(self.dimmer.opacity, self._cue())

    def reward(self) -> None:
        self._cue_s = 0.0

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        painter.fillRect(QRectF(0, 0, width, height), QColor(DARK.plot))
        screen = QRectF(width * 0.3, height * 0.3, width * 0.4, height * 0.4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#B9C7CC"))
        painter.drawRoundedRect(screen, height * 0.02, height * 0.02)
        painter.setBrush(QColor.fromRgbF(0.0, 0.0, 0.0, self.dimmer.opacity))
        painter.drawRoundedRect(screen, height * 0.02, height * 0.02)
        _paint_cue(painter, screen, self._cue(), height * 0.02)

    def close(self) -> None:
        if self.overlay is not None:
            self.overlay.close()
            self.overlay.deleteLater()
            self.overlay = None

    def _cue(self) -> float:
        """How much of the cue is seen: it comes and goes within two seconds."""
        share = min(1.0, self._cue_s / _CUE_S)
        return 4.0 * share * (1.0 - share)


class Overlay(QWidget):
    """Black over one whole screen, at some opacity, that takes no click and no key."""

    def __init__(self, screen: QScreen) -> None:
        flags = Qt.WindowType
        super().__init__(
            None,
            flags.Tool
            | flags.FramelessWindowHint
            | flags.WindowStaysOnTopHint
            | flags.WindowTransparentForInput
            | flags.WindowDoesNotAcceptFocus
            | flags.NoDropShadowWindowHint,
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle("nfb shade")
        self.setGeometry(screen.geometry())
        self._shown = (0, 0)

    def set_opacity(self, opacity: float, cue: float) -> None:
        """Show `opacity` 0..1 of black; the cue for a reward is a thin frame of light at the edge, 0..1."""
        shown = (round(255 * min(opacity, 1.0 - grey_of(STANDARD.floor))), round(64 * cue))
        if shown != self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        opacity, cue = self._shown
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(self.rect(), QColor(0, 0, 0, opacity))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        _paint_cue(painter, QRectF(self.rect()), cue / 64)
        painter.end()


def _paint_cue(painter: QPainter, box: QRectF, cue: float, radius: float = 0.0) -> None:
    if cue > 0.0:
        thick = max(2.0, box.height() * 0.008)
        edge = QColor(DARK.ok)
        edge.setAlphaF(0.5 * cue)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(edge, thick))
        inside = thick / 2
        painter.drawRoundedRect(box.adjusted(inside, inside, -inside, -inside), radius, radius)


def _screen(name: str) -> QScreen:
    for screen in QGuiApplication.screens():
        if screen.name() == name:
            return screen
    return QGuiApplication.primaryScreen()


def _x11_composites() -> bool:
    """Whether somebody owns ``_NET_WM_CM_S0``, as the freedesktop.org window manager hints ask of a compositor."""
    path = ctypes.util.find_library("X11")
    if path is None:
        return False
    x11 = ctypes.CDLL(path)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    for call in (x11.XInternAtom, x11.XGetSelectionOwner):
        call.restype = ctypes.c_ulong
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    at = ctypes.c_void_p(display)
    atom = x11.XInternAtom(at, b"_NET_WM_CM_S0", 0)
    owner = x11.XGetSelectionOwner(at, ctypes.c_ulong(atom))
    x11.XCloseDisplay(at)
    return bool(owner)
