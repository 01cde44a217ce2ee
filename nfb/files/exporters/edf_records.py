"""How a recording is cut into data records of equal length, as EDF asks for, when its gaps lie anywhere."""

from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from nfb.files.exporters.edf_text import seconds_text
from nfb.files.exporters.timeline import NS, Segment

_SECONDS_CHARS = 8
_MAX_RECORD_S = 60
_MIN_RECORD_S = 0.1


@dataclass(frozen=True, slots=True)
class RecordLength:
    """Length of all data records.

    Parameters
    ----------
    n_samples
        Samples of each signal in a record.
    duration_ns
        Its length; as text it has at most eight characters, as the header asks for.
    exact
        Whether ``n_samples / duration`` is the sampling rate itself.
    """

    n_samples: int
    duration_ns: int
    exact: bool

    @property
    def text(self) -> str:
        return seconds_text(self.duration_ns)


@dataclass(frozen=True, slots=True)
class Run:
    """Data records that follow each other without a hole.

    Parameters
    ----------
    start, stop
        Samples that are in them.
    onset_ns
        Time of the first.
    n_records
        How many there are; the last is filled up where the samples do not suffice.
    """

    start: int
    stop: int
    onset_ns: int
    n_records: int


@dataclass(frozen=True, slots=True)
class Filling:
    """Values that were not measured: `n_samples` repeat `after_sample`."""

    after_sample: int
    n_samples: int


def record_length(segments: tuple[Segment, ...], rate_hz: float) -> RecordLength:
    """Choose the length of data records.

    Notes
    -----
    A record's length in seconds must be a number of eight characters, and rate × length a whole number: at 256 Hz
    the shortest is 4 samples in 0.015625 s, at 254.3 Hz 2543 samples in 10 s. Among the possible ones up to 1 s the
    longest is taken that divides all stretches between gaps, so that no value has to be made up. Without gaps
    records are not made shorter than 0.1 s for that: EDF recommends a whole second.
    """
    step = _shortest(rate_hz)
    if step is None:
        # No length fits the rate (one that was measured, say): a second's worth is the nearest.
        n_samples = max(1, round(rate_hz))
        return RecordLength(n_samples, round(n_samples / rate_hz * 1e6) * 1000, exact=False)
    lengths = [segment.stop - segment.start for segment in segments]
    common = gcd(*lengths)
    longest = max(step, int(rate_hz) // step * step)
    shortest = step if len(segments) > 1 else max(step, int(_MIN_RECORD_S * rate_hz))
    candidates = (n for n in range(longest, shortest - 1, -step) if common % n == 0)
    # Readers divide in floating point; 205 samples in 0.82 s would come back as 250.00000000000003 Hz.
    n_samples = next((n for n in candidates if n / (_exact_ns(n, rate_hz) / NS) == rate_hz), 0)
    if not n_samples:
        n_samples = step if len(segments) > 1 else longest
    return RecordLength(n_samples, _exact_ns(n_samples, rate_hz), exact=True)


def _shortest(rate_hz: float) -> int | None:
    """Fewest samples whose duration is written exactly in eight characters."""
    rate = Fraction(repr(rate_hz))
    whole_ns = rate.numerator // gcd(rate.numerator, rate.denominator * NS)
    for n_samples in range(whole_ns, int(_MAX_RECORD_S * rate_hz) + 1, whole_ns):
        if len(seconds_text(_exact_ns(n_samples, rate_hz))) <= _SECONDS_CHARS:
            return n_samples
    return None


def _exact_ns(n_samples: int, rate_hz: float) -> int:
    return int(Fraction(n_samples) / Fraction(repr(rate_hz)) * NS)


def plan(segments: tuple[Segment, ...], length: RecordLength, rate_hz: float) -> tuple[list[Run], list[Filling]]:
    """Lay the stretches between gaps into data records.

    Where a stretch does not fill its last record, the record is filled up, but never with more than what is missing
    before the next stretch: then that begins inside the record, where its time is. So time is true throughout.

    Returns
    -------
    runs, fillings
        `start` and `stop` of a run count samples of the recording; fillings are in order.
    """
    runs: list[Run] = []
    fillings: list[Filling] = []
    first = segments[0]
    run_start, run_onset_ns, filled = first.start, first.onset_ns, 0
    for segment, following in zip(segments, (*segments[1:], None), strict=True):
        n_values = segment.stop - run_start + filled
        room = -n_values % length.n_samples
        if following is not None:
            end_ns = segment.onset_ns + round((segment.stop - segment.start) * NS / rate_hz)
            missing = round((following.onset_ns - end_ns) * rate_hz / NS)
            if missing < room:
                if missing:
                    fillings.append(Filling(segment.stop - 1, missing))
                filled += missing
                continue
        if room:
            fillings.append(Filling(segment.stop - 1, room))
        runs.append(Run(run_start, segment.stop, run_onset_ns, (n_values + room) // length.n_samples))
        if following is not None:
            run_start, run_onset_ns, filled = following.start, following.onset_ns, 0
    return runs, fillings
