"""`nfb devices`: headsets and their connection parameters."""

import argparse
import json
from dataclasses import asdict

from nfb.engine.launch import Row, device_rows


def run(arguments: argparse.Namespace) -> int:
    rows = device_rows()
    ports = []
    if arguments.scan:
        from nfb.devices.scan import scan

        ports = scan()
    if arguments.json:
        content: dict[str, object] = {"devices": [asdict(row) for row in rows]}
        if arguments.scan:
            content["ports"] = [asdict(port) for port in ports]
        print(json.dumps(content, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        _print(row)
    if arguments.scan:
        print("\nSerial ports:" if ports else "\nNo serial port found. Bluetooth headsets are found on connecting.")
        for port in ports:
            print(f"  {port.serial_port}  {port.description}  {', '.join(port.devices)}")
    return 0


def _print(row: Row) -> None:
    names = ", ".join(row.channel_names[:8]) + (", …" if len(row.channel_names) > 8 else "")
    print(f"{row.name:22} {row.label}, {len(row.channel_names)} channels at {row.sampling_rate_hz:g} Hz, {row.link}")
    print(f"{'':22} {names}")
    for field in row.params:
        print(f"{'':22} {field.key}{'' if field.required else ' (optional)'}: {field.hint}")
