"""The two ways into a session that ask something first: connecting a headset, opening a recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from nfb.model.errors import NfbError
from nfb.ui.tasks import Task, run_task
from nfb.ui.told import told

if TYPE_CHECKING:
    from nfb.ui.launching import Launcher
    from nfb.ui.pages.connect import ConnectPage
    from nfb.ui.pages.open import OpenPage
    from nfb.ui.shell import Shell


class Entrances(QObject):
    """Makes the pages when they are first gone to, fills them, and hears what is chosen there.

    Attributes
    ----------
    connect_page, open_page
        None until they have been shown.
    """

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._scan: Task | None = None
        self.connect_page: ConnectPage | None = None
        self.open_page: OpenPage | None = None

    @property
    def _launcher(self) -> Launcher:
        assert self._shell.launcher is not None
        return self._shell.launcher

    def show_connect(self) -> None:
        """The headsets."""
        page = self.connect_page
        if page is None:
            from nfb.ui.pages.connect import ConnectPage

            page = self.connect_page = ConnectPage()
            page.connect_to.connect(self._shell.sessions.begin_connection)
            page.cancel.connect(self._shell.sessions.stop)
            page.scan.connect(self._start_scan)
            page.back.connect(self._shell.show_landing)
            self._shell.pages.addWidget(page)
        try:
            page.show_catalogue(self._launcher.devices(), self._launcher.protocols())
        except NfbError as error:
            page.show_problem(told(str(error)), "")
        usual = self._shell.settings.preferences
        if usual.device:
            page.choose(usual.device, usual.device_params)
        self._shell.turn_to(page)

    def show_connect_to(self, device: str, params: Mapping[str, str]) -> None:
        """The headsets, with one of them chosen."""
        self.show_connect()
        assert self.connect_page is not None
        self.connect_page.choose(device, params)

    def _start_scan(self) -> None:
        page = self.connect_page
        assert page is not None
        page.show_found(None)

        def done(found: object, error: Exception | None) -> None:
            page.show_found(found if isinstance(found, list | tuple) else ())
            if error is not None:
                page.show_problem(told(str(error)), "")

        self._scan = run_task(self._launcher.scan, done)

    def show_open(self) -> OpenPage:
        """The recordings."""
        page = self.open_page
        if page is None:
            from nfb.ui.pages.open import OpenPage

            page = self.open_page = OpenPage(self._shell.keeper, self._launcher.recordings)
            page.replay.connect(self._shell.sessions.begin_replay)
            page.record.connect(self.show_connect)
            self._shell.pages.addWidget(page)
        try:
            page.show_protocols(self._launcher.protocols())
        except NfbError as error:
            page.show_problem(told(str(error)))
        page.look()
        self._shell.turn_to(page)
        return page

    def close(self) -> None:
        """The window closes: nothing is scanned for any more."""
        if self._scan is not None:
            self._scan.cancel()
