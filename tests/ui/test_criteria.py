"""What a practitioner can count on, by real clicks and keys on sessions of the simulated client."""

import ast
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import FakeLauncher, Quick, go_to, poll
from people import CONTACT, open_at, screened
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import nfb.ui
from nfb.engine.engine import Engine
from nfb.engine.launch import Options, demo_engine, session_engine
from nfb.engine.live import Fault
from nfb.engine.visit import VisitOptions
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import open_own_recording
from nfb.files.shelf import find_protocol
from nfb.model.commands import NextStage
from nfb.model.events import CommandRefused, StateChanged, ThresholdChanged
from nfb.model.hop import WhyKind
from nfb.model.protocol import StageKind
from nfb.practice.clients import Client, Consent
from nfb.practice.plans import Appointment, Plan
from nfb.practice.sessions import SessionEntry
from nfb.ui import theme
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.notice import Level, Sheet

Key, Mod = Qt.Key, Qt.KeyboardModifier
RATE_HZ = 250.0
PATIENCE_S = 300.0  # with another program, on a computer that is busy


def simulated(folder: Path, scenario: str = "quiet", *, speed: float = 20.0, run_s: float = 300.0) -> Engine:
    """A session of one run, recorded, whose baseline is over soon."""
    options = Options(visit=VisitOptions(runs=1, run_s=run_s, baseline_s=5.0), out=folder, speed=speed, seed=2)
    return session_engine(
        load_protocol(find_protocol("smr-central")), "simulated", {"scenario": scenario}, "T1", options
    )


class Recorded(FakeLauncher):
    """Its demo is a session that is recorded."""

    def __init__(self, folder: Path, scenario: str = "quiet", **options: float) -> None:
        super().__init__(folder)
        self.real = simulated(folder, scenario, **options)

    def demo(self) -> Engine:
        return self.real


def begin(window: Shell, launcher: Recorded, qtbot: QtBot) -> Engine:
    """One click, then training."""
    window.ready(launcher)
    qtbot.mouseClick(window.start.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.bridge is not None and window.bridge.view.training, timeout=30_000)
    window.activateWindow()
    window.centre.setFocus()
    return launcher.real


# from launch to feedback


def test_one_click_gives_feedback_within_ten_seconds_of_signal(unready: Shell, qtbot: QtBot, tmp_path: Path) -> None:
    """The demo as it is, on the simulated client in place of the synthetic board."""

    class Demo(FakeLauncher):
        def demo(self) -> Engine:
            made = demo_engine(Options(out=tmp_path))
            made._source = simulated(tmp_path)._source
            made._speed = 10.0
            return made

    unready.ready(Demo(tmp_path))
    first: list[int] = []
    qtbot.mouseClick(unready.start.buttons[0], Qt.MouseButton.LeftButton)
    assert unready.bridge is not None
    bridge = unready.bridge

    def see(frame: object) -> None:
        given = (h.sample for h in frame.hops if h.why.kind in (WhyKind.REWARD, WhyKind.DWELL, WhyKind.LIMIT))
        first.extend([] if first else list(given)[:1])

    bridge.frame.connect(see)
    qtbot.waitUntil(lambda: bool(first), timeout=20_000)
    assert first[0] / RATE_HZ <= 10.0
    session = unready.session
    assert session is not None
    qtbot.waitUntil(lambda: session.pages.currentWidget() is session.train)
    unready.sessions.stop()
    qtbot.waitUntil(lambda: unready.bridge is None, timeout=10_000)


# a threshold


def test_one_key_moves_a_threshold_at_once_is_recorded_and_can_be_taken_back(
    unready: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = begin(unready, Recorded(tmp_path), qtbot)
    view = unready.bridge.view
    before = view.thresholds[0]
    changes: list[ThresholdChanged] = []
    unready.bridge.happened.connect(lambda e: changes.append(e) if isinstance(e, ThresholdChanged) else None)
    qtbot.keyClick(unready, Key.Key_Right)
    qtbot.waitUntil(lambda: len(changes) == 1)
    assert changes[0].new == view.thresholds[0]
    assert math.isclose(changes[0].new, 1.02 * before, rel_tol=1e-9)
    qtbot.keyClick(unready, Key.Key_Z, Mod.ControlModifier)
    qtbot.waitUntil(lambda: len(changes) == 2)
    assert view.thresholds[0] == before
    unready.sessions.stop()
    qtbot.waitUntil(lambda: unready.bridge is None, timeout=10_000)
    recorded = [
        e for e in open_own_recording(engine.folder).session.journal.events if isinstance(e, ThresholdChanged)
    ]
    assert [(e.old, e.new, e.by) for e in recorded if e.by == "operator"] == [
        (before, changes[0].new, "operator"), (changes[0].new, before, "operator")
    ]  # fmt: skip


def test_the_change_is_heard_and_seen_at_the_next_hop(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    window.activateWindow()
    window.centre.setFocus()
    bars, at = session.train.bars, launcher.engine.live.hop
    marker, picture = bars.marker_position(0), bars.grab().toImage()
    changes: list[ThresholdChanged] = []
    window.bridge.happened.connect(lambda e: changes.append(e) if isinstance(e, ThresholdChanged) else None)
    qtbot.keyClick(window, Key.Key_Right, Mod.ControlModifier)
    launcher.engine.advance(0.1)
    poll(window)
    assert (changes[0].sample - at.sample) / RATE_HZ <= 0.1
    assert bars.marker_position(0).x() > marker.x() and bars.grab().toImage() != picture


# the link


def test_thirty_seconds_without_samples_are_gone_on_from_with_one_key_in_the_same_recording(
    unready: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = begin(unready, Recorded(tmp_path, "quiet,link-loss@20:30"), qtbot)
    session, folder = unready.session, engine.folder
    qtbot.waitUntil(lambda: session.view.paused, timeout=10_000)
    assert session.client.view.message == "Just a moment." and QApplication.activeModalWidget() is None
    qtbot.waitUntil(lambda: session.view.paused and session.view.streaming, timeout=30_000)
    qtbot.keyClick(unready, Key.Key_F5)
    qtbot.waitUntil(lambda: session.view.training, timeout=10_000)
    at = engine.live.hop.sample
    qtbot.waitUntil(lambda: engine.live.hop.sample > at + 2 * RATE_HZ, timeout=10_000)
    unready.sessions.stop()
    qtbot.waitUntil(lambda: unready.bridge is None, timeout=10_000)
    assert engine.folder == folder and len(list(tmp_path.rglob("*_eeg.eeg"))) == 1
    recording = open_own_recording(folder)
    (gap,) = recording.gaps
    assert gap.sample == 20 * RATE_HZ, "every sample before the loss is in the file"
    assert math.isclose(gap.missing_samples / RATE_HZ, 30.0, abs_tol=1.0)
    assert recording.n_samples > gap.sample + 2 * RATE_HZ
    assert np.isfinite(recording.eeg[:, : gap.sample]).all()


# ends that nobody asked for


def test_closing_and_esc_end_nothing_and_the_end_that_was_chosen_loses_nothing(
    unready: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    engine = begin(unready, Recorded(tmp_path), qtbot)
    for _ in range(3):
        qtbot.keyClick(unready, Key.Key_Escape)
    unready.close()
    assert unready.isVisible() and unready.overlays.sheet is not None
    qtbot.keyClick(unready.overlays.sheet, Key.Key_Escape)
    at = engine.live.hop.sample
    qtbot.waitUntil(lambda: engine.live.hop.sample > at + RATE_HZ, timeout=10_000)
    unready.close()
    qtbot.mouseClick(unready.overlays.sheet.buttons[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not unready.isVisible(), timeout=10_000)
    recording = open_own_recording(engine.folder)
    assert recording.n_samples > engine.live.hop.sample
    assert engine.summary.end_reason.value == "stopped by the operator"


# Ends itself with the system's signal in the midst of a run, as a log-off does.
LOG_OFF = """
import json, os, signal, sys
from pathlib import Path
from nfb.ui import app, shell
from PySide6.QtCore import QTimer
sys.path.insert(0, sys.argv[1])
from test_criteria import Recorded
launcher = Recorded(Path(sys.argv[2]))
ready = shell.Shell.ready
def look(window):
    bridge = window.bridge
    if bridge is not None and bridge.view.training and launcher.real.live.hop.valid_s > 3:
        print(json.dumps([launcher.real.live.hop.sample, str(launcher.real.folder)]), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
        window.timer.stop()
def got_ready(window, made):
    ready(window, made)
    window.begin_demo()
    window.timer = QTimer(window, interval=20)
    window.timer.timeout.connect(lambda: look(window))
    window.timer.start()
shell.Shell.ready = got_ready
sys.exit(app.run_window(lambda: launcher, open_book=None))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_log_off_in_the_midst_of_a_run_is_written_down_and_loses_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", LOG_OFF, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("[")]
    assert lines, done.stderr[-2000:]
    assert done.returncode == 128 + signal.SIGINT
    last_sample, folder = json.loads(lines[-1])
    recording = open_own_recording(Path(folder))
    assert recording.n_samples > last_sample and recording.gaps == ()
    ended = [record for record in recording.session.journal.records if record["event"] == "session_ended"]
    assert [record["reason"] for record in ended] == ["INTERRUPTED"]


# nothing covers a run


def test_no_trouble_in_a_run_opens_a_dialog_or_covers_the_eeg(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    engine = launcher.engine
    go_to(window, engine, StageKind.RUN)

    def lost_contact() -> None:
        engine.tell(StateChanged(1, 1, "paused", "paused: signal needs attention"))

    def lost_link() -> None:
        engine.lose_link()
        poll(window)
        session.link_care.show_frame(11.0, session.view, 0.0)
        assert session.link_care.sheet is not None

    troubles: dict[str, Callable[[], object]] = {
        "contact": lost_contact,
        "disk": lambda: engine.tell(Fault("The disk is full.", "Recording goes on in another folder.", False)),
        "device": lambda: engine.tell(Fault("The headset delivers 230 samples a second.", "", False)),
        "refused": lambda: engine.tell(CommandRefused(1, 1, NextStage(), "the session has ended")),
        "screen": session.client.screen_lost.emit,
        "link": lost_link,
        "closing": window.close,
        "ending": window.sessions.ask_to_end,
        "keys of one screen": session.screens.tell_lost,
    }
    for name, happens in troubles.items():
        happens()
        poll(window)
        QApplication.processEvents()
        assert QApplication.activeModalWidget() is None and QApplication.activePopupWidget() is None, name
        assert [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isModal()] == [], name
        sweep = session.sweep.sweep
        free = QRect(sweep.mapTo(window, QPoint()), sweep.size())
        for sheet in window.findChildren(Sheet):
            if sheet.isVisible():
                over = QRect(sheet.mapTo(window, QPoint()), sheet.size())
                assert not over.intersects(free), f"{name}: the sheet covers the EEG"
        assert sweep.isVisible(), name


def test_modules_of_a_run_know_no_dialog() -> None:
    """Whatever the session's screen imports, also within functions; files are chosen on pages outside of a run."""
    window = Path(nfb.ui.__file__).parent
    seen, waiting = set(), [window / "session_screen.py"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        waiting += [found for name in imported(path) if (found := module_file(name)) is not None]
    assert len(seen) > 40
    offenders = {str(path.relative_to(window)): found for path in seen if (found := DIALOGS & names_in(path))}
    assert offenders == {}
    everywhere = {path.name: found for path in window.rglob("*.py") if (found := ASKING & names_in(path))}
    assert everywhere == {}, "nothing asks in a box of its own, in a run or outside of it"


ASKING = {"QMessageBox", "QInputDialog", "QErrorMessage", "QProgressDialog", "setWindowModality", "setModal"}
DIALOGS = {*ASKING, "QDialog", "QFileDialog", "QColorDialog", "QFontDialog"}


def imported(path: Path) -> set[str]:
    """Modules of the window that a module imports, at its top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("nfb.ui")}


def module_file(name: str) -> Path | None:
    place = Path(nfb.ui.__file__).parent.joinpath(*name.split(".")[2:])
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


# a visit


@pytest.fixture
def known_client(qtbot: QtBot, qapp: QApplication, own_book: Path, tmp_path: Path) -> Iterator[Shell]:
    """The window on its first page, with a client of today who was here a week ago."""
    now = datetime.now(UTC)
    with open_at(own_book) as book:
        book.set_of_book(CONTACT)
        book.add_client(Client("A031"))
        screened(book, "A031")
        book.add("A031", Consent("1", now.date()))
        book.add("A031", Plan("smr-central", runs=2, run_s=40.0, rest_s=600.0))
        book.add("A031", Appointment(now))
        summary = {"state": "done", "choices": {"params": {"scenario": "quiet"}, "feedback": "dot"}}
        entry = SessionEntry(
            1, "sub-A031/ses-001", now - timedelta(days=7), "smr-central", 1, "simulated", 1200.0, 2400.0, summary
        )
        book.add("A031", entry)
    theme.apply(qapp, theme.DARK)
    shell = Shell(lambda make: open_at(own_book))
    with qtbot.waitExposed(shell):
        shell.show()
    shell.activateWindow()
    shell.ready(Quick(tmp_path / "recordings", speed=20.0))
    qtbot.waitUntil(lambda: shell.desk is not None and bool(shell.desk.home.cards), timeout=10_000)
    yield shell
    shell.shut_down()
    shell.close()
    shell.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def stage_is(shell: Shell, kind: StageKind, *, paused: bool = False) -> Callable[[], bool]:
    def so() -> bool:
        view = shell.bridge.view if shell.bridge is not None else None
        return view is not None and view.stage_kind is kind and view.paused == paused

    return so


def test_a_known_client_trains_after_three_clicks(known_client: Shell, qtbot: QtBot) -> None:
    shell, clicks = known_client, 0

    def click(button: QWidget) -> None:
        nonlocal clicks
        assert button.isVisible() and button.isEnabled()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        clicks += 1

    qtbot.waitUntil(lambda: shell.desk.home.cards[0].start_button.isVisible())
    click(shell.desk.home.cards[0].start_button)
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.check_in is not None, timeout=10_000)
    click(shell.visit.check_in.start)
    qtbot.waitUntil(stage_is(shell, StageKind.CHECK), timeout=20_000)
    qtbot.mouseClick(shell.session.check.go_on, Qt.MouseButton.LeftButton)  # the end of the fitting
    qtbot.waitUntil(stage_is(shell, StageKind.RUN, paused=True), timeout=20_000)
    click(shell.session.baseline.proposal.train_button)
    view = shell.bridge.view
    qtbot.waitUntil(lambda: view.live.hop.valid_s > 1.0 and not view.paused, timeout=10_000)
    assert view.stage_kind in (StageKind.RUN, StageKind.REST) and clicks == 3
    shell.sessions.stop()
    qtbot.waitUntil(lambda: shell.bridge is None, timeout=10_000)


def test_a_check_in_with_answers_is_asked_about_before_the_window_closes(known_client: Shell, qtbot: QtBot) -> None:
    shell = known_client
    qtbot.waitUntil(lambda: shell.desk.home.cards[0].start_button.isVisible())
    qtbot.mouseClick(shell.desk.home.cards[0].start_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.check_in is not None, timeout=10_000)
    page = shell.visit.check_in
    assert not shell.sessions.in_check_in, "nothing was answered"
    qtbot.keyClick(page.rows.sliders["mood"], Key.Key_6)
    shell.close()
    assert shell.isVisible() and shell.overlays.sheet is not None
    qtbot.mouseClick(shell.overlays.sheet.buttons[0], Qt.MouseButton.LeftButton)
    assert shell.isVisible() and page.answers.get("mood") == 6
    shell.close()
    qtbot.mouseClick(shell.overlays.sheet.buttons[1], Qt.MouseButton.LeftButton)
    assert not shell.isVisible()


@pytest.mark.parametrize(
    ("free_mb", "level", "said"),
    [(900, None, ""), (400, Level.LOOK, "Less than 500 MB"), (90, Level.ACT, "Less than 100 MB")],
)
def test_a_disk_that_fills_up_is_told_in_time(
    session: SessionScreen, window: Shell, free_mb: float, level: Level | None, said: str,
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot,
) -> None:  # fmt: skip
    qtbot.waitUntil(lambda: window._asking_disk is None)
    session.notices.clear_all()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free_mb * 1e6))
    asked: list[float | None] = []
    show = window.sessions.show_disk
    monkeypatch.setattr(window.sessions, "show_disk", lambda hours: (show(hours), asked.append(hours)))
    window._look_at_disk.timeout.emit()
    qtbot.waitUntil(lambda: bool(asked))
    assert session.notices.text().startswith(said)
    assert said == "" or session.notices.level is level


def test_a_whole_visit_from_the_first_page_and_back_without_a_mouse(known_client: Shell, qtbot: QtBot) -> None:
    shell = known_client

    def press(key: Key, modifier: Mod = Mod.NoModifier) -> None:
        """To whatever has the focus, as a keyboard does."""
        qtbot.keyClick(QApplication.focusWidget() or shell, key, modifier)

    qtbot.waitUntil(lambda: shell.desk.home.cards[0].start_button.hasFocus())
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.check_in is not None, timeout=10_000)
    page = shell.visit.check_in
    qtbot.waitUntil(page.start.isEnabled)
    for _ in range(60):
        if QApplication.focusWidget() is page.rows.sliders["mood"]:
            break
        press(Key.Key_Tab)
    press(Key.Key_6)
    press(Key.Key_Return)
    qtbot.waitUntil(stage_is(shell, StageKind.CHECK), timeout=20_000)
    press(Key.Key_F5)
    qtbot.waitUntil(stage_is(shell, StageKind.RUN, paused=True), timeout=20_000)
    press(Key.Key_F5)
    qtbot.waitUntil(stage_is(shell, StageKind.REST), timeout=20_000)
    press(Key.Key_F5)
    qtbot.waitUntil(lambda: shell.visit is not None and shell.visit.wrap_up is not None, timeout=20_000)
    wrap_up = shell.visit.wrap_up
    qtbot.waitUntil(wrap_up.save.isEnabled, timeout=10_000)
    press(Key.Key_Return, Mod.ControlModifier)
    qtbot.waitUntil(lambda: shell.visit is None, timeout=10_000)
    assert shell.pages.currentWidget() is shell.desk
    for _ in range(3):
        if any(card.isVisible() for card in shell.desk.home.cards):
            break
        press(Key.Key_Escape)
    assert any(card.isVisible() for card in shell.desk.home.cards), "Esc leads back to the first page"
    with open_at(Path(os.environ["NFB_BOOK"])) as book:
        done = book.records("A031", SessionEntry)[-1].value
    assert (done.number, done.summary["state"], done.trained_s) == (2, "done", pytest.approx(80.0, abs=0.1))
