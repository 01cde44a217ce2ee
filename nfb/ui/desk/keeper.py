"""The client book on the window's side: opened, read and written in threads, so that the window never waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from nfb.ui.language import tr
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told

if TYPE_CHECKING:
    from nfb.practice.book import Book

T = TypeVar("T")
OpenBook = Callable[[bool], "Book | None"]


class BookKeeper(QObject):
    """Holds the book and does what is asked of it.

    Parameters
    ----------
    open_book
        Called in a thread. With False it opens a book that is there already, and returns None if there is none; with
        True it makes one.

    Attributes
    ----------
    book, problem
        The open book, or None; why it could not be opened, or empty.
    opened
        Signal: the book is open, or it turned out that there is none, or that it cannot be opened.
    changed
        Signal: something was written.
    """

    opened = Signal()
    changed = Signal()

    def __init__(self, open_book: OpenBook | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_book = open_book
        self._tasks: set[Task] = set()
        self._opening: Task | None = None
        self._waiting: list[Callable[[], None]] = []
        self.book: Book | None = None
        self.problem = "" if open_book is not None else tr("This window was opened without a client book.")
        self.clock_advice = ""

    @property
    def opening(self) -> bool:
        return self._opening is not None

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written: there is no book, or it is open for reading only."""
        return self.book is None or self.book.read_only

    @property
    def who(self) -> str:
        """Who is at the desk."""
        return "" if self.book is None else self.book.who

    def open(self, *, make: bool, then: Callable[[], None] | None = None) -> None:
        """Open the book; with `make` even if there is none yet. `then` is called once it is open, or cannot be."""
        if then is not None:
            self._waiting.append(then)
        if self.book is not None or self._open_book is None:
            self._tell()
        elif self._opening is None or (make and not self._making):
            work = self._open_book
            self._making = make
            self._opening = run_task(lambda: _opened(work, make), self._opened)

    _making = False

    def _opened(self, found: tuple[Book, str] | None, error: Exception | None) -> None:
        self._opening = None
        self.problem = "" if error is None else told(str(error))
        if found is not None:
            if self.book is None:
                self.book, self.clock_advice = found
            else:  # two openings crossed
                found[0].close()
        self._tell()

    def _tell(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.opened.emit()
        for then in waiting:
            then()

    def read(
        self, owner: QObject, work: Callable[[Book], T], on_done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Call `work` with the book in a thread and hand over what it returned, unless `owner` is gone by then."""
        book = self.book
        if book is None:
            return
        self._run(owner, lambda: work(book), on_done)

    def write(
        self, owner: QObject, work: Callable[[Book], T], on_done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """As :meth:`read`, for work that writes: `changed` is told before `on_done`."""

        def done(result: T | None, error: Exception | None) -> None:
            if error is None:
                self.changed.emit()
            if isValid(owner):
                on_done(result, error)

        self.read(self, work, done)

    def run(
        self, owner: QObject, work: Callable[[], T], on_done: Callable[[T | None, Exception | None], None]
    ) -> None:
        """Work without the book, e.g. a report, in the same manner."""
        self._run(owner, work, on_done)

    def _run(
        self, owner: QObject, work: Callable[[], T], on_done: Callable[[T | None, Exception | None], None]
    ) -> None:
        def done(result: T | None, error: Exception | None) -> None:
            self._tasks.discard(task)
            if isValid(owner):
                on_done(result, error)

        task = run_task(work, done)
        self._tasks.add(task)

    def reopen(self, then: Callable[[], None]) -> None:
        """Let go of the book and open the one that is chosen now; `then` is called once it is open, or cannot be."""
        self.close()
        self.problem = ""
        self.open(make=True, then=then)

    def close(self) -> None:
        """Let go of the book; what still runs ends by itself."""
        for task in (*self._tasks, *((self._opening,) if self._opening else ())):
            task.cancel()
            task.thread_.join(6.0)  # a write waits for another desk for five seconds at most
        self._tasks.clear()
        self._opening = None
        if self.book is not None:
            self.book.close()
            self.book = None


def _opened(open_book: OpenBook, make: bool) -> tuple[Book, str] | None:
    book = open_book(make)
    return None if book is None else (book, book.clock_advice())
