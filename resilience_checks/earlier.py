"""What findings are compared with: a baseline file as it stands where nobody who asks for a change can alter it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from resilience_checks.gate.baseline_file import Baseline
from resilience_checks.model.errors import CheckError, UsageError
from resilience_checks.sources.project import relative

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.evaluation import Options
    from resilience_checks.sources.trusted import Trusted


def baseline(options: Options, trusted: Trusted | None) -> Baseline | None:
    """Return the baseline file, None where none is given; raise UsageError where it cannot be read.

    A file of the checkout is read from where settings are trusted, else from where the change left its base: what the
    change itself adds to it does not count. A file from elsewhere is the caller's own, and is read as it is.
    """
    if options.baseline is None:
        return None
    file, root = options.baseline, options.root
    name = relative(file, root)
    inside = os.path.relpath(os.path.abspath(file), root.resolve())  # noqa: PTH100 a link is looked at where it stands
    if inside.startswith("..") or (trusted is None and options.base is None):
        return Baseline(name, _content(file, name))
    if trusted is not None:
        return Baseline(name, trusted.content(inside), f"not at {trusted.name}")
    return _at_fork(options.base or "", root, inside, name)


def _at_fork(base: str, root: Path, inside: str, name: str) -> Baseline:
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(root)
        fork = repository.fork_point(base, "HEAD")
    except CheckError:
        return Baseline(name, None, f"not known at {base}")
    path = (repository.within(root) / inside).as_posix()
    return Baseline(name, repository.contents(fork, [path])[0], f"not at {base} ({fork.short})")


def _content(file: Path, name: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"the baseline {name} cannot be read: {error.strerror}",
            why="which findings stood before is not known, so nothing was checked",
            remedy="write it with `resilience-checks baseline write`",
        ) from error
