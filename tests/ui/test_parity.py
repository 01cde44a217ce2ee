"""The same functions on one screen and on two, and nothing cut off on a small laptop or at twice the size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import FakeLauncher, go_to, poll
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from nfb.model.protocol import StageKind
from nfb.ui.keys import BINDINGS
from nfb.ui.session_screen import SessionScreen
from nfb.ui.shell import Shell

# These say where things are shown, which is what differs.
ABOUT_SCREENS = {"client_full_screen", "strip", "help"}
KEYS = [binding for binding in BINDINGS if binding.in_session and binding.action not in ABOUT_SCREENS]


@pytest.mark.parametrize("one_screen", [False, True], ids=["two screens", "one screen"])
def test_every_key_does_on_one_screen_what_it_does_on_two(
    session: SessionScreen, window: Shell, launcher: FakeLauncher, qtbot: QtBot, one_screen: bool
) -> None:
    engine = launcher.engine
    go_to(window, engine, StageKind.RUN)
    session.client.setVisible(not one_screen)
    if one_screen:
        session.screens.use_one()
    done: dict[str, object] = {}
    for binding in KEYS:
        window.activateWindow()
        window.centre.setFocus()  # a text field must not keep the keys of what comes next
        engine.sent.clear()
        blank, muted, sheets = session.client.view.blank, session.sound.muted, window.overlays.sheet
        combination = QKeySequence(binding.sequences[0])[0]
        qtbot.keyClick(window, combination.key(), combination.keyboardModifiers())
        engine.advance(0.1)
        poll(window)
        done[binding.action] = (
            [type(command).__name__ for command in engine.sent],
            session.client.view.blank != blank,
            session.sound.muted != muted,
            window.overlays.sheet is not sheets,
        )
        if binding.action in ("pause", "blank", "mute", "end", "check"):
            window.overlays.drop_sheet()
            if binding.action != "end":
                session.do(binding.action)
            engine.advance(0.1)
            poll(window)
    if one_screen:
        session.screens.show_operator()
    assert done == EXPECTED, "the same on both"


_NOTHING = ([], False, False, False)
EXPECTED: dict[str, object] = dict.fromkeys((binding.action for binding in KEYS), _NOTHING) | {
    "pause": (["Pause"], False, False, False),
    "blank": ([], True, False, False),
    "mute": ([], False, True, False),
    **{
        f"threshold_{way}{size}": (["SetThreshold"], False, False, False)
        for way in ("up", "down")
        for size in ("", "_fine", "_coarse")
    },
    "target_up": (["SetThresholds", "AimAt"], False, False, False),
    "target_down": (["SetThresholds", "AimAt"], False, False, False),
    "auto": (["Auto"], False, False, False),
    "undo": (["Auto"], False, False, False),
    "mark": (["Mark"], False, False, False),
    "quick_mark": (["Mark"], False, False, False),
    "next": (["NextStage"], False, False, False),
    "end": ([], False, False, True),
}


# Qt takes its scale at the start, so each runs in a process of its own.
SCALED = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fakes import FakeLauncher, go_to, poll
from looks import cut_off
from PySide6.QtWidgets import QApplication
from nfb.model.protocol import StageKind
from nfb.ui import theme
from nfb.ui.shell import Shell
app = QApplication(["nfb"])
theme.apply(app, theme.LIGHT)
launcher = FakeLauncher(Path(sys.argv[2]))
window = Shell()
window.show()
window.ready(launcher)
sizes, faults, pixels = json.loads(sys.argv[3]), {}, set()
def look(name):
    for size in sizes:
        window.resize(*size)
        for _ in range(3):
            app.processEvents()
        found = cut_off(window)
        if found:
            faults[f"{name} at {size}"] = found
        pixels.add(window.grab().size().toTuple())
look("start")
window.show_connect()
look("connect")
window.show_open()
look("open")
window.begin_demo()
engine = launcher.engine
engine.connect()
engine.advance(3.0)
engine.grades(good=False)
poll(window, 7)
look("check")
go_to(window, engine, StageKind.BASELINE)
look("baseline")
engine.advance_to(StageKind.RUN)
engine.advance(3.0)
poll(window, 41)
look("train")
window.sessions.ask_to_end()
look("asking")
window.overlays.drop_sheet()
engine.advance_to(StageKind.REST)
poll(window, 7)
look("break")
print(json.dumps({"faults": faults, "pixels": sorted(pixels), "ratio": window.devicePixelRatio()}))
window.bridge.stop()
poll(window)
window.close()
"""


def test_nothing_is_cut_off_at_twice_the_size(tmp_path: Path) -> None:
    """On a small laptop, and on a screen of 1920×1080 pixels."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": "2",
        "NFB_BOOK": str(tmp_path / "book.sqlite"),
    }
    sizes = [[960, 540], [1024, 600]]
    command = [sys.executable, "-c", SCALED, str(Path(__file__).parent), str(tmp_path), json.dumps(sizes)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr[-2000:]
    seen = json.loads(lines[-1])
    assert seen["ratio"] == 2.0 and seen["pixels"] == [[2 * px for px in size] for size in sizes]
    assert seen["faults"] == {}
