"""What the engine says is what the screens show."""

import math

from fakes import FakeLauncher, go_to, poll
from pytestqt.qtbot import QtBot

from nfb.model.commands import Mark, NextStage, Note, Pause, Resume, SetThreshold
from nfb.model.events import CommandRefused
from nfb.model.protocol import StageKind
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.words import capital


def test_one_click_starts_the_demo(window: Shell, launcher: FakeLauncher) -> None:
    window.start.buttons[0].click()
    assert launcher.asked == [("demo",)]
    assert launcher.engine.started
    assert window.pages.currentWidget() is window.session
    assert window.stripe.text() == "DEMO SIGNAL" and window.stripe.isVisible()


def test_a_click_before_the_program_is_ready_is_kept(unready: Shell, launcher: FakeLauncher) -> None:
    unready.start.buttons[0].click()
    assert launcher.asked == [] and unready.start.status.text() == "Getting ready …"
    unready.ready(launcher)
    assert launcher.asked == [("demo",)]


def test_signal_check_shows_every_needed_site(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    assert session.pages.currentWidget() is session.check
    launcher.engine.grades(good=False)
    poll(window)
    assert "C3 weak: mains 31 µV" in session.check.advice.text()
    assert "C4 off: flat" in session.check.advice.text()
    assert session.check.go_on.text().startswith("Continue anyway (logged)")
    assert session.check.lamps.words() == {"contact": "off", "muscle": "none", "blink": "none", "mains": "high"}
    launcher.engine.grades(good=True)
    poll(window)
    assert session.check.advice.text() == "Every needed site is good."
    assert session.check.go_on.text() == "Baseline  F5"


def test_going_on_over_weak_contact_leaves_a_note(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.grades(good=False)
    poll(window)
    session.check.go_on.click()
    assert launcher.engine.sent == [Note("went on from the signal check with C3 weak, C4 off"), NextStage()]


def test_baseline_counts_clean_seconds(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    go_to(window, launcher.engine, StageKind.BASELINE)
    assert session.pages.currentWidget() is session.baseline
    launcher.engine.advance(3.0)
    poll(window, 6)
    live = launcher.engine.live
    assert live is not None and live.hop.valid_s > 1.0
    assert session.baseline.clean.text() == f"0:{round(live.hop.valid_s):02d}"
    assert session.baseline.of.text() == "clean of 0:06"
    assert session.header.stage.text() == "Baseline, eyes open"


def test_training_shows_the_engines_numbers_and_words(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.advance(4.0)
    poll(window, 40)
    live, train = launcher.engine.live, session.train
    assert live is not None and session.header.stage.text() == "Run 1 of 2"
    assert train.reason.text() == capital(live.why)
    assert train.meter.texts()[0] == f"{100 * live.in_range_30s:.0f} %"
    assert train.loop.text().startswith("Loop 212 ms · loss 0.0 % · clean ")
    alone, together = launcher.engine.proposals.expected_share(0, session.bridge.view.thresholds[0])
    assert f"expected {100 * together:.0f} %" == train.meter.texts()[2]
    assert train.bars.summary().startswith(f"SMR {live.hop.features[0]:.1f} microvolt, ")
    assert 0.0 < alone < 1.0


def test_what_was_painted_is_told_to_the_engine(session: SessionScreen, launcher: FakeLauncher) -> None:
    live = launcher.engine.live
    assert live is not None and launcher.engine.shown[-1] == live.hop.hop


def test_the_break_tells_how_the_run_went(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    go_to(window, launcher.engine, StageKind.BASELINE)
    launcher.engine.advance_to(StageKind.REST)
    poll(window, 12)
    assert session.pages.currentWidget() is session.rest
    assert session.rest.done.text() == "Run 1 done"
    assert session.rest.start.text() == "Start run 2  F5"
    (ended,) = [stage for stage in session.bridge.view.ended_stages if stage.label == "run-1"]
    assert session.rest.figures.text().startswith(f"{100 * ended.in_range_share:.0f} % in range")
    assert session.client.view.message == "Take a breath."
    session.rest.start.click()
    assert launcher.engine.sent[-1] == NextStage()


def test_the_end_is_a_summary_of_the_same_figures(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, tmp_path: object
) -> None:
    go_to(window, launcher.engine, StageKind.BASELINE)
    launcher.engine.advance(60.0)
    poll(window, 2)
    assert window.summary is not None and window.pages.currentWidget() is window.summary
    assert window.bridge is None and launcher.engine.joined
    assert window.summary.title.text() == "Session summary · completed"
    assert window.summary.where.text() == f"Features are means over clean time. Saved in {tmp_path}"
    assert window.summary.figures.text().startswith("Trained 0:16 · clean ")
    labels = [window.summary.table.item(i, 0).text() for i in range(window.summary.table.rowCount())]
    assert labels == ["Check", "Baseline", "Run 1", "Rest 1", "Run 2"]


def test_pause_and_go_on(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    go_to(window, launcher.engine, StageKind.BASELINE)
    session.header.pause_button.click()
    assert launcher.engine.sent[-1] == Pause()
    launcher.engine.advance(0.2)
    poll(window)
    assert session.header.pause_button.text() == "Go on  F5"
    assert session.client.view.message == "Just a moment."
    session.header.pause_button.click()
    assert launcher.engine.sent[-1] == Resume()
    launcher.engine.advance(0.2)
    poll(window)
    assert session.header.pause_button.text() == "Pause  F5"


def test_a_lost_link_is_calm_for_the_client_and_plain_for_the_operator(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.lose_link()
    poll(window)
    assert session.notices.text().startswith("Link lost. The headset went silent. Bring it nearer.")
    assert session.client.view.message == "Just a moment."
    assert "link lost" in session.header.link.text()


def test_a_refused_command_is_said(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    launcher.engine.tell(CommandRefused(1, 1, NextStage(), "the session has ended"))
    poll(window)
    assert session.header.said() == "Not now: the session has ended"


def test_marks_and_notes_reach_the_engine(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.train.mark.emit("yawn")
    session.train.note_line.setText("sat up")
    session.train.note_line.returnPressed.emit()
    assert launcher.engine.sent[-2:] == [Mark("yawn"), Note("sat up")]


def test_dragging_a_marker_shows_what_it_would_mean_and_sends_once(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    from PySide6.QtCore import QPoint, Qt

    go_to(window, launcher.engine, StageKind.RUN)
    bars = session.train.bars
    at = bars.marker_position(0).toPoint()
    before = len(launcher.engine.sent)
    qtbot.mousePress(bars, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(bars, at + QPoint(30, 0))
    assert bars.expectation() != "" and len(launcher.engine.sent) == before
    qtbot.mouseRelease(bars, Qt.MouseButton.LeftButton, pos=at + QPoint(30, 0))
    (command,) = launcher.engine.sent[before:]
    assert isinstance(command, SetThreshold) and command.condition == 0
    row = bars.rows[0]
    moved = command.value - session.bridge.view.thresholds[0]
    assert math.isclose(moved, 30 / (bars.width() - 24) * (row.high - row.low), rel_tol=0.05)
