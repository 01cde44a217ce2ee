"""Four separate lamps, so that a loose electrode is never mistaken for a tense jaw."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nfb.model.events import QualityReport
from nfb.model.hop import Cause, HopResult
from nfb.ui.help import glossary_tip
from nfb.ui.language import tr
from nfb.ui.theme import SECONDARY_PX, font, on_picture, tokens
from nfb.ui.widgets.shapes import draw_state
from nfb.ui.words import capital

STAYS_LIT_S = 2.0  # a lamp goes out this long after its cause was last seen: a person must be able to read it
NAMES = ("contact", "muscle", "blink", "mains")


@dataclass(slots=True)
class _Lamp:
    sign: str
    word: str


class Lamps(QWidget):
    """Contact, muscle, blink and mains: sign and word each.

    Parameters
    ----------
    in_line
        Name and word stand beside each other, half as high.
    over_picture
        They lie over the client's picture.
    """

    def __init__(self, columns: int = 4, *, in_line: bool = False, over_picture: bool = False) -> None:
        super().__init__()
        self._over_picture = over_picture
        self._columns = columns
        self._in_line = in_line
        self._row_px = 24 if in_line else 40
        width = QSizePolicy.Policy.Fixed if in_line else QSizePolicy.Policy.Expanding
        self.setSizePolicy(width, QSizePolicy.Policy.Fixed)
        self._lamps = {name: _Lamp("unknown", "unknown") for name in NAMES}
        self._lit_s = dict.fromkeys(NAMES, 0.0)

    def sizeHint(self) -> QSize:
        return QSize((116 if self._in_line else 85) * self._columns, self._row_px * (len(NAMES) // self._columns))

    def minimumSizeHint(self) -> QSize:
        return QSize((116 if self._in_line else 82) * self._columns, self._row_px * (len(NAMES) // self._columns))

    def words(self) -> dict[str, str]:
        """What each lamp says."""
        return {name: lamp.word for name, lamp in self._lamps.items()}

    def show_quality(self, report: QualityReport, used: tuple[int, ...]) -> None:
        """Contact is the worst grade of the channels in use; mains is lit where a channel's reason names it."""
        grades = [report.grades[i] for i in used] or ["unknown"]
        worst = max(grades, key=("good", "unknown", "weak", "off").index)
        self._set("contact", worst, worst)
        noisy = any("mains" in report.reasons[i] for i in used)
        self._set("mains", "mains" if noisy else "quiet", "high" if noisy else "low")

    def show_hops(self, hops: list[HopResult], passed_s: float) -> None:
        """Light muscle and blink while hops are held for them, and for two seconds after."""
        causes = {hop.cause for hop in hops if hop.artefact}
        for name, cause in (("muscle", Cause.MUSCLE), ("blink", Cause.BLINK)):
            if not hops and self._lamps[name].word == "unknown":
                continue
            seen = cause in causes
            self._lit_s[name] = STAYS_LIT_S if seen else max(0.0, self._lit_s[name] - passed_s)
            lit = self._lit_s[name] > 0
            self._set(name, name if lit else "quiet", "now" if seen else "just now" if lit else "none")

    def _set(self, name: str, sign: str, word: str) -> None:
        lamp = self._lamps[name]
        if (lamp.sign, lamp.word) != (sign, word):
            lamp.sign, lamp.word = sign, word
            self.setAccessibleName(
                ", ".join(f"{lamp_name(key)} {lamp_word(word)}" for key, word in self.words().items())
            )
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            name = self.lamp_at(event.pos())
            if name:
                QToolTip.showText(event.globalPos(), glossary_tip(name, "signal quality"), self)
                return True
        return super().event(event)

    def lamp_at(self, place: QPoint) -> str:
        """The lamp under a point; empty where there is none."""
        column = place.x() * self._columns // max(self.width(), 1)
        at = place.y() // self._row_px * self._columns + column
        return NAMES[at] if 0 <= column < self._columns and 0 <= at < len(NAMES) else ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SECONDARY_PX))
        theme = on_picture() if self._over_picture else tokens()
        width = self.width() / self._columns
        for i, (name, lamp) in enumerate(self._lamps.items()):
            left, top = i % self._columns * width, i // self._columns * self._row_px
            draw_state(painter, QPointF(left + 10, top + self._row_px / 2), 7, lamp.sign, theme)
            height = self._row_px if self._in_line else self._row_px / 2
            box = QRectF(left + 24, top, width - 24, height)
            shown = capital(lamp_name(name))
            painter.setPen(QColor(theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
            aside = painter.fontMetrics().horizontalAdvance(shown) + 6
            box = box.adjusted(aside, 0, 0, 0) if self._in_line else box.translated(0, height)
            painter.setPen(QColor(theme.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, lamp_word(lamp.word))
        painter.end()


def lamp_name(name: str) -> str:
    """A lamp's name in the person's language."""
    return {"contact": tr("contact"), "muscle": tr("muscle"), "blink": tr("blink"), "mains": tr("mains")}[name]


def lamp_word(word: str) -> str:
    """What a lamp says in the person's language."""
    words = {
        "good": tr("good"),
        "weak": tr("weak"),
        "off": tr("none"),
        "now": tr("now"),
        "just now": tr("just now"),
        "none": tr("none"),
        "low": tr("low"),
        "high": tr("high"),
        "unknown": "…",
    }
    return words.get(word, word)
