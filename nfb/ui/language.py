"""Words in the person's language. English is the source; catalogues lie beside this module as Qt ``.ts`` files.

Every text that a person sees in the window goes through :func:`tr` with a literal, so that the catalogues can be
checked for completeness.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "nfb"


def tr(text: str, /, **values: object) -> str:
    """`text` in the language in force, its ``{name}`` fields filled from `values`."""
    found = QCoreApplication.translate(CONTEXT, text)
    return found.format(**values) if values else found


def tr_n(one: str, many: str, n: int, /, **values: object) -> str:
    """`one` where `n` is 1, else `many`; both may hold ``{n}``."""
    return tr(one if n == 1 else many, n=n, **values)
