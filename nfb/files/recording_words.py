"""Why a recording cannot be opened or begun, and the way out; the window translates by these.

Those that a person meets by choosing a file or a folder are here; what only a damaged inside of a format can say is
told where it is found, in English.
"""

_AGAIN = "Copy it again from where it was recorded."
_OTHER_VERSION = "the file was changed or comes from another version"

RECORDING_WORDS: dict[str, str] = {
    # any file
    "no file": "there is no such file. Check the name and the folder.",
    "folder": "this folder is no session of this program. Choose a file, or a session folder.",
    "no plain file": "this is not a file. Choose the file that holds the samples.",
    "unreadable": "it cannot be read ({reason}). Check the permissions and the drive.",
    "empty": f"the file is empty. {_AGAIN}",
    "too large": "{size} GiB is more than the {most} GiB that are read. Cut it shorter.",
    "no memory": "it does not fit into memory. Cut it shorter.",
    "unknown": "its content is no known recording. EDF, BDF, BrainVision, XDF, OpenBCI, Muse and BrainFlow files and "
    "tables with channel names are read.",
    "no samples": "it holds no samples. Choose a recording that was not stopped before it began.",
    "no numbers": "none of its values is a finite number. Export the recording again.",
    "impossible rate": "a sampling rate of {rate} Hz is outside {least}–{most} Hz. Give the true rate as "
    "sampling_rate_hz, or export the recording again.",
    # formats
    "carriage returns": "a text-mode transfer (ftp, git) put a carriage return before each of its {n} line feeds. "
    "Copy it again in binary mode, or undo it by replacing every CR LF by LF.",
    "as text": "it was handled as UTF-8 text, which replaced {n} bytes for good. Copy it again in binary mode.",
    "damaged data": "its data file is damaged: {why}",
    "no record": f"it holds no whole data record. {_AGAIN}",
    "shifted": "its data records do not begin where the header says, so bytes were lost or added inside it. Copy it "
    "again in binary mode.",
    "no EEG signal": "none of its {n} signals is EEG ({names}). Choose the file that holds the EEG.",
    "no EEG channel": "none of its channels is EEG. Choose the file that holds the EEG.",
    "no data file": "its data file {file} is not beside it. Copy the .vhdr, .eeg and .vmrk files together.",
    "no EEG column": "none of its columns is an EEG channel. Name the columns by their sites (Fz, Cz, …) in the "
    "first row.",
    "no rate": "the table does not say its sampling rate. Give it as sampling_rate_hz (--rate on the command line).",
    "no text": "it is not text, although its name says so. Open the recording in its own format.",
    "no EEG stream": "it holds no EEG stream with samples but {names}. Choose the file that holds the EEG.",
    "band powers": "a Mind Monitor table of band powers; its RAW columns are single values per row, not the signal. "
    "Record with an LSL or OSC recorder (muse-lsl), or open the raw recording it was made from.",
    # recordings of this program
    "not ours": "is not a recording of nfb; give the session's folder, sub-…/ses-…, in a folder of recordings",
    "file unread": "cannot be read: {reason}",
    "damaged": "is damaged ({what})",
    "no session": "is not a session of nfb",
    "newer": "needs a newer nfb; this one reads {schema}",
    "other kind": f"is not a {{kind}}; {_OTHER_VERSION}",
    "other form": f"has an unknown form; {_OTHER_VERSION}",
    "lacking": f"is missing; {_OTHER_VERSION}",
    "unwritable": "cannot be written: {reason}. Choose another folder, or free some space.",
    "unfinished": "cannot be finished: {reason}. All samples are kept.",
    "nothing decided": "the session ended before its first decision; there is nothing to report",
}
