"""Rooms, racks and hosts: what placement rules and declared units say of where a part stands inside its site."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Condition
    from resilience_checks.topology.facts import FactBook

INSIDE = ("room", "rack", "host")
"""Kinds of places inside a site, each within the one before where that is declared."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A room, rack or host of a site in which a part stands where `when` holds; `around` are the places around it."""

    kind: str
    site: str
    key: str
    name: str
    when: Condition = ()
    around: tuple[tuple[str, str], ...] = ()


class Said(Protocol):
    """What says where something stands: a placement rule, a component or a unit."""

    @property
    def site(self) -> str | None:
        """The site."""

    @property
    def room(self) -> str | None:
        """A room of the site."""

    @property
    def rack(self) -> str | None:
        """A rack of the site."""

    @property
    def host(self) -> str | None:
        """A host of the site."""

    @property
    def location(self) -> Location:
        """The line that says it."""


class Enclosures:
    """Knows which rack stands in which room, and which host in which rack, wherever that is declared."""

    def __init__(self, declarations: Declarations, book: FactBook) -> None:
        """Join what all rules and units say."""
        self._book = book
        self._around: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        """(site, kind, name, outer kind) to the names of the outer places."""
        for said in (*declarations.placement, *_declared(declarations)):
            if said.site is not None:
                self._learn(said.site, said)

    def _learn(self, site: str, said: Said) -> None:
        names = {kind: getattr(said, kind) for kind in INSIDE}
        for number, kind in enumerate(INSIDE):
            for outer in INSIDE[:number]:
                if names[kind] is not None and names[outer] is not None:
                    self._around[(site, kind, names[kind], outer)].add(names[outer])

    def of(
        self,
        part: str,
        label: str,
        sites: Iterable[tuple[str, Condition]],
        rules: Sequence[tuple[Said, bool]],
    ) -> tuple[Spot, ...]:
        """Return every room, rack and host in which a part surely or possibly stands.

        `rules` are those about it, each with whether it surely is. Two of them that name different places
        contradict each other: the place is unknown.
        """
        spots: list[Spot] = []
        for site, when in sites:
            here = [(said, sure) for said, sure in rules if said.site in {site, None}]
            names = self._names(part, label, here)
            for kind in INSIDE:
                spots += self._spots(kind, site, when, names)
        return tuple(spots)

    def _names(
        self, part: str, label: str, rules: Sequence[tuple[Said, bool]]
    ) -> dict[str, tuple[tuple[str, Condition], ...]]:
        """Return for each kind the names that the rules give, each with the completions in which it is right."""
        found: dict[str, tuple[tuple[str, Condition], ...]] = {}
        for kind in INSIDE:
            said = {getattr(rule, kind): rule.location for rule, _ in reversed(rules) if getattr(rule, kind)}
            sure = {getattr(rule, kind) for rule, certain in rules if certain and getattr(rule, kind)}
            if len(sure) > 1:
                text = f"{label} cannot stand in {kind} {' and '.join(sorted(sure))}"
                self._book.contradict(part, text, *(said[name] for name in sure))
                found[kind] = self._either(part, kind, tuple(sorted(sure)), text, None)
            elif sure:
                found[kind] = ((next(iter(sure)), ()),)
            elif said:
                text = f"what names {label} is not known, so the rule that gives its {kind} may or may not match it"
                found[kind] = self._either(part, kind, (*sorted(said), "another"), text, next(iter(said.values())))
        return found

    def _either(
        self, part: str, kind: str, names: tuple[str, ...], why: str, location: Location | None
    ) -> tuple[tuple[str, Condition], ...]:
        fact = self._book.doubt(f"{kind} of {part}", names, why, "make the placement rules agree", location=location)
        return tuple((name, ((fact, name),)) for name in names if name != "another")

    def _spots(
        self,
        kind: str,
        site: str,
        when: Condition,
        names: Mapping[str, tuple[tuple[str, Condition], ...]],
    ) -> Iterable[Spot]:
        """Yield the places of one kind: named outright, else around a narrower place that is."""
        if kind in names:
            for name, condition in names[kind]:
                outer = {
                    other: names[other][0][0] for other in INSIDE if other != kind and len(names.get(other, ())) == 1
                }
                yield self._spot(site, kind, name, (*when, *condition), outer)
            return
        for narrower in INSIDE[INSIDE.index(kind) + 1 :]:
            if narrower not in names:
                continue
            for name, condition in names[narrower]:
                around = sorted(self._around[(site, narrower, name, kind)])
                if len(around) > 1:
                    text = f"{narrower} {name} of {site} is said to be in {kind} {' and in '.join(around)}"
                    pairs = self._either(f"{narrower} {name} of {site}", kind, tuple(around), text, None)
                    yield from (self._spot(site, kind, outer, (*when, *condition, *more), {}) for outer, more in pairs)
                elif around:
                    yield self._spot(site, kind, around[0], (*when, *condition), {})
            return

    def _spot(self, site: str, kind: str, name: str, when: Condition, said: Mapping[str, str]) -> Spot:
        around = [
            (outer, self._path(site, outer, place, said))
            for outer in INSIDE[: INSIDE.index(kind)]
            if (place := self._outer(site, kind, name, outer, said)) is not None
        ]
        key = self._path(site, kind, name, said)
        return Spot(kind, site, key, f"{name} of {key.rpartition('/')[0]}", when, tuple(around))

    def _outer(self, site: str, kind: str, name: str, outer: str, said: Mapping[str, str]) -> str | None:
        """Return the one place of an outer kind around it, None where nobody says or several are said."""
        if outer in said:
            return said[outer]
        around = self._around[(site, kind, name, outer)]
        return next(iter(around)) if len(around) == 1 else None

    def _path(self, site: str, kind: str, name: str, said: Mapping[str, str]) -> str:
        """Return the key of a place: racks of two rooms may bear one name, hosts of a site never do."""
        room = self._outer(site, kind, name, "room", said) if kind == "rack" else None
        return f"{site}/{room}/{name}" if room is not None else f"{site}/{name}"


def _declared(declarations: Declarations) -> Iterable[Said]:
    for component in declarations.components.values():
        yield component
        if isinstance(component.units, tuple):
            yield from component.units
