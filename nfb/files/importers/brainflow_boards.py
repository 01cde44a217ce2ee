"""Layout of BrainFlow's header-less files: which column is what, per board (BrainFlow 5.23 board descriptions).

Files must open where BrainFlow cannot be loaded, so the few numbers are kept here.
"""

from dataclasses import dataclass

_CYTON = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")
_DAISY = (*_CYTON, "F7", "F8", "F3", "F4", "T7", "T8", "P3", "P4")
_MUSE = ("TP9", "AF7", "AF8", "TP10")


@dataclass(frozen=True, slots=True)
class Board:
    """Columns of one board.

    Parameters
    ----------
    model, manufacturer
        Names for the sidecar.
    n_columns
        Cells per row.
    rate_hz
        Declared rate.
    sites
        Names of the EEG channels; empty where the board does not name them.
    first_eeg, n_eeg
        Columns of the EEG.
    package, stamp, marker
        Columns of the package counter, the UNIX time stamp and the marker.
    acceleration
        First of three columns in g, or None.
    modulo, step, samples_per_number
        How the counter runs; `modulo` 0 where it cannot be relied on.
    rail_uv
        Limit of the converter, if known.
    """

    model: str
    manufacturer: str
    n_columns: int
    rate_hz: float
    sites: tuple[str, ...]
    n_eeg: int
    stamp: int
    marker: int
    first_eeg: int = 1
    package: int = 0
    acceleration: int | None = None
    modulo: int = 256
    step: int = 1
    samples_per_number: int = 1
    rail_uv: float | None = None
    sites_named: bool = True

    @property
    def channel_names(self) -> tuple[str, ...]:
        return self.sites or tuple(f"ch{number}" for number in range(1, self.n_eeg + 1))


_SYNTHETIC = ("Fz", "C3", "Cz", "C4", "Pz", "PO7", "Oz", "PO8", "F5", "F7", "F3", "F1", "F2", "F4", "F6", "F8")
_UNICORN = ("Fz", "C3", "Cz", "C4", "Pz", "PO7", "Oz", "PO8")

# A counter that several samples or electrodes share, or whose wrap the sources do not state, has modulo 0:
# then holes are told from the time stamps.
BOARDS: dict[str, Board] = {
    "synthetic": Board("Synthetic", "BrainFlow", 32, 250.0, _SYNTHETIC, 16, 30, 31, acceleration=17),
    "cyton": Board(
        "Cyton", "OpenBCI", 24, 250.0, _CYTON, 8, 22, 23, acceleration=9, rail_uv=187500.0, sites_named=False
    ),
    "cyton-daisy": Board(
        "Cyton Daisy",
        "OpenBCI",
        32,
        125.0,
        _DAISY,
        16,
        30,
        31,
        acceleration=17,
        step=2,
        rail_uv=187500.0,
        sites_named=False,
    ),
    "cyton-wifi": Board("Cyton WiFi", "OpenBCI", 24, 1000.0, _CYTON, 8, 22, 23, rail_uv=187500.0, sites_named=False),
    "ganglion": Board("Ganglion", "OpenBCI", 15, 200.0, (), 4, 13, 14, modulo=0, sites_named=False),
    "ganglion-wifi": Board("Ganglion WiFi", "OpenBCI", 25, 1600.0, (), 4, 23, 24, modulo=0, sites_named=False),
    "ntl-wifi": Board("NTL WiFi", "NTL", 25, 250.0, _CYTON, 8, 23, 24, modulo=0, sites_named=False),
    "muse-2": Board("Muse 2", "InteraXon", 8, 256.0, _MUSE, 4, 6, 7, modulo=65536, samples_per_number=12),
    "muse-2016": Board("Muse 2016", "InteraXon", 7, 256.0, _MUSE, 4, 5, 6, modulo=65536, samples_per_number=12),
    "muse-s-athena": Board("Muse S Athena", "InteraXon", 11, 256.0, _MUSE, 4, 9, 10, modulo=0),
    "brainbit": Board("BrainBit", "BrainBit", 12, 250.0, ("T3", "T4", "O1", "O2"), 4, 10, 11, modulo=0),
    "unicorn": Board("Unicorn", "g.tec", 19, 250.0, _UNICORN, 8, 17, 18, first_eeg=0, package=15, modulo=0),
    "crown": Board(
        "Crown", "Neurosity", 12, 256.0, ("CP3", "C3", "F5", "PO3", "PO4", "F6", "C4", "CP4"), 8, 10, 11, modulo=0
    ),
    "notion-2": Board(
        "Notion 2", "Neurosity", 12, 250.0, ("CP5", "F5", "C3", "CP3", "CP6", "F6", "C4", "CP4"), 8, 10, 11, modulo=0
    ),
    "enophone": Board("Enophone", "Eno", 7, 250.0, ("A2", "A1", "C4", "C3"), 4, 5, 6, modulo=0),
    "explore-4": Board("Explore 4", "Mentalab", 8, 250.0, (), 4, 6, 7, modulo=0, sites_named=False),
    "explore-8": Board("Explore 8", "Mentalab", 12, 250.0, (), 8, 10, 11, modulo=0, sites_named=False),
    "explore-plus-32": Board("Explore Plus 32", "Mentalab", 36, 250.0, (), 32, 34, 35, modulo=0, sites_named=False),
    "freeeeg32": Board("FreeEEG32", "NeuroIDSS", 35, 512.0, (), 32, 33, 34, modulo=0, sites_named=False),
    "freeeeg128": Board("FreeEEG128", "NeuroIDSS", 131, 256.0, (), 128, 129, 130, modulo=0, sites_named=False),
    "galea": Board(
        "Galea",
        "OpenBCI",
        29,
        250.0,
        ("F1", "F2", "C3", "C4", "P3", "P4", "O1", "O2", "Cz", "Pz", "X1", "X2", "X3", "X4", "X5", "X6"),
        16,
        27,
        28,
        first_eeg=9,
        modulo=0,
    ),
    "pieeg": Board("PiEEG", "PiEEG", 11, 250.0, _CYTON, 8, 9, 10, modulo=0, sites_named=False),
    "knight": Board("Knight", "NeuroPawn", 13, 125.0, (), 8, 11, 12, modulo=0, sites_named=False),
    "knight-imu": Board("Knight IMU", "NeuroPawn", 22, 125.0, (), 8, 20, 21, modulo=0, sites_named=False),
}
