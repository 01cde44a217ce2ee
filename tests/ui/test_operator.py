"""Steering, suggestions, alarms and screens of a running session, as the operator meets them."""

import math
import re
from dataclasses import replace

import pytest
from fakes import FakeLauncher, go_to, poll, short_setup
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nfb.devices.scenario import EventKind
from nfb.engine.live import Started
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import (
    AimAt,
    Auto,
    NextStage,
    Note,
    Pause,
    PauseCause,
    Resume,
    SetFeedback,
    SetThresholds,
    WaitAfter,
)
from nfb.model.events import AuditLine, CommandApplied, StageStarted, StateChanged
from nfb.model.protocol import StageKind
from nfb.model.samples import LinkChange, LinkState
from nfb.ui.keys import BINDINGS, bound
from nfb.ui.pages.train import Preset
from nfb.ui.session_screen import SessionScreen
from nfb.ui.session_view import SessionView
from nfb.ui.shell import Shell
from nfb.ui.widgets.notice import Level, NoticeBar
from nfb.ui.words import clock, percent


@pytest.fixture
def run(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> SessionScreen:
    """In the first run, with nothing sent yet."""
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.sent.clear()
    session.notices.clear_all()
    return session


def settle(window: Shell, launcher: FakeLauncher, seconds: float = 0.1) -> None:
    launcher.engine.advance(seconds)
    poll(window, 20)


# steering


def test_a_higher_target_eases_all_thresholds_at_once_and_undo_takes_it_back(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    before = tuple(run.view.thresholds)
    run.do("target_up")
    command, aim = launcher.engine.sent
    assert isinstance(command, SetThresholds) and aim == AimAt(0.70)
    settle(window, launcher)
    assert run.view.target == 0.70
    judged = launcher.engine.proposals.expected(tuple(run.view.thresholds))
    assert judged is not None and math.isclose(judged.expected, 0.70, abs_tol=0.03)
    run.do("undo")
    settle(window, launcher)
    assert tuple(run.view.thresholds) == before and run.view.target == 0.65
    assert launcher.engine.sent[-1] == AimAt(0.65)
    assert not run.view.changes and not run.train.undo.isEnabled()


@pytest.mark.parametrize(
    ("protocol", "of_each_part"),
    [
        ("smr-central", ["65 %"]),  # what its inhibits take off that is told as expected
        ("alpha-theta", ["50 %"]),
        ("tbr-cz-both", ["49 %"]),  # two rewards, each in 70 % of the time
        ("beta-left-then-at", ["65 %", "50 %"]),
    ],
)
def test_the_target_is_the_protocols_own_until_one_is_chosen(protocol: str, of_each_part: list[str]) -> None:
    setup = short_setup(protocol, load_protocol(find_protocol(protocol)).stages)[0]
    view = SessionView()
    view.take(Started(setup, None))
    assert percent(view.target) == of_each_part[0]
    runs = [i for i, stage in enumerate(setup.stages) if stage.has_feedback]
    said = []
    for run in runs:
        view.take(StageStarted(0, 0, run, setup.stages[run].label))
        said.append(percent(view.target))
    assert list(dict.fromkeys(said)) == of_each_part
    view.take(CommandApplied(1, 1, AimAt(0.8)))
    view.target = 0.8
    view.take(StageStarted(2, 2, runs[0], ""))
    assert view.target == 0.8
    planned = SessionView()
    planned.take(Started(replace(setup, target=0.75), None))
    planned.take(StageStarted(0, 0, runs[0], ""))
    assert planned.target == 0.75


def test_auto_says_what_it_does_to_the_score_and_can_be_undone(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    run.do("auto")
    assert launcher.engine.sent == [Auto(True)]
    settle(window, launcher)
    assert run.train.steering.auto.isChecked() and run.train.warning.isVisible()
    assert run.train.warning.text() == "Auto: score ≠ learning"
    run.do("undo")
    settle(window, launcher)
    assert launcher.engine.sent[-1] == Auto(False)
    assert run.train.steering.hold.isChecked() and not run.train.warning.isVisible()


def test_a_feedback_chosen_anywhere_reaches_the_client_and_can_be_undone(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    before = run.view.feedback
    run.send(SetFeedback("dot", ""))
    settle(window, launcher)
    assert run.client.view.mode == run.train.mirror.mode == "dot"
    run.do("undo")
    settle(window, launcher)
    assert launcher.engine.sent[-1] == SetFeedback(before, "")
    assert run.client.view.mode == before


def test_presets_hide_and_bring_back(run: SessionScreen) -> None:
    def shown() -> tuple[bool, bool, bool]:
        return run.train.spectrum.isVisible(), run.train.limits.isVisible(), run.train.bars.shows_bands

    assert shown() == (True, True, True)
    run.header.preset.setCurrentIndex(list(Preset).index(Preset.SIMPLE))
    assert shown() == (False, False, False)
    assert run.train.bars.isVisible() and run.train.trend.isVisible() and run.train.mirror.isVisible()
    run.header.preset.setCurrentIndex(list(Preset).index(Preset.RESEARCH))
    assert shown() == (True, True, True)


def test_volumes_are_told_and_reach_the_mixer(run: SessionScreen) -> None:
    told: list[tuple[str, float]] = []
    run.train.volumes.volume_changed.connect(lambda which, value: told.append((which, value)))
    run.train.volumes.sliders["bed"].setValue(30)
    run.train.volumes.sliders["tokens"].setValue(50)
    assert told == [("bed", 0.3), ("tokens", 0.5)]
    # A quarter of the way is half of the level.
    assert (run.sound.mixer.bed_volume**2, run.sound.mixer.token_volume**2) == pytest.approx((0.3, 0.5))


def test_the_worse_menu_asks_for_what_it_says(run: SessionScreen, launcher: FakeLauncher) -> None:
    for action in run.header.worse_menu.actions():
        action.trigger()
    assert launcher.engine.worsened == [
        EventKind.BLINK, EventKind.MUSCLE, EventKind.FLAT, EventKind.STALL, EventKind.LINK_LOSS
    ]  # fmt: skip


# signal check and baseline


def test_ready_counts_down_and_going_on_earlier_is_noted(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.grades(good=True, for_s=2)
    poll(window)
    assert session.check.countdown.text() == "ready in 3 s …"
    assert session.check.go_on.text() == "Continue anyway (logged)  F5"
    session.check.go_on.click()
    assert launcher.engine.sent == [
        Note("went on from the signal check with needed sites good for less than 5 s"), NextStage()
    ]  # fmt: skip


def test_the_check_ticks_jaw_and_mains_of_a_calm_client(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.advance(3.0)
    launcher.engine.grades(good=True)
    poll(window)
    assert session.check.jaw.passed and session.check.jaw.text().startswith("Jaw relaxed: muscle ")
    assert session.check.mains.passed and session.check.mains.text() == "Mains 50 Hz low"
    assert session.check.blinks.text().startswith("Blink 3 times")


@pytest.fixture
def attended(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> SessionScreen:
    """A session with an operator, whose baseline has just ended."""
    session._newcomer = False
    session.send(WaitAfter(baseline=True, rest=False))
    go_to(window, launcher.engine, StageKind.RUN)
    settle(window, launcher)
    return session


def test_an_attended_session_stops_at_the_proposal(
    attended: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    assert attended.view.paused and attended.view.stage_kind is StageKind.RUN
    assert attended.pages.currentWidget() is attended.baseline and attended.baseline.proposal.isVisible()
    assert attended.header.stage.text() == "Baseline done"
    judged = launcher.engine.proposals.expected(tuple(attended.view.thresholds))
    assert judged is not None
    assert attended.baseline.proposal.expected.text() == f"All together: {100 * judged.expected:.0f} % expected"
    (first, *_) = attended.baseline.proposal.lines()
    assert first == f"SMR ≥ {attended.view.thresholds[0]:.1f} µV  ({100 * judged.alone[0]:.0f} %)"
    settle(window, launcher, 3.0)
    assert attended.view.paused, "nothing goes on by itself"
    attended.do("pause")
    assert launcher.engine.sent[-1] == Resume()
    settle(window, launcher)
    assert attended.pages.currentWidget() is attended.train


def test_easing_at_the_proposal_reaches_the_overall_target(
    attended: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    proposal = attended.baseline.proposal
    assert proposal.ease_button.text() == "Ease to 65 % overall"
    proposal.ease_button.click()
    settle(window, launcher)
    assert proposal.expected.text() in ("All together: 65 % expected", "All together: 66 % expected")
    assert not proposal.ease_button.isVisible()


def test_too_little_to_be_rewarded_is_said(attended: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    proposal = attended.baseline.proposal
    smr, theta, high_beta = attended.view.thresholds
    attended.send(SetThresholds((2 * smr, theta / 3, high_beta / 3)))
    settle(window, launcher)
    assert proposal.warning.isVisible() and proposal.expected.text() == "All together: 0 % expected"


def test_what_a_short_baseline_cannot_promise_is_said_at_the_proposal_as_in_the_audit_trail(
    window: Shell, launcher: FakeLauncher
) -> None:
    launcher.protocol = "faa-alay"
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(3.0)
    poll(window)
    screen = window.session
    assert screen is not None and window.bridge is not None
    screen._newcomer = False
    screen.send(WaitAfter(baseline=True, rest=False))
    audit: list[str] = []
    window.bridge.happened.connect(lambda event: audit.append(event.text) if isinstance(event, AuditLine) else None)
    go_to(window, launcher.engine, StageKind.RUN)
    settle(window, launcher)
    proposal = screen.baseline.proposal
    (line,) = audit
    points, length_s = re.findall(r"(\d+) points|Take (\d+) s", line)
    told = proposal.warning.text()
    assert proposal.warning.isVisible() and told.startswith("Balance is slow and the baseline short")
    assert f"{points[0]} points more or less" in told and f"{clock(float(length_s[1]))} of clean baseline" in told
    proposal.show_proposal(
        replace(screen.view, baseline=replace(screen.view.baseline, clean_s=float(length_s[1]) + 1.0)),
        launcher.engine.proposals.expected(tuple(screen.view.thresholds)),
    )
    assert proposal.warning.text() == ""


def test_a_demo_gives_feedback_without_asking(run: SessionScreen, launcher: FakeLauncher) -> None:
    assert not run.view.paused and run.pages.currentWidget() is run.train


# alarms


def test_a_minute_outside_offers_a_change_that_only_a_click_applies(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.lengthen_runs(300.0)
    run.send(SetThresholds((run.view.thresholds[0] * 4, *run.view.thresholds[1:])))
    launcher.engine.sent.clear()
    settle(window, launcher)
    for _ in range(20):
        launcher.engine.advance(5.0)
        poll(window)
    assert run.notices.level is Level.LOOK and "SMR" in run.notices.text()
    assert run.notices.text().startswith("In range ") and "would have given 6" in run.notices.text()
    assert launcher.engine.sent == []
    old = run.view.thresholds[0]
    run.notices.buttons()[0].click()
    settle(window, launcher)
    assert run.view.thresholds[0] < old and run.notices.text() == ""
    run.do("undo")
    settle(window, launcher)
    assert run.view.thresholds[0] == old


def test_lost_contact_pauses_with_advice_and_alerts_the_operator_alone(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    alerts: list[bool] = []
    run.operator_alert.connect(lambda: alerts.append(True))
    launcher.engine.tell(StateChanged(1, 1, "paused", "paused: signal needs attention"))
    poll(window)
    assert run.notices.level is Level.ACT and "needs attention" in run.notices.text()
    assert alerts == [True] and run.client.view.message == "Just a moment."
    launcher.engine.tell(StateChanged(2, 2, "running", ""))
    poll(window)
    assert run.notices.text() == ""


def test_the_most_urgent_bar_is_shown_and_the_others_are_counted(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    bar = NoticeBar()
    bar.setParent(around)
    bar.tell("a", "look at this", Level.LOOK)
    bar.tell("b", "act on this", Level.ACT)
    bar.tell("c", "know this", Level.INFO)
    assert bar.text() == "act on this   (+2)"
    bar.clear("b")
    assert bar.text() == "look at this   (+1)"
    bar.clear("a")
    assert bar.text() == "know this" and bar.level is Level.INFO


@pytest.mark.parametrize(
    ("delay_ms", "level"), [(300.0, None), (360.0, Level.LOOK), (520.0, Level.ACT)], ids=["fine", "amber", "red"]
)
def test_a_slow_loop_is_amber_then_red_with_its_cause(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, delay_ms: float, level: Level | None
) -> None:
    launcher.engine.lengthen_runs(60.0)
    launcher.engine.loop_ms = delay_ms
    for _ in range(40):
        launcher.engine.advance(0.3)
        poll(window)
    assert run.train.loop.level is level
    assert ("painting is slow" in run.train.loop.text()) is (level is not None)


# the link


def test_the_link_asks_after_ten_seconds_and_keeps_trying_by_default(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.lose_link()
    poll(window)
    run.link_care.show_frame(9.0, run.view, 0.0)
    assert run.link_care.sheet is None
    run.link_care.show_frame(1.1, run.view, 0.0)
    assert run.link_care.sheet is not None
    assert [b.text() for b in run.link_care.sheet.buttons] == ["Keep trying", "Switch device", "End and keep"]
    run.link_care.sheet.buttons[0].click()
    assert run.link_care.sheet is None and not launcher.engine.stopped
    assert window.focusWidget() is run, "Space still means pause"
    run.link_care.show_frame(30.0, run.view, 0.0)
    assert run.link_care.sheet is None, "it asks once"


def test_switching_the_device_ends_and_keeps(run: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    launcher.engine.lose_link()
    poll(window)
    run.link_care.show_frame(11.0, run.view, 0.0)
    assert run.link_care.sheet is not None
    run.link_care.sheet.buttons[1].click()
    assert launcher.engine.stopped
    poll(window)
    assert window.connect_page is not None and window.pages.currentWidget() is window.connect_page


def test_a_link_that_is_back_is_checked_and_counted_down(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    launcher.engine.tell(CommandApplied(1, 1, Pause(PauseCause.LINK)))
    launcher.engine.tell(StateChanged(1, 1, "paused", "paused: link"))
    launcher.engine.tell(LinkChange(LinkState.STREAMING))
    poll(window)
    said = []
    for good_s in (0.5, 2.5, 3.5, 4.5):
        run.link_care.show_frame(1.0, run.view, good_s)
        said.append(run.notices.text())
    assert said[0] == "The link is back. Checking the signal: going on in 5 s"
    assert said[1:] == [f"The signal is good. Going on in {n} …" for n in (3, 2, 1)]
    launcher.engine.sent.clear()
    run.notices.buttons()[0].click()
    assert launcher.engine.sent == [Resume()]


def test_without_leave_to_go_on_it_waits_for_f5(run: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    launcher.engine.tell(CommandApplied(1, 1, Pause(PauseCause.LINK)))
    launcher.engine.tell(StateChanged(1, 1, "paused", "paused: link"))
    poll(window)
    assert run.view.setup is not None
    run.view.setup = replace(run.view.setup, auto_resume=False)
    run.link_care.show_frame(1.0, run.view, 6.0)
    assert run.notices.text().startswith("The link is back.")
    assert run.notices.buttons()[0].text() == "Resume  F5"


# screens


def test_one_screen_serves_both_by_turns(
    run: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.centre.setFocus()
    run.client.hide()
    qtbot.keyClick(window, Qt.Key.Key_F11)
    one = run.one_screen
    assert run.screens.is_one and run.client.view.isVisible() and run.client.view.window() is window
    assert one.strip.isVisible() and one.strip.height() == 44
    one._hide_strip()
    assert not one.strip.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_F10)
    assert one.strip.isVisible()
    launcher.engine.advance(1.0)
    poll(window, 20)
    assert one.share.text() == f"{100 * launcher.engine.live.in_range_30s:.0f} %"
    qtbot.keyClick(window, Qt.Key.Key_M)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert [type(command).__name__ for command in launcher.engine.sent] == ["Mark", "Pause"]
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not run.screens.is_one and run.train.isVisible()
    assert run.client.view.window() is run.client


def test_the_strip_comes_back_with_the_mouse(run: SessionScreen, qtbot: QtBot) -> None:
    run.client.hide()
    run.screens.use_one()
    run.one_screen._hide_strip()
    qtbot.mouseMove(run.client.view, run.client.view.rect().center())
    qtbot.waitUntil(run.one_screen.strip.isVisible)
    run.screens.show_operator()


def test_every_action_works_on_one_screen_too(run: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    run.client.hide()
    run.screens.use_one()
    for action in ("threshold_up", "target_up", "auto", "mark", "blank", "undo", "check", "check", "spectrum"):
        run.do(action)
        settle(window, launcher)
    assert run.client.view.blank and run.screens.is_one
    run.screens.show_operator()


def test_an_unplugged_screen_offers_one_screen_mode(run: SessionScreen) -> None:
    run.client.screen_lost.emit()
    assert run.notices.level is Level.ACT
    assert run.notices.buttons()[0].text() == "Use one-screen mode"
    run.notices.buttons()[0].click()
    assert run.screens.is_one
    run.screens.show_operator()


# keys


def test_keys_can_be_rebound_but_not_doubled() -> None:
    keys = {binding.action: binding.sequences for binding in bound({"mark": ("F8",)})}
    assert keys["mark"] == ("F8",) and keys["note"] == ("N",)
    with pytest.raises(ValueError, match="F5 means pause already; choose another for mark"):
        bound({"mark": ("F5",)})
    with pytest.raises(ValueError, match="Esc means close"):
        bound({"next": ("Esc",)})
    with pytest.raises(ValueError, match="no action 'dance'"):
        bound({"dance": ("D",)})


def test_no_key_is_bound_twice() -> None:
    sequences = [sequence for binding in BINDINGS for sequence in binding.sequences]
    assert len(sequences) == len(set(sequences))


# speed and listening


def test_a_window_that_was_away_builds_no_backlog(run: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    launcher.engine.lengthen_runs(300.0)
    launcher.engine.advance(60.0)  # nobody polls
    poll(window)
    assert launcher.engine.take_chunks() == [] and launcher.engine.take_hops() == []
    assert run.sweep.sweep._next == launcher.engine.live.hop.sample + 1, "the newest sample is on the screen"


def test_summaries_are_one_line_and_change_at_most_every_five_seconds(
    run: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    from nfb.ui.pages.train import FRAMES_PER_SUMMARY

    assert FRAMES_PER_SUMMARY / 60 >= 5.0
    launcher.engine.advance(3.0)
    poll(window, 2 * FRAMES_PER_SUMMARY)
    said = run.train.bars.accessibleName()
    value = launcher.engine.live.hop.features[0]
    assert said.startswith(f"SMR {value:.1f} microvolt, ") and "percent" in said and "\n" not in said
    assert run.train.spectrum.accessibleName().startswith("Spectrum of C3 C4: largest at ")
    assert run.train.meter.accessibleName().startswith("In range ")
