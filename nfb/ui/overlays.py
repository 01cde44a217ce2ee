"""What lies over the window and goes away with Esc: the sheet that asks whether to end, and the keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from nfb.ui.keys import BINDINGS, Binding
from nfb.ui.widgets.notice import Choice

if TYPE_CHECKING:
    from nfb.ui.widgets.notice import KeysOverlay, Sheet


class Overlays:
    """At most one sheet and one overview of the keys, over `centre`, which has the focus again afterwards.

    Attributes
    ----------
    sheet, keys
        None while they are not shown.
    """

    def __init__(self, centre: QWidget) -> None:
        self._centre = centre
        self.sheet: Sheet | None = None
        self.keys: KeysOverlay | None = None

    def ask(self, question: str, stay: str, leave: str, do_leave: Callable[[], None]) -> None:
        """Ask over what goes on underneath: `stay` is the default, `leave` calls `do_leave`."""
        from nfb.ui.widgets.notice import Sheet

        self.drop_sheet()
        choices = (Choice(stay, self.drop_sheet), Choice(leave, partial(self._answer, do_leave)))
        self.sheet = Sheet(self._centre, question, choices)

    def _answer(self, chosen: Callable[[], None]) -> None:
        self.drop_sheet()
        chosen()

    def drop_sheet(self) -> None:
        """Take the sheet away."""
        if self.sheet is not None:
            self.sheet.hide()
            self.sheet.deleteLater()
            self.sheet = None
            self._centre.setFocus()

    def toggle_keys(self, bindings: tuple[Binding, ...] = BINDINGS) -> None:
        """Show all keys, or put them away."""
        from nfb.ui.widgets.notice import KeysOverlay

        if self.keys is None:
            self.keys = KeysOverlay(self._centre, bindings)
        else:
            self.keys.hide()
            self.keys.deleteLater()
            self.keys = None

    def step_back(self) -> bool:
        """Take away what lies uppermost; False if nothing lies over the window."""
        if self.keys is not None:
            self.toggle_keys()
        elif self.sheet is not None:
            self.drop_sheet()
        else:
            return False
        return True
