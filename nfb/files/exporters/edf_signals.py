"""Signals of an EDF+ or BDF+ file: labels, and limits chosen from the data so that nothing is clipped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nfb.files.exporters.edf_text import field, limit_above, limit_below
from nfb.files.importers.channels import unique
from nfb.files.recording import Recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Float32

_BATCH_SAMPLES = 1 << 18
_LABEL_CHARS = 16


@dataclass(frozen=True, slots=True)
class Format:
    """What tells EDF+ from BDF+."""

    name: str
    version: bytes
    value_bytes: int

    @property
    def digital_max(self) -> int:
        return int(2 ** (8 * self.value_bytes - 1)) - 1

    @property
    def digital_min(self) -> int:
        return -self.digital_max - 1


EDF = Format("EDF", b"0       ", 2)
BDF = Format("BDF", b"\xffBIOSEMI", 3)


@dataclass(frozen=True, slots=True)
class Signal:
    """One ordinary signal; `low` and `high` are its physical limits as they stand in the header."""

    label: str
    unit: str
    low: str
    high: str

    def step(self, kind: Format) -> float:
        """Physical value of one digital step."""
        return (float(self.high) - float(self.low)) / (kind.digital_max - kind.digital_min)


def signals_of(recording: Recording, blocks: list[Float32]) -> tuple[list[Signal], NDArray[np.bool_]]:
    """EEG in µV and acceleration in g.

    Parameters
    ----------
    blocks
        ``(n_channels, n_samples)`` of the EEG, and of the acceleration if there is one.

    Returns
    -------
    signals
        One per row of the blocks.
    strange
        ``(n_samples,)``: not finite in some channel.

    Raises
    ------
    RecordingError
        A value has no place in eight characters.
    """
    names = [f"EEG {name}" for name in recording.device.channel_names]
    labels = [*_labels(names), *(f"Acc {axis}" for axis in "XYZ")]
    units = ["uV"] * len(names) + ["g"] * 3
    strange = np.zeros(recording.n_samples, dtype=np.bool_)
    signals: list[Signal] = []
    for block in blocks:
        low = np.full(block.shape[0], np.inf)
        high = np.full(block.shape[0], -np.inf)
        for first in range(0, recording.n_samples, _BATCH_SAMPLES):
            part = block[:, first : first + _BATCH_SAMPLES]
            finite = np.isfinite(part)
            strange[first : first + part.shape[1]] |= ~finite.all(axis=0)
            low = np.minimum(low, np.where(finite, part, np.inf).min(axis=1))
            high = np.maximum(high, np.where(finite, part, -np.inf).max(axis=1))
        for row in range(block.shape[0]):
            index = len(signals)
            limits = _limits(float(low[row]), float(high[row]))
            if limits is None:
                raise RecordingError(
                    f"{recording.path}: {labels[index]} reaches from {low[row]:g} to {high[row]:g} {units[index]}, "
                    "which the header of an EDF file has no room for. Export as XDF."
                )
            signals.append(Signal(labels[index], units[index], *limits))
    return signals, strange


def _limits(low: float, high: float) -> tuple[str, str] | None:
    """Physical limits that hold all values and differ from each other (2.1.3.5); None if there are none."""
    if low > high:  # no finite value at all
        low, high = 0.0, 1.0
    below, above = limit_below(low), limit_above(high)
    if below is not None and below == above:
        above = limit_above(high + 1.0)
    return None if below is None or above is None or below == above else (below, above)


def _labels(names: list[str]) -> list[str]:
    """Labels of 16 ASCII characters, all different."""
    labels = unique([field(name, _LABEL_CHARS).decode().strip() for name in names])
    # A number that `unique` put behind a long label would be cut off again.
    return [
        label if len(label) <= _LABEL_CHARS else f"{label[: _LABEL_CHARS - 4]} {index:03d}"
        for index, label in enumerate(labels, 1)
    ]
