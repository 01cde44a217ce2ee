"""What every importer needs: one-line refusals, guarded reading, and the checks that all recordings pass."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nfb.files.recording import Annotation, Recording
from nfb.files.recording_words import RECORDING_WORDS
from nfb.files.storage import reason
from nfb.model.device import DeviceInfo
from nfb.model.errors import RecordingError
from nfb.model.samples import Float64, Gap, as_chunk_samples

# A file is read whole, and needs about four times its size in memory on the way to float32.
MAX_BYTES = 2**31
MIN_RATE_HZ, MAX_RATE_HZ = 1.0, 100_000.0


@dataclass(frozen=True, slots=True)
class Hints:
    """What the caller knows and a file may not say.

    Parameters
    ----------
    sampling_rate_hz
        Needed by tables without time stamps; elsewhere it must agree with the file.
    board
        Key of :data:`nfb.files.importers.brainflow_boards.BOARDS`, for header-less BrainFlow files.
    """

    sampling_rate_hz: float | None = None
    board: str | None = None


def told_of(path: Path, text: str) -> RecordingError:
    """The one-line error ``file: text``; what came out of the file is made printable."""
    line = " ".join(f"{path.name}: {text}".split())
    return RecordingError("".join(char if char.isprintable() else "?" for char in line))


def refusal(path: Path, reason: str, way_out: str) -> RecordingError:
    """``file: reason. way out.``, for what only people who look into a format understand."""
    return told_of(path, f"{reason}. {way_out}.")


def refused(path: Path, key: str, **values: object) -> RecordingError:
    """What :data:`RECORDING_WORDS` has under `key`, which the window translates."""
    return told_of(path, RECORDING_WORDS[key].format(**values))


def read_bytes(path: Path) -> bytes:
    """The whole file.

    Raises
    ------
    RecordingError
        It is not there, not a regular file (a pipe would never end), empty, too large or unreadable.
    """
    try:
        if not path.exists():
            raise refused(path, "no file")
        if not path.is_file():
            raise refused(path, "no plain file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refused(path, "too large", size=f"{size / 2**30:.1f}", most=f"{MAX_BYTES / 2**30:g}")
        data = path.read_bytes()
    except OSError as error:
        raise refused(path, "unreadable", reason=reason(error)) from error
    if not data:
        raise refused(path, "empty")
    return data


def some(names: list[str], limit: int = 8) -> str:
    """Names for a sentence, not too many of them.

    >>> some(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def transfer_damage(data: bytes, *, size_fits: bool) -> str:
    """What a text-mode transfer (ftp, git) did to a binary file and what to do, or an empty string.

    In undamaged samples one line feed in about 256 happens to follow a carriage return; after LF→CRLF
    all of them do.

    Parameters
    ----------
    data
        The file from its first byte.
    size_fits
        The size is what the header promises; then nothing was inserted.
    """
    if size_fits:
        return ""
    n_lf = data.count(b"\n")
    if n_lf >= 16 and n_lf == data.count(b"\r\n"):
        return RECORDING_WORDS["carriage returns"].format(n=n_lf)
    n_replaced = data.count(b"\xef\xbf\xbd")
    if n_replaced >= 16 and n_replaced * 3 > len(data) // 100:
        return RECORDING_WORDS["as text"].format(n=n_replaced)
    return ""


def finish(
    path: Path,
    file_format: str,
    device: DeviceInfo,
    samples_uv: NDArray[np.floating],
    *,
    gaps: tuple[Gap, ...] = (),
    annotations: list[Annotation] | None = None,
    device_times_s: Float64 | None = None,
    acceleration_g: NDArray[np.floating] | None = None,
    warnings: list[str],
    started_utc: datetime | None = None,
) -> Recording:
    """Check what an importer read, round it to float32 and report what is odd about it.

    Parameters
    ----------
    samples_uv
        ``(n_channels, n_samples)``, µV. What is not finite becomes NaN and is reported; nothing else is changed.
    device_times_s
        ``(n_samples,)`` seconds, or None.

    Raises
    ------
    RecordingError
        There is nothing to replay: no sample, no channel, no number, or an impossible rate.
    """
    rate = device.sampling_rate_hz
    if not MIN_RATE_HZ <= rate <= MAX_RATE_HZ:
        limits = {"least": f"{MIN_RATE_HZ:g}", "most": f"{MAX_RATE_HZ:g}"}
        raise refused(path, "impossible rate", rate=f"{rate:g}", **limits)
    if samples_uv.shape[1] == 0:
        raise refused(path, "no samples")
    eeg = samples_uv.astype(np.float32)
    finite = np.isfinite(eeg)
    n_strange = int(eeg.size - np.count_nonzero(finite))
    if n_strange == eeg.size:
        raise refused(path, "no numbers")
    notes = list(warnings)
    if n_strange:
        eeg[~finite] = np.nan
        first = int(np.argmin(finite.all(axis=0)))
        notes.append(f"{n_strange} values are not finite numbers, the first at {first / rate:.2f} s; they stay NaN.")
    notes += _oddities(eeg, device)
    if device_times_s is not None:
        notes += _odd_stamps(device_times_s)
        device_times_s.flags.writeable = False
    return Recording(
        path=path,
        format=file_format,
        device=device,
        eeg=as_chunk_samples(eeg),
        gaps=gaps,
        annotations=tuple(sorted(annotations or [])),
        device_times_s=device_times_s,
        acceleration_g=None if acceleration_g is None else as_chunk_samples(acceleration_g),
        warnings=tuple(notes),
        started_utc=started_utc,
    )


def _oddities(eeg: NDArray[np.float32], device: DeviceInfo) -> list[str]:
    """Sentences about zero-filled tails, flat or railed channels and one-sample glitches; nothing is changed."""
    rate = device.sampling_rate_hz
    n_samples = eeg.shape[1]
    notes = []
    filled = np.flatnonzero(eeg.any(axis=0))
    n_data = int(filled[-1]) + 1 if filled.size else 0
    if n_data > 0 and n_samples - n_data >= 0.1 * rate:
        filled_s = (n_samples - n_data) / rate
        notes.append(
            f"Every channel is exactly 0 from {n_data / rate:.2f} s to the end ({filled_s:.2f} s of filling)."
        )
    steps = np.diff(eeg[:, :n_data], axis=1)
    flat: list[str] = []
    railed: list[str] = []
    glitches: set[int] = set()
    for row, name in enumerate(device.channel_names):
        if steps.shape[1] and np.mean(steps[row] == 0) > 0.9:
            values = eeg[row, :n_data]
            at_rail = device.rail_uv is not None and float(np.nanmedian(np.abs(values))) >= 0.999 * device.rail_uv
            (railed if at_rail else flat).append(name)
        glitches.update(_glitches(steps[row]))
    if flat:
        notes.append(f"Constant for more than 90 % of the time: {some(flat)}.")
    if railed:
        notes.append(f"At the limit of the amplifier (electrode off?): {some(railed)}.")
    if glitches:
        places = [str(sample) for sample in sorted(glitches)]
        notes.append(f"One-sample glitches, kept as measured: sample {some(places)}.")
    return notes


def _glitches(steps: NDArray[np.float32]) -> list[int]:
    """Samples that leap away and straight back, by 50 times the size of an ordinary large step."""
    if steps.size < 100:
        return []
    size = np.abs(steps)
    ordinary = float(np.nanquantile(size, 0.99)) if np.isfinite(size).any() else 0.0
    if ordinary == 0:
        return []
    there, back = steps[:-1], steps[1:]
    leap = (size[:-1] > 50 * ordinary) & (size[1:] > 50 * ordinary) & (there * back < 0)
    return [int(sample) + 1 for sample in np.flatnonzero(leap)]


def _odd_stamps(times_s: Float64) -> list[str]:
    """Sentences about time stamps that repeat or run backwards (the sample index stays the clock)."""
    steps = np.diff(times_s)
    n_same, n_back = int(np.count_nonzero(steps == 0)), int(np.count_nonzero(steps < 0))
    if not n_same and not n_back:
        return []
    return [
        f"{n_same + n_back} time stamps do not increase ({n_same} repeated, {n_back} backwards); not used as a clock."
    ]


def utc(unix_s: float) -> datetime | None:
    """UNIX seconds as a date, or None where they cannot be one (a device's own uptime, junk).

    >>> utc(60069.666) is None
    True
    """
    # 2001 to 2096: below it is a device's uptime, above it is not seconds.
    return datetime.fromtimestamp(unix_s, tz=UTC) if 1e9 <= unix_s <= 4e9 else None
