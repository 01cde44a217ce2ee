"""What a protocol rewards, as one sentence: the same on the screen, in the terminal and in reports."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from nfb.model.montage import Fit, adapted_words
from nfb.model.protocol import (
    Band,
    Condition,
    Direction,
    Eyes,
    Feature,
    FeatureKind,
    Protocol,
    Role,
    Stage,
    StageKind,
    ThresholdRule,
)
from nfb.model.speech import Translate, in_english, listed

# What holds for one feature, for several, and for several whose thresholds are not the first that are spoken of.
_LEARNED = {
    (Role.REWARD, Direction.UP): (
        "{names} is above its threshold",
        "{names} are above their thresholds",
        "{names} are above their thresholds",
    ),
    (Role.REWARD, Direction.DOWN): (
        "{names} is below its threshold",
        "{names} are below their thresholds",
        "{names} are below their thresholds",
    ),
    (Role.INHIBIT, Direction.UP): (
        "{names} stays above its threshold",
        "{names} stay above their thresholds",
        "{names} stay above theirs",
    ),
    (Role.INHIBIT, Direction.DOWN): (
        "{names} stays below its threshold",
        "{names} stay below their thresholds",
        "{names} stay below theirs",
    ),
}
_FIXED = {
    (Role.REWARD, Direction.UP): ("{names} is above {value}", "{names} are above {value}"),
    (Role.REWARD, Direction.DOWN): ("{names} is below {value}", "{names} are below {value}"),
    (Role.INHIBIT, Direction.UP): ("{names} stays above {value}", "{names} stay above {value}"),
    (Role.INHIBIT, Direction.DOWN): ("{names} stays below {value}", "{names} stay below {value}"),
}
_COUPLING = {
    FeatureKind.COHERENCE: "the coherence of {band}",
    FeatureKind.IMAGINARY_COHERENCE: "the imaginary coherence of {band}",
    FeatureKind.PHASE_LOCKING: "the phase locking of {band}",
}
# Words of a sentence that stand in tables; the window translates by these.
SENTENCE_WORDS = (
    *(text for table in (_LEARNED, _FIXED) for texts in table.values() for text in texts),
    *_COUPLING.values(),
)

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
BAND_NAMES = (*(name for name, _, _ in (*_NARROW_BANDS, *_BANDS)), "slow activity", "activity")


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


class _Place(NamedTuple):
    """Where something is measured: at sites, at some against others, or between two."""

    sites: tuple[str, ...]
    left_sites: tuple[str, ...] = ()
    is_between: bool = False


def sentence(protocol: Protocol, fit: Fit | None = None, tr: Translate = in_english) -> str:
    """Say what is rewarded.

    Parameters
    ----------
    protocol
        What is trained.
    fit
        Its place on a headset; names the headset's own sites, and says so if they are adapted.
    tr
        Puts it into another language.

    Returns
    -------
    str
        ``Reward when SMR (12–15 Hz) at C3 and C4 is above its threshold while theta (4–7 Hz) and high beta
        (22–30 Hz) stay below theirs.`` Of parts with conditions of their own each is told: ``…; then, with eyes
        closed, when …``
    """
    said = _Sentence(protocol.features if fit is None else fit.features, tr).of(protocol)
    words = tr("Reward when {conditions}.", conditions=said)
    if fit is None or not fit.adapted:
        return words
    return tr("{sentence} Adapted: {sites}.", sentence=words, sites=adapted_words(fit, tr).rstrip("."))


class _Sentence:
    """What has to be so for a reward, in a language."""

    def __init__(self, features: Sequence[Feature], tr: Translate) -> None:
        self._features = {feature.name: feature for feature in features}
        self.tr = tr

    def of(self, protocol: Protocol) -> str:
        """Once, or for each part with conditions of its own."""
        runs = [stage for stage in protocol.stages if stage.kind is StageKind.RUN]
        parts = [next(part) for _, part in groupby(runs, key=lambda run: run.conditions)]
        if len(parts) < 2:
            return self._when(protocol.conditions)
        said = self._when(_held(protocol, parts[0]))
        for before, part in pairwise(parts):
            then = self._when(_held(protocol, part))
            if part.eyes is before.eyes:
                said = self.tr("{first}; then when {then}", first=said, then=then)
            elif part.eyes is Eyes.CLOSED:
                said = self.tr("{first}; then, with eyes closed, when {then}", first=said, then=then)
            else:
                said = self.tr("{first}; then, with eyes open, when {then}", first=said, then=then)
        return said

    def _when(self, conditions: Sequence[Condition]) -> str:
        rewards = [c for c in conditions if c.role is Role.REWARD]
        inhibits = [c for c in conditions if c.role is Role.INHIBIT]
        said = listed(self._clauses(rewards, None, False), self.tr)
        if not inhibits:
            return said
        place = self._place(self._features[rewards[0].feature])
        spoken_of = any(c.threshold.rule is not ThresholdRule.FIXED for c in rewards)
        held = listed(self._clauses(inhibits, place, spoken_of), self.tr)
        return self.tr("{rewards} while {inhibits}", rewards=said, inhibits=held)

    def _clauses(self, conditions: list[Condition], place: _Place | None, spoken_of: bool) -> list[str]:
        """What shares a limit shares a clause; `place` has been said and is repeated only where it changes."""
        groups: dict[tuple[Role, Direction, str], list[str]] = {}
        for condition in conditions:
            feature = self._features[condition.feature]
            here = self._place(feature)
            limit = (condition.role, condition.direction, _fixed(condition, feature))
            groups.setdefault(limit, []).append(self._name(feature, here != place))
            place = place or here
        clauses = []
        for (role, direction, value), names in groups.items():
            several = len(names) > 1
            words = listed(names, self.tr)
            if value:
                clauses.append(self.tr(_FIXED[role, direction][several], names=words, value=value))
            else:
                clauses.append(self.tr(_LEARNED[role, direction][several + (several and spoken_of)], names=words))
        return clauses

    def _name(self, feature: Feature, says_place: bool) -> str:
        if feature.kind is not FeatureKind.RATIO:
            words = self._band(feature)
            return self._at(words, self._place(feature)) if says_place else words
        top, bottom = self._features[feature.numerator], self._features[feature.denominator]
        if self._place(top) != self._place(bottom):
            return self._ratio(self._name(top, True), self._name(bottom, True))
        if top.kind is bottom.kind is FeatureKind.POWER:
            # A template of its own: languages that decline would not put two powers in a row like this.
            of = {"top": self._named(top), "bottom": self._named(bottom)}
            words = self.tr("the ratio of the power of {top} to the power of {bottom}", **of)
        else:
            words = self._ratio(self._band(top), self._band(bottom))
        return self._at(words, self._place(feature)) if says_place else words

    def _ratio(self, top: str, bottom: str) -> str:
        return self.tr("the ratio of {top} to {bottom}", top=top, bottom=bottom)

    def _at(self, what: str, place: _Place) -> str:
        sites, left_sites = (listed(each, self.tr) for each in (place.sites, place.left_sites))
        if place.left_sites:
            return self.tr(
                "{what} at {sites} relative to {left_sites}", what=what, sites=sites, left_sites=left_sites
            )
        if place.is_between:
            return self.tr("{what} between {sites}", what=what, sites=sites)
        return self.tr("{what} at {sites}", what=what, sites=sites)

    def _band(self, feature: Feature) -> str:
        """``SMR (12–15 Hz)``, with what is measured of it where that is not the amplitude."""
        name = self._named(feature)
        if feature.kind is FeatureKind.RELATIVE:
            low, high = (f"{edge:g}" for edge in feature.relative_to_hz)
            return self.tr("the share of {band} in {low}–{high} Hz", band=name, low=low, high=high)
        if feature.kind is FeatureKind.POWER:
            return self.tr("the power of {band}", band=name)
        if feature.kind.is_coupling:
            return self.tr(_COUPLING[feature.kind], band=name)
        return name

    def _named(self, feature: Feature) -> str:
        assert feature.band is not None  # every kind but RATIO has one
        return f"{self.tr(band_name(feature.band.hz))} ({self._hz(feature.band)})"

    def _hz(self, band: Band) -> str:
        """``10–12 Hz, or from the alpha peak to 2 Hz above it``."""
        fixed = f"{band.hz[0]:g}–{band.hz[1]:g} Hz"
        if band.from_iaf_hz is None:
            return fixed
        low, high = band.from_iaf_hz
        from_hz, to_hz = f"{abs(low):g}", f"{abs(high):g}"
        if low == 0:
            return self.tr("{band}, or from the alpha peak to {high} Hz above it", band=fixed, high=to_hz)
        if low > 0:
            return self.tr(
                "{band}, or from {low} to {high} Hz above the alpha peak", band=fixed, low=from_hz, high=to_hz
            )
        if high == 0:
            return self.tr("{band}, or from {low} Hz below the alpha peak up to it", band=fixed, low=from_hz)
        if high < 0:
            return self.tr(
                "{band}, or from {low} to {high} Hz below the alpha peak", band=fixed, low=from_hz, high=to_hz
            )
        return self.tr(
            "{band}, or from {low} Hz below the alpha peak to {high} Hz above it", band=fixed, low=from_hz, high=to_hz
        )

    def _place(self, feature: Feature) -> _Place:
        if feature.kind is FeatureKind.RATIO:
            return self._place(self._features[feature.numerator])
        return _Place(feature.sites, feature.left_sites, feature.kind.is_coupling)


def _held(protocol: Protocol, part: Stage) -> list[Condition]:
    return [protocol.conditions[i] for i in part.holding(protocol.conditions)]


def _fixed(condition: Condition, feature: Feature) -> str:
    """``5 µV`` where the threshold is fixed, else nothing."""
    threshold = condition.threshold
    if threshold.rule is not ThresholdRule.FIXED or threshold.value is None:
        return ""
    return f"{threshold.value:g}" + ("" if feature.unit == "1" else f" {feature.unit}")


def plain_name(name: str) -> str:
    """A feature's name as people write it.

    >>> plain_name("smr"), plain_name("high_beta")
    ('SMR', 'high beta')
    """
    return " ".join("SMR" if word == "smr" else word for word in name.split("_"))
