"""Every feedback mode, by the key that plans and protocols name it with. A new one is a file and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nfb.ui.feedback.branch import Branch
from nfb.ui.feedback.dawn import Dawn
from nfb.ui.feedback.glide import Glide
from nfb.ui.feedback.meters import Bar, Dot
from nfb.ui.feedback.mode import Mode, Wishes
from nfb.ui.feedback.shade import Shade, why_not
from nfb.ui.feedback.sound import Sound
from nfb.ui.language import tr


def _film(wishes: Wishes) -> Mode:
    try:
        # QtMultimedia costs a fifth of a second and, on Linux, a sound library that may be absent.
        from nfb.ui.feedback.film import Film
    except ImportError as error:
        return _SceneInstead(
            wishes, tr("This computer cannot play films: {reason}. The calm scene is shown instead.", reason=error)
        )
    return Film(wishes)


class _SceneInstead(Dawn):
    def __init__(self, wishes: Wishes, why: str) -> None:
        super().__init__(wishes)
        self.trouble = why


@dataclass(frozen=True, slots=True)
class Entry:
    """A mode as the choice of modes shows it.

    Parameters
    ----------
    name, description
        Functions, as the language is known only when they are shown.
    make
        Makes one for a view.
    instruction
        One line for the client whose protocol speaks of another display; empty where the protocol's own will do.
    why_not
        Why this platform cannot show it; empty where it can.
    """

    name: Callable[[], str]
    description: Callable[[], str]
    make: Callable[[Wishes], Mode]
    instruction: Callable[[], str] = str
    why_not: Callable[[], str] = str


MODES: dict[str, Entry] = {
    "bar": Entry(
        lambda: tr("Bar"),
        lambda: tr("A column that rises and falls. The most direct, for measuring delays and for curious adults."),
        Bar,
    ),
    "dot": Entry(lambda: tr("Dot"), lambda: tr("A disc that grows and shrinks, as direct as the bar."), Dot),
    "dawn": Entry(
        lambda: tr("Dawn over a lake"),
        lambda: tr("Light and clear air: the sun comes through the mist. For most people."),
        Dawn,
        lambda: tr("Be still and awake. Let the light come by itself."),
    ),
    "branch": Entry(
        lambda: tr("Growing branch"),
        lambda: tr("Light falls on a branch that unfolds leaf by leaf, and never withers."),
        Branch,
        lambda: tr("Be still and awake. Let the branch grow by itself."),
    ),
    "film": Entry(
        lambda: tr("Own film"),
        lambda: tr("A film of the client's: its brightness and volume follow. It never stops or rewinds."),
        _film,
        lambda: tr("Be still and awake. Let the film become bright by itself."),
    ),
    "sound": Entry(
        lambda: tr("Sound, eyes closed"),
        lambda: tr("A dark, quiet screen with one soft light; the feedback is in the sound."),
        Sound,
        lambda: tr("Be still and awake. Let the sound come by itself."),
    ),
    "glide": Entry(
        lambda: tr("Gliding kite"),
        lambda: tr("One kite over plain ground: it flies faster or slower and never falls. From six years on."),
        Glide,
        lambda: tr("Be still and awake. Let the kite fly by itself."),
    ),
    "shade": Entry(
        lambda: tr("Shade another window"),
        lambda: tr("Dims what a screen shows, such as a film in a browser or a game; clicks go through."),
        Shade,
        lambda: tr("Be still and awake. Let the picture become bright by itself."),
        why_not,
    ),
}
ALIASES = {"scene": "dawn"}


def key_of(mode: str) -> str:
    """The registry's key for a mode as a plan or protocol names it; an unknown one is shown as the calm scene."""
    key = ALIASES.get(mode, mode)
    return key if key in MODES else "dawn"


def choices() -> dict[str, Entry]:
    """The modes that this platform can show."""
    return {key: entry for key, entry in MODES.items() if not entry.why_not()}
