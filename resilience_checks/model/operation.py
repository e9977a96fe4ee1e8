"""What a deployment would do to one resource."""

from __future__ import annotations

from dataclasses import dataclass

from resilience_checks.model.question import Holds

SAME, CREATE, UPDATE, REPLACE, DELETE = "same", "create", "update", "replace", "delete"
CHANGE = "update or replacement"
"""An input differs, and only the provider knows whether the resource can be updated."""
KEPT = frozenset({SAME, "read", "refresh", "import", "diff", "discard"})
"""Operations that change nothing that stands."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What becomes of one resource, and why.

    `op` is the word of a preview (a replacement is `replace`, however many steps show it), or CHANGE. `properties`
    are the paths of what differs; none of an update: nobody says which. `replaces` are those of them that force a
    replacement. `deletes_first` says whether the old resource goes before the new one stands. `certain` is False
    where the resource changes only if something else does, and `why` then says what that is.
    """

    op: str
    properties: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    deletes_first: Holds = Holds.NO
    certain: bool = True
    why: str = ""

    @property
    def changes(self) -> bool:
        """Whether something that stands, or will, is made, altered or removed."""
        return self.op not in KEPT
