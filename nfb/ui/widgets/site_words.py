"""Where the words of a site go on the head map: touching neither another site nor another site's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

_ON_MIDLINE_PX = 4.0
_APART_PX = 5.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Words in their place."""

    box: QRectF
    text: str
    side: Qt.AlignmentFlag


def wordings(name: str, word: str, note: str) -> list[str]:
    """What can be said of a site, from the most to the least; lines are for beside it, one line for below or above.

    >>> wordings("C4", "off", "48 kΩ")[:3]
    ['C4 off\\n48 kΩ', 'C4\\noff\\n48 kΩ', 'C4 off 48 kΩ']
    >>> wordings("C4", "", ""), wordings("C4", "weak", "")
    (['C4'], ['C4 weak', 'C4'])
    """
    said = f"{name} {word}".strip()
    if not note:
        return list(dict.fromkeys((said, name)))
    lines = (
        f"{said}\n{note}",
        "\n".join((*said.split(), note)),
        f"{said} {note}",
        f"{name}\n{note}",
        f"{name} {note}",
    )
    return list(dict.fromkeys((*lines, name)))


def place(
    at: QPointF, away_px: float, texts: Sequence[str], metrics: QFontMetricsF, area: QRectF, taken: Sequence[QRectF]
) -> Placed:
    """The first of `texts` that finds a free place by the site `at`; where none does, the last one below it.

    Parameters
    ----------
    away_px
        Distance of its words, beyond its own sign.
    area
        The picture; its middle is the midline of the head.
    taken
        Where other signs and words are.
    """
    for text in texts:
        for placed in _places(at, away_px, text, metrics, area):
            if area.contains(placed.box) and not any(placed.box.intersects(other) for other in taken):
                return placed
    return _places(at, away_px, texts[-1], metrics, area)[0]


def _places(at: QPointF, away_px: float, text: str, metrics: QFontMetricsF, area: QRectF) -> list[Placed]:
    """Below and above, running outwards, where fewer sites are; on the outer side, which several lines prefer."""
    lines = text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines) + _APART_PX
    height = (metrics.ascent() + metrics.descent()) * len(lines)
    aside = at.x() - area.center().x()
    outwards = 0 if abs(aside) < _ON_MIDLINE_PX else 1 if aside > 0 else -1
    left = at.x() - width / 2 + outwards * max(width / 2 - away_px, 0.0)
    left = min(max(left, area.left()), area.right() - width)
    stacked = [
        Placed(QRectF(left, top, width, height), text, Qt.AlignmentFlag.AlignHCenter)
        for top in (at.y() + away_px, at.y() - away_px - height)
    ]
    if not outwards:
        return stacked
    left = at.x() + away_px if outwards > 0 else at.x() - away_px - width
    side = Qt.AlignmentFlag.AlignLeft if outwards > 0 else Qt.AlignmentFlag.AlignRight
    beside = Placed(QRectF(left, at.y() - height / 2, width, height), text, side)
    return [beside, *stacked] if len(lines) > 1 else [*stacked, beside]
