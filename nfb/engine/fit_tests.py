"""The blink test and the readiness of a signal check: what is asked of the client, and whether it was seen."""

import re
from collections import deque
from dataclasses import dataclass

import numpy as np

from nfb.dsp.artefacts import blink_channels
from nfb.dsp.quality import MAINS_UV, MUSCLE_UV, ChannelQuality
from nfb.dsp.spectrum import Mask
from nfb.model.device import DeviceInfo
from nfb.model.events import QualityReport
from nfb.model.montage import site_key
from nfb.model.samples import Chunk, Float64, Gap

BLINKS_WANTED = 3
READY_S = 5.0
_KEPT_S = 1.2
_BLINK_UV = 50.0
_SLOW_S = 0.05  # a running mean over so much takes muscle and hum out of the way
_APART_S = 0.35  # a blink lasts about 0.3 s
_SHARE = 0.5  # a channel shows a blink that is half as large there as where it is largest
# A blink stands out from the quietest quarter of what the channel did in the last 20 s, or large alpha and slow waves
# would be taken for blinks: in a minute with open eyes 84 times, so it is 1, with closed eyes 103 times, so 2. Of 33
# blinks recorded in two people 30 are counted.
_STANDS_OUT = 3.0
_USUAL_LOOKS, _LEAST_LOOKS = 200, 10  # ten a second
_NEAR_EYES = re.compile(r"(FP|AF)(Z|\d+)")
_AWAY_FROM_EYES = re.compile(r"(C|CP|P|PO|O|T|TP)(Z|\d+)")


@dataclass(frozen=True, slots=True)
class Swap:
    """Blinks show on channels where they do not belong, and not on as many where they do."""

    shown: tuple[str, ...]
    missing: tuple[str, ...]


class BlinkTest:
    """Counts blinks and remembers the channels that show them, in raw samples and without a reference to any guard.

    A blink is a slow wave of 50 µV or more, against the second around it, that is gone again and stands out from what
    the channel does otherwise; a drift is not.

    Parameters
    ----------
    device
        Channels, rate and reference.

    Attributes
    ----------
    count
        Blinks seen.
    seen_on
        Channels that showed the last one, largest first.
    """

    def __init__(self, device: DeviceInfo) -> None:
        rate_hz = device.sampling_rate_hz
        self._names = device.channel_names
        self._n_kept, self._n_slow = round(_KEPT_S * rate_hz), max(1, round(_SLOW_S * rate_hz))
        self._n_apart = round(_APART_S * rate_hz)
        self._parts: deque[Chunk] = deque()
        self._usual_uv: deque[Float64] = deque(maxlen=_USUAL_LOOKS)
        self._places = _Places(device)
        self._due = 0
        self._last = -self._n_kept
        self.count = 0
        self.seen_on: tuple[str, ...] = ()

    @property
    def swap(self) -> Swap | None:
        """What the last three blinks tell of electrodes that are swapped with one another; None if nothing."""
        return self._places.swap

    def begin(self) -> None:
        """Count from zero."""
        self.count, self.seen_on = 0, ()
        self._places.begin()

    def add(self, items: list[Chunk | Gap]) -> None:
        """Take what arrived; looks ten times a second."""
        for item in items:
            if isinstance(item, Gap):
                self._parts.clear()
                continue
            if self._parts and item.first_sample != self._parts[-1].stop_sample:  # nobody looked meanwhile
                self._parts.clear()
            self._parts.append(item)
            while len(self._parts) > 1 and item.stop_sample - self._parts[1].first_sample >= self._n_kept:
                self._parts.popleft()
            if item.stop_sample >= self._due and item.stop_sample - self._parts[0].first_sample >= self._n_kept:
                self._due = item.stop_sample + self._n_kept // 12
                self._look(item.stop_sample)

    def _look(self, stop: int) -> None:
        eeg = np.concatenate([part.eeg for part in self._parts], axis=1)[:, -self._n_kept :].astype(np.float64)
        slow = _running_mean(np.nan_to_num(eeg), self._n_slow)
        excursion = slow - np.median(slow, axis=1, keepdims=True)
        # The peak must have passed, with the signal back on both sides of it.
        edge = slow.shape[1] // 4
        middle_uv = np.abs(excursion[:, edge:-edge])
        peak_uv = middle_uv.max(axis=1)
        self._usual_uv.append(peak_uv)
        ends_uv = np.maximum(np.abs(excursion[:, :3]).max(axis=1), np.abs(excursion[:, -3:]).max(axis=1))
        size_uv = np.where(ends_uv < 0.5 * peak_uv, peak_uv, 0.0)
        if size_uv.max() < _BLINK_UV or len(self._usual_uv) < _LEAST_LOOKS:
            return
        size_uv[size_uv < _STANDS_OUT * np.quantile(np.array(self._usual_uv), 0.25, axis=0)] = 0.0
        largest = int(size_uv.argmax())
        if size_uv[largest] < _BLINK_UV:
            return
        since_edge = int(middle_uv[largest].argmax())
        at = stop - self._n_kept + edge + since_edge
        is_rising = since_edge >= middle_uv.shape[1] - self._n_slow
        if is_rising or at - self._last < self._n_apart:
            return
        self._last = at
        self.count += 1
        shows = size_uv >= _SHARE * size_uv[largest]
        self.seen_on = tuple(self._names[i] for i in np.argsort(-size_uv) if shows[i])
        self._places.take(shows, peak_uv < _SHARE * size_uv[largest])


class _Places:
    """Whether blinks show where they belong.

    Swapped electrodes trade places: as many channels that hardly ever show a blink do show it as channels where it
    belongs do not. A loose electrode, a movement that all channels show and a burst of alpha at the back look
    otherwise. At least two channels must show the blink, so that one channel at the eyes alone tells nothing. Of 19
    swaps made in six recordings 16 were told, most with the third clear blink; none was told of eleven recordings as
    they are.

    Parameters
    ----------
    device
        Channels and reference.
    """

    def __init__(self, device: DeviceInfo) -> None:
        self._names = device.channel_names
        keys = [site_key(name) for name in self._names]
        belonging = blink_channels(self._names, device.reference)
        # With the reference at the forehead blinks belong at the ears, and hardly show next to it.
        at_ears = any(_AWAY_FROM_EYES.fullmatch(keys[i]) for i in belonging)
        strange = _NEAR_EYES if at_ears else _AWAY_FROM_EYES
        self._strange = np.array([strange.fullmatch(key) is not None for key in keys])
        self._belongs = np.isin(np.arange(len(keys)), belonging)
        self._told: deque[tuple[Mask, Mask]] = deque(maxlen=BLINKS_WANTED)

    def begin(self) -> None:
        self._told.clear()

    def take(self, shows: Mask, lacks: Mask) -> None:
        """One blink, ``(n_channels,)`` each: which channels show it, and which have nothing of half its size."""
        shown, missing = shows & self._strange, lacks & self._belongs
        if not missing.any():
            self._told.clear()
        elif shown.sum() == missing.sum() and shows.sum() >= 2:
            self._told.append((shown, missing))

    @property
    def swap(self) -> Swap | None:
        if len(self._told) < BLINKS_WANTED:
            return None
        shown, missing = np.logical_and.reduce(self._told, axis=0)
        if not shown.any() or not missing.any():
            return None
        return Swap(self._called(shown), self._called(missing))

    def _called(self, channels: Mask) -> tuple[str, ...]:
        return tuple(self._names[i] for i in np.flatnonzero(channels))


def _running_mean(eeg: Float64, n: int) -> Float64:
    sums = np.cumsum(eeg, axis=1)
    return np.asarray((sums[:, n:] - sums[:, :-n]) / n)


class Readiness:
    """The needed sites must have been good for five seconds; reports come once a second.

    Parameters
    ----------
    used
        Channels that the protocol needs.
    sampling_rate_hz
        Of the device.
    """

    def __init__(self, used: tuple[int, ...], sampling_rate_hz: float) -> None:
        self._used, self._rate_hz = used, sampling_rate_hz
        self._good_since: int | None = None
        self._newest = 0

    def take(self, report: QualityReport) -> None:
        self._newest = report.sample
        if any(report.grades[i] != "good" for i in self._used):
            self._good_since = None
        elif self._good_since is None:
            self._good_since = report.sample

    @property
    def left_s(self) -> float | None:
        """Seconds until it is ready, 0 once it is; None while a needed site needs attention."""
        if self._good_since is None:
            return None
        return max(0.0, READY_S - (self._newest - self._good_since) / self._rate_hz)


def muscle_uv(contacts: tuple[ChannelQuality, ...], used: tuple[int, ...]) -> float:
    """Largest 20-45 Hz RMS among the channels in use, µV; NaN before the first look."""
    return max((contacts[i].fast_uv for i in used), default=float("nan")) if contacts else float("nan")


def is_relaxed(muscle: float) -> bool:
    """Whether the jaw lets the EEG through."""
    return muscle <= MUSCLE_UV


def mains_is_low(contacts: tuple[ChannelQuality, ...], used: tuple[int, ...]) -> bool:
    """Whether no channel in use hums."""
    return bool(contacts) and all(contacts[i].line_uv <= MAINS_UV for i in used)
