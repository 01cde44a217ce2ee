"""Why the system refuses a file, in the same words on every system; the window translates by these."""

import errno

OS_WORDS: dict[int, str] = {
    errno.ENOSPC: "no space left on device",
    errno.EDQUOT: "disk quota exceeded",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
    errno.EROFS: "read-only file system",
    errno.ENOENT: "no such file or directory",
    errno.ENOTDIR: "not a directory",
    errno.EISDIR: "is a directory",
    errno.EEXIST: "file exists",
    errno.ENOTEMPTY: "directory not empty",
    errno.EIO: "input/output error",
    errno.ENXIO: "no such device or address",
    errno.ENODEV: "no such device",
    errno.EBUSY: "device or resource busy",
    errno.ESTALE: "stale file handle",
    errno.ENAMETOOLONG: "file name too long",
    errno.EFBIG: "file too large",
    errno.EMFILE: "too many open files",
    errno.ETIMEDOUT: "connection timed out",
}
