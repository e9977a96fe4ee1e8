"""Instances that a scheduler places: what surely keeps them apart, and the hosts that they run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Reason
from resilience_checks.topology.gates import NEVER, AnyOf, Case, Gate, Nature, Up
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, holds, number_of, whole

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import Condition
    from resilience_checks.catalogue.scheduled_entries import Scheduled, SchedulingRule
    from resilience_checks.model.values import Value
    from resilience_checks.topology.estate import Part
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.places import Place

_SEVERAL = 2
_TOLD_APART = 8
"""So many instances are parts of their own; of more, each part stands for several."""


def surely_apart(thing: Thing, kind: str) -> bool:
    """Return whether a rule surely keeps a thing's instances from all standing in one place of a kind."""
    plan = thing.entry.scheduled
    if plan is None or holds(thing, plan.when) is not Holds.YES:
        return False
    return any(
        plan.kinds.get(text(paths.first(demand, rule.over)) or "") == kind and _works(thing, plan, rule, demand)
        for rule in plan.rules
        for _, demand in thing.values(rule.each)
    )


def _works(thing: Thing, plan: Scheduled, rule: SchedulingRule, demand: Value) -> bool:
    """Return whether a demand surely is made, of the instances themselves, and keeps some apart."""
    if not _has(demand, rule.when) or not _selects(paths.first(demand, rule.selects), thing.value(plan.labels), rule):
        return False
    if rule.skew is None:
        return True
    count = number_of(thing, thing.entry.instances) if thing.entry.instances is not None else None
    skew = whole(paths.first(demand, rule.skew))
    return count is not None and skew is not None and count > skew


def _has(demand: Value, condition: Condition) -> bool:
    return all(paths.first(demand, path) in allowed for path, allowed in condition)


def _selects(selector: Value, labels: Value, rule: SchedulingRule) -> bool:
    """Return whether a selector surely selects what bears the labels."""
    if not isinstance(selector, Mapping) or selector.get("matchExpressions"):
        return False
    wanted = selector.get("matchLabels") or {}
    if wanted == {}:
        return rule.empty
    if not isinstance(wanted, Mapping) or not isinstance(labels, Mapping):
        return False
    return all(text(value) is not None and text(labels.get(key)) == text(value) for key, value in wanted.items())


def take_up_instances(thing: Thing, part: Part, place: Place, parts: Parts, book: FactBook) -> Gate | None:
    """Take up the instances of a thing, each with its host, and return that one is up; None for what none schedules."""
    plan, numbered = thing.entry.scheduled, thing.entry.instances
    if plan is None or numbered is None:
        return None
    count = number_of(thing, numbered)
    number = _SEVERAL if count is None else max(1, min(count, _TOLD_APART))
    units = [_unit(thing, part, place, index, parts, plan, book) for index in range(1, number + 1)]
    further = units[1:]
    if further and not surely_apart(thing, "host") and not surely_apart(thing, "zone"):
        told = f"nothing keeps the instances of {thing.label} apart: the scheduler may run them all on one host"
        further = _perhaps(thing, f"hosts of {thing.id}", told, plan.remedy, further, book)
    if count is None:
        told = f"how many instances {thing.label} has is not known"
        remedy = f"give {numbered.paths[0]} in the program"
        further = _perhaps(thing, f"number of the instances of {thing.id}", told, remedy, further, book)
    why = Reason(f"one instance of {thing.label} is enough", location=thing.location)
    return AnyOf((units[0], *further), why) if further else units[0]


def _unit(thing: Thing, part: Part, place: Place, number: int, parts: Parts, plan: Scheduled, book: FactBook) -> Gate:
    unit = replace(part, id=f"{part.id}#instance-{number}", label=f"{part.label} instance {number}")
    parts.add(unit, place, "host", unit_of=part.id)
    told = f"an instance of {thing.label} is started on another host once its own is lost, in a time that nobody states"
    remedy, values = "run more instances than are needed, on different hosts", ("in time", "too late")
    fact = book.doubt(f"restart of {thing.id}", values, told, remedy, location=thing.location)
    parts.restarted[unit.id] = ((fact, "too late"),)
    return Up(unit.id, Nature.PATH, Reason(f"{thing.label} runs there", location=thing.location, source=plan.source))


def _perhaps(thing: Thing, key: str, told: str, remedy: str, units: list[Gate], book: FactBook) -> list[Gate]:
    """Return the units, of which it is not known whether they stand apart from the first."""
    fact = book.doubt(key, ("several", "one"), told, remedy, location=thing.location)
    return [Case(fact, {"several": unit, "one": NEVER}) for unit in units]
