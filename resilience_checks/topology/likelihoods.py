"""What resilience.yaml states of how likely faults are, by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.likelihood import Stated, kinds_with_defaults
from resilience_checks.model.values import Reason
from resilience_checks.topology.components import part_id
from resilience_checks.topology.declaration_problems import hint, listing
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from resilience_checks.topology.components import Components
    from resilience_checks.topology.declared import Declarations, Likely
    from resilience_checks.topology.estate import Domain
    from resilience_checks.topology.parts import Parts


def stated(
    declarations: Declarations, components: Components, parts: Parts, domains: Mapping[str, Domain]
) -> dict[str, Stated]:
    """Return the class of every event of which something is declared, the most particular statement of each.

    Raises UsageError, at its line, for a kind or pattern of which there is no failure domain.
    """
    found: dict[str, Stated] = {}
    for names, likely in _statements(declarations, components, parts, domains):
        for name in names:
            domain = domains.get(name)
            for fault in domain.faults if domain is not None else ():
                if fault in likely.classes:
                    text = f"declared for {domain.id if domain else name}"
                    found[f"{name}/{fault}"] = Stated(likely.classes[fault], Reason(text, location=likely.location))
    return found


def _statements(
    declarations: Declarations, components: Components, parts: Parts, domains: Mapping[str, Domain]
) -> Iterator[tuple[Iterable[str], Likely]]:
    """Yield what is said of which domains, the most particular last."""
    for key, likely in sorted(declarations.likely.items(), key=lambda pair: (":" in pair[0], len(pair[0]), pair[0])):
        yield _meant(key, likely, domains), likely
    for component in declarations.components.values():
        if component.likely is not None:
            own = {part_id(component.id), component.id, *(thing.id for thing, _ in components.selected[component.id])}
            yield [parts.own_domain(part) for part in parts.faults if part.partition("#")[0] in own], component.likely
    for site in declarations.sites.values():
        if site.likely is not None:
            yield [f"site:{site.id}"], site.likely
    for link in declarations.links.values():
        if link.likely is not None:
            yield [f"link:{link.id}"], link.likely
    for domain in declarations.domains.values():
        if domain.likely is not None:
            yield [f"{domain.kind}:{domain.id}"], domain.likely


def _meant(key: str, likely: Likely, domains: Mapping[str, Domain]) -> list[str]:
    """Return the domains of a kind, or those whose ids have the pattern."""
    if ":" in key:
        pattern = Glob(key)
        found = [name for name in domains if pattern.matches(name)]
        if not found:
            raise UsageError(
                f'likelihood: "{key}" matches no failure domain',
                location=likely.location,
                why="what it was meant to say of a fault would be said of none",
                remedy=hint(key, sorted(domains), "`resilience-checks blast-radius --all` lists the failure domains"),
            )
        return found
    kinds = kinds_with_defaults() | {domain.kind for domain in domains.values()}
    if key not in kinds:
        raise UsageError(
            f'likelihood: "{key}" is no kind of failure domain',
            location=likely.location,
            why="what it was meant to say of a fault would be said of none",
            remedy=hint(key, sorted(kinds), f"the kinds are {listing(sorted(kinds), 'and', len(kinds))}"),
        )
    return [name for name, domain in domains.items() if domain.kind == key]
