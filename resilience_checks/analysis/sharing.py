"""The best spread of several demands over groups that share members, as a linear program.

Maximise t, so that t times each demand finds its way: at a node the amounts of all that refers to it come together,
what stands in series carries all of it, the members of a group share it, and no part carries more than it can. This
is the maximum concurrent flow problem (Shahrokhi, Matula, "The maximum concurrent flow problem", J. ACM 37(2), 1990)
with stages in series as one way. All demands fit when t is at least 1.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.analysis.loads import Spread

_MOST = 200_000
"""Variables beyond which nothing is sought."""


def best_scale(spreads: Sequence[tuple[float, Spread]]) -> float | None:
    """Return the largest t at which t times each amount fits, None where it is not sought.

    It needs scipy, which is no dependency: groups that share members and are nearly full are rare.
    """
    if find_spec("scipy") is None:
        return None
    program = _Program()
    for amount, spread in spreads:
        _Demand(program, spread, amount).draw()
    return program.solve()


def spread_remedy() -> str:
    """Return what makes known whether some spread fits, where `best_scale` did not seek it."""
    if find_spec("scipy") is None:
        return "install resilience-checks[capacity]: scipy finds the best spread"
    return "declare what single members carry for these services, or give the services groups of their own"


@dataclass
class _Program:
    """Variables from 0 up, number 0 being t; sums that are 0 (equations), at most 0 (bounds), or limited (loads)."""

    count: int = 1
    equations: list[dict[int, float]] = field(default_factory=list)
    bounds: list[dict[int, float]] = field(default_factory=list)
    loads: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    limits: dict[str, float] = field(default_factory=dict)

    def variable(self) -> int:
        self.count += 1
        return self.count - 1

    def solve(self) -> float | None:
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        if self.count > _MOST:
            return None
        rows = [*(self.loads[part] for part in self.limits), *self.bounds]
        tops = [*self.limits.values(), *([0.0] * len(self.bounds))]

        def matrix(found: Sequence[dict[int, float]]) -> object:
            cells = [(row, column, value) for row, columns in enumerate(found) for column, value in columns.items()]
            ys, xs, values = zip(*cells, strict=True) if cells else ((), (), ())
            return csr_array((values, (ys, xs)), shape=(len(found), self.count))

        goal = [-1.0] + [0.0] * (self.count - 1)
        result = linprog(
            goal,
            A_ub=matrix(rows) if rows else None,
            b_ub=tops if rows else None,
            A_eq=matrix(self.equations),
            b_eq=[0.0] * len(self.equations),
            bounds=[(0, 1e6), *[(0, None)] * (self.count - 1)],
            method="highs",
        )
        return float(result.x[0]) if result.success else None


@dataclass
class _Demand:
    """One service's demand in the program."""

    program: _Program
    spread: Spread
    amount: float
    inflow: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))

    def draw(self) -> None:
        spread, program = self.spread, self.program
        whole: dict[str, None] = {}
        for node, share in spread.ways.views(spread.service, lambda node: spread.up(Ref(node, Nature.PATH))):
            self.inflow[node][0] += self.amount * share
        for node in spread.nodes:
            if node not in self.inflow:
                continue
            variable = program.variable()
            forced = spread.forced.get(node, 0.0) >= 1
            incoming = {0: self.amount} if forced else self.inflow[node]
            program.equations.append({variable: -1.0, **incoming})
            part = spread.ways.tree.nodes[node].part
            if part is not None and spread.carries(part) < inf and part not in whole:
                program.limits[part] = spread.carries(part)
                if forced:
                    program.loads[part][0] += self.amount
                    whole[part] = None
                else:
                    program.loads[part][variable] += 1.0
            self._push(spread.passes(node), variable)

    def _push(self, expression: Expression, variable: int) -> None:
        spread = self.spread
        match expression:
            case Ref(node=node):
                if spread.ways.carries_on(expression, spread.service):
                    self.inflow[node][variable] += 1.0
            case Threshold():
                together, items = spread.chosen(expression)
                if together:
                    for item in items:
                        self._push(item, variable)
                else:
                    self._share(items, variable)
            case Choice(branches=branches):
                if spread.pessimistic:
                    self._most(list(branches.values()), variable)
                else:
                    self._share([item for item in branches.values() if spread.up(item)], variable)
            case Move(gate=gate):
                self._push(gate, variable)

    def _most(self, branches: Sequence[Expression], variable: int) -> None:
        """Bring to each node the most that any of the branches does."""
        before, self.inflow = self.inflow, defaultdict(lambda: defaultdict(float))
        brought = []
        for item in branches:
            self._push(item, variable)
            brought.append(self.inflow)
            self.inflow = defaultdict(lambda: defaultdict(float))
        self.inflow = before
        for node in {node: None for found in brought for node in found}:
            most = self.program.variable()
            self.inflow[node][most] += 1.0
            self.program.bounds += [{**found[node], most: -1.0} for found in brought if node in found]

    def _share(self, items: Sequence[Expression], variable: int) -> None:
        equation = {variable: -1.0}
        for item in items:
            part = self.program.variable()
            equation[part] = 1.0
            self._push(item, part)
        self.program.equations.append(equation)
