"""Fields of the editor's forms: each shows one key path of the draft, writes to it, and shows what is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nfb.files.protocol_draft import Path, ProtocolDraft
from nfb.ui.editor.codecs import ABSENT, TEXT, Codec
from nfb.ui.help import glossary_tip
from nfb.ui.told import told
from nfb.ui.widgets.problem import Problem
from nfb.ui.widgets.small import Drop, label
from nfb.ui.words import capital

Changed = Callable[[Path, object], None]


class Field(QWidget):
    """A label, a widget and the problem below it, for one key path.

    Parameters
    ----------
    path
        Where the value stands in the file.
    words
        The label; empty for none.
    changed
        Called with the path and the new value (:data:`~nfb.ui.editor.codecs.ABSENT`: leave the key out).
    term
        Word of the glossary whose help shows on hover.
    """

    def __init__(self, path: Path, words: str, changed: Changed, term: str = "") -> None:
        super().__init__()
        self.path = path
        self._changed = changed
        self.words = words
        self.problem = Problem()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        if words:
            self._label = label(words, "secondary")
            self._layout.addWidget(self._label)
        if term:
            self.setToolTip(glossary_tip(term))

    def place(self, editor: QWidget) -> None:
        """Put the widget that is typed into below the label."""
        self._layout.addWidget(editor)
        self._layout.addWidget(self.problem)
        editor.setAccessibleName(self.words)
        self.setFocusProxy(editor)

    def show_draft(self, draft: ProtocolDraft) -> None:
        """The draft's value, and the findings at this path or below it."""
        self.show_value(draft.get(self.path))
        n = len(self.path)
        self.problem.say("\n".join(told(found.message) for found in draft.findings if found.path[:n] == self.path))

    def show_value(self, value: object) -> None:
        raise NotImplementedError

    def holds_focus(self) -> bool:
        """Whether the keyboard is in it."""
        focused = self.focusProxy()
        return focused is not None and focused.hasFocus()


class LineField(Field):
    """One line of text, a number, a list of sites …: what it is, its codec says."""

    def __init__(
        self, path: Path, words: str, changed: Changed, codec: Codec = TEXT, term: str = "", hint: str = ""
    ) -> None:
        super().__init__(path, words, changed, term)
        self._codec = codec
        self.editor = QLineEdit(placeholderText=hint)
        self.editor.textEdited.connect(lambda text: self._changed(self.path, codec.read(text)))
        self.place(self.editor)

    def show_value(self, value: object) -> None:
        # What is being typed stays as it is typed as long as it means what the draft says.
        typed = self._codec.read(self.editor.text())
        if typed != (ABSENT if value is None else value) or not self.editor.hasFocus():
            shown = self._codec.show(value)
            if shown != self.editor.text():
                self.editor.setText(shown)
                if not self.editor.hasFocus():
                    self.editor.setCursorPosition(0)  # its beginning says more than its end


class ProseField(Field):
    """Several lines of text."""

    def __init__(
        self, path: Path, words: str, changed: Changed, codec: Codec = TEXT, term: str = "", rows: int = 4
    ) -> None:
        super().__init__(path, words, changed, term)
        self._codec = codec
        self.editor = QPlainTextEdit(tabChangesFocus=True)
        self.editor.setFixedHeight(20 * rows + 16)
        self.editor.textChanged.connect(self._typed)
        self._showing = False
        self.place(self.editor)

    def _typed(self) -> None:
        if not self._showing:
            self._changed(self.path, self._codec.read(self.editor.toPlainText()))

    def show_value(self, value: object) -> None:
        typed = self._codec.read(self.editor.toPlainText())
        wanted = value.strip() if isinstance(value, str) else ABSENT if value is None else value
        if typed != wanted:
            self._showing = True
            self.editor.setPlainText(self._codec.show(wanted if wanted is not ABSENT else None))
            self._showing = False


class ChoiceField(Field):
    """One of several values, each with its words; `default` is what a file means that leaves the key out."""

    def __init__(
        self,
        path: Path,
        words: str,
        changed: Changed,
        choices: Iterable[tuple[object, str]],
        term: str = "",
        default: object = None,
    ) -> None:
        super().__init__(path, words, changed, term)
        self._default = default
        self.editor = Drop()
        self.editor.setSizeAdjustPolicy(Drop.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.editor.setMinimumContentsLength(6)
        self.editor.activated.connect(self._chosen)
        self.offer(choices)
        self.place(self.editor)

    def offer(self, choices: Iterable[tuple[object, str]]) -> None:
        """Change what can be chosen."""
        choices = list(choices)
        present = [(self.editor.itemData(i), self.editor.itemText(i)) for i in range(self.editor.count())]
        if [(value, capital(words)) for value, words in choices] != present:
            self.editor.clear()
            for value, words in choices:
                self.editor.addItem(capital(words), value)

    def _chosen(self, index: int) -> None:
        self._changed(self.path, self.editor.itemData(index))

    def show_value(self, value: object) -> None:
        values = [self.editor.itemData(i) for i in range(self.editor.count())]
        wanted = self._default if value is None else value
        self.editor.setCurrentIndex(values.index(wanted) if wanted in values else -1)


class CheckField(Field):
    """Yes or no; `default` is what a file means that leaves the key out, and then the key is left out."""

    def __init__(self, path: Path, words: str, changed: Changed, term: str = "", *, default: bool = False) -> None:
        super().__init__(path, "", changed, term)
        self._default = default
        self.words = words
        self.editor = QCheckBox(words)
        # Level with the fields beside it, whose labels stand above them.
        self._layout.setContentsMargins(0, 20, 0, 0)
        self.editor.clicked.connect(lambda on: self._changed(self.path, ABSENT if on == default else on))
        self.place(self.editor)

    def show_value(self, value: object) -> None:
        self.editor.setChecked(value if isinstance(value, bool) else self._default)


def fit_words_into(rows: QListWidget) -> None:
    """Let a list break its lines instead of cutting them off."""
    rows.setWordWrap(True)
    rows.setTextElideMode(Qt.TextElideMode.ElideNone)
    rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    rows.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
    rows.setResizeMode(QListWidget.ResizeMode.Adjust)


class OneLine(QLabel):
    """A line that gives way to its neighbours and ends in an ellipsis where there is no room."""

    def minimumSizeHint(self) -> QSize:
        return QSize(60, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class FlexLabel(QLabel):
    """A wrapped text that never asks for more width than there is."""

    def __init__(self, text: str = "", kind: str = "") -> None:
        super().__init__(text)
        self.setObjectName(kind)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())
