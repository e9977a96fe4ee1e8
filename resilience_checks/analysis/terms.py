"""Finds in a solution which moves make up a time, what it hangs on, and what stands in the way of others."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice, product
from math import inf, prod
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, scan
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.topology.estate import Condition

    _Leads = Callable[[Expression, Mapping[str, str]], Iterator[Ref | Move]]

_MAX_VARIANTS = 64
_MAX_MOVES, _MAX_NODES = 20, 150
"""How many moves a reader is shown beside those that add up, and how far they are looked for."""
_Step = tuple[tuple[Move, ...], Ref | None]
"""Moves that follow each other, the last first, and what the first of them waits for."""


class Walk:
    """One fault set of a solution; of an open fact the slowest case counts, or in the optimistic one the quickest.

    `time` gives the seconds after which a node is up when the `events` happen (infinite: never). `lag` is the limit
    that the solution was made with: the most seconds of data that a move may lose (None: any). `known` are the facts
    that it was made with.
    """

    def __init__(
        self,
        tree: FaultTree,
        time: Callable[[int], float],
        events: Collection[str],
        lag: float | None = None,
        *,
        pessimistic: bool = True,
        known: Mapping[str, str] | None = None,
    ) -> None:
        """Read the times of nodes from a solution."""
        self._tree, self._at, self._pessimistic = tree, time, pessimistic
        self._known = known or {}
        self._events, self._limit = frozenset(events), inf if lag is None else lag
        self._times: dict[int, float] = {}

    def chain(self, root: int) -> tuple[Move, ...]:
        """Return the moves that follow each other until the root is up, whose seconds add up to its time.

        The values solve the equations, so each time comes from a move, or from a node of the same time that does;
        a node that was passed once leads nowhere else the second time.
        """
        pending: deque[tuple[Ref, tuple[Move, ...]]] = deque([(Ref(root, Nature.PATH), ())])
        seen = {root}
        while pending:
            ref, after = pending.popleft()
            for made, further in self._steps(ref.node):
                found = (*after, *made)
                if further is None:
                    return tuple(reversed(found))
                if further.node not in seen:
                    seen.add(further.node)
                    pending.append((further, found))
        return ()

    def used(self, root: int) -> tuple[Move, ...]:
        """Return the moves that take part in bringing the root up, the nearest first and only so many."""
        found: dict[int, Move] = {}
        for node in islice(self._nodes(root, self._used), _MAX_NODES):
            made = self._used(*self._expression(node))
            found.update({id(item.way or item): item for item in made if isinstance(item, Move)})
            if len(found) > _MAX_MOVES:
                break
        return tuple(found.values())

    def doubtful(self, root: int, better: Walk) -> tuple[str, ...]:
        """Return the facts that make the difference to the times of the optimistic solution."""
        found: dict[str, None] = {}

        def differing(expression: Expression, known: Mapping[str, str]) -> Iterator[Ref | Move]:
            _ = known
            yield from self._differing(expression, better, found)

        for node in self._nodes(root, differing):
            for _, when in self._hits(node):
                found.update(dict.fromkeys(fact for fact, _ in when))
        return tuple(found)

    def blocked(self, root: int) -> Iterator[tuple[Move, tuple[str, ...]]]:
        """Yield each move that would bring back what is lost, and the lost things that keep it from happening."""
        for node in self._nodes(root, self._lost):
            expression, known = self._expression(node)
            for move in scan(expression).moves:
                lost = [ref for part in (move.gate, move.mover) for ref in self._lost(part, known)]
                if lost:
                    yield move, tuple(dict.fromkeys(name for ref in lost for name in self._hit_below(ref.node)))

    def _hit_below(self, root: int) -> Iterator[str]:
        for node in self._nodes(root, self._lost):
            if self._hits(node):
                yield self._tree.nodes[node].label

    def _nodes(self, root: int, leads: _Leads) -> Iterator[int]:
        """Yield the root and all nodes that `leads` leads to, each once, the nearest first."""
        queue, seen = deque([root]), {root}
        while queue:
            node = queue.popleft()
            yield node
            if self._hits(node) and self._at(node) == inf:
                continue
            for item in leads(*self._expression(node)):
                if isinstance(item, Ref) and item.node not in seen:
                    seen.add(item.node)
                    queue.append(item.node)

    def _hits(self, node: int) -> list[tuple[str, Condition]]:
        return [(event, when) for event, when in self._tree.nodes[node].hits if event in self._events]

    def _expression(self, node: int) -> tuple[Expression, Mapping[str, str]]:
        """Return the node's equation, with the facts that stand in it twice fixed as its value has them."""
        expression = self._tree.nodes[node].expression
        shared = [
            fact for fact, count in Counter(scan(expression).facts).items() if count > 1 and fact not in self._known
        ]
        values = [self._tree.facts[fact].values for fact in shared]
        if not shared or prod(map(len, values)) > _MAX_VARIANTS:
            return expression, self._known
        variants = ({**self._known, **dict(zip(shared, chosen, strict=True))} for chosen in product(*values))
        slowest = max if self._pessimistic else min
        return expression, slowest(variants, key=lambda known: self.time(expression, known))

    def time(self, expression: Expression, known: Mapping[str, str]) -> float:
        """Return the seconds after which the expression is up, with these facts fixed."""
        match expression:
            case Ref(node=node):
                found = self._times.get(node)
                if found is None:
                    found = self._times[node] = self._at(node)
                return found
            case Threshold(k=k, items=items):
                if k > len(items):
                    return inf
                return sorted(self.time(item, known) for item in items)[k - 1] if k > 0 else 0.0
            case Choice():
                times = [self.time(item, known) for item in _branches(expression, known)]
                return max(times) if self._pessimistic else min(times)
            case Move(gate=gate, mover=mover, seconds=seconds, lag=lag):
                if lag is not None and lag > self._limit:
                    return inf
                return max(self.time(gate, known), self.time(mover, known)) + seconds

    def _steps(self, node: int) -> Iterator[_Step]:
        expression, known = self._expression(node)
        yield from self._critical(expression, known, ())

    def _critical(self, expression: Expression, known: Mapping[str, str], after: tuple[Move, ...]) -> Iterator[_Step]:
        """Yield what the expression's time is made of: moves, and the node that the first of them waits for."""
        time = self.time(expression, known)
        match expression:
            case Ref():
                yield after, expression if time else None
            case Move(gate=gate, mover=mover):
                ready = max(self.time(gate, known), self.time(mover, known))
                if not ready:
                    yield (*after, expression), None
                slowest = [item for item in (gate, mover) if ready and self.time(item, known) == ready]
                for item in slowest:
                    yield from self._critical(item, known, (*after, expression))
            case _:
                for item in _branches(expression, known) if isinstance(expression, Choice) else expression.items:
                    if self.time(item, known) == time:
                        yield from self._critical(item, known, after)

    def _used(self, expression: Expression, known: Mapping[str, str]) -> Iterator[Ref | Move]:
        """Yield the moves in the expression that are made, and what else comes up only after some time."""
        if not 0 < self.time(expression, known) < inf:
            return
        match expression:
            case Ref():
                yield expression
            case Threshold(k=k, items=items):
                for item in sorted(items, key=lambda item: self.time(item, known))[:k]:
                    yield from self._used(item, known)
            case Choice():
                yield from self._used(max(_branches(expression, known), key=lambda item: self.time(item, known)), known)
            case Move(gate=gate, mover=mover):
                yield expression
                yield from self._used(gate, known)
                yield from self._used(mover, known)

    def _lost(self, expression: Expression, known: Mapping[str, str]) -> Iterator[Ref]:
        """Yield the references that keep the expression from ever being up."""
        if self.time(expression, known) < inf:
            return
        match expression:
            case Ref():
                yield expression
            case Threshold(items=items):
                for item in items:
                    yield from self._lost(item, known)
            case Choice():
                for item in _branches(expression, known):
                    yield from self._lost(item, known)
            case Move(gate=gate, mover=mover):
                yield from self._lost(gate, known)
                yield from self._lost(mover, known)

    def _differing(self, expression: Expression, other: Walk, found: dict[str, None]) -> Iterator[Ref]:
        """Yield the references whose times differ between the two solutions, and note the facts that tell them apart."""
        match expression:
            case Ref(node=node):
                if self._at(node) != other._at(node):
                    yield expression
            case Threshold(items=items):
                for item in items:
                    yield from self._differing(item, other, found)
            case Choice(fact=fact):
                known = self._known
                open_ = _branches(expression, known)
                times = {(self.time(item, known), other.time(item, known)) for item in open_}
                if len(times) > 1:
                    found[fact] = None
                for item in open_:
                    yield from self._differing(item, other, found)
            case Move(gate=gate, mover=mover):
                yield from self._differing(gate, other, found)
                yield from self._differing(mover, other, found)


def _branches(choice: Choice, known: Mapping[str, str]) -> list[Expression]:
    return [choice.branches[known[choice.fact]]] if choice.fact in known else list(choice.branches.values())
