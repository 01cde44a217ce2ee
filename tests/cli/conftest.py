"""The program as a shell meets it, run in this process."""

import csv
import gzip
import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nfb.cli import main


@dataclass(frozen=True)
class Outcome:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


Nfb = Callable[..., Outcome]


@pytest.fixture(scope="session")
def nfb() -> Nfb:
    """``nfb("run", "smr-central", …)`` as it would be typed."""

    def run(*words: object) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main([str(word) for word in words])
            except SystemExit as exit_:  # argparse's way of ending
                code = int(exit_.code or 0)
        return Outcome(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory, nfb: Nfb) -> Path:
    """A folder of recordings that holds one session of the simulated client, 60 s of SMR with seed 7."""
    root = tmp_path_factory.mktemp("course")
    words = ("--device", "simulated", "--speed", "max", "--seconds", 60, "--seed", 7, "--client", "A031")
    outcome = nfb("run", "smr-central", *words, "--out", root)
    assert outcome.code == 0, outcome.err
    return root


@pytest.fixture(scope="session")
def recorded(course: Path) -> Path:
    return course / "sub-A031" / "ses-001"


@pytest.fixture(scope="session")
def read_table() -> Callable[[Path], dict[str, list[str]]]:
    """Read a feedback.tsv.gz with the standard library alone: column → cells."""

    def read(path: Path) -> dict[str, list[str]]:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file, delimiter="\t")
        return {name: [row[i] for row in rows] for i, name in enumerate(head)}

    return read


@pytest.fixture
def muse_csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a muse-lsl table of 20 s: ``muse_csv("name.csv", times=…, eeg=…)``."""

    def write(name: str, eeg: np.ndarray | None = None, times: np.ndarray | None = None) -> Path:
        n = 20 * 256
        eeg = np.random.default_rng(1).normal(0, 10, (n, 4)) if eeg is None else eeg
        times = 1.5e9 + np.arange(n) / 256 if times is None else times
        path = tmp_path / name
        np.savetxt(
            path,
            np.column_stack([times, eeg]),
            delimiter=",",
            header="timestamps,TP9,AF7,AF8,TP10",
            comments="",
            fmt=["%.6f", *["%.3f"] * 4],
        )
        return path

    return write
