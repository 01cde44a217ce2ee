"""Protocols in two parts: what a number of runs means, said where it is chosen, and when the visit ends."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from fakes import FakeLauncher
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from test_desk import form_of, one_client, open_window, page_of  # noqa: F401
from test_visit import book, check_in, shell  # noqa: F401

from nfb.ui.shell import Shell
from nfb.ui.visit.check_in_page import CheckInPage

HALVES = "beta-left-then-at"


def write_into(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    """Type over what stands in a field."""
    field.selectAll()
    qtbot.keyClicks(field, text)


def test_the_check_in_says_what_runs_means_and_counts_every_part(
    check_in: Callable[[], CheckInPage],  # noqa: F811
    qtbot: QtBot,
) -> None:
    page = check_in()
    form = page.choices
    assert not form.parts.isVisible()
    form.protocol.setFocus()
    form.protocol.setCurrentIndex(form.protocol.findData(HALVES))
    write_into(qtbot, form.runs.widget, "3")
    write_into(qtbot, form.run_length.widget, "5:00")
    before = datetime.now().astimezone()
    write_into(qtbot, form.rest.widget, "0:30")
    assert form.parts.isVisible()
    assert form.parts.text() == "2 parts, 3 runs in each: 30:00 min of training in all"
    # Check-in 3, signal 5, two baselines of 2, thresholds 1, twice 3 runs of 5 and 2 breaks of a half, closing 6.
    minutes, ends = re.match(r"(\d+) min, ends (\d\d:\d\d)", page.slot.text()).groups()
    assert int(minutes) == 3 + 5 + 4 + 1 + 2 * (15 + 1) + 6
    moments = (before, datetime.now().astimezone())
    assert ends in {f"{moment + timedelta(minutes=int(minutes)):%H:%M}" for moment in moments}
    write_into(qtbot, form.runs.widget, "1")
    assert form.parts.text() == "2 parts, one run in each: 10:00 min of training in all"
    write_into(qtbot, form.runs.widget, "many")
    assert not form.parts.isVisible() and not page.start.isEnabled()


def test_the_plan_says_what_runs_means(
    one_client: Path,  # noqa: F811
    open_window: Callable[[], Shell],  # noqa: F811
    launcher: FakeLauncher,
    qtbot: QtBot,
) -> None:
    window = open_window()
    page = page_of(qtbot, window)
    page.tabs.setCurrentWidget(page.plan)
    qtbot.mouseClick(page.plan.plan_button, Qt.MouseButton.LeftButton)
    form = form_of(qtbot, window)

    def told() -> list[str]:
        return [part.text() for part in form.findChildren(QLabel) if part.isVisible() and "parts" in part.text()]

    assert told() == []
    form.fields["protocol_id"].choose(HALVES)
    write_into(qtbot, form.fields["runs"].widget, "4")
    write_into(qtbot, form.fields["run_min"].widget, "4")
    assert told() == ["2 parts, 4 runs in each: 32:00 min of training in all"]
    write_into(qtbot, form.fields["run_min"].widget, "nonsense")
    assert told() == []
