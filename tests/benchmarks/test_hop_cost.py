"""What a hop costs: our session live and in bulk, beside other ways to get the same band amplitudes."""

import statistics

import numpy as np
import pytest
from scipy.signal import welch

from nfb.model.samples import Chunk, as_chunk_samples
from nfb.session.session import Session
from nfb.session.setup import make_setup

from .conftest import BANDS_HZ, Bench

SHAPES = ((8, 3), (32, 6))


_HOPS_PER_WELCH = 25


def _live(bench: Bench, n_channels: int, n_features: int, seconds: float = 40.0) -> tuple[list[float], list[float]]:
    """Hops one by one, and between them ``scipy.signal.welch`` of 4 s and 8 channels: how fast the machine is now."""
    setup = make_setup(bench.protocol(n_features, baseline_s=10.0), bench.device(n_channels))
    session = Session(setup)
    eeg = bench.eeg(n_channels, seconds)
    n = setup.hop_samples
    nothing = np.full(n, np.nan)
    chunks = [Chunk(k, as_chunk_samples(eeg[:, k : k + n]), nothing) for k in range(0, eeg.shape[1] - n, n)]
    eight = bench.eeg(8, 4.0).astype(np.float64)
    hops, welches = [], []
    for first in range(0, len(chunks), _HOPS_PER_WELCH):
        part = chunks[first : first + _HOPS_PER_WELCH]
        hops += bench.each_us([lambda chunk=chunk: session.receive(chunk) for chunk in part])
        welches += bench.each_us([lambda: welch(eight, bench.rate_hz, nperseg=500)])
    return hops[1000:], welches[1000 // _HOPS_PER_WELCH :]


def _bulk_us(bench: Bench, n_channels: int, n_features: int, seconds: float = 60.0) -> float:
    setup = make_setup(bench.protocol(n_features, baseline_s=10.0), bench.device(n_channels))
    eeg = bench.eeg(n_channels, seconds)
    chunk = Chunk(0, eeg, np.full(eeg.shape[1], np.nan))
    n_hops = eeg.shape[1] // setup.hop_samples
    return 1e6 * bench.best_s(lambda: Session(setup).receive(chunk)) / n_hops


def test_cost_of_a_hop(bench: Bench) -> None:
    print("\nA hop of 20 ms at 250 Hz with artefacts, thresholds and reward, µs")
    print("channels × features   live: median     90 %     99 %   bulk: best   welch between   median hop : welch")
    for n_channels, n_features in SHAPES:
        live, welches = _live(bench, n_channels, n_features)
        beside = statistics.median(welches)
        ratio = statistics.median(live) / beside
        bulk = _bulk_us(bench, n_channels, n_features)
        row = f"{n_channels:8} × {n_features:<8}           {bench.quantiles(live)}     {bulk:8.1f}"
        print(f"{row}        {beside:8.0f}   {ratio:10.3f}")


@pytest.mark.parametrize("n_channels", [8, 32])
def test_cost_beside_other_ways(bench: Bench, n_channels: int) -> None:
    """Amplitudes of five bands for every channel from the newest samples, once."""
    from brainflow.data_filter import DataFilter, WindowOperations

    from nfb.dsp.estimators import design_band_filter

    bands = BANDS_HZ[:5]
    eeg = bench.eeg(n_channels, 4.0).astype(np.float64)
    filters = [design_band_filter(band, bench.rate_hz, 0.15) for band in bands]
    taps = np.array([f.taps for f in filters]).T
    bank = np.ascontiguousarray(np.hstack([taps.real, taps.imag]))
    window = np.ascontiguousarray(eeg[:, -len(taps) :])
    hann = np.hanning(250)

    def fir() -> object:
        out = window @ bank
        return np.hypot(out[:, :5], out[:, 5:])

    def fft_loop() -> object:
        powers = []
        for channel in eeg[:, -250:]:
            spectrum = np.abs(np.fft.rfft(channel * hann)) ** 2
            powers.append([spectrum[round(low) : round(high)].sum() for low, high in bands])
        return powers

    def scipy_welch() -> object:
        freqs, psd = welch(eeg, bench.rate_hz, nperseg=500)
        return [psd[:, (freqs >= low) & (freqs < high)].sum(axis=1) for low, high in bands]

    def brainflow() -> object:
        powers = []
        for channel in eeg:
            psd = DataFilter.get_psd_welch(channel, 512, 256, 250, WindowOperations.HANNING.value)
            powers.append([DataFilter.get_band_power(psd, low, high) for low, high in bands])
        return powers

    ways = {"FIR bank, one product": fir, "FFT of 1 s, loop": fft_loop, "scipy welch 4 s": scipy_welch,
            "BrainFlow DataFilter welch 4 s": brainflow}  # fmt: skip
    costs = {name: 1e6 * min(bench.best_s(way, 3) for _ in range(20)) for name, way in ways.items()}
    base = costs["FIR bank, one product"]
    print(f"\nFive bands, {n_channels} channels, one update")
    for name, cost in costs.items():
        print(f"{name:32} {cost:9.1f} µs   × {cost / base:6.1f}")
