"""Hosts that a platform chooses: which machines of one pool may be lost with one host, and which rules keep them apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Target
from resilience_checks.model.question import Holds, Step
from resilience_checks.model.resource import Resource
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Member
from resilience_checks.topology.references import Loose, resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.catalogue.host_entries import Apart, Hosted
    from resilience_checks.topology.drafts import Drafts
    from resilience_checks.topology.estate import Condition
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts
    from resilience_checks.topology.things import Things

_SEVERAL = 2
_AROUND = ("building", "room", "rack", "host")
"""Places that enclose one another, the widest first."""


@dataclass
class _Pool:
    """The machines that may share a host, and what the pool is called."""

    label: str
    machines: list[Thing] = field(default_factory=list)


class SharedHosts:
    """Draws for each pool the one host that its machines may share: nobody says that they do, or that they do not.

    Where a rule surely keeps machines apart, at most one of them is on it, whichever that is. A machine alone needs no
    such domain: its own loss is that of its host.
    """

    def __init__(self, things: Things, parts: Parts, book: FactBook) -> None:
        """Find the rules."""
        self._things, self._parts, self._book = things, parts, book
        self._rules = [thing for thing in things.all if thing.entry.apart is not None]
        self._restarts = {
            id(end.to): rule
            for rule in things.all
            if rule.entry.restarts is not None and holds(rule, rule.entry.restarts.when) is not Holds.NO
            for end in resolve(things, rule, rule.entry.restarts.of)
        }

    def draw(self, drafts: Drafts) -> None:
        """Add the domains."""
        pools = self._pools()
        apart = self._apart() if any(len(pool.machines) >= _SEVERAL for pool in pools.values()) else {}
        self._named(drafts, self._groups(self._machines, apart), apart)
        for key, pool in pools.items():
            if len(pool.machines) >= _SEVERAL:
                self._shared(key, pool, apart, drafts)
        self._apart_inside(apart, drafts)

    def _apart_inside(self, apart: Mapping[int, tuple[Thing, ...]], drafts: Drafts) -> None:
        """Let at most one of those kept apart stand in a place that nobody declared: other buildings have other racks."""
        groups = self._groups(self._machines, apart)
        machines = {machine.id: machine for group in groups.values() for machine in group}
        for draft in drafts.all.values() if machines else ():
            held = [machines[member.part] for member in draft.members if member.part in machines]
            if not draft.implied or draft.kind not in _AROUND or len(held) < _SEVERAL:
                continue
            within = {machine.id: machine for machine in held if draft.kind in _within(machine)}
            here = self._groups(list(within.values()), apart)
            alone = {name: tuple(self._alone(machine, apart, here)) for name, machine in within.items()}
            draft.members = {
                Member(
                    member.part,
                    (*member.when, *(fact for fact in alone.get(member.part, ()) if fact not in member.when)),
                ): None
                for member in draft.members
            }

    @staticmethod
    def _groups(machines: Sequence[Thing], apart: Mapping[int, tuple[Thing, ...]]) -> Mapping[int, list[Thing]]:
        """Return the machines that each rule keeps apart."""
        groups: dict[int, list[Thing]] = defaultdict(list)
        for machine in machines:
            for rule in apart.get(id(machine), ()):
                groups[id(rule)].append(machine)
        return groups

    def _named(
        self, drafts: Drafts, groups: Mapping[int, Sequence[Thing]], apart: Mapping[int, tuple[Thing, ...]]
    ) -> None:
        """Add the host that machines of one provider instance name outright; a host that is a resource has its own.

        Of those kept apart that name the same host at most one is there: the platform moves the others.
        """
        for thing in self._machines:
            hosted = thing.entry.hosted
            assert hosted is not None
            name = text(thing.value(hosted.host)) if hosted.host is not None else None
            if name is None or any(thing.references(at) for at, _ in thing.values(hosted.host or "")):
                continue
            device = thing.device
            draft = drafts.get(hosted.over, f"{device.id}/{name}" if device is not None else name, name)
            together = any(_share(groups[id(rule)], thing, name) for rule in apart.get(id(thing), ()))
            kept = tuple(self._alone(thing, apart, groups)) if together else ()
            draft.members[Member(thing.id, (*kept, *self._restarted(thing)))] = None
            draft.join(Step(f"{thing.label} runs there", thing.location), thing.urn)
            told = f"equal {hosted.host}"
            draft.reason = draft.reason or Reason(told, location=thing.location, source=hosted.source)

    def _restarted(self, machine: Thing) -> Condition:
        """Return when a machine stays lost with its host: if it is restarted elsewhere, that may be in time or not."""
        rule = self._restarts.get(id(machine))
        if rule is None:
            return ()
        told = f"{rule.label} restarts {machine.label} on another host, in a time that nobody states"
        remedy = "run a second machine on another host"
        values = ("in time", "too late")
        fact = self._book.doubt(f"restart of {machine.id}", values, told, remedy, location=rule.location)
        return ((fact, "too late"),)

    @cached_property
    def _machines(self) -> tuple[Thing, ...]:
        """What runs on a host as one; of what has several units no one knows which shares a host."""
        plain = (thing for thing in self._things.all if thing.entry.hosted is not None and not thing.entry.logical)
        return tuple(thing for thing in plain if thing.id in self._parts.all and not self._parts.units_of(thing.id))

    def _pools(self) -> Mapping[str, _Pool]:
        found: dict[str, _Pool] = {}
        for thing in self._machines:
            assert thing.entry.hosted is not None
            key, label = self._pool(thing, thing.entry.hosted)
            found.setdefault(key, _Pool(label)).machines.append(thing)
        return found

    def _pool(self, thing: Thing, hosted: Hosted, seen: tuple[Thing, ...] = ()) -> tuple[str, str]:
        """Return the key and name of the pool of hosts, through pools within pools."""
        for path in hosted.pool:
            for end in resolve(self._things, thing, Target(ref=path)):
                if isinstance(end.to, Loose):
                    return end.to.key, end.to.label
                inner = end.to.entry.hosted
                if inner is not None and end.to not in seen:
                    return self._pool(end.to, inner, (*seen, thing))
                return end.to.id, end.to.label
        device = thing.device
        return (device.id, f"those of {device.label}") if device is not None else ("", "those of the platform")

    def _apart(self) -> Mapping[int, tuple[Thing, ...]]:
        """Return, by machine (its `id()`), the rules that surely keep it apart from their other members."""
        found: dict[int, list[Thing]] = defaultdict(list)
        bearing: dict[int, list[Thing]] = defaultdict(list)
        for thing in self._things.all:
            for target in thing.entry.hosted.rules if thing.entry.hosted is not None else ():
                for end in resolve(self._things, thing, target):
                    if isinstance(end.to, Thing):
                        bearing[id(end.to)].append(thing)
        for rule in self._rules:
            plan = rule.entry.apart
            assert plan is not None
            if holds(rule, plan.when) is Holds.YES and self._counts_within(rule, plan):
                ends = resolve(self._things, rule, plan.members) if plan.members is not None else ()
                listed = [end.to for end in ends if isinstance(end.to, Thing)]
                members = [*listed, *(machine for label in (rule, *listed) for machine in bearing[id(label)])]
                for machine in dict.fromkeys(members):
                    found[id(machine)].append(rule)
        return {machine: tuple(rules) for machine, rules in found.items()}

    def _counts_within(self, rule: Thing, plan: Apart) -> bool:
        """Return whether nothing that the programs show of what a rule is set in makes it void."""
        ends = resolve(self._things, rule, plan.within) if plan.within is not None else ()
        shown = [end.to for end in ends if isinstance(end.to, Thing) and isinstance(end.to.source, Resource)]
        return all(holds(thing, plan.within_when) is Holds.YES for thing in shown)

    def _shared(self, key: str, pool: _Pool, apart: Mapping[int, tuple[Thing, ...]], drafts: Drafts) -> None:
        groups = self._groups(pool.machines, apart)
        named = [_host(machine) for machine in pool.machines]
        if any(len(group) == len(pool.machines) for group in groups.values()) or None not in named:
            return
        told = f"the platform chooses where in {pool.label} its {len(pool.machines)} machines run"
        remedy = "keep those that stand in for each other apart by a rule that is mandatory"
        last = pool.machines[-1]
        shared = self._book.doubt(f"a shared host of {key}", ("no", "yes"), told, remedy, location=last.location)
        plan = next(machine.entry.hosted for machine in pool.machines if machine.entry.hosted)
        draft = drafts.get(plan.over, f"a {plan.over} of {key}", f"of {pool.label} that the platform chose")
        draft.exists = ((shared, "yes"),)
        draft.reason = Reason(told, Basis.DOCUMENTED, last.location, plan.source)
        pinned = tuple(sorted({name for name in named if name is not None}))
        alike: dict[Condition, Condition] = {}
        for machine, host in zip(pool.machines, named, strict=True):
            own = (*self._alone(machine, apart, groups), *self._on(key, machine, host, pinned))
            when = (*draft.exists, *own, *self._restarted(machine))
            draft.members[Member(machine.id, alike.setdefault(when, when))] = None
            draft.join(Step(f"{machine.label} may run there", machine.location), machine.urn)

    def _alone(
        self, machine: Thing, apart: Mapping[int, tuple[Thing, ...]], groups: Mapping[int, Sequence[Thing]]
    ) -> Iterator[tuple[str, str]]:
        """Yield the facts by which a machine is the one of those kept apart that runs on the shared host."""
        for rule in apart.get(id(machine), ()):
            group = groups[id(rule)]
            if len(group) >= _SEVERAL:
                told = f"{rule.label} keeps {len(group)} machines on different hosts: one of them may be on any"
                names = tuple(sorted(other.id for other in group))
                remedy = "keep all that stand in for each other apart by one rule, or name the host of each"
                fact = self._book.doubt(f"host that {rule.id} keeps", names, told, remedy, location=rule.location)
                yield fact, machine.id

    def _on(self, key: str, machine: Thing, name: str | None, pinned: tuple[str, ...]) -> Condition:
        """Return when a machine is on the shared host: `pinned` are those that machines of the pool name outright."""
        if name is None or len(pinned) < _SEVERAL:
            return ()
        told = f"machines name {len(pinned)} hosts outright, and others may run on any of them"
        remedy = "name the host of the others too"
        fact = self._book.doubt(f"host named in {key}", pinned, told, remedy, location=machine.location)
        return ((fact, name),)


def _share(group: Sequence[Thing], machine: Thing, host: str) -> bool:
    """Return whether another of a group names the same host on the same provider instance."""
    return any(other is not machine and other.device is machine.device and _host(other) == host for other in group)


def _within(machine: Thing) -> tuple[str, ...]:
    """Return the kinds of places that are other ones where machines are kept apart: those of the rule, and inside them."""
    over = machine.entry.hosted.over if machine.entry.hosted is not None else ""
    return _AROUND[_AROUND.index(over) :] if over in _AROUND else ()


def _host(machine: Thing) -> str | None:
    """Return what stands for the host that a machine names: its name, or where the reference to it leads."""
    hosted = machine.entry.hosted
    if hosted is None or hosted.host is None:
        return None
    found = machine.values(hosted.host)
    if not found:
        return None
    at, value = found[0]
    return text(value) or ", ".join(machine.references(at)) or None
