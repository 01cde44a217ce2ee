"""The delay, measured on what is really painted and really handed to the sound device; and a patch for sensors."""

from __future__ import annotations

import math
import time

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from nfb.devices.source import Source
from nfb.engine.latency import Bench, Observed, answers, bench, figures
from nfb.engine.loopback import DARK_S, LIT_S, Tap, round_trips_s
from nfb.model.errors import SetupError
from nfb.model.protocol import Protocol
from nfb.ui.audio.cue import NEUTRAL, Cue
from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.limits import Float32
from nfb.ui.audio.mixer import Mixer
from nfb.ui.audio.sounds import NO_CHIME, NONE
from nfb.ui.audio.tokens import TEST_HALF_S, sensor_tone
from nfb.ui.bridge import Bridge, Frame
from nfb.ui.client_window import ClientWindow
from nfb.ui.feedback.modes import MODES
from nfb.ui.system_check import require_qt

_SIZE = (640, 400)  # small: reading the pixels back must not slow down what is measured
_LEVEL = 0.05


class _Level:
    """A bed of one constant value: nobody hears it, and any change of it is the feedback's."""

    def read(self, n: int) -> tuple[Float32, Float32]:
        level = np.full((2, n), _LEVEL, np.float32)
        return level, level


class _TappedMixer(Mixer):
    """Notes what it hands to the device, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Observed] = []

    def render(self, n: int) -> np.ndarray:
        block = super().render(n)
        if n:
            self.blocks.append(Observed(time.monotonic(), float(block[-1, 0])))
        return block


class _Watch(QObject):
    """Reads the pixels of a widget each time it has been painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.frames: list[Observed] = []
        self._widget = widget
        self._reading = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and not self._reading:
            # Runs once this painting is over and handed to the screen.
            QTimer.singleShot(0, self._read)
        return False

    def _read(self) -> None:
        painted_s = time.monotonic()
        self._reading = True
        image = self._widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        self._reading = False
        self.frames.append(Observed(painted_s, float(np.frombuffer(image.constBits(), np.uint8).mean())))


def measure_delay(protocol: Protocol, *, mode: str = "bar", seconds: float = 20.0) -> dict[str, object]:
    """Let a simulated rhythm step, and time the decision, the first changed picture and the first changed sound.

    Parameters
    ----------
    protocol
        Its first rewarded amplitude is measured.
    mode
        Key of :data:`nfb.ui.feedback.modes.MODES`.
    seconds
        How long; a step every 0.8 s after the first four.

    Returns
    -------
    dict
        JSON-ready, milliseconds; None where nothing could be measured, with the reason.

    Raises
    ------
    SetupError
        An unknown mode, a protocol that cannot be stepped, or too short a time.
    """
    if mode not in MODES:
        raise SetupError(f"--mode {mode}: must be one of {', '.join(MODES)}")
    if not 8 <= seconds <= 3600:
        raise SetupError(f"--seconds {seconds:g}: needs at least 8 s, half of them for the filters to settle")
    _require_application()
    tested = bench(protocol)
    window = ClientWindow()
    window.resize(*_SIZE)
    window.view.begin(mode)
    window.show()
    watch = _Watch(window.view)
    mixer = _TappedMixer()
    desk = SoundDesk(mixer=mixer)
    desk.begin(NONE, NO_CHIME)
    mixer.play(_Level())
    desk.feed(lambda: _cue(tested))
    bridge = Bridge(tested.engine)
    bridge.frame.connect(lambda frame: _present(window, bridge, frame))
    bridge.start()
    _run(seconds)
    bridge.close()
    desk_words = (desk.available, desk.why_silent, desk.buffer_s, desk.device)
    desk.close()
    screen = window.screen()
    window.close()
    if tested.engine.error is not None:
        raise tested.engine.error
    source = tested.source
    found = answers(source.steps, source.decisions, watch.frames, mixer.blocks)
    available, why_silent, buffer_s, device = desk_words
    settled_s = source.steps[0].arrived_s if source.steps else 0.0
    painted = [each.at_s for each in watch.frames if each.at_s > settled_s]
    return {
        "protocol": protocol.id,
        "mode": mode,
        "steps": len(found),
        **figures(found, tested.budget),
        "screen_period_ms": round(1000 / screen.refreshRate(), 1),
        "frame_period_ms_median": round(1000 * float(np.median(np.diff(painted))), 1) if len(painted) > 1 else None,
        "audio_device": device or None,
        "audio_buffer_ms": None if math.isnan(buffer_s) else round(1000 * buffer_s, 1),
        "audio_missing_because": None if available and mixer.blocks else why_silent or "the device took no sound",
    }


def _cue(tested: Bench) -> Cue:
    live = tested.engine.live
    return Cue(NEUTRAL, True) if live is None else Cue(live.feedback, True, live.hop.hop)


def _present(window: ClientWindow, bridge: Bridge, frame: Frame) -> None:
    """What a session does with a frame."""
    if frame.live is not None:
        window.view.show_frame(frame.live.feedback, frame.passed_s)


# ------------------------------------------------------------------------------------------------------- loop-back


class _Patch(QWidget):
    """A plain surface, dark or lit: something for a photodiode to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("nfb latency")
        self.resize(480, 320)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.lit = False
        self.painted_s: list[float] = []  # of those that lit it up
        self._noted = True

    def light(self, lit: bool) -> None:
        self.lit, self._noted = lit, not lit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        # Grey rather than black and white, and below one flash a second.
        painter.fillRect(self.rect(), QColor("#d0d0d0" if self.lit else "#303030"))
        painter.end()
        if not self._noted:
            self._noted = True
            self.painted_s.append(time.monotonic())


def measure_loopback(
    source: Source, channel: str, *, seconds: float = 20.0, sound: bool = False
) -> dict[str, object]:
    """Flash a patch (or sound a tone) and time when a sensor on a channel of the device sees it.

    Parameters
    ----------
    source
        The device, not opened.
    channel
        The channel that the photodiode or the microphone is wired to.
    sound
        A tone from the client's sound device instead of the patch.

    Raises
    ------
    NfbError
        The device cannot be opened or lacks the channel, or there is no sound device.
    """
    _require_application()
    patch, desk = _Patch(), SoundDesk()
    heard_s: list[float] = []
    if sound:
        desk.begin(NONE, NO_CHIME)
        if not desk.available:
            raise SetupError(f"--sound: {desk.why_silent}")
    tap = Tap(source, channel)
    if not sound:
        patch.show()

    def switch(lit: bool) -> None:
        if sound:
            if lit:
                # The sensor is asked for half of the tone's size, which comes a known while after its begin.
                heard_s.append(time.monotonic() + TEST_HALF_S)
                desk.mixer.sound(sensor_tone())
        else:
            patch.light(lit)
        QTimer.singleShot(round(1000 * (LIT_S if lit else DARK_S)), lambda: switch(not lit))

    switch(False)
    _run(seconds)
    values, arrived_s = tap.close()
    desk.close()
    patch.close()
    lit_s = heard_s if sound else patch.painted_s
    trips_ms = [1000 * trip for trip in round_trips_s(values, arrived_s, lit_s)]
    return {
        "loopback": "sound" if sound else "screen",
        "channel": channel,
        "flashes": len(lit_s),
        "seen": len(trips_ms),
        "round_trip_ms_median": round(float(np.median(trips_ms)), 1) if trips_ms else None,
        "round_trip_ms_p95": round(float(np.percentile(trips_ms, 95)), 1) if trips_ms else None,
    }


_application: QApplication | None = None  # Qt allows one per process


def _require_application() -> None:
    global _application
    require_qt()
    if QApplication.instance() is None:
        _application = QApplication(["nfb"])


def _run(seconds: float) -> None:
    """Let events happen for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()
