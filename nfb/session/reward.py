"""From met conditions to discrete rewards: dwell, refractory time, fall-back."""

from nfb.model.hop import Cause, Why, WhyKind
from nfb.model.protocol import Reward

# A named tuple's own constructor takes twice as long, for the sake of keywords.
_new = tuple.__new__
_DWELL, _REFRACTORY, _NONE = WhyKind.DWELL, WhyKind.REFRACTORY, Cause.NONE
_FALL_BACK_WHY, _REWARD_WHY = Why(WhyKind.FALL_BACK), Why(WhyKind.REWARD)


class RewardRule:
    """Counts dwell and refractory time in hops.

    Parameters
    ----------
    rule
        The protocol's rule.
    hop_s
        Length of a hop in seconds.
    """

    def __init__(self, rule: Reward, hop_s: float) -> None:
        self._hop_s = hop_s
        self._dwell_hops = max(1, round(rule.dwell_s / hop_s))
        self._refractory_hops = round(rule.refractory_s / hop_s)
        self._must_fall_back = rule.must_fall_back
        self._in_range_hops = 0
        self._since_reward = self._refractory_hops
        self._fallen_back = True

    def reset(self) -> None:
        """Begin a new stage: nothing counted, nothing owed."""
        self._in_range_hops = 0
        self._since_reward = self._refractory_hops
        self._fallen_back = True

    def hold(self) -> None:
        """A held hop: dwell starts anew, the refractory time runs on."""
        self._in_range_hops = 0
        self._since_reward += 1

    def step(self, in_range: bool, fallen_back: bool) -> Why | None:
        """One clean hop.

        Parameters
        ----------
        in_range
            All conditions are met.
        fallen_back
            The reward features have fallen past their thresholds by the rule's share.

        Returns
        -------
        Why or None
            REWARD, DWELL, REFRACTORY or FALL_BACK; None if not in range.
        """
        self._since_reward += 1
        if fallen_back:
            self._fallen_back = True
        if not in_range:
            self._in_range_hops = 0
            return None
        if self._since_reward <= self._refractory_hops:
            return _new(Why, (_REFRACTORY, -1, self._since_reward * self._hop_s, _NONE))
        if self._must_fall_back and not self._fallen_back:
            return _FALL_BACK_WHY
        self._in_range_hops += 1
        if self._in_range_hops < self._dwell_hops:
            return _new(Why, (_DWELL, -1, self._in_range_hops * self._hop_s, _NONE))
        self._in_range_hops = 0
        self._since_reward = 0
        self._fallen_back = False
        return _REWARD_WHY
