"""The individual alpha frequency in the window: plot, words, a choice by hand, and the way back."""

import dataclasses
from functools import cache
from html import unescape

import numpy as np
import pytest
from fakes import FakeLauncher, go_to, poll
from looks import SIZES, cut_off, keep
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nfb.devices.simulated import SimulatedSource
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import SetIaf
from nfb.model.events import AlphaPeakFound
from nfb.model.glossary import GLOSSARY
from nfb.model.protocol import Eyes, Stage, StageKind
from nfb.model.samples import Chunk
from nfb.report.last_baseline import LastBaseline
from nfb.session.session import Session
from nfb.session.setup import make_setup
from nfb.ui import theme
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT, Tokens

STAGES = (
    Stage(StageKind.BASELINE, "eyes-closed", 64.0, Eyes.CLOSED, 60.0, for_peak=True),
    Stage(StageKind.BASELINE, "baseline", 20.0, Eyes.CLOSED),
    Stage(StageKind.RUN, "run-1", 60.0, Eyes.CLOSED),
)


@cache
def searched(alpha_uv: float) -> AlphaPeakFound:
    """What a session tells after a minute with eyes closed of a client with alpha at 9.4 Hz, or without."""
    params = {"alpha_hz": "9.4", "alpha_uv": str(alpha_uv), "eyes": "closed", "scenario": "quiet"}
    source = SimulatedSource(params, seed=1)
    setup = make_setup(load_protocol(find_protocol("ua-posterior")), source.info)
    session = Session(dataclasses.replace(setup, stages=STAGES))
    while True:
        for item in source.read(0.5):
            told = session.receive(item).events if isinstance(item, Chunk) else ()
            found = [event for event in told if isinstance(event, AlphaPeakFound)]
            if found:
                return found[0]


def tell(window: Shell, launcher: FakeLauncher, alpha_uv: float = 8.0) -> SessionScreen:
    """The baseline page of a session that has looked for the peak."""
    go_to(window, launcher.engine, StageKind.BASELINE)
    launcher.engine.tell(searched(alpha_uv))
    poll(window, 21)
    screen = window.session
    assert screen is not None
    return screen


def test_the_plot_has_its_crest_where_the_client_has_alpha(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    panel = tell(window, launcher).baseline.alpha
    found = panel.plot.found
    assert panel.isVisible() and panel.plot.isVisible() and found is not None
    above = np.subtract(found.log10_psd, found.log10_line)
    assert found.hz == pytest.approx(9.4, abs=0.25)
    assert np.interp(found.hz, found.frequencies_hz, above) > 0.5, "tenfold is 1"
    assert panel.words.text() == f"Alpha peak {found.hz:.1f} Hz"


def test_without_alpha_the_words_say_so(session: SessionScreen, window: Shell, launcher: FakeLauncher) -> None:
    panel = tell(window, launcher, 0.0).baseline.alpha
    assert panel.words.text().startswith("No clear peak: highest point ")
    assert panel.words.text().endswith(" dB above the 1/f line, needs 2 dB; the fixed bands are used")
    assert panel.plot.isVisible(), "the curve is the reason"


@pytest.mark.parametrize(
    ("hz", "reason", "said"),
    [
        ("20", "because", "An alpha peak lies from 5 to 15 Hz; or write none."),
        ("high", "because", "An alpha peak lies from 5 to 15 Hz; or write none."),
        ("", "because", "An alpha peak lies from 5 to 15 Hz; or write none."),
        ("10.4", "  ", "Say why, so that a reader of the session knows."),
    ],
)
def test_nonsense_is_refused_in_words(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, hz: str, reason: str, said: str
) -> None:
    panel = tell(window, launcher).baseline.alpha
    panel.change.click()
    panel.hz.setText(hz)
    panel.reason.setText(reason)
    panel.use.click()
    assert panel.problem.text() == said and panel.problem.isVisible()
    assert not any(isinstance(command, SetIaf) for command in launcher.engine.sent)


def test_a_peak_by_hand_is_sent_with_its_reason_and_can_be_taken_back(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    screen = tell(window, launcher)
    panel, measured = screen.baseline.alpha, searched(8.0).hz
    for text, hz in (("10,4 Hz", 10.4), ("none", None)):
        panel.change.click()
        panel.hz.setText(text)
        panel.reason.setText("seen before")
        panel.use.click()
        launcher.engine.advance(0.2)
        poll(window)
        assert launcher.engine.sent[-1] == SetIaf(hz, "seen before")
        assert not panel.hz.isVisible()
    assert panel.words.text() == "Fixed bands, by hand: seen before"
    screen.do("undo")
    launcher.engine.advance(0.2)
    poll(window)
    assert panel.words.text() == "Alpha peak 10.4 Hz, by hand: seen before"
    screen.do("undo")
    launcher.engine.advance(0.2)
    poll(window)
    sent = launcher.engine.sent[-1]
    assert isinstance(sent, SetIaf) and sent.hz == measured
    assert panel.words.text() == f"Alpha peak {measured:.1f} Hz"
    screen.do("undo")
    assert launcher.engine.sent[-1] is sent, "nothing is left to undo"


def test_every_tip_of_the_session_pages_names_a_term_of_the_glossary(session: SessionScreen) -> None:
    terms = {entry.term: entry.text for entry in GLOSSARY.values()}
    parts = [part for page in (session.check, session.baseline, session.train) for part in page.findChildren(QWidget)]
    tips = [part.toolTip() for part in parts if part.toolTip().startswith("<p><b>")]
    assert len(tips) >= 19
    for entry in (entry for tip in tips for entry in tip.removesuffix("</p>").split("</p>")):
        term, _, text = entry.removeprefix("<p><b>").partition("</b><br>")
        assert unescape(text) == terms[term]


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_how_it_looks(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qapp: QApplication, tokens: Tokens
) -> None:
    theme.apply(qapp, tokens)
    hz = np.arange(0.0, 60.0, 0.5)
    session.baseline.show_last(LastBaseline(12, ("C3", "C4"), hz, 30.0 / (1.0 + hz)))
    faults = {}
    for alpha_uv, name in ((8.0, "peak"), (0.0, "none")):
        launcher.engine.advance(2.0)
        screen = tell(window, launcher, alpha_uv)
        if name == "peak":
            screen.baseline.alpha.change.click()
            screen.baseline.alpha.use.click()
        for size in SIZES:
            window.resize(*size)
            for _ in range(3):
                qapp.processEvents()
            picture = f"alpha_{name}_{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
            keep(window, picture)
            faults[picture] = cut_off(window)
            assert (window.width(), window.height()) == size
    assert not any(faults.values()), faults


@pytest.fixture
def following(window: Shell, launcher: FakeLauncher) -> SessionScreen:
    """In the first run of a protocol whose bands follow the alpha peak, which nobody has looked for."""
    launcher.protocol = "ua-posterior"
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(3.0)
    poll(window)
    go_to(window, launcher.engine, StageKind.RUN)
    assert window.session is not None
    launcher.engine.sent.clear()
    window.activateWindow()
    return window.session


def test_a_peak_can_be_set_while_training_where_none_was_looked_for(
    following: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    sheet = following.train.alpha
    assert sheet.button.text() == "α fixed" and sheet.button.isVisible()
    sheet.button.click()
    assert sheet.isVisible() and sheet.panel.words.text() == "No alpha peak is known; the fixed bands are used"
    qtbot.keyClicks(sheet.panel.hz, "9,8")
    qtbot.keyClick(sheet.panel.hz, Qt.Key.Key_Return)
    qtbot.keyClick(sheet.panel.reason, Qt.Key.Key_Return)
    assert sheet.isVisible() and sheet.panel.problem.text() == "Say why, so that a reader of the session knows."
    qtbot.keyClicks(sheet.panel.reason, "assessment of March")
    qtbot.keyClick(sheet.panel.reason, Qt.Key.Key_Return)
    assert launcher.engine.sent == [SetIaf(9.8, "assessment of March")] and not sheet.isVisible()
    launcher.engine.advance(0.2)
    poll(window)
    assert sheet.button.text() == "α 9.8 Hz"
    assert following.header.said() == "From the next stage on: Alpha peak 9.8 Hz, by hand: assessment of March"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    launcher.engine.advance(0.2)
    poll(window)
    assert sheet.button.text() == "α fixed"


def test_esc_closes_the_sheet_and_nothing_else(
    following: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    sheet = following.train.alpha
    sheet.button.click()
    qtbot.keyClick(sheet.panel.hz, Qt.Key.Key_Escape)
    assert not sheet.isVisible() and launcher.engine.sent == []


def test_a_peak_carried_over_is_told_and_can_be_changed_from_the_baseline(
    window: Shell, launcher: FakeLauncher, qtbot: QtBot
) -> None:
    launcher.protocol = "ua-posterior"
    window.begin_demo()
    engine = launcher.engine
    engine._ready = dataclasses.replace(engine._ready, iaf_hz=10.2, find_iaf=False)
    engine.connect()
    engine.advance(3.0)
    poll(window)
    go_to(window, engine, StageKind.BASELINE)
    assert window.session is not None
    page = window.session.baseline
    assert page.alpha.isVisible() and not page.alpha.plot.isVisible() and page.spectrum.isVisible()
    assert page.alpha.words.text() == "Alpha peak 10.2 Hz, from before this session"
    page.alpha.change.click()
    assert page.spectrum.isVisible()
    qtbot.keyClicks(page.alpha.hz, "none")
    qtbot.keyClicks(page.alpha.reason, "not seen again")
    page.alpha.use.click()
    assert engine.sent[-1] == SetIaf(None, "not seen again")


def test_bands_that_stay_where_they_are_have_no_peak_to_set(
    session: SessionScreen, window: Shell, launcher: FakeLauncher
) -> None:
    go_to(window, launcher.engine, StageKind.RUN)
    assert not session.train.alpha.button.isVisible()


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_how_the_sheet_looks(
    following: SessionScreen, window: Shell, launcher: FakeLauncher, qapp: QApplication, tokens: Tokens
) -> None:
    theme.apply(qapp, tokens)
    faults = {}
    for size in SIZES:
        window.resize(*size)
        launcher.engine.advance(1.0)
        poll(window, 21)
        following.train.alpha.button.setChecked(True)
        for _ in range(3):
            qapp.processEvents()
        picture = f"alpha_train_{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
        keep(window, picture)
        faults[picture] = cut_off(window)
        assert (window.width(), window.height()) == size
        sweep = following.train.alpha.geometry().intersects(
            following.sweep.geometry().translated(following.sweep.parentWidget().mapTo(following.train, QPoint(0, 0)))
        )
        assert not sweep, "the raw EEG is covered"
    assert not any(faults.values()), faults
