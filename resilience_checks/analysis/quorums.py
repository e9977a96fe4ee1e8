"""Which places take a quorum away, how many of its votes stand there, and which services hang on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.voters import spots
from resilience_checks.model.question import FaultKind, Holds, Horizon, Question
from resilience_checks.topology.estate import Service
from resilience_checks.topology.gates import All, AnyOf, AtLeast, Case, Failover, Gate, Quorum, targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.question import Doubt, Step
    from resilience_checks.topology.estate import Domain, Estate

PLACES = ("site", "zone", "region")
_SERVICE = "service:"


@dataclass(frozen=True, slots=True)
class Taken:
    """A place whose loss takes a quorum away, `surely` or only possibly.

    `votes` stand there for sure; `every` says whether all do, so that the quorum is spread over no places of this
    kind. `lost` are the services that hang on the quorum and are surely lost with the place, `possibly` those that
    may be. `chain` tells how the quorum is lost.
    """

    place: str
    surely: bool
    votes: int
    every: Holds
    lost: tuple[str, ...]
    possibly: tuple[str, ...]
    chain: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class QuorumLoss:
    """The quorum of a part: `needed` of its `votes`, what takes it away, and on what that hangs where it is not known.

    A place that takes it only because it encloses one that surely does is not in `taken`. `error` is set when the
    quorum cannot be met with nothing failed.
    """

    part: str
    quorum: Quorum
    votes: int
    needed: int
    services: tuple[str, ...]
    taken: tuple[Taken, ...]
    doubts: tuple[Doubt, ...] = ()
    error: str | None = None


def quorums(estate: Estate) -> tuple[QuorumLoss, ...]:
    """Return every quorum on which a service hangs."""
    found = {part.id: asked for part in estate.parts.values() for asked in _quorums(part.gate)}
    if not found:
        return ()
    hanging = _hanging(estate, found)
    found = {part: asked for part, asked in found.items() if hanging[part]}
    return tuple(_Losses(estate, found, hanging).all()) if found else ()


class _Losses:
    """Asks for each quorum, as for a service of nobody that is up while it holds, which places lose it."""

    def __init__(
        self, estate: Estate, found: Mapping[str, tuple[Gate, Quorum]], hanging: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._found, self._hanging = found, hanging
        objectives = {part: [estate.services[name].rto for name in hanging[part]] for part in found}
        asked = {
            f"quorum of {part}": Service(f"quorum of {part}", gate, rto=_shortest(objectives[part]))
            for part, (gate, _) in found.items()
        }
        self._estate = replace(estate, services={**estate.services, **asked})
        self._analysis = Analysis(self._estate)
        self._question = Question("quorums", (FaultKind.OUTAGE,), PLACES, horizon=Horizon.RTO)
        names = sorted({name for part in found for name in hanging[part]})
        cuts = self._analysis.cut_sets(self._question, [*names, *asked])
        self._sure = {name: _single(found.sure) for name, found in cuts.items()}
        self._possible = {name: _single(found.possible) for name, found in cuts.items()}

    def all(self) -> Iterator[QuorumLoss]:
        """Yield them in the order of the parts."""
        for part, (_, quorum) in self._found.items():
            service = self._estate.services[f"quorum of {part}"]
            stated = self._analysis.state(self._question, service)
            chains = {cut.events[0]: cut.chain for cut in stated.cuts if len(cut.events) == 1}
            events = self._innermost(service.id)
            taken = tuple(self._taken(part, quorum, event, chains.get(event, ())) for event in events)
            votes, services = sum(vote.votes for vote in quorum.votes), self._hanging[part]
            yield QuorumLoss(
                part, quorum, votes, votes // 2 + 1, services, taken, stated.depends_on, error=stated.error
            )

    def _innermost(self, name: str) -> list[str]:
        sure = {_place(event) for event in self._sure[name]}
        events = sorted(self._sure[name] | self._possible[name])
        return [event for event in events if not sure & set(self._estate.domains[_place(event)].encloses)]

    def _taken(self, part: str, quorum: Quorum, event: str, chain: tuple[Step, ...]) -> Taken:
        domain = self._estate.domains[_place(event)]
        votes, every = self._votes(quorum, domain)
        services = self._hanging[part]
        lost = tuple(name for name in services if event in self._sure[name])
        possibly = tuple(name for name in services if event in self._possible[name] and name not in lost)
        return Taken(domain.id, event in self._sure[f"quorum of {part}"], votes, every, lost, possibly, chain)

    def _votes(self, quorum: Quorum, domain: Domain) -> tuple[int, Holds]:
        """Return how many votes surely stand in the place, and whether all do."""
        surely = set() if domain.exists else {member.part for member in domain.members if not member.when}
        possibly = {member.part for member in domain.members}
        votes, every = 0, Holds.YES
        for vote in quorum.votes:
            met = set(spots(self._estate, vote.voter, {}))
            if met <= surely and not vote.when:
                votes += vote.votes
            else:
                every = Holds.UNKNOWN if met <= possibly and every is not Holds.NO else Holds.NO
        return votes, every


def _place(event: str) -> str:
    return event.rpartition("/")[0]


def _single(cuts: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """Return the events that are cuts alone."""
    return frozenset(cut[0] for cut in cuts if len(cut) == 1)


def _shortest(objectives: Sequence[float | None]) -> float | None:
    """Return the shortest of the times that are declared: voters that fail over must be back by then."""
    return min((rto for rto in objectives if rto is not None), default=None)


def _quorums(gate: Gate) -> Iterator[tuple[Gate, Quorum]]:
    """Yield the quorums in a gate, each with the gate that is to be asked for it: a case of which it is one branch."""
    match gate:
        case Quorum():
            yield gate, gate
        case Case(branches=branches):
            for branch in branches.values():
                yield from ((gate if asked is branch else asked, quorum) for asked, quorum in _quorums(branch))
        case All(items=items) | AnyOf(items=items) | AtLeast(items=items):
            for item in items:
                yield from _quorums(item)
        case Failover(primary=primary, standbys=standbys):
            for item in (primary, *(standby.gate for standby in standbys)):
                yield from _quorums(item)


def _hanging(estate: Estate, parts: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return for each of the parts the services below which it stands."""
    users: dict[str, list[str]] = defaultdict(list)
    for part in estate.parts.values():
        for target in targets(part.gate):
            users[target].append(part.id)
    for service in estate.services.values():
        for gate in (service.entry, *service.needs):
            for target in targets(gate):
                users[target].append(f"{_SERVICE}{service.id}")
    found = {}
    for name in parts:
        seen, pending = {name}, [name]
        while pending:
            above = [user for user in users[pending.pop()] if user not in seen]
            seen.update(above)
            pending += above
        found[name] = tuple(sorted(one.removeprefix(_SERVICE) for one in seen if one.startswith(_SERVICE)))
    return found
