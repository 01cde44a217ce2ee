"""Thresholds that are kept over a course: shaping by whole sessions, not by seconds (Sherlin 2011)."""

import math

from nfb.model.protocol import Condition, Direction, FeatureKind, Protocol, ThresholdRule

RAISED_FROM = 0.80
RAISED_BY = 0.05


def course_thresholds(
    protocol: Protocol, thresholds: tuple[float, ...], previous_share: float | None
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Thresholds of this visit, and what is to be told of them.

    Parameters
    ----------
    protocol
        What is trained; only conditions with ``rule = "course"`` are raised.
    thresholds
        One per condition as it stood at the last visit; NaN at the first.
    previous_share
        Share in range of the last session, 0..1; None if it is not known.

    Returns
    -------
    tuple
        After a share of 80 % or more the thresholds are 5 % harder, otherwise as they were; one audit line for each
        condition that keeps a threshold of the course.
    """
    new, lines = [], []
    for condition, value in zip(protocol.conditions, thresholds, strict=True):
        if condition.threshold.rule is not ThresholdRule.COURSE or math.isnan(value):
            new.append(value)
            continue
        raised = previous_share is not None and previous_share >= RAISED_FROM
        new.append(_harder(value, condition, protocol) if raised else value)
        kept = f"course target: {condition.feature} kept at {value:.4g} from the last session"
        if raised:
            kept += f", raised to {new[-1]:.4g} because {100 * (previous_share or 0):.0f} % of it was in range"
        lines.append(kept)
    return tuple(new), tuple(lines)


def _harder(value: float, condition: Condition, protocol: Protocol) -> float:
    """5 % more of the feature; on a logarithm, of what it is the logarithm of."""
    feature = protocol.feature(condition.feature)
    share = 1.0 + RAISED_BY if condition.direction is Direction.UP else 1.0 - RAISED_BY
    if feature.log or feature.kind is FeatureKind.ASYMMETRY:
        return value + math.log(share)
    return value * share
