"""Files written by BrainFlow's file streamer: no header, one row per sample, all rows of the board's preset."""

from pathlib import Path

import numpy as np

from nfb.files.importers import textgrid, timing
from nfb.files.importers.brainflow_boards import BOARDS, Board
from nfb.files.importers.common import Hints, finish, refusal, utc
from nfb.files.importers.textgrid import Grid
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.errors import nearest

# Lost packets make the measured rate too low by some per cent.
_RATE_TOLERANCE = 0.1


def recognises(path: Path, head: bytes) -> bool:
    """Rows of numbers from the first byte on, of a width that some board has."""
    lines = head.decode("latin-1").splitlines()
    if not lines or b"\x00" in head:
        return False
    cells = lines[0].split(textgrid.separator_of(lines[0]))
    return len(cells) >= 7 and all(textgrid.is_number(cell.replace(",", ".")) for cell in cells)


def read(path: Path, hints: Hints) -> Recording:
    """Read a BrainFlow file.

    Notes
    -----
    The file does not name its board. It is told from the number of columns, and where that fits several, from the
    rate of the time stamps; if that leaves a choice, the caller must give `board`.
    """
    grid = textgrid.make_grid(path, textgrid.read_lines(path))
    key = _given_board(path, hints.board, grid) if hints.board else _guess_board(path, grid)
    board = BOARDS[key]
    eeg_columns = range(board.first_eeg, board.first_eeg + board.n_eeg)
    acceleration_columns = () if board.acceleration is None else range(board.acceleration, board.acceleration + 3)
    values = grid.numbers([board.package, board.stamp, board.marker, *eeg_columns, *acceleration_columns])
    counter, times, markers = values[0], timing.in_seconds(values[1]), values[2]
    warnings = [f"The board was told from the columns and their rate: {board.model}."] if not hints.board else []
    if not board.sites_named:
        warnings.append(
            f"Default sites of the {board.model} are taken ({', '.join(board.channel_names)}); check them."
        )
    if board.modulo:
        gaps = timing.gaps_from_counter(
            counter,
            modulo=board.modulo,
            step=board.step,
            sampling_rate_hz=board.rate_hz,
            samples_per_number=board.samples_per_number,
            times_s=times,
        )
    else:
        gaps = timing.gaps_from_times(times, board.rate_hz)
    marked = np.flatnonzero(np.nan_to_num(markers))
    return finish(
        path,
        "brainflow",
        DeviceInfo(
            name=key,
            channel_names=board.channel_names,
            sampling_rate_hz=board.rate_hz,
            model=board.model,
            manufacturer=board.manufacturer,
            rail_uv=board.rail_uv,
            sites_named=board.sites_named,
        ),
        values[3 : 3 + board.n_eeg],
        gaps=gaps,
        annotations=[Annotation(int(sample), 0.0, f"{markers[sample]:g}") for sample in marked],
        device_times_s=times,
        acceleration_g=values[3 + board.n_eeg :] if acceleration_columns else None,
        warnings=warnings + grid.notes,
        started_utc=utc(float(times[0])),
    )


def _given_board(path: Path, key: str, grid: Grid) -> str:
    if key not in BOARDS:
        raise refusal(
            path, f"board = {key!r} is not known{nearest(key, BOARDS)}", f"Known boards are {', '.join(BOARDS)}"
        )
    if BOARDS[key].n_columns != grid.n_columns:
        fitting = [name for name, board in BOARDS.items() if board.n_columns == grid.n_columns]
        raise refusal(
            path,
            f"board = {key!r} writes {BOARDS[key].n_columns} columns, the file has {grid.n_columns}",
            f"That many columns come from {', '.join(fitting)}" if fitting else "Give the board that recorded it",
        )
    return key


def _guess_board(path: Path, grid: Grid) -> str:
    fitting = {key: board for key, board in BOARDS.items() if board.n_columns == grid.n_columns}
    if not fitting:
        commas = " (or decimal commas stand between commas)" if grid.separator == "," else ""
        raise refusal(
            path,
            f"rows of {grid.n_columns} numbers without a header fit no known board{commas}",
            "Add a header row with channel names, or export it from its own program again",
        )
    errors = sorted((_rate_error(grid, board), key) for key, board in fitting.items())
    near = [key for error, key in errors if error <= min(_RATE_TOLERANCE, errors[0][0] + 0.01)]
    if len(fitting) == 1 or len(near) == 1:
        return errors[0][1]
    raise refusal(
        path,
        f"rows of {grid.n_columns} numbers at the rate of its time stamps fit "
        + ("several boards" if near else "none of the boards with that many columns"),
        f"Give the board that recorded it: {', '.join(near or fitting)}",
    )


def _rate_error(grid: Grid, board: Board) -> float:
    """Relative distance of the stamps' rate from the board's; infinite if its stamp column holds no UNIX times."""
    times = timing.in_seconds(grid.numbers([board.stamp])[0])
    if not np.isfinite(times).all() or utc(float(times[0])) is None:
        return float("inf")
    measured = timing.measured_rate_hz(times)
    return float("inf") if measured is None else abs(measured / board.rate_hz - 1)
