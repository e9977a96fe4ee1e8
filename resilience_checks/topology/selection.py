"""Which things a declaration is about; a selector without a match is an error at its line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import Holds
from resilience_checks.topology.candidates import candidate
from resilience_checks.topology.described import foreign
from resilience_checks.topology.things import PROVIDER, Thing, Things

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.topology.selectors import Candidate, Select

    _Found = tuple[Thing, Holds]


_WILD = frozenset("*?[")


class Selection:
    """Holds selectors against every thing."""

    def __init__(self, things: Things) -> None:
        """Describe each thing once."""
        self.things = things
        self._candidates: list[tuple[Thing, Candidate]] = [(thing, candidate(thing)) for thing in things.all]
        self._foreign = foreign(things)
        self._named: dict[str, list[tuple[Thing, Candidate]]] = defaultdict(list)
        """Each resource's own things, and those that a component is made of, by URN."""
        self._bearing: dict[str | None, list[int]] = defaultdict(list)
        """The candidates that bear each name, and, under None, those of which some name is not known."""
        for number, (_, seen) in enumerate(self._candidates):
            for name in dict.fromkeys(seen.names):
                self._bearing[name].append(number)
        for thing, seen in self._candidates:
            for urn in (seen.urn, *seen.within):
                if urn is not None:
                    self._named[urn].append((thing, seen))

    def of(self, select: Select, *, entries: bool = False) -> tuple[tuple[Thing, Holds], ...]:
        """Return the parts that the selector surely (YES) or possibly (UNKNOWN) matches.

        A selector that only names a provider instance means the device itself, where it is one. With `entries`,
        things where consumers reach a service come before others of the same name.
        """
        found = [
            (thing, answer) for thing, seen in self._pool(select) if (answer := select.match(seen)) is not Holds.NO
        ]
        found = [(thing, answer) for thing, answer in found if thing.entry.is_part and not thing.entry.configures]
        if select.resources:
            return self._exact(select, found, entries=entries)
        if select.provider and not (select.name or select.type or select.urn or select.tags or select.properties):
            found = [pair for pair in found if pair[0].entry.token.startswith(PROVIDER)] or found
        elif not select.type:
            found = [pair for pair in found if not pair[0].entry.token.startswith(PROVIDER)] or found
        if entries:
            found = [pair for pair in found if pair[0].entry.entry] or found
        if not found:
            raise self._nothing(select, self._nearest(select))
        return tuple(found)

    def means_something(self, rule: Select) -> None:
        """Raise UsageError for a placement rule that matches no resource of any type.

        One that matches only what nobody asks about, such as keys and passwords, places nothing and is no mistake.
        """
        if not any(rule.match(seen) is not Holds.NO for seen in self._foreign):
            self.of(rule)

    def _exact(self, select: Select, found: Sequence[_Found], *, entries: bool) -> tuple[_Found, ...]:
        """Return what is named itself, and of what components are made of the same as a pattern would select."""
        found = [(thing, answer) for thing, answer in found if thing.owner is None]
        named = [pair for pair in found if pair[0].urn in select.resources]
        inside = [pair for pair in found if pair[0].urn not in select.resources]
        inside = [pair for pair in inside if not pair[0].entry.token.startswith(PROVIDER)] or inside
        if entries:
            inside = [pair for pair in inside if pair[0].entry.entry] or inside
        if not named and not inside:
            raise self._nothing(
                select, "name what can be up or lost: the device, server, database or address behind it"
            )
        return (*named, *inside)

    @staticmethod
    def _nothing(select: Select, remedy: str) -> UsageError:
        why = "what it was meant to describe would be checked as if nothing had been declared"
        return UsageError(f"{select} matches nothing", location=select.location, why=why, remedy=remedy)

    def _pool(self, select: Select) -> Iterable[tuple[Thing, Candidate]]:
        """Return what the selector may match, each once."""
        if not select.resources and select.name is not None and not _WILD.intersection(select.name.pattern):
            found = {*self._bearing.get(select.name.pattern, ()), *self._bearing.get(None, ())}
            return [self._candidates[number] for number in sorted(found)]
        if not select.resources:
            return self._candidates
        return {id(pair[0]): pair for urn in select.resources for pair in self._named.get(urn, ())}.values()

    def of_any(self, selects: Sequence[Select]) -> tuple[tuple[Thing, Holds], ...]:
        """Return the parts that some selector matches, each once, the surest answer first."""
        merged: dict[int, tuple[Thing, Holds]] = {}
        for select in selects:
            for thing, answer in self.of(select):
                if merged.get(id(thing), (thing, Holds.UNKNOWN))[1] is not Holds.YES:
                    merged[id(thing)] = (thing, answer)
        return tuple(merged.values())

    def _nearest(self, select: Select) -> str:
        from difflib import get_close_matches

        wanted = select.name or select.provider
        if wanted is None:
            return "correct the pattern, or remove the declaration"
        pools = ((seen.names if select.name else seen.provider_names) for _, seen in self._candidates)
        names = sorted({name for pool in pools for name in pool if name})
        near = get_close_matches(wanted.pattern, names, n=3, cutoff=0.4)
        known = ", ".join(near or names[:5])
        return f"the checked programs know {known}" if known else "no checked program has a resource to select"
