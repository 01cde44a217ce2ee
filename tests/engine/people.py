"""Recorded people whose recordings are long enough to train on, or nearly so."""

from dataclasses import dataclass
from pathlib import Path

from nfb.files.importers import open_recording
from nfb.files.recording import Recording

SHORTEST_SHOWN_S = 5.0  # of time beyond the first minute of clean training


@dataclass(frozen=True, slots=True)
class Person:
    """Recordings of one sitting, played one after another; the first `baseline_s` clean seconds give thresholds."""

    files: tuple[str, ...]
    baseline_s: float


PEOPLE = {
    "rest": Person(("edf/eegmat_Subject03_1.edf",), 60.0),
    # A run in the midst of which the person begins to subtract serially.
    "rest, then task": Person(("edf/eegmat_Subject03_1.edf", "edf/eegmat_Subject03_2.edf"), 120.0),
    # The baseline with open eyes, then the same eyes while the fists are clenched.
    "open eyes, then fists": Person(("edf/eegmmidb_S001R01.edf", "edf/eegmmidb_S001R03.edf"), 55.0),
    "Muse, clean": Person(("muse/muse_P300_subject1_data_2017-02-11-14.57.30.csv",), 40.0),
    "Muse, flicker": Person(("muse/muse_SSVEP_subject1_data_2017-09-14-21.25.17.csv",), 40.0),
    "Muse, blinks": Person(("muse/muse_N170_subject3_data_2018-05-14-19.14.37.csv",), 40.0),
    "Muse, AF7 off": Person(("muse/muse_P300_subject5_data_2018-04-15-20.33.55.csv",), 40.0),
    "Cyton": Person(("openbci/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt",), 20.0),
}


def recordings_of(folder: Path, who: str) -> list[Recording]:
    return [open_recording(folder / name) for name in PEOPLE[who].files]
