"""The keys in force, for everything that takes or names one; the preferences set them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeyEvent

from nfb.ui.keys import BINDINGS, Binding, key_name, people_say


class _KeysInForce(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bindings = {binding.action: binding for binding in BINDINGS}


_keys = _KeysInForce()


def use_keys(bindings: tuple[Binding, ...]) -> None:
    """Take other keys from now on; whatever follows them is told at once."""
    _keys.bindings = {binding.action: binding for binding in bindings}
    _keys.changed.emit()


def follow_keys(show: Callable[[], None]) -> None:
    """Call a widget's method now, and whenever the keys change while the widget lives."""
    _keys.changed.connect(show)
    show()


def key_of(action: str) -> str:
    """The first key of an action, for people; empty if it has none."""
    sequences = _keys.bindings[action].sequences
    return people_say(sequences[0]) if sequences else ""


def keys_of(action: str) -> str:
    """All keys of an action, for people."""
    return _keys.bindings[action].shown


def with_key(words: str, action: str) -> str:
    """What a button says: ``Pause  F5``."""
    return f"{words}  {key_of(action)}".rstrip()


def with_keys(words: str, action: str) -> str:
    """What a hint says: ``Next stage (F4 · Ctrl+Enter)``."""
    return f"{words} ({keys_of(action)})" if keys_of(action) else words


def action_of(event: QKeyEvent, actions: tuple[str, ...]) -> str:
    """Which of `actions` a key means; empty if none of them."""
    name = key_name(event)
    return next((action for action in actions if name in _keys.bindings[action].sequences), "")
