"""What BrainFlow's exit codes mean for the person in front of the headset, and what to do next.

BrainFlow's exceptions carry a number and no cause; the same number means different things for different links and at
different stages. Measured with BrainFlow 5.23.0.
"""

from collections.abc import Mapping
from enum import Enum

from nfb.devices.catalogue import Device, Link
from nfb.devices.fault_words import (
    ADAPTER,
    BUSY,
    CHOOSE_PORT,
    CLOSE_OTHERS,
    END_FIRST,
    FAULT_WORDS,
    INSTALL,
    LIBRARIES,
    LOG,
    PLUG,
    PLUG_GROUP,
    QUOTED,
    SWITCH_ON,
    TAKES,
    TAKES_NONE,
    WORKS_ON,
)
from nfb.model.errors import DeviceError


class Stage(Enum):
    """What was being done when the driver refused; values as the driver host writes them."""

    PREPARE = "prepare"
    START = "start"
    STREAM = "stream"


_RADIO = (Link.BLUETOOTH_LE, Link.BLUETOOTH)
_CABLE = (Link.SERIAL, Link.DONGLE)


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
        way_out = QUOTED.format(way_out=way_out, log=log_line.rstrip("."))
    return DeviceError(what, way_out, code)


def _meaning(device: Device, stage: Stage, code: int, log_line: str, params: Mapping[str, str]) -> tuple[str, str]:
    """What happened, and the way out."""
    key, way_out = _case(device, stage, code, log_line, params)
    port = params.get("serial_port", "")
    return FAULT_WORDS[key].format(device=device.title, port=port, code=code), way_out


def _case(device: Device, stage: Stage, code: int, log_line: str, params: Mapping[str, str]) -> tuple[str, str]:
    """Which of the known faults it is, and the way out."""
    link = device.link
    match code:
        case 1 if link in _CABLE:
            return "port in use", BUSY
        case 2 if link in _CABLE:
            return "port closed", PLUG_GROUP
        case 2 if link in _RADIO:
            return "no adapter", ADAPTER
        case 3:
            return "port settings", PLUG
        case 4 | 5 if stage is Stage.STREAM:
            return "broke", SWITCH_ON[link]
        case 4 | 5 | 6:
            return "no commands", SWITCH_ON[link]
        case 7 if "dongle is inserted but Cyton is off" in log_line:
            return "board off", SWITCH_ON[link]
        case 7 if "welcome characters" in log_line:
            return "wrong port", SWITCH_ON[link]
        case 7 if link in _RADIO:
            return "not found", SWITCH_ON[link]
        case 7 | 18 | 12:
            return "no answer", SWITCH_ON[link]
        case 13 if link is Link.NETWORK:
            return "not in network", SWITCH_ON[link]
        case 13 if link in _CABLE and not params.get("serial_port"):
            return "needs port", CHOOSE_PORT
        case 13:
            return "params", _taken(device)
        case 14:
            return "platform", _works_on(device)
        case 8 | 16:
            return "connected", BUSY
        case 17 if link in LIBRARIES:
            return "library", LIBRARIES[link]
        case 17 if link is Link.DONGLE:
            return "no dongle", SWITCH_ON[link]
        case 9 | 10 | 11 | 15 | 17:
            return "stopped", LOG
    return "code", LOG


def _taken(device: Device) -> str:
    if not device.params:
        return TAKES_NONE
    return TAKES.format(params="; ".join(f"{param.name} ({param.help})" for param in device.params))


def _works_on(device: Device) -> str:
    spelled = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
    names = [spelled[platform] for platform in device.platforms]
    return WORKS_ON[len(names) - 1].format(**dict(zip(("one", "two", "three"), names, strict=False)))


def wrong_platform(device: Device) -> DeviceError:
    """The board does not work on this operating system; no driver was started."""
    return DeviceError(FAULT_WORDS["platform"].format(device=device.title), _works_on(device))


def no_first_sample(device: Device, waited_s: float) -> DeviceError:
    """The driver says it streams and nothing comes: how some drivers report that there is no board."""
    return DeviceError(
        FAULT_WORDS["no sample"].format(device=device.title, n=f"{waited_s:g}"), SWITCH_ON[device.link]
    )


def no_answer(device: Device, waited_s: float) -> DeviceError:
    """The driver hangs while connecting."""
    return DeviceError(FAULT_WORDS["slow"].format(device=device.title, n=f"{waited_s:g}"), SWITCH_ON[device.link])


def port_in_use(params: Mapping[str, str]) -> DeviceError:
    """Another session of this program holds the serial port."""
    return DeviceError(FAULT_WORDS["port of ours"].format(port=params.get("serial_port", "")), END_FIRST)


def cancelled(device: Device) -> DeviceError:
    """The user did not want to wait."""
    return DeviceError(FAULT_WORDS["cancelled"].format(device=device.title))


def host_ended(device: Device, exit_code: int) -> DeviceError:
    """The driver process is gone without a word."""
    words = FAULT_WORDS["ended, signal" if exit_code < 0 else "ended, code"]
    return DeviceError(words.format(device=device.title, code=abs(exit_code)), LOG)


def host_not_started(device: Device, reason: str) -> DeviceError:
    """The operating system refused to start the driver process."""
    return DeviceError(FAULT_WORDS["not started"].format(device=device.title, reason=reason), CLOSE_OTHERS)


def wrong_channels(device: Device, n_channels: int) -> DeviceError:
    """The installed BrainFlow describes the board otherwise than the catalogue."""
    n = len(device.channel_names)
    return DeviceError(FAULT_WORDS["channels"].format(device=device.title, n=n, n_driver=n_channels), INSTALL)


def silent(device: Device) -> DeviceError:
    """No samples for so long that the link counts as lost."""
    return DeviceError(FAULT_WORDS["silent"].format(device=device.title), SWITCH_ON[device.link])
