"""The list of recordings: what lies in the folder, and what can be done with each."""

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeLauncher
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from pytestqt.qtbot import QtBot

import nfb
from nfb.files.listing import list_sessions
from nfb.ui.desk.rail import Destination
from nfb.ui.pages.open import OpenPage
from nfb.ui.shell import Shell

SECONDS = 20.0


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one session of A031."""
    root = tmp_path_factory.mktemp("recordings")
    nfb.run_session(nfb.load_protocol("smr-central"), "simulated", client="A031", seconds=SECONDS, seed=5, out=root)
    return root


@pytest.fixture
def root(recorded: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(recorded, tmp_path / "recordings"))


@pytest.fixture
def page(window: Shell, launcher: FakeLauncher, root: Path, qtbot: QtBot) -> Iterator[OpenPage]:
    launcher.recordings = root
    window.go(Destination.RECORDINGS)
    qtbot.waitUntil(lambda: len(window.open_page.listed) == 1)
    yield window.open_page


def cells(page: OpenPage, row: int = 0) -> list[str]:
    return [page.table.cell(row, j) for j in range(6)]


def test_a_session_is_listed_by_client_date_protocol_and_length(page: OpenPage, root: Path) -> None:
    client, number, when, protocol, length, state = cells(page)
    assert (client, number, protocol, length, state) == ("A031", "001", "SMR at C3 and C4, up", "0:20", "complete")
    # The header of the recording, read as text, says when it began; the list says so in local time, to the minute.
    started = list_sessions(root)[0].started
    assert when == f"{started.astimezone():%Y-%m-%d %H:%M}"
    eeg = next(root.glob("sub-A031/ses-001/eeg/*.eeg"))
    n_channels = next(root.glob("sub-A031/ses-001/eeg/*_channels.tsv")).read_text().count("\n") - 1
    assert eeg.stat().st_size == pytest.approx(SECONDS * 250 * n_channels * struct.calcsize("f"), rel=0.01)


def test_what_was_cut_off_and_recovered_is_said(root: Path) -> None:
    session = next(root.glob("derivatives/nfb/sub-A031/ses-001/session.json"))
    session.write_text(session.read_text().replace('"state": "finished"', '"state": "recording"'))
    assert [one.state for one in list_sessions(root)] == ["recording"]
    from nfb.files.recover import recover

    recover(root)
    assert [one.state for one in list_sessions(root)] == ["recovered"]
    session.write_text("{")
    damaged = list_sessions(root)[0]
    assert damaged.state == "unreadable" and "is damaged" in damaged.problem
    assert list_sessions(root / "nowhere") == ()


def test_enter_on_a_row_replays_it(
    page: OpenPage, window: Shell, launcher: FakeLauncher, qtbot: QtBot, root: Path
) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.bridge is not None)
    assert launcher.asked == [("replay", root / "sub-A031" / "ses-001", None)]
    assert window.stripe.text() == "REPLAY — not live"


def test_verify_says_whether_every_decision_came_out_again(page: OpenPage, qtbot: QtBot, root: Path) -> None:
    page.verify_button.click()
    qtbot.waitUntil(lambda: page.problem.text().startswith("Identical: "), timeout=20_000)
    eeg = next(root.glob("sub-A031/ses-001/eeg/*.eeg"))
    samples = bytearray(eeg.read_bytes())
    middle = len(samples) // 2
    samples[middle : middle + 40_000] = bytes(40_000)
    eeg.write_bytes(samples)
    page.verify_button.click()
    qtbot.waitUntil(lambda: page.problem.text().startswith("Not identical: "), timeout=20_000)


def test_an_export_is_what_another_program_reads(page: OpenPage, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "session.edf"
    page.export_to(target)
    qtbot.waitUntil(lambda: page.problem.text().startswith("Written: "), timeout=20_000)
    # EDF's header: 8 bytes version, then the number of signals in bytes 252 to 255.
    head = target.read_bytes()[:256]
    assert head[:8] == b"0       " and int(head[252:256]) >= 8
    page.export_to(tmp_path / "session.docx")
    qtbot.waitUntil(lambda: "stands for no format" in page.problem.text())


def test_a_report_is_a_pdf_beside_the_recording(
    page: OpenPage, qtbot: QtBot, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    page.report_button.click()
    qtbot.waitUntil(lambda: bool(opened), timeout=20_000)
    path = Path(opened[0].toLocalFile())
    assert path == root / "derivatives" / "nfb" / "sub-A031" / "ses-001" / "report-session.pdf"
    assert path.read_bytes().startswith(b"%PDF-")


def test_a_file_can_be_dropped(page: OpenPage, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.edf", "b.edf")])
    buttons = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, *buttons)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    page.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, *buttons))
    assert page.path.text() == str(tmp_path / "a.edf")
    assert page.problem.text() == "One more file was left out."


def test_an_empty_folder_says_what_to_do(window: Shell, launcher: FakeLauncher, tmp_path: Path, qtbot: QtBot) -> None:
    launcher.recordings = tmp_path / "none"
    window.go(Destination.RECORDINGS)
    qtbot.waitUntil(lambda: not window.keeper._tasks)
    assert window.open_page.empty.text() == "Drop a file or record a session."
    window.open_page.record_button.click()
    assert window.pages.currentWidget() is window.connect_page
