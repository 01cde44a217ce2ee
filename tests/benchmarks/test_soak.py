"""Ten minutes of training in the window at real pace: blocks of its thread, memory, backlog. Prints figures.

``NFB_SOAK_S`` sets another length in seconds.
"""

import os
import sys
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))

TOTAL_S = float(os.environ.get("NFB_SOAK_S", "600"))


@pytest.mark.timeout(TOTAL_S + 120)
@pytest.mark.qt_log_ignore("^PulseAudioService: ", "^Couldn't (load|resolve) ", extend=True)
def test_ten_minutes_at_eight_channels(qapp, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from soak import Soak, report

    from nfb.ui import theme

    monkeypatch.setenv("NFB_BOOK", str(tmp_path / "clients.sqlite"))
    theme.apply(qapp, theme.DARK)
    seen = Soak(qtbot, tmp_path / "recordings", TOTAL_S, TOTAL_S / 10).run()
    print(f"\n{report(seen)}")
    assert len(seen.late_ms) > 0
