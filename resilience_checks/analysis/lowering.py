"""From the equations of an estate to a coherent fault tree without cycles, for one bound, horizon and lag.

The equations are solved over formulas instead of fault sets: the same nested fixpoint (SEMANTICS, section 2), in
which what is lost is a gate over events. Facts become the and or the or of their branches, moves the steps of time
that count, and a cycle is unrolled until another round changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from resilience_checks.analysis.bounds import Bounds
from resilience_checks.analysis.cut_sets.sweeps import value_of
from resilience_checks.analysis.cut_sets.tree import ALWAYS, NEVER, Builder, Tree
from resilience_checks.model.errors import EngineError
from resilience_checks.model.question import FaultKind, Horizon, Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from oxidd.bdd import BDDFunction, BDDManager

    from resilience_checks.topology.estate import Estate

MAX_GATES = 1_000_000
_ROOM = 21
_NODES = 1 << _ROOM
_SAMPLES = 256


@dataclass(frozen=True, slots=True)
class Trees:
    """A fault tree with several tops: event i is `events[i]`, `tops` gives the node of each top event."""

    tree: Tree
    events: tuple[str, ...]
    tops: Mapping[str, int]


def fault_trees(
    estate: Estate,
    services: Sequence[str] | None = None,
    horizon: Horizon = Horizon.INSTANT,
    *,
    pessimistic: bool,
    within_rpo: bool = False,
) -> Trees:
    """Return when the services are surely (f⁻) or, `pessimistic`, possibly (f⁺) lost, facts that recur not split.

    Events are those that a question without kinds counts: domains that nobody declared are left out.
    Raises EngineError where cycles unroll to more than fits into memory.
    """
    bounds = Bounds(estate)
    question = Question("export", tuple(FaultKind), horizon=horizon, within_rpo=within_rpo)
    counted = bounds.counted(question).events
    events = sorted({event for node in bounds.tree.nodes for event, _ in node.hits if event in counted})
    formulas = Formulas(events)
    found = {
        service.id: bounds.given(formulas, question, service, {})[pessimistic] for service in bounds.sequence(services)
    }
    tops = {service: formulas.gate_of(lost) for service, lost in found.items()}
    return Trees(formulas.build.tree(), tuple(events), tops)


class Formula:
    """A gate over events; equal are those that fail in the same fault sets, however they are written."""

    __hash__ = None  # type: ignore[assignment] # compared, never looked up
    __slots__ = ("_formulas", "node")

    def __init__(self, formulas: Formulas, node: int) -> None:
        """Name the node in the builder of all formulas."""
        self._formulas, self.node = formulas, node

    def __eq__(self, other: object) -> bool:
        """Return whether both fail in the same fault sets."""
        return isinstance(other, Formula) and self._formulas.equal(self.node, other.node)


class Formulas:
    """The algebra of formulas (analysis/algebra.py): gates that say the same are made once."""

    order = 0
    """Formulas know no order: they tell of fault sets of any size, and nothing is solved order after order."""

    def __init__(self, events: Sequence[str]) -> None:
        """Give each event a number."""
        self.build = Builder(len(events))
        self.nothing, self.everything = Formula(self, NEVER), Formula(self, ALWAYS)
        self._events = {event: Formula(self, number) for number, event in enumerate(events)}
        self._samples = _samples(len(events))
        self._diagrams: dict[int, BDDFunction] = {}

    def event(self, event: str) -> Formula:
        """Return the event as a formula; one that does not count never happens."""
        return self._events.get(event, self.nothing)

    def any(self, items: Sequence[Formula]) -> Formula:
        """Return where some item is lost."""
        return self._gate(1, items)

    def every(self, items: Sequence[Formula]) -> Formula:
        """Return where all items are lost."""
        return self._gate(len(items), items)

    def limited(self, order: int) -> Formulas:  # noqa: ARG002 formulas know no order
        """Return this algebra."""
        return self

    def restricted(self, item: Formula) -> Formula:
        """Return the formula."""
        return item

    def fresh(self) -> None:
        """Count no work."""

    def late(self) -> bool:
        """Return False: what bounds the work is the number of gates."""
        return False

    def gate_of(self, found: Formula) -> int:
        """Return the node of a formula; one that does not depend on events becomes a gate of its own."""
        if found.node not in {ALWAYS, NEVER}:
            return found.node
        self.build.needed.append(0 if found.node == ALWAYS else 1)
        self.build.children.append(())
        self._samples.append(0)
        return self.build.events + len(self.build.needed) - 1

    def equal(self, one: int, other: int) -> bool:
        """Return whether two nodes fail in the same fault sets.

        A gate is no constant, and random fault sets tell most others apart; the rest is decided by their diagrams.
        """
        if one == other:
            return True
        if min(one, other) < 0 or self._samples[one] != self._samples[other]:
            return False
        return bool(self._diagram(one) == self._diagram(other))

    def _gate(self, needed: int, items: Sequence[Formula]) -> Formula:
        node = self.build.gate(needed, [item.node for item in items])
        while len(self._samples) < self.build.events + len(self.build.needed):
            gate = len(self._samples) - self.build.events
            children = [self._samples[child] for child in self.build.children[gate]]
            self._samples.append(value_of(self.build.needed[gate], children))
            if gate > MAX_GATES:
                raise _too_large(f"more than {MAX_GATES:,} gates")
        return Formula(self, node)

    def _diagram(self, node: int) -> BDDFunction:
        from oxidd.util import DDMemoryError

        try:
            pending = [node]
            while pending:
                children = self._children(pending[-1])
                missing = [child for child in children if child not in self._diagrams]
                pending.extend(missing)
                if not missing:
                    self._join(pending.pop(), children)
        except DDMemoryError as error:
            raise _too_large(f"a decision diagram of more than {_NODES:,} nodes") from error
        return self._diagrams[node]

    def _children(self, node: int) -> tuple[int, ...]:
        return self.build.children[node - self.build.events] if node >= self.build.events else ()

    def _join(self, node: int, children: Sequence[int]) -> None:
        """Make the diagram of a node from those of its children."""
        if node in self._diagrams:
            return
        if node < self.build.events:
            self._diagrams[node] = self._manager.var(node)
            return
        found, either = self._diagrams[children[0]], self.build.needed[node - self.build.events] == 1
        for child in children[1:]:
            found = found | self._diagrams[child] if either else found & self._diagrams[child]
        self._diagrams[node] = found

    @cached_property
    def _manager(self) -> BDDManager:
        from oxidd.bdd import BDDManager

        room = 1 << min(_ROOM, self.build.events + 8)
        manager = BDDManager(room, max(1 << 10, room >> 3), 1)
        manager.add_vars(self.build.events)
        return manager


def _too_large(what: str) -> EngineError:
    return EngineError(
        f"the equations unroll to {what}",
        why="parts that need each other in circles have no fault tree of a size that anybody could read",
        remedy="export one service, or one stack, at a time; `cut-sets` and `what-if` answer without a fault tree",
    )


def _samples(events: int) -> list[int]:
    """Return for each event the fault sets, of some random ones from sparse to dense, that contain it."""
    random = Random(events)  # noqa: S311 no secret
    dense = [random.getrandbits(_SAMPLES) for _ in range(events)]
    return [
        each & random.getrandbits(_SAMPLES) & (random.getrandbits(_SAMPLES) | (1 << _SAMPLES // 2) - 1)
        for each in dense
    ]
