"""The main window: rail, status bar, pages, session. It paints before the heavy half of the program is imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nfb.files.preferences import PreferenceError
from nfb.ui import theme
from nfb.ui.desk.keeper import BookKeeper, OpenBook
from nfb.ui.desk.rail import Destination, Rail
from nfb.ui.desk.status import StatusBar, hours_free
from nfb.ui.entrances import Entrances
from nfb.ui.language import tr
from nfb.ui.overlays import Overlays
from nfb.ui.pages.start import StartPage
from nfb.ui.sessions import Sessions
from nfb.ui.settings.applying import Following
from nfb.ui.settings.store import SettingsStore
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told
from nfb.ui.widgets.notice import Choice, Level, NoticeBar
from nfb.ui.widgets.small import label

if TYPE_CHECKING:
    from nfb.ui.bridge import Bridge
    from nfb.ui.desk.desk import Desk
    from nfb.ui.launching import Launcher
    from nfb.ui.pages.connect import ConnectPage
    from nfb.ui.pages.open import OpenPage
    from nfb.ui.pages.summary import SummaryPage
    from nfb.ui.session_screen import SessionScreen
    from nfb.ui.visit.flow import VisitFlow


DISK_EVERY_MS = 10_000


class Shell(QMainWindow):
    """The frame around the pages and the ways between them.

    Modules that need numpy, pyqtgraph or the engine are imported here only when :meth:`ready` has been called.

    Parameters
    ----------
    open_book
        Opens the client book, see :class:`~nfb.ui.desk.keeper.BookKeeper`; None for a window without one.
    settings
        What the user has chosen; the user's own file if None.

    Attributes
    ----------
    sessions, entrances, overlays
        What runs, what one can begin, and what lies over the pages.
    launcher
        None until the rest of the program is imported.
    desk
        The pages of the practice; None until they are gone to.
    """

    def __init__(self, open_book: OpenBook | None = None, settings: SettingsStore | None = None) -> None:
        super().__init__()
        self.settings = settings or SettingsStore()
        self.setWindowTitle("nfb")
        self.setMinimumSize(960, 540)
        self.resize(1280, 720)
        self.launcher: Launcher | None = None
        self.keeper = BookKeeper(open_book, self)
        self.desk: Desk | None = None
        self._places: dict[Destination, QWidget] = {}
        self._when_ready: Callable[[], None] | None = None
        self._asking_disk: Task | None = None
        self._leaves_check_in = False
        self._look_at_disk = QTimer(self, interval=DISK_EVERY_MS)
        self._look_at_disk.timeout.connect(self._ask_disk)
        self._look_at_disk.start()

        self.centre = QWidget()
        self.centre.setObjectName("page")
        self.stripe = label("", "stripe")
        self.stripe.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stripe.hide()
        self.start = StartPage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.top = StatusBar()
        self.rail = Rail()
        self.notices = NoticeBar()
        self.sessions = Sessions(self)
        self.entrances = Entrances(self)
        self.overlays = Overlays(self.centre)
        self._lay_out()
        self.following = Following(self, self.settings)
        self._wire()
        self._shortcuts: list[QShortcut] = []
        self.rebind()
        self.turn_to(self.start)

    def _lay_out(self) -> None:
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

    def _wire(self) -> None:
        self.start.demo.connect(self.begin_demo)
        self.start.connect_headset.connect(lambda: self._once_ready(self.show_connect))
        self.start.open_recording.connect(lambda: self._once_ready(self.show_open))
        self.top.theme_button.clicked.connect(self._switch_theme)
        self.top.keys_button.clicked.connect(self.toggle_keys)
        self.rail.go.connect(self.go)
        self.sessions.ended.connect(self.close)

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
        self.start.show_status(tr("The program could not be loaded: {error}", error=told(str(error))))

    def _once_ready(self, action: Callable[[], None]) -> None:
        if self.launcher is not None:
            action()
        else:
            self._when_ready = action
            self.start.show_status(tr("Getting ready …"))

    # what is there ------------------------------------------------------------------------------------------------

    @property
    def bridge(self) -> Bridge | None:
        return self.sessions.bridge

    @property
    def session(self) -> SessionScreen | None:
        return self.sessions.screen

    @property
    def visit(self) -> VisitFlow | None:
        return self.sessions.visit

    @property
    def summary(self) -> SummaryPage | None:
        return self.sessions.summary

    @property
    def connect_page(self) -> ConnectPage | None:
        return self.entrances.connect_page

    @property
    def open_page(self) -> OpenPage | None:
        return self.entrances.open_page

    # ways ---------------------------------------------------------------------------------------------------------

    def begin_demo(self) -> None:
        """The built-in synthetic headset, with the client's view beside."""
        self._once_ready(self.sessions.begin_demo)

    def begin_visit(self, code: str) -> None:
        """A visit of a known client: check-in, session, wrap-up."""
        self._once_ready(partial(self.sessions.begin_visit, code))

    def show_connect(self) -> None:
        self.entrances.show_connect()

    def show_open(self) -> None:
        self.entrances.show_open()

    @property
    def landing(self) -> QWidget:
        """Where one is when nothing is going on: the clients, or the first page while there are none."""
        return self.desk if self.desk is not None and self.desk.has_clients else self.start

    def show_landing(self) -> None:
        if self.landing is self.desk:
            self.show_clients()
        else:
            self.turn_to(self.start)

    def show_clients(self) -> None:
        """Today's clients and all others."""
        desk = self._the_desk()
        desk.show_home()
        self.turn_to(desk)
        self.keeper.open(make=True, then=desk.show_home)

    def show_client(self, code: str) -> None:
        """One client's page."""
        desk = self._the_desk()
        desk.show_client(code)
        self.turn_to(desk)

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

            assert self.launcher is not None
            needs = {
                Destination.PROTOCOLS: (None, self.launcher.recordings),
                Destination.SETTINGS: (self.settings, self.keeper, self.launcher),
            }[place]
            page = self._places[place] = make_place(place, self.show_landing, *needs)
            if place is Destination.SETTINGS:
                page.connect_to.connect(self.entrances.show_connect_to)  # type: ignore[attr-defined]
            self.pages.addWidget(page)
        if place is Destination.PROTOCOLS and self.desk is not None:
            page.client = self.desk.code if self.pages.currentWidget() is self.desk else ""  # type: ignore[attr-defined]
        opened = getattr(page, "open", None)
        if opened is not None:
            opened()
        self.turn_to(page)

    def _book_came(self) -> None:
        if self.keeper.problem:
            self.notices.tell("book", self.keeper.problem, Level.LOOK)
        book = self.keeper.book
        if book is None:
            return
        for text in (book.notice, self.keeper.clock_advice):
            if text:
                self.notices.tell(text, told(text), Level.LOOK)
        desk = self._the_desk()
        desk.first_rows.connect(self._land)
        desk.show_home()

    def book_changed(self) -> None:
        """Another client book was opened in the place of the one before."""
        words = self.keeper.problem or (self.keeper.book.notice if self.keeper.book is not None else "")
        if words:
            self.notices.tell("book", told(words), Level.LOOK)
        if self.keeper.book is not None:
            self._the_desk().show_home()

    def recordings_moved(self) -> None:
        """Sessions are recorded in another folder from now on."""
        if self.open_page is not None and self.launcher is not None:
            self.open_page.show_folder(self.launcher.recordings)
        self._ask_disk()

    def _land(self) -> None:
        """The clients are known: they take the place of the first page, unless something else is going on."""
        if self.pages.currentWidget() is self.start:
            self.show_landing()
            if self.launcher is not None and self.launcher.recovered:  # the first page would have said so
                words = "\n".join(self.launcher.recovered)
                self.notices.tell("recovered", words, choices=(Choice(tr("Review"), self.show_open),))

    def _the_desk(self) -> Desk:
        if self.desk is None:
            from nfb.ui.desk.desk import Desk

            assert self.launcher is not None
            self.desk = Desk(self.keeper, self.launcher)
            self.desk.start_visit.connect(self.begin_visit)
            self.desk.demo.connect(self.begin_demo)
            self.desk.replay.connect(self.sessions.begin_replay)
            self.desk.told.connect(lambda words: self.notices.tell("desk", words))
            self.pages.addWidget(self.desk)
        return self.desk

    def _ask_disk(self) -> None:
        if self.launcher is None or self._asking_disk is not None:
            return

        def done(hours: float | None, _: Exception | None) -> None:
            self._asking_disk = None
            self.top.show_disk(hours)
            self.sessions.show_disk(hours)

        self._asking_disk = run_task(partial(hours_free, self.launcher.recordings), done)

    # pages --------------------------------------------------------------------------------------------------------

    def turn_to(self, page: QWidget) -> None:
        """Show `page`, with what belongs around it."""
        in_session = page is self.session
        in_visit = page in self.sessions.visit_pages
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

    def rebind(self) -> None:
        """Make the shortcuts anew: one per key of a session; F1 and Esc work everywhere."""
        for shortcut in self.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = made = []
        for binding in self.following.bindings:
            for number, sequence in enumerate(binding.sequences, start=1):
                name = f"{binding.action}_{number}" if binding.action == "quick_mark" else binding.action
                shortcut = QShortcut(QKeySequence(sequence), self)
                if binding.in_session:
                    shortcut.activated.connect(partial(self._do_in_session, name))
                    made.append(shortcut)
                else:
                    shortcut.activated.connect(self.toggle_keys)
        QShortcut(QKeySequence("Esc"), self).activated.connect(self._escape)
        for shortcut in made:
            shortcut.setEnabled(self.session is not None and self.pages.currentWidget() is self.session)

    def _do_in_session(self, name: str) -> None:
        if self.session is not None:
            self.session.do(name)

    def _escape(self) -> None:
        """Close what lies over the window, leave a text field; never end anything."""
        if self.overlays.step_back():
            return
        if self.desk is None or self.pages.currentWidget() is not self.desk or not self.desk.step_back():
            self.centre.setFocus()

    def toggle_keys(self) -> None:
        self.overlays.toggle_keys(self.following.bindings)

    def shut_down(self) -> None:
        """The program ends, perhaps by the system's log-off: end the session in order and wait for its files."""
        self._look_at_disk.stop()
        if self._asking_disk is not None:
            self._asking_disk.cancel()
        self.entrances.close()
        self.following.close()
        self.keeper.close()
        self.sessions.close()

    def _switch_theme(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        shown = theme.switch(app)
        try:
            self.settings.change(theme=shown)
        except PreferenceError as error:
            self.notices.tell("settings", told(str(error)), Level.LOOK)

    def _close_without_check_in(self) -> None:
        self._leaves_check_in = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A session that runs keeps running, and a sheet asks; otherwise the window closes."""
        if self.sessions.runs:
            self.sessions.ask_to_end(then_close=True)
            event.ignore()
            return
        if self.sessions.in_check_in and not self._leaves_check_in:
            question, stay, leave = tr("The check-in is not finished."), tr("Go on with it"), tr("Close without it")
            self.overlays.ask(question, stay, leave, self._close_without_check_in)
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
