"""Finds a policy by its id, and says which one is near to an id that there is not."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from resilience_checks.policy.pack import Pack, Policy


def by_id(pack: Pack, name: str) -> Policy:
    """Return the policy of this id; raise UsageError with the nearest where there is none."""
    known = {policy.id: policy for policy in pack.policies}
    if name not in known:
        near = get_close_matches(name, known, n=1)
        raise UsageError(
            f"there is no policy {name!r}",
            why="nothing can be said of it",
            remedy=f"did you mean {near[0]}?" if near else f"the policies are {', '.join(known)}",
        )
    return known[name]
