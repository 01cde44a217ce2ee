"""Twelve visits each of a client who learns, one who does not, and one with a bad electrode, headless."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from visits import FIRST_DAY, SimulatedClient, run_course

from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.practice.opening import open_book
from nfb.practice.plans import Plan
from nfb.practice.sessions import ABOVE_FIRST_P70, CLEAN_SHARE
from nfb.report.course_report import course_report
from nfb.report.metrics import Learning, course

N_VISITS = 12
PLAN = Plan("ua-posterior", runs=5, run_s=90.0, rest_s=15.0)
PARAMS = {"alpha_hz": "11", "alpha_uv": "10", "channels": "Pz,O1,O2", "rate": "125", "chunk": "25"}
CLIENTS = (
    (SimulatedClient("L1", learn=0.5), Learning.LEARNER, "Learner: the trained signal changed the trained way"),
    (SimulatedClient("N1"), Learning.NOT_SHOWN, "Learning: not shown"),
    (SimulatedClient("E1", scenario="bad-electrode"), Learning.NOT_SHOWN, "Learning: not shown"),
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("client", "tag", "verdict"), CLIENTS, ids=["learner", "non-learner", "bad-electrode"])
def test_a_course_of_twelve_visits_agrees_with_the_known_truth(
    client: SimulatedClient, tag: Learning, verdict: str, tmp_path: Path
) -> None:
    protocol = replace(load_protocol(find_protocol("ua-posterior")), hop_s=0.1)  # the same computation, less often
    began_s = time.perf_counter()
    with open_book(tmp_path / "clients.sqlite", who="Dr. M", now=lambda: FIRST_DAY) as book:
        run = run_course(book, tmp_path / "recordings", client, protocol, PLAN, N_VISITS, PARAMS, baseline_s=60.0)
    found = course([facts.blocks for facts in run.facts])
    took_s, slope, within = time.perf_counter() - began_s, found.slope, found.within
    print(f"\n{client.code}: {N_VISITS} visits in {took_s:.0f} s, {found.learning.value}, gain {run.gains[-1]:.2f}")
    print(f"across {slope.value:+.3f} [{slope.low:+.3f}, {slope.high:+.3f}] per visit, clean {found.valid_share:.2f}")
    print(f"within {within.value:+.3f} [{within.low:+.3f}, {within.high:+.3f}] per run")
    print("above first p70:", [round(entry.figure(ABOVE_FIRST_P70) or 0, 2) for entry in run.entries])
    print("clean:", [round(entry.figure(CLEAN_SHARE) or 0, 2) for entry in run.entries])
    assert found.learning is tag
    assert verdict in course_report(run.facts)
    assert [entry.number for entry in run.entries] == list(range(1, N_VISITS + 1))
    success = [share.value for share in found.success]
    assert [entry.figure(ABOVE_FIRST_P70) for entry in run.entries] == pytest.approx(success)
