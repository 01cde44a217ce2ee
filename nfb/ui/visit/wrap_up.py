"""What the wrap-up page asks for, done: completing the entry, keeping what was said, reports, a change of client."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from nfb.engine.closing import Closing, Kept, keep_closing, reassign
from nfb.ui.language import tr
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told

if TYPE_CHECKING:
    from nfb.practice.book import Book
    from nfb.practice.record import Stored
    from nfb.practice.sessions import SessionEntry
    from nfb.report.visit_record import Closed
    from nfb.ui.visit.wrap_up_page import WrapUpPage


class WrapUp(QObject):
    """Drives one wrap-up page.

    Parameters
    ----------
    enter
        Gives the session's entry in the book, and makes it if that did not succeed at the start; called in a thread.
    root
        The folder of recordings.

    Attributes
    ----------
    closed, replay
        Signal: everything is kept and the page can go; the recording is to be opened then.
    """

    closed = Signal()
    replay = Signal(Path)

    def __init__(
        self,
        page: WrapUpPage,
        book: Book,
        code: str,
        enter: Callable[[], Stored[SessionEntry]],
        root: Path,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._page, self._book, self._code, self._enter, self._root, self._now = page, book, code, enter, root, now
        self._kept: Kept | None = None
        self._tasks: list[Task] = []
        page.show_ready(False)
        page.save_and_close.connect(lambda: self._keep(lambda: None, self._closed))
        page.replay.connect(lambda: self._keep(lambda: None, self._to_replay))
        page.report.connect(self._report)
        page.reassign.connect(self._reassign)

    def begin(self) -> None:
        """Complete the session's entry from its recording, off the GUI thread."""

        def work() -> tuple[Closed, str]:
            # The reports and their numbers cost half a second to import.
            from nfb.report.visit_record import close_visit, note_text

            closed = close_visit(self._book, self._code, self._enter(), self._root)
            return closed, "" if closed.facts is None else note_text(closed.facts, tr)

        self._run(work, self._read)

    def _read(self, found: tuple[Closed, str] | None, error: Exception | None) -> None:
        if found is None:
            self._page.show_unwritable(tr("Not in the client book yet: {error}", error=told(str(error))))
            return
        closed, note = found
        self._kept = Kept(closed.entry)
        self._page.show_ready(True)
        self._page.show_closed(closed.entry.value, closed.facts, note)

    # what is asked for --------------------------------------------------------------------------------------------

    def _keep(self, then: Callable[[], object], done: Callable[[object], None]) -> None:
        """Keep what was said, then do `then` in the same thread; `done` gets what it returns."""
        kept = self._kept
        if kept is None:
            self.begin()  # the entry was not made; try again
            return
        closing: Closing = self._page.closing()
        self._page.show_ready(False)

        def work() -> tuple[object]:
            keep_closing(self._book, self._code, kept, closing, self._now())
            return (then(),)

        def finished(result: tuple[object] | None, error: Exception | None) -> None:
            self._page.show_ready(True)
            if result is None:
                self._page.show_unwritable(told(str(error)))
            else:
                done(result[0])

        self._run(work, finished)

    def _closed(self, _: object) -> None:
        self.closed.emit()

    def _to_replay(self, _: object) -> None:
        assert self._kept is not None
        self.replay.emit(self._root / self._kept.entry.value.folder)

    def _report(self, kind: str) -> None:
        self._page.say(tr("Writing the report …"))
        self._keep(partial(self._write_report, kind), lambda path: self._page.say(tr("Written: {path}", path=path)))

    def _write_report(self, kind: str) -> Path:
        from nfb.report.book_notes import visit_notes
        from nfb.ui.desk.reports import Kind, write_report

        assert self._kept is not None
        entry = self._kept.entry.value
        notes = visit_notes(self._book, self._code, entry.number, tr=tr)
        return write_report(self._root / entry.folder, Kind(kind), notes)

    def _reassign(self, code: str, reason: str) -> None:
        if not code.strip() or not reason.strip():
            self._page.say(tr("Write the code of the right client and why."))
            return

        def work() -> Stored[SessionEntry]:
            assert self._kept is not None
            return reassign(self._book, self._code, self._kept.entry, code, reason, self._root)

        self._keep(work, partial(self._reassigned, code))

    def _reassigned(self, code: str, entry: object) -> None:
        number = entry.value.number  # type: ignore[attr-defined]
        self._code = code
        # What was moved has new versions; it is read again when it is next changed.
        self._page.wrong.setChecked(False)
        self._page.title.setText(tr("Visit {n} · {client}", n=number, client=code))
        self._page.say(tr("The session belongs to {client} now.", client=code))
        self.closed.emit()

    def _run(self, work: Callable, on_done: Callable) -> None:  # type: ignore[type-arg]
        def done(result: object, error: Exception | None) -> None:
            if isValid(self._page):  # the window may have been closed meanwhile
                on_done(result, error)

        self._tasks.append(run_task(work, done))
