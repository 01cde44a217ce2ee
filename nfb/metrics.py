"""Learning metrics for scripts and notebooks: numbers with 95 % intervals from recordings' feedback tables.

>>> from nfb import metrics, open_recording
>>> recordings = [open_recording(f"recordings/sub-A031/ses-{n:03d}") for n in (1, 2, 3, 4)]  # doctest: +SKIP
>>> sessions = [metrics.session_of(recording) for recording in recordings]                  # doctest: +SKIP
>>> metrics.within_session(sessions[0]).slope.percent()                                     # doctest: +SKIP
>>> metrics.course(sessions).learning                                                       # doctest: +SKIP
"""

from nfb.report.blocks import Block, Measure, SessionBlocks, session_blocks, session_of
from nfb.report.metrics import (
    AgainstBaseline,
    BlockStats,
    Bouts,
    Course,
    Learning,
    RewardRate,
    Trend,
    WithinSession,
    against_baseline,
    block_stats,
    bouts,
    course,
    guard_covariation,
    reward_rate,
    session_mean,
    success,
    success_limit,
    sustained,
    transfer,
    within_session,
)
from nfb.report.stats import Estimate

__all__ = [
    "AgainstBaseline",
    "Block",
    "BlockStats",
    "Bouts",
    "Course",
    "Estimate",
    "Learning",
    "Measure",
    "RewardRate",
    "SessionBlocks",
    "Trend",
    "WithinSession",
    "against_baseline",
    "block_stats",
    "bouts",
    "course",
    "guard_covariation",
    "reward_rate",
    "session_blocks",
    "session_mean",
    "session_of",
    "success",
    "success_limit",
    "sustained",
    "transfer",
    "within_session",
]
