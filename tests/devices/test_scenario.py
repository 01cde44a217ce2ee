"""The script of disturbances: what comes when."""

from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.devices.scenario import SCENARIOS, Event, EventKind, event, parse_scenario
from nfb.model.errors import SetupError


def first_hour(name: str, seed: int = 1, **options: bool) -> list[Event]:
    return list(takewhile(lambda e: e.onset_s < 3600, SCENARIOS[name].events(seed, **options)))


@pytest.mark.parametrize(
    ("kind", "duration_s", "amplitude_uv"),
    [
        (EventKind.BLINK, 0.3, 150.0),
        (EventKind.SACCADE, 0.6, 80.0),
        (EventKind.MUSCLE, 0.6, 30.0),
        (EventKind.MOVEMENT, 1.0, 400.0),
        (EventKind.POP, 4.0, 300.0),
    ],
)
def test_events_have_the_sizes_that_hold_times_were_measured_with(
    kind: EventKind, duration_s: float, amplitude_uv: float
) -> None:
    assert event(kind, 7.0) == Event(kind, 7.0, duration_s, amplitude_uv)


def test_quiet_is_empty() -> None:
    assert list(SCENARIOS["quiet"].events(seed=1)) == []


@pytest.mark.parametrize(("name", "per_minute"), [("calm", 3.0), ("typical", 10.0), ("restless", 20.0)])
def test_blinks_come_at_the_stated_rate(name: str, per_minute: float) -> None:
    n_blinks = sum(e.kind is EventKind.BLINK for e in first_hour(name))
    # Counts of a Poisson process spread by their square root; pauses after each blink only narrow it.
    assert n_blinks == pytest.approx(60 * per_minute, abs=4 * (60 * per_minute) ** 0.5)


@given(seed=st.integers(0, 2**63), name=st.sampled_from(sorted(set(SCENARIOS) - {"quiet"})))
@settings(max_examples=40)
def test_events_are_in_order_and_none_overlaps_another_of_its_kind(seed: int, name: str) -> None:
    events = list(islice(SCENARIOS[name].events(seed), 200))
    assert all(a.onset_s <= b.onset_s for a, b in pairwise(events))
    for kind in EventKind:
        assert all(a.stop_s <= b.onset_s for a, b in pairwise(e for e in events if e.kind is kind))


def test_sizes_and_lengths_vary_within_twenty_percent() -> None:
    blinks = [e for e in first_hour("typical") if e.kind is EventKind.BLINK]
    assert 120 <= min(e.amplitude_uv for e in blinks) < 125 < 175 < max(e.amplitude_uv for e in blinks) <= 180
    assert 0.24 <= min(e.duration_s for e in blinks) < max(e.duration_s for e in blinks) <= 0.36


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    assert first_hour("restless", 5) == first_hour("restless", 5)
    assert first_hour("restless", 5) != first_hour("restless", 6)


def test_one_kind_does_not_depend_on_the_others() -> None:
    alone = [e for e in first_hour("typical") if e.kind is EventKind.BLINK]
    assert [e for e in first_hour("drop-outs") if e.kind is EventKind.BLINK] == alone


def test_who_keeps_the_eyes_closed_does_not_blink_by_chance() -> None:
    kinds = {e.kind for e in first_hour("restless", eyes_closed=True)}
    assert kinds == {EventKind.MUSCLE, EventKind.JAW, EventKind.MOVEMENT}
    assert [e.kind for e in parse_scenario("quiet,blink@3").events(1, eyes_closed=True)] == [EventKind.BLINK]


def test_events_at_set_times_join_those_by_chance() -> None:
    scenario = parse_scenario("typical,link-loss@20:3,blink@5,flat/C4@30")
    assert scenario.name == "typical,link-loss@20:3,blink@5,flat/C4@30"
    fixed = [
        Event(EventKind.BLINK, 5.0, 0.3, 150.0),
        Event(EventKind.LINK_LOSS, 20.0, 3.0, 0.0),
        Event(EventKind.FLAT, 30.0, 5.0, 0.0, "C4"),
    ]
    played = list(takewhile(lambda e: e.onset_s < 3600, scenario.events(seed=1)))
    assert [e for e in played if e in fixed] == fixed
    assert [e for e in played if e not in fixed] == first_hour("typical")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("typcal", "scenario = 'typcal': must be one of quiet, calm, typical, .*did you mean 'typical'"),
        ("", "scenario = '': must be one of"),
        ("quiet,blnk@3", "'blnk@3': must be one of blink, .*did you mean 'blink'"),
        ("quiet,blink", "'blink': write it as blink@seconds or blink@seconds:duration"),
        ("quiet,blink@", "'blink@': write it as blink@seconds"),
        ("quiet,blink@-1", "'blink@-1': write it as blink@seconds"),
        ("quiet,blink@nan", "'blink@nan': write it as blink@seconds"),
        ("quiet,blink@3:0", "'blink@3:0': write it as blink@seconds"),
        ("quiet,blink@3:x", "'blink@3:x': write it as blink@seconds"),
        ("quiet,flat/C33@3", "'C33' is no site of the 10-10 system .*did you mean 'C3'"),
    ],
)
def test_a_scenario_that_cannot_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        parse_scenario(text)
