"""One artefact policy: from a batch's measures to a cause per hop, with holds that outlast the artefact."""

import numpy as np

from nfb.dsp.artefacts import MEASURES, Limits
from nfb.dsp.frontend import HopBatch
from nfb.model.hop import Cause

Verdict = tuple[Cause, int]  # cause and channel (-1: none)

CLEAN: Verdict = (Cause.NONE, -1)


class Holds:
    """Says for each hop whether its samples may be used, and why not.

    Parameters
    ----------
    limits
        Limits of all measures.
    hold_hops
        How long a hold outlasts each cause.
    """

    def __init__(self, limits: Limits, hold_hops: dict[Cause, int]) -> None:
        self.limits = limits
        self._hold_hops = hold_hops
        self._left = 0
        self._held_for: Verdict = CLEAN

    def detect(self, batch: HopBatch) -> list[Verdict]:
        """What is wrong with each hop of a batch by itself, the gravest first found."""
        over = batch.measures > self.limits.values
        rows = np.any(over, axis=2).tolist()
        verdicts = []
        for hop, row in enumerate(rows):
            if True not in row:
                verdicts.append(CLEAN)
                continue
            measure = row.index(True)
            excess = np.where(over[hop, measure], batch.measures[hop, measure], -np.inf)
            verdicts.append((MEASURES[measure], int(excess.argmax())))
        return verdicts

    def extend(self, verdict: Verdict) -> Verdict:
        """The verdict on a hop in the light of the hops before it."""
        if verdict[0] is not Cause.NONE:
            hops = self._hold_hops[verdict[0]]
            if hops >= self._left:
                self._left = hops
                self._held_for = verdict
            return verdict
        if self._left > 0:
            self._left -= 1
            return self._held_for
        return CLEAN

    def drop_out(self, hops: int) -> None:
        """Samples were lost: hold the next `hops` hops."""
        self._left = max(self._left, hops)
        self._held_for = (Cause.DROPOUT, -1)

    def forget(self) -> None:
        """The filters start anew: what was before does not hold any more."""
        self._left = 0
