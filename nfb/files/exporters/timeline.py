"""When samples were taken, gaps counted, and what is noted beside them: the same for every format.

Times are whole nanoseconds since the first sample, so that they can be written as exact decimal numbers.
"""

from bisect import bisect_right
from typing import NamedTuple

from nfb.files.finish import noted
from nfb.files.recording import Recording

NS = 1_000_000_000

# What an event's kind becomes in front of its text; a reward's number is left out, because readers average events
# by their text.
_TEXTS = {
    "stage": "stage {}",
    "hold": "hold: {}",
    "pause": "pause: {}",
    "reward": "reward",
    "threshold": "threshold {}",
    "mark": "mark: {}",
    "note": "note: {}",
}


class Segment(NamedTuple):
    """Samples `start` to `stop` (exclusive) without a gap between them; `onset_ns` is the time of the first."""

    start: int
    stop: int
    onset_ns: int


class Timed(NamedTuple):
    """Something noted: `sample` is where it belongs, `duration_ns` is None for a moment."""

    onset_ns: int
    duration_ns: int | None
    text: str
    sample: int


class Timeline:
    """The time of each sample of a recording.

    Attributes
    ----------
    segments
        What lies between gaps, oldest first; at least one.
    rate_hz
        Its sampling rate.
    """

    def __init__(self, recording: Recording) -> None:
        self.rate_hz = recording.sampling_rate_hz
        self._n_samples = recording.n_samples
        segments = []
        start, onset_ns = 0, 0
        for gap in recording.gaps:
            # Before the first and after the last sample nothing is missing between two samples.
            if 0 < gap.sample < recording.n_samples and gap.missing_s > 0:
                if gap.sample > start:
                    segments.append(Segment(start, gap.sample, onset_ns))
                    onset_ns += self._length_ns(gap.sample - start)
                    start = gap.sample
                onset_ns += round(gap.missing_s * NS)
        segments.append(Segment(start, recording.n_samples, onset_ns))
        self.segments: tuple[Segment, ...] = tuple(segments)
        self._starts = [segment.start for segment in segments]

    def at_ns(self, sample: int) -> int:
        """Time of a sample; of the end for the one that would follow the last."""
        start, _, onset_ns = self.segments[bisect_right(self._starts, sample) - 1]
        return onset_ns + self._length_ns(sample - start)

    def after_ns(self, sample: int) -> int:
        """Time at which `sample` is over."""
        return self.at_ns(sample) + self._length_ns(1)

    @property
    def end_ns(self) -> int:
        return self.at_ns(self._n_samples)

    def _length_ns(self, n_samples: int) -> int:
        return round(n_samples * NS / self.rate_hz)


def notes_of(recording: Recording, timeline: Timeline) -> list[Timed]:
    """Stages, holds, rewards, marks and gaps of an own recording, or the annotations of a foreign one, by time."""
    notes = []
    n_samples = recording.n_samples
    for gap in recording.gaps:
        if 0 < gap.sample < n_samples:
            onset_ns = timeline.after_ns(gap.sample - 1)
            missing_ns = round(gap.missing_s * NS) or None
            notes.append(Timed(onset_ns, missing_ns, f"gap: {gap.cause.value}", gap.sample - 1))
    if recording.session is None:
        for sample, duration_s, text in recording.annotations:
            if sample < n_samples:
                notes.append(Timed(timeline.at_ns(sample), round(duration_s * NS) or None, text, sample))
    else:
        for event in noted(recording.session.journal.events, n_samples):
            if event.sample < n_samples:
                onset_ns = timeline.at_ns(event.sample)
                stop = min(event.sample + event.n_samples, n_samples)
                duration_ns = timeline.at_ns(stop) - onset_ns if event.n_samples else None
                text = _TEXTS[event.kind].format(event.value).strip()
                notes.append(Timed(onset_ns, duration_ns, text, event.sample))
    return sorted(notes, key=lambda note: note.onset_ns)
