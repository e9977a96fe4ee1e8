"""Evaluates each deployment of a change as one event that hits everything it touches."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.touched import (
    Deployment,
    Element,
    ResourceChange,
    Touch,
    TouchedSet,
    Whole,
    elements,
    smallest,
    touches,
)
from resilience_checks.model.question import FaultKind, Holds
from resilience_checks.topology.gates import targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.model.question import Horizon
    from resilience_checks.topology.estate import Estate, Fact


class _Fate(IntEnum):
    """What becomes of a service, the worst first; what is lost with nothing failed is not lost by a deployment."""

    LOST = 0
    UNKNOWN = 1
    BROKEN = 2
    KEPT = 3
    UNTOUCHED = 4


@dataclass(frozen=True, eq=False)
class Side:
    """One estate, before or after the change, with what some changes touch in it as events of their own."""

    estate: Estate
    horizon: Horizon
    elements: tuple[Element, ...]
    facts: tuple[Fact, ...]

    @cached_property
    def probe(self) -> Probe:
        """The estate with an event for each element."""
        return Probe(self.estate, self.horizon, (element.domain for element in self.elements), self.facts)

    @cached_property
    def touched(self) -> frozenset[str]:
        """The services that stand on something touched."""
        return self.probe.standing_on({member.part for element in self.elements for member in element.domain.members})

    @cached_property
    def hitting(self) -> dict[str, list[str]]:
        """For each part that is surely touched the events that hit it."""
        found: dict[str, list[str]] = defaultdict(list)
        for element in self.elements:
            for member in element.domain.members:
                if not member.when:
                    found[member.part].append(element.event)
        return dict(found)

    @cached_property
    def single(self) -> frozenset[str]:
        """The parts that can fail on their own."""
        return frozenset(
            domain.members[0].part
            for domain in self.estate.domains.values()
            if len(domain.members) == 1
            and FaultKind.OUTAGE in domain.faults
            and domain.id.endswith(domain.members[0].part)
        )

    def relevant(self, service: str) -> list[Element]:
        """Return the elements that hit something below the service."""
        below = self.probe.parts(service)
        return [element for element in self.elements if any(member.part in below for member in element.domain.members)]


def evaluate(
    stack: str, changes: Sequence[ResourceChange], before: Estate | None, after: Estate | None, horizon: Horizon
) -> Deployment:
    """Return what the deployment of these changes touches, and what would be lost if all of it failed.

    What is deployed hits what stands and what is made, so both estates are asked, and the worse answer counts. A
    service that stands on one side alone cannot be lost by the deployment.
    """
    by, unsure = _both(before, after, changes)
    sides = [
        Side(estate, horizon, elements(estate, by, unsure), tuple(unsure.values()))
        for estate in (after, before)
        if estate is not None
    ]
    touched = tuple(_touch(part, each, unsure.get(part), after, before) for part, each in sorted(by.items()))
    services = [name for name in sides[0].estate.services if all(name in side.estate.services for side in sides)]
    fates: dict[_Fate, list[str]] = {fate: [] for fate in _Fate}
    for name, fate in _fates(sides, services).items():
        fates[fate].append(name)
    lost, perhaps = fates[_Fate.LOST], fates[_Fate.UNKNOWN]
    return Deployment(
        stack=stack,
        changes=tuple(changes),
        touched=touched,
        lost=tuple(lost),
        perhaps=tuple(perhaps),
        kept=tuple(fates[_Fate.KEPT]),
        untouched=tuple(fates[_Fate.UNTOUCHED]),
        broken=tuple(fates[_Fate.BROKEN]),
        sets=(*_sets(sides, lost, surely=True), *_sets(sides, perhaps, surely=False)),
        whole=_whole(sides, lost),
    )


def _both(
    before: Estate | None, after: Estate | None, changes: Sequence[ResourceChange]
) -> tuple[dict[str, list[ResourceChange]], dict[str, Fact]]:
    """Return the touched parts of both estates together; one that either is sure of is sure."""
    by: dict[str, dict[ResourceChange, None]] = defaultdict(dict)
    doubts: dict[str, list[Fact | None]] = defaultdict(list)
    for estate in (after, before):
        if estate is None:
            continue
        found, unsure = touches(estate, changes)
        for part, each in found.items():
            by[part].update(dict.fromkeys(each))
            doubts[part].append(unsure.get(part))
    sure = {part for part, each in doubts.items() if None in each}
    facts = {part: fact for part, each in doubts.items() for fact in each[:1] if fact is not None and part not in sure}
    return {part: list(each) for part, each in by.items()}, facts


def _touch(
    part: str, changes: Sequence[ResourceChange], fact: Fact | None, after: Estate | None, before: Estate | None
) -> Touch:
    found = next(estate.parts[part] for estate in (after, before) if estate is not None and part in estate.parts)
    why = fact.reason.text if fact is not None else ""
    return Touch(part, found.label, found.role, tuple(changes), fact is None, why, found.location)


def _fates(sides: Sequence[Side], services: Sequence[str]) -> dict[str, _Fate]:
    found: dict[str, list[_Fate]] = {name: [_Fate.UNTOUCHED] for name in services}
    for side in sides:
        events = [element.event for element in side.elements]
        touched = side.touched
        for name, lost in side.probe.lost_each(services, [[], events]).items():
            at_rest, hit = lost.pair
            if at_rest is Holds.NO:
                found[name].append(_Fate.BROKEN)
            elif name in touched:
                found[name].append({Holds.NO: _Fate.LOST, Holds.UNKNOWN: _Fate.UNKNOWN, Holds.YES: _Fate.KEPT}[hit])
    return {name: min(each) for name, each in found.items()}


@dataclass
class _Found:
    """A smallest set of touched elements, the side on which it was found, and the services that it loses."""

    side: Side
    elements: tuple[Element, ...]
    services: list[str]

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(sorted(part for element in self.elements for part in element.parts))


def _sets(sides: Sequence[Side], services: Sequence[str], *, surely: bool) -> list[TouchedSet]:
    """Return smallest touched sets of all services; each is searched for one service and then tried on the others."""
    found: list[_Found] = []
    for side in sides:
        told = {name for one in found for name in one.services}
        pending = [name for name in services if name not in told]
        while pending:
            name, *pending = pending
            sets = smallest(side.probe, name, side.relevant(name), surely=surely)
            made = [_Found(side, each, [name]) for each in sets if each]
            for one in made:
                one.services += _also(one, pending, surely=surely)
            found += made
            told = {name for one in made for name in one.services}
            pending = [name for name in pending if name not in told]
    told_once = [_set(one, surely=surely) for one in _united(found)]
    return sorted(told_once, key=lambda one: (not one.redundant, -len(one.services), one.parts))


def _also(found: _Found, services: Sequence[str], *, surely: bool) -> list[str]:
    """Return which of the services the set loses as well, and no smaller one."""
    whole = [element.event for element in found.elements]
    fewer = [[event for event in whole if event != left_out] for left_out in whole]
    answers = found.side.probe.lost_each(services, [whole, *fewer])
    return [
        name
        for name, lost in answers.items()
        if (lost.surely if surely else lost.possibly) & ((2 << len(fewer)) - 1) == 1
    ]


def _united(found: Sequence[_Found]) -> list[_Found]:
    by_parts: dict[tuple[str, ...], _Found] = {}
    for one in found:
        known = by_parts.setdefault(one.parts, _Found(one.side, one.elements, []))
        known.services += [name for name in one.services if name not in known.services]
    return list(by_parts.values())


def _set(found: _Found, *, surely: bool) -> TouchedSet:
    events = [element.event for element in found.elements]
    chain = found.side.probe.chain(found.services[0], events) if surely else ()
    return TouchedSet(found.parts, tuple(found.services), chain, surely)


def _whole(sides: Sequence[Side], services: Iterable[str]) -> tuple[Whole, ...]:
    """Return the roles of which every part in front of a lost service is touched, and which alone lose it."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for service in services:
        for side in sides:
            whole = list(_whole_roles(side, service))
            for key in whole:
                found[key].append(service)
            if whole:
                break
    return tuple(Whole(role, parts, tuple(lost)) for (role, parts), lost in sorted(found.items()))


def _whole_roles(side: Side, service: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    by_role: dict[str, list[str]] = defaultdict(list)
    for part in sorted(side.probe.parts(service) & side.single):
        by_role[side.estate.parts[part].role].append(part)
    for role, parts in by_role.items():
        whose = {part: _whose(side.estate, part) for part in parts}
        if len(parts) > 1 and all(whose[part] in side.hitting or part in side.hitting for part in parts):
            events = {event for pair in whose.items() for name in pair for event in side.hitting.get(name, ())}
            if side.probe.survives(service, sorted(events)) is Holds.NO:
                yield role, tuple(parts)


def _whose(estate: Estate, part: str) -> str:
    """Return the device that a part is a unit of, else the part itself, whatever it is called."""
    device = estate.parts.get(part.rpartition("#")[0])
    return device.id if device is not None and part in targets(device.gate) else part


def together(
    deployments: Mapping[str, Sequence[ResourceChange]], before: Estate | None, after: Estate | None, horizon: Horizon
) -> Deployment:
    """Return what would be lost if all deployments of the change ran at once."""
    everything = [change for changes in deployments.values() for change in changes]
    return evaluate(" and ".join(deployments), everything, before, after, horizon)
