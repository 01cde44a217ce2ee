"""Outline icons, 20 px with a 1.75 stroke, tinted by the theme. Drawn for this program on a 24-unit grid."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from nfb.ui.theme import Tokens, tokens

SIZE_PX = 20
ROOM_PX = 4  # between an icon and the words beside it; Qt's own gap is too small

_PATHS = {
    "play": "M7 4.5 19 12 7 19.5Z",
    "pause": "M8 5v14M16 5v14",
    "down": "M6 9.5l6 6 6-6",
    "next": "M5 5l9 7-9 7ZM19 5v14",
    "plus": "M12 5v14M5 12h14",
    "minus": "M5 12h14",
    "check": "M4.5 12.5l5 5 10-11",
    "wave": "M2 12h3l2.5-6 4 12 4-14 2.5 8H22",
    "headset": "M4 14v-2a8 8 0 0 1 16 0v2M4 14h3v6H5.5A1.5 1.5 0 0 1 4 18.5ZM20 14h-3v6h1.5a1.5 1.5 0 0 0 1.5-1.5Z",
    "folder": "M3 6.5A1.5 1.5 0 0 1 4.5 5H9l2.5 3H19.5A1.5 1.5 0 0 1 21 9.5v8A1.5 1.5 0 0 1 19.5 19h-15"
    "A1.5 1.5 0 0 1 3 17.5Z",
    "monitor": "M3.5 5h17v11.5h-17ZM8.5 20.5h7M12 16.5v4",
    "contrast": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 1 0 0-17ZM12 3.5v17M15.5 5.5v13M18.5 8.5v7",
    "flag": "M5.5 21V4M5.5 4.5h12.5l-3 4.5 3 4.5H5.5",
    "undo": "M8.5 5 4 9.5 8.5 14M4.5 9.5h9.5a5.5 5.5 0 0 1 0 11h-3.5",
    "eye": "M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12Z"
    "M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6Z",
    "keyboard": "M2.5 6h19v12h-19ZM6 10h.01M10 10h.01M14 10h.01M18 10h.01M7 14h10",
    "back": "M11 5l-7 7 7 7M4 12h16",
    "clients": "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 1 0 0-7ZM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5.3a3.5 3.5 0 0 1 0 6.4"
    "M18 14.2a6.5 6.5 0 0 1 3.5 5.3",
    "sliders": "M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5a2 2 0 1 0 0 4 2 2 0 1 0 0-4ZM9 10a2 2 0 1 0 0 4 "
    "2 2 0 1 0 0-4ZM15 15a2 2 0 1 0 0 4 2 2 0 1 0 0-4Z",
    "settings": "M12 9a3 3 0 1 0 0 6 3 3 0 1 0 0-6ZM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6"
    "l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8M12 6a6 6 0 1 0 0 12 6 6 0 1 0 0-12Z",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 1 0 0-13ZM15.3 15.3 20.5 20.5",
    "pen": "M4 20l1-4.5L16.5 4 20 7.5 8.5 19ZM14 6.5l3.5 3.5",
    "trash": "M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 13.5h10l1-13.5M10 10.5v6M14 10.5v6",
    "file": "M6 3h8l4 4.5V21H6ZM14 3v4.5h4M9 12.5h6M9 16h6",
    "replay": "M4 4.5v5.5h5.5M4.5 10a8 8 0 1 1-.5 4.5",
}


def pixmap(name: str, colour: str, size_px: int = SIZE_PX, scale: float = 1.0) -> QPixmap:
    """The icon `name` in `colour`, `size_px` high on a screen of device pixel ratio `scale`."""
    key = f"icon {name} {colour} {size_px} {scale}"
    drawn = QPixmap()
    # Opening the settings asks for hundreds. Qt's own cache lets go of its pictures before the application ends.
    if QPixmapCache.find(key, drawn):
        return drawn
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" '
        f'stroke="{colour}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">'
        f'<path d="{_PATHS[name]}"/></svg>'
    )
    drawn = QPixmap(QSize(size_px + ROOM_PX, size_px) * scale)
    drawn.setDevicePixelRatio(scale)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    QPixmapCache.insert(key, drawn)
    return drawn


def icon(name: str, *, on_accent: bool = False, theme: Tokens | None = None) -> QIcon:
    """The icon `name` in the text colour of a theme (that in force), or in the colour that is read on the accent."""
    theme = theme or tokens()
    made = QIcon()
    for scale in (1.0, 2.0):
        made.addPixmap(pixmap(name, theme.accent_label if on_accent else theme.text, scale=scale))
        made.addPixmap(pixmap(name, theme.text2, scale=scale), QIcon.Mode.Disabled)
    return made
