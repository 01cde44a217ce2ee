"""Plain words for why a hop earned a reward or did not."""

from nfb.model.hop import CAUSE_WORDS, Cause, HopResult, WhyKind
from nfb.model.protocol import Direction
from nfb.model.sentence import plain_name
from nfb.session.setup import Setup


def words(hop: HopResult, setup: Setup) -> str:
    """The reason of one hop, e.g. ``theta 1.2 µV over its limit``, ``muscle on T4``, ``dwell 0.4 of 0.5 s``."""
    why = hop.why
    reward = setup.protocol.reward
    if why.kind is WhyKind.LIMIT:
        return _limit(why.which, why.value, setup)
    if why.kind is WhyKind.ARTEFACT:
        return artefact(why.cause, why.which, setup)
    if why.kind is WhyKind.REWARD:
        return "reward"
    if why.kind is WhyKind.DWELL:
        return f"dwell {why.value:.1f} of {reward.dwell_s:g} s"
    if why.kind is WhyKind.REFRACTORY:
        return f"in range; next reward in {max(0.0, reward.refractory_s - why.value):.1f} s"
    if why.kind is WhyKind.FALL_BACK:
        return "in range; has not fallen back since the last reward"
    if why.kind is WhyKind.PAUSED:
        return "paused"
    if why.kind is WhyKind.NO_THRESHOLD:
        return "no threshold yet"
    label = setup.stages[hop.stage].label if 0 <= hop.stage < len(setup.stages) else "end"
    return f"{label.replace('-', ' ')}: no feedback in this stage"


def artefact(cause: Cause, channel: int, setup: Setup) -> str:
    """``muscle on T4``; without a channel just the cause."""
    if channel < 0:
        return CAUSE_WORDS[cause]
    return f"{CAUSE_WORDS[cause]} on {setup.device.channel_names[channel]}"


def _limit(which: int, difference: float, setup: Setup) -> str:
    condition = setup.protocol.conditions[which]
    unit = setup.protocol.feature(condition.feature).unit
    amount = f"{abs(difference):.2f}" if unit == "1" else f"{abs(difference):.1f} {unit}"
    name = plain_name(condition.feature)
    side = "under its threshold" if condition.direction is Direction.UP else "over its limit"
    return f"{name} {amount} {side}"
