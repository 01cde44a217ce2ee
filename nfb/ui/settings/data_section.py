"""Data: where recordings and the client book are, who is at the desk, the safety contact, a copy of everything."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QLineEdit

from nfb.files.locations import BOOK_ENVIRONMENT
from nfb.files.locations import ENVIRONMENT as RECORDINGS_ENVIRONMENT
from nfb.ui.desk.status import hours_free
from nfb.ui.language import tr, tr_n
from nfb.ui.settings.section import Section, Surroundings, Told
from nfb.ui.settings.setting import Setting, line
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton

if TYPE_CHECKING:
    from nfb.practice.book import Book
    from nfb.practice.record import Stored
    from nfb.practice.screening import SafetyContact


class DataSection(Section):
    """Signal `form_opened` ``(form, what to do once it is closed)``: a form wants the whole page."""

    form_opened = Signal(object, object)

    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("Data"))
        self._around = around
        store = around.store
        self.heading(tr("Recordings"))
        change = IconButton(tr("Change…"), "folder")
        change.clicked.connect(self._choose_folder)
        show = IconButton(tr("Open"), "folder")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(around.launcher.recordings))))
        self.recordings = line(
            store, "recordings", tr("Folder"), hint=str(around.launcher.recordings), check=folder_problem,
            beside=(change, show),
        )  # fmt: skip
        self.add(self.recordings)
        self.room = self.say()
        self.heading(tr("Client book"))
        self.test_button = IconButton(tr("Test"), "check")
        self.test_button.clicked.connect(self.test_book)
        self.use_button = IconButton(tr("Use"))
        self.use_button.clicked.connect(self.use_book)
        self.book = line(
            store,
            "book",
            tr("File or database"),
            tr("Several desks share a PostgreSQL database: postgresql://user:password@server/name"),
            hint=tr("the usual file"),
            check=book_problem,
            beside=(self.test_button, self.use_button),
            at_once=False,
        )
        self.add(self.book)
        self.told = Told()
        self.add(self.told)
        self.add(
            line(
                store,
                "who",
                tr("At the desk"),
                tr("Your name in the audit trail and on notes; empty for the name of your account."),
            )
        )
        self.heading(tr("Safety contact"))
        self.contact = self.say()
        self.contact_button = IconButton(tr("Change…"), "pen")
        self.contact_button.clicked.connect(self._change_contact)
        self.buttons([self.contact_button, None])
        self.heading(tr("Copy everything"))
        self.say(
            tr("All recordings, the client book if it is a file, and these settings, into a folder of your choice.")
        )
        self.copy_button = IconButton(tr("Copy everything…"), "file")
        self.copy_button.clicked.connect(self._choose_target)
        self.buttons([self.copy_button, None])
        self.copied = self.say()
        self._tell_overrides()

    def _tell_overrides(self) -> None:
        """A place that the environment names goes before."""
        for variable, setting in ((RECORDINGS_ENVIRONMENT, self.recordings), (BOOK_ENVIRONMENT, self.book)):
            if os.environ.get(variable):
                setting.help.setText(
                    tr("The environment variable {name} decides this as long as it is set.", name=variable)
                )
                setting.help.show()

    def open(self) -> None:
        super().open()
        self.told.say("")
        self._ask_room()
        self._show_contact()

    # recordings ---------------------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder of recordings"))
        if chosen:
            _edit_of(self.recordings).setText(str(Path(chosen)))
            if self.recordings.keep():
                self._ask_room()

    def _ask_room(self) -> None:
        place = self._around.launcher.recordings

        def done(hours: float | None, _: Exception | None) -> None:
            if hours is None:
                self.room.say(tr("{place}: the room on its disk is not known.", place=place))
            else:
                self.room.say(
                    tr(
                        "{place}: room for {hours} hours of 8 channels at 250 Hz.",
                        place=place,
                        hours=f"{hours:,.0f}".replace(",", " "),
                    )
                )

        self._around.keeper.run(self, partial(hours_free, place), done)

    # client book --------------------------------------------------------------------------------------------------

    def test_book(self) -> None:
        """Look whether the typed place can be opened, without changing anything there."""
        if problem := book_problem(_edit_of(self.book).text().strip()):
            self.book.problem.say(problem)
            return
        self.book.problem.say("")
        from nfb.practice.opening import default_book, examine_book  # SQLAlchemy is heavy

        where = _edit_of(self.book).text().strip() or default_book()
        self.test_button.setEnabled(False)
        self.told.say(tr("Looking …"))

        def done(n_clients: int | None, error: Exception | None) -> None:
            self.test_button.setEnabled(True)
            if error is not None:
                self.told.say(told(str(error)))
            elif n_clients is None:
                self.told.say(tr("There is no client book yet; it is made when you use this place."))
            else:
                self.told.say(tr_n("Found: {n} client.", "Found: {n} clients.", n_clients))

        self._around.keeper.run(self, partial(examine_book, where), done)

    def use_book(self) -> None:
        """Close the present book and open the typed one."""
        if self.book.keep():
            self._around.keeper.open(make=True, then=self._show_book)

    def _show_book(self) -> None:
        keeper = self._around.keeper
        place = "" if keeper.book is None else keeper.book.place.name  # without its password
        self.told.say(keeper.problem or tr("In use: {place}", place=place))
        self._show_contact()

    # safety contact -----------------------------------------------------------------------------------------------

    def _show_contact(self) -> None:
        keeper = self._around.keeper
        self.contact_button.setEnabled(not keeper.read_only or keeper.book is None)
        if keeper.book is None:
            self.contact.say(tr("It stands in the client book, which is not open yet."))
            return

        def done(stored: Stored[SafetyContact] | None, error: Exception | None) -> None:
            if error is not None:
                self.contact.say(told(str(error)))
            elif stored is None or not stored.value.complete:
                self.contact.say(tr("Not set yet. Scales that ask about thoughts of death or self-harm wait for it."))
            else:
                found = stored.value
                lines = (found.responsible, found.crisis_text, found.emergency_numbers)
                self.contact.say("\n".join(lines).strip())

        keeper.read(self, _contact_of, done)

    def _change_contact(self) -> None:
        self._around.keeper.open(make=True, then=self._read_contact)

    def _read_contact(self) -> None:
        keeper = self._around.keeper
        if keeper.book is None:
            self.contact.say(keeper.problem)
            return

        def done(stored: Stored[SafetyContact] | None, error: Exception | None) -> None:
            from nfb.ui.desk.client_forms import safety_contact_form

            if error is not None:
                self.contact.say(told(str(error)))
                return
            form = safety_contact_form(keeper, stored)
            self.form_opened.emit(form, self._show_contact)
            form.begin()

        keeper.read(self, _contact_of, done)

    # everything ---------------------------------------------------------------------------------------------------

    def _choose_target(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder for the copy"))
        if chosen:
            self.copy_everything(Path(chosen))

    def copy_everything(self, folder: Path) -> None:
        """Copy everything into a new folder within `folder`."""
        from nfb.engine.take_out import take_out

        recordings, book = self._around.launcher.recordings, self._around.keeper.book
        self.copy_button.setEnabled(False)
        self.copied.say(tr("Copying …"))

        def done(target: Path | None, error: Exception | None) -> None:
            self.copy_button.setEnabled(True)
            self.copied.say(told(str(error)) if error is not None else tr("Copied to {place}", place=target))

        self._around.keeper.run(self, partial(take_out, folder, recordings, book), done)


def folder_problem(text: str) -> str:
    """Why recordings cannot be kept there; empty if they can."""
    if not text:
        return ""
    place = Path(text).expanduser()
    if not place.is_absolute():
        return tr("“{text}” must be a whole path, from the root on.", text=text[:60])
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        usable = place.is_dir() and os.access(place, os.W_OK)
    except (OSError, ValueError):
        usable = False
    if not usable:
        return tr("“{text}” is no folder that can be written. Choose another one.", text=text[:60])
    return ""


def book_problem(text: str) -> str:
    """Why this cannot be the place of a client book; empty if it can."""
    if not text or text.startswith(("postgresql://", "postgresql+")):
        return ""
    if "://" in text:
        return tr("“{text}”: a database's address begins with postgresql://", text=text[:60])
    if not Path(text).expanduser().is_absolute():
        return tr("“{text}” must be a whole path, or begin with postgresql://", text=text[:60])
    return ""


def _contact_of(book: Book) -> Stored[SafetyContact] | None:
    from nfb.practice.screening import SafetyContact

    return book.of_book(SafetyContact)


def _edit_of(setting: Setting) -> QLineEdit:
    assert isinstance(setting.control, QLineEdit)
    return setting.control
