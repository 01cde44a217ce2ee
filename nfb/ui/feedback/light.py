"""The one drive that may move luminance: slow, slew-limited, never dark. No Qt in here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nfb.practice.comfort import ComfortProfile

NEUTRAL = 0.5
_TAU_S = 0.2  # one pole at 0.8 Hz: light must not follow anything faster than 1 Hz
_LATE_S = 0.1  # what a late frame may make up for
_CLOSE = 0.01


@dataclass(frozen=True, slots=True)
class Safety:
    """Limits of what is shown.

    Parameters
    ----------
    slew_per_s
        Largest change of relative luminance per second, of the full range.
    floor
        Brightness at feedback 0, of the brightest: out of range the picture dims, it never goes dark.
    motion
        False stills everything that moves by itself.
    """

    slew_per_s: float = 0.5
    floor: float = 0.45
    motion: bool = True


STANDARD = Safety()
PHOTOSAFE = Safety(slew_per_s=0.3, floor=0.70, motion=False)


def safety_of(profile: ComfortProfile) -> Safety:
    """The limits that a client's comfort profile asks for."""
    return Safety(profile.luminance_slew_per_s, profile.brightness_floor, profile.motion)


class Light:
    """Feedback 0..1 as a level that is slow enough to be shown as light.

    Parameters
    ----------
    safety
        Slew limit and floor.
    """

    def __init__(self, safety: Safety = STANDARD) -> None:
        self.safety = safety
        self.level = NEUTRAL
        # The level spans only what lies above the floor, so it may move faster than luminance.
        self._reach_per_s = safety.slew_per_s / max(1.0 - safety.floor, 0.1)

    def step(self, value: float | None, passed_s: float) -> float:
        """Ease towards `value`, or towards neutral for None, and return the level."""
        target = NEUTRAL if value is None or math.isnan(value) else min(max(value, 0.0), 1.0)
        passed_s = min(max(passed_s, 0.0), _LATE_S)
        change = (target - self.level) * -math.expm1(-passed_s / _TAU_S)
        if abs(target - self.level) < _CLOSE:
            change = target - self.level
        reach = self._reach_per_s * passed_s
        self.level += min(max(change, -reach), reach)
        return self.level

    @property
    def brightness(self) -> float:
        """Relative luminance as a share of the brightest, from the floor to 1."""
        return self.safety.floor + (1.0 - self.safety.floor) * self.level

    @property
    def share(self) -> float:
        """How far a picture painted for 45 % to 100 % is from its dim end: 0..1; a higher floor shortens the way."""
        return max(0.0, (self.brightness - STANDARD.floor) / (1.0 - STANDARD.floor))


def grey_of(share: float) -> float:
    """sRGB value (0..1) whose relative luminance is `share` (IEC 61966-2-1)."""
    return 12.92 * share if share <= 0.0031308 else 1.055 * share ** (1 / 2.4) - 0.055
