"""`nfb latency`: the delay measured on rendered pixels, in a process without a display."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def test_the_self_test_prints_what_it_measured(tmp_path: Path) -> None:
    pytest.importorskip("PySide6.QtWidgets")
    env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    # No sound server answers here, whatever this machine has.
    env |= {"QT_QPA_PLATFORM": "offscreen", "PULSE_SERVER": f"unix:{tmp_path}/none", "XDG_RUNTIME_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "nfb", "latency", "--json", "--seconds", "8"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["protocol"] == "hbeta-down" and found["mode"] == "bar"
    assert found["steps"] >= 3
    assert found["algorithm_delay_ms"] == pytest.approx(50, abs=10)
    # A machine that is busy paints late; that a picture came of every step, and when, is what is tested here.
    assert 0 <= found["decision_to_frame_ms_median"] <= found["decision_to_frame_ms_p95"] < 1000
    assert found["loop_delay_ms_median"] > found["algorithm_delay_ms"]
    assert found["loop_delay_ms_p95"] >= found["loop_delay_ms_median"]
    assert found["frame_period_ms_median"] > 0 and found["screen_period_ms"] > 0
    if found["decision_to_audio_ms_p95"] is None:
        assert found["audio_missing_because"]
    else:
        assert found["audio_buffer_ms"] > 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--mode", "fireworks"), "--mode fireworks: must be one of bar, "),
        (("--seconds", "2"), "--seconds 2: needs at least 8 s"),
        (("--protocol", "faa-alay"), "rewards no amplitude of a band"),
        (("--device", "cyton"), "add --loopback CHANNEL"),
        (("--loopback", "Fp1"), "name it with --device"),
    ],
)
def test_what_cannot_be_measured_is_told(nfb: Callable[..., object], words: tuple[str, ...], told: str) -> None:
    outcome = nfb("latency", *words)
    assert outcome.code == 2
    assert told in outcome.err
