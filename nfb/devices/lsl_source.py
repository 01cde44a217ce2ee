"""EEG from any amplifier whose software offers a Lab Streaming Layer stream."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nfb.devices.lsl_library import Scope, Stream, find_stream, find_streams, load
from nfb.devices.lsl_words import LSL_WORDS
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, SetupError, nearest
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Gap, GapCause, LinkChange, LinkState, SourceItem, as_chunk_samples

DEVICE = "lsl"
PARAMS = {
    "stream": "name or source id of the stream; needed only if several EEG streams are seen",
    "unit": "unit of its numbers, V, mV, uV or nV, where the stream does not tell it (uV is assumed)",
    "scope": "machine (this computer, the default) or network",
}
FIND_S = 3.0
LOST_S = 5.0  # of silence, after which the stream is looked for again
_TO_UV = {"v": 1e6, "mv": 1e3, "uv": 1.0, "nv": 1e-3}
_SAME_UNIT = {"microvolt": "uv", "volt": "v", "millivolt": "mv", "nanovolt": "nv"}
# Stamps are of the sender's making and jitter with its bursts; a hole is longer than these do at their worst.
_HOLE_S = 0.5
_MAX_SAMPLES = 4096


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stream to take; `stream` empty for the only one of type EEG, `unit` empty for what the stream says."""

    stream: str = ""
    unit: str = ""
    scope: Scope = Scope.MACHINE


def parse_stream(params: Mapping[str, str]) -> Wanted:
    """Connection parameters as typed.

    Raises
    ------
    SetupError
        Unknown parameter, unit or scope.
    """
    for name in params:
        if name not in PARAMS:
            raise SetupError(
                f"{DEVICE}: parameter '{name}' is not known{nearest(name, PARAMS)}; it takes {', '.join(PARAMS)}."
            )
    unit = params.get("unit", "").strip()
    if unit and _factor(unit) is None:
        raise SetupError(f"{DEVICE}: unit = '{unit}': must be V, mV, uV or nV.")
    scope = params.get("scope", "").strip() or Scope.MACHINE.value
    if scope not in {each.value for each in Scope}:
        raise SetupError(f"{DEVICE}: scope = '{scope}': must be {' or '.join(each.value for each in Scope)}.")
    return Wanted(params.get("stream", "").strip(), unit, Scope(scope))


class LslSource:
    """A stream as a source; found when it is made, so that a session can be checked against its channels.

    Channels of other types than EEG (triggers, acceleration, counters) are left out where the stream tells types.
    Lost streams are told at once and found again by their source id, by name if they have none.

    Parameters
    ----------
    wanted
        From :func:`parse_stream`.
    find_s
        How long to look for the stream.

    Raises
    ------
    SetupError
        pylsl is missing, or the stream cannot be used: text, no fixed rate, no EEG channel.
    DeviceError
        No such stream is seen; those that are, are named.
    """

    realtime = True

    def __init__(self, wanted: Wanted, find_s: float = FIND_S) -> None:
        self._wanted = wanted
        self._lsl = load(wanted.scope)
        self._stream = _find(wanted, find_s)
        self._inlet: Any = None
        self._inlet = self._connected()
        description = _Description(self._inlet.info(find_s), self._stream, wanted.unit)
        self.info = description.device()
        self._rows = description.rows
        self._to_uv = description.to_uv
        self._told: list[SourceItem] = []
        self._assumed = description.assumed
        self._n_samples = 0
        self._newest_s = math.nan  # stamp of the newest sample, this computer's LSL clock
        self._heard_s = time.monotonic()
        self._cut_off = False  # lost or reconnected since the newest sample
        self._lost = False

    def open(self) -> None:
        self._inlet.flush()
        self._begin()
        if self._assumed:
            self._told.append(LinkChange(LinkState.WAITING, self._assumed))

    def read(self, timeout_s: float) -> list[SourceItem]:
        told, self._told = self._told, []
        if told:
            return told
        if self._lost:
            time.sleep(timeout_s)
            return []
        try:
            values, stamps = self._inlet.pull_chunk(
                timeout=timeout_s, max_samples=_MAX_SAMPLES, min_samples=1, as_numpy=True
            )
        except self._lsl.util.LostError:
            return [self._lose(LSL_WORDS["ended"])]
        arrived_s = time.monotonic()
        if len(stamps) == 0:
            if arrived_s - self._heard_s >= LOST_S:
                return [self._lose(LSL_WORDS["silent"].format(n=f"{LOST_S:g}"))]
            return []
        self._heard_s = arrived_s
        return self._items(values, stamps, arrived_s)

    def reconnect(self) -> None:
        self._close_inlet()
        found = _find_again(self._wanted.scope, self._stream)
        if found is None:
            raise DeviceError(LSL_WORDS["not seen"].format(stream=self._stream.name), LSL_WORDS["start in amplifier"])
        if (found.n_channels, found.rate_hz) != (self._stream.n_channels, self._stream.rate_hz):
            what = LSL_WORDS["other"].format(
                stream=found.name,
                n=found.n_channels,
                hz=f"{found.rate_hz:g}",
                n_before=self._stream.n_channels,
                hz_before=f"{self._stream.rate_hz:g}",
            )
            raise DeviceError(what, LSL_WORDS["set as before"])
        self._stream = found
        self._inlet = self._connected()
        self._begin()

    def receive_feedback(self, hop: HopResult) -> None:
        """An amplifier does not listen."""

    def close(self) -> None:
        self._close_inlet()
        self._lost = True

    # ------------------------------------------------------------------------------------------------ parts

    def _connected(self) -> Any:
        """An inlet whose stamps are on this computer's LSL clock."""
        # Without recover: a stream that is gone is told here, and found again in the engine's own time.
        inlet = self._lsl.StreamInlet(
            self._stream.handle, max_buflen=60, recover=False, processing_flags=self._lsl.proc_clocksync
        )
        try:
            inlet.open_stream(FIND_S)
        except (self._lsl.util.LostError, self._lsl.util.TimeoutError) as error:
            what = LSL_WORDS["out of reach"].format(stream=self._stream.name)
            raise DeviceError(what, LSL_WORDS["firewall"]) from error
        return inlet

    def _begin(self) -> None:
        """Measure the offset of the sender's clock and note it in the journal."""
        try:
            offset_s = self._inlet.time_correction(FIND_S)
        except (self._lsl.util.LostError, self._lsl.util.TimeoutError) as error:
            what = LSL_WORDS["no answer"].format(stream=self._stream.name)
            raise DeviceError(what, LSL_WORDS["start again"]) from error
        self._lost = False
        self._heard_s = time.monotonic()
        detail = LSL_WORDS["begun"].format(
            stream=self._stream.name, host=self._stream.host, ms=f"{1000 * offset_s:.3f}"
        )
        self._told.append(LinkChange(LinkState.WAITING, detail))

    def _items(self, values: NDArray[np.generic], stamps: NDArray[np.float64], arrived_s: float) -> list[SourceItem]:
        eeg = values[:, self._rows].T.astype(np.float64) * self._to_uv[:, np.newaxis]
        utc_offset_s = time.time() - self._lsl.local_clock()
        items: list[SourceItem] = []
        first = 0
        for stop, missing_s in self._holes(stamps):
            items += self._chunk(eeg[:, first:stop], stamps[first:stop] + utc_offset_s, arrived_s)
            cause = GapCause.LINK_LOST if self._cut_off else GapCause.PACKETS_LOST
            self._cut_off = False
            items.append(Gap(self._n_samples, round(missing_s * self.info.sampling_rate_hz), missing_s, cause))
            first = stop
        self._newest_s = float(stamps[-1])
        return items + self._chunk(eeg[:, first:], stamps[first:] + utc_offset_s, arrived_s)

    def _holes(self, stamps: NDArray[np.float64]) -> list[tuple[int, float]]:
        """Where samples are missing: position in the chunk and seconds. After a loss there is one in any case."""
        steps = np.diff(stamps, prepend=self._newest_s) - 1 / self.info.sampling_rate_hz
        places = np.flatnonzero(steps > _HOLE_S).tolist()
        if self._cut_off and 0 not in places:
            places.insert(0, 0)
        return [(place, max(0.0, float(np.nan_to_num(steps[place])))) for place in places]

    def _chunk(self, eeg: NDArray[np.float64], times_s: NDArray[np.float64], arrived_s: float) -> list[SourceItem]:
        if not eeg.shape[1]:
            return []
        chunk = Chunk(self._n_samples, as_chunk_samples(eeg), times_s, arrived_s)
        self._n_samples = chunk.stop_sample
        return [chunk]

    def _lose(self, why: str) -> LinkChange:
        self._lost = True
        self._cut_off = self._n_samples > 0
        return LinkChange(LinkState.LOST, why, "The session goes on as soon as the stream is back.")

    def _close_inlet(self) -> None:
        if self._inlet is not None:
            self._inlet.close_stream()
        self._inlet = None


class _Description:
    """What a stream says of itself, in the form that sessions use."""

    def __init__(self, info: Any, stream: Stream, unit: str) -> None:
        if stream.channel_format in ("string", "undefined"):
            raise SetupError(f"{DEVICE}: stream '{stream.name}' holds text, no samples. Choose a stream of EEG.")
        if not stream.rate_hz > 0:
            raise SetupError(f"{DEVICE}: stream '{stream.name}' has no fixed sampling rate. Choose a stream of EEG.")
        self._info = info
        self._stream = stream
        n = stream.n_channels
        labels = info.get_channel_labels() or [None] * n
        kinds = info.get_channel_types() or [None] * n
        units = info.get_channel_units() or [None] * n
        self.rows = [row for row in range(n) if (kinds[row] or "EEG").strip().upper() == "EEG"]
        if not self.rows:
            told = ", ".join(dict.fromkeys(str(kind) for kind in kinds))
            raise SetupError(f"{DEVICE}: stream '{stream.name}' has no channel of type EEG; it has {told}.")
        self.names = tuple((labels[row] or "").strip() or f"Ch{row + 1}" for row in self.rows)
        if len(set(self.names)) < len(self.names):
            raise SetupError(f"{DEVICE}: stream '{stream.name}' names two channels alike: {', '.join(self.names)}.")
        self.sites_named = all(labels[row] for row in self.rows)
        factors = [_factor(unit or units[row] or "") for row in self.rows]
        unknown = sorted({units[row] or "none" for row, factor in zip(self.rows, factors, strict=True) if not factor})
        self.assumed = (
            f"The stream does not tell its unit ({', '.join(unknown)}); µV is assumed. Another: --param unit=V"
            if unknown
            else ""
        )
        self.to_uv = np.array([factor or 1.0 for factor in factors])

    def device(self) -> DeviceInfo:
        desc = self._info.desc()
        acquisition = desc.child("acquisition")
        reference = desc.child("reference").child_value("label")
        return DeviceInfo(
            name=DEVICE,
            channel_names=self.names,
            sampling_rate_hz=self._stream.rate_hz,
            model=acquisition.child_value("model") or self._stream.name,
            manufacturer=acquisition.child_value("manufacturer"),
            serial=acquisition.child_value("serial_number") or self._stream.source_id,
            reference=reference or "n/a",
            sites_named=self.sites_named,
        )


def _factor(unit: str) -> float | None:
    """What a unit is in µV; None if it is no voltage.

    >>> _factor("microvolts"), _factor("µV"), _factor("V"), _factor("g")
    (1.0, 1.0, 1000000.0, None)
    """
    plain = unit.strip().lower().replace("µ", "u").replace("μ", "u").removesuffix("s")
    return _TO_UV.get(_SAME_UNIT.get(plain, plain))


def _find(wanted: Wanted, find_s: float) -> Stream:
    if wanted.stream:
        # A look of a tenth first: the stream is mostly there, and a wrong name is told after one full look.
        for key in ("name", "source_id"):
            found = find_stream(wanted.scope, key, wanted.stream, find_s / 10)
            if found is not None:
                return found
    seen = find_streams(wanted.scope, find_s)
    fit = [stream for stream in seen if wanted.stream in (stream.name, stream.source_id)]
    if not wanted.stream:
        fit = [stream for stream in seen if stream.kind.upper() == "EEG"]
        if len(fit) > 1:
            names = ", ".join(stream.name for stream in fit)
            raise SetupError(f"{DEVICE}: several EEG streams are seen: {names}. Choose one with --param stream=NAME.")
    if fit:
        return fit[0]
    names = ", ".join(f"'{stream.name}' ({stream.kind})" for stream in seen) or LSL_WORDS["none seen"]
    here = wanted.scope is Scope.MACHINE
    which = f"none{' named' if wanted.stream else ''}, {'computer' if here else 'network'}"
    what = LSL_WORDS[which].format(stream=wanted.stream, seen=names)
    raise DeviceError(what, LSL_WORDS["start, or network" if here else "start"])


def _find_again(scope: Scope, stream: Stream) -> Stream | None:
    key, value = ("source_id", stream.source_id) if stream.source_id else ("name", stream.name)
    return find_stream(scope, key, value, FIND_S)
