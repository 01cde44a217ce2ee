"""`nfb devices`: headsets and their connection parameters."""

import argparse
import math
from dataclasses import asdict

from nfb.cli.output import print_json
from nfb.devices.scan import Found, scan
from nfb.engine.launch import Row, device_rows, lsl_row


def run(arguments: argparse.Namespace) -> int:
    rows = [*device_rows(), lsl_row()]
    ports = scan() if arguments.scan else None
    if arguments.json:
        content: dict[str, object] = {"devices": [_record(row) for row in rows]}
        if ports is not None:
            content["ports"] = [asdict(port) for port in ports]
        print_json(content)
        return 0
    for row in rows:
        _print(row)
    if ports is not None:
        _print_ports(ports)
    return 0


def _record(row: Row) -> dict[str, object]:
    # JSON has no NaN: the rate of a stream is not known before it is found.
    return asdict(row) | ({"sampling_rate_hz": None} if math.isnan(row.sampling_rate_hz) else {})


def _print(row: Row) -> None:
    if row.channel_names:
        names = ", ".join(row.channel_names[:8]) + (", …" if len(row.channel_names) > 8 else "")
        size = f"{len(row.channel_names)} channels at {row.sampling_rate_hz:g} Hz"
        print(f"{row.name:22} {row.label}, {size}, {row.link}")
        print(f"{'':22} {names}")
    else:
        print(f"{row.name:22} {row.label}, channels and rate as the stream has them, {row.link}")
    if row.advice:
        print(f"{'':22} {row.advice}")
    for field in row.params:
        print(f"{'':22} --param {field.key}={'…' if field.required else '… (optional)'}  {field.hint}")


def _print_ports(ports: list[Found]) -> None:
    print("\nSerial ports:" if ports else "\nNo serial port found. Bluetooth headsets are found on connecting.")
    for port in ports:
        fits = f"  fits {', '.join(port.devices)}" if port.devices else ""
        print(f"  {port.serial_port}  {port.description}{fits}")
