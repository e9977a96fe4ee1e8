"""From what an answer was worked out: the parts between a service and the faults that were asked about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.bounds import Bounds
from resilience_checks.analysis.families import counted, parts_of_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.analysis.bounds import Compiled
    from resilience_checks.model.question import Question


@dataclass(frozen=True, slots=True)
class Ground:
    """Parts that an answer looked at, and the failure domains that it asked about, each with those of the parts in it.

    `asked` says whether there is any such domain in the estate, below the service or not.
    """

    parts: frozenset[str]
    asked: bool
    domains: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Reliance:
    """The ground of answers about one estate, found on its equations; nothing is solved again."""

    def __init__(self, compiled: Compiled) -> None:
        """Look at nothing yet."""
        self._bounds = Bounds(compiled.estate, compiled=compiled)
        self._below: dict[int, BitMap] = {}
        self._leading: dict[Question, tuple[Mapping[str, frozenset[str]], BitMap]] = {}

    def of(self, question: Question, service: str) -> Ground:
        """Return the parts on the ways from the service to what the question's faults hit, and the domains that hit them.

        What no such fault is below is not needed for the answer: it is up in each of the cases asked about.
        """
        hit, leading = self._ways(question)
        root = self._bounds.root(question, self._bounds.estate.services[service])
        parts = self._parts(self._beneath(root) & leading)
        inside = {domain: members & parts for domain, members in hit.items()}
        return Ground(parts, bool(hit), {domain: members for domain, members in inside.items() if members})

    def everything(self, service: str, questions: Iterable[Question] = ()) -> frozenset[str]:
        """Return all parts below a service, and below what the questions ask about beside it."""
        tree = self._bounds.tree
        asked = [self._bounds.root(question, self._bounds.estate.services[service]) for question in questions]
        roots = {tree.roots[service], tree.each.get(service, tree.roots[service]), *asked}
        return self._parts(BitMap.union(*map(self._beneath, roots)))

    def _parts(self, nodes: BitMap) -> frozenset[str]:
        every = self._bounds.tree.nodes
        return frozenset(part for node in nodes if (part := every[node].part) is not None)

    def _beneath(self, root: int) -> BitMap:
        if root not in self._below:
            self._below[root] = BitMap(self._bounds.system.reachable([root]))
        return self._below[root]

    def _ways(self, question: Question) -> tuple[Mapping[str, frozenset[str]], BitMap]:
        """Return which parts each counted domain hits, and the nodes that such a part is below, themselves included."""
        if question not in self._leading:
            hit = self._hit(question)
            parts = frozenset().union(*hit.values())
            system, nodes = self._bounds.system, self._bounds.tree.nodes
            leading = bytearray(len(nodes))
            for component in system.order:
                if any(
                    nodes[node].part in parts or any(leading[target] for target in system.edges[node])
                    for node in component
                ):
                    for node in component:
                        leading[node] = 1
            self._leading[question] = hit, BitMap([node for node, leads in enumerate(leading) if leads])
        return self._leading[question]

    def _hit(self, question: Question) -> dict[str, frozenset[str]]:
        """Return the parts that the counted events of each domain hit; of a part of an event those of that part."""
        estate = self._bounds.estate
        domains, events = {**estate.domains, **parts_of_faults(estate, [question])}, counted(estate, question)
        found: dict[str, frozenset[str]] = {}
        for event in events.conditions:
            domain = events.whole.get(event, event).rpartition("/")[0]
            members = domains[event.rpartition("/")[0]].members
            found[domain] = found.get(domain, frozenset()) | {member.part for member in members}
        return found
