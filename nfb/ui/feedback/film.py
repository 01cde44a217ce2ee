"""The client's own film: feedback is its brightness, its volume and, if wished, its sharpness."""

from __future__ import annotations

import math
import time
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer, QVideoFrame, QVideoSink

from nfb.files.storage import reason
from nfb.ui.feedback.dawn import Dawn
from nfb.ui.feedback.dimmer import Dimmer
from nfb.ui.feedback.mode import Wishes
from nfb.ui.language import tr
from nfb.ui.theme import DARK
from nfb.ui.told import told

_SOFTEST = 0.40  # of the volume: dialogue stays intelligible
_FADE_PER_S = 1.25  # to silence within a second from any volume
_STALLED_S = 3.0  # without a picture
_WIDEST_PX = 1920
_FETCH_REST = 3.0
_SLOW_S, _SLOW_PICTURES = 0.030, 10
_CUE_S = 1.6
_SOFT_PX = 24  # width of the picture at the strongest blur is 1/24 of the window's


class Film:
    """Plays a file round and round. Where it cannot, the calm scene takes its place and :attr:`trouble` says why."""

    def __init__(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._dimmer = Dimmer(wishes.safety)
        self._scene: Dawn | None = None
        self.fewer = False
        self.trouble = ""
        self._volume = self._gain = 0.0  # what is wanted, and how far the fade to it is
        self._without_picture_s = 0.0
        self._picture = QImage()
        self._fresh: QVideoFrame | None = None
        self._next_fetch_at = 0.0
        self._slow = 0
        self._cue_s = _CUE_S
        self._player: QMediaPlayer | None = None
        problem = _problem_of(wishes.film)
        if problem:
            self._give_up(problem)
        else:
            self._play(wishes.film)

    @property
    def own_cuts(self) -> bool:
        return self._scene is None

    def _play(self, path: str) -> None:
        self._player = QMediaPlayer()
        self._output = QAudioOutput()
        self._sink = QVideoSink()
        self._player.setAudioOutput(self._output)
        self._player.setVideoSink(self._sink)
        self._output.setVolume(0.0)
        self._player.setLoops(QMediaPlayer.Loops.Infinite)
        self._sink.videoFrameChanged.connect(self._take_frame)
        self._player.errorOccurred.connect(self._take_error)
        self._player.mediaStatusChanged.connect(self._take_status)
        self._player.setSource(QUrl.fromLocalFile(str(Path(path).resolve())))
        self._player.play()

    def _take_frame(self, frame: QVideoFrame) -> None:
        if not frame.isValid():
            return
        # Converted when it is painted: a film of 60 pictures a second may bring more than are shown.
        self._fresh = frame
        self._without_picture_s = 0.0

    def _take_error(self, _error: QMediaPlayer.Error, words: str) -> None:
        self._give_up(tr("The film cannot be played: {reason}.", reason=words.rstrip(". ") or "no reason given"))

    def _take_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if self._player is None or self._scene is not None:
            return
        states = QMediaPlayer.MediaStatus
        if status is states.InvalidMedia:
            self._give_up(tr("This computer has no decoder for the film."))
        elif status in (states.LoadedMedia, states.BufferedMedia):
            if not self._player.hasVideo():
                self._give_up(tr("The file has no picture."))
            elif self._player.duration() <= 0:
                self._give_up(tr("The film has no length."))
            elif not self._player.hasAudio():
                self.trouble = tr("The film has no sound: feedback is in its brightness alone.")

    def _give_up(self, why: str) -> None:
        """Go over to the calm scene; the session goes on."""
        if self._scene is None:
            self.trouble = tr("{why} The calm scene is shown instead.", why=why)
            self._scene = Dawn(self._wishes)
            # Not from within the player's own signal, where it would start again.
            QTimer.singleShot(0, self.close)

    def update(self, value: float | None, passed_s: float) -> None:
        self._cue_s += passed_s
        if self._scene is not None:
            self._scene.fewer = self.fewer
            self._scene.update(value, passed_s)
            return
        self._dimmer.step(value, passed_s)
        reach = _FADE_PER_S * min(passed_s, 0.1)
        self._gain += min(max(self._volume - self._gain, -reach), reach)
        self._output.setVolume(self._gain * (_SOFTEST + (1.0 - _SOFTEST) * self._dimmer.light.level))
        self._without_picture_s += min(passed_s, 0.5)  # a window that was busy says nothing of the film
        if self._without_picture_s > _STALLED_S:
            self._give_up(tr("The film has brought no picture for {seconds:.0f} seconds.", seconds=_STALLED_S))

    def reward(self) -> None:
        self._cue_s = 0.0
        if self._scene is not None:
            self._scene.reward()

    def set_sound(self, volume: float) -> None:
        self._volume = volume

    def prepare(self, width: float, height: float) -> bool:
        return self._scene is None or self._scene.prepare(width, height)

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        if self._scene is not None:
            self._scene.paint(painter, width, height)
            return
        self._refresh()
        whole = QRectF(0, 0, width, height)
        painter.fillRect(whole, QColor(DARK.plot))
        if not self._picture.isNull():
            picture = QSize(self._picture.size()).scaled(
                QSize(int(width), int(height)), Qt.AspectRatioMode.KeepAspectRatio
            )
            box = QRectF(
                (width - picture.width()) / 2, (height - picture.height()) / 2, picture.width(), picture.height()
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self.fewer)
            painter.drawImage(box, self._blurred(picture))
            painter.fillRect(box, QColor.fromRgbF(0.0, 0.0, 0.0, self._dimmer.opacity))
        self._paint_cue(painter, width, height)

    def _refresh(self) -> None:
        """Fetch the newest picture, unless that would take more than a third of the time."""
        now = time.perf_counter()
        if self._fresh is None or now < self._next_fetch_at:
            return
        picture = self._fresh.toImage()
        self._fresh = None
        if picture.width() > _WIDEST_PX:
            picture = picture.scaledToWidth(_WIDEST_PX)
        if not picture.isNull():
            self._picture = picture
        took_s = time.perf_counter() - now
        self._next_fetch_at = now + _FETCH_REST * took_s
        self._slow = self._slow + 1 if took_s > _SLOW_S else 0
        if self._slow >= _SLOW_PICTURES and not self.trouble:
            self.trouble = tr("A picture of this film takes {ms:.0f} ms to fetch: fewer are shown.", ms=1000 * took_s)

    def _blurred(self, size: QSize) -> QImage:
        amount = 1.0 - self._dimmer.light.level
        if not self._wishes.blur or amount < 0.05:
            return self._picture
        # Made small and large again: as soft as a wide blur, at a hundredth of its cost.
        shrunk = size.width() / (1.0 + (_SOFT_PX - 1.0) * amount * amount)
        return self._picture.scaledToWidth(max(8, round(shrunk)), Qt.TransformationMode.SmoothTransformation)

    def _paint_cue(self, painter: QPainter, width: float, height: float) -> None:
        if self._cue_s < _CUE_S:
            share = self._cue_s / _CUE_S
            ring = QColor(DARK.ok)
            ring.setAlphaF(0.6 * math.sin(math.pi * share))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ring, max(1.5, height / 180)))
            radius = height * (0.018 + 0.014 * share)
            painter.drawEllipse(QPointF(width - height * 0.07, height * 0.07), radius, radius)

    def close(self) -> None:
        if self._player is not None:
            self._player.stop()
            # The player goes first and lets go of both by itself; they outlive it as our own attributes.
            self._player.setSource(QUrl())
            self._player = None
            self._fresh = None


def _problem_of(path: str) -> str:
    """Why a file cannot be a film; empty if it may be one."""
    if not path:
        return tr("No film has been chosen.")
    file = Path(path)
    try:
        if file.is_dir():
            return tr("{path} is a folder, not a film.", path=path)
        if not file.is_file():
            return tr("There is no file {path}.", path=path)
        with file.open("rb") as stream:
            if not stream.read(1):
                return tr("The file {path} is empty.", path=path)
    except OSError as error:
        return tr("The file {path} cannot be read: {reason}.", path=path, reason=told(reason(error)))
    return ""
