"""Everything that an estate leaves open, settled in every possible way.

Facts that somebody wrote down vary freely. What nobody wrote down is open too: a site without a stated border,
two sites without any declared route, a consumer without declared access, an edge of unknown nature, a service
without RTO or RPO. A completion settles all of it, and `settle` gives the estate in which nothing is open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, assert_never

from resilience_checks.topology.estate import Condition, Estate, Part, PlacedWhen
from resilience_checks.topology.gates import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    AtLeast,
    Case,
    Failover,
    Gate,
    Nature,
    Quorum,
    Up,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Edge = tuple[str | int, ...]
"""Where an edge is written: the owner, then the way down its gate."""


@dataclass(frozen=True)
class Completion:
    """One way in which everything open turns out."""

    facts: Mapping[str, str] = field(default_factory=dict)
    open_borders: frozenset[str] = frozenset()
    """Sites without a stated border where nothing is in the way; the other ones let nothing through."""
    direct: frozenset[frozenset[str]] = frozenset()
    """Pairs of sites without a declared route that have a connection all the same."""
    reaching: frozenset[str] = frozenset()
    """Consumers without declared access that reach each site directly."""
    paths: frozenset[Edge] = frozenset()
    """Edges of unknown nature that are paths; the other ones are needs."""
    rto: float = math.inf
    rpo: float = math.inf


@dataclass(frozen=True)
class World:
    """An estate in which nothing is open, with the connections that no declaration shows."""

    estate: Estate
    direct: frozenset[frozenset[str]] = frozenset()
    reaching: frozenset[str] = frozenset()


def completions(estate: Estate, *, extremes: bool = True) -> Iterator[Completion]:
    """Yield every completion; with `extremes` what nobody wrote down is all good or all bad.

    Each single thing that nobody wrote down has a better and a worse value whatever the rest is, so that all other
    mixtures lie between these two (a test of its own looks at all of them).
    """
    written = [
        dict(zip(estate.facts, values, strict=True))
        for values in product(*(fact.values for fact in estate.facts.values()))
    ]
    for facts in written:
        for unwritten in _extremes(estate) if extremes else _mixtures(estate):
            yield replace(unwritten, facts=facts)


def _extremes(estate: Estate) -> Iterator[Completion]:
    good = Completion(
        open_borders=frozenset(unstated_borders(estate)),
        direct=frozenset(unlinked_pairs(estate)),
        reaching=frozenset(unstated_access(estate)),
    )
    bad = Completion(paths=frozenset(unknown_edges(estate)), rto=0, rpo=0)
    yield good
    timeless = all(service.rto is not None and service.rpo is not None for service in estate.services.values())
    if replace(bad, rto=math.inf, rpo=math.inf) != good or not timeless:
        yield bad


def _mixtures(estate: Estate) -> Iterator[Completion]:
    for borders, direct, reaching, paths, rto, rpo in product(
        _subsets(unstated_borders(estate)),
        _subsets(unlinked_pairs(estate)),
        _subsets(unstated_access(estate)),
        _subsets(unknown_edges(estate)),
        (0, math.inf) if any(service.rto is None for service in estate.services.values()) else (0,),
        (0, math.inf) if any(service.rpo is None for service in estate.services.values()) else (0,),
    ):
        yield Completion({}, borders, direct, reaching, paths, rto, rpo)


def _subsets(things: list[Any]) -> list[frozenset[Any]]:
    return [frozenset(chosen) for size in range(len(things) + 1) for chosen in combinations(things, size)]


def unstated_borders(estate: Estate) -> list[str]:
    return [site.id for site in estate.sites.values() if site.perimeter is None]


def unstated_access(estate: Estate) -> list[str]:
    return [consumer.id for consumer in estate.consumers.values() if consumer.access is None]


def unlinked_pairs(estate: Estate) -> list[frozenset[str]]:
    groups = {site: {site} for site in estate.sites}
    for link in estate.links.values():
        if len(link.ends) == 2:
            joined = groups[link.ends[0]] | groups[link.ends[1]]
            groups.update(dict.fromkeys(joined, joined))
    return [frozenset(pair) for pair in combinations(sorted(estate.sites), 2) if pair[1] not in groups[pair[0]]]


def unknown_edges(estate: Estate) -> list[Edge]:
    return [edge for owner, gate in owned_gates(estate) for edge in _unknown(gate, (owner,))]


def owned_gates(estate: Estate) -> Iterator[tuple[str, Gate]]:
    """Yield each gate of the estate under the name of what it belongs to."""
    for part in estate.parts.values():
        yield f"part {part.id}", part.gate
    for site in estate.sites.values():
        if site.perimeter is not None:
            yield f"border {site.id}", site.perimeter
    for service in estate.services.values():
        yield f"entry {service.id}", service.entry
        for number, need in enumerate(service.needs):
            yield f"need {number} {service.id}", need


def children(gate: Gate) -> list[tuple[str | int, Gate]]:
    match gate:
        case Up() | Quorum():
            return []
        case AtLeast(items=items) | All(items=items) | AnyOf(items=items):
            return list(enumerate(items))
        case Case(branches=branches):
            return list(branches.items())
        case Failover(primary=primary, standbys=standbys):
            moves = [(f"standby {number}", standby.gate) for number, standby in enumerate(standbys)]
            movers = [(f"mover {number}", standby.mover) for number, standby in enumerate(standbys)]
            return [("primary", primary), *moves, *movers]
        case _:
            assert_never(gate)


def _unknown(gate: Gate, edge: Edge) -> Iterator[Edge]:
    if isinstance(gate, Up | Quorum) and gate.nature is Nature.UNKNOWN:
        yield edge
    for step, child in children(gate):
        yield from _unknown(child, (*edge, step))


def settle(estate: Estate, completion: Completion) -> World:
    """Return the estate as it is when everything turns out as `completion` says."""
    settled = replace(
        estate,
        parts={
            part.id: replace(part, gate=_with_natures(part.gate, (f"part {part.id}",), completion))
            for part in estate.parts.values()
        },
        sites={
            site.id: replace(
                site,
                perimeter=(ALWAYS if site.id in completion.open_borders else NEVER)
                if site.perimeter is None
                else _with_natures(site.perimeter, (f"border {site.id}",), completion),
            )
            for site in estate.sites.values()
        },
        services={
            service.id: replace(
                service,
                rto=completion.rto if service.rto is None else service.rto,
                rpo=completion.rpo if service.rpo is None else service.rpo,
                entry=_with_natures(service.entry, (f"entry {service.id}",), completion),
                needs=tuple(
                    _with_natures(need, (f"need {number} {service.id}",), completion)
                    for number, need in enumerate(service.needs)
                ),
            )
            for service in estate.services.values()
        },
    )
    return World(learn(settled, completion.facts), completion.direct, completion.reaching)


def learn(estate: Estate, facts: Mapping[str, str]) -> Estate:
    """Return the estate in which these facts are known to have these values."""

    def gate(old: Gate) -> Gate:
        return _with_facts(old, facts)

    return replace(
        estate,
        facts={fact.id: fact for fact in estate.facts.values() if fact.id not in facts},
        parts={part.id: replace(part, gate=gate(part.gate), site=_site(part, facts)) for part in estate.parts.values()},
        domains={
            domain.id: replace(
                domain,
                exists=_rest(domain.exists, facts),
                members=tuple(
                    replace(member, when=_rest(member.when, facts))
                    for member in domain.members
                    if _possible(member.when, facts)
                ),
            )
            for domain in estate.domains.values()
            if _possible(domain.exists, facts)
        },
        services={
            service.id: replace(service, entry=gate(service.entry), needs=tuple(gate(need) for need in service.needs))
            for service in estate.services.values()
        },
        sites={
            site.id: replace(site, perimeter=None if site.perimeter is None else gate(site.perimeter))
            for site in estate.sites.values()
        },
    )


def _site(part: Part, facts: Mapping[str, str]) -> str | PlacedWhen | None:
    if isinstance(part.site, PlacedWhen) and part.site.fact in facts:
        return part.site.sites[facts[part.site.fact]]
    return part.site


def _possible(condition: Condition, facts: Mapping[str, str]) -> bool:
    return all(facts.get(fact, value) == value for fact, value in condition)


def _rest(condition: Condition, facts: Mapping[str, str]) -> Condition:
    return tuple((fact, value) for fact, value in condition if fact not in facts)


def _with_facts(gate: Gate, facts: Mapping[str, str]) -> Gate:
    if isinstance(gate, Case) and gate.fact in facts:
        return _with_facts(gate.branches[facts[gate.fact]], facts)
    if isinstance(gate, Quorum):
        votes = tuple(replace(vote, when=_rest(vote.when, facts)) for vote in gate.votes if _possible(vote.when, facts))
        return replace(gate, votes=votes)
    return with_children(gate, {step: _with_facts(child, facts) for step, child in children(gate)})


def _with_natures(gate: Gate, edge: Edge, completion: Completion) -> Gate:
    if isinstance(gate, Up | Quorum):
        nature = Nature.PATH if edge in completion.paths else Nature.NEED
        return replace(gate, nature=nature) if gate.nature is Nature.UNKNOWN else gate
    below = {step: _with_natures(child, (*edge, step), completion) for step, child in children(gate)}
    return with_children(gate, below)


def with_children(gate: Gate, below: Mapping[str | int, Gate]) -> Gate:
    """Return the gate with other gates in the places that `children` names."""
    match gate:
        case Up() | Quorum():
            return gate
        case AtLeast(items=items) | All(items=items) | AnyOf(items=items):
            return replace(gate, items=tuple(below[number] for number in range(len(items))))
        case Case(branches=branches):
            return replace(gate, branches={value: below[value] for value in branches})
        case Failover(standbys=standbys):
            moved = tuple(
                replace(standby, gate=below[f"standby {number}"], mover=below[f"mover {number}"])
                for number, standby in enumerate(standbys)
            )
            return replace(gate, primary=below["primary"], standbys=moved)
        case _:
            assert_never(gate)
