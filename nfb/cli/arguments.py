"""Commands and their options. Nothing heavy is imported before a command is known."""

import argparse
import math
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from nfb import __version__
from nfb.cli.exchange_arguments import add_archive, add_lsl, add_osc, add_outlets

_ABOUT = """\
Neurofeedback sessions: measure a brain rhythm, reward it while it happens, keep an honest record.
Without a command the window opens."""
_BEGIN = """\
to begin:
  nfb demo                                        a first session, no headset needed
  nfb devices                                     which headsets can be used, and what they need
  nfb check smr-central --device cyton            does this protocol fit my headset?
  nfb run smr-central --device simulated --speed max --seconds 60
  nfb COMMAND --help                              every option of a command

Research and education software for EEG self-regulation training. Not a medical device; not intended to
diagnose, treat, cure, mitigate or prevent any disease, nor to replace care."""
_CODES = """\
exit code: 0 done, 1 the answer is no, 2 something you can mend, 3 trouble with the headset"""


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and keeps the line breaks of examples."""

    def __init__(self, *, description: str, epilog: str, **names: str) -> None:
        super().__init__(
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            **names,  # type: ignore[arg-type]  # add_parser hands on prog, usage and the like
        )

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(prog="nfb", description=_ABOUT, epilog=_BEGIN)
    parser.add_argument("--version", action="version", version=f"nfb {__version__}")
    parser.set_defaults(command=_command("window"))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    demo = commands.add_parser(
        "demo",
        help="start a session on the synthetic board at once",
        description="Start a session on BrainFlow's synthetic board at once: in the window, or with live bars in\n"
        "the terminal where there is no display. Ctrl+C ends it.",
        epilog="The last line printed in the terminal is the recording's folder.",
    )
    demo.add_argument("--seconds", type=float, metavar="N", help="end the session after N seconds")
    demo.add_argument("--terminal", action="store_true", help="stay in the terminal even if there is a display")
    _add_out(demo)
    demo.set_defaults(command=_command("demo"))

    run = commands.add_parser(
        "run",
        help="run a whole session without a window",
        description="Run a whole session without a window. Progress goes to standard error, and the last line\n"
        "printed is the recording's folder. Ctrl+C ends the session in order.",
        epilog=f"""\
examples:
  nfb run smr-central --device synthetic --seconds 60
  nfb run ua-posterior --device cyton --param serial_port=/dev/ttyUSB0 --client A031
  nfb run ua-posterior --device simulated --param learn=0.2 --speed max --seed 7

{_CODES}""",
    )
    _add_protocol(run)
    run.add_argument("--device", required=True, metavar="NAME", help="a name from `nfb devices`")
    run.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="connection parameter of the device; may be repeated",
    )
    run.add_argument(
        "--client", default="test", metavar="CODE", help="code of the client, letters and digits (default: test)"
    )
    run.add_argument(
        "--seconds", type=float, metavar="N", help="end after N seconds of samples (default: the protocol's length)"
    )
    run.add_argument(
        "--baseline", type=float, metavar="S", help="clean seconds of baseline (default: the protocol's)"
    )
    _add_out(run)
    run.add_argument("--seed", type=int, metavar="N", help="seed of the simulated client (default: 0)")
    _add_speed(run, "1", "pace of the simulated client: max, or 1 for real time, 20, … (default: 1)")
    run.add_argument(
        "--mains", type=int, choices=(50, 60), help="mains frequency in Hz (default: both are filtered out)"
    )
    _add_iaf(run)
    add_outlets(run)
    run.add_argument("--json", action="store_true", help="print the summary as JSON before the last line")
    run.set_defaults(command=_command("run_session"))

    replay = commands.add_parser(
        "replay",
        help="re-run a recording, or verify that it replays identically",
        description="Re-run a recording through the code that runs live and write feedback.tsv.gz, one row per hop;\n"
        "or verify that it comes out identical to what was recorded. The last line printed is the file.",
        epilog=f"""\
examples:
  nfb replay recordings/sub-A031/ses-001 --verify
  nfb replay recordings/sub-A031/ses-001 --out again
  nfb replay night.edf --protocol ua-posterior --out night

Without --out, a new folder replay-NAME is made in the present one. Recordings are never changed.
{_CODES}""",
    )
    _add_recording(replay)
    replay.add_argument(
        "--protocol", metavar="FILE", help="protocol to run, a file or a name (needed for other programs' recordings)"
    )
    replay.add_argument("--out", type=_folder, metavar="DIR", help="where feedback.tsv.gz goes")
    _add_speed(replay, "max", "max, or 1 for real time, 20, … (default: max)")
    replay.add_argument("--verify", action="store_true", help="compare with what was recorded; exit 0 if identical")
    _add_iaf(replay)
    replay.add_argument("--json", action="store_true", help="print the summary, or the verdict, as JSON")
    replay.set_defaults(command=_command("replay"))

    check = commands.add_parser(
        "check",
        help="a protocol in words, its delay, its fit and its expected reward",
        description="Say a protocol as one sentence, its delay budget, whether it fits a headset, and what a\n"
        "recording would have earned under it.",
        epilog=f"""\
examples:
  nfb check smr-central
  nfb check my-protocol.toml --device muse-2
  nfb check ua-posterior --recording rest.edf

{_CODES}
The answer is no where the protocol does not fit.""",
    )
    _add_protocol(check)
    check.add_argument("--device", metavar="NAME", help="a name from `nfb devices`")
    check.add_argument("--recording", type=Path, metavar="FILE", help="any recording that `nfb replay` reads")
    _add_iaf(check)
    _add_json(check)
    _add_reading(check)
    check.set_defaults(command=_command("check"))

    devices = commands.add_parser(
        "devices",
        help="list headsets and their connection parameters",
        description="List headsets, what they measure, and the --param that each of them takes.",
        epilog="Bluetooth headsets are found when a session connects.",
    )
    devices.add_argument("--scan", action="store_true", help="also look for serial ports with a headset's dongle")
    _add_json(devices)
    devices.set_defaults(command=_command("devices"))

    latency = commands.add_parser(
        "latency",
        help="measure the delay from sample to picture and sound",
        description="Measure the delay: a simulated rhythm steps, and the first changed decision, painted picture\n"
        "and block of sound are timed. With --loopback, a sensor on a headset's channel sees what is shown.",
        epilog=f"""\
examples:
  nfb latency --json
  nfb latency --protocol smr-central --mode dot --seconds 60
  nfb latency --device cyton --param serial_port=/dev/ttyUSB0 --loopback Fp1
  nfb latency --device cyton --param serial_port=/dev/ttyUSB0 --loopback Fp1 --sound

--loopback flashes a patch for a photodiode (--sound: a tone for a microphone) and times when the headset's channel
shows it: screen or loudspeaker, sensor, amplifier and link, which no program can know of itself.
{_CODES}""",
    )
    latency.add_argument(
        "--protocol",
        default="hbeta-down",
        metavar="NAME",
        help="whose first reward is measured (default: hbeta-down)",
    )
    latency.add_argument("--mode", default="bar", metavar="MODE", help="feedback mode that is painted (default: bar)")
    latency.add_argument("--seconds", type=float, default=20.0, metavar="N", help="how long (default: 20)")
    latency.add_argument("--device", default="simulated", metavar="NAME", help="headset, for --loopback")
    latency.add_argument(
        "--param", action="append", default=[], metavar="KEY=VALUE", help="its connection parameter; may be repeated"
    )
    latency.add_argument("--loopback", metavar="CHANNEL", help="channel that a photodiode or microphone is wired to")
    latency.add_argument("--sound", action="store_true", help="with --loopback: a tone instead of a patch")
    _add_json(latency)
    latency.set_defaults(command=_command("latency"))

    recover = commands.add_parser(
        "recover",
        help="finish recordings that were interrupted",
        description="Finish recordings that a crash, a power cut or a kill interrupted. Nothing measured is lost.",
        epilog="Recordings that are finished, or being made, are left alone.",
    )
    recover.add_argument("folder", type=_folder, metavar="DIR", help="a recordings folder, or one session's folder")
    _add_json(recover)
    recover.set_defaults(command=_command("recover"))

    analyse = commands.add_parser(
        "analyse",
        help="quality, mains, band power and alpha peak of a recording",
        description="Quality, mains, band power and alpha peak of each channel, from clean windows only.",
        epilog="example:\n  nfb analyse rest.edf --start 20 --stop 75 --json",
    )
    _add_recording(analyse)
    analyse.add_argument("--start", type=float, default=0.0, metavar="S", help="from second S (default: 0)")
    analyse.add_argument("--stop", type=float, default=math.inf, metavar="S", help="to second S (default: the end)")
    _add_json(analyse)
    analyse.set_defaults(command=_command("analyse"))
    export = commands.add_parser(
        "export",
        help="write a recording as EDF, BDF, XDF, CSV or Parquet",
        description="Write a recording in another program's format: EDF+, BDF+ and XDF hold the EEG with everything\n"
        "noted beside it, CSV and Parquet the decisions, one row per hop. The last line printed is the file.",
        epilog=f"""\
examples:
  nfb export recordings/sub-A031/ses-001 A031.bdf
  nfb export recordings/sub-A031/ses-001 --format csv decisions.csv

What a format cannot hold as it was is said. Recordings are never changed.
{_CODES}""",
    )
    _add_recording(export)
    export.add_argument("out", type=Path, metavar="OUT", help="file to make")
    export.add_argument(
        "--format", choices=("edf", "bdf", "xdf", "csv", "parquet"), help="format (default: what OUT ends with)"
    )
    export.add_argument("--overwrite", action="store_true", help="replace OUT if it exists")
    _add_json(export)
    export.set_defaults(command=_command("export"))
    report = commands.add_parser(
        "report",
        help="a session note, a client page, a course report or a CRED-nf sheet",
        description="Write a report of recorded sessions as HTML, with --pdf as PDF too; nothing is sent anywhere.\n"
        "A course takes in all sessions of the client with the same protocol. The last line printed is the file.",
        epilog=f"""\
examples:
  nfb report recordings/sub-A031/ses-001 --kind session --pdf
  nfb report recordings/sub-A031 --kind course --out reports
  nfb report --kind course --client A031 --pdf
  nfb report recordings/sub-A031/ses-001 --kind crednf --answers study.toml

{_CODES}""",
    )
    report.add_argument(
        "recording",
        type=Path,
        nargs="?",
        metavar="RECORDING",
        help="a session's folder, or the client's; with --client the folder of recordings (default: recordings)",
    )
    report.add_argument(
        "--kind", choices=("session", "client", "course", "crednf"), default="session", help="(default: session)"
    )
    report.add_argument("--pdf", action="store_true", help="also write a PDF")
    report.add_argument(
        "--client", metavar="CODE", help="course, client: with goals, ratings and treatments from the client book"
    )
    report.add_argument("--book", metavar="FILE", help="client book (default: the desk's own)")
    report.add_argument("--name", action="store_true", help="with --client and --out: print the client's name")
    report.add_argument("--answers", type=Path, metavar="FILE", help="crednf: JSON or TOML, item = answer")
    report.add_argument("--out", type=_folder, metavar="DIR", help="where it goes (default: beside the recording)")
    report.set_defaults(command=_command("report"))
    add_lsl(commands)
    add_osc(commands)
    add_archive(commands)
    return parser


def _command(module: str) -> Callable[[argparse.Namespace], int]:
    """Import a command's module only when it is run: `nfb --help` should not load NumPy."""

    def run(arguments: argparse.Namespace) -> int:
        code: int = import_module(f"nfb.cli.{module}").run(arguments)
        return code

    return run


def _folder(text: str) -> Path:
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("needs the name of a folder")
    return Path(text)


def _speed(text: str) -> float:
    """``max`` or a number above 0."""
    try:
        speed = math.inf if text == "max" else float(text)
    except ValueError:
        speed = math.nan
    if not speed > 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be max, or a number above 0 such as 1 or 20")
    return speed


def _add_protocol(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("protocol", metavar="PROTOCOL", help="name of a shipped protocol, or a .toml file")


def _add_recording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "recording",
        type=Path,
        metavar="RECORDING",
        help="a session's folder, or a file: EDF, BDF, BrainVision, XDF, OpenBCI, Muse or BrainFlow CSV, a table",
    )
    _add_reading(parser)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, metavar="HZ", help="sampling rate, for tables that do not tell it")
    parser.add_argument("--board", metavar="NAME", help="board of a BrainFlow file, where its columns fit several")


def _add_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=_folder, metavar="DIR", help="recordings folder (default: recordings)")


def _add_speed(parser: argparse.ArgumentParser, default: str, words: str) -> None:
    parser.add_argument("--speed", type=_speed, default=default, metavar="S", help=words)


def _add_iaf(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--iaf", type=float, metavar="HZ", help="the person's alpha peak, for bands that are relative to it"
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
