"""The program from a script or a notebook; every name here is also in :mod:`nfb` itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nfb.dsp.analysis import Analysis
from nfb.dsp.analysis import analyse as analyse_eeg
from nfb.engine.launch import Options, session_engine
from nfb.engine.replaying import (
    feed,
    foreign_inputs,
    foreign_setup,
    recorded_inputs,
    verify,
)
from nfb.engine.summary import Summary, SummaryBuilder
from nfb.files.exporters import ExportReport, export_recording
from nfb.files.importers import open_recording
from nfb.files.protocol_file import load_protocol as load_protocol_file
from nfb.files.recording import Recording
from nfb.files.shelf import find_protocol
from nfb.model.commands import EndReason
from nfb.model.errors import NfbError, SetupError
from nfb.model.events import Event
from nfb.model.hop import HopResult
from nfb.model.protocol import Protocol
from nfb.model.samples import Float64
from nfb.session.session import Session
from nfb.session.setup import Setup

__all__ = [
    "ExportReport",
    "Replay",
    "analyse",
    "export_recording",
    "load_protocol",
    "open_recording",
    "replay",
    "run_session",
    "verify",
]


def load_protocol(name_or_path: str | Path) -> Protocol:
    """A shipped protocol by its name (``"smr-central"``), or any protocol file.

    Raises
    ------
    ProtocolError
        There is no such file, or it has mistakes; all of them are listed.
    """
    return load_protocol_file(find_protocol(name_or_path))


@dataclass(frozen=True, slots=True)
class Replay:
    """A recording re-run: every hop, every event, and the account of it."""

    setup: Setup
    hops: tuple[HopResult, ...]
    events: tuple[Event, ...]
    summary: Summary

    def feature(self, name: str) -> Float64:
        """``(n_hops,)`` values of one feature in its unit; NaN while filters settle."""
        names = [feature.name for feature in self.setup.features]
        if name not in names:
            raise SetupError(f"feature '{name}' is not in the protocol; it has {', '.join(names)}")
        column = names.index(name)
        return np.array([hop.features[column] for hop in self.hops])

    @property
    def times_s(self) -> Float64:
        """``(n_hops,)`` time of each hop's newest sample, seconds from the first sample; gaps take no time."""
        return np.array([hop.sample for hop in self.hops]) / self.setup.device.sampling_rate_hz


def replay(recording: Recording, protocol: Protocol | None = None, *, iaf_hz: float | None = None) -> Replay:
    """Re-run a recording through the session code that runs live.

    Parameters
    ----------
    recording
        From :func:`open_recording`.
    protocol
        What to run on it; None for the protocol, thresholds and commands it was recorded with.
    iaf_hz
        Individual alpha frequency, for another protocol's individual bands.

    Raises
    ------
    SetupError
        Another program's recording needs a protocol.
    """
    if protocol is not None:
        setup, inputs = foreign_setup(protocol, recording, iaf_hz), foreign_inputs(recording)
    elif recording.session is not None:
        setup, inputs = recording.session.setup, recorded_inputs(recording.session.journal.events)
    else:
        raise SetupError(f"{recording.path.name}: was not recorded by this program; give a protocol to run on it")
    session = Session(setup)
    builder = SummaryBuilder(setup)
    hops: list[HopResult] = []
    events: list[Event] = []
    for output in feed(session, recording, inputs):
        builder.add(*output)
        hops += output.hops
        events += output.events
    last = session.finish(EndReason.SOURCE_ENDED)
    builder.add(*last)
    return Replay(setup, (*hops, *last.hops), (*events, *last.events), builder.summary())


def run_session(
    protocol: Protocol,
    device: str = "simulated",
    params: Mapping[str, str] | None = None,
    *,
    client: str = "test",
    seconds: float | None = None,
    out: Path | None = None,
    speed: float = math.inf,
    seed: int | None = None,
) -> tuple[Recording, Summary]:
    """Run a whole session without a window and return its recording and account.

    Parameters
    ----------
    device, params
        A name from ``nfb devices`` and its connection parameters.
    seconds
        Length, or None for the protocol's stages.
    out
        Recordings folder; None for the default one.
    speed
        Pace of the simulated client; boards have their own.

    Raises
    ------
    NfbError
        The session could not run; says why and what to do.
    """
    options = Options(seconds=seconds, out=out, speed=speed, seed=seed)
    engine = session_engine(protocol, device, params or {}, client, options)
    engine.run()
    if engine.error is not None:
        raise engine.error
    if engine.folder is None or engine.summary is None:
        raise NfbError("The session ended before it began.")
    return open_recording(engine.folder), engine.summary


def analyse(recording: Recording) -> Analysis:
    """Quality, mains, band power and alpha peak of each channel, from clean windows only."""
    device = recording.device
    return analyse_eeg(recording.eeg.astype(float), device.sampling_rate_hz, device.channel_names, device.rail_uv)
