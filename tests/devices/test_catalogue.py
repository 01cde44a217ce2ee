"""The catalogue says what BrainFlow says, and parameters are checked before anything is connected."""

import subprocess
import sys
import warnings

import pytest

from nfb.devices.catalogue import DEVICES, Link, device_info, find_device, parse_params
from nfb.model.errors import SetupError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from brainflow.board_shim import BoardIds, BoardShim, BrainFlowError

# Not boards but ways to pass data on; this program has its own.
_NOT_BOARDS = {"NO_BOARD", "PLAYBACK_FILE_BOARD", "STREAMING_BOARD"}


def boards_with_eeg():
    found = {}
    for board in BoardIds:
        if board.name in _NOT_BOARDS:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                descr = BoardShim.get_board_descr(board.value)
        except BrainFlowError:
            continue
        if descr.get("eeg_channels"):
            found[board.value] = descr
    return found


@pytest.fixture(scope="module")
def offered():
    BoardShim.disable_board_logger()
    return boards_with_eeg()


def test_every_eeg_board_of_brainflow_is_listed_once(offered):
    assert sorted(device.board_id for device in DEVICES.values()) == sorted(offered)
    assert len(offered) > 50


@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda device: device.name)
def test_rate_channels_and_names_are_brainflows_own(device, offered):
    descr = offered[device.board_id]
    assert device.sampling_rate_hz == descr["sampling_rate"]
    assert len(device.channel_names) == len(descr["eeg_channels"])
    if descr.get("eeg_names"):
        assert ",".join(device.channel_names) == descr["eeg_names"]
    else:
        assert not device.sites_named
    if device.acceleration:
        assert len(descr["accel_channels"]) == 3
    if device.measures_impedance:
        assert set(descr["resistance_channels"]).isdisjoint(descr["eeg_channels"])


@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda device: device.name)
def test_entries_make_sense(device):
    assert len(set(device.channel_names)) == len(device.channel_names)
    assert device.platforms and set(device.platforms) <= {"windows", "macos", "linux"}
    assert device.title and device.manufacturer
    assert all(param.help for param in device.params)
    if device.link in (Link.SERIAL, Link.DONGLE):
        assert [param.name for param in device.params if param.required] == ["serial_port"]
    if device.counter:
        assert device.counter.modulo % device.counter.step == 0
    info = device_info(device, {"serial_number": "X-1"})
    assert (info.name, info.serial, info.n_channels) == (device.name, "X-1", len(device.channel_names))


def test_the_catalogue_is_shown_without_loading_native_code():
    code = "import sys, nfb.devices.catalogue; print('brainflow' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_parameters_are_trimmed_and_empty_ones_dropped():
    given = {"ip_port": " 6677 ", "ip_address": "", "timeout": "8"}
    assert parse_params("cyton-wifi", given) == {"ip_port": "6677", "timeout": "8"}
    assert parse_params("synthetic", {}) == {}


@pytest.mark.parametrize(
    ("device", "params", "text"),
    [
        (
            "cyton",
            {"serial-port": "COM3"},
            "cyton: parameter 'serial-port' is not known (did you mean 'serial_port'?); it takes serial_port.",
        ),
        (
            "cyton",
            {},
            "cyton: serial_port is missing: port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, "
            "/dev/cu.usbserial-1.",
        ),
        (
            "synthetic",
            {"mac_address": "x"},
            "synthetic: parameter 'mac_address' is not known; it takes no parameters.",
        ),
        ("muse-2", {"timeout": "six"}, "muse-2: timeout = 'six': must be a whole number, 0 or more."),
        (
            "cytn",
            {},
            "device 'cytn' is not known (did you mean 'cyton'?). The command `nfb devices` lists all of them.",
        ),
    ],
)
def test_wrong_parameters_are_named_with_the_way_out(device, params, text):
    with pytest.raises(SetupError) as error:
        parse_params(device, params)
    assert str(error.value) == text


def test_the_names_that_people_type_are_there():
    for name in (
        "synthetic", "cyton", "cyton-daisy", "ganglion", "muse-2", "muse-s", "muse-2016", "muse-athena", "unicorn",
        "crown", "brainbit", "enophone", "notion-2", "explore-8", "galea", "freeeeg32", "pieeg",
    ):  # fmt: skip
        assert find_device(name).name == name
