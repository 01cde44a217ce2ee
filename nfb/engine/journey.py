"""One chunk's journey while a session runs: onto the disk, through the session, to all who are told."""

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nfb.devices.source import Source
from nfb.engine.contact import ContactWatch
from nfb.engine.delay import LoopDelay
from nfb.engine.display import Display
from nfb.engine.live import Fault
from nfb.engine.outbox import Outbox, drain
from nfb.engine.outlets import Sink
from nfb.engine.pace import Pace
from nfb.engine.rate_watch import RateWatch, rate_words
from nfb.engine.summary import Summary, SummaryBuilder
from nfb.files.recorder import Recorder
from nfb.model.commands import EndReason
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState
from nfb.session.baseline import FeedbackMap
from nfb.session.session import Output, Session
from nfb.session.states import State

_KEPT_DECISIONS = 500
# They are written with the next hop; where none comes for long, the oldest are dropped.
_KEPT_PRESENTED = 20_000


class Journey:
    """Takes all that a connected device delivers onto the disk, through the session, and to who is told.

    Parameters
    ----------
    source
        Told of every decided hop.
    session
        Decides.
    pace
        The source's time; chunks are held back until they are due by it.
    recorder
        None records nothing.
    sinks
        Open; told of everything after it was recorded and decided.
    outbox
        Takes the same for other threads.
    """

    def __init__(
        self,
        source: Source,
        session: Session,
        pace: Pace,
        recorder: Recorder | None,
        sinks: Sequence[Sink],
        outbox: Outbox,
    ) -> None:
        device = session.setup.device
        self.session = session
        self.pace = pace
        self._source = source
        self._delay = LoopDelay(session.setup, session.reward_delay_s)
        self._recorder = recorder
        self._sinks = sinks
        self._outbox = outbox
        self._builder = SummaryBuilder(session.setup)
        self._display = Display(session, self._delay)
        # Where everything comes as fast as it can be computed, nobody looks at the electrodes.
        self._contact = ContactWatch(device) if pace.waits else None
        self._rate = RateWatch(device) if source.realtime else None
        self._link = LinkState.CONNECTING
        self._delays: dict[str, float | None] = {}  # as the account has them
        self._decided_s: dict[int, float] = {}
        self._presented: deque[tuple[int, float, float]] = deque(maxlen=_KEPT_PRESENTED)

    # ------------------------------------------------- what the source delivers

    def record(self, chunk: Chunk) -> Chunk:
        """Wait until the chunk is due and have it on disk; returns it with the time at which it was due."""
        due_s = self.pace.samples(chunk.n_samples)
        if math.isfinite(due_s):
            chunk = replace(chunk, arrived_s=due_s)
        if self._recorder is not None:
            self._recorder.write_chunk(chunk)
        return chunk

    def compute(self, chunk: Chunk) -> None:
        """Have the session decide on a recorded chunk, and look at electrodes and rate."""
        self._decide(chunk, chunk.arrived_s)
        self._watch_contact(chunk)
        self._watch_rate(chunk)

    def take_gap(self, gap: Gap) -> None:
        """Record and pass on what never came."""
        if self._recorder is not None:
            self._recorder.write_gap(gap)
        for watch in (self._contact, self._rate):
            if watch is not None:
                watch.clear()
        self._display.lost(gap)
        self._decide(gap)

    def take_status(self, status: DeviceStatus) -> None:
        """Record and pass on battery and impedances."""
        if self._recorder is not None:
            self._recorder.write_status(status, time.monotonic())
        self._outbox.events.append(status)

    def change_link(self, change: LinkChange) -> None:
        """The link is now so; while it is not streaming, feedback is neutral."""
        self._link = change.state
        live = self._outbox.live
        if live is not None and change.state is not LinkState.STREAMING:
            self._outbox.live = live._replace(feedback=FeedbackMap.NEUTRAL, link=change.state, why=change.state.value)
        if self._recorder is not None:
            self._recorder.write_link(change, time.monotonic())
        for sink in self._sinks:
            sink.take_link(change)

    # ---------------------------------------- what display and sound say, any thread

    def note_shown(self, hop: int, shown_s: float) -> None:
        """A hop's feedback was on the screen (``time.monotonic``)."""
        decided_s = self._decided_s.get(hop)
        if decided_s is not None:
            self._delay.shown(decided_s, shown_s)
            self._presented.append((hop, shown_s, math.nan))

    def note_heard(self, hop: int, rendered_s: float) -> None:
        """A hop's feedback was in what the sound handed to its device (``time.monotonic``)."""
        decided_s = self._decided_s.get(hop)
        if decided_s is not None:
            self._delay.heard(decided_s, rendered_s)
            self._presented.append((hop, math.nan, rendered_s))

    # ----------------------------------------------------------------- the end

    def finish(self, reason: EndReason) -> None:
        """End the session."""
        self._publish(self.session.finish(reason))

    def summary(self) -> Summary:
        """The account of the session; what is shown or heard later is not in it."""
        self._delays = self._delay.to_record()
        median_ms, p95_ms = (self._delays[key] for key in ("loop_ms_median", "loop_ms_p95"))
        return self._builder.summary(
            math.nan if median_ms is None else median_ms, math.nan if p95_ms is None else p95_ms
        )

    def close(self, reason: EndReason, summary: Summary) -> Path | None:
        """Finish the recording with its account; returns its folder, None if nothing was recorded."""
        recorder = self._recorder
        if recorder is None:
            return None
        recorder.write_presented(drain(self._presented))
        recorder.finish(reason, summary.to_record() | {"delay": self._delays})
        self._tell_problems(recorder)
        return recorder.folder

    # ---------------------------------------------------------------- the parts

    def _decide(self, item: Chunk | Gap, arrived_s: float = math.nan) -> None:
        self._outbox.chunks.append(item)
        for sink in self._sinks:
            sink.take(item)
        self._publish(self.session.receive(item), arrived_s)

    def _publish(self, output: Output, arrived_s: float = math.nan) -> None:
        """Write and pass on what the session returned."""
        decided_s = time.monotonic()
        hops, events = output
        if self._recorder is not None:
            self._recorder.write_events(events, decided_s)
            self._recorder.write_hops(hops, arrived_s, decided_s)
            self._recorder.write_presented(drain(self._presented))
            self._tell_problems(self._recorder)
        self._builder.add(hops, events)
        for sink in self._sinks:
            sink.take_events(events)
            sink.take_hops(hops)
        self._outbox.events.extend(events)
        if not hops:
            return
        self._outbox.hops.extend(hops)
        for hop in hops:
            self._source.receive_feedback(hop)
            self._display.count(hop)
        newest = hops[-1]
        self._delay.decided(arrived_s, decided_s)
        self._decided_s[newest.hop] = decided_s
        if len(self._decided_s) > _KEPT_DECISIONS:
            del self._decided_s[next(iter(self._decided_s))]
        self._outbox.live = self._display.live(newest, self._link)

    def _watch_contact(self, chunk: Chunk) -> None:
        if self._contact is None or self.session.state >= State.ENDED:
            return
        report = self._contact.take(chunk, self.session.n_hops, self.session.newest_sample)
        if report is None:
            return
        self._display.contacts = self._contact.newest
        self._outbox.events.append(report)
        if self._recorder is not None:
            self._recorder.write_events([report], time.monotonic())

    def _watch_rate(self, chunk: Chunk) -> None:
        rate_hz = None if self._rate is None else self._rate.take(chunk)
        if rate_hz is not None:
            declared_hz = self.session.setup.device.sampling_rate_hz
            self._outbox.events.append(Fault(*rate_words(rate_hz, declared_hz), False))

    def _tell_problems(self, recorder: Recorder) -> None:
        self._outbox.events.extend(Fault(problem, "", False) for problem in recorder.problems())
