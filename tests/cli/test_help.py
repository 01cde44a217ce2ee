"""What a newcomer reads first."""

import subprocess
import sys

import pytest

from nfb import __version__

COMMANDS = ("demo", "run", "replay", "check", "devices", "recover", "analyse")


def test_help_names_every_command_and_the_first_step(nfb):
    outcome = nfb("--help")
    assert outcome.code == 0
    for command in COMMANDS:
        assert f"\n    {command} " in outcome.out
    assert "nfb demo" in outcome.out
    assert "Not a medical device" in outcome.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_explains_every_option(nfb, command):
    outcome = nfb(command, "--help")
    assert outcome.code == 0
    # Every option has words beside or below it: no line of an option is followed by the next option at once.
    lines = outcome.out.split("options:\n")[1].splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("  -"):
            words = line.strip().split("  ")
            assert len(words) > 1 or after.startswith("      "), line
    assert max(len(line) for line in outcome.out.splitlines()) <= 120


def test_version(nfb):
    assert nfb("--version").out == f"nfb {__version__}\n"


def test_help_is_there_without_loading_numpy_or_qt():
    code = (
        "import sys\nfrom nfb.cli import main\n"
        "try:\n    main(['run', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'PySide6', 'brainflow', 'pydantic', 'rich'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rnu",), "invalid choice: 'rnu'"),
        (("run",), "PROTOCOL, --device"),
        (("run", "smr-central", "--device", "simulated", "--sed", "3"), "--sed"),
        (("run", "smr-central", "--device", "simulated", "--seed", "1.5"), "--seed"),
        (("run", "smr-central", "--device", "simulated", "--seconds", "long"), "--seconds"),
        (("run", "smr-central", "--device", "simulated", "--mains", "55"), "--mains"),
        (("run", "smr-central", "--device", "simulated", "--out", ""), "--out"),
        (("run", "smr-central", "--device", "simulated", "--speed", "0"), "--speed"),
        (("replay", "x", "--speed", "nan"), "--speed"),
        (("replay", "x", "--speed", "fast"), "--speed"),
    ],
)
def test_a_mistyped_command_line_is_told_in_one_line_with_the_way_out(nfb, words, told):
    outcome = nfb(*words)
    assert outcome.code == 2
    assert told in outcome.err
    assert "--help" in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""
