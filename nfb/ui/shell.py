"""The main window: start, connect, session, summary. It paints before the heavy half of the program is imported."""

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
from nfb.ui.keys import BINDINGS
from nfb.ui.pages.start import StartPage
from nfb.ui.widgets.small import IconButton, label

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.live import Finished
    from nfb.ui.bridge import Bridge
    from nfb.ui.launching import Launcher
    from nfb.ui.pages.connect import ConnectPage
    from nfb.ui.pages.open import OpenPage
    from nfb.ui.pages.summary import SummaryPage
    from nfb.ui.session_screen import SessionScreen
    from nfb.ui.tasks import Task
    from nfb.ui.widgets.notice import KeysOverlay, Sheet

DEMO_STRIPE, REPLAY_STRIPE = "DEMO SIGNAL", "REPLAY — not live"


class Shell(QMainWindow):
    """Modules that need numpy, pyqtgraph or the engine are imported here only when :meth:`ready` has been called."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("nfb")
        self.setMinimumSize(1024, 600)
        self.resize(1280, 720)
        self.launcher: Launcher | None = None
        self.bridge: Bridge | None = None
        self.session: SessionScreen | None = None
        self.connect_page: ConnectPage | None = None
        self.open_page: OpenPage | None = None
        self.summary: SummaryPage | None = None
        self.sheet: Sheet | None = None
        self.keys_overlay: KeysOverlay | None = None
        self._when_ready: Callable[[], None] | None = None
        self._scan: Task | None = None
        self._reading: Task | None = None
        self._closing = False
        self._connecting = False

        self.stripe = label("", "stripe")
        self.stripe.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stripe.hide()
        self.theme_button = IconButton("Theme", "contrast", tip="Dark or light")
        self.keys_button = IconButton("Keys  F1", "keyboard")
        self.theme_button.clicked.connect(self._switch_theme)
        self.keys_button.clicked.connect(self.toggle_keys)
        self.start = StartPage()
        self.start.demo.connect(lambda: self._once_ready(self.begin_demo))
        self.start.connect_headset.connect(lambda: self._once_ready(self.show_connect))
        self.start.open_recording.connect(lambda: self._once_ready(self.show_open))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.top = QWidget()
        top = QHBoxLayout(self.top)
        top.setContentsMargins(12, 8, 12, 0)
        top.addStretch(1)
        top.addWidget(self.keys_button)
        top.addWidget(self.theme_button)
        self.centre = centre = QWidget()
        centre.setObjectName("page")
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stripe)
        layout.addWidget(self.top)
        layout.addWidget(self.pages, 1)
        self.setCentralWidget(centre)
        self._shortcuts = self._make_shortcuts()
        self._show(self.start)

    # start-up -----------------------------------------------------------------------------------------------------

    def ready(self, launcher: Launcher) -> None:
        """The rest of the program is imported; do what was asked for meanwhile."""
        self.launcher = launcher
        self.start.show_status("\n".join(launcher.recovered))
        if self._when_ready is not None:
            wanted, self._when_ready = self._when_ready, None
            wanted()

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

    def begin_replay(self, path: Path, protocol: Path | None = None) -> None:
        """Re-run a recording; it is read off the GUI thread."""
        if self.open_page is None:
            self.show_open()
        assert self.launcher is not None and self.open_page is not None
        from nfb.ui.tasks import run_task

        self.open_page.show_reading(True)
        self._show(self.open_page)
        self._reading = run_task(partial(self.launcher.replay, path, protocol), self._replay_read)

    def _replay_read(self, engine: Engine | None, error: Exception | None) -> None:
        assert self.open_page is not None
        if engine is None:
            self.open_page.show_problem(str(error))
        else:
            self._launch(lambda: engine, REPLAY_STRIPE)

    def begin_connection(self, device: str, params: Mapping[str, str], protocol: Path, client: str) -> None:
        if self.launcher is None or self.connect_page is None:
            return
        self.connect_page.show_connecting(device)
        self._connecting = True
        self._launch(partial(self.launcher.connect, device, params, protocol, client), "")

    def _launch(self, make: Callable[[], Engine], stripe: str, *, newcomer: bool = False) -> None:
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
            self.pages.addWidget(self.session)
        self.bridge = Bridge(engine, self)
        self.bridge.happened.connect(self._take_event)
        self.stripe.setText(stripe)
        if not self._connecting:
            self._show(self.session)
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
        self._drop_sheet()
        bridge.close()
        bridge.deleteLater()
        if self._closing:
            self.close()
            return
        fault = view.fault
        if view.setup is None:
            was_connecting, self._connecting = self._connecting, False
            what = fault.what if fault is not None else "Cancelled."
            self._could_not_begin(what, fault.way_out if fault is not None else "", to_connect=was_connecting)
            return
        if self.summary is None:
            from nfb.ui.pages.summary import SummaryPage

            self.summary = SummaryPage()
            self.summary.done.connect(lambda: self._show(self.start))
            self.summary.open_folder.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
            self.summary.replay.connect(self.begin_replay)
            self.pages.addWidget(self.summary)
        self.summary.show_session(finished, view, self.session.trend)
        self._show(self.summary)

    def _could_not_begin(self, what: str, way_out: str, *, to_connect: bool = False) -> None:
        if (to_connect or self._connecting) and self.connect_page is not None:
            self._connecting = False
            self.connect_page.show_problem(what, way_out)
            self._show(self.connect_page)
        else:
            self.start.show_status(f"{what} {way_out}".strip())
            self._show(self.start)

    # other pages --------------------------------------------------------------------------------------------------

    def show_connect(self) -> None:
        assert self.launcher is not None
        if self.connect_page is None:
            from nfb.ui.pages.connect import ConnectPage

            self.connect_page = ConnectPage()
            self.connect_page.connect_to.connect(self.begin_connection)
            self.connect_page.cancel.connect(self._cancel_connecting)
            self.connect_page.scan.connect(self._start_scan)
            self.connect_page.back.connect(lambda: self._show(self.start))
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
        from nfb.ui.tasks import run_task

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

            self.open_page = OpenPage()
            self.open_page.replay.connect(self.begin_replay)
            self.open_page.back.connect(lambda: self._show(self.start))
            self.pages.addWidget(self.open_page)
        try:
            self.open_page.show_protocols(self.launcher.protocols())
        except NfbError as error:
            self.open_page.show_problem(str(error))
        self._show(self.open_page)

    def _show(self, page: QWidget) -> None:
        in_session = page is self.session
        self.pages.setCurrentWidget(page)
        self.top.setVisible(not in_session)
        self.stripe.setVisible(in_session and bool(self.stripe.text()))
        for shortcut in self._shortcuts:
            shortcut.setEnabled(in_session)
        if page is self.start:
            self.start.buttons[0].setFocus()
        elif in_session:
            # Nothing holds the focus, so that Space and the arrows mean what the help says.
            self.centre.setFocus()

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
        QShortcut(QKeySequence("Ctrl+Shift+E"), self).activated.connect(lambda: self.ask_to_end())
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
        else:
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
        from nfb.ui.widgets.notice import Choice, Sheet

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
        for task in (self._scan, self._reading):
            if task is not None:
                task.cancel()
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
        self.shut_down()
        if self.session is not None:
            self.session.close_client()
            self.session.client.deleteLater()
        event.accept()
