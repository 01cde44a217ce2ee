"""What a scale is: items, choices, scoring, bands and the changes that matter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Answers = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Score:
    """Outcome of scoring; `total` is None where too many answers are missing, `imputed` counts estimated ones."""

    total: float | None
    imputed: int = 0


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a scale as it is shown, with its licence; `choices` go with `values`, one list for each item."""

    instruction: str
    items: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]
    values: tuple[int, ...]
    language: str
    licence: str
    source: str
    follow_up: str = ""
    follow_up_choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is kept with a result."""
        return f"{self.source} ({self.language}, {self.licence})"[:200]


@dataclass(frozen=True, slots=True)
class Change:
    """Which change of the total matters.

    Parameters
    ----------
    important
        Smallest change that people notice (minimal clinically important difference), in points; None if not known.
    response_share
        Share of the first total by which a later one must be better to be called a response; None if not used.
    remission_below
        Totals below it count as remission; None if not used.
    """

    important: float | None = None
    response_share: float | None = None
    remission_below: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A questionnaire.

    Parameters
    ----------
    key, name, period
        Key in the catalogue, name for people, time that is asked about.
    low, high
        Range of the total.
    bands
        ``(from, words)`` in ascending order; a band reaches up to the next one.
    bands_source
        Which table the bands follow, printed with them.
    n_items, highest_answer
        Items and the highest answer; 0 for scales that are entered by their total.
    score
        From answers to the score; None for scales that are entered by their total.
    safety_item
        Number (from 1) of the item about thoughts of death or self-harm; 0 if there is none.
    more_is_worse
        Direction of the total.
    wording
        The text, where its licence lets this program carry it.
    licence_note
        What to know about rights before using it.
    """

    key: str
    name: str
    period: str
    low: float
    high: float
    bands: tuple[tuple[float, str], ...] = ()
    bands_source: str = ""
    n_items: int = 0
    highest_answer: int = 0
    score: Callable[[Answers], Score] | None = None
    safety_item: int = 0
    more_is_worse: bool = True
    change: Change = Change()
    wording: Wording | None = None
    licence_note: str = ""

    def band(self, total: float | None) -> str:
        """Words for a total; empty where there are none."""
        words = ""
        for start, text in self.bands:
            if total is not None and total >= start:
                words = text
        return words


def sum_with_few_missing(n_items: int, most_missing: int) -> Callable[[Answers], Score]:
    """Scorer: the sum; up to `most_missing` left-out answers count as the mean of the others.

    The estimated total is rounded half up to a whole number, since bands are made for whole numbers.
    """

    def score(answers: Answers) -> Score:
        given = [answer for answer in answers if answer is not None]
        missing = n_items - len(given)
        if missing > most_missing or not given:
            return Score(None)
        # In whole numbers: a float quotient could fall just below a half.
        total = (2 * sum(given) * n_items + len(given)) // (2 * len(given))
        return Score(float(total), missing)

    return score
