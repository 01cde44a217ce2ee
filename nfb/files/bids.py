"""The folder tree of recordings: a BIDS-EEG dataset (BIDS 1.10) from the first sample on.

Names, sidecars and tables are written here; samples, journal and feedback are appended by
:mod:`nfb.files.recorder`.
"""

import json
import os
import platform
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nfb import __version__
from nfb.files.codec import Json, json_text
from nfb.files.storage import try_lock, write_atomic
from nfb.model.errors import SetupError
from nfb.session.setup import Setup

BIDS_VERSION = "1.10.0"
HED_VERSION = "8.4.0"
EVENT_COLUMNS = ("onset", "duration", "trial_type", "value", "sample", "missing_samples", "missing_s", "HED")

# Tags of HED 8.4.0 by `trial_type`. Each is a group, because readers put together what begins at the same time, and
# no tag may stand there twice.
HED_TAGS = {
    "stage": "(Experiment-structure, Time-block)",
    "hold": "(Data-feature, Data-artifact, Computed-feature)",
    "pause": "(Experiment-control, Pause)",
    "reward": "(Sensory-event, Feedback, Reward)",
    "threshold": "(Experiment-control, Parameter-label/Threshold)",
    "mark": "(Data-feature, Expert-annotation)",
    "note": "(Experiment-control, Experimental-note)",
    "gap": "(Data-feature, Data-break-marker, Mishap)",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files of one session are.

    Parameters
    ----------
    root
        The dataset.
    subject, session, task
        Labels without their prefixes: ``A031``, ``012``, ``smrup``.
    """

    root: Path
    subject: str
    session: str
    task: str

    @property
    def folder(self) -> Path:
        return self.root / f"sub-{self.subject}" / f"ses-{self.session}"

    @property
    def stem(self) -> str:
        """Name of the BrainVision files without their endings."""
        return f"{self._entities}_task-{self.task}_eeg"

    @property
    def derivatives(self) -> Path:
        return self.root / "derivatives" / "nfb" / f"sub-{self.subject}" / f"ses-{self.session}"

    @property
    def eeg_folder(self) -> Path:
        return self.folder / "eeg"

    def eeg(self, ending: str) -> Path:
        """``eeg("vhdr")`` and so on: the files named ``…_eeg.<ending>``."""
        return self.eeg_folder / f"{self.stem}.{ending}"

    def table(self, ending: str) -> Path:
        """``table("events.tsv")``: the files named ``…_<ending>``."""
        return self.eeg_folder / f"{self._entities}_task-{self.task}_{ending}"

    def placed(self, space: str, ending: str) -> Path:
        """``placed("CapTrak", "electrodes.tsv")``: files of a coordinate system, which belong to no task."""
        return self.eeg_folder / f"{self._entities}_space-{space}_{ending}"

    @property
    def session_file(self) -> Path:
        return self.derivatives / "session.json"

    @property
    def journal(self) -> Path:
        return self.derivatives / "journal.jsonl"

    @property
    def feedback(self) -> Path:
        return self.derivatives / "feedback.tsv.gz"

    @property
    def feedback_columns(self) -> Path:
        return self.derivatives / "feedback.json"

    @property
    def device_times(self) -> Path:
        """float64 UNIX seconds, one per sample, of devices that stamp their samples."""
        return self.derivatives / "device_times.f64"

    @property
    def acceleration(self) -> Path:
        """Three float32 in g per sample, of devices that measure it."""
        return self.derivatives / "acceleration.f32"

    @property
    def presented(self) -> Path:
        """Three float64 per update that was presented: number of the hop, when it was shown, when it was heard."""
        return self.derivatives / "presented.f64"

    @property
    def _entities(self) -> str:
        return f"sub-{self.subject}_ses-{self.session}"


def subject_label(client: str) -> str:
    """The client's code as a BIDS label.

    Raises
    ------
    SetupError
        It holds something else than ASCII letters and digits.
    """
    if not re.fullmatch(r"[A-Za-z0-9]{1,64}", client):
        raise SetupError(
            f"client = {client!r}: a client code may hold letters A-Z and digits only, 1 to 64 of them "
            "(it names folders and files). Use for example A031."
        )
    return client


def task_label(protocol_id: str) -> str:
    """A protocol's id as a BIDS label.

    >>> task_label("smr-up_2")
    'smrup2'
    """
    return re.sub(r"[^A-Za-z0-9]", "", protocol_id) or "nfb"


def claim_session(root: Path, subject: str, task: str) -> Layout:
    """Make the folders of the subject's next session.

    Two programs that ask at once get different sessions: making a folder either succeeds for one of them or fails.

    Raises
    ------
    OSError
        The folders cannot be made.
    """
    subject_folder = root / f"sub-{subject}"
    subject_folder.mkdir(parents=True, exist_ok=True)
    number = max((int(path.name[4:]) for path in _sessions(root, subject)), default=0) + 1
    while True:
        layout = Layout(root, subject, f"{number:03d}", task)
        try:
            layout.folder.mkdir()
        except FileExistsError:
            number += 1
            continue
        layout.eeg_folder.mkdir()
        layout.derivatives.mkdir(parents=True, exist_ok=True)
        return layout


def _sessions(root: Path, subject: str) -> Iterator[Path]:
    # Derivatives count too: a session whose samples were moved elsewhere keeps its number.
    for parent in (root, root / "derivatives" / "nfb"):
        for path in (parent / f"sub-{subject}").glob("ses-*"):
            if path.name[4:].isdecimal():
                yield path


def find_sessions(root: Path) -> list[Layout]:
    """Layouts of all sessions of a dataset that have a session.json, in order of client and session."""
    found = []
    for path in sorted((root / "derivatives" / "nfb").glob("sub-*/ses-*/session.json")):
        layout = layout_of(path.parent)
        if layout is not None:
            found.append(layout)
    return found


def layout_of(path: Path) -> Layout | None:
    """The session to which a folder or file of the tree belongs; None if it does not look like one of ours.

    `path` may be the session's folder, its ``eeg`` folder, its folder in ``derivatives/nfb`` or any file in them.
    """
    path = path.absolute()
    for folder in (path, *path.parents):
        subject = folder.parent
        if folder.name.startswith("ses-") and subject.name.startswith("sub-"):
            root = subject.parent
            if root.name == "nfb" and root.parent.name == "derivatives":
                root = root.parents[1]
            labels = subject.name[4:], folder.name[4:]
            eeg = root / subject.name / folder.name / "eeg"
            stems = sorted(eeg.glob("*_task-*_eeg.*"))
            task = stems[0].name.split("_task-")[1].split("_")[0] if stems else "nfb"
            return Layout(root, *labels, task)
    return None


# ---- the dataset -------------------------------------------------------------------------------------------------

README = """\
Neurofeedback sessions recorded with nfb
========================================

This folder is a BIDS-EEG dataset; MNE, EEGLAB, FieldTrip and Brainstorm open it as it is.

sub-<client>/ses-<number>/eeg/    EEG as it came from the headset: BrainVision, float32, µV, unfiltered.
                                  Lost samples are not filled in: events.tsv has a row "gap" and the marker file a
                                  "New Segment" where they are missing.
derivatives/nfb/sub-.../ses-.../  session.json (what ran), journal.jsonl (every event and command),
                                  feedback.tsv.gz (one row per decision; feedback.json describes its columns),
                                  presented.f64 (when a decision was on the screen or in the sound),
                                  and, from devices that have them, device_times.f64 and acceleration.f32

Clients appear by their code only. Samples count from 0 in all files but the .vmrk, which counts from 1.
"""


def write_dataset(root: Path) -> None:
    """Write the dataset's own files where they are missing."""
    _write_missing(root / "README", README)
    _write_missing(root / "dataset_description.json", json_text(_description("Neurofeedback sessions", "raw")))
    _name_hed_version(root / "dataset_description.json")
    _write_missing(
        root / "participants.json",
        json_text(
            {"participant_id": {"Description": "sub- and the client's code; no other identity is stored here"}}
        ),
    )
    derived = root / "derivatives" / "nfb"
    derived.mkdir(parents=True, exist_ok=True)
    _write_missing(
        derived / "dataset_description.json", json_text(_description("Feedback decisions and journals", "derivative"))
    )


def add_participant(root: Path, subject: str) -> None:
    """Add a client to participants.tsv unless it is there."""
    path = root / "participants.tsv"
    with path.open("a+b", buffering=0) as file:
        for _ in range(100):  # another program holds it for a few milliseconds at most
            if try_lock(file.fileno()):
                break
            time.sleep(0.01)
        file.seek(0)
        known = file.read().decode().split()
        if not known:
            file.write(b"participant_id\n")
        if f"sub-{subject}" not in known:
            file.write(f"sub-{subject}\n".encode())
        os.fsync(file.fileno())


def _description(name: str, kind: str) -> dict[str, Json]:
    described: dict[str, Json] = {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "HEDVersion": HED_VERSION,
        "DatasetType": kind,
        "GeneratedBy": [{"Name": "nfb", "Version": __version__}],
    }
    if kind == "derivative":
        described["SourceDatasets"] = [{"URL": "../.."}]
    return described


def _name_hed_version(path: Path) -> None:
    """Add the version of the tags to a description from before there were any; whatever else stands there stays."""
    with suppress(ValueError):  # a description that somebody damaged is theirs to mend
        described = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(described, dict) and "HEDVersion" not in described:
            write_atomic(path, json_text({**described, "HEDVersion": HED_VERSION}))


def _write_missing(path: Path, text: str) -> None:
    if not path.exists():
        write_atomic(path, text)


# ---- one session -------------------------------------------------------------------------------------------------


def write_sidecars(
    layout: Layout,
    setup: Setup,
    n_samples: int | None = None,
    has_gaps: bool = False,
    artefacts: str = "n/a",
    mains_hz: Json = None,
) -> None:
    """Write ``_eeg.json``, ``_channels.tsv`` and ``_events.json``.

    Parameters
    ----------
    n_samples
        Length of the recording, once it is known.
    artefacts
        What is known of the subject's artefacts, in words.
    mains_hz
        Mains frequency as seen in the signal, where the set-up does not say it.
    """
    device = setup.device
    facts: dict[str, Json] = {
        "TaskName": layout.task,
        "TaskDescription": f"Neurofeedback: {setup.protocol.name}. {setup.protocol.purpose}".strip(),
        "Instructions": setup.protocol.feedback.instruction or "n/a",
        "SamplingFrequency": device.sampling_rate_hz,
        "EEGChannelCount": device.n_channels,
        **{f"{kind}ChannelCount": 0 for kind in ("ECG", "EMG", "EOG", "MISC", "Trigger")},
        "EEGReference": device.reference or "n/a",
        "EEGGround": "n/a",
        "EEGPlacementScheme": "10-10" if device.sites_named else "10-10, sites as confirmed by the operator",
        "PowerLineFrequency": setup.mains_hz or mains_hz or "n/a",
        "SoftwareFilters": "n/a",  # samples are recorded as they came
        "HardwareFilters": "n/a",  # drivers do not tell
        "SubjectArtefactDescription": artefacts,
        "RecordingType": "discontinuous" if has_gaps else "continuous",
        "Manufacturer": device.manufacturer or "n/a",
        "ManufacturersModelName": device.model or device.name,
        "DeviceSerialNumber": device.serial or "n/a",
        "SoftwareVersions": f"nfb {__version__}",
    }
    if n_samples is not None:
        facts["RecordingDuration"] = n_samples / device.sampling_rate_hz
    write_atomic(layout.eeg("json"), json_text(facts))
    rows = [
        (_cell(name), "EEG", "µV", _cell(device.reference), repr(device.sampling_rate_hz), "n/a", "n/a")
        for name in device.channel_names
    ]
    columns = ("name", "type", "units", "reference", "sampling_frequency", "low_cutoff", "high_cutoff")
    write_atomic(layout.table("channels.tsv"), table_text(columns, rows))
    write_atomic(layout.table("events.json"), json_text(_EVENTS))


def write_events(layout: Layout, rows: Iterable[Sequence[str]] = ()) -> None:
    """Write ``_events.tsv``; rows have one text per column of :data:`EVENT_COLUMNS`."""
    write_atomic(layout.table("events.tsv"), table_text(EVENT_COLUMNS, rows))


def table_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A tab-separated table with a head; empty cells become ``n/a``."""
    return "".join("\t".join(_cell(cell) for cell in row) + "\n" for row in (columns, *rows))


def _cell(text: str) -> str:
    return " ".join(text.split()) or "n/a"


_EVENTS: dict[str, Json] = {
    "onset": {"Description": "Sample ÷ sampling frequency; gaps take no time", "Units": "s"},
    "duration": {"Description": "0 for a moment", "Units": "s"},
    "trial_type": {
        "Description": "What happened",
        "Levels": {
            "stage": "A part of the session; value is its label",
            "hold": "Samples not used for feedback, thresholds or clean time; value is the cause",
            "pause": "The session was paused; value says why",
            "reward": "A discrete reward; value is its number",
            "threshold": "A threshold was set; value is feature, value and who set it",
            "mark": "Marked by the operator",
            "note": "Noted by the operator",
            "gap": "Samples are missing before this one",
        },
    },
    "value": {"Description": "Label, cause, number or text, by trial_type"},
    "sample": {"Description": "Index of the first sample, counted from 0"},
    "missing_samples": {"Description": "gap: how many samples are missing; 0 if unknown"},
    "missing_s": {"Description": "gap: how long the samples that are missing would have lasted", "Units": "s"},
    "StimulusPresentation": {
        "OperatingSystem": platform.platform(terse=True),
        "SoftwareName": "nfb",
        "SoftwareVersion": __version__,
    },
}
