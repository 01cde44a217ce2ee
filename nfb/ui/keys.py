"""Every key of the window, in one table: the shortcuts are made from it and the help is written from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from nfb.ui.language import tr

_PLAIN = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"  # typed with Shift or AltGr on some keyboards and bare on others


@dataclass(frozen=True, slots=True)
class Binding:
    """A key and what it does.

    Parameters
    ----------
    action
        Name of what happens.
    sequences
        Keys as Qt writes them.
    short
        The same for people, where it is not one key after another.
    in_session
        Off while no session runs.
    """

    action: str
    sequences: tuple[str, ...]
    short: str = ""
    in_session: bool = True

    @property
    def shown(self) -> str:
        """Its keys, for people."""
        return self.short or " · ".join(people_say(sequence) for sequence in self.sequences)

    @property
    def words(self) -> str:
        """What it does, in words."""
        return _words()[self.action]


BINDINGS: tuple[Binding, ...] = (
    Binding("help", ("F1",), in_session=False),
    Binding("pause", ("F5", "Space")),
    Binding("next", ("F4", "Ctrl+Return")),
    Binding("check", ("F9",)),
    Binding("client_full_screen", ("F11",)),
    Binding("strip", ("F10",)),
    Binding("blank", ("Ctrl+B",)),
    Binding("mute", ("Ctrl+M",)),
    Binding("condition_up", ("Up",)),
    Binding("condition_down", ("Down",)),
    Binding("threshold_down", ("Left",)),
    Binding("threshold_up", ("Right",)),
    Binding("threshold_down_fine", ("Shift+Left",)),
    Binding("threshold_up_fine", ("Shift+Right",)),
    Binding("threshold_down_coarse", ("Ctrl+Left",)),
    Binding("threshold_up_coarse", ("Ctrl+Right",)),
    Binding("target_down", ("[",)),
    Binding("target_up", ("]",)),
    Binding("auto", ("A",)),
    Binding("undo", ("Ctrl+Z",)),
    Binding("scale_finer", ("+", "="), "+"),
    Binding("scale_coarser", ("-",)),
    Binding("sweep_shorter", (",",)),
    Binding("sweep_longer", (".",)),
    Binding("spectrum", ("S",)),
    Binding("mark", ("M",)),
    Binding("quick_mark", tuple("123456789"), "1 – 9"),
    Binding("note", ("N",)),
    Binding("volumes", ("V",)),
    Binding("go_on", ("PgDown", "PgUp")),
    Binding("end", ("Ctrl+Shift+E",)),
)

STEP_OF = {"": 0.02, "_fine": 0.005, "_coarse": 0.10}
TARGET_STEP = 0.05
N_QUICK_MARKS = 9


def _words() -> dict[str, str]:
    return {
        "help": tr("all keys"),
        "pause": tr("begin, pause, go on"),
        "next": tr("finish this stage"),
        "check": tr("look at the signal, and back"),
        "client_full_screen": tr("client's view fills the screen, and back"),
        "strip": tr("show the operator's strip in one-screen mode"),
        "blank": tr("blank the client view"),
        "mute": tr("mute the client"),
        "condition_up": tr("condition above"),
        "condition_down": tr("condition below"),
        "threshold_down": tr("threshold − 2 %"),
        "threshold_up": tr("threshold + 2 %"),
        "threshold_down_fine": tr("threshold − 0.5 %"),
        "threshold_up_fine": tr("threshold + 0.5 %"),
        "threshold_down_coarse": tr("threshold − 10 %"),
        "threshold_up_coarse": tr("threshold + 10 %"),
        "target_down": tr("overall target − 5 %"),
        "target_up": tr("overall target + 5 %"),
        "auto": tr("thresholds: hold or auto"),
        "undo": tr("undo the last live change"),
        "scale_finer": tr("larger traces"),
        "scale_coarser": tr("smaller traces"),
        "sweep_shorter": tr("shorter sweep"),
        "sweep_longer": tr("longer sweep"),
        "spectrum": tr("spectrum or spectrogram"),
        "mark": tr("mark this moment"),
        "quick_mark": tr("quick marks: yawn, moved, talked, drowsy, insight, …"),
        "note": tr("write a note"),
        "volumes": tr("volumes"),
        "go_on": tr("end the break, as a presenter's remote does"),
        "end": tr("end the session; asks first"),
    }


def quick_marks() -> tuple[str, ...]:
    """What the digits say."""
    own = tuple(tr("mark {n}", n=n) for n in range(6, N_QUICK_MARKS + 1))
    return (tr("yawn"), tr("moved"), tr("talked"), tr("drowsy"), tr("insight"), *own)


def bound(overrides: Mapping[str, tuple[str, ...]]) -> tuple[Binding, ...]:
    """The table with other keys for some actions.

    Parameters
    ----------
    overrides
        Keys by action, as Qt writes them.

    Raises
    ------
    ValueError
        There is no such action, or a key would mean two things; names them.

    >>> [binding.shown for binding in bound({"mark": ("F8",)}) if binding.action == "mark"]
    ['F8']
    """
    unknown = set(overrides) - {binding.action for binding in BINDINGS}
    if unknown:
        raise ValueError(f"keys: there is no action {sorted(unknown)[0]!r}")
    made = tuple(
        replace(binding, sequences=overrides[binding.action], short="") if binding.action in overrides else binding
        for binding in BINDINGS
    )
    owner: dict[str, str] = {"Esc": "close what lies over the window"}
    for binding in made:
        for sequence in binding.sequences:
            other = owner.setdefault(sequence, binding.action)
            if other != binding.action:
                raise ValueError(f"keys: {sequence} means {other} already; choose another for {binding.action}")
    return made


def people_say(sequence: str) -> str:
    """A key as people write it, from Qt's name of it.

    >>> people_say("Shift+Left"), people_say("Ctrl++"), people_say("-")
    ('Shift+←', 'Ctrl++', '−')
    """
    said = {
        "Left": "←",
        "Right": "→",
        "Up": "↑",
        "Down": "↓",
        "-": "−",
        "Return": "Enter",
        "PgDown": "PgDn",
        "Space": tr("Space"),
    }
    held, plus, key = sequence.rpartition("+")  # nothing is left of the key where it is the plus itself
    return f"{held}{plus}{said.get(key, key)}"


def key_name(event: QKeyEvent) -> str:
    """The key as Qt writes it; for signs without the Shift or AltGr that some keyboards need for them."""
    if event.text() in _PLAIN and event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return event.text()
    without_pad = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    combination = QKeyCombination(without_pad, Qt.Key(event.key()))
    return QKeySequence(combination).toString(QKeySequence.SequenceFormat.PortableText)
