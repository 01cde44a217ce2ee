"""Words in the person's language. English is the source; catalogues are Qt ``.ts`` files in ``nfb/ui/languages``.

Every text that a person sees in the window goes through :func:`tr` or :func:`tr_n` with literals, so that the
catalogues can be checked for completeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QLibraryInfo, QLocale, QTranslator

CONTEXT = "nfb"
FOLDER = Path(__file__).parent / "languages"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the window: ISO 639-1 code, and its name in itself."""

    code: str
    name: str


LANGUAGES = (
    Language("en", "English"),
    Language("de", "Deutsch"),
    Language("es", "Español"),
    Language("fr", "Français"),
)

_installed: list[QTranslator] = []  # ours, and Qt's own for menus and dialogues
_code = "en"


def tr(text: str, /, **values: object) -> str:
    """`text` in the language in force, its ``{name}`` fields filled from `values`."""
    found = QCoreApplication.translate(CONTEXT, text)
    return found.format(**values) if values else found


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """`one` where `n` is 1, else `many`; both may hold ``{n}``."""
    return tr(one if n == 1 else many, n=n, **values)


def use_language(app: QCoreApplication, code: str) -> bool:
    """Speak another language from now on; windows made before keep their words until they are made anew.

    Returns
    -------
    bool
        Whether there is a catalogue for it; English is used where there is none.
    """
    global _code
    for each in _installed:
        app.removeTranslator(each)
    _installed.clear()
    _code = "en"
    if code == "en":
        return True
    translator = QTranslator(app)
    if not translator.load(str(FOLDER / f"nfb_{code}.qm")):
        return False
    of_qt = QTranslator(app)
    of_qt.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    _installed.extend((of_qt, translator))
    for each in _installed:
        app.installTranslator(each)
    _code = code
    return True


def day_words(day: date, pattern: str) -> str:
    """A day by a pattern of QDate's, with the names of months and week days of the language in force.

    >>> day_words(date(2026, 11, 21), "dddd d MMMM")
    'Saturday 21 November'
    """
    return QLocale(_code).toString(QDate(day.year, day.month, day.day), pattern)
