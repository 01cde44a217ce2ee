"""What has to be met for a reward: one card a condition, with the fields that its threshold rule has."""

from __future__ import annotations

from typing import get_args

from nfb.files.protocol_defaults import DEFAULT_TARGET
from nfb.files.protocol_draft import Path, ProtocolDraft
from nfb.files.protocol_schema import ThresholdTable
from nfb.ui.editor.cards import Card, CardList, rows_of
from nfb.ui.editor.codecs import ABSENT, NUMBER, PERCENT
from nfb.ui.editor.fields import ChoiceField, Field, LineField
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.widgets.small import IconButton
from nfb.ui.words import capital, feature_name

RULES: tuple[str, ...] = get_args(ThresholdTable.model_fields["rule"].annotation)


def rule_words(rule: str) -> str:
    """A threshold rule in plain words."""
    words = {
        "fixed": tr("fixed value"),
        "baseline_percentile": tr("baseline percentile"),
        "baseline_z": tr("baseline z"),
        "rolling_percentile": tr("rolling percentile (auto)"),
        "staircase": tr("staircase (auto)"),
        "course": tr("personal course target"),
    }
    return words.get(rule, rule.replace("_", " "))


class ConditionsSection(Section):
    """Cards for conditions, and the button that adds one."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self.heading(
            tr("Conditions"),
            tr("All have to be met at once. An automatic rule keeps the score steady and so hides learning."),
        )
        self.add_list(CardList(self._keys, self._card))
        self.add_button = IconButton(tr("Add a condition"), "plus")
        self.add_button.clicked.connect(self._add)
        self.add(self.add_button, None)

    @staticmethod
    def _keys(draft: ProtocolDraft) -> list[tuple[int, str, tuple[str, ...]]]:
        """A card changes its fields with the rule, and its list with the features."""
        n = len(rows_of(draft, "conditions"))
        names = tuple(_features(draft))
        return [(i, str(draft.get(("conditions", i, "threshold", "rule"))), names) for i in range(n)]

    def _add(self) -> None:
        draft = self.bench.draft
        rows = rows_of(draft, "conditions")
        taken = [row.get("feature") for row in rows if isinstance(row, dict)]
        free = [name for name in _features(draft) if name not in taken] or [""]
        condition = {
            "feature": free[0],
            "role": "inhibit" if rows else "reward",
            "direction": "down" if rows else "up",
            "threshold": {
                "rule": "baseline_percentile",
                "target": DEFAULT_TARGET["inhibit" if rows else "reward"],
            },
        }
        self.bench.change(("conditions", len(rows)), condition)

    def _card(self, i: int, draft: ProtocolDraft) -> Card:
        path, change = ("conditions", i), self.bench.change
        names = [(name, capital(feature_name(name))) for name in _features(draft)]
        roles = (("reward", tr("reward")), ("inhibit", tr("inhibit")))
        sides = (("up", tr("▲ above")), ("down", tr("▼ below")))
        rules = [(rule, rule_words(rule)) for rule in RULES]
        remove = IconButton(tr("Remove"), "minus")
        remove.clicked.connect(lambda: change(path, ABSENT))
        rule = ChoiceField((*path, "threshold", "rule"), tr("Threshold from"), self._change_rule, rules, "threshold")
        return Card(
            (
                ChoiceField((*path, "feature"), tr("{n}. Feature", n=i + 1), change, names, "condition"),
                ChoiceField((*path, "role"), tr("Role"), change, roles, "inhibit"),
                ChoiceField((*path, "direction"), tr("Has to be"), change, sides, "threshold"),
            ),
            (rule, *self._values((*path, "threshold"), str(draft.get((*path, "threshold", "rule")))), remove),
        )

    def _values(self, path: Path, rule: str) -> list[Field]:
        change = self.bench.change
        if rule == "fixed":
            return [LineField((*path, "value"), tr("Value"), change, NUMBER, "fixed", "5.0")]
        if rule == "baseline_z":
            return [LineField((*path, "k"), tr("Deviations, k"), change, NUMBER, "baseline z", "0.5")]
        fields: list[Field] = [LineField((*path, "target"), tr("Target, %"), change, PERCENT, "target", "65")]
        if rule == "rolling_percentile":
            fields.append(LineField((*path, "window_s"), tr("Window, s"), change, NUMBER, "rolling percentile", "90"))
        if rule == "staircase":
            fields.append(LineField((*path, "gain"), tr("Gain"), change, NUMBER, "staircase", "0.03"))
        return fields

    def _change_rule(self, path: Path, rule: object) -> None:
        """Another rule has other values: those without a meaning for it go, in one step of undo."""
        threshold = path[:-1]
        old = self.bench.draft.get(threshold)
        table: dict[str, object] = {"rule": rule}
        if rule == "baseline_z":
            table["k"] = 0.5
        elif rule != "fixed" and isinstance(old, dict) and "target" in old:
            table["target"] = old["target"]
        self.bench.change(threshold, table)


def _features(draft: ProtocolDraft) -> list[str]:
    value = draft.get(("features",))
    return list(value) if isinstance(value, dict) else []
