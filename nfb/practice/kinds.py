"""Every kind of record there is. A new one: its class, a line here, and a migration."""

from nfb.practice.banners import Acknowledgement
from nfb.practice.clients import Client, Consent, Identity
from nfb.practice.effects import AdverseEffect
from nfb.practice.notes import Amendment, Note
from nfb.practice.plans import Appointment, Goal, OwnSymptom, Plan
from nfb.practice.ratings import Rating
from nfb.practice.record import Record
from nfb.practice.scales.result import ScaleResult
from nfb.practice.screening import Intake, Override, SafetyContact
from nfb.practice.sessions import SessionEntry
from nfb.practice.treatments import TreatmentEvent

# A kind that others refer to comes before them.
KINDS: dict[str, type[Record]] = {
    record.kind: record
    for record in (
        Client,
        SafetyContact,
        Identity,
        Consent,
        Plan,
        Goal,
        OwnSymptom,
        Rating,
        ScaleResult,
        TreatmentEvent,
        AdverseEffect,
        SessionEntry,
        Note,
        Amendment,
        Intake,
        Acknowledgement,
        Override,
        Appointment,
    )
}
