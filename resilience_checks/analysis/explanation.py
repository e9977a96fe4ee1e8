"""Tells how a set of faults loses a service, from the fault to the consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.bits import at
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold
from resilience_checks.model.question import FaultKind, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.analysis.bits import Value
    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.estate import Estate

_FAULTS = {FaultKind.OUTAGE: "an outage of", FaultKind.BAD_CHANGE: "a bad change of"}
_MAX_NAMES = 4
_MAX_STEPS = 8


class Explanation:
    """Explains the cuts of one solution."""

    def __init__(
        self, estate: Estate, tree: FaultTree, values: Sequence[Value], horizon: float, known: Mapping[str, str]
    ) -> None:
        """Read what is lost from the solution's values, up to the horizon."""
        self._estate, self._tree, self._values = estate, tree, values
        self._horizon, self._known = horizon, known

    def chain(self, service: str, events: Sequence[str], index: int, start: int | None = None) -> tuple[Step, ...]:
        """Return the steps from the events (fault set `index`) to the loss of the service, or of the node `start`."""
        lost = frozenset(node for node, value in enumerate(self._values) if not at(value, self._horizon) >> index & 1)
        top = self._tree.roots[service] if start is None else start
        reasons = tuple(dict.fromkeys(self._falls(top, lost, frozenset(events), set())))
        steps = [
            *(self._event(event, lost) for event in events),
            *(Step(reason.text, reason.location) for reason in reversed(reasons)),
        ]
        if len(steps) > _MAX_STEPS:
            steps = [*steps[: _MAX_STEPS - 2], Step(f"... and {len(steps) - _MAX_STEPS + 1} more steps"), steps[-1]]
        return (*dict.fromkeys(steps), self._loss(service, lost))

    def _event(self, event: str, lost: frozenset[int]) -> Step:
        domain_id, _, fault = event.rpartition("/")
        domain = self._estate.domains[domain_id]
        down = {self._tree.nodes[node].part for node in lost}
        hit = sorted({self._estate.parts[member.part].label for member in domain.members if member.part in down})
        what = f"{_FAULTS[FaultKind(fault)]} {domain.kind.replace('-', ' ')} {domain.name}"
        return Step(f"{what} takes down {named(hit)}", domain.primary)

    def _falls(self, node: int, lost: frozenset[int], events: frozenset[str], seen: set[int]) -> Iterator[Reason]:
        """Yield why each lost node on one way down is lost, from the service towards the faults."""
        if node in seen:
            return
        seen.add(node)
        found = self._tree.nodes[node]
        if any(event in events for event, _ in found.hits):
            return
        for ref in self._broken(found.expression, lost):
            if ref.why is not None and self._tree.nodes[ref.node].part is not None:
                yield ref.why
            yield from self._falls(ref.node, lost, events, seen)

    def _broken(self, expression: Expression, lost: frozenset[int]) -> list[Ref]:
        """Return the references that make the expression fail: one of an 'all', every one of an 'any'; none if it holds."""
        if self._holds(expression, lost):
            return []
        match expression:
            case Ref():
                return [expression]
            case Threshold(k=k, items=items):
                broken = [self._broken(item, lost) for item in items if not self._holds(item, lost)]
                return broken[0] if broken and k == len(items) else [ref for found in broken for ref in found]
            case Choice(branches=branches):
                branch = branches.get(self._known.get(expression.fact, ""))
                return self._broken(branch if branch is not None else next(iter(branches.values())), lost)
            case Move(gate=gate, mover=mover):
                return self._broken(gate, lost) or self._broken(mover, lost)

    def _holds(self, expression: Expression, lost: frozenset[int]) -> bool:
        """Return whether the expression is up in the optimistic bound, given which nodes are lost."""
        match expression:
            case Ref(node=node):
                return node not in lost
            case Threshold(k=k, items=items):
                return sum(self._holds(item, lost) for item in items) >= k
            case Choice(fact=fact, branches=branches):
                if fact in self._known:
                    return self._holds(branches[self._known[fact]], lost)
                return any(self._holds(item, lost) for item in branches.values())
            case Move(gate=gate, mover=mover):
                return self._holds(gate, lost) and self._holds(mover, lost)

    def _loss(self, service: str, lost: frozenset[int]) -> Step:
        views = self._tree.consumers[service]
        losers = sorted(name for name, node in views.items() if node in lost)
        text = f"{named(losers)} lose {service}" if losers else f"{service} is lost"
        return Step(text, self._estate.services[service].location)


def named(names: Sequence[str]) -> str:
    """Return names as a reader lists them, the rest counted.

    >>> named(["a", "b"]), named(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b, c and 2 more')
    """
    if len(names) > _MAX_NAMES:
        return f"{', '.join(names[: _MAX_NAMES - 1])} and {len(names) - _MAX_NAMES + 1} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
