"""`nfb run`: a whole session without a window."""

import argparse
import json

from nfb.cli.terminal import attend
from nfb.engine.engine import Engine
from nfb.engine.launch import Options, parse_speed, session_engine
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import EndReason
from nfb.model.errors import SetupError

_WENT_WELL = (EndReason.COMPLETED, EndReason.TIME_LIMIT, EndReason.STOPPED, EndReason.SOURCE_ENDED)


def run(arguments: argparse.Namespace) -> int:
    params = parse_pairs(arguments.param)
    options = Options(
        seconds=arguments.seconds,
        baseline_s=arguments.baseline,
        mains_hz=arguments.mains,
        iaf_hz=arguments.iaf,
        out=arguments.out,
        speed=parse_speed(arguments.speed),
        seed=arguments.seed,
    )
    protocol = load_protocol(find_protocol(arguments.protocol))
    engine = session_engine(protocol, arguments.device, params, arguments.client, options)
    return run_engine(engine, print_json=arguments.json)


def run_engine(engine: Engine, *, print_json: bool = False) -> int:
    """Run an engine in the terminal; the last line printed is the recording's folder."""
    engine.start()
    attend(engine)
    if print_json and engine.summary is not None:
        print(json.dumps(engine.summary.to_record(), ensure_ascii=False))
    if engine.folder is not None:
        print(engine.folder)
    if engine.error is not None:
        raise engine.error
    well = engine.summary is not None and engine.summary.end_reason in _WENT_WELL
    return 0 if well else 1


def parse_pairs(pairs: list[str]) -> dict[str, str]:
    """``["a=1", "b=x=y"]`` as a dict."""
    parsed = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise SetupError(f"--param {pair}: must be KEY=VALUE, for example serial_port=/dev/ttyUSB0")
        parsed[key.strip()] = value
    return parsed
