"""What follows from an answer above "not at all" about death or self-harm (PHQ-9 item 9, QIDS 12, MADRS 10).

The rules, none of which grades a risk: such scales are offered only once a responsible person and a local crisis text
are set; the client sees a calm page with them at once, for five seconds at least; the operator sees a banner that
blocks the start until somebody wrote who did what; the audit trail and the printed report carry a mark; no answer is
dropped, and a zero is never shown as an all-clear (in 84 418 people the year's risk of an attempt rose from 0.4 % at
"not at all" to 4 % at "nearly every day": Simon 2013; many in danger answer zero).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from nfb.practice.banners import Acknowledgement, Banner
from nfb.practice.record import Stored
from nfb.practice.scales.catalogue import SCALES
from nfb.practice.scales.definition import Scale
from nfb.practice.scales.phq_gad import PHQ8, PHQ9
from nfb.practice.scales.result import Place, ScaleResult
from nfb.practice.scales.scoring import in_order
from nfb.practice.screening import SafetyContact

PAGE_HOLD_S = 5.0
WORSE_BY = 5.0  # points of PHQ-9


# What banners, page and report say; the window translates by these.
SAFETY_WORDS: dict[str, str] = {
    "answer": "{scale} of {day}: the item about thoughts of death or self-harm was answered above 'not at all'. "
    "Talk with the client, then write who did what before you start.",
    "answer, at home": "{scale} of {day}, at home: the item about thoughts of death or self-harm was answered above "
    "'not at all'. Talk with the client, then write who did what before you start.",
    "higher": "Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before.",
    "total": "Worsening: {scale} of {day}, total {before} → {now}.",
    "both": "Worsening: {scale} of {day}, the item about thoughts of death or self-harm is higher than before, "
    "total {before} → {now}.",
    "left out": "{scale} of {day}: item {item} was left out. Ask about it.",
    "page": "Thank you for answering openly. You are not alone with this, and it helps to talk about it.",
    "page, at home": "Thank you for answering openly. You are not alone with this, and it helps to talk about it. "
    "Nobody watches these answers as you give them: please use the contacts below yourself.",
    "mark": "Safety note, {scale} of {day}: see the client book (acknowledged by {who} on {when}).",
    "mark, open": "Safety note, {scale} of {day}: see the client book (NOT YET ACKNOWLEDGED).",
}


def offered(contact: SafetyContact | None) -> tuple[Scale, ...]:
    """The scales that may be filled in here; without a complete contact none with an item about danger."""
    if contact is not None and contact.complete:
        return tuple(scale for scale in SCALES.values() if scale is not PHQ8)
    return tuple(scale for scale in SCALES.values() if not scale.safety_item)


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """What the client sees after submitting; it cannot be closed for `hold_s` seconds."""

    text: str
    responsible: str
    crisis_text: str
    emergency_numbers: str
    hold_s: float = PAGE_HOLD_S


def page_due(result: ScaleResult, contact: SafetyContact | None) -> SafetyPage | None:
    """The page that a result asks for; None if its answer about danger is zero, left out, or it has no such item."""
    if not result.safety_item_answered_above_zero:
        return None
    contact = contact or SafetyContact()
    text = SAFETY_WORDS["page, at home" if result.place is Place.HOME else "page"]
    return SafetyPage(text, contact.responsible, contact.crisis_text, contact.emergency_numbers)


def safety_banners(results: Iterable[Stored[ScaleResult]]) -> tuple[Banner, ...]:
    """Banners for the operator.

    Every answer above zero blocks the start until it is acknowledged, also in a result that was retracted. A left-out
    answer, a higher answer than the one before, and PHQ-9 up by five or more are pointed out without blocking.
    """
    stored = sorted(results, key=lambda r: (r.value.taken, r.id))
    banners = []
    for result in stored:
        if result.value.safety_item_answered_above_zero:
            banners.append(Banner(about_answer(result.id), _answer_text(result.value), blocks_start=True))
        missing = left_out(result.value)
        if missing:
            banners.append(Banner(f"left-out:{result.id}", missing, blocks_start=False))
    for scale in SCALES.values():
        banners.extend(_worsening(scale, in_order(stored, scale.key)))
    return tuple(banners)


def about_answer(result_id: int) -> str:
    """`about` of the acknowledgement that takes an answer's banner down."""
    return f"safety:{result_id}"


def _answer_text(result: ScaleResult) -> str:
    words = SAFETY_WORDS["answer, at home" if result.place is Place.HOME else "answer"]
    return words.format(scale=_name(result), day=f"{result.taken:%Y-%m-%d}")


def _name(result: ScaleResult) -> str:
    scale = SCALES.get(result.scale)
    return result.scale if scale is None else scale.name


def _worsening(scale: Scale, results: list[Stored[ScaleResult]]) -> list[Banner]:
    banners = []
    answer = total = None  # the last ones known: a left-out answer does not hide a rise
    for stored in results:
        result = stored.value
        higher = answer is not None and result.safety_answer is not None and result.safety_answer > answer
        day = f"{result.taken:%Y-%m-%d}"
        text = SAFETY_WORDS["higher"].format(scale=scale.name, day=day) if higher else ""
        if scale is PHQ9 and total is not None and result.total is not None and result.total - total >= WORSE_BY:
            words = SAFETY_WORDS["both" if higher else "total"]
            text = words.format(scale=scale.name, day=day, before=f"{total:g}", now=f"{result.total:g}")
        if text:
            banners.append(Banner(f"worse:{stored.id}", text, blocks_start=False))
        answer = answer if result.safety_answer is None else result.safety_answer
        total = total if result.total is None else result.total
    return banners


def left_out(result: ScaleResult) -> str:
    """What the operator is told where the item about danger was left unanswered; else empty."""
    scale = SCALES.get(result.scale)
    if scale is None or not scale.safety_item or result.safety_answer is not None:
        return ""
    day = f"{result.taken:%Y-%m-%d}"
    return SAFETY_WORDS["left out"].format(scale=scale.name, day=day, item=scale.safety_item)


def report_marks(results: Iterable[Stored[ScaleResult]], acknowledged: Iterable[Acknowledgement]) -> tuple[str, ...]:
    """Lines for the practitioner's printed report, without the answer; nothing for the client's page."""
    done = {ack.about: ack for ack in acknowledged}
    marks = []
    for stored in sorted(results, key=lambda r: (r.value.taken, r.id)):
        if not stored.value.safety_item_answered_above_zero:
            continue
        ack = done.get(about_answer(stored.id))
        said = {"scale": _name(stored.value), "day": f"{stored.value.taken:%Y-%m-%d}"}
        if ack is None:
            marks.append(SAFETY_WORDS["mark, open"].format(**said))
        else:
            marks.append(SAFETY_WORDS["mark"].format(**said, who=ack.who, when=f"{ack.at:%Y-%m-%d}"))
    return tuple(marks)
