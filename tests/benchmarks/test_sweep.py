"""Cost of drawing raw EEG: the sweep against one pyqtgraph curve per channel. Prints figures, asserts no time."""

import os
import statistics
import time

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

RATE_HZ, SECONDS, FPS = 250, 10, 60
FRAMES = 300


def samples(n_channels: int) -> np.ndarray:
    return np.random.default_rng(2).normal(0.0, 20.0, (n_channels, RATE_HZ * 30)).astype(np.float32)


@pytest.mark.benchmark
@pytest.mark.parametrize("n_channels", [8, 32])
def test_raw_view(qapp, qtbot, n_channels: int) -> None:
    import pyqtgraph as pg

    from nfb.ui.widgets.sweep import RawSweep

    eeg = samples(n_channels)
    sweep = RawSweep()
    qtbot.addWidget(sweep)
    sweep.resize(1000, 600)
    sweep.begin(tuple(f"E{i}" for i in range(n_channels)), RATE_HZ)
    sweep.show()
    plot = pg.PlotWidget()
    qtbot.addWidget(plot)
    plot.resize(1000, 600)
    curves = [plot.plot() for _ in range(n_channels)]
    plot.setXRange(0, SECONDS)
    plot.setYRange(-50, 100 * n_channels)
    plot.show()
    time_s = np.arange(RATE_HZ * SECONDS) / RATE_HZ
    costs_us: dict[str, list[float]] = {"sweep": [], "curves": []}
    at = 0
    sweep.add_samples(0, eeg[:, : RATE_HZ * SECONDS])
    for frame in range(FRAMES):
        stop = RATE_HZ * SECONDS + (frame + 1) * RATE_HZ // FPS
        start = RATE_HZ * SECONDS + at
        at = stop - RATE_HZ * SECONDS
        begin = time.perf_counter()
        sweep.add_samples(start, eeg[:, start:stop])
        qapp.processEvents()
        costs_us["sweep"].append(1e6 * (time.perf_counter() - begin))
        begin = time.perf_counter()
        window = eeg[:, stop - RATE_HZ * SECONDS : stop]
        for i, curve in enumerate(curves):
            curve.setData(time_s, window[i] + 100.0 * i)
        qapp.processEvents()
        costs_us["curves"].append(1e6 * (time.perf_counter() - begin))
    for name, costs in costs_us.items():
        p95 = statistics.quantiles(costs, n=20)[-1]
        print(f"{n_channels:3d} channels, {name:6s}: median {statistics.median(costs):7.0f} µs, p95 {p95:7.0f} µs")
    assert len(costs_us["sweep"]) == FRAMES
