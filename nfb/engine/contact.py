"""Grades the electrodes once a second while a session runs; for people to look at, never part of a decision."""

from collections import deque

import numpy as np

from nfb.dsp.mains import detect_mains
from nfb.dsp.quality import ChannelQuality, grade_channels
from nfb.model.device import DeviceInfo
from nfb.model.events import QualityReport
from nfb.model.samples import Chunk

_WINDOW_S = 4.0


class ContactWatch:
    """Keeps the last seconds of raw samples and grades them.

    Parameters
    ----------
    device
        Whose channels they are.

    Attributes
    ----------
    newest
        What the last look found, one per channel; empty before the first.
    """

    def __init__(self, device: DeviceInfo) -> None:
        self._device = device
        self._n_window = round(_WINDOW_S * device.sampling_rate_hz)
        self._window: deque[Chunk] = deque()
        self._due_sample = 0
        self.newest: tuple[ChannelQuality, ...] = ()

    def clear(self) -> None:
        """Samples were lost: a window must not reach across."""
        self._window.clear()

    def take(self, chunk: Chunk, hop: int, sample: int) -> QualityReport | None:
        """Add samples; a report once a second, as soon as the window is full. `hop` and `sample` go into it."""
        window, device = self._window, self._device
        window.append(chunk)
        while len(window) > 1 and chunk.stop_sample - window[1].first_sample >= self._n_window:
            window.popleft()
        if chunk.stop_sample < self._due_sample or chunk.stop_sample - window[0].first_sample < self._n_window:
            return None
        self._due_sample = chunk.stop_sample + round(device.sampling_rate_hz)
        eeg = np.concatenate([part.eeg for part in window], axis=1)[:, -self._n_window :].astype(np.float64)
        self.newest = grades = grade_channels(eeg, device.sampling_rate_hz, device.channel_names, device.rail_uv)
        return QualityReport(
            hop=hop,
            sample=sample,
            grades=tuple(grade.grade for grade in grades),
            reasons=tuple(grade.reason for grade in grades),
            mains_hz=detect_mains(eeg, device.sampling_rate_hz),
        )
