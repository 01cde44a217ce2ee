"""What protocols are called: records keep a protocol's id, people read its name."""

from __future__ import annotations

from nfb.ui.language import tr
from nfb.ui.launching import Launcher


class ProtocolNames:
    """Names by id. They are read off the GUI thread with the records that mention them."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._names: dict[str, str] = {}

    def read(self) -> None:
        """Read the shelf anew; takes a moment."""
        self._names = {protocol.id: protocol.name for _, protocol in self._launcher.protocols()}

    def __call__(self, protocol_id: str) -> str:
        """The name in the person's language; the id of a protocol that is not here any more."""
        name = self._names.get(protocol_id)
        return protocol_id if name is None else tr(name)
