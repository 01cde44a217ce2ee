"""A person's own protocols: versions, what sessions have used, import, unsaved work."""

from dataclasses import replace
from pathlib import Path

import pytest

from nfb.files.own_protocols import ENVIRONMENT, OwnProtocols, Use, own_folder
from nfb.files.protocol_file import load_protocol, parse_protocol
from nfb.files.protocol_writer import write_protocol
from nfb.files.shelf import find_protocol, newest_protocols
from nfb.model.errors import ProtocolError

SMR = load_protocol(find_protocol("smr-central"))
MINE = write_protocol(replace(SMR, id="mine"), SMR.text)


@pytest.fixture
def own(tmp_path: Path) -> OwnProtocols:
    return OwnProtocols(tmp_path / "protocols")


def changed(text: str, target: float = 0.7) -> str:
    protocol = parse_protocol(text)
    threshold = replace(protocol.conditions[0].threshold, target=target)
    conditions = (replace(protocol.conditions[0], threshold=threshold), *protocol.conditions[1:])
    return write_protocol(replace(protocol, conditions=conditions), text)


def test_nothing_is_made_before_something_is_saved(own: OwnProtocols) -> None:
    assert own.files() == []
    own.mark_used(SMR)
    assert own.unsaved() == ""
    assert not own.folder.exists()


def test_a_saved_protocol_is_the_text_that_was_saved(own: OwnProtocols) -> None:
    path = own.save(MINE)
    assert path.name == "mine_v1.toml"
    assert path.read_text(encoding="utf-8") == MINE
    assert own.files() == [path]


def test_an_unused_version_can_be_changed(own: OwnProtocols) -> None:
    own.save(MINE)
    path = own.save(changed(MINE))
    assert own.files() == [path]
    assert load_protocol(path).conditions[0].threshold.target == 0.7


def test_a_version_that_a_session_has_used_stays_as_it_is(own: OwnProtocols) -> None:
    path = own.save(MINE)
    own.mark_used(load_protocol(path))
    assert own.use(load_protocol(path)) is Use.USED
    with pytest.raises(ProtocolError, match="save the change as version 2"):
        own.save(changed(MINE))
    assert path.read_text(encoding="utf-8") == MINE
    second = own.save_as_new_version(changed(MINE))
    assert second.name == "mine_v2.toml"
    assert load_protocol(second).version == 2
    assert own.files() == [second, path]
    assert own.use(load_protocol(second)) is Use.UNUSED


def test_a_used_version_that_is_changed_behind_the_programs_back_is_told(own: OwnProtocols) -> None:
    path = own.save(MINE)
    own.mark_used(load_protocol(path))
    path.write_text(changed(MINE), encoding="utf-8")
    assert own.use(load_protocol(path)) is Use.CHANGED


def test_the_number_of_a_used_version_is_not_given_again(own: OwnProtocols) -> None:
    path = own.save(MINE)
    own.mark_used(load_protocol(path))
    path.unlink()
    assert own.save_as_new_version(MINE).name == "mine_v2.toml"


def test_a_damaged_index_is_read_as_far_as_it_says_something(own: OwnProtocols) -> None:
    path = own.save(MINE)
    own.mark_used(load_protocol(path))
    index = own.folder / "used.tsv"
    index.write_bytes(b"\xff\xfe\nmine\tone\n\n" + index.read_bytes() + b"mine\t7")
    assert own.use(load_protocol(path)) is Use.USED


def test_an_imported_file_keeps_its_text_and_does_not_replace_another(own: OwnProtocols, tmp_path: Path) -> None:
    source = tmp_path / "from-a-colleague.toml"
    source.write_text(MINE, encoding="utf-8")
    first = own.import_file(source)
    assert first.read_text(encoding="utf-8") == MINE
    assert own.import_file(source) == first
    source.write_text(changed(MINE), encoding="utf-8")
    second = own.import_file(source)
    assert (first.name, second.name) == ("mine_v1.toml", "mine_v2.toml")
    assert first.read_text(encoding="utf-8") == MINE


def test_a_file_that_is_no_protocol_is_not_imported(own: OwnProtocols, tmp_path: Path) -> None:
    source = tmp_path / "notes.toml"
    source.write_text("schema = 1\n", encoding="utf-8")
    with pytest.raises(ProtocolError, match=r"notes\.toml: id: is missing"):
        own.import_file(source)
    assert own.files() == []


def test_a_duplicate_has_an_id_of_its_own_and_keeps_the_comments(own: OwnProtocols) -> None:
    first = own.duplicate(SMR, "SMR, mine")
    protocol = parse_protocol(first)
    assert (protocol.id, protocol.version, protocol.name) == ("smr-central-copy", 1, "SMR, mine")
    assert "# Frozen after the baseline" in first
    own.save(first)
    assert parse_protocol(own.duplicate(SMR, "another")).id == "smr-central-copy-2"
    assert parse_protocol(own.duplicate(protocol, "a copy of a copy")).id == "smr-central-copy-2"


@pytest.mark.parametrize("text", ["not [ toml", "half a \ud800 letter", ""])
def test_unsaved_work_is_kept_whatever_it_is(own: OwnProtocols, text: str) -> None:
    own.save(MINE)
    try:
        own.keep_unsaved(text)
    except ProtocolError as error:
        assert "cannot be written" in str(error)
    else:
        assert own.unsaved() == text
        own.keep_unsaved("")
        assert own.unsaved() == ""


def test_the_newest_own_version_can_be_named_and_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "elsewhere"))
    assert own_folder() == tmp_path / "elsewhere"
    own = OwnProtocols()
    own.save(MINE)
    own.save_as_new_version(changed(MINE))
    (own.folder / "damaged_v1.toml").write_text("schema = 2", encoding="utf-8")
    assert find_protocol("mine").name == "mine_v2.toml"
    assert find_protocol("mine_v1").name == "mine_v1.toml"
    listed = [protocol.id for _, protocol in newest_protocols()]
    assert listed.count("mine") == 1 and "smr-central" in listed and "damaged" not in listed
