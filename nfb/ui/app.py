"""Opens the window: first a picture, then the rest of the program."""

from __future__ import annotations

import importlib
import locale
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from nfb.ui.system_check import require_qt

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType

    from nfb.ui.launching import Launcher

log = logging.getLogger(__name__)

# In the order in which a first click needs them.
_HEAVY = (
    "numpy",
    "nfb.ui.session_screen",
    "nfb.engine.engine",
    "scipy.signal",
    "nfb.ui.pages.connect",
    "nfb.ui.pages.open",
    "nfb.ui.pages.summary",
)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """Qt's own messages go where the program's go, not between the lines of a terminal."""
    fatal = kind.name in ("QtCriticalMsg", "QtFatalMsg")
    log.log(logging.ERROR if fatal else logging.INFO, "%s", text)


def run_window(launcher_factory: Callable[[], Launcher], *, demo: bool = False) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    launcher_factory
        Called in a thread once the window is painted; may import what it likes.
    demo
        Begin a session on the synthetic headset as soon as that is possible.

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
    from PySide6.QtCore import QObject, Signal, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from nfb.ui import theme
    from nfb.ui.shell import Shell

    class Loader(QObject):
        """Brings the launcher from its thread to the window's."""

        loaded = Signal(object)
        failed = Signal(object)

        def load(self) -> None:
            try:
                for name in _HEAVY:
                    importlib.import_module(name)
                result: tuple[object, Exception | None] = (launcher_factory(), None)
            except Exception as error:  # the window must say so rather than wait for ever
                result = (None, error)
            with suppress(RuntimeError):  # closed meanwhile
                if result[1] is None:
                    self.loaded.emit(result[0])
                else:
                    self.failed.emit(result[1])

    qInstallMessageHandler(_log_qt)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(["nfb"])
    app.setApplicationName("nfb")
    # Qt sets the C library's locale from the environment; float parsing in native libraries relies on the point.
    locale.setlocale(locale.LC_NUMERIC, "C")
    theme.follow_system(app)
    window = Shell()
    window.show()
    app.aboutToQuit.connect(window.shut_down)
    app.processEvents()
    loader = Loader()
    loader.loaded.connect(window.ready)
    loader.failed.connect(window.could_not_get_ready)
    if demo:
        window.begin_demo()
        window.start.show_status("Getting ready …")
    threading.Thread(target=loader.load, name="nfb-import", daemon=True).start()
    return app.exec()
