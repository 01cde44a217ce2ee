"""A soft tone for the operator alone, on a device that the client does not hear."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.sounds import DEFAULT_CHIME

_RELEASE_MS = 3000  # the tone is over; an open device keeps a loudspeaker awake


class OperatorAlert(QObject):
    """Sounds when something needs the operator's hand.

    Attributes
    ----------
    on
        Whether it may sound at all.
    output_id
        Its device; without one it is silent, as the default device may be the client's.
    volume
        0..1.
    """

    def __init__(self, client: SoundDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._desk = SoundDesk(self)
        self._desk.only_wanted = True
        self.on, self.output_id, self.volume = True, "", 1.0
        self._release = QTimer(self, interval=_RELEASE_MS, singleShot=True)
        self._release.timeout.connect(self._desk.close)

    def ring(self) -> bool:
        """Sound once; False where it must not or cannot."""
        if not self.on or not self.output_id or self.output_id == self._client.device_id:
            return False
        self._desk.wanted_id = self.output_id
        self._desk.begin(chime=DEFAULT_CHIME, volume=self.volume)
        self._release.start()
        return self._desk.reward()

    def close(self) -> None:
        """Let go of the device."""
        self._release.stop()
        self._desk.close()
