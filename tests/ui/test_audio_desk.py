# ruff: noqa: N802, N815 -- stands in for Qt classes, whose names are camelCase
"""The sound of a session: devices that come and go, music that cannot be played, tones that are not heard."""

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QObject, Signal, Slot
from pytestqt.qtbot import QtBot

pytest.importorskip("PySide6.QtMultimedia", reason="the system's sound library is missing")

from nfb.practice.comfort import PROFILES
from nfb.practice.plans import Plan
from nfb.ui.audio.alert import OperatorAlert
from nfb.ui.audio.cue import Cue, cue_of
from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.sounds import NO_CHIME, SOUNDS, SoundChoice, chime_names, comfortable, sound_key, sound_of


class Device:
    """An audio device as Qt describes it."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def isNull(self) -> bool:
        return not self._name

    def isFormatSupported(self, wanted: object) -> bool:
        return self._name != "telephone"

    def description(self) -> str:
        return self._name

    def id(self) -> QByteArray:
        return QByteArray(self._name.encode())


class Devices(QObject):
    """The machine's devices; the first is the default one."""

    audioOutputsChanged = Signal()
    present: tuple[str, ...] = ()

    @staticmethod
    def defaultAudioOutput() -> Device:
        return Device(Devices.present[0] if Devices.present else "")

    @staticmethod
    def audioOutputs() -> list[Device]:
        return [Device(name) for name in Devices.present]


class Output(QObject):
    """A device that notes what it is told."""

    opened = Signal(float)
    lost = Signal()
    log: tuple[str, ...] = ()

    def __init__(self, mixer: object) -> None:
        super().__init__()

    @Slot(object)
    def start(self, device: Device) -> None:
        Output.log += (device.description(),)
        self.opened.emit(0.02)

    @Slot()
    def stop(self) -> None:
        Output.log += ("stop",)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> type[Devices]:
    monkeypatch.setattr("PySide6.QtMultimedia.QMediaDevices", Devices)
    monkeypatch.setattr("nfb.ui.audio.output.Output", Output)
    monkeypatch.setattr(Output, "log", ())
    monkeypatch.setattr(Devices, "present", ("loudspeaker",))
    return Devices


@pytest.fixture
def desk(qtbot: QtBot, machine: type[Devices]) -> SoundDesk:
    desk = SoundDesk()
    yield desk
    desk.close()
    desk.deleteLater()


def loud(desk: SoundDesk, seconds: float = 0.5) -> float:
    """RMS of what the device would get now, full scale 1."""
    block = desk.mixer.render(round(seconds * 48_000)) / 32768
    return float(np.sqrt(np.mean(block**2)))


def test_without_a_device_it_says_why_and_the_eye_is_told_instead(desk: SoundDesk, machine: type[Devices]) -> None:
    machine.present = ()
    desk.begin("rain", "bowl")
    assert not desk.available
    assert desk.why_silent == "no sound device"
    assert desk.reward() is False


def test_a_device_that_cannot_play_this_is_named(desk: SoundDesk, machine: type[Devices]) -> None:
    machine.present = ("telephone",)
    desk.begin()
    assert desk.why_silent == "telephone does not play 48 kHz stereo"


def test_a_device_that_is_unplugged_is_replaced_by_the_default_one(
    qtbot: QtBot, desk: SoundDesk, machine: type[Devices]
) -> None:
    desk.begin()
    with qtbot.waitSignal(desk.told) as told:
        machine.present = ("headphones",)
        desk._devices.audioOutputsChanged.emit()
    assert told.args == ["The sound goes on through headphones."]
    assert desk.available and desk.device == "headphones"
    qtbot.waitUntil(lambda: Output.log[-1:] == ("headphones",), timeout=20_000)


def test_with_no_device_left_rewards_become_rings_until_one_comes_back(
    qtbot: QtBot, desk: SoundDesk, machine: type[Devices]
) -> None:
    desk.begin("none", "soft")
    assert desk.reward()
    machine.present = ()
    desk._devices.audioOutputsChanged.emit()
    assert desk.trouble.startswith("The sound device is gone")
    desk._last_s -= 1.0
    assert desk.reward() is False
    machine.present = ("loudspeaker",)
    desk._devices.audioOutputsChanged.emit()
    assert desk.trouble == "loudspeaker was found: there is sound again."
    assert desk.reward() is True


def test_a_device_that_takes_no_sound_is_left_alone_until_something_is_plugged_in(
    qtbot: QtBot, desk: SoundDesk, machine: type[Devices]
) -> None:
    desk.begin()
    desk._player.output.lost.emit()
    qtbot.waitUntil(lambda: not desk.available)
    assert desk.why_silent == "loudspeaker takes no sound"
    desk._devices.audioOutputsChanged.emit()
    assert desk.available


def test_another_device_that_comes_changes_nothing(desk: SoundDesk, machine: type[Devices]) -> None:
    desk.begin()
    machine.present = ("loudspeaker", "monitor")
    desk._devices.audioOutputsChanged.emit()
    assert desk.device == "loudspeaker" and desk.trouble == ""


def test_tones_keep_their_distance_and_are_silent_when_muted_or_not_wanted(
    desk: SoundDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("nfb.ui.audio.desk.time.monotonic", lambda: clock["now"])
    desk.begin("none", "soft")
    heard = []
    for _ in range(100):
        heard.append((clock["now"], desk.reward()))
        clock["now"] += 0.1
    at = [time_s for time_s, sounded in heard if sounded]
    assert len(at) >= 12
    assert np.diff(at).min() >= 0.7 - 1e-9
    desk.mute(True)
    clock["now"] += 1
    assert desk.reward() is False
    desk.mute(False)
    desk.begin("none", NO_CHIME)
    clock["now"] += 1
    assert desk.reward() is False


def test_alpha_theta_has_two_bells_and_a_chime_has_one_pitch(desk: SoundDesk) -> None:
    def pitch_hz(high: bool) -> float:
        desk._last_s -= 1.0
        assert desk.reward(high)
        desk.mixer.render(9600)
        tone = desk.mixer.render(24_000)[:, 0] / 32768.0
        desk.mixer.render(5 * 48_000)
        return float(np.fft.rfftfreq(len(tone), 1 / 48_000)[np.abs(np.fft.rfft(tone)).argmax()])

    desk.begin("none", "bell")
    assert pitch_hz(True) == pitch_hz(False)
    desk.begin("alpha_theta", "bell")
    assert pitch_hz(True) > 1.9 * pitch_hz(False)


@pytest.mark.qt_log_ignore("^Could not open media", extend=True)  # FFmpeg's own words, next to those of the window
@pytest.mark.parametrize("case", ["missing", "folder", "noise", "empty file", "no samples"])
def test_music_that_cannot_be_played_gives_way_to_a_built_in_bed(
    qtbot: QtBot, desk: SoundDesk, tmp_path: Path, case: str
) -> None:
    path = tmp_path / "song.wav"
    if case == "folder":
        path.mkdir()
    elif case == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(5000))
    elif case == "empty file":
        path.touch()
    elif case == "no samples":
        write_wave(path, np.empty(0))
    told: list[str] = []
    desk.told.connect(told.append)
    desk.begin("music", "soft", str(path))
    desk.feed(lambda: Cue(1.0, True, 0))
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert "song.wav" in told[0] and told[0].endswith("Drone pads is played instead.")
    if case == "missing":  # once is enough: it takes a second to make
        qtbot.waitUntil(lambda: loud(desk, 0.1) > 0.01, timeout=20_000)


def write_wave(path: Path, samples: np.ndarray, rate_hz: int = 44_100) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((32767 * samples).astype("<i2").tobytes())


def test_own_music_is_levelled_opened_by_feedback_and_begins_again(
    qtbot: QtBot, desk: SoundDesk, tmp_path: Path
) -> None:
    time_s = np.arange(2 * 44_100) / 44_100
    song = 0.45 * np.sin(2 * np.pi * 220 * time_s) + 0.45 * np.sin(2 * np.pi * 3000 * time_s)
    write_wave(tmp_path / "song.wav", song)
    desk.begin("music", NO_CHIME, str(tmp_path / "song.wav"))
    feedback = {"now": 1.0}
    desk.feed(lambda: Cue(feedback["now"], True, 0))
    assert desk._music is not None
    with qtbot.waitSignal(desk._music.ready):
        pass

    music = desk._music

    def heard() -> np.ndarray:
        pieces = []
        for _ in range(15):
            qtbot.waitUntil(lambda: music._n_ahead > 9600)
            pieces.append(desk.mixer.render(4800)[:, 0] / 32768)
        return np.concatenate(pieces)

    def share_of_treble(wave_: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(wave_)) ** 2
        hz = np.fft.rfftfreq(len(wave_), 1 / 48_000)
        return float(spectrum[(hz > 2900) & (hz < 3100)].sum() / spectrum[(hz > 200) & (hz < 240)].sum())

    heard()
    bright = heard()  # from the third second on: the file has begun again
    feedback["now"] = 0.0
    heard()
    dark = heard()
    assert 0.005 < np.sqrt(np.mean(bright**2)) <= 0.1
    assert max(np.abs(np.diff(bright)).max(), np.abs(np.diff(dark)).max()) < 0.02
    assert share_of_treble(bright) > 0.5
    assert share_of_treble(dark) < 0.02
    assert np.sqrt(np.mean(dark**2)) < 0.6 * np.sqrt(np.mean(bright**2))


def test_a_closed_desk_leaves_no_thread_and_can_begin_again(qtbot: QtBot, desk: SoundDesk) -> None:
    desk.begin()
    thread = desk._player.thread
    desk.close()
    assert thread.isFinished()
    assert not desk.available
    desk.begin()
    assert desk.available


def test_the_bed_sounds_in_runs_and_fades_in_pauses_and_breaks(live_at: Callable[..., object]) -> None:
    from nfb.model.protocol import Stage, StageKind
    from nfb.session.states import State

    stages = (Stage(StageKind.BASELINE, "baseline", 60.0), Stage(StageKind.RUN, "run-1", 60.0))
    assert cue_of(None, stages).sounding is False
    assert cue_of(live_at(0, State.RUNNING), stages).sounding is False
    assert cue_of(live_at(1, State.RUNNING), stages).sounding is True
    assert cue_of(live_at(1, State.HELD), stages).sounding is True
    assert cue_of(live_at(1, State.PAUSED), stages).sounding is False
    assert cue_of(live_at(1, State.ENDED), stages).sounding is False
    assert cue_of(live_at(2, State.RUNNING), stages).sounding is False
    assert cue_of(live_at(1, State.RUNNING), stages)[::2] == (0.7, 41)


@pytest.fixture
def live_at() -> Callable[..., object]:
    from nfb.engine.live import Live
    from nfb.model.hop import Cause, HopResult, Why, WhyKind
    from nfb.model.samples import LinkState

    def make(stage: int, state: int) -> Live:
        why = Why(WhyKind.DWELL)
        hop = HopResult(41, 205, stage, state, (1.0,), (1.0,), False, Cause.NONE, -1, 0.7, False, True, 1.0, why)
        return Live(hop, 0.7, LinkState.STREAMING, 100.0, 120.0, "run-1", 30.0, 0.5, 0.5, 1.0, 3, "")

    return make


def test_comfort_profiles_are_honoured() -> None:
    mine = SoundChoice("ocean", "bowl", volume=0.3)
    assert comfortable(mine, PROFILES["standard"]).chime == "bowl"
    assert comfortable(mine, PROFILES["sensitive"]).chime == NO_CHIME
    led_by_sound = comfortable(SoundChoice(), PROFILES["photosensitive"])
    assert SOUNDS[sound_key(led_by_sound.sound)].make is SOUNDS["rain"].make
    for profile in PROFILES.values():
        assert comfortable(mine, profile).floor >= profile.volume_floor


def test_a_plan_says_what_is_heard() -> None:
    plan = Plan("smr-central", sound="ocean", volume=0.4, comfort="sensitive")
    assert sound_of(plan) == SoundChoice("ocean", NO_CHIME, "", 0.4, PROFILES["sensitive"].volume_floor)
    assert sound_key(sound_of(Plan("smr-central", comfort="photosensitive")).sound) == "rain"


def test_volumes_fade_to_what_was_chosen(desk: SoundDesk) -> None:
    class Flat:
        def read(self, n: int) -> tuple[np.ndarray, np.ndarray]:
            return np.full((2, n), 0.05, np.float32), np.full((2, n), 0.05, np.float32)

    desk.begin("none", "soft")
    desk.mixer.play(Flat())
    desk.feed(lambda: Cue(1.0, True, 0))
    loud(desk, 2.0)
    full = loud(desk, 0.1)
    desk.set_volume("bed", 0.25)
    fading = desk.mixer.render(9600)[:, 0].astype(float)
    assert np.abs(np.diff(fading)).max() < 0.02 * 32767
    loud(desk, 0.2)
    assert loud(desk, 0.1) / full == pytest.approx(0.5, rel=0.01)
    desk.set_volume("tokens", 0.0)
    desk.set_volume("bed", 0.0)
    loud(desk, 0.5)
    assert desk.reward()
    assert loud(desk, 0.5) == 0.0
    with pytest.raises(ValueError, match="must be bed or tokens"):
        desk.set_volume("film", 0.5)


def test_every_sound_and_chime_has_a_name() -> None:
    assert all(sound.name() for sound in SOUNDS.values())
    assert all(chime_names().values())
    assert sound_key("") == "none"
    assert sound_key("what is no longer there") in SOUNDS


def test_the_wanted_device_is_played_on_and_the_default_one_where_it_is_gone(
    qtbot: QtBot, desk: SoundDesk, machine: type[Devices]
) -> None:
    machine.present = ("loudspeaker", "headphones")
    desk.wanted_id = "headphones"
    desk.begin()
    assert (desk.device, desk.device_id) == ("headphones", "headphones")
    machine.present = ("loudspeaker",)
    desk._devices.audioOutputsChanged.emit()
    assert desk.device == "loudspeaker"


@pytest.fixture
def alert(qtbot: QtBot, desk: SoundDesk, machine: type[Devices]) -> OperatorAlert:
    machine.present = ("loudspeaker", "headphones")
    desk.begin()
    alert = OperatorAlert(desk)
    yield alert
    alert.close()
    alert.deleteLater()


def test_the_operators_alert_sounds_on_the_operators_device(alert: OperatorAlert, qtbot: QtBot) -> None:
    alert.output_id = "headphones"
    assert alert.ring()
    alert._release.stop()  # however late the device is opened, in a thread beside the client's
    qtbot.waitUntil(lambda: "headphones" in Output.log)
    assert loud(alert._desk) > 0.01


@pytest.mark.parametrize("output_id", ["", "loudspeaker", "unplugged"])
def test_the_client_never_hears_the_operators_alert(alert: OperatorAlert, output_id: str) -> None:
    alert.output_id = output_id
    assert not alert.ring()
    assert Output.log.count("headphones") == 0


def test_an_alert_that_is_off_is_silent(alert: OperatorAlert) -> None:
    alert.output_id, alert.on = "headphones", False
    assert not alert.ring()
