"""What each scripted event looks like in the samples."""

import math

import numpy as np
from scipy import fft

from nfb.devices.head import blink_field, gaze_field, nearness
from nfb.devices.scenario import Event, EventKind
from nfb.model.samples import Float64

_SACCADE_S = 0.03  # the eyes' own movement; then they rest at the new place
_POP_SETTLES_S = 1.0
_MUSCLE_HZ = (20.0, 100.0)
_TEMPLES = ("FT7", "FT8")
_SHAKE_G = 0.25
_SHAKE_HZ = 4.0


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
