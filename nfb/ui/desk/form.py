"""A form over the page it was opened from: fields, why they cannot be kept, save, and what another desk wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from nfb.practice.errors import ConflictError, FieldError
from nfb.ui.desk.fields import FormField
from nfb.ui.desk.keeper import BookKeeper
from nfb.ui.desk.parts import scrolled
from nfb.ui.language import tr
from nfb.ui.theme import CONTROL_PX
from nfb.ui.told import told
from nfb.ui.widgets.problem import Problem
from nfb.ui.widgets.small import IconButton, form_label, label, panel, row

if TYPE_CHECKING:
    from nfb.practice.book import Book
    from nfb.practice.record import AnyStored, Record

WIDEST_PX = 760  # wider lines are harder to follow from a name to its field
_PLACE = re.compile(r"\w+\.(?P<key>\w+)(?= = )")
LONG_LABEL, LONG_LABEL_PX = 32, 400  # characters; a question takes more room than the name of a field

Values = Mapping[str, Any]  # by a field's key, of the type that its field gives
Basis = dict[str, "AnyStored"]  # by kind: what stood in the book when the form was opened
Write = Callable[["Book", Values, Basis], object]


def put(book: Book, code: str, record: Record, basis: Basis) -> object:
    """Write `record` in the place of the one of its kind in the basis, or add it to the client."""
    before = basis.get(record.kind)
    return book.add(code, record) if before is None else book.change(before, record)


class FormPage(QWidget):
    """Signals: `saved` with what was written, `closed` when it is done with either way.

    Parameters
    ----------
    keeper
        Writes.
    title, note
        What is asked for; a remark under it.
    fields
        By key.
    write
        Called in a thread with the book, the fields' values and the basis.
    basis
        Records that the form changes, as they were read. Where another desk changed one meanwhile, both are shown.
    """

    saved = Signal(object)
    closed = Signal()

    def __init__(
        self,
        keeper: BookKeeper,
        title: str,
        fields: Mapping[str, FormField],
        write: Write,
        basis: Basis | None = None,
        *,
        note: str = "",
        save_words: str = "",
        save_icon: str = "check",
    ) -> None:
        super().__init__()
        self.setObjectName("page")
        self._keeper, self._write = keeper, write
        self.fields = fields
        self.basis: Basis = dict(basis or {})
        self.problem = Problem("")
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.setMaximumWidth(WIDEST_PX)
        self.save_button = IconButton(save_words or tr("Save"), save_icon, "primary", tip=tr("Ctrl+Enter"))
        self.save_button.setShortcut("Ctrl+Return")
        self.save_button.clicked.connect(self.save)
        self.cancel_button = IconButton(tr("Cancel"), tip=tr("Esc"))
        self.cancel_button.clicked.connect(self.closed)
        self.theirs_button = IconButton(tr("Keep theirs"))
        self.theirs_button.clicked.connect(self.closed)
        self.mine_button = IconButton(tr("Write mine"))
        self.mine_button.clicked.connect(self._write_mine)
        self._theirs: AnyStored | None = None

        box = QWidget()
        self._form = form = QFormLayout(box)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for field in fields.values():
            field.widget.setAccessibleName(field.label)
            name = form_label(field.label)
            if len(field.label) > LONG_LABEL:
                name.setWordWrap(True)
                name.setFixedWidth(LONG_LABEL_PX)
            else:  # level with the first line of a field of several
                name.setAlignment(Qt.AlignmentFlag.AlignTop)
                name.setContentsMargins(0, (CONTROL_PX - name.fontMetrics().height()) // 2, 0, 0)
            form.addRow(name, field.widget)
        parts: list[QWidget] = [label(note, "secondary", wrap=True)] if note else []
        inside = panel(*parts, box)
        inside.setMaximumWidth(WIDEST_PX)
        buttons = row(self.cancel_button, self.theirs_button, None, self.mine_button, self.save_button)
        buttons.setMaximumWidth(WIDEST_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(label(title, "heading"))
        layout.addWidget(scrolled(inside), 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        self._before = self._raw()
        self._show_conflict(None)

    def begin(self) -> None:
        """Put the cursor into the first field."""
        first = next(iter(self.fields.values()), None)
        (first.widget if first is not None else self.save_button).setFocus()

    def add_under(self, key: str, part: QWidget) -> None:
        """Put what explains a field under it."""
        place = cast("tuple[int, object]", self._form.getWidgetPosition(self.fields[key].widget))
        self._form.insertRow(place[0] + 1, "", part)

    def show_field(self, key: str, shown: bool) -> None:
        """Show a field's row, or leave it out of sight with what stands in it."""
        self._form.setRowVisible(self.fields[key].widget, shown)

    @property
    def touched(self) -> bool:
        """Whether anything was changed."""
        return self._raw() != self._before

    def may_close(self) -> bool:
        """Whether nothing typed is lost by closing; else it says so, and the cursor goes to the button."""
        if not self.touched:
            return True
        self._say(tr("Not saved yet. Save it, or discard what you typed."))
        self.cancel_button.setText(tr("Discard"))
        self.cancel_button.setFocus()
        return False

    def save(self) -> None:
        """Check the fields and write."""
        values = {}
        for key, field in self.fields.items():
            try:
                values[key] = field.value()
            except FieldError as error:
                self._say(told(str(error)))
                field.widget.setFocus()
                return
        self.save_button.setEnabled(False)
        basis = dict(self.basis)
        self._keeper.write(self, lambda book: self._write(book, values, basis), self._written)

    def _written(self, result: object, error: Exception | None) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, ConflictError):
            self._show_conflict(error)
        elif error is not None:
            self._say(self._in_words(told(str(error))))
        else:
            self.saved.emit(result)
            self.closed.emit()

    def _show_conflict(self, error: ConflictError | None) -> None:
        self._theirs = None if error is None else error.theirs
        for button in (self.theirs_button, self.mine_button):
            button.setVisible(error is not None)
        self.mine_button.setVisible(self._theirs is not None)
        self.save_button.setVisible(error is None)
        self.cancel_button.setVisible(error is None)
        if error is None:
            return
        lines = [
            tr("{field}: theirs {theirs}, yours {mine}", field=c.field, theirs=_shown(c.theirs), mine=_shown(c.mine))
            for c in error.fields
        ]
        head = (
            tr("Another desk removed this while the form was open.")
            if error.theirs is None
            else tr("Another desk changed this while the form was open. Nothing was overwritten.")
        )
        self._say("\n".join([head, *lines]))
        self.theirs_button.setFocus()

    def _write_mine(self) -> None:
        if self._theirs is not None:
            self.basis[self._theirs.value.kind] = self._theirs
        self._show_conflict(None)
        self.save()

    def _in_words(self, reason: str) -> str:
        """A reason that begins with a field of the book, with the name that the form has for it."""
        found = _PLACE.match(reason)
        field = self.fields.get(found["key"]) if found is not None else None
        if found is None or field is None:
            return reason
        field.widget.setFocus()
        return f"{field.label}{reason[found.end() :]}"

    def _say(self, text: str) -> None:
        self.problem.say(text)

    def _raw(self) -> list[object]:
        return [field.raw() for field in self.fields.values()]


def _shown(value: object) -> str:
    text = tr("nothing") if value in (None, "") else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
