"""A round head: where the 10-10 sites lie, how far apart they are, and which part of the head they see.

Only the simulated client needs it: its fields fall off with the distance between sites on a unit sphere.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from nfb.model.errors import SetupError, nearest
from nfb.model.montage import site_key
from nfb.model.samples import Float64

Point = tuple[float, float, float]  # right, front, up; length 1

# Row letters and the site at the left end of the row, tilt of its midline site from the vertex (front is positive)
# and azimuth of the row's ends from the nasion. Oostenveld & Praamstra 2001, doi:10.1016/S1388-2457(00)00527-7.
_ROWS = (
    ("AF", "AF", 67.5, 36.0),
    ("F", "F", 45.0, 54.0),
    ("FC", "FT", 22.5, 72.0),
    ("C", "T", 0.0, 90.0),
    ("CP", "TP", -22.5, 108.0),
    ("P", "P", -45.0, 126.0),
    ("PO", "PO", -67.5, 144.0),
)
_BELOW_RING_DEG = 112.5  # sites 9 and 10 lie one step below the ring of 7 and 8
_EAR = (100.0, 115.0)  # azimuth and tilt of A2


def _point(azimuth_deg: float, tilt_deg: float) -> Point:
    """Point at `tilt_deg` from the vertex towards `azimuth_deg` (0 is the nasion, 90 the right ear)."""
    azimuth, tilt = math.radians(azimuth_deg), math.radians(tilt_deg)
    return (math.sin(tilt) * math.sin(azimuth), math.sin(tilt) * math.cos(azimuth), math.cos(tilt))


def _row(letters: str, end: str, tilt_deg: float, azimuth_deg: float) -> dict[str, Point]:
    """Sites of one row: eighths of the circle through its left end, its midline site and its right end."""
    side, front, _ = _point(azimuth_deg, 90.0)
    _, middle_front, middle_up = _point(0.0, tilt_deg)
    rise = math.hypot(middle_front - front, middle_up)
    radius = (rise**2 + side**2) / (2 * rise)
    half_arc = math.atan2(side, radius - rise)
    toward = ((middle_front - front) / rise, middle_up / rise)
    centre = (middle_front - radius * toward[0], middle_up - radius * toward[1])

    sites = {}
    for step, (left, right) in enumerate((("z", "z"), ("1", "2"), ("3", "4"), ("5", "6"), ("7", "8"))):
        angle = half_arc * step / 4
        x = radius * math.sin(angle)
        y, z = (c + radius * math.cos(angle) * t for c, t in zip(centre, toward, strict=True))
        name = end if step == 4 else letters
        sites[name + left] = (-x, y, z)
        sites[name + right] = (x, y, z)
    for left, sign in (("9", -1), ("10", 1)):
        sites[end + left] = _point(sign * azimuth_deg, _BELOW_RING_DEG)
    return sites


def _head() -> dict[str, Point]:
    sites = {
        "Fp1": _point(-18, 90),
        "Fpz": _point(0, 90),
        "Fp2": _point(18, 90),
        "O1": _point(-162, 90),
        "Oz": _point(180, 90),
        "O2": _point(162, 90),
        "Iz": _point(180, _BELOW_RING_DEG),
        "A1": _point(-_EAR[0], _EAR[1]),
        "A2": _point(*_EAR),
    }
    for row in _ROWS:
        sites.update(_row(*row))
    return sites


SITES: Mapping[str, Point] = MappingProxyType(_head())
_BY_KEY = {site_key(name): name for name in SITES}


def find_site(name: str) -> str:
    """The 10-10 name of a site however it is spelled; T3 is T7, M1 is A1.

    Raises
    ------
    SetupError
        There is no such site.

    >>> find_site("fp1"), find_site("T3")
    ('Fp1', 'T7')
    """
    found = _BY_KEY.get(site_key(name))
    if found is None:
        raise SetupError(f"{name!r} is no site of the 10-10 system{nearest(site_key(name), _BY_KEY)}")
    return found


def positions(sites: Sequence[str]) -> Float64:
    """``(n_sites, 3)`` points on the unit sphere: right, front, up."""
    return np.array([SITES[find_site(site)] for site in sites])


def angles_deg(sites: Sequence[str], others: Sequence[str]) -> Float64:
    """``(n_sites, n_others)`` angles between sites as seen from the centre of the head."""
    cosines = positions(sites) @ positions(others).T
    angles: Float64 = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
    return angles


def nearness(sites: Sequence[str], others: Sequence[str], width_deg: float) -> Float64:
    """``(n_sites, n_others)`` Gaussian fall-off with distance: 1 at the site itself, 0.61 at `width_deg`."""
    near: Float64 = np.exp(-0.5 * (angles_deg(sites, others) / width_deg) ** 2)
    return near


def blink_field(sites: Sequence[str]) -> Float64:
    """``(n_sites,)`` share of a blink's potential: nearly 1 over the forehead, half at F7/F8, none behind the vertex.

    It is flat where it is strongest, which is why a headset referenced to the forehead shows blinks upside down
    behind the ears and hardly at all at AF7/AF8.
    """
    _, front, up = positions(sites).T
    share: Float64 = 1.0 / (1.0 + np.exp(-(front - 0.2 * up - 0.58) / 0.1))
    return share


def gaze_field(sites: Sequence[str]) -> Float64:
    """``(n_sites,)`` share of a rightward saccade's potential: 1 at F8, -1 at F7, none on the midline."""
    near = nearness(sites, ["F8", "F7"], 35.0)
    share: Float64 = near[:, 0] - near[:, 1]
    return share


def derivation(channels: Sequence[str], reference: Sequence[str]) -> tuple[tuple[str, ...], Float64]:
    """Electrodes on the head and the matrix that turns their potentials into channels.

    Parameters
    ----------
    channels
        Sites recorded.
    reference
        Sites whose mean is subtracted.

    Returns
    -------
    tuple
        Electrodes, channels first, and the ``(n_channels, n_electrodes)`` matrix.
    """
    matrix = np.hstack([np.eye(len(channels)), np.full((len(channels), len(reference)), -1.0 / len(reference))])
    return (*channels, *reference), matrix
