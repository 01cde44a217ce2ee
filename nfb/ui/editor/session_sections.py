"""When a reward is given, what holds it, and how a session goes."""

from __future__ import annotations

from typing import get_args

from nfb.files.protocol_draft import Path, ProtocolDraft
from nfb.files.protocol_schema import FeedbackTable
from nfb.ui.editor.codecs import ABSENT, LIMIT, NUMBER, OPTIONAL_TEXT, PERCENT
from nfb.ui.editor.fields import CheckField, ChoiceField, Field, LineField, ProseField
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr


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
        LineField(("reward", "fall_back"), tr("by so many % of the threshold"), change, PERCENT, "fall back", "5"),
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
    section.add(_Recalibrates(bench))
    section.add(
        LineField(("recalibrate", "low"), tr("Below, %"), change, PERCENT, "recalibration", "40"),
        LineField(("recalibrate", "high"), tr("Above, %"), change, PERCENT, "recalibration", "90"),
        LineField(("recalibrate", "after_s"), tr("Not before, clean s"), change, NUMBER, "recalibration", "180"),
        LineField(("recalibrate", "from_s"), tr("From the last, clean s"), change, NUMBER, "recalibration", "90"),
    )
    return section


class _Recalibrates(CheckField):
    """Whether the table of the guard band is there at all."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(("recalibrate",), tr("Recalibrate once"), self._set, "recalibration")
        self._bench = bench
        self._layout.setContentsMargins(0, 0, 0, 0)  # nothing stands beside it

    def _set(self, path: Path, value: object) -> None:
        wanted = {"after_s": 180, "low": 0.4, "high": 0.9, "from_s": 90}
        self._bench.change(path, ABSENT if value is ABSENT else wanted)

    def show_value(self, value: object) -> None:
        super().show_value(value is not None)

    def show_draft(self, draft: ProtocolDraft) -> None:
        self.show_value(draft.get(self.path))
        self.problem.say("\n".join(found.message for found in draft.findings if found.path == self.path))


def stages_section(bench: Workbench) -> Section:
    """Baseline, runs, rests, transfer; what the client sees and is told."""
    section = Section(bench)
    change = bench.change
    section.heading(tr("Session"), tr("Clocks of baseline and runs count clean time; holds stop them."))
    eyes = (("open", tr("open")), ("closed", tr("closed")))
    section.add(
        ChoiceField(("stages", "eyes"), tr("Eyes"), change, eyes, "baseline", "open"),
        LineField(("stages", "baseline_s"), tr("Baseline, s"), change, NUMBER, "baseline", "120"),
        LineField(
            ("stages", "min_clean_s"), tr("of it clean at least, s"), change, NUMBER, "clean", tr("60 or half")
        ),
    )
    section.add(
        LineField(("stages", "runs"), tr("Runs"), change, NUMBER, "run", "5"),
        LineField(("stages", "run_s"), tr("Length of a run, s"), change, NUMBER, "run", "180"),
        LineField(("stages", "rest_s"), tr("Rest between runs, s"), change, NUMBER, "rest", "30"),
        LineField(("stages", "transfer_s"), tr("Transfer run, s"), change, NUMBER, "transfer", "0"),
    )
    section.heading(tr("Feedback"))
    modes = [(mode, mode) for mode in get_args(FeedbackTable.model_fields["mode"].annotation)]
    section.add(
        ChoiceField(("feedback", "mode"), tr("Picture"), change, modes, "feedback", "bar"),
        CheckField(("feedback", "chime"), tr("Chime at a reward"), change, "chime", default=True),
    )
    section.add(ProseField(("feedback", "instruction"), tr("What the client is told"), change, OPTIONAL_TEXT, rows=3))
    return section
