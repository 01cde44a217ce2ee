"""Whatever a file holds: it is a protocol that can be written again, or an error that says where. See the benchmark
``test_protocol_fuzz`` for ten thousand of them."""

import re
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent))

from mutations import mutated

from nfb.files.protocol_draft import ProtocolDraft
from nfb.files.protocol_file import parse_protocol
from nfb.files.protocol_writer import write_protocol
from nfb.model.errors import ProtocolError
from nfb.model.protocol import Protocol

_WHOLE_FILE = re.compile(r"mine\.toml: (is empty|has |character |.*line \d+|schema)")


def has_a_place(error: ProtocolError) -> bool:
    """Each problem has a key path, or the text as a whole has one, and then its line is told where there is one."""
    if not error.problems:
        return bool(_WHOLE_FILE.match(str(error)))
    return all(path and message for path, message in error.problems)


def read_or_refuse(text: str) -> Protocol | ProtocolError:
    """The protocol, or the refusal with a place; anything else that is raised fails the test."""
    try:
        protocol = parse_protocol(text, "mine.toml")
    except ProtocolError as error:
        assert has_a_place(error), str(error)
        return error
    assert parse_protocol(write_protocol(protocol)) == protocol
    return protocol


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_a_mutated_file_is_a_protocol_or_an_error_with_a_place(text: str) -> None:
    read_or_refuse(text)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_the_editor_opens_a_mutated_file_and_keeps_it(text: str) -> None:
    draft = ProtocolDraft(text)
    assert draft.text == text
    assert (draft.protocol is None) == bool(draft.findings)
    n_lines = text.count("\n") + 1
    assert all(found.line is None or 1 <= found.line <= n_lines for found in draft.findings)
    draft.set(("version",), 77)
    if draft.is_toml:
        assert draft.get(("version",)) == 77
        draft.undo()
    assert draft.text == text
