"""Options of the commands that exchange data with other programs and other places: LSL, OSC, archives."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Any]

_OSC_TARGET = "127.0.0.1:9000"
_SCOPES = ("machine", "network")
_REACH = """\
Streams are announced and looked for on this computer only, unless the scope is network. liblsl's ports listen on
every interface all the same: on a network that is not yours, have a firewall keep them."""
_OSC_MAP = """\
addresses (OSC 1.0 over UDP, one message per datagram):
  /nfb/feature/NAME    f    value of a feature in its unit, every hop
  /nfb/threshold/NAME  f    when it is set or moved
  /nfb/feedback        f    0 to 1, 0.5 is neutral, every hop
  /nfb/in_range        i    1 or 0, when it changes
  /nfb/reward          i    number of the reward, at each reward
  /nfb/artefact        i s  1 and the cause when samples are held, 0 when they no longer are
  /nfb/stage           s    label of the stage, when it begins
  /nfb/link            s    state of the link to the headset, when it changes
  /nfb/end             s    why the session ended
Another prefix than /nfb is part of the target, for VRChat 127.0.0.1:9000/avatar/parameters/nfb"""

_FIELDS = """\
  decisions      features, thresholds, feedback and reasons, one row per hop
  acceleration   head movement, where it was measured
  device-times   time stamps of the device, moved with the dates
  notes          free text: notes, texts of markers, reasons that were typed
  protocol-text  the protocol's file with its comments
  ratings        check-in ratings from the client book
  scales         questionnaires from the client book"""


def add_outlets(run: argparse.ArgumentParser) -> None:
    """What of a session other programs are to be told."""
    run.add_argument(
        "--lsl",
        nargs="?",
        const="machine",
        choices=_SCOPES,
        help="offer EEG, features and markers as LSL streams, on this computer (default) or the network; see nfb lsl",
    )
    run.add_argument(
        "--osc",
        nargs="?",
        const=_OSC_TARGET,
        default="",
        metavar="HOST:PORT",
        help=f"send feedback, features and rewards as OSC messages, to {_OSC_TARGET} if none is given; see nfb osc",
    )


def add_lsl(commands: "Commands") -> None:
    """`nfb lsl list` and `nfb lsl out`."""
    lsl = commands.add_parser(
        "lsl",
        help="Lab Streaming Layer: list streams, or send a recording as streams",
        description="Lab Streaming Layer. A session takes EEG from a stream with --device lsl, and offers its own\n"
        "with --lsl: NFB-EEG (every sample, µV), NFB-Feature (one row per hop) and NFB-Markers.",
        epilog=f"""\
examples:
  nfb lsl list
  nfb run smr-central --device lsl --param stream=MyAmp
  nfb run smr-central --device lsl --param stream=MyAmp --param unit=V --param scope=network
  nfb run smr-central --device cyton --param serial_port=COM3 --lsl
  nfb lsl out recordings/sub-A031/ses-001

{_REACH}
Needs pylsl: python -m pip install 'nfb[lsl]'""",
    )
    actions = lsl.add_subparsers(dest="action", required=True, metavar="list|out")
    seen = actions.add_parser(
        "list", help="streams that can be seen", description="List streams that answer.", epilog=_REACH
    )
    seen.add_argument("--wait", type=float, default=1.0, metavar="S", help="how long to listen (default: 1)")
    seen.add_argument("--json", action="store_true", help="print JSON")
    out = actions.add_parser(
        "out",
        help="send a recording as if it were live",
        description="Run a recording and offer NFB-EEG, NFB-Feature and NFB-Markers as if it were live.",
        epilog=_REACH,
    )
    for parser in (seen, out):
        parser.add_argument(
            "--scope", choices=_SCOPES, default="machine", help="this computer (default), or the network"
        )
    _add_sending(out)
    lsl.set_defaults(command=_outlets, kind="lsl")


def add_osc(commands: "Commands") -> None:
    """`nfb osc out`."""
    osc = commands.add_parser(
        "osc",
        help="Open Sound Control: send a recording's feedback and rewards",
        description="Open Sound Control. A session sends with --osc HOST:PORT; `nfb osc out` sends a recording.",
        epilog=_OSC_MAP,
    )
    actions = osc.add_subparsers(dest="action", required=True, metavar="out")
    out = actions.add_parser(
        "out",
        help="send a recording as if it were live",
        description="Run a recording and send its messages as if it were live.",
        epilog=_OSC_MAP,
    )
    out.add_argument("--to", default=_OSC_TARGET, metavar="HOST:PORT", help=f"target (default: {_OSC_TARGET})")
    _add_sending(out)
    osc.set_defaults(command=_outlets, kind="osc")


def add_archive(commands: "Commands") -> None:
    """`nfb archive`."""
    archive = commands.add_parser(
        "archive",
        help="a course as a zip file without identity",
        description="Write sessions as a zip file without identity: new codes, dates moved by a number of days of\n"
        "each client's own, no free text unless it is chosen. Unpacked, it is a valid BIDS dataset.",
        epilog=f"""\
examples:
  nfb archive A031 course.zip
  nfb archive recordings study.zip --fields decisions,ratings,scales
  nfb archive recordings/sub-A031 again.zip --shift-dates -1200

fields (EEG and events are always in it):
{_FIELDS}
Who is who is told on standard error and stands nowhere in the archive. EEG itself can identify a person whose EEG
is in another collection.""",
    )
    archive.add_argument(
        "source", nargs="+", metavar="CLIENT", help="a client's code, or folders: sub-…, ses-…, a whole dataset"
    )
    archive.add_argument("out", type=Path, metavar="OUT.zip", help="file to make")
    archive.add_argument(
        "--fields", metavar="A,B", help="what to put in (default: decisions,acceleration,device-times)"
    )
    archive.add_argument(
        "--shift-dates",
        type=int,
        metavar="DAYS",
        help="move all dates by so many days (default: drawn for each client, one to ten years back)",
    )
    archive.add_argument("--recordings", type=Path, metavar="DIR", help="where the sessions of a code are looked for")
    archive.add_argument(
        "--book", metavar="FILE", help="client book for ratings and scales (default: the desk's own)"
    )
    archive.add_argument("--overwrite", action="store_true", help="replace OUT.zip if it exists")
    archive.add_argument("--json", action="store_true", help="print JSON")
    archive.set_defaults(command=_archive)


def _add_sending(out: argparse.ArgumentParser) -> None:
    out.add_argument("recording", type=Path, metavar="RECORDING", help="a session's folder, or a file")
    out.add_argument("--protocol", metavar="FILE", help="protocol to run, needed for other programs' recordings")
    out.add_argument("--speed", type=_pace, default=1.0, metavar="S", help="1 for real time (default), 20, … or max")


def _pace(text: str) -> float:
    speed = math.inf if text == "max" else float(text)
    if not speed > 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be max, or a number above 0 such as 1 or 20")
    return speed


def _archive(arguments: argparse.Namespace) -> int:
    from nfb.cli.archive import run  # loads NumPy, which --help should not

    return run(arguments)


def _outlets(arguments: argparse.Namespace) -> int:
    from nfb.cli.outlets import run  # loads NumPy, which --help should not

    return run(arguments)
