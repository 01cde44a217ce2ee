"""What a session learns about the person, and from which of its samples: alpha peak, spectrum, filters."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from nfb.dsp.alpha_peak import WINDOW_S, NoPeak, alpha_curve, find_alpha_peak
from nfb.dsp.taps import BandFilter
from nfb.model.montage import site_key
from nfb.session.features import Amplitudes, FeaturePlan
from nfb.session.kept import KeptSamples
from nfb.session.personal import Fitted, clean_amplitudes, fit_person
from nfb.session.setup import Setup

# Clean seconds of runs after which a session without a baseline designs its filters; then they are frozen.
MILESTONES_S = (10.0, 20.0, 40.0)
_RETRY_S = 5.0
# New filters come from the last half to whole minute of clean EEG.
_PART_S = 30.0
# Of a longer time in which nothing is clean (a signal check, a pause) only the ends are kept.
_IDLE_S = 60.0
_AROUND_S = 4.0  # more than any filter's length
# Every other window of all spectra that are made of what is kept begins on this grid.
_STEP_S = WINDOW_S / 2
# Where the alpha peak is sought: the first of these of which the headset has a site.
_PEAK_SITES = (
    ("PZ", "POZ", "O1", "OZ", "O2"),
    ("P3", "P4", "PO3", "PO4", "PO7", "PO8", "P7", "P8", "P1", "P2", "P5", "P6"),
    ("TP9", "TP10", "CP3", "CPZ", "CP4", "CP5", "CP6"),
)


class PeakSearch(NamedTuple):
    """The alpha peak or None, what was seen in words, the channels whose mean spectrum it was, and the spectrum as
    :class:`~nfb.model.events.AlphaPeakFound` has it."""

    hz: float | None
    why: str
    channels: tuple[str, ...]
    frequencies_hz: tuple[float, ...] = ()
    log10_psd: tuple[float, ...] = ()
    log10_line: tuple[float, ...] = ()


class Person:
    """Keeps the samples of baselines and runs, and makes filters of them.

    Parameters
    ----------
    setup
        The session; with a baseline, runs are kept only for filters that the operator asks for.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        rate_hz = setup.device.sampling_rate_hz
        self._n_idle, self._n_step = round(_IDLE_S * rate_hz), round(_STEP_S * rate_hz)
        self._now = KeptSamples(setup.hop_samples, round(_AROUND_S * rate_hz))
        self._earlier: list[KeptSamples] = []  # what the newest part goes on from, at most one
        self._baseline: KeptSamples | None = None
        self._source: list[KeptSamples] = []  # what the present filters were made of
        has_baseline = any(stage.gives_thresholds for stage in setup.stages)
        self._milestones = [] if has_baseline or not setup.progressive else list(MILESTONES_S)
        self._awaits_baseline = has_baseline

    def put(self, eeg: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
        """``(n_channels, n)`` samples as they go into the filters."""
        self._now.put(eeg)

    def gap(self) -> None:
        """The filters start anew."""
        self._now.gap()

    def decided(self, counted: list[bool]) -> None:
        """The next hops were decided; True for each that is clean EEG of a baseline or a run."""
        self._now.decided(counted)

    @property
    def recent_s(self) -> float:
        """Clean seconds there are for new filters."""
        return sum(part.n_clean for part in (*self._earlier, self._now)) * self._setup.hop_s

    def whole_second(self, plan: FeaturePlan) -> Fitted | None:
        """Begin a new part where the present one is long enough, and keep little of what is not clean; filters at a
        milestone of a session without baseline."""
        self._now.trim(self._n_idle, self._n_step)
        clean_s = self._now.n_clean * self._setup.hop_s
        if self._milestones:
            if clean_s < self._milestones[0]:
                return None
            fitted = fit_person(self._setup, plan, [self._now])
            if fitted is None:
                self._milestones[0] = clean_s + _RETRY_S
            else:
                self._source = [self._now]
                self._milestones = [s for s in self._milestones if s > clean_s]
            return fitted
        if not self._now.n_clean and self._now.n_hops * self._setup.hop_s >= _IDLE_S:
            # Nothing of it will be used, and a signal check may last for hours.
            self._now = self._now.split()
        elif not self._awaits_baseline and clean_s >= _PART_S:
            self._earlier = [self._now]
            self._now = self._now.split()
        return None

    def begin_baseline(self) -> None:
        """A baseline begins after runs."""
        self._now = self._now.split()
        self._earlier = []
        self._awaits_baseline = True
        self._milestones = []

    def close_baseline(self, plan: FeaturePlan) -> Fitted | None:
        """Filters from the baseline that ends; None if too little of it was clean."""
        part, self._now = self._now, self._now.split()
        self._baseline = part
        self._earlier = []
        self._awaits_baseline = False
        fitted = fit_person(self._setup, plan, [part])
        if fitted is not None:
            self._source = [part]
        elif self._setup.progressive:
            self._milestones = list(MILESTONES_S)
        return fitted

    def fit_recent(self, plan: FeaturePlan) -> Fitted | None:
        """Filters from the last clean seconds."""
        parts = [*self._earlier, self._now]
        fitted = fit_person(self._setup, plan, parts)
        if fitted is not None:
            self._source = parts
            self._milestones = []
        return fitted

    def use_setup(self, setup: Setup, plan: FeaturePlan) -> Fitted | None:
        """Filters for other bands from what the present ones came from; None if that is the population's spectrum."""
        self._setup = setup
        return fit_person(setup, plan, self._source) if self._source else None

    def baseline_amplitudes(
        self, plan: FeaturePlan, filters: tuple[BandFilter, ...]
    ) -> Iterator[tuple[bool, Amplitudes]]:
        """As :func:`~nfb.session.personal.clean_amplitudes`, of the baseline."""
        if self._baseline is not None:
            yield from clean_amplitudes(plan, self._baseline, filters)

    def find_peak(self) -> PeakSearch:
        """Look for the alpha peak in the clean EEG of the part that ends now."""
        device = self._setup.device
        rows = _peak_rows(device.channel_names) or list(self._setup.fit.channels)
        names = tuple(device.channel_names[row] for row in rows)
        stretches = self._now.stretches()
        if not stretches:
            return PeakSearch(None, "no sample came", names)
        eeg = np.concatenate([stretch.eeg for stretch in stretches], axis=1)[rows]
        keep = np.concatenate([self._now.mask(stretch) for stretch in stretches])
        found = find_alpha_peak(eeg, device.sampling_rate_hz, keep)
        curve = alpha_curve(eeg, device.sampling_rate_hz, keep) or ()
        rounded = (tuple(round(value, 3) for value in line.tolist()) for line in curve)
        if isinstance(found, NoPeak):
            return PeakSearch(None, f"no clear peak: {found.reason}", names, *rounded)
        why = f"{found.frequency_hz:.1f} Hz, {10 * found.height_log10:.0f} dB above 1/f"
        return PeakSearch(found.frequency_hz, why, names, *rounded)

    def close_peak(self) -> None:
        """What was kept to look for the peak is not what filters are made of."""
        self._now = self._now.split()


def _peak_rows(names: tuple[str, ...]) -> list[int]:
    keys = [site_key(name) for name in names]
    for sites in _PEAK_SITES:
        rows = [row for row, key in enumerate(keys) if key in sites]
        if rows:
            return rows
    return []
