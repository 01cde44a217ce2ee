"""A whole session by keyboard; Esc and closing end nothing."""

import math

import pytest
from fakes import FakeLauncher, go_to, poll
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nfb.model.commands import Mark, NextStage, Note, Pause, Resume, SetThreshold
from nfb.model.protocol import StageKind
from nfb.ui.keys import BINDINGS
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.widgets.small import IconButton

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def run(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> SessionScreen:
    """In the first run, with nothing sent yet and the window active."""
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.sent.clear()
    window.activateWindow()
    window.centre.setFocus()
    return session


def test_every_key_has_an_action(session: SessionScreen) -> None:
    names = [
        f"{binding.action}_{i}" if binding.action == "quick_mark" else binding.action
        for binding in BINDINGS
        if binding.in_session
        for i in range(1, len(binding.sequences) + 1)
    ]
    assert set(names) <= set(session.actions_by_name)


def test_f1_lists_every_key_and_esc_closes_the_list(window: Shell, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLabel

    qtbot.keyClick(window, Key.Key_F1)
    assert window.overlays.keys is not None
    words = {part.text().casefold() for part in window.overlays.keys.findChildren(QLabel)}
    assert {binding.words.casefold() for binding in BINDINGS} <= words
    qtbot.keyClick(window, Key.Key_Escape)
    assert window.overlays.keys is None


@pytest.mark.parametrize("key", [Key.Key_F5, Key.Key_Space])
def test_pause_and_go_on(run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot, key: Key) -> None:
    qtbot.keyClick(window, key)
    launcher.engine.advance(0.2)
    poll(window)
    qtbot.keyClick(window, key)
    assert launcher.engine.sent == [Pause(), Resume()]


def test_f5_leaves_the_signal_check_and_the_break(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    launcher.engine.grades(good=True)
    poll(window)
    qtbot.keyClick(window, Key.Key_F5)
    assert launcher.engine.sent == [NextStage()]
    launcher.engine.advance_to(StageKind.REST)
    poll(window)
    qtbot.keyClick(window, Key.Key_F5)
    assert launcher.engine.sent == [NextStage(), NextStage()]


def test_f4_goes_to_the_next_stage(run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Key.Key_F4)
    assert launcher.engine.sent == [NextStage()]


def test_f9_shows_the_signal_and_comes_back(run: SessionScreen, window: Shell, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Key.Key_F9)
    assert run.pages.currentWidget() is run.check and run.sweep.isVisible()
    qtbot.keyClick(window, Key.Key_F9)
    assert run.pages.currentWidget() is run.train and run.sweep.isVisible()


@pytest.mark.parametrize(
    ("modifier", "share"), [(Mod.NoModifier, 0.02), (Mod.ShiftModifier, 0.005), (Mod.ControlModifier, 0.10)]
)
def test_arrows_move_the_threshold(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot, modifier: Mod, share: float
) -> None:
    threshold = run.bridge.view.thresholds[1]
    qtbot.keyClick(window, Key.Key_Down)
    qtbot.keyClick(window, Key.Key_Right, modifier)
    qtbot.keyClick(window, Key.Key_Right, modifier)
    first, second = launcher.engine.sent
    assert first.condition == second.condition == 1
    assert math.isclose(first.value, threshold * (1 + share), rel_tol=1e-12)
    assert math.isclose(second.value, threshold * (1 + share) ** 2, rel_tol=1e-12)
    qtbot.keyClick(window, Key.Key_Up)
    qtbot.keyClick(window, Key.Key_Left, modifier)
    last = launcher.engine.sent[-1]
    assert last.condition == 0
    assert math.isclose(last.value, run.bridge.view.thresholds[0] * (1 - share), rel_tol=1e-12)


def test_ctrl_z_takes_changes_back_one_by_one(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    first = run.bridge.view.thresholds[0]
    for _ in range(2):
        qtbot.keyClick(window, Key.Key_Right)
        launcher.engine.advance(0.1)
        poll(window)
    second = launcher.engine.sent[0].value
    for expected in (second, first):
        qtbot.keyClick(window, Key.Key_Z, Mod.ControlModifier)
        assert launcher.engine.sent[-1] == SetThreshold(0, expected)
        launcher.engine.advance(0.1)
        poll(window)
        assert run.bridge.view.thresholds[0] == expected
    n_sent = len(launcher.engine.sent)
    qtbot.keyClick(window, Key.Key_Z, Mod.ControlModifier)
    assert len(launcher.engine.sent) == n_sent
    assert run.header.said() == "Nothing to undo."


def test_digits_and_m_only_add_markers(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    for key in (Key.Key_M, Key.Key_1, Key.Key_4, Key.Key_9):
        qtbot.keyClick(window, key)
    assert launcher.engine.sent == [Mark("mark"), Mark("yawn"), Mark("drowsy"), Mark("mark 9")]


def test_letters_are_letters_while_a_note_is_written(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Key.Key_N)
    assert run.train.note_line.hasFocus()
    qtbot.keyClicks(run.train.note_line, "mn 19+-")
    qtbot.keyClick(run.train.note_line, Key.Key_Left)
    assert launcher.engine.sent == [] and run.train.note_line.text() == "mn 19+-"
    qtbot.keyClick(run.train.note_line, Key.Key_Return)
    assert launcher.engine.sent == [Note("mn 19+-")]
    qtbot.keyClick(window, Key.Key_M)
    assert launcher.engine.sent[-1] == Mark("mark")


def test_space_on_a_button_reached_by_tab_presses_it(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    run.header.next_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(run.header.next_button, Key.Key_Space)
    assert launcher.engine.sent == [NextStage()]


def test_scale_and_sweep(run: SessionScreen, window: Shell, qtbot: QtBot) -> None:
    for key in (Key.Key_Plus, Key.Key_Plus, Key.Key_Minus, Key.Key_Period):
        qtbot.keyClick(window, key)
    assert run.sweep.chips() == "±30 µV · 20 s · 1–40 Hz · notch 50"


def test_esc_never_ends_anything(run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot) -> None:
    for _ in range(5):
        qtbot.keyClick(window, Key.Key_Escape)
    assert launcher.engine.sent == [] and not launcher.engine.stopped


def test_closing_the_window_asks_and_keeps_going_by_default(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    window.close()
    assert window.isVisible() and window.overlays.sheet is not None
    assert window.overlays.sheet.question.text() == "Run 1 of 2 is running."
    assert [button.text() for button in window.overlays.sheet.buttons] == ["Keep going", "End and keep data"]
    launcher.engine.advance(1.0)
    poll(window)  # the session goes on underneath
    assert not launcher.engine.stopped
    qtbot.keyClick(window.overlays.sheet, Key.Key_Escape)
    assert window.overlays.sheet is None and not launcher.engine.stopped
    launcher.engine.advance(60.0)
    poll(window)
    assert window.isVisible() and window.pages.currentWidget() is window.summary


def test_end_and_keep_data_closes_the_window_in_order(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    window.close()
    assert window.overlays.sheet is not None
    window.overlays.sheet.buttons[1].click()
    assert launcher.engine.stopped
    poll(window)
    assert launcher.engine.joined and not window.isVisible()


def test_the_end_button_ends_with_a_summary(run: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    run.header.end_button.click()
    assert window.overlays.sheet is not None
    window.overlays.sheet.buttons[1].click()
    poll(window)
    assert window.isVisible() and window.summary is not None
    assert window.summary.title.text() == "Session summary · stopped by the operator"


def test_other_keys_reach_every_button_and_hint_at_once(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    train, strip = session.train, session.one_screen
    assert session.header.pause_button.text() == "Begin  F5"
    window.settings.change(
        keys={
            "pause": ("F6",),
            "next": ("F12",),
            "check": ("F3",),
            "mark": ("Shift+Left",),
            "threshold_down_fine": ("F2",),
            "note": ("X",),
            "client_full_screen": ("Ctrl+F",),
            "undo": ("Backspace",),
            "auto": ("Ctrl++",),
            "target_down": ("-",),
            "scale_coarser": ("Y",),
            "go_on": ("Ctrl+Return",),
            "help": ("Ctrl+H",),
        }
    )
    assert session.header.pause_button.text() == "Begin  F6"
    assert session.header.pause_button.toolTip() == "Begin, pause, go on (F6)"
    assert session.header.next_button.text() == "Next  F12"
    assert session.header.client_button.toolTip() == "Open the client's window; the key fills its screen (Ctrl+F)"
    assert session.header.end_button.toolTip() == "End the session and keep the data (Ctrl+Shift+E)"
    assert session.check.go_on.text() == "Baseline  F6"
    assert train.note_line.placeholderText() == "Note (X), Enter keeps it"
    assert train.undo.toolTip() == "Undo the last live change (Backspace)"
    assert train.steering.auto.toolTip().endswith("(Ctrl++)")
    assert "Mark  Shift+←" in [button.text() for button in train.findChildren(IconButton)]
    assert "Operator  Ctrl+F" in [button.text() for button in strip.findChildren(IconButton)]
    assert session.baseline.proposal.train_button.text() == "Train  F6"
    assert window.top.keys_button.text() == "Keys  Ctrl+H"
    window.activateWindow()  # the client's was opened last
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Key.Key_F6)
    assert launcher.engine.sent[-1] == NextStage()
    launcher.engine.advance_to(StageKind.REST)
    poll(window)
    assert session.rest.start.text() == "Start run 2  F6"
    window.settings.change(keys={})
    assert session.rest.start.text() == "Start run 2  F5"
    assert session.header.pause_button.toolTip() == "Begin, pause, go on (F5 · Space)"


def test_a_tip_for_newcomers_names_the_keys_in_force(session: SessionScreen, window: Shell) -> None:
    window.settings.change(keys={"mark": ("F8",)})
    session.show_tip(3)
    assert "F8 marks a moment" in session.notices.text()


def to_the_client(session: SessionScreen, qtbot: QtBot) -> None:
    """Keys go to the client's window from now on."""
    session.client.show()
    session.client.activateWindow()
    qtbot.waitUntil(session.client.isActiveWindow)


def test_other_keys_mean_the_same_in_the_clients_window(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    window.settings.change(keys={"pause": ("F6",), "blank": ("F7",), "go_on": ("Ctrl+PgDown",)})
    to_the_client(run, qtbot)
    qtbot.keyClick(run.client, Key.Key_F5)
    qtbot.keyClick(run.client, Key.Key_B, Mod.ControlModifier)
    assert launcher.engine.sent == [] and not run.stage_view.blank
    qtbot.keyClick(run.client, Key.Key_F6)
    assert launcher.engine.sent == [Pause()]
    qtbot.keyClick(run.client, Key.Key_F7)
    assert run.stage_view.blank
    qtbot.keyClick(run.client, Key.Key_Escape)
    assert run.stage_view.blank


@pytest.mark.parametrize(
    ("key", "ends"),
    [
        (Key.Key_F7, True),
        (Key.Key_Space, True),  # the client's own, whatever the operator chose
        (Key.Key_PageDown, False),
    ],
)
def test_the_client_ends_a_break_with_the_key_that_was_chosen(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot, key: Key, ends: bool
) -> None:
    window.settings.change(keys={"go_on": ("F7",)})
    session.rest.offer(film=False, music=False, client_ends=True)
    assert "Space, Enter or F7," in session.rest.hint.text()
    session.stage_view.pacing.client_ends = True
    go_to(window, launcher.engine, StageKind.REST)
    to_the_client(session, qtbot)
    qtbot.keyClick(session.client, key)
    assert session.stage_view.pacing.ready is ends
