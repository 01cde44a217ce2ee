"""Whatever a board loses, the counter and the clock say where and how much, and invent nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.devices.catalogue import DEVICES
from nfb.devices.counter import CounterRule, GapFinder, Hole

CYTON = CounterRule(256)
DAISY = CounterRule(256, step=2)
MUSE = CounterRule(2**16, samples_per_number=12)
GANGLION = CounterRule(100, samples_per_number=2)
RULES = {"cyton": (CYTON, 250.0), "daisy": (DAISY, 125.0), "muse": (MUSE, 256.0), "ganglion": (GANGLION, 200.0)}


def numbers_of(rule, samples):
    """Package numbers that a board gives to the samples with these indices."""
    samples = np.asarray(samples)
    return samples // rule.samples_per_number * rule.step % rule.modulo


def found(rule, rate_hz, kept, batch_samples):
    """Feed the samples `kept` (indices of what was sent) in batches at the time the board sent them."""
    finder = GapFinder(rule, rate_hz)
    holes = []
    for start in range(0, len(kept), batch_samples):
        batch = kept[start : start + batch_samples]
        for hole in finder.feed(numbers_of(rule, batch), 100.0 + batch[-1] / rate_hz):
            holes.append((start + hole.at, hole.missing))
    return holes


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("batch_samples", [1, 5, 36])
def test_a_stream_without_loss_has_no_gaps(rule, batch_samples):
    assert found(*RULES[rule], np.arange(3000), batch_samples) == []


@settings(max_examples=150, deadline=None)
@given(
    rule=st.sampled_from(sorted(RULES)),
    cuts=st.lists(st.tuples(st.integers(1, 60), st.integers(1, 9)), min_size=1, max_size=6),
    batch_samples=st.sampled_from([1, 7, 24]),
)
def test_every_loss_of_packages_is_found_where_it_was_made(rule, cuts, batch_samples):
    rule, rate_hz = RULES[rule]
    per = rule.samples_per_number
    kept, expected, sample = [], [], 0
    for n_received, n_lost in cuts:
        kept += range(sample, sample + n_received * per)
        sample += (n_received + n_lost) * per
        expected.append((len(kept), n_lost * per))
    kept += range(sample, sample + 40 * per)
    assert found(rule, rate_hz, np.array(kept), batch_samples) == expected


@pytest.mark.parametrize("lost", [200, 255, 256, 257, 400, 2000])
def test_losses_longer_than_the_counter_are_told_by_the_clock(lost):
    kept = np.r_[0:100, 100 + lost : 300 + lost]
    assert found(CYTON, 250.0, kept, 1) == [(100, lost)]


@pytest.mark.parametrize("late_s", [0.1, 0.3, 0.49])
def test_late_samples_are_not_lost_samples(late_s):
    finder = GapFinder(CYTON, 250.0)
    n_late = round(late_s * 250)
    for k in range(100):
        assert finder.feed(np.array([k]), k / 250) == []
    assert finder.feed(numbers_of(CYTON, np.arange(100, 100 + n_late)), (99 + n_late) / 250) == []
    assert finder.feed(numbers_of(CYTON, [100 + n_late]), (100 + n_late) / 250) == []


def test_part_of_a_package_can_be_missing():
    finder = GapFinder(MUSE, 256.0)
    assert finder.feed(np.repeat([5, 6], 12), 1.0) == []
    assert finder.feed(np.repeat([7, 8], [9, 12]), 1.1) == [Hole(9, 3)]


def test_listening_may_begin_inside_a_package():
    assert GapFinder(MUSE, 256.0).feed(np.repeat([5, 6], [4, 12]), 1.0) == []


def test_without_a_counter_only_silence_counts():
    finder = GapFinder(None, 250.0)
    assert finder.feed(np.zeros(5), 1.0) == []
    assert finder.feed(np.zeros(5), 1.4) == []
    assert finder.feed(np.zeros(5), 2.42) == [Hole(0, 250)]


def test_a_counter_that_contradicts_the_clock_is_given_up():
    # A board declared to count by one that really counts by three: 3 × 250 samples a second cannot be.
    finder = GapFinder(CYTON, 250.0)
    holes = []
    for k in range(2500):
        holes.append(finder.feed(np.array([3 * k % 256]), k / 250))
    assert all(not batch for batch in holes[200:])


def test_one_garbled_number_is_forgiven():
    finder = GapFinder(CYTON, 250.0)
    sent = np.arange(1000)
    numbers = numbers_of(CYTON, sent)
    numbers[500] = 77
    holes = [hole for k in sent for hole in finder.feed(numbers[k : k + 1], k / 250)]
    assert sum(hole.missing for hole in holes) < 256
    assert finder.feed(numbers_of(CYTON, [1002]), 1002 / 250) == [Hole(0, 2)]


def test_a_reset_begins_a_new_stream():
    finder = GapFinder(CYTON, 250.0)
    finder.feed(np.arange(10), 1.0)
    finder.reset()
    assert finder.feed(np.array([200]), 60.0) == []


def test_rules_of_the_catalogue_follow_their_drivers():
    assert DEVICES["cyton"].counter == CYTON
    assert DEVICES["cyton-daisy"].counter == DAISY
    assert DEVICES["muse-2"].counter == MUSE
    assert DEVICES["ganglion"].counter == GANGLION
    # The 19-bit packets of a Ganglion are numbered 100 to 199, the 18-bit ones 0 to 99.
    finder = GapFinder(GANGLION, 200.0)
    numbers = np.repeat([198, 199, 100, 101], 2)
    assert finder.feed(numbers, 1.0) == []
