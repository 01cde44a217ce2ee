"""Recordings: what lies in the folder of recordings, and any other file that can be replayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from nfb.model.protocol import Protocol
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.table import Table, local_moment
from nfb.ui.language import tr, tr_n
from nfb.ui.told import told
from nfb.ui.widgets.empty import Empty
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row
from nfb.ui.words import clock

if TYPE_CHECKING:
    from nfb.files.listing import Listed

KINDS = "*.vhdr *.edf *.bdf *.xdf *.csv *.txt"
EXPORTS = ("edf", "bdf", "xdf", "csv", "parquet")


class OpenPage(QWidget):
    """Signals: `replay` ``(path, protocol path or None)``, `record` to make a first one. Files can be dropped on it.

    Parameters
    ----------
    keeper
        Runs what takes long.
    root
        The folder of recordings.
    """

    replay = Signal(Path, object)
    record = Signal()

    def __init__(self, keeper: BookKeeper, root: Path) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self._keeper, self._root = keeper, root
        self.listed: tuple[Listed, ...] = ()
        self.table = Table(tr("Recordings"))
        self.table.chosen.connect(lambda _: self._replay_listed())
        self.table.selection_changed.connect(self._enable)
        self.replay_listed = IconButton(tr("Replay"), "replay")
        self.verify_button = IconButton(tr("Verify"), "check", tip=tr("Recompute every decision and compare"))
        self.export_button = IconButton(tr("Export…"), "file")
        self.report_button = IconButton(tr("Report"), "file", tip=tr("The session note as a PDF"))
        self.folder_button = IconButton(tr("Open folder"), "folder")
        for button, do in (
            (self.replay_listed, self._replay_listed),
            (self.verify_button, self._verify),
            (self.export_button, self._export),
            (self.report_button, self._report),
            (self.folder_button, self._open_folder),
        ):
            button.clicked.connect(do)
        self._on_one = (self.replay_listed, self.verify_button, self.export_button, self.report_button)
        self.record_button = IconButton(tr("Record a session"), "headset")
        self.record_button.clicked.connect(self.record)
        self._nothing = Empty("wave", tr("Drop a file or record a session."), self.record_button)
        self.empty = self._nothing.words
        self._names: dict[str, str] = {}

        self.path = QLineEdit(placeholderText=tr("Drop an EDF, BDF, BrainVision, XDF or CSV file here"))
        self.path.setAccessibleName(tr("Recording to replay"))
        self.path.returnPressed.connect(self._replay)
        browse = IconButton(tr("Browse"), "folder")
        browse.clicked.connect(self._browse)
        self.protocol = Drop()
        self.protocol.setAccessibleName(tr("Protocol of the replay"))
        self.protocol.setSizeAdjustPolicy(Drop.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.protocol.setMinimumContentsLength(20)
        self.problem = label("", wrap=True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.replay_button = IconButton(tr("Replay file"), "replay", "primary")
        self.replay_button.clicked.connect(self._replay)
        hint = label(
            tr("A replay is decided by the same engine as a live session. Nothing is recorded."),
            "secondary",
            wrap=True,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(label(tr("Recordings"), "heading"))
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self.table, 1)
        self._buttons = row(*self._on_one, None, self.folder_button)
        layout.addWidget(self._buttons)
        layout.addWidget(self.problem)
        layout.addWidget(
            panel(
                row(self.path, browse, self.protocol, self.replay_button),
                hint,
                title=tr("Another file, or another protocol"),
            )
        )
        layout.addStretch(0)
        self._show_listed((), None)

    # what is shown ------------------------------------------------------------------------------------------------

    def show_folder(self, root: Path) -> None:
        """Recordings lie in another folder now."""
        self._root = root

    def look(self) -> None:
        """List the folder anew."""
        from nfb.files.listing import list_sessions  # imports numpy

        self._keeper.run(self, partial(list_sessions, self._root), self._show_listed)

    def _show_listed(self, listed: Sequence[Listed] | None, error: Exception | None) -> None:
        self.listed = tuple(listed or ())
        heads = [tr("Client"), tr("Session"), tr("Date"), tr("Protocol"), tr("Length"), tr("State")]
        self.table.fill(heads, [self._cells(one) for one in self.listed])
        self._nothing.setVisible(not self.listed)
        for part in (self.table, self._buttons):
            part.setVisible(bool(self.listed))
        self._enable()
        if error is not None:
            self.show_problem(told(str(error)))

    def _cells(self, one: Listed) -> list[str]:
        states = {
            "finished": tr("complete"),
            "recovered": tr("recovered after an interruption"),
            "recording": tr("being recorded, or interrupted"),
            "unreadable": tr("cannot be read"),
        }
        length = clock(one.duration_s) if one.duration_s == one.duration_s else ""
        return [
            one.client,
            one.session,
            local_moment(one.started) if one.started else "",
            self._names.get(one.protocol, one.protocol),
            length,
            states.get(one.state, one.state),
        ]

    def _enable(self) -> None:
        for button in self._on_one:
            button.setEnabled(self._selected() is not None)

    def show_protocols(self, protocols: Sequence[tuple[Path, Protocol]]) -> None:
        self._names = {protocol.id: tr(protocol.name) for _, protocol in protocols}
        self.protocol.clear()
        self.protocol.addItem(tr("As recorded"), None)
        for path, protocol in protocols:
            self.protocol.addItem(tr(protocol.name), path)
        self.problem.setText("")
        self.show_reading(False)

    def show_reading(self, reading: bool) -> None:
        self.replay_button.setEnabled(not reading)
        self.problem.setText(tr("Reading …") if reading else "")

    def show_problem(self, text: str) -> None:
        """Why the file cannot be replayed and what to do about it."""
        self.show_reading(False)
        self.problem.setText(text)

    # what is done with a recording --------------------------------------------------------------------------------

    def _selected(self) -> Listed | None:
        at = self.table.selected
        return self.listed[at] if at is not None and at < len(self.listed) else None

    def _replay_listed(self) -> None:
        one = self._selected()
        if one is not None:
            self.replay.emit(one.folder, None)

    def _verify(self) -> None:
        from nfb.ui.desk.reports import verify_recording

        self._work(verify_recording, tr("Recomputing every decision …"))

    def _report(self) -> None:
        from nfb.ui.desk.reports import Kind, write_report

        def done(path: Path) -> str:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
            return tr("Written: {path}", path=path)

        self._work(lambda folder: write_report(folder, Kind.SESSION), tr("Writing the report …"), done)

    def _export(self) -> None:
        one = self._selected()
        if one is None:
            return
        kinds = ";;".join(f"{ending.upper()} (*.{ending})" for ending in EXPORTS)
        suggested = str(Path.home() / f"sub-{one.client}_ses-{one.session}.edf")
        path, _ = QFileDialog.getSaveFileName(self, tr("Export"), suggested, kinds)
        if path:
            self.export_to(Path(path))

    def export_to(self, path: Path) -> None:
        """Write the selected recording as the format that the file's ending names."""
        from nfb.ui.desk.reports import export_to

        self._work(
            lambda folder: export_to(folder, path), tr("Exporting …"), lambda words: tr("Written: {path}", path=words)
        )

    def _work(self, work: Callable[[Path], object], meanwhile: str, say: Callable[..., str] = str) -> None:
        one = self._selected()
        if one is None:
            return
        self.problem.setText(meanwhile)

        def done(result: object, error: Exception | None) -> None:
            self.show_problem(told(str(error)) if error is not None else say(result))

        self._keeper.run(self, lambda: work(one.folder), done)

    def _open_folder(self) -> None:
        one = self._selected()
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(one.folder if one is not None else self._root)))

    # another file -------------------------------------------------------------------------------------------------

    def _browse(self) -> None:
        kinds = f"{tr('Recordings')} ({KINDS});;{tr('All files')} (*)"
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a recording"), self.path.text(), kinds)
        if path:
            self.path.setText(path)

    def _replay(self) -> None:
        text = self.path.text().strip()
        if not text:
            self.show_problem(tr("No file is chosen. Drop one here, or browse."))
        else:
            self.replay.emit(Path(text), self.protocol.currentData())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.path.setText(files[0])
            more = len(files) - 1
            if more:
                self.problem.setText(tr_n("One more file was left out.", "{n} more files were left out.", more))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
