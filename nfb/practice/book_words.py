"""What is said of a client book, and where it cannot do what was asked; the window translates by these."""

BOOK_WORDS: dict[str, str] = {
    "clock": "This computer's clock says {now} UTC, but the newest entry of the client book is of {newest} UTC. "
    "Check date and time; entries keep the order in which they were made.",
    "newer": "This client book was written by a newer nfb (version {version} of the book, this program knows "
    "{newest}). It is open for reading only. Install the newer nfb to write.",
    "updated": "The client book was brought up to date. A copy of how it was before: {backup}",
    "write-protected": "The file or its folder is write-protected.",
    "server": "The server allows reading only.",
    "held": "Opened for reading only: {why}",
    "damaged": "The file is damaged in part; it was opened for reading so that nothing more is lost. {advice}",
    "own backup": "Put a copy from your own backup in its place.",
    "copy": "The newest copy that this program took is {backup}.",
    "erased": "{client} belonged to a client who was erased. Choose another code.",
    "taken": "{client} is taken already. Choose another code.",
    "single": "{client} already has its {kind}. Read it again and change it.",
    "no client": "there is no such client in the client book.",
    "reading": "{book} is open for reading only. {advice}",
    "move, no reason": "Say why the record goes to another client.",
    "visit, no reason": "Say why the session goes to another client.",
    "visit, signed": "The note of this visit is signed; it stays, and so does the session.",
    "erase, no reason": "Say why the client is erased, e.g. 'asked for it'.",
    "signed by": "The note was signed by {who} already. Add an amendment.",
    "no signer": "A note is signed with a name. Say who signs.",
    "cap": "{advice} Shorten the visit.",
    "limits, no reason": "Say why the limits are passed; the reason goes into the client book.",
    "removed": "The {kind} was removed at another desk after you opened it. Nothing was overwritten: look at both "
    "and save again.",
    "changed": "The {kind} was changed at another desk after you opened it ({changes}). Nothing was overwritten: "
    "look at both and save again.",
    "change": "{field}: theirs {theirs}, yours {yours}",
    "busy": "another program has held the client book for more than {n} s. Close it there (a backup or a database "
    "tool, perhaps) and try again.",
}
