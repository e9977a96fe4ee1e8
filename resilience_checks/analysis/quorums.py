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
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.cut_lists import CutSets
    from resilience_checks.model.question import Doubt
    from resilience_checks.topology.estate import Estate

PLACES = ("site", "zone", "region")
_SERVICE = "service:"


@dataclass(frozen=True, slots=True)
class Taken:
    """A place whose loss takes a quorum away, `surely` or only possibly.

    `votes` stand there for sure; `every` says whether all do, so that the quorum is spread over no places of this
    kind. `lost` are the services that hang on the quorum and are surely lost with the place, `possibly` those that
    may be.
    """

    place: str
    surely: bool
    votes: int
    every: Holds
    lost: tuple[str, ...]
    possibly: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuorumLoss:
    """The quorum of a part: `needed` of its `votes`, what takes it away, and on what that hangs where it is not known.

    A place that takes it only because it encloses one that surely does is not in `taken`. `at_rest` says whether the
    quorum holds with nothing failed; `error` why it cannot.
    """

    part: str
    quorum: Quorum
    votes: int
    needed: int
    services: tuple[str, ...]
    taken: tuple[Taken, ...]
    doubts: tuple[Doubt, ...] = ()
    at_rest: Holds = Holds.YES
    error: str | None = None


def quorums(estate: Estate, analysis: Analysis | None = None) -> tuple[QuorumLoss, ...]:
    """Return every quorum on which a service hangs.

    An `analysis` of this estate that was made before saves compiling it again.
    """
    found = {part.id: asked for part in estate.parts.values() for asked in _quorums(part.gate)}
    if not found:
        return ()
    hanging = _hanging(estate, found)
    found = {part: asked for part, asked in found.items() if hanging[part]}
    return tuple(_Losses(estate, found, hanging, analysis).all()) if found else ()


class _Losses:
    """Asks for each quorum, as for a service of nobody that is up while it holds, which places lose it."""

    def __init__(
        self,
        estate: Estate,
        found: Mapping[str, tuple[Gate, Quorum]],
        hanging: Mapping[str, tuple[str, ...]],
        analysis: Analysis | None,
    ) -> None:
        self._estate, self._found, self._hanging = estate, found, hanging
        self._asked = {part: _asked(estate, part, gate, hanging[part]) for part, (gate, _) in found.items()}
        needed = _services_below(estate, (gate for gate, _ in found.values()))
        services = {**{name: estate.services[name] for name in needed}, **{one.id: one for one in self._asked.values()}}
        self._quorums = Analysis(replace(estate, services=services))
        self._question = Question("quorums", (FaultKind.OUTAGE,), PLACES, horizon=Horizon.RTO)
        self._cuts = self._quorums.cut_sets(self._question, [one.id for one in self._asked.values()])
        names = sorted({name for part in found if self._places(part) for name in hanging[part]})
        cuts = (analysis or Analysis(estate)).cut_sets(self._question, names) if names else {}
        self._sure = {name: _single(one.sure) for name, one in cuts.items()}
        self._possible = {name: _single(one.possible) for name, one in cuts.items()}
        self._standing: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def all(self) -> Iterator[QuorumLoss]:
        """Yield them in the order of the parts."""
        for part, (_, quorum) in self._found.items():
            cuts = self._of(part)
            sure, possible = _single(cuts.sure), _single(cuts.possible)
            taken = tuple(self._taken(part, event, surely=event in sure) for event in self._innermost(sure, possible))
            at_rest = Holds.NO if () in cuts.sure else Holds.UNKNOWN if () in cuts.possible else Holds.YES
            undecided = sure != possible or at_rest is not Holds.YES
            stated = self._quorums.state(self._question, self._asked[part]) if undecided else None
            doubts, error = (stated.depends_on, stated.error) if stated is not None else ((), None)
            votes = sum(vote.votes for vote in quorum.votes)
            yield QuorumLoss(part, quorum, votes, votes // 2 + 1, self._hanging[part], taken, doubts, at_rest, error)

    def _of(self, part: str) -> CutSets:
        return self._cuts[self._asked[part].id]

    def _places(self, part: str) -> frozenset[str]:
        return _single(self._of(part).sure) | _single(self._of(part).possible)

    def _innermost(self, sure: frozenset[str], possible: frozenset[str]) -> list[str]:
        places = {_place(event) for event in sure}
        return [
            event
            for event in sorted(sure | possible)
            if places.isdisjoint(self._estate.domains[_place(event)].encloses)
        ]

    def _taken(self, part: str, event: str, *, surely: bool) -> Taken:
        votes, every = self._votes(self._found[part][1], _place(event))
        lost = [name for name in self._hanging[part] if event in self._sure[name]]
        possibly = [name for name in self._hanging[part] if event in self._possible[name] - self._sure[name]]
        return Taken(_place(event), surely, votes, every, tuple(lost), tuple(possibly))

    def _votes(self, quorum: Quorum, place: str) -> tuple[int, Holds]:
        """Return how many votes surely stand in the place, and whether all do."""
        surely, possibly = self._stand(place)
        votes, every = 0, Holds.YES
        for vote in quorum.votes:
            met = frozenset(spots(self._estate, vote.voter, {}))
            if met <= surely and not vote.when:
                votes += vote.votes
            else:
                every = Holds.UNKNOWN if met <= possibly and every is not Holds.NO else Holds.NO
        return votes, every

    def _stand(self, place: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the parts that surely and possibly stand in a place."""
        if place not in self._standing:
            domain = self._estate.domains[place]
            sure = () if domain.exists else (member.part for member in domain.members if not member.when)
            self._standing[place] = frozenset(sure), frozenset(member.part for member in domain.members)
        return self._standing[place]


def _asked(estate: Estate, part: str, gate: Gate, services: Sequence[str]) -> Service:
    """Return a service that is up while the quorum holds; voters that fail over must be back in the shortest RTO."""
    objectives = [rto for name in services if (rto := estate.services[name].rto) is not None]
    return Service(f"quorum of {part}", gate, rto=min(objectives, default=None))


def _services_below(estate: Estate, gates: Iterable[Gate]) -> set[str]:
    """Return the services on which something in these gates hangs."""
    pending = [target for gate in gates for target in targets(gate)]
    seen = set(pending)
    while pending:
        name = pending.pop()
        service = estate.services.get(name.removeprefix(_SERVICE)) if name.startswith(_SERVICE) else None
        below = [service.entry, *service.needs] if service is not None else []
        below += [estate.parts[name].gate] if name in estate.parts else []
        found = {target for gate in below for target in targets(gate)} - seen
        seen |= found
        pending += found
    return {name.removeprefix(_SERVICE) for name in seen if name.startswith(_SERVICE)}


def _place(event: str) -> str:
    return event.rpartition("/")[0]


def _single(cuts: Sequence[tuple[str, ...]]) -> frozenset[str]:
    """Return the events that are cuts alone."""
    return frozenset(cut[0] for cut in cuts if len(cut) == 1)


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
