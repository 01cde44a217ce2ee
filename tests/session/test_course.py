"""The course of a session: stages, pauses, gaps, ends, and the reason of every hop."""

import dataclasses

import numpy as np
import pytest

from nfb.model.commands import End, EndReason, NextStage, Pause, PauseCause, Resume
from nfb.model.events import CommandRefused, GapSeen, SessionEnded, StageEnded, StageStarted, StateChanged
from nfb.model.hop import Cause, WhyKind
from nfb.model.protocol import Guards, Stage, StageKind
from nfb.model.samples import Gap, GapCause
from nfb.session.reasons import words
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup
from nfb.session.states import State

from .conftest import Lab


def of_type(output: Output, kind: type) -> list:
    return [event for event in output.events if isinstance(event, kind)]


def joined(*outputs: Output) -> Output:
    return Output([hop for o in outputs for hop in o.hops], [event for o in outputs for event in o.events])


def test_stages_follow_one_another_and_their_lengths_are_valid_time(lab: Lab) -> None:
    stages = (
        Stage(StageKind.BASELINE, "baseline", 8.0),
        Stage(StageKind.RUN, "run-1", 5.0),
        Stage(StageKind.REST, "rest-1", 3.0),
        Stage(StageKind.RUN, "run-2", 5.0),
        Stage(StageKind.TRANSFER, "transfer", 2.0),
    )
    output = lab.feed(Session(make_setup(lab.protocol(stages=stages), lab.device())), lab.noise(40))
    ended = {event.label: event for event in of_type(output, StageEnded)}
    assert [event.label for event in of_type(output, StageStarted)] == [stage.label for stage in stages]
    assert [ended[stage.label].valid_s for stage in stages] == pytest.approx([8.0, 5.0, 3.0, 5.0, 2.0])
    assert of_type(output, SessionEnded)[0].reason is EndReason.COMPLETED
    assert output.hops[-1].sample == ((3 + 8 + 5 + 3 + 5 + 2) * 250) - 1


def test_only_runs_give_feedback_and_reward(lab: Lab) -> None:
    stages = (
        Stage(StageKind.BASELINE, "baseline", 8.0),
        Stage(StageKind.REST, "rest-1", 5.0),
        Stage(StageKind.TRANSFER, "transfer", 5.0),
        Stage(StageKind.RUN, "run-1", 10.0),
    )
    output = lab.feed(Session(make_setup(lab.protocol(stages=stages), lab.device())), lab.noise(40))
    outside = [hop for hop in output.hops if hop.stage != 3]
    assert {hop.feedback for hop in outside} == {0.5}
    assert not any(hop.reward for hop in outside)
    assert any(hop.reward for hop in output.hops if hop.stage == 3)
    assert any(hop.in_range for hop in output.hops if hop.stage == 2)


def test_held_time_does_not_count_towards_a_run(lab: Lab) -> None:
    stages = (Stage(StageKind.BASELINE, "baseline", 8.0), Stage(StageKind.RUN, "run-1", 10.0))
    eeg = lab.noise(40)
    eeg[2, 14 * 250 : 16 * 250] = 7.0
    output = lab.feed(Session(make_setup(lab.protocol(stages=stages), lab.device())), eeg)
    run = next(event for event in of_type(output, StageEnded) if event.label == "run-1")
    assert run.valid_s == pytest.approx(10.0)
    assert run.held_s > 2.0
    assert run.elapsed_s == pytest.approx(run.valid_s + run.held_s)


def test_a_pause_stops_clock_and_feedback_until_it_is_resumed(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(40)
    lab.feed(session, eeg[:, :5000])
    before = session.tally.valid_s
    session.command(Pause())
    paused = session.receive(lab.chunk(eeg, 5000, 7500))
    assert session.state is State.PAUSED
    assert session.tally.valid_s == before
    assert {hop.feedback for hop in paused.hops} == {0.5}
    assert {hop.why.kind for hop in paused.hops} == {WhyKind.PAUSED}
    session.command(Resume())
    session.receive(lab.chunk(eeg, 7500, 8000))
    assert session.state is State.RUNNING
    assert session.tally.valid_s > before


def gap_and_pause(lab: Lab, cause: PauseCause, *more: Pause) -> tuple[Session, Output]:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(60)
    first = lab.feed(session, eeg[:, :5000])
    session.command(Pause(cause))
    for command in more:
        session.command(command)
    gap = session.receive(Gap(5000, 2500, 10.0, GapCause.LINK_LOST))
    rest = [session.receive(lab.chunk(eeg, k, k + 500)) for k in range(5000, 9000, 500)]
    return session, joined(first, gap, *rest)


def test_after_a_lost_link_the_session_goes_on_by_itself_after_five_clean_seconds(lab: Lab) -> None:
    session, output = gap_and_pause(lab, PauseCause.LINK)
    resumed = next(event for event in of_type(output, StateChanged) if event.why == "resumed")
    assert session.state is State.RUNNING
    # two seconds until the filters are full again, then five clean ones
    assert resumed.sample - 5000 == pytest.approx(7.0 * 250, abs=15)
    assert of_type(output, GapSeen)[0].gap.missing_s == 10.0


def test_an_operator_who_pauses_during_a_lost_link_keeps_it_paused(lab: Lab) -> None:
    session, output = gap_and_pause(lab, PauseCause.LINK, Pause())
    assert session.state is State.PAUSED
    assert not of_type(output, CommandRefused)


def test_pausing_twice_is_refused_in_words(lab: Lab) -> None:
    _, output = gap_and_pause(lab, PauseCause.OPERATOR, Pause())
    assert [event.reason for event in of_type(output, CommandRefused)] == ["the session is paused already"]


def test_a_dead_electrode_pauses_a_run_after_ten_seconds(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device(), auto_resume=False))
    eeg = lab.noise(60)
    eeg[2, 20 * 250 :] = 3.0
    output = lab.feed(session, eeg)
    paused = next(event for event in of_type(output, StateChanged) if event.state == "paused")
    assert paused.why == "paused: signal needs attention"
    assert 10.0 <= paused.sample / 250 - 20.0 <= 11.5


def test_a_long_gap_empties_the_filters_and_a_very_short_one_does_not(lab: Lab) -> None:
    eeg = lab.noise(30)

    def held_after(missing: int) -> float:
        session = Session(make_setup(lab.protocol(), lab.device()))
        lab.feed(session, eeg[:, :5000])
        session.receive(Gap(5000, missing, missing / 250, GapCause.PACKETS_LOST))
        hops = session.receive(lab.chunk(eeg, 5000, 7000)).hops
        return 0.02 * next(i for i, hop in enumerate(hops) if hop.cause is Cause.NONE)

    assert held_after(2) == pytest.approx(0.5, abs=0.03)
    assert held_after(30) == pytest.approx(2.0, abs=0.03)


def test_the_next_stage_can_be_called_for(lab: Lab) -> None:
    stages = (Stage(StageKind.CHECK, "check", float("inf")), *lab.protocol().stages)
    session = Session(make_setup(lab.protocol(stages=stages), lab.device()))
    eeg = lab.noise(30)
    lab.feed(session, eeg[:, :2500])
    assert session.stage == 0
    session.command(NextStage())
    output = session.receive(lab.chunk(eeg, 2500, 2600))
    assert [event.label for event in of_type(output, StageStarted)] == ["baseline"]


def test_calling_the_next_stage_ends_a_pause(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(30)
    lab.feed(session, eeg[:, :2500])
    for command in (Pause(), NextStage(), Resume()):
        session.command(command)
    output = session.receive(lab.chunk(eeg, 2500, 2600))
    assert session.state is State.RUNNING
    assert [event.reason for event in of_type(output, CommandRefused)] == ["the session is not paused"]


def test_an_ended_session_takes_no_more(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device()))
    eeg = lab.noise(10)
    lab.feed(session, eeg[:, :1000])
    session.command(End(EndReason.STOPPED))
    output = session.receive(lab.chunk(eeg, 1000, 1010))
    assert of_type(output, SessionEnded)[0].reason is EndReason.STOPPED
    assert session.receive(lab.chunk(eeg, 1010, 1500)) == Output([], [])
    assert session.finish(EndReason.ERROR) == Output([], [])


def test_a_time_limit_ends_the_session_with_its_sample(lab: Lab) -> None:
    session = Session(make_setup(lab.protocol(), lab.device(), time_limit_s=12.0))
    output = lab.feed(session, lab.noise(20))
    assert output.hops[-1].sample == 12 * 250 - 1
    assert of_type(output, SessionEnded)[0].reason is EndReason.TIME_LIMIT


def test_reasons_are_in_plain_words(lab: Lab) -> None:
    setup = make_setup(lab.run_only(guards=Guards()), lab.device())
    t = np.arange(10 * 250) / 250
    quiet = np.tile(8.5 * np.sin(2 * np.pi * 10 * t), (4, 1)).astype(np.float32)
    loud = quiet * 1.5
    low = lab.feed(Session(setup), quiet + lab.noise(10, rms_uv=0.3)).hops[-1]
    session = Session(setup)
    high = lab.feed(session, loud + lab.noise(10, rms_uv=0.3)).hops
    assert words(low, setup).startswith("alpha 1.")
    assert words(low, setup).endswith("µV under its threshold")
    said = {hop.why.kind: words(hop, setup) for hop in high}
    assert said[WhyKind.ARTEFACT] == "filters settling"
    assert said[WhyKind.REWARD] == "reward"
    assert said[WhyKind.DWELL].startswith("dwell 0.")
    assert said[WhyKind.REFRACTORY].startswith("in range; next reward in 0.")
    paused = dataclasses.replace(setup, auto_resume=False)
    assert words(high[-1]._replace(why=high[-1].why._replace(kind=WhyKind.PAUSED)), paused) == "paused"
