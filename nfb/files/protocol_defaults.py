"""What a protocol file may leave out because it follows from the bands."""

# Share of the clean baseline that passes: 65 % keeps a reward informative without discouraging, and inhibits should
# rarely be what stands in its way.
DEFAULT_TARGET = {"reward": 0.65, "inhibit": 0.9}


# What two sites do together is told by averages, never by a moment.
COUPLINGS = ("coherence", "imaginary_coherence", "phase_locking")

# A slow feature averages over a second; beyond half of it there is nothing to wait for.
SLOW_LONGEST_S = 0.5


def default_delay_s(band_hz: tuple[float, float], slow: bool = False) -> float:
    """Delay at which the envelope of a band is estimated, where the file does not say.

    A slow feature has 0.2 s, where its second stage reached r = .90 with the power of the centred second.

    Narrow bands need time to be told from their neighbours, wide ones do not; delay itself weakens training
    (Belinskaia 2020), so each class of band gets the shortest delay at which its envelope was still tracked well:

    ========================================= ======
    8 Hz wide or more                         0.05 s
    inside 7-13 Hz (alpha, upper alpha)       0.15 s
    5 Hz wide or more                         0.10 s
    3 Hz wide or less (SMR, beta 15-18)       0.25 s
    others (theta 4-8)                        0.20 s
    ========================================= ======

    >>> default_delay_s((10.0, 12.0)), default_delay_s((12.0, 15.0)), default_delay_s((22.0, 30.0))
    (0.15, 0.25, 0.05)
    """
    low, high = band_hz
    width = high - low
    if slow:
        return 0.2
    if width >= 8:
        return 0.05
    if _is_alpha(band_hz):
        return 0.15
    if width >= 5:
        return 0.1
    return 0.25 if width <= 3 else 0.2


def default_smoothing_s(kind: str) -> float:
    """Smoothing where the file does not say: none, but couplings are made of averages over some seconds."""
    return 4.0 if kind in COUPLINGS else 0.0


def default_dwell_s(band_hz: tuple[float, float] | None) -> float:
    """How long a band must stay in range for a reward, where the file does not say; None for a ratio.

    One dwell for all bands is wrong: wide bands flicker and would hardly ever be rewarded. These values gave 20 to
    40 rewards a minute at a 65 % target on synthetic EEG: 500 ms for alpha and upper alpha, 350 ms for SMR and
    narrow beta, 250 ms for theta and ratios, 200 ms for bands 8 Hz wide or more.

    >>> default_dwell_s((8.0, 12.0)), default_dwell_s((12.0, 15.0)), default_dwell_s(None)
    (0.5, 0.35, 0.25)
    """
    if band_hz is None:
        return 0.25
    low, high = band_hz
    if high - low >= 8:
        return 0.2
    if _is_alpha(band_hz):
        return 0.5
    return 0.25 if high <= 8 else 0.35


def default_min_clean_s(baseline_s: float) -> float:
    """Clean EEG that a baseline needs for thresholds: a minute, or half of a short baseline."""
    return min(60.0, baseline_s / 2)


def _is_alpha(band_hz: tuple[float, float]) -> bool:
    """Inside the range in which the individual alpha peak is sought."""
    return band_hz[0] >= 7 and band_hz[1] <= 13
