"""A long session in the window, watched from outside: blocks of its thread, memory, and what piles up while away."""

import math
import os
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path

from fakes import FakeLauncher
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from pytestqt.qtbot import QtBot

from nfb.engine.engine import Engine
from nfb.engine.launch import Options, session_engine
from nfb.engine.visit import VisitOptions
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import SetFeedback
from nfb.ui.app import spare_collector
from nfb.ui.shell import Shell

TICK_MS = 5


class SoakLauncher(FakeLauncher):
    """Its demo is the simulated client with eight channels, recorded, and long enough."""

    def __init__(self, folder: Path, run_s: float, speed: float) -> None:
        super().__init__(folder)
        visit = VisitOptions(runs=1, run_s=run_s, baseline_s=5.0)
        options = Options(visit=visit, out=folder, speed=speed, seed=4)
        protocol = load_protocol(find_protocol("smr-central"))
        self.real = session_engine(protocol, "simulated", {"scenario": "typical"}, "soak", options)

    def demo(self) -> Engine:
        return self.real


class Pulse(QObject):
    """A timer that measures how late it comes, and what the window's thread did meanwhile, in milliseconds.

    `late_ms` counts every block, also by other programs on the same processor; `own_ms` is processor time of this
    thread alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late_ms, self.own_ms = array("d"), array("d")
        self._at, self._own = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        at, own = time.perf_counter(), time.thread_time()
        self.late_ms.append(max(0.0, 1e3 * (at - self._at) - TICK_MS))
        self.own_ms.append(1e3 * (own - self._own))
        self._at, self._own = at, own

    def stop(self) -> None:
        self._timer.stop()


@dataclass
class Watched:
    """What was seen; memory in MB, `waiting` in items that the window had not fetched, five times a second."""

    late_ms: array
    own_ms: array
    rss_mb: list[float] = field(default_factory=list)
    frames: int = 0
    frames_s: float = 0.0
    painted: int = 0
    cpu_s: float = 0.0
    waiting: list[int] = field(default_factory=list)
    waiting_away: list[int] = field(default_factory=list)
    behind_samples: int = 0
    frames_after_return: int = 0
    after_return_s: float = 0.0
    late_signals: int = 0
    recorded_s: float = math.nan


def rss_mb() -> float:
    """Memory of this process; NaN where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return math.nan


def waiting(engine: Engine) -> int:
    """Items that the window has not fetched."""
    outbox = engine._outbox
    return len(outbox.events) + len(outbox.chunks) + len(outbox.hops)


class Soak:
    """One session in one window.

    Parameters
    ----------
    total_s, away_s
        Length by the clock, and how long of it the window is minimised and the client's view hidden.
    speed
        Pace of the simulated client.
    """

    def __init__(self, qtbot: QtBot, folder: Path, total_s: float, away_s: float, speed: float = 1.0) -> None:
        self._qtbot, self._total_s, self._away_s, self._speed = qtbot, total_s, away_s, speed
        self._launcher = SoakLauncher(folder, 2 * total_s * speed, speed)
        self._engine = self._launcher.real
        self.window = Shell()
        self.window.sessions.begun.connect(spare_collector)
        self._frames = 0

    def _count(self) -> None:
        self._frames += 1

    def run(self) -> Watched:
        window, engine = self.window, self._engine
        window.show()
        window.ready(self._launcher)
        window.begin_demo()
        session, bridge = window.session, window.bridge
        assert session is not None and bridge is not None
        session.client.resize(1280, 720)
        session.client.show()
        bridge.frame.connect(self._count)
        self._qtbot.waitUntil(lambda: bridge.view.training, timeout=30_000)
        engine.send(SetFeedback("dawn", ""))
        painted = _Paints(session.client.view)
        pulse = Pulse()
        seen = Watched(pulse.late_ms, pulse.own_ms)
        begin, cpu = time.monotonic(), time.thread_time()
        self._frames = 0
        legs = 10
        stay_s = (self._total_s - self._away_s) / legs
        for leg in range(legs):
            if leg == legs // 2:
                engine.send(SetFeedback("bar", ""))
                self._go_away(seen)
            self._watch(stay_s, seen)
            seen.rss_mb.append(rss_mb())
        seen.frames, seen.frames_s = self._frames, time.monotonic() - begin
        seen.cpu_s, seen.painted = time.thread_time() - cpu, painted.n
        pulse.stop()
        self._end(seen)
        return seen

    def _watch(self, seconds: float, seen: Watched) -> None:
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            self._qtbot.wait(min(200, max(1, int(1e3 * (stop - time.monotonic())))))
            seen.waiting.append(waiting(self._engine))

    def _go_away(self, seen: Watched) -> None:
        """Minimise for a while, come back, and look whether anything has to be caught up with."""
        session = self.window.session
        assert session is not None
        session.client.hide()
        self.window.showMinimized()
        stop = time.monotonic() + self._away_s
        while time.monotonic() < stop:
            self._qtbot.wait(200)
            seen.waiting_away.append(waiting(self._engine))
        self.window.showNormal()
        session.client.show()
        before, at = self._frames, time.monotonic()
        self._qtbot.wait(1000)
        seen.frames_after_return, seen.after_return_s = self._frames - before, time.monotonic() - at
        # A busy computer may be late with one frame; what piles up stays behind.
        seen.behind_samples = min(self._behind_samples() for _ in range(20))

    def _behind_samples(self) -> int:
        """How far the painted signal is behind the newest hop, a moment from now."""
        self._qtbot.wait(20)
        session, live = self.window.session, self._engine.live
        assert session is not None and live is not None
        return live.hop.sample + 1 - session.sweep.sweep._next

    def _end(self, seen: Watched) -> None:
        """End, and count what the window is still told afterwards."""
        assert self.window.bridge is not None
        self.window.sessions.stop()
        self._qtbot.waitUntil(lambda: self.window.bridge is None, timeout=10_000)
        before = self._frames
        self._qtbot.wait(300)
        seen.late_signals = self._frames - before
        summary = self._engine.summary
        seen.recorded_s = math.nan if summary is None else sum(stage.elapsed_s for stage in summary.stages)
        self.window.shut_down()
        self.window.close()
        self.window.deleteLater()


class _Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.n = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: object) -> bool:  # noqa: N802 (Qt's name)
        if isinstance(event, QEvent) and event.type() is QEvent.Type.Paint:
            self.n += 1
        return False


def percentile(values: array, share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def report(seen: Watched) -> str:
    """The figures, for people."""
    late, own = seen.late_ms, seen.own_ms
    lines = [
        f"GUI thread late, ms: p50 {percentile(late, 0.5):.1f}  p99 {percentile(late, 0.99):.1f}  max {max(late):.1f}"
        f"  (n = {len(late)})",
        f"processor time between two ticks, ms: p50 {percentile(own, 0.5):.2f}  p99 {percentile(own, 0.99):.1f}"
        f"  max {max(own):.1f}",
        f"frames {seen.frames} = {seen.frames / seen.frames_s:.1f} a second; client painted {seen.painted} times; "
        f"{1e3 * seen.cpu_s / seen.frames:.2f} ms of processor time per frame = "
        f"{100 * seen.cpu_s / seen.frames_s:.0f} % of a core",
        f"memory, MB: {' '.join(f'{mb:.1f}' for mb in seen.rss_mb)}  "
        f"(first to last {seen.rss_mb[-1] - seen.rss_mb[0]:+.1f})",
        f"waiting items at most {max(seen.waiting)}, while away {max(seen.waiting_away)}; after the return "
        f"{seen.frames_after_return} frames in {seen.after_return_s:.2f} s, {seen.behind_samples} samples behind",
        f"frames after the end {seen.late_signals}",
    ]
    return "\n".join(lines)
