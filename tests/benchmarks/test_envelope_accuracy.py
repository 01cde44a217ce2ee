"""Envelope accuracy against delay: our default, every named alternative, and the bound, as one table.

Run with ``python -m pytest tests/benchmarks -m benchmark -s``; with ``--write-readme`` the table of medians takes the
place of the one in the README. A cell is the correlation of the causal estimate with
the zero-phase envelope `delay` earlier, at every sample / F1 of "above its own threshold" (passed 35 % of the time).
Filters are made from the first half of a recording and measured on the second; the bound is the Wiener filter of the
second half's own spectrum (Welch windows of 2 s, as ours), without floor.
Longer windows resolve that spectrum more finely, but of half a minute they also fit its accidents: with 4 s the bound
of some recordings rises by .01 and more, and not at all where each quarter of the half is estimated with the spectrum
of the other three. This cross-fitted bound is the one to compare with at a finer resolution.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from edfio import read_edf

from nfb.dsp.accuracy import (
    aligned,
    causal_envelope,
    decision_agreement,
    envelope_correlation,
    zero_phase_envelope,
)
from nfb.dsp.estimators import design_band_filter
from nfb.dsp.fir_design import (
    band_target,
    calibrated,
    design_grid,
    mains_lines_hz,
    nuisance,
    null_space,
    solve_taps,
)
from nfb.dsp.prior import person_spectrum, shrink
from nfb.dsp.slow_feedback import design_slow_filter, first_stage_delay_s
from nfb.dsp.taps import BandFilter

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1200)]

DELAYS_S = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
OTHER_BANDS = {"theta 4-8": (4.0, 8.0), "SMR 12-15": (12.0, 15.0), "15-20": (15.0, 20.0), "20-30": (20.0, 30.0)}


class Recording:
    """One derivation at rest with closed eyes, µV, and the filters' view of it."""

    def __init__(self, name, eeg, rate, mains_hz):
        self.name, self.eeg, self.rate, self.mains_hz = name, eeg - np.median(eeg), rate, mains_hz
        half = eeg.size // 2
        self.fit, self.test = self.eeg[:half], self.eeg[half:]

    def alpha_band(self):
        freqs, psd = person_spectrum(self.eeg, self.rate, 4.0)
        alpha = (freqs >= 7) & (freqs <= 13)
        peak = freqs[alpha][np.argmax(psd[alpha] * freqs[alpha])]
        return (peak - 2, peak + 2)

    def fitted_spectrum(self, seconds=None):
        part = self.fit if seconds is None else self.fit[-round(seconds * self.rate) :]
        return shrink(None, person_spectrum(part, self.rate), part.size / self.rate)


def edf(path, label, every=1):
    signal = next(s for s in read_edf(path).signals if s.label.strip(". ") in (label, f"EEG {label}"))
    data, rate = signal.data, signal.sampling_frequency
    if every == 1:
        return data, rate
    from scipy.signal import resample_poly

    return resample_poly(data, 1, every), rate / every


def openbci(path, column):
    rows = [line.split(",") for line in path.read_text().splitlines() if line[:1].isdigit()]
    return np.array([float(row[1 + column]) for row in rows])[20 * 250 : 75 * 250], 250.0


@pytest.fixture(scope="module")
def recordings(shared_eeg):
    rest = shared_eeg / "edf" / "eegmat_Subject03_1.edf"
    closed = shared_eeg / "derived" / "eegmmidb_S001R02_first60s.edf"
    board = shared_eeg / "openbci" / "OpenBCI_GUI-v6-blinks-jawClench-alpha.txt"
    made = [Recording(f"eegmat S03 {site}", *edf(rest, site, 2), 50.0) for site in ("O1", "O2", "Pz")]
    made += [Recording(f"eegmmidb S001 {site}", *edf(closed, site), 60.0) for site in ("O1", "Oz", "Pz")]
    made += [Recording(f"OpenBCI {name}", *openbci(board, column), 60.0) for name, column in (("O1", 6), ("O2", 7))]
    return made


def default(recording, band_hz, delay_s, spectrum="fitted", estimator="wiener"):
    if spectrum == "fitted":
        spectrum = recording.fitted_spectrum()
    return design_band_filter(
        band_hz, recording.rate, delay_s, spectrum=spectrum, mains_hz=recording.mains_hz, estimator=estimator
    )


def optimum(recording, band_hz, delay_s, spectrum):
    """The Wiener filter of a known spectrum: ideal edges, no floor."""
    rate, n_taps = recording.rate, round(2 * recording.rate)
    grid = design_grid(n_taps, rate)
    target = band_target(grid, band_hz)
    psd = np.interp(grid, *spectrum)
    level = target @ psd / target.sum()
    lines = mains_lines_hz(recording.mains_hz, rate)
    weight = psd / level + 1e-4 + 0.1 * nuisance(grid, lines, 1.0)
    taps = solve_taps(target, weight, delay_s, n_taps, rate, null_space(n_taps, rate, lines))
    return BandFilter(calibrated(taps, band_hz, rate), delay_s, band_hz, rate, "bound", "person")


def bound(recording, band_hz, delay_s, window_s):
    """The optimum that knows the test half's spectrum."""
    return optimum(recording, band_hz, delay_s, person_spectrum(recording.test, recording.rate, window_s))


def cross_fitted(recording, band_hz, delay_s, heard, window_s, n_parts=4):
    """Envelope of `heard`, each part of the test half estimated by the optimum for the spectrum of the others."""
    test, rate = recording.test, recording.rate
    borders = np.linspace(0, test.size, n_parts + 1).round().astype(int)
    run_up = heard.size - test.size
    envelope = np.full(heard.size, np.nan)
    for start, stop in pairwise(borders):
        others = [part for part in (test[:start], test[stop:]) if part.size]
        spectra = [person_spectrum(part, rate, window_s) for part in others]
        mean = np.average([psd for _, psd in spectra], axis=0, weights=[part.size for part in others])
        made = optimum(recording, band_hz, delay_s, (spectra[0].freqs_hz, mean))
        envelope[run_up + start : run_up + stop] = causal_envelope(heard, made)[run_up + start : run_up + stop]
    return envelope


def windowed_power(recording, band_hz, eeg, window_s, n_parts):
    """Root of the band power of a Hann periodogram (or the mean of `n_parts` half-overlapping ones) ending now."""
    n = round(window_s * recording.rate)
    freqs = np.fft.rfftfreq(n, 1 / recording.rate)
    inside = (freqs >= band_hz[0]) & (freqs <= band_hz[1])
    time = np.arange(n) / recording.rate
    total = np.zeros(eeg.size)
    for freq in freqs[inside]:
        taps = np.hanning(n) * np.exp(-2j * np.pi * freq * time)
        total += np.abs(np.convolve(eeg - eeg.mean(), taps)[: eeg.size]) ** 2
    mean = sum(
        np.concatenate([np.full(k * (n // 2), total[0]), total[: eeg.size - k * (n // 2)]]) for k in range(n_parts)
    )
    return np.sqrt(mean / n_parts)


def end_taps(recording, end_of_window, window_s=1.0):
    """Taps of a linear rule that turns a window into the analytic signal at its end."""
    n = round(window_s * recording.rate)
    return end_of_window(np.eye(n), np.fft.fftfreq(n, 1 / recording.rate))


def echt(recording, band_hz):
    """End-corrected Hilbert transform (Schreglmann et al. 2021): causal band-pass on the analytic spectrum."""
    from scipy.signal import butter, freqz

    def end_of_window(windows, freqs):
        b, a = butter(2, band_hz, "bandpass", fs=recording.rate)
        gain = np.where(freqs > 0, 2 * freqz(b, a, np.abs(freqs), fs=recording.rate)[1], 0)
        return np.fft.ifft(np.fft.fft(windows, axis=1) * gain, axis=1)[:, -1]

    return end_taps(recording, end_of_window)


def mirrored_fft(recording, band_hz):
    """The window and its mirror image, all but the band set to zero, read where the two meet (as NFBLab does)."""

    def end_of_window(windows, _):
        mirrored = np.hstack([windows, windows[:, ::-1]])
        freqs = np.fft.fftfreq(mirrored.shape[1], 1 / recording.rate)
        inside = 2.0 * ((freqs >= band_hz[0]) & (freqs <= band_hz[1]))
        return np.fft.ifft(np.fft.fft(mirrored, axis=1) * inside, axis=1)[:, windows.shape[1] - 1]

    return end_taps(recording, end_of_window)


def at_the_end(taps, eeg):
    """Envelope that a rule for the end of the window gives at every sample."""
    return np.abs(np.convolve(eeg - eeg.mean(), taps[::-1])[: eeg.size])


def score(estimate, truth, delay_s, rate):
    """r and F1 over the test half; four seconds of run-up for every estimator alike."""
    estimate = estimate.copy()
    estimate[: round(4 * rate)] = np.nan
    pair = aligned(estimate, truth, delay_s, rate)
    return envelope_correlation(*pair), decision_agreement(*pair).f1


def rows_for(recording, band_hz, eeg=None, names=None):
    """Estimator name → one (r, F1) per delay."""
    clean = recording.eeg
    run_up = round(4 * recording.rate)
    start = clean.size // 2 - run_up
    truth = zero_phase_envelope(clean, recording.rate, band_hz)[start:]
    heard = (clean if eeg is None else eeg)[start:]
    filters = {
        "uniform cFIR": lambda d: default(recording, band_hz, d, None, "cfir"),
        "IIR demodulation": lambda d: default(recording, band_hz, d, None, "iir"),
        "Hann FIR 1 s": lambda d: default(recording, band_hz, d, None, "fft"),
        "rhythm": lambda d: default(recording, band_hz, d, "fitted", "rhythm"),
        "prior only": lambda d: default(recording, band_hz, d, None),
        "5 s + prior": lambda d: default(recording, band_hz, d, recording.fitted_spectrum(5.0)),
        "default": lambda d: default(recording, band_hz, d),
    }
    table = {}
    if names is None:
        for name, window_s, parts in (("FFT 1 s", 1.0, 1), ("Welch 4 s", 1.0, 7)):
            estimate = windowed_power(recording, band_hz, heard, window_s, parts)
            table[name] = [score(estimate, truth, d, recording.rate) for d in DELAYS_S]
        for name, rule in (("mirrored FFT 1 s", mirrored_fft), ("ecHT 1 s", echt)):
            estimate = at_the_end(rule(recording, band_hz), heard)
            table[name] = [score(estimate, truth, d, recording.rate) for d in DELAYS_S]
    for name, make in filters.items():
        if names is None or name in names:
            table[name] = [score(causal_envelope(heard, make(d)), truth, d, recording.rate) for d in DELAYS_S]
    if names is None or "bound" in names:
        for name, window_s in (("bound", 2.0), ("bound, 4 s windows", 4.0)):
            table[name] = [
                score(causal_envelope(heard, bound(recording, band_hz, d, window_s)), truth, d, recording.rate)
                for d in DELAYS_S
            ]
        table["4 s, cross-fitted"] = [
            score(cross_fitted(recording, band_hz, d, heard, 4.0), truth, d, recording.rate) for d in DELAYS_S
        ]
    return table


def show(title, table):
    print(f"\n{title}")
    print(f"  {'':18s}" + "".join(f"{1000 * d:>10.0f} ms" for d in DELAYS_S))
    for name, cells in table.items():
        print(f"  {name:18s}" + "".join(f"  {r:5.3f} / {f1:.2f}" for r, f1 in cells))


def median(tables):
    return {name: [tuple(cell) for cell in np.median([t[name] for t in tables], axis=0)] for name in tables[0]}


def correlations(table, name):
    return np.array([r for r, _ in table[name]])


README = Path(__file__).resolve().parents[2] / "README.md"
QUOTED = {
    "Welch 4 s": "Welch, 4 s windows",
    "FFT 1 s": "FFT, 1 s Hann window",
    "mirrored FFT 1 s": "mirrored FFT, 1 s",
    "ecHT 1 s": "ecHT, 1 s",
    "IIR demodulation": "IIR quadrature demodulation",
    "uniform cFIR": "complex FIR, equal weights (cFIR)",
    "prior only": "**nfb before a baseline**",
    "default": "**nfb, fitted to the person**",
    "bound": "bound: the test half's own spectrum",
}


def write_readme(table, n_recordings):
    """Put the table of medians between the README's two marks."""
    head = "| Estimate of the alpha envelope | " + " | ".join(f"{1000 * d:.0f} ms" for d in DELAYS_S) + " |"
    rows = [f"| {words} | " + " | ".join(f"{r:.3f}" for r, _ in table[name]) + " |" for name, words in QUOTED.items()]
    lines = [head, "|---|" + "--:|" * len(DELAYS_S), *rows]
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition("<!-- envelope table -->\n")
    _, _, after = rest.partition("<!-- end of table -->\n")
    assert after, "README.md has no marks for the table"
    block = "<!-- envelope table -->\n" + "\n".join(lines) + "\n<!-- end of table -->\n"
    README.write_text(before + block + after, encoding="utf-8")
    print(f"\nwrote the medians of {n_recordings} derivations into README.md")


def test_alpha_on_every_recording_with_closed_eyes(recordings, request):
    tables = []
    for recording in recordings:
        band_hz = recording.alpha_band()
        tables.append(rows_for(recording, band_hz))
        show(f"{recording.name}, alpha {band_hz[0]:.2f}-{band_hz[1]:.2f} Hz", tables[-1])
    show(f"median of {len(tables)}, person's alpha peak ± 2 Hz", median(tables))
    if request.config.getoption("--write-readme"):
        write_readme(median(tables), len(tables))
    for table in tables:
        ours = correlations(table, "default")
        assert np.all(ours >= correlations(table, "uniform cFIR") - 0.01)
        assert np.all(ours >= correlations(table, "bound") - 0.02)
        assert np.all(ours >= correlations(table, "4 s, cross-fitted") - 0.02)
    assert_the_prior_alone_is_no_worse_than_equal_weights(recordings, tables)
    assert np.all(correlations(median(tables), "default")[:4] > [0.81, 0.905, 0.957, 0.978])


def assert_the_prior_alone_is_no_worse_than_equal_weights(recordings, tables):
    """In the median of all, and with each person left out but for what rounds to nothing."""
    people = [recording.name.rpartition(" ")[0] for recording in recordings]
    for left_out in ("", *dict.fromkeys(people)):
        middle = median([table for table, person in zip(tables, people, strict=True) if person != left_out])
        gain = correlations(middle, "prior only") - correlations(middle, "uniform cFIR")
        figures = "".join(f"{value:>10.4f}   " for value in gain)
        print(f"  prior only gains  {figures} {left_out and 'without ' + left_out}")
        assert np.all(gain >= (-0.001 if left_out else 0.0))


@pytest.mark.parametrize("label", OTHER_BANDS)
def test_bands_beside_alpha(recordings, label):
    names = ("uniform cFIR", "prior only", "5 s + prior", "default", "bound")
    tables = [rows_for(recording, OTHER_BANDS[label], names=names) for recording in recordings]
    middle = median(tables)
    show(f"median of {len(recordings)}, {label} Hz", middle)
    assert_the_prior_alone_is_no_worse_than_equal_weights(recordings, tables)
    assert np.all(correlations(middle, "default") > correlations(middle, "uniform cFIR"))


def mean_alpha(recording):
    return zero_phase_envelope(recording.eeg, recording.rate, recording.alpha_band()).mean()


def muscle_bursts(recording, rng):
    """Noise from 20 Hz up, half a second every three, its RMS twice the mean alpha envelope."""
    from scipy.signal import butter, sosfilt

    noise = sosfilt(butter(4, 20, "highpass", fs=recording.rate, output="sos"), rng.normal(size=recording.eeg.size))
    time = np.arange(recording.eeg.size) / recording.rate
    return 2 * mean_alpha(recording) * noise / noise.std() * ((time % 3.0) < 0.5)


def blinks(recording, rng):
    """Bumps of 0.3 s about every five seconds, twice the mean alpha envelope high, as at occipital sites."""
    signal = np.zeros(recording.eeg.size)
    shape = 2 * mean_alpha(recording) * np.hanning(round(0.3 * recording.rate))
    for onset_s in np.arange(1.0, signal.size / recording.rate - 1, 5.0):
        first = round((onset_s + rng.uniform(-0.5, 0.5)) * recording.rate)
        signal[first : first + shape.size] += shape
    return signal


@pytest.mark.parametrize("artefact", [muscle_bursts, blinks])
def test_artefacts_that_the_baseline_did_not_have(recordings, artefact):
    rng = np.random.default_rng(7)
    names = ("uniform cFIR", "prior only", "default", "bound")
    clean, dirty = [], []
    for recording in recordings:
        band_hz = recording.alpha_band()
        clean.append(rows_for(recording, band_hz, names=names))
        dirty.append(rows_for(recording, band_hz, recording.eeg + artefact(recording, rng), names))
    show(f"median of {len(recordings)}, alpha, {artefact.__name__.replace('_', ' ')} added", median(dirty))
    loss = correlations(median(clean), "default") - correlations(median(dirty), "default")
    print("  default loses     " + "".join(f"{value:>10.3f}   " for value in loss))
    assert loss.max() <= 0.02


@pytest.mark.parametrize("snr_db", [0.0, 3.0, 10.0])
def test_synthetic_rhythm_with_known_envelope(snr_db):
    rng = np.random.default_rng(11)
    rate = 250.0
    n = round(240 * rate)
    rhythm = autoregression(np.exp(2 * np.pi * (-0.6 + 10j) / rate), rng.normal(size=n) + 1j * rng.normal(size=n))
    rhythm *= 10 / np.abs(rhythm).mean()
    background = autoregression(np.exp(-2 * np.pi * 4 / rate), rng.normal(size=n)).real
    background += 0.1 * background.std() * rng.normal(size=n)
    freqs, psd = person_spectrum(background, rate)
    in_band = psd[(freqs >= 8) & (freqs < 12)].sum() * (freqs[1] - freqs[0])
    background *= np.sqrt(np.var(rhythm.real) / in_band / 10 ** (snr_db / 10))
    recording = Recording("synthetic", rhythm.real + background, rate, 50.0)
    start = n // 2 - round(4 * rate)
    truth = np.abs(rhythm)[start:]
    table = {}
    for name in ("cfir", "iir", "wiener", "rhythm"):
        table[name] = [
            score(
                causal_envelope(recording.eeg[start:], default(recording, (8.0, 12.0), d, "fitted", name)),
                truth,
                d,
                rate,
            )
            for d in DELAYS_S
        ]
    ideal = zero_phase_envelope(recording.eeg, rate, (8.0, 12.0))[start:]
    table["zero-phase band"] = [score(ideal, truth, 0.0, rate)] * len(DELAYS_S)
    show(f"oscillator at 10 Hz, {snr_db:g} dB over the background in 8-12 Hz, against its true envelope", table)
    assert np.all(correlations(table, "wiener") >= correlations(table, "cfir") - 0.01)


def autoregression(pole, drive):
    from scipy.signal import lfilter

    return lfilter([1.0], [1.0, -pole], drive.astype(complex))


def test_slow_feedback(recordings):
    hop_s = 0.02
    found = {name: [] for name in ("FFT 1 s", "slow, prior", "slow, person")}
    for recording in recordings:
        rate, band_hz = recording.rate, recording.alpha_band()
        hop = round(hop_s * rate)
        averaged = np.ones(2 * round(rate / 2) + 1)
        power = zero_phase_envelope(recording.eeg, rate, band_hz) ** 2
        truth = np.convolve(power, averaged / averaged.size, "same")
        half = recording.eeg.size // 2
        fft = windowed_power(recording, band_hz, recording.eeg, 1.0, 1) ** 2
        cells = {name: [] for name in found}
        for delay_s in (0.1, 0.2, 0.3):
            estimates = {"FFT 1 s": fft}
            for name, spectrum in (("slow, prior", None), ("slow, person", recording.fitted_spectrum())):
                band_filter = default(recording, band_hz, first_stage_delay_s(band_hz), spectrum)
                slow = design_slow_filter(band_filter, hop / rate, delay_s, spectrum)
                spread = np.zeros((slow.n_hops - 1) * hop + 1)
                spread[::hop] = slow.weights[::-1]
                powers = np.nan_to_num(causal_envelope(recording.eeg, band_filter) ** 2)
                estimates[name] = np.convolve(powers, spread)[: powers.size]
            for name, estimate in estimates.items():
                pair = aligned(estimate[half:], truth[half:], delay_s, rate)
                cells[name].append(envelope_correlation(*pair))
        for name in found:
            found[name].append(cells[name])
    print("\nslow feedback: r with the centred 1 s power, median, at 100, 200, 300 ms")
    middle = {name: np.median(values, axis=0) for name, values in found.items()}
    for name, values in middle.items():
        print(f"  {name:18s}" + "".join(f"{value:8.3f}" for value in values))
    assert middle["slow, person"][1] >= 0.90
    assert middle["slow, person"][2] >= 0.94
