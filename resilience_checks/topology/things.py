"""What the programs show: each resource, lookup, element or provider instance that means something for failure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.resource import Lookup, Resource
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.topology.selectors import text

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Condition, Entry, Instances
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value

PROVIDER = "pulumi:providers:"
UNKNOWN_ROLE = "unknown"
"""The role of what a declaration names without saying what it is, where the catalogue does not know it either."""
STACK_REFERENCE = "pulumi:pulumi:StackReference"
OUTPUT = "output:"
"""How `StackOutput.reference` begins."""


@dataclass(slots=True, eq=False)
class Thing:
    """Something in a program that has a catalogue entry; `device` is the provider instance that it is set on.

    An element (`owner` set) is a part inside a resource: its paths start at `base`. `id` is made of the names
    that the estate itself uses, so that renaming resources in the program changes nothing.
    """

    entry: Entry
    graph: ResourceGraph
    source: Resource | Lookup | None
    inputs: Mapping[str, Value]
    base: str = ""
    owner: Thing | None = None
    device: Thing | None = None
    provider_names: tuple[str | None, ...] = ()
    logical_name: str = ""
    natural: str | None = None
    id: str = ""
    joined: list[Thing] = field(default_factory=list)
    """Resources that configure this device."""
    scaled_by: list[Thing] = field(default_factory=list)
    """Resources that add and take away its instances."""

    @property
    def location(self) -> Location | None:
        """The line that made it."""
        if self.owner is not None:
            return self.owner.location
        return self.source.location if self.source else self.graph.project_file

    @property
    def urn(self) -> str | None:
        """The URN of the resource that it is or is part of."""
        source = self.owner.source if self.owner else self.source
        return source.urn if isinstance(source, Resource) else None

    @property
    def names(self) -> tuple[str | None, ...]:
        """What a selector's `name` is held against: the estate's own name, and the program's."""
        own = (self.natural,) if self.natural is not None or self.named_unseen else ()
        return (*own, self.logical_name)

    @property
    def named_unseen(self) -> bool:
        """Whether the program gives it a name of its own that is not known yet."""
        return self.natural is None and any(self.values(path) for path in self.entry.named)

    @property
    def label(self) -> str:
        """What to call it before a reader."""
        device = self.entry.token.startswith(PROVIDER) and self.entry.role is not None
        name = self.natural or self.logical_name
        if device and self.source is None and self.natural is None:
            return name
        return f"{self.entry.role if device else kind(self.entry.token)} {name}".strip()

    def values(self, path: str) -> tuple[tuple[str, Value], ...]:
        """Return the values at an entry's path; `^x` reads x of the element's owner."""
        if path.startswith("^"):
            assert self.owner is not None
            return self.owner.values(path[1:])
        if not self.base:
            return paths.find(self.inputs, path)
        root = paths.first(self.inputs, self.base)
        return tuple((f"{self.base}.{at}" if at else self.base, value) for at, value in paths.find(root, path))

    def value(self, path: str) -> Value:
        """Return the first value at an entry's path, None where there is none."""
        found = self.values(path)
        return found[0][1] if found else None

    def depends(self, at: str) -> bool:
        """Return whether a dependency may stand behind the text at the concrete path `at`."""
        source = self.owner.source if self.owner else self.source
        if source is None or source.element_dependencies:
            return source is not None
        return not isinstance(source, Resource) or bool(source.property_dependencies.get(_property(at)))

    def references(self, at: str) -> tuple[str, ...]:
        """Return the URNs and lookup ids that the value at the concrete path `at` comes from."""
        source = self.owner.source if self.owner else self.source
        if source is None:
            return ()
        value = paths.first(self.inputs, at)
        if isinstance(value, LookupAnswer):
            return (value.lookup,)
        if isinstance(value, StackOutput):
            return (value.reference,)
        exact = {
            target: None
            for path, targets in source.element_dependencies.items()
            if paths.within(at, path) or paths.within(path, at)
            for target in targets
        }
        if exact or self.graph.capabilities.element_dependencies or isinstance(source, Lookup):
            return tuple(exact)
        whole = source.property_dependencies.get(_property(at), ())
        return () if whole and self._tells_apart(at, whole) else whole

    def possible(self, at: str) -> tuple[str, ...]:
        """Return the URNs and lookup ids of which the value at `at` may come from some, where `references` has none.

        A way of reading that tells dependencies by whole inputs alone cannot say which of an input's several
        resources stands at which place of it.
        """
        source = self.owner.source if self.owner else self.source
        if not isinstance(source, Resource) or self.graph.capabilities.element_dependencies:
            return ()
        whole = source.property_dependencies.get(_property(at), ())
        return whole if whole and self._tells_apart(at, whole) and not self.references(at) else ()

    def _tells_apart(self, at: str, targets: tuple[str, ...]) -> bool:
        """Return whether only an element's own dependencies could tell which of `targets` stands at `at`.

        The elements of a flat list stand for all of the list's resources together, whichever is whose.
        """
        key = _property(at)
        value = self.inputs.get(key)
        flat = isinstance(value, list) and not any(isinstance(item, list | Mapping) for item in value)
        return len(targets) > 1 and at != key and not flat


def _property(at: str) -> str:
    return at.partition("[")[0].partition(".")[0]


def holds(thing: Thing, condition: Condition) -> Holds:
    """Return whether every named input surely has one of the values."""
    answer = Holds.YES
    for path, allowed in condition:
        value = thing.value(path)
        if isinstance(value, Unknown | Secret | LookupAnswer | StackOutput):
            answer = Holds.UNKNOWN
        elif value not in allowed:
            return Holds.NO
    return answer


def meets(thing: Thing, path: str, allowed: tuple[object, ...]) -> bool:
    """Return whether an input surely has one of the values."""
    return holds(thing, ((path, allowed),)) is Holds.YES


def number_of(thing: Thing, plan: Instances) -> int | None:
    """Return how many members there are by the first input that is given, or by default; None where it is not known.

    >>> from resilience_checks.catalogue.entries import Entry, Instances
    >>> number_of(Thing(Entry("t", "p", "cloud"), None, None, {"min": 2}), Instances(("desired", "min"), 1))
    2
    """
    if thing.scaled_by:
        counts = [number_of(other, other.entry.scales[1]) for other in thing.scaled_by if other.entry.scales]
        known = [count for count in counts if count is not None]
        return min(known) if len(known) == len(counts) else None
    value = next((value for path in plan.paths if (value := thing.value(path)) is not None), None)
    if value is None:
        return plan.default
    return whole(value)


def whole(value: Value) -> int | None:
    """Return the number that a value is, without its fraction; None where it is none, or not known.

    >>> whole("2"), whole(2.0), whole("50%"), whole("1e999")
    (2, 2, None, None)
    """
    found = number(value)
    return None if found is None else int(found)


def number(value: Value) -> float | None:
    """Return the number that a value is; None where it is none, or not known, or no finite one.

    >>> number("2.5"), number(7), number("daily"), number(True), number("nan"), number("1e999")
    (2.5, 7.0, None, None, None, None)
    """
    shown = text(value)
    try:
        found = None if shown is None else float(shown)
    except ValueError:
        return None
    return found if found is not None and isfinite(found) else None


@dataclass
class Things:
    """Every thing of every stack, found by URN or lookup id within its graph."""

    graphs: tuple[ResourceGraph, ...] = ()
    all: list[Thing] = field(default_factory=list)
    by_reference: dict[tuple[int, str], Thing] = field(default_factory=dict)
    names: dict[tuple[str, object, str], list[Thing]] = field(default_factory=lambda: defaultdict(list))
    known: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    foreign: list[tuple[ResourceGraph, Resource]] = field(default_factory=list)
    """Resources of types that the catalogue does not know."""
    referring: dict[tuple[str, str], dict[int, list[Thing]]] = field(default_factory=dict)
    """What leads to a thing (by its `id()`), by type and input, as far as that was asked."""
    selecting: dict[str, dict[int, list[Thing]]] = field(default_factory=dict)
    """What selects by labels, by kind and by the provider instance (its `id()`), as far as that was asked."""
    outputs: dict[str, tuple[ResourceGraph, tuple[str, ...]]] = field(default_factory=dict)
    """What each output of a stack, as other stacks refer to it, comes from in its own graph."""

    def at(self, graph: ResourceGraph, reference: str) -> Thing | None:
        """Return the thing that a URN or lookup id of `graph` stands for."""
        return self.by_reference.get((id(graph), reference))

    def behind(self, graph: ResourceGraph, *references: str) -> tuple[tuple[ResourceGraph, str], ...]:
        """Return what dependencies of `graph` lead to in the end, and in which graph: outputs are followed there."""
        found: dict[tuple[int, str], tuple[ResourceGraph, str]] = {}
        seen: set[str] = set()
        pending = [(graph, reference) for reference in references]
        while pending:
            here, target = pending.pop(0)
            output = self.outputs.get(target)
            if output is None:
                found[(id(here), target)] = (here, target)
            elif target not in seen:
                seen.add(target)
                there, targets = output
                pending += [(there, further) for further in targets]
        return tuple(found.values())

    def named(self, kind: str, name: str, seeker: Thing) -> list[Thing]:
        """Return what bears the name, the nearest scope first: same device, same stack, whole estate."""
        for scope in (seeker.device or seeker, id(seeker.graph), None):
            found = self.names.get((kind, scope if not isinstance(scope, Thing) else id(scope), name))
            if found:
                return found
        return []


@lru_cache(maxsize=1 << 14)
def kind(token: str) -> str:
    """Return the last word of a type token, the module where that says nothing, or the package of a provider's."""
    if token.startswith(PROVIDER):
        return token.removeprefix(PROVIDER)
    module, _, kind = token.partition(":")[2].rpartition(":")
    return module.partition("/")[0] if kind == "base" else kind  # some SDKs call the main type of a module `base`
