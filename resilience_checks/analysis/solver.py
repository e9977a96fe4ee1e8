"""Solves the equations for given fault sets (SEMANTICS, sections 2 and 3).

The bits of one value cost one machine operation per 64 fault sets, so that thousands of fault sets are evaluated in
one pass over the gates.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from resilience_checks.analysis.algebra import FaultSets
from resilience_checks.analysis.bits import NEVER, Value
from resilience_checks.analysis.system import System

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.analysis.system import Solution


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


class _Values(list[Value]):
    """The values of all nodes, and the solution that they were read from."""

    solution: Solution[int]


class Solver:
    """The equations in the order in which they can be solved."""

    def __init__(self, tree: FaultTree, system: System | None = None) -> None:
        """Sort the equations into components, each after those that it refers to, unless that is done."""
        self.tree = tree
        self._system = system or System(tree)

    @property
    def longest(self) -> float:
        """The sum of all moves: a failover that takes longer waits for itself."""
        return self._system.longest

    @property
    def lags(self) -> Sequence[float]:
        """The lags of all moves that may lose data, in seconds."""
        return self._system.lags

    def reachable(self, roots: Iterable[int]) -> frozenset[int]:
        """Return the nodes that the roots depend on, themselves included."""
        return self._system.reachable(roots)

    def solve(
        self, setting: Setting, wanted: frozenset[int] | None = None, plain: Sequence[Value] | None = None
    ) -> list[Value]:
        """Return the value of every node, or of the `wanted` ones (closed under reference).

        `plain` is a solution of the same fault sets and nodes: what is not read differently is taken from it.
        """
        reading = self._system.reading(pessimistic=setting.pessimistic, cap=setting.cap, lag=setting.lag)
        reading = replace(reading, known=setting.known)
        if isinstance(plain, _Values):
            found = self._system.solve(plain.solution.algebra, reading, wanted, plain.solution)
            values, nodes = _Values(plain), list(found.own)
        else:
            found = self._system.solve(FaultSets.of(setting.masks, setting.full), reading, wanted)
            values, nodes = _Values([NEVER] * len(self.tree.nodes)), list(found.own)
        for node in nodes:
            values[node] = tuple((time, setting.full & ~lost) for time, lost in found.value(node))
        values.solution = found
        return values
