"""Reads the tags and labels of resources: which of them are declarations, and what each says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value

PREFIX = "resilience"
SURE = ":/"
"""Between prefix and word these leave no doubt whose tag it is; `-` and `_` may be part of anybody's own key."""

_CARRIERS = (
    "tags",
    "labels",
    "metadata.labels",
    "metadata.annotations",
    "userLabels",
    "settings.userLabels",
    "resourceLabels",
    "freeformTags",
)
_BELOW = tuple((path.partition(".")[0], path) for path in _CARRIERS)
"""Each of them with the input that it is in."""
_DEFAULTS = ("defaultTags.tags", "defaultLabels")
_DEFAULT_TOPS = frozenset(path.partition(".")[0] for path in _DEFAULTS)
_KEY = re.compile(rf"{PREFIX}([:/_-])(.+)", re.IGNORECASE)
_PAIR = re.compile(rf"({PREFIX}[:/_-][A-Za-z_-]+)\s*[=:]\s*(.*)", re.IGNORECASE | re.DOTALL)
_VSPHERE_TAG = ("vsphere:index/tag:Tag", "vsphere:index/getTag:getTag")
_OPAQUE = (Unknown, Secret, LookupAnswer, StackOutput)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that may be a declaration: `word` is its key without the prefix, `key` the key as it was written."""

    key: str
    word: str
    mark: str
    value: Value

    @property
    def text(self) -> str | None:
        """The value as a text, None where it is not known or is none."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        if isinstance(self.value, int | float):
            return f"{self.value:g}"
        return self.value.strip() if isinstance(self.value, str) else None

    @property
    def why(self) -> str:
        """Why the value is not known."""
        if isinstance(self.value, Unknown):
            return self.value.why
        if isinstance(self.value, Secret):
            return "its value is a secret"
        if isinstance(self.value, StackOutput):
            return f"it is output {self.value.path} of stack {self.value.stack}"
        if isinstance(self.value, LookupAnswer):
            return "only its provider knows the value"
        return "its value is no text"


def tags(graph: ResourceGraph, resource: Resource) -> tuple[Tag, ...]:
    """Return every tag of the resource that begins like a declaration.

    Its own replace those of the components that it is part of, and these its provider's defaults.
    """
    found: dict[str, Tag] = {}
    provider = graph.by_urn.get(resource.provider) if resource.provider else None
    if provider is not None and not provider.inputs.keys().isdisjoint(_DEFAULT_TOPS):
        for path in _DEFAULTS:
            found.update((tag.word, tag) for tag in _of(graph, provider, path))
    for bearer in (*_components(graph, resource), resource):
        for top, path in _BELOW:
            if top in bearer.inputs:
                found.update((tag.word, tag) for tag in _of(graph, bearer, path))
    return tuple(found.values())


def unseen(resource: Resource) -> bool:
    """Return whether all of the resource's tags are known only after deployment."""
    inputs = resource.inputs
    return any(top in inputs and isinstance(paths.first(inputs, path), _OPAQUE) for top, path in _BELOW)


def words(tag: Tag) -> tuple[str, ...]:
    """Return the ids that a tag lists, divided by commas, spaces, `+` or, as GCP allows nothing else, `__`."""
    return tuple(word for word in re.split(r"[,;\s+]+|__", tag.text or "") if word)


def _components(graph: ResourceGraph, resource: Resource) -> tuple[Resource, ...]:
    """Return the components that the resource is part of, the outermost first."""
    found: list[Resource] = []
    parent = graph.by_urn.get(resource.parent or "")
    while parent is not None and parent not in found:
        if not parent.custom:
            found.insert(0, parent)
        parent = graph.by_urn.get(parent.parent or "")
    return tuple(found)


def _of(graph: ResourceGraph, resource: Resource, path: str) -> Iterator[Tag]:
    value = paths.first(resource.inputs, path)
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _tag(str(key), item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _listed(graph, resource, f"{path}[{index}]", item)


def _listed(graph: ResourceGraph, resource: Resource, at: str, item: Value) -> Iterator[Tag]:
    if isinstance(item, Mapping):
        key = next((item[name] for name in ("key", "Key", "name") if name in item), None)
        if isinstance(key, str):
            yield from _tag(key, next((item[name] for name in ("value", "Value") if name in item), None))
    elif isinstance(item, str):
        pair = _PAIR.fullmatch(item)
        if pair:
            yield from _tag(pair[1], pair[2])
    else:
        yield from _attached(graph, resource, at, item)


def _attached(graph: ResourceGraph, resource: Resource, at: str, item: Value) -> Iterator[Tag]:
    """Yield a tag that is a resource of its own: the category of a vSphere tag is its key, its name the value."""
    behind = [item.lookup] if isinstance(item, LookupAnswer) else resource.element_dependencies.get(at, ())
    for target in behind:
        tag = _node(graph, target, _VSPHERE_TAG)
        if tag is None:
            continue
        inputs, dependencies = tag
        category = inputs.get("categoryId")
        sources = [category.lookup] if isinstance(category, LookupAnswer) else dependencies.get("categoryId", ())
        for source in sources:
            node = _node(
                graph, source, ("vsphere:index/tagCategory:TagCategory", "vsphere:index/getTagCategory:getTagCategory")
            )
            if node is not None and isinstance(node[0].get("name"), str):
                yield from _tag(str(node[0]["name"]), inputs.get("name"))


def _node(
    graph: ResourceGraph, target: str, tokens: tuple[str, str]
) -> tuple[Mapping[str, Value], Mapping[str, tuple[str, ...]]] | None:
    resource, lookup = graph.by_urn.get(target), graph.lookups_by_id.get(target)
    if resource is not None and resource.type == tokens[0]:
        return resource.inputs, {**resource.property_dependencies, **resource.element_dependencies}
    if lookup is not None and lookup.token == tokens[1]:
        return lookup.args, lookup.element_dependencies
    return None


def _tag(key: str, value: Value) -> Iterator[Tag]:
    match = _KEY.fullmatch(key)
    if match:
        yield Tag(key, match[2].lower().replace("_", "-"), match[1], value)
