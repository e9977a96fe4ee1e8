"""What cannot be started after a full stop, though it is up while nothing fails (SEMANTICS, section 2).

After a full stop nothing is up, and a part starts once what it needs has started: the least fixpoint of all
equations, whatever the natures of the edges. Parts that wait for each other never start.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.components import components
from resilience_checks.analysis.expressions import Choice, Move, Ref, Threshold
from resilience_checks.analysis.fault_tree import compile_estate
from resilience_checks.analysis.solver import Setting, Solver
from resilience_checks.analysis.system import System
from resilience_checks.model.question import Doubt, Holds, Step
from resilience_checks.model.values import Basis, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from resilience_checks.analysis.answers import Analysis
    from resilience_checks.analysis.expressions import Expression
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True, slots=True)
class StartCycle:
    """Parts that wait for each other to start: surely (`YES`), or as far as is known (`UNKNOWN`).

    `members` are their ids, `labels` their names in the same order; `lines` are those of the edges that close it.
    """

    members: tuple[str, ...]
    labels: tuple[str, ...]
    services: tuple[str, ...]
    holds: Holds
    lines: tuple[Step, ...]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class StartOrder:
    """Every start cycle, and the services that are lost with nothing failed, of which it is not asked."""

    cycles: tuple[StartCycle, ...]
    lost: frozenset[str] = frozenset()


def start_order(estate: Estate, analysis: Analysis | None = None) -> StartOrder:
    """Return the cycles that keep what is up at rest from starting.

    An `analysis` of this estate that was made before saves compiling it again.
    """
    return _Starting(analysis.bounds.system if analysis is not None else System(compile_estate(estate))).order()


class _Starting:
    """One fault tree, started with what is not known at its best, and at its worst."""

    def __init__(self, system: System) -> None:
        self._tree, self._equations = system.tree, system
        self._nodes = system.tree.nodes
        self._best = self._started(pessimistic=False)
        self._worst = self._best if not system.tree.facts else self._started(pessimistic=True)

    def order(self) -> StartOrder:
        """Return the sure cycles, and those that may be one."""
        if all(self._worst):
            return StartOrder(())
        solver = Solver(self._tree, self._equations)
        low, high = (solver.solve(Setting({}, 1, pessimistic=worst)) for worst in (False, True))
        surely, possibly = ([bool(value) for value in values] for values in (high, low))
        found: dict[tuple[str, ...], StartCycle] = {}
        told: set[int] = set()
        for cycle in self._cycles(self._best, pessimistic=False):
            told.update(cycle)
            holds = Holds.YES if all(surely[node] for node in cycle) else Holds.UNKNOWN
            if all(possibly[node] for node in cycle):
                self._add(found, self._told(cycle, self._best, holds))
        for cycle in self._cycles(self._worst, pessimistic=True) if self._worst is not self._best else ():
            if told.isdisjoint(cycle) and all(possibly[node] for node in cycle):
                self._add(found, self._told(cycle, self._worst, Holds.UNKNOWN))
        lost = frozenset(name for name, root in self._tree.roots.items() if not possibly[root])
        return StartOrder(tuple(found[key] for key in sorted(found)), lost)

    def _add(self, found: dict[tuple[str, ...], StartCycle], cycle: StartCycle) -> None:
        """Take up a cycle; one of the same parts, read from elsewhere, is the same."""
        old = found.get(cycle.members)
        if old is None:
            found[cycle.members] = cycle
            return
        sure = cycle if old.holds is not Holds.YES else old
        services = tuple(sorted({*old.services, *cycle.services}))
        found[cycle.members] = StartCycle(sure.members, sure.labels, services, sure.holds, sure.lines, sure.doubts)

    def _started(self, *, pessimistic: bool) -> list[bool]:
        """Return which nodes start: components in order, each with a queue of what a change may start."""
        up = [False] * len(self._nodes)
        for component in self._equations.order:
            self._start(component, up, lambda ref: up[ref.node], pessimistic=pessimistic)
        return up

    def _start(
        self, component: Collection[int], up: list[bool], read: Callable[[Ref], bool], *, pessimistic: bool
    ) -> None:
        """Start what can be started in one component."""
        readers: dict[int, list[int]] = defaultdict(list)
        if len(component) > 1:
            inside = frozenset(component)
            for node in component:
                for target in self._equations.edges[node]:
                    if target in inside:
                        readers[target].append(node)
        pending = list(component)
        while pending:
            node = pending.pop()
            if not up[node] and _holds(self._nodes[node].expression, read, pessimistic=pessimistic):
                up[node] = True
                pending += readers[node]

    def _cycles(self, up: list[bool], *, pessimistic: bool) -> Iterator[list[int]]:
        """Yield the nodes of each cycle that would not start even if all outside of it had."""
        waiting = [node for node, started in enumerate(up) if not started]
        place = {node: index for index, node in enumerate(waiting)}
        edges = [[place[ref.node] for ref in self._waits(node) if ref.node in place] for node in waiting]
        for found in components(edges):
            if len(found) == 1 and found[0] not in edges[found[0]]:
                continue
            inside = {waiting[index] for index in found}
            alone = dict.fromkeys(inside, False)
            stuck = self._alone(inside, alone, pessimistic=pessimistic)
            if stuck:
                yield sorted(stuck)

    def _alone(self, inside: set[int], alone: dict[int, bool], *, pessimistic: bool) -> list[int]:
        changed = True
        while changed:
            changed = False
            for node in sorted(inside):
                expression = self._nodes[node].expression
                if not alone[node] and _holds(
                    expression, lambda ref: alone.get(ref.node, True), pessimistic=pessimistic
                ):
                    alone[node] = changed = True
        return [node for node, started in alone.items() if not started]

    def _waits(self, node: int) -> Iterator[Ref]:
        return (ref for ref in self._equations.refs[node] if ref.start)

    def _told(self, cycle: list[int], up: list[bool], holds: Holds) -> StartCycle:
        inside = frozenset(cycle)
        names = {
            self._nodes[node].part or self._nodes[node].label: self._nodes[node].label
            for node in cycle
            if self._nodes[node].part is not None
        } or {self._nodes[node].label: self._nodes[node].label for node in cycle}
        members = tuple(sorted(names))
        return StartCycle(
            members,
            tuple(names[member] for member in members),
            self._hanging(inside, up),
            holds,
            tuple(self._lines(cycle, inside)),
            () if holds is Holds.YES else tuple(self._doubts(cycle)),
        )

    def _hanging(self, inside: frozenset[int], up: list[bool]) -> tuple[str, ...]:
        """Return the services that wait for the cycle."""
        users: dict[int, list[int]] = defaultdict(list)
        for node, started in enumerate(up):
            for ref in self._waits(node) if not started else ():
                users[ref.node].append(node)
        found, pending = set(inside), list(inside)
        while pending:
            for user in users[pending.pop()]:
                if user not in found:
                    found.add(user)
                    pending.append(user)
        return tuple(sorted(name for name, root in self._tree.roots.items() if root in found))

    def _lines(self, cycle: Iterable[int], inside: frozenset[int]) -> Iterator[Step]:
        """Yield the edges of the cycle, those that only steady state needs first: one of them can be given up."""
        steps: dict[tuple[str, str], Step] = {}
        for node in cycle:
            for ref in self._waits(node):
                why = ref.why
                if ref.node in inside and why is not None and why.location is not None:
                    step = Step(why.text, why.location, why.source)
                    steps.setdefault((str(why.location), why.text), step)
        yield from (steps[key] for key in sorted(steps))

    def _doubts(self, cycle: Iterable[int]) -> Iterator[Doubt]:
        names = {fact for node in cycle for fact in self._equations.gate_facts.get(node, ())}
        for name in sorted(names):
            yield Doubt(name, self._tree.facts[name].reason, self._tree.facts[name].remedy)
        if not names:
            reason = Reason("whether these are up while nothing fails is not known", Basis.UNKNOWN)
            yield Doubt("start", reason, "make known what the other policies ask for")


def _holds(expression: Expression, read: Callable[[Ref], bool], *, pessimistic: bool) -> bool:
    """Return whether what an expression needs to start has started; a choice is taken at its worst, or at its best."""
    match expression:
        case Ref():
            return not expression.start or read(expression)
        case Threshold(k=k, items=items):
            missing = k
            for item in items if k else ():
                missing -= _holds(item, read, pessimistic=pessimistic)
                if missing == 0:
                    return True
            return missing <= 0
        case Choice(branches=branches):
            found: Mapping[str, Expression] = branches
            some = (_holds(item, read, pessimistic=pessimistic) for item in found.values())
            return all(some) if pessimistic else any(some)
        case Move(gate=gate, mover=mover):
            return _holds(gate, read, pessimistic=pessimistic) and _holds(mover, read, pessimistic=pessimistic)
