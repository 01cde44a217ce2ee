"""What is measured: a card for each feature, with the fields that its kind has."""

from __future__ import annotations

from typing import get_args

from PySide6.QtWidgets import QLineEdit

from nfb.dsp.estimators import ESTIMATORS
from nfb.files.protocol_defaults import COUPLINGS, default_smoothing_s
from nfb.files.protocol_draft import ProtocolDraft
from nfb.files.protocol_schema import FeatureTable
from nfb.ui.editor.cards import Card, CardList
from nfb.ui.editor.codecs import ABSENT, NAMES, NUMBER, PAIR, TEXT
from nfb.ui.editor.fields import CheckField, ChoiceField, Field, LineField
from nfb.ui.editor.section import Section
from nfb.ui.editor.workbench import Workbench
from nfb.ui.language import tr
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton
from nfb.ui.words import capital, feature_name

KINDS: tuple[str, ...] = get_args(FeatureTable.model_fields["kind"].annotation)
_DERIVED = ("ratio",)  # made of other features, without band or sites of their own


def kind_words(kind: str) -> str:
    """A kind of feature in plain words."""
    words = {
        "amplitude": tr("amplitude, µV"),
        "power": tr("power, µV²"),
        "relative": tr("share of a wider band"),
        "ratio": tr("ratio of two features"),
        "asymmetry": tr("asymmetry"),
        "coherence": tr("coherence"),
        "imaginary_coherence": tr("imaginary coherence"),
        "phase_locking": tr("phase locking"),
    }
    return words.get(kind, kind.replace("_", " "))


class FeaturesSection(Section):
    """Cards for features, and the button that adds one."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self.heading(
            tr("What is measured"),
            tr("A feature is one number, computed some fifty times a second: mean over its sites of a band."),
        )
        self.add_list(CardList(self._keys, self._card))
        self.add_button = IconButton(tr("Add a feature"), "plus")
        self.add_button.clicked.connect(self._add)
        self.add(self.add_button, None)

    @staticmethod
    def _features(draft: ProtocolDraft) -> dict[str, object]:
        value = draft.get(("features",))
        return value if isinstance(value, dict) else {}

    def _keys(self, draft: ProtocolDraft) -> list[tuple[str, str]]:
        """A card changes its fields with the kind."""
        return [(name, str(draft.get(("features", name, "kind")))) for name in self._features(draft)]

    def _add(self) -> None:
        taken = self._features(self.bench.draft)
        name = next(name for name in ("feature", *(f"feature_{n}" for n in range(2, 99))) if name not in taken)
        self.bench.change(("features", name), {"kind": "amplitude", "band_hz": [8, 12]})

    def _card(self, i: int, draft: ProtocolDraft) -> Card:
        name, kind = self._keys(draft)[i]
        path, change = ("features", name), self.bench.change
        remove = IconButton(tr("Remove"), "minus")
        remove.clicked.connect(lambda: change(path, ABSENT))
        kinds = ChoiceField((*path, "kind"), tr("Kind"), self._change_kind, _kinds(), "feature")
        card = Card((_NameField(name, self.bench), kinds, remove))
        for parts in self._rows(name, kind):
            card.add_row(*parts)
        return card

    def _rows(self, name: str, kind: str) -> list[tuple[Field, ...]]:
        path, change = ("features", name), self.bench.change
        usual = f"{default_smoothing_s(kind):g}"
        smoothing = LineField((*path, "smoothing_s"), tr("Smoothing, s"), change, NUMBER, "smoothing", usual)
        if kind in _DERIVED:
            others = [
                (other, capital(feature_name(other))) for other in self._features(self.bench.draft) if other != name
            ]
            top = ChoiceField((*path, "numerator"), tr("This feature …"), change, others, "ratio")
            bottom = ChoiceField((*path, "denominator"), tr("… divided by this one"), change, others, "ratio")
            return [(top, bottom), (smoothing, CheckField((*path, "log"), tr("As a logarithm"), change))]
        band = LineField((*path, "band_hz"), tr("Band, Hz"), change, PAIR, "band", "12–15")
        iaf = LineField(
            (*path, "band_from_iaf_hz"), tr("Or from the alpha peak, Hz"), change, PAIR,
            "individual alpha frequency", "0 to 2",
        )  # fmt: skip
        words, hint = tr("Sites, if not all of them"), ""
        if kind == "asymmetry":
            words, hint = tr("Right sites"), "F4"
        elif kind in COUPLINGS:
            words, hint = tr("The two sites, if there are more"), "F3, F4"
        places = [LineField((*path, "sites"), words, change, NAMES, "site", hint)]
        if kind == "asymmetry":
            places.append(LineField((*path, "left_sites"), tr("Left sites"), change, NAMES, "asymmetry", "F3"))
        if kind == "relative":
            places.append(LineField((*path, "relative_to_hz"), tr("Share in, Hz"), change, PAIR, "relative", "1–45"))
        delay = LineField((*path, "delay_s"), tr("Delay, s"), change, NUMBER, "delay", tr("by the band"))
        estimators = [(key, key) for key in ESTIMATORS]
        estimator = ChoiceField((*path, "estimator"), tr("Estimator"), change, estimators, "estimator", "wiener")
        taps = LineField((*path, "taps_s"), tr("Filter length, s"), change, NUMBER, "filter", "2")
        last: list[Field] = [smoothing]
        if kind not in COUPLINGS:
            last.append(CheckField((*path, "slow"), tr("Slow: power over a second"), change, "smoothing"))
        if kind not in (*COUPLINGS, "asymmetry"):
            last.append(CheckField((*path, "log"), tr("As a logarithm"), change))
        return [(band, iaf), tuple(places), (delay, estimator, taps), tuple(last)]

    def _change_kind(self, path: tuple[str | int, ...], kind: object) -> None:
        """Another kind has other keys: what has no meaning for it goes, in one step of undo."""
        feature = path[:-1]
        old = self.bench.draft.get(feature)
        kept = {"smoothing_s"}
        if kind not in _DERIVED:
            kept |= {"band_hz", "band_from_iaf_hz", "sites", "delay_s", "estimator", "taps_s"}
        if kind not in (*_DERIVED, *COUPLINGS):
            kept |= {"slow"}
        if kind not in (*COUPLINGS, "asymmetry"):
            kept |= {"log"}
        table: dict[str, object] = {"kind": kind}
        if isinstance(old, dict):
            table |= {key: value for key, value in old.items() if key in kept}
        self.bench.change(feature, table)


class _NameField(Field):
    """The feature's name; it changes wherever the feature is named, once the field is left."""

    def __init__(self, name: str, bench: Workbench) -> None:
        super().__init__(("features", name), tr("Name"), bench.change, "feature")
        self.editor = QLineEdit()
        self.editor.editingFinished.connect(lambda: bench.rename_feature(name, str(TEXT.read(self.editor.text()))))
        self._name = name
        self.place(self.editor)

    def show_draft(self, draft: ProtocolDraft) -> None:
        here = [told(found.message) for found in draft.findings if found.path in (self.path, (*self.path, "[key]"))]
        self.problem.say("\n".join(here))
        if not self.editor.hasFocus():
            self.editor.setText(self._name)


def _kinds() -> list[tuple[object, str]]:
    return [(kind, kind_words(kind)) for kind in KINDS]
