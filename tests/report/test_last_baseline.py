"""The last visit's baseline that the operator compares with is what scipy makes of that recording's own files."""

import csv
import gzip
import re
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from nfb.files.recording import Recording
from nfb.practice.record import Stored
from nfb.practice.sessions import SessionEntry
from nfb.report.last_baseline import last_baseline

from .conftest import FIRST_DAY

PROTOCOL, DEVICE, SITES = "smr-central", "simulated", ("C3", "C4")
WINDOW_S = 2.0


def entry(number: int, folder: Path | str, protocol: str = PROTOCOL, device: str = DEVICE) -> Stored[SessionEntry]:
    """A visit as it stands in the client book."""
    started = FIRST_DAY + timedelta(days=number)
    value = SessionEntry(number, str(folder), started, protocol_id=protocol, device=device)
    return Stored(number, 1, 1, value)


def read_samples(folder: Path) -> tuple[float, list[str], np.ndarray]:
    """Sampling rate, channel names and ``(n_channels, n_samples)`` µV, from the BrainVision files."""
    (header_file,) = folder.glob("eeg/*_eeg.vhdr")
    header = header_file.read_text(encoding="utf-8")
    names = re.findall(r"^Ch\d+=([^,]+),", header, re.MULTILINE)
    (interval_us,) = re.findall(r"^SamplingInterval=(\d+)", header, re.MULTILINE)
    samples = np.fromfile(header_file.with_suffix(".eeg"), dtype="<f4").reshape(-1, len(names)).T
    return 1e6 / float(interval_us), names, samples.astype(float)


def clean_windows(folder: Path, length: int) -> list[int]:
    """First samples of the windows, half a window apart from the baseline's begin on, that hold clean hops alone;
    from the table of decisions."""
    root, name = folder.parents[1], folder.relative_to(folder.parents[1])
    with gzip.open(root / "derivatives" / "nfb" / name / "feedback.tsv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    ends = [int(row["sample"]) for row in rows]
    hop = ends[1] - ends[0]
    baseline = [row for row in rows if row["stage"] == "baseline"]
    first, stop = int(baseline[0]["sample"]) - hop + 1, int(baseline[-1]["sample"]) + 1
    clean = np.zeros(stop, dtype=bool)
    for row in baseline:
        if row["artefact"] == "0" and row["state"] == "running":
            clean[int(row["sample"]) - hop + 1 : int(row["sample"]) + 1] = True
    starts = range(first, stop - length + 1, length // 2)
    return [start for start in starts if clean[start : start + length].all()]


def test_its_spectrum_is_the_mean_periodogram_of_the_clean_windows_of_the_baseline(typical: Recording) -> None:
    folder = typical.path
    found = last_baseline(
        [entry(3, folder.relative_to(folder.parents[1]))], PROTOCOL, DEVICE, SITES, folder.parents[1]
    )
    assert found is not None
    rate, names, eeg = read_samples(folder)
    length = round(WINDOW_S * rate)
    starts = clean_windows(folder, length)
    assert 5 < len(starts) < 39, "of the 39 windows of 40 s some hold artefacts"
    of_sites = eeg[[names.index(site) for site in SITES]]
    periodograms = [
        signal.periodogram(of_sites[:, start : start + length], rate, window="hann", detrend="constant")[1]
        for start in starts
    ]
    assert (found.visit, found.sites) == (3, SITES)
    assert found.frequencies_hz == pytest.approx(np.arange(length // 2 + 1) / WINDOW_S)
    assert found.psd == pytest.approx(np.mean(periodograms, axis=(0, 1)), rel=1e-9)


def test_it_is_the_newest_visit_with_the_same_protocol_headset_and_sites_that_can_be_read(
    typical: Recording, tmp_path: Path
) -> None:
    root = tmp_path / "recordings"
    shutil.copytree(typical.path.parents[1], root)
    there = typical.path.relative_to(typical.path.parents[1])
    past = [
        entry(2, there),
        entry(1, there),
        entry(3, "sub-A031/ses-999"),  # not on this computer
        entry(4, there, protocol="fm-theta"),
        entry(5, there, device="muse-2"),
    ]

    def visit(sites: tuple[str, ...] = SITES, protocol: str = PROTOCOL, device: str = DEVICE) -> int | None:
        found = last_baseline(past, protocol, device, sites, root)
        return None if found is None else found.visit

    assert visit() == 2
    assert visit(("Pz",)) == 2
    assert visit(("C3", "T7")) is None, "no visit was recorded there"
    assert visit(protocol="ua-posterior") is None
    assert visit(device="synthetic") is None
    (table,) = root.glob("derivatives/nfb/*/*/feedback.tsv.gz")
    table.unlink()
    assert visit() is None, "without its decisions nobody knows what was clean"


def test_a_first_visit_has_none(tmp_path: Path) -> None:
    assert last_baseline([], PROTOCOL, DEVICE, SITES, tmp_path) is None
