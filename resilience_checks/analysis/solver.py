"""Solves the equations for many fault sets at once (SEMANTICS, sections 2 and 3).

up = μM. νX. μY: movers are read in M, needs in X, paths in Y. Two solutions enclose every completion of what is
unknown: the optimistic one (f⁻ loses only what every variant of a unit loses) and the pessimistic one (f⁺).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from resilience_checks.analysis.bits import NEVER, Value, delayed, threshold, without
from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, facts, leaves, seconds
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.fault_tree import FaultTree, Node
    from resilience_checks.topology.estate import Condition

_MAX_VARIANTS = 64
_ENDLESS = float("inf")


@dataclass(frozen=True)
class Setting:
    """What is asked: the fault sets, the facts that are fixed, the bound, and the limits of time and lag.

    `masks` gives for each event the bits of the fault sets that contain it; `full` has a bit for each fault set.
    `cap` is the longest time that counts, in seconds, `lag` the most data that a move may lose (None: any).
    """

    masks: Mapping[str, int]
    full: int
    pessimistic: bool
    cap: float = 0.0
    lag: float | None = None
    known: Mapping[str, str] = field(default_factory=dict)


class Solver:
    """The equations in the order in which they can be solved."""

    def __init__(self, tree: FaultTree) -> None:
        """Sort the equations into components, each after those that it refers to."""
        self.tree = tree
        self._edges = [tuple(dict.fromkeys(ref.node for ref in leaves(node.expression))) for node in tree.nodes]
        self._order = components(self._edges)
        self._shared = [
            tuple(fact for fact, count in facts(node.expression).items() if count > 1) for node in tree.nodes
        ]
        self._facts = [
            frozenset(facts(node.expression)) | {fact for _, when in node.hits for fact, _ in when}
            for node in tree.nodes
        ]

    @cached_property
    def longest(self) -> float:
        """The sum of all moves: a failover that takes longer waits for itself."""
        return sum(seconds(node.expression) for node in self.tree.nodes)

    def reachable(self, roots: Iterable[int]) -> frozenset[int]:
        """Return the nodes that the roots depend on, themselves included."""
        found = set(roots)
        pending = list(found)
        while pending:
            for target in self._edges[pending.pop()]:
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)

    def solve(
        self, setting: Setting, wanted: frozenset[int] | None = None, plain: Sequence[Value] | None = None
    ) -> list[Value]:
        """Return the value of every node, or of the `wanted` ones (closed under reference).

        `plain` is the solution of the same setting with no fact fixed: what no fixed fact reaches is taken from it.
        """
        limit = min(setting.cap, self.longest)
        values: list[Value] = [NEVER] * len(self.tree.nodes) if plain is None else list(plain)
        evaluate = _Evaluation(setting, self.tree, limit)
        changed: set[int] = set()
        for component in self._order:
            if wanted is not None and component[0] not in wanted:
                continue
            if plain is not None and not self._reached(component, setting.known, changed):
                continue
            if len(component) == 1 and component[0] not in self._edges[component[0]]:
                node = component[0]
                values[node] = self._equation(evaluate, node, lambda ref: values[ref.node])
            else:
                self._nested(evaluate, component, values)
            if plain is not None:
                changed.update(node for node in component if values[node] != plain[node])
        return values

    def _reached(self, component: list[int], known: Mapping[str, str], changed: set[int]) -> bool:
        """Return whether a fixed fact stands in the component, or something changed that it refers to."""
        return any(
            not self._facts[node].isdisjoint(known) or not changed.isdisjoint(self._edges[node]) for node in component
        )

    def _nested(self, evaluate: _Evaluation, component: list[int], values: list[Value]) -> None:
        """Solve one component by μM. νX. μY; what it refers to outside is final."""
        inside = frozenset(component)
        movers: dict[int, Value] = dict.fromkeys(component, NEVER)
        while True:
            needs: dict[int, Value] = dict.fromkeys(component, evaluate.always)
            while True:
                paths = self._least(evaluate, component, values, inside, {Nature.MOVER: movers, Nature.NEED: needs})
                if paths == needs:
                    break
                needs = paths
            if needs == movers:
                break
            movers = needs
        for node in component:
            values[node] = movers[node]

    def _least(
        self,
        evaluate: _Evaluation,
        component: list[int],
        values: list[Value],
        inside: frozenset[int],
        fixed: Mapping[Nature, Mapping[int, Value]],
    ) -> dict[int, Value]:
        paths: dict[int, Value] = dict.fromkeys(component, NEVER)
        unknown = Nature.PATH if evaluate.setting.pessimistic else Nature.NEED

        def read(ref: Ref) -> Value:
            if ref.node not in inside:
                return values[ref.node]
            nature = unknown if ref.nature is Nature.UNKNOWN else ref.nature
            return paths[ref.node] if nature is Nature.PATH else fixed[nature][ref.node]

        changed = True
        while changed:
            changed = False
            for node in component:
                value = self._equation(evaluate, node, read)
                if value != paths[node]:
                    paths[node] = value
                    changed = True
        return paths

    def _equation(self, evaluate: _Evaluation, node: int, read: Callable[[Ref], Value]) -> Value:
        found = self.tree.nodes[node]
        return without(evaluate.gate(found.expression, self._shared[node], read), evaluate.hit(found))


class _Evaluation:
    """Evaluates gates and hits of one setting, unit by unit."""

    def __init__(self, setting: Setting, tree: FaultTree, limit: float) -> None:
        self.setting, self._facts, self._limit = setting, tree.facts, limit
        self.always: Value = ((0.0, setting.full),)
        self._hits: dict[int, int] = {}

    def gate(self, expression: Expression, shared: Sequence[str], read: Callable[[Ref], Value]) -> Value:
        """Return the gate's value over all variants of the facts in it.

        A fact that stands once can be decided where it stands; one that stands several times is fixed first.
        """
        open_ = [fact for fact in shared if fact not in self.setting.known]
        variants = list(self._assignments(open_))
        values = [self._value(expression, {**self.setting.known, **variant}, read) for variant in variants]
        return self._over(values)

    def hit(self, node: Node) -> int:
        """Return the fault sets in which some event surely (optimistic) or possibly (pessimistic) hits the node."""
        key = id(node)
        if key not in self._hits:
            self._hits[key] = self._hit(node)
        return self._hits[key]

    def _hit(self, node: Node) -> int:
        masks, known = self.setting.masks, self.setting.known
        events = [(masks[event], when) for event, when in node.hits if masks.get(event)]
        events = [(mask, when) for mask, when in events if all(known.get(fact, value) == value for fact, value in when)]
        sure = 0
        for mask, when in events:
            if self.setting.pessimistic or all(fact in known for fact, _ in when):
                sure |= mask
        if self.setting.pessimistic:
            return sure
        return sure | self._in_every_variant([pair for pair in events if any(fact not in known for fact, _ in pair[1])])

    def _in_every_variant(self, events: list[tuple[int, Condition]]) -> int:
        open_ = sorted({fact for _, when in events for fact, _ in when if fact not in self.setting.known})
        variants = list(self._assignments(open_))
        if not events or len(variants) < 2:  # noqa: PLR2004 one variant: too many to look at, or none
            return 0
        found = self.setting.full
        for variant in variants:
            known = {**self.setting.known, **variant}
            mask = 0
            for bits, when in events:
                if all(known[fact] == value for fact, value in when):
                    mask |= bits
            found &= mask
        return found

    def _assignments(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        """Yield every assignment of the facts, or none of them fixed where there are too many: looser, still sound."""
        values = [self._facts[name].values for name in names]
        if prod(len(each) for each in values) > _MAX_VARIANTS:
            yield {}
            return
        for chosen in product(*values):
            yield dict(zip(names, chosen, strict=True))

    def _value(self, expression: Expression, known: Mapping[str, str], read: Callable[[Ref], Value]) -> Value:
        match expression:
            case Ref():
                return read(expression)
            case Threshold(k=k, items=items):
                return threshold(k, [self._value(item, known, read) for item in items], self.setting.full)
            case Choice(fact=fact, branches=branches):
                if fact in known:
                    return self._value(branches[known[fact]], known, read)
                return self._over([self._value(item, known, read) for item in branches.values()])
            case Move():
                return self._moved(expression, known, read)

    def _moved(self, move: Move, known: Mapping[str, str], read: Callable[[Ref], Value]) -> Value:
        limit = self.setting.lag
        if move.lag is not None and limit is not None and move.lag > limit:
            return NEVER
        ready = threshold(
            2, [self._value(move.gate, known, read), self._value(move.mover, known, read)], self.setting.full
        )
        return delayed(ready, move.seconds, self._limit)

    def _over(self, values: list[Value]) -> Value:
        return threshold(len(values) if self.setting.pessimistic else 1, values, self.setting.full)
