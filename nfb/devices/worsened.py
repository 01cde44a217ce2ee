"""A source whose signal can be made worse on request, to learn what the alarms look and sound like."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nfb.devices.disturbance import potentials_uv
from nfb.devices.scenario import EventKind, event
from nfb.devices.source import Source
from nfb.model.commands import Command
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Float64, Gap, GapCause, LinkChange, LinkState, SourceItem, as_chunk_samples

# Long enough to see each alarm come and go: muscle clears after a second, contact pauses after ten, a lost link asks
# what to do after ten.
LASTS_S = {
    EventKind.BLINK: 0.3,
    EventKind.MUSCLE: 3.0,
    EventKind.FLAT: 14.0,
    EventKind.STALL: 3.0,
    EventKind.LINK_LOSS: 14.0,
}
KINDS = tuple(LASTS_S)
_BLINKS, _BLINK_EVERY_S = 3, 0.9
_AWAY = (EventKind.STALL, EventKind.LINK_LOSS)


@dataclass(frozen=True, slots=True, eq=False)
class _Wave:
    """``(n_channels, n)`` µV added from sample `first`; `flat` channels stand still meanwhile (-1: none)."""

    first: int
    added_uv: Float64
    flat: int = -1

    @property
    def stop(self) -> int:
        return self.first + int(self.added_uv.shape[1])


class WorsenedSource:
    """Hands on what another source delivers, with disturbances that were asked for.

    Samples that are withheld during a drop-out or a lost link never come: they are told by a gap, and the numbering
    goes on without holes, as with a headset.

    Parameters
    ----------
    source
        Where the samples come from.
    site
        The electrode that loses contact on request; the device's first where it has no such site.
    """

    def __init__(self, source: Source, site: str = "") -> None:
        self._source = source
        self.info: DeviceInfo = source.info
        self.realtime = source.realtime
        self._site = site
        self._asked: deque[EventKind] = deque()  # filled from any thread
        self._waves: list[_Wave] = []
        self._next = 0  # number of the sample that is delivered next
        self._lost = 0  # samples withheld so far
        self._withheld = 0  # in the present outage
        self._away: EventKind | None = None
        self._rng = np.random.default_rng(0)

    def worsen(self, kind: EventKind) -> None:
        """Make the signal worse from the next chunk on; from any thread."""
        self._asked.append(kind)

    def open(self) -> None:
        self._source.open()
        self.info = self._source.info

    def cancel(self) -> None:
        """Cut :meth:`open` or :meth:`reconnect` short, where the source can."""
        cancel = getattr(self._source, "cancel", None)
        if cancel is not None:
            cancel()

    def reconnect(self) -> None:
        if self._away is not EventKind.LINK_LOSS:
            self._source.reconnect()
        elif not self._is_back:
            raise DeviceError("The headset does not answer (asked for).", "It will be back in a few seconds.")

    def receive_feedback(self, hop: HopResult) -> None:
        self._source.receive_feedback(hop)

    def close(self) -> None:
        self._source.close()

    def read(self, timeout_s: float) -> Sequence[SourceItem | Command]:
        items: list[SourceItem | Command] = []
        while self._asked and self._away is None:
            items += self._begin(self._asked.popleft())
        if self._away is not None:
            return items + self._withhold(timeout_s)
        for item in self._source.read(timeout_s):
            items.append(self._handed_on(item))
        return items

    def _begin(self, kind: EventKind) -> list[SourceItem]:
        if kind in _AWAY:
            self._away, self._withheld = kind, 0
            if kind is EventKind.LINK_LOSS:
                return [LinkChange(LinkState.LOST, "The link to the headset broke (asked for).", "Wait a moment.")]
            return []
        rate_hz, names = self.info.sampling_rate_hz, self.info.channel_names
        n = round(LASTS_S[kind] * rate_hz)
        if kind is EventKind.FLAT:
            loose = names.index(self._site) if self._site in names else 0
            self._waves.append(_Wave(self._next, np.zeros((len(names), n)), loose))
            return []
        wanted = event(kind, 0.0, LASTS_S[kind])
        for i in range(_BLINKS if kind is EventKind.BLINK else 1):
            first = self._next + round(i * _BLINK_EVERY_S * rate_hz)
            self._waves.append(_Wave(first, potentials_uv(wanted, names, rate_hz, self._rng)))
        return []

    @property
    def _is_back(self) -> bool:
        assert self._away is not None
        return self._withheld >= LASTS_S[self._away] * self.info.sampling_rate_hz

    def _withhold(self, timeout_s: float) -> list[SourceItem | Command]:
        """Read and throw away what time brings; once it is over, tell of the gap."""
        # A source without a clock of its own delivers at once: it is read as far as time would have gone.
        wanted = self._withheld + (0 if self.realtime else round(timeout_s * self.info.sampling_rate_hz))
        items: list[SourceItem | Command] = []
        while True:
            for item in self._source.read(timeout_s):
                if isinstance(item, Chunk):
                    self._withheld += item.n_samples
                elif not isinstance(item, Gap | LinkChange):
                    items.append(item)
            if self._withheld >= wanted:
                break
        if self._is_back:
            cause = GapCause.LINK_LOST if self._away is EventKind.LINK_LOSS else GapCause.CLOCK_JUMP
            items.append(Gap(self._next, self._withheld, self._withheld / self.info.sampling_rate_hz, cause))
            self._lost += self._withheld
            self._waves.clear()
            self._away = None
        return items

    def _handed_on(self, item: SourceItem | Command) -> SourceItem | Command:
        if isinstance(item, Gap):
            return replace(item, sample=item.sample - self._lost)
        if not isinstance(item, Chunk):
            return item
        self._next = item.stop_sample - self._lost
        if self._waves:
            item = replace(item, eeg=as_chunk_samples(self._disturbed(item)))
        return replace(item, first_sample=self._next - item.n_samples) if self._lost else item

    def _disturbed(self, chunk: Chunk) -> Float64:
        first, stop = self._next - chunk.n_samples, self._next
        eeg = chunk.eeg.astype(np.float64)
        for wave in self._waves:
            start, end = max(wave.first, first), min(wave.stop, stop)
            if start < end:
                eeg[:, start - first : end - first] += wave.added_uv[:, start - wave.first : end - wave.first]
                if wave.flat >= 0:
                    eeg[wave.flat, start - first : end - first] = 0.0
        self._waves = [wave for wave in self._waves if wave.stop > stop]
        return eeg
