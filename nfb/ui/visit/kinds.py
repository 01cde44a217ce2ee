"""Displays, sounds, effects and treatments as the visit's pages offer them, in the person's language."""

from __future__ import annotations

from nfb.practice.effects import Effect
from nfb.ui.language import tr


def feedback_choices() -> dict[str, str]:
    """Displays by key; the empty one is the protocol's own."""
    from nfb.ui.feedback.modes import choices

    return {"": tr("Protocol's display"), **{key: entry.name() for key, entry in choices().items()}}


def sound_choices() -> dict[str, str]:
    """Sounds by key; the empty one is what the comfort profile or the protocol says."""
    from nfb.ui.audio.sounds import SOUNDS

    return {"": tr("Usual sound"), **{key: sound.name() for key, sound in SOUNDS.items()}}


def quick_effects() -> dict[Effect, str]:
    """Adverse effects asked by name after every visit."""
    return {
        Effect.FATIGUE: tr("tired"),
        Effect.HEADACHE: tr("headache"),
        Effect.AGITATION: tr("wired"),
        Effect.LOW_MOOD: tr("low mood"),
        Effect.DIZZINESS: tr("dizzy"),
    }


def severity_words() -> tuple[str, ...]:
    """0 to 3."""
    return tr("none"), tr("mild"), tr("moderate"), tr("severe")


def feelings() -> tuple[str, ...]:
    """Quick marks of a break."""
    return tr("calmer"), tr("same"), tr("restless"), tr("tired"), tr("headache")
