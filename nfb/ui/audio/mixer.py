"""One mixer for everything the client hears, called by the sound device whenever it wants samples."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nfb.ui.audio.beds import Bed
from nfb.ui.audio.cue import NEUTRAL, SILENCE, Cue
from nfb.ui.audio.limits import Float32, Limiter, Slew

FLOOR = 0.38  # of the bed's volume at feedback 0: softer, never gone
FEEDBACK_S = 0.2  # fastest way of the feedback through its whole range
FADE_S = 1.0  # mute, pause, a bed that comes or goes
_VOLUME_S = 0.3
_FULL_SCALE = 32767


class Mixer:
    """Bed and tokens, faded, added and limited.

    Everything but :meth:`render` may be called from another thread than the device's; each call replaces one value.

    Attributes
    ----------
    cue
        Asked once a block for the newest feedback.
    muted
        Fades all sound out within a second while it is set.
    bed_volume, token_volume
        0..1.
    floor
        Softest the bed gets by feedback, share of its volume.
    heard
        Called with each new hop and the time at which its feedback was in a block (``time.monotonic``).
    n_rendered
        Samples rendered so far.
    """

    def __init__(self) -> None:
        self.cue: Callable[[], Cue] = lambda: SILENCE
        self.heard: Callable[[int, float], None] = lambda hop, rendered_s: None
        self.muted = False
        self.bed_volume = 1.0
        self.token_volume = 1.0
        self.floor = FLOOR
        self.n_rendered = 0
        self._newest_hop = -1
        self._beds: tuple[Bed, ...] = ()
        self._next_beds: deque[tuple[Bed, ...]] = deque(maxlen=1)
        self._tokens: deque[Float32] = deque()
        self._playing: list[tuple[Float32, int]] = []
        self._feedback = Slew(NEUTRAL, FEEDBACK_S)
        self._sounding = Slew(0.0, FADE_S)
        self._unmuted = Slew(1.0, FADE_S)
        self._bed_gain = Slew(1.0, _VOLUME_S)
        self._token_gain = Slew(1.0, _VOLUME_S)
        self._limiter = Limiter()

    def play(self, *beds: Bed) -> None:
        """Fade over to a bed; of two, the second is heard as feedback rises. Without one the bed falls silent."""
        self._next_beds.append(beds)

    def sound(self, token: Float32) -> None:
        """Add a single tone, ``(2, n_samples)``, to the next block."""
        self._tokens.append(token)

    def render(self, n: int) -> NDArray[np.int16]:
        """The next `n` samples, ``(n, 2)`` 16-bit."""
        cue = self.cue()
        mix = self._bed_block(cue, n) + self._token_block(n)
        mix *= self._unmuted.ramp(0.0 if self.muted else 1.0, n)
        out = self._limiter.step(mix)
        self.n_rendered += n
        if cue.hop > self._newest_hop:
            self.heard(cue.hop, time.monotonic())
        self._newest_hop = cue.hop
        return np.round(out.T * _FULL_SCALE).astype(np.int16)

    def _bed_block(self, cue: Cue, n: int) -> Float32:
        changing = bool(self._next_beds)
        if changing and (self._sounding.value == 0.0 or not self._beds):
            self._beds = self._next_beds.popleft()
            self._sounding.value = 0.0
            changing = False
        feedback = self._feedback.ramp(min(max(cue.feedback, 0.0), 1.0), n)
        gain = self._sounding.ramp(1.0 if cue.sounding and not changing else 0.0, n)
        gain = gain * self._bed_gain.ramp(self.bed_volume, n)
        if not self._beds or not gain.any():
            return np.zeros((2, n), np.float32)
        if len(self._beds) == 1:
            dark, bright = self._beds[0].read(n)
            opened = dark + feedback * (bright - dark)
            return opened * (gain * (self.floor + (1.0 - self.floor) * feedback))
        # Equal power: the middle is as loud as either end.
        (_, low), (_, high) = self._beds[0].read(n), self._beds[1].read(n)
        angle = feedback * np.float32(np.pi / 2)
        crossed: Float32 = (low * np.cos(angle) + high * np.sin(angle)) * gain
        return crossed

    def _token_block(self, n: int) -> Float32:
        while self._tokens:
            self._playing.append((self._tokens.popleft(), 0))
        block = np.zeros((2, n), np.float32)
        still = []
        for token, at in self._playing:
            part = token[:, at : at + n]
            block[:, : part.shape[1]] += part
            if at + n < token.shape[1]:
                still.append((token, at + n))
        self._playing = still
        return block * self._token_gain.ramp(self.token_volume, n)
