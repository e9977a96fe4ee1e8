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
from functools import cached_property, reduce
from itertools import zip_longest
from math import inf
from operator import and_, or_
from typing import TYPE_CHECKING

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, scan
from resilience_checks.topology.gates import Nature, Quorum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.topology.estate import Estate

    Up = Callable[[Expression], bool]
    Amount = Callable[[str], float]
    _Cut = tuple[float, tuple[str, ...]]
    """Parts one of which every way passes, and how much they carry together; infinitely much where there are none."""

_FREE: _Cut = (inf, ())

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


@dataclass(frozen=True, slots=True)
class Passed:
    """A stage that a share of the demand surely passes, by one of its nodes; what passes it passes one of its `limits`."""

    node: int
    carries: float
    share: float
    limits: tuple[str, ...]
    remaining: tuple[int, int] | None


@dataclass
class Spread:
    """One service's demand over the ways that are up in one fault set; amounts are shares of the demand.

    `nodes` are those that a request may pass, in the order in which it does. `shares` is how much of the demand each
    carries when every group shares in proportion, `forced` how much it carries however they share. `stages` are the
    limited ones that demand surely passes, the last last.
    """

    ways: Ways
    service: str
    up: Up
    carries: Amount
    pessimistic: bool
    nodes: Sequence[int] = ()
    shares: dict[int, float] = field(default_factory=dict)
    _views: Sequence[tuple[int, float]] = ()
    _cuts: dict[int, _Cut] = field(default_factory=dict)
    _passes: dict[int, Expression] = field(default_factory=dict)
    _found: dict[int, _Cut] = field(default_factory=dict)
    _chosen: dict[int, tuple[bool, Sequence[Expression]]] = field(default_factory=dict)
    """What `_cut` and `chosen` found, by the identity of expressions: they live as long as the tree and `_passes`."""

    def run(self) -> Spread:
        """Fill in `nodes` and `shares`; the others are found when somebody asks: where all fits nobody does."""
        nodes = self.nodes = self.ways.below(self.service)
        for node in reversed(nodes):
            self._cuts[node] = self._node_cut(node)
        self._views = tuple(self.ways.views(self.service, lambda node: self.up(Ref(node, Nature.PATH))))
        self.shares.update(self._views)
        for node in nodes:
            share = self.shares.get(node, 0.0)
            if share:
                brought: dict[int, float] = {}
                self._push(self.passes(node), share, brought)
                for target, more in brought.items():
                    self.shares[target] = min(1.0, self.shares.get(target, 0.0) + more)
        return self

    @property
    def forced(self) -> Mapping[int, float]:
        """How much of the demand each node carries however its groups share."""
        return self._surely[0]

    @property
    def stages(self) -> Sequence[Passed]:
        """The limited stages that demand surely passes, the last last."""
        return self._surely[1]

    @cached_property
    def _surely(self) -> tuple[Mapping[int, float], Sequence[Passed]]:
        """Both of them: what passes a node passes all that every way below it has in common.

        A part that is reached from several sites has a node for each: what passes any of them passes the part.
        """
        nodes, views = self.nodes, self._views
        reached = self._reached([node for node, _ in views])
        alike: dict[str | int, list[int]] = defaultdict(list)
        for node in nodes:
            if node in reached:
                alike[self.ways.tree.nodes[node].part or node].append(node)
        bits = {node: 1 << number for number, node in enumerate(reversed(nodes))}
        several = [group for group in alike.values() if len(group) > 1]
        whole = {node: 1 << len(nodes) + number for number, group in enumerate(several) for node in group}
        musts: dict[int, int] = {}
        for node in reversed(nodes):
            musts[node] = bits[node] | whole.get(node, 0) | self._must(self.passes(node), musts, bits)

        def sure(bit: int) -> float:
            return min(1.0, sum(share for view, share in views if musts[view] & bit))

        stages: list[Passed] = []
        for group in sorted(alike.values(), key=lambda group: bits[group[-1]], reverse=True):
            share = sure(whole.get(group[0], bits[group[0]]))
            amount, parts = self._beside([self._cuts[node] for node in group])
            if share and amount < inf:
                stages.append(Passed(group[0], amount, share, parts, self._remaining(group)))
        return {node: share for node in nodes if (share := sure(bits[node]))}, stages

    def _reached(self, starts: Sequence[int]) -> set[int]:
        """Return the nodes that a request may come to on the ways that are up."""
        found, pending = set(starts), list(starts)
        while pending:
            for ref in self._onward(self.passes(pending.pop())):
                if ref.node not in found:
                    found.add(ref.node)
                    pending.append(ref.node)
        return found

    def _onward(self, expression: Expression) -> Iterator[Ref]:
        if not self.up(expression):
            return
        match expression:
            case Ref():
                if self.ways.carries_on(expression, self.service):
                    yield expression
            case Threshold():
                for item in self.chosen(expression)[1]:
                    yield from self._onward(item)
            case Choice(branches=branches):
                for item in branches.values():
                    yield from self._onward(item)
            case Move(gate=gate):
                yield from self._onward(gate)

    def _must(self, expression: Expression, musts: Mapping[int, int], bits: Mapping[int, int]) -> int:
        """Return the nodes, as bits, that a request that passes the expression passes, whichever way it takes."""
        match expression:
            case Ref(node=node):
                passes = self.ways.carries_on(expression, self.service)
                return musts.get(node, bits[node]) if passes else 0
            case Threshold():
                together, items = self.chosen(expression)
                found = [self._must(item, musts, bits) for item in items]
                return reduce(or_ if together else and_, found) if found else 0
            case Move(gate=gate):
                return self._must(gate, musts, bits)
            case _:
                return 0

    @property
    def serves(self) -> bool:
        """Whether the service is up at all."""
        return self.up(Ref(self.ways.tree.roots[self.service], Nature.PATH))

    def reachable(self) -> Iterator[str]:
        """Yield every part that a request of the service may pass."""
        for node in self.nodes:
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
        for stage in self.stages:
            parts = frozenset(stage.limits)
            found[parts] = max(stage.share, found.get(parts, 0.0))
        return found

    def parts(self, amounts: Mapping[int, float]) -> dict[str, float]:
        """Return how much of the demand each part carries, a request once however often it passes the part."""
        found: dict[str, float] = defaultdict(float)
        for node, share in amounts.items():
            part = self.ways.tree.nodes[node].part
            if part is not None and share:
                found[part] = min(1.0, found[part] + share)
        return found

    def _node_cut(self, node: int) -> _Cut:
        part = self.ways.tree.nodes[node].part
        below = self._cut(self.passes(node))
        if part is None or self.carries(part) > below[0] or self.carries(part) == inf:
            return below
        return self.carries(part), (part,)

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
        return self._cut(expression)[0]

    def _cut(self, expression: Expression) -> _Cut:
        key = id(expression)
        if key not in self._found:
            self._found[key] = self._least(expression) if self.up(expression) else (0.0, ())
        return self._found[key]

    def _least(self, expression: Expression) -> _Cut:
        """Return parts one of which every way through the expression passes, and how much these carry together."""
        match expression:
            case Ref():
                passes = self.ways.carries_on(expression, self.service)
                return self._cuts.get(expression.node, _FREE) if passes else _FREE
            case Threshold():
                together, items = self.chosen(expression)
                cuts = [self._cut(item) for item in items]
                return min(cuts, key=_amount, default=_FREE) if together else self._beside(cuts)
            case Choice(branches=branches):
                return (min if self.pessimistic else max)((self._cut(item) for item in branches.values()), key=_amount)
            case Move(gate=gate):
                return self._cut(gate)

    def _beside(self, cuts: Sequence[_Cut]) -> _Cut:
        """Return what limits the members of a group together: a part that limits several of them counts once."""
        several = list({id(parts): (amount, parts) for amount, parts in cuts}.values())
        if len(several) == 1:
            return several[0]
        if any(amount == inf for amount, _ in several):
            return _FREE
        parts = tuple(dict.fromkeys(part for _, parts in several for part in parts))
        return sum(self.carries(part) for part in parts), parts

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

    def _remaining(self, nodes: Sequence[int]) -> tuple[int, int] | None:
        """Return how many members of a group are up, of how many that serve together; None where it has not lost any."""
        ups = [self._members(self.passes(node)) for node in nodes]
        steady = max(len(members) for members in ups)
        up = sum(map(any, zip_longest(*ups)))
        return (up, steady) if 0 < up < steady else None

    def _members(self, expression: Expression) -> list[bool]:
        """Return of each member of a group that serves together whether it is up."""
        if not isinstance(expression, Threshold) or expression.shares or self.chosen(expression)[0]:
            return []
        return [self.up(item) for item in expression.items if not isinstance(item, Move)]

    def _push(self, expression: Expression, share: float, into: dict[int, float]) -> None:
        match expression:
            case Ref(node=node):
                if self.ways.carries_on(expression, self.service):
                    into[node] = into.get(node, 0.0) + share
            case Threshold():
                together, items = self.chosen(expression)
                parts = [1.0] * len(items) if together or len(items) == 1 else self._split(items)
                for item, part in zip(items, parts, strict=True):
                    self._push(item, share * part, into)
            case Choice(branches=branches):
                self._branch(list(branches.values()), share, into)
            case Move(gate=gate):
                self._push(gate, share, into)

    def _branch(self, branches: Sequence[Expression], share: float, into: dict[int, float]) -> None:
        """Add what a doubtful expression brings: in the worst case the most of any branch, in the best what one brings.

        In the best case that is the branch that lets most through.
        """
        most: dict[int, float] = {}
        for item in branches if self.pessimistic else [max(branches, key=self.rate)]:
            found: dict[int, float] = {}
            self._push(item, share, found)
            for node, amount in found.items():
                most[node] = max(amount, most.get(node, 0.0))
        for node, amount in most.items():
            into[node] = into.get(node, 0.0) + amount

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


def _amount(cut: _Cut) -> float:
    return cut[0]
