"""The data stores that services need: their copies, their backups, and what takes all of them at once.

A store is a part of a role that keeps data, as the first one met on the way down from a service. It is made of what
serves for it: the members of its set of replicas, and what it runs on. What it merely needs is another thing. A
datastore that a machine runs on is that machine's disk, and no store of its own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from pyroaring import BitMap

from resilience_checks.analysis.components import components
from resilience_checks.model.question import Holds
from resilience_checks.topology.gates import ALWAYS, All, AnyOf, AtLeast, Case, Failover, Nature, Quorum, Up, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from resilience_checks.topology.estate import Backup, Estate, Part
    from resilience_checks.topology.gates import Gate

KEEPS_DATA = frozenset({"database", "storage", "queue", "cache", "identity", "key-management"})
"""Roles that may keep data that nothing else has; which of them count, a policy says."""
_MACHINES = frozenset({"compute", "compute-group"})
_PLACES = frozenset({"site", "zone", "region"})
"""What stands in one region."""
_MAX_COPIES = 64
_NONE = BitMap()


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the data: the parts each of which it needs, and how far it is behind, in seconds, at best and at worst."""

    parts: frozenset[str]
    low: float = 0.0
    high: float = 0.0
    facts: frozenset[str] = frozenset()

    def apart_by(self, low: float, high: float) -> Copy:
        """Return the copy that is so much further behind."""
        return Copy(self.parts, self.low + low, self.high + high, self.facts)


@dataclass(frozen=True, slots=True)
class Store:
    """A data store with the services that need it; the first of its copies is the one that is written to."""

    part: Part
    services: tuple[str, ...]
    copies: tuple[Copy, ...]
    made_of: frozenset[str]
    backups: tuple[Backup, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that it may have."""
        return (self.part.role,) if self.part.role else tuple(role for role, _ in self.part.roles)


class Stores:
    """All data stores of an estate."""

    def __init__(self, estate: Estate) -> None:
        """Look at every gate once."""
        self.estate = estate
        self._copies: dict[str, tuple[Copy, ...]] = {}
        self._served_by: dict[str, frozenset[str]] = {}
        self._backups: dict[str, list[Backup]] = defaultdict(list)
        for backup in estate.backups.values():
            for part in backup.of:
                self._backups[part].append(backup)

    @cached_property
    def all(self) -> tuple[Store, ...]:
        """Every store that a service needs, in the order of the estate."""
        services = self._services()
        tops = self._tops(services)
        inner = {part: self._inside(part) for part in tops}
        for part, parts in inner.items():
            for other in parts & tops.keys() - {part}:
                if part not in inner.get(other, frozenset()) and other in tops:
                    tops[part] = tops[part] | tops[other]
        held = {other for part, parts in inner.items() for other in parts - {part} if part not in inner.get(other, ())}
        names = list(self.estate.services)
        return tuple(
            Store(
                self.estate.parts[part],
                tuple(names[number] for number in needing),
                self.copies(part),
                inner[part],
                self._backed(part, inner[part]),
            )
            for part, needing in tops.items()
            if part not in held
        )

    def hits(self, part: str) -> Mapping[str, Holds]:
        """Return the domains whose faults take a part down: surely, or perhaps."""
        return self._hits.get(part, {})

    def lost(self, copies: Iterable[Copy], *, replicas: bool = False) -> dict[str, Holds]:
        """Return the domains each of which takes all copies down: surely, or perhaps; without copies none does.

        `replicas`: a place does not take what other regions hold a copy of, whoever serves it from there.
        """
        found: dict[str, Holds] | None = None
        for copy in copies:
            own: dict[str, Holds] = {}
            for part in copy.parts:
                held = replicas and part in self._replicated
                for domain, holds in self.hits(part).items():
                    if held and self.estate.domains[domain].kind in _PLACES:
                        continue
                    own[domain] = Holds.YES if holds is Holds.YES else own.get(domain, holds)
            if found is None:
                found = own
            else:
                found = {
                    domain: Holds.YES if holds is own[domain] is Holds.YES else Holds.UNKNOWN
                    for domain, holds in found.items()
                    if domain in own
                }
        return found or {}

    def copies(self, part: str) -> tuple[Copy, ...]:
        """Return the copies of the data that a part stands for, the one that is written to first."""
        if part not in self._copies:
            self._copies[part] = (Copy(frozenset((part,))),)
            gate = self.estate.parts[part].gate if part in self.estate.parts else None
            below = () if gate is None else self._of(gate) or (self._member(gate) if self._is_name(part) else ())
            if below:
                own = frozenset((part,)) if self.hits(part) else frozenset()
                self._copies[part] = tuple(
                    Copy(copy.parts | own, copy.low, copy.high, copy.facts) for copy in below[:_MAX_COPIES]
                )
        return self._copies[part]

    def kept(self, backup: Backup) -> tuple[Copy, ...]:
        """Return where the copies of a backup are; none: apart from everything that is known."""
        found = [self.copies(target) for target in dict.fromkeys(targets(backup.store)) if target in self.estate.parts]
        return tuple(copy for copies in found for copy in copies)

    @cached_property
    def _replicated(self) -> frozenset[str]:
        return frozenset(part for replicas in self.estate.replicas.values() for part in replicas.of)

    @cached_property
    def _hits(self) -> dict[str, dict[str, Holds]]:
        found: dict[str, dict[str, Holds]] = defaultdict(dict)
        for domain in self.estate.domains.values():
            if domain.implied:
                continue
            sure = Holds.UNKNOWN if domain.exists else Holds.YES
            for member in domain.members:
                found[member.part][domain.id] = Holds.UNKNOWN if member.when else sure
        return found

    def _of(self, gate: Gate) -> tuple[Copy, ...]:
        """Return the copies that a gate leads to, none where it leads to nothing that the data is in."""
        match gate:
            case Up(target=target, nature=nature, serves=serves):
                part = self.estate.parts.get(target)
                if part is None or not (serves or (nature is Nature.PATH and _keeps(part))):
                    return ()
                return self.copies(target)
            case All(items=items):
                return _together([found for item in items if (found := self._of(item))])
            case AnyOf(items=items) | AtLeast(items=items):
                return tuple(copy for item in items for copy in self._member(item))
            case Quorum(votes=votes):
                voters = (vote.voter for vote in votes if vote.voter in self.estate.parts)
                return tuple(
                    copy for voter in voters if _holds(self.estate.parts[voter]) for copy in self.copies(voter)
                )
            case Case(fact=fact, branches=branches):
                return _either([self._of(item) for item in branches.values()], fact)
            case Failover(primary=primary, standbys=standbys):
                moved = [
                    copy.apart_by(standby.lag or 0.0, standby.lag or 0.0)
                    for standby in standbys
                    for copy in self._member(standby.gate)
                ]
                return (*self._member(primary), *moved)

    def _member(self, gate: Gate) -> tuple[Copy, ...]:
        """Return the copies behind a member of a set of replicas, which needs no word that it serves."""
        if isinstance(gate, Up):
            part = self.estate.parts.get(gate.target)
            return self.copies(gate.target) if part is not None and (gate.serves or _keeps(part)) else ()
        return self._of(gate)

    def _inside(self, part: str) -> frozenset[str]:
        """Return the parts of a store, the names on the way to its copies included."""
        found, pending = {part}, [part]
        while pending:
            name = pending.pop()
            for target in self._served(self.estate.parts[name].gate, member=self._is_name(name)):
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)

    def _served(self, gate: Gate, *, member: bool) -> Iterator[str]:
        """Yield what the data is in; `member`: what is read is a member of a set of replicas."""
        match gate:
            case Up(target=target, nature=nature, serves=serves):
                part = self.estate.parts.get(target)
                if part is not None and (serves or (_keeps(part) and (member or nature is Nature.PATH))):
                    yield target
            case Quorum(votes=votes):
                parts = (self.estate.parts.get(vote.voter) for vote in votes)
                yield from (part.id for part in parts if part is not None and _holds(part))
            case _:
                redundant = isinstance(gate, AnyOf | AtLeast | Failover)
                for item in _items(gate):
                    yield from self._served(item, member=member or redundant)

    def _backed(self, part: str, inside: frozenset[str]) -> tuple[Backup, ...]:
        """Return the backups of a store: of itself and its parts, or, of what keeps other data, of all that it keeps."""
        own = {backup.id: backup for name in sorted(inside) for backup in self._backups.get(name, ())}
        if own or any(part in self._users.get(name, ()) for name in inside):
            return tuple(own.values())
        hosted = {user for name in inside for user in self._users.get(name, ()) if user not in inside}
        if not hosted or not all(user in self._backups for user in hosted):
            return ()
        return tuple({backup.id: backup for user in sorted(hosted) for backup in self._backups[user]}.values())

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        """The data that is kept on a part, such as the databases of a server."""
        found: dict[str, list[str]] = defaultdict(list)
        for part in self.estate.parts.values():
            if part.urn is not None and _keeps(part) and isinstance(part.gate, Up | All):
                for target in self._served(part.gate, member=False):
                    found[target].append(part.id)
        return found

    def _tops(self, services: Mapping[str, BitMap]) -> dict[str, BitMap]:
        """Return the parts that keep data and are read by what does not, with the services that need them, by number."""
        found: dict[str, BitMap] = {}
        for reader, needing in services.items():
            part = self.estate.parts.get(reader)
            for leaf in self._leaves[reader] if needing else ():
                if self._begins(leaf, part):
                    found[leaf.target] = found.get(leaf.target, _NONE) | needing
        return {part: found[part] for part in self.estate.parts if part in found}

    def _begins(self, leaf: Up, reader: Part | None) -> bool:
        """Return whether what is read is a store by itself: not its reader's disk, nor what its reader is made of."""
        target = self.estate.parts.get(leaf.target)
        if target is None or not _keeps(target):
            return False
        if reader is None:
            return True
        if _keeps(reader):
            return leaf.target not in self._inner(reader)
        disk = target.role in {"", "storage"}
        return not (disk and reader.role in _MACHINES and leaf.nature is Nature.PATH)

    def _inner(self, part: Part) -> frozenset[str]:
        if part.id not in self._served_by:
            served = self._served(part.gate, member=self._is_name(part.id))
            self._served_by[part.id] = frozenset(served)
        return self._served_by[part.id]

    def _is_name(self, part: str) -> bool:
        """Return whether a part is only a name for others, such as a failover group: nothing but they can fail."""
        found = self.estate.parts.get(part)
        made = found is not None and found.urn is not None and _keeps(found)
        return made and f"device:{part}" not in self.estate.domains

    @cached_property
    def _leaves(self) -> Mapping[str, tuple[Up, ...]]:
        """What each part and each service reads, where it reads anything."""
        gates: list[tuple[str, tuple[Gate, ...]]] = [
            (part.id, (part.gate,)) for part in self.estate.parts.values() if part.gate is not ALWAYS
        ]
        gates += [(_named(one.id), (one.entry, *one.needs)) for one in self.estate.services.values()]
        return {name: tuple(leaf for gate in own for leaf in _leaves(gate)) for name, own in gates}

    def _readers(self) -> list[str]:
        """Return what reads something that keeps data, and what reads that, and so on."""
        readers: dict[str, list[str]] = defaultdict(list)
        for name, leaves in self._leaves.items():
            for leaf in leaves:
                readers[leaf.target].append(name)
        pending = [part.id for part in self.estate.parts.values() if part.id in readers and _keeps(part)]
        found: dict[str, None] = {}
        while pending:
            for reader in readers.get(pending.pop(), ()):
                if reader not in found:
                    found[reader] = None
                    pending.append(reader)
        return [name for name in self._leaves if name in found]

    def _services(self) -> dict[str, BitMap]:
        """Return for each reader of data, directly or not, the numbers of the services that need it.

        What only moves something is not needed.
        """
        names = self._readers()
        place = {name: number for number, name in enumerate(names)}
        edges = [list({place[leaf.target] for leaf in self._leaves[name] if leaf.target in place}) for name in names]
        numbers = {_named(service): number for number, service in enumerate(self.estate.services)}
        needing = [BitMap([numbers[name]]) if name in numbers else _NONE for name in names]
        for component in reversed(components(edges)):
            all_ = BitMap.union(_NONE, *[needing[node] for node in component])
            for node in component if all_ else ():
                needing[node] = all_
                for target in edges[node]:
                    needing[target] = needing[target] | all_
        return dict(zip(names, needing, strict=True))


def _named(service: str) -> str:
    """Return how gates name a service."""
    return f"service:{service}"


def _keeps(part: Part) -> bool:
    return part.role in KEEPS_DATA or any(role in KEEPS_DATA for role, _ in part.roles)


def _holds(part: Part) -> bool:
    """Return whether a voter of a quorum holds a copy: a witness does not."""
    return part.role not in {"witness", "monitor"}


def _leaves(gate: Gate) -> Iterator[Up]:
    """Yield what a gate needs, without what only moves it."""
    match gate:
        case Up():
            if gate.nature is not Nature.MOVER:
                yield gate
        case Quorum(votes=votes):
            yield from (Up(vote.voter) for vote in votes)
        case _:
            for item in _items(gate):
                yield from _leaves(item)


def _items(gate: Gate) -> tuple[Gate, ...]:
    """Return the gates that a gate is made of, without movers."""
    match gate:
        case All(items=items) | AnyOf(items=items) | AtLeast(items=items):
            return items
        case Case(branches=branches):
            return tuple(branches.values())
        case Failover(primary=primary, standbys=standbys):
            return (primary, *(standby.gate for standby in standbys))
        case _:
            return ()


def _together(found: list[tuple[Copy, ...]]) -> tuple[Copy, ...]:
    """Return the copies of what is needed together: what has one copy only is part of each copy of the others."""
    if not found:
        return ()
    shared = frozenset(part for copies in found if len(copies) == 1 for part in copies[0].parts)
    several = [copies for copies in found if len(copies) > 1]
    if not several:
        return (Copy(shared, max(copies[0].low for copies in found), max(copies[0].high for copies in found)),)
    return tuple(
        Copy(copy.parts | shared, copy.low, copy.high, copy.facts) for copies in several[:1] for copy in copies
    )


def _either(found: list[tuple[Copy, ...]], fact: str) -> tuple[Copy, ...]:
    """Return the copies under any value of a fact; one that some value has not is as far behind as can be."""
    merged: dict[frozenset[str], Copy] = {}
    for copies in found:
        for copy in copies:
            old = merged.get(copy.parts)
            low = copy.low if old is None else min(old.low, copy.low)
            high = copy.high if old is None else max(old.high, copy.high)
            facts = copy.facts if old is None else old.facts | copy.facts
            merged[copy.parts] = Copy(copy.parts, low, high, facts)
    for parts, copy in merged.items():
        everywhere = all(any(one.parts == parts for one in copies) for copies in found)
        high = copy.high if everywhere else inf
        doubtful = high != copy.low
        merged[parts] = Copy(parts, copy.low, high, copy.facts | {fact} if doubtful else copy.facts)
    return tuple(merged.values())
