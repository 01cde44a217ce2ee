"""`nfb analyse`: quality, mains, band power and alpha peak of a recording."""

import argparse
import json
import sys

import numpy as np

from nfb.files.importers import open_recording
from nfb.model.errors import SetupError


def run(arguments: argparse.Namespace) -> int:
    from nfb.dsp.analysis import analyse

    recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
    rate = recording.sampling_rate_hz
    stop_s = recording.duration_s if arguments.stop is None else min(arguments.stop, recording.duration_s)
    if not 0 <= arguments.start < stop_s:
        raise SetupError(
            f"--start {arguments.start:g} --stop {stop_s:g}: must lie in order within the {recording.duration_s:g} s "
            "of the recording"
        )
    eeg = recording.eeg[:, round(arguments.start * rate) : round(stop_s * rate)]
    analysis = analyse(eeg.astype(np.float64), rate, recording.device.channel_names, recording.device.rail_uv)
    record = analysis.to_record()
    if arguments.json:
        print(json.dumps(record, ensure_ascii=False, indent=1))
        return 0
    for warning in recording.warnings:
        print(f"Note: {warning}", file=sys.stderr)
    mains = "no mains line" if analysis.mains_hz is None else f"mains {analysis.mains_hz:g} Hz"
    print(f"{recording.duration_s:.1f} s at {rate:g} Hz, {mains}")
    print("channel   quality  alpha peak        delta   theta   alpha     smr    beta   gamma µV²   held  n")
    for channel in record["channels"]:
        powers = [channel["band_power_uv2"][band] for band in ("delta", "theta", "alpha", "smr", "beta", "gamma")]
        numbers = " ".join("      –" if power is None else f"{power:7.1f}" for power in powers)
        peak = channel["alpha_peak_hz"]
        peak_words = "no clear peak" if peak is None else f"{peak:.2f} Hz"
        held = channel["artefact_fraction"]
        held_words = "–" if held is None else f"{100 * held:.0f} %"
        print(
            f"{channel['name']:9} {channel['quality']:8} {peak_words:14} {numbers} {held_words:>9} "
            f"{channel['n_windows']:3}  {channel['reason']}"
        )
    return 0
