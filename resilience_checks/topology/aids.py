"""What helps while a service is away: copies, tools, and the services by which staff reach each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Reason
from resilience_checks.topology.declared import Named, Sort
from resilience_checks.topology.estate import Aid
from resilience_checks.topology.gates import ALWAYS, NEVER, All, Case, Gate, Nature, Up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology import declared
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.declared_aids import Aid as Declared
    from resilience_checks.topology.estate import Service
    from resilience_checks.topology.facts import FactBook

COPY, COMMUNICATIONS, CLINICAL = "copy", "communications", "clinical"
_PAPER, _READ_ONLY = "paper", "read-only"


class Aids:
    """Draws every copy, tool and communications service as something of which it can be asked when it is lost."""

    def __init__(self, declarations: declared.Declarations, components: Components, book: FactBook) -> None:
        """Remember where the answers are."""
        self._declarations, self._components, self._book = declarations, components, book

    def draw(self, services: Mapping[str, Service]) -> dict[str, Aid]:
        """Return the aids by `SORT ID`; the services are drawn before."""
        return {f"{aid.sort} {aid.id}": aid for aid in self._aids(services)}

    def _aids(self, services: Mapping[str, Service]) -> Iterator[Aid]:
        for item in self._declarations.copies.values():
            yield self._aid(COPY, item, tuple(item.of or ()))
        for item in self._declarations.tools.values():
            assert item.kind is not None
            yield self._aid(item.kind, item, _all_but_itself(item, services) if item.of is None else item.of)
        clinical = tuple(name for name, service in services.items() if service.purpose == CLINICAL)
        for service in self._declarations.services.values():
            if service.purpose == COMMUNICATIONS and service.id in services:
                why = Reason(f"staff reach each other by {service.id}", location=service.location)
                gate = Up(f"service:{service.id}", Nature.NEED, why)
                of = clinical if service.restores is None else service.restores
                yield Aid(service.id, COMMUNICATIONS, of, gate, location=service.location)

    def _aid(self, sort: str, item: Declared, of: tuple[str, ...]) -> Aid:
        return Aid(
            id=item.id,
            sort=sort,
            of=of,
            gate=All((self._entry(sort, item), *self._needs(sort, item))),
            kind=item.kind if sort == COPY else None,
            consumers=None if item.consumers is None and item.kind == _READ_ONLY else item.consumers or (),
            refreshed=item.refreshed,
            limit=item.limit,
            location=item.location,
            age_location=item.at.get("refreshed", item.location),
        )

    def _entry(self, sort: str, item: Declared) -> Gate:
        why = Reason(f"{sort} {item.id} is used there", location=item.at.get("entry", item.location))
        if item.entry is not None:
            return self._components.reference(item.entry, Nature.NEED, why)
        if item.kind == _PAPER:
            return ALWAYS
        fact = self._book.doubt(
            f"entry of {sort} {item.id}",
            ("apart", "with what it helps"),
            f"what must be up for {sort} {item.id} to be used is not declared",
            f"declare `entry` of {item.id}, and what it `needs`",
            location=item.location,
        )
        return Case(fact, {"apart": ALWAYS, "with what it helps": NEVER})

    def _needs(self, sort: str, item: Declared) -> Iterator[Gate]:
        for need in item.needs:
            why = Reason(f"{sort} {item.id} needs this", location=item.location)
            yield self._components.reference(need, Nature.NEED, why)


def _all_but_itself(item: Declared, services: Mapping[str, Service]) -> tuple[str, ...]:
    """Return every service but the one that the tool is."""
    own = item.entry.id if isinstance(item.entry, Named) and item.entry.sort is Sort.SERVICE else None
    return tuple(name for name in services if name != own)
