"""The pump: one thread that reads the source, has every item recorded and computed, and ends in order."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from nfb.devices.scenario import EventKind
from nfb.devices.source import Source
from nfb.devices.worsened import KINDS, WorsenedSource
from nfb.engine.engine_words import ENGINE_WORDS
from nfb.engine.journey import Journey
from nfb.engine.link import Link
from nfb.engine.live import Fault, Finished, Live, Started
from nfb.engine.outbox import Outbox, drain
from nfb.engine.outlets import Sink
from nfb.engine.pace import Pace
from nfb.engine.proposals import Proposals
from nfb.engine.summary import Summary
from nfb.engine.supervisor import Supervisor
from nfb.files.recorder import Recorder
from nfb.model.commands import Command, End, EndReason, Pause, PauseCause
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, NfbError
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState, SourceItem
from nfb.session.session import Session
from nfb.session.setup import Setup
from nfb.session.states import State

log = logging.getLogger(__name__)

_READ_TIMEOUT_S = 0.02

MakeSetup = Callable[[DeviceInfo], Setup]
MakeRecorder = Callable[[Setup], Recorder]


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
        self.proposals = Proposals()
        self.summary: Summary | None = None
        self.error: NfbError | None = None
        self._source = source
        self._make_setup = make_setup
        self._make_recorder = make_recorder
        self._speed = speed
        self._sinks = tuple(sinks)
        self._outbox = Outbox()
        self._journey: Journey | None = None  # once the device is connected
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._stop_reason = EndReason.STOPPED
        self._link = Link(
            source, supervisor or Supervisor(), self._stopping, tell=self._tell_link, pause=self._pause_for_link
        )
        self._ending = False  # an End is on its way into the session
        self._commands: deque[Command] = deque()

    # ------------------------------------------------------------ from outside

    def start(self) -> None:
        """Begin in a thread of the engine's own; returns at once."""
        self._thread = threading.Thread(target=self.run, name="nfb-engine", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Run the whole session in the calling thread. Errors are told by a Fault and kept in `error`."""
        try:
            self._open()
            if self._journey is not None:
                self._finish(self._pump(self._journey))
        except NfbError as error:
            # Connecting that was called off is no fault.
            if self._journey is not None or not self._stopping.is_set():
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
        self._link.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the engine's thread; False if it still runs."""
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def live(self) -> Live | None:
        """The newest hop and what goes with it; replaced as a whole, read it from any thread."""
        return self._outbox.live

    def take_events(self) -> list[object]:
        """Events since the last call, oldest first."""
        return drain(self._outbox.events)

    def take_chunks(self) -> list[Chunk | Gap]:
        """Raw samples and gaps since the last call; the oldest are dropped if nobody takes them."""
        return drain(self._outbox.chunks)

    def take_hops(self) -> list[HopResult]:
        """Decided hops since the last call; the oldest are dropped if nobody takes them."""
        return drain(self._outbox.hops)

    def note_shown(self, hop: int, shown_s: float) -> None:
        """The display says when a hop's feedback was on the screen (``time.monotonic``)."""
        if self._journey is not None:
            self._journey.note_shown(hop, shown_s)

    def note_heard(self, hop: int, rendered_s: float) -> None:
        """The sound says when a hop's feedback was in what it handed to its device (``time.monotonic``)."""
        if self._journey is not None:
            self._journey.note_heard(hop, rendered_s)

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
        self._link.open()
        if self._stopping.is_set():
            return
        device = self._source.info
        setup = self._make_setup(device)
        session = Session(setup)
        pace = Pace(self._source.realtime, device.sampling_rate_hz, self._speed, self._stopping)
        for sink in self._sinks:
            sink.open(setup)
        recorder = None if self._make_recorder is None else self._make_recorder(setup)
        self._journey = Journey(self._source, session, pace, recorder, self._sinks, self._outbox)
        self.proposals.begin(session)
        self.setup = setup
        self.folder = None if recorder is None else recorder.folder
        self._outbox.events.append(Started(setup, self.folder))

    def _pump(self, journey: Journey) -> EndReason:
        """Until the session ends, is stopped, or has no device any more; says why."""
        session, pace, link = journey.session, journey.pace, self._link
        link.heard(pace.now_s)
        while not self._stopping.is_set():
            self._pass_commands(session)
            items = self._source.read(_READ_TIMEOUT_S)
            for item in items:
                self._take(journey, item)
                if session.state >= State.ENDED:
                    return EndReason.COMPLETED
            if link.state is LinkState.ENDED:
                return EndReason.SOURCE_ENDED
            if not items:
                pace.idle(_READ_TIMEOUT_S)
                link.watch_silence(pace.now_s)
                if self._ending and link.state is not LinkState.STREAMING:
                    return self._stop_reason  # no hop will come at which it could be obeyed
            if link.state is LinkState.LOST and not link.regain(pace):
                return EndReason.DEVICE_GONE
        return self._stop_reason

    def _pass_commands(self, session: Session) -> None:
        while self._commands:
            command = self._commands.popleft()
            self._ending = self._ending or isinstance(command, End)
            session.command(command)

    def _take(self, journey: Journey, item: SourceItem | Command) -> None:
        """One item from the source: record first, then compute."""
        match item:
            case Chunk():
                chunk = journey.record(item)
                self._link.heard(journey.pace.now_s)
                journey.compute(chunk)
            case Gap():
                journey.take_gap(item)
            case LinkChange():
                self._link.change(item)
            case DeviceStatus():
                journey.take_status(item)
            case _:
                journey.session.command(item)

    def _tell_link(self, change: LinkChange) -> None:
        if self._journey is not None:
            self._journey.change_link(change)
        # The event comes last: who reads it finds the rest as it says.
        self._outbox.events.append(change)

    def _pause_for_link(self) -> None:
        if self._journey is not None and self._journey.session.state is not State.PAUSED:
            self._journey.session.command(Pause(PauseCause.LINK))

    # ----------------------------------------------------------------- the end

    def _finish(self, reason: EndReason) -> None:
        """End the session, if it has not ended by itself."""
        journey = self._journey
        if journey is not None and journey.session.state < State.ENDED:
            self._pass_commands(journey.session)
            journey.finish(reason)

    def _fail(self, error: NfbError) -> None:
        self.error = error
        what, way_out = (error.what, error.way_out) if isinstance(error, DeviceError) else (str(error), "")
        self._outbox.events.append(Fault(what, way_out, True))
        try:
            self._finish(EndReason.ERROR)
        except Exception:
            log.exception("the session could not be closed in order")

    def _close(self) -> None:
        self._source.close()
        reason = None
        if self._journey is not None:
            self.summary = self._journey.summary()
            reason = self.summary.end_reason or EndReason.ERROR
            self.folder = self._journey.close(reason, self.summary)
        for sink in self._sinks:
            sink.close()
        self._outbox.events.append(Finished(reason, self.folder, self.summary))
