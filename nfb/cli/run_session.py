"""`nfb run`: a whole session without a window."""

import argparse
import sys
from pathlib import Path

from nfb.cli.output import print_json, require_writable
from nfb.cli.terminal import attend
from nfb.devices.lsl_library import Scope
from nfb.engine.engine import Engine
from nfb.engine.launch import SIMULATED, Options, finish_interrupted, session_engine
from nfb.files.locations import default_recordings_root
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import EndReason
from nfb.model.errors import DeviceError, SetupError

_WENT_WELL = (EndReason.COMPLETED, EndReason.TIME_LIMIT, EndReason.STOPPED, EndReason.SOURCE_ENDED)


def run(arguments: argparse.Namespace) -> int:
    params = parse_pairs(arguments.param)
    options = Options(
        seconds=arguments.seconds,
        baseline_s=arguments.baseline,
        mains_hz=None if arguments.mains is None else float(arguments.mains),
        iaf_hz=arguments.iaf,
        out=arguments.out,
        speed=arguments.speed,
        seed=arguments.seed,
        lsl_out=None if arguments.lsl is None else Scope(arguments.lsl),
        osc=arguments.osc,
    )
    protocol = load_protocol(find_protocol(arguments.protocol))
    engine = session_engine(protocol, arguments.device, params, arguments.client, options)
    if arguments.device != SIMULATED and (options.seed is not None or options.speed != 1):
        print("Note: --seed and --speed are for the simulated client; a headset keeps its own time.", file=sys.stderr)
    return run_engine(engine, options.out, as_json=arguments.json)


def run_engine(engine: Engine, out: Path | None, *, as_json: bool = False) -> int:
    """Run an engine that records under `out` in the terminal; the last line printed is the recording's folder."""
    if out is not None:
        require_writable(out)
    for words in finish_interrupted(out or default_recordings_root()):
        print(words, file=sys.stderr)
    attend(engine)
    summary = engine.summary
    if as_json and summary is not None:
        print_json(summary.to_record(), indent=None)
    if engine.folder is not None:
        print(engine.folder)
    if engine.error is not None:
        raise engine.error
    if summary is not None and summary.end_reason is EndReason.DEVICE_GONE:
        raise DeviceError("The headset did not come back.", "What was recorded until then is kept.")
    return 0 if summary is not None and summary.end_reason in _WENT_WELL else 1


def parse_pairs(pairs: list[str]) -> dict[str, str]:
    """``["a=1", "b=x=y"]`` as a dict."""
    parsed: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key:
            raise SetupError(f"--param {pair}: must be KEY=VALUE, for example serial_port=/dev/ttyUSB0")
        if key in parsed:
            raise SetupError(f"--param {pair}: {key} is given twice. Leave one of them out.")
        parsed[key] = value
    return parsed
