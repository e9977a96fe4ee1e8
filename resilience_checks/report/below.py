"""What services may hang on, whatever turns out: their entries and needs, and all that these need in turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.topology.estate import Estate, Part

_SERVICE = "service:"


@dataclass
class Below:
    """The parts below each service of one estate, found once."""

    estate: Estate
    _found: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, service: str) -> frozenset[str]:
        """Return every part that a service may hang on, and the perimeters of the sites where these stand."""
        if service not in self._found:
            asked = self.estate.services[service]
            self._found[service] = self.under(name for gate in (asked.entry, *asked.needs) for name in targets(gate))
        return self._found[service]

    def under(self, wanted: Iterable[str]) -> frozenset[str]:
        """Return every part that the targets of some gates stand for, with all that it may hang on in turn."""
        waiting, seen = list(wanted), set[str]()
        while waiting:
            for part in self.ends(waiting.pop()):
                if part in self.estate.parts and part not in seen:
                    seen.add(part)
                    waiting += targets(self.estate.parts[part].gate)
                    waiting += self._perimeter(self.estate.parts[part])
        return frozenset(seen)

    def ends(self, target: str) -> Iterable[str]:
        """Return the parts that a target of a gate stands for: a service stands for those of its entry."""
        if not target.startswith(_SERVICE):
            return (target,)
        service = self.estate.services.get(target.removeprefix(_SERVICE))
        return () if service is None else [name for name in targets(service.entry) if not name.startswith(_SERVICE)]

    def _perimeter(self, part: Part) -> Iterator[str]:
        site = self.estate.sites.get(part.site) if isinstance(part.site, str) else None
        return iter(()) if site is None or site.perimeter is None else targets(site.perimeter)
