"""A visit from the check-in to the signed note: which page comes when, and what is kept in the client book."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from nfb.engine.check_in import keep_check_in
from nfb.engine.known import Known, read_known
from nfb.engine.visit import (
    begin_visit,
    kept_iaf_hz,
    todays_choices,
    visit_options,
)
from nfb.model.protocol import Eyes
from nfb.practice.banners import Acknowledgement
from nfb.practice.plans import Plan
from nfb.practice.record import Stored
from nfb.practice.sessions import SessionEntry
from nfb.ui.client_window import ClientWindow
from nfb.ui.language import tr
from nfb.ui.privacy import as_shown
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told
from nfb.ui.visit.check_in_page import CheckInPage, Ready
from nfb.ui.visit.questions import ClientQuestions
from nfb.ui.widgets.notice import Level, NoticeBar

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.live import Finished
    from nfb.practice.book import Book
    from nfb.report.last_baseline import LastBaseline
    from nfb.session.setup import Setup
    from nfb.ui.launching import Launcher
    from nfb.ui.session_view import SessionView
    from nfb.ui.visit.wrap_up import WrapUp
    from nfb.ui.visit.wrap_up_page import WrapUpPage

T = TypeVar("T")
_LOOK_MS = 100
_SYNTHETIC = "synthetic"
_NOT_REAL = (_SYNTHETIC, "simulated")


class Host(Protocol):
    """What a visit needs of the window around it."""

    @property
    def launcher(self) -> Launcher | None: ...

    def show_page(self, page: QWidget) -> None: ...

    def launch(self, make_engine: Callable[[], Engine], stripe: str = "") -> None: ...

    def leave_visit(self) -> None: ...

    def show_last_baseline(self, last: LastBaseline) -> None: ...

    def begin_replay(self, path: Path) -> None: ...

    @property
    def notices(self) -> NoticeBar: ...


@dataclass(slots=True)
class _Begun:
    """A session that was launched: what the check-in said, and its entry once it is in the book."""

    ready: Ready
    known: Known
    started: datetime | None = None
    folder: Path | None = None
    seen: bool = False
    entry: Stored[SessionEntry] | None = None
    check_in_kept: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class VisitFlow(QObject):
    """One visit of one client.

    Parameters
    ----------
    host
        The window.
    book
        The client book.
    code
        The client.
    now
        The clock.
    """

    def __init__(
        self, host: Host, book: Book, code: str, now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    ) -> None:
        super().__init__(host if isinstance(host, QObject) else None)
        self._host, self._book, self._code, self._now = host, book, code, now
        self._tasks: list[Task] = []
        self._engine: Engine | None = None
        self._begun: _Begun | None = None
        self._client: ClientWindow | None = None
        self.known: Known | None = None
        self.check_in: CheckInPage | None = None
        self.wrap_up: WrapUpPage | None = None
        self._closing: WrapUp | None = None
        self._watch = QTimer(self, interval=_LOOK_MS)
        self._watch.timeout.connect(self._look_for_start)
        self.destroyed.connect(partial(_cancel, self._tasks))

    # check-in -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Read what is known of the client, then show the check-in."""
        launcher = self._host.launcher
        assert launcher is not None
        root = launcher.recordings

        def work() -> Known:
            if not self._book.read_only:
                from nfb.report.visit_record import close_left_open  # heavy, like all of the report

                close_left_open(self._book, self._code, root)
            return as_shown(read_known(self._book, self._code, self._now()))

        self._run(work, self._known_read)

    def _known_read(self, known: Known | None, error: Exception | None) -> None:
        if known is None:
            self._leave()
            self._host.notices.tell("visit", told(str(error)), Level.ACT)
            return
        launcher = self._host.launcher
        assert launcher is not None
        self.known = known
        protocols = list(launcher.protocols())
        plan = known.plan or Plan(protocols[0][1].id if protocols else "smr-central")
        choices = todays_choices(plan, known.sessions, _SYNTHETIC)
        self.check_in = page = CheckInPage(known, choices, protocols, launcher.devices(), self._now)
        page.go_on.connect(self._begin)
        page.leave.connect(self._leave)
        page.acknowledge.connect(self._acknowledge)
        page.show_on_client.connect(self._show_on_client)
        self._host.show_page(page)
        page.setFocus()

    def _acknowledge(self, key: str, what: str) -> None:
        record = Acknowledgement(key, self._book.who or tr("operator"), what, self._now())

        def work() -> Known:
            self._book.add(self._code, record)
            return as_shown(read_known(self._book, self._code, self._now()))

        self._run(work, self._known_again)

    def _known_again(self, known: Known | None, error: Exception | None) -> None:
        if self.check_in is None:
            return
        if known is None:
            self.check_in.show_problem(told(str(error)))
        else:
            self.known = known
            self.check_in.show_known(known)

    def _show_on_client(self, wanted: bool) -> None:
        if not wanted:
            self._close_client()
            return
        page = self.check_in
        assert page is not None
        questions = ClientQuestions([*page.standard, *page.own], page.answers)
        questions.done.connect(lambda: page.on_client.setChecked(False))
        self._client = ClientWindow()
        self._client.show_page(questions)
        self._client.closed.connect(lambda: page.on_client.setChecked(False))
        self._client.open_beside(page.window(), by_hand=True)

    def _close_client(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            client.blockSignals(True)
            client.close()
            client.deleteLater()

    # the session --------------------------------------------------------------------------------------------------

    def _begin(self, ready: Ready) -> None:
        assert self.known is not None and self.check_in is not None
        self._close_client()
        launcher = self._host.launcher
        assert launcher is not None
        options = visit_options(
            ready.choices.plan,
            ready.carried,
            kept_iaf_hz(self.known.sessions, ready.protocol[1].id),
            lsl_out=ready.choices.lsl_out,
            osc=ready.choices.osc,
        )
        self._begun = _Begun(ready, self.known)

        def make() -> Engine:
            path, _ = ready.protocol
            self._engine = launcher.connect(
                ready.choices.device, ready.choices.params, path, self.known_code, options
            )
            return self._engine

        simulated = ready.choices.device in _NOT_REAL
        self._watch.start()
        self._host.launch(make, tr("SIMULATED SIGNAL") if simulated else "")

    @property
    def plan(self) -> Plan | None:
        """What was chosen for the session that was begun."""
        return None if self._begun is None else self._begun.ready.choices.plan

    @property
    def device(self) -> str:
        """The headset that was chosen; empty before."""
        return "" if self._begun is None else self._begun.ready.choices.device

    @property
    def photosafe(self) -> bool:
        """Whether the client's feedback must be photosafe, whatever the plan says."""
        return self.known is not None and self.known.photosafe

    @property
    def known_code(self) -> str:
        """The client's code as files carry it."""
        return self._code if self.known is None else self.known.client.code

    def _look_for_start(self) -> None:
        """Enter the session into the book as soon as its recording is open."""
        engine, begun = self._engine, self._begun
        if engine is None or begun is None or begun.seen or engine.setup is None:
            return
        self._watch.stop()
        begun.seen, begun.started, begun.folder = True, self._now(), engine.folder
        self._run(partial(self._keep_start, begun), self._start_kept)
        self._run(partial(self._read_last, begun, engine.setup), self._last_read)

    def _read_last(self, begun: _Begun, setup: Setup) -> LastBaseline | None:
        """The last visit's baseline at the same sites, in a thread."""
        from nfb.report.last_baseline import last_baseline  # heavy, like all of the report

        launcher = self._host.launcher
        assert launcher is not None
        sites = tuple(setup.device.channel_names[i] for i in setup.fit.channels)
        ready = begun.ready
        return last_baseline(
            begun.known.sessions, ready.protocol[1].id, ready.choices.device, sites, launcher.recordings
        )

    def _last_read(self, last: LastBaseline | None, error: Exception | None) -> None:
        if last is not None and self._engine is not None:
            self._host.show_last_baseline(last)

    def _keep_start(self, begun: _Begun) -> Stored[SessionEntry]:
        """Entry and check-in into the book, in a thread; what is there already is not written again."""
        launcher = self._host.launcher
        assert launcher is not None and begun.started is not None
        ready, visit = begun.ready, begun.known.visit
        with begun.lock:
            if begun.entry is None:
                begun.entry = begin_visit(
                    self._book,
                    self._code,
                    visit,
                    begun.folder or Path("not-recorded"),
                    launcher.recordings,
                    begun.started,
                    ready.protocol[1],
                    ready.choices,
                    ready.note,
                )
            if not begun.check_in_kept:
                number = begun.entry.value.number
                keep_check_in(self._book, self._code, number, ready.check_in, ready.hurdles, begun.started)
                begun.check_in_kept = True
        return begun.entry

    def _start_kept(self, entry: Stored[SessionEntry] | None, error: Exception | None) -> None:
        """Nothing to say during a session: where it did not succeed, the wrap-up tries again and tells."""

    # wrap-up ------------------------------------------------------------------------------------------------------

    def session_finished(self, finished: Finished, view: SessionView) -> None:
        """The session is over; without one that began, the check-in comes back."""
        self._look_for_start()
        self._watch.stop()
        begun, launcher = self._begun, self._host.launcher
        if view.setup is None or begun is None or launcher is None:
            self._engine = None
            if self.check_in is not None:
                self._host.show_page(self.check_in)
            return
        # Plots and reports are not needed before a session is over.
        from nfb.ui.visit.wrap_up import WrapUp
        from nfb.ui.visit.wrap_up_page import WrapUpPage

        begun.folder = finished.folder or begun.folder
        known = begun.known
        number = known.visit if begun.entry is None else begun.entry.value.number
        title = tr("Visit {n} · {client}", n=number, client=known.shown_name)
        answers = begun.ready.check_in.answers
        plan = known.plan or begun.ready.choices.plan
        self.wrap_up = page = WrapUpPage(title, answers, plan, self._book.who, self._leaving_words(view, answers))
        summary = finished.summary
        if summary is not None:
            page.show_runs([row.in_range_share for row in summary.stages if row.label.startswith("run")])
        enter = partial(self._keep_start, begun)
        self._closing = closing = WrapUp(page, self._book, self._code, enter, launcher.recordings, self._now, self)
        closing.closed.connect(self._leave)
        closing.replay.connect(self._leave_to_replay)
        page.leave.connect(self._leave)
        self._host.show_page(page)
        page.setFocus()
        closing.begin()

    def _leaving_words(self, view: SessionView, answers: Mapping[str, float]) -> str:
        """What to say to somebody who got drowsy with closed eyes."""
        from nfb.practice.treatment_day import leaving_note

        assert view.setup is not None
        closed = any(stage.eyes is Eyes.CLOSED for stage in view.setup.stages)
        return told(leaving_note(closed, bool(answers.get("drowsy"))))

    # leaving ------------------------------------------------------------------------------------------------------

    def _leave(self) -> None:
        self._close_client()
        self._watch.stop()
        self._host.leave_visit()

    def _leave_to_replay(self, folder: Path) -> None:
        self._leave()
        self._host.begin_replay(folder)

    def _run(self, work: Callable[[], T], on_done: Callable[[T | None, Exception | None], None]) -> None:
        self._tasks.append(run_task(work, on_done))


def _cancel(tasks: list[Task]) -> None:
    for task in tasks:
        task.cancel()
