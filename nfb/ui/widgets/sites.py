"""Where the sites of the 10-10 system lie on a head seen from above, nose up."""

from __future__ import annotations

import math

from nfb.model.montage import site_key

# Rows from front to back: angle from the vertex (nasion and inion at 110°, Fpz and Oz at 90°) and the names from left
# to right. A row's outermost names lie on the circle through Fpz, T7, Oz and T8, except the ones named apart below.
_ROWS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (67.5, ("AF7", "AF5", "AF3", "AF1", "AFZ", "AF2", "AF4", "AF6", "AF8")),
    (45.0, ("F7", "F5", "F3", "F1", "FZ", "F2", "F4", "F6", "F8")),
    (22.5, ("FT7", "FC5", "FC3", "FC1", "FCZ", "FC2", "FC4", "FC6", "FT8")),
    (0.0, ("T7", "C5", "C3", "C1", "CZ", "C2", "C4", "C6", "T8")),
    (-22.5, ("TP7", "CP5", "CP3", "CP1", "CPZ", "CP2", "CP4", "CP6", "TP8")),
    (-45.0, ("P7", "P5", "P3", "P1", "PZ", "P2", "P4", "P6", "P8")),
    (-67.5, ("PO7", "PO5", "PO3", "PO1", "POZ", "PO2", "PO4", "PO6", "PO8")),
)
_RIM_DEG = {"FPZ": 90.0, "FP1": 108.0, "FP2": 72.0, "OZ": -90.0, "O1": -108.0, "O2": -72.0}
_BEYOND = {
    "NZ": (0.0, 1.2),
    "IZ": (0.0, -1.2),
    "FT9": (-1.16, 0.36),
    "FT10": (1.16, 0.36),
    "TP9": (-1.16, -0.36),
    "TP10": (1.16, -0.36),
    "T9": (-1.22, 0.0),
    "T10": (1.22, 0.0),
    "P9": (-0.98, -0.71),
    "P10": (0.98, -0.71),
    "A1": (-1.22, -0.16),
    "A2": (1.22, -0.16),
}


def _places() -> dict[str, tuple[float, float]]:
    places = dict(_BEYOND)
    for name, degrees in _RIM_DEG.items():
        places[name] = (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)))
    for angle_deg, names in _ROWS:
        middle = angle_deg / 90.0
        # The ends lie on the rim at this polar angle; between them the row bends through its middle site.
        end_deg = angle_deg * 0.8
        end_x, end_y = math.cos(math.radians(end_deg)), math.sin(math.radians(end_deg))
        for i, name in enumerate(names):
            across = (i - 4) / 4
            places[name] = (end_x * across, middle + (end_y - middle) * across * across)
    return places


_PLACES = _places()


def place_of(name: str) -> tuple[float, float] | None:
    """``(x, y)`` with x to the right, y to the nose and 1 at the rim; None for a name that is no site.

    >>> place_of("Cz"), place_of("EXG1")
    ((0.0, 0.0), None)
    """
    return _PLACES.get(site_key(name))
