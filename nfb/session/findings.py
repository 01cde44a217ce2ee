"""What is over its limit in single hops, whatever came before: the vectorised half of the artefact policy."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nfb.dsp.artefacts import Limits, Measure
from nfb.dsp.hop_batch import HopBatch
from nfb.model.hop import Cause
from nfb.model.samples import Float64

Verdict = tuple[Cause, int]  # cause and channel (-1: none)

CLEAN: Verdict = (Cause.NONE, -1)

_BROKEN = ((Measure.FLAT, Cause.FLAT), (Measure.RAIL, Cause.RAIL), (Measure.NOT_FINITE, Cause.NOT_FINITE))
_SCALED = [Measure.PEAK, Measure.STEP, Measure.SLOW, Measure.MUSCLE, Measure.TENSION]
_MUSCLE = _SCALED.index(Measure.MUSCLE)

# A blink shows on all channels of its kind; half a limit on a second one will do.
_TOGETHER = 0.5
_LEAST_JUMP = 0.5  # of the gradient's limit


class Found(NamedTuple):
    """What is over its limit in one hop by itself.

    Parameters
    ----------
    broken
        NOT_FINITE, RAIL, FLAT, CONTACT or NONE, with its channel.
    ratios, channels
        Of PEAK, STEP, SLOW, MUSCLE and TENSION: largest multiple of the limit, and where.
    at, size_uv, jump_uv, muscle_uv
        The channel on which PEAK or SLOW is largest, and there: the excursion, the largest jump that can be in it
        (0 if a usual gradient explains it), and its muscle amplitude.
    together
        The slow excursion is on all channels where blinks show.
    alone
        No other channel is over any limit.
    moving
        The accelerometer feels a movement of the head.
    """

    broken: Verdict
    ratios: list[float]
    channels: list[int]
    at: int
    size_uv: float
    jump_uv: float
    muscle_uv: float
    together: bool
    alone: bool
    moving: bool = False

    @property
    def muscle(self) -> float:
        """Largest multiple of MUSCLE's own limit."""
        return self.ratios[_MUSCLE]


def find(batch: HopBatch, limits: Limits) -> list[Found | None]:
    """What is wrong with each hop of a batch by itself; None where nothing is."""
    n_hops = len(batch.largest_uv)
    found: list[Found | None] = [None] * n_hops
    moving = None if batch.motion_g is None else batch.motion_g > limits.motion_g
    large = np.count_nonzero(batch.largest_uv > limits.sizes) > 0
    if not (large or batch.broken is not None or limits.no_contact or (moving is not None and moving.any())):
        return found
    measures = batch.measures()
    over_limit = measures > limits.values[:, None]
    moving = np.zeros(n_hops, dtype=bool) if moving is None else moving
    held = over_limit.any(axis=(0, 2)) | moving
    hops = np.arange(n_hops) if limits.no_contact else np.flatnonzero(held)
    if hops.size == 0:
        return found
    values = measures[:, hops]
    ratios, together = _ratios(values, limits)
    over = ratios > 1.0
    scaled = ratios[_SCALED]
    largest, where = scaled.max(axis=2).T.tolist(), scaled.argmax(axis=2).T.tolist()
    at = (np.arange(hops.size), np.maximum(ratios[Measure.PEAK], ratios[Measure.SLOW]).argmax(axis=1))
    jumps = ratios[Measure.STEP][at] >= _LEAST_JUMP
    at_channel = at[1].tolist()
    size_uv = values[Measure.PEAK][at].tolist()
    jump_uv = (jumps * values[Measure.STEP][at] / limits.step_rise).tolist()
    muscle_uv = values[Measure.MUSCLE][at].tolist()
    alone = (over.any(axis=0).sum(axis=1) == 1).tolist()
    told = over.any(axis=(0, 2)) | moving[hops] | bool(limits.no_contact)
    for i, (hop, broken) in enumerate(zip(hops.tolist(), _broken(over, limits), strict=True)):
        if told[i]:
            shape = (
                at_channel[i],
                size_uv[i],
                jump_uv[i],
                muscle_uv[i],
                bool(together[i]),
                alone[i],
                bool(moving[hop]),
            )
            found[hop] = Found(broken, largest[i], where[i], *shape)
    return found


def _ratios(values: Float64, limits: Limits) -> tuple[Float64, NDArray[np.bool_]]:
    """Multiples of the limits, and the hops in which all channels that show blinks move together."""
    ratios = values / limits.values[:, None]
    slow = ratios[Measure.SLOW]
    together = (slow[:, list(limits.blink)] >= _TOGETHER).sum(axis=1) >= limits.least_blink_channels
    # What an electrode that is not trained on sees alone concerns nobody.
    slow[np.ix_(~together, ~limits.used)] = 0.0
    return ratios, together


def _broken(over: NDArray[np.bool_], limits: Limits) -> list[Verdict]:
    """The gravest of what does not depend on scale, per hop of ``(n_measures, n_hops, n_channels)``."""
    lost = limits.no_contact
    verdicts = [(Cause.CONTACT, lost[0]) if lost else CLEAN] * over.shape[1]
    for measure, cause in _BROKEN:
        for hop in np.flatnonzero(over[measure].any(axis=1)).tolist():
            verdicts[hop] = (cause, int(over[measure, hop].argmax()))
    return verdicts
