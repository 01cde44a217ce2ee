"""The session's states and what each input does to them; nothing else."""

from enum import IntEnum

from nfb.model.errors import IllegalCommandError


class State(IntEnum):
    READY = 0  # no sample yet
    SETTLING = 1  # filters fill with samples since the start or the last gap
    RUNNING = 2
    HELD = 3  # artefact or bad contact: no reward, no clock, no learning
    PAUSED = 4  # operator, link or contact
    ENDED = 5
    ABORTED = 6  # interrupted by an error


class Input(IntEnum):
    UNSETTLED_HOP = 0
    CLEAN_HOP = 1
    ARTEFACT_HOP = 2
    PAUSE = 3
    RESUME = 4
    NEXT_STAGE = 5
    END = 6
    ABORT = 7


_HOPS = {
    Input.UNSETTLED_HOP: State.SETTLING,
    Input.CLEAN_HOP: State.RUNNING,
    Input.ARTEFACT_HOP: State.HELD,
}
_ENDS = {Input.END: State.ENDED, Input.ABORT: State.ABORTED}

TABLE: dict[State, dict[Input, State]] = {
    State.READY: {**_HOPS, Input.PAUSE: State.PAUSED, Input.NEXT_STAGE: State.READY, **_ENDS},
    State.SETTLING: {**_HOPS, Input.PAUSE: State.PAUSED, Input.NEXT_STAGE: State.SETTLING, **_ENDS},
    State.RUNNING: {**_HOPS, Input.PAUSE: State.PAUSED, Input.NEXT_STAGE: State.RUNNING, **_ENDS},
    State.HELD: {**_HOPS, Input.PAUSE: State.PAUSED, Input.NEXT_STAGE: State.HELD, **_ENDS},
    State.PAUSED: {
        Input.UNSETTLED_HOP: State.PAUSED,
        Input.CLEAN_HOP: State.PAUSED,
        Input.ARTEFACT_HOP: State.PAUSED,
        Input.RESUME: State.SETTLING,
        Input.NEXT_STAGE: State.SETTLING,
        **_ENDS,
    },
    State.ENDED: {},
    State.ABORTED: {},
}

# The same as a grid, which a hop reads faster; None where the input is illegal.
NEXT: list[list[State | None]] = [[TABLE[state].get(move) for move in Input] for state in State]


def after(state: State, move: Input) -> State:
    """The state that `move` leads to.

    Raises
    ------
    IllegalCommandError
        The input has no meaning in this state; nothing was changed.
    """
    state_after = NEXT[state][move]
    if state_after is None:
        raise IllegalCommandError(f"{move.name.lower()} has no meaning while the session is {state.name.lower()}")
    return state_after
