"""Counts of one stage."""

import math

from nfb.model.events import StageEnded


class Tally:
    """Hops of the present stage by what became of them."""

    def __init__(self, hop_s: float) -> None:
        self._hop_s = hop_s
        self.begin(counts_held=False)

    def begin(self, *, counts_held: bool) -> None:
        """A new stage; `counts_held` if its length is meant by the clock, not in valid time."""
        self._counts_held = counts_held
        self.counted_hops = 0  # what the stage's length is measured in
        self.valid_hops = 0
        self.held_hops = 0
        self.judged_hops = 0  # valid hops with all thresholds set
        self.in_range_hops = 0
        self.rewards = 0

    def count_clean(self) -> None:
        """One clean hop that was not paused."""
        self.valid_hops += 1
        self.counted_hops += 1

    def count_held(self) -> None:
        """One held hop that was not paused."""
        self.held_hops += 1
        self.counted_hops += self._counts_held

    @property
    def elapsed_hops(self) -> int:
        """All hops that were not paused."""
        return self.valid_hops + self.held_hops

    @property
    def valid_s(self) -> float:
        return self.valid_hops * self._hop_s

    @property
    def in_range_share(self) -> float:
        """Share of the valid time in which all conditions were met; NaN where there were no thresholds to meet."""
        return self.in_range_hops / self.judged_hops if self.judged_hops else math.nan

    def ended(self, hop: int, sample: int, stage: int, label: str) -> StageEnded:
        """The event that closes the stage."""
        return StageEnded(
            hop=hop,
            sample=sample,
            stage=stage,
            label=label,
            valid_s=self.valid_s,
            held_s=self.held_hops * self._hop_s,
            elapsed_s=self.elapsed_hops * self._hop_s,
            rewards=self.rewards,
            in_range_share=self.in_range_share,
        )
