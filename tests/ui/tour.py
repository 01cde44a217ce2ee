"""Walks through the screens of a session in every state that they have; whoever looks is called with each's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from fakes import STAGES, FakeEngine, FakeFound, FakeLauncher, go_to, poll
from pytestqt.qtbot import QtBot

from nfb.engine.live import Fault
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import Pause, PauseCause
from nfb.model.events import CommandApplied, StateChanged
from nfb.model.protocol import Band, Condition, Direction, Feature, FeatureKind, Protocol, Role, StageKind, Threshold
from nfb.model.protocol import ThresholdRule as Rule
from nfb.model.samples import DeviceStatus, LinkChange, LinkState
from nfb.session.supervision import CONTACT_LOST
from nfb.ui.pacing import Pacing
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.notice import Choice, Level

Look = Callable[[str], None]
RUN_ONLY = (replace(STAGES[1], duration_s=4.0), replace(STAGES[2], duration_s=60.0))


def five_conditions() -> Protocol:
    """One reward and an inhibit in every band around it: as many rows as a protocol may have."""
    smr = load_protocol(find_protocol("smr-central"))
    bands = {"delta": (1.5, 4.0), "beta": (15.0, 20.0)}
    features = tuple(
        Feature(name, FeatureKind.AMPLITUDE, Band(edges), sites=smr.features[0].sites)
        for name, edges in bands.items()
    )
    limit = Threshold(Rule.BASELINE_PERCENTILE, 0.9)
    conditions = tuple(Condition(name, Role.INHIBIT, Direction.DOWN, limit) for name in bands)
    return replace(smr, features=smr.features + features, conditions=smr.conditions + conditions)


PROTOCOLS: dict[str, str | Protocol] = {
    "crossover": "alpha-theta",
    "two": "tbr-cz-both",
    "four": "beta-left-then-at",
    "asymmetry": "faa-alay",
}


def entrances(window: Shell, launcher: FakeLauncher, look: Look, qtbot: QtBot) -> None:
    """The first page and the ways in."""
    look("start")
    window.start.show_status("Finished after an interruption: visit 12 of A031, 31 min, up to the last second.")
    look("start_told")
    window.start.show_status("")
    window.show_connect()
    page = window.connect_page
    assert page is not None
    page.list.setCurrentRow(2)
    look("connect")
    page.show_found([])
    look("connect_nothing_found")
    page.show_found([FakeFound("Muse-3F2A · Bluetooth LE", "muse-2", {}), FakeFound("ttyUSB0", "cyton", {})])
    page.show_problem(
        "The port /dev/ttyUSB0 is in use by another program.",
        "Close the OpenBCI GUI or any serial monitor, unplug the dongle, plug it in again and scan.",
    )
    look("connect_problem")
    page.search.setText("emotiv")
    page.show_connecting("OpenBCI Cyton")
    look("connect_connecting")
    page.show_connecting("")
    window.show_open()
    look("open")


def demo(window: Shell, launcher: FakeLauncher, look: Look) -> None:
    """A newcomer's first session, from the click to its summary, with what can lie over it."""
    window.begin_demo()
    engine = launcher.engine
    poll(window)
    look("waiting")
    engine.connect()
    engine.advance(6.0)
    engine.grades(good=False)
    poll(window, 7)
    look("check")
    go_to(window, engine, StageKind.BASELINE)
    engine.advance(2.5)
    poll(window, 7)
    screen = _screen(window)
    screen.notices.clear_all()
    look("baseline")
    engine.advance_to(StageKind.RUN)
    engine.advance(6.0)
    engine.grades(good=True)
    poll(window, 41)
    screen.show_tip(5)
    for _ in range(60):
        screen.train.mirror.show_frame(0.7, 1 / 60)
    look("train_tip")
    screen.notices.clear_all()
    look("train")
    window.toggle_keys()
    look("keys")
    window.toggle_keys()
    screen.do("auto")
    screen.header.preset.setCurrentIndex(0)
    screen.alarms.suggested.emit(engine.proposals.ease(0.75))
    engine.advance(0.1)
    poll(window, 2)
    look("train_simple")
    screen.header.preset.setCurrentIndex(1)
    engine.lose_link()
    poll(window, 7)
    window.sessions.ask_to_end()
    look("ask_to_end")
    window.overlays.drop_sheet()
    engine.advance_to(StageKind.REST)
    engine.tell(LinkChange(LinkState.STREAMING))
    poll(window, 7)
    screen.notices.clear_all()
    look("break")
    engine.advance(60.0)
    poll(window, 2)
    look("summary")


def visit(window: Shell, launcher: FakeLauncher, look: Look) -> None:
    """A client's session with every alarm."""
    engine, screen = _begin(window, launcher, client_ends_breaks=True)
    engine.advance(8.0)
    ohm = (
        dict(zip(engine.setup.device.channel_names, (4, 6, 12, 5, 48, 9, 7, 11), strict=True)) if engine.setup else {}
    )
    engine.tell(DeviceStatus(14.0, {name: float(value) for name, value in ohm.items()}))
    engine.grades(good=True)
    screen.notices.clear_all()
    poll(window, 21)
    look("check_ready")
    go_to(window, engine, StageKind.BASELINE)
    engine.advance(3.0)
    poll(window, 21)
    look("baseline_counting")
    engine.advance_to(StageKind.RUN)
    engine.advance(0.5)
    poll(window, 21)
    look("proposal")
    screen.do("pause")
    engine.loop_ms = 360.0
    engine.advance(5.0)
    engine.grades(good=True)
    screen.header.preset.setCurrentIndex(2)
    screen.do("spectrum")
    screen.header.say("Marked: yawn")
    poll(window, 21)
    screen.train.show_loop(screen.view, Level.LOOK)
    look("train_research")
    screen.header.preset.setCurrentIndex(1)
    screen.do("spectrum")
    engine.tell(Fault("The disk is nearly full.", "Raw EEG is kept; derived streams are not.", False))
    poll(window)
    look("train_disk")
    screen.notices.clear_all()
    screen.acts.set_threshold(0, 4.0 * screen.view.thresholds[0])
    engine.advance(0.2)
    offer = Choice("Apply", lambda: None)
    screen.notices.tell(
        "reward", "In range 12 % for a minute. SMR 7.2 → 2.4 µV would have given 65 %.", Level.LOOK, (offer,)
    )
    poll(window, 21)
    look("train_suggestion")
    screen.notices.clear_all()
    engine.grades(good=False)
    engine.tell(StateChanged(1, 1, "paused", CONTACT_LOST))
    poll(window, 21)
    look("train_contact")
    screen.look_at_signal()
    look("check_looking")
    screen.look_at_signal()
    engine.tell(StateChanged(2, 2, "running", ""))
    poll(window)
    engine.lose_link()
    poll(window)
    screen.link_care.show_frame(10.1, screen.view, 0.0)
    look("link_lost")
    screen.link_care.begin()
    engine.tell(CommandApplied(1, 1, Pause(PauseCause.LINK)))
    engine.tell(StateChanged(1, 1, "paused", "paused: link"))
    engine.tell(LinkChange(LinkState.STREAMING))
    poll(window, 21)
    screen.link_care.show_frame(1.0, screen.view, 2.5)
    look("link_back")
    screen.notices.clear_all()
    _one_screen(screen, engine, look)
    screen.do("next")
    engine.advance_to(StageKind.REST)
    poll(window, 21)
    screen.rest._keep("restless")
    look("break_suggestion")
    engine.advance(5.0)
    poll(window, 21)
    look("break_waiting")
    _end(window, engine)
    look("summary_short")


def _one_screen(screen: SessionScreen, engine: FakeEngine, look: Look) -> None:
    """The strip over the client's view; the window keeps its size, which full screen would change."""
    window = screen.window()
    assert isinstance(window, Shell)
    screen.screens.use_one()
    window.showNormal()
    look("one_screen_held")
    screen.do("pause")
    engine.advance(3.0)
    poll(window, 41)
    screen.notices.tell("x", "In range 12 % for a minute. SMR 7.2 → 2.4 µV would have given 65 %.", Level.LOOK)
    look("one_screen")
    screen.notices.clear_all()
    screen.screens.show_operator()
    window.showNormal()


def protocols(window: Shell, launcher: FakeLauncher, look: Look) -> None:
    """Training with other numbers and kinds of conditions."""
    launcher.stages = RUN_ONLY
    for name, protocol in {**PROTOCOLS, "five": five_conditions()}.items():
        launcher.protocol = protocol
        engine, screen = _begin(window, launcher)
        engine.advance_to(StageKind.RUN)
        poll(window)
        screen.do("pause")
        engine.advance(5.0)
        engine.grades(good=True)
        poll(window, 21)
        screen.notices.clear_all()
        look(f"train_{name}")
        _end(window, engine)


def _begin(
    window: Shell, launcher: FakeLauncher, *, client_ends_breaks: bool = False
) -> tuple[FakeEngine, SessionScreen]:
    window.show_connect()
    path: Path = launcher.protocols()[0][0]
    window.sessions.begin_connection("cyton", {}, path, "A031")
    screen, engine = _screen(window), launcher.engine
    screen.client_ends_breaks = client_ends_breaks
    screen.stage_view.pacing = Pacing(client_ends_breaks)
    engine.connect()
    poll(window)
    return engine, screen


def _end(window: Shell, engine: FakeEngine) -> None:
    engine.stop()
    poll(window)


def _screen(window: Shell) -> SessionScreen:
    assert window.session is not None
    return window.session
