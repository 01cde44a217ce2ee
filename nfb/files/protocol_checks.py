"""How the keys of a protocol file must agree with one another, once each of them has the right shape."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from nfb.files.problem_words import PROBLEM_WORDS
from nfb.files.protocol_defaults import COUPLINGS, SLOW_LONGEST_S, default_delay_s
from nfb.files.protocol_schema import BlockTable, ConditionTable, FallbackTable, FeatureTable, ProtocolTable
from nfb.model.errors import nearest
from nfb.model.montage import site_key
from nfb.model.protocol import Band

# The muscle guard is forced on from here, because jaw and neck tension reaches into these bands.
MUSCLE_FROM_HZ = 12.0
# The alpha peak is not looked for in less clean EEG than this.
_LEAST_PEAK_S = 30.0
# Upper end of the search for the individual alpha peak: the highest place a band tied to it can go.
_HIGHEST_IAF_HZ = 13.0

_LEAST_COUPLING_S = 1.0

_BANDED = {"band_hz", "band_from_iaf_hz", "sites", "estimator", "delay_s", "taps_s", "slow"}
_ALLOWED = {
    "amplitude": _BANDED | {"log"},
    "power": _BANDED | {"log"},
    "relative": _BANDED | {"log", "relative_to_hz"},
    "ratio": {"numerator", "denominator", "log"},
    "asymmetry": _BANDED | {"left_sites"},
    **dict.fromkeys(COUPLINGS, _BANDED - {"slow"}),
}
_NEEDED = {
    "amplitude": ("band_hz",),
    "power": ("band_hz",),
    "relative": ("band_hz",),
    "ratio": ("numerator", "denominator"),
    "asymmetry": ("band_hz", "sites", "left_sites"),
    **dict.fromkeys(COUPLINGS, ("band_hz",)),
}
_EXAMPLES = {
    "band_hz": "band_hz = [12, 15]",
    "numerator": 'numerator = "theta"',
    "denominator": 'denominator = "beta"',
    "sites": 'sites = ["F4"], the right one',
    "left_sites": 'left_sites = ["F3"]',
}

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """What is wrong at one key path; list positions count from 0 here and from 1 in the message."""

    path: Path
    message: str


def relations(table: ProtocolTable) -> list[Problem]:
    """Everything in `table` that contradicts something else in it."""
    return [
        *_montage(table),
        *(problem for name in table.features for problem in _feature(table, name)),
        *_conditions(table),
        *_recalibrate(table),
        *_guards(table),
        *_stages(table),
        *_crossover(table),
    ]


def sites_of(table: ProtocolTable, feature: FeatureTable) -> list[str]:
    """The sites that a feature averages over (the right ones of an asymmetry); none for a ratio."""
    if feature.kind == "ratio":
        return []
    return feature.sites or table.montage.sites


def _montage(table: ProtocolTable) -> Iterator[Problem]:
    montage, features = table.montage, table.features.values()
    yield from _twice(("montage", "sites"), montage.sites)
    if montage.min_sites is not None and montage.min_sites > len(montage.sites):
        message = PROBLEM_WORDS["least sites"].format(n=len(montage.sites))
        yield Problem(("montage", "min_sites"), message)
    trained = [site for feature in features for site in (*sites_of(table, feature), *(feature.left_sites or []))]
    yield from _reference(("montage", "reference"), montage.reference, trained)
    for i, fallback in enumerate(montage.fallbacks):
        yield from _fallback(table, ("montage", "fallbacks", i), fallback)


def _fallback(table: ProtocolTable, path: Path, fallback: FallbackTable) -> Iterator[Problem]:
    replace, sites = fallback.replace, table.montage.sites
    stand_ins = list(chain.from_iterable(replace.values()))
    unknown = [site for site in replace if site not in sites]
    for site in unknown:
        yield Problem((*path, "replace", site), _not_a_site(site, sites))
    yield from _twice((*path, "replace"), stand_ins)
    if fallback.reference is None:
        yield from _reference((*path, "replace"), table.montage.reference, stand_ins)
    else:
        yield from _reference((*path, "reference"), fallback.reference, stand_ins)
    for name, feature in table.features.items():
        for side in (sites_of(table, feature), feature.left_sites or []):
            if side and not unknown and not any(site in replace for site in side):
                message = f"leaves features.{name} without a site; name a stand-in for {_list(side, 'or')}"
                yield Problem((*path, "replace"), message)
        if feature.kind == "asymmetry":
            for site in (*(feature.sites or []), *(feature.left_sites or [])):
                if any(_side(stand_in) != _side(site) for stand_in in replace.get(site, ())):
                    message = (
                        f"{site} is on the {_side(site)} and its stand-in is not, which would turn features.{name} "
                        "round; odd numbers are left, even ones right"
                    )
                    yield Problem((*path, "replace", site), message)


def _reference(path: Path, reference: str | tuple[str, ...], trained: Iterable[str]) -> Iterator[Problem]:
    """A site subtracted from itself is silence, or a fraction of what it seems to be."""
    if isinstance(reference, str):
        return
    yield from _twice(path, reference)
    keys = {site_key(site) for site in trained}
    both = [site for site in reference if site_key(site) in keys]
    if both:
        what = f"{_list(both, 'and')} would be subtracted from itself"
        yield Problem(path, f"{what}; choose a reference that no feature is taken from")


def _feature(table: ProtocolTable, name: str) -> Iterator[Problem]:
    feature = table.features[name]
    path: Path = ("features", name)
    yield from _keys_of_kind(path, feature)
    for key, sites in (("sites", feature.sites or []), ("left_sites", feature.left_sites or [])):
        for site in sites:
            if site not in table.montage.sites:
                yield Problem((*path, key), _not_a_site(site, table.montage.sites))
        yield from _twice((*path, key), sites)
    if feature.kind == "asymmetry" and feature.sites and feature.left_sites:
        yield from _asymmetry(path, feature.sites, feature.left_sites)
    if feature.kind == "ratio":
        yield from _ratio(table, path, feature)
    if feature.kind in COUPLINGS:
        yield from _coupling(path, sites_of(table, feature), feature.smoothing_s)
    if feature.band_hz is None:
        return
    low, high = feature.band_hz
    whole = feature.relative_to_hz
    if feature.kind == "relative" and not whole[0] <= low < high <= whole[1]:
        edges = {"low": low, "high": high, "from_hz": whole[0], "to_hz": whole[1]}
        message = PROBLEM_WORDS["whole band"].format(**{name: f"{edge:g}" for name, edge in edges.items()})
        yield Problem((*path, "relative_to_hz"), message)
    delay_s = default_delay_s(feature.band_hz, feature.slow) if feature.delay_s is None else feature.delay_s
    if feature.slow and delay_s > SLOW_LONGEST_S:
        message = PROBLEM_WORDS["slow delay"].format(limit=f"{SLOW_LONGEST_S:g}")
        yield Problem((*path, "delay_s"), message)
    if delay_s >= feature.taps_s:
        message = PROBLEM_WORDS["taps"].format(delay=f"{delay_s:g}")
        yield Problem((*path, "taps_s"), message)


def _keys_of_kind(path: Path, feature: FeatureTable) -> Iterator[Problem]:
    for key in FeatureTable.model_fields:
        given = key in feature.model_fields_set
        if given and key not in _ALLOWED[feature.kind] | {"kind", "smoothing_s"}:
            yield Problem((*path, key), PROBLEM_WORDS["no meaning for kind"].format(of=feature.kind))
        if not given and key in _NEEDED[feature.kind]:
            message = PROBLEM_WORDS["kind needs"].format(of=feature.kind, example=_EXAMPLES[key])
            yield Problem((*path, key), message)


def _asymmetry(path: Path, right: list[str], left: list[str]) -> Iterator[Problem]:
    if len(right) != len(left):
        yield Problem((*path, "left_sites"), PROBLEM_WORDS["pairs"].format(n=len(right)))
    for key, sites, side in (("sites", right, "right"), ("left_sites", left, "left")):
        wrong = [site for site in sites if _side(site) != side]
        if wrong:
            message = (
                f"{_list(wrong, 'and')} must be on the {side}; an asymmetry is ln power(sites) minus "
                "ln power(left_sites), odd numbers are left, even ones right"
            )
            yield Problem((*path, key), message)


def _ratio(table: ProtocolTable, path: Path, feature: FeatureTable) -> Iterator[Problem]:
    fit = [name for name, other in table.features.items() if other.kind in ("amplitude", "power", "relative")]
    choice = f"choose one of {', '.join(fit)}" if fit else "add a feature of kind amplitude, power or relative"
    for key, part in (("numerator", feature.numerator), ("denominator", feature.denominator)):
        if part is None:
            continue
        if part not in table.features:
            yield Problem((*path, key), f"there is no such feature{nearest(part, fit)}; {choice}")
        elif part not in fit:
            kind = table.features[part].kind
            message = f"is of kind {kind}; a ratio is made of amplitudes, powers or relative powers; {choice}"
            yield Problem((*path, key), message)
        elif table.features[part].log:
            yield Problem((*path, key), PROBLEM_WORDS["logarithm"])
    if feature.numerator is not None and feature.numerator == feature.denominator:
        yield Problem((*path, "denominator"), PROBLEM_WORDS["same"])


def _coupling(path: Path, sites: list[str], smoothing_s: float | None) -> Iterator[Problem]:
    if len(sites) != 2:
        message = PROBLEM_WORDS["two sites"].format(n=len(sites))
        yield Problem((*path, "sites"), message)
    if smoothing_s is not None and smoothing_s < _LEAST_COUPLING_S:
        message = PROBLEM_WORDS["coupling time"].format(limit=f"{_LEAST_COUPLING_S:g}")
        yield Problem((*path, "smoothing_s"), message)


def _conditions(table: ProtocolTable) -> Iterator[Problem]:
    taken: dict[str, int] = {}
    for i, condition in enumerate(table.conditions):
        path: Path = ("conditions", i)
        name = condition.feature
        if name not in table.features:
            guess, known = nearest(name, table.features), ", ".join(table.features)
            yield Problem((*path, "feature"), PROBLEM_WORDS["feature"].format(guess=guess, known=known))
        elif name in taken:
            message = PROBLEM_WORDS["condition twice"].format(n=taken[name])
            yield Problem((*path, "feature"), message)
        taken.setdefault(name, i + 1)
        yield from _threshold((*path, "threshold"), condition, table.features.get(name))
    if not any(condition.role == "reward" for condition in table.conditions):
        yield Problem(("conditions",), PROBLEM_WORDS["no reward"])


# Which keys each rule takes besides its name, and the one that it cannot do without.
_RULE_KEYS = {
    "fixed": {"value"},
    "baseline_percentile": {"target"},
    "baseline_z": {"k"},
    "course": {"target"},
    "rolling_percentile": {"target", "window_s"},
    "staircase": {"target", "gain"},
}
_RULE_NEEDS = {"fixed": ("value", "value = 5.0"), "baseline_z": ("k", "k = 0.5")}


def _threshold(path: Path, condition: ConditionTable, feature: FeatureTable | None) -> Iterator[Problem]:
    threshold = condition.threshold
    rule = threshold.rule
    for key in ("target", "value", "k", "window_s", "gain"):
        if getattr(threshold, key) is not None and key not in _RULE_KEYS[rule]:
            found = key == "value" and rule.startswith("baseline")
            message = PROBLEM_WORDS["found in baseline" if found else "no meaning for rule"].format(of=rule)
            yield Problem((*path, key), message)
    if rule in _RULE_NEEDS:
        key, example = _RULE_NEEDS[rule]
        if getattr(threshold, key) is None:
            yield Problem((*path, key), PROBLEM_WORDS["rule needs"].format(of=rule, example=example))
    if rule == "fixed" and threshold.value is not None and feature is not None:
        yield from _fixed_value((*path, "value"), threshold.value, feature)


def _fixed_value(path: Path, value: float, feature: FeatureTable) -> Iterator[Problem]:
    if feature.log or feature.kind == "asymmetry":
        return
    if value <= 0:
        yield Problem(path, PROBLEM_WORDS["positive"].format(of=feature.kind))
    elif feature.kind == "relative" and value >= 1:
        yield Problem(path, PROBLEM_WORDS["below 1"])


def _recalibrate(table: ProtocolTable) -> Iterator[Problem]:
    rule = table.recalibrate
    if rule is None:
        return
    if rule.low >= rule.high:
        yield Problem(("recalibrate", "low"), PROBLEM_WORDS["limits"].format(limit=f"{rule.high:g}"))
    if not any(condition.threshold.rule == "baseline_percentile" for condition in table.conditions):
        message = PROBLEM_WORDS["nothing to correct"]
        yield Problem(("recalibrate",), message)


def _guards(table: ProtocolTable) -> Iterator[Problem]:
    if table.guards.muscle_uv is not None:
        return
    trained = [part for condition in table.conditions for part in _parts(table, condition.feature)]
    for name in dict.fromkeys(trained):
        highest = _highest_hz(table.features[name])
        if highest >= MUSCLE_FROM_HZ:
            limits = {"highest": f"{highest:g}", "limit": f"{MUSCLE_FROM_HZ:g}"}
            message = PROBLEM_WORDS["muscle"].format(name=name, **limits)
            yield Problem(("guards", "muscle_uv"), message)
            return


def _parts(table: ProtocolTable, name: str) -> list[str]:
    """The features with a band behind `name`: itself, or the two of a ratio."""
    feature = table.features.get(name)
    if feature is None:
        return []
    parts = (feature.numerator, feature.denominator) if feature.kind == "ratio" else (name,)
    return [part for part in parts if part in table.features]


def _highest_hz(feature: FeatureTable) -> float:
    if feature.band_hz is None:
        return 0.0
    band = Band(feature.band_hz, feature.band_from_iaf_hz)
    return max(band.hz[1], band.at(_HIGHEST_IAF_HZ)[1])


def _stages(table: ProtocolTable) -> Iterator[Problem]:
    stages = table.stages
    yield from _block(table, ("stages",), stages)
    for i, block in enumerate(stages.then):
        yield from _block(table, ("stages", "then", i), block)
    if 0 < stages.peak_s < _LEAST_PEAK_S:
        message = PROBLEM_WORDS["peak time"].format(limit=f"{_LEAST_PEAK_S:g}")
        yield Problem(("stages", "peak_s"), message)


def _block(table: ProtocolTable, path: Path, block: BlockTable) -> Iterator[Problem]:
    if block.min_clean_s is not None and block.min_clean_s > block.baseline_s:
        message = PROBLEM_WORDS["clean time"].format(limit=f"{block.baseline_s:g}")
        yield Problem((*path, "min_clean_s"), message)
    roles = {condition.feature: condition.role for condition in table.conditions}
    for name in block.conditions:
        if name not in roles:
            known = ", ".join(roles)
            yield Problem(
                (*path, "conditions"), f"{name} has no condition{nearest(name, roles)}; choose one of {known}"
            )
    if block.conditions and not any(roles.get(name) == "reward" for name in block.conditions):
        yield Problem((*path, "conditions"), PROBLEM_WORDS["no rewarded part"])


def _crossover(table: ProtocolTable) -> Iterator[Problem]:
    rule = table.crossover
    if rule is None:
        return
    fit = [name for name, feature in table.features.items() if feature.kind == "amplitude" and not feature.log]
    for key, name in (("theta", rule.theta), ("alpha", rule.alpha)):
        if name not in fit:
            known = ", ".join(fit) or "none of the features"
            message = f"must be a feature of kind amplitude in µV{nearest(name, fit)}; choose one of {known}"
            yield Problem(("crossover", key), message)
    if rule.theta == rule.alpha:
        yield Problem(("crossover", "alpha"), PROBLEM_WORDS["crossed"])


def _twice(path: Path, sites: Iterable[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for site in sites:
        key = site_key(site)
        if key in seen:
            also = "" if site == seen[key] else f" (as {seen[key]})"
            yield Problem(path, f"{site} is there twice{also}; remove one")
        seen.setdefault(key, site)


def _not_a_site(site: str, sites: list[str]) -> str:
    return f"{site} is not in montage.sites{nearest(site, sites)}; it has {', '.join(sites)}"


def _side(site: str) -> str:
    """Odd numbers are left, even ones right, z is the midline (ACNS guideline 2)."""
    digits = site[len(site.rstrip("0123456789")) :]
    if not digits:
        return "midline"
    return "left" if int(digits) % 2 else "right"


def _list(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
