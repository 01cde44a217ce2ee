"""What a report says of one session, read from its recording alone: session.json, journal and feedback table."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from nfb.files.feedback_reader import FeedbackTable
from nfb.files.recording import OwnSession, Recording
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.session_file import moment
from nfb.model.commands import EndReason, Mark
from nfb.model.errors import RecordingError
from nfb.model.events import CommandApplied, ThresholdChanged
from nfb.model.protocol import StageKind
from nfb.model.samples import Float64
from nfb.model.sentence import sentence
from nfb.report.blocks import Block, SessionBlocks, held_rows, session_blocks, spans, trained_condition
from nfb.report.stats import CHUNK_S, Estimate, chunk_means, mean_estimate
from nfb.session.plan import stage_kind
from nfb.session.setup import Setup

STEP_S = 2.0


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the run table.

    Parameters
    ----------
    mean
        Of the trained feature over clean time, in its unit; `n` counts chunks of 5 s.
    in_range
        Share of valid time, 0..1.
    threshold_start, threshold_end
        In force at the first and last hop; NaN where none was.
    changed_by
        Who moved it in this stage: ``operator``, ``rule``.
    """

    label: str
    kind: StageKind
    elapsed_s: float
    valid_s: float
    held_share: float
    mean: Estimate
    in_range: Estimate
    threshold_start: float
    threshold_end: float
    changed_by: tuple[str, ...]
    rewards: int


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The session in steps of 2 s, for plots.

    Parameters
    ----------
    time_min
        ``(n_steps,)`` middle of the step.
    feature, threshold
        ``(n_steps,)`` in the feature's unit; NaN where less than half of the step was clean, or none was set.
    held_min, break_min, gap_min
        Stretches held for artefacts, stretches of rest or pause, moments where samples were lost.
    stages
        Label, kind, first and last minute.
    marks
        Minute and text of the operator's markers.
    """

    time_min: Float64
    feature: Float64
    threshold: Float64
    held_min: tuple[tuple[float, float], ...]
    break_min: tuple[tuple[float, float], ...]
    gap_min: tuple[float, ...]
    stages: tuple[tuple[str, StageKind, float, float], ...]
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class SessionFacts:
    """A recorded session of this program. Build one with :func:`facts_of`."""

    recording: Recording
    own: OwnSession
    table: FeedbackTable

    @property
    def setup(self) -> Setup:
        return self.own.setup

    @property
    def client(self) -> str:
        """The pseudonym; identity never enters a recording."""
        return str(self.own.content.get("client", "n/a"))

    @property
    def session(self) -> str:
        return str(self.own.content.get("session", "n/a"))

    @property
    def started(self) -> datetime | None:
        return self.recording.started_utc

    @property
    def ended(self) -> datetime | None:
        return moment(self.own.content.get("ended_utc"))

    @property
    def end_words(self) -> str:
        """Why it ended, in words."""
        name = self.own.content.get("end_reason")
        return EndReason[name].value if isinstance(name, str) and name in EndReason.__members__ else "not finished"

    @property
    def sentence(self) -> str:
        """What was rewarded, with the headset's own sites."""
        return sentence(self.setup.protocol, self.setup.fit)

    @property
    def software(self) -> dict[str, str]:
        return _words(self.own.content.get("software"))

    @property
    def protocol_sha256(self) -> str:
        return _words(self.own.content.get("protocol")).get("sha256", "n/a")

    @property
    def delays_ms(self) -> dict[str, float]:
        """Declared and measured parts of the loop delay that the session noted, ms."""
        summary = self.own.content.get("summary")
        delay = summary.get("delay") if isinstance(summary, dict) else None
        found = delay if isinstance(delay, dict) else {}
        return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}

    @cached_property
    def blocks(self) -> SessionBlocks:
        return session_blocks(self.setup, self.table)

    @cached_property
    def runs(self) -> tuple[RunRow, ...]:
        """The stages that train, transfer or measure a baseline, in order."""
        held = held_rows(self.table)
        kinds = (StageKind.BASELINE, StageKind.RUN, StageKind.TRANSFER)
        return tuple(self._row(block, held) for block in self.blocks.blocks if block.kind in kinds)

    @property
    def trained_s(self) -> float:
        """Clean time of all runs."""
        return sum(run.valid_s for run in self.blocks.runs)

    @cached_property
    def held_s_by_cause(self) -> dict[str, float]:
        """Seconds held, most first, over the whole session."""
        causes = np.asarray(self.table.columns["artefact_cause"])[held_rows(self.table)]
        return {cause: n * self.setup.hop_s for cause, n in Counter(causes.tolist()).most_common()}

    @property
    def clean_share(self) -> float:
        """Share of baseline, runs and transfer that was clean; NaN where there was none."""
        elapsed = sum(row.elapsed_s for row in self.runs)
        return sum(row.valid_s for row in self.runs) / elapsed if elapsed else math.nan

    @property
    def held_share(self) -> float:
        """Share of the same time that was held for artefacts; filters that settle and pauses are not."""
        elapsed = sum(row.elapsed_s for row in self.runs)
        return sum(row.held_share * row.elapsed_s for row in self.runs) / elapsed if elapsed else math.nan

    @property
    def missing_s(self) -> float:
        """Seconds of lost samples, as far as the device's counter tells."""
        return sum(gap.missing_s for gap in self.recording.gaps)

    @cached_property
    def threshold_changes(self) -> tuple[ThresholdChanged, ...]:
        """Changes after the baseline, of any condition."""
        return tuple(
            event
            for event in self.own.journal.decided_events
            if isinstance(event, ThresholdChanged) and event.by != "baseline"
        )

    @cached_property
    def strip(self) -> Strip:
        """The session in steps, for plots."""
        columns = self.table.columns
        minute = np.asarray(columns["time_s"], dtype=np.float64) / 60
        raw = np.full(self.table.n_rows, np.nan)
        for block in self.blocks.blocks:
            rows = slice(block.first_row, block.first_row + len(block.values))
            raw[rows] = np.exp(block.values) if self.blocks.measure.takes_log else block.values
        threshold = np.asarray(columns[f"threshold.{self.blocks.measure.name}"], dtype=np.float64)
        spanned = [(label, stage_kind(label, self.setup.stages), a, b) for label, a, b in spans(columns["stage"])]
        stages = [(label, kind, a, b) for label, kind, a, b in spanned if kind is not None]
        paused = np.asarray(columns["state"]) == "paused"
        rest = [(a, b) for _, kind, a, b in stages if kind is StageKind.REST]
        breaks = [*rest, *((a, b) for value, a, b in spans(paused) if value == "True")]
        middle, feature, limit, held = self._steps(minute, raw, threshold, [(a, b) for _, _, a, b in stages])

        def span_min(a: int, b: int) -> tuple[float, float]:
            return float(minute[a] - self.setup.hop_s / 60), float(minute[b - 1])

        rate = self.recording.sampling_rate_hz
        marks = [
            (event.sample / rate / 60, event.command.text)
            for event in self.own.journal.decided_events
            if isinstance(event, CommandApplied) and isinstance(event.command, Mark)
        ]
        return Strip(
            time_min=middle,
            feature=feature,
            threshold=limit,
            held_min=tuple(held),
            break_min=tuple(span_min(a, b) for a, b in breaks),
            gap_min=tuple(gap.sample / rate / 60 for gap in self.recording.gaps),
            stages=tuple((label, kind, *span_min(a, b)) for label, kind, a, b in stages),
            marks=tuple(marks),
        )

    def _steps(
        self, minute: Float64, raw: Float64, threshold: Float64, stages: list[tuple[int, int]]
    ) -> tuple[Float64, Float64, Float64, list[tuple[float, float]]]:
        """Means over 2 s that never reach across a border of stages, and the steps that were mostly held."""
        held_hops = held_rows(self.table)
        per_step = max(1, round(STEP_S / self.setup.hop_s))
        middle, feature, limit = [], [], []
        held: list[tuple[float, float]] = []
        for first, stop in stages:
            for a in range(first, stop, per_step):
                b = min(a + per_step, stop)
                known = raw[a:b][np.isfinite(raw[a:b])]
                middle.append(float(minute[a:b].mean()))
                feature.append(float(known.mean()) if len(known) * 2 >= b - a else math.nan)
                limit.append(float(threshold[b - 1]))
                if held_hops[a:b].mean() >= 0.5:
                    begin, end = float(minute[a]), float(minute[b - 1])
                    if held and begin - held[-1][1] < 1.5 * self.setup.hop_s / 60:
                        held[-1] = (held[-1][0], end)
                    else:
                        held.append((begin, end))
        return np.array(middle), np.array(feature), np.array(limit), held

    def _row(self, block: Block, held: np.ndarray) -> RunRow:
        rows = slice(block.first_row, block.first_row + len(block.values))
        chunk = round(CHUNK_S / block.hop_s)
        raw = np.exp(block.values) if self.blocks.measure.takes_log else block.values
        trained = trained_condition(self.setup)
        threshold = np.asarray(self.table.columns[f"threshold.{trained.feature}"], dtype=np.float64)[rows]
        number = self.setup.protocol.conditions.index(trained)
        by = [
            event.by
            for event in self.threshold_changes
            if event.condition == number and rows.start <= event.hop < rows.stop
        ]
        return RunRow(
            label=block.label,
            kind=block.kind,
            elapsed_s=block.elapsed_s,
            valid_s=block.valid_s,
            held_share=float(held[rows].mean()),
            mean=mean_estimate(chunk_means(raw, chunk)),
            in_range=mean_estimate(chunk_means(block.in_range, chunk)),
            threshold_start=float(threshold[0]),
            threshold_end=float(threshold[-1]),
            changed_by=tuple(dict.fromkeys(by)),
            rewards=block.rewards,
        )


def facts_of(recording: Recording) -> SessionFacts:
    """Facts of a session that this program recorded.

    Raises
    ------
    RecordingError
        The recording is of another program, or holds no decisions.
    """
    if recording.session is None:
        raise RecordingError(
            f"{recording.path.name}: was not recorded by this program, so there is no session to report; "
            "`nfb analyse` measures any recording"
        )
    table = recording.session.feedback
    if table.n_rows == 0:
        raise RecordingError(f"{recording.path}: {RECORDING_WORDS['nothing decided']}")
    return SessionFacts(recording, recording.session, table)


def _words(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, dict) else {}
