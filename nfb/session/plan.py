"""The stages of a session: shortened to fit a time limit, and with other runs than the protocol's."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from nfb.model.protocol import Eyes, Stage, StageKind

MOST_RUNS = 100
RUN_LIMITS_S = (1.0, 3600.0)
MOST_REST_S = 3600.0
_LEAST_PEAK_S = 60.0

_TRAINING = (StageKind.RUN, StageKind.REST)


def plan_stages(stages: tuple[Stage, ...], time_limit_s: float | None, baseline_s: float | None) -> tuple[Stage, ...]:
    """Shorten stages so that baseline and training both fit into `time_limit_s`.

    A stage for the alpha peak is worth its time only in a session of full length.
    """
    total = sum(stage.duration_s for stage in stages)
    is_short = time_limit_s is not None and time_limit_s < total
    if is_short or (baseline_s is not None and baseline_s < _LEAST_PEAK_S):
        stages = tuple(stage for stage in stages if not stage.for_peak)
    planned = []
    for stage in stages:
        if stage.gives_thresholds and baseline_s == 0:
            continue
        if stage.gives_thresholds:
            length = stage.duration_s if baseline_s is None else baseline_s
            if time_limit_s is not None and baseline_s is None and time_limit_s < total:
                length = min(length, max(5.0, time_limit_s / 3))
            stage = replace(stage, duration_s=length, min_clean_s=min(stage.min_clean_s, 0.6 * length))
        planned.append(stage)
    return tuple(planned)


def stage_kind(label: str, stages: tuple[Stage, ...]) -> StageKind | None:
    """What a stage called `label` was: one of `stages`, or a run or rest that was added to them; None for neither."""
    for stage in stages:
        if stage.label == label:
            return stage.kind
    return next((kind for kind in _TRAINING if label.startswith(f"{kind.value}-")), None)


def plan_runs(
    stages: tuple[Stage, ...],
    runs: int | None = None,
    run_s: float | None = None,
    rest_s: float | None = None,
    n_begun: int = 0,
) -> tuple[Stage, ...]:
    """The same stages with another number and length of runs and of the rests between them.

    Parameters
    ----------
    stages
        Of the session. Neighbouring runs and rests are one block; each block gets `runs` runs.
    runs, run_s, rest_s
        None leaves the number or length as it is; a `rest_s` of 0 leaves the rests out.
    n_begun
        So many stages have begun and stay as they are, and so do blocks that are over.
    """
    if runs is None and run_s is None and rest_s is None:
        return stages
    planned: list[Stage] = []
    for begin, block in _blocks(stages):
        if _trains(block) and begin + len(block) >= n_begun:
            n_before = sum(stage.kind is StageKind.RUN for stage in planned)
            planned += _block(block, runs, run_s, rest_s, max(0, n_begun - begin), n_before)
        else:
            planned += block
    return tuple(planned)


def training_parts(stages: tuple[Stage, ...]) -> int:
    """Blocks that get the planned runs each: parts of the session with conditions or a baseline of their own."""
    return sum(_trains(block) for _, block in _blocks(stages))


def own_runs(stages: tuple[Stage, ...]) -> tuple[int, float, float]:
    """Runs of each part, seconds of a run and of a break between two, as `stages` have them; 0 runs where none is."""
    runs = [stage for stage in stages if stage.kind is StageKind.RUN]
    if not runs:
        return 0, 0.0, 0.0
    rest_s = next((stage.duration_s for stage in stages if stage.kind is StageKind.REST), 0.0)
    return len(runs) // training_parts(stages), runs[0].duration_s, rest_s


def runs_begun(stages: tuple[Stage, ...], n_begun: int) -> int | None:
    """Runs among the first `n_begun` stages of the block under way, or the next one; None after the last."""
    for begin, block in _blocks(stages):
        if _trains(block) and begin + len(block) >= n_begun:
            return sum(stage.kind is StageKind.RUN for stage in block[: max(0, n_begun - begin)])
    return None


def _blocks(stages: tuple[Stage, ...]) -> Iterator[tuple[int, tuple[Stage, ...]]]:
    """Neighbouring runs and rests with the same conditions, and what is between, each with its first position."""
    begin = 0
    for _, group in groupby(stages, key=lambda stage: (stage.kind in _TRAINING, stage.conditions)):
        block = tuple(group)
        yield begin, block
        begin += len(block)


def _trains(block: tuple[Stage, ...]) -> bool:
    return any(stage.kind is StageKind.RUN for stage in block)


def _block(
    block: tuple[Stage, ...], runs: int | None, run_s: float | None, rest_s: float | None, n_kept: int, n_before: int
) -> Iterator[Stage]:
    """One block planned anew: `n_kept` of its stages stay, and `n_before` runs came before it."""
    run = next(stage for stage in reversed(block) if stage.kind is StageKind.RUN)
    if run_s is not None:
        run = replace(run, duration_s=run_s)
    first_run = next(i for i, stage in enumerate(block) if stage.kind is StageKind.RUN)
    rests = [stage for stage in block[first_run:] if stage.kind is StageKind.REST]
    rest = rests[-1] if rests else Stage(StageKind.REST, "", 0.0, Eyes.OPEN)
    if rest_s is not None:
        rest = replace(rest, duration_s=rest_s)
    kept = block[: max(n_kept, first_run)]
    yield from kept
    n_done = sum(stage.kind is StageKind.RUN for stage in kept)
    rested = bool(kept) and kept[-1].kind is StageKind.REST
    n_runs = sum(stage.kind is StageKind.RUN for stage in block) if runs is None else runs
    for number in range(n_done + 1, n_runs + 1):
        if number > 1 and not rested and rest.duration_s > 0:
            yield replace(rest, label=f"rest-{n_before + number - 1}")
        rested = False
        yield replace(run, label=f"run-{n_before + number}")
