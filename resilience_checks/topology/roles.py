"""What declarations say that things are: one role each, or a doubt where two declarations disagree."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.topology.components import Components
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.selection import Selection
    from resilience_checks.topology.things import Thing


def settle(
    declarations: Declarations, components: Components, selection: Selection, parts: Parts, book: FactBook
) -> None:
    """Give each part the role that is declared for it."""
    said: dict[str, dict[str, list[Location]]] = defaultdict(lambda: defaultdict(list))
    for thing, role, location in _claims(declarations, components, selection):
        if thing.id in parts.all:
            said[thing.id][role].append(location)
    for part, roles in said.items():
        if len(roles) == 1:
            parts.set_role(part, next(iter(roles)))
        else:
            _dispute(part, roles, declarations, parts, book)


def _claims(
    declarations: Declarations, components: Components, selection: Selection
) -> Iterator[tuple[Thing, str, Location]]:
    for component in declarations.components.values():
        location = component.at.get("role", component.location)
        sure = [thing for thing, answer in components.selected[component.id] if answer is Holds.YES]
        for role in (component.role, *component.roles):
            if role is not None:
                yield from ((thing, role, location) for thing in sure)
    for item in declarations.roles:
        yield from ((thing, item.role, item.location) for thing, _ in selection.of(item.select))


def _dispute(
    part: str, roles: Mapping[str, list[Location]], declarations: Declarations, parts: Parts, book: FactBook
) -> None:
    names = tuple(sorted(roles))
    text = f"{parts.all[part].label} cannot be both {' and '.join(names)}"
    if not any(set(names) <= set(component.roles) for component in declarations.components.values()):
        book.contradict(part, text, *(place for places in roles.values() for place in places))
    fact = book.doubt(f"role of {part}", names, text, "make the declarations agree")
    parts.dispute_role(part, fact, names)
