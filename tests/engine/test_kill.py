"""`kill -9` at random moments: at most the last second is lost, and every recording opens, recovers and replays."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.files.recording import open_own_recording
from nfb.files.recover import recover, unfinished

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")

N_KILLS = 20
AT_ONCE = 5
RATE_HZ = 250

# Runs `nfb ARGUMENTS…` in a fork for each line on its input (starting Python twenty times takes longer than the
# sessions). Into a named pipe go the process id, then a line for every chunk that the source hands over, before
# anything is done with it.
NURSERY = """
import os, signal, sys
from nfb.cli import main
import nfb.cli.run_session
from nfb.devices.brainflow_source import BrainFlowSource
from nfb.devices.simulated import SimulatedSource
from nfb.model.samples import Chunk

def tap(kind, read):
    def tapped(self, timeout_s):
        items = read(self, timeout_s)
        for item in items:
            if isinstance(item, Chunk):
                os.write(told, b"%d\\n" % item.stop_sample)
        return items
    kind.read = tapped

for kind in (BrainFlowSource, SimulatedSource):
    tap(kind, kind.read)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.write(1, b"ready\\n")
for line in sys.stdin:
    pipe, *arguments = line.rstrip("\\n").split("\\t")
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        told = os.open(pipe, os.O_WRONLY)
        os.write(told, b"%d\\n" % os.getpid())
        os._exit(main(arguments))
"""


def run_and_kill(nursery: subprocess.Popen, root: Path, number: int) -> tuple[int, float]:
    """Kill a session at a random moment of its first seconds; samples it was given, and for how long it ran."""
    pipe = root / f"pipe-{number}"
    os.mkfifo(pipe)
    device = "synthetic" if number % 4 == 0 else "simulated"
    words = [pipe, "run", "smr-central", "--device", device, "--client", "A031", "--out", root / f"{number}"]
    assert nursery.stdin is not None
    nursery.stdin.write("\t".join(map(str, words)) + "\n")
    nursery.stdin.flush()
    with pipe.open() as told:
        pid = int(told.readline())
        first = told.readline()
        began_s = time.monotonic()
        assert first, "the session did not start"
        time.sleep(random.Random(number).uniform(0.0, 2.5))
        os.kill(pid, signal.SIGKILL)
        ran_s = time.monotonic() - began_s
        lines = [first, *told.readlines()]
    return int(lines[-1]), ran_s


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> tuple[Path, list[tuple[int, float]]]:
    # A folder for each: the next session would finish what it finds in its own.
    root = tmp_path_factory.mktemp("killed")
    command = [sys.executable, "-W", "ignore", "-c", NURSERY]
    pipe = subprocess.PIPE
    nursery = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    with nursery, ThreadPoolExecutor(AT_ONCE) as pool:
        assert nursery.stdout is not None
        assert nursery.stdout.readline() == "ready\n"
        return root, list(pool.map(lambda number: run_and_kill(nursery, root, number), range(N_KILLS)))


def test_at_most_a_second_is_lost_and_every_recording_opens_recovers_and_replays(killed, assert_replays):
    root, runs = killed
    for number, (received, _) in enumerate(runs):
        recordings = root / f"{number}"
        folder = recordings / "sub-A031/ses-001"
        assert unfinished(recordings) == [folder]
        recording = open_own_recording(folder)
        n_samples = recording.n_samples
        assert received - RATE_HZ <= n_samples <= received
        # Decisions are written once a second, after the samples of a whole hop; the last chunk may be on its way.
        if received > 1.1 * RATE_HZ:
            assert recording.session.feedback.columns["sample"][-1] >= received - 1.1 * RATE_HZ
        n_hops = assert_replays(folder, n_hops_at_least=int((n_samples / RATE_HZ - 1.1) * 50))

        (recovered,) = recover(recordings)
        assert (recovered.folder, recovered.duration_s) == (folder, n_samples / RATE_HZ)
        assert recover(recordings) == []
        recording = open_own_recording(folder)
        assert recording.n_samples == n_samples
        assert recording.session.content["state"] == "recovered"
        assert assert_replays(folder, n_hops_at_least=0) == n_hops
        raw = mne.io.read_raw_brainvision(recording.session.layout.eeg("vhdr"), verbose="error")
        np.testing.assert_array_equal(raw.get_data(), recording.eeg.astype(float) * 1e-6)


def test_what_was_received_kept_up_with_the_clock(killed):
    """What the loss is measured against is itself time times sampling rate, as far as a busy machine allows."""
    _, runs = killed
    rates = [received / ran_s for received, ran_s in runs if ran_s > 1.0]
    assert len(rates) >= N_KILLS / 4
    assert np.median(rates) == pytest.approx(RATE_HZ, rel=0.3)
