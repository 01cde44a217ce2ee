"""What is missing is said before Qt can abort."""

import sys

import pytest

from nfb.model.errors import SetupError
from nfb.ui.system_check import require_qt

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems ship these libraries")


def found(name: str) -> object:
    return object()


def without(*missing: str):
    def load(name: str) -> object:
        if name in missing:
            raise OSError(name)
        return object()

    return load


def test_no_display_points_to_the_terminal() -> None:
    with pytest.raises(SetupError, match=r"There is no display here.*Run `nfb demo`"):
        require_qt({}, found)


def test_missing_libraries_are_named_with_their_packages() -> None:
    with pytest.raises(SetupError) as caught:
        require_qt({"DISPLAY": ":0"}, without("libEGL.so.1", "libxcb-cursor.so.0"))
    text = str(caught.value)
    assert "libEGL.so.1, libxcb-cursor.so.0" in text
    assert "sudo apt install libegl1 libxcb-cursor0" in text
    assert "sudo dnf install libglvnd-egl xcb-util-cursor" in text


@pytest.mark.parametrize("env", [{"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_x11_libraries_are_asked_for_only_where_x11_is_used(env: dict[str, str]) -> None:
    require_qt(env, without("libxcb-cursor.so.0"))
    with pytest.raises(SetupError, match="libegl1"):
        require_qt(env, without("libEGL.so.1"))
