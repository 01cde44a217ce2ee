"""The dimmer that lies over pictures which are not ours: films, and other programs' windows."""

from __future__ import annotations

import numpy as np

from nfb.ui.feedback import flash
from nfb.ui.feedback.light import Light, Safety, grey_of


class Dimmer:
    """Opacity of black over a picture, so that its relative luminance is the light's; guarded like any frame.

    Parameters
    ----------
    safety
        Slew limit and floor.
    """

    def __init__(self, safety: Safety) -> None:
        self.light = Light(safety)
        self.opacity = self._wanted()
        self._guard = flash.FlashGuard(safety.slew_per_s)
        self._guard.shown(_white_under(self.opacity))

    def step(self, value: float | None, passed_s: float) -> None:
        self.light.step(value, passed_s)
        wanted = self._wanted()
        # What lies beneath cannot be known: judged for white, where a change of opacity changes most.
        share = self._guard.share(_white_under(wanted), passed_s)
        self.opacity += (wanted - self.opacity) * share
        self._guard.shown(_white_under(self.opacity))

    def _wanted(self) -> float:
        return 1.0 - grey_of(self.light.brightness)


def _white_under(opacity: float) -> flash.Pixels:
    return np.full((1, 1, 4), round(255 * (1.0 - opacity)), dtype=np.uint8)
