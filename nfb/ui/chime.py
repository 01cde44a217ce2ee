"""A soft tone for a reward, made in memory; silence with one plain word where there is no sound device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject

RATE_HZ = 48_000
TONE_HZ = 528.0
LENGTH_S = 0.45
FADE_S = 0.05
RMS_DBFS = -23.0  # the cap is -20: a chime must never startle
SPACING_S = 0.7


def tone() -> NDArray[np.int16]:
    """``(n_samples,)`` 16-bit mono: a sine that fades in and out over 50 ms, -23 dBFS RMS."""
    time_s = np.arange(round(LENGTH_S * RATE_HZ)) / RATE_HZ
    edge_s = np.minimum(time_s, time_s[::-1])
    fade = 0.5 - 0.5 * np.cos(np.pi * np.clip(edge_s / FADE_S, 0.0, 1.0))
    wave = np.sin(2 * np.pi * TONE_HZ * time_s) * fade
    wave *= 10 ** (RMS_DBFS / 20) / np.sqrt(np.mean(wave**2))
    return np.round(wave * 32767).astype(np.int16)


class Chime(QObject):
    """Plays :func:`tone`. `available` is False where sound cannot be had; `why_silent` says why, in words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.available = False
        self.why_silent = ""
        self.muted = False
        self.volume = 1.0
        self._last_s = -SPACING_S
        self._bytes = QByteArray(tone().tobytes())
        self._open()

    def _open(self) -> None:
        try:
            # On Linux the module itself needs libpulse, which a bare system lacks.
            from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
        except (ImportError, OSError):
            self.why_silent = "the system's sound library is missing (Debian: libpulse0, Fedora: pulseaudio-libs)"
            return
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self.why_silent = "no sound device"
            return
        wanted = QAudioFormat()
        wanted.setSampleRate(RATE_HZ)
        wanted.setChannelCount(1)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if not device.isFormatSupported(wanted):
            self.why_silent = f"no sound: {device.description()} does not play 48 kHz mono"
            return
        self._sink = QAudioSink(device, wanted, self)
        self._buffer = QBuffer(self)
        self._buffer.setData(self._bytes)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.available = True

    def play(self, now_s: float) -> bool:
        """Sound once, at most every 0.7 s; False if nothing is heard. `now_s` is any clock that only goes forward."""
        if now_s - self._last_s < SPACING_S or self.muted or not self.available:
            return False
        self._last_s = now_s
        self._sink.stop()
        self._buffer.seek(0)
        self._sink.setVolume(self.volume)
        self._sink.start(self._buffer)
        return True
