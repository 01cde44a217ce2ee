"""A short session in the window leaves nothing behind: no backlog, no memory, no signal after its end."""

from pathlib import Path

from pytestqt.qtbot import QtBot
from soak import Soak

# A long soak is in tests/benchmarks/test_soak.py; a share of this growth is Python and Qt getting warm.
MOST_GROWTH_MB = 20.0
FEW_ITEMS = 20  # of chunks and hops, of which more than a hundred come in a second


def test_a_short_training_piles_nothing_up(qtbot: QtBot, tmp_path: Path) -> None:
    seen = Soak(qtbot, tmp_path, total_s=6.0, away_s=1.5, speed=4.0).run()
    assert seen.painted > 0 and seen.frames > 0
    assert seen.recorded_s > 15.0, "the session went on while the window was away"
    # A busy computer lets some wait for a moment; what piles up never comes down again.
    for counts in (seen.waiting, seen.waiting_away):
        assert min(counts[len(counts) // 2 :]) < FEW_ITEMS
    assert seen.behind_samples <= 50, "the newest samples are on the screen at once"
    assert seen.frames_after_return <= 1.5 * 63 * seen.after_return_s, "no frames are made up for"
    assert seen.late_signals == 0
    assert not seen.rss_mb[-1] - seen.rss_mb[0] > MOST_GROWTH_MB
