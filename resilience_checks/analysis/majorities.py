"""Compiles quorums: some connected group of live voters holds more than half of all configured votes (SEMANTICS, section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from resilience_checks.analysis.expressions import FALSE, TRUE, Expression, Threshold, both, choice, either
from resilience_checks.analysis.voters import deciding, spots
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Fact, PlacedWhen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.topology.estate import Estate, Part
    from resilience_checks.topology.gates import Nature, Quorum, Vote

_NOTHING = ""
"""The origin of what is read from no place in particular."""
_MAX_VOTER_FACTS = 8


class Compiler(Protocol):
    """What quorums ask of the compiler that they are a part of."""

    @property
    def estate(self) -> Estate:
        """The estate that is compiled."""

    def doubt(self, fact: Fact) -> str:
        """Take up a fact that the page itself implies."""

    def values(self, fact: str) -> tuple[str, ...]:
        """Return the values of a fact."""

    def read(self, target: str, origin: str, nature: Nature, why: Reason | None) -> Expression:
        """Return that `target` is up and reached from `origin`."""

    def read_at(
        self, part: Part, site: str | None, origin: str, nature: Nature, why: Reason | None, serving: str
    ) -> Expression:
        """Return that a part is up at its site and reached from `origin`."""


class Majorities:
    """Compiles the quorums of one estate."""

    def __init__(self, compiler: Compiler) -> None:
        """Read what voters stand for through the compiler."""
        self._compiler, self._estate = compiler, compiler.estate

    def of(self, quorum: Quorum, origin: str, serving: str) -> Expression:
        """Return that some connected group of live voters holds more than half of all configured votes.

        Connection is transitive, so a group is whatever one of its voters can reach. Which voters belong is
        fixed for each value of the facts in their conditions.
        """
        names = deciding(self._estate, quorum)
        if len(names) > _MAX_VOTER_FACTS:
            return self._undecided(quorum, names)

        def members(known: dict[str, str], rest: list[str]) -> Expression:
            if not rest:
                return self._majority(quorum, known, origin, serving)
            fact = rest[0]
            values = self._compiler.values(fact)
            return choice(fact, {value: members({**known, fact: value}, rest[1:]) for value in values})

        return members({}, names)

    def _undecided(self, quorum: Quorum, names: list[str]) -> Expression:
        """Return that a quorum may hold or not, whose members too many facts decide to look at every case."""
        why = f"the members of a quorum hang on {len(names)} facts that are not known"
        reason = Reason(why, Basis.UNKNOWN, quorum.why.location if quorum.why is not None else None)
        fact = Fact(f"quorum of {' and '.join(names)}", ("holds", "does not"), reason, "declare its voters")
        return choice(self._compiler.doubt(fact), {"holds": TRUE, "does not": FALSE})

    def _majority(self, quorum: Quorum, known: Mapping[str, str], origin: str, serving: str) -> Expression:
        voters = [vote for vote in quorum.votes if all(known.get(fact) == value for fact, value in vote.when)]
        met = dict.fromkeys(spot for vote in voters for spot in spots(self._estate, vote.voter, known))
        groups = [self._group(spot, voters, quorum, origin, serving) for spot in met]
        return either(*groups) if groups else FALSE

    def _group(self, spot: str, voters: Sequence[Vote], quorum: Quorum, origin: str, serving: str) -> Expression:
        """Return that whoever asks reaches this spot, and that it reaches more than half of the votes.

        Connection is transitive, so who reaches one voter of a group reaches the group.
        """
        needed = sum(vote.votes for vote in voters) // 2 + 1
        part = self._estate.parts.get(spot)

        def votes(start: str) -> Expression:
            items = [
                self._compiler.read(vote.voter, start, quorum.nature, quorum.why)
                for vote in voters
                for _ in range(vote.votes)
            ]
            return Threshold(needed, tuple(items), quorum.why)

        if part is None:
            return both(self._compiler.read(spot, origin, quorum.nature, quorum.why), votes(_NOTHING))
        found = part

        def at(site: str | None) -> Expression:
            reached = self._compiler.read_at(found, site, origin, quorum.nature, quorum.why, serving)
            return both(reached, votes(f"site:{site}" if site else _NOTHING))

        if isinstance(found.site, PlacedWhen):
            return choice(found.site.fact, {value: at(site) for value, site in found.site.sites.items()})
        return at(found.site)
