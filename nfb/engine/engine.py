"""The pump: one thread that reads the source, records, feeds the session and publishes what came of it."""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nfb.devices.source import Source
from nfb.dsp.quality import grade_channels
from nfb.engine.delay import LoopDelay
from nfb.engine.live import Fault, Finished, Live, Started
from nfb.engine.summary import Summary, SummaryBuilder
from nfb.engine.supervisor import Supervisor
from nfb.files.recorder import Recorder
from nfb.model.commands import Command, EndReason, Pause, PauseCause
from nfb.model.device import DeviceInfo
from nfb.model.errors import DeviceError, NfbError
from nfb.model.events import QualityReport
from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState, SourceItem
from nfb.session.baseline import FeedbackMap
from nfb.session.reasons import words
from nfb.session.session import Output, Session
from nfb.session.setup import Setup
from nfb.session.states import State

log = logging.getLogger(__name__)

_READ_TIMEOUT_S = 0.02
_QUALITY_WINDOW_S = 4.0
_RECENT_S = 30.0

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
    """

    def __init__(
        self,
        source: Source,
        make_setup: MakeSetup,
        make_recorder: MakeRecorder | None = None,
        *,
        speed: float = 1.0,
        supervisor: Supervisor | None = None,
    ) -> None:
        self.setup: Setup | None = None
        self.folder: Path | None = None
        self.live: Live | None = None
        self.summary: Summary | None = None
        self.error: NfbError | None = None
        self._source = source
        self._make_setup = make_setup
        self._make_recorder = make_recorder
        self._speed = speed
        self._supervisor = supervisor or Supervisor()
        self._session: Session | None = None
        self._recorder: Recorder | None = None
        self._builder: SummaryBuilder | None = None
        self._delay: LoopDelay | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._stop_reason = EndReason.STOPPED
        self._commands: deque[Command] = deque()
        self._events: deque[object] = deque(maxlen=100_000)
        self._chunks: deque[Chunk | Gap] = deque(maxlen=4_000)
        self._hops: deque[HopResult] = deque(maxlen=20_000)
        self._decided: dict[int, float] = {}
        self._recent: deque[tuple[bool, bool]] = deque()  # (valid, in range) of the last hops
        self._recent_valid = self._recent_in_range = 0
        self._link = LinkState.CONNECTING
        self._quality_due = 0
        self._window: deque[Chunk] = deque()

    # ------------------------------------------------------------ from outside

    def start(self) -> None:
        """Begin in a thread of the engine's own; returns at once."""
        self._thread = threading.Thread(target=self.run, name="nfb-engine", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Run the whole session in the calling thread. Errors are told by a Fault and kept in `error`."""
        reason: EndReason | None = None
        try:
            self._open()
            reason = self._pump()
        except NfbError as error:
            self._fail(error)
        except Exception as error:
            log.exception("the session stopped on an unexpected error")
            self._fail(NfbError(f"Unexpected error: {error}. What was recorded is kept."))
        finally:
            self._close(reason)

    def send(self, command: Command) -> None:
        """Have the session obey `command` at its next hop; from any thread."""
        self._commands.append(command)

    def stop(self, reason: EndReason = EndReason.STOPPED) -> None:
        """Ask the session to end; returns at once, from any thread."""
        self._stop_reason = reason
        self._stopping.set()
        cancel = getattr(self._source, "cancel", None)
        if cancel is not None and self._session is None:
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
        decided_s = self._decided.get(hop)
        if decided_s is not None and self._delay is not None:
            self._delay.shown(decided_s, shown_s)

    def expected_share(self, condition: int, threshold: float) -> tuple[float, float]:
        """Share of the clean baseline that would pass one condition at `threshold`, and all of them together."""
        session = self._session
        if session is None or not session.baseline.closed:
            return math.nan, math.nan
        thresholds = list(session.thresholds)
        thresholds[condition] = threshold
        return session.baseline.share(condition, threshold), session.baseline.share_together(tuple(thresholds))

    # -------------------------------------------------------------- the thread

    def _open(self) -> None:
        self._tell_link(LinkChange(LinkState.CONNECTING))
        self._source.open()
        self.setup = self._make_setup(self._source.info)
        self._session = Session(self.setup)
        self._delay = LoopDelay(self.setup, self._session.reward_delay_s)
        self._builder = SummaryBuilder(self.setup)
        if self._make_recorder is not None:
            self._recorder = self._make_recorder(self.setup)
            self.folder = self._recorder.folder
        self._events.append(Started(self.setup, self.folder))
        self._tell_link(LinkChange(LinkState.STREAMING))

    def _pump(self) -> EndReason:
        """Until the session ends or is stopped."""
        session = self._session
        assert session is not None
        paced = not self._source.realtime and math.isfinite(self._speed)
        started_s = time.monotonic()
        n_samples = 0
        while not self._stopping.is_set():
            while self._commands:
                session.command(self._commands.popleft())
            items = self._source.read(_READ_TIMEOUT_S)
            for item in items:
                if isinstance(item, Chunk) and paced:
                    n_samples += item.n_samples
                    due_s = started_s + n_samples / session.setup.device.sampling_rate_hz / self._speed
                    self._stopping.wait(max(0.0, due_s - time.monotonic()))
                self._take(item)
                if session.state >= State.ENDED:
                    return self._builder_reason()
            if self._link is LinkState.ENDED:
                self._publish(session.finish(EndReason.SOURCE_ENDED))
                return EndReason.SOURCE_ENDED
            if self._link is LinkState.LOST and not self._regain():
                if self._stopping.is_set():
                    break
                self._publish(session.finish(EndReason.DEVICE_GONE))
                return EndReason.DEVICE_GONE
        while self._commands:
            session.command(self._commands.popleft())
        self._publish(session.finish(self._stop_reason))
        return self._stop_reason

    def _builder_reason(self) -> EndReason:
        assert self._builder is not None
        return self._builder.summary().end_reason or EndReason.COMPLETED

    def _take(self, item: SourceItem | Command) -> None:
        """One item from the source: record first, then compute."""
        session, recorder = self._session, self._recorder
        assert session is not None
        if isinstance(item, Chunk):
            if recorder is not None:
                recorder.write_chunk(item)
            if self._link is not LinkState.STREAMING:
                self._tell_link(LinkChange(LinkState.STREAMING))
            self._chunks.append(item)
            self._publish(session.receive(item), item.arrived_s)
            self._watch_quality(item)
        elif isinstance(item, Gap):
            if recorder is not None:
                recorder.write_gap(item)
            self._chunks.append(item)
            self._window.clear()
            self._publish(session.receive(item))
        elif isinstance(item, LinkChange):
            self._tell_link(item)
            if item.state is LinkState.LOST:
                session.command(Pause(PauseCause.LINK))
        elif isinstance(item, DeviceStatus):
            self._events.append(item)
        else:
            session.command(item)

    def _regain(self) -> bool:
        """Reconnect with growing pauses; False if it was given up or the session is to stop."""
        in_real_time = self._source.realtime or math.isfinite(self._speed)
        for pause_s in self._supervisor.pauses_s():
            if in_real_time and self._stopping.wait(pause_s):
                return False
            self._tell_link(LinkChange(LinkState.RECONNECTING))
            try:
                self._source.reconnect()
            except DeviceError as error:
                self._tell_link(LinkChange(LinkState.LOST, error.what, error.way_out))
                continue
            self._tell_link(LinkChange(LinkState.WAITING))
            return True
        return False

    def _publish(self, output: Output, arrived_s: float = math.nan) -> None:
        """Write and pass on what the session returned."""
        session, setup = self._session, self.setup
        assert session is not None and setup is not None and self._delay is not None and self._builder is not None
        decided_s = time.monotonic()
        hops, events = output
        if self._recorder is not None:
            if events:
                self._recorder.write_events(events, decided_s)
            if hops:
                self._recorder.write_hops(hops, arrived_s, decided_s)
            for problem in self._recorder.problems():
                self._events.append(Fault(problem, "", False))
        self._builder.add(hops, events)
        self._events.extend(events)
        if not hops:
            return
        self._hops.extend(hops)
        for hop in hops:
            self._source.receive_feedback(hop)
            self._count_recent(hop)
        newest = hops[-1]
        self._delay.decided(arrived_s, decided_s)
        self._decided[newest.hop] = decided_s
        while len(self._decided) > 500:
            del self._decided[next(iter(self._decided))]
        self._show(newest)

    def _show(self, hop: HopResult) -> None:
        """Fill the mailbox."""
        session, setup, delay = self._session, self.setup, self._delay
        assert session is not None and setup is not None and delay is not None
        streaming = self._link is LinkState.STREAMING
        tally = session.tally
        p50, p95 = self._delay_percentiles(hop)
        self.live = Live(
            hop=hop,
            feedback=hop.feedback if streaming else FeedbackMap.NEUTRAL,
            link=self._link,
            loop_delay_ms=p50,
            loop_delay_p95_ms=p95,
            stage_label=setup.stages[session.stage].label,
            stage_left_s=session.stage_left_s(),
            in_range_30s=self._recent_in_range / self._recent_valid if self._recent_valid else math.nan,
            in_range_run=tally.in_range_hops / tally.valid_hops if tally.valid_hops else math.nan,
            clean_share=1 - tally.held_hops / tally.elapsed_hops if tally.elapsed_hops else math.nan,
            rewards=tally.rewards,
            why=words(hop, setup) if streaming else self._link.value,
        )

    def _delay_percentiles(self, hop: HopResult) -> tuple[float, float]:
        """Median and 95th percentile of the loop delay, renewed once a second: sorting costs more than a hop."""
        before = self.live
        if before is not None and hop.hop % 50 and not math.isnan(before.loop_delay_ms):
            return before.loop_delay_ms, before.loop_delay_p95_ms
        assert self._delay is not None
        return self._delay.percentile_ms(50), self._delay.percentile_ms(95)

    def _count_recent(self, hop: HopResult) -> None:
        valid = not hop.artefact and hop.state == State.RUNNING
        self._recent.append((valid, hop.in_range))
        self._recent_valid += valid
        self._recent_in_range += valid and hop.in_range
        assert self.setup is not None
        if len(self._recent) * self.setup.hop_s > _RECENT_S:
            old_valid, old_in_range = self._recent.popleft()
            self._recent_valid -= old_valid
            self._recent_in_range -= old_valid and old_in_range

    def _tell_link(self, change: LinkChange) -> None:
        self._link = change.state
        self._events.append(change)
        if self._recorder is not None:
            self._recorder.write_link(change, time.monotonic())
        if self.live is not None and change.state is not LinkState.STREAMING:
            self.live = self.live._replace(feedback=FeedbackMap.NEUTRAL, link=change.state, why=change.state.value)

    def _watch_quality(self, chunk: Chunk) -> None:
        """Grade the channels once a second; only in real time, and never part of a decision."""
        if not self._source.realtime and not math.isfinite(self._speed):
            return
        device = self._source.info
        self._window.append(chunk)
        n_window = round(_QUALITY_WINDOW_S * device.sampling_rate_hz)
        if chunk.stop_sample < self._quality_due or chunk.stop_sample - self._window[0].first_sample < n_window:
            return
        self._quality_due = chunk.stop_sample + round(device.sampling_rate_hz)
        while len(self._window) > 1 and chunk.stop_sample - self._window[1].first_sample >= n_window:
            self._window.popleft()
        session = self._session
        assert session is not None
        report = _grade(self._window, n_window, device, session)
        self._events.append(report)
        if self._recorder is not None:
            self._recorder.write_events([report], time.monotonic())

    def _fail(self, error: NfbError) -> None:
        self.error = error
        what, way_out = (error.what, error.way_out) if isinstance(error, DeviceError) else (str(error), "")
        self._events.append(Fault(what, way_out, True))
        if self._session is not None and self._session.state < State.ENDED:
            try:
                self._publish(self._session.finish(EndReason.ERROR))
            except Exception:
                log.exception("the session could not be closed in order")

    def _close(self, reason: EndReason | None) -> None:
        self._source.close()
        if self._builder is not None and self._delay is not None:
            self.summary = self._builder.summary(self._delay.percentile_ms(50), self._delay.percentile_ms(95))
            reason = self.summary.end_reason or reason
        if self._recorder is not None and self.summary is not None and self._delay is not None:
            record = self.summary.to_record() | {"delay": self._delay.to_record()}
            self._recorder.finish(reason or EndReason.ERROR, record)
            self.folder = self._recorder.folder
        self._events.append(Finished(reason, self.folder, self.summary))


def _grade(window: deque[Chunk], n_window: int, device: DeviceInfo, session: Session) -> QualityReport:
    eeg = np.concatenate([chunk.eeg for chunk in window], axis=1)[:, -n_window:]
    grades = grade_channels(
        eeg.astype(np.float64), device.sampling_rate_hz, device.channel_names, device.rail_uv
    )
    return QualityReport(
        hop=session.n_hops,
        sample=session.newest_sample,
        grades=tuple(grade.grade for grade in grades),
        reasons=tuple(grade.reason for grade in grades),
        mains_hz=None,
    )


def _drain(queue: deque[object] | deque[Chunk | Gap] | deque[HopResult]) -> list:  # type: ignore[type-arg]
    taken = []
    while queue:
        taken.append(queue.popleft())
    return taken
