"""The state table: every state, every input."""

import pytest

from nfb.model.errors import IllegalCommandError
from nfb.session.states import TABLE, Input, State, after

ENDED = (State.ENDED, State.ABORTED)
LIVE = tuple(state for state in State if state not in ENDED)


@pytest.mark.parametrize("state", ENDED)
@pytest.mark.parametrize("move", Input)
def test_nothing_is_legal_after_the_end(state: State, move: Input) -> None:
    assert move not in TABLE[state]
    with pytest.raises(IllegalCommandError, match=f"{move.name.lower()} has no meaning"):
        after(state, move)


@pytest.mark.parametrize("state", LIVE)
def test_every_live_state_can_be_ended_and_takes_every_hop(state: State) -> None:
    assert TABLE[state][Input.END] is State.ENDED
    assert TABLE[state][Input.ABORT] is State.ABORTED
    for move in (Input.UNSETTLED_HOP, Input.CLEAN_HOP, Input.ARTEFACT_HOP):
        assert TABLE[state][move] in LIVE


@pytest.mark.parametrize("state", (State.READY, State.SETTLING, State.RUNNING, State.HELD))
def test_hops_decide_the_state_while_not_paused(state: State) -> None:
    assert TABLE[state][Input.UNSETTLED_HOP] is State.SETTLING
    assert TABLE[state][Input.CLEAN_HOP] is State.RUNNING
    assert TABLE[state][Input.ARTEFACT_HOP] is State.HELD
    assert TABLE[state][Input.PAUSE] is State.PAUSED
    assert Input.RESUME not in TABLE[state]


def test_a_pause_outlasts_every_hop_until_resumed_or_the_next_stage() -> None:
    for move in (Input.UNSETTLED_HOP, Input.CLEAN_HOP, Input.ARTEFACT_HOP):
        assert TABLE[State.PAUSED][move] is State.PAUSED
    assert Input.PAUSE not in TABLE[State.PAUSED]
    assert TABLE[State.PAUSED][Input.RESUME] is State.SETTLING
    assert TABLE[State.PAUSED][Input.NEXT_STAGE] is State.SETTLING


@pytest.mark.parametrize("state", LIVE)
def test_legal_input_leads_where_the_table_says(state: State) -> None:
    for move, expected in TABLE[state].items():
        assert after(state, move) is expected
