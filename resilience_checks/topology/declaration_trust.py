"""Declarations that may not ask less of services than others do, which are trusted."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from resilience_checks.model.location import Location
from resilience_checks.topology import declaration_references
from resilience_checks.topology.declaration_objects import build, settings
from resilience_checks.topology.declaration_problems import Problems
from resilience_checks.topology.declaration_source import Source
from resilience_checks.topology.declaration_strictness import HELD, weaker
from resilience_checks.topology.declaration_union import combined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from resilience_checks.topology.declaration_source import Data
    from resilience_checks.topology.declared import Declarations

_FACTS = (
    "sites", "links", "placement", "components", "backups", "copies", "tools", "domains", "consumers", "services",
    "likelihood",
)  # fmt: skip


def held(own: Declarations, trusted: Declarations, *, for_all: bool = False) -> Declarations:
    """Return what is declared, no service with a narrower scope, a higher tier, longer objectives or fewer consumers.

    With `for_all` the defaults of the trusted side hold for services as well that it does not name.
    """
    if trusted.source is None or own.source is None:
        return own
    floors = _Merging.of(own, trusted)
    defaults = _section(trusted.source.data, "service_defaults") if for_all else {}
    for name in _section(floors.into.data, "services"):
        theirs = _section(_section(floors.theirs.data, "services"), name) or defaults
        if theirs:
            floors.hold(name, theirs)
    return floors.built() if floors.changed else own


def missing(own: Declarations, trusted: Declarations) -> tuple[str, ...]:
    """Return the services that are declared on the trusted side alone."""
    there, here = (_section(side.source.data if side.source else None, "services") for side in (trusted, own))
    return tuple(name for name in there if name not in here)


def restored(own: Declarations, trusted: Declarations, services: Iterable[str], *, whole: bool = False) -> Declarations:
    """Return what is declared with these services of the trusted side, and what they refer to and nobody else declares.

    With `whole`, everything else that the trusted side declares is there too, where it is not declared already.
    """
    merging = _Merging.of(own, trusted)
    for name in services:
        merging.adopt("services", name)
        for key in HELD:
            merging.into.held.add(("services", name, key))
    if whole:
        merging.adopt_all()
    return merging.built()


def says_nothing(side: Declarations) -> bool:
    """Return whether a side declares services at the most, and nothing of what these stand on."""
    data = side.source.data if side.source is not None else None
    return not (isinstance(data, dict) and any(data.get(section) for section in _FACTS if section != "services"))


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is declared otherwise than on the trusted side: new, changed, or not any more."""

    section: str
    id: str
    how: str
    location: Location | None = None

    def __str__(self) -> str:
        """Return it in words."""
        return self.id if self.how == "new" else f"{self.id} ({self.how})"


def facts(own: Declarations, trusted: Declarations) -> tuple[Fact, ...]:
    """Return what is declared otherwise of what stands where: of services without what is asked of them."""
    here, there = (_expanded(side) for side in (own, trusted))
    return tuple(fact for section in _FACTS for fact in _differing(section, here, there))


def _differing(section: str, here: Source, there: Source) -> Iterator[Fact]:
    if section == "placement":
        rules, known = (_rules(side.data) for side in (here, there))
        new = [index for index, rule in enumerate(rules) if rule not in known]
        yield from (Fact(section, f"rule {index + 1}", "new", here.key((section, index))) for index in new)
        gone = sum(rule not in rules for rule in known)
        if gone:
            yield Fact(section, "1 rule" if gone == 1 else f"{gone} rules", "not any more")
        return
    left_out = {*HELD, "consumers"} if section == "services" else set()
    one, other = _section(here.data, section), _section(there.data, section)
    for name in dict.fromkeys((*one, *other)):
        mine, theirs = _without(one.get(name), left_out), _without(other.get(name), left_out)
        if name not in one and section == "services":
            continue  # it counts as it is trusted
        if name not in one:
            yield Fact(section, name, "not any more")
        elif name not in other:
            yield Fact(section, name, "new", here.key((section, name)))
        elif mine != theirs:
            yield Fact(section, name, "changed", here.key((section, name)))


def _without(item: Data, keys: set[str]) -> Data:
    return {key: value for key, value in item.items() if key not in keys} if isinstance(item, dict) else item


class _Merging:
    """What is declared while parts of the trusted side are taken over."""

    def __init__(self, own: Declarations, into: Source, theirs: Source) -> None:
        self.own, self.into, self.theirs = own, into, theirs
        self.changed = False

    @classmethod
    def of(cls, own: Declarations, trusted: Declarations) -> _Merging:
        theirs = _expanded(trusted)
        return cls(own, _expanded(own) if own.source is not None else Source(theirs.path, {"version": 1}), theirs)

    def hold(self, name: str, theirs: dict[str, Data]) -> None:
        """Let one service be held to what the trusted side asks of it."""
        mine = _section(_section(self.into.data, "services"), name)
        for key in HELD:
            if theirs.get(key) is not None:
                path = ("services", name, key)
                self.into.held.add(path)
                self.into.defaults.discard(path)
                self.changed = True
                if weaker(key, mine.get(key), theirs[key]):
                    mine[key] = theirs[key]
        consumers = [*_listed(mine.get("consumers"))]
        more = [one for one in _listed(theirs.get("consumers")) if one not in consumers]
        if more:
            mine["consumers"] = [*consumers, *more]
            self.into.defaults.discard(("services", name, "consumers"))
            self.changed = True

    def adopt(self, section: str, name: str) -> None:
        """Take over one thing of the trusted side; its line is its own where the file is gone, else where it should be."""
        item = _section(self.theirs.data, section).get(name)
        assert isinstance(self.into.data, dict)
        known = self.into.data.setdefault(section, {})
        assert isinstance(known, dict)
        known[name] = copy.deepcopy(item)
        if self.own.path is None:
            for places, into in ((self.theirs.keys, self.into.keys), (self.theirs.values, self.into.values)):
                into.update({path: at for path, at in places.items() if path[:2] == (section, name)})
        else:
            self.into.values[section, name] = self.into.keys.get((section,)) or Location(self.own.path, 1)

    def adopt_all(self) -> None:
        """Take over everything that is not declared."""
        for section in _FACTS:
            if section != "placement":
                for name in _section(self.theirs.data, section):
                    if name not in _section(self.into.data, section):
                        self.adopt(section, name)
        assert isinstance(self.into.data, dict)
        rules = [*_rules(self.into.data)]
        for index, rule in enumerate(_rules(self.theirs.data)):
            if rule not in rules:
                self.into.values["placement", len(rules)] = self.theirs.key(("placement", index))
                rules.append(copy.deepcopy(rule))
        if rules:
            self.into.data["placement"] = rules

    def built(self) -> Declarations:
        """Return what is declared now, together with what is referred to and declared on the trusted side alone."""
        self._complete()
        problems = Problems()
        declaration_references.hold(self.into, problems)
        made = (settings if problems.found else build)(self.into, self.own.digest)
        kept = {
            key: getattr(self.own, key) for key in ("policies", "policy_set", "stacks", "catalogue", "policy_packs")
        }
        return replace(made, path=self.own.path or self.theirs.path, **kept)

    def _complete(self) -> None:
        asked: set[tuple[str, str]] = set()
        while True:
            found = {
                (section, name)
                for sections, name in declaration_references.lacking(self.into.data)
                for section in sections
                if name in _section(self.theirs.data, section)
            } - asked
            if not found:
                return
            asked |= found
            for section, name in sorted(found):
                self.adopt(section, name)


def _expanded(side: Declarations) -> Source:
    """Return the data of all files of a side, each service with its defaults."""
    return combined([side.source]) if side.source is not None else Source("", {})


def _section(data: Data, name: str) -> dict[str, Data]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _rules(data: Data) -> list[Data]:
    found = data.get("placement") if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _listed(value: Data) -> list[Data]:
    return value if isinstance(value, list) else [] if value is None else [value]
