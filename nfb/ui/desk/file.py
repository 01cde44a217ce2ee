"""Everything about one client in one read, and what speaks against starting; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nfb.practice.banners import Acknowledgement, Banner
from nfb.practice.book import Book
from nfb.practice.clients import Client, Consent, Identity, Scope
from nfb.practice.effects import AdverseEffect
from nfb.practice.intake import QUESTIONS, Rule, Screening, screen
from nfb.practice.notes import Amendment, Note
from nfb.practice.overview import client_banners
from nfb.practice.plans import Appointment, Goal, OwnSymptom, Plan
from nfb.practice.ratings import Rating
from nfb.practice.record import Stored
from nfb.practice.scales.result import ScaleResult
from nfb.practice.screening import Intake, SafetyContact
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatment_day import DayRule, treatment_day
from nfb.practice.treatments import TreatmentEvent
from nfb.practice.trends import Trends, trends
from nfb.ui.language import tr, tr_n
from nfb.ui.privacy import codes_only
from nfb.ui.told import told


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A client's records as they stood when they were read; `age` in completed years, None if not known."""

    client: Stored[Client]
    identity: Stored[Identity] | None
    plan: Stored[Plan] | None
    intake: Stored[Intake] | None
    contact: Stored[SafetyContact] | None
    consents: tuple[Stored[Consent], ...]
    goals: tuple[Stored[Goal], ...]
    symptoms: tuple[Stored[OwnSymptom], ...]
    sessions: tuple[Stored[SessionEntry], ...]
    ratings: tuple[Stored[Rating], ...]
    results: tuple[Stored[ScaleResult], ...]
    treatments: tuple[Stored[TreatmentEvent], ...]
    effects: tuple[Stored[AdverseEffect], ...]
    notes: tuple[Stored[Note], ...]
    amendments: tuple[Stored[Amendment], ...]
    appointments: tuple[Stored[Appointment], ...]
    acknowledged: tuple[Stored[Acknowledgement], ...]
    banners: tuple[Banner, ...]
    age: int | None

    @property
    def code(self) -> str:
        return self.client.value.code

    @property
    def name(self) -> str:
        return "" if self.identity is None or codes_only() else self.identity.value.name

    @property
    def shown_name(self) -> str:
        """For the practitioner's eyes: the name if there is one, with the code."""
        return f"{self.name} ({self.code})" if self.name else self.code

    @property
    def next_number(self) -> int:
        return 1 + max((entry.value.number for entry in self.sessions), default=0)

    @property
    def screening(self) -> Screening:
        return screen(None if self.intake is None else self.intake.value, self.age)

    @property
    def trends(self) -> Trends:
        return trends(self.sessions, self.ratings, self.symptoms, self.results, self.treatments)

    @property
    def last_effects(self) -> tuple[AdverseEffect, ...]:
        """What was reported above 0 at and since the last visit."""
        last = max((entry.value for entry in self.sessions), key=lambda entry: entry.number, default=None)
        reported = [stored.value for stored in self.effects if stored.value.severity]
        if last is None:
            return tuple(reported)
        return tuple(e for e in reported if e.visit == last.number or e.taken >= last.started)


def read_file(book: Book, code: str) -> ClientFile:
    """Read a client's records.

    Raises
    ------
    BookError
        There is no such client, or the book cannot be read.
    """
    client = book.client(code)
    code = client.value.code
    identity = book.single(code, Identity)
    return ClientFile(
        client,
        identity,
        book.single(code, Plan),
        book.single(code, Intake),
        book.of_book(SafetyContact),
        book.records(code, Consent),
        book.records(code, Goal),
        book.records(code, OwnSymptom),
        book.records(code, SessionEntry),
        book.records(code, Rating),
        book.records(code, ScaleResult),
        book.records(code, TreatmentEvent),
        book.records(code, AdverseEffect),
        book.records(code, Note),
        book.records(code, Amendment),
        book.records(code, Appointment),
        book.records(code, Acknowledgement),
        client_banners(book, code),
        None if identity is None else identity.value.age_on(date.today()),
    )


def obstacles(file: ClientFile, now: datetime) -> tuple[str, ...]:
    """What speaks against starting a session now, in words; empty if nothing does.

    Parameters
    ----------
    now
        Local time with its zone.
    """
    found = [told(banner.text) for banner in file.banners if banner.blocks_start]
    screening = file.screening
    found += [
        tr("Intake: “{question}” needs a clinician's confirmation.", question=tr(QUESTIONS[finding.key].text))
        for finding in screening.findings
        if not finding.settled and finding.rule in (Rule.STOP, Rule.CLINICIAN)
    ]
    n_open = len(screening.unanswered)
    if n_open:
        found.append(
            tr_n("Intake: one question is not answered yet.", "Intake: {n} questions are not answered yet.", n_open)
        )
    today = treatment_day([stored.value for stored in file.treatments], now.replace(tzinfo=None))
    found += [told(finding.words) for finding in today if finding.rule in (DayRule.STOP, DayRule.WAIT)]
    return tuple(found)


def consent_words(file: ClientFile, day: date) -> str:
    """Whether training is consented to, in a line."""
    covering = [c.value for c in file.consents if c.value.covers(Scope.TRAINING, day)]
    if not covering:
        return tr("No consent to training on record.")
    newest = covering[-1]
    return tr("Consent to training given {day}, text {version}.", day=newest.given, version=newest.text_version)


@dataclass(frozen=True, slots=True)
class LearningLine:
    """The headline of learning over sessions, in words, with its interval."""

    words: str
    too_few: bool


def learning(file: ClientFile) -> LearningLine:
    """Change per session of the share of clean time above the first session's fixed 70th percentile.

    Theil-Sen slope with a 95 % interval; nothing is said below four sessions.
    """
    import numpy as np

    from nfb.practice.sessions import ABOVE_FIRST_P70
    from nfb.practice.trends import FEWEST
    from nfb.report.stats import line_estimate

    entries = sorted((stored.value for stored in file.sessions), key=lambda entry: entry.number)
    # The percentile is the first session's of the same protocol: figures of different ones do not compare.
    protocol = entries[-1].protocol_id if entries else ""
    known = [
        (entry.number, share)
        for entry in entries
        if entry.protocol_id == protocol and (share := entry.figure(ABOVE_FIRST_P70)) is not None
    ]
    if len(known) < FEWEST:
        return LearningLine(
            tr("Learning over sessions: too few (n = {n}, at least {fewest}).", n=len(known), fewest=FEWEST), True
        )
    numbers, shares = np.array(known, dtype=float).T
    try:
        slope = line_estimate(numbers, shares)
    except ZeroDivisionError:  # all of them carry the same number
        return LearningLine(tr("Learning over sessions: cannot be told from these figures."), True)
    return LearningLine(
        tr(
            "Clean time above the first session's 70th percentile: {slope:+.1f} points per session, 95 % interval "
            "{low:+.1f} to {high:+.1f}, n = {n}. It cannot be told apart from expectancy, time or other treatment.",
            slope=100 * slope.value,
            low=100 * slope.low,
            high=100 * slope.high,
            n=len(known),
        ),
        False,
    )
