"""Re-run a recording through the same session code, and compare with what was recorded."""

import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest

from nfb.engine.summary import Summary, SummaryBuilder
from nfb.files.feedback_table import FeedbackWriter, RowFormatter
from nfb.files.journal import to_record
from nfb.files.recording import Recording
from nfb.model.commands import Command, EndReason
from nfb.model.errors import RecordingError
from nfb.model.events import CommandApplied, CommandRefused, Event, GapSeen, SessionEnded
from nfb.model.protocol import Protocol
from nfb.model.samples import Chunk, Gap
from nfb.session.session import Output, Session
from nfb.session.setup import Setup, make_setup

_CHUNK_SAMPLES = 2500
# Columns of feedback.tsv.gz that hold clock times, at the end of every row; all others must come out again.
_N_TIME_COLUMNS = 2

Input = tuple[int, Command | Gap]  # before which sample, what


def foreign_inputs(recording: Recording) -> list[Input]:
    """A foreign recording has gaps, but nobody gave commands in it."""
    return [(gap.sample, gap) for gap in recording.gaps]


def foreign_setup(protocol: Protocol, recording: Recording, iaf_hz: float | None = None) -> Setup:
    """A session of `protocol` on another program's recording: a short one gets a short baseline."""
    limit_s = max(1.0, recording.duration_s)
    # Nobody closed their eyes when this program would have asked for it.
    return make_setup(protocol, recording.device, iaf_hz=iaf_hz, time_limit_s=limit_s, find_iaf=False)


def recorded_inputs(events: Sequence[Event]) -> list[Input]:
    """Commands and gaps of a journal, in the order in which the session took them."""
    inputs: list[Input] = []
    for event in events:
        if isinstance(event, GapSeen):
            inputs.append((event.gap.sample, event.gap))
        elif isinstance(event, CommandApplied | CommandRefused):
            inputs.append((event.sample, event.command))
    return inputs


def feed(
    session: Session, recording: Recording, inputs: Sequence[Input], chunk_samples: int = _CHUNK_SAMPLES
) -> Iterator[Output]:
    """Drive a session with a recording's samples and `inputs`; does not finish it.

    Inputs beyond the end of the samples (of a recording that was cut) are left out.
    """
    position = 0
    for sample, value in inputs:
        if sample > recording.n_samples:
            break
        yield from _samples(session, recording, position, sample, chunk_samples)
        position = max(position, sample)
        if isinstance(value, Gap):
            yield session.receive(value)
        else:
            session.command(value)
    yield from _samples(session, recording, position, recording.n_samples, chunk_samples)


def _samples(session: Session, recording: Recording, start: int, stop: int, step: int) -> Iterator[Output]:
    for first in range(start, stop, step):
        yield session.receive(recording.chunk(first, min(first + step, stop)))


def merged_items(
    recording: Recording, inputs: Sequence[Input], chunk_samples: int
) -> Iterator[Chunk | Gap | Command]:
    """Samples, gaps and commands in the order in which a session takes them, for a source that plays them back."""
    position = 0
    for sample, value in [*inputs, (recording.n_samples, None)]:
        stop = min(sample, recording.n_samples)
        for first in range(position, stop, chunk_samples):
            yield recording.chunk(first, min(first + chunk_samples, stop))
        position = max(position, stop)
        if value is not None and sample <= recording.n_samples:
            yield value


def replay(
    recording: Recording,
    setup: Setup,
    inputs: Sequence[Input],
    *,
    writer: FeedbackWriter | None = None,
    reason: EndReason = EndReason.SOURCE_ENDED,
    speed: float = math.inf,
    progress: Callable[[float], None] | None = None,
) -> Summary:
    """Run a whole recording through a session.

    Parameters
    ----------
    recording, setup, inputs
        Samples, session, and what is fed to it besides samples.
    writer
        Takes the hops, one row each.
    reason
        Told as the end, if the session has not ended by itself when the samples do.
    speed
        Infinity for as fast as it goes; 1 for real time.
    progress
        Called with the share done, 0..1.
    """
    session = Session(setup)
    builder = SummaryBuilder(setup)

    def take(output: Output) -> None:
        builder.add(*output)
        if writer is not None:
            for event in output.events:
                writer.note(event)
            writer.write(output.hops)
        if progress is not None and output.hops:
            progress(output.hops[-1].sample / max(1, recording.n_samples))

    began_s = time.monotonic()
    with _rare_collections():
        for output in feed(session, recording, inputs, _CHUNK_SAMPLES if math.isinf(speed) else setup.hop_samples):
            take(output)
            if math.isfinite(speed):
                due_s = began_s + (session.newest_sample + 1) / recording.sampling_rate_hz / speed
                time.sleep(max(0.0, due_s - time.monotonic()))
    take(session.finish(reason))
    return builder.summary()


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Search for cyclic garbage a hundred times less often: a hop is several small tuples, none of them in a cycle,
    and the searches take a tenth of the time."""
    first, *others = gc.get_threshold()
    gc.set_threshold(100 * first, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome of a verification.

    Parameters
    ----------
    identical
        Whether everything that was recorded came out again, to the last bit.
    n_hops, n_events
        How much was compared.
    difference
        The first thing that differs, in words; empty if nothing does.
    """

    identical: bool
    n_hops: int
    n_events: int
    difference: str = ""


def verify(recording: Recording) -> Verdict:
    """Replay one of our own recordings and compare every hop and event with what was recorded.

    Of a recording that was cut (power, kill), what its files still hold is compared.

    Raises
    ------
    RecordingError
        The recording was not made by this program.
    """
    own = recording.session
    if own is None:
        raise RecordingError(f"{recording.path.name}: was not recorded by this program, there is nothing to compare")
    events = own.journal.decided_events
    ended = next((event for event in events if isinstance(event, SessionEnded)), None)
    session = Session(own.setup)
    formatter = RowFormatter(own.setup)
    # A session that was killed in its first second has written no decision yet.
    lines = iter(own.feedback.lines if own.layout.feedback.exists() else ())
    compared = _Comparison(events, own.journal.complete_hop if ended is None else None)
    for output in feed(session, recording, recorded_inputs(events)):
        if not compared.take(output, formatter, lines):
            return compared.verdict()
    if ended is not None and ended.sample < recording.n_samples:
        compared.take(session.finish(ended.reason), formatter, lines)
        compared.close(lines)
    return compared.verdict()


class _Comparison:
    """Walks along what was recorded while it is made anew."""

    def __init__(self, events: Sequence[Event], known_hop: int | None) -> None:
        self._events = iter(events)
        self._known_hop = known_hop  # beyond it the journal may lack commands; None: it is whole
        self._row = ""  # the next one that was recorded, if it has been read
        self._n_hops = self._n_events = 0
        self._difference = ""

    def take(self, output: Output, formatter: RowFormatter, lines: Iterator[str]) -> bool:
        """Compare what one call returned; False when a difference was found."""
        for event in output.events:
            formatter.note(event)
            if self._known_hop is not None and event.hop > self._known_hop:
                continue
            recorded = next(self._events, None)
            if recorded is None:
                continue
            self._n_events += 1
            if to_record(recorded) != to_record(event):
                self._difference = f"event {self._n_events}: recorded {recorded}, replayed {event}"
                return False
        for hop in output.hops:
            if self._known_hop is not None and hop.hop > self._known_hop:
                return True
            self._row = self._row or next(lines, "")
            if not self._row:
                return True
            recorded_cells = self._row.split("\t")[:-_N_TIME_COLUMNS]
            if int(recorded_cells[0]) > hop.sample:
                continue  # while the disk was nearly full, only samples and events were recorded
            self._row = ""
            self._n_hops += 1
            cells = formatter.row(hop).split("\t")[:-_N_TIME_COLUMNS]
            if recorded_cells != cells:
                self._difference = _cell_difference(hop.hop, formatter, recorded_cells, cells)
                return False
        return True

    def close(self, lines: Iterator[str]) -> None:
        """Everything has been replayed: nothing recorded may be left over."""
        if self._difference:
            return
        if self._row or next(lines, ""):
            self._difference = f"more hops were recorded than the {self._n_hops} that the replay makes"
        left = next(self._events, None)
        if left is not None:
            self._difference = f"recorded but not replayed: {left}"

    def verdict(self) -> Verdict:
        return Verdict(not self._difference, self._n_hops, self._n_events, self._difference)


def _cell_difference(hop: int, formatter: RowFormatter, recorded: list[str], replayed: list[str]) -> str:
    names = formatter.head().rstrip("\n").split("\t")
    for name, old, new in zip_longest(names, recorded, replayed, fillvalue="(none)"):
        if old != new:
            return f"hop {hop}, {name}: recorded {old}, replayed {new}"
    return f"hop {hop}"
