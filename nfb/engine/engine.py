"""The pump: one thread that reads the source, records, feeds the session and publishes what came of it."""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from nfb.devices.scenario import EventKind
from nfb.devices.source import Source
from nfb.devices.worsened import KINDS, WorsenedSource
from nfb.engine.contact import ContactWatch
from nfb.engine.delay import LoopDelay
from nfb.engine.display import Display
from nfb.engine.engine_words import ENGINE_WORDS
from nfb.engine.live import Fault, Finished, Live, Started
from nfb.engine.outlets import Sink
from nfb.engine.pace import Pace
from nfb.engine.proposals import Proposals
from nfb.engine.rate_watch import RateWatch, rate_words
from nfb.engine.summary import Summary, SummaryBuilder
from nfb.engine.supervisor import PAUSED_S, STALLED_S, Supervisor
from nfb.files.recorder import Recorder
from nfb.model.commands import Command, End, EndReason, Pause, PauseCause
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, NfbError
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState, SourceItem
from nfb.session.baseline import FeedbackMap
from nfb.session.session import Output, Session
from nfb.session.setup import Setup
from nfb.session.states import State

log = logging.getLogger(__name__)

_READ_TIMEOUT_S = 0.02
# What nobody fetches is dropped, the oldest first: a session may last for hours.
_KEPT_EVENTS = 20_000
_KEPT_CHUNKS = 4_000
_KEPT_HOPS = 20_000
_KEPT_DECISIONS = 500

MakeSetup = Callable[[DeviceInfo], Setup]
MakeRecorder = Callable[[Setup], Recorder]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What there is once the device is connected; `contact` is None where nobody could look at it, `rate` where the
    pace is ours."""

    session: Session
    recorder: Recorder | None
    builder: SummaryBuilder
    delay: LoopDelay
    display: Display
    pace: Pace
    contact: ContactWatch | None
    rate: RateWatch | None


class Engine:
    """Runs one session on one source.

    Parameters
    ----------
    source
        Where samples come from; opened and closed by the engine, in its own thread.
    make_setup
        Called with the connected device.
    make_recorder
        Called with the set-up; None records nothing.
    speed
        Pace of a source that has no clock of its own: 1 is real time, infinity as fast as it goes.
    supervisor
        Policy of reconnecting; the default tries for five minutes.
    sinks
        Outlets to other programs, told of everything after it was recorded and decided.

    Attributes
    ----------
    setup, folder
        The set-up once there is one, and the recording's folder.
    live
        The newest hop and what goes with it; replaced as a whole, read it from any thread.
    proposals
        What thresholds would do to the clean baseline.
    summary
        The account of the session, once it has ended.
    error
        Why no session came about, or why it could not go on.
    """

    def __init__(
        self,
        source: Source,
        make_setup: MakeSetup,
        make_recorder: MakeRecorder | None = None,
        *,
        speed: float = 1.0,
        supervisor: Supervisor | None = None,
        sinks: Sequence[Sink] = (),
    ) -> None:
        self.setup: Setup | None = None
        self.folder: Path | None = None
        self.live: Live | None = None
        self.proposals = Proposals()
        self.summary: Summary | None = None
        self.error: NfbError | None = None
        self._source = source
        self._make_setup = make_setup
        self._make_recorder = make_recorder
        self._speed = speed
        self._supervisor = supervisor or Supervisor()
        self._sinks = tuple(sinks)
        self._parts: _Parts | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._stop_reason = EndReason.STOPPED
        self._connecting = False  # inside a call of the source that may block for long
        self._link = LinkState.CONNECTING
        self._ending = False  # an End is on its way into the session
        self._paused_for_link = False  # in this silence
        self._commands: deque[Command] = deque()
        self._events: deque[object] = deque(maxlen=_KEPT_EVENTS)
        self._chunks: deque[Chunk | Gap] = deque(maxlen=_KEPT_CHUNKS)
        self._hops: deque[HopResult] = deque(maxlen=_KEPT_HOPS)
        self._decided_s: dict[int, float] = {}
        self._presented: deque[tuple[int, float, float]] = deque(maxlen=_KEPT_HOPS)

    # ------------------------------------------------------------ from outside

    def start(self) -> None:
        """Begin in a thread of the engine's own; returns at once."""
        self._thread = threading.Thread(target=self.run, name="nfb-engine", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Run the whole session in the calling thread. Errors are told by a Fault and kept in `error`."""
        try:
            self._open()
            if self._parts is not None:
                self._finish(self._pump(self._parts))
        except NfbError as error:
            # Connecting that was called off is no fault.
            if self._parts is not None or not self._stopping.is_set():
                self._fail(error)
        except Exception as error:
            log.exception("the session stopped on an unexpected error")
            self._fail(NfbError(ENGINE_WORDS["unexpected"].format(error=error)))
        finally:
            self._close()

    def send(self, command: Command) -> None:
        """Have the session obey `command` at its next hop; from any thread."""
        self._commands.append(command)

    def stop(self, reason: EndReason = EndReason.STOPPED) -> None:
        """Ask the session to end, also while it is connecting; returns at once, from any thread."""
        self._stop_reason = reason
        self._stopping.set()
        cancel = getattr(self._source, "cancel", None)
        if self._connecting and cancel is not None:
            cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the engine's thread; False if it still runs."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def take_events(self) -> list[object]:
        """Events since the last call, oldest first."""
        return _drain(self._events)

    def take_chunks(self) -> list[Chunk | Gap]:
        """Raw samples and gaps since the last call; the oldest are dropped if nobody takes them."""
        return _drain(self._chunks)

    def take_hops(self) -> list[HopResult]:
        """Decided hops since the last call; the oldest are dropped if nobody takes them."""
        return _drain(self._hops)

    def note_shown(self, hop: int, shown_s: float) -> None:
        """The display says when a hop's feedback was on the screen (``time.monotonic``)."""
        decided_s = self._decided_s.get(hop)
        if decided_s is not None and self._parts is not None:
            self._parts.delay.shown(decided_s, shown_s)
            self._presented.append((hop, shown_s, math.nan))

    def note_heard(self, hop: int, rendered_s: float) -> None:
        """The sound says when a hop's feedback was in what it handed to its device (``time.monotonic``)."""
        decided_s = self._decided_s.get(hop)
        if decided_s is not None and self._parts is not None:
            self._parts.delay.heard(decided_s, rendered_s)
            self._presented.append((hop, math.nan, rendered_s))

    @property
    def disturbances(self) -> tuple[EventKind, ...]:
        """What :meth:`worsen` can do here: nothing where the samples come from a person."""
        return KINDS if isinstance(self._source, WorsenedSource) else ()

    def worsen(self, kind: EventKind) -> None:
        """Have a simulated signal made worse; from any thread."""
        if isinstance(self._source, WorsenedSource):
            self._source.worsen(kind)

    # -------------------------------------------------------------- the thread

    def _open(self) -> None:
        """Connect and make everything that depends on the device; nothing is made if the session is to stop."""
        self._tell_link(LinkChange(LinkState.CONNECTING))
        self._connect(self._source.open)
        if self._stopping.is_set():
            return
        device = self._source.info
        setup = self._make_setup(device)
        session = Session(setup)
        delay = LoopDelay(setup, session.reward_delay_s)
        pace = Pace(self._source.realtime, device.sampling_rate_hz, self._speed, self._stopping)
        for sink in self._sinks:
            sink.open(setup)
        recorder = None if self._make_recorder is None else self._make_recorder(setup)
        self._parts = _Parts(
            session,
            recorder,
            SummaryBuilder(setup),
            delay,
            Display(session, delay),
            pace,
            ContactWatch(device) if pace.waits else None,
            RateWatch(device) if self._source.realtime else None,
        )
        self.proposals.begin(session)
        self.setup = setup
        self.folder = None if recorder is None else recorder.folder
        self._events.append(Started(setup, self.folder))
        self._tell_link(LinkChange(LinkState.STREAMING))

    def _connect(self, connect: Callable[[], None]) -> None:
        """Call what may block for long, so that :meth:`stop` can cut it short."""
        self._connecting = True
        try:
            # stop() sets the one and reads the other, in this order: one of the two always notices.
            if not self._stopping.is_set():
                connect()
        finally:
            self._connecting = False

    def _pump(self, parts: _Parts) -> EndReason:
        """Until the session ends, is stopped, or has no device any more; says why."""
        session, pace, supervisor = parts.session, parts.pace, self._supervisor
        supervisor.heard(pace.now_s)
        while not self._stopping.is_set():
            self._pass_commands(session)
            items = self._source.read(_READ_TIMEOUT_S)
            for item in items:
                self._take(parts, item)
                if session.state >= State.ENDED:
                    return EndReason.COMPLETED
            if self._link is LinkState.ENDED:
                return EndReason.SOURCE_ENDED
            if not items:
                pace.idle(_READ_TIMEOUT_S)
                self._watch_silence(session, supervisor.silent_s(pace.now_s))
                if self._ending and self._link is not LinkState.STREAMING:
                    return self._stop_reason  # no hop will come at which it could be obeyed
            if self._link is LinkState.LOST and not self._regain(pace):
                return EndReason.DEVICE_GONE
        return self._stop_reason

    def _pass_commands(self, session: Session) -> None:
        while self._commands:
            command = self._commands.popleft()
            self._ending = self._ending or isinstance(command, End)
            session.command(command)

    def _take(self, parts: _Parts, item: SourceItem | Command) -> None:
        """One item from the source: record first, then compute."""
        session, recorder = parts.session, parts.recorder
        if isinstance(item, Chunk):
            due_s = parts.pace.samples(item.n_samples)
            if math.isfinite(due_s):
                item = replace(item, arrived_s=due_s)
            if recorder is not None:
                recorder.write_chunk(item)
            self._supervisor.heard(parts.pace.now_s)
            self._paused_for_link = False
            if self._link is not LinkState.STREAMING:
                self._tell_link(LinkChange(LinkState.STREAMING))
            self._chunks.append(item)
            for sink in self._sinks:
                sink.take(item)
            self._publish(parts, session.receive(item), item.arrived_s)
            self._watch_contact(parts, item)
            self._watch_rate(parts, item)
        elif isinstance(item, Gap):
            if recorder is not None:
                recorder.write_gap(item)
            if parts.contact is not None:
                parts.contact.clear()
            if parts.rate is not None:
                parts.rate.clear()
            self._chunks.append(item)
            for sink in self._sinks:
                sink.take(item)
            self._publish(parts, session.receive(item))
        elif isinstance(item, LinkChange):
            self._tell_link(item)
            if item.state is LinkState.LOST:
                self._pause_for_link(session)
        elif isinstance(item, DeviceStatus):
            if recorder is not None:
                recorder.write_status(item, time.monotonic())
            self._events.append(item)
        else:
            session.command(item)

    def _watch_silence(self, session: Session, silent_s: float) -> None:
        """Neutral feedback, then a pause, also where the source itself says nothing about its link."""
        if silent_s >= STALLED_S and self._link is LinkState.STREAMING:
            self._tell_link(LinkChange(LinkState.STALLED, ENGINE_WORDS["silent"]))
        if silent_s >= PAUSED_S:
            self._pause_for_link(session)

    def _pause_for_link(self, session: Session) -> None:
        if not self._paused_for_link and session.state is not State.PAUSED:
            session.command(Pause(PauseCause.LINK))
        self._paused_for_link = True

    def _regain(self, pace: Pace) -> bool:
        """Try for a lost link when it is time; False if it was given up."""
        supervisor = self._supervisor
        supervisor.lost(pace.now_s)
        if not supervisor.is_due(pace.now_s):
            return True
        self._tell_link(LinkChange(LinkState.RECONNECTING))
        try:
            self._connect(self._source.reconnect)
        except DeviceError as error:
            self._tell_link(LinkChange(LinkState.LOST, error.what, error.way_out))
            supervisor.failed(pace.now_s)
            return self._stopping.is_set() or not supervisor.is_over(pace.now_s)
        self._tell_link(LinkChange(LinkState.WAITING))
        return True

    def _publish(self, parts: _Parts, output: Output, arrived_s: float = math.nan) -> None:
        """Write and pass on what the session returned."""
        decided_s = time.monotonic()
        hops, events = output
        if parts.recorder is not None:
            parts.recorder.write_events(events, decided_s)
            parts.recorder.write_hops(hops, arrived_s, decided_s)
            parts.recorder.write_presented(_drain(self._presented))
            self._tell_problems(parts.recorder)
        parts.builder.add(hops, events)
        for sink in self._sinks:
            sink.take_events(events)
            sink.take_hops(hops)
        self._events.extend(events)
        if not hops:
            return
        self._hops.extend(hops)
        for hop in hops:
            self._source.receive_feedback(hop)
            parts.display.count(hop)
        newest = hops[-1]
        parts.delay.decided(arrived_s, decided_s)
        self._decided_s[newest.hop] = decided_s
        if len(self._decided_s) > _KEPT_DECISIONS:
            del self._decided_s[next(iter(self._decided_s))]
        self.live = parts.display.live(newest, self._link)

    def _watch_rate(self, parts: _Parts, chunk: Chunk) -> None:
        rate_hz = None if parts.rate is None else parts.rate.take(chunk)
        if rate_hz is not None:
            declared_hz = parts.session.setup.device.sampling_rate_hz
            self._events.append(Fault(*rate_words(rate_hz, declared_hz), False))

    def _watch_contact(self, parts: _Parts, chunk: Chunk) -> None:
        if parts.contact is None or parts.session.state >= State.ENDED:
            return
        report = parts.contact.take(chunk, parts.session.n_hops, parts.session.newest_sample)
        if report is None:
            return
        parts.display.contacts = parts.contact.newest
        self._events.append(report)
        if parts.recorder is not None:
            parts.recorder.write_events([report], time.monotonic())

    def _tell_link(self, change: LinkChange) -> None:
        self._link = change.state
        # The event comes last: who reads it finds the rest as it says.
        if self.live is not None and change.state is not LinkState.STREAMING:
            self.live = self.live._replace(feedback=FeedbackMap.NEUTRAL, link=change.state, why=change.state.value)
        if self._parts is not None and self._parts.recorder is not None:
            self._parts.recorder.write_link(change, time.monotonic())
        if self._parts is not None:
            for sink in self._sinks:
                sink.take_link(change)
        self._events.append(change)

    def _tell_problems(self, recorder: Recorder) -> None:
        self._events.extend(Fault(problem, "", False) for problem in recorder.problems())

    # ----------------------------------------------------------------- the end

    def _finish(self, reason: EndReason) -> None:
        """End the session, if it has not ended by itself."""
        parts = self._parts
        if parts is not None and parts.session.state < State.ENDED:
            self._pass_commands(parts.session)
            self._publish(parts, parts.session.finish(reason))

    def _fail(self, error: NfbError) -> None:
        self.error = error
        what, way_out = (error.what, error.way_out) if isinstance(error, DeviceError) else (str(error), "")
        self._events.append(Fault(what, way_out, True))
        try:
            self._finish(EndReason.ERROR)
        except Exception:
            log.exception("the session could not be closed in order")

    def _close(self) -> None:
        self._source.close()
        reason = None
        if self._parts is not None:
            delay, recorder = self._parts.delay, self._parts.recorder
            self.summary = self._parts.builder.summary(delay.percentile_ms(50), delay.percentile_ms(95))
            reason = self.summary.end_reason or EndReason.ERROR
            if recorder is not None:
                recorder.write_presented(_drain(self._presented))
                recorder.finish(reason, self.summary.to_record() | {"delay": delay.to_record()})
                self._tell_problems(recorder)
                self.folder = recorder.folder
        for sink in self._sinks:
            sink.close()
        self._events.append(Finished(reason, self.folder, self.summary))


def _drain(queue: deque[T]) -> list[T]:
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken
