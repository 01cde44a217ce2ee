"""The client sees something calm, whatever the signal, the link or the operator does."""

import pytest
from fakes import FakeEngine, FakeLauncher, go_to, poll
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.model.commands import NextStage, Pause, Resume, SetFeedback, WaitAfter
from nfb.model.protocol import StageKind
from nfb.model.samples import LinkChange, LinkState
from nfb.ui.feedback.mode import Wishes
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.feedback import FeedbackView

FRAME_S = 1 / 60


def test_the_instruction_fades_after_eight_seconds(qtbot: QtBot) -> None:
    view = FeedbackView()
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.begin("dot")

    def words_shown() -> bool:
        image = view.grab().toImage()
        return any(QColor(image.pixel(x, y)).lightness() > 120 for x in range(0, 600, 2) for y in range(330, 380, 2))

    assert not words_shown()
    view.show_instruction("Let the circle grow.")
    for _ in range(int(7.9 / FRAME_S)):
        view.show_frame(0.5, FRAME_S)
    assert words_shown()
    for _ in range(int(1.5 / FRAME_S)):
        view.show_frame(0.5, FRAME_S)
    assert not words_shown()


def test_esc_pauses_and_blanks_and_ends_nothing(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    launcher.engine.sent.clear()
    session.client.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is session.client)
    qtbot.keyClick(session.client, Qt.Key.Key_Escape)
    assert launcher.engine.sent == [Pause()] and session.client.view.blank
    assert not launcher.engine.stopped and session.client.isVisible()
    for _ in range(60):
        session.client.view.show_frame(0.5, FRAME_S)
        session.client.view.grab()
    image = session.client.view.grab().toImage()
    assert {image.pixel(x, 60) for x in range(0, image.width(), 5)} == {QColor("#0E1419").rgb()}


def test_without_leave_the_clients_key_ends_nothing(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    launcher.engine.sent.clear()
    for kind in (StageKind.RUN, StageKind.REST):
        launcher.engine.advance_to(kind)
        poll(window)
        qtbot.keyClick(session.client, Qt.Key.Key_PageDown)
    assert launcher.engine.sent == []


def let_client_end_breaks(session: SessionScreen, engine: FakeEngine) -> None:
    session.stage_view.pacing.client_ends = True
    engine.send(WaitAfter(baseline=False, rest=True))


def test_what_follows_a_break_waits_for_the_clients_key(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    let_client_end_breaks(session, launcher.engine)
    go_to(window, launcher.engine, StageKind.REST)
    session.do("client")
    launcher.engine.sent.clear()
    assert session.client.view.message == "Take a breath. Press a key when you are ready."
    launcher.engine.advance_to(StageKind.RUN)
    poll(window)
    launcher.engine.advance(1.0)
    poll(window, 6)
    assert launcher.engine.sent == [] and session.view.paused
    assert session.view.ended_stages[-1].label == "rest-1" and session.view.stage_kind is StageKind.RUN
    assert session.client.view.message == "Press a key when you are ready."
    assert session.pages.currentWidget() is session.rest and session.rest.left_over.text() == "0:00"
    qtbot.keyClick(session.client, Qt.Key.Key_PageDown)
    assert launcher.engine.sent[-1] == Resume()
    launcher.engine.advance(0.2)
    poll(window)
    assert session.client.view.message == "" and session.pages.currentWidget() is session.train


def test_a_key_that_comes_before_the_breaks_time_is_kept(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    let_client_end_breaks(session, launcher.engine)
    go_to(window, launcher.engine, StageKind.REST)
    session.do("client")
    launcher.engine.sent.clear()
    qtbot.keyClick(session.client, Qt.Key.Key_PageUp)
    assert launcher.engine.sent == [], "a break lasts as long as it is planned"
    assert session.client.view.message == "Take a breath."
    launcher.engine.advance_to(StageKind.RUN)
    poll(window)
    launcher.engine.advance(0.2)
    poll(window)
    assert launcher.engine.sent == [Resume()] and not session.view.paused
    assert session.client.view.message == "" and session.view.refused is None


def test_the_operator_ends_a_break_at_once(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    let_client_end_breaks(session, launcher.engine)
    go_to(window, launcher.engine, StageKind.REST)
    launcher.engine.sent.clear()
    session.do("pause")
    launcher.engine.advance(0.2)
    poll(window)
    assert launcher.engine.sent == [NextStage()] and session.view.stage_kind is StageKind.RUN
    assert not session.view.paused


def test_the_ring_shrinks_in_breaks_and_in_runs_where_it_is_wanted(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float | None] = []
    monkeypatch.setattr(session.client, "set_ring", told.append)
    go_to(window, launcher.engine, StageKind.RUN)
    assert told and set(told) == {None}
    session.stage_view.begin("dot", Wishes(ring=True))
    told.clear()
    for kind in (StageKind.RUN, StageKind.REST):
        launcher.engine.advance_to(kind)
        poll(window)
        before = told[-1]
        launcher.engine.advance(0.5)
        poll(window)
        assert before is not None and told[-1] is not None and 0 < told[-1] < before <= 1


@pytest.mark.parametrize("trouble", ["muscle", "link"])
def test_held_feedback_is_neutral_within_a_second(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, trouble: str
) -> None:
    seen: list[float | None] = []
    go_to(window, launcher.engine, StageKind.RUN)
    session.client.view._shown.update = lambda value, passed_s: seen.append(value)  # type: ignore[method-assign]
    live = launcher.engine.live
    assert live is not None
    if trouble == "link":
        launcher.engine.tell(LinkChange(LinkState.STALLED))
    launcher.engine.live = live._replace(feedback=1.0, hop=live.hop._replace(artefact=trouble == "muscle"))
    poll(window)
    assert seen[-1] is None
    launcher.engine.tell(LinkChange(LinkState.STREAMING))
    launcher.engine.live = live._replace(feedback=1.0, hop=live.hop._replace(artefact=False))
    poll(window, 2)
    assert seen[-1] == 1.0


def test_a_films_sound_follows_volume_mute_and_words(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    heard: list[float] = []
    go_to(window, launcher.engine, StageKind.RUN)
    session.client.view._shown.set_sound = heard.append  # type: ignore[method-assign]
    session.train.volumes.volume_changed.emit("bed", 0.25)
    assert heard[-1] == 0.5
    session.do("mute")
    assert heard[-1] == 0.0
    session.do("mute")
    session.client.view.message = "Just a moment."
    assert heard[-1] == 0.0
    session.client.view.message = ""
    assert heard[-1] == 0.5


def test_what_is_chosen_in_a_break_is_shown_played_and_sent(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.REST)
    rest = session.rest
    assert rest.feedback.findData("film") < 0, "there is no file to show"
    rest.feedback.setCurrentIndex(rest.feedback.findData("branch"))
    rest.sound.setCurrentIndex(rest.sound.findData("rain"))
    rest.sound.activated.emit(rest.sound.currentIndex())
    assert launcher.engine.sent[-1] == SetFeedback("branch", "rain")
    launcher.engine.advance(0.2)
    poll(window)
    assert (session.client.view.mode, session.sound_choice.sound, session.view.sound) == ("branch", "rain", "rain")
    assert session.client.view.message == "Take a breath."


def test_the_instruction_speaks_of_what_is_shown(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(session.client.view, "show_instruction", said.append)
    go_to(window, launcher.engine, StageKind.RUN)
    assert "the bar" in said[-1]
    session.send(SetFeedback("branch", ""))
    for kind in (StageKind.REST, StageKind.RUN):
        launcher.engine.advance_to(kind)
        poll(window)
    assert "the branch" in said[-1] and "the bar" not in said[-1]


def test_the_mirror_names_a_film_it_does_not_play(qtbot: QtBot) -> None:
    mirror, plain = FeedbackView(), FeedbackView()
    qtbot.addWidget(mirror)
    qtbot.addWidget(plain)
    mirror.begin("film")
    plain.begin("dawn")
    assert mirror.grab().toImage() != plain.grab().toImage()


def test_closing_the_client_window_leaves_the_mirror(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    session.do("client")
    session.client.close()
    launcher.engine.advance(0.5)
    poll(window, 2)
    assert not launcher.engine.stopped and session.train.mirror.isVisible()
    assert session.train.mirror.message == ""


def test_the_client_view_is_neutral_while_the_link_is_lost(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.lose_link()
    poll(window, 2)
    view = session.client.view
    assert launcher.engine.live.feedback == 0.5
    assert view.message == "Just a moment."
