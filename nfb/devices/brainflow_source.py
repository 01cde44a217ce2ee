"""EEG boards as a :class:`~nfb.devices.source.Source`, through BrainFlow in a process of its own."""

import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from nfb.devices import faults
from nfb.devices.catalogue import Link, device_info, find_device, parse_params
from nfb.devices.counter import GapFinder, Hole
from nfb.devices.driver_host import RELEASE_LIMIT_S
from nfb.devices.host_link import Batch, Ended, HostLink, Message, Told
from nfb.model.errors import DeviceError
from nfb.model.hop import HopResult
from nfb.model.samples import (
    Chunk,
    DeviceStatus,
    Gap,
    GapCause,
    LinkChange,
    LinkState,
    SourceItem,
    as_chunk_samples,
)

STALLED_S = 0.5
LOST_S = 2.0
_CLOSE_WAIT_S = 0.5
# Only radios need time to say goodbye; a headset that was not told goes on believing that it is connected.
_CABLE_RELEASE_S = 1.5
_KILL_S = 0.5
_PLATFORMS = {"win32": "windows", "darwin": "macos"}


def log_file(device: str) -> Path:
    """The driver's log of `device`, in the user's log folder."""
    return Path(platformdirs.user_log_dir("nfb", appauthor=False)) / f"driver-{device}.log"


class BrainFlowSource:
    """A board of the catalogue.

    Parameters
    ----------
    device_name
        Key of :data:`nfb.devices.catalogue.DEVICES`.
    params
        Connection parameters, see :func:`nfb.devices.catalogue.parse_params`.
    first_sample_timeout_s
        How long to wait for the first sample after the start; the catalogue's value if None.

    Raises
    ------
    SetupError
        Unknown device, or parameters it does not take.

    Notes
    -----
    All methods but :meth:`cancel` and :meth:`close` belong to one thread.
    """

    realtime = True

    def __init__(
        self, device_name: str, params: Mapping[str, str], *, first_sample_timeout_s: float | None = None
    ) -> None:
        self._device = find_device(device_name)
        self._params = parse_params(device_name, params)
        self._first_sample_timeout_s = first_sample_timeout_s or self._device.first_sample_timeout_s
        self.info = device_info(self._device, self._params)
        self._gaps = GapFinder(self._device.counter, self.info.sampling_rate_hz)
        self._host: HostLink | None = None
        self._host_lock = threading.Lock()  # between the thread that connects and the one that cancels
        self._cancelled = False
        self._link = LinkState.CONNECTING
        self._backlog: list[Message] = []  # what came before the first read
        self._next_sample = 0
        self._newest_s: float | None = None  # arrival of the newest sample
        self._interrupted = False  # a lost link came back, and no sample has been passed on since

    @property
    def host_pid(self) -> int | None:
        """Process id of the driver host, if one was started."""
        return None if self._host is None else self._host.pid

    def open(self) -> None:
        """Connect, start, and wait for the first sample. Blocks; raises :class:`~nfb.model.errors.DeviceError`."""
        platform = _PLATFORMS.get(sys.platform, "linux")
        if platform not in self._device.platforms:
            raise faults.wrong_platform(self._device)
        try:
            self._start_host()
            self._await_stream()
        except DeviceError:
            self._link = LinkState.LOST
            self._stop_host(_CLOSE_WAIT_S)
            raise
        self._link = LinkState.STREAMING

    def cancel(self) -> None:
        """Make a blocked :meth:`open` or :meth:`reconnect` end now, from any thread; then only close the source."""
        with self._host_lock:
            self._cancelled = True
            if self._host is not None:
                self._host.kill()

    def read(self, timeout_s: float) -> list[SourceItem]:
        """What has arrived; see :class:`~nfb.devices.source.Source`."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            messages = self._arrived(min(deadline_s, self._next_alarm_s()))
            items = self._receive(messages)
            now_s = time.monotonic()
            items += self._alarms(now_s)
            if items or now_s >= deadline_s:
                return items

    def reconnect(self) -> None:
        """End the host and start a new one; see :class:`~nfb.devices.source.Source`."""
        # The old host holds the port until it is gone.
        self._stop_host(self._release_s + _KILL_S)
        self._gaps.reset()
        self._interrupted = self._newest_s is not None
        self.open()

    def receive_feedback(self, hop: HopResult) -> None:
        """Boards do not listen."""

    def close(self) -> None:
        """Release the board. Takes at most a second; a slow release goes on behind it."""
        with self._host_lock:
            self._cancelled = True
        self._stop_host(_CLOSE_WAIT_S)

    # -- the host ------------------------------------------------------------------------------------------------

    @property
    def _release_s(self) -> float:
        radio = self._device.link in (Link.BLUETOOTH_LE, Link.BLUETOOTH, Link.DONGLE)
        return RELEASE_LIMIT_S if radio else _CABLE_RELEASE_S

    def _start_host(self) -> None:
        self._link = LinkState.CONNECTING
        self._backlog = []
        with self._host_lock:
            if self._cancelled:
                raise faults.cancelled(self._device)
            try:
                self._host = HostLink(self._device.board_id, self._params, log_file(self._device.name))
            except OSError as error:
                raise faults.host_not_started(self._device, error.strerror or str(error)) from error

    def _stop_host(self, wait_s: float) -> None:
        if self._host is not None:
            self._host.stop(wait_s, self._release_s)

    def _await_stream(self) -> None:
        """Follow the host from its start to the first sample, which is kept for the first read."""
        assert self._host is not None
        waits_s = self._device.prepare_timeout_s
        deadline_s = time.monotonic() + waits_s
        while True:
            message = self._host.get(deadline_s - time.monotonic())
            match message:
                case None if self._link is LinkState.WAITING:
                    raise faults.no_first_sample(self._device, waits_s)
                case None:
                    self._host.kill()  # it hangs in native code and would not hear a polite request
                    raise faults.no_answer(self._device, waits_s)
                case Batch():
                    self._backlog.append(message)
                    return
                case Told(event="prepared", values={"n_eeg": int(n_eeg)}):
                    if n_eeg != self.info.n_channels:
                        raise faults.wrong_channels(self._device, n_eeg)
                case Told(event="started"):
                    self._link = LinkState.WAITING
                    waits_s = self._first_sample_timeout_s
                    deadline_s = time.monotonic() + waits_s
                case Told() | Ended():
                    raise self._fault(message)

    def _fault(self, message: Told | Ended) -> DeviceError:
        """Why the host gave up."""
        match message:
            case _ if self._cancelled:
                return faults.cancelled(self._device)
            case Told(event="port in use"):
                return faults.port_in_use(self._params)
            case Told(event="fault", values={"stage": str(stage), "code": int(code), "log_line": str(log_line)}):
                return faults.driver_fault(self._device, faults.Stage(stage), code, log_line, self._params)
            case Ended(exit_code=exit_code):
                return faults.host_ended(self._device, exit_code)
        raise AssertionError(f"unknown message from the driver host: {message}")

    # -- reading -------------------------------------------------------------------------------------------------

    def _arrived(self, until_s: float) -> list[Message]:
        """All messages that are there; waits for one until `until_s`."""
        messages, self._backlog = self._backlog, []
        if self._host is None:
            return messages
        if not messages:
            message = self._host.get(until_s - time.monotonic())
            if message is not None:
                messages.append(message)
        while (message := self._host.get(0.0)) is not None:
            messages.append(message)
        return messages

    def _receive(self, messages: list[Message]) -> list[SourceItem]:
        items = self._samples([message for message in messages if isinstance(message, Batch)])
        for message in messages:
            match message:
                case Told(event="status"):
                    items.append(self._status(message))
                case Told() | Ended():
                    if self._link is not LinkState.LOST:
                        self._link = LinkState.LOST
                        fault = self._fault(message)
                        items.append(LinkChange(LinkState.LOST, fault.what, fault.way_out))
        return items

    def _samples(self, batches: list[Batch]) -> list[SourceItem]:
        """Chunks, cut where samples are missing, with the gaps between them."""
        if not batches:
            return []
        items: list[SourceItem] = []
        was_lost = self._interrupted or self._link is LinkState.LOST
        if self._link is not LinkState.STREAMING or self._interrupted:
            self._link = LinkState.STREAMING
            items.append(LinkChange(LinkState.STREAMING))
        holes: list[Hole] = []
        n_before = 0
        for batch in batches:
            found = self._gaps.feed(batch.rows[0], batch.arrived_s)
            holes += [Hole(n_before + hole.at, hole.missing) for hole in found]
            n_before += batch.rows.shape[1]
        rows = batches[0].rows if len(batches) == 1 else np.concatenate([b.rows for b in batches], axis=1)
        if self._interrupted:
            items.append(self._outage(batches[0]))
            self._interrupted = False
        arrived_s = batches[-1].arrived_s
        start = 0
        for hole in [*holes, Hole(rows.shape[1], 0)]:
            if hole.at > start:
                items.append(self._chunk(rows[:, start : hole.at], arrived_s))
            if hole.missing:
                cause = GapCause.LINK_LOST if was_lost else GapCause.PACKETS_LOST
                missing_s = hole.missing / self.info.sampling_rate_hz
                items.append(Gap(self._next_sample, hole.missing, missing_s, cause))
                was_lost = False
            start = hole.at
        self._newest_s = arrived_s
        return items

    def _outage(self, first: Batch) -> Gap:
        """The gap that a reconnect leaves; the counter began anew, so the clock tells its length."""
        assert self._newest_s is not None
        rate_hz = self.info.sampling_rate_hz
        missing = max(0, round((first.arrived_s - self._newest_s) * rate_hz) - first.rows.shape[1])
        return Gap(self._next_sample, missing, missing / rate_hz, GapCause.LINK_LOST)

    def _chunk(self, rows: NDArray[np.float64], arrived_s: float) -> Chunk:
        n_eeg = self.info.n_channels
        times_s = rows[1].copy()
        times_s.flags.writeable = False
        acceleration = rows[2 + n_eeg :]
        # Zeros on all axes come before the first reading, or always where the sensor is off: at rest it shows 1 g.
        measured = self._device.acceleration and bool(acceleration.any(axis=0).all())
        chunk = Chunk(
            first_sample=self._next_sample,
            eeg=as_chunk_samples(rows[2 : 2 + n_eeg]),
            device_times_s=times_s,
            arrived_s=arrived_s,
            acceleration_g=as_chunk_samples(acceleration) if measured else None,
        )
        self._next_sample = chunk.stop_sample
        return chunk

    def _status(self, told: Told) -> DeviceStatus:
        battery, resistances = told.values.get("battery_percent"), told.values.get("resistance_ohm")
        ohms = resistances if isinstance(resistances, list) else []
        # Zero is what the boards send before anything was measured.
        impedances = {name: ohm / 1000 for name, ohm in zip(self.info.channel_names, ohms, strict=False) if ohm > 0}
        return DeviceStatus(
            battery_percent=battery if isinstance(battery, float) and battery > 0 else None,
            impedance_kohm=impedances if self.info.measures_impedance else {},
        )

    def _next_alarm_s(self) -> float:
        """When the link state changes if nothing comes."""
        if self._newest_s is None or self._link not in (LinkState.STREAMING, LinkState.STALLED):
            return float("inf")
        return self._newest_s + (STALLED_S if self._link is LinkState.STREAMING else LOST_S)

    def _alarms(self, now_s: float) -> list[SourceItem]:
        """Link states that silence has led to."""
        items: list[SourceItem] = []
        while now_s >= self._next_alarm_s():
            fault = faults.silent(self._device)
            self._link = LinkState.STALLED if self._link is LinkState.STREAMING else LinkState.LOST
            items.append(LinkChange(self._link, fault.what, fault.way_out))
        return items
