"""When each node of a fault tree is up in each of given fault sets, however long that takes."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.solver import Setting, Solver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from resilience_checks.analysis.bits import Value
    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.analysis.system import System


class Times:
    """The equations, solved with the horizon open: the one place here that knows what a solution looks like."""

    def __init__(
        self,
        tree: FaultTree,
        sets: Sequence[Sequence[str]],
        roots: Iterable[int] | None = None,
        system: System | None = None,
    ) -> None:
        """Give each fault set its place in `sets` as its number.

        With `roots` only these and what is below them are solved. A `system` of the tree that was sorted before saves
        sorting it again.
        """
        self._solver = Solver(tree, system)
        self._wanted = None if roots is None else self._solver.reachable(roots)
        self._first: Sequence[Value] | None = None
        self._full = (1 << len(sets)) - 1
        self._masks: dict[str, int] = {}
        for index, events in enumerate(sets):
            for event in events:
                self._masks[event] = self._masks.get(event, 0) | 1 << index

    def below(self, root: int) -> frozenset[int]:
        """Return the nodes that a root depends on, itself included."""
        return self._solver.reachable([root])

    def solve(
        self, *, pessimistic: bool, lag: float | None = None, known: Mapping[str, str] | None = None
    ) -> Callable[[int, int], float]:
        """Return the seconds after which a node is up in a fault set (infinite: never), by node and number of the set.

        `lag` is the most data in seconds that a move may lose, None: any; `known` are facts that are fixed.
        """
        values = self.values(pessimistic=pessimistic, lag=lag, known=known)
        return lambda node, index: since(values[node], index)

    def values(
        self, *, pessimistic: bool, lag: float | None = None, known: Mapping[str, str] | None = None
    ) -> Sequence[Value]:
        """Return the same for each node in all fault sets at once."""
        setting = Setting(self._masks, self._full, pessimistic, cap=inf, lag=lag, known=known or {})
        values = self._solver.solve(setting, self._wanted, self._first)
        self._first = self._first or values
        return values


def since(value: Value, index: int) -> float:
    """Return the time from which the value is up in fault set `index`, infinite when it never is.

    >>> since(((0.0, 0b01), (30.0, 0b11)), 1), since((), 0)
    (30.0, inf)
    """
    for seconds, bits in value:
        if bits >> index & 1:
            return seconds
    return inf


def alike(values: Iterable[Value], sets: int) -> list[int]:
    """Return for each fault set the first one in which all of these values are up at the same times.

    >>> alike([((0.0, 0b101),), ((0.0, 0b111),)], 3)
    [0, 1, 0]
    """
    classes = [(1 << sets) - 1]
    for mask in {bits for value in values for _, bits in value}:
        classes = [part for one in classes for part in (one & mask, one & ~mask) if part]
    found = [0] * sets
    for one in classes:
        first = (one & -one).bit_length() - 1
        for index in range(first, one.bit_length()):
            if one >> index & 1:
                found[index] = first
    return found
