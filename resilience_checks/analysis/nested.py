"""The nested fixpoint of equations that wait for each other: μM. νX. μY (SEMANTICS, section 2).

One component is cut into blocks level by level: movers are read at level 0, needs at level 1, paths at level 2. What
is not on a cycle of the deeper natures needs no iteration of its own there (Bekić's lemma), so that each block is
solved once for each change of what it reads, and a cycle costs no more than the parts that it changes. Nodes that
require each other are lost together in any solution, so that what one of them has found is known of all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import required
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from resilience_checks.analysis.equations import Equations
    from resilience_checks.analysis.evaluation import Evaluation
    from resilience_checks.analysis.expressions import Ref
    from resilience_checks.analysis.steps import Steps

T = TypeVar("T")

LEVELS = {Nature.MOVER: 0, Nature.NEED: 1, Nature.PATH: 2}
_NEED = LEVELS[Nature.NEED]


@dataclass(slots=True)
class Block:
    """Nodes that wait for each other by edges of a level or deeper; a single node that does not has no blocks.

    The blocks in it are solved turn by turn: `turns` gives the turn of each. `readers` gives for each node the blocks
    that read it at this level. Nodes that are `equal` are lost together: at the end of each turn they are made so.
    """

    nodes: list[int]
    level: int
    blocks: list[Block] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    equal: list[list[list[int]]] = field(default_factory=list)
    readers: dict[int, list[int]] = field(default_factory=dict)


class Plan:
    """How one component is solved: its blocks, and the level at which each of its references is read."""

    def __init__(self, component: Sequence[int], equations: Equations, *, pessimistic: bool) -> None:
        """Cut the component into blocks."""
        inside = frozenset(component)
        self._unknown = Nature.PATH if pessimistic else Nature.NEED
        self._edges = {
            node: tuple({(ref.node, self.depth(ref)) for ref in equations.refs[node] if ref.node in inside})
            for node in component
        }
        self._required = {
            node: [ref for ref in required(equations.tree.nodes[node].expression) if ref.node in inside]
            for node in component
        }
        self._refs = {node: [ref for ref in equations.refs[node] if ref.node in inside] for node in component}
        self.read_at: dict[int, dict[int, int]] = {node: {} for node in component}
        """For each node the level of each of its references, by identity; those to other components have none."""
        self.root = self._block(list(component), 0)

    def depth(self, ref: Ref) -> int:
        """Return the level of a reference's nature."""
        return LEVELS[self._unknown if ref.nature is Nature.UNKNOWN else ref.nature]

    def _block(self, nodes: list[int], level: int) -> Block:
        place = {node: index for index, node in enumerate(nodes)}
        deeper = [
            [place[target] for target, depth in self._edges[node] if depth > level and target in place]
            for node in nodes
        ]
        parts = components(deeper)
        found = Block(nodes, level)
        part = {nodes[index]: number for number, members in enumerate(parts) for index in members}
        equal = self._equal(nodes, place) if level == _NEED else []
        turns = _turns(parts, [[part[node] for node in group] for group in equal])
        turn_of = {number: index for index, numbers in enumerate(turns) for number in numbers}
        found.equal = [[] for _ in turns]
        for group in equal:
            found.equal[turn_of[part[group[0]]]].append(group)
        for number in (number for numbers in turns for number in numbers):
            members = parts[number]
            single = len(members) == 1 and members[0] not in deeper[members[0]]
            own = [nodes[member] for member in members]
            self._read(found, own, part)
            found.blocks.append(Block(own, level + 1) if single else self._block(own, level + 1))
            found.turns.append(turn_of[number])
        return found

    def _read(self, block: Block, nodes: Sequence[int], part: Mapping[int, int]) -> None:
        """Note what the nodes of the block that comes next read at the level of the whole."""
        number = len(block.blocks)
        for node in nodes:
            for ref in self._refs[node]:
                depth, outside = self.depth(ref), part.get(ref.node) != part[node]
                if ref.node in part and (depth == block.level or (depth > block.level and outside)):
                    self.read_at[node][id(ref)] = block.level
                    readers = block.readers.setdefault(ref.node, [])
                    if not readers or readers[-1] != number:
                        readers.append(number)

    def _equal(self, nodes: list[int], place: Mapping[int, int]) -> list[list[int]]:
        """Return the groups of nodes each of which requires all others of its group, by needs and paths."""
        edges = [
            [place[ref.node] for ref in self._required[node] if ref.node in place and self.depth(ref) >= _NEED]
            for node in nodes
        ]
        return [[nodes[index] for index in group] for group in components(edges) if len(group) > 1]


def _turns(parts: Sequence[object], groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the numbers of the parts, those together that a group joins, in order of the first of each."""
    first = list(range(len(parts)))

    def find(number: int) -> int:
        while first[number] != number:
            first[number] = number = first[first[number]]
        return number

    for group in groups:
        for number in group:
            low, high = sorted((find(group[0]), find(number)))
            first[high] = low
    turns: dict[int, list[int]] = {}
    for number in range(len(parts)):
        turns.setdefault(find(number), []).append(number)
    return list(turns.values())


def solve(plan: Plan, evaluation: Evaluation[T], start: Mapping[int, Steps[T]]) -> Mapping[int, Steps[T]]:
    """Return the values of one component; the evaluation gives those of all other nodes.

    `start` is where needs are read from at first: always up, or any solution of the same equations in which less is
    lost, such as the one for fewer faults at once.
    """
    return _Iteration(plan, evaluation, start).solved()


class _Iteration(Generic[T]):
    """The values so far, for each level on its own."""

    def __init__(self, plan: Plan, evaluation: Evaluation[T], start: Mapping[int, Steps[T]]) -> None:
        self._plan, self._evaluation, self._start = plan, evaluation, start
        self._stores: tuple[dict[int, Steps[T]], ...] = ({}, {}, {})

    def solved(self) -> Mapping[int, Steps[T]]:
        self._solve(self._plan.root)
        return self._stores[0]

    def _solve(self, block: Block) -> None:
        """Solve the block from the start, given what is read at the levels above it."""
        level = block.level
        store = self._stores[level]
        store.update({node: self._start[node] if level == _NEED else () for node in block.nodes})
        queue = _Queue(block)
        turn, changed = 0, False
        while True:
            number = queue.next()
            if changed and (number is None or block.turns[number] != turn):
                queue.mark(self._level_out(block.equal[turn], store))
                changed = False
            elif number is None:
                return
            if number is not None:
                nodes = self._renewed(block.blocks[number], store)
                turn, changed = block.turns[number], changed or bool(nodes)
                queue.mark(nodes)

    def _level_out(self, groups: Sequence[Sequence[int]], store: dict[int, Steps[T]]) -> list[int]:
        """Make nodes equal that are lost together, and return those that changed."""
        changed: list[int] = []
        for group in groups:
            values = {id(store[node]): store[node] for node in group}
            if len(values) > 1:
                value = self._evaluation.together(list(values.values()))
                changed += [node for node in group if store[node] != value]
                store.update(dict.fromkeys(group, value))
        return changed

    def _renewed(self, block: Block, store: dict[int, Steps[T]]) -> list[int]:
        """Solve a block inside the one that `store` belongs to, and return the nodes that changed."""
        if block.blocks:
            self._solve(block)
            values: Mapping[int, Steps[T]] = self._stores[block.level]
        else:
            node = block.nodes[0]
            values = {node: self._evaluation.equation(node, self._reader(node))}
        changed = [node for node in block.nodes if values[node] != store[node]]
        for node in changed:
            store[node] = values[node]
        return changed

    def _reader(self, node: int) -> Callable[[Ref], Steps[T]]:
        levels, stores, outside = self._plan.read_at[node], self._stores, self._evaluation.value

        def read(ref: Ref) -> Steps[T]:
            level = levels.get(id(ref))
            return outside(ref.node) if level is None else stores[level][ref.node]

        return read


class _Queue:
    """The blocks that are still to be solved, in sweeps: what a sweep has passed already waits for the next."""

    def __init__(self, block: Block) -> None:
        self._readers = block.readers
        self._now = list(range(len(block.blocks)))
        self._waiting, self._later = set(self._now), set[int]()
        self._last = -1

    def next(self) -> int | None:
        """Return the next block, None when none is left."""
        if not self._now:
            self._now, self._waiting, self._later = list(self._later), set(self._later), set()
            heapify(self._now)
        if not self._now:
            return None
        self._last = heappop(self._now)
        self._waiting.discard(self._last)
        return self._last

    def mark(self, nodes: Sequence[int]) -> None:
        """Have those blocks solved again that read one of the nodes."""
        for node in nodes:
            for reader in self._readers.get(node, ()):
                if reader <= self._last:
                    self._later.add(reader)
                elif reader not in self._waiting:
                    self._waiting.add(reader)
                    heappush(self._now, reader)
