"""From raw samples to features and verdicts: everything of a session that is arithmetic on the signal."""

import math
from dataclasses import replace

import numpy as np

from nfb.dsp.artefacts import Limits, blink_channels, hold_hops
from nfb.dsp.frontend import FrontEnd
from nfb.dsp.hop_batch import HopBatch
from nfb.dsp.scale import second_scale
from nfb.dsp.taps import BandFilter, Spectrum
from nfb.model.events import FilterFitted
from nfb.model.hop import Cause
from nfb.model.samples import Float32, Gap
from nfb.session.coupling import Couplings
from nfb.session.drowsiness import Drowsiness, SecondMeans
from nfb.session.features import Amplitudes, plan_features
from nfb.session.findings import Found
from nfb.session.holds import Holds
from nfb.session.person import PeakSearch, Person
from nfb.session.personal import Fitted
from nfb.session.setup import Setup
from nfb.session.smoothing import Smoother, SpectralSmoother

# A gap of up to so many samples is spliced; a longer one empties the filters.
_SPLICED_SAMPLES = 2
_SPLICE_HOLD_S = 0.5
# The recording's own scale is learnt a second at a time, and hops are held until it is known.
_SECOND_S = 1.0
_RAIL_SHARE = 0.95  # of the converter's limit: a railed amplifier may stop short of it

_CLEAN = Cause.NONE

# The clean baseline's features as the new filters give them, and the event that tells of these.
Refitted = tuple[list[tuple[float, ...]], FilterFitted]
Measured = tuple[Cause, int, tuple[float, ...]]  # why held, on which channel, feature values


class Signal:
    """Filters, detectors and features of one session.

    Parameters
    ----------
    setup
        The session.

    Attributes
    ----------
    second_hops
        Hops in a second, to whose borders all slow changes keep.
    delays_s
        Declared delay of each feature.
    count
        To be called for every decided hop: True if it is clean EEG of a baseline or a run.
    """

    def __init__(self, setup: Setup) -> None:
        device = setup.device
        self._setup = setup
        self.second_hops = max(1, round(_SECOND_S / setup.hop_s))
        self._plan = plan_features(setup)
        self._evaluate = self._plan.evaluate
        # Only these can hold the session or give a feature: of a cap's 64 channels perhaps five are computed on.
        blink = blink_channels(device.channel_names, device.reference)
        self._watched = list(dict.fromkeys([*setup.fit.channels, *blink]))
        self._watches_all = self._watched == list(range(device.n_channels))
        self._watched_rows = np.array(self._watched)
        filters = self._plan.design(setup)
        self.delays_s = self._plan.delays_s(filters)
        self._filters = filters
        self._spectra: list[Spectrum] | None = None
        self._front = FrontEnd(
            filters,
            self._plan.derivation[:, self._watched],
            device.sampling_rate_hz,
            setup.hop_samples,
            self.second_hops,
            math.inf if device.rail_uv is None else _RAIL_SHARE * device.rail_uv,
            wants_phase=bool(self._plan.pairs),
        )
        self._buffer = self._front.buffer
        self._limits = Limits(
            setup.protocol.guards,
            device.sampling_rate_hz,
            tuple(device.channel_names[channel] for channel in self._watched),
            tuple(range(len(setup.fit.channels))),
            device.reference,
        )
        self._holds = Holds(self._limits, hold_hops(self._plan.lowest_hz, setup.hop_s))
        self._smooth = Smoother(setup)
        self._slow = SpectralSmoother(self._plan, self._plan.slow_filters(setup, filters))
        self._coupled = Couplings(self._plan.pairs, len(filters))
        self._person = Person(setup)
        self._second: list[HopBatch] = []  # of which the recording's scale is learnt
        self._rooms = [self._front.room(1) for _ in range(self.second_hops)]  # for hops that come one by one
        self._room_of_second = self._front.room(self.second_hops)
        self._drowsiness = Drowsiness()
        watched = self._plan.watched
        self._means = None if watched is None else SecondMeans(watched, self._plan.rows[watched[0]])
        self._watches_sleep = True
        self._counted: list[bool] = []  # of the hops that the person has not been told of
        self._newest_counted = False
        self.count = self._counted.append  # a call less at every hop
        self._unknown = (math.nan,) * len(setup.features)
        self._window_full_hop = self._buffer.hops_until_full()  # first hop with a full window
        self._unsettled_hops = self._settling_hops(0)

    @property
    def n_due(self) -> int:
        """Whole hops that can be taken."""
        return self._buffer.n_due

    @property
    def n_free(self) -> int:
        """Samples that may be put before some hops must be taken."""
        return self._buffer.n_free

    def prior_fit(self) -> FilterFitted:
        """The event that tells the filters of the beginning."""
        return FilterFitted(0, 0, "prior", self.delays_s, self._unknown, self._unknown)

    def put(self, eeg: Float32, acceleration_g: Float32 | None = None) -> None:
        """``(n_channels, n)`` raw samples, µV, and ``(3, n)`` acceleration where the device measures it."""
        self._front.put(eeg if self._watches_all else eeg.take(self._watched_rows, axis=0), acceleration_g)
        self._person.put(eeg)

    def take(self, n_hops: int) -> list[tuple[Found | None, Amplitudes]]:
        """Detect and measure the next hops, no more than are due and none beyond a whole second."""
        batch = self._front.take(n_hops, self._room(n_hops))
        if not self._limits.frozen:
            self._second.append(batch)
        measured = batch.amplitude_uv
        if batch.parts_uv is not None:
            measured = np.concatenate([measured, batch.parts_uv], axis=2)
        return list(zip(self._holds.detect(batch), measured.tolist(), strict=True))

    def _room(self, n_hops: int) -> HopBatch | None:
        """Memory of an earlier batch that nobody looks at any more."""
        frozen = self._limits.frozen
        if n_hops == 1:
            return self._rooms[0 if frozen else len(self._second)]
        return self._room_of_second if frozen and n_hops == self.second_hops else None

    def measure(self, found: Found | None, amplitudes: Amplitudes) -> Measured:
        """The verdict on one hop in the light of those before it, and its features (NaN while filters settle)."""
        if self._unsettled_hops > 0:
            self._unsettled_hops -= 1
            return Cause.SETTLING, -1, self._unknown
        cause, channel = self._holds.extend(found)
        clean = cause is _CLEAN
        if channel >= 0:
            channel = self._watched[channel]
        if self._slow.used and not self._slow.step(amplitudes, clean):
            return (Cause.SETTLING, -1, self._unknown) if clean else (cause, channel, self._unknown)
        if self._coupled.used and not self._coupled.step(amplitudes, clean):
            return (Cause.SETTLING, -1, self._unknown) if clean else (cause, channel, self._unknown)
        values: list[float] = []
        for evaluate in self._evaluate:
            values.append(evaluate(amplitudes, values))
        features = tuple(values)
        if not clean:
            return cause, channel, features
        if not math.isfinite(sum(values)):
            return Cause.NOT_FINITE, -1, features
        if self._means is not None:
            self._means.add(amplitudes)
            if self._drowsiness.drowsy:
                return Cause.DROWSY, -1, features
        return cause, channel, self._smooth.step(features) if self._smooth.used else features

    @property
    def _informed(self) -> Person:
        """The person, told of all hops that were decided: a second of them at once costs a fraction of one by one."""
        if self._counted:
            self._person.decided(self._counted)
            self._newest_counted = self._counted[-1]
            self._counted.clear()
        return self._person

    def whole_second(self, hop: int, sample: int) -> FilterFitted | None:
        """A second of hops has ended before `hop`: learn the recording's scale from it, if its windows were full, and
        whether the person is awake; without a baseline, learn the person's spectrum step by step.

        Returns
        -------
        FilterFitted or None
            Tells of new filters.
        """
        fitted = self._informed.whole_second(self._plan)
        told = None if fitted is None else self._install(fitted, hop, sample)
        if self._means is not None:
            self._watch(self._means)
        second, self._second = self._second, []
        # A baseline that began within this second is told from the next one on, whatever the batches.
        whole = sum(batch.n_hops for batch in second) == self.second_hops
        if self._limits.frozen or not whole or hop - self.second_hops < self._window_full_hop:
            return told
        self._limits.learn(second_scale(second))
        return told

    def _watch(self, means: SecondMeans) -> None:
        second = means.take()
        if second is None or not self._watches_sleep:
            return
        if self._limits.frozen:
            self._drowsiness.step(second)
        elif self._newest_counted:
            self._drowsiness.learn(second)

    def gap(self, gap: Gap, hop: int) -> bool:
        """Samples were lost before `hop`: splice a very short gap, otherwise start the filters anew.

        Returns
        -------
        bool
            Whether the filters start anew; samples of the unfinished hop are then not computed on.
        """
        if 0 < gap.missing_samples <= _SPLICED_SAMPLES:
            self._holds.drop_out(round(_SPLICE_HOLD_S / self._setup.hop_s))
            return False
        self._front.reset()
        self._holds.forget()
        self._smooth.reset()
        self._slow.reset()
        self._coupled.reset()
        self._informed.gap()
        self._window_full_hop = hop + self._buffer.hops_until_full()
        self._unsettled_hops = self._settling_hops(hop)
        return True

    def _settling_hops(self, hop: int) -> int:
        """Hops until the window is full, and a second more while the recording's scale is not known."""
        if self._limits.known:
            return self._window_full_hop - hop
        whole_seconds = -(-self._window_full_hop // self.second_hops) + 1
        return whole_seconds * self.second_hops - hop

    def begin_baseline(self) -> None:
        """Another baseline begins, for other conditions than the first: scales and wakefulness are learnt anew."""
        self._limits.frozen = False
        self._drowsiness = Drowsiness()
        self._informed.begin_baseline()

    def watch_sleep(self, watches: bool) -> None:
        """Whether the guard against drowsiness, where there is one, holds from this baseline to the next."""
        self._watches_sleep = watches

    def freeze(self, hop: int, sample: int) -> Refitted | None:
        """End of the baseline: keep the artefact scale, and design the filters for this person.

        Returns
        -------
        tuple or None
            The clean baseline's features as the new filters give them, and the event that tells of it; None if there
            was too little clean EEG to know this person's spectrum.
        """
        self._limits.frozen = True
        self._drowsiness.close()
        self._second.clear()
        fitted = self._informed.close_baseline(self._plan)
        if fitted is None:
            return None
        told = self._install(fitted, hop, sample)
        return self._baseline_rows(self._slow, self._coupled, self._smooth), told

    @property
    def clean_s(self) -> float:
        """Clean seconds to make new filters of."""
        return self._informed.recent_s

    def find_peak(self) -> PeakSearch:
        """Look for the alpha peak in the clean EEG of the baseline that ends now."""
        return self._informed.find_peak()

    def close_peak(self) -> None:
        """The samples in which the peak was looked for are done with."""
        self._informed.close_peak()

    def refit(self, hop: int, sample: int) -> Refitted | None:
        """Make filters of the last clean seconds; None if they are too few after all."""
        fitted = self._informed.fit_recent(self._plan)
        if fitted is None:
            return None
        return self._anew(fitted, hop, sample)

    def use_iaf(self, iaf_hz: float | None, hop: int, sample: int) -> Refitted:
        """Move the bands that follow the alpha peak; the filters come from what the present ones came from."""
        self._setup = replace(self._setup, iaf_hz=iaf_hz)
        self._plan = plan_features(self._setup)
        self._evaluate = self._plan.evaluate
        fitted = self._informed.use_setup(self._setup, self._plan)
        if fitted is not None:
            return self._anew(fitted, hop, sample)
        filters = self._plan.design(self._setup)
        self._use(filters, None)
        return self._anew_rows(), FilterFitted(hop, sample, "prior", self.delays_s, self._unknown, self._unknown)

    def _anew(self, fitted: Fitted, hop: int, sample: int) -> Refitted:
        told = self._install(fitted, hop, sample)
        return self._anew_rows(), told

    def _anew_rows(self) -> list[tuple[float, ...]]:
        """The baseline's features in the midst of a session, whose own smoothing goes on."""
        slow = SpectralSmoother(self._plan, self._plan.slow_filters(self._setup, self._filters, self._spectra))
        coupled = Couplings(self._plan.pairs, len(self._filters))
        return self._baseline_rows(slow, coupled, Smoother(self._setup))

    def _install(self, fitted: Fitted, hop: int, sample: int) -> FilterFitted:
        self._use(fitted.filters, fitted.spectra)
        return FilterFitted(hop, sample, "person", self.delays_s, fitted.expected_r, fitted.expected_f1)

    def _use(self, filters: tuple[BandFilter, ...], spectra: list[Spectrum] | None) -> None:
        self._filters, self._spectra = filters, spectra
        self._front.refit(filters)
        slow = SpectralSmoother(self._plan, self._plan.slow_filters(self._setup, filters, spectra))
        slow.follow(self._slow)
        self._slow = slow
        self.delays_s = self._plan.delays_s(filters)

    def _baseline_rows(self, slow: SpectralSmoother, coupled: Couplings, smooth: Smoother) -> list[tuple[float, ...]]:
        """The clean baseline's features as the present filters give them, through these smoothers."""
        rows = []
        for after_gap, amplitudes in self._informed.baseline_amplitudes(self._plan, self._filters):
            if after_gap:
                slow.reset()
                coupled.reset()
                smooth.reset()
            settled = slow.step(amplitudes, clean=True)
            if coupled.used:
                settled &= coupled.step(amplitudes, clean=True)
            if settled:
                values: list[float] = []
                for evaluate in self._evaluate:
                    values.append(evaluate(amplitudes, values))
                rows.append(smooth.step(tuple(values)))
        return rows
