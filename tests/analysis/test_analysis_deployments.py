"""Which parts a deployment is told to touch, where devices are called like units of others."""

from __future__ import annotations

from dataclasses import replace

from resilience_checks.analysis.deployments import evaluate
from resilience_checks.analysis.touched import Deployment, ResourceChange, Touch, Whole
from resilience_checks.model.operation import UPDATE, Operation
from resilience_checks.model.question import Horizon
from resilience_checks.topology.estate import Part, Reach
from resilience_checks.topology.gates import All, AnyOf, Gate
from tests.analysis.test_analysis_semantics import RECORD, device, estate, part, path

IS_UPDATED = Operation(UPDATE)


def numbered(entry: Gate, *parts: Part, touched: str, operation: Operation = IS_UPDATED) -> Deployment:
    """Return what a deployment that touches one part does to an estate of firewalls called by numbers."""
    found = estate(entry, *parts, domains=tuple(device(one.id) for one in parts if one.role == "firewall"))
    found = replace(found, reach={"s": {"urn": (Reach(touched),)}})
    return evaluate("s", [ResourceChange("s", "urn", "policy", "rule", operation)], found, found, Horizon.RTO)


def test_every_unit_of_a_device_is_touched_with_it_whatever_it_is_called() -> None:
    units = [replace(part(f"fw#2#{number}"), role="firewall") for number in (1, 2)]
    cluster = part("fw#2", AnyOf(tuple(path(one.id) for one in units)))
    deployment = numbered(path("fw#2"), cluster, *units, touched="fw#2")
    assert deployment.whole == (Whole("firewall", ("fw#2#1", "fw#2#2"), (RECORD,)),)


def test_a_device_that_is_called_like_a_unit_of_another_is_not_touched_with_it() -> None:
    both = [replace(part(name), role="firewall") for name in ("fw", "fw#2")]
    deployment = numbered(All((path("fw"), path("fw#2"))), *both, touched="fw")
    assert (deployment.lost, deployment.whole) == ((RECORD,), ())


def test_what_may_not_change_perhaps_touches_its_device_and_it_is_told_why() -> None:
    operation = Operation(UPDATE, certain=False, why="its network is replaced")
    change = ResourceChange("s", "urn", "policy", "rule", operation)
    deployment = numbered(path("a"), part("a"), touched="a", operation=operation)
    why = "rule may change: its network is replaced"
    assert deployment.touched == (Touch("a", "a", "device", (change,), sure=False, why=why),)
    assert (deployment.lost, deployment.perhaps) == ((), (RECORD,))
