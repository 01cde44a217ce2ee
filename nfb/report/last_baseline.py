"""The baseline of a client's last visit as a spectrum, for the operator to compare today's with."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nfb.dsp.spectrum import welch
from nfb.files.recording import open_own_recording
from nfb.model.errors import RecordingError
from nfb.model.samples import Float64
from nfb.practice.record import Stored
from nfb.practice.sessions import SessionEntry
from nfb.report.facts import facts_of
from nfb.report.signal import clean_samples_of

WINDOW_S = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class LastBaseline:
    """Mean spectrum over clean windows of 2 s and over `sites`.

    Parameters
    ----------
    frequencies_hz, psd
        ``(n_bins,)`` Hz and µV²/Hz.
    """

    visit: int
    sites: tuple[str, ...]
    frequencies_hz: Float64
    psd: Float64


def last_baseline(
    entries: Iterable[Stored[SessionEntry]], protocol_id: str, device: str, sites: tuple[str, ...], root: Path
) -> LastBaseline | None:
    """The newest baseline with the same protocol, headset and sites that still can be read; None without one.

    Parameters
    ----------
    root
        The folder of recordings.
    """
    past = [stored.value for stored in entries]
    same = [entry for entry in past if (entry.protocol_id, entry.device) == (protocol_id, device)]
    for entry in sorted(same, key=lambda entry: -entry.number):
        found = _of_entry(entry, sites, root)
        if found is not None:
            return found
    return None


def _of_entry(entry: SessionEntry, sites: tuple[str, ...], root: Path) -> LastBaseline | None:
    try:
        facts = facts_of(open_own_recording(root / entry.folder))
        block = facts.blocks.baseline
        names = facts.recording.device.channel_names
        if block is None or not set(sites) <= set(names):
            return None
        samples, keep = clean_samples_of(facts, block)
        eeg = np.asarray(facts.recording.eeg[:, samples], dtype=np.float64)[[names.index(site) for site in sites]]
    except (RecordingError, OSError):
        return None
    mean = welch(eeg, facts.recording.sampling_rate_hz, WINDOW_S, keep).mean()
    if not mean.n_windows[0]:
        return None
    return LastBaseline(entry.number, sites, mean.frequencies_hz, mean.psd_uv2_per_hz[0])
