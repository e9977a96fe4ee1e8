"""What stacks say of each other: circles of outputs, and outputs that are not as they were given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.circle import Circle
from resilience_checks.report.interface import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value
    from resilience_checks.sources.stacks.together import Evaluated


def circles(results: Sequence[Evaluated], found: Sequence[Sequence[int]]) -> Iterator[Circle]:
    """Yield the stacks that read each other's outputs, each circle with the lines where they do."""
    for circle in found:
        names = tuple(results[index].source.name for index in circle)
        inside = [results[index].graph for index in circle]
        places = [place for graph in inside if graph is not None for place in _links(graph, names)]
        yield Circle(names, tuple(dict.fromkeys(places)))


def differing(results: Sequence[Evaluated]) -> Iterator[Remark]:
    """Yield the outputs that are not as they were given."""
    graphs = {result.graph.name: result.graph for result in results if result.graph is not None}
    for result in results:
        for reference in result.references.values():
            there = graphs.get(reference.stack or "")
            if reference.given is None or there is None or reference.outputs is None or result.graph is None:
                continue
            for path in _differences(reference.outputs, there.outputs):
                yield Remark(
                    f"output {path} of stack {there.name} is another in {reference.given} than in its program",
                    tuple(dict.fromkeys((*_links(result.graph, [there.name]), there.project_file))),
                )


def _links(graph: ResourceGraph, names: Sequence[str]) -> Iterator[Location]:
    for link in graph.references:
        place = graph.by_urn[link.urn].location
        if link.stack in names and place is not None:
            yield place


def _differences(given: Mapping[str, Value], made: Mapping[str, Value]) -> Iterator[str]:
    """Yield the outputs that are known on both sides and not equal; neither value is told, as it may be a secret."""
    plain = (str, int, float, bool)
    for name, value in sorted(given.items()):
        other = made.get(name)
        if isinstance(value, plain) and isinstance(other, plain) and value != other:
            yield name
