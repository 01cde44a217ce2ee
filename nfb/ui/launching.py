"""What the window needs from the rest of the program to begin a session; nothing here imports an engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from nfb.engine.engine import Engine
    from nfb.engine.visit import VisitOptions
    from nfb.model.protocol import Protocol as TrainingProtocol


class ParamField(Protocol):
    """One connection parameter of a board, as the form shows it.

    Attributes
    ----------
    key
        Name handed to :meth:`Launcher.connect`, e.g. ``serial_port``.
    label
        In words, e.g. ``Serial port``.
    hint
        Shown in the empty field, e.g. ``/dev/ttyUSB0``; also what is used if it is left empty and not required.
    required
        Whether connecting makes sense without it.
    choices
        The only values it can take; empty for free text.
    """

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


class DeviceRow(Protocol):
    """One line of the device catalogue; `link` is in words (``Bluetooth``, ``USB dongle``, ``none needed``)."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def channel_names(self) -> tuple[str, ...]: ...
    @property
    def sampling_rate_hz(self) -> float: ...
    @property
    def params(self) -> Sequence[ParamField]: ...
    @property
    def advice(self) -> str: ...


class Found(Protocol):
    """One headset or port that a scan saw; `params` fills the form."""

    @property
    def label(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def params(self) -> Mapping[str, str]: ...


class Launcher(Protocol):
    """Makes engines. Its methods return at once except :meth:`scan`, which is called off the GUI thread.

    A returned engine has not been started. Raises :class:`~nfb.model.errors.NfbError` for what the user can mend.

    Attributes
    ----------
    recovered
        What was finished of recordings that had been interrupted, one sentence each.
    recordings
        The folder where sessions are recorded.
    """

    @property
    def recordings(self) -> Path: ...

    @property
    def recovered(self) -> tuple[str, ...]: ...

    def demo(self) -> Engine: ...

    def connect(
        self,
        device_name: str,
        params: Mapping[str, str],
        protocol_path: Path,
        client: str,
        visit: VisitOptions | None = None,
    ) -> Engine:
        """A session that is recorded; `visit` is what a client's plan says of it."""

    def replay(self, path: Path, protocol_path: Path | None) -> Engine:
        """Re-run a recording; `protocol_path` None takes the protocol stored in it."""

    def devices(self) -> Sequence[DeviceRow]: ...

    def protocols(self) -> Sequence[tuple[Path, TrainingProtocol]]: ...

    def scan(self) -> Sequence[Found]: ...
