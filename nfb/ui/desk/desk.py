"""The clients' side of the window: home, a client's page, and the forms that open from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QWidget

from nfb.practice.banners import Banner
from nfb.practice.erase import Erased
from nfb.practice.overview import ClientRow, client_rows
from nfb.practice.record import Stored
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.safety_item import page_due
from nfb.ui.desk import client_forms, course_forms
from nfb.ui.desk.client_page import ClientPage
from nfb.ui.desk.file import ClientFile, obstacles, read_file
from nfb.ui.desk.given import course_notes, session_notes
from nfb.ui.desk.home import HomePage
from nfb.ui.desk.host import Host
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.plan_form import plan_form
from nfb.ui.desk.protocol_names import ProtocolNames
from nfb.ui.desk.reports import Kind, write_report
from nfb.ui.desk.scale_page import CrisisPage
from nfb.ui.language import tr
from nfb.ui.launching import Launcher
from nfb.ui.privacy import as_shown
from nfb.ui.told import told

if TYPE_CHECKING:
    from nfb.model.protocol import Protocol
    from nfb.practice.book import Book


class Desk(QStackedWidget):
    """Signals: `start_visit` ``(code)``, `demo`, `replay` ``(path)``, `first_rows` when the clients are known.

    `told` carries what the whole window should say.
    """

    start_visit = Signal(str)
    demo = Signal()
    replay = Signal(Path)
    first_rows = Signal()
    told = Signal(str)

    def __init__(self, keeper: BookKeeper, launcher: Launcher) -> None:
        super().__init__()
        self.keeper, self.launcher = keeper, launcher
        self.has_clients = False
        self._code = ""
        self._forms: list[QWidget] = []
        self._asked: QWidget | None = None
        self.names = ProtocolNames(launcher)
        self.home = HomePage(self.names)
        self.home.start.connect(self.start)
        self.home.open_client.connect(self.show_client)
        self.home.new_client.connect(self._new_client)
        self.home.demo.connect(self.demo)
        self.client: ClientPage | None = None
        self.addWidget(self.home)
        keeper.changed.connect(self._refresh)

    @property
    def code(self) -> str:
        """The client whose page is shown; empty on the first page."""
        return self._code

    # pages --------------------------------------------------------------------------------------------------------

    def show_home(self) -> None:
        """All clients, read anew."""
        self._drop_forms()
        self._code = ""
        self.setCurrentWidget(self.home)
        self._read_rows()

    def show_client(self, code: str) -> None:
        """One client's page, read anew."""
        self._drop_forms()
        self._code = code
        self._read_client()

    def step_back(self) -> bool:
        """Close the form that is open, or leave the client's page; False if there is nothing to close."""
        if self._forms:
            form = self._forms[-1]
            if form.may_close():  # type: ignore[attr-defined]
                self._close_form(form)
            return True
        return False

    def may_leave(self) -> bool:
        """Whether nothing typed is lost by going elsewhere. The form says so; asked again, one means it."""
        form = self._forms[-1] if self._forms else None
        if form is None or form.may_close():  # type: ignore[attr-defined]
            return True
        asked_before, self._asked = self._asked is form, form
        return asked_before and not isinstance(form, CrisisPage)

    def open_form(self, form: QWidget) -> None:
        """Show a form over everything else until it says `closed`."""
        form.closed.connect(lambda: self._close_form(form))  # type: ignore[attr-defined]
        self._forms.append(form)
        self.addWidget(form)
        self.setCurrentWidget(form)
        form.begin()  # type: ignore[attr-defined]

    def _close_form(self, form: QWidget) -> None:
        if form in self._forms:
            self._forms.remove(form)
            self.setCurrentWidget(self._forms[-1] if self._forms else self._under())
            self.removeWidget(form)
            form.deleteLater()

    def _under(self) -> QWidget:
        return self.client if self._code and self.client is not None else self.home

    def _drop_forms(self) -> None:
        for form in tuple(self._forms):
            self._close_form(form)

    # reading ------------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Something was written: read again what is shown."""
        if self._code:
            self._read_client()
        else:
            self._read_rows()

    def _read_rows(self) -> None:
        now = datetime.now().astimezone()
        if self.keeper.book is None:
            self.home.show_rows((), now, read_only=bool(self.keeper.problem))
            if self.keeper.problem:
                self.home.say(self.keeper.problem)
            return

        def read(book: Book) -> tuple[ClientRow, ...]:
            self.names.read()
            return client_rows(book, now)

        self.keeper.read(self, read, self._show_rows)

    def _show_rows(self, rows: Sequence[ClientRow] | None, error: Exception | None) -> None:
        if rows is None:
            self.home.say(told(str(error)))
            return
        shown = [as_shown(shown) for shown in rows if not shown.client.value.demo]
        self.home.show_rows(shown, datetime.now().astimezone(), read_only=self.keeper.read_only)
        had = self.has_clients
        self.has_clients = bool(shown)
        if self.has_clients and not had:
            self.first_rows.emit()
        if self.currentWidget() is self.home and self.isVisible() and not self.home.search.text():
            self.home.focus_first()

    def _read_client(self) -> None:
        code = self._code

        def read(book: Book) -> ClientFile:
            self.names.read()
            return read_file(book, code)

        self.keeper.read(self, read, partial(self._show_file, code))

    def _show_file(self, code: str, file: ClientFile | None, error: Exception | None) -> None:
        if code != self._code:
            return
        if file is None:
            self._code = ""
            self.show_home()
            self.home.say(told(str(error)))
            return
        page = self._client_page()
        page.show_file(file)
        if not self._forms:
            self.setCurrentWidget(page)

    def _client_page(self) -> ClientPage:
        if self.client is None:
            host = Host(
                self.keeper,
                self.start,
                self.launcher.recordings,
                self.open_form,
                self.replay.emit,
                self._report,
                self._edit_plan,
                self._acknowledge,
                self.names,
            )
            self.client = ClientPage(host, self._after_scale, self._erased)
            self.client.start.connect(self.start)
            self.client.back.connect(self.show_home)
            self.client.intake.connect(self._intake)
            self.addWidget(self.client)
        return self.client

    # what is asked for --------------------------------------------------------------------------------------------

    def start(self, code: str) -> None:
        """Begin a visit, unless something stands in its way: then the client's page says what."""

        def done(file: ClientFile | None, error: Exception | None) -> None:
            if file is None:
                self.home.say(told(str(error)))
            elif obstacles(file, datetime.now().astimezone()):
                self.show_client(code)
            else:
                self.start_visit.emit(code)

        self.keeper.read(self, lambda book: read_file(book, code), done)

    def _new_client(self) -> None:
        self.keeper.open(make=True, then=self._open_new_client)

    def _open_new_client(self) -> None:
        if self.keeper.book is None:
            self.home.say(self.keeper.problem)
            return
        form = client_forms.new_client_form(self.keeper)
        form.saved.connect(lambda stored: self.show_client(stored.value.code))
        self.open_form(form)

    def _file(self) -> ClientFile | None:
        return self.client.file if self.client is not None else None

    def _intake(self) -> None:
        file = self._file()
        if file is not None:
            self.open_form(client_forms.intake_form(self.keeper, file))

    def _edit_plan(self) -> None:
        # Reading the shelf takes longer than the window may stand still.
        self.keeper.run(self, self._protocols, self._open_plan)

    def _protocols(self) -> list[Protocol]:
        return [protocol for _, protocol in self.launcher.protocols()]

    def _open_plan(self, protocols: list[Protocol] | None, error: Exception | None) -> None:
        file = self._file()
        if protocols is None:
            self._client_page().say(told(str(error)))
        elif file is not None:
            self.open_form(plan_form(self.keeper, file, protocols))

    def _acknowledge(self, banner: Banner) -> None:
        file = self._file()
        if file is not None:
            self.open_form(course_forms.acknowledge_form(self.keeper, file.code, banner))

    def _after_scale(self, stored: object) -> None:
        """The client sees the practice's own words if an item about danger was answered above zero."""
        file = self._file()
        if not isinstance(stored, Stored) or not isinstance(stored.value, ScaleResult) or file is None:
            return
        due = page_due(stored.value, file.contact.value if file.contact is not None else None)
        if due is not None:
            self.open_form(CrisisPage(due))

    def _erased(self, erased: object) -> None:
        self.show_home()
        if not isinstance(erased, Erased):
            return
        words = tr("{code} was erased from the client book.", code=erased.code)
        if erased.recordings:
            words += " " + tr(
                "Recordings are files and are still there: {folders}", folders=", ".join(erased.recordings)
            )
        if erased.copies_left:
            words += " " + tr("These copies could not be cleaned: {copies}", copies=", ".join(erased.copies_left))
        self.told.emit(words)

    def _report(self, folder: Path, kind: Kind) -> None:
        file, page = self._file(), self._client_page()
        if file is None:
            return
        page.say(tr("Writing the report …"))

        def done(path: Path | None, error: Exception | None) -> None:
            if path is None:
                page.say(told(str(error)))
                return
            page.say(tr("Written: {path}", path=path))
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

        notes, course = session_notes(file, folder, self.keeper.who), course_notes(file, self.keeper.who)
        self.keeper.run(self, lambda: write_report(folder, kind, notes, course), done)
