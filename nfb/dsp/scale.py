"""The recording's own scale, a second at a time: what the detectors' limits follow."""

from collections.abc import Sequence

import numpy as np

from nfb.dsp.hop_batch import HopBatch
from nfb.model.samples import Float64


def second_scale(batches: Sequence[HopBatch]) -> Float64:
    """``(5, n_channels)`` scale of the hops of one second, rows as in :meth:`nfb.dsp.artefacts.Limits.learn`."""
    wide = np.concatenate([batch.wide_uv for batch in batches])
    step = np.concatenate([batch.step_uv for batch in batches])
    slow = np.concatenate([batch.slow_uv for batch in batches])
    muscle = np.concatenate([batch.muscle_uv for batch in batches])
    tension = np.concatenate([batch.tension_uv for batch in batches])
    n_channels = wide.shape[2]
    scale = np.empty((5, n_channels))
    scale[0] = _robust_sd(wide.reshape(-1, n_channels).T)
    scale[1] = _robust_sd(step.reshape(-1, n_channels).T)
    scale[2] = _robust_sd(slow.T)
    scale[3] = np.median(muscle, axis=0)
    scale[4] = np.median(tension, axis=0)
    return scale


def _robust_sd(values: Float64) -> Float64:
    """Standard deviation of a normal variable with the same median absolute deviation, along the last axis."""
    middle = np.median(values, axis=1, keepdims=True)
    return np.asarray(1.4826 * np.median(np.abs(values - middle), axis=1))
