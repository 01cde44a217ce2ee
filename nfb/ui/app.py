"""Opens the window: first a picture, then the rest of the program."""

from __future__ import annotations

import gc
import importlib
import locale
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from nfb.files.preferences import read_preferences
from nfb.ui.system_check import require_qt

if TYPE_CHECKING:
    from nfb.practice.book import Book
    from nfb.ui.launching import Launcher

# What a first click needs, and what is needed once a headset has answered or a session is over.
_FIRST = ("numpy", "nfb.ui.session_screen", "nfb.engine.engine")
_LATER = (
    "scipy.signal",
    "nfb.ui.pages.connect",
    "nfb.ui.pages.open",
    "nfb.ui.pages.summary",
    "nfb.practice.opening",
    "nfb.ui.desk.desk",
)

INTERRUPTED = 130  # exit code
_ENDING = (signal.SIGINT, signal.SIGTERM)


def open_default_book(make: bool) -> Book | None:
    """The user's client book; None if there is none yet and `make` is False.

    Raises
    ------
    BookError
        It cannot be opened; says why.
    """
    import getpass
    from pathlib import Path

    from nfb.files.locations import chosen_book
    from nfb.practice.opening import default_book, open_book  # SQLAlchemy is heavy

    where = chosen_book() or default_book()
    if not make and "://" not in where and not Path(where).exists():
        return None
    try:
        who = read_preferences().preferences.who or getpass.getuser()
    except (ImportError, KeyError, OSError):  # no such user in the system's list, as in some containers
        who = ""
    book = open_book(where, who=who)
    importlib.import_module("nfb.ui.desk.desk")  # what shows it, so that the window need not wait for the import
    return book


def spare_collector() -> None:
    """Leave what there is out of the rounds of Python's garbage collector, until the next call.

    A full round takes 80 ms once the program is loaded, in which neither picture nor sound goes on. What a session
    makes itself is little.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def run_window(
    launcher_factory: Callable[[], Launcher],
    *,
    demo: bool = False,
    open_book: Callable[[bool], Book | None] | None = open_default_book,
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    launcher_factory
        Called in a thread once the window is painted; may import what it likes.
    demo
        Begin a session on the synthetic headset as soon as that is possible.
    open_book
        Opens the client book, see :class:`nfb.ui.desk.keeper.BookKeeper`; called in a thread.

    Returns
    -------
    int
        Exit code of the event loop.

    Raises
    ------
    SetupError
        No display, or a library of the system is missing; says what to do.
    """
    require_qt()
    from PySide6.QtCore import QLoggingCategory, QObject, QTimer, Signal
    from PySide6.QtWidgets import QApplication

    from nfb.ui.language import tr
    from nfb.ui.settings.applying import dress, set_scale
    from nfb.ui.settings.store import SettingsStore
    from nfb.ui.shell import Shell

    class Loader(QObject):
        """Brings the launcher from its thread to the window's."""

        loaded = Signal(object)
        failed = Signal(object)

        def load(self) -> None:
            with suppress(RuntimeError):  # the window was closed meanwhile, and this object with it
                try:
                    for name in _FIRST:
                        importlib.import_module(name)
                    launcher = launcher_factory()
                    self.loaded.emit(launcher)
                    for name in _LATER:
                        importlib.import_module(name)
                except Exception as error:  # the window must say so rather than wait for ever
                    self.failed.emit(error)

    # Qt's sound module lists on the terminal whatever codec the machine lacks. A message handler in Python is no way
    # out: Qt speaks while it loads a plugin, and waiting for the interpreter there deadlocks with any import.
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")
    settings = SettingsStore()
    set_scale(settings.preferences)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["nfb"])
    app.setApplicationName("nfb")
    # Qt sets the C library's locale from the environment; float parsing in native libraries relies on the point.
    locale.setlocale(locale.LC_NUMERIC, "C")
    dress(app, settings.preferences)
    window = Shell(open_book, settings)
    window.show()
    window.sessions.begun.connect(spare_collector)
    app.aboutToQuit.connect(window.shut_down)
    # Where the system asks before it logs off, it may not wait for the end of the event loop.
    app.commitDataRequest.connect(lambda _: window.sessions.interrupt())
    app.processEvents()
    loader = Loader()
    loader.loaded.connect(window.ready)
    loader.failed.connect(window.could_not_get_ready)
    if demo:
        window.begin_demo()
        window.start.show_status(tr("Getting ready …"))
    threading.Thread(target=loader.load, name="nfb-import", daemon=True).start()
    # Ctrl+C in the terminal ends a session in order. Python hears of it only when it runs, hence the timer.
    before = {number: signal.signal(number, lambda *_: app.exit(INTERRUPTED)) for number in _ENDING}
    listen = QTimer(interval=200)
    listen.timeout.connect(lambda: None)
    listen.start()
    try:
        return app.exec()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
