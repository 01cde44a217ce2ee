"""An hour of 8 channels, replayed as fast as it goes; decisions compared with live ones."""

from pathlib import Path

import numpy as np

from nfb.engine.replaying import replay
from nfb.files.feedback_table import FeedbackWriter
from nfb.files.recording import Recording
from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import Bench

HOUR_S = 3600.0


def test_replay_of_an_hour(bench: Bench, tmp_path: Path) -> None:
    device = bench.device(8)
    setup = make_setup(bench.protocol(3), device)
    recording = Recording(tmp_path, "bench", device, bench.eeg(8, HOUR_S))

    bare_s = bench.best_s(lambda: replay(recording, setup, []), 3)

    def written() -> None:
        with FeedbackWriter(tmp_path / "feedback.tsv.gz", setup) as writer:
            replay(recording, setup, [], writer=writer)

    written_s = bench.best_s(written, 2)
    print("\nAn hour of 8 channels × 3 features")
    print(f"session alone             {bare_s:6.2f} s   {HOUR_S / bare_s:7.0f} × real time")
    print(f"with feedback.tsv.gz      {written_s:6.2f} s   {HOUR_S / written_s:7.0f} × real time")


def test_fast_decisions_are_the_live_ones(bench: Bench) -> None:
    setup = make_setup(bench.protocol(3, baseline_s=20.0), bench.device(8))
    eeg = bench.eeg(8, 120.0)
    fast = Session(setup).receive(Chunk(0, eeg, np.full(eeg.shape[1], np.nan)))
    session = Session(setup)
    live = []
    for k in range(0, eeg.shape[1], setup.hop_samples):
        part = as_chunk_samples(eeg[:, k : k + setup.hop_samples])
        live += session.receive(Chunk(k, part, np.full(part.shape[1], np.nan))).hops
    assert [repr(hop) for hop in live] == [repr(hop) for hop in fast.hops]
    print(f"\n{len(live)} hops decided in bulk equal those decided one by one")
