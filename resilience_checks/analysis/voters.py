"""Where the voters of a quorum are met: at their own place, or, for a name or a voter with units, at those of the units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.topology.gates import Case, Failover, Gate, Quorum, Up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.topology.estate import Estate

_SERVICE = "service:"


def deciding(estate: Estate, quorum: Quorum) -> list[str]:
    """Return the facts on which it hangs who votes and where voters without a place are met."""
    found = {fact for vote in quorum.votes for fact, _ in vote.when}
    pending = [vote.voter for vote in quorum.votes]
    seen = set(pending)
    while pending:
        part = estate.parts.get(pending.pop())
        if part is None or part.site is not None:
            continue
        found.update(_facts(part.gate))
        below = [target for target in _leads_to(part.gate, None) if target not in seen]
        seen.update(below)
        pending += below
    return sorted(found)


def spots(estate: Estate, voter: str, known: Mapping[str, str]) -> list[str]:
    """Return the parts at which a voter is met when these facts are known; one that leads to no place is met itself."""
    found: dict[str, None] = {}
    pending, seen = [voter], {voter}
    while pending:
        name = pending.pop()
        part = estate.parts.get(name)
        below = [] if part is None or part.site is not None else list(_leads_to(part.gate, known))
        if not below or any(target.startswith(_SERVICE) for target in below):
            found[name] = None
        below = [target for target in below if target not in seen and not target.startswith(_SERVICE)]
        seen.update(below)
        pending += below
    return list(found) or [voter]


def _facts(gate: Gate) -> Iterator[str]:
    match gate:
        case Case(fact=fact, branches=branches):
            yield fact
            for item in branches.values():
                yield from _facts(item)
        case _:
            for item in _inside(gate):
                yield from _facts(item)


def _leads_to(gate: Gate, known: Mapping[str, str] | None) -> Iterator[str]:
    """Yield what a gate refers to, movers excepted; where facts are known, in their branches alone."""
    match gate:
        case Up(target=target):
            yield target
        case Case(fact=fact, branches=branches):
            chosen = branches.values() if known is None or fact not in known else [branches[known[fact]]]
            for item in chosen:
                yield from _leads_to(item, known)
        case Quorum(votes=votes):
            yield from (vote.voter for vote in votes)
        case _:
            for item in _inside(gate):
                yield from _leads_to(item, known)


def _inside(gate: Gate) -> Iterator[Gate]:
    match gate:
        case Failover(primary=primary, standbys=standbys):
            yield primary
            yield from (standby.gate for standby in standbys)
        case Up() | Case() | Quorum():
            return
        case _:
            yield from gate.items
