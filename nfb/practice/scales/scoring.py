"""From answers to a result that is kept, and from two results to what changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nfb.practice.errors import FieldError
from nfb.practice.field_words import FIELD_WORDS
from nfb.practice.record import Stored
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.definition import Scale, Wording
from nfb.practice.scales.result import Place, ScaleResult


def answered(
    scale: Scale,
    answers: Sequence[int | None],
    taken: datetime,
    *,
    wording: Wording | None = None,
    place: Place = Place.CLINIC,
    visit: int | None = None,
) -> ScaleResult:
    """The result of a scale filled in item by item.

    Raises
    ------
    FieldError
        The scale has no items here, or an answer is not one of its choices.
    """
    if scale.score is None:
        words = FIELD_WORDS["total only"].format(licence=scale.licence_note)
        raise FieldError(f"{scale.name}: {words}".strip())
    if len(answers) != scale.n_items:
        words = FIELD_WORDS["answers given"].format(n=len(answers), items=scale.n_items)
        raise FieldError(f"{scale.name}: {words}")
    for number, answer in enumerate(answers, 1):
        if answer is not None and (isinstance(answer, bool) or not 0 <= answer <= scale.highest_answer):
            raise FieldError(f"{scale.name}, item {number} = {answer}: {_limits(0, scale.highest_answer)}")
    score = scale.score(answers)
    shown = wording or scale.wording
    return ScaleResult(
        scale=scale.key,
        taken=taken,
        answers=tuple(answers),
        total=score.total,
        imputed=score.imputed,
        band=scale.band(score.total),
        safety_answer=answers[scale.safety_item - 1] if scale.safety_item else None,
        wording=shown.name if shown is not None else "",
        place=place,
        visit=visit,
    )


def totalled(
    scale: Scale,
    total: float,
    taken: datetime,
    *,
    safety_answer: int | None = None,
    place: Place = Place.CLINIC,
    visit: int | None = None,
) -> ScaleResult:
    """The result of a scale that was filled in on paper: its total, and the answer to its item about death
    or self-harm where it has one.

    Raises
    ------
    FieldError
        The total or the answer is out of range, or the answer is missing.
    """
    if not scale.low <= total <= scale.high:
        raise FieldError(f"{scale.name}: total = {total:g}: {_limits(scale.low, scale.high)}")
    if scale.safety_item and safety_answer is None:
        raise FieldError(f"{scale.name}: {FIELD_WORDS['item beside'].format(item=scale.safety_item)}")
    if safety_answer is not None and not 0 <= safety_answer <= scale.highest_answer:
        item = f"item {scale.safety_item}" if scale.safety_item else "an item about danger, which it has not"
        raise FieldError(f"{scale.name}, {item} = {safety_answer}: {_limits(0, scale.highest_answer)}")
    return ScaleResult(
        scale=scale.key,
        taken=taken,
        total=float(total),
        band=scale.band(total),
        safety_answer=safety_answer,
        place=place,
        visit=visit,
    )


def named_total(name: str, total: float, taken: datetime, visit: int | None = None) -> ScaleResult:
    """The result of a scale that this program does not know, by its name.

    Raises
    ------
    FieldError
        It does know it: such a scale is entered with what belongs to it.
    """
    for scale in SCALES.values():
        if _plain(name) in (_plain(scale.key), _plain(scale.name)):
            raise FieldError(f"{name}: {FIELD_WORDS['known scale'].format(scale=scale.name)}")
    return ScaleResult(scale=name, taken=taken, total=total, visit=visit)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def in_order(results: Iterable[Stored[ScaleResult]], scale: str) -> list[Stored[ScaleResult]]:
    """Results of one scale that were not retracted, oldest first."""
    of_scale = [r for r in results if r.value.scale == scale and not r.value.retracted]
    return sorted(of_scale, key=lambda stored: (stored.value.taken, stored.id))


@dataclass(frozen=True, slots=True)
class Progress:
    """From the first total to the last. Flags are None where the scale has no such limit.

    `points` is last minus first. `important`: it differs by the smallest change that people notice, in either
    direction. `response`, `remission`: as the scale's authors use the words; they do not say what caused it.
    """

    first: float
    last: float
    points: float
    important: bool | None
    response: bool | None
    remission: bool | None


def progress(results: Iterable[Stored[ScaleResult]], key: str) -> Progress | None:
    """What changed between the first and the last total of a scale; None with fewer than two totals."""
    scale = SCALES.get(key)
    totals = [stored.value.total for stored in in_order(results, key)]
    known = [total for total in totals if total is not None]
    if len(known) < 2:
        return None
    first, last = known[0], known[-1]
    better = first - last if scale is None or scale.more_is_worse else last - first
    change = scale.change if scale is not None else None
    important = response = remission = None
    if change is not None and change.important is not None:
        important = abs(better) >= change.important
    if change is not None and change.response_share is not None and first > 0:
        response = better >= change.response_share * first
    if change is not None and change.remission_below is not None:
        remission = last < change.remission_below
    return Progress(first, last, last - first, important, response, remission)


def _limits(low: float, high: float) -> str:
    return FIELD_WORDS["range"].format(low=f"{low:g}", high=f"{high:g}")
