"""Which types stacks use, and which of them the catalogue knows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.resource import Resource

_ENGINE = "pulumi:"
_NEAR = 0.85


class State(StrEnum):
    """What the catalogue says of a type: all of its resources, nothing, or nothing of what a component hides."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Use:
    """One type, how many resources have it, the first one's place, and for an unknown one the nearest known token."""

    token: str
    count: int
    state: State
    role: str | None
    at: Location | None
    near: str | None = None


def uses(graphs: Iterable[ResourceGraph], catalogue: Catalogue) -> tuple[Use, ...]:
    """Return every type that some resource has: unknown ones first, then those of most resources."""
    found: dict[str, list[Resource]] = defaultdict(list)
    for graph in graphs:
        for resource in graph.resources:
            if (resource.custom or resource.remote) and not resource.type.startswith(_ENGINE):
                found[resource.type].append(resource)
    order = [State.UNKNOWN, State.HIDDEN, State.KNOWN]
    return tuple(
        sorted(
            (_use(token, resources, catalogue) for token, resources in found.items()),
            key=lambda use: (order.index(use.state), -use.count, use.token),
        )
    )


def _use(token: str, resources: Sequence[Resource], catalogue: Catalogue) -> Use:
    entry = catalogue.entry(token)
    state = State.KNOWN
    if entry is None:
        state = State.HIDDEN if any(resource.remote for resource in resources) else State.UNKNOWN
    at = next((resource.location for resource in resources if resource.location is not None), None)
    near = nearest(token, catalogue) if entry is None else None
    return Use(token, len(resources), state, entry.role if entry is not None else None, at, near)


def nearest(token: str, catalogue: Catalogue) -> str | None:
    """Return the known token that an unknown one may be a misspelling of, None where none is near.

    >>> from resilience_checks.catalogue.loader import Catalogue
    >>> nearest("aws:lb/loadbalancer:LoadBalancer", Catalogue())
    'aws:lb/loadBalancer:LoadBalancer'
    """
    known = catalogue.tokens(catalogue.package_of(token))
    lower = {other.lower(): other for other in known}
    found = get_close_matches(token.lower(), lower, n=1, cutoff=_NEAR)
    same = [lower[name] for name in found if name.rpartition(":")[2][:3] == token.lower().rpartition(":")[2][:3]]
    return same[0] if same else None
