"""A session in the terminal: live bars where there is a terminal, a line now and then where there is none."""

import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live as LiveDisplay
from rich.table import Table
from rich.text import Text

from nfb.engine.engine import Engine
from nfb.engine.live import Fault, Live, Started
from nfb.model.commands import EndReason
from nfb.model.events import StageStarted
from nfb.model.protocol import Direction, StageKind
from nfb.model.samples import LinkChange, LinkState
from nfb.session.plan import stage_kind
from nfb.session.setup import Setup

_PERIOD_S = 0.1
_LINE_EVERY_S = 10.0
_END_S = 30.0
_WIDTH = 40
_ASKS_TO_END = ("SIGINT", "SIGTERM", "SIGHUP")


def attend(engine: Engine) -> None:
    """Run an engine to its end, showing how it goes on standard error.

    Ctrl+C, a request to terminate and a terminal that is closed end the session in order; a second Ctrl+C does not
    wait for that, and leaves a recording to be finished by `nfb recover`.
    """
    console = Console(stderr=True)
    with _asked_to_end() as asked:
        engine.start()
        try:
            if console.is_terminal:
                _live(engine, console, asked)
            else:
                _lines(engine, console, asked)
            if asked:
                kept = "nothing was recorded yet" if engine.folder is None else "what was recorded is kept"
                _say(console, f"Ending the session; {kept}.")
        except BrokenPipeError:  # `nfb run … 2>&1 | head`: nobody looks on
            pass
        finally:
            engine.stop(EndReason.STOPPED)
            engine.join(_END_S)


@contextmanager
def _asked_to_end() -> Iterator[list[int]]:
    """Signals to end, gathered in a list.

    They are not turned into exceptions: CPython before 3.13 takes a thread for ended when a KeyboardInterrupt hits
    its `join`, and the program would exit before the recording is finished. SIGINT is asked for explicitly because a
    shell's background jobs start with it ignored.
    """
    asked: list[int] = []

    def take(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {}
    for name in _ASKS_TO_END:
        number = getattr(signal, name, None)
        # Started with nohup, a program is to outlive its terminal.
        if number is not None and (name != "SIGHUP" or signal.getsignal(number) is signal.SIG_DFL):
            before[number] = signal.signal(number, take)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _live(engine: Engine, console: Console, asked: list[int]) -> None:
    with LiveDisplay(console=console, refresh_per_second=10, transient=True) as display:
        while not engine.join(_PERIOD_S) and not asked:
            _tell(engine, console)
            if engine.live is not None and engine.setup is not None:
                display.update(_picture(engine.live, engine.setup))
    _tell(engine, console)


def _lines(engine: Engine, console: Console, asked: list[int]) -> None:
    due_s = time.monotonic() + _LINE_EVERY_S
    while not engine.join(_PERIOD_S) and not asked:
        _tell(engine, console)
        live = engine.live
        if live is not None and time.monotonic() >= due_s:
            due_s = time.monotonic() + _LINE_EVERY_S
            print(f"{live.stage_label}: {live.rewards} rewards, {live.why}", file=sys.stderr, flush=True)
    _tell(engine, console)


def _tell(engine: Engine, console: Console) -> None:
    """Rare events, one line each."""
    for event in engine.take_events():
        if isinstance(event, Started):
            device = event.setup.device
            _say(
                console,
                f"{device.model or device.name}: {device.n_channels} channels, {device.sampling_rate_hz:g} Hz",
            )
            if event.setup.fit.adapted:
                _say(console, f"Adapted: {event.setup.fit.note}")
        elif isinstance(event, StageStarted):
            _say(console, f"Stage: {event.label}")
        elif isinstance(event, LinkChange) and event.state not in (LinkState.STREAMING, LinkState.ENDED):
            _say(
                console,
                " ".join(part for part in (f"Link: {event.state.value}.", event.detail, event.way_out) if part),
            )
        elif isinstance(event, Fault) and not event.fatal:
            _say(console, f"{event.what} {event.way_out}".strip())


def _say(console: Console, text: str) -> None:
    # Names of folders and electrodes may look like markup, and a log is read by line.
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _picture(live: Live, setup: Setup) -> Group:
    """Feedback, one bar per condition, and the reason."""
    table = Table.grid(padding=(0, 2))
    feedback = round(live.feedback * _WIDTH)
    table.add_row("feedback", "█" * feedback + "░" * (_WIDTH - feedback), f"{100 * live.feedback:3.0f} %")
    for condition in setup.protocol.conditions:
        column = next(i for i, feature in enumerate(setup.features) if feature.name == condition.feature)
        value, threshold = live.hop.features[column], live.hop.thresholds[column]
        unit = setup.features[column].unit.replace("1", "")
        side = "≥" if condition.direction is Direction.UP else "≤"
        limit = "not set" if math.isnan(threshold) else f"{side} {threshold:.2f} {unit}"
        table.add_row(condition.feature, _bar(value, threshold), f"{value:6.2f} {unit}  {limit}")
    left = "" if math.isinf(live.stage_left_s) else f", {live.stage_left_s:.0f} s left"
    head = f"{live.stage_label}{left}{_score(live, setup)}"
    if not math.isnan(live.loop_delay_ms):
        head += f" · loop delay {live.loop_delay_ms:.0f} ms"
    return Group(Text(head), table, Text(live.why), Text("Ctrl+C ends the session.", style="dim"))


def _score(live: Live, setup: Setup) -> str:
    """Share in range and rewards, in stages that are about them."""
    if stage_kind(live.stage_label, setup.stages) not in (StageKind.RUN, StageKind.TRANSFER):
        return ""
    share = "–" if math.isnan(live.in_range_30s) else f"{100 * live.in_range_30s:.0f} %"
    return f" · in range {share} of 30 s · {live.rewards} rewards"


def _bar(value: float, threshold: float) -> str:
    """A bar of twice the threshold's length, the threshold marked in its middle."""
    if math.isnan(value) or math.isnan(threshold) or threshold <= 0:
        return "·" * _WIDTH
    length = max(0, min(_WIDTH, round(_WIDTH * value / (2 * threshold))))
    bar = "█" * length + "░" * (_WIDTH - length)
    return bar[: _WIDTH // 2] + "┃" + bar[_WIDTH // 2 :]
