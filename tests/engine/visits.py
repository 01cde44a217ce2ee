"""Whole courses of simulated clients, visit by visit, through the code that the window uses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nfb.devices.simulated import REWARDS_TO_LEARN
from nfb.engine.check_in import CheckIn, keep_check_in
from nfb.engine.closing import Closing, Kept, keep_closing
from nfb.engine.hurdles import hurdles, open_hurdles
from nfb.engine.known import read_known
from nfb.engine.launch import Options, session_engine
from nfb.engine.visit import begin_visit, by_number, kept_iaf_hz, todays_choices, visit_options
from nfb.files.recording import open_own_recording
from nfb.model.protocol import Protocol
from nfb.practice.book import Book
from nfb.practice.clients import Client
from nfb.practice.effects import Effect
from nfb.practice.plans import OwnSymptom, Plan
from nfb.practice.sessions import SessionEntry
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.visit_record import close_visit, note_text

FIRST_DAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BETWEEN = timedelta(days=3, hours=12)


@dataclass(frozen=True)
class SimulatedClient:
    """A person whose learning and electrodes are known.

    Parameters
    ----------
    learn
        By how much rewards can raise the trained rhythm within a session.
    kept_share
        Of what a session taught, what is left at the next one.
    scenario
        What disturbs the sessions.
    """

    code: str
    learn: float = 0.0
    kept_share: float = 0.25
    scenario: str = "quiet"


@dataclass(frozen=True)
class Told:
    """What a client of :func:`run_course` said before each visit: mood and own symptom, 0 to 10."""

    mood: tuple[float, ...]
    symptom: tuple[float, ...]


@dataclass(frozen=True)
class CourseRun:
    """A course as it was run, and as it stands in the book."""

    client: SimulatedClient
    entries: tuple[SessionEntry, ...]
    facts: tuple[SessionFacts, ...]
    gains: tuple[float, ...]  # true gain of the trained rhythm at the start of each visit
    told: Told


def run_course(
    book: Book, root: Path, client: SimulatedClient, protocol: Protocol, plan: Plan, n_visits: int,
    params: Mapping[str, str], baseline_s: float,
) -> CourseRun:  # fmt: skip
    """Add the client and run the visits: check-in, session, wrap-up."""
    code = client.code
    book.add_client(Client(code))
    book.add(code, plan)
    symptom = book.add(code, OwnSymptom("Rumination"))
    gain, gains, facts = 1.0, [], []
    moods = tuple(float(3 + n % 5) for n in range(n_visits))
    symptoms = tuple(float(9 - n % 4) for n in range(n_visits))
    for n in range(n_visits):
        now = FIRST_DAY + n * BETWEEN
        known = read_known(book, code, now)
        choices = todays_choices(plan, known.sessions, "simulated")
        today = choices.plan
        in_the_way = hurdles(known, today, protocol, now, mood=moods[n])
        told = {**params, "scenario": client.scenario, "learn": str(client.learn), "start_gain": f"{gain:.6f}"}
        choices = replace(choices, params=told)
        options = replace(visit_options(today, None, kept_iaf_hz(known.sessions, protocol.id)), baseline_s=baseline_s)
        engine = session_engine(
            protocol, choices.device, told, code, Options(visit=options, out=root, speed=math.inf, seed=100 + n)
        )
        reason = "a simulated course"
        assert not open_hurdles(in_the_way, reason)
        engine.run()
        assert engine.error is None
        assert engine.folder is not None and engine.summary is not None
        entry = begin_visit(book, code, known.visit, engine.folder, root, now, protocol, choices)
        answers = {"mood": moods[n], f"own:{symptom.id}": symptoms[n], "sleep_hours": 7.0}
        keep_check_in(book, code, known.visit, CheckIn(answers, reason=reason), in_the_way, now)
        after = now + timedelta(minutes=40)
        closed = close_visit(book, code, entry, root)
        assert closed.facts is not None
        effects = {Effect.FATIGUE: 1 if n == 1 else 0}
        closing = Closing({"mood": min(10.0, moods[n] + 1)}, effects, note_text(closed.facts), sign_as="Dr. M")
        keep_closing(book, code, Kept(closed.entry), closing, after)
        gains.append(gain)
        learned = 1.0 - math.exp(-engine.summary.rewards / REWARDS_TO_LEARN)
        gain *= 1.0 + client.kept_share * client.learn * learned
    entries = tuple(by_number(book.records(code, SessionEntry)))
    facts = [facts_of(open_own_recording(root / entry.folder)) for entry in entries]
    return CourseRun(client, entries, tuple(facts), tuple(gains), Told(moods, symptoms))
