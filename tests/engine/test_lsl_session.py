"""A session on an LSL amplifier whose stream is lost and comes back: one recording that replays identically."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from nfb.devices.lsl_library import Scope, load
from nfb.engine.launch import Options, session_engine
from nfb.files.recording import open_own_recording
from nfb.model.samples import GapCause

try:
    import pylsl
except (ImportError, RuntimeError) as error:
    pytest.skip(f"liblsl is not here: {error}", allow_module_level=True)

RATE = 250.0
SITES = ("C3", "Cz", "C4", "Fp1", "Fp2", "O1")


class Amplifier(threading.Thread):
    """Streams pink noise and a 13 Hz rhythm in real time; silent while `away`, with its outlet gone."""

    def __init__(self) -> None:
        super().__init__()
        load(Scope.MACHINE)
        self.done, self.away, self.up = threading.Event(), threading.Event(), threading.Event()
        rng = np.random.default_rng(3)
        times_s = np.arange(round(60 * RATE)) / RATE
        self.samples = 10 * np.sin(2 * np.pi * 13 * times_s)[:, np.newaxis] + rng.normal(0, 8, (len(times_s), 6))

    def run(self) -> None:
        outlet, sent, began_s = None, 0, time.monotonic()
        while not self.done.wait(0.02):
            due = min(int((time.monotonic() - began_s) * RATE), len(self.samples))
            if self.away.is_set():
                outlet, sent = None, due
                continue
            if outlet is None:
                outlet = self._outlet()
                self.up.set()
            if due > sent:
                outlet.push_chunk(self.samples[sent:due], pylsl.local_clock())
                sent = due

    def _outlet(self) -> "pylsl.StreamOutlet":
        info = pylsl.StreamInfo("Amp", "EEG", len(SITES), RATE, "float32", "amp-1")
        info.set_channel_labels(list(SITES))
        info.set_channel_units("microvolts")
        info.set_channel_types("EEG")
        return pylsl.StreamOutlet(info)


def test_a_stream_lost_and_regained_goes_on_in_the_same_recording(
    protocol, tmp_path: Path, live, await_until, assert_replays
) -> None:
    amplifier = Amplifier()
    amplifier.start()
    try:
        assert amplifier.up.wait(10)
        engine = live(session_engine(protocol, "lsl", {"stream": "Amp"}, "A031", Options(out=tmp_path)))
        await_until(lambda: engine.live is not None and engine.live.hop.sample > 250)
        amplifier.away.set()
        await_until(lambda: engine.live.feedback == 0.5 and engine.live.link.value != "streaming")
        before = engine.live.hop.sample
        amplifier.away.clear()
        await_until(lambda: engine.live.hop.sample > before + 250)
        engine.stop()
        assert engine.join(10)
    finally:
        amplifier.done.set()
        amplifier.join()
    assert engine.error is None
    recording = open_own_recording(engine.folder)
    assert recording.device.channel_names == SITES
    (gap,) = recording.gaps
    assert gap.cause is GapCause.LINK_LOST
    assert gap.missing_s > 0.05
    assert recording.device_times_s is not None
    assert np.isfinite(recording.device_times_s).all()
    # What was recorded is what was sent: every sample, in order, on both sides of the gap.
    first = np.flatnonzero(np.isclose(amplifier.samples[:, 0], recording.eeg[0, 0], atol=1e-5))[0]
    sent = amplifier.samples[first : first + gap.sample].T.astype(np.float32)
    assert np.array_equal(recording.eeg[:, : gap.sample], sent)
    assert_replays(engine.folder)
