"""Conditions that call for a person's eye: how long each must last before it is told, and before it is over."""

from collections import deque

from nfb.engine.delay import AMBER_MS, RED_MS
from nfb.engine.live import Live
from nfb.model.hop import Cause, HopResult
from nfb.model.protocol import StageKind
from nfb.session.setup import Setup

BLINKS_PER_MINUTE = 25
DROWSY_S = 20.0
SLOW_MS, TOO_SLOW_MS = AMBER_MS, RED_MS
LOSS = 0.02
_LASTS_S = 10.0
_MINUTE_S = 60.0


class Lasting:
    """On once something has been so for `on_s`, off once it has not been for `off_s`.

    >>> slow = Lasting(10.0, 5.0)
    >>> slow.step(True, 9.9), slow.step(True, 0.1), slow.step(False, 4.9), slow.step(False, 0.1)
    (False, True, True, False)
    """

    def __init__(self, on_s: float, off_s: float) -> None:
        self._on_s, self._off_s = on_s, off_s
        self._lasted_s = 0.0
        self.on = False

    def step(self, so: bool, passed_s: float) -> bool:
        """Whether it is on after `passed_s` more seconds in which it was `so`."""
        self._lasted_s = self._lasted_s + passed_s if so is not self.on else 0.0
        if self._lasted_s >= (self._off_s if self.on else self._on_s) - 1e-9:
            self.on, self._lasted_s = so, 0.0
        return self.on


class Watch:
    """Follows hops and figures of one session. All times are time of samples.

    Attributes
    ----------
    many_blinks
        More than 25 a minute.
    drowsy
        Drowsiness has been seen for 20 s.
    slow, too_slow, lossy
        The loop delay is above 350 or 500 ms, or more than 2 % of the samples are lost, for ten seconds.
    good_s
        Clean seconds in a row up to now.
    """

    def __init__(self, setup: Setup) -> None:
        self._hop_s = setup.hop_s
        self._is_check = tuple(stage.kind is StageKind.CHECK for stage in setup.stages)
        self._blinks: deque[int] = deque()  # hops at which one began
        self._in_blink = False
        self._minute_hops = round(_MINUTE_S / self._hop_s)
        self._drowsy = Lasting(DROWSY_S, DROWSY_S)
        self._slow, self._too_slow, self._lossy = (Lasting(_LASTS_S, _LASTS_S) for _ in range(3))
        self._clean_hops = 0

    def take(self, hops: list[HopResult], live: Live | None) -> None:
        """Take what came since the last time."""
        for hop in hops:
            self._clean_hops = 0 if hop.artefact else self._clean_hops + 1
            blink = hop.cause is Cause.BLINK
            # A signal check asks for blinks.
            if blink and not self._in_blink and not (hop.stage < len(self._is_check) and self._is_check[hop.stage]):
                self._blinks.append(hop.hop)
            self._in_blink = blink
            self._drowsy.step(hop.cause is Cause.DROWSY, self._hop_s)
        if hops:
            while self._blinks and self._blinks[0] < hops[-1].hop - self._minute_hops:
                self._blinks.popleft()
        if live is not None:
            passed_s = len(hops) * self._hop_s
            self._slow.step(live.loop_delay_ms > SLOW_MS, passed_s)
            self._too_slow.step(live.loop_delay_ms > TOO_SLOW_MS, passed_s)
            self._lossy.step(live.loss_share > LOSS, passed_s)

    @property
    def many_blinks(self) -> bool:
        return len(self._blinks) > BLINKS_PER_MINUTE

    @property
    def drowsy(self) -> bool:
        return self._drowsy.on

    @property
    def slow(self) -> bool:
        return self._slow.on

    @property
    def too_slow(self) -> bool:
        return self._too_slow.on

    @property
    def lossy(self) -> bool:
        return self._lossy.on

    @property
    def good_s(self) -> float:
        return self._clean_hops * self._hop_s
