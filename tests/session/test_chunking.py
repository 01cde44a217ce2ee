"""Any chunking of the same samples gives the same hops and the same events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfb.model.commands import Command, Mark, NextStage, Pause, Resume, SetTarget, SetThreshold, WaitAfter
from nfb.model.samples import Float32, Gap, GapCause
from nfb.session.session import Output, Session
from nfb.session.setup import make_setup

from .conftest import Lab

N_SAMPLES = 250 * 24


def words(output: Output) -> tuple[list[str], list[str]]:
    """Hops and events as text: exact for floats, and NaN equals NaN."""
    return [repr(hop) for hop in output.hops], [repr(event) for event in output.events]


def eeg_with_trouble(lab: Lab) -> Float32:
    """Noise with a blink, a muscle burst, a pop, a flat second, a rail and a NaN, so that every path is walked."""
    eeg = lab.noise(N_SAMPLES / 250, seed=5)
    t = np.arange(75) / 250
    eeg[0, 3000:3075] += 180 * np.sin(np.pi * t / 0.3) ** 2
    eeg[2, 3600:3700] += 60 * np.random.default_rng(1).standard_normal(100)
    eeg[3, 4000:] += 300
    eeg[2, 4500:4750] = 12.0
    eeg[3, 5000:5010] = np.nan
    eeg[2, 5300:5310] = 1e7
    return eeg


def run(lab: Lab, eeg: Float32, sizes: list[int], inputs: list[tuple[int, Command | Gap]]) -> Output:
    """Feed `eeg` in chunks of `sizes` (repeated), with commands and gaps before the samples they name."""
    session = Session(make_setup(lab.protocol(), lab.device(rail_uv=1e6)))
    joined = Output([], [])

    def take(output: Output) -> None:
        joined.hops.extend(output.hops)
        joined.events.extend(output.events)

    position = turn = 0
    for sample, value in [*inputs, (eeg.shape[1], None)]:
        while position < sample:
            stop = min(sample, position + sizes[turn % len(sizes)])
            take(session.receive(lab.chunk(eeg, position, stop)))
            position, turn = stop, turn + 1
        if isinstance(value, Gap):
            take(session.receive(value))
        elif value is not None:
            session.command(value)
    return joined


commands = st.sampled_from(
    [
        Pause(),
        Resume(),
        NextStage(),
        WaitAfter(baseline=True, rest=True),
        Mark("yawn"),
        SetThreshold(0, 4.5),
        SetThreshold(7, 1.0),
        SetTarget(0, 0.5),
    ]
)
gaps = st.builds(lambda n: (n, n / 250), st.integers(0, 700))


@st.composite
def scripts(draw: st.DrawFn) -> list[tuple[int, Command | Gap]]:
    """Commands at hop borders and gaps anywhere, in order."""
    positions = sorted(draw(st.lists(st.integers(0, N_SAMPLES - 1), max_size=6)))
    script: list[tuple[int, Command | Gap]] = []
    since_gap = 0
    for position in positions:
        if draw(st.booleans()):
            missing, missing_s = draw(gaps)
            script.append((position, Gap(position, missing, missing_s, GapCause.PACKETS_LOST)))
            since_gap = position if missing > 2 or missing == 0 else since_gap
        else:
            at_border = position - (position - since_gap) % 5
            script.append((at_border, draw(commands)))
    return sorted(script, key=lambda entry: entry[0])


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=8), script=scripts())
def test_any_chunking_gives_the_same_hops_and_events(
    sizes: list[int], script: list[tuple[int, Command | Gap]]
) -> None:
    lab = Lab()
    eeg = eeg_with_trouble(lab)
    assert words(run(lab, eeg, sizes, script)) == words(run(lab, eeg, [N_SAMPLES], script))


@pytest.mark.parametrize("n_channels", [1, 2, 8, 33])
def test_hop_by_hop_equals_bulk_for_any_number_of_channels(lab: Lab, n_channels: int) -> None:
    names = (*(f"E{i}" for i in range(n_channels - 1)), "C3")
    protocol = lab.protocol()
    eeg = lab.noise(14, seed=n_channels, n_channels=n_channels)
    outputs = []
    for size in (5, 1, eeg.shape[1]):
        session = Session(make_setup(protocol, lab.device(channel_names=names)))
        outputs.append(words(lab.feed(session, eeg, size)))
    assert outputs[0] == outputs[1] == outputs[2]
    assert len(outputs[0][0]) == eeg.shape[1] // 5


@pytest.mark.parametrize("rate_hz", [125.0, 160.0, 200.0, 256.0, 500.0, 1000.0])
def test_hop_by_hop_equals_bulk_at_any_rate(lab: Lab, rate_hz: float) -> None:
    setup = make_setup(lab.protocol(), lab.device(sampling_rate_hz=rate_hz))
    eeg = lab.noise(14 * rate_hz / 250, seed=3)
    assert words(lab.feed(Session(setup), eeg, setup.hop_samples)) == words(lab.feed(Session(setup), eeg, 10_000))


def test_the_samples_that_went_in_are_untouched(lab: Lab) -> None:
    eeg = eeg_with_trouble(lab)
    before = eeg.copy()
    lab.feed(Session(make_setup(lab.protocol(), lab.device())), eeg, 333)
    np.testing.assert_array_equal(eeg, before)
