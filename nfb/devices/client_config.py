"""Who the simulated client is and what is on the head, read from ``key=value`` words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nfb.devices.catalogue import DEVICES
from nfb.devices.head import SITES, find_site
from nfb.devices.scenario import ONE_ELECTRODE, SCENARIOS, EventKind, Scenario, parse_scenario
from nfb.devices.simulated_eeg import EYES_CLOSED_GAIN, Rhythm, person_rhythms
from nfb.model.errors import SetupError, nearest
from nfb.model.protocol import Eyes

DEFAULT_SITES = ("F3", "F4", "C3", "Cz", "C4", "Pz", "O1", "O2")
_EARS = ("A1", "A2")
_RAIL_UV = 187_500.0  # of a Cyton


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """The simulated client and headset, checked.

    Parameters
    ----------
    channels
        10-10 sites, as the headset spells them.
    rate_hz, chunk_samples, reference, rail_uv
        As of the headset; `reference` are sites, their mean is subtracted.
    headset
        Key in :data:`~nfb.devices.catalogue.DEVICES`, or empty where the channels are the user's own.
    alpha_hz
        Peak of the posterior alpha rhythm.
    alpha_uv
        Its mean envelope where it is strongest, with open eyes and before referencing; 2.5 times that with closed.
    eyes
        Open or closed throughout.
    scenario
        What disturbs the session.
    mains_hz
        50, 60 or 0 for none.
    learn
        By how much rewards can raise the trained rhythm's amplitude within the session: 0.15 is towards +15 %,
        0 is never, a negative value lets it fall.
    learn_band_hz
        The rhythms with their centre in this band are trained; None for alpha.
    start_gain
        Gain of the trained rhythm at the beginning, as an earlier session left it.
    """

    channels: tuple[str, ...] = DEFAULT_SITES
    rate_hz: float = 250.0
    chunk_samples: int = 5
    reference: tuple[str, ...] = _EARS
    rail_uv: float = _RAIL_UV
    headset: str = ""
    alpha_hz: float = 10.2
    alpha_uv: float = 8.0
    eyes: Eyes = Eyes.OPEN
    scenario: Scenario = SCENARIOS["typical"]
    mains_hz: float = 50.0
    learn: float = 0.0
    learn_band_hz: tuple[float, float] | None = None
    start_gain: float = 1.0

    def __post_init__(self) -> None:
        _check_range("rate", self.rate_hz, 50, 2000, "Hz")
        _check_range("chunk", self.chunk_samples, 1, 10_000, "samples")
        _check_range("alpha_hz", self.alpha_hz, 6, 14, "Hz")
        _check_range("alpha_uv", self.alpha_uv, 0, 100, "µV")
        _check_range("learn", self.learn, -0.9, 5, "")
        _check_range("start_gain", self.start_gain, 0.05, 20, "")
        if self.mains_hz not in (0.0, 50.0, 60.0):
            raise SetupError(f"simulated: mains = {self.mains_hz:g}: must be 50, 60 or 0 (none)")
        self._check_sites()
        if self.learn_band_hz is not None and not self.trained:
            there = ", ".join(f"{rhythm.name} {rhythm.hz:g} Hz" for rhythm in self.rhythms)
            low, high = self.learn_band_hz
            raise SetupError(
                f"simulated: learn_band = {low:g}-{high:g}: holds none of this client's rhythms ({there})"
            )

    def _check_sites(self) -> None:
        if not self.channels or not self.reference:
            raise SetupError("simulated: channels and reference need at least one site each")
        seen: set[str] = set()
        for name in (*self.channels, *self.reference):
            site = find_site(name)
            if site in seen:
                raise SetupError(
                    f"simulated: {name} is given twice among channels and reference; name each site once"
                )
            seen.add(site)
        channels = {find_site(name) for name in self.channels}
        for event in self.scenario.fixed:
            on_channel = event.kind in ONE_ELECTRODE or event.kind is EventKind.MAINS
            if on_channel and event.site and find_site(event.site) not in channels:
                where = f"{event.kind.value}/{event.site}"
                raise SetupError(f"simulated: scenario: {where}: this headset has {', '.join(self.channels)}")

    @property
    def rhythms(self) -> tuple[Rhythm, ...]:
        gain = EYES_CLOSED_GAIN if self.eyes is Eyes.CLOSED else 1.0
        return person_rhythms(self.alpha_hz, self.alpha_uv * gain)

    @property
    def trained(self) -> frozenset[str]:
        """Names of the rhythms that learning changes."""
        if self.learn_band_hz is None:
            return frozenset({"alpha"})
        low, high = self.learn_band_hz
        return frozenset(rhythm.name for rhythm in self.rhythms if low <= rhythm.hz <= high)


_KEYS = (
    "channels",
    "rate",
    "chunk",
    "reference",
    "alpha_hz",
    "alpha_uv",
    "eyes",
    "scenario",
    "mains",
    "learn",
    "learn_band",
    "start_gain",
)


def client_config(params: Mapping[str, str]) -> ClientConfig:
    """Read the client from words as they are given on the command line.

    Parameters
    ----------
    params
        ``channels`` (sites with commas, or a headset in the catalogue whose sites are known), ``rate``, ``chunk``,
        ``reference``, ``alpha_hz``, ``alpha_uv``, ``eyes`` (open, closed), ``scenario`` (see
        :func:`~nfb.devices.scenario.parse_scenario`), ``mains``, ``learn``, ``learn_band`` (low-high),
        ``start_gain``. All may be absent.

    Raises
    ------
    SetupError
        A key is unknown, or a value cannot be used.

    >>> client_config({"channels": "muse-2", "eyes": "closed"}).channels
    ('TP9', 'AF7', 'AF8', 'TP10')
    """
    for key in params:
        if key not in _KEYS:
            raise SetupError(f"simulated: unknown parameter {key}{nearest(key, _KEYS)}; there are {', '.join(_KEYS)}")
    worn = _worn(params["channels"]) if "channels" in params else ClientConfig()
    chunk = _number(params, "chunk", worn.chunk_samples)
    if chunk != math.floor(chunk):
        raise SetupError(f"simulated: chunk = {params['chunk']}: must be a whole number of samples")
    return replace(
        worn,
        rate_hz=_number(params, "rate", worn.rate_hz),
        chunk_samples=int(chunk),
        reference=_sites("reference", params["reference"]) if "reference" in params else worn.reference,
        alpha_hz=_number(params, "alpha_hz", 10.2),
        alpha_uv=_number(params, "alpha_uv", 8.0),
        eyes=_eyes(params.get("eyes", "open")),
        scenario=_scenario(params.get("scenario", "typical")),
        mains_hz=_number(params, "mains", 50.0),
        learn=_number(params, "learn", 0.0),
        learn_band_hz=_band(params["learn_band"]) if "learn_band" in params else None,
        start_gain=_number(params, "start_gain", 1.0),
    )


def _check_range(key: str, value: float, low: float, high: float, unit: str) -> None:
    if not low <= value <= high:
        raise SetupError(f"simulated: {key} = {value:g}: must be from {low:g} to {high:g} {unit}".rstrip())


def _number(params: Mapping[str, str], key: str, default: float) -> float:
    word = params.get(key)
    if word is None:
        return default
    try:
        return float(word)
    except ValueError:
        raise SetupError(f"simulated: {key} = {word}: must be a number, such as {default:g}") from None


def _worn(words: str) -> ClientConfig:
    """What is on the head: a headset of the catalogue, or the default one with its electrodes at other sites."""
    device = DEVICES.get(words.strip().lower())
    if device is None:
        return ClientConfig(channels=_sites("channels", words))
    try:
        sites = [find_site(name) for name in device.channel_names]
    except SetupError:
        raise SetupError(
            f"simulated: channels = {words}: where the electrodes of the {device.title} sit is not known; "
            "give their sites, such as channels=C3,C4,O1,O2"
        ) from None
    # Where the maker does not say, the ears; the vertex where the ears are channels.
    reference = _EARS if not set(_EARS) & set(sites) else ("Cz",)
    if device.reference in SITES:
        reference = (device.reference,)
    return ClientConfig(
        channels=device.channel_names,
        rate_hz=device.sampling_rate_hz,
        chunk_samples=device.burst_samples if device.burst_samples > 1 else 5,
        reference=reference,
        rail_uv=device.rail_uv or _RAIL_UV,
        headset=device.name,
    )


def _sites(key: str, words: str) -> tuple[str, ...]:
    """Site names, spelled as in the 10-10 system unless an older name (T3) was given."""
    names = []
    for word in (word.strip() for word in words.split(",")):
        try:
            site = find_site(word)
        except SetupError:
            hint = nearest(word.lower(), DEVICES) if key == "channels" else ""
            hint = hint or nearest(word.capitalize(), SITES)
            either = " or a headset's name" if key == "channels" else ""
            raise SetupError(
                f"simulated: {key} = {words}: {word!r} is no site of the 10-10 system{hint}; "
                f"give sites with commas, such as C3,C4{either}"
            ) from None
        names.append(site if site.upper() == word.upper() else word)
    return tuple(names)


def _eyes(word: str) -> Eyes:
    try:
        return Eyes(word.strip().lower())
    except ValueError:
        raise SetupError(f"simulated: eyes = {word}: must be open or closed") from None


def _scenario(text: str) -> Scenario:
    try:
        return parse_scenario(text)
    except SetupError as error:
        raise SetupError(f"simulated: {error}") from None


def _band(word: str) -> tuple[float, float]:
    low, _, high = word.partition("-")
    try:
        band = float(low), float(high)
    except ValueError:
        band = (math.nan, math.nan)
    if not 0 < band[0] < band[1] < math.inf:
        raise SetupError(f"simulated: learn_band = {word}: write it as low-high in Hz, such as 8-12")
    return band
