"""Live numbers are read whole in the narrowest window, in every language."""

from collections.abc import Iterator

import pytest
from looks import cut_off
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.language import LANGUAGES, use_language
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.readouts import RewardMeter

INSIDE_PX = 400  # of the training page's right column at 1024 px


@pytest.fixture(params=[language.code for language in LANGUAGES])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    theme.apply(qapp, theme.LIGHT)
    assert use_language(qapp, request.param)
    yield request.param
    use_language(qapp, "en")


def test_what_the_share_stands_for_is_read_beside_100_percent(language: str, qtbot: QtBot) -> None:
    window, meter = QWidget(), RewardMeter()
    qtbot.addWidget(window)
    meter.setParent(window)
    meter.show_shares(1.0, 1.0, 0)
    meter.show_target(1.0)
    meter.resize(INSIDE_PX, meter.sizeHint().height())
    window.resize(INSIDE_PX, 100)
    window.show()
    for _ in range(3):
        QApplication.processEvents()
    labels = meter.findChildren(ElidedLabel)
    short = [part.fontMetrics().horizontalAdvance(part.text()) - part.width() for part in labels]
    assert short and max(short) <= 0, "px that a line lacks"
    assert cut_off(window) == []
