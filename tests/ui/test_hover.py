"""Help on hover and names for a screen reader, where a newcomer would ask what a thing is."""

from collections.abc import Callable

import pytest
from fakes import FakeLauncher, go_to, poll
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot
from test_visit import book, check_in, shell  # noqa: F401

from nfb.model.glossary import GLOSSARY
from nfb.model.protocol import StageKind
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.visit.check_in_page import CheckInPage
from nfb.ui.visit.slider import AnswerSlider

ASKED = (AnswerSlider, QLineEdit, QComboBox, QAbstractButton)


def without_help(page: QWidget) -> list[str]:
    """Fields in sight that say nothing on hover."""
    fields = [part for part in page.findChildren(QWidget) if isinstance(part, ASKED) and part.isVisible()]
    assert len(fields) >= 20
    return [field.accessibleName() or field.objectName() or str(field) for field in fields if not field.toolTip()]


def test_every_field_of_the_check_in_says_what_it_is(check_in: Callable[[], CheckInPage]) -> None:  # noqa: F811
    page = check_in()
    page.changed.setChecked(True)
    assert without_help(page) == []


def test_every_field_of_the_check_in_has_a_name(check_in: Callable[[], CheckInPage]) -> None:  # noqa: F811
    page = check_in()
    page.changed.setChecked(True)
    fields = [part for part in page.findChildren(QWidget) if isinstance(part, ASKED) and part.isVisible()]
    nameless = [field for field in fields if not (field.accessibleName() or getattr(field, "text", str)())]
    assert nameless == []


# A tip is a window of its own; the first sound of all may be missed, as everywhere.
@pytest.mark.qt_log_ignore(
    "This plugin does not support raise", "^PulseAudioService: ", "^Couldn.t (load|resolve) ", extend=True
)
@pytest.mark.parametrize(
    ("name", "term"), [("contact", "contact"), ("muscle", "muscle"), ("blink", "blink"), ("mains", "mains")]
)
def test_each_lamp_explains_itself(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot, name: str, term: str
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    lamps = session.train.lamps
    place = next(
        QPoint(x, y)
        for x in range(0, lamps.width(), 8)
        for y in range(0, lamps.height(), 8)
        if lamps.lamp_at(QPoint(x, y)) == name
    )
    QApplication.sendEvent(lamps, QHelpEvent(QEvent.Type.ToolTip, place, lamps.mapToGlobal(place)))
    qtbot.waitUntil(lambda: GLOSSARY[term].text in QToolTip.text().replace("&#x27;", "'"))
    QToolTip.hideText()


def test_the_head_of_a_session_says_what_its_parts_are(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.advance(1.0)
    poll(window, 21)
    header = session.header
    parts = (
        header.stepper,
        header.stage,
        header.left_over,
        header.ends,
        header.recording,
        header.link,
        header.preset,
    )
    assert [part for part in parts if not part.toolTip()] == []
    assert header.link.accessibleName() == header.link.text() != ""
    assert header.left_over.accessibleName() == f"{header.left_over.text()} left in this stage"
    header.say("Marked: yawn")
    assert "Marked: yawn" in header.chips.toolTip()


def test_target_and_dwell_are_explained_where_they_are_met(session: SessionScreen) -> None:
    target = session.train.steering.findChildren(QWidget)
    assert any(GLOSSARY["target"].text in part.toolTip() for part in target)
    assert GLOSSARY["dwell"].text in session.train.reason.toolTip()
