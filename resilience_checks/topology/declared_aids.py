"""What is declared of copies and tools, which help while a service is away, as it was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resilience_checks.model.location import Location
    from resilience_checks.topology.declared import Lines, Reference


@dataclass(frozen=True, slots=True)
class Aid:
    """A copy of services, or a tool that repairs them (`of` None: all), of a `kind` such as viewer or deployment.

    It is up while `entry` and all `needs` are; `entry` None: not declared. `consumers` must reach it. `refreshed` and `limit` are how old a copy
    may be when it is needed, and how old staff agreed that it may be, in seconds; None: not declared.
    """

    id: str
    location: Location
    of: tuple[str, ...] | None
    kind: str | None = None
    entry: Reference | None = None
    needs: tuple[Reference, ...] = ()
    consumers: tuple[str, ...] | None = None
    refreshed: float | None = None
    limit: float | None = None
    at: Lines = field(default_factory=dict)
