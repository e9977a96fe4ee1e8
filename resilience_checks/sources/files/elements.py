"""Which element of an input comes from which resource, where a state shows it: the element is the resource's id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value


def by_id(resource: Resource, ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the resource of each element of an input that has several.

    An input is told apart only where every resource that it depends on is found in it by an id of its own: an
    element that nothing accounts for may come from any of them.
    """
    found: dict[str, tuple[str, ...]] = {}
    for key, urns in resource.property_dependencies.items():
        if len(urns) < 2 or key not in resource.inputs:  # noqa: PLR2004 one resource needs no telling apart
            continue
        owners = {ids[urn]: urn for urn in urns if urn in ids}
        if len(owners) < len(urns):
            continue
        places = {at: (owners[text],) for at, text in _texts(resource.inputs[key], key) if text in owners}
        if len({urn for (urn,) in places.values()}) == len(urns):
            found.update(places)
    return found


def outputs_by_id(outputs: Mapping[str, Value], ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the resource of each place in a stack's outputs that is the id of one resource and of no other."""
    owners: dict[str, list[str]] = defaultdict(list)
    for urn, identity in ids.items():
        owners[identity].append(urn)
    leaves = (leaf for key, value in outputs.items() for leaf in _texts(value, key))
    return {at: (owners[text][0],) for at, text in leaves if len(owners.get(text, ())) == 1}


def _texts(value: Value, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{at}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{at}[{index}]")
