"""What a protocol rewards, as one sentence: the same on the screen, in the terminal and in reports."""

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from nfb.model.montage import Fit
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Feature,
    FeatureKind,
    Protocol,
    Role,
    Stage,
    StageKind,
    ThresholdRule,
)

_SIDE = {Direction.UP: "above", Direction.DOWN: "below"}

# Narrow bands with a name of their own: a band that lies inside one of these is called so.
_NARROW_BANDS = (
    ("SMR", 12.0, 15.5),
    ("upper alpha", 9.5, 13.0),
    ("high beta", 20.0, 32.0),
)
_BANDS = (
    ("delta", 0.0, 4.0),
    ("theta", 4.0, 8.0),
    ("alpha", 8.0, 13.0),
    ("beta", 13.0, 30.0),
    ("gamma", 30.0, 100.0),
)
# A band is called after a class only if that class holds most of it: 4-8 is theta, 4-30 is nothing in particular.
_MOST_OF_BAND = 0.7
_SLOW_BELOW_HZ = 10.0


def band_name(band_hz: tuple[float, float]) -> str:
    """The usual name of a band, or ``activity`` where it spans several (``slow activity`` where they are slow).

    >>> band_name((12, 15)), band_name((4, 7)), band_name((22, 30)), band_name((1, 45))
    ('SMR', 'theta', 'high beta', 'activity')
    """
    low, high = band_hz
    for name, least, most in _NARROW_BANDS:
        if least <= low and high <= most:
            return name
    overlaps = {name: min(high, most) - max(low, least) for name, least, most in _BANDS}
    name = max(overlaps, key=lambda each: overlaps[each])
    if overlaps[name] >= _MOST_OF_BAND * (high - low):
        return name
    return "slow activity" if high <= _SLOW_BELOW_HZ else "activity"


def sentence(protocol: Protocol, fit: Fit | None = None) -> str:
    """Say what is rewarded.

    Parameters
    ----------
    protocol
        What is trained.
    fit
        Its place on a headset; names the headset's own sites, and says so if they are adapted.

    Returns
    -------
    str
        ``Reward when SMR (12–15 Hz) at C3 and C4 is above its threshold while theta (4–7 Hz) and high beta
        (22–30 Hz) stay below theirs.`` Of parts with conditions of their own each is told: ``…; then, with eyes
        closed, when …``
    """
    features = {feature.name: feature for feature in (protocol.features if fit is None else fit.features)}
    said = _in_turn(protocol, features)
    adapted = f" Adapted: {fit.note.removeprefix('adapted:').strip().rstrip('.')}." if fit and fit.adapted else ""
    return f"Reward when {said}.{adapted}"


def _in_turn(protocol: Protocol, features: dict[str, Feature]) -> str:
    """What has to be so for a reward: once, or for each part with conditions of its own."""
    runs = [stage for stage in protocol.stages if stage.kind is StageKind.RUN]
    parts = [next(part) for _, part in groupby(runs, key=lambda run: run.conditions)]
    if len(parts) < 2:
        return _when(protocol.conditions, features)
    said = _when(_held(protocol, parts[0]), features)
    for before, part in pairwise(parts):
        eyes = "" if part.eyes is before.eyes else f", with eyes {part.eyes.value},"
        said += f"; then{eyes} when {_when(_held(protocol, part), features)}"
    return said


def _held(protocol: Protocol, part: Stage) -> list[Condition]:
    return [protocol.conditions[i] for i in part.holding(protocol.conditions)]


def _when(conditions: Sequence[Condition], features: dict[str, Feature]) -> str:
    rewards = [c for c in conditions if c.role is Role.REWARD]
    inhibits = [c for c in conditions if c.role is Role.INHIBIT]
    said = _join(_clauses(rewards, features, "", ("is", "are"), "their thresholds"))
    if inhibits:
        place = _place(features[rewards[0].feature], features)
        learned = any(c.threshold.rule is not ThresholdRule.FIXED for c in rewards)
        theirs = "theirs" if learned else "their thresholds"
        said += " while " + _join(_clauses(inhibits, features, place, ("stays", "stay"), theirs))
    return said


def _clauses(
    conditions: list[Condition], features: dict[str, Feature], place: str, verbs: tuple[str, str], theirs: str
) -> list[str]:
    """What shares a limit shares a clause; `place` has been said and is repeated only where it changes."""
    groups: dict[str, list[str]] = {}
    for condition in conditions:
        feature = features[condition.feature]
        here = _place(feature, features)
        groups.setdefault(_limit(condition, feature), []).append(_name(feature, features, here != place))
        place = place or here
    clauses = []
    for limit, names in groups.items():
        verb, whose = (verbs[0], "its threshold") if len(names) == 1 else (verbs[1], theirs)
        clauses.append(f"{_join(names)} {verb} {limit}{f' {whose}' if limit in _SIDE.values() else ''}")
    return clauses


def _limit(condition: Condition, feature: Feature) -> str:
    """``above``, or ``above 5 µV`` where the threshold is fixed."""
    side = _SIDE[condition.direction]
    threshold = condition.threshold
    if threshold.rule is ThresholdRule.FIXED and threshold.value is not None:
        unit = "" if feature.unit == "1" else f" {feature.unit}"
        return f"{side} {threshold.value:g}{unit}"
    return side


def _name(feature: Feature, features: dict[str, Feature], says_place: bool) -> str:
    place = f" {_place(feature, features)}" if says_place else ""
    if feature.kind is FeatureKind.RATIO:
        top, bottom = features[feature.numerator], features[feature.denominator]
        if _place(top, features) == _place(bottom, features):
            return f"the ratio of {_band(top)} to {_band(bottom)}{place}"
        return f"the ratio of {_name(top, features, True)} to {_name(bottom, features, True)}"
    return _band(feature) + place


def _band(feature: Feature) -> str:
    """``SMR (12–15 Hz)``, with what is measured of it where that is not the amplitude."""
    assert feature.band is not None  # every kind but RATIO has one
    name = f"{band_name(feature.band.hz)} ({_hz(feature.band)})"
    if feature.kind is FeatureKind.RELATIVE:
        low, high = feature.relative_to_hz
        return f"the share of {name} in {low:g}–{high:g} Hz"
    if feature.kind is FeatureKind.POWER:
        return f"the power of {name}"
    if feature.kind.is_coupling:
        return f"the {feature.kind.value.replace('_', ' ')} of {name}"
    return name


def _place(feature: Feature, features: dict[str, Feature]) -> str:
    if feature.kind is FeatureKind.RATIO:
        return _place(features[feature.numerator], features)
    if feature.kind is FeatureKind.ASYMMETRY:
        return f"at {_join(feature.sites)} relative to {_join(feature.left_sites)}"
    return f"{'between' if feature.kind.is_coupling else 'at'} {_join(feature.sites)}"


def _hz(band: Band) -> str:
    """``10–12 Hz, or from the alpha peak to 2 Hz above it``."""
    fixed = f"{band.hz[0]:g}–{band.hz[1]:g} Hz"
    if band.from_iaf_hz is None:
        return fixed
    low, high = band.from_iaf_hz
    if low == 0:
        return f"{fixed}, or from the alpha peak to {high:g} Hz above it"
    if low > 0:
        return f"{fixed}, or from {low:g} to {high:g} Hz above the alpha peak"
    if high == 0:
        return f"{fixed}, or from {-low:g} Hz below the alpha peak up to it"
    if high < 0:
        return f"{fixed}, or from {-low:g} to {-high:g} Hz below the alpha peak"
    return f"{fixed}, or from {-low:g} Hz below the alpha peak to {high:g} Hz above it"


def _join(words: Iterable[str]) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def plain_name(name: str) -> str:
    """A feature's name as people write it.

    >>> plain_name("smr"), plain_name("high_beta")
    ('SMR', 'high beta')
    """
    return " ".join("SMR" if word == "smr" else word for word in name.split("_"))
