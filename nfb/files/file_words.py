"""Why a file cannot be read or written, besides what the system says; the window translates by these."""

_BEGIN = "A protocol begins with schema = 1; copy one of the shipped files and change it."

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
    "large": "is larger than {most} KiB; this is not a protocol. Choose a .toml file.",
    "not UTF-8": "byte {at} is not UTF-8 text. Choose a .toml file, or save it as UTF-8.",
    "empty": f"is empty. {_BEGIN}",
    "comments": f"has comments only. {_BEGIN}",
    "nested": f"has lists nested too deep to be read. {_BEGIN}",
    "zero byte": "has a zero byte at character {at}; this is not a text file.",
    "half a letter": "character {at} is half a letter. Save the file as UTF-8.",
    "not TOML": "is not TOML: {where}. Mend that line.",
    "digits": "has a number of thousands of digits. Write a shorter one.",
    "no schema": "is missing: write schema = {schema} as the first line.",
    "newer": "this file needs a newer nfb, this one reads schema {schema}. Update nfb.",
    "schema": "must be the whole number {schema}.",
    "pdf": "cannot be written: {reason}. Choose another folder.",
}
