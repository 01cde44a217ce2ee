"""Small recordings in every format, made with other programs' writers or by the letter of the standard."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import edfio
import numpy as np
import pytest

RATE_HZ = 250
SITES = ("Fp1", "Fp2", "C3", "C4", "P7", "P8", "O1", "O2")


def eeg_uv(n_channels: int = 8, n_samples: int = 1000, seed: int = 7) -> np.ndarray:
    """Channel k: a sine of 10·(k + 1) µV at 10 Hz in noise of 3 µV, ``(n_channels, n_samples)``."""
    noise = np.random.default_rng(seed).normal(0, 3, (n_channels, n_samples))
    sine = np.sin(2 * np.pi * 10 * np.arange(n_samples) / RATE_HZ)
    return noise + 10 * np.arange(1, n_channels + 1)[:, None] * sine


def edf_bytes(kind: str = "edf") -> bytes:
    """Four seconds of EDF+ (or BDF+) with two annotations, written by edfio."""
    eeg = eeg_uv()
    edf_class, signal_class = (edfio.Edf, edfio.EdfSignal) if kind == "edf" else (edfio.Bdf, edfio.BdfSignal)
    signals = [
        signal_class(eeg[row], RATE_HZ, label=site, physical_dimension="uV", physical_range=(-500, 500))
        for row, site in enumerate(SITES)
    ]
    notes = [edfio.EdfAnnotation(1.0, None, "eyes closed"), edfio.EdfAnnotation(2.5, 0.4, "blink")]
    buffer = io.BytesIO()
    edf_class(signals, annotations=notes, data_record_duration=1.0).write(buffer)
    return buffer.getvalue()


def openbci_text(version: int = 6, index: np.ndarray | None = None, n_channels: int = 8) -> str:
    """OpenBCI GUI text; `index` is the sample index of each row, default 0–255 without a hole."""
    index = np.arange(1000) % 256 if index is None else index
    eeg = eeg_uv(n_channels, len(index))
    rate = {4: 200, 8: 250, 16: 125}[n_channels]
    ms = 1557936053329 + np.arange(len(index)) * 1000 // rate
    if version == 6:
        head = f"%OpenBCI Raw EXG Data\n%Number of channels = {n_channels}\n%Sample Rate = {rate} Hz\n%Board = x\n"
        names = ["Sample Index", *(f"EXG Channel {k}" for k in range(n_channels)), "Timestamp", "Marker Channel"]
        head += ", ".join([*names, "Timestamp (Formatted)"]) + "\n"
        tail = [f"{ms[k]},{3 if k == 500 else 0}, 12:00:53.329" for k in range(len(index))]
    else:
        head = f"%OpenBCI Raw EEG Data\n%Number of channels = {n_channels}\n%Sample Rate = {rate}.0 Hz\n"
        head += "%Other Columns = EEG data in microvolts followed by Accel Data (in G) interleaved with Aux Data\n"
        tail = [f"0.04, 0.42, 0.24, 12:00:53.329, {ms[k]}" for k in range(len(index))]
    rows = [", ".join([str(index[k]), *(f"{v:.2f}" for v in eeg[:, k]), tail[k]]) for k in range(len(index))]
    return head + "\n".join(rows) + "\n"


def brainflow_text(
    index: np.ndarray | None = None, separator: str = "\t", n_columns: int = 24, rate_hz: float = 250.0
) -> str:
    """BrainFlow rows as its file streamer writes them (6 decimals); time stamp and marker in the last two columns."""
    index = np.arange(1000) % 256 if index is None else index
    cells = np.zeros((len(index), n_columns))
    cells[:, 0] = index
    n_eeg = min(8, n_columns - 3)
    cells[:, 1 : 1 + n_eeg] = eeg_uv(n_eeg, len(index)).T
    cells[:, -2] = 1557936053.329 + np.arange(len(index)) / rate_hz
    cells[min(300, len(index) - 1), -1] = 5
    return "".join(separator.join(f"{value:.6f}" for value in row) + "\n" for row in cells)


def muse_text(times_s: np.ndarray | None = None) -> str:
    times_s = 1486825052.657 + np.arange(1024) / 256 if times_s is None else times_s
    eeg = eeg_uv(5, len(times_s))
    rows = [
        ",".join([f"{times_s[k]:.3f}", *(f"{v:.3f}" for v in eeg[:, k]), str(int(k == 200))])
        for k in range(len(times_s))
    ]
    return "timestamps,TP9,AF7,AF8,TP10,Right AUX,Marker0\n" + "\n".join(rows) + "\n"


def table_text() -> str:
    eeg = eeg_uv(3)
    rows = [",".join([f"{k / RATE_HZ:.4f}", *(f"{v:.3f}" for v in eeg[:, k]), str(k // 500)]) for k in range(1000)]
    return "time,Fz,Cz,Pz,class\n" + "\n".join(rows) + "\n"


def xdf_bytes(n_samples: int = 1000, unit: str = "microvolts", hole_s: float = 0.0) -> bytes:
    """An EEG stream with a clock 100 s behind the recorder's, and a marker stream (XDF 1.0 specification).

    The first sample is at 50 s of the stream's clock; a marker at sample 500; `hole_s` is left out before sample 600.
    """

    def chunk(tag: int, content: bytes) -> bytes:
        return b"\x04" + struct.pack("<I", len(content) + 2) + struct.pack("<H", tag) + content

    def header(
        stream: int, name: str, kind: str, n_channels: int, rate: int, channel_format: str, desc: str
    ) -> bytes:
        xml = (
            f"<?xml version='1.0'?><info><name>{name}</name><type>{kind}</type>"
            f"<channel_count>{n_channels}</channel_count><nominal_srate>{rate}</nominal_srate><channel_format>{channel_format}</channel_format>{desc}</info>"
        )
        return chunk(2, struct.pack("<I", stream) + xml.encode())

    eeg = eeg_uv(8, n_samples).astype("<f4")
    channels = "".join(
        f"<channel><label>{site}</label><unit>{unit}</unit><type>EEG</type></channel>" for site in SITES
    )
    times = 50 + np.arange(n_samples) / RATE_HZ
    times[600:] += hole_s
    parts = [b"XDF:", chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")]
    parts.append(header(1, "Amp", "EEG", 8, RATE_HZ, "float32", f"<desc><channels>{channels}</channels></desc>"))
    parts.append(header(2, "Marks", "Markers", 1, 0, "string", "<desc/>"))
    for start in range(0, n_samples, 100):
        block = range(start, min(start + 100, n_samples))
        samples = b"".join(b"\x08" + struct.pack("<d", times[k]) + eeg[:, k].tobytes() for k in block)
        parts.append(chunk(3, struct.pack("<I", 1) + b"\x01" + bytes([len(block)]) + samples))
    parts.append(
        chunk(3, struct.pack("<I", 2) + b"\x01\x01" + b"\x08" + struct.pack("<d", times[500] + 100) + b"\x01\x03tap")
    )
    for when in (50.0, 52.0, 54.0):
        parts.append(chunk(4, struct.pack("<Idd", 1, when, 100.0)))
        parts.append(chunk(4, struct.pack("<Idd", 2, when + 100.0, 0.0)))
    return b"".join(parts)


def write_brainvision(
    folder: Path,
    *,
    binary_format: str = "IEEE_FLOAT_32",
    vectorized: bool = False,
    unit: str = "µV",
    resolution: float = 0.1,
    markers: tuple[str, ...] = ("New Segment,,1,1,0,20240102030405000000", "Stimulus,S  1,501,1,0"),
) -> Path:
    """Eight channels in the formats of BrainVision Core Data Format 1.0; returns the header file."""
    dtype = {"INT_16": "<i2", "INT_32": "<i4", "IEEE_FLOAT_32": "<f4"}[binary_format]
    factor = {"µV": 1.0, "mV": 1e3, "nV": 1e-3, "V": 1e6}[unit]
    stored = eeg_uv() / factor / resolution
    stored = (stored if dtype == "<f4" else np.rint(stored)).astype(dtype)
    (folder / "rec.eeg").write_bytes(stored.tobytes() if vectorized else stored.T.tobytes())
    channels = "\n".join(f"Ch{k + 1}={site},,{resolution:g},{unit}" for k, site in enumerate(SITES))
    header = folder / "rec.vhdr"
    header.write_text(
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nCodepage=UTF-8\nDataFile=rec.eeg\n"
        "MarkerFile=rec.vmrk\nDataFormat=BINARY\n"
        f"DataOrientation={'VECTORIZED' if vectorized else 'MULTIPLEXED'}\nNumberOfChannels=8\n"
        f"DataPoints=1000\nSamplingInterval=4000\n[Binary Infos]\nBinaryFormat={binary_format}\n"
        f"[Channel Infos]\n{channels}\n",
        encoding="utf-8",
    )
    lines = "\n".join(f"Mk{number}={marker}" for number, marker in enumerate(markers, 1))
    (folder / "rec.vmrk").write_text(
        "Brain Vision Data Exchange Marker File, Version 1.0\n[Common Infos]\nCodepage=UTF-8\nDataFile=rec.eeg\n"
        f"[Marker Infos]\n{lines}\n",
        encoding="utf-8",
    )
    return header


class Make:
    """The writers above, handed to tests as one fixture."""

    rate_hz = RATE_HZ
    sites = SITES
    eeg_uv = staticmethod(eeg_uv)
    edf_bytes = staticmethod(edf_bytes)
    openbci_text = staticmethod(openbci_text)
    brainflow_text = staticmethod(brainflow_text)
    muse_text = staticmethod(muse_text)
    table_text = staticmethod(table_text)
    xdf_bytes = staticmethod(xdf_bytes)
    brainvision = staticmethod(write_brainvision)


@pytest.fixture(scope="session")
def make() -> type[Make]:
    return Make


@pytest.fixture
def save(tmp_path: Path) -> Callable[[str, bytes | str], Path]:
    """Write one file into the test's own folder."""

    def write(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
