"""The questions of a visit and their answers, shared by the operator's form and the client's screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from nfb.engine.check_in import SLIDERS
from nfb.practice.plans import OwnSymptom
from nfb.practice.ratings import ITEMS, OWN
from nfb.practice.record import Stored
from nfb.ui.language import tr


@dataclass(frozen=True, slots=True)
class Question:
    """One slider from 0 to 10; `ghost` is the answer to compare with, shown faintly."""

    key: str
    label: str
    low_word: str
    high_word: str
    ghost: float | None = None


class Answers(QObject):
    """What has been answered so far, by the question's key; what was not answered is not in it.

    Attributes
    ----------
    changed
        Signal: key of the question whose answer is another one now.
    by_client
        Whether any answer came from the client's own screen.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, float] = {}
        self.by_client = False

    def get(self, key: str) -> float | None:
        return self._values.get(key)

    def put(self, key: str, value: float | None, *, by_client: bool = False) -> None:
        """Answer a question, or take its answer back with None."""
        if value == self._values.get(key):
            return
        if value is None:
            del self._values[key]
        else:
            self._values[key] = value
        self.by_client = self.by_client or by_client
        self.changed.emit(key)

    def all(self) -> dict[str, float]:
        return dict(self._values)


def standard_questions(last: Mapping[str, float], *, sleep: bool) -> list[Question]:
    """Mood, energy and stress; with `sleep` how the night was."""
    words = {
        "mood": (tr("Mood"), tr("very low"), tr("very good")),
        "energy": (tr("Energy"), tr("none"), tr("plenty")),
        "stress": (tr("Stress"), tr("none"), tr("very much")),
        "sleep_quality": (tr("Sleep"), tr("very poor"), tr("very good")),
    }
    keys = [*SLIDERS, *(("sleep_quality",) if sleep else ())]
    assert all(key in ITEMS for key in keys)
    return [Question(key, *words[key], last.get(key)) for key in keys]


def own_questions(symptoms: Iterable[Stored[OwnSymptom]], last: Mapping[str, float]) -> list[Question]:
    """The client's own items."""
    return [
        Question(key, stored.value.label, stored.value.low_word, stored.value.high_word, last.get(key))
        for stored in symptoms
        for key in (f"{OWN}:{stored.id}",)
    ]
