"""The account of a session, and the dataset it leaves, against what other programs make of the same files."""

import gzip
import json
import math
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.devices.simulated import SimulatedSource
from nfb.files.feedback_reader import read_feedback
from nfb.model.commands import Mark, Note, SetThreshold
from nfb.model.events import CommandApplied, Rewarded

TROUBLE = "restless,lost-packets@8:0.1,stall@14:1,link-loss@22:4"
SCRIPT = {700: [SetThreshold(0, 3.0)], 900: [SetThreshold(1, 6.0)], 1100: [Mark("yawn"), Note("sat up")]}
HOP_S = 0.02


@pytest.fixture(scope="module")
def session(tmp_path_factory, desk_at):
    """A minute with artefacts, gaps and a moved threshold; thresholds low enough for rewards."""
    desk = desk_at(tmp_path_factory.mktemp("account") / "recordings")
    engine = desk.run(params={"scenario": TROUBLE}, script=SCRIPT, seconds=60, seed=7)
    return desk, engine


@pytest.fixture(scope="module")
def columns(session):
    desk, engine = session
    return desk.recording(engine).session.feedback.columns


def test_every_stage_agrees_with_its_rows_in_the_table(session, columns):
    _, engine = session
    stages = columns["stage"]
    assert [row.label for row in engine.summary.stages] == list(dict.fromkeys(stages))
    assert sum(row.rewards for row in engine.summary.stages) >= 3
    for row in engine.summary.stages:
        here = stages == row.label
        active = here & (columns["state"] != "paused")
        clean = active & (columns["artefact"] == 0)
        assert row.valid_s == pytest.approx(clean.sum() * HOP_S)
        assert row.held_s == pytest.approx((active & (columns["artefact"] == 1)).sum() * HOP_S)
        assert row.elapsed_s == pytest.approx(active.sum() * HOP_S)
        assert row.rewards == columns["reward"][here].sum()
        # In the baseline there is no threshold yet that anything could be in range of.
        share = math.nan if row.label == "baseline" else columns["in_range"][clean].mean()
        assert row.in_range_share == pytest.approx(share, nan_ok=True)
        for i, name in enumerate(engine.summary.feature_names):
            assert row.feature_mean[i] == pytest.approx(
                columns[f"feature.{name}"][clean].mean(), rel=1e-9, nan_ok=True
            )
            last = columns[f"threshold.{name}"][here][-1]
            assert row.thresholds[i] == pytest.approx(last, nan_ok=True)


def test_holds_rewards_gaps_and_changes_agree_with_table_and_journal(session, columns):
    desk, engine = session
    summary = engine.summary
    held = columns["artefact"] == 1
    by_cause = Counter(columns["artefact_cause"][held].tolist())
    assert summary.held_s_by_cause == {cause: pytest.approx(n * HOP_S) for cause, n in by_cause.items()}
    assert summary.rewards == columns["reward"].sum()
    journal = desk.recording(engine).session.journal
    assert summary.rewards == sum(isinstance(event, Rewarded) for event in journal.events)
    by_hand = [record for record in journal.records if record["event"] == "threshold_changed"]
    assert summary.threshold_changes == sum(record["by"] != "baseline" for record in by_hand) >= 2
    assert (summary.n_gaps, summary.missing_s) == (3, pytest.approx(0.1 + 1 + 4, abs=0.01))
    run_s = sum(row.valid_s for row in summary.stages if row.label.startswith("run"))
    assert summary.trained_s == pytest.approx(run_s)
    written = desk.recording(engine).session.content["summary"]
    assert written["rewards"] == summary.rewards
    assert [row["valid_s"] for row in written["stages"]] == [row.valid_s for row in summary.stages]


def test_feedback_is_neutral_and_nothing_is_earned_wherever_it_must_not(columns):
    artefact, state, stage = columns["artefact"] == 1, columns["state"], columns["stage"]
    idle = artefact | (state == "paused") | (stage == "baseline") | (stage == "rest-1")
    assert idle.sum() > 500
    np.testing.assert_array_equal(columns["feedback"][idle], 0.5)
    assert not columns["reward"][idle].any()
    assert not columns["in_range"][artefact].any()
    shown = columns["feedback"]
    assert np.all((shown >= 0) & (shown <= 1))
    assert np.ptp(shown[~idle]) > 0.3


def test_the_delay_in_the_record_is_the_sum_of_its_declared_parts(desk):
    engine = desk.run(seconds=6, speed=10.0)
    delay = desk.recording(engine).session.content["summary"]["delay"]
    # Five samples a burst and a hop: the newest of either waits for none, the oldest for four.
    waiting_ms = 1000 * (2 + 2) / 250
    # SMR is estimated as it was 250 ms ago; what a modulated tone shows of that may be 25 ms less.
    assert delay["algorithm_ms"] == pytest.approx(250.0, abs=25.0)
    assert delay["fixed_ms"] == pytest.approx(delay["algorithm_ms"] + waiting_ms)
    arrived, decided = (desk.recording(engine).session.feedback.columns[name] for name in ("arrived_s", "decided_s"))
    assert delay["decision_ms_median"] == pytest.approx(1000 * np.median(decided - arrived), abs=0.002)
    assert engine.summary.loop_delay_ms == pytest.approx(delay["fixed_ms"] + delay["decision_ms_median"], abs=0.01)


def test_the_shares_on_the_display_are_those_of_the_last_half_minute_and_of_the_stage(desk):
    shown = []

    class Watched(SimulatedSource):
        def receive_feedback(self, hop):
            super().receive_feedback(hop)
            shown.append(engine.live)  # that of the hop before: one hop a chunk

    engine = desk.engine(Watched({"scenario": "calm"}, seed=5), seconds=50)
    engine.run()
    columns = desk.recording(engine).session.feedback.columns
    judged = (columns["artefact"] == 0) & (columns["state"] == "running") & ~np.isnan(columns["threshold.smr"])
    for hop in (300, 1100, 2400):
        live = shown[hop + 1]
        assert live.hop.hop == hop
        recent = slice(max(0, hop + 1 - 1500), hop + 1)
        expected = columns["in_range"][recent][judged[recent]].mean() if judged[recent].any() else math.nan
        assert live.in_range_30s == pytest.approx(expected, nan_ok=True)
        here = judged[: hop + 1] & (columns["stage"][: hop + 1] == columns["stage"][hop])
        expected = columns["in_range"][: hop + 1][here].mean() if here.any() else math.nan
        assert live.in_range_run == pytest.approx(expected, nan_ok=True)


# ------------------------------------------------------------------- the dataset


@pytest.fixture(scope="module")
def dataset(session, desk_at) -> Path:
    """Three more sessions beside the first: the same client again, another one, and the synthetic board."""
    desk, _ = session
    desk.run(seconds=8, seed=2)
    desk.run(seconds=8, client="B7", params={"channels": "Fz,C3,Cz,C4,Pz", "rate": "500"})
    desk.run("synthetic", seconds=3, client="B7")
    return desk.root


def test_the_bids_validator_finds_no_error(dataset):
    beside = Path(sys.executable).with_name("bids-validator-deno")
    program = str(beside) if beside.exists() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("bids-validator-deno is not installed")
    run = subprocess.run([program, str(dataset), "--format", "json"], capture_output=True, text=True, timeout=100)
    found = json.loads(run.stdout)
    assert [issue for issue in found["issues"]["issues"] if issue["severity"] == "error"] == []
    assert sorted(found["summary"]["subjects"]) == ["A031", "B7"]
    assert sorted(found["summary"]["sessions"]) == ["001", "002"]


def test_mne_reads_names_microvolts_and_what_happened_where(dataset, session):
    desk, engine = session
    recording = desk.recording(engine)
    raw = mne.io.read_raw_brainvision(recording.session.layout.eeg("vhdr"), verbose="error")
    assert tuple(raw.ch_names) == recording.device.channel_names
    assert raw.info["sfreq"] == 250.0
    np.testing.assert_array_equal(raw.get_data(), recording.eeg.astype(float) * 1e-6)
    at = Counter()
    for note in raw.annotations:
        at[note["description"].removeprefix("Comment/"), round(note["onset"] * 250)] += 1
    for event in recording.session.journal.events:
        if isinstance(event, Rewarded):
            assert at["reward", event.sample] == 1
        elif isinstance(event, CommandApplied) and isinstance(event.command, Mark):
            assert at["mark: yawn", event.sample] == 1
    assert len([words for words, _ in at if words in ("mark: yawn", "note: sat up")]) == 2
    for gap in recording.gaps:
        assert at["New Segment/", gap.sample] == 1
        assert at[f"gap {gap.missing_s:.6g} s", gap.sample] == 1


def test_another_program_reads_the_table(session):
    """As tables are read everywhere: gzip, tab-separated, n/a."""
    desk, engine = session
    path = desk.recording(engine).session.layout.feedback
    with gzip.open(path, "rt", encoding="utf-8") as file:
        head, *rows = [line.rstrip("\n").split("\t") for line in file]
    assert {len(row) for row in rows} == {len(head)}
    assert head[:3] == ["sample", "time_s", "stage"]
    table = read_feedback(path)
    assert [int(row[0]) for row in rows] == table.columns["sample"].tolist()
    smr = [math.nan if row[3] == "n/a" else float(row[3]) for row in rows]
    np.testing.assert_array_equal(smr, table.columns["feature.smr"])
