"""The interface of a feedback mode: one small module that turns feedback into a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QPainter

from nfb.ui.feedback.light import PHOTOSAFE, STANDARD, Safety, safety_of

if TYPE_CHECKING:
    from nfb.practice.plans import Plan


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was chosen for one client besides the mode.

    Parameters
    ----------
    film
        File of the client's own film; empty for none.
    blur
        The film is also out of focus while feedback is low.
    ornaments
        Small moving things in the glide game.
    screen
        Name of the screen that "shade" covers; empty for the one the client's window is on.
    leads
        The client's own view: it plays a film's sound and shades screens. Mirrors show the picture alone.
    ring
        The time left of a run is shown as a shrinking ring.
    safety
        Limits of light and motion.
    """

    film: str = ""
    blur: bool = False
    ornaments: bool = False
    screen: str = ""
    leads: bool = True
    ring: bool = False
    safety: Safety = STANDARD


def wishes_of(plan: Plan, *, photosafe: bool = False) -> Wishes:
    """What the plan and its comfort profile ask of the picture; `photosafe` goes before any profile."""
    from nfb.practice.comfort import PROFILES  # not before there is a client

    profile = PROFILES.get(plan.comfort)
    safety = STANDARD if profile is None else safety_of(profile)
    return Wishes(
        film=plan.film,
        blur=plan.film_blur,
        ring=profile is not None and profile.ring,
        safety=PHOTOSAFE if photosafe else safety,
    )


class Mode(Protocol):
    """Follows the feedback and paints it; :class:`~nfb.ui.widgets.feedback.FeedbackView` owns one at a time.

    Light may only be driven through :class:`~nfb.ui.feedback.light.Light`. What moves faster, such as the top of the
    bar, must change less than a tenth of the picture.

    Attributes
    ----------
    fewer
        Set by the view where painting takes too long: leave out small moving things.
    own_cuts
        The picture changes by itself, as films do; the guard then limits flashes but not the speed of a cut.
    trouble
        Why the mode cannot do what it should, in words for the operator; empty if all is well. A mode in trouble
        still paints something calm.
    """

    fewer: bool
    trouble: str

    @property
    def own_cuts(self) -> bool: ...

    def update(self, value: float | None, passed_s: float) -> None:
        """Feedback 0..1, or None for neutral, `passed_s` after the update before."""

    def reward(self) -> None:
        """A reward was given: a calm sign for the eye, the twin of the chime."""

    def prepare(self, width: float, height: float) -> bool:
        """Begin with what :meth:`paint` needs once for a size; True once it is there.

        :meth:`paint` may be called before, and then waits for it.
        """

    def paint(self, painter: QPainter, width: float, height: float) -> None:
        """Paint the whole picture into ``(0, 0, width, height)``; every pixel, as the canvas keeps the last one."""

    def set_sound(self, volume: float) -> None:
        """Volume 0..1 of sound that belongs to the picture, such as a film's; 0 while paused or muted."""

    def close(self) -> None:
        """Let go of files, players and windows. The mode is not used afterwards."""


class Quiet:
    """What most modes have in common: no sound, no file, nothing to prepare, nothing to close."""

    fewer = False
    own_cuts = False
    trouble = ""

    def prepare(self, width: float, height: float) -> bool:
        return True

    def set_sound(self, volume: float) -> None:
        pass

    def close(self) -> None:
        pass
