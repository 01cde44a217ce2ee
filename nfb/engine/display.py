"""Puts together what the display shows of the newest hop."""

import math
from collections import deque

from nfb.dsp.quality import ChannelQuality
from nfb.engine.delay import DelayPart, LoopDelay
from nfb.engine.live import Live
from nfb.model.hop import HopResult
from nfb.model.samples import Gap, GapCause, LinkState
from nfb.session.baseline import FeedbackMap
from nfb.session.reasons import words
from nfb.session.session import Session
from nfb.session.states import State

_RECENT_S = 30.0
_LOSS_S = 60.0
_DELAY_EVERY_S = 1.0  # sorting costs more than a hop


class Display:
    """Follows the hops of one session.

    Parameters
    ----------
    session, delay
        Read, never changed.
    """

    def __init__(self, session: Session, delay: LoopDelay) -> None:
        self._session = session
        self._delay = delay
        hop_s = session.setup.hop_s
        order = [feature.name for feature in session.setup.features]
        self._columns = tuple(order.index(condition.feature) for condition in session.setup.protocol.conditions)
        self._recent: deque[tuple[bool, bool]] = deque()  # (judged, in range) of the last hops
        self._recent_hops = round(_RECENT_S / hop_s)
        self._recent_judged = self._recent_in_range = 0
        self._delay_hops = round(_DELAY_EVERY_S / hop_s)
        self._delay_due = 0
        self._delays_ms = (math.nan, math.nan)
        self._delay_part = DelayPart.NONE
        self._losses: deque[tuple[int, int]] = deque()  # (sample, how many were lost before it)
        self._loss_samples = round(_LOSS_S * session.setup.device.sampling_rate_hz)
        self.contacts: tuple[ChannelQuality, ...] = ()

    def lost(self, gap: Gap) -> None:
        """Take a gap into the loss of the last minute; a link that was gone altogether is told otherwise."""
        if gap.cause is GapCause.PACKETS_LOST:
            self._losses.append((gap.sample, gap.missing_samples))

    def _loss_share(self, sample: int) -> float:
        while self._losses and self._losses[0][0] < sample - self._loss_samples:
            self._losses.popleft()
        lost = sum(missing for _, missing in self._losses)
        return lost / (lost + min(sample + 1, self._loss_samples)) if lost else 0.0

    def count(self, hop: HopResult) -> None:
        """Take a hop into the figures of the last half minute."""
        thresholds = hop.thresholds
        has_all = all(thresholds[column] == thresholds[column] for column in self._columns)  # none is NaN
        judged = has_all and not hop.artefact and hop.state == State.RUNNING
        in_range = judged and hop.in_range
        self._recent.append((judged, in_range))
        self._recent_judged += judged
        self._recent_in_range += in_range
        if len(self._recent) > self._recent_hops:
            was_judged, was_in_range = self._recent.popleft()
            self._recent_judged -= was_judged
            self._recent_in_range -= was_in_range

    def live(self, hop: HopResult, link: LinkState) -> Live:
        """All there is to show after `hop`, the newest."""
        session = self._session
        setup, tally = session.setup, session.tally
        streaming = link is LinkState.STREAMING
        if hop.hop >= self._delay_due:
            self._delay_due = hop.hop + self._delay_hops
            self._delays_ms = (self._delay.percentile_ms(50), self._delay.percentile_ms(95))
            self._delay_part = self._delay.largest_part()
        return Live(
            hop=hop,
            feedback=hop.feedback if streaming else FeedbackMap.NEUTRAL,
            link=link,
            loop_delay_ms=self._delays_ms[0],
            loop_delay_p95_ms=self._delays_ms[1],
            stage_label=session.stages[session.stage].label,
            stage_left_s=session.stage_left_s(),
            in_range_30s=self._recent_in_range / self._recent_judged if self._recent_judged else math.nan,
            in_range_run=tally.in_range_share,
            clean_share=1 - tally.held_hops / tally.elapsed_hops if tally.elapsed_hops else math.nan,
            rewards=tally.rewards,
            why=words(hop, setup) if streaming else link.value,
            delay_part=self._delay_part,
            loss_share=self._loss_share(hop.sample),
            contacts=self.contacts,
        )
