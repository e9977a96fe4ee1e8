"""How much each part carries at most, and how much is asked of each service at its peak."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.components import part_id
from resilience_checks.topology.estate import Carrier, Demand
from resilience_checks.topology.things import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology import declared
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.declared_means import Capacity
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.things import Thing

CARRYING = frozenset(["firewall", "load-balancer", "gateway", "compute", "database", "cache", "queue", "application"])
"""Roles through which every request goes: of each such part it must be known how much it carries."""
_SHARED = frozenset(["host", "cluster"])
"""Kinds of part that others run on: their capacity is that of what runs on them, unless it is declared."""
DIMENSIONS = frozenset(
    ["rps", "tps", "mbps", "gbps", "iops", "connections", "sessions", "users", "messages", "transactions"]
)
"""Figures of a peak that are always demands; others are demands where some capacity is declared in them."""
_LARGEST_FACTOR = 10.0
_NOTHING: Mapping[str, float] = {}
"""One for all parts of which nothing is declared."""


@dataclass
class Capacities:
    """Collects what is declared and what the programs show."""

    declarations: declared.Declarations
    components: Components
    parts: Parts
    book: FactBook
    _found: dict[str, Carrier] = field(default_factory=dict)

    def carriers(self) -> dict[str, Carrier]:
        """Return every part of which it matters how much it carries; without amounts where that is not known."""
        for component in self.declarations.components.values():
            if component.capacity is not None:
                self._declare(component, component.capacity)
        for part, kind in self.parts.faults.items():
            found = self.parts.all[part]
            roles = {found.role, *(role for role, _ in found.roles)}
            if part not in self._found and roles & CARRYING and kind not in _SHARED:
                why = Reason(f"how much {found.label} carries is not declared", Basis.UNKNOWN, found.location)
                self._found[part] = Carrier(_NOTHING, why)
        return self._found

    def _declare(self, component: declared.Component, capacity: Capacity) -> None:
        units = list(self._units(component))
        count = sum(instances for _, instances, _ in units)
        for part, instances, shown in units:
            times = instances / count if capacity.shared else instances
            amounts = {name: amount * times for name, amount in capacity.amounts.items()}
            said = f"{component.id} is declared to carry {_amounts(capacity)}"
            why = Reason(f"{said}{shown}", location=capacity.location)
            before = self._found.get(part)
            if before is not None and before.amounts != amounts:
                label = self.parts.all[part].label
                words = f"how much {label} carries is declared differently"
                self.book.contradict(part, words, before.why.location, capacity.location)
                amounts, why = {}, Reason(words, Basis.UNKNOWN, capacity.location)
            self._found[part] = Carrier(amounts, why)

    def _units(self, component: declared.Component) -> Iterator[tuple[str, float, str]]:
        """Yield each part that is a unit of the component, how many equal ones it stands for, and what shows that."""
        found = [thing for thing, answer in self.components.selected[component.id] if answer is Holds.YES]
        for thing in found:
            units = self._numbered(thing.id)
            if units and thing.entry.instances is not None:
                count, shown = _instances(thing)
                yield from ((unit, count / len(units), f"{shown}, in equal parts") for unit in units)
            elif units:
                yield from ((unit, 1, " by each unit") for unit in units)
            else:
                yield (thing.id, *_instances(thing))
        if not found:
            units = self._numbered(component.id)
            yield from ((unit, 1, " by each unit") for unit in units or (part_id(component.id),))

    def _numbered(self, owner: str) -> list[str]:
        return [part for part in self.parts.faults if part.startswith(f"{owner}#")]

    def demands(self, service: declared.Service) -> tuple[Demand, ...]:
        """Return what is asked of a service at its peak: each demand times all factors.

        Raises UsageError for a factor that can be none.
        """
        known = DIMENSIONS | {
            name
            for component in self.declarations.components.values()
            if component.capacity is not None
            for name in component.capacity.amounts
        }
        factors = {name: figure for name, figure in service.peak.items() if name not in known}
        for name, figure in factors.items():
            if not 0 < figure.value <= _LARGEST_FACTOR:
                raise UsageError(
                    f"peak.{name} of {service.id}: found {figure.value:g}, expected a factor above 0 and up to "
                    f"{_LARGEST_FACTOR:g}",
                    location=figure.location,
                    why=f"no component has a `capacity` in {name}, so the figure multiplies every demand",
                    remedy=f"if {name} is what is asked for, declare how much of it some component carries",
                )
        return tuple(
            Demand(
                name,
                peak(figure.value, {name: factor.value for name, factor in factors.items()}),
                " x ".join([f"{figure.value:g}", *(f"{factor.value:g} ({key})" for key, factor in factors.items())]),
                figure.location,
            )
            for name, figure in service.peak.items()
            if name in known
        )


def peak(base: float, factors: Mapping[str, float]) -> float:
    """Return a base demand times its factors, which are taken to fall together.

    >>> peak(400, {"winter": 1.3, "backlog": 1.2})
    624.0
    """
    return base * prod(factors.values())


def _instances(thing: Thing) -> tuple[int, str]:
    """Return how many equal members a resource stands for, as far as its program says, and words for that."""
    plan = thing.entry.instances
    if plan is None:
        return 1, ""
    count = number_of(thing, plan)
    path = next((path for path in plan.paths if thing.value(path) is not None), plan.paths[0])
    known = count if count is not None else plan.default or 1
    return known, f" by each instance; {path} of {thing.label} is {known}"


def _amounts(capacity: Capacity) -> str:
    return ", ".join(f"{amount:g} {name}" for name, amount in capacity.amounts.items()) + (
        " in all" if capacity.shared else ""
    )
