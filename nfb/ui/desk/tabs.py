"""The tabs of a client's page that list or draw what has been: sessions, trends, treatments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nfb.practice.record import AnyStored
from nfb.practice.sessions import CLEAN_SHARE, IN_RANGE_SHARE, SessionEntry
from nfb.practice.treatments import TREATMENT_WORDS, Step
from nfb.practice.trend_range import N_MONTHS, N_VISITS, Range, first_day, since
from nfb.practice.trends import CAPTION, EMPTY
from nfb.ui.desk import course_forms
from nfb.ui.desk.file import ClientFile, learning
from nfb.ui.desk.host import Host
from nfb.ui.desk.parts import Action, RecordList
from nfb.ui.desk.reports import Kind
from nfb.ui.desk.table import local_moment, shown_day
from nfb.ui.desk.trend_chart import TrendChart
from nfb.ui.desk.words import source_words, step_words
from nfb.ui.language import tr
from nfb.ui.widgets.empty import Empty
from nfb.ui.widgets.small import Drop, IconButton, label, panel, row
from nfb.ui.words import clock, percent


def start_button(host: Host, code: Callable[[], str]) -> IconButton:
    """Begins a session of the client `code`, or shows what stands in its way."""
    button = IconButton(tr("Start session"), "play")
    button.clicked.connect(lambda: host.start(code()))
    return button


class SessionsTab(QWidget):
    """All sessions, the newest first."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._entries: list[SessionEntry] = []
        self._code = ""
        heads = [tr("Visit"), tr("Date"), tr("Protocol"), tr("Trained"), tr("In range"), tr("Clean"), tr("Device")]
        self.list = RecordList(
            tr("Sessions"),
            heads,
            tr("Nothing recorded yet."),
            (
                Action(tr("Replay"), "replay", lambda at: host.replay(self._folder(at)), writes=False),
                Action(tr("Report"), "file", lambda at: host.report(self._folder(at), Kind.SESSION), writes=False),
                Action(tr("Open folder"), "folder", self._open_folder, writes=False),
            ),
            icon="wave",
            way_on=start_button(host, lambda: self._code),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.list)

    def show_file(self, file: ClientFile) -> None:
        entries = sorted((stored.value for stored in file.sessions), key=lambda e: e.number, reverse=True)
        self._entries, self._code = entries, file.code
        self.list.fill([self._cells(entry) for entry in entries])

    def _cells(self, entry: SessionEntry) -> list[str]:
        shares = [entry.figure(key) for key in (IN_RANGE_SHARE, CLEAN_SHARE)]
        return [
            str(entry.number),
            local_moment(entry.started),
            self._host.names(entry.protocol_id),
            clock(entry.trained_s),
            *(percent(share) if share is not None else "" for share in shares),
            entry.device,
        ]

    def _folder(self, at: int) -> Path:
        # An absolute folder (one that lies elsewhere) stays as it is.
        return self._host.root / self._entries[at].folder

    def _open_folder(self, at: int) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder(at))))


class TrendsTab(QWidget):
    """Everything that has values on one axis of time."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._code = ""
        self._file: ClientFile | None = None
        self.chart = TrendChart()
        self.range = Drop()
        self.range.setAccessibleName(tr("Range"))
        self.range.setMinimumContentsLength(12)
        for wanted, words in range_words().items():
            self.range.addItem(words, wanted)
        self.range.activated.connect(lambda _: self._draw())
        self.nothing = label(tr("Nothing in this range."), "secondary")
        self.caption = label(tr(CAPTION), "secondary")
        self.learning = label("", "secondary", wrap=True)
        self.empty = Empty("wave", tr(EMPTY), start_button(host, lambda: self._code))
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.chart)
        choice = row(label(tr("Range"), "secondary"), self.range, None)
        self._drawn = panel(choice, self.nothing, scroll, self.learning, self.caption)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self._drawn, 1)

    def show_file(self, file: ClientFile) -> None:
        self._code = file.code
        self._file = file
        # One visit makes no trend; scales and treatments are drawn as soon as there is anything.
        worth = len(file.sessions) >= 2 or bool(file.results) or bool(file.treatments)
        self._draw()
        self.empty.setVisible(not worth)
        self._drawn.setVisible(worth)
        self._host.keeper.run(self, lambda: learning(file), self._show_learning)

    def _draw(self) -> None:
        """Draw the range that is chosen."""
        file, wanted = self._file, self.range.currentData()
        if file is None:
            return
        protocol = "" if file.plan is None else file.plan.value.protocol_id
        day = first_day(wanted, file.sessions, protocol, date.today())
        found = since(file.trends, day)
        self.chart.show_trends(found, day)
        self.nothing.setVisible(not found.series)

    def _show_learning(self, line: object, _: Exception | None) -> None:
        self.learning.setText(getattr(line, "words", ""))


def range_words() -> dict[Range, str]:
    """The stretches of time that can be drawn."""
    return {
        Range.ALL: tr("All"),
        Range.VISITS: tr("Last {n} visits", n=N_VISITS),
        Range.MONTHS: tr("{n} months", n=N_MONTHS),
        Range.COURSE: tr("This course"),
    }


class TreatmentsTab(QWidget):
    """The log of what goes on beside the training, the newest first."""

    def __init__(self, host: Host) -> None:
        super().__init__()
        self._host = host
        self._file: ClientFile | None = None
        first = IconButton(tr("Add treatment"), "plus")
        first.clicked.connect(lambda: self._add(Step.START))
        heads = [tr("Day"), tr("What"), tr("Kind"), tr("Name"), tr("Dose"), tr("Source"), tr("Note")]
        self.list = RecordList(
            tr("Treatments"),
            heads,
            tr("Nothing logged."),
            (
                Action(tr("Add treatment"), "plus", lambda _: self._add(Step.START), on_row=False),
                Action(tr("Change dose"), "pen", lambda at: self._add(Step.CHANGE, at)),
                Action(tr("Stop"), "minus", lambda at: self._add(Step.STOP, at)),
                Action(tr("Given today"), "check", lambda at: self._add(Step.GIVEN, at)),
                Action(tr("Correct"), "undo", self._correct),
            ),
            icon="file",
            way_on=first,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addWidget(label(tr(CAPTION), "secondary"))

    def _rows(self) -> list[AnyStored]:
        found: list[AnyStored] = list(self._file.treatments) if self._file is not None else []
        return sorted(found, key=lambda stored: (stored.value.day, stored.id), reverse=True)

    def _add(self, step: Step, at: int = -1) -> None:
        if self._file is not None:
            like = self._rows()[at].value if at >= 0 else None
            self._host.open_form(course_forms.treatment_form(self._host.keeper, self._file, step, like, None))

    def _correct(self, at: int) -> None:
        if self._file is not None:
            stored = self._rows()[at]
            form = course_forms.treatment_form(self._host.keeper, self._file, stored.value.step, None, stored)
            self._host.open_form(form)

    def show_file(self, file: ClientFile) -> None:
        self._file = file
        steps, sources = step_words(), source_words()
        cells = []
        for stored in self._rows():
            event = stored.value
            when = shown_day(event.day) + (f" {event.at_time:%H:%M}" if event.at_time is not None else "")
            kind = tr(TREATMENT_WORDS[event.treatment])
            cells.append([when, steps[event.step], kind, event.name, event.dose, sources[event.source], event.note])
        self.list.fill(cells, read_only=self._host.keeper.read_only)
