"""The intake screen: what is asked, and what an answer means for training.

Exclusions follow Lee et al. (2019) J Korean Med Sci 34:e287 where they list the condition; the rest is caution.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from nfb.model.protocol import Direction, Eyes, FeatureKind, Protocol, Role
from nfb.practice.clients import Client, Flag
from nfb.practice.screening import Answer, Intake


class Rule(Enum):
    STOP = "stop"  # no training unless a clinician confirms
    CLINICIAN = "clinician"  # a clinician has to agree
    WARN = "warn"  # point it out
    LOG = "log"  # note it with the session


class Lock(Enum):
    """Kinds of training that some conditions leave to clinicians."""

    ALPHA_THETA = "alpha_theta"
    ALPHA_DOWN = "alpha_down"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; a clear no has no consequence, an unsure answer counts as a yes."""

    text: str
    rule: Rule
    consequence: str
    photosafe: bool = False
    locks: frozenset[Lock] = frozenset()
    mark_session: bool = False


_BOTH_LOCKS = frozenset(Lock)

QUESTIONS: dict[str, Question] = {
    "seizures": Question(
        "Have you ever had a seizure, or do you have epilepsy?",
        Rule.STOP,
        "Photosafe feedback only, no flashing scenes.",
        photosafe=True,
    ),
    "blackout": Question(
        "Have you ever lost consciousness without a known cause?",
        Rule.STOP,
        "Photosafe feedback only, no flashing scenes.",
        photosafe=True,
    ),
    "photosensitive": Question(
        "Has flickering light ever set off a seizure, in you or in your family?",
        Rule.STOP,
        "Photosafe feedback only, no flashing scenes.",
        photosafe=True,
    ),
    "stimulator": Question(
        "Do you have an implanted stimulator (DBS, VNS, RNS, cochlear implant) or a pacemaker?",
        Rule.CLINICIAN,
        "Log its settings and its on and off times; look for its artefact in the baseline; mark the session.",
        mark_session=True,
    ),
    "psychosis": Question(
        "Have you ever lost touch with reality, heard or seen what others did not?",
        Rule.CLINICIAN,
        "Alpha-theta and alpha-down training are locked.",
        locks=_BOTH_LOCKS,
    ),
    "mania": Question(
        "Have you ever been unusually high or driven for days, or do you have a bipolar disorder?",
        Rule.CLINICIAN,
        "Alpha-theta and alpha-down training are locked.",
        locks=_BOTH_LOCKS,
    ),
    "dissociation": Question(
        "Do you lose time, feel unreal, or live with the after-effects of trauma?",
        Rule.CLINICIAN,
        "Alpha-theta and alpha-down training are locked.",
        locks=_BOTH_LOCKS,
    ),
    "brain_injury": Question("Have you had a head or brain injury?", Rule.CLINICIAN, "Ask the clinician first."),
    "neurological": Question("Do you have a neurological condition?", Rule.CLINICIAN, "Ask the clinician first."),
    "pregnancy": Question("Are you pregnant?", Rule.CLINICIAN, "Ask the clinician first."),
    "self_harm": Question(
        "Do you have thoughts of death or of harming yourself?",
        Rule.CLINICIAN,
        "Show the crisis contact and talk first. Training never replaces crisis care.",
    ),
    "medication": Question(
        "Do you take a benzodiazepine, an antiepileptic or a stimulant?",
        Rule.LOG,
        "Log it at every visit: beta and alpha move with it.",
    ),
    "scalp": Question("Is there a wound on your scalp?", Rule.WARN, "Keep electrodes away from it."),
    "allergy": Question("Are you allergic to gel or metal?", Rule.WARN, "Choose another gel or electrode."),
    "skull": Question(
        "Do you have a shunt, or has your skull been opened?",
        Rule.WARN,
        "EEG is larger over an opening of the skull; keep off a shunt.",
    ),
    "minor": Question(
        "Are you under 18?",
        Rule.CLINICIAN,
        "A guardian's consent is needed; sound stays below 75 dB.",
    ),
}

SOUND_LIMIT_DB = 80.0  # WHO-ITU H.870, adults
SOUND_LIMIT_MINOR_DB = 75.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One consequence of the screen. `settled` once a clinician confirmed it."""

    key: str
    rule: Rule
    consequence: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Screening:
    """What the answers mean.

    Parameters
    ----------
    findings
        Consequences, the strictest first.
    unanswered
        Keys of questions without an answer; they are to be asked before the first visit.
    photosafe
        Photosafe feedback is forced, whatever was confirmed.
    locks
        Kinds of training that are not offered, whatever was confirmed.
    mark_session
        Recordings are to be marked.
    sound_limit_db
        Loudest at the ear.
    """

    findings: tuple[Finding, ...]
    unanswered: tuple[str, ...]
    photosafe: bool
    locks: frozenset[Lock]
    mark_session: bool
    sound_limit_db: float

    @property
    def may_train(self) -> bool:
        """Everything is answered, and a clinician confirmed all that needs it."""
        return not self.unanswered and all(finding.settled for finding in self.findings)


def screen(intake: Intake | None, age: int | None = None) -> Screening:
    """Apply the rules to an intake; None and left-out questions count as unanswered.

    Parameters
    ----------
    age
        Completed years, if known; it answers the question about being under 18.
    """
    answers = dict(intake.answers) if intake is not None else {}
    confirmed: Collection[str] = intake.confirmed if intake is not None else ()
    if age is not None:
        answers["minor"] = Answer.YES if age < 18 else Answer.NO
    yes = [key for key in QUESTIONS if answers.get(key, Answer.NO) is not Answer.NO]
    order = list(Rule)
    findings = [
        Finding(key, question.rule, question.consequence, _settled(key, question.rule, confirmed))
        for key, question in ((key, QUESTIONS[key]) for key in yes)
    ]
    return Screening(
        tuple(sorted(findings, key=lambda finding: order.index(finding.rule))),
        tuple(key for key in QUESTIONS if key not in answers),
        photosafe=any(QUESTIONS[key].photosafe for key in yes),
        locks=frozenset().union(*(QUESTIONS[key].locks for key in yes)),
        mark_session=any(QUESTIONS[key].mark_session for key in yes),
        sound_limit_db=SOUND_LIMIT_MINOR_DB if "minor" in yes else SOUND_LIMIT_DB,
    )


def needs_photosafe(client: Client, screening: Screening) -> bool:
    """Whether feedback must be photosafe: by the intake screen, or by a flag that somebody set by hand."""
    return screening.photosafe or not {Flag.PHOTOSENSITIVE, Flag.SEIZURES}.isdisjoint(client.flags)


def _settled(key: str, rule: Rule, confirmed: Collection[str]) -> bool:
    return rule in (Rule.WARN, Rule.LOG) or key in confirmed


def locks_of(protocol: Protocol) -> frozenset[Lock]:
    """The locks that would keep a protocol from being offered, judged by what it trains and not by its name."""
    found = set()
    eyes_closed = any(stage.eyes is Eyes.CLOSED and stage.has_feedback for stage in protocol.stages)
    for condition in protocol.conditions:
        if condition.role is not Role.REWARD:
            continue
        feature = protocol.feature(condition.feature)
        if feature.kind is FeatureKind.RATIO:
            bands = _band(protocol, feature.numerator), _band(protocol, feature.denominator)
            up = condition.direction is Direction.UP
            theta, alpha = bands if up else bands[::-1]
            if theta == "theta" and alpha == "alpha":
                found.add(Lock.ALPHA_THETA)
        elif feature.kind is not FeatureKind.ASYMMETRY:
            band = _band(protocol, feature.name)
            if band == "alpha" and condition.direction is Direction.DOWN:
                found.add(Lock.ALPHA_DOWN)
            if band == "theta" and condition.direction is Direction.UP and eyes_closed:
                found.add(Lock.ALPHA_THETA)
    return frozenset(found)


def _band(protocol: Protocol, name: str) -> str:
    band = protocol.feature(name).band
    if band is None:
        return ""
    middle = sum(band.hz) / 2
    return "theta" if 4 <= middle < 7.5 else "alpha" if 7.5 <= middle < 13 else ""
