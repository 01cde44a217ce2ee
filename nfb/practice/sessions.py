"""The index of sessions: where each recording lies and the figures that pages and reports need without opening it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, ClassVar

from nfb.practice.fields import JsonObject, Line, Number, Text
from nfb.practice.record import Record

# Keys of `summary` that trends read; shares are 0..1, null where not known.
CLEAN_SHARE = "clean_share"
ABOVE_FIRST_P70 = "above_first_p70"  # of clean time above the first session's fixed 70th percentile
IN_RANGE_SHARE = "in_range_share"

# Keys of `summary` that one visit leaves to the next.
STATE, RUNNING, DONE = "state", "running", "done"
CHOICES = "choices"  # headset, connection, runs, display and sound as chosen
CHECK_IN_NOTE = "check_in_note"
NEXT_PLAN = "next_plan"  # in words
THRESHOLDS = "thresholds"  # one per condition as the session left them, null where none was set
IAF_HZ = "iaf_hz"  # the alpha peak that the baseline showed
IAF_USED_HZ = "iaf_used_hz"  # the one that the bands were placed by, null where they were the protocol's own
IAF_REASON = "iaf_reason"  # why the operator set another one than the session found; empty where nobody did


@dataclass(frozen=True, slots=True)
class SessionEntry(Record):
    """One session.

    Parameters
    ----------
    number
        Of the client's visits, from 1.
    folder
        The recording, relative to the folder of recordings where it lies in it.
    started
        When.
    trained_s, total_s
        Clean training time; the whole visit from the first sample to the last.
    summary
        Figures of the session as JSON.
    """

    kind: ClassVar[str] = "session"

    number: Annotated[int, Number(1, 100_000)]
    folder: Annotated[str, Text(4000, needed=True)]
    started: datetime
    protocol_id: Line = ""
    protocol_version: Annotated[int, Number(0, 100_000)] = 0
    device: Line = ""
    trained_s: Annotated[float, Number(0, 1_000_000)] = 0.0
    total_s: Annotated[float, Number(0, 1_000_000)] = 0.0
    summary: JsonObject = field(default_factory=dict)

    def figure(self, key: str) -> float | None:
        """A number of the summary, or None."""
        value = self.summary.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
