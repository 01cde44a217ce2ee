"""Names, kinds and units of channels as foreign files write them."""

import re
from dataclasses import dataclass

from nfb.files.importers.common import some

_SITES = (
    "Nz Fp1 Fpz Fp2 AF9 AF7 AF5 AF3 AF1 AFz AF2 AF4 AF6 AF8 AF10 F9 F7 F5 F3 F1 Fz F2 F4 F6 F8 F10 "
    "FT9 FT7 FC5 FC3 FC1 FCz FC2 FC4 FC6 FT8 FT10 T9 T7 C5 C3 C1 Cz C2 C4 C6 T8 T10 T3 T4 T5 T6 "
    "TP9 TP7 CP5 CP3 CP1 CPz CP2 CP4 CP6 TP8 TP10 P9 P7 P5 P3 P1 Pz P2 P4 P6 P8 P10 "
    "PO9 PO7 PO5 PO3 PO1 POz PO2 PO4 PO6 PO8 PO10 O1 Oz O2 I1 Iz I2 A1 A2 M1 M2"
)
_SPELLING = {site.upper(): site for site in _SITES.split()}

_OTHER_KIND = re.compile(
    r"ECG|EKG|EOG|EMG|RESP|STATUS|TRIG|MARKER|EVENT|ANNOTATION|SPO2|SAO2|PULSE|PLETH|TEMP|ACC|GYR|MAG[XYZ_ ]|GSR"
    r"|EDA|ERGO|BATT|COUNTER|PACKET|LIGHT|SNORE|HEART|\bHR\b|\bPPG|\bSTI|\bDC\d|\bPHOTIC",
    re.IGNORECASE,
)
# Auxiliary inputs of a BioSemi box: they may be anything, and are EEG only where there is nothing else.
_AUXILIARY = re.compile(r"^(EXG|AUX|BIP|MISC|ANALOG)\s*\d*$", re.IGNORECASE)

_MICROVOLTS = {
    "uv": 1.0,
    "µv": 1.0,
    "μv": 1.0,
    "microvolt": 1.0,
    "microvolts": 1.0,
    "mv": 1e3,
    "millivolt": 1e3,
    "millivolts": 1e3,
    "nv": 1e-3,
    "nanovolt": 1e-3,
    "nanovolts": 1e-3,
    "v": 1e6,
    "volt": 1e6,
    "volts": 1e6,
}


def site_name(label: str) -> str:
    """A label in 10-10 spelling where it names a site, else without its decoration.

    >>> site_name("Fc5."), site_name("EEG FP1-REF"), site_name("EEG A2-A1"), site_name("EXG 3")
    ('FC5', 'Fp1', 'A2-A1', 'EXG 3')
    """
    name = re.sub(r"^EEG[\s_:-]+", "", label.strip().strip("."), flags=re.IGNORECASE).strip(" .")
    bare = re.sub(r"-(REF|LE|A1A2|AVG|AV)$", "", name, flags=re.IGNORECASE)
    return _SPELLING.get(bare.upper(), name)


def is_site(label: str) -> bool:
    """Whether the label names a place of the 10-10 system."""
    return site_name(label).upper() in _SPELLING


def microvolts_per(unit: str) -> float | None:
    """How many µV the unit is, or None if it is no voltage.

    >>> microvolts_per("mV"), microvolts_per("Boolean")
    (1000.0, None)
    """
    return _MICROVOLTS.get(unit.strip().lower())


@dataclass(frozen=True, slots=True)
class Picks:
    """Which channels of a file are EEG.

    Parameters
    ----------
    indices
        Positions in the file.
    names
        Their names, all different.
    scales
        Factors to µV.
    notes
        What was left out or assumed, one sentence each.
    sites_named
        False if a name had to be invented.
    """

    indices: tuple[int, ...]
    names: tuple[str, ...]
    scales: tuple[float, ...]
    notes: list[str]
    sites_named: bool


def pick_eeg(labels: list[str], units: list[str], kinds: list[str] | None = None) -> Picks:
    """Tell the EEG channels of a file from the others.

    Parameters
    ----------
    labels, units
        One per channel, as written in the file.
    kinds
        The file's own word for the kind of channel, where it has one; empty strings where it does not say.
    """
    eeg, auxiliary, left_out, no_unit, invented = [], [], [], [], False
    for index, (label, unit) in enumerate(zip(labels, units, strict=True)):
        kind = kinds[index].upper() if kinds else ""
        named_eeg = kind == "EEG" or label.upper().startswith("EEG") or is_site(label)
        other_kind = kind not in ("", "EEG") or (_OTHER_KIND.search(label) and not is_site(label))
        no_voltage = microvolts_per(unit) is None and not (named_eeg and not unit.strip())
        if other_kind or no_voltage:
            left_out.append(label or f"channel {index + 1}")
        elif _AUXILIARY.match(label.strip()) and kind != "EEG":
            auxiliary.append(index)
        else:
            eeg.append(index)
            if not unit.strip():
                no_unit.append(label or f"channel {index + 1}")
    if eeg:
        left_out += [labels[index] for index in auxiliary]
    picks = eeg or auxiliary
    names = []
    for index in picks:
        name = site_name(labels[index])
        if not name:
            name, invented = f"ch{index + 1}", True
        names.append(name)
    notes = []
    if left_out:
        notes.append(f"Left out, not EEG: {some(left_out)}.")
    if no_unit:
        notes.append(f"The file gives no unit for {some(no_unit)}; µV is assumed.")
    if invented:
        notes.append("Channels without a label were numbered; give them their sites before training.")
    return Picks(
        indices=tuple(picks),
        names=unique(names),
        scales=tuple(microvolts_per(units[index]) or 1.0 for index in picks),
        notes=notes,
        sites_named=not invented,
    )


def unique(names: list[str]) -> tuple[str, ...]:
    """The names, later ones numbered where they repeat.

    >>> unique(["Cz", "Fz", "Cz"])
    ('Cz', 'Fz', 'Cz 2')
    """
    seen: set[str] = set()
    result = []
    for name in names:
        candidate, number = name, 1
        while candidate in seen:
            number += 1
            candidate = f"{name} {number}"
        seen.add(candidate)
        result.append(candidate)
    return tuple(result)
