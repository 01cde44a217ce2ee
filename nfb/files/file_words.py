"""Why a file cannot be read or written, besides what the system says; the window translates by these."""

FILE_WORDS: dict[str, str] = {
    "none": "there is no such file. Check the spelling and the folder.",
    "folder": "is a folder. Name the .toml file in it.",
    "not read": "cannot be read ({reason}). Check the file's name and permissions.",
    "used": "sessions have used this version of {id}, so it stays as it is; save the change as version {next}",
    "not written": "cannot be written ({reason}). Choose another folder.",
    "settings unread": "the settings cannot be read ({reason}). The usual ones are used.",
    "settings unwritten": "the settings cannot be written ({reason}).",
    "not finished": "is not finished. End the session, or run `nfb recover`, then reassign it.",
    "not given": "could not be given to {client}: {reason}. It was left as it is.",
    "foreign": "was not recorded by this program. Choose a protocol to run on it.",
    "within": "lies within the recordings. Choose a folder outside of them.",
    "not copied": "not everything could be copied ({reason}).",
    "report": "cannot be written: {reason}.",
    "pdf": "cannot be written: {reason}. Choose another folder.",
}
