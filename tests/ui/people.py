"""Client books for the window's tests: an empty one, and one with people in the midst of their courses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from nfb.practice.book import Book
from nfb.practice.clients import Client, Consent, Flag, Handedness, Identity
from nfb.practice.effects import AdverseEffect, Effect
from nfb.practice.intake import QUESTIONS
from nfb.practice.notes import Note, signed
from nfb.practice.opening import open_book
from nfb.practice.plans import Appointment, Goal, OwnSymptom, Plan
from nfb.practice.ratings import OWN, Measure, Moment, Rating
from nfb.practice.scales.phq_gad import GAD7, PHQ9
from nfb.practice.scales.scoring import answered
from nfb.practice.screening import Answer, Intake, SafetyContact
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE, IN_RANGE_SHARE, SessionEntry
from nfb.practice.treatments import Source, Step, TreatmentEvent, TreatmentKind

CONTACT = SafetyContact(
    "Dr. Mara Lind, extension 12", "Call us at any time on 0800 000 000, or come to the front desk.", "112"
)
ALL_NO = dict.fromkeys(QUESTIONS, Answer.NO)


def open_at(path: Path) -> Book:
    return open_book(path, who="Dr. M")


def screened(book: Book, code: str) -> None:
    """Answer the intake screen with no throughout."""
    book.add(code, Intake(datetime.now(UTC), ALL_NO))


def fill(path: Path) -> None:
    """Four people: in the midst of a course, at its beginning, with a flag, and with a name in another script."""
    now = datetime.now(UTC)
    with open_at(path) as book:
        book.set_of_book(CONTACT)
        book.add_client(Client("A031", handedness=Handedness.RIGHT))
        book.add("A031", Identity("Anna K.", date(now.year - 46, 1, 1)))
        screened(book, "A031")
        book.add("A031", Consent("2.1", date(2026, 1, 5), taken_by="Dr. M"))
        book.add("A031", Plan("smr-central", 3, feedback="film", review_at=15))
        book.add("A031", Goal("Wake up rested", date(2026, 1, 5)))
        worry = book.add("A031", OwnSymptom("Rumination in the evening", good_week=3, usual_week=6, hard_week=9))
        for number in range(1, 13):
            at = now - timedelta(days=3 * (13 - number))
            summary = {
                ABOVE_FIRST_P70: 0.3 + 0.02 * number + 0.01 * (number % 3),
                CLEAN_SHARE: 0.9,
                IN_RANGE_SHARE: 0.6,
            }
            entry = SessionEntry(
                number, f"sub-A031/ses-{number:03}", at, "smr-central", 3, "cyton", 1500.0, 2700.0, summary
            )
            book.add("A031", entry)
            book.add("A031", Rating("mood", 4 + number / 4, Measure.SLIDER, Moment.BEFORE, at, number))
            if number not in (5, 6):
                rating = Rating(OWN, 8 - number / 3, Measure.SLIDER, Moment.BEFORE, at, number, worry.id)
                book.add("A031", rating)
            if number % 4 == 1:
                answers = [max(0, 2 - number // 5)] * 8 + [0]
                book.add("A031", answered(PHQ9, answers, at, visit=number))
                book.add("A031", answered(GAD7, answers[:7], at, visit=number))
        book.add("A031", AdverseEffect(Effect.FATIGUE, 1, now, visit=12))
        first = (now - timedelta(days=60)).date()
        for step, day, dose in (
            (Step.START, first, "100 mg"),
            (Step.CHANGE, first + timedelta(days=40), "150 mg"),
        ):
            event = TreatmentEvent(TreatmentKind.MEDICATION, "sertraline", step, day, dose=dose, source=Source.CLIENT)
            book.add("A031", event)
        book.add("A031", TreatmentEvent(TreatmentKind.TMS, "TMS", Step.GIVEN, first + timedelta(days=30)))
        note = book.add("A031", Note("Slept well, calm in the second half.", "Dr. M", now, 11))
        book.change(note, signed(note.value, "Dr. M", now))
        book.add("A031", Note("Slept badly; tired at the start.", "Dr. M", now, 12))
        book.add("A031", Appointment(now))

        book.add_client(Client("B117", (Flag.PHOTOSENSITIVE,), "flicker in the family"))
        book.add("B117", Intake(now, {**ALL_NO, "photosensitive": Answer.YES}, ("photosensitive",), "Dr. M", "seen"))
        book.add("B117", Plan("ua-posterior", comfort="photosensitive"))
        book.add("B117", Appointment(now + timedelta(minutes=1)))

        book.add_client(Client("C204"))
        book.add("C204", Identity("\u05d3\u05e0\u05d4 \U0001f469\u200d\U0001f9b1 \u05db\u05d4\u05df"))
        book.add_client(Client("D009"))
        book.add("D009", replace(Identity(), name="Jean-Baptiste Emmanuel de la Rochefoucauld-Montmorency"))


def long_course(book: Book) -> None:
    """A course of thirty sessions under a long name in two scripts with emoji, with much of everything."""
    now = datetime.now(UTC)
    code = book.add_client(Client("F030", tuple(Flag), "A long remark. " * 8)).value.code
    book.add(code, Identity("Aurélie-Zoé \U0001f33f בת־שבע von Hohenstein-Wallenrode zu Grünau", date(2001, 2, 3)))
    screened(book, code)
    book.add(code, Plan("beta-left-then-at", feedback="dawn", sessions=40, review_at=30, note="Sound low. " * 6))
    for i in range(5):
        book.add(
            code, Goal(f"{i + 1}. Fall asleep within half an hour on most nights of a usual week", date(2026, 1, 5))
        )
        book.add(code, Consent(f"2.{i}", date(2026, 1, 5 + i), taken_by="Dr. Mara Lind of the evening surgery"))
        book.add(code, AdverseEffect(Effect.HEADACHE, 2, now, visit=26 + i, action="shorter runs, more breaks"))
        book.add(code, Note("Slept well, calm in the second half. " * 12, "Dr. M", now, 26 + i))
        book.add(code, Appointment(now + timedelta(days=3 * i), note="after work, may come ten minutes late"))
    names = ("Rumination in the evening and again early in the morning", "Tension", "חרדה \U0001f630", "Focus")
    symptoms = [book.add(code, OwnSymptom(name, good_week=2, usual_week=5, hard_week=9)) for name in names]
    for number in range(1, 31):
        at = now - timedelta(days=4 * (31 - number), hours=number % 5)
        share = 0.3 + 0.006 * number + 0.05 * (number % 3)
        summary = {ABOVE_FIRST_P70: share, CLEAN_SHARE: 0.75 + 0.02 * (number % 9), IN_RANGE_SHARE: 0.5 + share / 4}
        folder = f"sub-F030/ses-{number:03}"
        device = "brainbit-with-a-long-device-name" if number % 4 else "cyton-daisy"
        book.add(code, SessionEntry(number, folder, at, "beta-left-then-at", 1, device, 1500.0, 2700.0, summary))
        book.add(code, Rating("mood", 3 + (number * 7 % 5), Measure.SLIDER, Moment.BEFORE, at, number))
        for i, symptom in enumerate(symptoms):
            if (number + i) % 6:
                level = min(10.0, max(0.0, 9 - number / 5 + (number * (i + 3) % 3)))
                book.add(code, Rating(OWN, level, Measure.SLIDER, Moment.BEFORE, at, number, symptom.id))
        if number % 5 == 0:
            answers = [max(0, 3 - number // 9)] * 8 + [1 if number == 30 else 0]
            book.add(code, answered(PHQ9, answers, at, visit=number))
            book.add(code, answered(GAD7, answers[:7], at, visit=number))
    first = (now - timedelta(days=110)).date()
    for i, kind in enumerate(TreatmentKind):
        name = f"{kind.value.replace('_', ' ')}, by the practice in the old town"
        book.add(code, TreatmentEvent(kind, name, Step.START, first + timedelta(days=6 * i), dose=f"{i + 1} a week"))
