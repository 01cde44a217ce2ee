"""Words on the head map touch neither another site nor another site's words, in any state, with impedances."""

from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nfb.ui import theme
from nfb.ui.widgets.scalp import ScalpMap
from nfb.ui.widgets.sites import place_of

CAPS = {
    "cyton": ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2"),
    "midline": ("F3", "F4", "C3", "Cz", "C4", "Pz", "O1", "O2"),
    "muse": ("TP9", "AF7", "AF8", "TP10"),
    "ten-twenty": (
        "Fp1",
        "Fp2",
        "F7",
        "F3",
        "Fz",
        "F4",
        "F8",
        "T7",
        "C3",
        "Cz",
        "C4",
        "T8",
        "P7",
        "P3",
        "Pz",
        "P4",
        "P8",
        "O1",
        "O2",
    ),
}
SIGN_PX = 7.0
STATES = {
    "good": (("good", ""),),
    "all": (("weak", "muscle 14 µV"), ("off", "flat"), ("weak", "mains 31 µV"), ("good", ""), ("weak", "drift")),
}


def shown(qtbot: QtBot, cap: str, states: str, *, kohm: bool, size: tuple[int, int]) -> ScalpMap:
    names, said = CAPS[cap], STATES[states]
    scalp = ScalpMap()
    qtbot.addWidget(scalp)
    scalp.resize(*size)
    scalp.begin(names, (2, 3))
    each = [said[i % len(said)] for i in range(len(names))]
    scalp.show_grades(tuple(grade for grade, _ in each), tuple(reason for _, reason in each))
    scalp.show_notes(tuple(f"{4 + 7 * i} kΩ" if kohm else "" for i in range(len(names))))
    scalp.grab()
    return scalp


def signs_of(scalp: ScalpMap, cap: str) -> dict[str, QPointF]:
    """Where the signs lie: the head fills the picture, and a rim is left for words."""
    places = {name: place_of(name) for name in CAPS[cap]}
    head_px = min((scalp.width() - 16) / 2.75, (scalp.height() - 16) / 2.55)
    centre = QPointF(scalp.width() / 2, scalp.height() / 2 + 0.03 * head_px)
    return {
        name: centre + QPointF(place[0], -place[1]) * head_px * 0.88
        for name, place in places.items()
        if place is not None
    }


@pytest.mark.parametrize("size", [(285, 416), (420, 520)], ids=str)
@pytest.mark.parametrize("kohm", [False, True], ids=["", "impedance"])
@pytest.mark.parametrize("states", STATES)
@pytest.mark.parametrize("cap", CAPS)
def test_nothing_touches(
    qtbot: QtBot, qapp: QApplication, cap: str, states: str, kohm: bool, size: tuple[int, int]
) -> None:
    theme.apply(qapp, theme.LIGHT)
    scalp = shown(qtbot, cap, states, kohm=kohm, size=size)
    boxes = {name: words.box for name, words in scalp.words.items()}
    assert set(boxes) == set(CAPS[cap])
    assert all(QRectF(scalp.rect()).contains(box) for box in boxes.values())
    assert [pair for pair in combinations(boxes, 2) if boxes[pair[0]].intersects(boxes[pair[1]])] == []
    for site, at in signs_of(scalp, cap).items():
        sign = QRectF(at.x() - SIGN_PX, at.y() - SIGN_PX, 2 * SIGN_PX, 2 * SIGN_PX)
        assert [name for name, box in boxes.items() if box.intersects(sign)] == [], f"on the sign of {site}"


@pytest.mark.parametrize("cap", ["cyton", "midline", "muse"])
def test_in_the_smallest_window_every_impedance_and_state_of_a_usual_headset_is_read(
    qtbot: QtBot, qapp: QApplication, cap: str
) -> None:
    theme.apply(qapp, theme.LIGHT)
    scalp = shown(qtbot, cap, "all", kohm=True, size=(285, 416))
    for i, name in enumerate(CAPS[cap]):
        words = scalp.words[name].text.split()
        assert words[0] == name and words[-2:] == [str(4 + 7 * i), "kΩ"]
    assert len(scalp.words[CAPS[cap][2]].text.split()) == 4, "a site that the protocol uses says its state too"
