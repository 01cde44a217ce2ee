"""How much of each frequency's power belongs to the rhythm of a band rather than to the background under it."""

import numpy as np

from nfb.dsp.taps import Float64, Spectrum


def rhythm_share(spectrum: Spectrum, band_hz: tuple[float, float], grid_hz: Float64) -> Float64:
    """placeholder"""
    return np.where((grid_hz >= band_hz[0]) & (grid_hz <= band_hz[1]), 1.0, 0.0)
