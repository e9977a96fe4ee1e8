"""How the demand of a service spreads over what remains, and how much each stage of the way carries.

A request passes everything that its way needs: stages in series carry all of it, members of a group share it. A
group whose members all stand ready shares among those that are up, in proportion to what they carry; a standby
carries only what has moved to it. Members of a quorum each hold everything, so each carries all of it. Where a part
stands twice on the same way, a request counts once.

The demand of all consumers together goes in through the links of those that reach the service.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, scan
from resilience_checks.topology.gates import Nature, Quorum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.topology.estate import Estate

    _Amounts = dict[int, tuple[float, float]]
    Up = Callable[[Expression], bool]
    Amount = Callable[[str], float]


ASKED_ONCE = frozenset(
    ["global-traffic", "dns", "identity", "certificate", "control-plane", "management", "monitor", "witness"]
)
"""Roles whose answers are kept for a while: what needs them does not ask them with each request."""


class Ways:
    """The ways of all services through the tree, in an order in which demand flows."""

    def __init__(self, estate: Estate, tree: FaultTree) -> None:
        """Sort the nodes; each stands before those that it refers to, cycles apart."""
        self.estate, self.tree = estate, tree
        edges = [tuple(dict.fromkeys(ref.node for ref in scan(node.expression).refs)) for node in tree.nodes]
        order = [node for component in components(edges) for node in component]
        self._rank = {node: rank for rank, node in enumerate(reversed(order))}
        self._refs = [scan(node.expression).refs for node in tree.nodes]

    def below(self, service: str) -> list[int]:
        """Return the nodes that a service's requests may pass, in the order in which they do."""
        starts = [node for node, _ in self.views(service, lambda _: True)]
        found, pending = set(starts), list(starts)
        while pending:
            for ref in self._refs[pending.pop()]:
                if ref.node not in found and self.carries_on(ref, service):
                    found.add(ref.node)
                    pending.append(ref.node)
        return sorted(found, key=self._rank.__getitem__)

    def views(self, service: str, reached: Callable[[int], bool]) -> list[tuple[int, float]]:
        """Return the nodes at which demand enters, each with its share; consumers with the same access are one."""
        consumers = self.tree.consumers[service]
        if not consumers:
            return [(self.tree.roots[service], 1.0)]
        groups: dict[object, list[int]] = defaultdict(list)
        for name, node in consumers.items():
            groups[self.estate.consumers[name].access].append(node)
        live = [nodes for nodes in groups.values() if reached(nodes[0])] or list(groups.values())
        whole = sum(len(nodes) for nodes in live)
        return [(nodes[0], len(nodes) / whole) for nodes in live]

    def carries_on(self, ref: Ref, service: str) -> bool:
        """Return whether a request passes on along an edge.

        It does not to what moves things, to what is asked once and not by each request, nor to another service: what
        is asked of that is in that one's own peak.
        """
        node = self.tree.nodes[ref.node]
        if ref.nature is Nature.MOVER:
            return False
        if node.part is None:
            return node.label not in self.estate.services or node.label == service
        part = self.estate.parts.get(node.part)
        return part is None or ref.nature is Nature.PATH or part.role not in ASKED_ONCE

    def quorum(self, node: int) -> bool:
        """Return whether a node stands for nothing but a group that votes."""
        part = self.tree.nodes[node].part
        return part is not None and part in self.estate.parts and isinstance(self.estate.parts[part].gate, Quorum)


@dataclass
class Spread:
    """One service's demand over the ways that are up in one fault set; amounts are shares of the demand.

    `rates` is how much each node lets through at most, whatever else its parts carry. `shares` is how much of the
    demand each node carries when every group shares in proportion, `forced` how much it carries however they share.
    """

    ways: Ways
    service: str
    up: Up
    carries: Amount
    pessimistic: bool
    rates: dict[int, float] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    forced: dict[int, float] = field(default_factory=dict)
    _limits: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _passes: dict[int, Expression] = field(default_factory=dict)
    _rates: dict[int, float] = field(default_factory=dict)
    _chosen: dict[int, tuple[bool, Sequence[Expression]]] = field(default_factory=dict)
    """What `rate` and `chosen` found, by the identity of expressions: they live as long as the tree and `_passes`."""

    def run(self) -> Spread:
        """Fill in all three."""
        nodes = self.ways.below(self.service)
        for node in reversed(nodes):
            self.rates[node] = self._node_rate(node)
        for node, share in self.ways.views(self.service, lambda node: self.up(Ref(node, Nature.PATH))):
            self.shares[node] = self.forced[node] = share
        for node in nodes:
            share, forced = self.shares.get(node, 0.0), self.forced.get(node, 0.0)
            if share or forced:
                brought: _Amounts = {}
                self._push(self.passes(node), share, forced, brought)
                for target, (more, sure) in brought.items():
                    self.shares[target] = min(1.0, self.shares.get(target, 0.0) + more)
                    self.forced[target] = min(1.0, self.forced.get(target, 0.0) + sure)
        return self

    @property
    def serves(self) -> bool:
        """Whether the service is up at all."""
        return self.up(Ref(self.ways.tree.roots[self.service], Nature.PATH))

    def reachable(self) -> Iterator[str]:
        """Yield every part that a request of the service may pass."""
        for node in self.rates:
            part = self.ways.tree.nodes[node].part
            if part is not None:
                yield part

    @cached_property
    def carried(self) -> Mapping[str, float]:
        """How much of the demand each part carries when every group shares in proportion."""
        return self.parts(self.shares)

    @cached_property
    def forced_through(self) -> dict[frozenset[str], float]:
        """How much of the demand surely passes each set of limiting parts."""
        found: dict[frozenset[str], float] = {}
        for node, share in self.forced.items():
            if share and self.rates[node] < inf:
                parts = frozenset(self.limits(node))
                found[parts] = max(share, found.get(parts, 0.0))
        return found

    def limits(self, node: int) -> tuple[str, ...]:
        """Return the parts that make a node let through no more than it does: all that passes it passes one of them."""
        if node not in self._limits:
            self._limits[node] = tuple(dict.fromkeys(self._limited(node)))
        return self._limits[node]

    def _limited(self, start: int) -> Iterator[str]:
        pending, seen = [start], {start}
        while pending:
            node = pending.pop()
            part = self.ways.tree.nodes[node].part
            if part is not None and self.carries(part) == self.rates[node]:
                yield part
                continue
            further = [ref.node for ref in self._limiting(self.passes(node)) if ref.node not in seen]
            seen.update(further)
            pending += reversed(further)

    def _limiting(self, expression: Expression) -> Iterator[Ref]:
        match expression:
            case Ref():
                if self.ways.carries_on(expression, self.service):
                    yield expression
            case Threshold():
                together, items = self.chosen(expression)
                least = self.rate(expression)
                for item in items:
                    if not together or self.rate(item) == least:
                        yield from self._limiting(item)
                        if together:
                            return
            case Choice(branches=branches):
                taken = min if self.pessimistic else max
                yield from self._limiting(taken(branches.values(), key=self.rate))
            case Move(gate=gate):
                yield from self._limiting(gate)

    def parts(self, amounts: Mapping[int, float]) -> dict[str, float]:
        """Return how much of the demand each part carries, a request once however often it passes the part."""
        found: dict[str, float] = defaultdict(float)
        for node, share in amounts.items():
            part = self.ways.tree.nodes[node].part
            if part is not None and share:
                found[part] = min(1.0, found[part] + share)
        return found

    def _node_rate(self, node: int) -> float:
        part = self.ways.tree.nodes[node].part
        own = self.carries(part) if part is not None else inf
        return min(own, self.rate(self.passes(node)))

    def passes(self, node: int) -> Expression:
        """Return what a request that passes the node passes next; of a group that votes, all that is up of it."""
        if node not in self._passes:
            self._passes[node] = self._next(node)
        return self._passes[node]

    def _next(self, node: int) -> Expression:
        expression = self.ways.tree.nodes[node].expression
        if not self.ways.quorum(node):
            return expression
        voters = {ref.node: ref for ref in scan(expression).refs if self.ways.tree.nodes[ref.node].part is not None}
        live = tuple(ref for ref in voters.values() if self.up(ref))
        return Threshold(len(live), live)

    def rate(self, expression: Expression) -> float:
        """Return how much the expression lets through at most, whatever else its parts carry."""
        key = id(expression)
        if key not in self._rates:
            self._rates[key] = self._rate(expression) if self.up(expression) else 0.0
        return self._rates[key]

    def _rate(self, expression: Expression) -> float:
        match expression:
            case Ref():
                passes = self.ways.carries_on(expression, self.service)
                return self.rates.get(expression.node, inf) if passes else inf
            case Threshold():
                together, items = self.chosen(expression)
                rates = [self.rate(item) for item in items]
                return min(rates, default=inf) if together else sum(rates)
            case Choice(branches=branches):
                rates = [self.rate(item) for item in branches.values()]
                return min(rates) if self.pessimistic else max(rates)
            case Move(gate=gate):
                return self.rate(gate)

    def chosen(self, expression: Threshold) -> tuple[bool, Sequence[Expression]]:
        """Return what a request passes: all of the items together, or any one of them."""
        key = id(expression)
        if key not in self._chosen:
            self._chosen[key] = self._choose(expression)
        return self._chosen[key]

    def _choose(self, expression: Threshold) -> tuple[bool, Sequence[Expression]]:
        k, items = expression.k, expression.items
        if expression.shares:
            return False, items
        if k == 0 or k == len(items):
            return True, items[:k] if k == 0 else items
        live = [item for item in items if self.up(item)]
        steady = [item for item in live if not isinstance(item, Move)]
        return False, steady or live[:1]

    def remaining(self, node: int) -> tuple[int, int] | None:
        """Return how many members of a group are up, of how many that serve together; None where it has not lost any."""
        expression = self.passes(node)
        if not isinstance(expression, Threshold) or expression.shares or self.chosen(expression)[0]:
            return None
        steady = [item for item in expression.items if not isinstance(item, Move)]
        up = sum(self.up(item) for item in steady)
        return (up, len(steady)) if 0 < up < len(steady) else None

    def _push(self, expression: Expression, share: float, forced: float, into: _Amounts) -> None:
        match expression:
            case Ref(node=node):
                if self.ways.carries_on(expression, self.service):
                    before = into.get(node, (0.0, 0.0))
                    into[node] = (before[0] + share, before[1] + forced)
            case Threshold():
                together, items = self.chosen(expression)
                if together or len(items) == 1:
                    for item in items:
                        self._push(item, share, forced, into)
                else:
                    self._spread(items, share, forced, into)
            case Choice(branches=branches):
                self._branch(list(branches.values()), share, into)
            case Move(gate=gate):
                self._push(gate, share, forced, into)

    def _spread(self, items: Sequence[Expression], share: float, forced: float, into: _Amounts) -> None:
        """Add what the members of a group bring; forced is what every one of them would bring if it had all."""
        brought: list[_Amounts] = []
        for item, part in zip(items, self._split(items), strict=True):
            brought.append({})
            self._push(item, share * part, forced, brought[-1])
        for node in {node: None for found in brought for node in found}:
            before = into.get(node, (0.0, 0.0))
            more = sum(found[node][0] for found in brought if node in found)
            sure = min(found.get(node, (0.0, 0.0))[1] for found in brought)
            into[node] = (before[0] + more, before[1] + sure)

    def _branch(self, branches: Sequence[Expression], share: float, into: _Amounts) -> None:
        """Add what a doubtful expression brings: in the worst case the most of any branch, in the best what one brings.

        In the best case that is the branch that lets most through.
        """
        most: _Amounts = {}
        for item in branches if self.pessimistic else [max(branches, key=self.rate)]:
            found: _Amounts = {}
            self._push(item, share, 0.0, found)
            for node, (amount, _) in found.items():
                most[node] = (max(amount, most.get(node, (0.0, 0.0))[0]), 0.0)
        for node, (amount, _) in most.items():
            before = into.get(node, (0.0, 0.0))
            into[node] = (before[0] + amount, before[1])

    def _split(self, items: Sequence[Expression]) -> list[float]:
        """Return the share of each member: in proportion to what it lets through."""
        rates = [self.rate(item) for item in items]
        free = [rate == inf for rate in rates]
        if any(free):
            best = [item == Threshold(0, ()) for item in items]
            free = best if any(best) else free
            return [1.0 / sum(free) if one else 0.0 for one in free]
        whole = sum(rates)
        return [rate / whole if whole else 1.0 / len(items) for rate in rates]
