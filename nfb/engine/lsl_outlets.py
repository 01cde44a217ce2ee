"""Lab Streaming Layer outlets: raw EEG, one row of decisions per hop, and markers.

========================  =======  ==========================================================================
``NFB-EEG``               EEG      float32 µV, every recorded sample at the device's rate
``NFB-Feature``           Feature  double64, one sample per hop: each feature and threshold in its unit,
                                   ``feedback`` 0..1, and ``artefact``, ``in_range``, ``reward`` as 0 or 1
``NFB-Markers``           Markers  string, irregular: :func:`nfb.engine.outlets.marker_text`
========================  =======  ==========================================================================

Channels, units, reference, device and synchronization are described as the XDF meta-data specification has it, and
the streams are named as in an exported XDF file. A time stamp is when the sample arrived, on LSL's clock; hops and
markers carry the stamp of the sample that they belong to. The estimated delay from electrode to computer is in
``synchronization/offset_mean``.
"""

import logging
import math
import time
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from nfb import __version__
from nfb.devices.lsl_library import Scope, load
from nfb.engine.outlets import marker_text
from nfb.model.device import DeviceInfo
from nfb.model.events import Event, GapSeen
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Gap, LinkChange
from nfb.session.setup import Setup

log = logging.getLogger(__name__)

# liblsl sends in threads of its own and cannot be asked whether all has gone out.
LINGER_S = 0.5
_EEG, _FEATURES, _MARKERS = range(3)
_DECISIONS = ("feedback", "artefact", "in_range", "reward")


class LslOutlets:
    """The three streams of one session.

    Pushing hands samples to liblsl's buffers (six minutes) and returns; nobody who listens, or listens slowly, can
    hold a hop up.

    Raises
    ------
    SetupError
        pylsl is missing, or LSL is in use with another scope.
    """

    def __init__(self, scope: Scope = Scope.MACHINE) -> None:
        self._lsl: ModuleType = load(scope)
        self._outlets: tuple[Any, ...] = ()
        self._clock = _SampleClock(self._lsl)

    def open(self, setup: Setup) -> None:
        device = setup.device
        self._clock = _SampleClock(self._lsl, device.sampling_rate_hz)
        eeg = self._info(device, "NFB-EEG", "EEG", device.n_channels, device.sampling_rate_hz, "float32")
        _describe_channels(eeg, [(name, "microvolts", "EEG") for name in device.channel_names])
        _describe_device(eeg, device)
        channels = [(f"feature.{each.name}", each.unit, "Feature") for each in setup.features]
        channels += [(f"threshold.{each.name}", each.unit, "Threshold") for each in setup.features]
        channels += [(name, "1", "Decision") for name in _DECISIONS]
        features = self._info(device, "NFB-Feature", "Feature", len(channels), 1 / setup.hop_s, "double64")
        _describe_channels(features, channels)
        markers = self._info(device, "NFB-Markers", "Markers", 1, 0.0, "string")
        _describe_channels(markers, [("marker", "", "Markers")])
        self._outlets = tuple(self._lsl.StreamOutlet(info) for info in (eeg, features, markers))

    def take(self, item: Chunk | Gap) -> None:
        if isinstance(item, Chunk):
            stamp_s = self._clock.take(item)
            if item.n_samples:
                self._push(_EEG, np.ascontiguousarray(item.eeg.T), stamp_s)
        else:
            self._clock.skip(item)

    def take_events(self, events: Sequence[Event]) -> None:
        for event in events:
            text = marker_text(event)
            if text is not None:
                sample = event.gap.sample if isinstance(event, GapSeen) else event.sample
                self._push(_MARKERS, [[text]], self._clock.at(sample))

    def take_hops(self, hops: Sequence[HopResult]) -> None:
        if not hops:
            return
        rows = [
            (*hop.features, *hop.thresholds, hop.feedback, hop.artefact, hop.in_range, hop.reward) for hop in hops
        ]
        self._push(_FEATURES, np.array(rows, dtype=np.float64), [self._clock.at(hop.sample) for hop in hops])

    def take_link(self, change: LinkChange) -> None:
        self._push(_MARKERS, [[f"link {change.state.value}"]], self._lsl.local_clock())

    def close(self) -> None:
        if any(outlet.have_consumers() for outlet in self._outlets):
            time.sleep(LINGER_S)
        self._outlets = ()

    def _push(self, which: int, values: object, stamps_s: float | list[float]) -> None:
        if not self._outlets:
            return
        try:
            self._outlets[which].push_chunk(values, stamps_s)
        except RuntimeError:  # the base of pylsl's errors
            log.exception("LSL outlets are closed; the session goes on without them")
            self._outlets = ()

    def _info(self, device: DeviceInfo, name: str, kind: str, n_channels: int, rate_hz: float, fmt: str) -> Any:
        # The same stream of the next session has the same id, so that a listener finds it again by itself.
        return self._lsl.StreamInfo(name, kind, n_channels, rate_hz, fmt, f"nfb-{kind.lower()}-{device.name}")


class _SampleClock:
    """Time of each sample on LSL's clock: when it arrived, or counted on where samples come faster than life."""

    def __init__(self, lsl: ModuleType, rate_hz: float = 1.0) -> None:
        self._lsl = lsl
        self._rate_hz = rate_hz
        self._newest = -1
        self._stamp_s = math.nan

    def take(self, chunk: Chunk) -> float:
        """The stamp of the chunk's newest sample."""
        if math.isfinite(chunk.arrived_s):
            # Both clocks are monotonic, but not on every system the same.
            self._stamp_s = self._lsl.local_clock() - (time.monotonic() - chunk.arrived_s)
        elif math.isnan(self._stamp_s):
            self._stamp_s = self._lsl.local_clock()
        else:
            self._stamp_s += (chunk.stop_sample - 1 - self._newest) / self._rate_hz
        self._newest = chunk.stop_sample - 1
        return self._stamp_s

    def skip(self, gap: Gap) -> None:
        self._stamp_s += gap.missing_s

    def at(self, sample: int) -> float:
        stamp_s = self._stamp_s if math.isfinite(self._stamp_s) else float(self._lsl.local_clock())
        return stamp_s + (sample - self._newest) / self._rate_hz


def _describe_channels(info: Any, channels: Sequence[tuple[str, str, str]]) -> None:
    node = info.desc().append_child("channels")
    for label, unit, kind in channels:
        channel = node.append_child("channel")
        channel.append_child_value("label", label)
        channel.append_child_value("unit", unit)
        channel.append_child_value("type", kind)


def _describe_device(info: Any, device: DeviceInfo) -> None:
    info.desc().append_child("reference").append_child_value("label", device.reference)
    acquisition = info.desc().append_child("acquisition")
    for name, text in (
        ("manufacturer", device.manufacturer),
        ("model", device.model or device.name),
        ("software", f"nfb {__version__}"),
    ):
        acquisition.append_child_value(name, text)
    synchronization = info.desc().append_child("synchronization")
    synchronization.append_child_value("offset_mean", repr(device.transport_delay_s))
    synchronization.append_child_value("can_drop_samples", "true")
