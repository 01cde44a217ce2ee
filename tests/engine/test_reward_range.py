"""The overall reward of a recorded person stays where it teaches, with thresholds taken from the own baseline."""

from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

from nfb.engine.replaying import foreign_setup
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.model.commands import Auto
from nfb.model.events import ThresholdChanged
from nfb.model.hop import WhyKind
from nfb.model.protocol import Stage, StageKind
from nfb.session.session import Session

STAGES = (Stage(StageKind.BASELINE, "baseline", 60.0, min_clean_s=5.0), Stage(StageKind.RUN, "run-1", 1e5))
JUDGED = (WhyKind.REWARD, WhyKind.DWELL, WhyKind.REFRACTORY, WhyKind.FALL_BACK, WhyKind.LIMIT)


@pytest.mark.parametrize("protocol", ["alpha-p4"])
def test_it_is_between_30_and_85_percent_nearly_always(shared_eeg: Path, protocol: str) -> None:
    recording = open_recording(shared_eeg / "edf" / "eegmat_Subject03_1.edf")
    setup = foreign_setup(load_protocol(find_protocol(protocol)), recording)
    session = Session(replace(setup, stages=STAGES, target=0.65))
    session.command(Auto(True))
    half_a_minute: deque[bool] = deque(maxlen=round(30.0 / setup.hop_s))
    shares: list[float] = []
    changed_at: set[int] = set()
    for item in recording.items():
        hops, events = session.receive(item)
        changed_at |= {e.sample for e in events if isinstance(e, ThresholdChanged) and e.by == "auto"}
        for hop in hops:
            if hop.stage == 1 and hop.why.kind in JUDGED:
                half_a_minute.append(hop.in_range)
                if len(half_a_minute) == half_a_minute.maxlen:
                    shares.append(sum(half_a_minute) / len(half_a_minute))
    assert len(shares) * setup.hop_s > 60.0
    assert sum(0.30 <= share <= 0.85 for share in shares) >= 0.95 * len(shares)
    assert len(changed_at) <= 1
