"""What disturbs a simulated session, and when: a frozen script of events on the simulated headset's own time."""

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

import numpy as np

from nfb.devices.head import find_site
from nfb.model.errors import SetupError, nearest


class EventKind(Enum):
    BLINK = "blink"
    SACCADE = "saccade"
    MUSCLE = "muscle"
    JAW = "jaw"
    MOVEMENT = "movement"
    POP = "pop"  # a step of one electrode that settles again
    FLAT = "flat"  # one electrode stands still
    RAIL = "rail"  # one electrode drives the converter to its limit
    MAINS = "mains"
    DROWSY = "drowsy"  # alpha fades, delta rises
    LOST_PACKETS = "lost-packets"
    STALL = "stall"  # no samples, then they go on by themselves
    LINK_LOSS = "link-loss"  # no samples until someone reconnects


OUTAGES = frozenset({EventKind.LOST_PACKETS, EventKind.STALL, EventKind.LINK_LOSS})
ONE_ELECTRODE = frozenset({EventKind.POP, EventKind.FLAT, EventKind.RAIL})

# Duration (s) and size (µV; 0 where the kind has none). Blink, saccade, muscle, movement and pop are the sizes that
# the guards' hold times were measured with.
_DEFAULTS: Mapping[EventKind, tuple[float, float]] = MappingProxyType(
    {
        EventKind.BLINK: (0.3, 150.0),
        EventKind.SACCADE: (0.6, 80.0),
        EventKind.MUSCLE: (0.6, 30.0),
        EventKind.JAW: (1.5, 120.0),
        EventKind.MOVEMENT: (1.0, 400.0),
        EventKind.POP: (4.0, 300.0),
        EventKind.FLAT: (5.0, 0.0),
        EventKind.RAIL: (3.0, 0.0),
        EventKind.MAINS: (5.0, 60.0),
        EventKind.DROWSY: (60.0, 0.0),
        EventKind.LOST_PACKETS: (0.04, 0.0),
        EventKind.STALL: (1.5, 0.0),
        EventKind.LINK_LOSS: (5.0, 0.0),
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One disturbance.

    Parameters
    ----------
    kind
        What happens.
    onset_s, duration_s
        When, in seconds of headset time (lost samples count). An outage of any length loses at least one sample.
    amplitude_uv
        Its size at the site that sees most of it; RMS for MUSCLE and JAW, peak otherwise.
    site
        POP, FLAT, RAIL: the electrode; empty for the client's one loose electrode. MAINS: the electrode, empty for
        all. MUSCLE: where it sits, empty for one temple by chance. Others ignore it.
    """

    kind: EventKind
    onset_s: float
    duration_s: float
    amplitude_uv: float = 0.0
    site: str = ""

    @property
    def stop_s(self) -> float:
        return self.onset_s + self.duration_s


def event(kind: EventKind, onset_s: float, duration_s: float | None = None, site: str = "") -> Event:
    """An event of its kind's usual size, and of its usual length unless `duration_s` is given."""
    usual_s, amplitude_uv = _DEFAULTS[kind]
    return Event(kind, onset_s, usual_s if duration_s is None else duration_s, amplitude_uv, site)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script: how often each kind comes by chance, and what comes at a set time.

    Parameters
    ----------
    name
        Key in :data:`SCENARIOS`, with the fixed events appended as they were typed.
    per_minute
        Mean number of events a minute by kind. Events of one kind never overlap.
    fixed
        Events at set times.
    """

    name: str
    per_minute: Mapping[EventKind, float]
    fixed: tuple[Event, ...] = ()

    def events(self, seed: int, *, eyes_closed: bool = False) -> Iterator[Event]:
        """All events in the order of their onset, without end if any comes by chance.

        The same seed gives the same events, and no kind's events depend on which other kinds there are. Who keeps
        the eyes closed neither blinks nor looks around by chance.
        """
        still = {EventKind.BLINK, EventKind.SACCADE} if eyes_closed else set()
        streams = [
            _by_chance(kind, rate, seed) for kind, rate in self.per_minute.items() if rate > 0 and kind not in still
        ]
        fixed = iter(sorted(self.fixed, key=lambda e: e.onset_s))
        return heapq.merge(fixed, *streams, key=lambda e: e.onset_s)


def _by_chance(kind: EventKind, per_minute: float, seed: int) -> Iterator[Event]:
    """Events with exponentially distributed pauses between them and a spread of sizes (±20 %) and lengths."""
    rng = np.random.default_rng((seed, list(EventKind).index(kind)))
    usual = event(kind, 0.0)
    mean_pause_s = 60.0 / per_minute - usual.duration_s
    time_s = 0.0
    while True:
        onset_s = time_s + rng.exponential(mean_pause_s)
        scale, stretch = rng.uniform(0.8, 1.2, 2)
        yield replace(
            usual, onset_s=onset_s, duration_s=usual.duration_s * stretch, amplitude_uv=usual.amplitude_uv * scale
        )
        time_s = onset_s + usual.duration_s * stretch


def _scenario(name: str, **per_minute: float) -> Scenario:
    return Scenario(name, MappingProxyType({EventKind[kind.upper()]: rate for kind, rate in per_minute.items()}))


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        s.name: s
        for s in (
            _scenario("quiet"),
            _scenario("calm", blink=3.0, saccade=1.0),
            _scenario("typical", blink=10.0, saccade=4.0, muscle=1.0),
            _scenario("restless", blink=20.0, saccade=10.0, muscle=6.0, jaw=1.0, movement=2.0),
            _scenario("bad-electrode", blink=10.0, saccade=4.0, muscle=1.0, pop=3.0, flat=1.0, rail=0.5, mains=1.0),
            _scenario("drop-outs", blink=10.0, saccade=4.0, muscle=1.0, lost_packets=6.0, stall=0.5, link_loss=0.25),
            _scenario("drowsy", blink=4.0, drowsy=0.4),
        )
    }
)
_KINDS = {kind.value: kind for kind in EventKind}


def parse_scenario(text: str) -> Scenario:
    """Read a scenario's name, with events at set times if wanted.

    Parameters
    ----------
    text
        A name in :data:`SCENARIOS`, then any number of ``,kind@onset``, ``,kind@onset:duration``,
        ``,kind/site@onset`` (seconds).

    Raises
    ------
    SetupError
        An unknown name, kind or site, or a number that makes no sense.

    >>> parse_scenario("quiet,blink@5,link-loss@20:3,flat/C4@30").fixed[1].stop_s
    23.0
    """
    name, *words = (word.strip() for word in text.split(","))
    if name not in SCENARIOS:
        raise SetupError(f"scenario = {name!r}: must be one of {', '.join(SCENARIOS)}{nearest(name, SCENARIOS)}")
    fixed = tuple(_parse_event(word) for word in words)
    return replace(SCENARIOS[name], name=text, fixed=fixed) if fixed else SCENARIOS[name]


def _parse_event(word: str) -> Event:
    what, at, when = word.partition("@")
    kind, _, site = what.partition("/")
    if kind not in _KINDS:
        raise SetupError(f"scenario: {word!r}: must be one of {', '.join(_KINDS)}{nearest(kind, _KINDS)}")
    onset, _, duration = when.partition(":")
    try:
        onset_s = float(onset)
        duration_s = float(duration) if duration else None
    except ValueError:
        onset_s, duration_s = math.nan, None
    if not at or not 0 <= onset_s < math.inf or (duration_s is not None and not 0 < duration_s < math.inf):
        raise SetupError(f"scenario: {word!r}: write it as {kind}@seconds or {kind}@seconds:duration")
    if site:
        find_site(site)
    return event(_KINDS[kind], onset_s, duration_s, site)
