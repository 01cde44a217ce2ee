"""When a reward is given, what holds it, and how a session goes."""

from __future__ import annotations

from typing import get_args

from nfb.files.protocol_draft import Path, ProtocolDraft
from nfb.files.protocol_schema import FeedbackTable
from nfb.ui.editor.cards import Card, CardList, rows_of
from nfb.ui.editor.codecs import ABSENT, LIMIT, NAMES, NUMBER, OPTIONAL_TEXT, PERCENT
from nfb.ui.editor.fields import CheckField, ChoiceField, Field, LineField, ProseField
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.feedback.modes import MODES
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton


def reward_section(bench: Workbench) -> Section:
    """Dwell, refractory time, guards, recalibration."""
    section = Section(bench)
    change = bench.change
    section.heading(
        tr("Reward"), tr("All conditions met without a break for the dwell time; then none for the refractory time.")
    )
    section.add(
        LineField(("reward", "dwell_s"), tr("Dwell, s"), change, NUMBER, "dwell", tr("by the band")),
        LineField(("reward", "refractory_s"), tr("Refractory time, s"), change, NUMBER, "refractory", "1.0"),
    )
    section.add(
        CheckField(("reward", "must_fall_back"), tr("Must fall back before the next"), change, "fall back"),
        LineField(("reward", "fall_back"), tr("By so many % of the threshold"), change, PERCENT, "fall back", "5"),
    )
    section.heading(
        tr("Guards"), tr("While one of these limits is passed, nothing is rewarded. “off” switches it off.")
    )
    guards = (
        ("amplitude_uv", tr("Movement, µV"), "movement", "100"),
        ("gradient_uv", tr("Jump, µV"), "gradient", "50"),
        ("blink_uv", tr("Blink, µV"), "blink", "60"),
        ("muscle_uv", tr("Muscle, µV"), "muscle", "10"),
        ("motion_g", tr("Head movement, g"), "head movement", "0.05"),
    )
    fields: list[Field] = [
        LineField(("guards", key), words, change, LIMIT, term, default) for key, words, term, default in guards
    ]
    fields.append(CheckField(("guards", "drowsiness"), tr("Hold when drowsy"), change, "drowsy"))
    section.add(*fields[:3])
    section.add(*fields[3:])
    section.heading(
        tr("Guard band"), tr("One correction a session, logged, when the share in range leaves these limits.")
    )
    wanted: dict[str, object] = {"after_s": 180, "low": 0.4, "high": 0.9, "from_s": 90}
    section.add(_TableField(("recalibrate",), tr("Recalibrate once"), bench, wanted, "recalibration"))
    section.add(
        LineField(("recalibrate", "low"), tr("Below, %"), change, PERCENT, "recalibration", "40"),
        LineField(("recalibrate", "high"), tr("Above, %"), change, PERCENT, "recalibration", "90"),
        LineField(("recalibrate", "after_s"), tr("Not before, clean s"), change, NUMBER, "recalibration", "180"),
        LineField(("recalibrate", "from_s"), tr("From the last, clean s"), change, NUMBER, "recalibration", "90"),
    )
    return section


class _TableField(CheckField):
    """Whether a table is in the file at all; ticked, it begins with the values `wanted`."""

    def __init__(self, path: Path, words: str, bench: Workbench, wanted: dict[str, object], term: str) -> None:
        super().__init__(path, words, self._set, term)
        self._bench, self._wanted = bench, wanted
        self._layout.setContentsMargins(0, 0, 0, 0)  # nothing stands beside it

    def _set(self, path: Path, value: object) -> None:
        self._bench.change(path, ABSENT if value is ABSENT else self._wanted)

    def show_value(self, value: object) -> None:
        super().show_value(value is not None)

    def show_draft(self, draft: ProtocolDraft) -> None:
        self.show_value(draft.get(self.path))
        self.problem.say("\n".join(told(found.message) for found in draft.findings if found.path == self.path))


def stages_section(bench: Workbench) -> Section:
    """Baseline, runs, rests, further parts, transfer; what the client sees and is told; the crossover."""
    section = Section(bench)
    change = bench.change
    section.heading(tr("Session"), tr("Clocks of baseline and runs count clean time; holds stop them."))
    for parts in _block_rows(bench, ("stages",)):
        section.add(*parts)
    peak = tr("Eyes closed first, for the alpha peak, s")
    section.add(
        LineField(("stages", "peak_s"), peak, change, NUMBER, "alpha peak", "0"),
        LineField(("stages", "transfer_s"), tr("Transfer run at the end, s"), change, NUMBER, "transfer", "0"),
    )

    def card(i: int, _draft: ProtocolDraft) -> Card:
        path: Path = ("stages", "then", i)
        remove = IconButton(tr("Remove"), "minus")
        remove.clicked.connect(lambda: change(path, ABSENT))
        first, second = _block_rows(bench, path)
        return Card(first, second, (None, remove))

    section.add_list(CardList(lambda draft: range(len(rows_of(draft, "stages", "then"))), card))
    add = IconButton(tr("Add a second part"), "plus", tip=tr("Another baseline and more runs, on other conditions"))

    def add_block() -> None:
        n = len(rows_of(bench.draft, "stages", "then"))
        change(("stages", "then", n), {"eyes": "open", "baseline_s": 120, "runs": 3, "run_s": 180})

    add.clicked.connect(add_block)
    section.add(add, None)
    section.heading(tr("Feedback"))
    modes = [
        (mode, MODES[mode].name() if mode in MODES else tr("Calm scene"))
        for mode in get_args(FeedbackTable.model_fields["mode"].annotation)
    ]
    section.add(
        ChoiceField(("feedback", "mode"), tr("Picture"), change, modes, "feedback", "bar"),
        CheckField(("feedback", "chime"), tr("Chime at a reward"), change, "chime", default=True),
    )
    section.add(ProseField(("feedback", "instruction"), tr("What the client is told"), change, OPTIONAL_TEXT, rows=3))
    section.heading(tr("Crossover"), tr("When theta has stood above alpha for so long, it is told, not rewarded."))
    wanted: dict[str, object] = {"theta": "theta", "alpha": "alpha", "by_uv": 1.0, "for_s": 180}
    section.add(_TableField(("crossover",), tr("Tell the crossover"), bench, wanted, "crossover"))
    section.add(
        LineField(("crossover", "theta"), tr("Feature of theta"), change, OPTIONAL_TEXT, "theta", "theta"),
        LineField(("crossover", "alpha"), tr("Feature of alpha"), change, OPTIONAL_TEXT, "alpha", "alpha"),
        LineField(("crossover", "by_uv"), tr("Above by, µV"), change, NUMBER, "crossover", "1"),
        LineField(("crossover", "for_s"), tr("For, clean s"), change, NUMBER, "crossover", "180"),
    )
    return section


def _block_rows(bench: Workbench, path: Path) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The fields of a baseline, and of the runs after it."""
    change = bench.change
    eyes = (("open", tr("open")), ("closed", tr("closed")))
    return (
        (
            ChoiceField((*path, "eyes"), tr("Eyes"), change, eyes, "baseline", "open"),
            LineField((*path, "baseline_s"), tr("Baseline, s"), change, NUMBER, "baseline", "120"),
            LineField((*path, "min_clean_s"), tr("Clean at least, s"), change, NUMBER, "clean", tr("60 or half")),
            LineField((*path, "rest_after_baseline_s"), tr("Rest after it, s"), change, NUMBER, "rest", "0"),
        ),
        (
            LineField((*path, "runs"), tr("Runs"), change, NUMBER, "run", "5"),
            LineField((*path, "run_s"), tr("Length of a run, s"), change, NUMBER, "run", "180"),
            LineField((*path, "rest_s"), tr("Rest between, s"), change, NUMBER, "rest", "30"),
            LineField((*path, "conditions"), tr("Only conditions on"), change, NAMES, "condition", tr("all")),
        ),
    )
