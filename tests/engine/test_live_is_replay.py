"""What was decided live comes out again, to the last bit, whatever happened in the session."""

import math
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nfb.engine.launch import replay_engine
from nfb.engine.replaying import feed, recorded_inputs
from nfb.files.feedback_reader import read_feedback
from nfb.files.feedback_table import FeedbackWriter
from nfb.model.commands import (
    End,
    EndReason,
    Mark,
    NextStage,
    Note,
    Pause,
    PauseCause,
    Resume,
    SetTarget,
    SetThreshold,
    WaitAfter,
)
from nfb.model.events import CommandApplied, CommandRefused, GapSeen, SessionEnded, StageStarted
from nfb.session.session import Session

COMMANDS = st.one_of(
    st.builds(Pause, st.sampled_from(PauseCause)),
    st.just(Resume()),
    st.just(NextStage()),
    st.builds(WaitAfter, st.booleans(), st.booleans()),
    st.builds(Mark, st.text(max_size=8)),
    st.builds(Note, st.just("µ 'quoted', \ttabbed\nand broken")),
    st.builds(SetThreshold, st.integers(-1, 3), st.floats(allow_nan=True)),
    st.builds(SetTarget, st.integers(0, 3), st.floats(-0.5, 1.5)),
)
N_HOPS = 900  # of an 18 s session

# Everything that can interrupt a stream, once each and close together.
TROUBLE = "typical,lost-packets@3:0.008,lost-packets@6:0.1,stall@8:1.3,link-loss@11:4,lost-packets@15.2:0.004"


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    script=st.dictionaries(st.integers(0, N_HOPS), st.lists(COMMANDS, min_size=1, max_size=3), max_size=12),
    end_at=st.one_of(st.none(), st.integers(N_HOPS // 2, N_HOPS)),
    chunk=st.sampled_from([1, 3, 5, 12, 25, 64]),
    scenario=st.sampled_from(["typical", "bad-electrode", TROUBLE]),
    seed=st.integers(0, 1000),
)
def test_commands_at_any_moment_replay(
    tmp_path_factory, desk_at, assert_replays, script, end_at, chunk, scenario, seed
):
    if end_at is not None:
        script = script | {end_at: [Mark("the end"), End()]}
    desk = desk_at(tmp_path_factory.mktemp("recordings"))
    engine = desk.run(
        params={"scenario": scenario, "chunk": str(chunk)}, script=script, seconds=N_HOPS / 50, seed=seed
    )
    journal = desk.recording(engine).session.journal
    told = [event for event in journal.events if isinstance(event, CommandApplied | CommandRefused)]
    (ended,) = [event for event in journal.events if isinstance(event, SessionEnded)]
    # A lost link pauses by itself; a command that was given in the very last chunk comes too late.
    by_link = repr(Pause(PauseCause.LINK))
    told = [words for event in told if (words := repr(event.command)) != by_link]
    given = [(hop, words) for hop in sorted(script) for each in script[hop] if (words := repr(each)) != by_link]
    assert told == [words for _, words in given][: len(told)]
    assert len(told) >= sum(hop < ended.hop - 2 * chunk / 5 - 2 for hop, _ in given)
    assert_replays(engine.folder, n_hops_at_least=ended.hop)


def test_gaps_stalls_and_a_lost_link_replay_and_the_session_goes_on(desk, assert_replays):
    engine = desk.run(params={"scenario": TROUBLE}, seconds=24)
    recording = desk.recording(engine)
    missing = [gap.missing_samples for gap in recording.gaps]
    assert missing == [2, 25, 325, 1000, 1]
    events = recording.session.journal.events
    assert [event.gap for event in events if isinstance(event, GapSeen)] == list(recording.gaps)
    assert 24 * 250 <= recording.n_samples < 24 * 250 + 10  # to the next border of hop and chunk
    (pause,) = [event for event in events if isinstance(event, CommandApplied)]
    assert pause.command == Pause(PauseCause.LINK)
    assert pause.sample <= recording.gaps[3].sample < pause.sample + 5
    assert engine.summary.end_reason is EndReason.TIME_LIMIT
    assert engine.summary.n_gaps == 5
    assert engine.summary.missing_s == pytest.approx(sum(missing) / 250)
    assert_replays(engine.folder, n_hops_at_least=1190)


def test_live_on_the_synthetic_board_with_an_operator_replays(desk, live, assert_replays):
    picks = random.Random(5)
    script = {}
    for command in (Mark("yawn"), SetThreshold(0, 4.5), NextStage(), Pause(), Resume(), SetTarget(0, 0.4), Note("n")):
        script.setdefault(picks.randrange(20, 180), []).append(command)
    engine = live(desk.engine("synthetic", script=script, seconds=None))
    script_is_done = 200
    while (engine.live is None or engine.live.hop.hop < script_is_done) and not engine.join(0.05):
        pass
    engine.send(End())
    assert engine.join(5.0)
    recording = desk.recording(engine)
    assert recording.device.n_channels == 16
    assert len(recording.session.journal.commands) == 8
    assert engine.summary.end_reason is EndReason.STOPPED
    # Packet 255 of the synthetic board's 8-bit counter is followed by packet 0: nothing is lost.
    assert recording.gaps == ()
    assert_replays(engine.folder, n_hops_at_least=script_is_done)


def test_any_chunking_and_the_engine_itself_at_full_speed_give_the_recorded_table(desk, tmp_path):
    script = {100: [Mark("a")], 333: [NextStage()], 500: [Pause()], 520: [Resume()], 601: [SetThreshold(0, 3.0)]}
    engine = desk.run(params={"scenario": TROUBLE, "chunk": "7"}, script=script, seconds=20)
    recording = desk.recording(engine)
    own = recording.session
    recorded = own.feedback
    inputs = recorded_inputs(own.journal.events)
    for chunk_samples in (1, 11, 250, 100_000):
        session = Session(own.setup)
        path = tmp_path / f"{chunk_samples}.tsv.gz"
        with FeedbackWriter(path, own.setup) as writer:
            for output in feed(session, recording, inputs, chunk_samples):
                for event in output.events:
                    writer.note(event)
                writer.write(output.hops)
        again = read_feedback(path)
        assert [line.split("\t")[:-2] for line in again.lines] == [line.split("\t")[:-2] for line in recorded.lines]

    played = replay_engine(engine.folder, None, speed=math.inf)
    played.run()
    assert played.error is None
    hops = played.take_hops()
    np.testing.assert_array_equal([hop.sample for hop in hops], recorded.columns["sample"])
    np.testing.assert_array_equal([hop.feedback for hop in hops], recorded.columns["feedback"])
    np.testing.assert_array_equal([hop.features[0] for hop in hops], recorded.columns["feature.smr"])
    np.testing.assert_array_equal([hop.reward for hop in hops], recorded.columns["reward"])
    assert played.summary.stages == engine.summary.stages
    stages = [event.label for event in played.take_events() if isinstance(event, StageStarted)]
    assert stages == [event.label for event in own.journal.events if isinstance(event, StageStarted)]
