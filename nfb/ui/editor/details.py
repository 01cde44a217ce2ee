"""One protocol to read: what it rewards, where, how late, what is known of it and what is not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nfb.engine.preview import FitOn, any_headset, delay_budget, fit_on
from nfb.model.device import DeviceInfo
from nfb.model.protocol import Eyes, Protocol, Reference, StageKind
from nfb.model.sentence import sentence
from nfb.session.setup import Setup
from nfb.ui.editor.entries import Entry
from nfb.ui.editor.fields import FlexLabel
from nfb.ui.editor.head_map import HeadMap
from nfb.ui.editor.side_pane import BudgetView, fit_words
from nfb.ui.help import glossary_tip, with_tip
from nfb.ui.language import tr
from nfb.ui.theme import tokens
from nfb.ui.widgets.small import label
from nfb.ui.words import capital, clock

_WAIT_MS = 100


class Details(QScrollArea):
    """Shows an entry of the library; it decides nothing."""

    def __init__(self) -> None:
        super().__init__(widgetResizable=True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name = FlexLabel("", "section")
        self.state = FlexLabel("", "secondary")
        self.sentence = FlexLabel()
        self.purpose = FlexLabel("", "secondary")
        self.fit = FlexLabel()
        self.fit.setToolTip(glossary_tip("montage"))
        self.map = HeadMap(to_choose=False)
        self.map.setFixedSize(220, 210)
        self.budget = BudgetView()
        self.session = FlexLabel("", "secondary")
        self.level = FlexLabel()
        self.summary = FlexLabel("", "secondary")
        self.limits = FlexLabel("", "secondary")
        self.references = QLabel(wordWrap=True, openExternalLinks=True)
        self.references.setObjectName("secondary")
        self.references.setTextFormat(Qt.TextFormat.RichText)
        self.references.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.cautions = FlexLabel("", "secondary")
        self._setup: Setup | None = None
        # A budget designs filters: not for every protocol that a search passes by.
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._measure)
        self._signal = QWidget()
        self._known = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        beside = QHBoxLayout(self._signal)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(16)
        column = QVBoxLayout()
        column.setSpacing(8)
        for part in (self.fit, with_tip(label(tr("Delay"), "section"), "delay"), self.budget, self.session):
            column.addWidget(part)
        column.addStretch(1)
        beside.addWidget(self.map, 0, Qt.AlignmentFlag.AlignTop)
        beside.addLayout(column, 1)
        known = QVBoxLayout(self._known)
        known.setContentsMargins(0, 0, 0, 0)
        known.setSpacing(8)
        for heading, parts in (
            (tr("Evidence"), (self.level, self.summary)),
            (tr("What is not known"), (self.limits,)),
            (tr("Cautions"), (self.cautions,)),
            (tr("References"), (self.references,)),
        ):
            known.addWidget(label(heading, "section"))
            for part in parts:
                known.addWidget(part)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(8)
        for part in (self.name, self.state, self.sentence, self.purpose, self._signal, self._known):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(inside)

    def show_entry(self, entry: Entry | None, fit: FitOn | None) -> None:
        """An entry, and how it fits the chosen headset (None: no headset is chosen)."""
        protocol = None if entry is None else entry.protocol
        for part in (self._signal, self._known, self.purpose):
            part.setVisible(protocol is not None)
        self.name.setText("" if entry is None else tr(protocol.name) if protocol else entry.path.name)
        self.state.setText("" if entry is None else _state(entry))
        self.sentence.setText("" if entry is None else entry.problem)
        if protocol is not None:
            self._show_protocol(protocol, fit)
        self.verticalScrollBar().setValue(0)

    def _measure(self) -> None:
        if self._setup is not None:
            self.budget.show_budget(delay_budget(self._setup))

    def _show_protocol(self, protocol: Protocol, fit: FitOn | None) -> None:
        placed = fit.setup.fit if fit is not None and fit.setup is not None else None
        self.sentence.setText(sentence(protocol, placed, tr))
        self.purpose.setText(tr(protocol.purpose))
        self.fit.setText(
            tr("Sites: {sites}", sites=", ".join(protocol.montage.sites)) if fit is None else fit_words(fit)
        )
        reference = protocol.montage.reference
        self.map.show_sites(protocol.montage.sites, () if isinstance(reference, str) else reference)
        own: DeviceInfo = any_headset(protocol)
        elsewhere = fit_on(protocol, own)
        self._setup = fit.setup if fit is not None and fit.setup is not None else elsewhere.setup
        self.budget.show_budget(())
        self._timer.start()
        self.session.setText(_session(protocol))
        evidence = protocol.evidence
        self.level.setText(capital(tr(evidence.level)))
        self.summary.setText(tr(evidence.summary))
        self.limits.setText(tr(evidence.limits))
        self.cautions.setText("\n".join(f"•  {tr(caution)}" for caution in protocol.cautions))
        self.references.setText(references_html(evidence.references))


def references_html(references: Sequence[Reference]) -> str:
    """A paragraph per source, its DOI as a link in the theme's accent colour."""
    accent = tokens().accent
    lines = []
    for entry in references:
        doi = escape(entry.doi, quote=True)
        link = f' <a style="color: {accent}" href="https://doi.org/{doi}">doi:{doi}</a>' if doi else ""
        lines.append(f'<p style="margin: 0 0 4px 0">{escape(entry.text)}{link}</p>')
    return "".join(lines)


def _state(entry: Entry) -> str:
    if entry.protocol is None:
        return tr("This file cannot be used. Edit it: the text tab shows where.")
    n = entry.protocol.version
    if not entry.is_own:
        return tr("Built in, version {n}. It cannot be changed; duplicate it to edit.", n=n)
    words = {
        "UNUSED": tr("Your own, version {n}, not used yet.", n=n),
        "USED": tr("Your own, version {n}, used in a session: changes become a new version.", n=n),
        "CHANGED": tr("Your own, version {n}: the file was changed after a session had used it.", n=n),
    }
    return words[entry.use.name]


def _session(protocol: Protocol) -> str:
    """``Eyes open, baseline 2:00, 8 × 3:00``, a line for each part, then the course."""
    starts = [i for i, stage in enumerate(protocol.stages) if stage.gives_thresholds]
    lines = []
    for begin, end in pairwise([*starts, len(protocol.stages)]):
        baseline = protocol.stages[begin]
        runs = [stage for stage in protocol.stages[begin:end] if stage.kind is StageKind.RUN]
        eyes = tr("Eyes closed") if baseline.eyes is Eyes.CLOSED else tr("Eyes open")
        baseline_s, run_s = clock(baseline.duration_s), clock(runs[0].duration_s)
        lines.append(
            tr("{eyes}, baseline {baseline}, {n} × {run}", eyes=eyes, baseline=baseline_s, n=len(runs), run=run_s)
        )
    course = protocol.course
    if course.sessions:
        week = tr(", {n} a week", n=course.per_week) if course.per_week else ""
        lines.append(tr("Course: {sessions}", sessions=course.sessions) + week)
    return "\n".join(lines)
