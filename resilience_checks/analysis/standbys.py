"""Which services rely on which failovers, and what aids surely need: read from the gates alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, Gate, Up, Way, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from resilience_checks.topology.estate import Aid, Estate, Service

_SERVICE = "service:"


def ways(estate: Estate) -> dict[str, tuple[Way, tuple[str, ...]]]:
    """Return each declared failover by the component that declares it, with the services that rely on it."""
    found: dict[str, tuple[Way, set[str]]] = {}
    for holder, gate in _gates(estate):
        for way in _ways(gate):
            if way.declared is not None:
                found.setdefault(way.declared[0], (way, set()))[1].add(holder)
    users = _users(estate)
    return {name: (way, relying(estate, users, holders)) for name, (way, holders) in found.items()}


def restores(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Return each declared backup with the services that rely on what it is a copy of."""
    users = _users(estate)
    return {backup.id: relying(estate, users, backup.of) for backup in estate.backups.values() if backup.declared}


def relying(estate: Estate, users: Mapping[str, Iterable[str]], parts: Iterable[str]) -> tuple[str, ...]:
    """Return the services below which any of these parts or services stands, sorted."""
    pending = list(parts)
    seen = set(pending)
    while pending:
        for user in users.get(pending.pop(), ()):
            if user not in seen:
                seen.add(user)
                pending.append(user)
    return tuple(sorted(name for name in estate.services if _SERVICE + name in seen))


def needing(estate: Estate, aid: Aid) -> tuple[str, ...]:
    """Return the services of an aid that it surely needs itself: lost as soon as they are."""
    pending = list(_surely(aid.gate))
    seen = set(pending)
    while pending:
        target = pending.pop()
        for gate in _of(estate, target):
            for other in _surely(gate):
                if other not in seen:
                    seen.add(other)
                    pending.append(other)
    return tuple(name for name in aid.of if _SERVICE + name in seen)


def _surely(gate: Gate) -> Iterator[str]:
    """Yield what is needed however alternatives and unknown facts turn out."""
    match gate:
        case Up(target=target):
            yield target
        case All(items=items):
            for item in items:
                yield from _surely(item)
        case AtLeast(k=k, items=items) if k == len(items):
            for item in items:
                yield from _surely(item)
        case AnyOf(items=(only,)):
            yield from _surely(only)
        case Failover(primary=primary, standbys=standbys) if not any(standby.moves for standby in standbys):
            yield from _surely(primary)


def _ways(gate: Gate) -> Iterator[Way]:
    match gate:
        case All(items=items) | AnyOf(items=items) | AtLeast(items=items):
            for item in items:
                yield from _ways(item)
        case Case(branches=branches):
            for item in branches.values():
                yield from _ways(item)
        case Failover(primary=primary, standbys=standbys):
            yield from _ways(primary)
            for standby in standbys:
                if standby.way is not None:
                    yield standby.way
                yield from _ways(standby.gate)
                yield from _ways(standby.mover)


def _gates(estate: Estate) -> Iterator[tuple[str, Gate]]:
    """Yield every gate of parts and services with the id of its holder, as gates name it."""
    for part in estate.parts.values():
        yield part.id, part.gate
    for service in estate.services.values():
        for gate in _of_service(service):
            yield _SERVICE + service.id, gate


def _users(estate: Estate) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for holder, gate in _gates(estate):
        for target in dict.fromkeys(targets(gate)):
            found[target].append(holder)
    return found


def _of(estate: Estate, target: str) -> tuple[Gate, ...]:
    if target.startswith(_SERVICE):
        return _of_service(estate.services[target.removeprefix(_SERVICE)])
    return (estate.parts[target].gate,)


def _of_service(service: Service) -> tuple[Gate, ...]:
    return (service.entry, *service.needs)
