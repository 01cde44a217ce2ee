"""Feedback modes: what each shows, what it does when it cannot, and the view that all of them share."""

import gc
import weakref
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from films import write_film
from flashes import FRAME_S, light_of, luminance_of
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nfb.files.protocol_schema import FeedbackTable
from nfb.practice.comfort import PROFILES
from nfb.ui.feedback.effort import BUDGET_S, Effort
from nfb.ui.feedback.light import PHOTOSAFE, STANDARD, Safety, grey_of, safety_of
from nfb.ui.feedback.mode import Wishes
from nfb.ui.feedback.modes import ALIASES, MODES, choices, key_of
from nfb.ui.widgets.feedback import SURROUND, FeedbackView

SCREENS = Path(__file__).resolve().parents[1] / "_screens"
PAINTED = [key for key in MODES if key not in ("film", "shade")]


def view_of(qtbot: QtBot, mode: str = "bar", size: tuple[int, int] = (192, 108), **wishes: object) -> FeedbackView:
    view = FeedbackView(leads=True)
    qtbot.addWidget(view)
    view.resize(*size)
    view.begin(mode, Wishes(**wishes))  # type: ignore[arg-type]
    return view


def run(view: FeedbackView, feedback: float | None, seconds: float) -> QImage:
    """The picture after some seconds of one value."""
    for _ in range(round(seconds / FRAME_S)):
        view.show_frame(feedback, FRAME_S)
        image = view.grab().toImage()
        QApplication.processEvents()  # a film's pictures arrive as events
    return image


def luminance(image: QImage) -> float:
    return float(luminance_of(light_of(image)).mean())


# the registry ----------------------------------------------------------------------------


def test_every_mode_has_a_name_and_a_description(qapp: QApplication) -> None:
    names = [entry.name() for entry in MODES.values()]
    assert len(set(names)) == len(names) and all(entry.description().endswith(".") for entry in MODES.values())


def test_plans_and_comfort_profiles_name_modes_that_exist() -> None:
    named = {profile.feedback for profile in PROFILES.values() if profile.feedback}
    assert named <= {*MODES, *ALIASES}
    assert key_of("scene") == "dawn" and key_of("film") == "film" and key_of("never heard of") == "dawn"


def test_protocols_may_name_every_mode() -> None:
    assert set(get_args(FeedbackTable.model_fields["mode"].annotation)) == {*MODES, *ALIASES}


def test_a_mode_that_this_platform_cannot_show_is_hidden_with_a_reason(qapp: QApplication) -> None:
    if qapp.platformName() != "offscreen":
        pytest.skip("this platform has a desktop that may be shaded")
    assert "shade" not in choices() and MODES["shade"].why_not().endswith(".")


def test_wayland_and_a_desktop_without_compositor_cannot_shade(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nfb.ui.feedback import shade

    for platform, composites, word in (("wayland", True, "Wayland"), ("xcb", False, "compositor"), ("xcb", True, "")):
        monkeypatch.setattr(shade.QGuiApplication, "platformName", lambda name=platform: name)
        monkeypatch.setattr(shade, "_x11_composites", lambda found=composites: found)
        assert word in shade.why_not() and bool(word) == bool(shade.why_not())


def test_a_comfort_profile_sets_the_limits_of_light() -> None:
    assert safety_of(PROFILES["standard"]) == STANDARD
    assert safety_of(PROFILES["photosensitive"]) == PHOTOSAFE


# what modes show ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", PAINTED)
@pytest.mark.parametrize("safety", [STANDARD, PHOTOSAFE], ids=["standard", "photosafe"])
def test_more_feedback_is_more_light_and_the_least_is_not_dark(qtbot: QtBot, mode: str, safety: Safety) -> None:
    lights = []
    for feedback in (0.0, 0.5, 1.0):
        view = view_of(qtbot, mode, safety=safety)
        for _ in range(150):
            view.show_frame(feedback, FRAME_S)
            view._shown.update(feedback, FRAME_S)
        lights.append(luminance(run(view, feedback, 0.6)))
    assert lights[0] <= lights[1] <= lights[2] and lights[0] < lights[2]
    if mode in ("dawn", "branch"):
        assert lights[0] >= (0.33 if safety is STANDARD else 0.55) * lights[2]


@pytest.mark.parametrize("mode", PAINTED)
def test_a_hold_leads_back_to_neutral_within_a_second(qtbot: QtBot, mode: str) -> None:
    """Hold, no value at all, and feedback of a half all come to the same picture."""
    pictures = []
    for last in ("held", None, 0.5):
        view = view_of(qtbot, mode, safety=Safety(motion=False))
        run(view, 0.9, 0.4)
        view.set_held(last == "held")
        pictures.append(luminance_of(light_of(run(view, 0.9 if last == "held" else last, 1.1))))  # type: ignore[arg-type]
    assert np.abs(pictures[0] - pictures[2]).max() <= 0.05
    assert np.abs(pictures[1] - pictures[2]).max() <= 0.05


@pytest.mark.parametrize("mode", [*PAINTED, "shade", "film"])
def test_a_reward_can_be_seen_and_is_no_flash(qtbot: QtBot, mode: str) -> None:
    """The twin of the chime: a clear difference somewhere, next to none of the whole."""
    plain, rewarded = (view_of(qtbot, mode, (240, 135)) for _ in range(2))
    for view in (plain, rewarded):
        for _ in range(60):
            view._shown.update(0.6, FRAME_S)
        run(view, 0.6, 0.1)
    rewarded.pulse()
    differences, wholes = [], []
    for _ in range(45):
        a, b = (luminance_of(light_of(run(view, 0.6, FRAME_S))) for view in (plain, rewarded))
        differences.append(np.abs(a - b).max())
        wholes.append(abs(a.mean() - b.mean()))
    assert max(differences) >= 0.02
    assert max(wholes) <= 0.02


@pytest.mark.parametrize("mode", ["bar", "dot"])
def test_the_reference_meters_follow_in_the_very_next_frame(qtbot: QtBot, mode: str) -> None:
    view = view_of(qtbot, mode, (320, 180))
    run(view, 0.0, 1.5)
    # Nine tenths up the bar; just inside the rim of the largest disc.
    at = (160, 45) if mode == "bar" else (160, 90 - 38)
    before = QColor(view.grab().toImage().pixel(*at)).lightness()
    view.show_frame(1.0, FRAME_S)
    assert QColor(view.grab().toImage().pixel(*at)).lightness() > before + 60


def test_the_kite_flies_faster_with_more_feedback_and_never_stops(qtbot: QtBot) -> None:
    ways = []
    for feedback in (0.0, 0.5, 1.0):
        kite = MODES["glide"].make(Wishes())
        for _ in range(120):
            kite.update(feedback, FRAME_S)
        start = kite.x  # type: ignore[attr-defined]
        for _ in range(60):
            kite.update(feedback, FRAME_S)
        ways.append((kite.x - start) % 1.0)  # type: ignore[attr-defined]
    assert 0.0 < ways[0] < ways[1] < ways[2]


def test_the_branch_grows_with_time_in_range_and_never_withers(qtbot: QtBot) -> None:
    branch = MODES["branch"].make(Wishes())
    grown = []
    for feedback in (1.0, 0.0, None):
        for _ in range(3600):
            branch.update(feedback, FRAME_S)
        grown.append(branch.growth)  # type: ignore[attr-defined]
    assert grown[0] > 0.05 and grown == sorted(grown) and grown[1] == grown[2]


def test_without_motion_the_picture_stands_still(qtbot: QtBot) -> None:
    for mode in PAINTED:
        view = view_of(qtbot, mode, safety=PHOTOSAFE)
        first = run(view, None, 1.0)
        assert run(view, None, 0.5) == first, mode


def test_gradients_show_no_bands(qtbot: QtBot) -> None:
    """In a smooth sky neighbouring rows differ by dithering: no run of rows has one colour throughout."""
    view = view_of(qtbot, "glide", (320, 400), safety=PHOTOSAFE)
    image = run(view, 0.5, 0.2)
    flat = sum(len({image.pixel(x, y) for x in range(0, 320, 2)}) == 1 for y in range(250, 400))
    assert flat == 0


# films ----------------------------------------------------------------------------


def bad_films(folder: Path) -> dict[str, Path]:
    empty = folder / "empty.mp4"
    empty.write_bytes(b"")
    text = folder / "text.mp4"
    text.write_text("this is no film" * 100)
    nowhere = folder / "nowhere.mp4"
    short = folder / "no frames.avi"
    write_film(short, [])
    cut = folder / "cut.avi"
    cut.write_bytes(write_film(folder / "whole.avi", [90] * 5).read_bytes()[:150])
    unknown = write_film(folder / "codec.avi", [90] * 5, codec=b"ZZZZ")
    return {
        "nowhere": nowhere, "folder": folder, "empty": empty, "text": text, "zero length": short, "cut off": cut,
        "unknown codec": unknown,
    }  # fmt: skip


@pytest.mark.parametrize(
    "what", ["nowhere", "folder", "empty", "text", "zero length", "cut off", "unknown codec", "none"]
)
@pytest.mark.qt_log_ignore(".*", extend=False)
def test_a_film_that_cannot_be_played_becomes_the_calm_scene(qtbot: QtBot, tmp_path: Path, what: str) -> None:
    path = "" if what == "none" else str(bad_films(tmp_path)[what])
    view = FeedbackView(leads=True)
    qtbot.addWidget(view)
    view.resize(192, 108)
    told: list[str] = []
    view.trouble_changed.connect(told.append)
    view.begin("film", Wishes(film=path))

    def trouble() -> bool:
        # A second of session time passes in each turn: a player that says nothing is given up after three.
        view.show_frame(0.5, 1.0)
        return "calm scene" in view.trouble

    qtbot.waitUntil(trouble, timeout=10_000)
    assert told[-1] == view.trouble
    image = run(view, 0.5, 1.5)
    assert luminance(image) > 0.15
    view.end()


def test_a_film_plays_dimmed_by_feedback_and_loops(qtbot: QtBot, tmp_path: Path) -> None:
    film = write_film(tmp_path / "grey.avi", [200] * 10)
    view = view_of(qtbot, "film", film=str(film))
    qtbot.waitUntil(lambda: view._shown._fresh is not None, timeout=10_000)  # type: ignore[attr-defined]
    view.show_frame(0.5, FRAME_S)
    view.grab()
    grey = QColor(200, 200, 200)
    full = ((grey.redF() + 0.055) / 1.055) ** 2.4
    # Relative luminance follows from the floor, 45 %, to the whole.
    for feedback, share in ((0.0, 0.45), (1.0, 1.0)):
        run(view, feedback, 2.5)
        middle = QColor(view.grab().toImage().pixel(96, 54)).redF()
        assert ((middle + 0.055) / 1.055) ** 2.4 / full == pytest.approx(share, abs=0.03)
    # 0.4 s of film, and pictures still come.
    shown = view._shown
    qtbot.wait(600)
    shown._fresh = None  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: shown._fresh is not None, timeout=3000)  # type: ignore[attr-defined]
    assert "no sound" in view.trouble
    view.end()


def test_a_films_sound_follows_feedback_and_fades_when_blanked(qtbot: QtBot, tmp_path: Path) -> None:
    view = view_of(qtbot, "film", film=str(write_film(tmp_path / "grey.avi", [200] * 10)))
    view.set_volume(0.5)
    output = view._shown._output  # type: ignore[attr-defined]
    volumes = []
    for feedback, blank in ((1.0, False), (0.0, False), (0.0, True)):
        view.blank = blank
        for _ in range(120):
            # Six seconds pass here in a moment, in which no player can bring a picture.
            view._shown._without_picture_s = 0.0  # type: ignore[attr-defined]
            view._shown.update(feedback, FRAME_S)
            volumes.append(output.volume())
    assert volumes[119] == pytest.approx(0.5, abs=0.01)
    # Dialogue stays intelligible: two fifths of the volume at the least.
    assert volumes[239] == pytest.approx(0.2, abs=0.02)
    assert volumes[-1] == 0.0
    assert np.abs(np.diff(volumes)).max() <= 0.03
    view.end()


def test_a_huge_film_is_painted_at_a_size_that_can_be(qtbot: QtBot, tmp_path: Path) -> None:
    film = write_film(tmp_path / "4k.avi", [120, 120], size=(3840, 2160))
    view = view_of(qtbot, "film", film=str(film))
    qtbot.waitUntil(lambda: view._shown._fresh is not None, timeout=15_000)  # type: ignore[attr-defined]
    view.show_frame(0.5, FRAME_S)
    view.grab()
    assert view._shown._picture.width() <= 1920  # type: ignore[attr-defined]
    view.end()


def test_the_operators_mirror_plays_no_second_film(qtbot: QtBot, tmp_path: Path) -> None:
    mirror = FeedbackView()
    qtbot.addWidget(mirror)
    mirror.begin("film", Wishes(film=str(tmp_path / "nowhere.mp4")))
    assert mirror.mode == "film" and mirror.trouble == ""


# the view ----------------------------------------------------------------------------


@pytest.mark.parametrize("safety", [STANDARD, PHOTOSAFE], ids=["standard", "photosafe"])
def test_blanking_is_dark_within_a_second_and_comes_back_by_fading(qtbot: QtBot, safety: Safety) -> None:
    view = view_of(qtbot, "glide", (96, 54), safety=safety)
    bright = luminance(run(view, 1.0, 0.5))
    view.blank = True
    image = run(view, 1.0, 1.0)
    assert {image.pixel(x, y) for x in range(96) for y in range(54)} == {QColor(SURROUND).rgb()}
    view.blank = False
    back = [luminance(run(view, 1.0, FRAME_S)) for _ in range(int(3.5 / FRAME_S))]
    assert max(np.diff(back)) <= safety.slew_per_s * FRAME_S + 0.009 and back[-1] > 0.9 * bright


def test_words_fade_in_even_when_no_session_feeds_the_view(qtbot: QtBot) -> None:
    view = view_of(qtbot, "bar", (400, 225))
    with qtbot.waitExposed(view):
        view.show()
    view.message = "Take a breath."

    def words_shown() -> bool:
        image = view.grab().toImage()
        return any(QColor(image.pixel(x, y)).lightness() > 180 for x in range(60, 340, 2) for y in range(95, 130, 2))

    qtbot.waitUntil(words_shown, timeout=4000)


def test_the_ring_shrinks_with_the_time_left(qtbot: QtBot) -> None:
    def lit(share_left: float | None) -> int:
        view = view_of(qtbot, "sound", (640, 360))
        view.set_ring(share_left)
        image = run(view, 0.5, 0.3)
        return sum(QColor(image.pixel(x, y)).lightness() > 120 for x in range(590, 630) for y in range(310, 350))

    assert lit(None) == 0
    full, half, nearly_over = lit(1.0), lit(0.5), lit(0.1)
    assert half == pytest.approx(full / 2, rel=0.2) and 0 < nearly_over < half / 2


def test_a_slow_machine_is_painted_less_and_the_operator_told(qtbot: QtBot) -> None:
    effort = Effort()
    levels = []
    for _ in range(300):
        effort.spent(2 * BUDGET_S)
        levels.append((effort.level, effort.scale, effort.every))
    assert list(dict.fromkeys(levels)) == [(0, 1.0, 1), (1, 1.0, 1), (2, 0.5, 1), (3, 0.5, 2)]
    view = view_of(qtbot, "dawn", (640, 360))
    view.effort = effort
    assert "24 ms" in view.trouble
    run(view, 0.5, 0.1)
    assert view.canvas.picture.size() == QSize(320, 180)


def test_after_a_busy_moment_everything_is_painted_again_and_that_comes_to_rest() -> None:
    effort, levels = Effort(), []
    for second in range(3600):
        # A machine that can do half of it: each return to the whole is too much again.
        for _ in range(60):
            effort.spent(2 * BUDGET_S if effort.level == 0 and second > 0 else BUDGET_S / 10)
        levels.append(effort.level)
    changes = [i for i in range(1, len(levels)) if levels[i] != levels[i - 1]]
    assert 0 in levels[30:] and len(changes) <= 20
    waits = [b - a for a, b in pairwise(changes)]
    assert max(waits) > 600


def test_a_fast_machine_is_left_alone() -> None:
    effort = Effort()
    assert not any(effort.spent(0.003) or effort.spent(0.0) for _ in range(500)) and effort.level == 0


def test_nothing_of_a_mode_is_left_when_the_next_begins(qtbot: QtBot) -> None:
    view = view_of(qtbot)
    gc.collect()  # windows of earlier tests that wait for the collector are not counted
    windows = len(QApplication.topLevelWidgets())
    seen = []
    for mode in MODES:
        view.begin(mode)
        run(view, 0.7, 0.05)
        seen.append(weakref.ref(view._shown))
    view.end()
    gc.collect()
    assert [ref() for ref in seen] == [None] * len(seen)
    assert len(QApplication.topLevelWidgets()) == windows


@pytest.mark.parametrize("mode", list(MODES))
def test_resizing_hiding_and_closing_are_quiet(qtbot: QtBot, mode: str) -> None:
    """Warnings of Qt fail this suite; no size from a stamp to a tower is special."""
    view = view_of(qtbot, mode)
    view.setMinimumSize(1, 1)
    view.show()
    for size in ((1, 1), (3, 200), (300, 3), (160, 120), (90, 160)):
        view.resize(*size)
        run(view, 0.8, 0.02)
    view.hide()
    view.show_frame(0.2, FRAME_S)
    view.show()
    view.close()
    view.show_frame(0.2, FRAME_S)
    view.end()


def test_the_shade_lets_clicks_through_and_covers_one_screen(qtbot: QtBot, qapp: QApplication) -> None:
    from PySide6.QtCore import Qt

    from nfb.ui.feedback.shade import Overlay

    overlay = Overlay(qapp.primaryScreen())
    qtbot.addWidget(overlay)
    flags = overlay.windowFlags()
    assert flags & Qt.WindowType.WindowTransparentForInput and flags & Qt.WindowType.WindowStaysOnTopHint
    assert overlay.geometry() == qapp.primaryScreen().geometry()
    overlay.set_opacity(1.0, 0.0)
    # Even when told to be black it keeps 45 % of the light.
    opacity = overlay.grab().toImage().pixelColor(50, 50).alphaF()
    assert 1.0 - opacity >= grey_of(0.45) - 0.01


@pytest.mark.parametrize("mode", list(MODES))
def test_pictures_of_every_mode(qtbot: QtBot, tmp_path: Path, mode: str) -> None:
    """For people to look at: nought, a half, one, and one second into a hold."""
    SCREENS.mkdir(exist_ok=True)
    parent = QWidget()
    qtbot.addWidget(parent)
    for name in ("0", "0.5", "1", "hold"):
        value = 1.0 if name == "hold" else float(name)
        view = view_of(qtbot, mode, (640, 360))
        for _ in range(40):
            view._shown.update(value, 0.1)
        if hasattr(view._shown, "growth"):
            view._shown.growth = 0.15 + 0.7 * value
        if name == "1":
            for _ in range(9):
                view.pulse()
        for _ in range(40):
            view._shown.update(value, FRAME_S)
        image = run(view, value, 0.05)
        if name == "hold":
            image = run(view, None, 1.0)
        assert image.save(str(SCREENS / f"feedback_{mode}_{name}.png"))
