"""The settings file: read as it was written, tolerant of what others wrote, never half written."""

import json
import os
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfb.files.locations import default_recordings_root
from nfb.files.preferences import (
    PreferenceError,
    Preferences,
    change_preferences,
    preferences_file,
    read_preferences,
    write_preferences,
)

EVERYTHING = Preferences(
    device="cyton",
    device_params={"serial_port": "/dev/ttyUSB0"},
    client_screen="DELL U2419 · HDMI-1",
    one_screen=True,
    client_output="alsa_output.usb",
    operator_output="alsa_output.pci",
    client_volume=35,
    operator_volume=0,
    operator_alert=False,
    recordings=str(Path.home() / "Sitzungen ü"),
    book="postgresql://desk:secret@server/nfb",
    who="Dr. Ümit 🌿",
    codes_only=True,
    lock_after_min=7,
    keys={"mark": ("F8",), "pause": ("F5", "P")},
    theme="light",
    scale_percent=130,
    reduced_motion=True,
    high_contrast=True,
    readable_font=True,
    language="de",
    unknown={"aura": {"colour": [1, 2]}},
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "configuration" / "preferences.json"


def test_there_are_usual_settings_before_there_is_a_file(place: Path) -> None:
    assert read_preferences(place).preferences == Preferences()
    assert not place.parent.exists()


def test_every_setting_differs_from_the_usual_one_and_comes_back(place: Path) -> None:
    usual = Preferences()
    assert [each.name for each in fields(usual) if getattr(usual, each.name) == getattr(EVERYTHING, each.name)] == []
    write_preferences(EVERYTHING, place)
    assert json.loads(place.read_text("utf-8"))["keys"] == {"mark": ["F8"], "pause": ["F5", "P"]}
    assert read_preferences(place).preferences == EVERYTHING
    assert read_preferences(place).notice == ""


def test_what_a_newer_version_wrote_is_kept(place: Path) -> None:
    place.parent.mkdir()
    place.write_text('{"theme": "dark", "aura": {"colour": [1, 2]}}', encoding="utf-8")
    change_preferences(place, who="Mia")
    stored = json.loads(place.read_text("utf-8"))
    assert stored["aura"] == {"colour": [1, 2]} and stored["theme"] == "dark" and stored["who"] == "Mia"


def test_two_windows_change_different_settings(place: Path) -> None:
    change_preferences(place, theme="dark")
    change_preferences(place, scale_percent=150)
    assert read_preferences(place).preferences == Preferences(theme="dark", scale_percent=150)


@pytest.mark.parametrize("damage", [b"", b"{", b"[1, 2]", b"\xff\xfe{}", b"null", b'{"a": ' * 5000, b"9" * 10_000])
def test_a_damaged_file_gives_the_usual_settings_and_is_kept_beside(place: Path, damage: bytes) -> None:
    place.parent.mkdir()
    place.write_bytes(damage)
    loaded = read_preferences(place)
    assert loaded.preferences == Preferences()
    assert "damaged" in loaded.notice and "preferences.damaged.json" in loaded.notice
    change_preferences(place, theme="dark")
    assert place.with_name("preferences.damaged.json").read_bytes() == damage
    assert read_preferences(place).notice == ""


def test_one_value_that_cannot_be_used_costs_no_other(place: Path) -> None:
    place.parent.mkdir()
    place.write_text('{"theme": "purple", "scale_percent": 5000, "who": "Mia"}', encoding="utf-8")
    loaded = read_preferences(place)
    assert loaded.preferences == Preferences(who="Mia")
    assert "scale_percent = 5000: must be a whole number from 90 to 200" in loaded.notice
    assert 'theme = "purple": must be one of system, dark, light' in loaded.notice
    assert json.loads(place.with_name("preferences.damaged.json").read_text("utf-8"))["theme"] == "purple"


@pytest.mark.parametrize(
    ("name", "nonsense"),
    [
        ("theme", "beige"), ("theme", []), ("scale_percent", 89), ("scale_percent", 201), ("scale_percent", True),
        ("scale_percent", 1e300), ("client_volume", -1), ("operator_volume", 101), ("lock_after_min", 241),
        ("recordings", "not/from/the/root"), ("recordings", 7), ("who", "a\nb"), ("who", "x" * 81),
        ("book", "\0"), ("one_screen", 1), ("device_params", {"port": 3}), ("device_params", "port"),
        ("keys", {"mark": "F8"}), ("keys", {"mark": ()}), ("keys", {"mark": ("",)}), ("language", None),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(place: Path, name: str, nonsense: object) -> None:
    write_preferences(EVERYTHING, place)
    with pytest.raises(PreferenceError, match=f"^{name} = .+: must be "):
        change_preferences(place, **{name: nonsense})
    assert read_preferences(place).preferences == EVERYTHING


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
    st.sampled_from([each.name for each in fields(Preferences) if each.name != "unknown"]),
)
def test_whatever_stands_in_the_file_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, value: object, name: str
) -> None:
    place = tmp_path_factory.getbasetemp() / "any.json"
    place.write_text(json.dumps({name: value, "operator_volume": 17}), encoding="utf-8")
    read = read_preferences(place).preferences
    expected = read if name == "operator_volume" else replace(read, operator_volume=17)
    assert read == expected


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(place: Path) -> None:
    write_preferences(EVERYTHING, place)
    place.parent.chmod(0o500)
    try:
        with pytest.raises(PreferenceError, match=r"cannot be written \(permission denied\)"):
            change_preferences(place, theme="dark")
    finally:
        place.parent.chmod(0o700)
    assert read_preferences(place).preferences == EVERYTHING


def test_a_file_in_the_way_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    with pytest.raises(PreferenceError, match="cannot be written"):
        write_preferences(EVERYTHING, tmp_path / "in the way" / "preferences.json")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_its_owner_reads_it_as_a_url_may_hold_a_password(place: Path) -> None:
    write_preferences(EVERYTHING, place)
    assert place.stat().st_mode & 0o077 == 0


def test_recordings_go_where_the_settings_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NFB_PREFERENCES", str(tmp_path / "own.json"))
    monkeypatch.delenv("NFB_RECORDINGS", raising=False)
    assert preferences_file() == tmp_path / "own.json"
    change_preferences(recordings=str(tmp_path / "studies"))
    assert default_recordings_root() == tmp_path / "studies"
    monkeypatch.setenv("NFB_RECORDINGS", str(tmp_path / "other"))
    assert default_recordings_root() == tmp_path / "other"
