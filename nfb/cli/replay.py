"""`nfb replay`: re-run a recording, or verify it."""

import argparse
import math
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console
from rich.progress import Progress

from nfb.engine.launch import parse_speed
from nfb.engine.replaying import Input, foreign_inputs, foreign_setup, recorded_inputs, replay, verify
from nfb.files.feedback_table import FeedbackWriter
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import Recording
from nfb.files.shelf import find_protocol
from nfb.model.errors import SetupError
from nfb.session.setup import Setup


def run(arguments: argparse.Namespace) -> int:
    speed = parse_speed(arguments.speed)
    recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
    console = Console(stderr=True)
    for warning in recording.warnings:
        console.print(f"Note: {warning}", highlight=False)
    if arguments.verify:
        return _verify(recording, arguments.protocol)
    setup, inputs = plan(recording, arguments.protocol, arguments.iaf)
    folder = arguments.out or Path(mkdtemp(prefix="nfb-replay-"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "feedback.tsv.gz"
    with FeedbackWriter(path, setup) as writer, Progress(console=console, transient=True) as bar:
        task = bar.add_task("Replaying", total=1.0)
        summary = replay(
            recording,
            setup,
            inputs,
            writer=writer,
            speed=speed,
            progress=lambda done: bar.update(task, completed=done),
        )
    for row in summary.stages:
        share = "–" if math.isnan(row.in_range_share) else f"{100 * row.in_range_share:.0f} %"
        held = f"{row.valid_s:.0f} s clean, {row.held_s:.0f} s held"
        console.print(f"{row.label}: {held}, in range {share}, {row.rewards} rewards", highlight=False)
    print(path)
    return 0


def plan(recording: Recording, protocol: str | None, iaf_hz: float | None = None) -> tuple[Setup, list[Input]]:
    """Session and inputs for a recording: its own, or those of another protocol."""
    if protocol is not None:
        setup = foreign_setup(load_protocol(find_protocol(protocol)), recording, iaf_hz)
        return setup, foreign_inputs(recording)
    if recording.session is None:
        raise SetupError(
            f"{recording.path.name}: was not recorded by this program. "
            "Say which protocol to run on it: --protocol FILE"
        )
    return recording.session.setup, recorded_inputs(recording.session.journal.events)


def _verify(recording: Recording, protocol: str | None) -> int:
    if protocol is not None:
        raise SetupError("--verify compares with the recorded protocol: leave --protocol away")
    verdict = verify(recording)
    if verdict.identical:
        print(f"identical: {verdict.n_hops} hops and {verdict.n_events} events")
        return 0
    print(f"different: {verdict.difference}")
    return 1
