"""How much of each frequency's power belongs to the rhythm of a band rather than to the background under it.

The spectrum is taken as one rhythm (a noise-driven oscillator, whose spectrum is a Lorentzian), two first-order
backgrounds (Lorentzians around 0 Hz) and white noise, and fitted by Whittle's likelihood. Matsuda &
Komaki 2017 (10.1162/NECO_a_00916) and Wodeyar et al. 2021 (10.7554/eLife.68803) run such models as Kalman filters.
"""

import numpy as np

from nfb.dsp.taps import Float64, Spectrum

FIT_HZ = (1.5, 45.0)
NARROWEST_HZ = 0.4  # half-width; a 2 s window cannot tell narrower peaks apart


def rhythm_share(spectrum: Spectrum, band_hz: tuple[float, float], grid_hz: Float64) -> Float64:
    """Share (0..1) of the rhythm in the power at each of `grid_hz`.

    Parameters
    ----------
    spectrum
        Whose rhythm; at least from 1.5 to 45 Hz, or as far as it goes.
    band_hz
        Where the rhythm's peak is looked for.
    """
    from scipy.optimize import minimize  # slow to import, and only this named alternative needs it

    low, high = band_hz
    chosen = (spectrum.freqs_hz >= min(FIT_HZ[0], low / 2)) & (spectrum.freqs_hz <= max(FIT_HZ[1], 1.2 * high))
    # Mains would be taken for part of the background.
    for line in (50.0, 60.0):
        chosen &= np.abs(spectrum.freqs_hz - line) > 3.0
    freqs, psd = spectrum.freqs_hz[chosen], spectrum.psd[chosen]
    scale = float(np.median(psd))
    psd = psd / scale
    inside = (freqs >= low) & (freqs <= high)
    peak_hz = float(freqs[inside][np.argmax(psd[inside])]) if inside.any() else (low + high) / 2
    top = float(np.interp(peak_hz, freqs, psd))
    start = np.array([peak_hz, np.log(0.7 * top), np.log((high - low) / 4), *np.log([psd[0], 2.0, 1.0, 12.0, 0.05])])
    width_bounds = (np.log(NARROWEST_HZ), np.log(max(high - low, 0.5)))
    wide = (np.log(1e-4), np.log(1e5))
    bounds = [
        (low, high),
        wide,
        width_bounds,
        wide,
        (np.log(0.3), np.log(5.0)),
        wide,
        (np.log(5.0), np.log(60.0)),
        (np.log(1e-3), wide[1]),
    ]
    start = np.clip(start, [b[0] for b in bounds], [b[1] for b in bounds])

    def whittle(parameters: Float64) -> float:
        rhythm, background = _parts(freqs, parameters)
        model = rhythm + background
        return float(np.mean(np.log(model) + psd / model))

    fitted = minimize(whittle, start, method="L-BFGS-B", bounds=bounds).x
    rhythm, background = _parts(grid_hz, fitted)
    return np.asarray(rhythm / (rhythm + background), dtype=np.float64)


def _parts(freqs_hz: Float64, parameters: Float64) -> tuple[Float64, Float64]:
    """Rhythm and background spectra; heights and widths are given as logarithms."""
    peak_hz = parameters[0]
    height, width, slow, slow_width, fast, fast_width, white = np.exp(parameters[1:])
    rhythm = height / (1 + ((freqs_hz - peak_hz) / width) ** 2)
    background = slow / (1 + (freqs_hz / slow_width) ** 2) + fast / (1 + (freqs_hz / fast_width) ** 2) + white
    return rhythm, background
