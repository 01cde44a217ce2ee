"""Shipped protocols are said anew in the editor, by mouse and keys, and the files mean the same."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))

from hands import Hands

from nfb.files.own_protocols import OwnProtocols
from nfb.files.protocol_file import load_protocol
from nfb.files.shelf import find_protocol
from nfb.ui.editor.library import LibraryPage


@pytest.mark.parametrize("name", ["smr-central", "ua-posterior", "faa-alay"])
def test_a_shipped_protocol_rebuilt_from_nothing_means_the_same(
    qtbot: QtBot, library: LibraryPage, own: OwnProtocols, name: str
) -> None:
    shipped = load_protocol(find_protocol(name))
    hands = Hands(qtbot, library.editor)
    hands.press(library.new_button)
    hands.build(shipped)
    editor = library.editor
    assert [found.message for found in editor.bench.draft.findings] == []
    assert editor.sentence.text().startswith("Reward when ")
    hands.press(editor.save_button)
    (path,) = own.files()
    assert path.name == f"my-{name}_v1.toml"
    assert load_protocol(path) == replace(shipped, id=f"my-{name}")
