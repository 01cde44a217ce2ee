"""Words for records: flags, plans, steps of treatments."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from nfb.practice.clients import FLAG_WORDS, Client, Handedness
from nfb.practice.effects import EFFECT_WORDS, AdverseEffect
from nfb.practice.plans import Plan
from nfb.practice.treatments import Source, Step
from nfb.ui.language import tr

MOST_FLAGS = 4


def flag_words(client: Client) -> str:
    """A client's flags in a line; empty if there are none."""
    return ", ".join(tr(FLAG_WORDS[flag]) for flag in client.flags)


def short_flags(client: Client) -> str:
    """The first of a client's flags, and how many more there are."""
    words = [tr(FLAG_WORDS[flag]) for flag in client.flags]
    more = len(words) - MOST_FLAGS
    if more > 1:
        return tr("{flags} and {n} more", flags=", ".join(words[:MOST_FLAGS]), n=more)
    return ", ".join(words)


def effect_words(effects: Iterable[AdverseEffect]) -> str:
    """Adverse effects with how strong they were, each once."""
    return ", ".join(dict.fromkeys(f"{tr(EFFECT_WORDS[e.effect])} ({e.severity})" for e in effects))


def plan_short(plan: Plan | None, done: int, names: Callable[[str], str]) -> str:
    """How far the course is, and what is trained; `names` gives a protocol's name for its id."""
    if plan is None:
        return tr("No plan yet")
    protocol = names(plan.protocol_id)
    if plan.sessions:
        return tr("{done} of {planned} · {protocol}", done=done, planned=plan.sessions, protocol=protocol)
    return tr("{done} done · {protocol}", done=done, protocol=protocol)


def plan_long(plan: Plan | None, names: Callable[[str], str]) -> str:
    """The plan as a sentence; `names` gives a protocol's name for its id."""
    if plan is None:
        return tr("No plan.")
    from nfb.practice.comfort import PROFILES, is_fixed

    profile = PROFILES.get(plan.comfort)
    parts = [tr("{protocol}, version {version}", protocol=names(plan.protocol_id), version=plan.protocol_version)]
    if is_fixed(plan):
        parts.append(tr("target, runs and feedback by the protocol"))
    else:
        parts += [
            tr("{runs} × {minutes:g} min", runs=plan.runs, minutes=plan.run_s / 60),
            tr("breaks {rest:g} s", rest=plan.rest_s)
            + (tr(", the client may end them") if plan.client_ends_break else ""),
            tr("target {target:.0f} %", target=100 * plan.target),
        ]
    parts.append(tr("comfort: {profile}", profile=tr(profile.name) if profile is not None else plan.comfort))
    if plan.feedback:
        from nfb.ui.feedback.modes import MODES, key_of  # the displays, once a plan names one

        parts.append(tr("feedback: {feedback}", feedback=MODES[key_of(plan.feedback)].name()))
    if plan.sound:
        from nfb.ui.audio.sounds import SOUNDS, sound_key

        sound = SOUNDS[sound_key(plan.sound)].name()
        parts.append(tr("sound: {sound}, {volume:.0f} %", sound=sound, volume=100 * plan.volume))
    if plan.review_at:
        parts.append(tr("review after visit {n}", n=plan.review_at))
    return " · ".join(parts)


def step_words() -> dict[Step, str]:
    return {
        Step.START: tr("start"),
        Step.CHANGE: tr("change"),
        Step.STOP: tr("stop"),
        Step.GIVEN: tr("given once"),
    }


def source_words() -> dict[Source, str]:
    return {Source.CLIENT: tr("client"), Source.PRESCRIBER: tr("prescriber"), Source.RECORD: tr("record")}


def hand_words() -> dict[Handedness, str]:
    return {
        Handedness.UNKNOWN: tr("not known"),
        Handedness.RIGHT: tr("right-handed"),
        Handedness.LEFT: tr("left-handed"),
        Handedness.BOTH: tr("both-handed"),
    }


def condition_words() -> dict[str, str]:
    """Conditions of the intake screen that stop training or leave it to a clinician, in short."""
    return {
        "seizures": tr("seizures or epilepsy"),
        "blackout": tr("loss of consciousness"),
        "photosensitive": tr("sensitivity to flicker"),
        "stimulator": tr("stimulator or pacemaker"),
        "psychosis": tr("loss of touch with reality"),
        "mania": tr("mania or bipolar disorder"),
        "dissociation": tr("dissociation or trauma"),
        "brain_injury": tr("head or brain injury"),
        "neurological": tr("neurological condition"),
        "pregnancy": tr("pregnancy"),
        "self_harm": tr("thoughts of death or self-harm"),
        "minor": tr("under 18"),
    }


def feedback_words(present: str) -> dict[str, str]:
    """Displays by key; the present one is kept even where this computer cannot show it."""
    from nfb.ui.feedback.modes import MODES  # the displays are imported where they are chosen
    from nfb.ui.visit.kinds import feedback_choices

    found = feedback_choices()
    if present not in found:
        found[present] = MODES[present].name() if present in MODES else present
    return found


def sound_words(present: str) -> dict[str, str]:
    """Sounds by key."""
    from nfb.ui.visit.kinds import sound_choices

    found = sound_choices()
    found.setdefault(present, present)
    return found


def film_warning() -> str:
    """What a film may do to somebody who is sensitive to flicker."""
    return tr("A film of the client's own, or another window, may flash by itself: watch it before, or leave it out.")
