"""session.json: what ran, with all that is needed to run it again."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import cast

from nfb import __version__
from nfb.files.bids import Layout, layout_of
from nfb.files.codec import Json, decode, encode, json_text
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.storage import reason, write_atomic
from nfb.model.errors import RecordingError
from nfb.session.setup import Setup

SCHEMA = 1

JsonObject = dict[str, Json]


def software_versions() -> dict[str, str]:
    """Versions of what computes the decisions."""
    versions = {"nfb": __version__, "python": platform.python_version(), "platform": platform.platform()}
    for name in ("numpy", "scipy", "brainflow"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "n/a"
    return versions


def describe(
    setup: Setup,
    layout: Layout,
    started_utc: datetime,
    protocol_path_name: str = "",
    software: Mapping[str, str] | None = None,
) -> JsonObject:
    """Content of session.json at the start of a recording."""
    protocol = setup.protocol
    return {
        "schema": SCHEMA,
        "state": "recording",
        "client": layout.subject,
        "session": layout.session,
        "started_utc": stamp(started_utc),
        "ended_utc": None,
        "end_reason": None,
        "adapted": setup.fit.note if setup.fit.adapted else "",
        "protocol": {
            "id": protocol.id,
            "version": protocol.version,
            "file": protocol_path_name,
            "sha256": hashlib.sha256(protocol.text.encode()).hexdigest(),
            "text": protocol.text,
        },
        "software": dict(software or software_versions()),
        "delays_s": {},
        "summary": {},
        "problems": [],
        "continues": None,
        # The text is above, verbatim; this is what it was read as, with the defaults of that day.
        "setup": encode(replace(setup, protocol=replace(protocol, text=""))),
    }


def stamp(moment: datetime) -> str:
    """UTC in ISO 8601 with microseconds.

    >>> stamp(datetime(2026, 3, 1, 9, 30, tzinfo=UTC))
    '2026-03-01T09:30:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: object) -> datetime | None:
    """The moment that :func:`stamp` wrote; None if it is not one."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def write_session(layout: Layout, content: JsonObject) -> None:
    write_atomic(layout.session_file, json_text(content))


def read_session(layout: Layout) -> JsonObject:
    """The content of session.json.

    Raises
    ------
    RecordingError
        It is absent, damaged or of a newer version.
    """
    path = layout.session_file
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(f"{path}: {RECORDING_WORDS['file unread'].format(reason=reason(error))}") from error
    except ValueError as error:
        raise RecordingError(f"{path}: {RECORDING_WORDS['damaged'].format(what=error)}") from error
    if not isinstance(content, dict) or not isinstance(content.get("schema"), int):
        raise RecordingError(f"{path}: {RECORDING_WORDS['no session']}")
    if content["schema"] > SCHEMA:
        newer = RECORDING_WORDS["newer"].format(schema=SCHEMA)
        raise RecordingError(f"{path}: schema = {content['schema']}: {newer}")
    return cast(JsonObject, content)


def setup_of(content: JsonObject) -> Setup:
    """The Setup that a session.json describes, equal to the one that ran."""
    setup = decode(Setup, content.get("setup"))
    protocol = content.get("protocol")
    text = protocol.get("text") if isinstance(protocol, dict) else ""
    return replace(setup, protocol=replace(setup.protocol, text=str(text)))


def read_setup(folder: Path) -> Setup:
    """The Setup of the session in `folder` (any folder or file of it); equal to the one that ran.

    Raises
    ------
    RecordingError
        The folder holds no session, or its session.json is damaged.
    """
    layout = layout_of(folder)
    if layout is None:
        raise RecordingError(f"{folder}: is not a session: its folder must be named sub-…/ses-…")
    return setup_of(read_session(layout))
