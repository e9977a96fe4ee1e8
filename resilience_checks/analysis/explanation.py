"""Tells how a set of faults loses a service: from each fault to the consumers, every step with its line or source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Move, Ref, Threshold
from resilience_checks.analysis.proof import Goal, Inference, Proof
from resilience_checks.model.question import FaultKind, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.failing import Aftermath, Clause
    from resilience_checks.analysis.fault_tree import FaultTree
    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.estate import Estate

_FAULTS = {FaultKind.OUTAGE: "an outage of", FaultKind.BAD_CHANGE: "a bad change of"}
_MAX_NAMES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """One inference as it is told: the node that falls, and its steps; `who` are the consumers that it is told for."""

    inference: Inference
    steps: tuple[Step, ...]
    who: tuple[str, ...] = ()


class Explanation:
    """Explains the losses of one solution."""

    def __init__(self, estate: Estate, tree: FaultTree, solution: Aftermath) -> None:
        """Prepare to prove what is lost in the solution."""
        self._estate, self._tree, self._solution = estate, tree, solution
        self._proof = Proof(tree, solution)

    def chain(self, service: str, start: int | None = None) -> tuple[Step, ...]:
        """Return the steps from the events to the loss of the service, or of the node `start`, each once."""
        inferences = self.inferences(service, start)
        told = [step for item in self._tell(inferences) for step in item.steps]
        return tuple(dict.fromkeys([*self._events(inferences), *told, self._loss(service)]))

    def first_cause(self, service: str, start: int | None = None) -> Step | None:
        """Return the first thing that is said of a service's loss: with nothing failed, what can never be met."""
        told = self._tell(self.inferences(service, start))
        return next((item.steps[-1] for item in told if item.steps), None)

    def inferences(self, service: str, start: int | None = None) -> tuple[Inference, ...]:
        """Return the proof that the service, or the node `start`, is lost, premises first."""
        return self._proof.of(self._tree.roots[service] if start is None else start)

    # The events.

    def _events(self, inferences: Sequence[Inference]) -> Iterator[Step]:
        hit: dict[str, dict[str, None]] = {}
        for inference in inferences:
            for event in inference.events:
                hit.setdefault(event, {}).update(dict.fromkeys(self._labels(inference.nodes)))
        for event in sorted(hit):
            yield self._event(event, sorted(hit[event]))

    def _labels(self, nodes: Sequence[int]) -> Iterator[str]:
        return (self._tree.nodes[node].label for node in nodes)

    def _event(self, event: str, labels: list[str]) -> Step:
        domain_id, _, fault = event.rpartition("/")
        domain = self._estate.domains[domain_id]
        kind = domain.kind.replace("-", " ")
        what = f"{_FAULTS[FaultKind(fault)]} {kind} {domain.name.removeprefix(f'{kind} ')}"
        parts = self._estate.size(domain_id)
        if parts == 1 and labels == [domain.name]:
            return Step(f"{_FAULTS[FaultKind(fault)]} {domain.name}", domain.primary)
        text = f"{what} takes down {named(labels, parts)}"
        if domain.reason is None:
            return Step(text, domain.primary)
        return Step(f"{text} ({domain.reason.text})", domain.primary, domain.reason.source)

    # The steps between.

    def _tell(self, inferences: Sequence[Inference]) -> list[Told]:
        """Return what each inference says; what is said alike for several consumers is said once."""
        told: list[Told] = []
        place: dict[Goal, int] = {}
        alike: dict[object, int] = {}
        for inference in inferences:
            node = self._tree.nodes[inference.nodes[0]]
            key = (node.lost.text, inference.within) if node.who and node.lost else None
            earlier = alike.get(key) if key is not None else None
            if earlier is not None and all(place[goal] < earlier for goal in inference.premises):
                told[earlier] = replace(told[earlier], who=(*told[earlier].who, node.who))
                index = earlier
            else:
                index = len(told)
                if key is not None:
                    alike[key] = index
                told.append(Told(inference, (), (node.who,) if node.who else ()))
            place.update({(each, inference.within): index for each in inference.nodes})
        return [replace(item, steps=tuple(self._steps(item))) for item in told]

    def _steps(self, item: Told) -> Iterator[Step]:
        inference = item.inference
        label = self._tree.nodes[inference.nodes[0]].label
        gates = {clause.about.why for clause in inference.clauses if isinstance(clause.about, Threshold)} - {None}
        failed = [clause.about for clause in inference.clauses if isinstance(clause.about, Ref)]
        for clause in inference.clauses:
            if isinstance(clause.about, Ref) and clause.about.why in gates:
                continue
            if isinstance(clause.about, Threshold):
                yield from self._gate(clause, [ref for ref in failed if ref in clause.about.items])
            else:
                yield from self._clause(clause, label)
        alone = [node for node in inference.nodes if self._tree.nodes[node].lost is None]
        if len(inference.nodes) > 1 and alone:
            labels = sorted(set(self._labels(alone)))
            location = next((place for node in alone if (place := self._where(node)) is not None), None)
            yield Step(f"nothing but each other is left to hold up {named(labels)}", location)
        for lost in dict.fromkeys(self._tree.nodes[node].lost for node in inference.nodes):
            if lost is not None:
                yield Step(lost.text.replace("{who}", named(list(item.who))), lost.location, lost.source)

    def _where(self, node: int) -> Location | None:
        part = self._tree.nodes[node].part
        return self._estate.parts[part].location if part is not None else None

    def _gate(self, clause: Clause, failed: Sequence[Ref]) -> Iterator[Step]:
        """Yield what a group lacks; a failover speaks for itself."""
        gate = clause.about
        assert isinstance(gate, Threshold)
        if gate.why is None or any(isinstance(item, Move) for item in gate.items):
            return
        if gate.k > len(gate.items):
            yield _step(gate.why, f"{gate.why.text}, and there are only {len(gate.items)}")
            return
        left = "none is left" if not clause.left else f"only {clause.left} of {len(gate.items)} left"
        labels = list(dict.fromkeys(self._labels([ref.node for ref in failed])))
        if labels and all(ref.why in {None, gate.why} for ref in failed):
            left = f"{left}, for {named(labels)} {'is' if len(labels) == 1 else 'are'} lost"
        yield _step(gate.why, f"{gate.why.text}: {left}")

    def _clause(self, clause: Clause, label: str) -> Iterator[Step]:
        match clause.about:
            case Ref(why=why) if why is not None:
                yield _step(why, self._reference(why.text, clause))
            case Move(why=why) if why is not None:
                text = self._move(clause.about, clause.within)
                if text:
                    about = why.text if label in why.text else f"{label}: {why.text}"
                    yield _step(why, f"{about}: {text}")
            case Choice(fact=fact):
                reason = self._tree.facts[fact].reason
                so = "this is so either way" if clause.branch is None else f"it would be so if this is: {clause.branch}"
                yield _step(reason, f"{so}: {reason.text}")
            case _:
                return

    def _reference(self, text: str, clause: Clause) -> str:
        assert isinstance(clause.about, Ref)
        node, ready = self._tree.nodes[clause.about.node], self._solution.times[clause.about.node]
        label = node.label
        if node.lost is not None:
            return (
                f"{text}, which is not reached" if ready == inf else f"{text}, which is reached only after {ready:g} s"
            )
        down = "lost" if ready == inf else f"up only after {ready:g} s"
        head = text.split(" (", maxsplit=1)[0]
        return f"{text}, which is {down}" if head.endswith(label) else f"{text}: {label} is {down}"

    def _move(self, move: Move, within: float) -> str:
        """Return why a move fails, nothing where what was told of its standby says it all."""
        limit = self._solution.lag
        if move.lag is not None and limit is not None and move.lag > limit:
            behind = "of data" if move.lag == inf else f"{move.lag:g} s of data"
            return f"it may lose {behind}, more than the RPO of {limit:g} s allows"
        if move.seconds > within:
            return f"it takes {move.seconds:g} s, {_allowed(within)}"
        return ""

    def _loss(self, service: str) -> Step:
        views = self._tree.consumers[service]
        losers = sorted(name for name, node in views.items() if self._solution.times[node] > self._solution.cap)
        text = f"{named(losers)} lose{'s' if len(losers) == 1 else ''} {service}" if losers else f"{service} is lost"
        return Step(text, self._estate.services[service].location)


def _allowed(within: float) -> str:
    return f"and only {within:g} s are left for it" if within > 0 else "and nothing may be waited for"


def _step(reason: Reason, text: str) -> Step:
    return Step(text, reason.location, reason.source)


def named(names: Sequence[str], count: int = 0) -> str:
    """Return names as a reader lists them, the rest of `count` in all counted.

    >>> named(["a", "b"]), named(["a", "b", "c", "d", "e"]), named(["a"], 3)
    ('a and b', 'a, b, c and 2 more', 'a and 2 more')
    """
    rest = max(count, len(names))
    if rest > _MAX_NAMES or rest > len(names):
        shown = names[: _MAX_NAMES - 1]
        return f"{', '.join(shown)} and {rest - len(shown)} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
