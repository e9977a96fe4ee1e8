"""A sound stack, an edit of it at one place, and the operators that make such edits."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from resilience_checks import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from resilience_checks.model.graph import ResourceGraph

ROOT = Path(__file__).resolve().parents[2]
STACKS = ROOT / "stacks"
SOUND = ("nhs-wales-resilient", "manchester-resilient", "uk-national-cloud-resilient")
Declared = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """A sound stack: its program's files, the graph that they give, and what resilience.yaml says."""

    name: str
    directory: Path
    files: Mapping[str, str]
    graph: ResourceGraph
    declared: Declared

    def edited(self, place: str, change: Callable[[Declared], None]) -> Variant:
        """Return the variant in which `change` was done to the declarations."""
        declared = deepcopy(self.declared)
        change(declared)
        return Variant(self, place, declared=declared)


@dataclass(frozen=True)
class Variant:
    """One edit of one stack; what is None is as it was. `files` are whole new texts by file name."""

    stack: Stack
    place: str
    files: Mapping[str, str] | None = None
    graph: ResourceGraph | None = None
    declared: Declared | None = None


@dataclass(frozen=True)
class Operator:
    """A way to edit stacks: where it can be done, and, when it weakens, the policies of which one must say so.

    `means` is source, resources or declarations. `accepted` may speak where the edit weakens; any other policy that
    does is unrelated. An operator that keeps stacks sound accepts none.
    """

    name: str
    means: str
    places: Callable[[Stack], Iterator[Variant]]
    accepted: frozenset[str] = field(default=frozenset())


def load(name: str) -> Stack:
    """Run the program of a sound stack and return all of it."""
    directory = STACKS / name
    (graph,) = check.graphs(check.Options(paths=(directory,), root=ROOT))
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(directory.glob("*.py"))}
    return Stack(name, directory, files, graph, read(directory / "resilience.yaml"))


def read(file: Path) -> Declared:
    """Return the plain data of a resilience.yaml, aliases resolved to copies of their own."""
    owned: Declared = _own(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
    return owned


def _own(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _own(value) for key, value in data.items()}
    return [_own(value) for value in data] if isinstance(data, list) else data
