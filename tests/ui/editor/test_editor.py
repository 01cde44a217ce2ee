"""The editor: fields, problems, text, undo, the head map by keys, words explained."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from hands import Hands

from nfb.files.shelf import find_protocol
from nfb.model.glossary import GLOSSARY, explain
from nfb.ui.editor.head_map import SITES, HeadMap
from nfb.ui.editor.library import LibraryPage
from nfb.ui.editor.page import EditorPage
from nfb.ui.help import GlossaryPage, glossary_tip


@pytest.fixture
def editor(library: LibraryPage) -> EditorPage:
    """A copy of smr-central on the bench."""
    library.select(find_protocol("smr-central"))
    library.duplicate()
    return library.editor


@pytest.fixture
def hands(qtbot: QtBot, editor: EditorPage) -> Hands:
    return Hands(qtbot, editor)


def test_the_sentence_follows_every_change(hands: Hands, editor: EditorPage) -> None:
    hands.open_part(3)
    hands.choose(("conditions", 0, "direction"), "down")
    assert "SMR (12–15 Hz) at C3 and C4 is below its threshold" in editor.sentence.text()


def test_a_problem_shows_at_its_field_and_in_the_list_and_leads_there(hands: Hands, editor: EditorPage) -> None:
    hands.open_part(2)
    hands.fill(("features", "smr", "band_hz"), "12-140")
    problem = hands.field(("features", "smr", "band_hz")).problem
    assert problem.isVisible() and "at most 100 Hz" in problem.text()
    assert not editor.save_button.isEnabled()
    assert "features.smr.band_hz" in editor.side.problems.item(0).text()
    hands.open_part(0)
    problems = editor.side.problems
    hands.qtbot.mouseClick(
        problems.viewport(), Qt.MouseButton.LeftButton, pos=problems.visualItemRect(problems.item(0)).center()
    )
    assert editor.stack.currentWidget() is editor.sections["features"]
    hands.fill(("features", "smr", "band_hz"), "12-16")
    assert editor.bench.draft.findings == () and not problems.isVisible()


def test_what_is_no_number_is_kept_as_it_was_typed(hands: Hands, editor: EditorPage) -> None:
    hands.open_part(4)
    hands.fill(("reward", "dwell_s"), "half a second")
    field = hands.field(("reward", "dwell_s"))
    assert field.editor.text() == "half a second"
    assert "must be a number" in field.problem.text()


def test_undo_and_redo_by_keys_and_buttons(hands: Hands, editor: EditorPage) -> None:
    before = editor.bench.draft.text
    hands.open_part(3)
    hands.fill(("conditions", 0, "threshold", "target"), "70")
    assert editor.bench.draft.get(("conditions", 0, "threshold", "target")) == 0.7
    hands.press(editor.undo_button)
    assert editor.bench.draft.text == before
    assert hands.field(("conditions", 0, "threshold", "target")).editor.text() == "65"
    hands.press(editor.redo_button)
    assert editor.bench.draft.get(("conditions", 0, "threshold", "target")) == 0.7


def test_another_rule_or_kind_takes_what_has_no_meaning_for_it_along(hands: Hands, editor: EditorPage) -> None:
    hands.open_part(3)
    hands.choose(("conditions", 1, "threshold", "rule"), "baseline_z")
    assert editor.bench.draft.get(("conditions", 1, "threshold")) == {"rule": "baseline_z", "k": 0.5}
    hands.open_part(2)
    hands.choose(("features", "theta", "kind"), "power")
    assert editor.bench.draft.get(("features", "theta", "kind")) == "power"
    assert editor.bench.draft.findings == ()


def test_a_slip_in_the_text_is_told_with_line_path_and_suggestion_and_nothing_is_lost(
    hands: Hands, editor: EditorPage
) -> None:
    hands.open_part(7)
    text = editor.text_tab.editor
    text.setFocus()
    cursor = text.document().find("dwell_s")
    text.setTextCursor(cursor)
    hands.qtbot.keyClicks(text, "dwel_s")
    (row,) = [editor.text_tab.problems.item(i).text() for i in range(editor.text_tab.problems.count())]
    line = next(n for n, words in enumerate(text.toPlainText().splitlines(), 1) if words.startswith("dwel_s"))
    assert row.startswith(f"line {line}, reward.dwel_s: unknown key (did you mean 'dwell_s'?)")
    assert "dwel_s = 0.35 # SMR comes in short bursts" in text.toPlainText()
    hands.open_part(4)
    hands.open_part(7)
    assert "dwel_s = 0.35 # SMR comes in short bursts" in text.toPlainText()


def test_a_text_that_is_no_toml_locks_the_form_and_waits(hands: Hands, editor: EditorPage) -> None:
    hands.open_part(7)
    hands.qtbot.keyClicks(editor.text_tab.editor, "[[")
    broken = editor.text_tab.editor.toPlainText()
    hands.open_part(2)
    assert not editor.sections["features"].isEnabled()
    assert "cannot be read" in editor.sentence.text()
    hands.press(editor.undo_button)
    assert editor.sections["features"].isEnabled()
    assert editor.bench.draft.text == broken.removeprefix("[[")


def test_the_delay_of_each_condition_is_told_with_a_tick_where_it_is_soon(
    qtbot: QtBot, hands: Hands, editor: EditorPage
) -> None:
    qtbot.waitUntil(lambda: len(editor.side.budget.words()) == 3)
    smr, _, high_beta = editor.side.budget.words()
    assert smr.startswith("SMR: ") and " ms" in smr
    assert high_beta.startswith("High beta: ") and high_beta.endswith("✔")
    hands.open_part(2)
    hands.fill(("features", "high_beta", "smoothing_s"), "2")
    qtbot.waitUntil(lambda: "20" in editor.side.budget.words()[2] and "✔" not in editor.side.budget.words()[2])


def test_sites_are_chosen_by_keys_alone(qtbot: QtBot) -> None:
    head = HeadMap()
    qtbot.addWidget(head)
    head.resize(400, 400)
    head.show()
    head.setFocus()
    pressed: list[str] = []
    head.toggled.connect(pressed.append)
    for key in (
        Qt.Key.Key_Space,
        Qt.Key.Key_Left,
        Qt.Key.Key_Left,
        Qt.Key.Key_Return,
        Qt.Key.Key_Up,
        Qt.Key.Key_Space,
    ):
        qtbot.keyClick(head, key)
    assert pressed == ["Cz", "C3", "FC3"]
    head.show_sites(["Cz", "C3"])
    assert "Cz, C3" in head.accessibleName()


def test_every_site_can_be_reached_by_arrow_keys(qtbot: QtBot) -> None:
    head = HeadMap()
    qtbot.addWidget(head)
    reached, open_ends = {"Cz"}, ["Cz"]
    while open_ends:
        start = open_ends.pop()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            head._at = start
            qtbot.keyClick(head, key)
            if head._at not in reached:
                reached.add(head._at)
                open_ends.append(head._at)
    assert reached == set(SITES)


def test_help_on_hover_and_the_page_of_words_say_the_same(qtbot: QtBot, editor: EditorPage) -> None:
    tip = editor.sections["reward"].fields[0].toolTip()
    assert tip == glossary_tip("dwell") and explain("dwell").text in tip
    page = GlossaryPage()
    qtbot.addWidget(page)
    texts = [entry.text for entry, row in page._rows if not row.isHidden()]
    assert texts == [entry.text for entry in GLOSSARY.values()]
    qtbot.keyClicks(page.search, "refractory")
    assert "refractory" in [entry.term for entry, row in page._rows if not row.isHidden()]
    assert len([row for _, row in page._rows if not row.isHidden()]) < 8
