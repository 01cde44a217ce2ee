"""Each refusal of the driver in words: what happened, and what to do. The texts are pinned."""

import pytest

from nfb.devices import faults
from nfb.devices.catalogue import DEVICES
from nfb.devices.faults import Stage, driver_fault

PORT = {"serial_port": "/dev/ttyUSB9"}
CYTON_ON = "Switch the board on (on a Cyton to PC, not BLE), check the dongle's switch (GPIO 6) and the battery."
BLE_ON = "Switch the headset on, charge it, bring it near, and disconnect it from phones and other programs."
PAIR = "Switch the headset on, pair it in the system's Bluetooth settings and give its address."
NET_ON = (
    "Switch the board on and check that it and this computer are in the same network, with no firewall or guest "
    "network between them."
)
DONGLE_ON = "Switch the headset on, bring it near the dongle and check that the port is the dongle's."
USB_ON = "Check that the amplifier is switched on and plugged in, and that the maker's driver is installed."
BUSY = "Close every other program that uses it, wait a few seconds and connect again."
LOG = "Connect again; if it stays so, the driver's log tells more."
PLUG = "Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports"

TABLE = [
    ("cyton", Stage.PREPARE, 1, "", "Serial port /dev/ttyUSB9 is in use.", BUSY),
    (
        "cyton", Stage.PREPARE, 2, "",
        "Serial port /dev/ttyUSB9 cannot be opened.", f"{PLUG} (on Linux: be in the group dialout).",
    ),
    ("muse-2-bled", Stage.PREPARE, 2, "", "Serial port /dev/ttyUSB9 cannot be opened.",
     f"{PLUG} (on Linux: be in the group dialout)."),
    ("muse-2", Stage.PREPARE, 2, "", "No Bluetooth adapter was found.",
     "Switch Bluetooth on, or plug in a Bluetooth adapter."),
    ("cyton", Stage.PREPARE, 3, "",
     "Serial port /dev/ttyUSB9 does not accept the settings of the OpenBCI Cyton.", f"{PLUG}."),
    ("cyton", Stage.START, 4, "", "The OpenBCI Cyton does not take commands.", CYTON_ON),
    ("muse-2", Stage.STREAM, 4, "", "The link to the Muse 2 broke.", BLE_ON),
    ("cyton", Stage.PREPARE, 6, "", "The OpenBCI Cyton does not take commands.", CYTON_ON),
    ("cyton", Stage.PREPARE, 7, "Board config error, probably dongle is inserted but Cyton is off.",
     "The dongle answers, but the board is off or out of reach.",
     f"{CYTON_ON} The driver says: Board config error, probably dongle is inserted but Cyton is off."),
    ("cyton", Stage.PREPARE, 7, "board doesnt send welcome characters! Msg:",
     "Nothing on serial port /dev/ttyUSB9 answers like the OpenBCI Cyton does.",
     f"{CYTON_ON} The driver says: board doesnt send welcome characters! Msg:."),
    ("ganglion", Stage.PREPARE, 7, "", "The OpenBCI Ganglion was not found.", BLE_ON),
    ("unicorn", Stage.PREPARE, 7, "", "The Unicorn Hybrid Black was not found.", PAIR),
    ("crown", Stage.START, 7, "", "The Neurosity Crown does not answer.", NET_ON),
    ("muse-s-bled", Stage.PREPARE, 18, "", "The Muse S on a BLED112 dongle does not answer.", DONGLE_ON),
    ("cyton", Stage.STREAM, 12, "", "The OpenBCI Cyton does not answer.", CYTON_ON),
    ("cyton", Stage.START, 8, "", "The OpenBCI Cyton is already connected.", BUSY),
    ("synthetic", Stage.PREPARE, 16, "", "The BrainFlow synthetic board is already connected.", BUSY),
    ("cyton", Stage.START, 10, "", "The driver of the OpenBCI Cyton stopped working.", LOG),
    ("cyton", Stage.STREAM, 15, "", "The driver of the OpenBCI Cyton stopped working.", LOG),
    ("galea", Stage.PREPARE, 13, "", "The OpenBCI Galea was not found in the network.", NET_ON),
    ("knight", Stage.PREPARE, 13, "", "The NeuroPawn Knight does not take these connection parameters.",
     "It takes serial_port (port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1); "
     'other_info (gain, e.g. {"gain":6}).'),
    ("brainbit", Stage.PREPARE, 14, "", "BrainFlow does not support the BrainBit on this computer.",
     "It works on Windows and macOS."),
    ("unicorn", Stage.PREPARE, 17, "",
     "A system library for the Unicorn Hybrid Black is missing or its radio is off.",
     "Install libbluetooth3 on Linux, and check that Bluetooth is switched on."),
    ("ant-411", Stage.PREPARE, 7, "", "The ANT Neuro EE-411 does not answer.", USB_ON),
    ("ant-411", Stage.PREPARE, 17, "", "A system library for the ANT Neuro EE-411 is missing or its radio is off.",
     "Install libusb-1.0-0 on Linux, the maker's driver on Windows."),
    ("ganglion-bled", Stage.PREPARE, 17, "", "The dongle on /dev/ttyUSB9 does not answer.", DONGLE_ON),
    ("cyton", Stage.PREPARE, 99, "", "The driver of the OpenBCI Cyton gave error 99.", LOG),
]  # fmt: skip


@pytest.mark.parametrize(("name", "stage", "code", "log_line", "what", "way_out"), TABLE)
def test_fault_in_words(name, stage, code, log_line, what, way_out):
    error = driver_fault(DEVICES[name], stage, code, log_line, PORT)
    assert (error.what, error.way_out, error.code) == (what, way_out, code)
    assert str(error) == f"{what} {way_out}"


def test_a_missing_port_is_asked_for():
    error = driver_fault(DEVICES["cyton"], Stage.PREPARE, 13)
    assert str(error) == "The OpenBCI Cyton needs a serial port. Choose the port its dongle is plugged into."


@pytest.mark.parametrize("device", DEVICES.values(), ids=lambda device: device.name)
def test_every_exit_code_on_every_board_says_what_to_do(device):
    for stage in Stage:
        for code in range(1, 24):
            error = driver_fault(device, stage, code, "reason", PORT)
            assert error.what.endswith(".") and error.way_out.endswith(" The driver says: reason.")
            assert "  " not in str(error) and ".." not in str(error)


def test_faults_that_the_driver_does_not_see():
    cyton, synchroni = DEVICES["cyton"], DEVICES["synchroni-octo"]
    assert str(faults.wrong_platform(synchroni)) == (
        "BrainFlow does not support the Synchroni Octo on this computer. It works on Windows and macOS."
    )
    assert str(faults.no_first_sample(cyton, 3.0)) == (
        f"The OpenBCI Cyton was started and sent nothing for 3 s. {CYTON_ON}"
    )
    assert str(faults.no_answer(cyton, 20.0)) == f"The OpenBCI Cyton did not connect within 20 s. {CYTON_ON}"
    assert str(faults.port_in_use(PORT)) == (
        "Serial port /dev/ttyUSB9 is in use by another nfb session. End that session first, or choose another port."
    )
    assert str(faults.cancelled(cyton)) == "Connecting to the OpenBCI Cyton was cancelled."
    assert str(faults.host_ended(cyton, -9)) == (
        f"The driver process of the OpenBCI Cyton ended unexpectedly (signal 9). {LOG}"
    )
    assert str(faults.wrong_channels(cyton, 4)) == (
        "The OpenBCI Cyton has 8 EEG channels; the driver gives 4. "
        "Install the BrainFlow release that this version of nfb was made for."
    )
