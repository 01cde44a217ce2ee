"""Colours, sizes and fonts of the window, in one place; widgets ask for :func:`tokens` when they paint.

The values were checked together: smallest CIE76 difference between state colours 28 and between bands 19, under
normal, deuteran, protan and tritan vision. Changing one means checking all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

RADIUS_PX = 8
CONTROL_PX = 36
PRIMARY_PX = 44
BODY_PX, SECONDARY_PX, SECTION_PX, HEADING_PX, VALUE_PX, CLOCK_PX, CLIENT_PX = 14, 13, 16, 20, 28, 40, 28
_PICTURES = Path(__file__).with_name("pictures")


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. Bands are ordered delta, theta, alpha, SMR, beta, high beta."""

    dark: bool
    bg: str
    panel: str
    raised: str
    plot: str
    text: str
    text2: str
    border: str
    hairline: str
    accent: str
    accent_label: str
    ok: str
    warn: str
    act: str
    bands: tuple[str, str, str, str, str, str]

    @property
    def selected(self) -> str:
        """Ground of a chosen row: a little of the accent over a panel, so that words keep their colour on it."""
        share = 0.30 if self.dark else 0.13
        pairs = [(int(self.panel[i : i + 2], 16), int(self.accent[i : i + 2], 16)) for i in (1, 3, 5)]
        return "#" + "".join(f"{round((1 - share) * under + share * over):02X}" for under, over in pairs)

    def band(self, low_hz: float, high_hz: float) -> str:
        """Colour of a frequency band, by its centre."""
        centre = (low_hz + high_hz) / 2
        for colour, above in zip(self.bands, (4.0, 8.0, 12.0, 15.0, 21.0), strict=False):
            if centre < above:
                return colour
        return self.bands[5]


DARK = Tokens(
    dark=True,
    bg="#12181F",
    panel="#1A222B",
    raised="#232E39",
    plot="#0E1419",
    text="#E6EDF3",
    text2="#A9B7C4",
    border="#6B7B8A",
    hairline="#3A4856",
    accent="#6C93D6",
    accent_label="#0E1419",
    ok="#5FDCC4",
    warn="#F5D33B",
    act="#D2683F",
    bands=("#7B7E84", "#F08FC0", "#2F9DEA", "#7FE0A0", "#F7C04A", "#C4573A"),
)

LIGHT = Tokens(
    dark=False,
    bg="#F5F7F9",
    panel="#FFFFFF",
    raised="#EDF1F5",
    plot="#FFFFFF",
    text="#17212B",
    text2="#4A5968",
    border="#7A8896",
    hairline="#B7C2CC",
    accent="#1B4390",
    accent_label="#FFFFFF",
    ok="#00928E",
    warn="#B57A00",
    act="#8A1A12",
    bands=("#333C4B", "#A27BAC", "#2A8DE6", "#4F7D5F", "#C07C00", "#8E0F0F"),
)

STARK_DARK = replace(
    DARK,
    bg="#000000",
    panel="#000000",
    raised="#161D24",
    plot="#000000",
    text="#FFFFFF",
    text2="#E6EDF3",
    border="#FFFFFF",
    hairline="#A9B7C4",
)
STARK_LIGHT = replace(
    LIGHT,
    bg="#FFFFFF",
    text="#000000",
    text2="#17212B",
    border="#17212B",
    hairline="#4A5968",
)
READABLE_FAMILY = "Atkinson Hyperlegible"  # made for low vision; used where the system has it


@dataclass(frozen=True, slots=True)
class Look:
    """What a person has chosen: ``system``, ``dark`` or ``light``; starker colours; the typeface for low vision."""

    theme: str = "system"
    high_contrast: bool = False
    readable_font: bool = False


_current = DARK
_look = Look()
_usual_family = ""  # of the system's interface font, from before another was chosen


def tokens() -> Tokens:
    """The theme in force."""
    return _current


def on_picture() -> Tokens:
    """The theme of what lies over the client's picture, whose surround is dark in every theme."""
    return STARK_DARK if _current in (STARK_DARK, STARK_LIGHT) else DARK


def colour(name: str, alpha: float = 1.0) -> QColor:
    """A ``#RRGGBB`` token as a QColor with opacity `alpha`."""
    value = QColor(name)
    value.setAlphaF(alpha)
    return value


def font(size_px: int = BODY_PX, *, bold: bool = False) -> QFont:
    """The interface font at `size_px`, with figures of equal width so that live numbers do not jitter."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    # QFont.setFeature came with Qt 6.7; the declared floor is 6.8.
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def follow_system(app: QApplication, look: Look | None = None) -> None:
    """Apply a look now, and the system's colour scheme whenever it changes and is the one to follow."""
    app.styleHints().colorSchemeChanged.connect(lambda _: wear(app, _look))
    wear(app, look or Look())


def wear(app: QApplication, look: Look) -> None:
    """Apply a look."""
    global _look, _usual_family
    _look = look
    _usual_family = _usual_family or app.font().family()
    family = READABLE_FAMILY if look.readable_font and readable_font_available() else _usual_family
    made = app.font()
    if made.family() != family:  # each change of the font lays out every widget anew
        made.setFamily(family)
        app.setFont(made)
    light = look.theme == "light"
    if look.theme == "system":
        light = app.styleHints().colorScheme() is Qt.ColorScheme.Light
    if look.high_contrast:
        apply(app, STARK_LIGHT if light else STARK_DARK)
    else:
        apply(app, LIGHT if light else DARK)


def readable_font_available() -> bool:
    """Whether the system has the typeface for low vision."""
    return READABLE_FAMILY in QFontDatabase.families()


def switch(app: QApplication) -> str:
    """Change from dark to light or back and return which it is; the system is not followed any more."""
    theme = "light" if _current.dark else "dark"
    wear(app, replace(_look, theme=theme))
    return theme


def apply(app: QApplication, theme: Tokens) -> None:
    """Make `theme` the one in force. Painted widgets hear of it as ``PaletteChange``."""
    global _current
    _current = theme
    QLocale.setDefault(QLocale.c())
    app.setFont(font())
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, theme.bg),
        (roles.WindowText, theme.text),
        (roles.Base, theme.panel),
        (roles.AlternateBase, theme.raised),
        (roles.Text, theme.text),
        (roles.Button, theme.raised),
        (roles.ButtonText, theme.text),
        (roles.ToolTipBase, theme.raised),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.text2),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.accent_label),
    ):
        palette.setColor(role, QColor(name))
    app.setPalette(palette)
    app.setStyleSheet(style_sheet(theme))


def style_sheet(t: Tokens) -> str:
    """Qt style sheet of a theme; object names say the part a widget plays (``primary``, ``panel``, ``clock`` …)."""
    tick = (_PICTURES / f"tick_{'dark' if t.dark else 'light'}.svg").as_posix()
    return f"""
QWidget {{ color: {t.text}; font-size: {BODY_PX}px; }}
QMainWindow, QWidget#page {{ background: {t.bg}; }}
QFrame#panel, QFrame#bar {{ background: {t.panel}; border-radius: {RADIUS_PX}px; }}
QFrame#bar {{ border-radius: 0; }}
QFrame#sheet {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: {RADIUS_PX}px; }}
QLabel#secondary {{ color: {t.text2}; font-size: {SECONDARY_PX}px; }}
QLabel#section {{ font-size: {SECTION_PX}px; font-weight: 600; }}
QLabel#heading {{ font-size: {HEADING_PX}px; font-weight: 600; }}
QLabel#figure {{ font-weight: 600; }}
QLabel#value {{ font-size: {VALUE_PX}px; font-weight: 600; }}
QLabel#clock {{ font-size: {CLOCK_PX}px; font-weight: 600; }}
QLabel#title {{ font-size: {VALUE_PX}px; font-weight: 600; }}
QLabel#chip {{ background: {t.raised}; border-radius: 4px; padding: 2px 8px; font-size: {SECONDARY_PX}px; }}
QLabel#stripe {{ background: {t.warn}; color: {DARK.plot}; font-weight: 600;
    font-size: {SECONDARY_PX}px; padding: 2px 12px; }}
QPushButton {{ background: {t.raised}; border: 1px solid {t.border}; border-radius: {RADIUS_PX}px;
    min-height: {CONTROL_PX - 2}px; padding: 0 12px; }}
QPushButton:hover {{ border-color: {t.accent}; }}
QPushButton:pressed, QPushButton:checked {{ background: {t.hairline}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 0 11px; min-height: {CONTROL_PX - 4}px; }}
QPushButton:disabled {{ color: {t.text2}; border-color: {t.hairline}; }}
QPushButton#primary {{ background: {t.accent}; color: {t.accent_label}; border: none; font-weight: 600;
    min-height: {PRIMARY_PX}px; padding: 0 16px; }}
QPushButton#primary:focus {{ border: 2px solid {t.text}; min-height: {PRIMARY_PX - 4}px; padding: 0 14px; }}
QPushButton#primary:disabled {{ background: {t.raised}; color: {t.text2}; border: 1px solid {t.hairline};
    min-height: {PRIMARY_PX - 2}px; }}
QPushButton#square {{ min-width: {CONTROL_PX - 2}px; max-width: {CONTROL_PX - 2}px; padding: 0; }}
QPushButton#square:focus {{ min-width: {CONTROL_PX - 4}px; max-width: {CONTROL_PX - 4}px; padding: 0; }}
QFrame#rail {{ background: {t.panel}; }}
QPushButton#rail {{ background: transparent; border: 2px solid transparent; text-align: left; padding: 0 8px;
    min-height: {PRIMARY_PX - 4}px; }}
QPushButton#rail:hover {{ background: {t.raised}; }}
QPushButton#rail:checked {{ background: {t.raised}; font-weight: 600; }}
QPushButton#rail:focus {{ border: 2px solid {t.accent}; padding: 0 8px; min-height: {PRIMARY_PX - 4}px; }}
QLineEdit, QComboBox, QPlainTextEdit {{ background: {t.panel}; border: 1px solid {t.border};
    border-radius: {RADIUS_PX}px; min-height: {CONTROL_PX - 2}px; padding: 0 8px; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus {{ border: 2px solid {t.accent}; padding: 0 7px;
    min-height: {CONTROL_PX - 4}px; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {t.raised}; color: {t.text2}; border-color: {t.hairline}; }}
QPlainTextEdit {{ padding: 4px 6px; }}
QPlainTextEdit:focus {{ padding: 3px 5px; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.border};
    selection-background-color: {t.selected}; selection-color: {t.text}; }}
QListWidget {{ background: {t.panel}; border: 1px solid {t.hairline}; border-radius: {RADIUS_PX}px; outline: none; }}
QListWidget:focus {{ border: 2px solid {t.accent}; }}
QListWidget::item {{ padding: 8px 12px 8px 9px; min-height: 32px; border-left: 3px solid transparent; }}
QListWidget::item:hover {{ background: {t.raised}; }}
QListWidget::item:selected {{ background: {t.selected}; color: {t.text}; border-left: 3px solid {t.accent}; }}
QTableView {{ background: {t.panel}; border: 2px solid transparent; border-radius: {RADIUS_PX}px;
    gridline-color: {t.hairline}; outline: none; alternate-background-color: {t.raised};
    selection-background-color: {t.selected}; selection-color: {t.text}; }}
QTableView:focus {{ border: 2px solid {t.accent}; }}
QHeaderView, QHeaderView::section, QTableCornerButton::section {{ background: {t.panel}; color: {t.text2};
    border: none; font-size: {SECONDARY_PX}px; padding: 4px 8px 4px 5px; }}
QTableView::item {{ padding: 2px 8px; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.hairline}; }}
QTabBar::tab {{ background: transparent; padding: 8px 14px; border: 2px solid transparent; color: {t.text2}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar:focus {{ outline: none; }}
QTabBar::tab:selected:focus {{ border: 2px solid {t.accent}; border-radius: 4px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.hairline}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {t.accent}; }}
QSlider::handle:horizontal {{ width: 16px; margin: -6px 0; border-radius: 8px; background: {t.accent}; }}
QSlider::handle:horizontal:focus {{ background: {t.text}; }}
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled {{ background: {t.border}; }}
QProgressBar {{ background: {t.hairline}; border: none; border-radius: 2px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QRadioButton {{ spacing: 8px; min-height: 32px; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; }}
QScrollBar::handle {{ background: {t.border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {t.text2}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
QCheckBox {{ spacing: 8px; min-height: 32px; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 16px; height: 16px; background: {t.panel};
    border: 2px solid {t.border}; border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: 10px; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{tick}"); }}
QRadioButton::indicator:checked {{ width: 8px; height: 8px; background: {t.panel}; border: 6px solid {t.accent}; }}
QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus {{ border-color: {t.text}; }}
"""
