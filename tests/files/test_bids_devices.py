"""Recordings of every device kind are a valid dataset, and MNE finds the electrodes on the head."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mne
import numpy as np
import pytest

from nfb.devices.catalogue import DEVICES, device_info
from nfb.files.electrodes import position
from nfb.files.exporters import EXPORTERS, export_recording
from nfb.files.recorder import Recorder
from nfb.files.recording import open_own_recording
from nfb.model.commands import EndReason
from nfb.model.device import DeviceInfo
from nfb.model.montage import Fit
from nfb.model.samples import Chunk, Gap, GapCause, as_chunk_samples
from nfb.session.setup import Setup

# What only the people who record can know, and is theirs to add; and the source of what is itself the source.
_NOT_OURS = {
    ("JSON_KEY_RECOMMENDED", "License"),
    ("JSON_KEY_RECOMMENDED", "SourceDatasets"),
    ("NO_AUTHORS", "Authors"),
    ("TOO_FEW_AUTHORS", ""),
    *(
        ("SIDECAR_KEY_RECOMMENDED", key)
        for key in (
            "CapManufacturer",
            "CapManufacturersModelName",
            "CogAtlasID",
            "CogPOID",
            "HeadCircumference",
            "InstitutionAddress",
            "InstitutionName",
            "InstitutionalDepartmentName",
        )
    ),
}


def _kinds() -> list[DeviceInfo]:
    """One of each kind of device: what differs in reference, names of sites, link or burst of samples."""
    by_kind = {
        (device.reference, device.sites_named, device.link, device.burst_samples > 1): device_info(device, {})
        for device in DEVICES.values()
    }
    lsl = DeviceInfo("lsl", ("Fz", "Cz", "My 1"), 500.0, serial="uid\t1", reference="n/a", sites_named=True)
    return [*by_kind.values(), lsl]


def _on(setup: Setup, device: DeviceInfo) -> Setup:
    fit = Fit(False, "", setup.fit.features, tuple(range(min(2, device.n_channels))), "device")
    return replace(setup, device=device, fit=fit)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, setup: Setup, record: Callable[..., None], gap: Gap) -> Path:
    root = tmp_path_factory.mktemp("kinds") / "recordings"
    rng = np.random.default_rng(0)
    for device in _kinds():
        own = _on(setup, device)
        with Recorder(root, device.name.replace("-", ""), own) as recorder:
            n = 300
            eeg = as_chunk_samples(rng.normal(0, 10, (device.n_channels, n)))
            acceleration = as_chunk_samples(rng.normal(0, 1, (3, n)))
            recorder.write_chunk(Chunk(0, eeg, 1.7e9 + np.arange(n) / 250, acceleration_g=acceleration))
            recorder.write_gap(Gap(n, 12, 0.05, GapCause.PACKETS_LOST))
            recorder.write_chunk(Chunk(n, eeg, 1.7e9 + 2 + np.arange(n) / 250, acceleration_g=acceleration))
            recorder.finish(EndReason.COMPLETED)
            assert recorder.problems() == ()
    samples = rng.normal(0, 10, (3, 5000)).astype(np.float32)
    for gaps in ((), (gap,)):  # a first and a second session, with decisions
        with Recorder(root, "A031", setup) as recorder:
            record(recorder, samples, gaps)
            recorder.finish(EndReason.COMPLETED)
        exports = root / "derivatives" / f"exports{len(gaps)}"
        exports.mkdir()
        for name, exporter in EXPORTERS.items():
            out = exports / f"{name}{exporter.suffix}"
            export_recording(open_own_recording(recorder.folder), out, name, overwrite=True)
    return root


def test_the_validator_finds_no_error_and_no_warning_about_what_can_be_known(dataset: Path) -> None:
    beside = Path(sys.executable).with_name("bids-validator-deno")
    program = str(beside) if beside.exists() else shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("bids-validator-deno is not installed")
    run = subprocess.run([program, str(dataset), "--format", "json"], capture_output=True, text=True, timeout=100)
    issues = json.loads(run.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []
    assert {(issue["code"], issue.get("subCode", "")) for issue in issues} <= _NOT_OURS


def test_every_file_of_numbers_has_its_columns_described(dataset: Path) -> None:
    for path in (dataset / "derivatives").rglob("*"):
        if path.suffix in (".f64", ".f32", ".gz"):
            beside = path.with_name(path.name.split(".")[0] + ".json")
            described = json.loads(beside.read_text(encoding="utf-8"))
            assert "Description" in described or all("Description" in column for column in described.values())


def test_sites_are_where_the_template_of_another_program_has_them() -> None:
    with pytest.warns(FutureWarning, match="deprecated"):
        montage = mne.channels.make_standard_montage("standard_1020")
    head = mne.channels.montage.transform_to_head(montage).get_positions()["ch_pos"]
    for name, metres in head.items():
        assert position(name) == pytest.approx(tuple(1000 * metres), abs=0.051), name
    assert position("Fp1-REF") == position("FP1")
    for name in ("Ch1", "X3", "L2", "Acc X", "NAS", ""):
        assert position(name) is None


def test_mne_bids_reads_samples_events_and_positions(dataset: Path) -> None:
    mne_bids = pytest.importorskip("mne_bids")
    path = mne_bids.BIDSPath(subject="A031", session="002", task="smrup", datatype="eeg", root=dataset)
    raw = mne_bids.read_raw_bids(path, verbose="error")
    recording = open_own_recording(dataset / "sub-A031" / "ses-002")
    assert raw.ch_names == list(recording.device.channel_names)
    assert np.allclose(raw.get_data() * 1e6, recording.eeg, rtol=1e-6)
    assert "reward" in " ".join(raw.annotations.description)
    found = raw.get_montage().get_positions()
    assert found["coord_frame"] == "head"
    for name, metres in found["ch_pos"].items():
        assert 1000 * metres == pytest.approx(position(name), abs=0.1)


def test_positions_say_that_they_were_not_measured(dataset: Path) -> None:
    described = json.loads(next(dataset.glob("sub-A031/ses-001/eeg/*coordsystem.json")).read_text(encoding="utf-8"))
    assert "not measured" in described["EEGCoordinateSystemDescription"]


def test_devices_without_sites_have_no_positions(dataset: Path) -> None:
    for device in _kinds():
        written = list((dataset / f"sub-{device.name.replace('-', '')}").rglob("*electrodes.tsv"))
        assert bool(written) == any(position(name) for name in device.channel_names)
