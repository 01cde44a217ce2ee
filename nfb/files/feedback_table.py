"""Writing feedback.tsv.gz: one row per hop, with what was measured, decided and why.

The file is a series of gzip members, each with whole rows, so that one that was cut is readable up to its last whole
member; any gzip reader takes the members for one file. Floats are written with ``repr`` and come back bit for bit.
"""

import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from nfb.files.codec import Json
from nfb.model.events import Event, FilterFitted, StagesPlanned
from nfb.model.hop import CAUSE_WORDS, Cause, HopResult
from nfb.model.protocol import Role, Stage
from nfb.session.reasons import words as reason_words
from nfb.session.setup import Setup
from nfb.session.states import State

Words = Callable[[HopResult, Setup], str]

_LEVEL = 1  # a third larger than level 6 for a quarter of its time


def column_names(setup: Setup) -> tuple[str, ...]:
    """Columns of the table, in order."""
    names = [feature.name for feature in setup.protocol.features]
    return (
        "sample",
        "time_s",
        "stage",
        *(f"feature.{name}" for name in names),
        *(f"threshold.{name}" for name in names),
        "artefact",
        "artefact_cause",
        "artefact_channel",
        "feedback",
        "in_range",
        "reward",
        "delay_s",
        "state",
        "valid_s",
        "why",
        "arrived_s",
        "decided_s",
    )


def _labels(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    """By number; -1, for none, is the last one."""
    return (*(stage.label for stage in stages), "n/a")


class RowFormatter:
    """Turns hops into rows.

    Parameters
    ----------
    setup
        The session that makes the hops.
    words
        Says in words why a hop did or did not earn a reward.
    """

    def __init__(self, setup: Setup, words: Words = reason_words) -> None:
        self._setup = setup
        self._words = words
        self._rate = setup.device.sampling_rate_hz
        self._labels = _labels(setup.stages)
        # [-1], for no channel, is the last one.
        self._channels = (*setup.device.channel_names, "n/a")
        # Tuples, not dicts: hashing an enum member costs as much as the rest of a row's words together.
        self._causes = tuple(CAUSE_WORDS[Cause(i)] or "n/a" for i in range(len(Cause)))
        self._states = tuple(State(i).name.lower() for i in range(len(State)))
        rewarded = {condition.feature for condition in setup.protocol.conditions if condition.role is Role.REWARD}
        self._reward_features = tuple(
            i for i, feature in enumerate(setup.protocol.features) if feature.name in rewarded
        )
        self._delays: list[tuple[int, str]] = [(-1, "n/a")]  # from which hop on, delay
        self._thresholds: tuple[float, ...] = ()
        self._threshold_text = ""

    def note(self, event: Event) -> None:
        """Told every event before the hops that follow it: filters that are designed anew change the delay."""
        if isinstance(event, StagesPlanned):
            self._labels = _labels(event.stages)
        elif isinstance(event, FilterFitted):
            delay_s = max((event.delays_s[i] for i in self._reward_features), default=float("nan"))
            self._delays.append((event.hop, _number(delay_s)))

    def row(self, hop: HopResult, times: str = "n/a\tn/a\n") -> str:
        """The line of one hop; `times` ends it with arrival and decision, or ``n/a`` in a replay."""
        (
            number,
            sample,
            stage,
            state,
            features,
            thresholds,
            artefact,
            cause,
            channel,
            feedback,
            reward,
            in_range,
            valid_s,
            _,
        ) = hop
        if thresholds is not self._thresholds:  # the same tuple comes for thousands of hops
            self._thresholds = thresholds
            self._threshold_text = "\t".join([_number(value) for value in thresholds])
        delays = self._delays
        while len(delays) > 1 and number >= delays[1][0]:
            del delays[0]
        measured = "\t".join([_number(value) for value in features])
        return (
            f"{sample}\t{sample / self._rate!r}\t{self._labels[stage]}\t{measured}\t{self._threshold_text}\t"
            f"{'1' if artefact else '0'}\t{self._causes[cause]}\t{self._channels[channel]}\t{_number(feedback)}\t"
            f"{'1' if in_range else '0'}\t{'1' if reward else '0'}\t{delays[0][1]}\t{self._states[state]}\t"
            f"{_number(valid_s)}\t{self._words(hop, self._setup)}\t{times}"
        )

    def head(self) -> str:
        return "\t".join(column_names(self._setup)) + "\n"


def _number(value: float) -> str:
    # float() first: NumPy's own scalars print as np.float64(…)
    return repr(float(value)) if value == value else "n/a"


def live_times(arrived_s: float, decided_s: float) -> str:
    """End of a row that was made live: host's monotonic clock at arrival of its newest chunk and at the decision."""
    return f"{_number(arrived_s)}\t{_number(decided_s)}\n"


def member(text: str) -> bytes:
    """One gzip member. It holds no time of day, so equal rows give equal bytes."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)
    return compressor.compress(text.encode(errors="replace")) + compressor.flush()


class FeedbackWriter:
    """Writes the table of a replay; a live session's is written by :class:`~nfb.files.recorder.Recorder`.

    Parameters
    ----------
    path
        Replaced if it exists.
    """

    def __init__(self, path: Path, setup: Setup, words: Words = reason_words, rows_per_member: int = 5000) -> None:
        self._formatter = RowFormatter(setup, words)
        self._rows_per_member = rows_per_member
        self._rows = [self._formatter.head()]
        self._file: BinaryIO = path.open("wb")

    def note(self, event: Event) -> None:
        """Told every event before the hops that follow it."""
        self._formatter.note(event)

    def write(self, hops: Iterable[HopResult]) -> None:
        row = self._formatter.row
        self._rows.extend([row(hop) for hop in hops])
        if len(self._rows) >= self._rows_per_member:
            self._flush()

    def close(self) -> None:
        if not self._file.closed:
            self._flush()
            self._file.close()

    def _flush(self) -> None:
        if self._rows:
            self._file.write(member("".join(self._rows)))
            self._rows.clear()

    def __enter__(self) -> "FeedbackWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def column_descriptions(setup: Setup) -> dict[str, Json]:
    """What the columns mean: the content of feedback.json."""
    described: dict[str, Json] = {
        "sample": {"Description": "Index of the newest sample of the hop, from 0; a position in the .eeg file"},
        "time_s": {"Description": "sample ÷ sampling rate; gaps take no time", "Units": "s"},
        "stage": {"Description": "Label of the session's stage"},
        "artefact": {"Description": "1: the hop earns no reward and does not count as clean time"},
        "artefact_cause": {"Description": "Why it is held"},
        "artefact_channel": {"Description": "Channel on which that was seen"},
        "feedback": {"Description": "What the client was shown: 0..1, 0.5 is neutral"},
        "in_range": {"Description": "1: all conditions are met and the hop is not held"},
        "reward": {"Description": "1: a discrete reward was given at this hop"},
        "delay_s": {"Description": "Declared delay of the slowest rewarded feature", "Units": "s"},
        "state": {"Description": "State of the session"},
        "valid_s": {"Description": "Clean time of the stage so far", "Units": "s"},
        "why": {"Description": "Why there was or was no reward"},
        "arrived_s": {"Description": "Monotonic clock of the computer when the samples arrived", "Units": "s"},
        "decided_s": {"Description": "The same clock when the hop was decided", "Units": "s"},
    }
    for feature in setup.protocol.features:
        described[f"feature.{feature.name}"] = {"Description": f"{feature.kind.value}", "Units": feature.unit}
        described[f"threshold.{feature.name}"] = {"Description": "Its threshold at this hop", "Units": feature.unit}
    return {name: described[name] for name in column_names(setup)}
