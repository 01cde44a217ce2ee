"""What the client book says about a client who arrives for a visit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nfb.engine.visit import by_number, next_number
from nfb.model.speech import Translate, in_english
from nfb.practice.banners import Banner
from nfb.practice.clients import FLAG_WORDS, Client, Consent, Identity
from nfb.practice.effects import EFFECT_WORDS, SEVERITY_WORDS, AdverseEffect
from nfb.practice.intake import needs_photosafe, screen
from nfb.practice.plans import Appointment, AppointmentState, OwnSymptom, Plan
from nfb.practice.ratings import OWN, Moment, Rating
from nfb.practice.record import Stored
from nfb.practice.screening import Intake, SafetyContact
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatments import TreatmentEvent

if TYPE_CHECKING:
    from nfb.practice.book import Book

_SLOT_NEAR = timedelta(hours=2)  # an appointment that ended longer ago, or begins later, is another one's


@dataclass(frozen=True, slots=True)
class Known:
    """What the client book says about a client on arrival; made by :func:`read_known`.

    Parameters
    ----------
    last
        Newest answers before a visit by item, on 0 to 10 where they are scaled; own symptoms under ``own:`` and
        their number.
    last_effects
        Adverse effects above 0 of the last visit and since.
    slot
        Today's appointment, if one is near.
    """

    client: Client
    name: str
    age: int | None
    plan: Plan | None
    symptoms: tuple[Stored[OwnSymptom], ...]
    sessions: tuple[Stored[SessionEntry], ...]
    ratings: tuple[Stored[Rating], ...]
    last: Mapping[str, float]
    last_effects: tuple[AdverseEffect, ...]
    banners: tuple[Banner, ...]
    treatments: tuple[TreatmentEvent, ...]
    intake: Intake | None
    consents: tuple[Consent, ...]
    contact: SafetyContact | None
    slot: Appointment | None

    @property
    def visit(self) -> int:
        """Number of the visit that begins."""
        return next_number(self.sessions)

    @property
    def shown_name(self) -> str:
        """The name, if it is known to the book, with the code."""
        return f"{self.name} ({self.client.code})" if self.name else self.client.code

    @property
    def photosafe(self) -> bool:
        """Whether feedback must be photosafe, whatever the plan says."""
        return needs_photosafe(self.client, screen(self.intake, self.age))

    def flags(self) -> tuple[str, ...]:
        """Flags in words."""
        return tuple(FLAG_WORDS[flag] for flag in self.client.flags)

    def effects(self, tr: Translate = in_english) -> str:
        """Last visit's adverse effects in words; empty without any."""
        return ", ".join(
            f"{tr(EFFECT_WORDS[e.effect])} ({tr(SEVERITY_WORDS[e.severity])})" for e in self.last_effects
        )


def read_known(book: "Book", code: str, now: datetime) -> Known:
    """Read all of a client that the check-in needs.

    Raises
    ------
    BookError
        There is no such client, or the book cannot be read.
    """
    from nfb.practice.overview import client_banners  # brings the database along

    client = book.client(code).value
    identity = book.single(code, Identity)
    plan, intake = book.single(code, Plan), book.single(code, Intake)
    sessions, ratings = book.records(code, SessionEntry), book.records(code, Rating)
    past = by_number(sessions)
    last = past[-1] if past else None
    effects = [stored.value for stored in book.records(code, AdverseEffect)]
    contact = book.of_book(SafetyContact)
    return Known(
        client=client,
        name="" if identity is None else identity.value.name,
        age=None if identity is None else identity.value.age_on(now.astimezone().date()),
        plan=None if plan is None else plan.value,
        symptoms=tuple(stored for stored in book.records(code, OwnSymptom) if stored.value.active),
        sessions=sessions,
        ratings=ratings,
        last=_last_answers(ratings),
        last_effects=tuple(e for e in effects if e.severity and last is not None and _since(e, last)),
        banners=client_banners(book, code),
        treatments=tuple(stored.value for stored in book.records(code, TreatmentEvent)),
        intake=None if intake is None else intake.value,
        consents=tuple(stored.value for stored in book.records(code, Consent)),
        contact=None if contact is None else contact.value,
        slot=_slot([stored.value for stored in book.records(code, Appointment)], now),
    )


def _since(effect: AdverseEffect, last: SessionEntry) -> bool:
    return effect.visit == last.number or effect.taken >= last.started


def _last_answers(ratings: Iterable[Stored[Rating]]) -> dict[str, float]:
    before = [stored for stored in ratings if stored.value.moment is Moment.BEFORE]
    before.sort(key=lambda stored: (stored.value.taken, stored.id))
    return {answer_key(stored.value): stored.value.tenth for stored in before}


def _slot(appointments: Iterable[Appointment], now: datetime) -> Appointment | None:
    near = [
        a
        for a in appointments
        if a.state is AppointmentState.BOOKED and a.starts - _SLOT_NEAR <= now < a.ends + _SLOT_NEAR
    ]
    return min(near, key=lambda a: abs(a.starts - now), default=None)


def answer_key(rating: Rating) -> str:
    """Under which an answer is known to forms: the item, or ``own:`` and the symptom's number."""
    return f"{OWN}:{rating.symptom_id}" if rating.item == OWN else rating.item
