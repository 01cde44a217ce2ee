"""How far the share in range may come out from what a baseline promises, by chance alone."""

import math

from nfb.model.protocol import Condition, Feature

# Two deviations lead from the usual target to the upper end of the band in which a reward teaches.
MOST_SCATTER = 0.10


def independent_values(feature: Feature, clean_s: float) -> float:
    """Independent looks at whether a smoothed feature passes a threshold, in `clean_s` seconds; infinity for one that
    is not smoothed.

    Notes
    -----
    Noise through one pole of time constant τ has the correlation exp(-t / τ), and the sign of its distance to the
    median 2 / π · arcsin(exp(-t / τ)), which is τ ln 2 wide on either side (Van Vleck's arcsine law).
    """
    return clean_s / (2.0 * math.log(2.0) * feature.smoothing_s) if feature.smoothing_s > 0 else math.inf


def share_scatter(share: float, n: float) -> float:
    """Standard deviation of the share that a threshold gives, if it is a quantile of `n` independent values."""
    return math.sqrt(share * (1.0 - share) / n)


def scatter_line(condition: Condition, feature: Feature, share: float, clean_s: float) -> str:
    """What a reader of the share in range must know of a threshold that a short baseline gave; empty if nothing.

    Parameters
    ----------
    share
        Of the baseline that passes the condition, 0..1.
    clean_s
        Length of the clean baseline.
    """
    n = independent_values(feature, clean_s)
    scatter = share_scatter(share, n)
    if not scatter > MOST_SCATTER:
        return ""
    return (
        f"short baseline: {clean_s:.0f} s hold {n:.0f} independent looks at {condition.feature}, which is smoothed "
        f"over {feature.smoothing_s:g} s; by chance alone it may be met {200 * scatter:.0f} points more or less of "
        f"the time than expected. Take {clean_s * (scatter / MOST_SCATTER) ** 2:.0f} s or more"
    )
