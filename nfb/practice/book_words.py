"""What is said of a client book as a whole when it is opened; the window translates by these."""

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
    "busy": "another program has held the client book for more than {n} s. Close it there (a backup or a database "
    "tool, perhaps) and try again.",
}
