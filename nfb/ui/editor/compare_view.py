"""Two protocols side by side, field by field, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from nfb.files.protocol_compare import Path, differences
from nfb.model.protocol import Protocol
from nfb.model.sentence import sentence
from nfb.ui.editor.conditions_section import rule_words
from nfb.ui.editor.features_section import kind_words
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr, tr_n
from nfb.ui.theme import CONTROL_PX
from nfb.ui.widgets.small import Drop, form_label, row
from nfb.ui.words import capital, feature_name

PADDING_PX = 12  # beside a cell's text, and above and below it together


class CompareView(QWidget):
    """This protocol against one that is chosen from a list."""

    def __init__(self) -> None:
        super().__init__()
        self._this: Protocol | None = None
        self._others: list[Protocol] = []
        self.other = Drop()
        self.other.setSizeAdjustPolicy(Drop.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.other.setMinimumContentsLength(28)
        self.other.activated.connect(lambda _: self._show())
        self.summary = FlexLabel("", "secondary")
        self.table = QTableWidget(0, 3)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.setWordWrap(True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setFixedHeight(CONTROL_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(0, 150)
        self._fit_rows = QTimer(self, singleShot=True, interval=0)
        self._fit_rows.timeout.connect(self._share_height)
        header.sectionResized.connect(lambda *_: self._fit_rows.start())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(row(form_label(tr("Compare with")), self.other, None))
        layout.addWidget(self.summary)
        layout.addWidget(self.table, 1)

    def offer(self, others: Sequence[Protocol]) -> None:
        """What it can be compared with."""
        chosen = self.other.currentText()
        self._others = list(others)
        self.other.clear()
        self.other.addItems([_title(one) for one in others])
        self.other.setCurrentIndex(max(0, self.other.findText(chosen)))
        self._show()

    def show_protocol(self, protocol: Protocol | None) -> None:
        """The protocol on the left; None while it cannot be read."""
        self._this = protocol
        self._show()

    def choose(self, other: Protocol) -> None:
        if other in self._others:
            self.other.setCurrentIndex(self._others.index(other))
            self._show()

    def _show(self) -> None:
        at = self.other.currentIndex()
        self.table.setRowCount(0)
        if self._this is None or not 0 <= at < len(self._others):
            self.summary.setText(tr("It can be compared once all its problems are solved."))
            return
        other = self._others[at]
        # The older or other one stands on the right; what is being edited on the left.
        found = differences(self._this, other)
        self.summary.setText(
            tr_n("One value differs.", "{n} values differ.", len(found)) if found else tr("They mean the same.")
        )
        self.table.setHorizontalHeaderLabels([tr("What"), tr("This one"), _title(other)])
        lines = [(_what(one.path), _words(one.path, one.before), _words(one.path, one.after)) for one in found]
        said = sentence(self._this, tr=tr), sentence(other, tr=tr)
        if said[0] != said[1]:
            lines.insert(0, (tr("In one sentence"), *said))
        self.table.setRowCount(len(lines))
        for i, line in enumerate(lines):
            for column, text in enumerate(line):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                self.table.setItem(i, column, item)
        self._fit_rows.start()

    def _share_height(self) -> None:
        """Every row as high as its longest text; Qt's own measure leaves out the style sheet's padding."""
        metrics = self.table.fontMetrics()
        for row_at in range(self.table.rowCount()):
            heights = []
            for column in range(self.table.columnCount()):
                item, width = self.table.item(row_at, column), self.table.columnWidth(column) - 2 * PADDING_PX
                room = QRect(0, 0, width, 100_000)
                text = item.text() if item is not None else ""
                heights.append(metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height())
            self.table.setRowHeight(row_at, max(heights) + PADDING_PX)


def _title(protocol: Protocol) -> str:
    return tr("{name}, version {n}", name=tr(protocol.name), n=protocol.version)


def _what(path: Path) -> str:
    """``features, smr, band_hz`` as ``SMR: band, Hz``."""
    keys = [part for part in path if isinstance(part, str)]
    last = _key_words(keys[-1])
    if keys[0] == "features" and len(keys) > 2:
        return f"{capital(feature_name(keys[1]))}: {last}"
    if keys[0] == "conditions":
        name = capital(feature_name(keys[1]))
        return f"{name}: {last}" if len(keys) > 2 else tr("Condition {name}", name=name)
    number = next((part for part in path if isinstance(part, int)), None)
    counted = f" {number + 1}" if number is not None else ""
    return f"{capital(_key_words(keys[0]))}{counted}: {last}" if len(keys) > 1 else capital(last)


def _key_words(key: str) -> str:
    words = {
        "id": tr("short name"),
        "band_hz": tr("band, Hz"),
        "band_from_iaf_hz": tr("band from the alpha peak, Hz"),
        "relative_to_hz": tr("share in, Hz"),
        "doi": tr("DOI"),
        "k": tr("deviations"),
        "min_sites": tr("least number of sites"),
        "left_sites": tr("left sites"),
    }
    if key in words:
        return words[key]
    bare, unit = key_and_unit(key)
    return f"{tr(bare)}, {tr(unit)}" if unit else tr(bare)


def key_and_unit(key: str) -> tuple[str, str]:
    """``dwell_s`` as ``dwell`` and ``s``; the catalogues know both."""
    for suffix, unit in (("_s", "s"), ("_uv", "µV"), ("_g", "g"), ("_hz", "Hz")):
        if key.endswith(suffix):
            return key.removesuffix(suffix).replace("_", " "), unit
    return key.replace("_", " "), ""


def _words(path: Path, value: object) -> str:
    if value is None:
        return tr("as usual")
    if isinstance(value, bool):
        return tr("yes") if value else tr("off") if path[0] == "guards" else tr("no")
    if path[-1] in ("target", "low", "high", "fall_back") and isinstance(value, float):
        return f"{100 * value:g} %"
    if isinstance(value, list):
        return ("\n" if path[-1] == "cautions" else ", ").join(
            f"{item:g}" if isinstance(item, int | float) else tr(str(item)) for item in value
        )
    if isinstance(value, int | float):
        return f"{value:g}"
    if path[-1] == "rule":
        return rule_words(str(value))
    return kind_words(str(value)) if path[-1] == "kind" else tr(str(value))
