"""Processor time of one frame of the operator's window during a run. Prints figures, asserts no time."""

import os
import statistics
import sys
import time
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))

FRAMES = 600
FRAME_S = 1 / 60


@pytest.mark.benchmark
@pytest.mark.qt_log_ignore("^PulseAudioService: ", "^Couldn't (load|resolve) ", extend=True)
@pytest.mark.parametrize("size", [(1024, 600), (1280, 720)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_frame_of_a_run(qapp, qtbot, tmp_path: Path, size: tuple[int, int]) -> None:
    from fakes import FakeLauncher, go_to

    from nfb.model.protocol import StageKind
    from nfb.ui import theme
    from nfb.ui.shell import Shell

    theme.apply(qapp, theme.DARK)
    launcher = FakeLauncher(tmp_path)
    window = Shell()
    window.show()
    window.ready(launcher)
    window.begin_demo()
    launcher.engine.connect()
    launcher.engine.advance(2.0)
    window.bridge.poll()
    go_to(window, launcher.engine, StageKind.RUN)
    launcher.engine.lengthen_runs(600.0)
    window.resize(*size)
    window.bridge._timer.stop()  # frames come by hand
    qapp.processEvents()
    costs_ms = []
    for _ in range(FRAMES):
        launcher.engine.advance(FRAME_S)
        begin = time.thread_time()
        window.bridge.poll()
        qapp.processEvents()
        costs_ms.append(1e3 * (time.thread_time() - begin))
    cuts = statistics.quantiles(costs_ms, n=100)
    median, p95, p99 = (cuts[percent - 1] for percent in (50, 95, 99))
    print(f"{size[0]}x{size[1]}: median {median:.1f} ms, p95 {p95:.1f}, p99 {p99:.1f}, max {max(costs_ms):.1f}")
    window.shut_down()
    window.close()
    assert len(costs_ms) == FRAMES
