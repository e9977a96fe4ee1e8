"""The resources of one stack as the Pulumi engine hands them to an analyzer, as a graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import Capabilities, ResourceGraph
from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.sources.files.snapshot import PROVIDER, STACK, is_default_provider
from resilience_checks.sources.program.answers import Answers
from resilience_checks.sources.program.conversion import Converter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value

_ENGINE_ALONE = frozenset({"__internal", "version"})
"""Inputs that the engine alone adds to a provider."""


@dataclass
class EngineResources:
    """Gathers what the engine says of one stack.

    The engine shows each resource twice: its inputs before it is made, after the provider's own check of them, and
    its outputs with parent and dependencies at the end. What a program only reads is shown at the end alone.
    """

    project: str
    stack: str
    project_file: Location
    inputs: dict[str, Any] = field(default_factory=dict)
    """The `properties` of each `AnalyzeRequest`, by URN."""

    def graph(self, resources: Sequence[Any]) -> ResourceGraph:
        """Return the graph of the `AnalyzerResource` messages of a whole stack.

        It has neither lines nor lookups: the protocol carries none. Default providers are left out, as no program
        makes them. The engine's order is not fixed, so the stack comes first and the rest by URN.
        """
        defaults = frozenset(
            item.urn for item in resources if is_default_provider({"urn": item.urn, "parent": item.parent})
        )
        ordered = sorted(resources, key=lambda item: (item.type != STACK, item.urn))
        outputs = next((item.properties for item in ordered if item.type == STACK), None)
        return ResourceGraph(
            project=self.project,
            stack=self.stack,
            project_file=self.project_file,
            source="engine",
            resources=tuple(self._resource(item, defaults) for item in ordered if item.urn not in defaults),
            outputs=_values(outputs, {}) if outputs is not None else {},
            default_providers=self._settings(item for item in resources if item.urn in defaults),
            capabilities=Capabilities(
                lookups=False, element_dependencies=False, secret_equality=True, lines=False, complete=True
            ),
        )

    def _settings(self, defaults: Iterable[Any]) -> Mapping[str, Mapping[str, str]]:
        """Return by package what its default provider is given as plain text."""
        found: dict[str, dict[str, str]] = {}
        for item in defaults:
            given = _values(self.inputs.get(item.urn, item.properties), {})
            plain = {key: value for key, value in given.items() if key not in _ENGINE_ALONE and isinstance(value, str)}
            found.setdefault(item.type.removeprefix(PROVIDER), {}).update(plain)
        return found

    def _resource(self, item: Any, defaults: frozenset[str]) -> Resource:
        by_property = {
            key: tuple(sorted(set(item.propertyDependencies[key].urns) - defaults))
            for key in sorted(item.propertyDependencies)
        }
        by_property = {key: urns for key, urns in by_property.items() if urns}
        inputs = _values(self.inputs.get(item.urn, item.properties), by_property)
        if item.type.startswith(PROVIDER):
            inputs = {key: value for key, value in inputs.items() if key not in _ENGINE_ALONE}
        provider = item.provider.urn if item.HasField("provider") else ""
        return Resource(
            urn=item.urn,
            type=item.type,
            name=item.name,
            custom=bool(provider) or item.type.startswith(PROVIDER),
            inputs={} if item.type == STACK else inputs,
            parent=item.parent or None,
            provider=None if provider in defaults else provider or None,
            dependencies=tuple(sorted(set(item.dependencies) - defaults)),
            property_dependencies=by_property,
            options=ResourceOptions(
                protect=item.options.protect,
                delete_before_replace=item.options.deleteBeforeReplace,
                ignore_changes=tuple(item.options.ignoreChanges),
                aliases=tuple(item.options.aliases),
            ),
        )


def _values(properties: Any, dependencies: Mapping[str, tuple[str, ...]]) -> dict[str, Value]:
    """Return a struct's values; an unknown of an input that hangs on one resource comes from that one."""
    from google.protobuf import json_format

    def origin(at: str) -> str | None:
        urns = dependencies.get(at.partition(".")[0].partition("[")[0], ())
        return urns[0] if len(urns) == 1 else None

    data = json_format.MessageToDict(properties)
    return Converter(Answers()).mapping(data, origin, lambda _at, _lookup: None)
