"""Keys: every action of a session with its key; another is chosen by pressing it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLabel

from nfb.files.preferences import PreferenceError
from nfb.ui.desk.table import Table
from nfb.ui.keys import BINDINGS, Binding, bound, key_name, people_say
from nfb.ui.language import tr
from nfb.ui.settings.section import Section, Surroundings, Told
from nfb.ui.theme import CONTROL_PX
from nfb.ui.widgets.small import IconButton
from nfb.ui.words import capital

FIXED = ("quick_mark",)  # nine keys at once: the digits
_MODIFIERS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_Meta,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)


class KeysSection(Section):
    """A table, and what is done with the row that is chosen in it."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Keys"))
        self._store = around.store
        self._bindings: tuple[Binding, ...] = BINDINGS
        self.say(tr("Choose an action and press its new key. Letters are letters while you type."))
        self.change_button = IconButton(tr("Change key"), "keyboard")
        self.change_button.clicked.connect(self.begin)
        self.usual_button = IconButton(tr("Usual key"), "undo")
        self.usual_button.clicked.connect(self.use_usual)
        self.all_usual_button = IconButton(tr("All usual keys"), "undo")
        self.all_usual_button.clicked.connect(lambda: self._keep({}, tr("All keys are the usual ones again.")))
        self.buttons([self.change_button, self.usual_button, self.all_usual_button, None])
        self.catcher = KeyCatcher()
        self.catcher.caught.connect(self._caught)
        self.catcher.given_up.connect(lambda: self._end(""))
        self.catcher.hide()
        self.add(self.catcher)
        self.told = Told()
        self.add(self.told)
        self.table = Table(tr("Keys"))
        self.table.chosen.connect(lambda _: self.begin())
        self.table.selection_changed.connect(self._enable)
        self.table.setFixedHeight(CONTROL_PX * (len(BINDINGS) + 1) + 4)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add(self.table)

    def open(self) -> None:
        super().open()
        self.told.say("")
        self._fill()

    def _fill(self) -> None:
        overrides = self._store.preferences.keys
        try:
            self._bindings = bound(overrides)
        except ValueError as error:
            self._bindings = BINDINGS
            self.told.say(tr("The usual keys are used. {error}", error=error))
        rows = [
            (one.shown, capital(one.words), tr("changed") if one.action in overrides else "")
            for one in self._bindings
        ]
        self.table.fill([tr("Key"), tr("Action"), ""], rows)
        self._enable()

    @property
    def _chosen(self) -> Binding:
        return self._bindings[self.table.selected or 0]

    def _enable(self) -> None:
        self.change_button.setEnabled(self._chosen.action not in FIXED)
        self.usual_button.setEnabled(self._chosen.action in self._store.preferences.keys)
        self.all_usual_button.setEnabled(bool(self._store.preferences.keys))

    def begin(self) -> None:
        """Wait for the new key of the chosen action."""
        if self._chosen.action in FIXED:
            self.told.say(tr("The digits are quick marks."))
            return
        self.told.say("")
        self.catcher.ask(tr("Press the new key for “{action}”. Esc leaves it as it is.", action=self._chosen.words))
        self.ensureWidgetVisible(self.catcher)

    def _caught(self, key: str) -> None:
        action = self._chosen.action
        other = taken_by(key, self._bindings, action)
        if other:
            self._end(tr("{key} means “{other}” already. Nothing was changed.", key=people_say(key), other=other))
            return
        overrides = {**self._store.preferences.keys, action: (key,)}
        self._keep(overrides, tr("{key} means “{action}” now.", key=people_say(key), action=self._chosen.words))

    def use_usual(self) -> None:
        """Give the chosen action its usual keys back, unless another has them by now."""
        action = self._chosen.action
        usual = next(binding for binding in BINDINGS if binding.action == action)
        for key in usual.sequences:
            other = taken_by(key, self._bindings, action)
            if other:
                said = people_say(key)
                self._end(tr("{key} means “{other}” already. Nothing was changed.", key=said, other=other))
                return
        left = {name: keys for name, keys in self._store.preferences.keys.items() if name != action}
        self._keep(left, tr("{key} means “{action}” again.", key=usual.shown, action=usual.words))

    def _keep(self, overrides: Mapping[str, tuple[str, ...]], words: str) -> None:
        try:
            self._store.change(keys=dict(overrides))
        except PreferenceError as error:
            words = str(error)
        self._end(words)
        self._fill()

    def _end(self, words: str) -> None:
        self.catcher.hide()
        self.told.say(words)
        self.table.setFocus()


def taken_by(key: str, bindings: tuple[Binding, ...], but: str) -> str:
    """What a key means already, in words, other than the action `but`; empty if nothing."""
    reserved = {
        "Esc": tr("close what lies over the window"),
        "Ctrl+K": tr("find a client"),
        "Tab": tr("go to the next part"),
        **{f"Alt+{number}": tr("go to a page") for number in range(1, 6)},
    }
    own = {sequence: one.words for one in bindings if one.action != but for sequence in one.sequences}
    return {**own, **reserved}.get(key, "")


class KeyCatcher(QLabel):
    """Takes one key while it has the focus. Signals: `caught` with its name, `given_up` by Esc or by going away."""

    caught = Signal(str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chip")
        self.setWordWrap(True)
        self.setMinimumHeight(CONTROL_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def ask(self, words: str) -> None:
        """Wait for a key."""
        self.setText(words)
        self.setAccessibleName(words)
        self.show()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # a key that means something now may be the very one that is wanted
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS:
            return
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            self.caught.emit(key_name(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isVisible():
            self.given_up.emit()
