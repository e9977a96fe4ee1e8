"""The equations of a fault tree in the order in which they can be solved, and where what is not known stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pyroaring import BitMap

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import scan
from resilience_checks.analysis.shapes import Shapes
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from resilience_checks.analysis.algebra import Algebra
    from resilience_checks.analysis.expressions import Ref
    from resilience_checks.analysis.fault_tree import FaultTree

T = TypeVar("T")
_NONE = BitMap()


@dataclass(frozen=True)
class Reading:
    """How the equations are read: the bound, the facts that are fixed, and the limits of time and lag.

    `cap` is the longest time that counts, in seconds, `lag` the most data that a move may lose (None: any).
    """

    pessimistic: bool
    cap: float = 0.0
    lag: float | None = None
    known: Mapping[str, str] = field(default_factory=dict)


class Equations:
    """Components of equations that wait for each other, each after those that it refers to.

    A *unit* is a node whose value depends on the reading: facts stand in it, or a move, or an edge of unknown nature.
    """

    def __init__(self, tree: FaultTree) -> None:
        """Look at every equation once."""
        self.tree = tree
        self.refs: list[tuple[Ref, ...]] = []
        self.edges: list[tuple[int, ...]] = []
        self.shared: dict[int, tuple[str, ...]] = {}
        """The facts that stand more than once in one gate."""
        self.gate_facts: dict[int, frozenset[str]] = {}
        self.hit_facts: dict[int, frozenset[str]] = {}
        """The facts of each node that has any, in its gate and in what hits it."""
        self._shapes, self._shape_of = Shapes(), dict[int, int]()
        lags: set[float] = set()
        self._moves: list[int] = []
        self._unknown: list[int] = []
        self.longest = 0.0
        """The sum of all moves: a failover that takes longer waits for itself."""
        for index, node in enumerate(tree.nodes):
            found = scan(node.expression)
            self.refs.append(found.refs)
            self.edges.append(tuple(dict.fromkeys([ref.node for ref in found.refs])))
            if found.moves:
                self._moves.append(index)
                self.longest += found.seconds
                lags.update(found.lags)
            if found.facts:
                self.gate_facts[index] = facts = frozenset(found.facts)
                if len(facts) < len(found.facts):
                    self.shared[index] = tuple(sorted(fact for fact in facts if found.facts.count(fact) > 1))
            if hits := {fact for _, when in node.hits for fact, _ in when}:
                self.hit_facts[index] = frozenset(hits)
            if any(ref.nature is Nature.UNKNOWN for ref in found.refs):
                self._unknown.append(index)
        self._lags = sorted(lags)
        self.order = components(self.edges)
        self.component = [0] * len(tree.nodes)
        for number, component in enumerate(self.order):
            for index in component:
                self.component[index] = number

    def shape(self, node: int) -> int:
        """Return the number of the node's shape: equal for equations that differ only in what they refer to."""
        found = self._shape_of.get(node)
        if found is None:
            found = self._shape_of[node] = self._shapes.of(self.tree.nodes[node].expression)
        return found

    def cyclic(self, component: list[int]) -> bool:
        """Return whether the component's nodes wait for each other."""
        return len(component) > 1 or component[0] in self.edges[component[0]]

    def reachable(self, roots: Iterable[int]) -> frozenset[int]:
        """Return the nodes that the roots depend on, themselves included."""
        found = set(roots)
        pending = list(found)
        while pending:
            for target in self.edges[pending.pop()]:
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)

    @cached_property
    def fact_units(self) -> Mapping[str, BitMap]:
        """The units in which each fact stands."""
        found: dict[str, list[int]] = {}
        for facts in (self.gate_facts, self.hit_facts):
            for index, names in facts.items():
                for name in names:
                    found.setdefault(name, []).append(index)
        return {fact: BitMap(units) for fact, units in found.items()}

    def units_below(self, node: int) -> BitMap:
        """Return the units on which a node depends."""
        return self._below[self.component[node]]

    @cached_property
    def _doubtful(self) -> BitMap:
        return BitMap([*self.gate_facts, *self.hit_facts])

    def idle(self, algebra: Algebra[T]) -> BitMap:
        """Return the units of which only hits are doubtful, by events that are in no fault set of the algebra."""
        counted = [units for event, units in self._hit_units.items() if algebra.event(event) != algebra.nothing]
        busy = (BitMap([*self.gate_facts, *self._moves, *self._unknown]), *counted)
        return BitMap(list(self.hit_facts)) - BitMap.union(*busy)

    @cached_property
    def _hit_units(self) -> Mapping[str, BitMap]:
        """The units that each event hits under a condition."""
        found: dict[str, list[int]] = {}
        for unit in self.hit_facts:
            for event, when in self.tree.nodes[unit].hits:
                if when:
                    found.setdefault(event, []).append(unit)
        return {event: BitMap(units) for event, units in found.items()}

    def reading(self, *, pessimistic: bool, cap: float, lag: float | None) -> Reading:
        """Return the reading, the same one for limits between which no move makes a difference."""
        if lag is not None:
            within = [own for own in self._lags if own <= lag]
            lag = None if len(within) == len(self._lags) else within[-1] if within else -1.0
        return Reading(pessimistic, min(cap, self.longest), lag)

    @cached_property
    def _below(self) -> list[BitMap]:
        units = self._doubtful | BitMap(self._moves) | BitMap(self._unknown)
        found: list[BitMap] = []
        for number, component in enumerate(self.order):
            own = BitMap([index for index in component if index in units]) if units else _NONE
            parts = {
                id(part): part
                for index in component
                for target in self.edges[index]
                if self.component[target] != number and (part := found[self.component[target]])
            }
            if own:
                parts[id(own)] = own
            several = list(parts.values())
            found.append(BitMap.union(*several) if len(several) > 1 else several[0] if several else _NONE)
        return found

    def changed(self, new: Reading, old: Reading) -> BitMap:
        """Return the units that one reading reads otherwise than another."""
        names = [name for name in {*new.known, *old.known} if new.known.get(name) != old.known.get(name)]
        found = BitMap.union(_NONE, *[self.fact_units[name] for name in names if name in self.fact_units])
        if new.pessimistic != old.pessimistic:
            found |= self._doubtful | BitMap(self._unknown)
        if (new.cap, new.lag) != (old.cap, old.lag):
            found |= BitMap(self._moves)
        return found

    def dependent(self, units: BitMap, roots: Iterable[int] | None) -> list[int]:
        """Return the components that depend on the units, of those below the roots, in the order of solving."""
        if not units:
            return []
        below = self._below
        if roots is None:
            return [number for number, found in enumerate(below) if found.intersect(units)]
        return self._walk(roots, lambda number: below[number].intersect(units))

    def beneath(self, roots: Iterable[int]) -> list[int]:
        """Return the components below the roots in the order of solving."""
        return self._walk(roots, lambda _: True)

    def _walk(self, roots: Iterable[int], wanted: Callable[[int], bool]) -> list[int]:
        pending = [number for number in {self.component[root] for root in roots} if wanted(number)]
        found = set(pending)
        while pending:
            for index in self.order[pending.pop()]:
                for target in self.edges[index]:
                    number = self.component[target]
                    if number not in found and wanted(number):
                        found.add(number)
                        pending.append(number)
        return sorted(found)
