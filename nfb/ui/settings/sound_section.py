"""Sound: the client's device and the operator's, how loud, and a tone to hear which is which."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent

from nfb.ui.audio.desk import SoundDesk
from nfb.ui.audio.outputs import outputs
from nfb.ui.audio.sounds import DEFAULT_CHIME
from nfb.ui.language import tr
from nfb.ui.settings.section import Section, Surroundings, Told
from nfb.ui.settings.setting import choice, flag, level
from nfb.ui.widgets.small import IconButton
from nfb.ui.words import capital

RELEASE_MS = 3000


class SoundSection(Section):
    """Needs no sound device: it says that there is none."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Sound"))
        self._store = around.store
        self._desk = SoundDesk(self)
        self._release = QTimer(self, interval=RELEASE_MS, singleShot=True)
        self._release.timeout.connect(self._desk.close)
        self._names: dict[str, str] = {}
        self.told = Told()
        self._desk.told.connect(self.told.say)
        store = around.store
        self.client_test = IconButton(tr("Test tone"), "play")
        self.client_test.clicked.connect(self.test_client)
        self.operator_test = IconButton(tr("Test tone"), "play")
        self.operator_test.clicked.connect(self.test_operator)
        self.heading(tr("Client"))
        self.add(
            choice(store, "client_output", tr("Device"), self._client_choices, lost=_lost, beside=(self.client_test,))
        )
        self.add(level(store, "client_volume", tr("Volume")))
        self.say(tr("The volume holds where a client's plan says nothing else. Full volume is soft already."))
        self.heading(tr("Operator"))
        self.add(
            flag(
                store,
                "operator_alert",
                tr("A soft tone when something needs a hand"),
                tr(
                    "It needs a device that the client does not hear; on the client's own device it stays silent, "
                    "and the bar at the top of the window says it alone."
                ),
            )
        )
        self.add(
            choice(
                store,
                "operator_output",
                tr("Device for alerts"),
                self._operator_choices,
                lost=_lost,
                beside=(self.operator_test,),
            )
        )
        self.add(level(store, "operator_volume", tr("Volume of alerts")))
        self.add(self.told)

    def open(self) -> None:
        self._names = outputs()
        super().open()
        none = tr("No sound device was found. Sessions work without: rewards are shown.")
        self.told.say("" if self._names else none)

    def _client_choices(self) -> Mapping[str, str]:
        return {"": tr("The system's default device"), **self._names}

    def _operator_choices(self) -> Mapping[str, str]:
        return {"": tr("None"), **self._names}

    def test_client(self) -> None:
        """A tone as the client hears it."""
        preferences = self._store.preferences
        self._test(preferences.client_output, preferences.client_volume)

    def test_operator(self) -> None:
        """A tone as the operator hears it."""
        preferences = self._store.preferences
        if not preferences.operator_output:
            self.told.say(tr("Choose a device for alerts first."))
            return
        self._test(preferences.operator_output, preferences.operator_volume, only=True)

    def _test(self, output: str, percent: int, *, only: bool = False) -> None:
        self._desk.close()
        self._desk.wanted_id, self._desk.only_wanted = output, only
        self._desk.begin(chime=DEFAULT_CHIME, volume=percent / 100)
        self._desk.reward()
        self._release.start()
        if self._desk.available:
            self.told.say(tr("A soft tone sounds on {device}.", device=self._desk.device))
        else:
            self.told.say(tr("Nothing is heard: {why}.", why=capital(self._desk.why_silent)))

    def hideEvent(self, event: QHideEvent) -> None:
        self._release.stop()
        self._desk.close()
        super().hideEvent(event)


def _lost(output: object) -> str:
    return tr("{name}, not plugged in", name=output)
