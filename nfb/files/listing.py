"""What lies in a folder of recordings, read from each session.json alone, so that a hundred sessions list at once."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nfb.files.bids import Layout, find_sessions
from nfb.files.session_file import moment, read_session
from nfb.model.errors import RecordingError


@dataclass(frozen=True, slots=True)
class Listed:
    """One session of a folder of recordings.

    Parameters
    ----------
    folder
        The session's folder, ``sub-…/ses-…``.
    client, session
        Labels without their prefixes.
    started
        None if it is not known.
    protocol
        The protocol's id; empty if it is not known.
    duration_s
        Length of its samples; NaN if it cannot be told.
    state
        ``recording``, ``finished`` or ``recovered``; ``unreadable`` where session.json is damaged.
    problem
        Why it is unreadable.
    """

    folder: Path
    client: str
    session: str
    started: datetime | None
    protocol: str
    duration_s: float
    state: str
    problem: str = ""


def list_sessions(root: Path) -> tuple[Listed, ...]:
    """All sessions under a folder of recordings, the newest first; empty if there is no such folder."""
    found = [_listed(layout) for layout in find_sessions(root)]
    return tuple(sorted(found, key=lambda one: (one.started is not None, one.started, one.session), reverse=True))


def _listed(layout: Layout) -> Listed:
    try:
        content = read_session(layout)
    except RecordingError as error:
        return Listed(layout.folder, layout.subject, layout.session, None, "", float("nan"), "unreadable", str(error))
    protocol = content.get("protocol")
    name = str(protocol.get("id", "")) if isinstance(protocol, dict) else ""
    state = str(content.get("state"))
    return Listed(
        layout.folder,
        layout.subject,
        layout.session,
        moment(content.get("started_utc")),
        name,
        _duration_s(layout, content.get("setup")),
        state,
    )


def _duration_s(layout: Layout, setup: object) -> float:
    device = setup.get("device") if isinstance(setup, dict) else None
    try:
        names, rate_hz = device["channel_names"], float(device["sampling_rate_hz"])  # type: ignore[index]
        return layout.eeg("eeg").stat().st_size / (4 * len(names)) / rate_hz
    except (OSError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return float("nan")
