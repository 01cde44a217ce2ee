"""Every key of the window, in one table: the shortcuts are made from it and the help is written from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """`action` names what happens; `in_session` keys are off while no session runs."""

    action: str
    sequences: tuple[str, ...]
    shown: str
    words: str
    in_session: bool = True


BINDINGS: tuple[Binding, ...] = (
    Binding("help", ("F1",), "F1", "all keys", in_session=False),
    Binding("pause", ("F5", "Space"), "F5 or Space", "begin, pause, go on"),
    Binding("next", ("F4",), "F4", "next stage"),
    Binding("check", ("F9",), "F9", "look at the signal, and back"),
    Binding("client_full_screen", ("F11",), "F11", "client view on the full screen"),
    Binding("blank", ("Ctrl+B",), "Ctrl+B", "blank the client view"),
    Binding("mute", ("Ctrl+M",), "Ctrl+M", "mute the client"),
    Binding("condition_up", ("Up",), "↑", "condition above"),
    Binding("condition_down", ("Down",), "↓", "condition below"),
    Binding("threshold_down", ("Left",), "←", "threshold − 2 %"),
    Binding("threshold_up", ("Right",), "→", "threshold + 2 %"),
    Binding("threshold_down_fine", ("Shift+Left",), "Shift ←", "threshold − 0.5 %"),
    Binding("threshold_up_fine", ("Shift+Right",), "Shift →", "threshold + 0.5 %"),
    Binding("threshold_down_coarse", ("Ctrl+Left",), "Ctrl ←", "threshold − 10 %"),
    Binding("threshold_up_coarse", ("Ctrl+Right",), "Ctrl →", "threshold + 10 %"),
    Binding("undo", ("Ctrl+Z",), "Ctrl+Z", "undo the last threshold change"),
    Binding("scale_finer", ("+", "="), "+", "larger traces"),
    Binding("scale_coarser", ("-",), "−", "smaller traces"),
    Binding("sweep_shorter", (",",), ",", "shorter sweep"),
    Binding("sweep_longer", (".",), ".", "longer sweep"),
    Binding("mark", ("M",), "M", "mark this moment"),
    Binding("quick_mark", tuple("123456789"), "1 – 9", "quick marks: yawn, moved, talked, drowsy, insight, …"),
    Binding("note", ("N",), "N", "write a note"),
)

STEP_OF = {"": 0.02, "_fine": 0.005, "_coarse": 0.10}

QUICK_MARKS = ("yawn", "moved", "talked", "drowsy", "insight", "mark 6", "mark 7", "mark 8", "mark 9")
