"""The window, the terminal and the files give the same reason in English."""

import math

import pytest
from fakes import FakeLauncher

from nfb.model.hop import Cause, HopResult, Why, WhyKind
from nfb.session.reasons import words
from nfb.ui.why import why_words

REASONS = [
    Why(WhyKind.REWARD),
    Why(WhyKind.DWELL, -1, 0.14),
    Why(WhyKind.REFRACTORY, -1, 0.2),
    Why(WhyKind.FALL_BACK),
    Why(WhyKind.STAGE),
    Why(WhyKind.PAUSED),
    Why(WhyKind.NO_THRESHOLD),
    Why(WhyKind.LIMIT, 0, -1.234),
    Why(WhyKind.LIMIT, 1, 1.234),
    Why(WhyKind.LIMIT, 2, 0.04),
    Why(WhyKind.ARTEFACT, -1, 0.0, Cause.DROPOUT),
    *(Why(WhyKind.ARTEFACT, 0, 0.0, cause) for cause in Cause if cause is not Cause.NONE),
]


def hop(why: Why, stage: int) -> HopResult:
    return HopResult(0, 0, stage, 0, (), (), False, Cause.NONE, -1, 0.5, False, False, math.nan, why)


@pytest.mark.parametrize("stage", [-1, 0, 1, 2, 3])
@pytest.mark.parametrize("why", REASONS, ids=lambda why: f"{why.kind.name}-{why.cause.name}-{why.which}")
def test_a_reason_is_the_same_in_the_window_and_in_the_files(launcher: FakeLauncher, why: Why, stage: int) -> None:
    engine = launcher.demo()
    engine.connect()
    assert why_words(hop(why, stage), engine._ready) == words(hop(why, stage), engine._ready) != ""


def test_every_kind_of_reason_is_tried() -> None:
    assert {why.kind for why in REASONS} == set(WhyKind)
