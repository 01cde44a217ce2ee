"""`nfb analyse`: quality, mains, band power and alpha peak of a recording."""

import argparse
import math
import sys

import numpy as np

from nfb.cli.output import print_json
from nfb.dsp.analysis import Analysis, ChannelAnalysis, analyse
from nfb.dsp.spectrum import BANDS_HZ
from nfb.files.importers import open_recording
from nfb.model.errors import SetupError


def run(arguments: argparse.Namespace) -> int:
    recording = open_recording(arguments.recording, sampling_rate_hz=arguments.rate, board=arguments.board)
    rate = recording.sampling_rate_hz
    if not 0 <= arguments.start < min(arguments.stop, recording.duration_s):
        raise SetupError(
            f"--start {arguments.start:g} --stop {arguments.stop:g}: must lie in order within the "
            f"{recording.duration_s:g} s of the recording"
        )
    stop_s = min(arguments.stop, recording.duration_s)
    eeg = recording.eeg[:, round(arguments.start * rate) : round(stop_s * rate)]
    if eeg.shape[1] == 0:
        raise SetupError(
            f"--start {arguments.start:g} --stop {stop_s:g}: no sample lies between. Give a longer part."
        )
    analysis = analyse(eeg.astype(np.float64), rate, recording.device.channel_names, recording.device.rail_uv)
    for warning in recording.warnings:
        print(f"Note: {warning}", file=sys.stderr)
    if arguments.json:
        print_json(analysis.to_record())
    else:
        _print(analysis)
    return 0


def _print(analysis: Analysis) -> None:
    width = max(7, *(len(channel.name) for channel in analysis.channels))
    mains = "no mains line" if analysis.mains_hz is None else f"mains {analysis.mains_hz:g} Hz"
    print(f"{analysis.duration_s:.1f} s at {analysis.sampling_rate_hz:g} Hz, {mains}")
    bands = " ".join(f"{band:>7}" for band in BANDS_HZ)
    print(f"{'channel':{width}} quality {'alpha peak':13} {bands} µV²  artefacts    n")
    for channel in analysis.channels:
        print(_line(channel, width))
    print("n: clean windows of 2 s that the powers are averaged over")


def _line(channel: ChannelAnalysis, width: int) -> str:
    peak = "no clear peak" if channel.alpha_peak_hz is None else f"{channel.alpha_peak_hz:.2f} Hz"
    powers = " ".join(
        f"{'–':>7}" if math.isnan(power) else f"{power:7.1f}" for power in channel.band_power_uv2.values()
    )
    share = channel.artefact_fraction
    artefacts = "–" if math.isnan(share) else f"{100 * share:.0f} %"
    line = f"{channel.name:{width}} {channel.quality:7} {peak:13} {powers}     {artefacts:>9} {channel.n_windows:4}"
    return f"{line}  {channel.reason}".rstrip()
