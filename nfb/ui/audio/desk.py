"""What a session does with sound: begin, feed, reward, mute, and say in words why nothing is heard."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal

from nfb.ui.audio.cue import SILENCE, Cue
from nfb.ui.audio.mixer import FLOOR, Mixer
from nfb.ui.audio.sounds import DEFAULT_CHIME, FALLBACK, MUSIC, NO_CHIME, NONE, SOUNDS, sound_key
from nfb.ui.audio.tokens import CHIMES, SPACING_S, bell, chime
from nfb.ui.language import tr
from nfb.ui.tasks import Task, run_task

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice, QMediaDevices

    from nfb.ui.audio.beds import Bed
    from nfb.ui.audio.music import Music
    from nfb.ui.audio.output import Output

_END_MS = 1000


class SoundDesk(QObject):
    """The client's sound.

    Attributes
    ----------
    told
        Signal: something about the sound changed that the operator should know, in words (also in `trouble`).
    available
        Whether a device takes sound.
    why_silent
        Why none does, in words.
    trouble
        The last thing told; empty while all is well.
    device, device_id
        Name of the device, and the system's identifier of it.
    wanted_id
        Identifier of the device to play on; empty for the default one.
    only_wanted
        Rather silence than another device.
    buffer_s
        Length of its buffer; NaN without one.
    mixer
        What is heard; tests and measurements render from it.
    """

    told = Signal(str)
    _open = Signal(object)
    _close = Signal()

    def __init__(self, parent: QObject | None = None, mixer: Mixer | None = None) -> None:
        super().__init__(parent)
        self.mixer = mixer or Mixer()
        self.available = False
        self.why_silent = ""
        self.trouble = ""
        self.device = ""
        self.wanted_id = ""
        self.only_wanted = False
        self.buffer_s = math.nan
        self._device_id = self._deaf_id = b""
        self._player: _Player | None = None
        self._devices: QMediaDevices | None = None
        self._music: Music | None = None
        self._making: Task | None = None
        self._sound, self._music_path = NONE, ""
        self._chime = NO_CHIME
        self._last_s = -SPACING_S
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    # ------------------------------------------------------------------------------------------------ a session

    def begin(
        self,
        sound: str = "",
        chime: str = DEFAULT_CHIME,
        music_path: str = "",
        *,
        volume: float = 1.0,
        floor: float = FLOOR,
    ) -> None:
        """Prepare a session's sounds; they fade in once :meth:`feed` says that feedback is given.

        Parameters
        ----------
        sound
            Key of :data:`~nfb.ui.audio.sounds.SOUNDS`, or what a plan says in its place.
        chime
            Key of :data:`~nfb.ui.audio.tokens.CHIMES`, or ``none``.
        music_path
            The file, for ``music``.
        volume
            0..1, of bed and tokens; :meth:`set_volume` changes it.
        floor
            Softest the bed gets by feedback, share of its volume.
        """
        self._sound, self._music_path = sound_key(sound), music_path
        self._chime = chime if chime in CHIMES else NO_CHIME
        self.trouble = ""
        self.mixer.floor = floor
        self.set_volume("bed", volume)
        self.set_volume("tokens", volume)
        self.mixer.play()
        self._look_for_device()
        if self.available:
            self._prepare()

    def change(self, sound: str, music_path: str = "") -> None:
        """Fade over to another bed; chime and volumes stay."""
        self._sound, self._music_path = sound_key(sound), music_path
        if self.available:
            self._prepare()

    def feed(self, cue: Callable[[], Cue], heard: Callable[[int, float], None] | None = None) -> None:
        """Follow `cue`, which the sound device's own thread asks for every block.

        `heard` is told, in that thread, each new hop and when it was in a block (``time.monotonic``).
        """
        self.mixer.heard = heard or (lambda hop, rendered_s: None)
        self.mixer.cue = cue

    def hush(self) -> None:
        """Fade the bed out: nothing is fed any more."""
        self.feed(lambda: SILENCE)

    def reward(self, high: bool = True) -> bool:
        """Sound a token, at most every 0.7 s; False if nothing is heard and the eye should be told instead."""
        now_s = time.monotonic()
        bells = SOUNDS[self._sound].bells and self._chime != NO_CHIME
        if self._chime == NO_CHIME or not self.available or self.mixer.muted or now_s - self._last_s < SPACING_S:
            return False
        self._last_s = now_s
        self.mixer.sound(bell(high) if bells else chime(self._chime))
        return True

    @property
    def device_id(self) -> str:
        return self._device_id.decode("utf-8", "replace")

    @property
    def muted(self) -> bool:
        return self.mixer.muted

    def mute(self, muted: bool) -> None:
        """Fade everything out within a second, or in again."""
        self.mixer.muted = muted

    def set_volume(self, which: str, volume: float) -> None:
        """Volume 0..1 of ``bed`` or ``tokens``.

        Full volume is soft already, so a quarter of it is half of the level rather than a quarter.
        """
        gain = math.sqrt(min(max(volume, 0.0), 1.0))
        if which == "bed":
            self.mixer.bed_volume = gain
        elif which == "tokens":
            self.mixer.token_volume = gain
        else:
            raise ValueError(f"volume of {which!r}: must be bed or tokens")

    def close(self) -> None:
        """Let go of the device; may be called twice, and the desk may begin again."""
        self._drop_music()
        if self._making is not None:
            self._making.cancel()
            self._making = None
        self.hush()
        self.available = False
        self._device_id = b""
        if self._player is not None:
            self._player.end()
            self._player = None

    # ------------------------------------------------------------------------------------------------ the beds

    def _prepare(self) -> None:
        self._drop_music()
        if self._making is not None:
            self._making.cancel()
        if self._sound == MUSIC:
            self._begin_music(self._music_path)
        elif self._sound != NONE:
            self._make(self._sound)
        else:
            self.mixer.play()

    def _make(self, key: str) -> None:
        """Make a soundscape off the window's thread: it takes about a second."""

        def done(made: tuple[Bed, ...] | None, error: Exception | None) -> None:
            if error is not None:
                raise error
            self.mixer.play(*(made or ()))

        if self._making is not None:
            self._making.cancel()
        self._making = run_task(SOUNDS[key].make, done)

    def _begin_music(self, path: str) -> None:
        from nfb.ui.audio.music import Music  # QtMultimedia, which may be absent, only where there is a device

        music = self._music = Music(path, self)
        music.ready.connect(lambda: self.mixer.play(music))
        music.refused.connect(self._music_refused)
        music.begin()

    def _music_refused(self, why: str) -> None:
        self._make(FALLBACK)
        self._tell(tr("{why} {bed} is played instead.", why=why, bed=SOUNDS[FALLBACK].name()))

    def _drop_music(self) -> None:
        if self._music is not None:
            self._music.close()
            self._music.deleteLater()
            self._music = None

    # ------------------------------------------------------------------------------------------------ the device

    def _look_for_device(self) -> None:
        """Play on the wanted device, else on the default one, in place of one that is gone."""
        try:
            # On Linux the module itself needs libpulse, which a bare system lacks.
            from PySide6.QtMultimedia import QMediaDevices

            from nfb.ui.audio.output import Output, sound_format
        except (ImportError, OSError):
            self._silent(tr("the system's sound library is missing (Debian: libpulse0, Fedora: pulseaudio-libs)"))
            return
        if self._devices is None:
            self._devices = QMediaDevices(self)
            self._devices.audioOutputsChanged.connect(self._devices_changed)
        wanted = [one for one in QMediaDevices.audioOutputs() if name_of_id(one) == self.wanted_id]
        if self.only_wanted and not wanted:
            self._silent(tr("the chosen sound device is not there"))
            return
        device = wanted[0] if wanted else QMediaDevices.defaultAudioOutput()
        if device.isNull():
            self._silent(tr("no sound device"))
            return
        if _id(device) == self._deaf_id:
            self._silent(tr("{device} takes no sound", device=device.description()))
            return
        if not device.isFormatSupported(sound_format()):
            self._silent(tr("{device} does not play 48 kHz stereo", device=device.description()))
            return
        self.available, self.why_silent, self.device = True, "", device.description()
        if self._player is None:
            output = Output(self.mixer)
            self._open.connect(output.start)
            self._close.connect(output.stop)
            output.opened.connect(self._opened)
            output.lost.connect(self._lost)
            player = self._player = _Player(output)
            self.destroyed.connect(player.end)
        if self._device_id != _id(device):
            self._device_id = _id(device)
            self._open.emit(device)

    def _opened(self, buffer_s: float) -> None:
        self.buffer_s = buffer_s

    def _devices_changed(self) -> None:
        assert self._devices is not None
        self._deaf_id = b""
        if self._device_id not in {_id(device) for device in self._devices.audioOutputs()}:
            self._change()

    def _lost(self) -> None:
        """The device stopped taking sound; it is not tried again before something is plugged in or out."""
        self._deaf_id = self._device_id
        self._change()

    def _change(self) -> None:
        """The device is gone or has just come: go on with the default one, if there is any."""
        had = self.available
        self._device_id = b""
        self._look_for_device()
        if self.available:
            words = tr("The sound goes on through {device}.", device=self.device)
            self._tell(words if had else tr("{device} was found: there is sound again.", device=self.device))
            if not had:
                self._prepare()
        elif had:
            self._close.emit()
            self._tell(tr("The sound device is gone: rewards are shown as a ring, and feedback goes on."))

    def _silent(self, why: str) -> None:
        self.available, self.why_silent, self.device = False, why, ""
        self.buffer_s = math.nan

    def _tell(self, words: str) -> None:
        self.trouble = words
        self.told.emit(words)


def _id(device: QAudioDevice) -> bytes:
    return bytes(device.id().data())


def name_of_id(device: QAudioDevice) -> str:
    """The system's identifier of a device, as the settings keep it."""
    return _id(device).decode("utf-8", "replace")


class _Player:
    """An output and its thread. A thread must not be deleted while it runs, so those that do are kept here."""

    running: ClassVar[set[_Player]] = set()

    def __init__(self, output: Output) -> None:
        self.output, self.thread = output, QThread()
        output.moveToThread(self.thread)
        self.thread.finished.connect(output.stop)  # in that thread: a sink must be stopped where it lives
        self.running.add(self)
        self.thread.start()

    def end(self) -> None:
        self.thread.quit()
        if self.thread.wait(_END_MS):
            self.running.discard(self)
