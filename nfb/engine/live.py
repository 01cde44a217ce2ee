"""What the engine tells the world: one latest-value mailbox for the display, and rare events."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nfb.dsp.quality import ChannelQuality
from nfb.engine.delay import DelayPart
from nfb.engine.summary import Summary
from nfb.model.commands import EndReason
from nfb.model.hop import HopResult
from nfb.model.samples import LinkState
from nfb.session.setup import Setup


class Live(NamedTuple):
    """The newest hop and what goes with it; all values are of the same moment.

    Parameters
    ----------
    hop
        The newest hop.
    feedback
        What to present now, 0..1: the hop's, or neutral while no samples come.
    link
        State of the link to the device.
    loop_delay_ms, loop_delay_p95_ms
        Transport estimate, algorithm, decision and presentation; median and 95th percentile of the last minute.
    stage_label, stage_left_s
        Present stage, and its valid time left (infinite in the signal check).
    in_range_30s, in_range_run
        Share of valid time in range over the last 30 s and this stage; NaN where no thresholds were set.
    clean_share
        Share of this stage that was not held.
    rewards
        Rewards of this stage.
    why
        The newest hop's reason in plain words.
    delay_part
        What most of the loop delay is spent on.
    loss_share
        Share of the last minute's samples that the link lost.
    contacts
        State of every electrode at the last look, once a second; empty before the first.
    """

    hop: HopResult
    feedback: float
    link: LinkState
    loop_delay_ms: float
    loop_delay_p95_ms: float
    stage_label: str
    stage_left_s: float
    in_range_30s: float
    in_range_run: float
    clean_share: float
    rewards: int
    why: str
    delay_part: DelayPart = DelayPart.NONE
    loss_share: float = 0.0
    contacts: tuple[ChannelQuality, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """Connected: the set-up stands and the recording is open (`folder` is None if nothing is recorded)."""

    setup: Setup
    folder: Path | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something went wrong; `fatal` if the session could not go on."""

    what: str
    way_out: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """The engine has stopped. `reason` is None if no session came about."""

    reason: EndReason | None
    folder: Path | None
    summary: Summary | None
