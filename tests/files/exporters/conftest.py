"""Sessions that were run, recordings that were made up, and what their times must be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import nfb
from nfb.files.recording import Annotation, Recording
from nfb.model.device import DeviceInfo
from nfb.model.samples import Gap, as_chunk_samples

STARTED = datetime(2026, 3, 1, 9, 30, 15, 250_000, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """A recorded session and the rows of its events table."""

    recording: Recording
    events: list[dict[str, str]]

    def time_s(self, sample: int) -> float:
        """When a sample was taken, from the rate and the gaps alone."""
        missing_s = sum(gap.missing_s for gap in self.recording.gaps if gap.sample <= sample)
        return sample / self.recording.sampling_rate_hz + missing_s


def _run(root: Path, scenario: str) -> Ran:
    protocol = nfb.load_protocol("smr-central")
    recording, _ = nfb.run_session(protocol, "simulated", {"scenario": scenario}, seconds=60, out=root, seed=3)
    table = next(recording.path.glob("eeg/*_events.tsv")).read_text(encoding="utf-8").splitlines()
    head = table[0].split("\t")
    return Ran(recording, [dict(zip(head, row.split("\t"), strict=True)) for row in table[1:]])


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A minute without a gap."""
    return _run(tmp_path_factory.mktemp("whole") / "recordings", "typical")


@pytest.fixture(scope="session")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A minute of a bad link."""
    ran = _run(tmp_path_factory.mktemp("torn") / "recordings", "drop-outs")
    assert len(ran.recording.gaps) > 3
    return ran


@pytest.fixture(params=["whole", "torn"])
def ran(request: pytest.FixtureRequest) -> Ran:
    return request.getfixturevalue(request.param)


def make_recording(
    eeg: np.ndarray | None = None,
    rate_hz: float = 250.0,
    *,
    gaps: tuple[Gap, ...] = (),
    annotations: tuple[Annotation, ...] = (),
    names: tuple[str, ...] | None = None,
    started_utc: datetime | None = STARTED,
    model: str = "",
) -> Recording:
    """A recording that came from nowhere; by default 4 s of two channels."""
    if eeg is None:
        eeg = np.random.default_rng(1).normal(0, 20, (2, round(4 * rate_hz)))
    names = names or tuple(f"C{index + 3}" for index in range(len(eeg)))
    device = DeviceInfo("made-up", names, rate_hz, model=model)
    return Recording(
        Path("made-up.csv"),
        "table",
        device,
        as_chunk_samples(eeg),
        gaps=gaps,
        annotations=annotations,
        started_utc=started_utc,
    )


@pytest.fixture(scope="session")
def make() -> Callable[..., Recording]:
    return make_recording
