"""`nfb lsl` and `nfb osc`: streams of other programs, and a recording sent out as if it were live."""

import argparse
import sys

from nfb.cli.output import print_json
from nfb.cli.terminal import attend
from nfb.devices.lsl_library import Scope, find_streams
from nfb.engine.launch import replay_engine
from nfb.engine.outlets import make_sinks
from nfb.files.shelf import find_protocol


def run(arguments: argparse.Namespace) -> int:
    if arguments.action == "list":
        return _list(arguments)
    protocol = None if arguments.protocol is None else find_protocol(arguments.protocol)
    scope = Scope(arguments.scope) if arguments.kind == "lsl" else None
    sinks = make_sinks(scope, arguments.to if arguments.kind == "osc" else "")
    engine = replay_engine(arguments.recording, protocol, arguments.speed, sinks)
    attend(engine)
    if engine.error is not None:
        raise engine.error
    return 0


def _list(arguments: argparse.Namespace) -> int:
    streams = find_streams(Scope(arguments.scope), arguments.wait)
    if arguments.json:
        facts = ("name", "kind", "n_channels", "rate_hz", "channel_format", "source_id", "host")
        print_json({"streams": [{fact: getattr(stream, fact) for fact in facts} for stream in streams]})
        return 0
    for stream in streams:
        rate = f"{stream.rate_hz:g} Hz" if stream.rate_hz else "irregular"
        print(f"{stream.name:24} {stream.kind:12} {stream.n_channels:3} channels  {rate:10} {stream.host}")
    if not streams:
        print(f"No stream answered on this {arguments.scope} within {arguments.wait:g} s.", file=sys.stderr)
    return 0
