"""The library: found, read, compared, previewed, taken over and given away."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from nfb.files.own_protocols import OwnProtocols
from nfb.files.protocol_file import load_protocol, parse_protocol
from nfb.files.protocol_writer import write_protocol
from nfb.files.shelf import find_protocol, list_protocols
from nfb.model.protocol import Protocol, Stage, StageKind
from nfb.model.sentence import sentence
from nfb.ui.editor.library import LibraryPage


def press(qtbot: QtBot, button) -> None:
    assert button.isVisible() and button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))


def shown(library: LibraryPage) -> list[str]:
    rows = [library.list.item(i) for i in range(library.list.count())]
    return [row.data(Qt.ItemDataRole.UserRole).stem for row in rows if not row.isHidden()]


def search(qtbot: QtBot, library: LibraryPage, words: str) -> None:
    library.search.setFocus()
    qtbot.keyClick(library.search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(library.search, words)


def chosen(library: LibraryPage) -> Protocol:
    assert library.entry is not None and library.entry.protocol is not None
    return library.entry.protocol


def test_a_protocol_is_told_with_what_is_known_and_what_is_not(qtbot: QtBot, library: LibraryPage) -> None:
    assert len(shown(library)) == len(list_protocols())
    library.select(find_protocol("smr-sleep"))
    protocol, details = chosen(library), library.details
    assert details.sentence.text() == sentence(protocol)
    assert details.limits.text() == protocol.evidence.limits
    assert details.level.text().startswith("Not better than sham")
    assert 'href="https://doi.org/10.1093/brain/awx011"' in details.references.text()
    assert all(caution in details.cautions.text() for caution in protocol.cautions)
    qtbot.waitUntil(lambda: len(details.budget.words()) == len(protocol.conditions))


def test_a_search_finds_bands_and_sites_and_offers_the_nearest_where_it_finds_nothing(
    qtbot: QtBot, library: LibraryPage
) -> None:
    search(qtbot, library, "smr C3")
    assert "smr-central" in shown(library) and "faa-alay" not in shown(library)
    search(qtbot, library, "frontal alpha balanse xyz")
    assert shown(library) == []
    assert library.empty.text() == "No match"
    press(qtbot, library.nearest_button)
    assert library.stack.currentWidget() is library.editor
    copy = library.editor.bench.draft.protocol
    assert copy is not None and copy.id == "faa-alay-copy"


def test_the_fit_to_a_headset_is_signed_in_the_list_and_explained(library: LibraryPage) -> None:
    library.headset.setCurrentIndex(library.headset.findData("muse-2"))
    library.headset.activated.emit(library.headset.currentIndex())
    signs = {library.list.item(i).data(Qt.ItemDataRole.UserRole).stem: library.list.item(i).text()[0]
             for i in range(library.list.count())}  # fmt: skip
    assert (signs["muse-alpha"], signs["faa-alay"], signs["smr-central"]) == ("✓", "◐", "✗")
    library.select(find_protocol("faa-alay"))
    assert "adapted" in library.details.fit.text() and "AF7" in library.details.sentence.text()
    library.select(find_protocol("smr-central"))
    assert "needs C3, C4" in library.details.fit.text()


def test_built_in_ones_cannot_be_edited_and_their_copies_can(
    qtbot: QtBot, library: LibraryPage, own: OwnProtocols
) -> None:
    library.select(find_protocol("ua-posterior"))
    assert not library.edit_button.isEnabled()
    press(qtbot, library.duplicate_button)
    editor = library.editor
    press(qtbot, editor.save_button)
    assert [path.name for path in own.files()] == ["ua-posterior-copy_v1.toml"]
    press(qtbot, editor.back_button)
    library.select(own.files()[0])
    assert library.edit_button.isEnabled()
    assert "# Frozen after the baseline" in own.files()[0].read_text(encoding="utf-8")


def test_a_version_that_a_session_has_used_is_saved_as_the_next_one(
    qtbot: QtBot, library: LibraryPage, own: OwnProtocols
) -> None:
    first = own.save(own.duplicate(load_protocol(find_protocol("ua-posterior")), "Mine"))
    own.mark_used(load_protocol(first))
    before = first.read_bytes()
    library.open()
    library.select(first)
    press(qtbot, library.edit_button)
    editor = library.editor
    editor.bench.change(("conditions", 0, "threshold", "target"), 0.7)
    assert not editor.save_button.isEnabled()
    assert "stays as it is" in editor.told.text()
    press(qtbot, editor.new_version_button)
    assert [path.name for path in own.files()] == ["ua-posterior-copy_v2.toml", first.name]
    assert first.read_bytes() == before
    assert editor.bench.draft.get(("version",)) == 2


def test_two_protocols_stand_side_by_side_in_words(qtbot: QtBot, library: LibraryPage) -> None:
    library.select(find_protocol("tbr-cz"))
    press(qtbot, library.compare_button)
    library.compare.choose(load_protocol(find_protocol("tbr-cz-both")))
    table = library.compare.table
    rows = {table.item(i, 0).text(): (table.item(i, 1).text(), table.item(i, 2).text())
            for i in range(table.rowCount())}  # fmt: skip
    assert rows["Name"] == tuple(load_protocol(find_protocol(one)).name for one in ("tbr-cz", "tbr-cz-both"))
    assert rows["In one sentence"][0].startswith("Reward when the ratio of the power of theta")
    library.compare.choose(chosen(library))
    assert table.rowCount() == 0 and library.compare.summary.text() == "They mean the same."


def test_an_imported_file_is_listed_and_an_exported_one_is_the_same(
    qtbot: QtBot, library: LibraryPage, tmp_path: Path
) -> None:
    library.select(find_protocol("smr-cz"))
    out = tmp_path / "given away.toml"
    library.export_to(out)
    assert out.read_bytes() == find_protocol("smr-cz").read_bytes()
    library.import_file(out)
    assert library.entry is not None and library.entry.is_own
    out.write_text("schema = 1\n", encoding="utf-8")
    library.import_file(out)
    assert "id: is missing" in library.told.text()


def test_an_own_file_that_cannot_be_read_opens_in_the_text(
    qtbot: QtBot, library: LibraryPage, own: OwnProtocols
) -> None:
    path = own.save(own.duplicate(load_protocol(find_protocol("smr-cz")), "Mine"))
    broken = path.read_text(encoding="utf-8").replace("[montage]", "[montage")
    path.write_text(broken, encoding="utf-8")
    library.open()
    library.select(path)
    assert "is not TOML" in library.details.sentence.text()
    press(qtbot, library.edit_button)
    assert library.editor.stack.currentWidget() is library.editor.text_tab
    assert library.editor.text_tab.editor.toPlainText() == broken


def test_unsaved_work_is_there_again_after_leaving(qtbot: QtBot, library: LibraryPage, own: OwnProtocols) -> None:
    press(qtbot, library.new_button)
    half_done = library.editor.bench.draft.text.replace('name = ""', 'name = "half')
    library.editor.bench.set_text(half_done)
    press(qtbot, library.editor.back_button)
    assert own.unsaved() == half_done
    press(qtbot, library.resume_button)
    assert library.editor.bench.draft.text == half_done


@pytest.mark.parametrize("source", ["simulated", "file"])
def test_a_preview_runs_off_the_window_and_tells_shares_tokens_and_holds(
    qtbot: QtBot, library: LibraryPage, own: OwnProtocols, shared_eeg: Path, source: str
) -> None:
    shipped = load_protocol(find_protocol("ua-posterior"))
    stages = (
        Stage(StageKind.BASELINE, "baseline", 20.0, min_clean_s=10.0),
        Stage(StageKind.RUN, "run-1", 20.0),
    )
    path = own.save(write_protocol(replace(shipped, id="short", stages=stages)))
    library.open()
    library.select(path)
    press(qtbot, library.preview_button)
    pane = library.preview
    if source == "file":
        pane.use_file(shared_eeg / "edf" / "eegmmidb_S001R01.edf")
    press(qtbot, pane.start_button)
    assert pane.cancel_button.isVisible()
    qtbot.waitUntil(lambda: not pane.cancel_button.isVisible(), timeout=60_000)
    assert pane.shown["In range, all conditions"] == pane.shown["▲ Upper alpha"]
    assert float(pane.shown["Tokens a minute"]) > 5
    assert pane.shown["Held by artefacts"].endswith(" %")


def test_a_preview_can_be_cancelled(qtbot: QtBot, library: LibraryPage) -> None:
    press(qtbot, library.preview_button)
    press(qtbot, library.preview.start_button)
    press(qtbot, library.preview.cancel_button)
    assert library.preview.told.text() == "Cancelled."
    assert library.preview.start_button.isVisible() and library.preview.shown == {}


def test_the_last_recording_is_asked_for_and_its_absence_told(qtbot: QtBot, library: LibraryPage) -> None:
    press(qtbot, library.preview_button)
    library.preview.source.setCurrentIndex(library.preview.source.findData("last"))
    press(qtbot, library.preview.start_button)
    assert "no recording yet" in library.preview.told.text()


def test_back_leaves_the_library(qtbot: QtBot, library: LibraryPage) -> None:
    left = QSignalSpy(library.back)
    press(qtbot, library.back_button)
    assert left.count() == 1


def test_what_is_exported_from_the_editor_reads_as_what_is_on_the_bench(
    qtbot: QtBot, library: LibraryPage, tmp_path: Path
) -> None:
    library.select(find_protocol("alpha-theta"))
    press(qtbot, library.duplicate_button)
    library.editor.export_to(tmp_path / "mine.toml")
    assert parse_protocol((tmp_path / "mine.toml").read_text(encoding="utf-8")) == library.editor.bench.draft.protocol
