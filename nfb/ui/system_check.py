"""Finds out before Qt is touched whether it can start, and says what to install if it cannot.

Without a display, or without the system libraries its platform plugin needs, Qt ends the process with ``abort``;
no ``except`` clause sees that. So the libraries are looked for first.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

from nfb.model.errors import SetupError

# soname: (Debian and Ubuntu, Fedora)
_EVERYWHERE = {
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
}
_X11 = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}


def require_qt(env: Mapping[str, str] | None = None, load: Callable[[str], object] = ctypes.CDLL) -> None:
    """Raise if a window cannot be opened here.

    Parameters
    ----------
    env
        Environment; that of the process if None.
    load
        Loads a shared library by soname, raises OSError if it is not there.

    Raises
    ------
    SetupError
        No PySide6, no display, or system libraries missing; says what to do.
    """
    env = os.environ if env is None else env
    if find_spec("PySide6") is None:
        raise SetupError("The window needs PySide6, which is not installed. Run: python -m pip install nfb")
    if not sys.platform.startswith("linux"):
        return
    platform = env.get("QT_QPA_PLATFORM", "")
    chosen = platform.split(":")[0].split(";")[0]
    if not chosen and not env.get("DISPLAY") and not env.get("WAYLAND_DISPLAY"):
        raise SetupError(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
            "Run `nfb demo` to have the session in this terminal."
        )
    uses_x11 = chosen == "xcb" or (not chosen and not env.get("WAYLAND_DISPLAY"))
    wanted = {**_EVERYWHERE, **_X11} if uses_x11 else _EVERYWHERE
    missing = [soname for soname in wanted if not _loads(soname, load)]
    if missing:
        debian = " ".join(sorted({wanted[soname][0] for soname in missing}))
        fedora = " ".join(sorted({wanted[soname][1] for soname in missing}))
        raise SetupError(
            f"The window needs system libraries that are not installed: {', '.join(missing)}.\n"
            f"  Debian, Ubuntu:  sudo apt install {debian}\n"
            f"  Fedora:          sudo dnf install {fedora}\n"
            "Until then `nfb demo` runs the session in this terminal."
        )


def _loads(soname: str, load: Callable[[str], object]) -> bool:
    try:
        load(soname)
    except OSError:
        return False
    return True
