"""A language in which every text is a third longer: English with its vowels accented and doubled."""

import math
import re
from itertools import cycle

from PySide6.QtCore import QTranslator

from nfb.ui.language import CONTEXT

GROWTH = 0.35
_ACCENTED = dict(zip("aeiouyAEIOUY", "äéïöüýÄÉÏÖÜÝ", strict=True))


def longer(text: str) -> str:
    """The text a third longer; its ``{fields}`` as they are.

    >>> longer("Run {n} of {many}")
    'Rüün {n} öf {many}'
    """
    parts = re.split(r"(\{[^}]*\})", text)  # every other one is a field
    left = math.ceil(GROWTH * sum(len(part) for part in parts[::2]))
    for i in range(0, len(parts), 2):
        grown = []
        for letter in parts[i]:
            accented = _ACCENTED.get(letter, letter)
            doubled = letter in _ACCENTED and left > 0
            left -= doubled
            grown.append(accented + accented.lower() if doubled else accented)
        parts[i] = "".join(grown)
    tail = cycle("öñ")
    return "".join(parts) + "".join(next(tail) for _ in range(left))


class Longer(QTranslator):
    """Speaks that language."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return longer(text) if context == CONTEXT else text

    def isEmpty(self) -> bool:  # noqa: N802
        return False
