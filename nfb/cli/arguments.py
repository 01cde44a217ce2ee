"""Commands and their options. Nothing heavy is imported before a command is known."""

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from nfb import __version__

_ABOUT = """\
Neurofeedback sessions: measure a brain rhythm, reward it while it happens, keep an honest record.
Without a command the window opens. `nfb demo` needs no headset."""
_NOT_A_DEVICE = """\
Research and education software for EEG self-regulation training. Not a medical device; not intended to diagnose,
treat, cure, mitigate or prevent any disease, nor to replace care."""


def _command(module: str) -> Callable[[argparse.Namespace], int]:
    """Import a command's module only when it is run: `nfb --help` should not load NumPy."""

    def run(arguments: argparse.Namespace) -> int:
        code: int = import_module(f"nfb.cli.{module}").run(arguments)
        return code

    return run


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(prog="nfb", description=_ABOUT, epilog=_NOT_A_DEVICE)
    parser.add_argument("--version", action="version", version=f"nfb {__version__}")
    parser.set_defaults(command=_command("window"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser(
        "demo",
        help="start a session on the synthetic board at once",
        description="Start a session on BrainFlow's synthetic board at once: in the window, or with live bars in the "
        "terminal where there is no display.",
    )
    demo.add_argument("--seconds", type=float, metavar="N", help="end after N seconds")
    demo.add_argument("--terminal", action="store_true", help="stay in the terminal even if there is a display")
    demo.add_argument("--out", type=Path, metavar="DIR", help="recordings folder")
    demo.set_defaults(command=_command("demo"))

    run = commands.add_parser(
        "run",
        help="run a whole session without a window",
        description="Run a whole session without a window. The last line printed is the recording's folder.",
        epilog="Examples: nfb run smr-central --device synthetic --seconds 60 · nfb run ua-posterior --device cyton "
        "--param serial_port=/dev/ttyUSB0 --client A031 · nfb run ua-posterior --device simulated --param learn=0.2 "
        "--speed max --seed 7",
    )
    run.add_argument("protocol", help="name of a shipped protocol, or a .toml file")
    run.add_argument("--device", required=True, metavar="NAME", help="a name from `nfb devices`, or simulated")
    run.add_argument(
        "--param", action="append", default=[], metavar="KEY=VALUE", help="connection parameter; may be repeated"
    )
    run.add_argument(
        "--client", default="test", metavar="CODE", help="client code, letters and digits (default: test)"
    )
    run.add_argument("--seconds", type=float, metavar="N", help="end after N seconds of samples")
    run.add_argument("--baseline", type=float, metavar="S", help="length of the baseline in clean seconds")
    run.add_argument("--out", type=Path, metavar="DIR", help="recordings folder")
    run.add_argument("--seed", type=int, metavar="N", help="seed of the simulated client")
    run.add_argument("--speed", default="1", metavar="S", help="pace of the simulated client: 1, 20, … or max")
    run.add_argument(
        "--mains", type=float, choices=(50.0, 60.0), help="mains frequency in Hz (default: both notched)"
    )
    run.add_argument("--iaf", type=float, metavar="HZ", help="individual alpha frequency in Hz")
    run.add_argument("--json", action="store_true", help="print the summary as JSON before the last line")
    run.set_defaults(command=_command("run_session"))

    replay = commands.add_parser(
        "replay",
        help="re-run a recording, or verify that it replays identically",
        description="Re-run a recording through the same code and write feedback.tsv.gz, or verify that it comes out "
        "identical to what was recorded.",
    )
    replay.add_argument("recording", type=Path, help="session folder, or a file: EDF, BDF, BrainVision, XDF, CSV, …")
    replay.add_argument("--protocol", metavar="FILE", help="protocol to run (required for other programs' files)")
    replay.add_argument("--out", type=Path, metavar="DIR", help="where feedback.tsv.gz goes (default: a new folder)")
    replay.add_argument("--speed", default="max", metavar="S", help="max (default), or 1 for real time, 20, …")
    replay.add_argument("--verify", action="store_true", help="compare with what was recorded; exit 0 if identical")
    _add_reading(replay)
    replay.add_argument("--iaf", type=float, metavar="HZ", help="individual alpha frequency in Hz")
    replay.set_defaults(command=_command("replay"))

    check = commands.add_parser(
        "check",
        help="a protocol in words, its delay, its fit and its expected reward",
        description="Say a protocol as one sentence, its delay budget, whether it fits a headset, and what a "
        "recording would have earned under it. Exit code 1 if it does not fit.",
    )
    check.add_argument("protocol", help="name of a shipped protocol, or a .toml file")
    check.add_argument("--device", metavar="NAME", help="a name from `nfb devices`, or simulated")
    check.add_argument("--recording", type=Path, metavar="FILE", help="any recording that `nfb replay` reads")
    check.add_argument("--json", action="store_true", help="print JSON")
    _add_reading(check)
    check.set_defaults(command=_command("check"))

    devices = commands.add_parser("devices", help="list headsets and their connection parameters")
    devices.add_argument("--json", action="store_true", help="print JSON")
    devices.add_argument("--scan", action="store_true", help="look for serial ports with a headset's dongle")
    devices.set_defaults(command=_command("devices"))

    recover = commands.add_parser(
        "recover",
        help="finish recordings that were interrupted",
        description="Finish recordings that a crash, a power cut or a kill interrupted. Nothing measured is lost.",
    )
    recover.add_argument("folder", type=Path, help="a recordings folder, or one session's folder")
    recover.set_defaults(command=_command("recover"))

    analyse = commands.add_parser(
        "analyse",
        help="quality, mains, band power and alpha peak of a recording",
        description="Quality, mains, band power and alpha peak of each channel, from clean windows only.",
    )
    analyse.add_argument("recording", type=Path, help="any recording that `nfb replay` reads")
    analyse.add_argument("--start", type=float, default=0.0, metavar="S", help="from second S (default: 0)")
    analyse.add_argument("--stop", type=float, metavar="S", help="to second S (default: the end)")
    analyse.add_argument("--json", action="store_true", help="print JSON")
    _add_reading(analyse)
    analyse.set_defaults(command=_command("analyse"))
    return parser


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, metavar="HZ", help="sampling rate, for tables that do not tell it")
    parser.add_argument("--board", metavar="NAME", help="board of a BrainFlow file, where its columns fit several")
