"""The figures of a session report from the recording's files alone, without nfb.

    python -m nfb.examples.session_figures recordings/sub-A031/ses-001 figures.png

Every step uses a library that has never heard of nfb: gzip and NumPy for the table of decisions, MNE for the EEG and
its markers, Matplotlib for the drawing. The numbers are those of `nfb report --kind session`.
"""

# %% What is needed: pip install 'nfb[mne]' brings all of it
import gzip
import json
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK_S = 5.0  # intervals and means count stretches of clean time of this length
STEP_S = 2.0  # resolution of the strip
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Files:
    """Where the files of one session are; `session` is its folder ``sub-…/ses-…``."""

    session: Path

    @property
    def decisions(self) -> Path:
        root = self.session.parents[1]
        return root / "derivatives" / "nfb" / self.session.parent.name / self.session.name

    @property
    def header(self) -> Path:
        return next((self.session / "eeg").glob("*_eeg.vhdr"))


# %% The table of decisions: one row per hop, described by feedback.json beside it
def read_decisions(files: Files) -> tuple[dict[str, NDArray[np.str_]], dict[str, str]]:
    """Columns as text, and their units."""
    with gzip.open(files.decisions / "feedback.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    described = json.loads((files.decisions / "feedback.json").read_text(encoding="utf-8"))
    columns = {name: np.array([row[i] for row in rows[1:]]) for i, name in enumerate(rows[0])}
    return columns, {name: facts.get("Units", "") for name, facts in described.items()}


def numbers(column: NDArray[np.str_]) -> Values:
    """Text to numbers; ``n/a`` is NaN."""
    return np.where(column == "n/a", "nan", column).astype(np.float64)


# %% What was trained: session.json says it
def trained_feature(files: Files) -> str:
    """Name of the rewarded feature."""
    session = json.loads((files.decisions / "session.json").read_text(encoding="utf-8"))
    conditions = session["setup"]["protocol"]["conditions"]
    return str(next(each["feature"] for each in conditions if each["role"] == "REWARD"))


# %% Figure A: the feature and its threshold over the session, in steps of 2 s
@dataclass(frozen=True)
class Strip:
    minute: Values
    feature: Values
    threshold: Values


def strip(columns: dict[str, NDArray[np.str_]], feature: str) -> Strip:
    """Means over 2 s of clean hops; NaN where less than half of the step was clean. No step reaches across stages."""
    minute = numbers(columns["time_s"]) / 60
    value = np.where(clean(columns), numbers(columns[f"feature.{feature}"]), np.nan)
    limit = numbers(columns[f"threshold.{feature}"])
    per_step = max(1, round(STEP_S / hop_s(columns)))
    middles, means, limits = [], [], []
    for _, first, stop in stretches(columns["stage"]):
        for a in range(first, stop, per_step):
            b = min(a + per_step, stop)
            known = value[a:b][np.isfinite(value[a:b])]
            middles.append(minute[a:b].mean())
            means.append(known.mean() if 2 * len(known) >= b - a else np.nan)
            limits.append(limit[b - 1])
    return Strip(np.array(middles), np.array(means), np.array(limits))


def clean(columns: dict[str, NDArray[np.str_]]) -> NDArray[np.bool_]:
    """Hops that are neither held for an artefact nor paused nor settling."""
    found: NDArray[np.bool_] = (columns["artefact"] == "0") & (columns["state"] == "running")
    return found


def hop_s(columns: dict[str, NDArray[np.str_]]) -> float:
    return float(np.median(np.diff(numbers(columns["time_s"]))))


def stretches(labels: NDArray[np.str_]) -> list[tuple[str, int, int]]:
    """Label, first row and row after the last of each stretch of equal labels."""
    borders = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), len(labels)]
    return [(str(labels[a]), a, b) for a, b in pairwise(borders)]


# %% Figure B: share of valid time in range, run by run
@dataclass(frozen=True)
class Run:
    label: str
    mean: float  # of the feature, over clean stretches of 5 s, in its unit
    in_range: float  # share of valid time, 0..1
    valid_s: float
    rewards: int


def runs(columns: dict[str, NDArray[np.str_]], feature: str) -> list[Run]:
    """The baseline and the runs, in order."""
    value, known = numbers(columns[f"feature.{feature}"]), clean(columns)
    known &= np.isfinite(value)
    has_limit = np.isfinite(numbers(columns[f"threshold.{feature}"]))
    in_range = numbers(columns["in_range"])
    rewards = numbers(columns["reward"])
    chunk = round(CHUNK_S / hop_s(columns))
    found = []
    for label, a, b in stretches(columns["stage"]):
        if not label.startswith(("baseline", "run")):
            continue
        rows = np.arange(a, b)[known[a:b]]
        shares = rows[has_limit[rows]]
        found.append(
            Run(
                label,
                chunk_mean(value[rows], chunk),
                chunk_mean(in_range[shares], chunk),
                len(rows) * hop_s(columns),
                int(rewards[a:b].sum()),
            )
        )
    return found


def chunk_mean(values: Values, chunk: int) -> float:
    """Mean of the means of consecutive stretches."""
    n = len(values) // chunk
    return float(np.mean([part.mean() for part in np.array_split(values, n)])) if n else float("nan")


# %% Figure C: spectrum at the trained sites, at the start and in the last run, from the EEG itself
@dataclass(frozen=True)
class Spectrum:
    label: str
    hz: Values
    uv2_per_hz: Values


def spectra(files: Files, columns: dict[str, NDArray[np.str_]], sites: list[str]) -> list[Spectrum]:
    """Mean over clean windows of 2 s (Hann, half overlapping) of the first baseline and of the last run."""
    import mne

    raw = mne.io.read_raw_brainvision(files.header, preload=True, verbose="error")
    eeg = raw.get_data(picks=sites) * 1e6
    rate, newest = raw.info["sfreq"], numbers(columns["sample"]).astype(int)
    trained = [each for each in stretches(columns["stage"]) if each[0].startswith(("baseline", "run"))]
    n = round(2 * rate)
    window = np.hanning(n)
    good = np.zeros(eeg.shape[1], dtype=bool)
    for row in np.flatnonzero(clean(columns)):
        good[newest[row - 1] + 1 if row else 0 : newest[row] + 1] = True
    found = []
    for label, a, b in (trained[0], trained[-1]):
        first, stop = (newest[a - 1] + 1 if a else 0), newest[b - 1] + 1
        starts = [s for s in range(first, stop - n + 1, n // 2) if good[s : s + n].all()]
        parts = np.stack([eeg[:, s : s + n] for s in starts])
        parts = (parts - parts.mean(axis=-1, keepdims=True)) * window
        power = 2 * np.abs(np.fft.rfft(parts)) ** 2 / (rate * (window**2).sum())
        found.append(Spectrum(label, np.fft.rfftfreq(n, 1 / rate), power.mean(axis=(0, 1))))
    return found


def trained_sites(files: Files, feature: str) -> list[str]:
    """Electrodes that the feature is computed from, as this headset spells them."""
    session = json.loads((files.decisions / "session.json").read_text(encoding="utf-8"))
    each = next(f for f in session["setup"]["fit"]["features"] if f["name"] == feature)
    return [*each["left_sites"], *each["sites"]]


# %% All of it on one page
def draw(session: Path, out: Path) -> list[Run]:
    """Draw figures A, B and C; returns the runs for the table beside them."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    files = Files(session.absolute())
    columns, units = read_decisions(files)
    feature = trained_feature(files)
    rows = runs(columns, feature)
    figure, (top, left, right) = pyplot.subplots(3, 1, figsize=(8, 9), layout="constrained")
    shown = strip(columns, feature)
    top.plot(shown.minute, shown.feature, color="0.35", linewidth=0.8)
    top.plot(shown.minute, shown.threshold, color="0", linestyle="--", linewidth=1)
    top.set(title="A. Feature and threshold, means of 2 s", xlabel="minutes")
    top.set_ylabel(f"{feature}, {units[f'feature.{feature}']}")
    trained = [row for row in rows if row.label.startswith("run")]
    left.bar([row.label for row in trained], [100 * row.in_range for row in trained], color="0.8", edgecolor="0.2")
    left.set(title="B. Time in range", ylabel="% of valid time", ylim=(0, 100))
    for spectrum, style in zip(spectra(files, columns, trained_sites(files, feature)), ("--", "-"), strict=True):
        band = (spectrum.hz >= 2) & (spectrum.hz <= 40)
        right.semilogy(spectrum.hz[band], spectrum.uv2_per_hz[band], style, color="0.2", label=spectrum.label)
    right.set(title="C. Spectrum at the trained sites", xlabel="Hz", ylabel="µV²/Hz")
    right.legend()
    figure.savefig(out, dpi=110)
    pyplot.close(figure)
    return rows


def main(arguments: list[str]) -> int:
    """Draw the session in the folder given first into the file given second."""
    for row in draw(Path(arguments[0]), Path(arguments[1])):
        in_range = "    –  " if np.isnan(row.in_range) else f"{100 * row.in_range:5.1f} %"
        sys.stdout.write(
            f"{row.label:12} {row.valid_s:7.1f} s valid  mean {row.mean:6.2f}  in range {in_range}  "
            f"{row.rewards:3} rewards\n"
        )
    return 0


# %%
if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
