"""The simulated client as a source: seeded EEG, a script of disturbances, and learning from rewards."""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from nfb.devices.client_config import ClientConfig, client_config
from nfb.devices.disturbance import Span, Wave, WaveMaker, drowsiness, event_samples
from nfb.devices.head import derivation
from nfb.devices.scenario import OUTAGES, Event, EventKind
from nfb.devices.simulated_eeg import Amplifier, SimulatedEeg
from nfb.model.device import DeviceInfo
from nfb.model.errors import SetupError
from nfb.model.hop import HopResult
from nfb.model.protocol import Eyes
from nfb.model.samples import (
    Chunk,
    Float32,
    Float64,
    Gap,
    GapCause,
    LinkChange,
    LinkState,
    SourceItem,
    as_chunk_samples,
)

REWARDS_TO_LEARN = 150.0  # after so many rewards 63 % of what can be learned in a session has been
_STILL_G = 0.003
_MIN_WAIT_S = 0.001

_LINK_WORDS = {
    EventKind.STALL: LinkChange(LinkState.STALLED, "The headset sends nothing (scripted)."),
    EventKind.LINK_LOSS: LinkChange(LinkState.LOST, "The link to the headset broke (scripted).", "Reconnect."),
}
_GAP_CAUSES = {
    EventKind.LOST_PACKETS: GapCause.PACKETS_LOST,
    EventKind.STALL: GapCause.CLOCK_JUMP,
    EventKind.LINK_LOSS: GapCause.LINK_LOST,
}


@dataclass(frozen=True, slots=True)
class ScriptedArtefact:
    """An artefact as the script made it, in indices of received samples; `channels` are those that show it."""

    onset_sample: int
    stop_sample: int
    kind: EventKind
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Outage:
    """Samples of headset time that never arrive; `received` is how many had been received before it began."""

    kind: EventKind
    first: int
    stop: int
    received: int = -1


class SimulatedSource:
    """EEG without a headset, reproducible bit for bit from its seed.

    Samples are made in blocks of at most a quarter of a second, so they do not depend on how many are read at once.
    It knows no clock: the engine sets the pace and stamps the arrival of chunks, and a scripted silence lasts as many
    seconds as the reader was ready to wait (`timeout_s`).

    Parameters
    ----------
    params
        See :func:`~nfb.devices.client_config.client_config`.
    seed
        Not negative. The same seed, parameters and rewards give the same samples.

    Attributes
    ----------
    gain
        Amplitude gain of the trained rhythm after the rewards so far; hand it to the next session as ``start_gain``.
    rewards
        Rewards received.
    """

    def __init__(self, params: Mapping[str, str] | ClientConfig | None = None, seed: int = 0) -> None:
        if seed < 0:
            raise SetupError(f"seed = {seed}: must not be negative")
        config = params if isinstance(params, ClientConfig) else client_config(params or {})
        self.config = config
        self.realtime = False
        self.info = DeviceInfo(
            name="simulated",
            channel_names=config.channels,
            sampling_rate_hz=config.rate_hz,
            model=f"simulated client wearing {config.headset}" if config.headset else "simulated client",
            manufacturer="nfb",
            serial=f"seed {seed}",
            reference=", ".join(config.reference),
            rail_uv=config.rail_uv,
            burst_samples=config.chunk_samples,
        )
        self._seed = seed
        electrodes, matrix = derivation(config.channels, config.reference)
        self._eeg = SimulatedEeg(
            electrodes=electrodes,
            derivation=matrix,
            rate_hz=config.rate_hz,
            rhythms=config.rhythms,
            seed=seed,
            amplifier=Amplifier(config.mains_hz, offset_uv=min(1000.0, 0.05 * config.rail_uv)),
            trained=config.trained,
        )
        self._wave_maker = WaveMaker(config, electrodes, matrix, self._eeg.offset_uv, seed)
        self._no_times = np.full(config.chunk_samples, np.nan)
        self._no_times.flags.writeable = False

        self._script: Iterator[Event] = config.scenario.events(seed, eyes_closed=config.eyes is Eyes.CLOSED)
        self._next_event: Event | None = None
        self._next_first: float = math.inf
        self._turn_page()
        self._spans: list[Span] = []  # all so far, by onset
        self._playing: list[Wave] = []  # those that reach into the present slab or beyond
        self._spells: list[Event] = []  # of drowsiness
        self._coming: deque[_Outage] = deque()
        self._past: list[_Outage] = []
        self._outage: _Outage | None = None
        self._wait_s = 0.0

        self._at = 0  # next sample in headset time
        self._received = 0
        self._slab_index = self._block_index = -1
        self._slab: tuple[Float64, Float64, Float32]
        self._block: tuple[Float32, Float32]
        self.rewards = 0
        self.gain = config.start_gain
        self._gains = [(0, self.gain)]  # block from which it holds, gain

    def open(self) -> None:
        """Nothing to connect to."""

    def close(self) -> None:
        """Nothing to release."""

    def reconnect(self) -> None:
        """The link is back at the next read; how long it was gone is in the script."""
        self._wait_s = 0.0

    def read(self, timeout_s: float) -> list[SourceItem]:
        """The next chunk, with the gap before it if there is one; during a scripted silence nothing."""
        items: list[SourceItem] = []
        if self._outage is not None:
            self._wait_s -= max(timeout_s, _MIN_WAIT_S)
            if self._wait_s > 0:
                return []
            items += self._end_outage(self._outage)
        stop = self._at + self.config.chunk_samples
        self._play_script(stop)
        while self._coming and self._coming[0].first <= self._at:
            outage = self._begin_outage(self._coming.popleft())
            if outage is None:
                continue
            if self._outage is not None:
                return [*items, _LINK_WORDS[outage.kind]]
            items += self._end_outage(outage)
            stop = self._at + self.config.chunk_samples
            self._play_script(stop)
        if self._coming:
            stop = min(stop, self._coming[0].first)
        items.append(self._chunk(stop))
        return items

    def receive_feedback(self, hop: HopResult) -> None:
        """Learn from a reward.

        The new gain holds from the second block border after the rewarded hop, a quarter to half a second later, so
        that it does not depend on how far ahead the reader has read; if further than that, from the next block.
        """
        if not hop.reward or self.config.learn == 0.0:
            return
        self.rewards += 1
        learned = 1.0 - math.exp(-self.rewards / REWARDS_TO_LEARN)
        self.gain = self.config.start_gain * (1.0 + self.config.learn * learned)
        block = self._headset_sample(hop.sample) // self._eeg.n_block + 2
        self._gains.append((max(block, self._block_index + 1, self._gains[-1][0]), self.gain))

    @property
    def artefacts(self) -> list[ScriptedArtefact]:
        """What the script has put into the samples received so far, by onset; lost packets are not artefacts."""
        found = []
        for span in self._spans:
            onset, stop = self._received_before(span.first), self._received_before(span.stop)
            if onset < min(stop, self._received):
                names = tuple(self.config.channels[i] for i in span.channels)
                found.append(ScriptedArtefact(onset, stop, span.kind, names))
        return found

    def truth(self, first: int, n: int) -> Float64:
        """``(n_channels, n)`` µV: the alpha rhythm's true envelope in received samples `first` to `first` + `n`.

        Without noise, background and artefacts; with eyes, drowsiness, learning and the headset's reference.

        Raises
        ------
        ValueError
            The samples have not been read yet.
        """
        if not 0 <= first <= first + n <= self._received:
            raise ValueError(f"samples {first} to {first + n}: must lie within the {self._received} read so far")
        at = np.array([self._headset_sample(sample) for sample in range(first, first + n)], dtype=np.int64)
        n_slab, n_block = self._eeg.n_slab, self._eeg.n_block
        envelope = np.empty((len(self.config.channels), n))
        for slab in np.unique(at // n_slab):
            here = at // n_slab == slab
            whole = self._eeg.envelope_uv("alpha", int(slab), self._drowsiness(int(slab)))
            envelope[:, here] = whole[:, at[here] - slab * n_slab]
        if "alpha" in self.config.trained:
            envelope *= [self._gain_of(int(block)) for block in at // n_block]
        return envelope

    def _chunk(self, stop: int) -> Chunk:
        n, n_block = stop - self._at, self._eeg.n_block
        eeg, acceleration = [], []
        while self._at < stop:
            block, start = divmod(self._at, n_block)
            if block != self._block_index:
                self._load(block)
            end = min(stop - block * n_block, n_block)
            eeg.append(self._block[0][:, start:end])
            acceleration.append(self._block[1][:, start:end])
            self._at += end - start
        chunk = Chunk(
            first_sample=self._received,
            eeg=as_chunk_samples(_joined(eeg)),
            device_times_s=self._no_times[:n],
            acceleration_g=as_chunk_samples(_joined(acceleration)),
        )
        self._received += n
        return chunk

    def _load(self, block: int) -> None:
        """Cut a block out of its slab: the trained rhythm's gain is settled here, for the whole block."""
        n_block = self._eeg.n_block
        slab = block * n_block // self._eeg.n_slab
        if slab != self._slab_index:
            self._load_slab(slab)
        rest, trained, acceleration = self._slab
        first = block * n_block
        part = slice(first - slab * self._eeg.n_slab, first - slab * self._eeg.n_slab + n_block)
        rail = self.config.rail_uv
        eeg = np.clip(rest[:, part] + self._gain_of(block) * trained[:, part], -rail, rail).astype(np.float32)
        for wave in self._playing:
            wave.hold(eeg, first)
        self._block_index, self._block = block, (eeg, acceleration[:, part])

    def _load_slab(self, slab: int) -> None:
        n = self._eeg.n_slab
        first = slab * n
        self._play_script(first + n)
        rest, trained = self._eeg.slab(slab, self._drowsiness(slab))
        acceleration = _STILL_G * np.random.default_rng((self._seed, 5, slab)).standard_normal((3, n))
        acceleration[2] += 1.0
        self._playing = [wave for wave in self._playing if wave.span.stop > first]
        for wave in self._playing:
            wave.add_to(rest, acceleration, first)
        self._slab_index, self._slab = slab, (rest, trained, acceleration.astype(np.float32))

    def _drowsiness(self, slab: int) -> Float64 | None:
        return drowsiness(self._spells, slab * self._eeg.n_slab, self._eeg.n_slab, self.config.rate_hz)

    def _gain_of(self, block: int) -> float:
        return self._gains[bisect_right(self._gains, block, key=lambda change: change[0]) - 1][1]

    def _play_script(self, stop: int) -> None:
        """Take from the script what begins before sample `stop` of headset time."""
        while self._next_first < stop:
            event, first = self._next_event, round(self._next_first)
            assert event is not None
            if event.kind in OUTAGES:
                n = event_samples(event, self.config.rate_hz)
                self._coming.append(_Outage(event.kind, first, first + n))
            else:
                if event.kind is EventKind.DROWSY:
                    self._spells.append(event)
                wave = self._wave_maker.wave(event, first)
                self._spans.append(wave.span)
                self._playing.append(wave)
            self._turn_page()

    def _turn_page(self) -> None:
        self._next_event = next(self._script, None)
        event, rate_hz = self._next_event, self.config.rate_hz
        self._next_first = math.inf if event is None else round(event.onset_s * rate_hz)

    def _begin_outage(self, outage: _Outage) -> _Outage | None:
        """Begin an outage now, less what an earlier one has swallowed of it; None if nothing is left."""
        if outage.stop <= self._at:
            return None
        outage = _Outage(outage.kind, self._at, outage.stop, self._received)
        if outage.kind is not EventKind.LOST_PACKETS:
            self._outage = outage
            missing_s = (outage.stop - outage.first) / self.config.rate_hz
            self._wait_s = math.inf if outage.kind is EventKind.LINK_LOSS else missing_s
        return outage

    def _end_outage(self, outage: _Outage) -> list[SourceItem]:
        self._outage = None
        self._past.append(outage)
        self._at = outage.stop
        missing = outage.stop - outage.first
        gap = Gap(self._received, missing, missing / self.config.rate_hz, _GAP_CAUSES[outage.kind])
        return [gap] if outage.kind is EventKind.LOST_PACKETS else [LinkChange(LinkState.STREAMING), gap]

    def _headset_sample(self, sample: int) -> int:
        """Position in headset time of a received sample."""
        return sample + sum(gone.stop - gone.first for gone in self._past if gone.received <= sample)

    def _received_before(self, at: int) -> int:
        """How many samples were received before position `at` of headset time, as far as is known."""
        return at - sum(min(max(at - gone.first, 0), gone.stop - gone.first) for gone in self._past)


def _joined(parts: list[Float32]) -> Float32:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
