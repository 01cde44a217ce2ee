"""The client's sound device: it pulls 20 ms at a time from the mixer, in a thread of its own.

QtMultimedia and PortAudio (sounddevice) were measured side by side on a PulseAudio null sink whose monitor was
recorded, 48 kHz stereo, buffers of 20 ms, 40 steps each; milliseconds, median and 95th percentile:

=============================== ================= ================= =====================
                                decision→callback decision→recorded window asleep 0.3 s/s
=============================== ================= ================= =====================
sounddevice, two blocks of 10   4.5 / 9.2         29 / 34           (own thread)
QAudioSink in the GUI's thread  4.1 / 9.9         35 / 40           decision→callback 211
QAudioSink in its own thread    3.7 / 8.4         34 / 39           decision→callback 9.4
=============================== ================= ================= =====================

The 5 ms between them do not pay for what PortAudio lacks: on Linux it is not in the wheel, it does not notice that
a device was plugged in, and with the window busy it underran. So it is QAudioSink, in a thread of its own, as a
window that paints for 0.3 s would otherwise be a gap in the sound.
"""

from __future__ import annotations

from PySide6.QtCore import QIODevice, QObject, QTimer, Signal, Slot
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink

from nfb.ui.audio.limits import RATE_HZ
from nfb.ui.audio.mixer import Mixer

BUFFER_S = 0.02
_FRAME_BYTES = 4  # two sides, 16 bit
_WATCH_MS = 500
_SILENT_TICKS = 4  # two seconds without a request: the device takes no sound


def sound_format() -> QAudioFormat:
    """48 kHz, stereo, 16 bit."""
    wanted = QAudioFormat()
    wanted.setSampleRate(RATE_HZ)
    wanted.setChannelCount(2)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    return wanted


class _Pull(QIODevice):
    """Endless samples out of the mixer."""

    def __init__(self, mixer: Mixer, parent: QObject) -> None:
        super().__init__(parent)
        self._mixer = mixer
        self.open(QIODevice.OpenModeFlag.ReadOnly | QIODevice.OpenModeFlag.Unbuffered)

    def readData(self, maxlen: int) -> bytes:
        return self._mixer.render(maxlen // _FRAME_BYTES).tobytes()

    def writeData(self, data: bytes | bytearray | memoryview, maxlen: int) -> int:
        return 0

    def bytesAvailable(self) -> int:
        return RATE_HZ * _FRAME_BYTES  # there is always more

    def isSequential(self) -> bool:
        return True


class Output(QObject):
    """Plays a mixer on one device. Lives in its own thread; call it through signals only.

    Attributes
    ----------
    opened
        Signal: length of the buffer in seconds.
    lost
        Signal: the device refused, stopped, or takes no sound any more.
    """

    opened = Signal(float)
    lost = Signal()

    def __init__(self, mixer: Mixer) -> None:
        super().__init__()
        self._mixer = mixer
        self._sink: QAudioSink | None = None
        self._watch: QTimer | None = None
        self._seen = self._quiet_ticks = 0

    @Slot(object)
    def start(self, device: QAudioDevice) -> None:
        """Play on `device`, in place of the one before."""
        self.stop()
        self._sink = QAudioSink(device, sound_format(), self)
        self._sink.setBufferSize(round(BUFFER_S * RATE_HZ) * _FRAME_BYTES)
        self._sink.start(_Pull(self._mixer, self._sink))
        # By name: the enums moved from QAudio to QtAudio between 6.8 and 6.11.
        if self._sink.error().name != "NoError":
            self.stop()
            self.lost.emit()
            return
        self._seen, self._quiet_ticks = -1, 0
        # QAudioSink.stateChanged cannot be received in Python (PySide 6.11), so the state is asked for.
        self._watch = QTimer(self, interval=_WATCH_MS)
        self._watch.timeout.connect(self._look)
        self._watch.start()
        self.opened.emit(self._sink.bufferSize() / _FRAME_BYTES / RATE_HZ)

    @Slot()
    def stop(self) -> None:
        """Let go of the device."""
        if self._watch is not None:
            self._watch.stop()
            self._watch.deleteLater()
            self._watch = None
        if self._sink is not None:
            self._sink.stop()
            self._sink.deleteLater()
            self._sink = None

    def _look(self) -> None:
        assert self._sink is not None
        stopped = self._sink.state().name == "StoppedState"
        self._quiet_ticks = self._quiet_ticks + 1 if self._mixer.n_rendered == self._seen else 0
        self._seen = self._mixer.n_rendered
        if stopped or self._quiet_ticks >= _SILENT_TICKS:
            self.stop()
            self.lost.emit()
