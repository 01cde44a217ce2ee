"""Privacy: codes in the place of names, hiding when nobody is there, and what is stored where."""

from __future__ import annotations

from nfb.files.preferences import LOCK_AFTER_MIN, preferences_file
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.language import tr
from nfb.ui.settings.section import Section, Surroundings
from nfb.ui.settings.setting import flag, number


class PrivacySection(Section):
    """Says plainly what a setting does and what it does not."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Privacy"))
        self._around = around
        self.add(
            flag(
                around.store,
                "codes_only",
                tr("Codes only"),
                tr(
                    "Names of clients are hidden on every page and in reports made from now on; they stay in the "
                    "client book, and its form for a client's details still shows them."
                ),
            )
        )
        self.add(
            number(
                around.store,
                "lock_after_min",
                tr("Hide after"),
                LOCK_AFTER_MIN,
                tr("minutes without a key or a click; 0 for never"),
                tr(
                    "The window then shows nothing until somebody presses Continue. It keeps passing eyes out; it "
                    "asks for no password and protects no file. Lock the computer itself for that. While a session "
                    "runs nothing is hidden."
                ),
            )
        )
        self.heading(tr("What is stored where"))
        self.say(tr("Nothing leaves this computer, unless you chose a database on another one."))
        self.places = FlexLabel()
        self.add(self.places)

    def open(self) -> None:
        super().open()
        from nfb.practice.opening import default_book, without_password  # SQLAlchemy is heavy

        lines = (
            tr("Recordings, under a client's code and never a name: {place}", place=self._around.launcher.recordings),
            tr(
                "Names, plans, ratings, notes and the audit trail: {place}",
                place=without_password(self._around.store.preferences.book or default_book()),
            ),
            tr("These settings: {place}", place=preferences_file()),
        )
        self.places.setText("\n\n".join(lines))
