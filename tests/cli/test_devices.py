"""`nfb devices` and `nfb recover` as scripts read them."""

import json
import shutil
from collections import namedtuple

Port = namedtuple("Port", "device description vid pid serial_number")


def test_every_device_is_listed_with_what_it_needs(nfb):
    outcome = nfb("devices", "--json")
    assert outcome.code == 0
    devices = {device["name"]: device for device in json.loads(outcome.out)["devices"]}
    assert {"synthetic", "simulated", "cyton", "ganglion", "muse-2", "muse-s", "crown", "unicorn"} <= devices.keys()
    assert devices["cyton"]["sampling_rate_hz"] == 250
    assert len(devices["cyton"]["channel_names"]) == 8
    assert [(param["key"], param["required"]) for param in devices["cyton"]["params"]] == [("serial_port", True)]
    assert devices["muse-2"]["channel_names"] == ["TP9", "AF7", "AF8", "TP10"]
    assert devices["synthetic"]["params"] == []


def test_the_list_in_words_names_every_device(nfb):
    names = [device["name"] for device in json.loads(nfb("devices", "--json").out)["devices"]]
    listed = [line.split()[0] for line in nfb("devices").out.splitlines() if not line.startswith(" ")]
    assert listed == names


def test_scanning_lists_serial_ports_with_the_headset_that_they_may_be(nfb, monkeypatch):
    # The numbers of the OpenBCI dongle's FTDI chip, and of an Arduino.
    ports = [Port("/dev/ttyACM0", "Arduino", 0x2341, 0x0043, None), Port("COM7", "FT231X", 0x0403, 0x6015, "DM00")]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    found = json.loads(nfb("devices", "--scan", "--json").out)["ports"]
    assert [port["serial_port"] for port in found] == ["COM7", "/dev/ttyACM0"]
    assert found[0]["devices"][0] == "cyton"
    assert found[1]["devices"] == []
    assert "COM7  FT231X  fits cyton" in nfb("devices", "--scan").out


def test_scanning_without_ports_says_so(nfb, monkeypatch):
    monkeypatch.setattr("serial.tools.list_ports.comports", list)
    assert "No serial port found. Bluetooth headsets are found on connecting." in nfb("devices", "--scan").out


def test_recovering_tells_a_script_what_was_finished(nfb, course, tmp_path):
    root = shutil.copytree(course, tmp_path / "copy")
    assert json.loads(nfb("recover", root, "--json").out) == {"recovered": []}
    session = root / "derivatives/nfb/sub-A031/ses-001/session.json"
    content = json.loads(session.read_text(encoding="utf-8"))
    session.write_text(json.dumps(content | {"state": "recording"}), encoding="utf-8")
    (recovered,) = json.loads(nfb("recover", root, "--json").out)["recovered"]
    assert recovered["folder"] == str(root / "sub-A031" / "ses-001")
    assert recovered["duration_s"] == 60


def test_a_stream_is_a_device_whose_channels_are_known_once_it_is_found(nfb):
    devices = {device["name"]: device for device in json.loads(nfb("devices", "--json").out)["devices"]}
    assert (devices["lsl"]["channel_names"], devices["lsl"]["sampling_rate_hz"]) == ([], None)
    assert [param["key"] for param in devices["lsl"]["params"]] == ["stream", "unit", "scope"]
    assert "channels and rate as the stream has them" in nfb("devices").out
