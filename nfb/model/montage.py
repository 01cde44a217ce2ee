"""Sites of the 10-10 system, and the fit of a protocol's montage to a headset's channels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain

from nfb.model.errors import MontageError
from nfb.model.protocol import Feature, FeatureKind, Protocol
from nfb.model.speech import Translate, in_english, listed

# T3/T4/T5/T6 became T7/T8/P7/P8 in the 10-10 nomenclature (ACNS guideline 2); A1/A2 and M1/M2 are the
# earlobes and the mastoids, which serve each other as references.
_ALIASES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8", "M1": "A1", "M2": "A2"}

# Why a protocol does not fit a headset; the window translates by these.
MONTAGE_WORDS: dict[str, str] = {
    "lacks": "needs {sites}; this headset has {there}. Choose a protocol for these sites, or name the channels after "
    "where the electrodes are.",
    "or": " or ",
}


def site_key(name: str) -> str:
    """Spelling-free key of a site name, so that ``FC5.``, ``EEG Fc5-REF`` and ``fc5`` meet.

    >>> site_key("Fc5."), site_key("EEG T3"), site_key("CZ")
    ('FC5', 'T7', 'CZ')
    """
    key = name.strip().rstrip(".").upper()
    key = key.removeprefix("EEG ").strip()
    for suffix in ("-REF", "-LE", "-A1A2", "-AVG"):
        key = key.removesuffix(suffix)
    key = key.removeprefix("EEG").strip(" _-") if key.startswith("EEG") and len(key) > 3 else key
    return _ALIASES.get(key, key)


@dataclass(frozen=True, slots=True)
class Fit:
    """A protocol's montage on one headset.

    Parameters
    ----------
    adapted
        True if other sites stand in for the protocol's own; `note` says which.
    features
        The protocol's features with sites that exist on the headset, spelled as the headset spells them.
    channels
        Indices of the headset's channels that the features and the reference use, ascending.
    reference
        ``"device"``, ``"average"`` or the indices of the channels whose mean is subtracted.
    stands_in
        Each site of the protocol with those that stand in for it, where the protocol has no words of its own.
    """

    adapted: bool
    note: str
    features: tuple[Feature, ...]
    channels: tuple[int, ...]
    reference: str | tuple[int, ...]
    stands_in: tuple[tuple[str, tuple[str, ...]], ...] = ()


def adapted_words(fit: Fit, tr: Translate = in_english) -> str:
    """Which sites stand in for the protocol's own: ``C3 and C4 for Cz``, or what the protocol says of it."""
    if not fit.stands_in:
        return tr(fit.note)
    pairs = [tr("{new} for {old}", new=listed(new, tr), old=old) for old, new in fit.stands_in]
    return ", ".join(pairs)


def fit_montage(protocol: Protocol, channel_names: tuple[str, ...]) -> Fit:
    """Place a protocol on a headset.

    Parameters
    ----------
    protocol
        The protocol.
    channel_names
        Names of the headset's EEG channels, in its order.

    Returns
    -------
    Fit
        The first of: the protocol's own sites, then its fallbacks in order.

    Raises
    ------
    MontageError
        If neither the sites nor any fallback can be met; names what is missing and what the headset has.
    """
    index = {site_key(name): i for i, name in enumerate(channel_names)}
    montage = protocol.montage
    exact = {site: (site,) for site in montage.sites}
    fit = _try(protocol, channel_names, index, exact, montage.reference, montage.min_sites)
    if fit is not None:
        return fit
    for fallback in montage.fallbacks:
        reference = fallback.reference or montage.reference
        fit = _try(protocol, channel_names, index, fallback.replace, reference, len(fallback.replace))
        if fit is not None and not fallback.adapted:
            return fit
        if fit is not None:
            if fallback.note:
                return replace(fit, adapted=True, note=fallback.note)
            fit = replace(fit, adapted=True, stands_in=tuple(fallback.replace.items()))
            return replace(fit, note=f"adapted: {adapted_words(fit)}")
    wanted = ", ".join(montage.sites)
    others = "".join(f"{MONTAGE_WORDS['or']}{', '.join(chain(*f.replace.values()))}" for f in montage.fallbacks)
    lacks = MONTAGE_WORDS["lacks"].format(sites=f"{wanted}{others}", there=", ".join(channel_names))
    raise MontageError(f"{protocol.id}: montage.sites: {lacks}")


def _try(
    protocol: Protocol,
    names: tuple[str, ...],
    index: dict[str, int],
    places: Mapping[str, tuple[str, ...]],
    reference: str | tuple[str, ...],
    min_sites: int,
) -> Fit | None:
    """Fit with sites renamed by `places`, or None if too many are missing."""
    found = {
        old: tuple(names[index[site_key(site)]] for site in new)
        for old, new in places.items()
        if all(site_key(site) in index for site in new)
    }
    if len(found) < min_sites:
        return None
    if isinstance(reference, str):
        reference_at: str | tuple[int, ...] = reference
        if reference == "average" and len(names) < 8:
            return None
    else:
        if any(site_key(site) not in index for site in reference):
            return None
        reference_at = tuple(index[site_key(site)] for site in reference)
    features = []
    used: set[int] = set(reference_at) if isinstance(reference_at, tuple) else set()
    for feature in protocol.features:
        if feature.kind is FeatureKind.RATIO:
            features.append(feature)
            continue
        sites = tuple(chain.from_iterable(found.get(site, ()) for site in feature.sites))
        left = tuple(chain.from_iterable(found.get(site, ()) for site in feature.left_sites))
        if not sites or (feature.left_sites and not left):
            return None
        if feature.kind.is_coupling and len(sites) != 2:
            return None
        used.update(names.index(site) for site in sites + left)
        features.append(replace(feature, sites=sites, left_sites=left))
    if reference_at == "average":
        used.update(range(len(names)))
    return Fit(False, "", tuple(features), tuple(sorted(used)), reference_at)
