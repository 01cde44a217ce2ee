"""How layers without a window speak: English, or through the translation that the window hands them.

A function that makes sentences takes ``tr: Translate = in_english`` and says ``tr("literal {field}", field=value)``.
Literals are found by the catalogues wherever that name is called.
"""

from typing import Protocol


class Translate(Protocol):
    """A text in some language, its ``{name}`` fields filled from `values`."""

    def __call__(self, text: str, /, **values: object) -> str: ...


def in_english(text: str, /, **values: object) -> str:
    """The text as it is written.

    >>> in_english("{n} of {many}", n=2, many=5)
    '2 of 5'
    """
    return text.format(**values) if values else text


def tr_count(tr: Translate, one: str, many: str, n: int) -> str:
    """`one` where `n` is 1, else `many`; both may hold ``{n}``.

    >>> tr_count(in_english, "{n} run", "{n} runs", 2)
    '2 runs'
    """
    return tr(one if n == 1 else many, n=n)


def listed(words: list[str] | tuple[str, ...], tr: Translate = in_english) -> str:
    """Words as people list them.

    >>> listed(["C3", "Cz", "C4"])
    'C3, Cz and C4'
    """
    if len(words) < 2:
        return "".join(words)
    return tr("{words} and {last}", words=", ".join(words[:-1]), last=words[-1])
