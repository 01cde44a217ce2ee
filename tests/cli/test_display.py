"""Where `nfb demo` goes: to the window if somebody can see it."""

import sys

import pytest

from nfb.cli.demo import has_display
from nfb.cli.run_session import parse_pairs
from nfb.model.errors import SetupError


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display there")
@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "xcb"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600", "DISPLAY": ":0"}, False),
        ({"QT_QPA_PLATFORM": "", "DISPLAY": ""}, False),
    ],
)
def test_a_display_is_one_that_a_person_can_see(monkeypatch, environment, seen):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_display() is seen


def test_with_a_display_the_demo_opens_the_window_and_ends_after_its_seconds(nfb, monkeypatch, tmp_path):
    opened = []

    def run_window(factory, *, demo):
        opened.append((factory(), demo))
        return 0

    monkeypatch.setattr("nfb.ui.app.run_window", run_window)
    monkeypatch.setattr("nfb.cli.demo.has_display", lambda: True)
    assert nfb("demo", "--seconds", 9, "--out", tmp_path / "out").code == 0
    ((launcher, demo),) = opened
    assert demo
    assert launcher.demo().setup is None  # an engine that has not connected
    assert not (tmp_path / "out").exists()


def test_without_qts_libraries_the_demo_goes_on_in_the_terminal(nfb, monkeypatch, tmp_path):
    def run_window(factory, *, demo):
        raise SetupError("Qt needs libxcb-cursor0. Run: apt install libxcb-cursor0")

    monkeypatch.setattr("nfb.ui.app.run_window", run_window)
    monkeypatch.setattr("nfb.cli.demo.has_display", lambda: True)
    outcome = nfb("demo", "--seconds", 1, "--out", tmp_path)
    assert outcome.code == 0
    assert "apt install libxcb-cursor0" in outcome.err
    assert outcome.last_line == str(tmp_path / "sub-demo" / "ses-001")


def test_parameters_are_pairs():
    assert parse_pairs(["serial_port=/dev/ttyUSB0", "other_info = a=b"]) == {
        "serial_port": "/dev/ttyUSB0",
        "other_info": "a=b",
    }
