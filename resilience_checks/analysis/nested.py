"""The nested fixpoint of equations that wait for each other: μM. νX. μY (SEMANTICS, section 2).

One component is cut into blocks level by level: movers are read at level 0, needs at level 1, paths at level 2. What
is not on a cycle of the deeper natures needs no iteration of its own there (Bekić's lemma), so that each block is
solved once for each change of what it reads, and a cycle costs no more than the parts that it changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

from resilience_checks.analysis.components import components
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from resilience_checks.analysis.expressions import Ref
    from resilience_checks.analysis.steps import Steps

T = TypeVar("T")

LEVELS = {Nature.MOVER: 0, Nature.NEED: 1, Nature.PATH: 2}
_NEED = LEVELS[Nature.NEED]


@dataclass(slots=True)
class Block:
    """Nodes that wait for each other by edges of a level or deeper; a single node that does not has no blocks.

    `readers` gives for each node the blocks that read it at this level.
    """

    nodes: list[int]
    level: int
    blocks: list[Block] = field(default_factory=list)
    readers: dict[int, list[int]] = field(default_factory=dict)


class Plan:
    """How one component is solved: its blocks, and the level at which each of its references is read."""

    def __init__(self, component: Sequence[int], refs: Sequence[Sequence[Ref]], *, pessimistic: bool) -> None:
        """Cut the component into blocks."""
        inside = frozenset(component)
        self._unknown = Nature.PATH if pessimistic else Nature.NEED
        self._edges = {
            node: tuple({(ref.node, self.depth(ref)) for ref in refs[node] if ref.node in inside}) for node in component
        }
        self.read_at: dict[int, dict[tuple[int, int], int]] = {node: {} for node in component}
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
        part = {index: number for number, members in enumerate(parts) for index in members}
        found = Block(nodes, level)
        for number, members in enumerate(parts):
            single = len(members) == 1 and members[0] not in deeper[members[0]]
            own = [nodes[index] for index in members]
            found.blocks.append(Block(own, level + 1) if single else self._block(own, level + 1))
            for node in own:
                for target, depth in self._edges[node]:
                    if target in place and (depth == level or (depth > level and part[place[target]] != number)):
                        self.read_at[node][target, depth] = level
                        found.readers.setdefault(target, []).append(number)
        return found


def solve(
    plan: Plan,
    equation: Callable[[int, Callable[[Ref], Steps[T]]], Steps[T]],
    outside: Callable[[int], Steps[T]],
    always: Steps[T],
) -> Mapping[int, Steps[T]]:
    """Return the values of one component; `outside` gives those of all other nodes."""
    return _Iteration(plan, equation, outside, always).solved()


class _Iteration(Generic[T]):
    """The values so far, for each level on its own."""

    def __init__(
        self,
        plan: Plan,
        equation: Callable[[int, Callable[[Ref], Steps[T]]], Steps[T]],
        outside: Callable[[int], Steps[T]],
        always: Steps[T],
    ) -> None:
        self._plan, self._equation, self._outside, self._always = plan, equation, outside, always
        self._stores: tuple[dict[int, Steps[T]], ...] = ({}, {}, {})

    def solved(self) -> Mapping[int, Steps[T]]:
        self._solve(self._plan.root)
        return self._stores[0]

    def _solve(self, block: Block) -> None:
        """Solve the block from the start, given what is read at the levels above it."""
        level = block.level
        store = self._stores[level]
        store.update(dict.fromkeys(block.nodes, self._always if level == _NEED else ()))
        now, later = list(range(len(block.blocks))), set[int]()
        waiting = set(now)
        while now:
            number = heappop(now)
            waiting.discard(number)
            for node in self._renewed(block.blocks[number], store):
                for reader in block.readers.get(node, ()):
                    if reader > number and reader not in waiting:
                        waiting.add(reader)
                        heappush(now, reader)
                    elif reader <= number:
                        later.add(reader)
            if not now:
                now, waiting, later = list(later), set(later), set()
                heapify(now)

    def _renewed(self, block: Block, store: dict[int, Steps[T]]) -> list[int]:
        """Solve a block inside the one that `store` belongs to, and return the nodes that changed."""
        if block.blocks:
            self._solve(block)
            values = self._stores[block.level]
        else:
            node = block.nodes[0]
            values = {node: self._equation(node, self._reader(node))}
        changed = [node for node in block.nodes if values[node] != store[node]]
        for node in changed:
            store[node] = values[node]
        return changed

    def _reader(self, node: int) -> Callable[[Ref], Steps[T]]:
        levels, stores, depth, outside = self._plan.read_at[node], self._stores, self._plan.depth, self._outside

        def read(ref: Ref) -> Steps[T]:
            level = levels.get((ref.node, depth(ref)))
            return outside(ref.node) if level is None else stores[level][ref.node]

        return read
