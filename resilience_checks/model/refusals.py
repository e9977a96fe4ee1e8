"""What the system refuses, in words: a full disk, too many open files, no more processes."""

from __future__ import annotations

import errno

from resilience_checks.model.errors import CheckError, EngineError

_ROOM = "make room on the disk, or write to another one"
FULL = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EFBIG: "raise the limit on the size of files (ulimit -f)"}
"""What to do where a file cannot take any more."""
_REMEDIES = {
    **FULL,
    errno.EMFILE: "raise the limit of open files (ulimit -n), or check fewer stacks at once (--jobs)",
    errno.ENFILE: "close what has many files open on this machine, or check fewer stacks at once (--jobs)",
    errno.EAGAIN: "raise the limit of processes (ulimit -u), or check fewer stacks at once (--jobs)",
    errno.ENOMEM: "give it more memory, or check fewer stacks at once (--jobs)",
    errno.EROFS: "name places that can be written, with TMPDIR for what is temporary",
    errno.EIO: "look for what ails the disk (see the kernel's log)",
}


def refused(error: OSError) -> CheckError:
    """Return the error for what the system refused while a check ran, and that nothing nearer to it knows what to say of."""
    place = f"{error.filename}: " if error.filename else ""
    words = error.strerror or str(error) or type(error).__name__
    remedy = _REMEDIES.get(error.errno or 0, "run again with --debug, and report what it shows")
    if isinstance(error, FileNotFoundError) and "temporary directory" in str(error):
        remedy = "set TMPDIR to a folder that can be written and has room"
    return EngineError(
        f"the system refused it: {place}{words}", why="the check itself failed, so nothing was decided", remedy=remedy
    )
