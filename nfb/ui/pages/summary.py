"""The session afterwards: amplitude and threshold over time, time in range per run, and the plain figures."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nfb.engine.live import Finished
from nfb.engine.summary import Summary
from nfb.model.protocol import StageKind
from nfb.ui.language import tr
from nfb.ui.session_view import SessionView
from nfb.ui.theme import SECONDARY_PX, font, tokens
from nfb.ui.told import told
from nfb.ui.trend import STEP_S, Trend, pieces
from nfb.ui.widgets.small import IconButton, label, panel, row
from nfb.ui.words import capital, clock, feature_name, percent, quantity, stage_words


class SummaryPage(QWidget):
    """`open_folder` and `replay` carry the recording's folder; `done` goes back to the start."""

    open_folder = Signal(Path)
    replay = Signal(Path)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self._shown: tuple[SessionView, Trend] | None = None
        self.title = label("", "heading")
        self.figures = label("", wrap=True)
        self.where = label("", "secondary", wrap=True)
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.amplitude = pg.PlotWidget()
        self.shares = pg.PlotWidget()
        for plot in (self.amplitude, self.shares):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.setMinimumHeight(130)
        self.table = QTableWidget()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(28)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.folder_button = IconButton(tr("Open folder"), "folder")
        self.replay_button = IconButton(tr("Open in replay"), "replay")
        self.done_button = IconButton(tr("Close  Ctrl+Enter"), "check", "primary")
        self.done_button.setShortcut("Ctrl+Return")
        self.done_button.clicked.connect(self.done)
        self.folder_button.clicked.connect(lambda: self._emit_folder(self.open_folder))
        self.replay_button.clicked.connect(lambda: self._emit_folder(self.replay))
        self._folder: Path | None = None

        self._amplitude_panel = panel(self.amplitude, title=tr("Amplitude and threshold over the session"))
        plots = QHBoxLayout()
        plots.setSpacing(12)
        plots.addWidget(self._amplitude_panel, 3)
        plots.addWidget(panel(self.shares, title=tr("Time in range per run")), 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.figures)
        layout.addLayout(plots, 3)
        layout.addWidget(self.table, 2)
        layout.addWidget(self.where)
        layout.addWidget(row(self.folder_button, self.replay_button, None, self.done_button))

    def show_session(self, finished: Finished, view: SessionView, trend: Trend) -> None:
        """Show what came of a session."""
        self._shown = (view, trend)
        self._folder = finished.folder
        self.folder_button.setEnabled(finished.folder is not None)
        self.replay_button.setEnabled(finished.folder is not None)
        if finished.folder is not None:
            words = tr("Features are means over clean time. Saved in {folder}", folder=finished.folder)
        else:
            words = tr("Features are means over clean time. Nothing was recorded.")
        self.where.setText(words)
        summary = finished.summary
        reason = tr(finished.reason.value) if finished.reason is not None else tr("no session")
        self.title.setText(tr("Session summary · {reason}", reason=reason))
        if summary is None:
            self.figures.setText("")
            return
        self.figures.setText(figures_in_words(summary))
        if view.fault is not None and view.fault.fatal:
            self.figures.setText(f"{told(view.fault.what)} {told(view.fault.way_out)}\n{figures_in_words(summary)}")
        self._fill_table(summary)
        self._draw(view, trend, summary)

    def _emit_folder(self, signal: SignalInstance) -> None:
        if self._folder is not None:
            signal.emit(self._folder)

    def _fill_table(self, summary: Summary) -> None:
        units = [
            capital(feature_name(name)) + (f", {unit}" if unit != "1" else "")
            for name, unit in zip(summary.feature_names, summary.feature_units, strict=True)
        ]
        heads = [tr("Stage"), *map(capital, (tr("valid time"), tr("held"), tr("in range"), tr("rewards"))), *units]
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(summary.stages))
        for i, stage in enumerate(summary.stages):
            is_run = stage.label.startswith("run")
            cells = [
                capital(stage_words(stage.label)),
                clock(stage.valid_s),
                clock(stage.held_s),
                percent(stage.in_range_share) if is_run else "",
                str(stage.rewards) if is_run else "",
                *(quantity(mean, "1" if unit == "1" else "") for mean, unit in
                  zip(stage.feature_mean, summary.feature_units, strict=True)),
            ]  # fmt: skip
            for j, text in enumerate(cells):
                self.table.setItem(i, j, QTableWidgetItem(text.strip()))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setFixedHeight(36)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _draw(self, view: SessionView, trend: Trend, summary: Summary) -> None:
        theme = tokens()
        for plot in (self.amplitude, self.shares):
            plot.clear()
            plot.setBackground(theme.plot)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(theme.border))
                axis.setTextPen(pg.mkPen(theme.text2))
                axis.setTickFont(font(SECONDARY_PX))
                axis.setStyle(tickTextOffset=4)
                # The style sheet's own colour rules do not reach a plot; labels are coloured here.
                axis.labelStyle = {"color": theme.text2, "font-size": f"{SECONDARY_PX}px"}
        self._draw_amplitude(view, trend)
        self._draw_shares(view, summary)
        for plot in (self.amplitude, self.shares):
            for side in ("left", "bottom"):
                # Minutes stay minutes, also below 1. Every call of setLabel undoes this.
                plot.getAxis(side).setSIPrefixEnableRanges(())
                plot.getAxis(side).updateAutoSIPrefix()

    def _draw_amplitude(self, view: SessionView, trend: Trend) -> None:
        theme, plot = tokens(), self.amplitude
        if view.setup is None or not view.conditions:
            return
        condition = view.conditions[0]
        at, feature = view.feature_index(condition), view.feature_of(condition)
        hue = theme.band(*feature.band.at(view.setup.iaf_hz)) if feature.band is not None else theme.accent
        minutes = np.arange(len(trend.steps)) * STEP_S / 60
        kinds = [
            view.setup.stages[step.stage].kind if 0 <= step.stage < len(view.setup.stages) else None
            for step in trend.steps
        ]
        self._shade(plot, minutes, [kind is StageKind.REST for kind in kinds], Qt.BrushStyle.SolidPattern, 0.25)
        self._shade(plot, minutes, [step.held for step in trend.steps], Qt.BrushStyle.BDiagPattern, 0.4)
        for values, pen in (
            ([step.thresholds[at] for step in trend.steps], pg.mkPen(theme.text2, style=Qt.PenStyle.DashLine)),
            ([step.feature(at) for step in trend.steps], pg.mkPen(hue, width=1.5)),
        ):
            for piece in pieces(values):
                plot.plot([minutes[i] for i, _ in piece], [value for _, value in piece], pen=pen, antialias=True)
        known = [v for step in trend.steps for v in (step.feature(at), step.thresholds[at]) if v == v]
        if known:
            plot.setYRange(min(0.0, *known), 1.1 * max(*known, 0.0), padding=0)
        unit = f" ({feature.unit})" if feature.unit != "1" else ""
        plot.setLabel("left", f"{capital(feature_name(feature.name))}{unit}")
        n = len(trend.steps)
        plot.setLabel(
            "bottom", capital(tr("minutes (means of {step} s, n = {n}; dashed: threshold)", step=f"{STEP_S:g}", n=n))
        )
        plot.setAccessibleName(
            tr(
                "{feature} and its threshold over {minutes} minutes",
                feature=feature_name(feature.name),
                minutes=f"{len(trend.steps) * STEP_S / 60:.1f}",
            )
        )

    @staticmethod
    def _shade(
        plot: pg.PlotWidget, minutes: np.ndarray, wanted: list[bool], style: Qt.BrushStyle, alpha: float
    ) -> None:
        """Fill the stretches where `wanted` is true."""
        colour = QColor(tokens().text2)
        colour.setAlphaF(alpha)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(int)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            region = pg.LinearRegionItem(
                (minutes[start], minutes[stop - 1] + STEP_S / 60),
                movable=False,
                brush=pg.QtGui.QBrush(colour, style),
                pen=pg.mkPen(None),
            )
            plot.addItem(region)

    def _draw_shares(self, view: SessionView, summary: Summary) -> None:
        theme, plot = tokens(), self.shares
        runs = [stage for stage in summary.stages if stage.label.startswith("run")]
        known = [(i, stage) for i, stage in enumerate(runs, start=1) if not math.isnan(stage.in_range_share)]
        if known:
            plot.addItem(
                pg.BarGraphItem(
                    x=[i for i, _ in known],
                    height=[100 * stage.in_range_share for _, stage in known],
                    width=0.6,
                    brush=pg.mkBrush(theme.accent),
                    pen=pg.mkPen(None),
                )
            )
        for i, stage in known:
            text = pg.TextItem(percent(stage.in_range_share), color=theme.text, anchor=(0.5, 1.0))
            text.setFont(font(SECONDARY_PX))
            text.setPos(i, 100 * stage.in_range_share)
            plot.addItem(text)
        plot.setXRange(0.4, max(len(runs), 1) + 0.6, padding=0)
        plot.setYRange(0, 115, padding=0)
        plot.getAxis("bottom").setTicks([[(i, str(i)) for i in range(1, len(runs) + 1)]])
        plot.setLabel("left", tr("% of valid time"))
        plot.setLabel("bottom", capital(tr("run (n = {n})", n=len(known))))
        plot.setAccessibleName(
            tr(
                "Time in range: {runs}",
                runs=", ".join(tr("run {n} {share}", n=i, share=percent(stage.in_range_share)) for i, stage in known),
            )
        )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() is QEvent.Type.PaletteChange and self._shown is not None:
            view, trend = self._shown
            if view.finished is not None and view.finished.summary is not None:
                self._draw(view, trend, view.finished.summary)
        super().changeEvent(event)


def figures_in_words(summary: Summary) -> str:
    """One line of plain facts with units."""
    held_s = sum(stage.held_s for stage in summary.stages)
    valid_s = sum(stage.valid_s for stage in summary.stages)
    most = list(summary.held_s_by_cause.items())[:4]
    causes = ", ".join(f"{tr(cause)} {seconds:.0f} s" for cause, seconds in most)
    clean = percent(valid_s / (valid_s + held_s)) if valid_s + held_s else "–"
    parts = [
        tr("Trained {time}", time=clock(summary.trained_s)),
        tr("clean {share}", share=clean)
        if not causes
        else tr("clean {share} (held: {causes})", share=clean, causes=causes),
        tr("gaps {n}", n=0)
        if not summary.n_gaps
        else tr("gaps {n} ({missing})", n=summary.n_gaps, missing=clock(summary.missing_s)),
        tr("threshold changes {n}", n=summary.threshold_changes),
        tr("rewards {n}", n=summary.rewards),
    ]
    if not math.isnan(summary.loop_delay_ms):
        parts.append(
            tr(
                "loop delay {median} ms median, {p95} ms p95",
                median=f"{summary.loop_delay_ms:.0f}",
                p95=f"{summary.loop_delay_p95_ms:.0f}",
            )
        )
    return " · ".join(parts)
