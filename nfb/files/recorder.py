"""Writes a live session to disk while it happens.

What a kill at any moment leaves behind is consistent: samples are written, unbuffered, before anything is computed
from them; events when they happen; then, once a second, a checkpoint and the feedback rows that it covers. So the
samples reach at least as far as the journal, and the journal at least as far as the feedback. A thread sends all of
it to the disk once a second, which bounds what a power cut costs.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import cast

import numpy as np

from nfb.files import bids, brainvision, feedback_table
from nfb.files.bids import Layout
from nfb.files.brainvision import Marker
from nfb.files.codec import Json, encode, json_text
from nfb.files.electrodes import write_electrodes
from nfb.files.feedback_table import RowFormatter, Words
from nfb.files.finish import gap_markers, marker_of, write_tables
from nfb.files.journal import gap_record, line, read_journal, to_record
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.session_file import JsonObject, describe, read_session, stamp, write_session
from nfb.files.storage import reason, write_atomic
from nfb.files.store import Continues, Store, continues_of, join
from nfb.model.commands import EndReason
from nfb.model.errors import RecordingError, SetupError
from nfb.model.events import Event, FilterFitted
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, DeviceStatus, Float32, Float64, Gap, LinkChange
from nfb.session.reasons import words as reason_words
from nfb.session.setup import Setup

LOW_BYTES = 500_000_000
TOO_LOW_BYTES = 100_000_000  # the samples still fit for hours; what can be computed again is left out
RAM_S = 30 * 60
_DISK_CHECK_S = 5.0


class Recorder:
    """One session on disk. Used by one thread.

    Calls come in the order of the session: :meth:`write_chunk` or :meth:`write_gap`, then what the session made of
    it, :meth:`write_events` before :meth:`write_hops`. No call raises for a disk that fails: the recording goes on
    in a fallback folder or in memory, and :meth:`problems` tells.

    Parameters
    ----------
    root
        The dataset; made if absent.
    client
        Code of the client: letters and digits.
    setup
        The session that is about to run.
    protocol_path_name
        Where the protocol was read from, as it should be shown.
    software
        Versions to note; those of the running program if None.
    started
        UTC at the first sample; now if None.
    fallback_roots
        Where to go on if `root` fails, best first.
    words
        Says in words why a hop did or did not earn a reward.

    Raises
    ------
    SetupError
        The client's code cannot name a folder.
    RecordingError
        Neither `root` nor a fallback can be written.
    """

    def __init__(
        self,
        root: Path,
        client: str,
        setup: Setup,
        *,
        protocol_path_name: str = "",
        software: Mapping[str, str] | None = None,
        started: datetime | None = None,
        fallback_roots: Sequence[Path] = (),
        words: Words = reason_words,
    ) -> None:
        self._subject = bids.subject_label(client)
        self._setup = setup
        self._started = started or datetime.now(UTC)
        self._part_folder = ""  # the last one that the journal was told
        if self._started.tzinfo is None:
            raise SetupError(f"started = {self._started}: has no time zone; use datetime.now(UTC)")
        self._protocol_path_name = protocol_path_name
        self._software = software
        self._rows = RowFormatter(setup, words)
        self._pending = [self._rows.head()]
        self._presented: list[tuple[int, float, float]] = []
        self._hop = -1
        self._checkpoint_sample = 0
        self._checkpoint_hop = -1
        self._n_markers = 1
        self._n_samples = 0
        self._disk_checked_s = float("-inf")
        self._disk_is_low = False
        self._only_raw = False
        self._delays_s: dict[str, Json] = {}
        self._aligned_rows: dict[str, int] = {}
        self._told: list[str] = []
        self._finished = False
        rate, n_channels = setup.device.sampling_rate_hz, setup.device.n_channels
        try:
            self._store = Store(
                (root, *fallback_roots),
                self._begin,
                frame_bytes=4 * n_channels,
                # Samples, and as much again for a fast device's rows and events.
                ram_bytes=int(RAM_S * rate * 4 * n_channels * 2) + 20_000_000,
            )
        except OSError as error:
            unwritable = RECORDING_WORDS["unwritable"].format(reason=reason(error))
            raise RecordingError(f"{root}: {unwritable}") from error

    # ------------------------------------------------------------------------------------------------ state

    @property
    def folder(self) -> Path:
        """The session's folder, ``sub-…/ses-…``."""
        return self._store.layout.folder

    @property
    def layout(self) -> Layout:
        return self._store.layout

    @property
    def n_samples(self) -> int:
        """Samples taken so far."""
        return self._n_samples

    def hours_left(self) -> float:
        """How long the disk lasts at this rate; NaN if that cannot be told."""
        free = self._store.free_bytes()
        if free is None:
            return float("nan")
        device = self._setup.device
        # A row takes about 60 bytes once compressed.
        bytes_per_s = 4 * device.n_channels * device.sampling_rate_hz + 60 / self._setup.hop_s
        return free / bytes_per_s / 3600

    def problems(self) -> tuple[str, ...]:
        """What went wrong with the disk since the last call, one plain sentence each."""
        new = []
        while self._store.problems:
            new.append(self._store.problems.popleft())
        self._told += new
        return tuple(new)

    # ------------------------------------------------------------------------------------------------ writing

    def write_chunk(self, chunk: Chunk) -> None:
        """Append samples; on return they are with the operating system and survive a kill."""
        if chunk.first_sample != self._n_samples:
            raise RecordingError(
                f"chunk.first_sample = {chunk.first_sample}: must be {self._n_samples}, the number of samples so far"
            )
        store = self._store
        store.append("eeg", brainvision.frames(chunk.eeg))
        if chunk.acceleration_g is not None:
            self._append_aligned("acceleration", chunk.acceleration_g.T, 3, "<f4")
        if not np.isnan(chunk.device_times_s).all() and not self._only_raw:
            self._append_aligned("device_times", chunk.device_times_s, 1, "<f8")
        self._n_samples = chunk.stop_sample

    def write_gap(self, gap: Gap) -> None:
        """Note lost samples; to be called before the samples that follow them are written."""
        self._journal(gap_record(gap, self._hop), time.monotonic())
        for marker in gap_markers(gap):
            self._mark(marker)

    def write_events(self, events: Sequence[Event], mono_s: float) -> None:
        """Note what the session reported at `mono_s` on the host's monotonic clock."""
        for event in events:
            self._journal(to_record(event), mono_s)
            self._rows.note(event)
            marker = marker_of(event)
            if marker is not None:
                self._mark(marker)
            if isinstance(event, FilterFitted):
                names = [feature.name for feature in self._setup.features]
                self._delays_s = {name: encode(value) for name, value in zip(names, event.delays_s, strict=False)}

    def write_hops(self, hops: Sequence[HopResult], arrived_s: float, decided_s: float) -> None:
        """Note decisions; the events of the same samples have been written before."""
        if not hops:
            return
        self._hop = hops[-1].hop
        times = feedback_table.live_times(arrived_s, decided_s)
        row = self._rows.row
        if not self._only_raw:
            self._pending.extend([row(hop, times) for hop in hops])
        if hops[-1].sample - self._checkpoint_sample >= self._setup.device.sampling_rate_hz - self._setup.hop_samples:
            self._checkpoint(hops[-1].hop, hops[-1].sample)

    def write_presented(self, rows: Sequence[tuple[int, float, float]]) -> None:
        """Note when updates reached the client: hop, when it was shown, when it was heard (NaN for what was not)."""
        if not self._only_raw:
            self._presented.extend(rows)

    def write_link(self, change: LinkChange, mono_s: float) -> None:
        """Note what became of the link."""
        self._note("link_change", cast(JsonObject, encode(change)), mono_s)

    def write_status(self, status: DeviceStatus, mono_s: float) -> None:
        """Note battery and impedances."""
        self._note("device_status", cast(JsonObject, encode(status)), mono_s)

    def finish(self, end_reason: EndReason, summary: Mapping[str, object] | None = None) -> None:
        """Write what is left, join parts, and turn the files into a finished recording. May be called twice."""
        if self._finished:
            return
        self._finished = True
        store = self._store
        self._checkpoint(self._hop, max(0, self._n_samples - 1))
        self._note("finished", {"reason": end_reason.name}, time.monotonic())
        store.sync()
        waiting = store.in_memory_bytes
        layouts = store.layouts
        store.close()
        if waiting:
            store.problems.append(f"{waiting} bytes could not be written to any folder and are lost.")
        try:
            self._join(layouts)
            content = self._describe(store.layout, None)
            content.update(
                state="finished",
                ended_utc=stamp(datetime.now(UTC)),
                end_reason=end_reason.name,
                delays_s=self._delays_s,
                summary=encode(dict(summary or {})),
                problems=[*self._told, *store.problems],
            )
            journal = read_journal(store.layout.journal)
            n_samples = store.layout.eeg("eeg").stat().st_size // (4 * self._setup.device.n_channels)
            write_tables(store.layout, self._setup, journal, n_samples, self._started)
            write_session(store.layout, content)
        except (OSError, RecordingError) as error:
            words = reason(error) if isinstance(error, OSError) else str(error)
            store.problems.append(
                f"{self.folder}: could not be finished: {words}. All samples are kept; "
                "free some disk space and run `nfb recover`."
            )

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(EndReason.STOPPED if error is None else EndReason.ERROR)

    # ------------------------------------------------------------------------------------------------ inside

    def _begin(self, root: Path, continues: Continues | None) -> Layout:
        """Make the tree of a new recording or part, with everything that is known before the first sample."""
        root.mkdir(parents=True, exist_ok=True)
        bids.write_dataset(root)
        layout = bids.claim_session(root, self._subject, bids.task_label(self._setup.protocol.id))
        try:
            write_session(layout, self._describe(layout, continues))
            write_atomic(layout.eeg("vhdr"), brainvision.header(self._setup.device, layout.stem))
            write_atomic(layout.eeg("vmrk"), brainvision.marker_head(layout.stem, self._started))
            write_atomic(layout.feedback_columns, json_text(feedback_table.column_descriptions(self._setup)))
            bids.write_sidecars(layout, self._setup)
            write_electrodes(layout, self._setup.device)
            bids.write_events(layout)
            bids.add_participant(root, self._subject)
        except OSError:
            for folder in (layout.folder, layout.derivatives):
                with suppress(OSError):
                    rmtree(folder)
            raise
        return layout

    def _describe(self, layout: Layout, continues: Continues | None) -> JsonObject:
        content = describe(self._setup, layout, self._started, self._protocol_path_name, self._software)
        content["continues"] = encode(continues)
        return content

    def _journal(self, record: JsonObject, mono_s: float) -> None:
        record = {
            "hop": record.pop("hop"),
            "sample": record.pop("sample"),
            "utc": stamp(datetime.now(UTC)),
            "mono_s": encode(mono_s),
            **record,
        }
        self._store.append("journal", line(record))

    def _note(self, name: str, values: JsonObject, mono_s: float) -> None:
        """A line of the recorder's own."""
        self._journal({"hop": self._hop, "sample": self._n_samples, "event": name, **values}, mono_s)

    def _mark(self, marker: Marker) -> None:
        # Positions in a later part would be its own; its markers are made from the journal when it is joined.
        if self._store.at_home:
            self._n_markers += 1
            self._store.append("markers", brainvision.marker_line(self._n_markers, marker).encode())

    def _append_aligned(self, name: str, values: Float32 | Float64, width: int, dtype: str) -> None:
        """Append rows that belong to the samples of this chunk; samples before them that had none get NaN."""
        behind = self._n_samples - self._aligned_rows.get(name, 0)
        if behind:
            self._store.append(name, np.full(behind * width, np.nan, dtype=dtype).tobytes())
        self._store.append(name, np.ascontiguousarray(values, dtype=dtype).tobytes())
        self._aligned_rows[name] = self._n_samples + len(values)

    def _checkpoint(self, hop: int, sample: int) -> None:
        self._checkpoint_sample = sample
        now_s = time.monotonic()
        self._journal({"hop": hop, "sample": sample, "event": "checkpoint"}, now_s)
        if self._pending:
            self._store.append("feedback", feedback_table.member("".join(self._pending)))
            self._pending.clear()
        if self._presented:
            self._store.append("presented", np.array(self._presented, dtype="<f8").tobytes())
            self._presented.clear()
        self._store.check()
        folder = str(self._store.layouts[-1].folder) if self._store.layouts else ""
        if folder and folder != self._part_folder:
            self._part_folder = folder
            self._note("storage", {"folder": folder}, now_s)
        if now_s - self._disk_checked_s >= _DISK_CHECK_S:
            self._disk_checked_s = now_s
            self._watch_disk()

    def _watch_disk(self) -> None:
        free = self._store.free_bytes()
        if free is None:
            return
        only_raw, low = free < TOO_LOW_BYTES, free < LOW_BYTES
        where = self._store.layouts[-1].root if self._store.layouts else self._store.layout.root
        if only_raw and not self._only_raw:
            self._store.problems.append(
                f"{where}: {free / 1e6:.0f} MB free: only samples and events are recorded now. Free some disk space."
            )
        elif low and not self._disk_is_low:
            self._store.problems.append(
                f"{where}: {free / 1e6:.0f} MB free, enough for {self.hours_left():.1f} hours. Free some disk space."
            )
        self._only_raw, self._disk_is_low = only_raw, low

    def _join(self, layouts: tuple[Layout, ...]) -> None:
        for part in layouts[1:]:
            continues = continues_of(read_session(part))
            try:
                if continues is not None:
                    join(layouts[0], part, continues)
            except OSError as error:
                self._store.problems.append(
                    f"{part.folder}: holds the rest of {layouts[0].folder} and could not be joined to it: "
                    f"{reason(error)}. Free some disk space and run `nfb recover {part.root}`."
                )
                raise
