"""State drawn by outline first and colour second, so that it is read without colours."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from nfb.ui.language import tr
from nfb.ui.theme import Tokens, tokens


def sign_word(state: str) -> str:
    """The word beside a sign."""
    words = {
        "good": tr("good"),
        "weak": tr("weak"),
        "off": tr("none"),
        "muscle": tr("muscle"),
        "mains": tr("mains"),
        "blink": tr("blink"),
    }
    return words.get(state, tr("not known yet"))


def draw_state(painter: QPainter, centre: QPointF, radius: float, state: str, theme: Tokens | None = None) -> None:
    """Draw one state sign.

    Parameters
    ----------
    state
        ``good`` ●, ``weak`` ◐, ``off`` ○, ``muscle`` ▲, ``mains`` ≈, ``quiet`` ring with a tick, ``open``
        dashed ring; ``info``, ``look`` and ``act`` are a circle, a triangle and an octagon; anything else ``?``.
    theme
        Its colours; by default those in force.
    """
    theme = theme or tokens()
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match state:
        case "good":
            painter.setPen(QPen(QColor(theme.ok), 2))
            painter.setBrush(QBrush(QColor(theme.ok)))
            painter.drawEllipse(box)
        case "weak":
            painter.setPen(QPen(QColor(theme.warn), 2))
            painter.drawEllipse(box)
            painter.setBrush(QBrush(QColor(theme.warn)))
            painter.drawPie(box, 90 * 16, 180 * 16)
        case "off":
            painter.setPen(QPen(QColor(theme.act), 2.5))
            painter.drawEllipse(box)
        case "muscle" | "blink":
            painter.setPen(QPen(QColor(theme.warn), 2))
            painter.setBrush(QBrush(QColor(theme.warn)))
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(centre.x() + radius * math.sin(turn), centre.y() - radius * math.cos(turn))
                        for turn in (0.0, 2 * math.pi / 3, 4 * math.pi / 3)
                    ]
                )
            )
        case "mains":
            painter.setPen(QPen(QColor(theme.warn), 2.5))
            for dy in (-0.35, 0.35):
                wave = QPainterPath(QPointF(box.left(), centre.y() + dy * radius))
                wave.cubicTo(
                    QPointF(box.left() + radius * 0.7, centre.y() + (dy - 0.6) * radius),
                    QPointF(box.left() + radius * 1.3, centre.y() + (dy + 0.6) * radius),
                    QPointF(box.right(), centre.y() + dy * radius),
                )
                painter.drawPath(wave)
        case "look" | "act" | "info":
            # Triangle, octagon and circle with an exclamation mark or a dot: three outlines for three levels.
            hue = {"look": theme.warn, "act": theme.act, "info": theme.accent}[state]
            corners = {"look": 3, "act": 8, "info": 32}[state]
            first = math.pi / 8 if state == "act" else 0.0
            painter.setPen(QPen(QColor(hue), 2))
            painter.drawPolygon(
                QPolygonF(
                    [
                        QPointF(
                            centre.x() + 1.15 * radius * math.sin(first + 2 * math.pi * i / corners),
                            centre.y() - 1.15 * radius * math.cos(first + 2 * math.pi * i / corners),
                        )
                        for i in range(corners)
                    ]
                )
            )
            painter.drawLine(centre + QPointF(0, -0.35) * radius, centre + QPointF(0, 0.15) * radius)
            painter.drawPoint(centre + QPointF(0, 0.5) * radius)
        case "open":
            painter.setPen(QPen(QColor(theme.text2), 1.5, Qt.PenStyle.DashLine))
            painter.drawEllipse(box)
        case "quiet":
            painter.setPen(QPen(QColor(theme.ok), 2))
            painter.drawEllipse(box)
            painter.drawPolyline(
                QPolygonF(
                    [
                        centre + QPointF(-0.45, 0.05) * radius,
                        centre + QPointF(-0.1, 0.4) * radius,
                        centre + QPointF(0.5, -0.35) * radius,
                    ]
                )
            )
        case _:
            painter.setPen(QPen(QColor(theme.text2), 1.5, Qt.PenStyle.DashLine))
            painter.drawEllipse(box)
            painter.setPen(QColor(theme.text2))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
