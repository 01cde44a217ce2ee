"""How the keys of a protocol file must agree with one another, once each of them has the right shape."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nfb.files.protocol_schema import ConditionTable, FallbackTable, FeatureTable, ProtocolTable
from nfb.model.errors import nearest
from nfb.model.montage import site_key
from nfb.model.protocol import Band

# The muscle guard is forced on from here, because jaw and neck tension reaches into these bands.
MUSCLE_FROM_HZ = 12.0
# Upper end of the search for the individual alpha peak: the highest place a band tied to it can go.
_HIGHEST_IAF_HZ = 13.0

_BANDED = {"band_hz", "band_from_iaf_hz", "sites", "estimator", "delay_s", "taps_s"}
_ALLOWED = {
    "amplitude": _BANDED | {"log"},
    "power": _BANDED | {"log"},
    "relative": _BANDED | {"log", "relative_to_hz"},
    "ratio": {"numerator", "denominator", "log"},
    "asymmetry": _BANDED | {"left_sites"},
}
_NEEDED = {
    "amplitude": ("band_hz",),
    "power": ("band_hz",),
    "relative": ("band_hz",),
    "ratio": ("numerator", "denominator"),
    "asymmetry": ("band_hz", "sites", "left_sites"),
}
_EXAMPLES = {
    "band_hz": "band_hz = [12, 15]",
    "numerator": 'numerator = "theta"',
    "denominator": 'denominator = "beta"',
    "sites": 'sites = ["F4"], the right one',
    "left_sites": 'left_sites = ["F3"]',
}


class Absent:
    """Stands for the value of a key that is not there."""


ABSENT = Absent()
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one key path; list positions count from 0 here and from 1 in the message."""

    path: Path
    message: str
    value: object = ABSENT


def relations(table: ProtocolTable) -> list[Problem]:
    """Everything in `table` that contradicts something else in it, in the order of the file."""
    return [
        *_montage(table),
        *(problem for name in table.features for problem in _feature(table, name)),
        *_conditions(table),
        *_guards(table),
        *_stages(table),
    ]


def sites_of(table: ProtocolTable, feature: FeatureTable) -> list[str]:
    """The sites that a feature averages over (the right ones of an asymmetry); none for a ratio."""
    if feature.kind == "ratio":
        return []
    return feature.sites or table.montage.sites


def _montage(table: ProtocolTable) -> Iterator[Problem]:
    montage = table.montage
    yield from _twice(("montage", "sites"), montage.sites)
    if montage.min_sites is not None and montage.min_sites > len(montage.sites):
        yield Problem(
            ("montage", "min_sites"),
            f"must be at most {len(montage.sites)}, the number of sites; leave it out to need all of them",
            montage.min_sites,
        )
    yield from _reference(("montage", "reference"), montage.reference, _trained_sites(table))
    for i, fallback in enumerate(montage.fallbacks):
        yield from _fallback(table, ("montage", "fallbacks", i), fallback)


def _fallback(table: ProtocolTable, path: Path, fallback: FallbackTable) -> Iterator[Problem]:
    sites = table.montage.sites
    for wanted, stand_in in fallback.replace.items():
        if wanted not in sites:
            yield Problem((*path, "replace", wanted), _not_a_site(wanted, sites), stand_in)
    yield from _twice((*path, "replace"), list(fallback.replace.values()))
    for name, feature in table.features.items():
        for side in (sites_of(table, feature), feature.left_sites or []):
            if side and not any(site in fallback.replace for site in side):
                yield Problem(
                    (*path, "replace"),
                    f"leaves features.{name} without a site; name a stand-in for {_list(side, 'or')}",
                    fallback.replace,
                )
        if feature.kind == "asymmetry":
            for wanted in (*(feature.sites or []), *(feature.left_sites or [])):
                stand_in = fallback.replace.get(wanted, wanted)
                if _side(stand_in) != _side(wanted):
                    yield Problem(
                        (*path, "replace", wanted),
                        f"{wanted} is on the {_side(wanted)} and its stand-in is not, which would turn "
                        f"features.{name} round; odd numbers are left, even ones right",
                        stand_in,
                    )
    if fallback.reference is not None:
        yield from _reference((*path, "reference"), fallback.reference, list(fallback.replace.values()))
    else:
        yield from _reference(
            (*path, "replace"), table.montage.reference, list(fallback.replace.values()), fallback.replace
        )


def _reference(
    path: Path, reference: str | tuple[str, ...], trained: list[str], value: object = ABSENT
) -> Iterator[Problem]:
    """A site subtracted from itself is silence, or a fraction of what it seems to be."""
    if isinstance(reference, str):
        return
    shown = list(reference) if value is ABSENT else value
    yield from _twice(path, list(reference))
    keys = {site_key(site) for site in trained}
    both = [site for site in reference if site_key(site) in keys]
    if both:
        yield Problem(
            path,
            f"{_list(both, 'and')} would be subtracted from itself; choose a reference that no feature is taken from",
            shown,
        )


def _feature(table: ProtocolTable, name: str) -> Iterator[Problem]:
    feature = table.features[name]
    path: Path = ("features", name)
    yield from _keys_of_kind(path, feature)
    for key, sites in (("sites", feature.sites or []), ("left_sites", feature.left_sites or [])):
        for site in sites:
            if site not in table.montage.sites:
                yield Problem((*path, key), _not_a_site(site, table.montage.sites), sites)
        yield from _twice((*path, key), sites)
    if feature.kind == "asymmetry" and feature.sites and feature.left_sites:
        yield from _asymmetry(path, feature)
    if feature.kind == "ratio":
        yield from _ratio(table, path, feature)
    if feature.kind == "relative" and feature.band_hz is not None:
        whole = feature.relative_to_hz
        if not whole[0] <= feature.band_hz[0] < feature.band_hz[1] <= whole[1]:
            yield Problem(
                (*path, "relative_to_hz"),
                f"must contain the whole band of [{feature.band_hz[0]:g}, {feature.band_hz[1]:g}] Hz; widen it",
                list(whole),
            )
    if feature.delay_s is not None and feature.delay_s >= feature.taps_s:
        yield Problem((*path, "delay_s"), f"must be below taps_s = {feature.taps_s:g}; shorten it", feature.delay_s)


def _keys_of_kind(path: Path, feature: FeatureTable) -> Iterator[Problem]:
    given = {key: getattr(feature, key) for key in sorted(feature.model_fields_set - {"kind", "smoothing_s"})}
    for key, value in given.items():
        if key not in _ALLOWED[feature.kind]:
            yield Problem((*path, key), f'has no meaning for kind = "{feature.kind}"; remove it', value)
    for key in _NEEDED[feature.kind]:
        if key not in given:
            yield Problem((*path, key), f'is missing: kind = "{feature.kind}" needs it; write {_EXAMPLES[key]}')


def _asymmetry(path: Path, feature: FeatureTable) -> Iterator[Problem]:
    right, left = feature.sites or [], feature.left_sites or []
    if len(right) != len(left):
        yield Problem(
            (*path, "left_sites"), f"must have as many sites as `sites`, which has {len(right)}; pair them", left
        )
    for key, sites, side in (("sites", right, "right"), ("left_sites", left, "left")):
        wrong = [site for site in sites if _side(site) != side]
        if wrong:
            yield Problem(
                (*path, key),
                f"{_list(wrong, 'and')} must be on the {side}; an asymmetry is ln power(sites) minus "
                "ln power(left_sites), odd numbers are left, even ones right",
                sites,
            )


def _ratio(table: ProtocolTable, path: Path, feature: FeatureTable) -> Iterator[Problem]:
    fit = [n for n, f in table.features.items() if f.kind not in ("ratio", "asymmetry") and not f.log]
    choice = f"choose one of {', '.join(fit)}" if fit else "add a feature of kind amplitude, power or relative"
    for key in ("numerator", "denominator"):
        part = getattr(feature, key)
        if part is None or part in fit:
            continue
        if part not in table.features:
            yield Problem((*path, key), f"there is no such feature{nearest(part, fit)}; {choice}", part)
        elif table.features[part].log:
            yield Problem((*path, key), "is a logarithm, which cannot be divided; set log here, not there", part)
        else:
            yield Problem(
                (*path, key),
                f"is of kind {table.features[part].kind}, and a ratio is made of amplitudes, powers or "
                f"relative powers only; {choice}",
                part,
            )
    if feature.numerator is not None and feature.numerator == feature.denominator:
        yield Problem(
            (*path, "denominator"),
            "must differ from the numerator; a ratio to itself is always 1",
            feature.denominator,
        )


def _conditions(table: ProtocolTable) -> Iterator[Problem]:
    taken: dict[str, int] = {}
    for i, condition in enumerate(table.conditions):
        path: Path = ("conditions", i)
        name = condition.feature
        if name not in table.features:
            known = ", ".join(table.features)
            yield Problem(
                (*path, "feature"),
                f"there is no such feature{nearest(name, table.features)}; choose one of {known}",
                name,
            )
        elif name in taken:
            yield Problem(
                (*path, "feature"),
                f"conditions[{taken[name] + 1}] is about it already; a feature has one condition, remove one of them",
                name,
            )
        taken.setdefault(name, i)
        yield from _threshold(path, condition, table.features.get(name))
    if not any(condition.role == "reward" for condition in table.conditions):
        yield Problem(("conditions",), 'at least one must have role = "reward"; without it nothing can be rewarded')


def _threshold(path: Path, condition: ConditionTable, feature: FeatureTable | None) -> Iterator[Problem]:
    threshold = condition.threshold
    path = (*path, "threshold")
    if threshold.rule == "fixed":
        if threshold.value is None:
            yield Problem((*path, "value"), 'is missing: rule = "fixed" needs it; write value = 5.0')
        elif threshold.value <= 0 and feature is not None and not feature.log and feature.kind != "asymmetry":
            yield Problem(
                (*path, "value"), f"must be above 0, as every {feature.kind} is; choose a higher one", threshold.value
            )
        if threshold.target is not None:
            yield Problem((*path, "target"), 'has no meaning for rule = "fixed"; remove it', threshold.target)
    elif threshold.value is not None:
        yield Problem(
            (*path, "value"),
            f'has no meaning for rule = "{threshold.rule}", which finds it in the baseline; remove it',
            threshold.value,
        )


def _guards(table: ProtocolTable) -> Iterator[Problem]:
    if table.guards.muscle_uv is not None:
        return
    for condition in table.conditions:
        for name in _parts(table, condition.feature):
            highest = _highest_hz(table.features[name])
            if highest >= MUSCLE_FROM_HZ:
                yield Problem(
                    ("guards", "muscle_uv"),
                    f"cannot be switched off: features.{name} reaches {highest:g} Hz, and from {MUSCLE_FROM_HZ:g} Hz "
                    "on muscle looks like EEG; give a limit in µV or remove the line",
                    False,
                )
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
    if stages.min_clean_s is not None and stages.min_clean_s > stages.baseline_s:
        yield Problem(
            ("stages", "min_clean_s"),
            f"must be at most baseline_s = {stages.baseline_s:g}; lengthen the baseline or ask for less",
            stages.min_clean_s,
        )


def _trained_sites(table: ProtocolTable) -> list[str]:
    return [
        site
        for feature in table.features.values()
        for site in (*sites_of(table, feature), *(feature.left_sites or []))
    ]


def _twice(path: Path, sites: list[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for site in sites:
        key = site_key(site)
        if key in seen:
            also = "" if site == seen[key] else f" (as {seen[key]})"
            yield Problem(path, f"{site} is there twice{also}; remove one", sites)
        seen.setdefault(key, site)


def _not_a_site(site: str, sites: list[str]) -> str:
    return f"{site} is not in montage.sites{nearest(site, sites)}; it has {', '.join(sites)}"


def _side(site: str) -> str:
    """Odd numbers are left, even ones right, z is the midline (ACNS guideline 2)."""
    digits = site[len(site.rstrip("0123456789")) :]
    if not digits:
        return "midline"
    return "left" if int(digits) % 2 else "right"


def _list(words: Iterable[str], last: str) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"
