"""The main window: rail, status bar, pages, session. It paints before the heavy half of the program is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nfb.model.errors import NfbError
from nfb.ui import theme
from nfb.ui.desk.keeper import BookKeeper, OpenBook
from nfb.ui.desk.rail import Destination, Rail
from nfb.ui.desk.status import StatusBar, hours_free
from nfb.ui.keys import BINDINGS
from nfb.ui.language import tr
from nfb.ui.pages.start import StartPage
from nfb.ui.tasks import Task, run_task
from nfb.ui.widgets.notice import Choice, Level, NoticeBar
from nfb.ui.widgets.small import label

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.live import Finished
    from nfb.ui.bridge import Bridge
    from nfb.ui.desk.desk import Desk
    from nfb.ui.launching import Launcher
    from nfb.ui.pages.connect import ConnectPage
    from nfb.ui.pages.open import OpenPage
    from nfb.ui.pages.summary import SummaryPage
    from nfb.ui.session_screen import SessionScreen
    from nfb.ui.visit.flow import VisitFlow
    from nfb.ui.widgets.notice import KeysOverlay, Sheet

DEMO_STRIPE, REPLAY_STRIPE = "DEMO SIGNAL", "REPLAY — not live"


class Shell(QMainWindow):
    """Modules that need numpy, pyqtgraph or the engine are imported here only when :meth:`ready` has been called.

    A visit finds its way around by :meth:`show_page`, :meth:`launch` and :meth:`leave_visit`.

    Parameters
    ----------
    open_book
        Opens the client book, see :class:`~nfb.ui.desk.keeper.BookKeeper`; None for a window without one.
    """

    def __init__(self, open_book: OpenBook | None = None) -> None:
        super().__init__()
        self.setWindowTitle("nfb")
        self.setMinimumSize(1024, 600)
        self.resize(1280, 720)
        self.launcher: Launcher | None = None
        self.keeper = BookKeeper(open_book, self)
        self.desk: Desk | None = None
        self.visit: VisitFlow | None = None
        self._visit_code = ""
        self._visit_pages: list[QWidget] = []
        self._places: dict[Destination, QWidget] = {}
        self.bridge: Bridge | None = None
        self.session: SessionScreen | None = None
        self.connect_page: ConnectPage | None = None
        self.open_page: OpenPage | None = None
        self.summary: SummaryPage | None = None
        self.sheet: Sheet | None = None
        self.keys_overlay: KeysOverlay | None = None
        self._when_ready: Callable[[], None] | None = None
        self._scan: Task | None = None
        self._asking_disk: Task | None = None
        self._closing = False
        self._switching = False  # to another headset, once the session has ended
        self._connecting = False

        self.stripe = label("", "stripe")
        self.stripe.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stripe.hide()
        self.start = StartPage()
        self.start.demo.connect(lambda: self._once_ready(self.begin_demo))
        self.start.connect_headset.connect(lambda: self._once_ready(self.show_connect))
        self.start.open_recording.connect(lambda: self._once_ready(self.show_open))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.top = StatusBar()
        self.theme_button, self.keys_button = self.top.theme_button, self.top.keys_button
        self.theme_button.clicked.connect(self._switch_theme)
        self.keys_button.clicked.connect(self.toggle_keys)
        self.rail = Rail()
        self.rail.go.connect(self.go)
        self.notices = NoticeBar()
        self.centre = QWidget()
        self.centre.setObjectName("page")
        beside = QVBoxLayout()
        beside.setSpacing(0)
        for part in (self.stripe, self.top, self.notices):
            beside.addWidget(part)
        beside.addWidget(self.pages, 1)
        layout = QHBoxLayout(self.centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addLayout(beside, 1)
        self.setCentralWidget(self.centre)
        self._shortcuts = self._make_shortcuts()
        self._show(self.start)

    # start-up -----------------------------------------------------------------------------------------------------

    def ready(self, launcher: Launcher) -> None:
        """The rest of the program is imported; do what was asked for meanwhile."""
        self.launcher = launcher
        self.start.show_status("\n".join(launcher.recovered))
        self._ask_disk()
        if self._when_ready is not None:
            wanted, self._when_ready = self._when_ready, None
            wanted()
        else:
            self.keeper.open(make=False, then=self._book_came)

    def could_not_get_ready(self, error: Exception) -> None:
        self.start.show_status(f"The program could not be loaded: {error}")

    def _once_ready(self, action: Callable[[], None]) -> None:
        if self.launcher is not None:
            action()
        else:
            self._when_ready = action
            self.start.show_status("Getting ready …")

    # sessions -----------------------------------------------------------------------------------------------------

    def begin_demo(self) -> None:
        """The built-in synthetic headset, with the client's view beside."""
        if self.launcher is None:
            self._when_ready = self.begin_demo
            return
        self._launch(self.launcher.demo, DEMO_STRIPE, newcomer=True)

    def begin_visit(self, code: str) -> None:
        """A visit of a known client: check-in, session, wrap-up."""
        if self.launcher is None:
            self._once_ready(partial(self.begin_visit, code))
            return
        book = self.keeper.book
        if self.visit is not None or self.bridge is not None or book is None:
            return
        try:
            from nfb.ui.visit.flow import VisitFlow
        except ImportError:
            self.notices.tell("visit", tr("Visits are not part of this installation."), Level.LOOK)
            return
        self._visit_code = code
        self.visit = VisitFlow(self, book, code)
        self.visit.start()

    def show_page(self, page: QWidget) -> None:
        """Show a page of the visit; it stays the window's until :meth:`leave_visit`."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
            self._visit_pages.append(page)
        self._show(page)

    def launch(self, make_engine: Callable[[], Engine], stripe: str = "") -> None:
        """Begin the session of the visit.

        `session_finished` of the visit is called at its end, also of one that never connected; a notice says why.
        If the engine cannot be made, the last page of the visit is shown again with such a notice.
        """
        self._launch(make_engine, stripe)

    def leave_visit(self) -> None:
        """The visit is over: back to the client's page."""
        visit, self.visit = self.visit, None
        if visit is not None:
            visit.deleteLater()
        pages, self._visit_pages = self._visit_pages, []
        self.show_client(self._visit_code)
        for page in pages:
            self.pages.removeWidget(page)
            page.deleteLater()

    def begin_replay(self, path: Path, protocol: Path | None = None) -> None:
        """Re-run a recording; it is read off the GUI thread."""
        if self.open_page is None:
            self.show_open()
        assert self.launcher is not None and self.open_page is not None
        self.open_page.show_reading(True)
        self._show(self.open_page)
        self.keeper.run(self.open_page, partial(self.launcher.replay, path, protocol), self._replay_read)

    def _replay_read(self, engine: Engine | None, error: Exception | None) -> None:
        assert self.open_page is not None
        if engine is None:
            self.open_page.show_problem(str(error))
        else:
            self.open_page.show_reading(False)
            self._launch(lambda: engine, REPLAY_STRIPE)

    def begin_connection(self, device: str, params: Mapping[str, str], protocol: Path, client: str) -> None:
        if self.launcher is None or self.connect_page is None:
            return
        self.connect_page.show_connecting(device)
        self._connecting = True
        self._launch(partial(self.launcher.connect, device, params, protocol, client), "")

    def _launch(self, make: Callable[[], Engine], stripe: str, *, newcomer: bool = False) -> None:
        from nfb.ui.audio.sounds import SoundChoice, sound_of
        from nfb.ui.bridge import Bridge
        from nfb.ui.session_screen import SessionScreen

        try:
            engine = make()
        except NfbError as error:
            self._could_not_begin(str(error), "")
            return
        if self.session is None:
            self.session = SessionScreen()
            self.session.finished.connect(self._session_finished)
            self.session.ask_to_end.connect(lambda: self.ask_to_end())
            self.session.switch_device.connect(self._switch_device)
            self.pages.addWidget(self.session)
            chime = self.session.sound
            self.top.show_sound(tr("sound on") if chime.available else "", chime.why_silent)
        self.bridge = Bridge(engine, self)
        self.bridge.happened.connect(self._take_event)
        self.stripe.setText(stripe)
        if not self._connecting:
            self._show(self.session)
        plan = None if self.visit is None else self.visit.plan
        self.session.sound_choice = SoundChoice() if plan is None else sound_of(plan)
        self.session.run(self.bridge, newcomer=newcomer)
        if newcomer:
            self.session.client.open_beside(self)

    def _take_event(self, event: object) -> None:
        from nfb.engine.live import Started

        if isinstance(event, Started) and self.session is not None:
            self._connecting = False
            if self.connect_page is not None:
                self.connect_page.show_connecting("")
            self._show(self.session)

    def _session_finished(self, finished: Finished) -> None:
        assert self.bridge is not None and self.session is not None
        view, bridge = self.bridge.view, self.bridge
        self.bridge = None
        self.top.show_sound(self.session.sound.device, self.session.sound.why_silent)
        self._drop_sheet()
        bridge.close()
        bridge.deleteLater()
        if self._closing:
            self.close()
            return
        fault = view.fault
        if self.visit is not None:
            if view.setup is None and fault is not None:
                self.notices.tell("begin", f"{fault.what} {fault.way_out}".strip(), Level.LOOK)
            self.visit.session_finished(finished, view)
            return
        if self._switching:
            self._switching = False
            self.show_connect()
            return
        if view.setup is None:
            was_connecting, self._connecting = self._connecting, False
            what = fault.what if fault is not None else "Cancelled."
            self._could_not_begin(what, fault.way_out if fault is not None else "", to_connect=was_connecting)
            return
        if self.summary is None:
            from nfb.ui.pages.summary import SummaryPage

            self.summary = SummaryPage()
            self.summary.done.connect(self.show_landing)
            self.summary.open_folder.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
            self.summary.replay.connect(self.begin_replay)
            self.pages.addWidget(self.summary)
        self.summary.show_session(finished, view, self.session.trend)
        self._show(self.summary)

    def _switch_device(self) -> None:
        """End, keep what was recorded, and choose another headset; a visit goes on to its wrap-up."""
        from nfb.model.commands import EndReason

        if self.bridge is not None:
            self._switching = self.visit is None
            self.bridge.stop(EndReason.DEVICE_GONE)

    def _could_not_begin(self, what: str, way_out: str, *, to_connect: bool = False) -> None:
        words = f"{what} {way_out}".strip()
        if self.visit is not None and self._visit_pages:
            self.notices.tell("begin", words, Level.LOOK)
            self._show(self._visit_pages[-1])
        elif (to_connect or self._connecting) and self.connect_page is not None:
            self._connecting = False
            self.connect_page.show_problem(what, way_out)
            self._show(self.connect_page)
        else:
            if self.landing is not self.start:
                self.notices.tell("begin", words, Level.LOOK)
            self.start.show_status(words)
            self.show_landing()

    # other pages --------------------------------------------------------------------------------------------------

    def show_connect(self) -> None:
        assert self.launcher is not None
        if self.connect_page is None:
            from nfb.ui.pages.connect import ConnectPage

            self.connect_page = ConnectPage()
            self.connect_page.connect_to.connect(self.begin_connection)
            self.connect_page.cancel.connect(self._cancel_connecting)
            self.connect_page.scan.connect(self._start_scan)
            self.connect_page.back.connect(self.show_landing)
            self.pages.addWidget(self.connect_page)
        try:
            self.connect_page.show_catalogue(self.launcher.devices(), self.launcher.protocols())
        except NfbError as error:
            self.connect_page.show_problem(str(error), "")
        self._show(self.connect_page)

    def _cancel_connecting(self) -> None:
        if self.bridge is not None:
            self.bridge.stop()

    def _start_scan(self) -> None:
        assert self.launcher is not None and self.connect_page is not None
        self.connect_page.show_found(None)
        page = self.connect_page

        def done(found: object, error: Exception | None) -> None:
            page.show_found(found if isinstance(found, list | tuple) else ())
            if error is not None:
                page.show_problem(str(error), "")

        self._scan = run_task(self.launcher.scan, done)

    def show_open(self) -> None:
        assert self.launcher is not None
        if self.open_page is None:
            from nfb.ui.pages.open import OpenPage

            self.open_page = OpenPage(self.keeper, self.launcher.recordings)
            self.open_page.replay.connect(self.begin_replay)
            self.open_page.record.connect(self.show_connect)
            self.pages.addWidget(self.open_page)
        try:
            self.open_page.show_protocols(self.launcher.protocols())
        except NfbError as error:
            self.open_page.show_problem(str(error))
        self.open_page.look()
        self._show(self.open_page)

    # the practice -------------------------------------------------------------------------------------------------

    @property
    def landing(self) -> QWidget:
        """Where one is when nothing is going on: the clients, or the first page while there are none."""
        return self.desk if self.desk is not None and self.desk.has_clients else self.start

    def show_landing(self) -> None:
        if self.landing is self.desk:
            self.show_clients()
        else:
            self._show(self.start)

    def show_clients(self) -> None:
        """Today's clients and all others."""
        desk = self._the_desk()
        desk.show_home()
        self._show(desk)
        self.keeper.open(make=True, then=desk.show_home)

    def show_client(self, code: str) -> None:
        """One client's page."""
        desk = self._the_desk()
        desk.show_client(code)
        self._show(desk)

    def go(self, to: Destination) -> None:
        """Where the rail leads."""
        if not self._may_leave():
            self.rail.mark(self._destination_of(self.pages.currentWidget()))
            return
        going: dict[Destination, Callable[[], None]] = {
            Destination.CLIENTS: self.show_clients,
            Destination.SESSION: self.show_connect,
            Destination.RECORDINGS: self.show_open,
            Destination.PROTOCOLS: partial(self._show_place, Destination.PROTOCOLS),
            Destination.SETTINGS: partial(self._show_place, Destination.SETTINGS),
        }
        self._once_ready(going[to])

    def _may_leave(self) -> bool:
        return self.desk is None or self.pages.currentWidget() is not self.desk or self.desk.may_leave()

    def _show_place(self, place: Destination) -> None:
        """The protocols or the settings; each is imported when it is first gone to."""
        page = self._places.get(place)
        if page is None:
            from nfb.ui.desk.places import make_place

            page = self._places[place] = make_place(place, self.show_landing)
            self.pages.addWidget(page)
        opened = getattr(page, "open", None)
        if opened is not None:
            opened()
        self._show(page)

    def _book_came(self) -> None:
        if self.keeper.problem:
            self.notices.tell("book", self.keeper.problem, Level.LOOK)
        book = self.keeper.book
        if book is None:
            return
        for text in (book.notice, self.keeper.clock_advice):
            if text:
                self.notices.tell(text, text, Level.LOOK)
        desk = self._the_desk()
        desk.first_rows.connect(self._land)
        desk.show_home()

    def _land(self) -> None:
        """The clients are known: they take the place of the first page, unless something else is going on."""
        if self.pages.currentWidget() is self.start:
            self.show_landing()

    def _the_desk(self) -> Desk:
        if self.desk is None:
            from nfb.ui.desk.desk import Desk

            assert self.launcher is not None
            self.desk = Desk(self.keeper, self.launcher)
            self.desk.start_visit.connect(self.begin_visit)
            self.desk.demo.connect(self.begin_demo)
            self.desk.replay.connect(self.begin_replay)
            self.desk.told.connect(lambda words: self.notices.tell("desk", words))
            self.pages.addWidget(self.desk)
        return self.desk

    def _ask_disk(self) -> None:
        if self.launcher is None or self._asking_disk is not None:
            return

        def done(hours: float | None, _: Exception | None) -> None:
            self._asking_disk = None
            self.top.show_disk(hours)

        self._asking_disk = run_task(partial(hours_free, self.launcher.recordings), done)

    # pages --------------------------------------------------------------------------------------------------------

    def _show(self, page: QWidget) -> None:
        in_session = page is self.session
        in_visit = page in self._visit_pages
        self.pages.setCurrentWidget(page)
        self.top.setVisible(not in_session)
        self.rail.setVisible(not in_session and not in_visit)
        self.notices.setVisible(not in_session and bool(self.notices.text()))
        self.stripe.setVisible(in_session and bool(self.stripe.text()))
        self.rail.mark(self._destination_of(page))
        for shortcut in self._shortcuts:
            shortcut.setEnabled(in_session)
        if page is self.start:
            self.start.buttons[0].setFocus()
        elif in_session:
            # Nothing holds the focus, so that Space and the arrows mean what the help says.
            self.centre.setFocus()
        if not in_session:
            self._ask_disk()

    def _destination_of(self, page: QWidget | None) -> Destination | None:
        if page is None:
            return None
        if page is self.desk:
            return Destination.CLIENTS
        if page is self.connect_page:
            return Destination.SESSION
        if page is self.open_page:
            return Destination.RECORDINGS
        return next((to for to, place in self._places.items() if place is page), None)

    # keys and closing ---------------------------------------------------------------------------------------------

    def _make_shortcuts(self) -> list[QShortcut]:
        """One per key of a session; F1 and Esc work everywhere."""
        made = []
        for binding in BINDINGS:
            for number, sequence in enumerate(binding.sequences, start=1):
                name = f"{binding.action}_{number}" if binding.action == "quick_mark" else binding.action
                shortcut = QShortcut(QKeySequence(sequence), self)
                if binding.in_session:
                    shortcut.activated.connect(partial(self._do_in_session, name))
                    made.append(shortcut)
                else:
                    shortcut.activated.connect(self.toggle_keys)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self._escape)
        return made

    def _do_in_session(self, name: str) -> None:
        if self.session is not None:
            self.session.do(name)

    def _escape(self) -> None:
        """Close what lies over the window, leave a text field; never end anything."""
        if self.keys_overlay is not None:
            self.toggle_keys()
        elif self.sheet is not None:
            self._drop_sheet()
        elif self.desk is None or self.pages.currentWidget() is not self.desk or not self.desk.step_back():
            self.centre.setFocus()

    def toggle_keys(self) -> None:
        from nfb.ui.widgets.notice import KeysOverlay

        if self.keys_overlay is None:
            self.keys_overlay = KeysOverlay(self.centre)
        else:
            self.keys_overlay.hide()
            self.keys_overlay.deleteLater()
            self.keys_overlay = None

    def ask_to_end(self, *, then_close: bool = False) -> None:
        """The sheet that asks; the session goes on underneath."""
        if self.bridge is None or self.bridge.view.finished is not None:
            return
        from nfb.ui.widgets.notice import Sheet

        self._drop_sheet()
        title = self.bridge.view.title()
        running = f"{title} is running." if self.bridge.view.setup is not None else "Still connecting."
        end = partial(self._end, then_close)
        choices = (Choice("Keep going", self._drop_sheet), Choice("End and keep data", end))
        self.sheet = Sheet(self.centre, running, choices)

    def _end(self, then_close: bool) -> None:
        self._drop_sheet()
        self._closing = then_close
        if self.bridge is not None:
            self.bridge.stop()

    def _drop_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.hide()
            self.sheet.deleteLater()
            self.sheet = None
            self.centre.setFocus()

    def shut_down(self) -> None:
        """The program ends, perhaps by the system's log-off: end the session in order and wait for its files."""
        for task in (self._scan, self._asking_disk):
            if task is not None:
                task.cancel()
        self.keeper.close()
        if self.bridge is not None:
            self.bridge.close(5.0)
            self.bridge = None

    def _switch_theme(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.switch(app)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.sheet is not None:
            self.sheet.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A session that runs keeps running, and a sheet asks; otherwise the window closes."""
        if self.bridge is not None and self.bridge.view.finished is None:
            self.ask_to_end(then_close=True)
            event.ignore()
            return
        if not self._may_leave():
            event.ignore()
            return
        self.shut_down()
        if self.session is not None:
            self.session.close_client()
            self.session.client.deleteLater()
        event.accept()
