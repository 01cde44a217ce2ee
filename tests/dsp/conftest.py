"""Recorded people and synthetic background for the signal tests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest


class Recorded(NamedTuple):
    """EEG in µV, ``(n_channels, n_samples)``."""

    eeg: np.ndarray
    rate: float
    names: tuple[str, ...]

    def pick(self, *names: str) -> np.ndarray:
        return self.eeg[[self.names.index(name) for name in names]]


class People:
    """Recordings of people, read without the program's own importers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected = json.loads((folder / "expected.json").read_text())

    def edf(self, path: str) -> Recorded:
        edfio = pytest.importorskip("edfio")
        read = edfio.read_bdf if path.endswith(".bdf") else edfio.read_edf
        signals = [s for s in read(self.folder / path).signals if s.physical_dimension == "uV"]
        names = tuple(s.label.strip().rstrip(".").removeprefix("EEG ") for s in signals)
        return Recorded(np.array([s.data for s in signals]), signals[0].sampling_frequency, names)

    def eyes_open(self) -> Recorded:
        eeg, rate, names = self.edf("edf/eegmmidb_S001R01.edf")
        return Recorded(eeg[:, :9600], rate, names)  # the rest is zeros

    def eyes_closed(self) -> Recorded:
        return self.edf("derived/eegmmidb_S001R02_first60s.edf")

    def muse(self, part: str) -> Recorded:
        (path,) = (self.folder / "muse").glob(f"muse_{part}_data*.csv")
        columns = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(1, 5))
        return Recorded(columns.T.copy(), 256.0, ("TP9", "AF7", "AF8", "TP10"))

    def cyton(self) -> Recorded:
        path = self.folder / "openbci" / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
        lines = [line for line in path.read_text().splitlines() if not line.startswith("%")]
        columns = np.loadtxt(lines[1:], delimiter=",", usecols=range(1, 9))
        return Recorded(columns.T.copy(), 250.0, ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2"))

    def emotiv(self) -> Recorded:
        path = self.folder / "emotiv" / "eeg-eye-state.csv"
        names = tuple(path.read_text().partition("\n")[0].strip().split(","))[:14]
        columns = np.loadtxt(path, delimiter=",", skiprows=1, usecols=range(14))
        return Recorded(columns.T.copy(), 128.0, names)

    def emotiv_eyes_closed(self) -> np.ndarray:
        """For each sample of :meth:`emotiv`, whether the eyes are closed."""
        path = self.folder / "emotiv" / "eeg-eye-state.csv"
        return np.loadtxt(path, delimiter=",", skiprows=1, usecols=14) == 1


@pytest.fixture(scope="session")
def people(shared_eeg: Path) -> People:
    return People(shared_eeg)


@pytest.fixture(scope="session")
def pink_noise() -> Callable[..., np.ndarray]:
    """``pink_noise(rng, n_channels, n_samples, rate, exponent=1, rms_uv=10)`` with power falling as f**-exponent."""

    def make(
        rng: np.random.Generator,
        n_channels: int,
        n_samples: int,
        rate: float,
        exponent: float = 1.0,
        rms_uv: float = 10.0,
    ) -> np.ndarray:
        f = np.fft.rfftfreq(n_samples, 1 / rate)
        shape = (n_channels, len(f))
        spectrum = (rng.normal(size=shape) + 1j * rng.normal(size=shape)) * np.maximum(f, f[1]) ** (-exponent / 2)
        spectrum[:, 0] = 0
        eeg = np.fft.irfft(spectrum, n_samples, axis=1)
        return rms_uv * eeg / eeg.std(axis=1, keepdims=True)

    return make
