"""What each scripted event looks like in the samples."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import fft

from nfb.devices.client_config import ClientConfig
from nfb.devices.head import blink_field, find_site, gaze_field, nearness
from nfb.devices.scenario import Event, EventKind
from nfb.model.samples import Float32, Float64

_SACCADE_S = 0.03  # the eyes' own movement; then they rest at the new place
_POP_SETTLES_S = 1.0
_MUSCLE_HZ = (20.0, 100.0)
_TEMPLES = ("FT7", "FT8")
_SHAKE_G = 0.25
_SHAKE_HZ = 4.0
_SEEN_SHARE = 0.2  # a channel takes part in an event if it shows this share of the largest


@dataclass(frozen=True, slots=True)
class Span:
    """Where an event lies in headset time (samples), and the channels that show it."""

    kind: EventKind
    first: int
    stop: int
    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """What an event does to its span: adds `eeg_uv` and `acceleration_g`, or makes channels stand at `held_uv`."""

    span: Span
    eeg_uv: Float64 | None = None  # (n_channels, n)
    acceleration_g: Float64 | None = None  # (3, n)
    held_uv: float | None = None

    def add_to(self, eeg_uv: Float64, acceleration_g: Float64, first: int) -> None:
        """Add to samples of EEG and acceleration that begin at sample `first` of headset time."""
        start, stop = max(self.span.first, first), min(self.span.stop, first + eeg_uv.shape[1])
        if start >= stop:
            return
        here, there = slice(start - first, stop - first), slice(start - self.span.first, stop - self.span.first)
        if self.eeg_uv is not None:
            eeg_uv[:, here] += self.eeg_uv[:, there]
        if self.acceleration_g is not None:
            acceleration_g[:, here] += self.acceleration_g[:, there]

    def hold(self, eeg_uv: Float32, first: int) -> None:
        """Overwrite what is held in samples that begin at sample `first` of headset time."""
        if self.held_uv is not None and self.span.stop > first:
            start, stop = max(self.span.first - first, 0), self.span.stop - first
            eeg_uv[list(self.span.channels), start:stop] = self.held_uv


class WaveMaker:
    """Turns events into waves on one headset.

    Parameters
    ----------
    electrodes, derivation
        See :func:`~nfb.devices.head.derivation`.
    offset_uv
        ``(n_channels,)`` voltage at which a flat channel stands.
    seed
        Of the client. It also picks the loose electrode: the one that misbehaves where the script names none.
    """

    def __init__(
        self, config: ClientConfig, electrodes: tuple[str, ...], derivation: Float64, offset_uv: Float64, seed: int
    ) -> None:
        self._config = config
        self._electrodes = electrodes
        self._derivation = derivation
        self._offset_uv = offset_uv
        self._seed = seed
        self._loose = int(np.random.default_rng((seed, 6)).integers(len(config.channels)))

    def wave(self, event: Event, first: int) -> Wave:
        """The wave of an event (of any kind but an outage) that begins at sample `first` of headset time."""
        rate_hz, n_channels = self._config.rate_hz, len(self._config.channels)
        # Keyed by the event itself, so that no event's shape depends on what else is in the script.
        rng = np.random.default_rng((self._seed, 7, list(EventKind).index(event.kind), first))
        n = event_samples(event, rate_hz)
        one = self._channel(event.site) if event.site else self._loose
        match event.kind:
            case EventKind.FLAT:
                return Wave(Span(event.kind, first, first + n, (one,)), held_uv=float(self._offset_uv[one]))
            case EventKind.RAIL:
                held_uv = _side(rng) * self._config.rail_uv
                return Wave(Span(event.kind, first, first + n, (one,)), held_uv=held_uv)
            case EventKind.DROWSY:
                return Wave(Span(event.kind, first, first + n, tuple(range(n_channels))))
        eeg_uv, acceleration_g = np.zeros((n_channels, n)), None
        match event.kind:
            case EventKind.POP:
                eeg_uv[one] = pop_uv(event, rate_hz, rng)
            case EventKind.MAINS:
                hum_uv = mains_uv(event, first, rate_hz, self._config.mains_hz or 50.0)
                eeg_uv[one if event.site else slice(None)] = hum_uv
            case _:
                eeg_uv = self._derivation @ potentials_uv(event, self._electrodes, rate_hz, rng)
        if event.kind is EventKind.MOVEMENT:
            acceleration_g = shake_g(event, rate_hz, rng)
        size = np.abs(eeg_uv).max(axis=1)
        seen = tuple(int(i) for i in np.flatnonzero(size >= _SEEN_SHARE * size.max()))
        return Wave(Span(event.kind, first, first + n, seen), eeg_uv, acceleration_g)

    def _channel(self, site: str) -> int:
        return [find_site(name) for name in self._config.channels].index(find_site(site))


def event_samples(event: Event, rate_hz: float) -> int:
    """Length of an event in samples, at least one."""
    return max(1, round(event.duration_s * rate_hz))


def potentials_uv(event: Event, electrodes: tuple[str, ...], rate_hz: float, rng: np.random.Generator) -> Float64:
    """``(n_electrodes, n)`` µV that a blink, saccade, muscle burst, jaw clench or movement adds at the electrodes."""
    n = event_samples(event, rate_hz)
    bell = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2
    added: Float64
    match event.kind:
        case EventKind.BLINK:
            added = np.outer(blink_field(electrodes), bell)
        case EventKind.SACCADE:
            added = _side(rng) * np.outer(gaze_field(electrodes), _plateau(n, _SACCADE_S * rate_hz))
        case EventKind.MUSCLE:
            temple = _TEMPLES[int(_side(rng) > 0)]
            field = nearness(electrodes, [event.site or temple], 25.0)
            added = field * _muscle(len(electrodes), n, rate_hz, rng)
        case EventKind.JAW:
            field = nearness(electrodes, _TEMPLES, 45.0).max(axis=1, keepdims=True)
            added = field * _muscle(len(electrodes), n, rate_hz, rng)
        case EventKind.MOVEMENT:
            swing = bell * np.sin(np.pi * (1 + 2 * np.arange(n) / n))
            sides = np.sign(rng.uniform(-1.0, 1.0, len(electrodes)))
            added = np.outer(sides * rng.uniform(0.4, 1.0, len(electrodes)), swing / np.abs(swing).max())
        case _:
            raise ValueError(f"{event.kind.value} is nothing the electrodes pick up from the head")
    return event.amplitude_uv * added


def pop_uv(event: Event, rate_hz: float, rng: np.random.Generator) -> Float64:
    """``(n,)`` µV: a step of one electrode, up or down, that settles with a time constant of one second."""
    decay: Float64 = np.exp(-np.arange(event_samples(event, rate_hz)) / (_POP_SETTLES_S * rate_hz))
    return _side(rng) * event.amplitude_uv * decay


def mains_uv(event: Event, first: int, rate_hz: float, mains_hz: float) -> Float64:
    """``(n,)`` µV: hum in step with the headset's own clock; `first` is the event's first sample."""
    turns = mains_hz * np.arange(first, first + event_samples(event, rate_hz)) / rate_hz
    hum: Float64 = np.sin(2 * np.pi * (turns % 1.0))
    return event.amplitude_uv * hum


def shake_g(event: Event, rate_hz: float, rng: np.random.Generator) -> Float64:
    """``(3, n)`` g: what an accelerometer feels of a movement."""
    time_s = np.arange(event_samples(event, rate_hz)) / rate_hz
    direction = rng.standard_normal(3)
    swing = np.sin(2 * np.pi * _SHAKE_HZ * time_s) * np.sin(np.pi * time_s / event.duration_s) ** 2
    shake: Float64 = np.outer(direction / np.linalg.norm(direction), swing)
    return _SHAKE_G * shake


def drowsiness(events: list[Event], first: int, n: int, rate_hz: float) -> Float64 | None:
    """``(n,)`` how drowsy the client is, 0..1: rises and falls over a fifth of each spell. None if wide awake."""
    stop_s = (first + n) / rate_hz
    spells = [e for e in events if e.onset_s < stop_s and e.stop_s > first / rate_hz]
    if not spells:
        return None
    time_s = np.arange(first, first + n) / rate_hz
    depth = np.zeros(n)
    for spell in spells:
        from_edge_s = np.minimum(time_s - spell.onset_s, spell.stop_s - time_s)
        depth = np.maximum(depth, np.clip(from_edge_s / (0.2 * spell.duration_s), 0.0, 1.0))
    return depth


def _side(rng: np.random.Generator) -> float:
    return 1.0 if rng.random() < 0.5 else -1.0


def _plateau(n: int, edge: float) -> Float64:
    """``(n,)`` rises to 1 over `edge` samples, stays, falls likewise."""
    index = np.arange(n) + 0.5
    plateau: Float64 = np.clip(np.minimum(index, n - index) / max(edge, 1.0), 0.0, 1.0)
    return plateau


def _muscle(n_rows: int, n: int, rate_hz: float, rng: np.random.Generator) -> Float64:
    """``(n_rows, n)`` independent noise of 20-100 Hz (or 0.45 of the rate) with RMS 1 and soft edges."""
    hz = fft.rfftfreq(n, 1 / rate_hz)
    passed = (hz >= _MUSCLE_HZ[0]) & (hz <= min(_MUSCLE_HZ[1], 0.45 * rate_hz))
    spectrum = fft.rfft(rng.standard_normal((n_rows, n)), axis=1) * passed
    share = max(int(passed.sum()), 1) / len(hz)
    burst: Float64 = fft.irfft(spectrum, n, axis=1) / math.sqrt(share)
    return burst * _plateau(n, 0.05 * rate_hz)
