"""Why a set of faults loses something: inferences from the faults on, each of which follows from those before it.

What is proved of a node is that it is not up within some seconds. A failover that takes s seconds is not done within
t where what it moves to, or what moves it, is not up within t - s; so one proof may speak of a node at several times.
Within one time the order is that of elimination: from the nodes that are hit, on to those that fail without them.
What is left has no other support than itself and falls together: first rings of paths, then movers that need what
they move (SEMANTICS, section 2: a cycle of paths only, or through a mover edge, carries nothing).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, prod
from typing import TYPE_CHECKING, TypeAlias, overload

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, scan
from resilience_checks.analysis.failing import Clause, Eliminated, Failing
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from resilience_checks.analysis.bits import Value
    from resilience_checks.analysis.failing import Aftermath
    from resilience_checks.analysis.fault_tree import FaultTree

_MAX_VARIANTS = 64

Goal: TypeAlias = tuple[int, float]
"""A node, and the seconds within which it is not up."""


@dataclass(frozen=True, slots=True)
class Inference:
    """These nodes are not up `within` the seconds, for these events hit them or these goals were proved before.

    Several nodes fall together when nothing but they themselves supports them.
    """

    nodes: tuple[int, ...]
    within: float
    events: tuple[str, ...] = ()
    premises: tuple[Goal, ...] = ()
    clauses: tuple[Clause, ...] = ()


class Times(Sequence[float]):
    """When each value is up in one of its fault sets, each when it is looked at.

    >>> list(Times([((0.0, 0b01), (5.0, 0b11)), ()], 1))
    [5.0, inf]
    """

    def __init__(self, values: Sequence[Value], index: int) -> None:
        """Take the values of all nodes, and the number of the fault set."""
        self._values, self._index = values, index
        self._known: dict[int, float] = {}

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self._values)

    @overload
    def __getitem__(self, node: int) -> float: ...

    @overload
    def __getitem__(self, node: slice) -> Sequence[float]: ...

    def __getitem__(self, node: int | slice) -> float | Sequence[float]:
        """Return the seconds after which a node is up, `inf` where it is lost."""
        if isinstance(node, slice):
            return [self[each] for each in range(*node.indices(len(self)))]
        found = self._known.get(node)
        if found is None:
            steps = self._values[node]
            found = self._known[node] = next((seconds for seconds, bits in steps if bits >> self._index & 1), inf)
        return found


class Proof:
    """Proves that nodes are not up, from one solution of the equations."""

    def __init__(self, tree: FaultTree, solution: Aftermath) -> None:
        """Start with nothing proved."""
        self._tree, self._solution = tree, solution
        self._levels: dict[float, _Level] = {}
        self._gates: dict[int, float] = {}
        """The seconds after which the gate of each node is up, whatever hits the node; the same on every level."""

    def of(self, node: int) -> tuple[Inference, ...]:
        """Return the inferences that lead to the loss of a node, premises first; the node must be lost."""
        found: dict[Goal, Inference] = {}
        order: list[Inference] = []
        stack: list[tuple[Goal, bool]] = [((node, self._solution.cap), False)]
        while stack:
            goal, ready = stack.pop()
            if ready:
                order.append(found[goal])
            elif goal not in found:
                made = self._infer(goal)
                found.update({(each, made.within): made for each in made.nodes})
                stack.append((goal, True))
                stack += [(premise, False) for premise in reversed(made.premises)]
        return tuple(order)

    def _infer(self, goal: Goal) -> Inference:
        node, within = goal
        level = self._levels.get(within)
        if level is None or node not in level.nodes:
            roots = {node} if level is None else {node, *level.nodes}
            level = self._levels[within] = _Level(self._tree, self._solution, within, roots, self._gates)
        return level.inference(node)


class _Level:
    """The order in which nodes are found not to be up within some seconds."""

    def __init__(
        self, tree: FaultTree, solution: Aftermath, within: float, roots: set[int], gates: dict[int, float]
    ) -> None:
        self._tree, self._solution, self._gates = tree, solution, gates
        self._at = Eliminated(solution, within)
        self._rings: dict[int, frozenset[int]] = {}
        """The nodes with which a node falls together, because paths among them lead nowhere else."""
        self._moved: dict[int, frozenset[int]] = {}
        """The same of nodes of which only they themselves move each other."""
        self._edges = self._collect(roots)
        self._users: dict[int, list[int]] = {node: [] for node in self._edges}
        for node, targets in self._edges.items():
            for target in targets:
                self._users[target].append(node)
        self._eliminate(frozenset(self._edges))

    @property
    def nodes(self) -> Iterable[int]:
        """The nodes of which it is known why they are not up."""
        return self._at.rank

    def inference(self, node: int) -> Inference:
        """Return why the node, or the ring that it is in, is not up."""
        nodes = tuple(sorted(self._moved.get(node) or self._rings.get(node) or (node,)))
        if len(nodes) == 1 and (self._hit(node) or self._holds(node)):
            return Inference(nodes, self._at.within, events=self._hit(node) or self._possibly_hit(node))
        clauses: dict[tuple[int, float, str | None], Clause] = {}
        for each in nodes:
            for known in self._variants(each):
                for clause in Failing(self._at, known, self._before(each)).clauses(self._tree.nodes[each].expression):
                    clauses.setdefault((id(clause.about), clause.within, clause.branch), clause)
        told = tuple(clauses.values())
        premises = (goal for clause in told for goal in self._goals(clause) if goal[0] not in nodes)
        return Inference(nodes, self._at.within, (), tuple(dict.fromkeys(premises)), told)

    def _goals(self, clause: Clause) -> Iterator[Goal]:
        if isinstance(clause.about, Ref):
            yield clause.about.node, clause.within

    def _before(self, node: int) -> Callable[[Ref], bool]:
        """Return what the node's failure may rest on: what was eliminated before it, and its own rings."""
        rank, place = self._at.rank, self._at.rank[node]
        ring, moved = self._rings.get(node, frozenset()), self._moved.get(node, frozenset())
        return lambda ref: (
            rank.get(ref.node, place) < place
            or (ref.node in ring and self._carries(ref))
            or (ref.node in moved and ref.nature is Nature.MOVER)
        )

    def _carries(self, ref: Ref) -> bool:
        return ref.nature is Nature.PATH or (ref.nature is Nature.UNKNOWN and self._solution.pessimistic)

    # The order of elimination.

    def _collect(self, roots: set[int]) -> dict[int, tuple[int, ...]]:
        """Return the nodes of this level on which the roots' failure may rest, each with those that it may rest on."""
        found: dict[int, tuple[int, ...]] = {}
        pending = list(roots)
        while pending:
            node = pending.pop()
            if node in found:
                continue
            ended = bool(self._hit(node)) or self._holds(node)
            targets = () if ended else tuple(dict.fromkeys(self._targets(self._tree.nodes[node].expression)))
            found[node] = targets
            pending += targets
        return found

    def _targets(self, expression: Expression) -> Iterator[int]:
        """Yield the nodes of this level that are not up and stand in the expression."""
        match expression:
            case Ref(node=node):
                if self._at.late(node):
                    yield node
            case Threshold(items=items):
                for item in items:
                    yield from self._targets(item)
            case Choice(fact=fact, branches=branches):
                fixed = self._solution.known.get(fact)
                for item in branches.values() if fixed is None else [branches[fixed]]:
                    yield from self._targets(item)
            case Move(gate=gate, mover=mover, seconds=seconds):
                if not seconds:
                    yield from self._targets(gate)
                    yield from self._targets(mover)

    def _eliminate(self, scope: frozenset[int], moved: frozenset[int] = frozenset()) -> None:
        """Rank the nodes of the scope; that nothing in `moved` moves anything is supposed."""
        queue = deque(node for node in self._edges if node in scope)

        def down(ref: Ref) -> bool:
            return ref.node in self._at.rank or (ref.node in moved and ref.nature is Nature.MOVER)

        while True:
            while queue:
                node = queue.popleft()
                if node in scope and node not in self._at.rank and self._falls(node, down):
                    self._weigh(node, down)
                    self._at.rank[node] = len(self._at.rank)
                    queue += self._users[node]
            ring = self._closed(node for node in scope if node not in self._at.rank)
            if not ring:
                return
            circle = self._circle(ring, down)
            if circle or moved:
                self._close(circle or ring)
            else:
                self._eliminate(ring, ring)
                self._moved.update(dict.fromkeys(ring, ring))
            queue += [user for node in circle or ring for user in self._users[node]]

    def _close(self, ring: frozenset[int]) -> None:
        """Let the nodes of a ring fall together."""
        place = len(self._at.rank)
        for node in sorted(ring):
            self._rings[node] = ring
            self._at.size[node] = len(ring)
        self._at.rank.update(dict.fromkeys(sorted(ring), place))

    def _falls(self, node: int, down: Callable[[Ref], bool]) -> bool:
        if self._hit(node) or self._holds(node):
            return True
        expression = self._tree.nodes[node].expression
        return all(Failing(self._at, known, down).fails(expression) for known in self._variants(node))

    def _weigh(self, node: int, down: Callable[[Ref], bool]) -> None:
        ended = self._hit(node) or self._holds(node)
        failing = Failing(self._at, self._variants(node)[0], down)
        self._at.size[node] = 1 if ended else 1 + failing.weight(self._tree.nodes[node].expression)

    def _closed(self, left: Iterable[int]) -> frozenset[int]:
        """Return nodes that are left and rest on nothing that is left but themselves."""
        nodes = sorted(left)
        number = {node: place for place, node in enumerate(nodes)}
        edges = [[number[target] for target in self._edges[node] if target in number] for node in nodes]
        return frozenset(nodes[place] for place in components(edges)[0]) if nodes else frozenset()

    def _circle(self, ring: frozenset[int], down: Callable[[Ref], bool]) -> frozenset[int]:
        """Return those of the nodes that fall because paths among them lead nowhere else, as few as belong together."""
        left = ring
        while True:
            kept = frozenset(node for node in left if self._falls(node, self._around(left, down)))
            if kept == left:
                break
            left = kept
        nodes = sorted(left)
        number = {node: place for place, node in enumerate(nodes)}
        edges = []
        for node in nodes:
            paths = {ref.node for ref in scan(self._tree.nodes[node].expression).refs if self._carries(ref)}
            edges.append([number[target] for target in sorted(paths) if target in number])
        return frozenset(nodes[place] for place in components(edges)[0]) if nodes else frozenset()

    def _around(self, ring: frozenset[int], down: Callable[[Ref], bool]) -> Callable[[Ref], bool]:
        return lambda ref: down(ref) or (ref.node in ring and self._carries(ref))

    # Facts and hits.

    def _holds(self, node: int) -> bool:
        """Return whether the gate of the node is up, so that only what hits it can be what takes it down."""
        if node not in self._gates:
            expression = self._tree.nodes[node].expression
            times = (Failing(self._at, known, _nothing).when(expression) for known in self._variants(node))
            self._gates[node] = min(times)
        return self._gates[node] <= self._at.within

    def _variants(self, node: int) -> list[Mapping[str, str]]:
        """Return what has to be looked at: the fixed facts alone, or with each value of facts that stand twice."""
        known = self._solution.known
        names = [name for name in self._tree.repeated(node) if name not in known]
        if not names:
            return [known]
        values = [self._tree.facts[name].values for name in names]
        if self._solution.pessimistic or prod(map(len, values)) > _MAX_VARIANTS:
            return [known]
        return [{**known, **dict(zip(names, chosen, strict=True))} for chosen in product(*values)]

    def _hit(self, node: int) -> tuple[str, ...]:
        """Return the first event that surely (pessimistic: possibly) hits the node."""
        known, pessimistic = self._solution.known, self._solution.pessimistic
        for event, when in self._tree.nodes[node].hits:
            if event in self._solution.events and all(
                known.get(fact, value if pessimistic else None) == value for fact, value in when
            ):
                return (event,)
        return ()

    def _possibly_hit(self, node: int) -> tuple[str, ...]:
        """Return every event that may hit the node: together they do, whatever is not known."""
        known = self._solution.known
        hits = self._tree.nodes[node].hits
        found = (
            event
            for event, when in hits
            if event in self._solution.events and all(known.get(fact, value) == value for fact, value in when)
        )
        return tuple(dict.fromkeys(found))


def _nothing(_: Ref) -> bool:
    return False
