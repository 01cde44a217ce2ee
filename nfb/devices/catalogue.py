"""Every EEG board that BrainFlow 5.23 offers, as a table: what it is, what it needs, how its samples come.

The table is static so that the program can show it without loading BrainFlow; a test compares it with BrainFlow's own
descriptions. Counter rules, scales and bursts were read in BrainFlow's drivers; transport delays are estimates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from nfb.devices.counter import CounterRule
from nfb.model.device import DeviceInfo
from nfb.model.errors import SetupError, nearest


class Link(Enum):
    """How a board talks to the computer; decides what to advise when it does not."""

    BUILT_IN = "built in"
    SERIAL = "USB or serial port"
    BLUETOOTH_LE = "Bluetooth LE"
    BLUETOOTH = "Bluetooth, paired"
    DONGLE = "BLED112 dongle"
    NETWORK = "network"
    USB = "USB, vendor's driver"
    BOARD = "the computer it is mounted on"


@dataclass(frozen=True, slots=True)
class Param:
    """A connection parameter: BrainFlow's name for it, a word of help, and whether the board needs it."""

    name: str
    help: str
    required: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A board that can be connected.

    Parameters
    ----------
    name
        Key in :data:`DEVICES`, as typed by the user.
    board_id
        BrainFlow's number.
    channel_names
        In the board's order; numbered where the user places the electrodes and BrainFlow suggests no sites.
    sites_named
        False where names are only defaults, to be confirmed by the user.
    platforms
        Where BrainFlow's binary package supports it: ``windows``, ``macos``, ``linux``.
    counter
        How it numbers packages; None if the number cannot be used.
    burst_samples
        Samples that arrive together.
    first_sample_timeout_s
        After streaming has started; some boards "start" with nothing attached.
    prepare_timeout_s
        For connecting and starting together; beyond it the driver is taken to hang.
    rail_uv
        Largest absolute value of its converter; None if unknown.
    reference
        Site of its reference, ``n/a`` where the user places it or the maker does not say.
    transport_delay_s
        Estimate of the time from electrode to host.
    acceleration
        The EEG stream carries acceleration in g.
    measures_impedance
        The stream can carry electrode resistances.
    advice
        What a user should know.
    """

    name: str
    title: str
    manufacturer: str
    board_id: int
    channel_names: tuple[str, ...]
    sampling_rate_hz: float
    link: Link
    params: tuple[Param, ...] = ()
    platforms: tuple[str, ...] = ("windows", "macos", "linux")
    counter: CounterRule | None = None
    burst_samples: int = 1
    first_sample_timeout_s: float = 3.0
    prepare_timeout_s: float = 20.0
    rail_uv: float | None = None
    reference: str = "n/a"
    transport_delay_s: float = 0.03
    sites_named: bool = True
    acceleration: bool = False
    measures_impedance: bool = False
    advice: str = ""


_PORT = Param(
    "serial_port", "port of the board or its USB dongle, e.g. /dev/ttyUSB0, COM3, /dev/cu.usbserial-1", True
)
_MAC = Param("mac_address", "Bluetooth address; needed only if several headsets are near")
_PAIRED_MAC = Param("mac_address", "Bluetooth address of the paired headset (needed on Linux)")
_BLE_NAME = Param("serial_number", "Bluetooth name, exactly as shown by the system, e.g. Muse-1A2B")
_SERIAL_NUMBER = Param("serial_number", "serial number; needed only if several are near")
_SEARCH = Param("timeout", "seconds to search for the headset", is_number=True)
_IP = Param("ip_address", "address of the board; found by itself if left out")
_IP_PORT = Param("ip_port", "port on this computer that the board may send to, e.g. 6677", True, True)
_OTHER = "other_info"

_BYTE = CounterRule(256)
_ENDLESS = CounterRule(2**32)
_MUSE_COUNTER = CounterRule(2**16, samples_per_number=12)
# Packets 0–99 carry 18-bit samples with acceleration, 100–199 19-bit samples; two samples to a packet.
_GANGLION_COUNTER = CounterRule(100, samples_per_number=2)

_MUSE_SITES = ("TP9", "AF7", "AF8", "TP10")
_CYTON_SITES = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")
_DAISY_SITES = (*_CYTON_SITES, "F7", "F8", "F3", "F4", "T7", "T8", "P3", "P4")
_BRAINBIT_SITES = ("T3", "T4", "O1", "O2")

_CYTON_RAIL_UV = 4.5 / 24 * 1e6
_GANGLION_RAIL_UV = 1.2 / (1.5 * 51) * 1e6
_MUSE_RAIL_UV = 1000.0

_PLACED = "Set where the electrodes are before each session; the names are only the usual places."
_DEPRECATED = "BrainFlow calls this board outdated; use the entry without -bled where the computer has Bluetooth."
_FTDI = "On Linux set the dongle's latency_timer to 1 ms, otherwise samples come in bursts of 16 ms."
_MUSE_ADVICE = (
    "If streaming stops after minutes: charge the headset, close other programs that use it, remove it from the "
    "system's list of paired devices."
)


def _numbered(n_channels: int) -> tuple[str, ...]:
    return tuple(f"Ch{k}" for k in range(1, n_channels + 1))


def _muse(name: str, title: str, board_id: int, presets: str) -> Device:
    return Device(
        name, title, "InteraXon", board_id, _MUSE_SITES, 256.0, Link.BLUETOOTH_LE,
        (_MAC, _BLE_NAME, Param(_OTHER, f"sensor preset, {presets}"), _SEARCH),
        counter=_MUSE_COUNTER, burst_samples=12, prepare_timeout_s=30.0, rail_uv=_MUSE_RAIL_UV, reference="Fpz",
        transport_delay_s=0.06, advice=_MUSE_ADVICE,
    )  # fmt: skip


def _muse_bled(name: str, title: str, board_id: int) -> Device:
    return Device(
        name, title, "InteraXon", board_id, _MUSE_SITES, 256.0, Link.DONGLE, (_PORT, _MAC, _BLE_NAME, _SEARCH),
        counter=_MUSE_COUNTER, burst_samples=12, prepare_timeout_s=30.0, rail_uv=_MUSE_RAIL_UV, reference="Fpz",
        transport_delay_s=0.06, advice=_DEPRECATED,
    )  # fmt: skip


def _ant(model: str, board_id: int, n_channels: int, rate_hz: float) -> Device:
    return Device(
        f"ant-{model}", f"ANT Neuro EE-{model}", "ANT Neuro", board_id, _numbered(n_channels), rate_hz, Link.USB,
        (_SERIAL_NUMBER,), platforms=("windows", "linux"), counter=_ENDLESS, transport_delay_s=0.02,
        sites_named=False, advice=f"Linux needs libusb-1.0-0. {_PLACED}",
    )  # fmt: skip


def _explore(name: str, title: str, board_id: int, n_channels: int, burst: int) -> Device:
    # Its packet counter also counts packets that carry no EEG.
    return Device(
        name, title, "Mentalab", board_id, _numbered(n_channels), 250.0, Link.BLUETOOTH, (_PAIRED_MAC,),
        burst_samples=burst, prepare_timeout_s=30.0, transport_delay_s=0.1, sites_named=False,
        advice=f"Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3. {_PLACED}",
    )  # fmt: skip


def _synchroni(name: str, title: str, board_id: int, n_channels: int, rate_hz: float = 250.0) -> Device:
    return Device(
        name, title, "Synchroni", board_id, _numbered(n_channels), rate_hz, Link.BLUETOOTH_LE,
        (Param("mac_address", "Bluetooth address", True), _SEARCH), platforms=("windows", "macos"),
        prepare_timeout_s=30.0, transport_delay_s=0.06, sites_named=False, advice=_PLACED,
    )  # fmt: skip


def _openbci_wifi(
    name: str, title: str, board_id: int, n_channels: int, rate_hz: float, rail_uv: float, counter: CounterRule | None
) -> Device:
    return Device(
        name, title, "OpenBCI", board_id, _numbered(n_channels), rate_hz, Link.NETWORK, (_IP_PORT, _IP, _SEARCH),
        counter=counter, burst_samples=10, prepare_timeout_s=30.0, rail_uv=rail_uv, sites_named=False,
        acceleration=True, advice=f"The Wi-Fi shield is known to lose many samples. {_PLACED}",
    )  # fmt: skip


def _neurosity(name: str, title: str, board_id: int, sites: tuple[str, ...], rate_hz: float) -> Device:
    return Device(
        name, title, "Neurosity", board_id, sites, rate_hz, Link.NETWORK,
        (_SERIAL_NUMBER, Param("ip_port", "port that the headset sends to, 9000 if left out", is_number=True)),
        counter=_ENDLESS, reference="T7", transport_delay_s=0.08,
        advice="Switch OSC on in its app; headset and computer must be in the same Wi-Fi. Guest networks block it.",
    )  # fmt: skip


_TABLE = (
    Device(
        "synthetic", "BrainFlow synthetic board", "BrainFlow", -1,
        ("Fz", "C3", "Cz", "C4", "Pz", "PO7", "Oz", "PO8", "F5", "F7", "F3", "F1", "F2", "F4", "F6", "F8"),
        250.0, Link.BUILT_IN, counter=_BYTE, transport_delay_s=0.0,
        # Its acceleration rows are noise of 0.06 g, which would count as a head that never rests.
        advice="Sines of 5 to 80 Hz, no EEG; nothing to connect.",
    ),
    Device(
        "cyton", "OpenBCI Cyton", "OpenBCI", 0, _CYTON_SITES, 250.0, Link.SERIAL, (_PORT,), counter=_BYTE,
        rail_uv=_CYTON_RAIL_UV, sites_named=False, acceleration=True, advice=f"{_PLACED} {_FTDI}",
    ),
    Device(
        "cyton-daisy", "OpenBCI Cyton with Daisy", "OpenBCI", 2, _DAISY_SITES, 125.0, Link.SERIAL, (_PORT,),
        counter=CounterRule(256, step=2), rail_uv=_CYTON_RAIL_UV, sites_named=False, acceleration=True,
        advice=f"{_PLACED} {_FTDI} At 125 Hz bands end at 50 Hz.",
    ),
    Device(
        "ganglion", "OpenBCI Ganglion", "OpenBCI", 46, _numbered(4), 200.0, Link.BLUETOOTH_LE,
        (_MAC, _BLE_NAME, Param(_OTHER, "fw:2 for firmware 2; 3 is assumed"), _SEARCH), counter=_GANGLION_COUNTER,
        burst_samples=2, prepare_timeout_s=30.0, rail_uv=_GANGLION_RAIL_UV, transport_delay_s=0.04,
        sites_named=False, acceleration=True, measures_impedance=True,
        advice=f"{_PLACED} If it is not found, switch it off and on.",
    ),
    Device(
        "ganglion-bled", "OpenBCI Ganglion on a BLED112 dongle", "OpenBCI", 1, _numbered(4), 200.0, Link.DONGLE,
        (_PORT, _MAC, _BLE_NAME, _SEARCH), counter=_GANGLION_COUNTER, burst_samples=2, prepare_timeout_s=30.0,
        rail_uv=_GANGLION_RAIL_UV, transport_delay_s=0.04, sites_named=False, acceleration=True,
        measures_impedance=True, advice=_DEPRECATED,
    ),
    _openbci_wifi("ganglion-wifi", "OpenBCI Ganglion with Wi-Fi shield", 4, 4, 1600.0, _GANGLION_RAIL_UV, None),
    _openbci_wifi("cyton-wifi", "OpenBCI Cyton with Wi-Fi shield", 5, 8, 1000.0, _CYTON_RAIL_UV, _BYTE),
    _openbci_wifi("cyton-daisy-wifi", "OpenBCI Cyton, Daisy, Wi-Fi shield", 6, 16, 1000.0, _CYTON_RAIL_UV, None),
    Device(
        "galea", "OpenBCI Galea", "OpenBCI", 3,
        ("F1", "F2", "C3", "C4", "P3", "P4", "O1", "O2", "Cz", "Pz", "X1", "X2", "X3", "X4", "X5", "X6"),
        250.0, Link.NETWORK, (_IP, _SERIAL_NUMBER, _SEARCH), counter=_BYTE, burst_samples=5,
    ),
    _muse("muse-2", "Muse 2", 38, "p21 (EEG) if left out, p50 adds the pulse sensor"),
    _muse("muse-s", "Muse S", 39, "p21 (EEG) if left out, p61 adds the pulse sensor"),
    _muse("muse-2016", "Muse (2016)", 41, "p21 (EEG) if left out"),
    Device(
        # Its package number joins the numbers of a radio packet and of a block in it: neither counts EEG.
        "muse-athena", "Muse S Athena", "InteraXon", 67, _MUSE_SITES, 256.0, Link.BLUETOOTH_LE,
        (_MAC, _BLE_NAME, Param(_OTHER, "e.g. preset=p1041;low_latency=true"), _SEARCH), burst_samples=4,
        prepare_timeout_s=30.0, reference="Fpz", transport_delay_s=0.05, advice=_MUSE_ADVICE,
    ),
    _muse_bled("muse-2-bled", "Muse 2 on a BLED112 dongle", 22),
    _muse_bled("muse-s-bled", "Muse S on a BLED112 dongle", 21),
    _muse_bled("muse-2016-bled", "Muse (2016) on a BLED112 dongle", 42),
    Device(
        "brainbit", "BrainBit", "BrainBit", 7, _BRAINBIT_SITES, 250.0, Link.BLUETOOTH_LE, (_SERIAL_NUMBER, _SEARCH),
        platforms=("windows", "macos"), prepare_timeout_s=40.0, transport_delay_s=0.05, measures_impedance=True,
        advice="It measures resistances only instead of EEG, so they stay empty during a session.",
    ),
    Device(
        "brainbit-bled", "BrainBit on a BLED112 dongle", "BrainBit", 18, _BRAINBIT_SITES, 250.0, Link.DONGLE,
        (_PORT, _MAC, _SEARCH), prepare_timeout_s=40.0, transport_delay_s=0.05, advice=_DEPRECATED,
    ),
    Device(
        "callibri", "Callibri EEG", "BrainBit", 9, _numbered(1), 250.0, Link.BLUETOOTH_LE,
        (Param(_OTHER, "electrode set, as in BrainFlow's documentation"), _SEARCH), platforms=("windows", "macos"),
        prepare_timeout_s=40.0, transport_delay_s=0.05, sites_named=False, advice=_PLACED,
    ),
    Device(
        "unicorn", "Unicorn Hybrid Black", "g.tec", 8, ("Fz", "C3", "Cz", "C4", "Pz", "PO7", "Oz", "PO8"), 250.0,
        Link.BLUETOOTH, (_SERIAL_NUMBER,), platforms=("windows", "linux"), counter=_ENDLESS, rail_uv=750_000.0,
        reference="mastoids", transport_delay_s=0.05, acceleration=True,
        advice="Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3 and an x86-64 computer.",
    ),
    _neurosity("crown", "Neurosity Crown", 23, ("CP3", "C3", "F5", "PO3", "PO4", "F6", "C4", "CP4"), 256.0),
    _neurosity("notion-1", "Neurosity Notion 1", 13, ("CP6", "F6", "C4", "CP4", "CP3", "F5", "C3", "CP5"), 250.0),
    _neurosity("notion-2", "Neurosity Notion 2", 14, ("CP5", "F5", "C3", "CP3", "CP6", "F6", "C4", "CP4"), 250.0),
    Device(
        "enophone", "Enophone", "Eno", 37, ("A2", "A1", "C4", "C3"), 250.0, Link.BLUETOOTH, (_PAIRED_MAC,),
        counter=CounterRule(2**16), rail_uv=50_000.0, transport_delay_s=0.05,
        advice="Pair it in the system's Bluetooth settings first; Linux needs libbluetooth3.",
    ),
    Device(
        "freeeeg32", "FreeEEG32", "NeuroIDSS", 17, _numbered(32), 512.0, Link.SERIAL, (_PORT,), counter=_BYTE,
        transport_delay_s=0.02, sites_named=False, advice=_PLACED,
    ),
    Device(
        "freeeeg128", "FreeEEG128", "NeuroIDSS", 52, _numbered(128), 256.0, Link.SERIAL, (_PORT,), counter=_BYTE,
        transport_delay_s=0.02, sites_named=False, advice=_PLACED,
    ),
    Device(
        "ironbci32", "ironbci 32", "PiEEG", 65, _numbered(32), 512.0, Link.SERIAL, (_PORT,),
        transport_delay_s=0.02, sites_named=False, advice=_PLACED,
    ),
    _explore("explore-4", "Mentalab Explore 4", 44, 4, 33),
    _explore("explore-8", "Mentalab Explore 8", 45, 8, 16),
    _explore("explore-plus-8", "Mentalab Explore+ 8", 54, 8, 16),
    _explore("explore-plus-32", "Mentalab Explore+ 32", 55, 32, 4),
    _ant("411", 25, 8, 2000.0),
    _ant("430", 26, 8, 512.0),
    _ant("211", 27, 64, 2000.0),
    _ant("212", 28, 32, 2000.0),
    _ant("213", 29, 16, 2000.0),
    _ant("214", 30, 32, 2000.0),
    _ant("215", 31, 64, 2000.0),
    _ant("221", 32, 16, 16000.0),
    _ant("222", 33, 32, 16000.0),
    _ant("223", 34, 32, 16000.0),
    _ant("224", 35, 64, 16000.0),
    _ant("225", 36, 64, 16000.0),
    _ant("511", 51, 24, 4096.0),
    Device(
        "knight", "NeuroPawn Knight", "NeuroPawn", 57, _numbered(8), 125.0, Link.SERIAL,
        (_PORT, Param(_OTHER, 'gain, e.g. {"gain":6}')), counter=_BYTE, sites_named=False, advice=_PLACED,
    ),
    Device(
        "knight-imu", "NeuroPawn Knight IMU", "NeuroPawn", 66, _numbered(8), 125.0, Link.SERIAL,
        (_PORT, Param(_OTHER, 'gain, e.g. {"gain":6}')), counter=_BYTE, sites_named=False, advice=_PLACED,
    ),
    Device(
        "ntl-wifi", "NTL WiFi", "NTL", 50, _CYTON_SITES, 250.0, Link.NETWORK, (_IP_PORT, _IP, _SEARCH),
        prepare_timeout_s=30.0, sites_named=False, advice=_PLACED,
    ),
    Device(
        "pieeg", "PiEEG", "PiEEG", 56, _CYTON_SITES, 250.0, Link.BOARD,
        (Param("serial_port", "SPI device, /dev/spidev0.0 if left out"),), platforms=("linux",), counter=_BYTE,
        transport_delay_s=0.01, sites_named=False,
        advice=f"Runs on the Raspberry Pi it is mounted on, with a BrainFlow compiled there. {_PLACED}",
    ),
    Device(
        "brainalive", "BrainAlive", "BrainAlive", 40, ("F7", "FT7", "T7", "CP5", "CZ", "C6", "FC6", "F4"), 250.0,
        Link.BLUETOOTH_LE, (_MAC, _BLE_NAME, _SEARCH), prepare_timeout_s=30.0, transport_delay_s=0.05,
    ),
    Device(
        "aavaa-v3", "AAVAA v3", "AAVAA", 53, ("L1", "L2", "L3", "L4", "R1", "R2", "R3", "R4"), 50.0,
        Link.BLUETOOTH_LE, (_MAC, _BLE_NAME, _SEARCH), prepare_timeout_s=30.0, transport_delay_s=0.06,
        advice="At 50 Hz only bands below 20 Hz can be trained.",
    ),
    _synchroni("synchroni-trio", "Synchroni Trio", 58, 2),
    _synchroni("synchroni-octo", "Synchroni Octo", 59, 7),
    _synchroni("synchroni-pento", "Synchroni Pento", 61, 8),
    _synchroni("synchroni-uno", "Synchroni Uno", 62, 1),
    _synchroni("ob5000", "OB5000", 60, 8),
    _synchroni("ob3000", "OB3000", 63, 23, 500.0),
    Device(
        "biolistener", "BioListener", "BioListener", 64, _numbered(8), 500.0, Link.NETWORK,
        (Param("ip_address", "address of this computer that the board connects to"),
         Param("ip_port", "port that the board connects to, 12345 if left out", is_number=True), _SEARCH),
        counter=_ENDLESS, sites_named=False, advice=_PLACED,
    ),
)  # fmt: skip

DEVICES: dict[str, Device] = {device.name: device for device in _TABLE}


def find_device(name: str) -> Device:
    """The device called `name`.

    Raises
    ------
    SetupError
        Unknown name; suggests the nearest.
    """
    if name not in DEVICES:
        raise SetupError(
            f"device '{name}' is not known{nearest(name, DEVICES)}. The command `nfb devices` lists all of them."
        )
    return DEVICES[name]


def parse_params(device: str, params: Mapping[str, str]) -> dict[str, str]:
    """Check connection parameters.

    Parameters
    ----------
    device
        Catalogue name.
    params
        Names and values as typed.

    Returns
    -------
    dict
        The same without surrounding blanks and without empty values.

    Raises
    ------
    SetupError
        Unknown device or parameter, a value that is not a whole number where one is needed, or a missing one.

    Examples
    --------
    >>> parse_params("cyton", {"serial_port": " /dev/ttyUSB0 "})
    {'serial_port': '/dev/ttyUSB0'}
    """
    entry = find_device(device)
    known = {param.name: param for param in entry.params}
    parsed = {}
    for name, text in params.items():
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes no parameters"
            raise SetupError(f"{device}: parameter '{name}' is not known{nearest(name, known)}; {takes}.")
        value = text.strip()
        if known[name].is_number and value and not (value.isascii() and value.isdigit()):
            raise SetupError(f"{device}: {name} = '{value}': must be a whole number, 0 or more.")
        if value:
            parsed[name] = value
    for param in entry.params:
        if param.required and param.name not in parsed:
            raise SetupError(f"{device}: {param.name} is missing: {param.help}.")
    return parsed


def device_info(device: Device, params: Mapping[str, str]) -> DeviceInfo:
    """What the catalogue knows of a device, in the form that sessions and recordings use."""
    return DeviceInfo(
        name=device.name,
        channel_names=device.channel_names,
        sampling_rate_hz=device.sampling_rate_hz,
        model=device.title,
        manufacturer=device.manufacturer,
        serial=params.get("serial_number", "") or params.get("mac_address", ""),
        reference=device.reference,
        rail_uv=device.rail_uv,
        burst_samples=device.burst_samples,
        transport_delay_s=device.transport_delay_s,
        sites_named=device.sites_named,
        measures_impedance=device.measures_impedance,
    )
