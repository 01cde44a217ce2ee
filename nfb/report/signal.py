"""What a report takes from the samples themselves: contact, spectra before and after, and the guards."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from nfb.dsp.alpha_peak import AlphaPeak, NoPeak, find_alpha_peak
from nfb.dsp.quality import WINDOW_S, grade_channels
from nfb.dsp.spectrum import Mask, Spectrum, welch
from nfb.model.montage import site_key
from nfb.model.protocol import FeatureKind
from nfb.model.samples import Float64
from nfb.report.blocks import Block, clean_rows
from nfb.report.facts import SessionFacts
from nfb.report.metrics import chunks_of, guard_covariation
from nfb.report.stats import CHUNK_S, UNKNOWN, Estimate, chunk_means

LOOK_EVERY_S = 20.0
MUSCLE_HZ = (30.0, 45.0)
SLOW_HZ = (1.0, 4.0)


@dataclass(frozen=True, slots=True)
class Contact:
    """One electrode: share of the looks (4 s every 20 s) at which contact was good, and the others' usual reason."""

    site: str
    good: float
    n_looks: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SpectrumPair:
    """Mean spectrum over the trained sites in clean windows of 2 s, at the beginning and at the end."""

    frequencies_hz: Float64
    before: Float64
    after: Float64
    before_label: str
    after_label: str
    n_before: int
    n_after: int


@dataclass(frozen=True, slots=True)
class Covariation:
    """Partial rank correlation of the trained feature with muscle (30–45 Hz) and slow movement (1–4 Hz) at the
    trained sites, over clean chunks of 5 s."""

    muscle: Estimate
    slow: Estimate


def contact(facts: SessionFacts) -> tuple[Contact, ...]:
    """Contact of every electrode over the session."""
    recording = facts.recording
    rate, names = recording.sampling_rate_hz, recording.device.channel_names
    length, step = round(WINDOW_S * rate), round(LOOK_EVERY_S * rate)
    starts = range(0, max(1, recording.n_samples - length + 1), step)
    looks = [
        grade_channels(
            np.asarray(recording.eeg[:, a : a + length], dtype=np.float64), rate, names, recording.device.rail_uv
        )
        for a in starts
    ]
    found = []
    for k, name in enumerate(names):
        grades = [look[k] for look in looks]
        reasons = Counter(each.reason.partition(":")[0] for each in grades if each.grade != "good")
        reason = reasons.most_common(1)[0][0] if reasons else ""
        found.append(Contact(name, sum(each.grade == "good" for each in grades) / len(grades), len(grades), reason))
    return tuple(found)


def spectra(facts: SessionFacts) -> SpectrumPair | None:
    """Spectrum of the baseline beside that of the closing rest or, without one, the last run; None where a part has
    no clean window."""
    before = facts.blocks.baseline
    after = facts.blocks.after or (facts.blocks.runs[-1] if facts.blocks.runs else None)
    if before is None or after is None:
        return None
    first, last = _block_spectrum(facts, before), _block_spectrum(facts, after)
    if not first.n_windows[0] or not last.n_windows[0]:
        return None
    return SpectrumPair(
        first.frequencies_hz,
        first.psd_uv2_per_hz[0],
        last.psd_uv2_per_hz[0],
        before.label,
        after.label,
        first.n_windows[0],
        last.n_windows[0],
    )


def covariation(facts: SessionFacts) -> Covariation:
    """Whether muscle or slow movement went along with the trained feature over the runs.

    Unknown where half the sampling rate does not reach above 45 Hz, or below ten chunks.
    """
    rate = facts.recording.sampling_rate_hz
    if rate <= 2.1 * MUSCLE_HZ[1]:
        return Covariation(UNKNOWN, UNKNOWN)
    runs = facts.blocks.runs
    feature = np.concatenate([np.empty(0), *(chunks_of(run) for run in runs)])
    muscle, slow = (
        np.concatenate([np.empty(0), *(_guard_chunks(facts, run, band_hz) for run in runs)])
        for band_hz in (MUSCLE_HZ, SLOW_HZ)
    )
    return Covariation(guard_covariation(feature, muscle, [slow]), guard_covariation(feature, slow, [muscle]))


def trained_rows(facts: SessionFacts) -> list[int]:
    """Channel numbers of the sites that the trained feature is computed from."""
    names = facts.recording.device.channel_names
    features = {feature.name: feature for feature in facts.setup.features}
    feature = features[facts.blocks.measure.name]
    parts = [feature]
    if feature.kind is FeatureKind.RATIO:
        parts = [features[feature.numerator], features[feature.denominator]]
    sites = dict.fromkeys(site for part in parts for site in (*part.sites, *part.left_sites))
    return [names.index(site) for site in sites]


def derived(facts: SessionFacts, samples: slice) -> Float64:
    """``(n_sites, n_samples)`` µV of the trained sites against the protocol's reference."""
    recording = facts.recording
    eeg = np.asarray(recording.eeg[:, samples], dtype=np.float64)
    rows: Float64 = eeg[trained_rows(facts)]
    reference = facts.setup.fit.reference
    if reference == "average":
        rows -= eeg.mean(axis=0)
    elif isinstance(reference, tuple):
        rows -= eeg[list(reference)].mean(axis=0)
    return rows


def clean_samples_of(facts: SessionFacts, block: Block) -> tuple[slice, Mask]:
    """The block's samples and which of them belong to clean hops; those beside a gap are left out."""
    newest = np.asarray(facts.table.columns["sample"], dtype=np.int64)
    rows = slice(block.first_row, block.first_row + len(block.values))
    hop = facts.setup.hop_samples
    first = max(0, int(newest[rows][0]) - hop + 1)
    stop = min(int(newest[rows][-1]) + 1, facts.recording.n_samples)
    keep = np.zeros(max(0, stop - first), dtype=bool)
    for sample in newest[rows][clean_rows(facts.table)[rows]]:
        keep[max(0, int(sample) - hop + 1 - first) : int(sample) + 1 - first] = True
    for gap in facts.recording.gaps:
        if first <= gap.sample < stop:
            keep[max(0, gap.sample - first - 1) : gap.sample - first + 1] = False
    return slice(first, stop), keep


def _block_spectrum(facts: SessionFacts, block: Block) -> Spectrum:
    samples, keep = clean_samples_of(facts, block)
    return welch(derived(facts, samples), facts.recording.sampling_rate_hz, 2.0, keep).mean()


def _guard_chunks(facts: SessionFacts, block: Block, band_hz: tuple[float, float]) -> Float64:
    """Log RMS in a band over the same clean hops as the feature's chunks of 5 s."""
    from scipy import signal  # costs 0.2 s that only reports should pay

    samples, _ = clean_samples_of(facts, block)
    rate = facts.recording.sampling_rate_hz
    eeg = derived(facts, samples)
    if eeg.shape[1] < rate:
        return np.full(len(chunks_of(block)), np.nan)
    sections = signal.butter(4, band_hz, "bandpass", fs=rate, output="sos")
    power = (signal.sosfiltfilt(sections, eeg - eeg.mean(axis=1, keepdims=True)) ** 2).mean(axis=0)
    newest = np.asarray(facts.table.columns["sample"], dtype=np.int64)
    ends = newest[block.first_row : block.first_row + len(block.values)] - samples.start
    totals = np.concatenate([[0.0], np.cumsum(power)])
    stop = np.clip(ends + 1, 0, len(power))
    start = np.clip(stop - facts.setup.hop_samples, 0, len(power))
    with np.errstate(invalid="ignore", divide="ignore"):
        per_hop = (totals[stop] - totals[start]) / (stop - start)
    per_hop = np.where(block.clean & (stop > start), per_hop, np.nan)
    # A clean hop without samples would shift the chunks against the feature's.
    if np.isfinite(per_hop).sum() != block.clean.sum():
        return np.full(len(chunks_of(block)), np.nan)
    chunked: Float64 = np.log(chunk_means(per_hop, round(CHUNK_S / block.hop_s))) / 2
    return chunked


def alpha_peak_of(facts: SessionFacts) -> AlphaPeak | NoPeak:
    """The alpha peak of the first baseline at the parieto-occipital sites, or at all sites where there are none."""
    baseline = facts.blocks.baseline
    if baseline is None:
        return NoPeak("no baseline")
    recording = facts.recording
    samples, keep = clean_samples_of(facts, baseline)
    names = [site_key(name) for name in recording.device.channel_names]
    rows = [i for i, name in enumerate(names) if name.startswith(("P", "O", "TP"))]
    eeg = np.asarray(recording.eeg[:, samples], dtype=np.float64)
    return find_alpha_peak(eeg[rows] if rows else eeg, recording.sampling_rate_hz, keep)
