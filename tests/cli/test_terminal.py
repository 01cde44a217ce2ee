"""Sessions in a real terminal, and what ends them."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo-terminals and POSIX signals")

NFB = (sys.executable, "-m", "nfb")
PATIENCE_S = 60


def is_finished(root: Path, client: str) -> bool:
    session = root / "derivatives" / "nfb" / f"sub-{client}" / "ses-001" / "session.json"
    return bool(json.loads(session.read_text(encoding="utf-8"))["state"] == "finished")


class Terminal:
    """A program on a pseudo-terminal of 130 × 40 characters, without a display."""

    def __init__(self, *words: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        seen = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.text = ""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 130, 0, 0))
            os.execve(sys.executable, [*NFB, *words], seen | {"TERM": "xterm-256color"})

    def read_until(self, words: str) -> None:
        """Until `words` have been on the screen, or the program has ended."""
        until_s = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert time.monotonic() < until_s, self.text[-2000:]
            if not select.select([self._fd], [], [], 0.5)[0]:
                continue
            try:
                self.text += os.read(self._fd, 65536).decode(errors="replace")
            except OSError:  # Linux says EIO where others give an empty read
                return

    def type(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def ended(self) -> int:
        """Exit code, once it has ended."""
        self.read_until("\0never")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_the_demo_shows_bars_reasons_and_feedback_within_its_first_seconds(tmp_path):
    terminal = Terminal("demo", "--seconds", "8", "--out", str(tmp_path))
    assert terminal.ended() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.text)
    assert "Stage: baseline" in text
    assert "baseline: no feedback in this stage" in text
    # Training has begun within the 8 s: thresholds are drawn into the bars, and a reason stands below them.
    assert "Stage: run-1" in text
    assert re.search(r"smr +[█░]+┃[█░]+ +[\d.]+ µV +≥ [\d.]+ µV", text)
    assert re.search(r"feedback +[█░]{40} +\d+ %", text)
    assert re.search(r"dwell [\d.]+ of 0.35 s|(under its threshold|over its limit)", text)
    assert text.split()[-1] == str(tmp_path / "sub-demo" / "ses-001")
    assert is_finished(tmp_path, "demo")


def test_ctrl_c_in_the_terminal_ends_the_demo_in_order(nfb, tmp_path):
    terminal = Terminal("demo", "--out", str(tmp_path))
    terminal.read_until("no feedback in this stage")
    terminal.type(b"\x03")
    assert terminal.ended() == 0
    assert "what was recorded is kept" in terminal.text
    assert is_finished(tmp_path, "demo")
    verified = nfb("replay", tmp_path / "sub-demo" / "ses-001", "--verify")
    assert (verified.code, verified.err) == (0, "")


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_session_in_order(nfb, tmp_path, sent):
    words = ("run", "smr-central", "--device", "simulated", "--out", str(tmp_path))

    def ignore_interrupts() -> None:  # as a shell does for jobs in the background
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with subprocess.Popen(
        (*NFB, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=ignore_interrupts
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Stage: baseline"):
                break
        process.send_signal(getattr(signal, sent))
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert out == f"{tmp_path / 'sub-test' / 'ses-001'}\n"
    assert "what was recorded is kept" in err
    assert is_finished(tmp_path, "test")
    assert nfb("replay", tmp_path / "sub-test" / "ses-001", "--verify").code == 0


def test_a_session_that_was_killed_is_recovered_and_verifies(nfb, tmp_path):
    words = ("run", "smr-central", "--device", "simulated", "--speed", "8", "--out", str(tmp_path))
    folder = tmp_path / "sub-test" / "ses-001"
    with subprocess.Popen((*NFB, *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: sum(path.stat().st_size for path in folder.glob("eeg/*.eeg")) > 4 * 8 * 250 * 10)
        process.kill()
    assert not is_finished(tmp_path, "test")
    outcome = nfb("recover", tmp_path)
    assert outcome.code == 0
    assert f"{folder}: recovered" in outcome.out
    assert nfb("replay", folder, "--verify").code == 0
    assert nfb("recover", tmp_path).out == "nothing to recover: every recording there is finished\n"


def wait_for(is_so: Callable[[], bool]) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until_s
        time.sleep(0.02)


def test_a_pipe_that_is_closed_ends_the_session_in_order(tmp_path):
    # Stages that follow each other within a second, so that there is soon another line to write.
    words = ("run", "smr-central", "--device", "simulated", "--speed", "8", "--baseline", "2", "--out", str(tmp_path))
    with subprocess.Popen((*NFB, *words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline()
        process.stderr.close()
        process.wait(PATIENCE_S)
    assert is_finished(tmp_path, "test")
