"""A client's past: the audit trail, and how much of it the trends draw."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from looks import SIZES, cut_off, keep
from people import open_at
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from test_desk import open_window, page_of  # noqa: F401

from nfb.practice.clients import Client
from nfb.practice.opening import open_book
from nfb.practice.ratings import Measure, Moment, Rating
from nfb.practice.sessions import SessionEntry
from nfb.ui import privacy, theme
from nfb.ui.desk.audit_tab import AuditTab
from nfb.ui.desk.client_page import ClientPage
from nfb.ui.shell import Shell
from nfb.ui.theme import DARK, LIGHT

Open = Callable[[], Shell]


def turn_to(page: ClientPage, tab: QWidget, qtbot: QtBot) -> None:
    """Press the tab's name."""
    bar = page.tabs.tabBar()
    at = page.tabs.indexOf(tab)
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(at).center())
    assert page.tabs.currentWidget() is tab


@pytest.fixture
def audit(people: Path, open_window: Open, qtbot: QtBot) -> AuditTab:  # noqa: F811
    """The audit trail of A031, read."""
    page = page_of(qtbot, open_window())
    turn_to(page, page.audit, qtbot)
    qtbot.waitUntil(lambda: page.audit.table.n_rows > 0)
    return page.audit


def test_the_trail_tells_who_did_what_and_when_newest_first(audit: AuditTab, people: Path) -> None:
    with open_book(people, who="reader") as book:
        written = book.audit_entries("A031")
    table = audit.table
    assert table.n_rows == len(written)
    last = written[-1]
    assert [table.cell(0, column) for column in (0, 1)] == [f"{last.at.astimezone():%Y-%m-%d %H:%M}", "Dr. M"]
    assert table.cell(table.n_rows - 1, 3) == "Client" and table.cell(table.n_rows - 1, 2) == "added"
    assert audit.count.text() == f"{len(written)} entries"


def test_the_trail_shows_one_kind_where_one_is_chosen(audit: AuditTab, qtbot: QtBot) -> None:
    words = [audit.kind.itemText(at) for at in range(audit.kind.count())]
    assert words[0] == "Everything" and {"Plan", "Rating", "Treatment", "Session", "Note"} <= set(words)
    audit.kind.setFocus()
    while audit.kind.currentText() != "Treatment":
        qtbot.keyClick(audit.kind, Qt.Key.Key_Down)
    assert audit.table.n_rows == 3
    assert {audit.table.cell(line, 3) for line in range(3)} == {"Treatment"}
    assert "sertraline" in audit.table.cell(2, 5)


def test_the_trail_is_exported_as_csv_and_the_export_is_in_it(audit: AuditTab, tmp_path: Path, qtbot: QtBot) -> None:
    n, path = audit.table.n_rows, tmp_path / "audit.csv"
    audit.export(path)
    qtbot.waitUntil(lambda: audit.told.text() == f"Written: {path}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["entry"] for row in rows}) == n
    qtbot.waitUntil(lambda: audit.table.n_rows == n + 1)
    assert audit.table.cell(0, 2) == "exported" and "audit.csv" in audit.table.cell(0, 5)
    audit.export(tmp_path / "nowhere" / "audit.csv")
    qtbot.waitUntil(lambda: "no such file or directory" in audit.told.text())


def test_names_stay_hidden_where_only_codes_are_shown(audit: AuditTab, qtbot: QtBot) -> None:
    def names() -> list[str]:
        return [
            audit.table.cell(line, 5) for line in range(audit.table.n_rows) if "Anna" in audit.table.cell(line, 5)
        ]

    assert len(names()) == 1
    privacy.show_codes_only(True)
    try:
        n = audit.table.n_rows
        audit._read()
        qtbot.waitUntil(lambda: audit.table.n_rows == n - 1)
        assert names() == []
    finally:
        privacy.show_codes_only(False)


def test_trends_draw_the_range_that_is_chosen(people: Path, open_window: Open, qtbot: QtBot) -> None:  # noqa: F811
    page = page_of(qtbot, open_window())
    trends = page.trends
    turn_to(page, trends, qtbot)

    def visits() -> set[int]:
        mood = next(series for series in trends.chart._trends.series if series.key == "mood")
        return {point.visit for point in mood.points if point.visit is not None}

    assert visits() == set(range(1, 13))
    trends.range.setFocus()
    qtbot.keyClick(trends.range, Qt.Key.Key_Down)
    assert trends.range.currentText() == "Last 10 visits"
    assert visits() == set(range(3, 13))
    assert "Mood: 10 values" in trends.chart.accessibleName()
    assert trends.chart._first == next(
        stored.value.started.astimezone().date() for stored in page.file.sessions if stored.value.number == 3
    )
    qtbot.keyClick(trends.range, Qt.Key.Key_End)
    assert trends.range.currentText() == "This course" and visits() == set(range(1, 13))


def test_a_range_with_nothing_in_it_says_so(own_book: Path, open_window: Open, qtbot: QtBot) -> None:  # noqa: F811

    long_ago = datetime.now(UTC) - timedelta(days=400)
    with open_at(own_book) as book:
        book.add_client(Client("A031"))
        for number in (1, 2):
            at = long_ago + timedelta(days=number)
            book.add("A031", SessionEntry(number, f"s{number}", at, "smr-central", 1, "cyton", 60.0, 60.0))
            book.add("A031", Rating("mood", 5, Measure.SLIDER, Moment.BEFORE, at, number))
    page = page_of(qtbot, open_window())
    turn_to(page, page.trends, qtbot)
    assert not page.trends.nothing.isVisible()
    page.trends.range.setFocus()
    while page.trends.range.currentText() != "3 months":
        qtbot.keyClick(page.trends.range, Qt.Key.Key_Down)
    assert page.trends.nothing.isVisible()


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_how_it_looks(audit: AuditTab, qapp: QApplication, qtbot: QtBot, tokens: theme.Tokens) -> None:
    theme.apply(qapp, tokens)
    window = audit.window()
    page = window.desk.client
    faults = {}
    for size in SIZES:
        window.resize(*size)
        for tab, name in ((page.audit, "audit"), (page.trends, "range")):
            page.tabs.setCurrentWidget(tab)
            qtbot.waitUntil(lambda: not window.keeper._tasks)
            for _ in range(3):
                qapp.processEvents()
            picture = f"past_{name}_{size[0]}x{size[1]}_{'dark' if tokens.dark else 'light'}"
            keep(window, picture)
            faults[picture] = cut_off(window)
            assert (window.width(), window.height()) == size
    assert not any(faults.values()), faults
