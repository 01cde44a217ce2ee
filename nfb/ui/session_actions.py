"""What keys and buttons do in a session: commands to the engine, each change kept so that it can be taken back."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nfb.engine.suggest import Suggestion
from nfb.model.commands import AimAt, Auto, Mark, NextStage, Note, Pause, Resume, SetIaf, SetThreshold, SetThresholds
from nfb.model.protocol import StageKind
from nfb.ui.changes import Change
from nfb.ui.keys import STEP_OF, TARGET_STEP, quick_marks
from nfb.ui.language import tr
from nfb.ui.words import percent

if TYPE_CHECKING:
    from nfb.ui.session_screen import SessionScreen

LEAST_TARGET, MOST_TARGET = 0.20, 0.95


class SessionActions:
    """Acts on one session screen.

    Parameters
    ----------
    screen
        For its pages, notices and bridge.
    """

    def __init__(self, screen: SessionScreen) -> None:
        self._screen = screen
        self._pending: dict[int, float] = {}  # thresholds sent and not yet echoed

    def begin(self) -> None:
        """A new session."""
        self._pending.clear()

    def by_name(self) -> dict[str, Callable[[], None]]:
        """All actions by the names they have in :mod:`nfb.ui.keys`."""
        screen = self._screen
        actions: dict[str, Callable[[], None]] = {
            "pause": self.begin_or_pause,
            "stay_paused": lambda: screen.send(Pause()),
            "go_on": self.go_on,
            "next": lambda: screen.send(NextStage()),
            "end": screen.ask_to_end.emit,
            "check": screen.look_at_signal,
            "client": screen.screens.toggle_client,
            "client_full_screen": screen.screens.flip,
            "strip": screen.one_screen.show_strip,
            "blank": lambda: screen.blank(not screen.stage_view.blank),
            "mute": screen.toggle_mute,
            "talk": self.stop_and_talk,
            "condition_up": lambda: screen.train.bars.select(-1),
            "condition_down": lambda: screen.train.bars.select(1),
            "target_down": lambda: self.aim(-TARGET_STEP),
            "target_up": lambda: self.aim(TARGET_STEP),
            "auto": self.toggle_auto,
            "undo": self.undo,
            "scale_finer": lambda: screen.sweep.zoom(1),
            "scale_coarser": lambda: screen.sweep.zoom(-1),
            "sweep_shorter": lambda: screen.sweep.stretch(-1),
            "sweep_longer": lambda: screen.sweep.stretch(1),
            "spectrum": screen.train.spectrum.switch,
            "mark": lambda: self.mark(tr("mark")),
            "note": screen.write_note,
            "volumes": lambda: screen.train.volumes.sliders["bed"].setFocus(),
        }
        for name, share in STEP_OF.items():
            actions[f"threshold_down{name}"] = partial(self.nudge, -share)
            actions[f"threshold_up{name}"] = partial(self.nudge, share)
        for i, text in enumerate(quick_marks(), start=1):
            actions[f"quick_mark_{i}"] = partial(self.mark, text)
        return actions

    def mark(self, text: str) -> None:
        self._screen.send(Mark(text))

    def begin_or_pause(self) -> None:
        """F5: out of the signal check, a break or a pause; else a pause."""
        screen, view = self._screen, self._screen.view
        if view.paused:
            screen.blank(False)
            screen.send(Resume())
        elif view.stage_kind is StageKind.CHECK:
            if screen.check.weak_sites:
                screen.send(Note(tr("went on from the signal check with {sites}", sites=screen.check.weak_sites)))
            screen.send(NextStage())
        elif view.stage_kind is StageKind.REST:
            screen.send(NextStage())
        else:
            screen.send(Pause())

    def go_on(self) -> None:
        """The client's own key: ends a break whose time is over, and nothing else."""
        stage_view = self._screen.stage_view
        if stage_view.pacing.key():
            self._screen.send(Resume())
        stage_view.show_stage(self._screen.view)

    def pause_and_blank(self) -> None:
        self._screen.blank(True)
        if not self._screen.view.paused:
            self._screen.send(Pause())

    def stop_and_talk(self) -> None:
        """Pause, blank, and a note that waits to be written."""
        self.pause_and_blank()
        self._screen.screens.show_operator()
        self._screen.write_note()
        self._screen.train.note_line.setText(tr("talked: "))

    # thresholds ---------------------------------------------------------------------------------------------------

    def set_threshold(self, condition: int, value: float) -> None:
        """Move one threshold."""
        self._pending[condition] = value
        self._screen.send(SetThreshold(condition, value))

    def accept(self, found: Suggestion) -> None:
        """The operator takes what was suggested."""
        self._screen.send(SetThresholds(found.thresholds))

    def ease(self) -> None:
        """Thresholds under which the baseline would have given the overall target."""
        screen = self._screen
        found = None if screen.bridge is None else screen.bridge.engine.proposals.ease(screen.view.target)
        if found is not None:
            self.accept(found)

    def use_last_visit(self) -> None:
        """The thresholds that were carried over."""
        setup = self._screen.view.setup
        if setup is not None:
            self._screen.send(SetThresholds(setup.thresholds))

    def use_this_baseline(self) -> None:
        """What this baseline makes of the protocol's own targets."""
        screen = self._screen
        values = () if screen.bridge is None else screen.bridge.engine.proposals.baseline_thresholds()
        if values:
            self._screen.send(SetThresholds(values))

    def set_iaf(self, hz: float | None, reason: str) -> None:
        """Place the bands by another alpha peak, or by none."""
        self._screen.send(SetIaf(hz, reason))

    def nudge(self, share: float) -> None:
        """Move the selected threshold by a share of itself, or of the bar where the unit can be negative."""
        view, condition = self._screen.view, self._screen.train.bars.selected
        if condition >= len(view.thresholds):
            return
        value = self._pending.get(condition, view.thresholds[condition])
        if math.isnan(value):
            self._screen.header.say(tr("Not now: there is no threshold before the baseline."))
            return
        bar = self._screen.train.bars.rows[condition]
        size = abs(value) if bar.low >= 0 else (bar.high - bar.low) / 2
        self.set_threshold(condition, value + share * size)

    def aim(self, step: float) -> None:
        """Another overall target: thresholds as the baseline would have given it, as one change."""
        screen, view = self._screen, self._screen.view
        target = round(min(max(view.target + step, LEAST_TARGET), MOST_TARGET), 2)
        if target == view.target or screen.bridge is None:
            return
        found = screen.bridge.engine.proposals.ease(target)
        if found is None:
            view.changes.push(Change(tr("target {share}", share=percent(view.target)), (), view.target))
        else:
            view.target_before = view.target
            screen.send(SetThresholds(found.thresholds))
        self.show_target(target)

    def show_target(self, target: float) -> None:
        """Aim at `target` from now on, without moving anything."""
        if target != self._screen.view.target:
            self._screen.send(AimAt(target))
        self._screen.view.target = target
        self._screen.train.steering.show_target(target)
        self._screen.train.undo.setEnabled(bool(self._screen.view.changes))

    def toggle_auto(self) -> None:
        self._screen.send(Auto(not self._screen.view.auto))

    def undo(self) -> None:
        """Take the newest live change back."""
        screen, change = self._screen, self._screen.view.changes.go_back()
        if change is None:
            screen.header.say(tr("Nothing to undo."))
            return
        self._pending.clear()
        for command in change.back:
            if isinstance(command, SetThreshold):
                self._pending[command.condition] = command.value
            screen.send(command)
        self.show_target(screen.view.target if change.target is None else change.target)
        screen.header.say(tr("Back to {what}.", what=change.words))

    def echoed(self, condition: int, value: float) -> None:
        """A threshold has moved; what was sent has arrived, or something else moved it since."""
        if self._pending.get(condition) == value:
            del self._pending[condition]
