"""How preferences take effect: before the first window, at its making, and whenever one changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject
from PySide6.QtWidgets import QApplication

from nfb.files.preferences import SYSTEM, Preferences
from nfb.ui import privacy, theme
from nfb.ui.keys import BINDINGS, Binding, bound
from nfb.ui.keys_in_force import use_keys
from nfb.ui.language import tr, use_language
from nfb.ui.settings.lock import IdleLock
from nfb.ui.settings.store import SettingsStore
from nfb.ui.theme import Look
from nfb.ui.widgets.notice import Level

if TYPE_CHECKING:
    from nfb.ui.audio.alert import OperatorAlert
    from nfb.ui.session_screen import SessionScreen
    from nfb.ui.shell import Shell

_SCALE = "QT_SCALE_FACTOR"


def set_scale(preferences: Preferences) -> None:
    """Choose the size of everything; Qt reads it once, when the application object is made.

    A size in the environment goes before.
    """
    if preferences.scale_percent != 100:
        os.environ.setdefault(_SCALE, f"{preferences.scale_percent / 100:g}")


def factor_in_force() -> float:
    """The factor that Qt was started with."""
    try:
        return float(os.environ.get(_SCALE, "1")) or 1.0
    except ValueError:
        return 1.0


def dress(app: QApplication, preferences: Preferences) -> None:
    """Language and look, before widgets are made."""
    code = preferences.language
    use_language(app, QLocale.system().name()[:2] if code == SYSTEM else code)
    theme.follow_system(app, look_of(preferences))


def look_of(preferences: Preferences) -> Look:
    return Look(preferences.theme, preferences.high_contrast, preferences.readable_font)


class Following(QObject):
    """Makes one window follow the preferences.

    Attributes
    ----------
    lock
        Hides the window after a while.
    bindings
        The keys in force.
    """

    def __init__(self, shell: Shell, store: SettingsStore) -> None:
        super().__init__(shell)
        self._shell, self._store = shell, store
        self._screen: SessionScreen | None = None
        self._alert: OperatorAlert | None = None
        self.lock = IdleLock(shell, shell.centre, lambda: not shell.sessions.runs)
        self._take_keys()
        privacy.show_codes_only(store.preferences.codes_only)
        self.lock.set_minutes(store.preferences.lock_after_min)
        if store.notice:
            shell.notices.tell("settings", store.notice, Level.LOOK)
        store.changed.connect(self._changed)

    def _take_keys(self) -> None:
        self.bindings = self._bindings()
        use_keys(self.bindings)

    def _bindings(self) -> tuple[Binding, ...]:
        try:
            return bound(self._store.preferences.keys)
        except ValueError as error:
            words = tr("The usual keys are used. {error}", error=error)
            self._shell.notices.tell("keys", words, Level.LOOK)
            return BINDINGS

    def _changed(self, before: Preferences, now: Preferences) -> None:
        def changed(*names: str) -> bool:
            return any(getattr(before, name) != getattr(now, name) for name in names)

        shell = self._shell
        if changed("theme", "high_contrast", "readable_font"):
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            theme.wear(app, look_of(now))
        if changed("keys"):
            self._take_keys()
            shell.rebind()
        if changed("lock_after_min"):
            self.lock.set_minutes(now.lock_after_min)
        if changed("recordings"):
            shell.recordings_moved()
        if changed("book"):
            shell.keeper.reopen(then=shell.book_changed)
        elif changed("who") and shell.keeper.book is not None:
            shell.keeper.book.who = now.who
        if changed("codes_only"):
            privacy.show_codes_only(now.codes_only)
            if shell.desk is not None:
                shell.desk.show_home()
        self._tell_screen()

    # sessions -----------------------------------------------------------------------------------------------------

    def follow_sessions(self, screen: SessionScreen) -> None:
        """The screen of the sessions has been made."""
        from nfb.ui.audio.alert import OperatorAlert  # the sound is not loaded before there is a session

        self._screen = screen
        self._alert = alert = OperatorAlert(screen.sound, self)
        screen.operator_alert.connect(lambda: alert.ring())
        self._tell_screen()

    def _tell_screen(self) -> None:
        screen, alert, now = self._screen, self._alert, self._store.preferences
        if screen is None or alert is None:
            return
        screen.sound.wanted_id = now.client_output
        screen.screens.one_by_default = now.one_screen
        screen.client.wanted_screen = now.client_screen
        screen.still = now.reduced_motion
        alert.on, alert.output_id = now.operator_alert, now.operator_output
        alert.volume = now.operator_volume / 100

    def close(self) -> None:
        """The window closes."""
        self.lock.set_minutes(0)
        if self._alert is not None:
            self._alert.close()
