"""Where the electrodes are: template positions of the 10-10 system, as BIDS tables.

``electrode_template.tsv`` holds 94 sites and three landmarks of a standard head (Colin 27) as MNE-Python distributes
them, moved into the frame of the landmarks: origin between the ears, x to the right ear, y to the nasion, in mm; BIDS
calls it CapTrak. They say where a site lies on a head in general; on the client nothing was measured.
"""

from functools import cache
from importlib.resources import files

from nfb.files.bids import Layout, table_text
from nfb.files.codec import Json, json_text
from nfb.files.storage import write_atomic
from nfb.model.device import DeviceInfo
from nfb.model.montage import site_key

SPACE = "CapTrak"
_LANDMARKS = ("NAS", "LPA", "RPA")
_SAID = (
    "Template positions of the international 10-10 system on a standard head (Colin 27), from the names of the "
    "channels. They were not measured on the participant."
)

Position = tuple[float, float, float]


@cache
def template() -> dict[str, Position]:
    """Position in mm by site in capitals, and the landmarks ``NAS``, ``LPA`` and ``RPA``."""
    text = (files("nfb.files") / "electrode_template.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    return {name.upper(): (float(x), float(y), float(z)) for name, x, y, z in rows}


def position(channel: str) -> Position | None:
    """Where a channel of this name sits; None if it names no site.

    >>> position("T3") == position("T7"), position("Ch1")
    (True, None)
    """
    known = template()
    if channel.strip().upper() in _LANDMARKS:
        return None
    return known.get(channel.strip().upper()) or known.get(site_key(channel))


def write_electrodes(layout: Layout, device: DeviceInfo) -> None:
    """Write ``_electrodes.tsv`` and ``_coordsystem.json``; nothing where no channel names a site."""
    places = {name: position(name) for name in device.channel_names}
    if not any(places.values()):
        return
    rows = [
        (name, *(("n/a",) * 3 if place is None else (f"{value:g}" for value in place)))
        for name, place in places.items()
    ]
    write_atomic(layout.placed(SPACE, "electrodes.tsv"), table_text(("name", "x", "y", "z"), rows))
    known = template()
    described: dict[str, Json] = {
        "EEGCoordinateSystem": SPACE,
        "EEGCoordinateUnits": "mm",
        "EEGCoordinateSystemDescription": _SAID,
        "FiducialsDescription": "The landmarks of the standard head: nasion, left and right preauricular point",
    }
    for what in ("Fiducials", "AnatomicalLandmark"):
        described |= {
            f"{what}Coordinates": {name: list(known[name]) for name in _LANDMARKS},
            f"{what}CoordinateSystem": SPACE,
            f"{what}CoordinateUnits": "mm",
            f"{what}CoordinateSystemDescription": "Landmarks of the same standard head",
        }
    write_atomic(layout.placed(SPACE, "coordsystem.json"), json_text(described))
