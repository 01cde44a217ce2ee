"""Home: today's clients as cards, all clients in a table, and what waits to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nfb.ui.desk.parts import Elided, empty_layout
from nfb.ui.desk.table import Table
from nfb.ui.desk.words import effect_words, flag_words, plan_short
from nfb.ui.language import day_words, tr, tr_n
from nfb.ui.told import told
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.empty import Empty
from nfb.ui.widgets.small import IconButton, label, row
from nfb.ui.words import capital

if TYPE_CHECKING:
    from nfb.practice.overview import ClientRow

MOST_CARDS = 3


class Card(QFrame):
    """One client of today: what to know before starting, Start, Open."""

    def __init__(self, shown: ClientRow, when: str, page: HomePage) -> None:
        super().__init__()
        self.setObjectName("panel")
        code = shown.client.value.code
        name = shown.name or code
        title = Elided(f"{when} · {name}" if when else name, "section")
        lines = [plan_short(shown.plan, shown.sessions_done, page.names), *remarks_of(shown)]
        self.start_button = IconButton(tr("Start session"), "play", "primary")
        self.start_button.setAccessibleName(tr("Start session of {client}", client=name))
        self.start_button.clicked.connect(lambda: page.start.emit(code))
        self.start_button.setEnabled(not page.read_only)
        self.open_button = IconButton(tr("Open"))
        self.open_button.setAccessibleName(tr("Open {client}", client=name))
        self.open_button.clicked.connect(lambda: page.open_client.emit(code))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(4)
        layout.addWidget(title)
        for line in lines[:4]:
            layout.addWidget(Elided(line, "secondary"))
        layout.addSpacing(8)
        layout.addStretch(1)
        layout.addWidget(row(self.start_button, self.open_button, None))


class HomePage(QWidget):
    """Signals: `start` and `open_client` ``(code)``, `new_client`, `demo`.

    `names` gives a protocol's name for its id.
    """

    start = Signal(str)
    open_client = Signal(str)
    new_client = Signal()
    demo = Signal()

    def __init__(self, names: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.names = names
        self.rows: tuple[ClientRow, ...] = ()
        self.read_only = False
        self._shown: list[ClientRow] = []
        self.cards: list[Card] = []
        self.day = ElidedLabel("", "heading", least_px=120)
        self.search = QLineEdit(placeholderText=tr("Search (Ctrl+K)"), clearButtonEnabled=True)
        self.search.setAccessibleName(tr("Search clients by name or code"))
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(260)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._open_first)
        self.try_button = IconButton(tr("Try it: synthetic headset"), "play")
        self.try_button.clicked.connect(self.demo)
        self.new_button = IconButton(tr("New client"), "plus")
        self.new_button.clicked.connect(self.new_client)
        self.status = label("", "secondary", wrap=True)
        self.heading = ElidedLabel("", "section")
        self._cards = QHBoxLayout()
        self._cards.setSpacing(12)
        self.table = Table(tr("All clients"))
        self.table.chosen.connect(lambda at: self.open_client.emit(self._shown[at].client.value.code))
        self._table_heading = label(tr("All clients"), "section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        self._empty = self._make_empty()
        clear = IconButton(tr("Clear the search"), "undo")
        clear.clicked.connect(self.search.clear)
        self._no_match = Empty("search", "", clear)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.day)
        head.addStretch(1)
        head.addWidget(self.search, 4)
        head.addWidget(self.try_button)
        head.addWidget(self.new_button)
        layout.addLayout(head)
        layout.addWidget(self.status)
        layout.addWidget(self.heading)
        layout.addLayout(self._cards)
        layout.addWidget(self._table_heading)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._no_match, 1)
        layout.addWidget(self._empty, 1)
        layout.addStretch(0)
        find = QShortcut(QKeySequence("Ctrl+K"), self)
        find.activated.connect(self._find)

    def _make_empty(self) -> Empty:
        self.first_button = IconButton(tr("Add your first client"), "plus", "primary")
        self.first_button.clicked.connect(self.new_client)
        self.first_demo = IconButton(tr("Try it: synthetic headset"), "play")
        self.first_demo.clicked.connect(self.demo)
        words = tr(
            "No clients yet. Try it with the synthetic headset, or add your first client. "
            "Nothing leaves this computer."
        )
        return Empty("clients", words, self.first_demo, self.first_button)

    # what is shown ------------------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[ClientRow], now: datetime, *, read_only: bool) -> None:
        """All clients; `now` in local time."""
        self.rows, self.read_only = tuple(rows), read_only
        self.day.setText(day_words(now, tr("dddd d MMMM")))
        for button in (self.new_button, self.first_button):
            button.setEnabled(not read_only)
        unsigned = sum(shown.unsigned_notes for shown in rows)
        self.say(
            tr_n("One note waits for a signature.", "{n} notes wait for a signature.", unsigned) if unsigned else ""
        )
        self._show_cards(now.date())
        self._filter(self.search.text())
        for part in (self._table_heading, self.search, self.try_button, self.new_button):
            part.setVisible(bool(rows))
        self._empty.setVisible(not rows)

    def say(self, text: str) -> None:
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def _show_cards(self, today: date) -> None:
        empty_layout(self._cards)
        booked = [
            (when, shown)
            for shown in self.rows
            if shown.next_appointment is not None
            and (when := shown.next_appointment.starts.astimezone()).date() == today
        ]
        booked.sort(key=lambda pair: pair[0])
        pairs = [(f"{when:%H:%M}", shown) for when, shown in booked]
        self.heading.setText(tr("Today"))
        if not pairs:
            seen = [shown for shown in self.rows if shown.last_session is not None]
            seen.sort(key=lambda shown: shown.last_session.started if shown.last_session else today, reverse=True)
            pairs = [("", shown) for shown in (seen or self.rows)]
            self.heading.setText(tr("No appointments today. Seen last:") if seen else tr("No appointments today."))
        self.heading.setVisible(bool(self.rows))
        self.cards = [Card(shown, when, self) for when, shown in pairs[:MOST_CARDS]]
        for card in self.cards:
            self._cards.addWidget(card, 1)
        if len(pairs) > MOST_CARDS and booked:
            later = ", ".join(f"{when} {shown.name or shown.client.value.code}" for when, shown in pairs[MOST_CARDS:])
            self.heading.setText(tr("Today; later: {clients}", clients=later))
        self._cards.addStretch(MOST_CARDS - len(self.cards))

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        self._shown = [shown for shown in self.rows if wanted in f"{shown.name} {shown.client.value.code}".casefold()]
        heads = [
            tr("Client"),
            tr("Code"),
            tr("Last visit"),
            tr("Done"),
            tr("Plan"),
            tr("Flags"),
            tr("To do"),
        ]
        self.table.fill(heads, [self._cells(shown) for shown in self._shown])
        unmatched = bool(self.rows) and not self._shown
        self._no_match.say(tr("No client matches “{text}”.", text=text.strip()[:40]))
        self._no_match.setVisible(unmatched)
        self.table.setVisible(bool(self._shown))

    def _cells(self, shown: ClientRow) -> list[str]:
        last, plan = shown.last_session, shown.plan
        planned = plan.sessions if plan is not None else 0
        done = shown.sessions_done
        to_do = [
            *([tr("⚠ acknowledge")] if shown.banners else []),
            *([tr("✎ note unsigned")] if shown.unsigned_notes else []),
        ]
        return [
            shown.name or shown.client.value.code,
            shown.client.value.code,
            f"{last.started.astimezone():%Y-%m-%d}" if last is not None else "",
            tr("{done} of {planned}", done=done, planned=planned) if planned else str(done),
            self.names(plan.protocol_id) if plan is not None else "",
            flag_words(shown.client.value),
            "  ".join(to_do),
        ]

    # what is done -------------------------------------------------------------------------------------------------

    def focus_first(self) -> None:
        """Put the focus where Enter does the likeliest thing."""
        if self.cards:
            card = self.cards[0]
            (card.start_button if card.start_button.isEnabled() else card.open_button).setFocus()
        else:
            (self.first_button if self.first_button.isEnabled() else self.first_demo).setFocus()

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _open_first(self) -> None:
        if self._shown:
            self.open_client.emit(self._shown[self.table.selected or 0].client.value.code)


def remarks_of(shown: ClientRow) -> list[str]:
    """What to know before starting, the gravest first."""
    found = [f"⚠ {told(banner.text)}" for banner in shown.banners]
    if shown.last_effects:
        found.append(capital(tr("last visit: {effects}", effects=effect_words(shown.last_effects))))
    flags = flag_words(shown.client.value)
    if flags:
        found.append(f"⚑ {flags}")
    if shown.unsigned_notes:
        found.append(tr("✎ note unsigned"))
    return found
