"""What the first page and the top of the client page show: one row per client, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from nfb.practice.banners import Acknowledgement, Banner, standing
from nfb.practice.book import Book
from nfb.practice.clients import Client, Identity
from nfb.practice.effects import AdverseEffect, effect_banners
from nfb.practice.notes import Note, NoteState
from nfb.practice.plans import Appointment, AppointmentState, Plan
from nfb.practice.record import R, Stored
from nfb.practice.scales.result import ScaleResult
from nfb.practice.scales.safety_item import safety_banners
from nfb.practice.sessions import SessionEntry


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client in the list of all.

    Parameters
    ----------
    sessions_done
        Highest number of a session; the next one is one more.
    last_effects
        Adverse effects above 0 since the last session began.
    next_appointment
        The earliest booked slot that has not ended.
    unsigned_notes
        Drafts that wait for a signature.
    banners
        Those that stand.
    """

    client: Stored[Client]
    name: str
    plan: Plan | None
    sessions_done: int
    last_session: SessionEntry | None
    last_effects: tuple[AdverseEffect, ...]
    next_appointment: Appointment | None
    unsigned_notes: int
    banners: tuple[Banner, ...]


def client_rows(book: Book, now: datetime) -> tuple[ClientRow, ...]:
    """All clients in order of their codes."""
    identities, plans = _by_client(book.all_records(Identity)), _by_client(book.all_records(Plan))
    sessions, notes = _by_client(book.all_records(SessionEntry)), _by_client(book.all_records(Note))
    effects, results = _by_client(book.all_records(AdverseEffect)), _by_client(book.all_records(ScaleResult))
    appointments = _by_client(book.all_records(Appointment))
    acknowledged = _by_client(book.all_records(Acknowledgement))
    rows = []
    for client in book.clients():
        number = client.id
        entries = sorted((s.value for s in sessions[number]), key=lambda entry: entry.number)
        last = entries[-1] if entries else None
        identity, plan = _newest(identities[number]), _newest(plans[number])
        banners = (*safety_banners(results[number]), *effect_banners(effects[number]))
        rows.append(
            ClientRow(
                client,
                "" if identity is None else identity.name,
                plan,
                0 if last is None else last.number,
                last,
                tuple(e.value for e in effects[number] if e.value.severity and _since(e.value, last)),
                _next([a.value for a in appointments[number]], now),
                sum(n.value.state is NoteState.DRAFT for n in notes[number]),
                standing(banners, [a.value for a in acknowledged[number]]),
            )
        )
    return tuple(rows)


def client_banners(book: Book, code: str) -> tuple[Banner, ...]:
    """The banners that stand over a client, those that block the start first."""
    banners = (*safety_banners(book.records(code, ScaleResult)), *effect_banners(book.records(code, AdverseEffect)))
    return standing(banners, [stored.value for stored in book.records(code, Acknowledgement)])


def _by_client(stored: Iterable[Stored[R]]) -> dict[int, list[Stored[R]]]:
    groups: dict[int, list[Stored[R]]] = defaultdict(list)
    for record in stored:
        groups[record.client_id].append(record)
    return groups


def _newest(stored: list[Stored[R]]) -> R | None:
    return stored[-1].value if stored else None


def _since(effect: AdverseEffect, last: SessionEntry | None) -> bool:
    return last is None or effect.taken >= last.started or effect.visit == last.number


def _next(appointments: list[Appointment], now: datetime) -> Appointment | None:
    booked = [a for a in appointments if a.state is AppointmentState.BOOKED and a.ends > now]
    return min(booked, key=lambda appointment: appointment.starts, default=None)
