"""What is heard, measured sample by sample, under drives that are worse than any brain."""

import math
from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np
import pytest

from nfb.ui.audio.beds import Loops
from nfb.ui.audio.cue import Cue
from nfb.ui.audio.limits import RATE_HZ, Limiter, Slew
from nfb.ui.audio.mixer import Mixer
from nfb.ui.audio.sounds import MUSIC, SOUNDS
from nfb.ui.audio.tokens import CHIMES, bell, chime

BLOCK = 480
MINUS_20_DBFS = 0.1
MINUS_6_DBFS = 0.501
STEP = 0.02
BEDS = [key for key in SOUNDS if key != MUSIC]


def rms_over(wave: np.ndarray, window_s: float) -> float:
    """Loudest RMS of any window of `window_s` on either side."""
    n = round(window_s * RATE_HZ)
    energy = np.cumsum(np.pad(wave.astype(float) ** 2, ((0, 0), (1, 0))), axis=1)
    return math.sqrt(float((energy[:, n:] - energy[:, :-n]).max()) / n)


def assert_within_limits(wave: np.ndarray) -> None:
    assert rms_over(wave, 0.1) <= MINUS_20_DBFS
    assert np.abs(wave).max() <= MINUS_6_DBFS
    assert np.abs(np.diff(wave, axis=1)).max() < STEP


def rendered(mixer: Mixer, seconds: float, before_each: Callable[[float], None] = lambda _: None) -> np.ndarray:
    """``(2, n)`` full scale 1: what goes to the device."""
    blocks = []
    for block in range(round(seconds * RATE_HZ / BLOCK)):
        before_each(block * BLOCK / RATE_HZ)
        blocks.append(mixer.render(BLOCK))
    return np.concatenate(blocks).T / 32768


def square_10_hz(mixer: Mixer) -> Callable[[], Cue]:
    """Full range, ten times a second."""
    return lambda: Cue(float(mixer.n_rendered * 20 // RATE_HZ % 2), True, 0)


@pytest.fixture(scope="module", params=BEDS)
def beds(request: pytest.FixtureRequest) -> tuple:
    return SOUNDS[request.param].make()


def test_every_sound_under_a_square_drive_reward_bursts_and_muting(beds: tuple) -> None:
    mixer = Mixer()
    mixer.play(*beds)
    mixer.cue = square_10_hz(mixer)
    tokens = cycle([*(chime(key) for key in CHIMES), bell(True), bell(False)])

    def drive(time_s: float) -> None:
        if round(time_s * 100) % 10 == 0:  # seven times as often as a session may
            mixer.sound(next(tokens))
        mixer.muted = 1.8 <= time_s < 2.1 or 2.6 <= time_s < 2.62

    assert_within_limits(rendered(mixer, 3.0, drive))


def test_changing_from_sound_to_sound_never_clicks(beds: tuple) -> None:
    class Sine:
        """As loud as a bed can be, at a place where a cut is a click."""

        def read(self, n: int) -> tuple[np.ndarray, np.ndarray]:
            wave = np.full((2, n), 0.05, np.float32)
            return wave, wave

    mixer = Mixer()
    mixer.cue = lambda: Cue(1.0, True, 0)
    others = iter(cycle([(Sine(),), beds]))

    def drive(time_s: float) -> None:
        if round(time_s * 100) % 70 == 0:
            mixer.play(*next(others))

    assert_within_limits(rendered(mixer, 3.0, drive))


@pytest.mark.parametrize("name", ["square at full scale", "noise at full scale", "impulses", "far over full scale"])
def test_the_last_stage_holds_whatever_comes(name: str) -> None:
    rng = np.random.default_rng(1)
    n = 2 * RATE_HZ
    wave = {
        "square at full scale": np.tile(np.sign(np.sin(2 * np.pi * 440 * np.arange(n) / RATE_HZ)), (2, 1)),
        "noise at full scale": rng.uniform(-1, 1, (2, n)),
        "impulses": (rng.random((2, n)) < 0.0005).astype(float),
        "far over full scale": 30 * rng.standard_normal((2, n)),
    }[name].astype(np.float32)
    limiter = Limiter()
    out = np.concatenate([limiter.step(wave[:, at : at + BLOCK]) for at in range(0, n, BLOCK)], axis=1)
    assert np.abs(out).max() <= MINUS_6_DBFS
    assert np.abs(np.diff(out, axis=1)).max() < STEP
    assert rms_over(out, 0.1) <= MINUS_20_DBFS
    assert np.abs(out).max() > 0.001


def test_what_is_soft_passes_unchanged_five_milliseconds_late() -> None:
    wave = np.tile(0.05 * np.sin(2 * np.pi * 300 * np.arange(9600) / RATE_HZ), (2, 1)).astype(np.float32)
    limiter = Limiter()
    out = np.concatenate([limiter.step(part) for part in np.split(wave, 10, axis=1)], axis=1)
    late = round(0.005 * RATE_HZ) - 1
    np.testing.assert_allclose(out[:, late:], wave[:, :-late], atol=1e-7)


def test_the_limiter_does_not_care_how_its_input_is_cut() -> None:
    wave = np.random.default_rng(2).standard_normal((2, 9600)).astype(np.float32)
    whole = Limiter().step(wave)
    limiter = Limiter()
    cuts = np.split(wave, [1, 7, 300, 301, 5000], axis=1)
    np.testing.assert_allclose(np.concatenate([limiter.step(part) for part in cuts], axis=1), whole, atol=1e-6)


def flat_bed(level: float) -> object:
    class Flat:
        def read(self, n: int) -> tuple[np.ndarray, np.ndarray]:
            return np.full((2, n), level, np.float32), np.full((2, n), level, np.float32)

    return Flat()


def envelope(mixer: Mixer, seconds: float, drive: Callable[[float], None] = lambda _: None) -> np.ndarray:
    return rendered(mixer, seconds, drive)[0]


def test_mute_and_pause_fade_in_a_second() -> None:
    for how in ("mute", "pause"):
        state = {"sounding": True}
        mixer = Mixer()
        mixer.cue = lambda state=state: Cue(1.0, state["sounding"], 0)
        mixer.play(flat_bed(0.05))

        def drive(time_s: float, how: str = how, mixer: Mixer = mixer, state: dict = state) -> None:
            off = 2.0 <= time_s < 4.0
            mixer.muted = off and how == "mute"
            state["sounding"] = not (off and how == "pause")

        wave = envelope(mixer, 6.0, drive)
        at = {second: wave[round(second * RATE_HZ)] for second in (1.9, 2.5, 3.1, 4.5, 5.1)}
        assert math.isclose(at[1.9], 0.05, rel_tol=0.01)
        assert math.isclose(at[2.5], 0.025, rel_tol=0.05)
        assert at[3.1] == 0.0
        assert math.isclose(at[4.5], 0.025, rel_tol=0.05)
        assert math.isclose(at[5.1], 0.05, rel_tol=0.01)


def test_feedback_moves_the_volume_from_its_floor_to_full_in_a_fifth_of_a_second_and_no_faster() -> None:
    mixer = Mixer()
    feedback = {"now": 0.0}
    mixer.cue = lambda: Cue(feedback["now"], True, 0)
    mixer.play(flat_bed(0.05))

    def drive(time_s: float) -> None:
        feedback["now"] = float(time_s >= 3.0)

    wave = envelope(mixer, 4.0, drive)
    floor, full = wave[round(2.9 * RATE_HZ)], wave[round(3.5 * RATE_HZ)]
    assert 0.35 <= floor / full <= 0.40
    half_way = np.flatnonzero(wave[3 * RATE_HZ :] >= (floor + full) / 2)[0] / RATE_HZ
    assert 0.1 <= half_way <= 0.12
    assert wave[round(3.19 * RATE_HZ)] < full


def test_a_hold_is_neutral_within_a_second() -> None:
    mixer = Mixer()
    mixer.play(flat_bed(0.05))
    feedback = {"now": 1.0}
    mixer.cue = lambda: Cue(feedback["now"], True, 0)
    rendered(mixer, 2.0)
    feedback["now"] = 0.5
    rendered(mixer, 0.9)
    neutral = 0.05 * (mixer.floor + (1 - mixer.floor) * 0.5)
    assert math.isclose(envelope(mixer, 0.1)[-1], neutral, rel_tol=0.01)


def test_the_first_block_after_a_decision_is_a_different_one() -> None:
    mixer, still = Mixer(), Mixer()
    for one, after in ((mixer, 1.0), (still, 0.5)):
        one.play(flat_bed(0.05))
        one.cue = lambda: Cue(0.5, True, 7)
        rendered(one, 1.5)
        one.cue = lambda after=after: Cue(after, True, 8)
    assert np.abs(mixer.render(BLOCK).astype(int) - still.render(BLOCK)).max() > 0


def test_every_hop_is_told_once_and_in_order() -> None:
    told: list[int] = []
    hops: Iterator[int] = iter([3, 3, 4, 7, 7, 7, 8])
    mixer = Mixer()
    mixer.cue = lambda: Cue(0.5, True, next(hops))
    mixer.heard = lambda hop, _: told.append(hop)
    rendered(mixer, 0.07)
    assert told == [3, 4, 7, 8]


def test_a_slew_reaches_its_target_and_stays() -> None:
    slew = Slew(0.0, 0.1)
    way = slew.ramp(0.5, RATE_HZ)
    assert np.all(np.diff(way) >= 0)
    assert math.isclose(float(np.diff(way).max()), 1 / 4800, rel_tol=1e-3)
    assert way[2400] == 0.5 == slew.value


def test_loops_meet_at_their_ends() -> None:
    turns = 2 * np.pi * np.arange(4800) / 4800
    bed = Loops([np.sin(5 * turns), np.sin(7 * turns[:4000] * 4800 / 4000)])
    _, wave = bed.read(20_000)
    step = np.abs(np.diff(wave[0]))
    assert step.max() <= 1.05 * step[:3990].max()
