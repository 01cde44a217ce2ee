"""Colours between colours, for scenes that go from one light to another."""

from __future__ import annotations

from PySide6.QtGui import QColor, QLinearGradient

Stops = tuple[tuple[float, str], ...]


def between(dim: str, bright: str, share: float, opacity: float = 1.0) -> QColor:
    """The colour `share` of the way from `dim` to `bright` (``#RRGGBB``)."""
    a, b = QColor(dim), QColor(bright)
    mixed = QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )
    mixed.setAlphaF(min(max(opacity, 0.0), 1.0))
    return mixed


def vertical(top: float, bottom: float, dim: Stops, bright: Stops, share: float) -> QLinearGradient:
    """A gradient from `top` to `bottom` with stops between those of two lights, which have the same places."""
    gradient = QLinearGradient(0.0, top, 0.0, bottom)
    for (place, dim_colour), (_, bright_colour) in zip(dim, bright, strict=True):
        gradient.setColorAt(place, between(dim_colour, bright_colour, share))
    return gradient
