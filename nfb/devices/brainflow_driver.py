"""The only importer of BrainFlow. Runs in the driver host, never in the program itself.

BrainFlow has one global lock in native code: any call waits for the slowest one. All calls are therefore made by one
thread, in one process per headset.
"""

import contextlib
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    # On Python 3.11 brainflow finds its libraries through pkg_resources, which warns that it is deprecated.
    warnings.simplefilter("ignore")
    from brainflow.board_shim import BoardShim, BrainFlowError, BrainFlowInputParams, BrainFlowPresets

_LOG_BYTES = 1_000_000
_LOG_FILES = 3
_INFO = 2  # never 0 (trace): an unplugged dongle then writes 34 MB/s
_RING_S = 60
_NUMBERS = ("ip_port", "timeout")


class DriverRefusedError(Exception):
    """BrainFlow refused.

    Parameters
    ----------
    stage
        ``prepare``, ``start`` or ``stream``.
    code
        BrainFlow's exit code.
    log_line
        The last error in its log; the exception itself never tells the cause.
    """

    def __init__(self, stage: str, code: int, log_line: str) -> None:
        super().__init__(f"{stage}: exit code {code}: {log_line}")
        self.stage = stage
        self.code = code
        self.log_line = log_line


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of what :meth:`Driver.read` returns: package number, time stamp, `n_eeg` × µV, `n_acceleration` × g."""

    n_eeg: int
    n_acceleration: int


class Driver:
    """One board, from connection to release. A thin layer: units and channels as BrainFlow gives them.

    Parameters
    ----------
    board_id
        BrainFlow's number of the board.
    params
        Names and values of ``BrainFlowInputParams``.
    log_file
        Where BrainFlow's log goes; the folder exists.
    """

    def __init__(self, board_id: int, params: dict[str, str], log_file: Path) -> None:
        self._log_file = log_file
        rotate(log_file)
        self._log_start = log_file.stat().st_size
        BoardShim.set_log_level(_INFO)
        BoardShim.set_log_file(str(log_file))
        inputs = BrainFlowInputParams()
        for name, value in params.items():
            setattr(inputs, name, int(value) if name in _NUMBERS else value)
        self._board = BoardShim(board_id, inputs)
        self._board_id = board_id
        self._battery: tuple[int, int] | None = None  # (preset, row)
        self._resistance_rows: list[int] = []
        self._newest: NDArray[np.float64] | None = None  # all rows of the newest sample

    def prepare(self) -> Layout:
        """Connect. Blocks for seconds; raises :class:`DriverRefusedError`."""
        try:
            self._board.prepare_session()
            default = BoardShim.get_board_descr(self._board_id)
            presets = BoardShim.get_board_presets(self._board_id)
            for preset in sorted(presets):
                descr = BoardShim.get_board_descr(self._board_id, preset)
                if self._battery is None and "battery_channel" in descr:
                    self._battery = (preset, descr["battery_channel"])
        except BrainFlowError as fault:
            raise self._fault("prepare", fault) from None
        self._rate_hz = int(default["sampling_rate"])
        eeg = default["eeg_channels"]
        acceleration = default.get("accel_channels", [])
        self._rows = [default["package_num_channel"], default["timestamp_channel"], *eeg, *acceleration]
        # On some amplifiers the EEG rows themselves hold resistances once an impedance mode is switched on.
        self._resistance_rows = [row for row in default.get("resistance_channels", []) if row not in eeg]
        return Layout(len(eeg), len(acceleration))

    def start(self) -> None:
        """Start streaming. Some boards wait seconds for the first sample, others start with nothing attached."""
        try:
            self._board.start_stream(self._rate_hz * _RING_S)
        except BrainFlowError as fault:
            raise self._fault("start", fault) from None

    def read(self) -> NDArray[np.float64]:
        """Take everything that has arrived, oldest first: ``(n_rows, n_samples)``, see :class:`Layout`."""
        try:
            # Only one reader may ever call this: concurrent ones get rows of invented zeros.
            data = self._board.get_board_data()
        except BrainFlowError as fault:
            raise self._fault("stream", fault) from None
        self._newest = data[:, -1].copy() if data.shape[1] else None
        return np.ascontiguousarray(data[self._rows])

    def battery_percent(self) -> float | None:
        """Charge as last told by the board, or None."""
        if self._battery is None:
            return None
        preset, row = self._battery
        if preset == BrainFlowPresets.DEFAULT_PRESET:
            return None if self._newest is None else float(self._newest[row])
        try:
            newest = self._board.get_current_board_data(1, preset)
        except BrainFlowError:
            return None  # this preset has not started: the battery is not worth a fault
        return float(newest[row, -1]) if newest.shape[1] else None

    def resistance_ohm(self) -> list[float]:
        """Electrode resistances of the newest sample, zeros where none was measured."""
        return [] if self._newest is None else [float(self._newest[row]) for row in self._resistance_rows]

    def release(self) -> None:
        """Let go of the board. A lost one cannot be told to stop; that is no error."""
        with contextlib.suppress(BrainFlowError):
            self._board.stop_stream()
        with contextlib.suppress(BrainFlowError):
            self._board.release_session()

    def _fault(self, stage: str, fault: BrainFlowError) -> DriverRefusedError:
        return DriverRefusedError(stage, int(fault.exit_code), last_error(self._log_file, self._log_start))


def last_error(log_file: Path, start: int) -> str:
    """The text of the last error line in `log_file` after byte `start`; empty if there is none."""
    try:
        with log_file.open("rb") as file:
            file.seek(start)
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    errors = [line.partition("[error]")[2].strip() for line in lines if "[board_logger] [error]" in line]
    return errors[-1] if errors else ""


def rotate(log_file: Path) -> None:
    """Begin a new log once the present one is large; keep the last few. Makes the file if it is not there."""
    with contextlib.suppress(OSError):  # another session may have it open, which forbids renaming on Windows
        if log_file.stat().st_size > _LOG_BYTES:
            for number in range(_LOG_FILES - 1, 0, -1):
                older = log_file.with_name(f"{log_file.name}.{number}")
                if older.exists():
                    older.replace(log_file.with_name(f"{log_file.name}.{number + 1}"))
            log_file.replace(log_file.with_name(f"{log_file.name}.1"))
    log_file.touch()
