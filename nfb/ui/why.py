"""Why there is, or is not, a reward now, in the person's language.

:mod:`nfb.session.reasons` says the same in English, for the terminal and for files.
"""

from __future__ import annotations

from nfb.model.hop import CAUSE_WORDS, Cause, HopResult, WhyKind
from nfb.model.protocol import Direction
from nfb.session.setup import Setup
from nfb.ui.language import tr
from nfb.ui.words import feature_name, stage_words


def why_words(hop: HopResult, setup: Setup) -> str:
    """The reason of one hop: ``theta 1.2 µV over its limit``, ``muscle on T4``, ``dwell 0.4 of 0.5 s``."""
    why, reward = hop.why, setup.protocol.reward
    match why.kind:
        case WhyKind.LIMIT:
            return _limit(why.which, why.value, setup)
        case WhyKind.ARTEFACT:
            return artefact_words(why.cause, why.which, setup)
        case WhyKind.REWARD:
            return tr("reward")
        case WhyKind.DWELL:
            return tr("dwell {so_far} of {needed} s", so_far=f"{why.value:.1f}", needed=f"{reward.dwell_s:g}")
        case WhyKind.REFRACTORY:
            left_s = max(0.0, reward.refractory_s - why.value)
            return tr("in range; next reward in {n} s", n=f"{left_s:.1f}")
        case WhyKind.FALL_BACK:
            return tr("in range; has not fallen back since the last reward")
        case WhyKind.PAUSED:
            return tr("paused")
        case WhyKind.NO_THRESHOLD:
            return tr("no threshold yet")
    label = setup.stages[hop.stage].label if 0 <= hop.stage < len(setup.stages) else "end"
    return tr("{stage}: no feedback in this stage", stage=stage_words(label))


def artefact_words(cause: Cause, channel: int, setup: Setup) -> str:
    """``muscle on T4``; without a channel just the cause."""
    words = tr(CAUSE_WORDS[cause])
    if channel < 0:
        return words
    return tr("{cause} on {site}", cause=words, site=setup.device.channel_names[channel])


def _limit(which: int, difference: float, setup: Setup) -> str:
    condition = setup.protocol.conditions[which]
    unit = setup.protocol.feature(condition.feature).unit
    amount = f"{abs(difference):.2f}" if unit == "1" else f"{abs(difference):.1f} {unit}"
    name = feature_name(condition.feature)
    if condition.direction is Direction.UP:
        return tr("{feature} {amount} under its threshold", feature=name, amount=amount)
    return tr("{feature} {amount} over its limit", feature=name, amount=amount)
