"""What is said where the disk does not take a recording; the window translates by these."""

DISK_WORDS: dict[str, str] = {
    "next": "{place}: {reason}; trying the next folder.",
    "moved": "{place}: {reason}. The recording goes on in {root}.",
    "in memory": "{place}: {reason}. No other folder can be written: samples are kept in memory for 30 minutes. "
    "Free some disk space or connect the drive again.",
    "memory full": "Memory for the recording is full: samples from now on are not kept. Free some disk space and end "
    "the session; what was recorded before is still here.",
    "back": "The recording is on disk again, in {root}.",
    "removed": "{place} was removed. The recording was written again to {root}.",
    "removed, in memory": "{place} was removed. The recording is kept in memory until a folder can be written.",
}
