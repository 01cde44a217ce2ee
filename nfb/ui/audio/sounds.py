"""Which sounds there are: what the client may choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from nfb.ui.audio import beds
from nfb.ui.audio.beds import Bed
from nfb.ui.audio.mixer import FLOOR
from nfb.ui.audio.tokens import CHIMES
from nfb.ui.language import tr

if TYPE_CHECKING:
    from nfb.practice.comfort import ComfortProfile
    from nfb.practice.plans import Plan


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that follows the feedback.

    Parameters
    ----------
    name
        As it is shown.
    make
        Makes its beds, which takes about a second: none for silence, one that opens and swells, or two that are
        crossfaded. The client's own music has none of its own.
    bells
        Rewards are a high and a low bell instead of the chosen chime.
    """

    name: Callable[[], str]
    make: Callable[[], tuple[Bed, ...]]
    bells: bool = False


MUSIC = "music"
NONE = "none"
ALPHA_THETA = "alpha_theta"
FALLBACK = "pads"  # where the client's own music cannot be played

SOUNDS: Mapping[str, Sound] = MappingProxyType(
    {
        NONE: Sound(lambda: tr("No sound bed"), lambda: ()),
        "rain": Sound(lambda: tr("Rain"), lambda: (beds.rain(),)),
        "ocean": Sound(lambda: tr("Ocean"), lambda: (beds.ocean(),)),
        "stream": Sound(lambda: tr("Stream"), lambda: (beds.stream(),)),
        FALLBACK: Sound(lambda: tr("Drone pads"), lambda: (beds.pads(),)),
        MUSIC: Sound(lambda: tr("Own music"), lambda: ()),
        ALPHA_THETA: Sound(
            lambda: tr("Alpha-theta: stream and ocean, two bells"), lambda: (beds.stream(), beds.ocean()), bells=True
        ),
    }
)
# Comfort profiles suggest "a soundscape"; which one is the client's choice, and this is the first offered.
_ALIASES = {"": NONE, "soundscape": "rain", "sound": "rain"}

NO_CHIME = "none"
DEFAULT_CHIME = "soft"


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """What one client hears.

    Parameters
    ----------
    sound, chime, music_path
        As in :meth:`nfb.ui.audio.desk.SoundDesk.begin`.
    volume
        0..1, of bed and tokens.
    floor
        Softest the bed gets by feedback, share of its volume.
    """

    sound: str = ""
    chime: str = DEFAULT_CHIME
    music_path: str = ""
    volume: float = 1.0
    floor: float = FLOOR


def comfortable(choice: SoundChoice, profile: ComfortProfile) -> SoundChoice:
    """The choice within a comfort profile: its floor, no tones where it wants none, and sound where it leads."""
    sound = choice.sound or profile.sound
    chime = choice.chime if profile.chimes else NO_CHIME
    return replace(choice, sound=sound, chime=chime, floor=max(choice.floor, profile.volume_floor))


def sound_of(plan: Plan) -> SoundChoice:
    """What a client hears by the plan: sound, volume, and the limits of the comfort profile."""
    from nfb.practice.comfort import PROFILES  # not before there is a client

    choice = SoundChoice(plan.sound, plan.chime, plan.music, volume=plan.volume)
    profile = PROFILES.get(plan.comfort)
    return choice if profile is None else comfortable(choice, profile)


def sound_key(wanted: str) -> str:
    """The key in :data:`SOUNDS` that a plan means; the built-in bed for one that is not known any more."""
    key = _ALIASES.get(wanted, wanted)
    return key if key in SOUNDS else FALLBACK


def chime_names() -> dict[str, str]:
    """Key → name of every chime, silence included."""
    names = {
        "bowl": tr("Singing bowl"),
        "bell": tr("Bell"),
        "wood": tr("Wood block"),
        "soft": tr("Soft tone"),
        NO_CHIME: tr("No chime"),
    }
    assert set(CHIMES) | {NO_CHIME} == set(names)
    return names
