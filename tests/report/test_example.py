"""The worked example makes the report's figures from the files alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nfb.examples import session_figures as example
from nfb.files.recording import Recording
from nfb.report.facts import SessionFacts, facts_of
from nfb.report.signal import spectra

pytest.importorskip("mne")
pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def facts(typical: Recording) -> SessionFacts:
    return facts_of(typical)


@pytest.fixture(scope="module")
def files(typical: Recording) -> example.Files:
    return example.Files(typical.path)


def test_it_needs_nothing_of_the_program() -> None:
    text = Path(example.__file__).read_text(encoding="utf-8")
    assert "import nfb" not in text
    assert "from nfb" not in text


def test_the_runs_have_the_reports_means_shares_and_rewards(facts: SessionFacts, files: example.Files) -> None:
    columns, units = example.read_decisions(files)
    assert units["feature.smr"] == "µV"
    made = {run.label: run for run in example.runs(columns, example.trained_feature(files))}
    told = {row.label: row for row in facts.runs if row.label.startswith(("baseline", "run"))}
    assert made.keys() == told.keys()
    for label, row in told.items():
        assert made[label].mean == pytest.approx(row.mean.value, rel=1e-9)
        assert made[label].in_range == pytest.approx(row.in_range.value, rel=1e-9, nan_ok=True)
        assert made[label].valid_s == pytest.approx(row.valid_s)
        assert made[label].rewards == row.rewards


def test_the_strip_is_the_reports(facts: SessionFacts, files: example.Files) -> None:
    columns, _ = example.read_decisions(files)
    made, told = example.strip(columns, "smr"), facts.strip
    assert np.allclose(made.minute, told.time_min)
    trained = np.zeros(len(told.time_min), dtype=bool)
    for _, kind, first, last in told.stages:
        if kind.value != "rest":
            trained |= (told.time_min >= first) & (told.time_min <= last)
    assert np.allclose(made.feature[trained], told.feature[trained], rtol=1e-9, equal_nan=True)
    assert np.array_equal(made.threshold, told.threshold, equal_nan=True)


def test_the_spectra_are_the_reports(facts: SessionFacts, files: example.Files) -> None:
    columns, _ = example.read_decisions(files)
    before, after = example.spectra(files, columns, example.trained_sites(files, "smr"))
    told = spectra(facts)
    assert told is not None
    for made, psd in ((before, told.before), (after, told.after)):
        band = (told.frequencies_hz >= 4) & (told.frequencies_hz <= 40)
        ours = np.interp(told.frequencies_hz[band], made.hz, made.uv2_per_hz)
        # Windows are not the same ones, so single bins scatter; the level and the shape are.
        assert abs(10 * np.log10(ours / psd[band]).mean()) < 0.5
        assert np.corrcoef(np.log(ours), np.log(psd[band]))[0, 1] > 0.98


def test_it_runs_as_a_script(typical: Recording, tmp_path: Path) -> None:
    out = tmp_path / "figures.png"
    command = [sys.executable, "-m", "nfb.examples.session_figures", str(typical.path), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert "run-1" in done.stdout
    assert out.read_bytes().startswith(b"\x89PNG")
