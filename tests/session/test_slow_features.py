"""Slow features: band power over a second, with less delay than a moving average."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import resample_poly

from nfb.dsp.accuracy import zero_phase_envelope
from nfb.files.importers import open_recording
from nfb.model.hop import Cause
from nfb.model.montage import site_key
from nfb.model.protocol import Band, FeatureKind, Stage, StageKind
from nfb.model.samples import Float32
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup

from .conftest import RATE_HZ, Lab


def slow_run(
    lab: Lab, eeg: Float32, delay_s: float, chunk: int = 500, band_hz: tuple[float, float] = (8.0, 12.0)
) -> tuple[Output, Session]:
    feature = dataclasses.replace(
        lab.protocol().features[0],
        kind=FeatureKind.POWER,
        band=Band(band_hz),
        slow=True,
        delay_s=delay_s,
        sites=("C3",),
    )
    stages = (Stage(StageKind.BASELINE, "baseline", 30.0), Stage(StageKind.RUN, "run-1", 1e6))
    session = Session(make_setup(lab.protocol(features=(feature,), stages=stages), lab.device()))
    return lab.feed(session, eeg, chunk), session


def followed(lab: Lab, eeg: Float32, delay_s: float, band_hz: tuple[float, float]) -> tuple[float, float]:
    """Correlation with the power of the second around the declared delay: of the slow feature, and of the mean of the
    last second of the zero-phase power, which no causal moving average can beat."""
    output, session = slow_run(lab, eeg, delay_s, band_hz=band_hz)
    assert session.delays_s == (delay_s,)
    power = zero_phase_envelope(eeg[2].astype(float), RATE_HZ, band_hz) ** 2
    truth = np.convolve(power, np.ones(250) / 250, mode="same")
    hops = [hop for hop in output.hops if hop.stage == 1 and hop.cause is Cause.NONE]
    now = np.array([hop.sample for hop in hops])
    at = now - round(delay_s * RATE_HZ)
    inside = (at > 500) & (at < eeg.shape[1] - 500)
    values = np.array([hop.features[0] for hop in hops])[inside]
    wanted, trailing = truth[at[inside]], truth[now[inside] - 125]
    return float(np.corrcoef(values, wanted)[0, 1]), float(np.corrcoef(trailing, wanted)[0, 1])


# Recording, sites, how to come to 250 Hz, where eyes are closed, and the person's alpha band (peak ± 2 Hz).
AT_REST = (
    ("edf/eegmat_Subject03_1.edf", ("O1", "O2", "Pz"), (1, 2), slice(None), (8.0, 12.0)),
    ("derived/eegmmidb_S001R02_first60s.edf", ("O1", "Oz", "Pz"), (25, 16), slice(None), (8.0, 12.0)),
    ("openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt", ("O1", "O2"), (1, 1), slice(5000, 18750), (9.5, 13.5)),
)


@pytest.mark.parametrize(("delay_s", "least"), [(0.2, 0.90), (0.3, 0.94)])
def test_on_people_at_rest_it_follows_the_power_of_a_second_better_than_any_moving_average(
    lab: Lab, shared_eeg: Path, delay_s: float, least: float
) -> None:
    found = []
    for file, sites, (up, down), part, band_hz in AT_REST:
        recording = open_recording(shared_eeg / file)
        keys = [site_key(name) for name in recording.device.channel_names]
        for site in sites:
            row = recording.eeg[keys.index(site_key(site)), part].astype(float)
            at_250 = resample_poly(row - np.median(row), up, down).astype(np.float32)
            found.append(followed(lab, np.tile(at_250, (4, 1)), delay_s, band_hz))
    slow, moving = np.median(found, axis=0)
    assert slow >= least
    assert slow > moving


def test_a_steady_rhythm_reads_its_power(lab: Lab) -> None:
    t = np.arange(40 * 250) / RATE_HZ
    eeg: Float32 = np.tile(12 * np.sin(2 * np.pi * 10 * t), (4, 1)).astype(np.float32)
    output, _ = slow_run(lab, eeg + lab.noise(40, rms_uv=0.5), 0.2)
    assert np.median([hop.features[0] for hop in output.hops[-200:]]) == pytest.approx(12**2 / 2, rel=0.2)


def test_held_hops_do_not_enter_the_history(lab: Lab) -> None:
    eeg = lab.noise(40, seed=3)
    marred = eeg.copy()
    marred[2, 7500:8000] += 400 * np.sign(np.sin(np.arange(500) / 3))  # gross movement, held
    clean, _ = slow_run(lab, eeg, 0.2)
    held, _ = slow_run(lab, marred, 0.2)
    loud = max(hop.features[0] for hop in clean.hops if hop.cause is Cause.NONE)
    after = [hop.features[0] for hop in held.hops if hop.sample > 7500 and hop.cause is Cause.NONE]
    assert max(after) < 1.5 * loud


def test_hop_by_hop_equals_bulk(lab: Lab) -> None:
    eeg = lab.noise(40, seed=4)
    one, other = slow_run(lab, eeg, 0.2, 5)[0], slow_run(lab, eeg, 0.2, 7500)[0]
    assert [repr(hop) for hop in one.hops] == [repr(hop) for hop in other.hops]
    assert [repr(event) for event in one.events] == [repr(event) for event in other.events]
