"""What a person does in the editor, as real events: press, type, paste, choose."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from nfb.files.protocol_draft import Path
from nfb.files.protocol_tables import Data, protocol_data
from nfb.model.protocol import Protocol
from nfb.ui.editor.codecs import LIMIT, LINES, NAMES, NUMBER, PAIR, PERCENT, REPLACE
from nfb.ui.editor.conditions_section import ConditionsSection
from nfb.ui.editor.features_section import FeaturesSection
from nfb.ui.editor.fields import CheckField, ChoiceField, Field
from nfb.ui.editor.page import EditorPage
from nfb.ui.editor.sites_section import SitesSection


class Hands:
    """Works on an editor page that is shown."""

    def __init__(self, qtbot: QtBot, page: EditorPage) -> None:
        self.qtbot, self.page = qtbot, page

    def open_part(self, row: int) -> None:
        """Press a name in the list at the left."""
        tabs = self.page.tabs
        at = tabs.visualItemRect(tabs.item(row)).center()
        self.qtbot.mouseClick(tabs.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert self.page.stack.currentIndex() == row

    def press(self, button: QAbstractButton) -> None:
        assert button.isEnabled()
        at = QPoint(8, button.height() // 2)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)

    def press_named(self, words: str, nth: int = 0) -> None:
        """Press the button in the part in front that says `words`."""
        buttons = [b for b in self.page.stack.currentWidget().findChildren(QAbstractButton) if b.text() == words]
        self.press([button for button in buttons if button.isVisible()][nth])

    def field(self, path: Path) -> Field:
        """The field in front that shows a key path."""
        QApplication.processEvents()  # a new card is shown by the next event
        found = [f for s in self.page.sections.values() for f in s.all_fields() if f.path == path and f.isVisible()]
        assert found, path
        return found[0]

    def fill(self, path: Path, text: str) -> None:
        """Type a line; long texts, and letters that are on no keyboard, are pasted."""
        editor = self.field(path).focusProxy()
        editor.setFocus()
        self.qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        if isinstance(editor, QPlainTextEdit) or len(text) > 40 or not text.isascii():
            QApplication.clipboard().setText(text)
            self.qtbot.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        elif text:
            self.qtbot.keyClicks(editor, text)
        else:
            self.qtbot.keyClick(editor, Qt.Key.Key_Delete)
        if isinstance(editor, QLineEdit):
            self.qtbot.keyClick(editor, Qt.Key.Key_Return)

    def choose(self, path: Path, value: object) -> None:
        """Go through a list with the arrow keys."""
        field = self.field(path)
        assert isinstance(field, ChoiceField)
        combo: QComboBox = field.editor
        values = [combo.itemData(i) for i in range(combo.count())]
        combo.setFocus()
        for _ in values:
            distance = values.index(value) - combo.currentIndex()
            if distance == 0:
                return
            self.qtbot.keyClick(combo, Qt.Key.Key_Down if distance > 0 else Qt.Key.Key_Up)
            combo = self.field(path).focusProxy()  # the card may have been built anew
        assert combo.currentData() == value

    def tick(self, path: Path, on: bool) -> None:
        field = self.field(path)
        assert isinstance(field, CheckField)
        if field.editor.isChecked() != on:
            self.press(field.editor)

    # a whole protocol ---------------------------------------------------------------------------------------------

    def build(self, protocol: Protocol) -> None:
        """Say all of a protocol, part after part."""
        data = protocol_data(protocol)
        self._about(data)
        self._sites(data["montage"])
        self._features(data["features"])
        self._conditions(data["conditions"])
        self._reward(data)
        self._session(data)
        self._evidence(data["evidence"])

    def _about(self, data: Data) -> None:
        self.open_part(0)
        self.fill(("name",), data["name"])
        self.fill(("id",), f"my-{data['id']}")
        self.fill(("purpose",), data["purpose"])
        self.fill(("cautions",), LINES.show(data["cautions"]))
        for key, text in data["course"].items():
            self.fill(("course", key), text)

    def _sites(self, montage: Data) -> None:
        self.open_part(1)
        section = self.page.sections["sites"]
        assert isinstance(section, SitesSection)
        for site in montage["sites"]:
            at = section.map.centre_of(site).toPoint()
            self.qtbot.mouseClick(section.map, Qt.MouseButton.LeftButton, pos=at)
        if "min_sites" in montage:
            self.fill(("montage", "min_sites"), str(montage["min_sites"]))
        if montage["reference"] != "device":
            self.choose(("montage", "reference"), montage["reference"])
        for i, fallback in enumerate(montage.get("fallbacks", [])):
            path = ("montage", "fallbacks", i)
            self.press_named("Add stand-ins")
            self.fill((*path, "replace"), REPLACE.show(fallback["replace"]))
            if "reference" in fallback:
                self.fill((*path, "reference"), NAMES.show(fallback["reference"]))
            self.fill((*path, "note"), fallback.get("note", ""))
            self.tick((*path, "adapted"), fallback.get("adapted", True))

    def _features(self, features: dict[str, Data]) -> None:
        self.open_part(2)
        section = self.page.sections["features"]
        assert isinstance(section, FeaturesSection)
        for name, feature in features.items():
            self.press(section.add_button)
            self.fill(("features", "feature"), name)
            path = ("features", name)
            self.choose((*path, "kind"), feature["kind"])
            codecs = {"band_hz": PAIR, "band_from_iaf_hz": PAIR, "relative_to_hz": PAIR, "sites": NAMES,
                      "left_sites": NAMES}  # fmt: skip
            for key, value in feature.items():
                if key in ("numerator", "denominator", "estimator"):
                    self.choose((*path, key), value)
                elif key in ("log", "slow"):
                    self.tick((*path, key), value)
                elif key != "kind":
                    self.fill((*path, key), codecs.get(key, NUMBER).show(value).replace("–", "-"))

    def _conditions(self, conditions: list[Data]) -> None:
        self.open_part(3)
        section = self.page.sections["conditions"]
        assert isinstance(section, ConditionsSection)
        for i, condition in enumerate(conditions):
            self.press(section.add_button)
            for key in ("feature", "role", "direction"):
                self.choose(("conditions", i, key), condition[key])
            threshold = ("conditions", i, "threshold")
            self.choose((*threshold, "rule"), condition["threshold"]["rule"])
            for key, value in condition["threshold"].items():
                if key != "rule":
                    self.fill((*threshold, key), (PERCENT if key == "target" else NUMBER).show(value))

    def _reward(self, data: Data) -> None:
        self.open_part(4)
        for table, percents in (("reward", ("fall_back",)), ("guards", ()), ("recalibrate", ("low", "high"))):
            if table == "recalibrate" and data.get(table):
                self.tick((table,), True)
            for key, value in data.get(table, {}).items():
                if key in ("must_fall_back", "drowsiness"):
                    self.tick((table, key), value)
                else:
                    codec = PERCENT if key in percents else LIMIT if table == "guards" else NUMBER
                    self.fill((table, key), codec.show(value))

    def _session(self, data: Data) -> None:
        self.open_part(5)
        for key, value in data["stages"].items():
            if key == "eyes":
                self.choose(("stages", key), value)
            elif key == "conditions":
                self.fill(("stages", key), NAMES.show(value))
            else:
                self.fill(("stages", key), NUMBER.show(value))
        self.choose(("feedback", "mode"), data["feedback"]["mode"])
        self.tick(("feedback", "chime"), data["feedback"]["chime"])
        self.fill(("feedback", "instruction"), data["feedback"].get("instruction", ""))

    def _evidence(self, evidence: Data) -> None:
        self.open_part(6)
        for key in ("level", "summary", "limits"):
            self.fill(("evidence", key), evidence[key])
        for i, reference in enumerate(evidence.get("references", [])):
            self.press_named("Add a reference")
            for key, value in reference.items():
                self.fill(("evidence", "references", i, key), value)
