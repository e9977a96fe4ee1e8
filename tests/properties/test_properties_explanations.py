"""Every explanation is a proof: what it says is lost is lost, and each step follows from those before it."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from hypothesis import event, given

from resilience_checks.analysis.explanation import Explanation
from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold, scan
from resilience_checks.analysis.failing import Aftermath
from resilience_checks.analysis.fault_tree import FaultTree, compile_estate
from resilience_checks.analysis.proof import Inference, Times
from resilience_checks.analysis.solver import Setting, Solver
from resilience_checks.model.question import Horizon
from resilience_checks.topology.gates import Nature
from tests.properties.oracle import event_ids
from tests.properties.strategies import estates
from tests.properties.test_properties_answers import fault_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.topology.estate import Estate, Service


def solved(
    tree: FaultTree, events: Iterable[str], service: Service, horizon: Horizon, *, pessimistic: bool
) -> Aftermath:
    """Return the solution of one fault set within the service's own limits."""
    cap = 0.0 if horizon is Horizon.INSTANT else math.inf if service.rto is None else service.rto
    setting = Setting(dict.fromkeys(events, 1), 1, pessimistic, cap)
    return Aftermath(Times(Solver(tree).solve(setting), 0), frozenset(events), cap, pessimistic=pessimistic)


def follows(tree: FaultTree, solution: Aftermath, inference: Inference) -> bool:
    """Return whether the nodes are down when nothing but the premises, and the nodes themselves, is."""
    if inference.events:
        return all(
            any(hit == one for hit, _ in tree.nodes[node].hits) for node in inference.nodes for one in inference.events
        )
    own = set(inference.nodes)
    carrying = {Nature.MOVER, Nature.PATH, *([Nature.UNKNOWN] if solution.pessimistic else [])}
    assert len(own) == 1 or any(
        any(ref.node in own and ref.nature in carrying for ref in scan(tree.nodes[node].expression).refs)
        for node in own
    )
    down = dict(inference.premises) | dict.fromkeys(inference.nodes, inference.within)
    over = any if solution.pessimistic else all
    for node in inference.nodes:
        expression = tree.nodes[node].expression
        names = sorted(set(scan(expression).facts))
        variants = [dict(zip(names, one, strict=True)) for one in product(*(tree.facts[name].values for name in names))]
        if not over(when(expression, down, known, solution) > inference.within for known in variants):
            return False
    return True


def when(expression: Expression, down: Mapping[int, float], known: Mapping[str, str], solution: Aftermath) -> float:
    """Return when an expression is up at the earliest."""
    match expression:
        case Ref(node=node):
            if node not in down:
                return 0.0
            return math.inf if down[node] >= solution.cap else math.nextafter(max(down[node], -1.0), math.inf)
        case Threshold(k=k, items=items):
            found = sorted(when(item, down, known, solution) for item in items)
            return 0.0 if k <= 0 else found[k - 1] if k <= len(found) else math.inf
        case Choice(fact=fact, branches=branches):
            return when(branches[known[fact]], down, known, solution)
        case Move(gate=gate, mover=mover, seconds=seconds, lag=lag):
            if lag is not None and solution.lag is not None and lag > solution.lag:
                return math.inf
            done = max(when(gate, down, known, solution), when(mover, down, known, solution)) + seconds
            return math.inf if done > solution.cap else done


def hold(tree: FaultTree, solution: Aftermath, proof: tuple[Inference, ...], root: int) -> None:
    proved: set[tuple[int, float]] = set()
    for inference in proof:
        assert all(solution.times[node] > inference.within for node in inference.nodes)
        assert set(inference.premises) <= proved
        assert set(inference.events) <= solution.events
        assert follows(tree, solution, inference)
        proved |= {(node, inference.within) for node in inference.nodes}
    assert root in proof[-1].nodes


@given(fault_sets())
def test_each_step_follows_from_those_before_it(case: tuple[Estate, frozenset[str], Horizon, bool]) -> None:
    estate, events, horizon, pessimistic = case
    tree = compile_estate(estate)
    for service in estate.services.values():
        solution = solved(tree, events, service, horizon, pessimistic=pessimistic)
        root = tree.roots[service.id]
        lost = solution.times[root] > solution.cap
        event(f"lost {lost}")
        if not lost:
            continue
        explanation = Explanation(estate, tree, solution)
        proof = explanation.inferences(service.id)
        event(f"ring {any(len(inference.nodes) > 1 for inference in proof)}")
        event(f"late {any(inference.within < solution.cap for inference in proof)}")
        hold(tree, solution, proof, root)
        assert explanation.chain(service.id)[-1].text.endswith((f" {service.id}", f"{service.id} is lost"))


@given(estates(facts=0))
def test_a_chain_starts_at_each_event_of_a_minimal_cut(estate: Estate) -> None:
    tree = compile_estate(estate)
    for service in estate.services.values():

        def lost(events: tuple[str, ...], service: Service = service) -> Aftermath | None:
            found = solved(tree, events, service, Horizon.INSTANT, pessimistic=False)
            return found if found.times[tree.roots[service.id]] > found.cap else None

        names = event_ids(estate)
        if lost(()) is not None:
            continue
        pairs = [(one, other) for one in names for other in names if one < other]
        for cut in [*((name,) for name in names), *pairs]:
            solution = lost(cut)
            if solution is None or (len(cut) > 1 and any(lost((name,)) for name in cut)):
                continue
            proof = Explanation(estate, tree, solution).inferences(service.id)
            assert {name for inference in proof for name in inference.events} == set(cut)
