"""A session in the terminal: live bars where there is a terminal, a line now and then where there is none."""

import math
import sys
import time

from rich.console import Console, Group
from rich.live import Live as LiveDisplay
from rich.table import Table
from rich.text import Text

from nfb.engine.engine import Engine
from nfb.engine.live import Fault, Live, Started
from nfb.model.commands import EndReason
from nfb.model.events import StageStarted
from nfb.model.samples import LinkChange, LinkState
from nfb.session.setup import Setup

_PERIOD_S = 0.1
_WIDTH = 40


def attend(engine: Engine) -> None:
    """Run a started engine to its end, showing how it goes on standard error. Ctrl+C ends the session in order."""
    console = Console(stderr=True)
    try:
        if console.is_terminal:
            _live(engine, console)
        else:
            _lines(engine)
    except KeyboardInterrupt:
        console.print("Ending the session; what was recorded is kept.")
        engine.stop(EndReason.STOPPED)
    engine.join(30.0)


def _live(engine: Engine, console: Console) -> None:
    with LiveDisplay(console=console, refresh_per_second=10, transient=True) as display:
        while not engine.join(_PERIOD_S):
            _tell(engine, console)
            if engine.live is not None and engine.setup is not None:
                display.update(_picture(engine.live, engine.setup))
    _tell(engine, console)


def _lines(engine: Engine) -> None:
    console = Console(stderr=True)
    due_s = 0.0
    while not engine.join(_PERIOD_S):
        _tell(engine, console)
        live = engine.live
        if live is not None and time.monotonic() >= due_s:
            due_s = time.monotonic() + 10.0
            print(f"{live.stage_label}: {live.rewards} rewards, {live.why}", file=sys.stderr)
    _tell(engine, console)


def _tell(engine: Engine, console: Console) -> None:
    """Rare events, one line each."""
    for event in engine.take_events():
        if isinstance(event, Started):
            device = event.setup.device
            console.print(
                f"{device.model or device.name}: {device.n_channels} channels, {device.sampling_rate_hz:g} Hz"
            )
            if event.setup.fit.adapted:
                console.print(f"Adapted: {event.setup.fit.note}")
        elif isinstance(event, StageStarted):
            console.print(f"Stage: {event.label}")
        elif isinstance(event, LinkChange) and event.state not in (LinkState.STREAMING, LinkState.ENDED):
            console.print(
                " ".join(part for part in (f"Link: {event.state.value}.", event.detail, event.way_out) if part)
            )
        elif isinstance(event, Fault) and not event.fatal:
            console.print(f"{event.what} {event.way_out}".strip())


def _picture(live: Live, setup: Setup) -> Group:
    """Feedback, one bar per condition, and the reason."""
    table = Table.grid(padding=(0, 2))
    feedback = round(live.feedback * _WIDTH)
    table.add_row("feedback", "█" * feedback + "░" * (_WIDTH - feedback), f"{100 * live.feedback:3.0f} %")
    for condition in setup.protocol.conditions:
        column = next(i for i, feature in enumerate(setup.features) if feature.name == condition.feature)
        value, threshold = live.hop.features[column], live.hop.thresholds[column]
        unit = setup.features[column].unit.replace("1", "")
        side = "≥" if condition.direction.value == "up" else "≤"
        limit = "not set" if math.isnan(threshold) else f"{side} {threshold:.2f} {unit}"
        table.add_row(condition.feature, _bar(value, threshold), f"{value:6.2f} {unit}  {limit}")
    share = "–" if math.isnan(live.in_range_30s) else f"{100 * live.in_range_30s:.0f} %"
    left = "" if math.isinf(live.stage_left_s) else f", {live.stage_left_s:.0f} s left"
    delay = "" if math.isnan(live.loop_delay_ms) else f" · loop delay {live.loop_delay_ms:.0f} ms"
    head = f"{live.stage_label}{left} · in range {share} of 30 s · {live.rewards} rewards{delay}"
    return Group(Text(head), table, Text(live.why))


def _bar(value: float, threshold: float) -> str:
    """A bar of twice the threshold's length, the threshold marked in its middle."""
    if math.isnan(value) or math.isnan(threshold) or threshold <= 0:
        return "·" * _WIDTH
    length = min(_WIDTH, round(_WIDTH * value / (2 * threshold)))
    bar = "█" * length + "░" * (_WIDTH - length)
    return bar[: _WIDTH // 2] + "┃" + bar[_WIDTH // 2 :]
