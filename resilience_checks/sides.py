"""One side of a change: what stood before it or what stands after it, as far as that can be evaluated."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.analysis.change import Unread
from resilience_checks.between_stacks import circles
from resilience_checks.catalogue import loader
from resilience_checks.estates import Built, tried
from resilience_checks.evaluation import Inputs
from resilience_checks.model.errors import CheckError, InputError, NothingToCheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.evaluation import Group
    from resilience_checks.model.circle import Circle
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.options import Options
    from resilience_checks.sources.interface import Source
    from resilience_checks.sources.stacks.together import Evaluated

BEFORE, AFTER = "before", "after"
PREVIEW = "preview"
"""What a graph that was read from a preview names as its source."""


@dataclass
class Side:
    """Its estates and the stacks that are in none; `root` is where the repository of this version begins."""

    name: str
    root: Path
    catalogue: Catalogue
    estates: list[Built] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    circles: tuple[Circle, ...] = ()
    lacking: set[str] = field(default_factory=set)
    """The stacks of every estate that is not there because one of them could not be evaluated; "" where all may be."""

    def fail(self, names: Sequence[str], error: CheckError) -> None:
        """Take note that these stacks, any where none is named, cannot be read."""
        self.unread.append(Unread(self.name, ", ".join(names), error))
        self.lacking.update(names or [""])

    def read(self, failures: Iterable[CheckError], results: Iterable[Evaluated]) -> None:
        """Take note of what could not be found, and of each stack that could not be evaluated whole."""
        for failure in failures:
            self.fail([], failure)
        for result in results:
            if result.error is not None:
                self.fail([result.source.name], result.error)
            elif result.graph is not None and _is_partial(result.graph):
                self.fail([result.source.name], _partial(result.graph))

    def add(self, group: Group, found: Built | CheckError | None) -> None:
        """Take up what was built of a group, where the group is whole."""
        names = [member.source.name for member in group.members]
        if isinstance(found, CheckError):
            self.fail(names, found)
        elif found is None or len(found.graphs) < len(names) or any(map(_is_partial, found.graphs)):
            self.lacking.update(names)
        else:
            self.estates.append(found)

    @property
    def graphs(self) -> dict[str, ResourceGraph]:
        """The graph of each stack that is in an estate."""
        return {graph.name: graph for each in self.estates for graph in each.graphs}


def evaluated(side: Side, options: Options, observer: Callable[[str], None], ready: Sequence[Source] = ()) -> Side:
    """Evaluate the side as far as it can be, and return it; one without any project is empty."""
    if not (options.paths or options.previews or ready):
        return side
    try:
        inputs = Inputs(options, ready)
        with closing(inputs.evaluate(observer)) as together:
            together.start()
            side.catalogue = loader.load(inputs.own("catalogue"))
            inputs.load()
            results = together.results()
    except NothingToCheckError:
        return side
    except CheckError as error:
        side.fail([], error)
        return side
    side.read(inputs.failures, results)
    side.circles = tuple(circles(results, together.circles))
    for group in inputs.groups(results):
        whole = not group.undecided and all(member.graph is not None for member in group.members)
        side.add(group, tried(group, side.catalogue) if whole else None)
    return side


def _is_partial(graph: ResourceGraph) -> bool:
    return graph.source == PREVIEW and not graph.capabilities.complete


def _partial(graph: ResourceGraph) -> InputError:
    return InputError(
        f"the preview of {graph.name} is partial: {'; '.join(graph.notes) or 'it lacks resources'}",
        why="what stands in for what is touched may be among what it does not show, so nothing was decided",
        remedy="write it with `pulumi preview --json --show-sames --show-replacement-steps`",
    )
