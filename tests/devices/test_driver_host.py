"""The driver host: samples in, samples out, and never a process too many."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from nfb.devices import brainflow_driver, brainflow_source, catalogue, host_link
from nfb.devices.brainflow_source import BrainFlowSource
from nfb.devices.port_lock import PortInUseError, PortLock
from nfb.devices.scan import scan
from nfb.model.errors import DeviceError
from nfb.model.samples import Chunk, DeviceStatus, Gap, LinkChange, LinkState


def is_running(pid):
    """A zombie whose parent has not looked yet is gone all the same."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if sys.platform == "linux":
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    return True


def wait_for(condition, limit_s):
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.005)


@pytest.fixture
def fake_host(monkeypatch, tmp_path):
    """Let sources start this script instead of a driver host."""

    def use(script):
        path = tmp_path / "host.py"
        path.write_text(
            "import sys, time, numpy as np\n"
            "from nfb.devices.driver_host import pack_event, pack_samples\n"
            "def send(frame):\n    sys.stdout.buffer.write(frame); sys.stdout.buffer.flush()\n"
            + textwrap.dedent(script)
        )
        monkeypatch.setattr(host_link, "host_command", lambda: [sys.executable, str(path)])

    return use


def test_the_synthetic_board_streams_sixteen_channels_at_250_hz(opened, read_until, n_samples):
    with opened("synthetic") as source:
        assert source.info.n_channels == 16 and source.info.channel_names[:3] == ("Fz", "C3", "Cz")
        items = read_until(source, lambda items: n_samples(items) >= 500)
    chunks = [item for item in items if isinstance(item, Chunk)]
    assert not [item for item in items if isinstance(item, Gap | LinkChange)]
    times_s = np.concatenate([chunk.device_times_s for chunk in chunks])
    assert np.polyfit(np.arange(len(times_s)), times_s, 1)[0] == pytest.approx(1 / 250, rel=0.02)
    eeg = np.concatenate([chunk.eeg for chunk in chunks], axis=1)[:, :500].astype(float)
    # Documented signal of channel 2: 20 µV offset and a 10 Hz sine of 28.3 µV; 500 samples hold 20 whole periods.
    assert eeg[1].mean() == pytest.approx(20.0, abs=1.0)
    tone = 2 * np.abs(np.exp(-2j * np.pi * 10 * np.arange(500) / 250) @ eeg[1]) / 500
    assert tone == pytest.approx(28.3, rel=0.05)
    (status, *_) = [item for item in items if isinstance(item, DeviceStatus)]
    assert 80 <= status.battery_percent <= 100
    assert sum(isinstance(item, DeviceStatus) for item in items) <= 3
    assert all(chunk.acceleration_g is None for chunk in chunks)  # noise, left out by the catalogue


def test_the_host_ends_with_its_parent_even_if_that_is_killed():
    script = """
        from nfb.devices.brainflow_source import BrainFlowSource
        source = BrainFlowSource("synthetic", {}); source.open()
        print(source.host_pid, flush=True)
        while True: source.read(1.0)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    with parent:
        host_pid = int(parent.stdout.readline())
        assert is_running(host_pid)
        parent.kill()
    wait_for(lambda: not is_running(host_pid), 3.0)


def test_the_host_loads_neither_scipy_nor_qt():
    code = "import sys, nfb.devices.driver_host, nfb.devices.brainflow_driver; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "brainflow" in loaded
    assert not loaded & {"scipy", "PySide6", "pyqtgraph", "pydantic"}


def test_closing_is_quick_may_be_repeated_and_leaves_nothing_behind(opened):
    threads = threading.active_count()
    with opened("synthetic") as source:
        pid = source.host_pid
    began_s = time.monotonic()
    source.close()
    source.close()
    assert time.monotonic() - began_s < 1.0
    wait_for(lambda: not is_running(pid), 1.0)
    wait_for(lambda: threading.active_count() <= threads, 1.0)
    BrainFlowSource("synthetic", {}).close()


def test_a_decimal_comma_outside_does_not_reach_the_driver(monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LC_NUMERIC", "de_DE.UTF-8")
    source = BrainFlowSource("synthetic", {})
    source.open()
    try:
        if sys.platform == "linux":
            with open(f"/proc/{source.host_pid}/environ", "rb") as file:  # noqa: PTH123
                assert b"LC_NUMERIC=C\0" in file.read()
    finally:
        source.close()


def test_the_drivers_log_is_kept_in_a_file(opened):
    log = brainflow_source.log_file("synthetic")
    with opened("synthetic"):
        pass
    assert "[board_logger] [info]" in log.read_text()


def test_a_long_log_is_put_aside(tmp_path):
    log = tmp_path / "driver.log"
    for text in ("first", "second", "third", "fourth"):
        log.write_text(text + " " * 1_000_000)
        brainflow_driver.rotate(log)
    assert log.read_text() == ""
    kept = [(tmp_path / f"driver.log.{k}").read_text().strip() for k in (1, 2, 3)]
    assert kept == ["fourth", "third", "second"]
    assert len(list(tmp_path.iterdir())) == 4


def test_only_the_last_error_of_this_run_is_quoted(tmp_path):
    log = tmp_path / "driver.log"
    log.write_text("[t] [board_logger] [error] of yesterday\n")
    start = log.stat().st_size
    assert brainflow_driver.last_error(log, start) == ""
    with log.open("a") as file:
        file.write("[t] [board_logger] [error] first\n[t] [board_logger] [error] No BLE adapters found\n[t] x\n")
    assert brainflow_driver.last_error(log, start) == "No BLE adapters found"


def test_a_driver_that_hangs_while_connecting_is_killed_in_time(fake_host, monkeypatch):
    fake_host("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)")
    monkeypatch.setitem(
        catalogue.DEVICES, "synthetic", replace(catalogue.DEVICES["synthetic"], prepare_timeout_s=0.4)
    )
    source = BrainFlowSource("synthetic", {})
    with pytest.raises(DeviceError, match=r"did not connect within 0\.4 s"):
        source.open()
    wait_for(lambda: not is_running(source.host_pid), 1.0)


def test_a_driver_that_crashes_is_a_clear_error(fake_host):
    fake_host("import os; os.abort()")
    with pytest.raises(DeviceError, match=r"ended unexpectedly \(signal 6\)"):
        BrainFlowSource("synthetic", {}).open()


def test_a_slow_release_does_not_hold_up_the_caller(fake_host):
    fake_host("""
        send(pack_event({"event": "prepared", "n_eeg": 4, "n_acceleration": 0}))
        send(pack_event({"event": "started"}))
        send(pack_samples(time.monotonic(), np.zeros((6, 12))))
        sys.stdin.buffer.read()
        time.sleep(1.5)  # the goodbye to a Muse
    """)
    source = BrainFlowSource("muse-2", {})
    source.open()
    pid = source.host_pid
    began_s = time.monotonic()
    source.close()
    assert time.monotonic() - began_s < 1.0
    assert is_running(pid)
    wait_for(lambda: not is_running(pid), 2.0)


def test_resistances_are_told_per_electrode_in_kilohms(fake_host, opened, read_until):
    fake_host("""
        send(pack_event({"event": "prepared", "n_eeg": 4, "n_acceleration": 0}))
        send(pack_event({"event": "started"}))
        send(pack_samples(time.monotonic(), np.ones((6, 2))))
        ohms = [12000.0, 0.0, 5500.0, 1.0, 9.0]
        send(pack_event({"event": "status", "battery_percent": 0.0, "resistance_ohm": ohms}))
        sys.stdin.buffer.read()
    """)
    with opened("ganglion") as source:
        items = read_until(source, lambda items: any(isinstance(item, DeviceStatus) for item in items))
    (status,) = [item for item in items if isinstance(item, DeviceStatus)]
    assert status.battery_percent is None
    assert status.impedance_kohm == {"Ch1": 12.0, "Ch3": 5.5, "Ch4": 0.001}


def test_a_fault_while_streaming_is_a_lost_link_told_once(fake_host, opened, read_until):
    fake_host("""
        send(pack_event({"event": "prepared", "n_eeg": 16, "n_acceleration": 3}))
        send(pack_event({"event": "started"}))
        send(pack_samples(time.monotonic(), np.zeros((21, 1))))
        send(pack_event({"event": "fault", "stage": "stream", "code": 15, "log_line": ""}))
    """)
    with opened("synthetic") as source:
        items = read_until(source, lambda items: any(isinstance(item, LinkChange) for item in items))
        assert source.read(0.2) == []
    assert items[-1].state is LinkState.LOST and "stopped working" in items[-1].detail


def test_boards_of_another_system_are_refused_before_anything_starts(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    source = BrainFlowSource("brainbit", {})
    with pytest.raises(DeviceError, match=r"It works on Windows and macOS\."):
        source.open()
    assert source.host_pid is None


@pytest.mark.skipif(sys.platform == "win32", reason="the signal is POSIX's")
def test_a_port_lock_ends_with_its_holder(tmp_path):
    script = "import sys, time; from pathlib import Path; from nfb.devices.port_lock import PortLock\n"
    script += "lock = PortLock('/dev/ttyX', Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(PortInUseError):
            PortLock("/dev/ttyX", tmp_path)
        PortLock("/dev/ttyY", tmp_path).release()
        holder.send_signal(signal.SIGKILL)
    PortLock("/dev/ttyX", tmp_path).release()


def usb(device, vid, pid, description="serial"):
    return SimpleNamespace(device=device, vid=vid, pid=pid, description=description, serial_number="DM01")


def test_a_scan_lists_openbci_dongles_first():
    ports = [usb("/dev/ttyACM0", 0x2341, 0x43), usb("/dev/ttyUSB0", 0x0403, 0x6015, "FT231X USB UART")]
    found = scan(1.0, list_ports=lambda: ports)
    assert [(f.serial_port, f.devices) for f in found] == [
        ("/dev/ttyUSB0", ("cyton", "cyton-daisy")),
        ("/dev/ttyACM0", ()),
    ]


def test_a_scan_ends_in_time_and_when_cancelled():
    hang = threading.Event()

    def hanging():
        hang.wait()
        return []

    began_s = time.monotonic()
    assert scan(0.2, list_ports=hanging) == []
    assert time.monotonic() - began_s < 0.5
    cancel = threading.Event()
    cancel.set()
    assert scan(30.0, cancel, list_ports=hanging) == []
    assert time.monotonic() - began_s < 0.8
    hang.set()
    assert isinstance(scan(2.0), list)
