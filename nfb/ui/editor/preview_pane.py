"""What a protocol would give: on the simulated client, on the last recording, or on any file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QGridLayout, QProgressBar, QVBoxLayout, QWidget

from nfb.model.protocol import Condition, Direction, Protocol
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.help import with_tip
from nfb.ui.language import tr
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told
from nfb.ui.widgets.small import Drop, IconButton, form_label, label, row
from nfb.ui.words import capital, feature_name, percent

SIMULATED, LAST, FILE = "simulated", "last", "file"
# Below 40 % of the time a reward discourages, above 80 % it tells little.
_USEFUL = (0.4, 0.8)


class PreviewPane(QWidget):
    """Runs a protocol on a recording off the GUI thread and shows the reward it would have given.

    Parameters
    ----------
    last_recording
        Returns the folder of the newest recording, or None; asked when the preview begins.
    """

    def __init__(self, last_recording: Callable[[], Path | None]) -> None:
        super().__init__()
        self._last_recording = last_recording
        self._protocol: Protocol | None = None
        self._task: Task | None = None
        self.shown: dict[str, str] = {}  # words and values of the result
        self._file: Path | None = None
        self.source = Drop()
        for words, key in (
            (tr("Simulated client"), SIMULATED),
            (tr("Last recording"), LAST),
            (tr("A file …"), FILE),
        ):
            self.source.addItem(words, key)
        self.source.activated.connect(self._source_chosen)
        self.start_button = IconButton(tr("Run preview"), "play")
        self.start_button.clicked.connect(self.begin)
        self.cancel_button = IconButton(tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.busy = QProgressBar(textVisible=False, maximum=0)
        self.busy.setFixedHeight(4)
        self.told = FlexLabel("", "secondary")
        self._results = QWidget()
        self._grid = QGridLayout(self._results)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(row(form_label(tr("Preview on")), self.source, self.start_button, self.cancel_button, None))
        layout.addWidget(self.busy)
        layout.addWidget(self.told)
        layout.addWidget(self._results)
        layout.addStretch(1)
        self._show_busy(False)

    def show_protocol(self, protocol: Protocol | None) -> None:
        """What is previewed; a result of another protocol goes."""
        if protocol == self._protocol:
            return
        self.cancel()
        self._protocol = protocol
        self._clear()
        self.start_button.setEnabled(protocol is not None)
        self.told.setText(
            tr("Nothing is recorded or changed.")
            if protocol
            else tr("It can be previewed once its problems are solved.")
        )

    def use_file(self, path: Path) -> None:
        """Preview on this recording."""
        self._file = path
        at = self.source.findData(FILE)
        self.source.setItemText(at, path.name)
        self.source.setCurrentIndex(at)

    def begin(self) -> None:
        """Run it now, off the GUI thread."""
        if self._protocol is None:
            return
        self.cancel()
        path = self._path()
        if path is None and self.source.currentData() != SIMULATED:
            return
        self._clear()
        self.told.setText(tr("Computing …"))
        self._show_busy(True)
        protocol, stopped = self._protocol, _Flag()

        def work() -> object:
            # The engine is imported only when somebody wants a preview.
            from nfb.engine.preview import preview

            return preview(protocol, path, lambda: stopped.is_set)

        self._task = run_task(work, self._done)
        self._stop = stopped.set

    def cancel(self) -> None:
        """Give up the run that is going on, if there is one."""
        if self._task is not None:
            self._stop()
            self._task.cancel()
            self._task = None
            self.told.setText(tr("Cancelled."))
        self._show_busy(False)

    def _path(self) -> Path | None:
        """The recording that is chosen; says why there is none."""
        source = self.source.currentData()
        if source == SIMULATED:
            return None
        path = self._last_recording() if source == LAST else self._file
        if path is None:
            none = tr("There is no recording yet. Record a session, or choose a file.")
            self.told.setText(none if source == LAST else tr("No file is chosen. Choose one."))
        return path

    def _source_chosen(self) -> None:
        if self.source.currentData() != FILE:
            return
        name, _ = QFileDialog.getOpenFileName(self, tr("A recording"))
        if name:
            self.use_file(Path(name))

    def _done(self, result: object, error: Exception | None) -> None:
        from nfb.engine.preview import Expected

        self._task = None
        self._show_busy(False)
        if error is not None or not isinstance(result, Expected):
            self.told.setText(told(str(error)))
            return
        if result.trained_s <= 0:
            self.told.setText(tr("No clean time after the baseline, so no reward can be expected. Try a longer one."))
            return
        self._show(result)

    def _show(self, expected: object) -> None:
        from nfb.engine.preview import Expected

        assert isinstance(expected, Expected) and self._protocol is not None
        low, high = _USEFUL
        useful = low <= expected.in_range_share <= high
        self.told.setText(
            tr("On {s:.0f} s of clean training.", s=expected.trained_s)
            + ("" if useful else " " + tr("Aim for 40 to 80 % in range: change a target."))
        )
        self._row(tr("In range, all conditions"), percent(expected.in_range_share), "expected rate")
        for condition, share in zip(self._protocol.conditions, expected.condition_shares, strict=True):
            self._row("    " + _condition(condition), percent(share), "condition")
        self._row(tr("Joint rate in the baseline"), percent(expected.baseline_share), "joint expected rate")
        self._row(tr("Tokens a minute"), f"{expected.tokens_per_minute:.1f}", "reward")
        self._row(tr("Held by artefacts"), percent(expected.held_share), "artefact")
        for cause, seconds in expected.held_s_by_cause:
            self._row(f"    {capital(tr(cause))}", tr("{s:.1f} s", s=seconds), "artefact")

    def _row(self, words: str, value: str, term: str) -> None:
        self.shown[words.strip()] = value
        at = self._grid.rowCount()
        self._grid.addWidget(with_tip(label(words, "" if not words.startswith(" ") else "secondary"), term), at, 0)
        self._grid.addWidget(label(value), at, 1)

    def _clear(self) -> None:
        self.shown = {}
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _show_busy(self, busy: bool) -> None:
        self.busy.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self.start_button.setVisible(not busy)


class _Flag:
    """Set once by the window, read by the task's thread."""

    def __init__(self) -> None:
        self.is_set = False

    def set(self) -> None:
        self.is_set = True


def _condition(condition: Condition) -> str:
    side = "▲" if condition.direction is Direction.UP else "▼"
    return f"{side} {capital(feature_name(condition.feature))}"
