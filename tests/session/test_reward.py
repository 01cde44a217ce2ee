"""Dwell, refractory time and fall-back, to the hop."""

import numpy as np

from nfb.model.hop import WhyKind
from nfb.model.protocol import Reward
from nfb.session.reward import RewardRule

HOP_S = 0.02


def reward_times(rule: Reward, in_range: np.ndarray, fallen_back: np.ndarray | None = None) -> list[int]:
    counter = RewardRule(rule, HOP_S)
    back = ~in_range if fallen_back is None else fallen_back
    times = []
    for hop, (inside, fell) in enumerate(zip(in_range.tolist(), back.tolist(), strict=True)):
        why = counter.step(inside, fell)
        if why is not None and why.kind is WhyKind.REWARD:
            times.append(hop)
    return times


def test_a_reward_comes_with_the_hop_that_completes_the_dwell() -> None:
    in_range = np.zeros(100, dtype=bool)
    in_range[10:40] = True
    assert reward_times(Reward(dwell_s=0.5, refractory_s=0.0), in_range) == [10 + 25 - 1]


def test_one_hop_less_than_the_dwell_earns_nothing() -> None:
    in_range = np.zeros(100, dtype=bool)
    in_range[10:34] = True
    assert reward_times(Reward(dwell_s=0.5, refractory_s=0.0), in_range) == []


def test_constant_success_is_rewarded_every_refractory_time_plus_dwell() -> None:
    times = reward_times(Reward(dwell_s=0.2, refractory_s=1.0), np.ones(400, dtype=bool))
    assert times[0] == 9
    assert set(np.diff(times).tolist()) == {50 + 10}


def test_a_break_of_one_hop_starts_the_dwell_anew() -> None:
    in_range = np.ones(60, dtype=bool)
    in_range[20] = False
    assert reward_times(Reward(dwell_s=0.5, refractory_s=10.0), in_range) == [21 + 25 - 1]


def test_with_must_fall_back_a_success_that_never_ends_is_rewarded_once() -> None:
    rule = Reward(dwell_s=0.1, refractory_s=0.2, must_fall_back=True)
    assert reward_times(rule, np.ones(300, dtype=bool)) == [4]


def test_with_must_fall_back_the_next_reward_waits_for_the_fall() -> None:
    in_range = np.ones(300, dtype=bool)
    in_range[100:105] = False
    fallen = np.zeros(300, dtype=bool)
    fallen[102] = True
    rule = Reward(dwell_s=0.1, refractory_s=0.2, must_fall_back=True)
    assert reward_times(rule, in_range, fallen) == [4, 105 + 4]


def test_a_hold_starts_the_dwell_anew_and_lets_the_refractory_time_run() -> None:
    counter = RewardRule(Reward(dwell_s=0.1, refractory_s=0.2), HOP_S)
    kinds = [counter.step(True, False) for _ in range(4)]
    assert [why.kind for why in kinds if why] == [WhyKind.DWELL] * 4
    counter.hold()
    kinds = [counter.step(True, False) for _ in range(5)]
    assert [why.kind for why in kinds if why] == [WhyKind.DWELL] * 4 + [WhyKind.REWARD]
    for _ in range(10):
        counter.hold()
    after = counter.step(True, False)
    assert after is not None
    assert after.kind is WhyKind.DWELL
