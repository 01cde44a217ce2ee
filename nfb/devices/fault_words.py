"""What is said of a headset that does not do as it should, and the ways out; the window translates by these."""

from collections.abc import Iterator

from nfb.devices.catalogue import Link

BUSY = "Close every other program that uses it, wait a few seconds and connect again."
LOG = "Connect again; if it stays so, the driver's log tells more."
PLUG = "Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports."
PLUG_GROUP = (
    "Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports "
    "(on Linux: be in the group dialout)."
)
ADAPTER = "Switch Bluetooth on, or plug in a Bluetooth adapter."
CHOOSE_PORT = "Choose the port its dongle is plugged into."
TAKES_NONE, TAKES = "It takes none.", "It takes {params}."
WORKS_ON = ("It works on {one}.", "It works on {one} and {two}.", "It works on {one}, {two} and {three}.")
END_FIRST = "End that session first, or choose another port."
CLOSE_OTHERS = "Close other programs and try again."
INSTALL = "Install the BrainFlow release that this version of nfb was made for."
QUOTED = "{way_out} The driver says: {log}."
SWITCH_ON = {
    Link.SERIAL: "Switch the board on (on a Cyton to PC, not BLE), check the dongle's switch (GPIO 6) and the "
    "battery.",
    Link.DONGLE: "Switch the headset on, bring it near the dongle and check that the port is the dongle's.",
    Link.BLUETOOTH_LE: "Switch the headset on, charge it, bring it near, and disconnect it from phones and other "
    "programs.",
    Link.BLUETOOTH: "Switch the headset on, pair it in the system's Bluetooth settings and give its address.",
    Link.NETWORK: "Switch the board on and check that it and this computer are in the same network, with no firewall "
    "or guest network between them.",
    Link.USB: "Check that the amplifier is switched on and plugged in, and that the maker's driver is installed.",
    Link.BOARD: "Check that the board sits on the computer's pins and that its bus (SPI) is switched on.",
    Link.BUILT_IN: LOG,
}
LIBRARIES = {
    Link.BLUETOOTH_LE: "Install libdbus-1-3 on Linux; on macOS allow this program to use Bluetooth.",
    Link.BLUETOOTH: "Install libbluetooth3 on Linux, and check that Bluetooth is switched on.",
    Link.USB: "Install libusb-1.0-0 on Linux, the maker's driver on Windows.",
}

FAULT_WORDS: dict[str, str] = {
    "port in use": "Serial port {port} is in use.",
    "port closed": "Serial port {port} cannot be opened.",
    "no adapter": "No Bluetooth adapter was found.",
    "port settings": "Serial port {port} does not accept the settings of the {device}.",
    "broke": "The link to the {device} broke.",
    "no commands": "The {device} does not take commands.",
    "board off": "The dongle answers, but the board is off or out of reach.",
    "wrong port": "Nothing on serial port {port} answers like the {device} does.",
    "not found": "The {device} was not found.",
    "no answer": "The {device} does not answer.",
    "not in network": "The {device} was not found in the network.",
    "needs port": "The {device} needs a serial port.",
    "params": "The {device} does not take these connection parameters.",
    "platform": "BrainFlow does not support the {device} on this computer.",
    "connected": "The {device} is already connected.",
    "library": "A system library for the {device} is missing or its radio is off.",
    "no dongle": "The dongle on {port} does not answer.",
    "stopped": "The driver of the {device} stopped working.",
    "code": "The driver of the {device} gave error {code}.",
    "no sample": "The {device} was started and sent nothing for {n} s.",
    "slow": "The {device} did not connect within {n} s.",
    "port of ours": "Serial port {port} is in use by another nfb session.",
    "cancelled": "Connecting to the {device} was cancelled.",
    "ended, signal": "The driver process of the {device} ended unexpectedly (signal {code}).",
    "ended, code": "The driver process of the {device} ended unexpectedly (exit code {code}).",
    "not started": "The driver process of the {device} cannot be started: {reason}.",
    "channels": "The {device} has {n} EEG channels; the driver gives {n_driver}.",
    "silent": "No samples from the {device}.",
}


def fault_sentences() -> Iterator[str]:
    """Every sentence and template of this module."""
    yield from FAULT_WORDS.values()
    yield from SWITCH_ON.values()
    yield from LIBRARIES.values()
    yield from (BUSY, LOG, PLUG, PLUG_GROUP, ADAPTER, CHOOSE_PORT, TAKES_NONE, TAKES, *WORKS_ON)
    yield from (END_FIRST, CLOSE_OTHERS, INSTALL, QUOTED)
