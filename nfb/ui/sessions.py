"""What the window does with sessions: begins them, shows them, and goes on to what comes after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from nfb.model.errors import NfbError
from nfb.ui.desk.status import FEW_HOURS, VERY_FEW_HOURS
from nfb.ui.language import tr
from nfb.ui.sleep_care import SleepCare
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told
from nfb.ui.widgets.notice import Level, NoticeBar

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.live import Finished
    from nfb.report.last_baseline import LastBaseline
    from nfb.ui.bridge import Bridge
    from nfb.ui.launching import Launcher
    from nfb.ui.pages.summary import SummaryPage
    from nfb.ui.session_screen import SessionScreen
    from nfb.ui.session_view import SessionView
    from nfb.ui.shell import Shell
    from nfb.ui.visit.flow import VisitFlow

WAIT_FOR_FILES_S = 5.0
LSL = "lsl"  # the device whose stream is found by looking for it


class Sessions(QObject):
    """One session after another, alone or as part of a visit.

    A visit finds its way around by :meth:`show_page`, :meth:`launch` and :meth:`leave_visit`.

    Attributes
    ----------
    begun
        Signal: a headset has answered, and its session is shown.
    ended
        Signal: a session that was to be ended because the window closes has ended.
    bridge
        To the engine of the session that runs; None if none does.
    screen
        Where sessions are shown; None until the first.
    visit, visit_pages
        The visit that is going on, if any, and its pages besides the session.
    """

    begun = Signal()
    ended = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self.bridge: Bridge | None = None
        self.screen: SessionScreen | None = None
        self.summary: SummaryPage | None = None
        self.visit: VisitFlow | None = None
        self.visit_pages: list[QWidget] = []
        self._visit_code = ""
        self._closing = False
        self._switching = False  # to another headset, once the session has ended
        self._connecting = False
        self._making: Task | None = None  # an engine that takes its time
        self.sleep_care = SleepCare(self)

    @property
    def launcher(self) -> Launcher | None:
        return self._shell.launcher

    @property
    def notices(self) -> NoticeBar:
        return self._shell.notices

    @property
    def runs(self) -> bool:
        """Whether a session runs, or is being connected to."""
        return self.bridge is not None and self.bridge.view.finished is None

    @property
    def in_check_in(self) -> bool:
        """Whether answers of a check-in would be lost if the window closed now."""
        page = None if self.visit is None else self.visit.check_in
        return page is not None and self._shell.pages.currentWidget() is page and page.touched

    def show_disk(self, hours: float | None) -> None:
        """So many hours of a recording fit on the disk; None: it cannot be told."""
        if self.screen is None or not self.runs:
            return
        notices = self.screen.notices
        if hours is None or hours >= FEW_HOURS:
            notices.clear("room")
        elif hours >= VERY_FEW_HOURS:
            notices.tell("room", tr("Less than 500 MB are free on the disk."), Level.LOOK)
        else:
            notices.tell("room", tr("Less than 100 MB are free on the disk: make room, or end soon."), Level.ACT)

    # beginning ----------------------------------------------------------------------------------------------------

    def begin_demo(self) -> None:
        """The built-in synthetic headset, with the client's view beside."""
        assert self.launcher is not None
        self._launch(self.launcher.demo, tr("DEMO SIGNAL"), newcomer=True)

    def begin_replay(self, path: Path, protocol: Path | None = None) -> None:
        """Re-run a recording; it is read off the GUI thread."""
        entrances = self._shell.entrances
        page = entrances.open_page or entrances.show_open()
        assert self.launcher is not None
        page.show_reading(True)
        self._shell.turn_to(page)

        def read(engine: Engine | None, error: Exception | None) -> None:
            if engine is None:
                page.show_problem(told(str(error)))
            else:
                page.show_reading(False)
                self._launch(lambda: engine, tr("REPLAY — not live"))

        self._shell.keeper.run(page, partial(self.launcher.replay, path, protocol), read)

    def begin_connection(self, device: str, params: Mapping[str, str], protocol: Path, client: str) -> None:
        """A session with a headset, outside a visit."""
        page = self._shell.entrances.connect_page
        if self.launcher is None or page is None:
            return
        page.show_connecting(device)
        self._connecting = True
        make = partial(self.launcher.connect, device, params, protocol, client, page.outlets())
        if device == LSL:
            self._make_in_thread(make, "")
        else:
            self._launch(make, "")

    def _make_in_thread(self, make: Callable[[], Engine], stripe: str) -> None:
        """A stream is looked for over seconds, in which the window must not stand still."""
        if self._making is not None:
            return

        def made(engine: Engine | None, error: Exception | None) -> None:
            self._making = None
            if isinstance(error, NfbError):
                self._could_not_begin(told(str(error)), "")
            elif engine is not None:
                self._launch(lambda: engine, stripe)
            elif error is not None:
                raise error

        self._making = run_task(make, made)

    def _launch(self, make: Callable[[], Engine], stripe: str, *, newcomer: bool = False) -> None:
        from nfb.ui.audio.sounds import SoundChoice, sound_of
        from nfb.ui.bridge import Bridge
        from nfb.ui.feedback.mode import Wishes, wishes_of

        try:
            engine = make()
        except NfbError as error:
            self._could_not_begin(told(str(error)), "")
            return
        screen = self._the_screen()
        self.bridge = Bridge(engine, self)
        self.bridge.happened.connect(self._take_event)
        self._shell.stripe.setText(stripe)
        if not self._connecting:
            self._shell.turn_to(screen)
        plan = None if self.visit is None else self.visit.plan
        usual = self._shell.settings.preferences.client_volume / 100
        screen.sound_choice = SoundChoice(volume=usual) if plan is None else sound_of(plan)
        photosafe = self.visit is not None and self.visit.photosafe
        screen.wishes = Wishes() if plan is None else wishes_of(plan, photosafe=photosafe)
        screen.client_ends_breaks = plan is not None and plan.client_ends_break
        screen.run(self.bridge, newcomer=newcomer)
        if newcomer:
            screen.client.open_beside(self._shell)

    def _the_screen(self) -> SessionScreen:
        if self.screen is None:
            from nfb.ui.session_screen import SessionScreen

            self.screen = screen = SessionScreen()
            screen.finished.connect(self._finished)
            screen.ask_to_end.connect(lambda: self.ask_to_end())
            screen.switch_device.connect(self._switch_device)
            self._shell.pages.addWidget(screen)
            self._shell.following.follow_sessions(screen)
            self._shell.top.show_sound(tr("sound on") if screen.sound.available else "", screen.sound.why_silent)
        return self.screen

    def _take_event(self, event: object) -> None:
        from nfb.engine.live import Started

        if isinstance(event, Started) and self.screen is not None:
            self._connecting = False
            if self._shell.entrances.connect_page is not None:
                self._shell.entrances.connect_page.show_connecting("")
            self._shell.turn_to(self.screen)
            self.sleep_care.begin()
            if self.visit is not None:
                self.screen.screens.begin()
            self.begun.emit()

    def _could_not_begin(self, what: str, way_out: str, *, to_connect: bool = False) -> None:
        words = f"{what} {way_out}".strip()
        shell, connect_page = self._shell, self._shell.entrances.connect_page
        if self.visit is not None and self.visit_pages:
            shell.notices.tell("begin", words, Level.LOOK)
            shell.turn_to(self.visit_pages[-1])
        elif (to_connect or self._connecting) and connect_page is not None:
            self._connecting = False
            connect_page.show_problem(what, way_out)
            shell.turn_to(connect_page)
        else:
            if shell.landing is not shell.start:
                shell.notices.tell("begin", words, Level.LOOK)
            shell.start.show_status(words)
            shell.show_landing()

    # visits -------------------------------------------------------------------------------------------------------

    def begin_visit(self, code: str) -> None:
        """A visit of a known client: check-in, session, wrap-up."""
        book = self._shell.keeper.book
        if self.visit is not None or self.bridge is not None or book is None:
            return
        from nfb.ui.visit.flow import VisitFlow

        self._visit_code = code
        self.visit = VisitFlow(self, book, code)
        self.visit.start()

    def show_page(self, page: QWidget) -> None:
        """Show a page of the visit; it stays the window's until :meth:`leave_visit`."""
        if self._shell.pages.indexOf(page) < 0:
            self._shell.pages.addWidget(page)
            self.visit_pages.append(page)
        self._shell.turn_to(page)

    def launch(self, make_engine: Callable[[], Engine], stripe: str = "") -> None:
        """Begin the session of the visit.

        `session_finished` of the visit is called at its end, also of one that never connected; a notice says why.
        If the engine cannot be made, the last page of the visit is shown again with such a notice.
        """
        if self.visit is not None and self.visit.device == LSL:
            self._make_in_thread(make_engine, stripe)
        else:
            self._launch(make_engine, stripe)

    def show_last_baseline(self, last: LastBaseline) -> None:
        """Show the baseline of the client's last visit beside the present one."""
        if self.screen is not None and self.bridge is not None:
            self.screen.baseline.show_last(last)

    def leave_visit(self) -> None:
        """The visit is over: back to the client's page."""
        visit, self.visit = self.visit, None
        if visit is not None:
            visit.deleteLater()
        pages, self.visit_pages = self.visit_pages, []
        self._shell.show_client(self._visit_code)
        for page in pages:
            self._shell.pages.removeWidget(page)
            page.deleteLater()

    # ending -------------------------------------------------------------------------------------------------------

    def ask_to_end(self, *, then_close: bool = False) -> None:
        """The sheet that asks; the session goes on underneath."""
        if self.bridge is None or not self.runs:
            return
        view = self.bridge.view
        running = tr("Still connecting.") if view.setup is None else tr("{stage} is running.", stage=view.title())
        end = partial(self._end, then_close)
        self._shell.overlays.ask(running, tr("Keep going"), tr("End and keep data"), end)

    def _end(self, then_close: bool) -> None:
        self._closing = then_close
        self.stop()

    def stop(self) -> None:
        """End the session, or give up connecting; what was recorded is kept."""
        if self._making is not None:
            self._making.cancel()
            self._making = None
            self._could_not_begin(tr("Cancelled."), "")
        if self.bridge is not None:
            self.bridge.stop()

    def _switch_device(self) -> None:
        """End, keep what was recorded, and choose another headset; a visit goes on to its wrap-up."""
        from nfb.model.commands import EndReason

        if self.bridge is not None:
            self._switching = self.visit is None
            self.bridge.stop(EndReason.DEVICE_GONE)

    def _finished(self, finished: Finished) -> None:
        if self.bridge is None:
            return  # the program is closing, and nobody is there to be shown a summary
        assert self.screen is not None
        view, bridge = self.bridge.view, self.bridge
        self.bridge = None
        self.sleep_care.end()
        self._shell.top.show_sound(self.screen.sound.device, self.screen.sound.why_silent)
        self._shell.overlays.drop_sheet()
        bridge.close()
        bridge.deleteLater()
        fault = view.fault
        if self._closing:
            self.ended.emit()
        elif self.visit is not None:
            if view.setup is None and fault is not None:
                self.notices.tell("begin", f"{told(fault.what)} {told(fault.way_out)}".strip(), Level.LOOK)
            self.visit.session_finished(finished, view)
        elif self._switching:
            self._switching = False
            self._shell.entrances.show_connect()
        elif view.setup is None:
            was_connecting, self._connecting = self._connecting, False
            what = told(fault.what) if fault is not None else tr("Cancelled.")
            self._could_not_begin(what, told(fault.way_out) if fault is not None else "", to_connect=was_connecting)
        else:
            self._show_summary(finished, view)

    def _show_summary(self, finished: Finished, view: SessionView) -> None:
        assert self.screen is not None
        if self.summary is None:
            from nfb.ui.pages.summary import SummaryPage

            self.summary = SummaryPage()
            self.summary.done.connect(self._shell.show_landing)
            self.summary.open_folder.connect(lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))))
            self.summary.replay.connect(self.begin_replay)
            self._shell.pages.addWidget(self.summary)
        self.summary.show_session(finished, view, self.screen.trend)
        self._shell.turn_to(self.summary)

    def interrupt(self) -> None:
        """The system logs off or stops the program: end the session in order and wait for its files."""
        from nfb.model.commands import EndReason

        if self.bridge is not None:
            self.bridge.stop(EndReason.INTERRUPTED)
            self.bridge.engine.join(WAIT_FOR_FILES_S)

    def close(self) -> None:
        """The program ends while a session may run."""
        self.sleep_care.end()
        if self._making is not None:
            self._making.cancel()
        self.interrupt()
        if self.bridge is not None:
            self.bridge.close()
            self.bridge = None
