"""Failure domains while members join them."""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind
from resilience_checks.topology.estate import Domain

if TYPE_CHECKING:
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Step
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.estate import Condition, Member

OUTAGE, BAD_CHANGE = (FaultKind.OUTAGE,), (FaultKind.BAD_CHANGE,)
HIDDEN = "\0"
"""Marks a key that is compared and never shown."""


@dataclass(slots=True)
class Draft:
    """A domain while members join it."""

    kind: str
    name: str
    faults: tuple[FaultKind, ...]
    members: dict[Member, None] = field(default_factory=dict)
    exists: Condition = ()
    encloses: dict[str, None] = field(default_factory=dict)
    joined: list[tuple[Step, str | None]] = field(default_factory=list)
    reason: Reason | None = None
    implied: bool = False

    def join(self, step: Step, urn: str | None = None, *, ahead: bool = False) -> None:
        """Remember who joined and where; the last of them is the domain's own line, unless it joined `ahead`."""
        self.joined.insert(0 if ahead else len(self.joined), (step, urn))


class Drafts:
    """Every domain under its id, a new one at first."""

    def __init__(self) -> None:
        """Start without any."""
        self.all: dict[str, Draft] = {}

    def get(self, kind: str, key: str, name: str, faults: tuple[FaultKind, ...] = OUTAGE) -> Draft:
        """Return the domain of this kind and key."""
        full = intern(f"{kind}:{key}")  # larger domains name it too
        if full not in self.all:
            self.all[full] = Draft(kind, name, faults)
        return self.all[full]

    def finished(self) -> dict[str, Domain]:
        """Return every domain that has members, its primary line that of the last that joined it."""
        found = (_finished(key, draft) for key, draft in self.all.items() if draft.members)
        return {domain.id: domain for domain in found}


def _finished(key: str, draft: Draft) -> Domain:
    last = next((pair for pair in reversed(draft.joined) if pair[0].location is not None), None)
    steps = tuple(dict.fromkeys(step for step, _ in draft.joined))
    name = draft.name
    if HIDDEN in key:
        name = f"hidden, of {min((member.part for member in draft.members), default='')}"
        key = f"{draft.kind}:{name}"
    return Domain(
        id=key,
        kind=draft.kind,
        name=name,
        faults=draft.faults,
        members=tuple(draft.members),
        exists=draft.exists,
        encloses=tuple(draft.encloses),
        primary=_location(last),
        urn=last[1] if last else None,
        joined=steps,
        reason=draft.reason,
        implied=draft.implied,
    )


def _location(pair: tuple[Step, str | None] | None) -> Location | None:
    return pair[0].location if pair else None
