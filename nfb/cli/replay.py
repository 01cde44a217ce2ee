"""`nfb replay`: re-run a recording, or verify it."""

import argparse
import math
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from nfb.cli.output import print_json, require_writable
from nfb.engine.replaying import Input, foreign_inputs, foreign_setup, recorded_inputs, replay, verify
from nfb.engine.summary import Summary
from nfb.files.feedback_table import FeedbackWriter
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol
from nfb.files.recording import Recording
from nfb.files.shelf import find_protocol
from nfb.model.errors import SetupError
from nfb.session.setup import Setup

_TABLE = "feedback.tsv.gz"


def run(arguments: argparse.Namespace) -> int:
    protocol: str | None = arguments.protocol
    recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
    console = Console(stderr=True)
    for warning in recording.warnings:
        console.print(f"Note: {warning}", markup=False, highlight=False, soft_wrap=True)
    if arguments.verify:
        if protocol is not None or arguments.out is not None:
            raise SetupError("--verify compares with what was recorded: leave --protocol and --out away")
        return _verify(recording, as_json=arguments.json)
    setup, inputs = plan(recording, protocol, arguments.iaf)
    path = _new_table(recording, arguments.out)
    summary = _write(path, recording, setup, inputs, arguments.speed, console)
    _tell(summary, console)
    if arguments.json:
        print_json(summary.to_record(), indent=None)
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
    if iaf_hz is not None:
        raise SetupError("--iaf belongs to another protocol: give one with --protocol, or leave --iaf away")
    return recording.session.setup, recorded_inputs(recording.session.journal.events)


def _new_table(recording: Recording, out: Path | None) -> Path:
    """Where the table goes: into `out`, or a new folder here; never onto the table of a recording."""
    if out is None:
        out = _new_folder(recording)
    require_writable(out)
    if (out / "session.json").exists():
        raise SetupError(f"--out {out}: holds the feedback of a recording, which is kept. Choose another folder.")
    if (out / _TABLE).is_dir():
        raise SetupError(f"--out {out}: {_TABLE} is a folder there. Choose another folder.")
    return out / _TABLE


def _new_folder(recording: Recording) -> Path:
    path = recording.path
    name = path.stem if recording.session is None else f"{path.parent.name}_{path.name}"
    numbered = (Path(f"replay-{name}" if number == 1 else f"replay-{name}-{number}") for number in count(1))
    return next(folder for folder in numbered if not folder.exists())


def _write(
    path: Path, recording: Recording, setup: Setup, inputs: list[Input], speed: float, console: Console
) -> Summary:
    """Write the table under another name and rename it when it is whole: what has the name is complete."""
    made = not path.parent.exists()
    unfinished = path.with_name(_TABLE + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FeedbackWriter(unfinished, setup) as writer, _progress(console) as bar:
            task = bar.add_task("Replaying", total=1.0)
            summary = replay(
                recording,
                setup,
                inputs,
                writer=writer,
                speed=speed,
                progress=lambda done: bar.update(task, completed=done),
            )
        unfinished.replace(path)
    except OSError as error:
        raise SetupError(
            f"--out {path.parent}: {error.strerror}. Choose another folder, or free some space."
        ) from error
    finally:
        if path.parent.is_dir():
            unfinished.unlink(missing_ok=True)
            if made and not any(path.parent.iterdir()):
                path.parent.rmdir()
    return summary


def _progress(console: Console) -> Progress:
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _tell(summary: Summary, console: Console) -> None:
    for row in summary.stages:
        share = "–" if math.isnan(row.in_range_share) else f"{100 * row.in_range_share:.0f} %"
        held = f"{row.valid_s:.0f} s clean, {row.held_s:.0f} s held"
        scored = f", in range {share}, {row.rewards} rewards" if row.label.startswith("run") else ""
        console.print(f"{row.label}: {held}{scored}", markup=False, highlight=False)


def _verify(recording: Recording, *, as_json: bool) -> int:
    verdict = verify(recording)
    if as_json:
        print_json(
            {
                "identical": verdict.identical,
                "n_hops": verdict.n_hops,
                "n_events": verdict.n_events,
                "difference": verdict.difference,
            }
        )
    elif verdict.identical:
        print(f"identical: {verdict.n_hops} hops and {verdict.n_events} events")
    else:
        print(f"different: {verdict.difference}")
    return 0 if verdict.identical else 1
