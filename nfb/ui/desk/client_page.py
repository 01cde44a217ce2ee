"""One client: who, what stands in the way of starting, and the tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from nfb.practice.banners import Banner
from nfb.ui.desk.audit_tab import AuditTab
from nfb.ui.desk.documents_tab import DocumentsTab
from nfb.ui.desk.file import ClientFile, obstacles
from nfb.ui.desk.host import Host
from nfb.ui.desk.overview_tab import OverviewTab
from nfb.ui.desk.parts import Advice, Elided, empty_layout
from nfb.ui.desk.plan_tab import PlanTab
from nfb.ui.desk.tabs import SessionsTab, TreatmentsTab, TrendsTab
from nfb.ui.desk.words import effect_words, flag_words, hand_words, short_flags
from nfb.ui.language import tr, tr_n
from nfb.ui.told import told
from nfb.ui.widgets.small import IconButton, label, row
from nfb.ui.words import capital


class ClientPage(QWidget):
    """Signals: `start` ``(code)``, `back`, `intake` to open the intake screen.

    Parameters
    ----------
    host
        What the tabs ask for.
    after_scale, erased
        See :class:`~nfb.ui.desk.documents_tab.DocumentsTab`.
    """

    start = Signal(str)
    back = Signal()
    intake = Signal()

    def __init__(self, host: Host, after_scale: Callable[[object], None], erased: Callable[[object], None]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._host = host
        self.file: ClientFile | None = None
        self.title = Elided("", "heading")
        self.facts = label("", "secondary", wrap=True)
        self.status = label("", "secondary", wrap=True)
        self.status.hide()
        back = IconButton(tr("Clients"), "back")
        back.clicked.connect(self.back)
        self.start_button = IconButton(tr("Start session"), "play", "primary")
        self.start_button.clicked.connect(self._start)
        self.advice = QVBoxLayout()
        self.advice.setContentsMargins(0, 4, 0, 4)
        self.advice.setSpacing(4)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.overview = OverviewTab(host)
        self.sessions = SessionsTab(host)
        self.trends = TrendsTab(host)
        self.plan = PlanTab(host)
        self.treatments = TreatmentsTab(host)
        self.documents = DocumentsTab(host, after_scale, erased)
        self.audit = AuditTab(host)
        self._pages = (
            (self.overview, tr("Overview")),
            (self.sessions, tr("Sessions")),
            (self.trends, tr("Trends")),
            (self.plan, tr("Plan")),
            (self.treatments, tr("Treatments")),
            (self.documents, tr("Documents")),
            (self.audit, tr("Audit trail")),
        )
        for page, name in self._pages:
            self.tabs.addTab(page, name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(4)
        layout.addWidget(row(back, self.title, self.start_button))
        layout.addWidget(self.facts)
        layout.addWidget(self.status)
        layout.addLayout(self.advice)
        layout.addWidget(self.tabs, 1)

    def show_file(self, file: ClientFile) -> None:
        """Show a client's records."""
        fresh = self.file is None or self.file.code != file.code
        self.file = file
        self.title.show_text(file.shown_name)
        client = file.client.value
        flags = short_flags(client)
        facts = [
            *([tr_n("{n} year", "{n} years", file.age)] if file.age is not None else []),
            hand_words()[client.handedness] if client.handedness.value != "unknown" else "",
            tr("flags: {flags}", flags=flags) if flags else tr("flags: none"),
        ]
        if file.last_effects:
            facts.append(tr("last visit: {effects}", effects=effect_words(file.last_effects)))
        self.facts.setToolTip(flag_words(client))
        self.facts.setText(capital(" · ".join(fact for fact in facts if fact)))
        self.start_button.setText(tr("Start session {n}", n=file.next_number))
        self._show_advice(file)
        for page, _ in self._pages:
            page.show_file(file)
        if fresh:
            self.say("")
            self.tabs.setCurrentIndex(0)
            first = self.start_button if self.start_button.isEnabled() else self._first_advice()
            (first or self.tabs.tabBar()).setFocus()

    def say(self, text: str) -> None:
        """What became of something that took a while."""
        self.status.setText(text)
        self.status.setVisible(bool(text))

    def _show_advice(self, file: ClientFile) -> None:
        empty_layout(self.advice)
        stopping = obstacles(file, datetime.now().astimezone())
        self.start_button.setEnabled(not stopping and not self._host.keeper.read_only)
        about = {told(banner.text): banner for banner in file.banners}
        for text in (*stopping, *(told(banner.text) for banner in file.banners if not banner.blocks_start)):
            banner = about.get(text)
            sign = "off" if text in stopping else "weak"
            self.advice.addWidget(Advice(text, sign, self._button(banner, file)))

    def _first_advice(self) -> IconButton | None:
        for i in range(self.advice.count()):
            item = self.advice.itemAt(i)
            widget = item.widget() if item is not None else None
            if isinstance(widget, Advice) and widget.button is not None and widget.button.isEnabled():
                return widget.button
        return None

    def _button(self, banner: Banner | None, file: ClientFile) -> IconButton | None:
        if banner is not None:
            button = IconButton(tr("Acknowledge…"))
            button.clicked.connect(lambda: self._host.acknowledge(banner))
        elif not file.screening.may_train:
            button = IconButton(tr("Intake screen"))
            button.clicked.connect(self.intake)
        else:
            return None
        button.setEnabled(not self._host.keeper.read_only)
        return button

    def _start(self) -> None:
        if self.file is not None:
            self.start.emit(self.file.code)
