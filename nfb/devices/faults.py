"""What BrainFlow's exit codes mean for the person in front of the headset, and what to do next.

BrainFlow's exceptions carry a number and no cause; the same number means different things for different links and at
different stages. Measured with BrainFlow 5.23.0.
"""

from collections.abc import Mapping
from enum import Enum

from nfb.devices.catalogue import Device, Link
from nfb.model.errors import DeviceError


class Stage(Enum):
    """What was being done when the driver refused; values as the driver host writes them."""

    PREPARE = "prepare"
    START = "start"
    STREAM = "stream"


_RADIO = (Link.BLUETOOTH_LE, Link.BLUETOOTH)
_CABLE = (Link.SERIAL, Link.DONGLE)

_BUSY = "Close every other program that uses it, wait a few seconds and connect again."
_LOG = "Connect again; if it stays so, the driver's log tells more."
_PLUG = "Check that the dongle is plugged in, that the port's name is right, and that you may use serial ports"
_SWITCH_ON = {
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
    Link.BUILT_IN: _LOG,
}
_LIBRARIES = {
    Link.BLUETOOTH_LE: "Install libdbus-1-3 on Linux; on macOS allow this program to use Bluetooth.",
    Link.BLUETOOTH: "Install libbluetooth3 on Linux, and check that Bluetooth is switched on.",
    Link.USB: "Install libusb-1.0-0 on Linux, the maker's driver on Windows.",
}


def driver_fault(
    device: Device, stage: Stage, code: int, log_line: str = "", params: Mapping[str, str] | None = None
) -> DeviceError:
    """Turn a refusal of BrainFlow into words.

    Parameters
    ----------
    device
        The board that was being used.
    stage
        What was being done.
    code
        BrainFlow's exit code.
    log_line
        Last error of its log; quoted.
    params
        Connection parameters, for the port's name.
    """
    what, way_out = _meaning(device, stage, code, log_line, params or {})
    if log_line:
        way_out = f"{way_out} The driver says: {log_line.rstrip('.')}."
    return DeviceError(what, way_out, code)


def _meaning(device: Device, stage: Stage, code: int, log_line: str, params: Mapping[str, str]) -> tuple[str, str]:
    """What happened, and the way out."""
    link, title = device.link, device.title
    port = params.get("serial_port", "")
    match code:
        case 1 if link in _CABLE:
            return f"Serial port {port} is in use.", _BUSY
        case 2 if link in _CABLE:
            hint = "(on Linux: be in the group dialout)."
            return f"Serial port {port} cannot be opened.", f"{_PLUG} {hint}"
        case 2 if link in _RADIO:
            return "No Bluetooth adapter was found.", "Switch Bluetooth on, or plug in a Bluetooth adapter."
        case 3:
            return f"Serial port {port} does not accept the settings of the {title}.", f"{_PLUG}."
        case 4 | 5 if stage is Stage.STREAM:
            return f"The link to the {title} broke.", _SWITCH_ON[link]
        case 4 | 5 | 6:
            return f"The {title} does not take commands.", _SWITCH_ON[link]
        case 7 if "dongle is inserted but Cyton is off" in log_line:
            return "The dongle answers, but the board is off or out of reach.", _SWITCH_ON[link]
        case 7 if "welcome characters" in log_line:
            return f"Nothing on serial port {port} answers like the {title} does.", _SWITCH_ON[link]
        case 7 if link in (Link.BLUETOOTH_LE, Link.BLUETOOTH):
            return f"The {title} was not found.", _SWITCH_ON[link]
        case 7 | 18 | 12:
            return f"The {title} does not answer.", _SWITCH_ON[link]
        case 13 if link is Link.NETWORK:
            return f"The {title} was not found in the network.", _SWITCH_ON[link]
        case 13 if link in _CABLE and not port:
            return f"The {title} needs a serial port.", "Choose the port its dongle is plugged into."
        case 13:
            return f"The {title} does not take these connection parameters.", _taken(device)
        case 14:
            return (
                f"BrainFlow does not support the {title} on this computer.",
                f"It works on {_systems(device)}.",
            )
        case 8 | 16:
            return f"The {title} is already connected.", _BUSY
        case 17 if link in _LIBRARIES:
            return f"A system library for the {title} is missing or its radio is off.", _LIBRARIES[link]
        case 17 if link is Link.DONGLE:
            return f"The dongle on {port} does not answer.", _SWITCH_ON[link]
        case 9 | 10 | 11 | 15 | 17:
            return f"The driver of the {title} stopped working.", _LOG
    return f"The driver of the {title} gave error {code}.", _LOG


def _taken(device: Device) -> str:
    if not device.params:
        return "It takes none."
    return "It takes " + "; ".join(f"{param.name} ({param.help})" for param in device.params) + "."


def _systems(device: Device) -> str:
    spelled = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
    return " and ".join(spelled[platform] for platform in device.platforms)


def wrong_platform(device: Device) -> DeviceError:
    """The board does not work on this operating system; no driver was started."""
    return DeviceError(
        f"BrainFlow does not support the {device.title} on this computer.", f"It works on {_systems(device)}."
    )


def no_first_sample(device: Device, waited_s: float) -> DeviceError:
    """The driver says it streams and nothing comes: how some drivers report that there is no board."""
    return DeviceError(
        f"The {device.title} was started and sent nothing for {waited_s:g} s.", _SWITCH_ON[device.link]
    )


def no_answer(device: Device, waited_s: float) -> DeviceError:
    """The driver hangs while connecting."""
    return DeviceError(f"The {device.title} did not connect within {waited_s:g} s.", _SWITCH_ON[device.link])


def port_in_use(params: Mapping[str, str]) -> DeviceError:
    """Another session of this program holds the serial port."""
    return DeviceError(
        f"Serial port {params.get('serial_port', '')} is in use by another nfb session.",
        "End that session first, or choose another port.",
    )


def cancelled(device: Device) -> DeviceError:
    """The user did not want to wait."""
    return DeviceError(f"Connecting to the {device.title} was cancelled.")


def host_ended(device: Device, exit_code: int) -> DeviceError:
    """The driver process is gone without a word."""
    how = f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
    return DeviceError(f"The driver process of the {device.title} ended unexpectedly ({how}).", _LOG)


def host_not_started(device: Device, reason: str) -> DeviceError:
    """The operating system refused to start the driver process."""
    return DeviceError(
        f"The driver process of the {device.title} cannot be started: {reason}.",
        "Close other programs and try again.",
    )


def wrong_channels(device: Device, n_channels: int) -> DeviceError:
    """The installed BrainFlow describes the board otherwise than the catalogue."""
    return DeviceError(
        f"The {device.title} has {len(device.channel_names)} EEG channels; the driver gives {n_channels}.",
        "Install the BrainFlow release that this version of nfb was made for.",
    )


def silent(device: Device) -> DeviceError:
    """No samples for so long that the link counts as lost."""
    return DeviceError(f"No samples from the {device.title}.", _SWITCH_ON[device.link])
