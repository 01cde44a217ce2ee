"""A recording as a source: the engine reads the file and hands its chunks and gaps in."""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace

import numpy as np

from nfb.model.commands import Command
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, RecordingError, SetupError
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, LinkChange, LinkState, SourceItem, as_chunk_samples

Item = SourceItem | Command


class ReplaySource:
    """Delivers ready-made items one after the other, then says once that the data have ended.

    Parameters
    ----------
    device
        The device that the items came from.
    items
        Chunks numbered from 0 without holes, and what lay between them: gaps, an operator's commands. A generator
        is closed with the source.
    chunk_samples
        Cut the samples anew into chunks of this size; None leaves them as they are. No chunk reaches across a gap
        or any other item.
    realtime
        True if taking the next item takes as long as it took to record it, so that the engine need not wait.
    """

    def __init__(
        self,
        device: DeviceInfo,
        items: Iterable[Item],
        *,
        chunk_samples: int | None = None,
        realtime: bool = False,
    ) -> None:
        if chunk_samples is not None and chunk_samples < 1:
            raise SetupError(f"replay: chunk_samples = {chunk_samples}: must be at least 1")
        self.info = device
        self.realtime = realtime
        self._given = iter(items)
        checked = _checked(self._given, device)
        self._items = checked if chunk_samples is None else rechunked(checked, chunk_samples)
        self._ended = False

    def open(self) -> None:
        """Nothing to connect to."""

    def read(self, timeout_s: float) -> list[Item]:
        """The next item, whatever `timeout_s` is; after the last one the end, then nothing.

        Raises
        ------
        RecordingError
            The items do not belong together: a hole in the numbering, or another number of channels.
        """
        if self._ended:
            return []
        item = next(self._items, None)
        if item is None:
            self._ended = True
            return [LinkChange(LinkState.ENDED, "End of the recording.")]
        return [item]

    def reconnect(self) -> None:
        raise DeviceError("A recording has no link to get back.", "Open it again to replay it from the beginning.")

    def receive_feedback(self, hop: HopResult) -> None:
        """A recorded person learns no more."""

    def close(self) -> None:
        self._ended = True
        if isinstance(self._given, Generator):
            self._given.close()


def _checked(items: Iterator[Item], device: DeviceInfo) -> Iterator[Item]:
    expected = 0
    for item in items:
        if isinstance(item, Chunk):
            if item.first_sample != expected:
                raise RecordingError(
                    f"{device.name}: a chunk begins at sample {item.first_sample}, expected {expected}: "
                    "received samples are numbered without holes"
                )
            if len(item.eeg) != device.n_channels:
                raise RecordingError(
                    f"{device.name}: sample {item.first_sample} has {len(item.eeg)} channels, "
                    f"the device {device.n_channels}"
                )
            expected = item.stop_sample
        yield item


def rechunked(items: Iterable[Item], chunk_samples: int) -> Iterator[Item]:
    """Cut chunks anew into `chunk_samples` each; the last before any other item may be shorter.

    A new chunk keeps its samples, time stamps and acceleration, and the arrival time of the newest chunk in it.
    """
    held: list[Chunk] = []
    n_held = 0
    for item in items:
        if isinstance(item, Chunk):
            held.append(item)
            n_held += item.n_samples
            if n_held < chunk_samples:
                continue
            whole = _joined(held)
            n_whole = n_held - n_held % chunk_samples
            for start in range(0, n_whole, chunk_samples):
                yield _part(whole, start, start + chunk_samples)
            n_held -= n_whole
            held = [_part(whole, n_whole, whole.n_samples)] if n_held else []
        else:
            if n_held:
                yield _joined(held)
            held, n_held = [], 0
            yield item
    if n_held:
        yield _joined(held)


def _joined(chunks: list[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    accelerations = [chunk.acceleration_g for chunk in chunks if chunk.acceleration_g is not None]
    return replace(
        chunks[-1],
        first_sample=chunks[0].first_sample,
        eeg=as_chunk_samples(np.concatenate([chunk.eeg for chunk in chunks], axis=1)),
        device_times_s=np.concatenate([chunk.device_times_s for chunk in chunks]),
        acceleration_g=(
            as_chunk_samples(np.concatenate(accelerations, axis=1)) if len(accelerations) == len(chunks) else None
        ),
    )


def _part(chunk: Chunk, start: int, stop: int) -> Chunk:
    return replace(
        chunk,
        first_sample=chunk.first_sample + start,
        eeg=as_chunk_samples(chunk.eeg[:, start:stop]),
        device_times_s=chunk.device_times_s[start:stop],
        acceleration_g=None
        if chunk.acceleration_g is None
        else as_chunk_samples(chunk.acceleration_g[:, start:stop]),
    )
