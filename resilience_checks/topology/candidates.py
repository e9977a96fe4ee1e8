"""What selectors and placement rules are held against: a thing as declarations may name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from resilience_checks.topology.declaration_tags import PREFIX, tags, words
from resilience_checks.topology.selectors import Candidate

if TYPE_CHECKING:
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value
    from resilience_checks.topology.things import Thing


def candidate(thing: Thing) -> Candidate:
    """Return what selectors and placement rules are held against."""
    resource = thing.graph.by_urn.get(thing.urn or "")
    return Candidate(
        urn=thing.urn,
        within=_within(thing, resource),
        type=thing.entry.token,
        names=thing.names,
        provider_names=thing.provider_names,
        tags=_tags(thing, resource),
        inputs=thing.inputs,
    )


def _within(thing: Thing, resource: Resource | None) -> tuple[str, ...]:
    """Return the URNs of all that the resource is part of, the innermost first."""
    found: dict[str, None] = {}
    while resource is not None and resource.parent is not None and resource.parent not in found:
        found[resource.parent] = None
        resource = thing.graph.by_urn.get(resource.parent)
    return tuple(found)


def _tags(thing: Thing, resource: Resource | None) -> Value:
    """Return the thing's tags, and those that declare under their plain key."""
    own = thing.inputs.get("tags", {})
    declaring = tags(thing.graph, resource) if resource is not None else ()
    if not declaring:
        return own
    said = {f"{PREFIX}:{tag.word}": tag.value if tag.text is None else list(words(tag)) for tag in declaring}
    return {**(own if isinstance(own, Mapping) else {}), **said}
