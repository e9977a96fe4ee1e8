"""Where a check ran: what git says of the checkout, and the CI system of its run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Run


def running(root: Path, said: Run) -> Run | None:
    """Return the run, None where nothing is known of it.

    The commit is the one that git has checked out, which is what was read; only without git it is what the CI system
    says. A branch is what the CI system says, for it checks out commits.
    """
    from resilience_checks.model.errors import InputError, UsageError
    from resilience_checks.sources.worktrees import Repository

    try:
        repository = Repository(root)
        head = repository.found("HEAD")
        return replace(
            said,
            commit=head.id if head is not None else said.commit,
            branch=said.branch or repository.branch,
            dirty=bool(repository.uncommitted([root])),
        )
    except UsageError:
        return said if any((said.commit, said.branch, said.url, said.actor, said.system)) else None
    except InputError:  # git failed: which commit was read is not known, and the report is worth more than that
        return replace(said, commit="")
