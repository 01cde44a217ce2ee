"""The raw view with its chips and buttons; filters for display and knows where the holds are."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nfb.model.hop import HopResult
from nfb.model.samples import Chunk, Gap
from nfb.session.setup import Setup
from nfb.ui.bridge import Frame
from nfb.ui.display_filter import BAND_HZ, DisplayFilter
from nfb.ui.help import plain_tip
from nfb.ui.language import tr
from nfb.ui.why import artefact_words
from nfb.ui.widgets.elided import ElidedLabel
from nfb.ui.widgets.small import IconButton, label, row
from nfb.ui.widgets.sweep import RawSweep


class SweepPanel(QWidget):
    """One for the whole session: it moves from page to page and keeps its traces."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.sweep = RawSweep()
        self._setup: Setup | None = None
        self._filter: DisplayFilter | None = None
        self._chips = ElidedLabel("", "secondary")
        self._chips.setToolTip(
            plain_tip(tr("How the traces are drawn: scale, sweep, filter. The recording is not filtered."))
        )
        finer = IconButton("+", kind="square", tip=tr("Larger traces"), tip_key="scale_finer")
        coarser = IconButton("−", kind="square", tip=tr("Smaller traces"), tip_key="scale_coarser")
        finer.setAccessibleName(tr("Larger traces"))
        coarser.setAccessibleName(tr("Smaller traces"))
        finer.clicked.connect(lambda: self.zoom(1))
        coarser.clicked.connect(lambda: self.zoom(-1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(row(label(tr("Raw EEG"), "section"), self._chips, None, coarser, finer))
        layout.addWidget(self.sweep, 1)

    def begin(self, setup: Setup) -> None:
        device = setup.device
        self._setup = setup
        # Until the mains frequency is known from the signal, 50 Hz: the low-pass at 40 Hz weakens both.
        self._filter = DisplayFilter(device.n_channels, device.sampling_rate_hz, setup.mains_hz or 50.0)
        self.sweep.begin(device.channel_names, device.sampling_rate_hz, setup.fit.channels)
        self._show_chips()

    def zoom(self, steps: int) -> None:
        self.sweep.zoom(steps)
        self._show_chips()

    def stretch(self, steps: int) -> None:
        self.sweep.stretch(steps)
        self._show_chips()

    def chips(self) -> str:
        return self._chips.text()

    def show_frame(self, frame: Frame) -> None:
        """Draw the samples of a frame and hatch its held hops."""
        if self._filter is None or self._setup is None:
            return
        # Chunks that adjoin are drawn in one go: a stroke costs the same for one sample as for ten.
        adjoining: list[Chunk] = []
        for item in frame.samples:
            if isinstance(item, Gap):
                self._draw(adjoining, self._filter)
                adjoining = []
                self.sweep.add_gap(item.sample, item.missing_s)
                self._filter.reset()
                continue
            if adjoining and item.first_sample != adjoining[-1].stop_sample:
                self._draw(adjoining, self._filter)
                adjoining = []
            adjoining.append(item)
        self._draw(adjoining, self._filter)
        for hop in frame.hops:
            if hop.artefact:
                self._hatch(hop, self._setup)

    def _draw(self, chunks: list[Chunk], display: DisplayFilter) -> None:
        if chunks:
            eeg = np.concatenate([chunk.eeg for chunk in chunks], axis=1)
            self.sweep.add_samples(chunks[0].first_sample, display.step(eeg))

    def _hatch(self, hop: HopResult, setup: Setup) -> None:
        first = hop.sample - setup.hop_samples + 1
        self.sweep.hold(first, hop.sample + 1, artefact_words(hop.cause, hop.channel, setup))

    def _show_chips(self) -> None:
        parts = [
            f"±{self.sweep.scale_uv:g} µV",
            f"{self.sweep.sweep_s:g} s",
            f"{BAND_HZ[0]:g}–{BAND_HZ[1]:g} Hz",
        ]
        if self._filter is not None and self._filter.notch_hz:
            parts.append(tr("notch {hz}", hz=f"{self._filter.notch_hz:g}"))
        self._chips.setText(" · ".join(parts))
