"""`nfb latency`: how long from the headset's sample to the picture and the sound."""

import argparse
import sys

from nfb.cli.demo import has_display
from nfb.cli.output import print_json
from nfb.cli.run_session import parse_pairs
from nfb.engine.delay import level
from nfb.engine.launch import SIMULATED, make_source
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.errors import SetupError


def run(arguments: argparse.Namespace) -> int:
    # Chosen before Qt is loaded: it ends the process where it finds no display.
    if not has_display():
        import os

        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = _loopback(arguments) if arguments.loopback else _self_test(arguments)
    if arguments.json:
        print_json(report)
    else:
        _print(report)
    return 0


def _self_test(arguments: argparse.Namespace) -> dict[str, object]:
    if arguments.device != SIMULATED:
        raise SetupError(
            f"--device {arguments.device}: only the simulated client can step at a known time. For a headset, wire a "
            "photodiode to one of its channels and add --loopback CHANNEL."
        )
    from nfb.ui.latency import measure_delay

    protocol = load_protocol(find_protocol(arguments.protocol))
    return measure_delay(protocol, mode=arguments.mode, seconds=arguments.seconds)


def _loopback(arguments: argparse.Namespace) -> dict[str, object]:
    if arguments.device == SIMULATED:
        raise SetupError("--loopback: needs a headset that a sensor is wired to; name it with --device")
    source = make_source(arguments.device, parse_pairs(arguments.param))
    from nfb.ui.latency import measure_loopback

    return measure_loopback(source, arguments.loopback, seconds=arguments.seconds, sound=arguments.sound)


def _print(report: dict[str, object]) -> None:
    width = max(len(name) for name in report)
    for name, value in report.items():
        print(f"{name.replace('_', ' '):{width}}  {'–' if value is None else value}")
    delay = report.get("loop_delay_ms_p95")
    if isinstance(delay, float):
        worth = {"good": "within 350 ms", "amber": "over 350 ms", "red": "over 500 ms"}[level(delay)]
        print(f"The loop delay is {worth}; the headset's own transport is not in it.")
    if report.get("seen") == 0:
        print("The channel did not answer. Look at the sensor and its wires.", file=sys.stderr)
