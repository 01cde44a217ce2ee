"""The client's own music: decoded a little ahead of what is heard, levelled, dark and bright, from the top again."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtMultimedia import QAudioDecoder, QAudioFormat

from nfb.ui.audio.beds import BED_RMS, DARK_HZ
from nfb.ui.audio.limits import RATE_HZ, Float32
from nfb.ui.language import tr

_AHEAD_S = 10.0
_READY_S = 0.5
_TICK_MS = 40
_BUFFERS_A_TICK = 4
_PATIENCE_TICKS = 100  # four seconds without a sample: the file cannot be played
_FADE_S = 0.05
_STEP_AIM = 0.012  # as for the built-in beds, so that the limiter rests
_RISE = 0.02  # share by which a quiet passage may be raised per decoded buffer of a tenth of a second
_TAPS = 255


class Music(QObject):
    """A :class:`~nfb.ui.audio.beds.Bed` out of a file.

    Attributes
    ----------
    ready
        Signal: it can be played.
    refused
        Signal: why it cannot, in words; it falls silent.
    """

    ready = Signal()
    refused = Signal(str)

    def __init__(self, path: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = Path(path)
        self._blocks: deque[tuple[Float32, Float32]] = deque()
        self._at = 0  # in the first block
        self._n_ahead = 0
        self._n_decoded = 0
        self._ticks = 0
        self._ready = False
        self._gain = 0.0
        at = np.arange(_TAPS) - _TAPS // 2
        taps = np.sinc(2 * DARK_HZ / RATE_HZ * at) * np.hamming(_TAPS)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._tail = np.zeros((2, _TAPS - 1), np.float32)
        wanted = QAudioFormat()
        wanted.setSampleRate(RATE_HZ)
        wanted.setChannelCount(2)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Float)
        self._decoder = QAudioDecoder(self)
        self._decoder.setAudioFormat(wanted)
        self._decoder.finished.connect(self._again)
        self._decoder.error.connect(self._failed)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._decode)

    def begin(self) -> None:
        """Start decoding."""
        if not self._path.is_file():
            self._refuse(tr("{name}: there is no such file.", name=self._path.name or "?"))
            return
        self._decoder.setSource(QUrl.fromLocalFile(str(self._path.resolve())))
        self._decoder.start()
        self._timer.start()

    def close(self) -> None:
        """Stop decoding; what is decoded may still be heard."""
        self._timer.stop()
        self._decoder.stop()

    def read(self, n: int) -> tuple[Float32, Float32]:
        """The next samples, dark and bright; silence where decoding has fallen behind."""
        dark, bright = np.zeros((2, n), np.float32), np.zeros((2, n), np.float32)
        done = 0
        while done < n and self._blocks:
            one_dark, one_bright = self._blocks[0]
            part = min(n - done, one_dark.shape[1] - self._at)
            dark[:, done : done + part] = one_dark[:, self._at : self._at + part]
            bright[:, done : done + part] = one_bright[:, self._at : self._at + part]
            done += part
            self._at += part
            if self._at == one_dark.shape[1]:
                self._blocks.popleft()
                self._at = 0
        self._n_ahead -= done
        return dark, bright

    def _decode(self) -> None:
        """Take what is decoded until there is enough; the decoder waits while nobody takes."""
        self._ticks += 1
        for _ in range(_BUFFERS_A_TICK):
            if self._n_ahead > _AHEAD_S * RATE_HZ or not self._decoder.bufferAvailable():
                break
            buffer = self._decoder.read()
            self._take(np.frombuffer(bytes(buffer.constData()), np.float32).reshape(-1, 2).T)
        if not self._ready and self._n_decoded and (self._n_ahead > _READY_S * RATE_HZ or self._ticks > 25):
            self._ready = True
            self.ready.emit()
        if not self._n_decoded and self._ticks > _PATIENCE_TICKS:
            self._refuse(tr("{name} cannot be played: no sound came out of it.", name=self._path.name))

    def _take(self, wave: Float32) -> None:
        """Level ``(2, n)`` decoded samples and put them in line."""
        n = wave.shape[1]
        if n < 2:
            return
        wave = np.nan_to_num(wave)
        loud = max(float(np.sqrt(np.mean(wave**2))), 1e-4)
        steep = max(float(np.quantile(np.abs(np.diff(wave)), 0.995)), 1e-5)
        wanted = min(1.0, BED_RMS / loud, _STEP_AIM / steep)
        before = self._gain if self._n_decoded else wanted
        # Down at once where it gets loud, up slowly where it is soft: music keeps its own swells.
        self._gain = min(wanted, before * (1 + _RISE))
        wave = wave * np.linspace(before, self._gain, n, dtype=np.float32)
        if not self._n_decoded:
            n_fade = min(n, round(_FADE_S * RATE_HZ))
            wave[:, :n_fade] *= np.linspace(0, 1, n_fade, dtype=np.float32)
        whole = np.concatenate((self._tail, wave), axis=1)
        self._tail = whole[:, n:]
        dark = np.stack([np.convolve(side, self._taps, mode="valid") for side in whole]).astype(np.float32)
        bright = whole[:, _TAPS // 2 : _TAPS // 2 + n]
        self._blocks.append((dark, bright))
        self._n_ahead += n
        self._n_decoded += n

    def _again(self) -> None:
        """The end of the file: from the top, unless nothing was in it."""
        if not self._n_decoded:
            self._refuse(tr("{name} holds no sound.", name=self._path.name))
            return
        self._decoder.start()

    def _failed(self) -> None:
        self._refuse(tr("{name} cannot be played: {why}.", name=self._path.name, why=self._decoder.errorString()))

    def _refuse(self, why: str) -> None:
        self.close()
        self.refused.emit(why)
