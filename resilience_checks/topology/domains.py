"""Failure domains: what one fault takes down together, from places, keys that programs share, and declarations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Holds, Step
from resilience_checks.model.values import Reason
from resilience_checks.topology.estate import Condition, Domain, Member
from resilience_checks.topology.membership import HIDDEN, how_joined, joining, key_of
from resilience_checks.topology.placement import ELSEWHERE, NO_PLACE
from resilience_checks.topology.things import PROVIDER, Thing, Things, holds

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import CommonCause
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts

OUTAGE, BAD_CHANGE = (FaultKind.OUTAGE,), (FaultKind.BAD_CHANGE,)
_OWN = "its own"
_MANY = 10_000
"""Memberships of doubtful places beyond which they are kept once instead of once for each place."""


@dataclass(slots=True)
class _Draft:
    """A domain while members join it."""

    kind: str
    name: str
    faults: tuple[FaultKind, ...]
    members: dict[Member, None] = field(default_factory=dict)
    exists: Condition = ()
    encloses: dict[str, None] = field(default_factory=dict)
    joined: list[tuple[Step, str | None]] = field(default_factory=list)
    reason: Reason | None = None


class Domains:
    """Collects every failure domain of the estate."""

    def __init__(
        self, things: Things, parts: Parts, declarations: Declarations, catalogue: Catalogue, book: FactBook
    ) -> None:
        """Start without any."""
        self._things, self._parts, self._declarations, self._book = things, parts, declarations, book
        self._catalogue = catalogue
        self._drafts: dict[str, _Draft] = {}

    def draw(self) -> dict[str, Domain]:
        """Return every domain under its id, its primary line that of the last that joined it."""
        self._own_faults()
        self._sites()
        self._regions()
        self._common_causes()
        self._unknown_causes()
        self._providers_and_stacks()
        return {domain.id: domain for domain in map(_finished, self._drafts, self._drafts.values()) if domain.members}

    def draft(self, kind: str, key: str, name: str, faults: tuple[FaultKind, ...]) -> _Draft:
        """Return the domain of this kind and key, a new one at first."""
        return self._drafts.setdefault(f"{kind}:{key}", _Draft(kind, name, faults))

    def _own_faults(self) -> None:
        for part, kind in self._parts.faults.items():
            found = self._parts.all[part]
            key = self._parts.own_key(part)
            draft = self.draft(kind, key, key if kind == "link" else found.label, OUTAGE)
            draft.members[Member(part)] = None
            if found.location is not None:
                draft.joined.append((Step(found.label, found.location), found.urn))

    def _sites(self) -> None:
        for part, place in self._parts.places.items():
            for site, when in place.sites:
                self._stands(part, "site", site, when, place.root)
        for declared in self._declarations.sites.values():
            draft = self._drafts.get(f"site:{declared.id}")
            if draft is not None:
                draft.joined = [(Step(f"site {declared.id}", declared.location), None)]
        self._doubtful_neighbours("site")

    def _stands(self, part: str, kind: str, place: str, when: Condition, root: str | None) -> None:
        if place == NO_PLACE:
            return
        found = self._parts.all[part]
        if place == ELSEWHERE:
            draft = self.draft(kind, f"unknown place of {root}", f"the unknown {kind} of {root}", OUTAGE)
            draft.exists = when
        else:
            draft = self.draft(kind, place, place, OUTAGE)
        draft.members[Member(part, when)] = None
        if part in self._parts.faults and not when:
            draft.encloses[self._parts.own_domain(part)] = None
        if found.location is not None and not when:
            draft.joined.append((Step(f"{found.label} stands there", found.location), found.urn))

    def _doubtful_neighbours(self, kind: str) -> None:
        """Parts whose places are all unknown may stand together: each such place may hit the others as well.

        Where they are many, one further place that exists only then hits them all: it loses what each would lose.
        """
        unknown = {key: draft for key, draft in self._drafts.items() if draft.exists and draft.kind == kind}
        if len(unknown) <= 1:
            return
        why = f"{len(unknown)} {kind}s are not known, and may be one"
        fact = self._book.doubt(
            f"unknown {kind}s are one", ("no", "yes"), why, f"declare each {kind} in resilience.yaml"
        )
        everyone = [member for draft in unknown.values() for member in draft.members if member.when]
        if len(unknown) * len(everyone) > _MANY:
            one = self.draft(kind, "unknown places that are one", f"the {kind}s that are not known, if one", OUTAGE)
            one.exists = ((fact, "yes"),)
            one.members = {Member(member.part, (*member.when, (fact, "yes"))): None for member in everyone}
            return
        for draft in unknown.values():
            own = set(draft.members)
            for member in everyone:
                if member not in own:
                    draft.members[Member(member.part, (*member.when, (fact, "yes")))] = None

    def _regions(self) -> None:
        sites = self._declarations.sites
        known = tuple(sorted({site.region for site in sites.values() if site.region is not None}))
        for part, place in self._parts.places.items():
            for region, when in place.regions:
                self._stands(part, "region", region, when, place.root)
            for name, when in place.sites:
                site = sites.get(name)
                if site is None:
                    self._stands(part, "region", ELSEWHERE, when, place.root)
                elif site.region is not None:
                    self._stands(part, "region", site.region, when, place.root)
                else:
                    self._in_unknown_region(part, site.id, when, known)
        for site in sites.values():
            draft = self._drafts.get(f"region:{site.region}")
            if draft is not None and f"site:{site.id}" in self._drafts:
                draft.encloses[f"site:{site.id}"] = None
                draft.joined.append(
                    (Step(f"site {site.id} is in {site.region}", site.at.get("region", site.location)), None)
                )
        self._doubtful_neighbours("region")

    def _in_unknown_region(self, part: str, site: str, when: Condition, known: tuple[str, ...]) -> None:
        declared = self._declarations.sites[site]
        values = declared.regions or ((*known, ELSEWHERE) if known else (ELSEWHERE, NO_PLACE))
        why = f"the region of site {site} is not declared"
        if declared.regions:
            why = f"the region of site {site} is declared as {' and as '.join(declared.regions)}"
        fact = self._book.doubt(
            f"region of site {site}", values, why, f"declare `region` of {site}", location=declared.location
        )
        for value in values:
            self._stands(part, "region", value, (*when, (fact, value)), f"site {site}")

    def _common_causes(self) -> None:
        unseen: dict[tuple[str, object], list[tuple[Thing, CommonCause, str]]] = defaultdict(list)
        for thing in self._things.all:
            for cause in thing.entry.domains:
                for holder, part, when in joining(self._things, thing, cause, self._book):
                    applies = _both(
                        holds(holder, cause.when), _negated(holds(holder, cause.unless)) if cause.unless else Holds.YES
                    )
                    if part not in self._parts.all or applies is Holds.NO:
                        continue
                    if any(holder.value(path) is None for path in cause.needs):
                        continue
                    self._join(holder, cause, part, applies, unseen, when)
        for group in unseen.values():
            self._unknown_keys(group)

    def _join(
        self,
        thing: Thing,
        cause: CommonCause,
        part: str,
        applies: Holds,
        unseen: dict[tuple[str, object], list[tuple[Thing, CommonCause, str]]],
        when: Condition,
    ) -> None:
        key = key_of(self._things, thing, cause)
        if key is None:
            unseen[(cause.kind, _scope(thing, cause))].append((thing, cause, part))
            return
        if applies is Holds.UNKNOWN:
            why = f"whether {thing.label} joins its {cause.kind} depends on an input that is not known"
            fact = self._book.doubt(
                f"{part} joins {cause.kind}",
                ("yes", "no"),
                why,
                "give the input in the stack's configuration",
                location=thing.location,
            )
            when = (*when, (fact, "yes"))
        name = thing.natural or key if cause.members else key
        draft = self.draft(cause.kind, key, name, tuple(FaultKind(fault) for fault in cause.faults))
        draft.members[Member(part, when)] = None
        draft.joined.append((Step(how_joined(thing, cause, self._parts.all[part].label), thing.location), thing.urn))
        draft.reason = draft.reason or Reason(
            f"equal {' and '.join(cause.key)}" if cause.key else f"listed by {thing.label}",
            location=thing.location,
            source=cause.source,
        )

    def _unknown_keys(self, group: list[tuple[Thing, CommonCause, str]]) -> None:
        """Each member has its own event in every completion; one that is shared hits all, or joins a known group."""
        first, cause, _ = group[0]
        faults = tuple(FaultKind(fault) for fault in cause.faults)
        known = sorted(key for key, draft in self._drafts.items() if draft.kind == cause.kind and not draft.exists)
        shared = None
        if len(group) > 1:
            why = f"{' and '.join(cause.key)} of {len(group)} resources are not known, and may be equal"
            shared = self._book.doubt(
                f"unknown {cause.kind}s are one",
                ("no", "yes"),
                why,
                "give the input in the stack's configuration",
                location=first.location,
            )
        for thing, _, part in group:
            why = f"{' and '.join(cause.key)} of {thing.label} is not known"
            values = (*known, _OWN) if known else (_OWN, "of no account")
            fact = self._book.doubt(
                f"{cause.kind} of {part}",
                values,
                why,
                "give the input in the stack's configuration",
                location=thing.location,
            )
            for key in known:
                self._drafts[key].members[Member(part, ((fact, key),))] = None
            own = self.draft(cause.kind, f"unknown, of {part}", f"the unknown {cause.kind} of {part}", faults)
            own.exists = ((fact, _OWN),)
            own.members[Member(part, ((fact, _OWN),))] = None
            own.joined.append((Step(f"{thing.label} joins it", thing.location), thing.urn))
            for _, _, other in group:
                if shared is not None and other != part:
                    own.members[Member(other, ((shared, "yes"),))] = None

    def _unknown_causes(self) -> None:
        """Let a type that the catalogue does not know, set on several devices, be what they may share."""
        carriers: dict[str, dict[str, Thing]] = defaultdict(dict)
        for graph, resource in self._things.foreign:
            device = self._things.at(graph, resource.provider) if resource.provider else None
            if device is not None and device.id in self._parts.all:
                carriers[resource.type].setdefault(device.id, device)
        for token, devices in carriers.items():
            if len(devices) == 1:
                continue
            first = next(iter(devices.values()))
            why = f"the catalogue does not know {token}, which is set on {len(devices)} devices: it may be what they share"
            remedy = "add a catalogue entry for the type (`configures: provider` if it joins nothing)"
            fact = self._book.doubt(f"{token} joins devices", ("no", "yes"), why, remedy, location=first.location)
            draft = self.draft("management-plane", token, token, BAD_CHANGE)
            draft.exists = ((fact, "yes"),)
            draft.members.update(dict.fromkeys(Member(part) for part in devices))

    def _providers_and_stacks(self) -> None:
        for part, thing in self._parts.things.items():
            device = thing if thing.entry.token.startswith(PROVIDER) else thing.device
            if device is not None and device.source is not None:
                key = device.natural or device.logical_name
                kind = self._catalogue.provider(device.entry.package).kind
                draft = self.draft(kind, key, key, BAD_CHANGE)
                draft.members[Member(part)] = None
                draft.joined.append((Step(f"{thing.label} is set through it", thing.location), thing.urn))
            stack = thing.graph.name
            whole = self.draft("deployment", stack, stack, BAD_CHANGE)
            whole.members[Member(part)] = None
            whole.joined = [(Step(f"stack {stack}", thing.graph.project_file), None)]


def _finished(key: str, draft: _Draft) -> Domain:
    last = next((pair for pair in reversed(draft.joined) if pair[0].location is not None), None)
    steps = tuple(dict.fromkeys(step for step, _ in draft.joined))
    name = draft.name
    if HIDDEN in key:
        name = f"hidden, of {min((member.part for member in draft.members), default='')}"
        key = f"{draft.kind}:{name}"
    return Domain(
        id=key,
        kind=draft.kind,
        name=name,
        faults=draft.faults,
        members=tuple(draft.members),
        exists=draft.exists,
        encloses=tuple(draft.encloses),
        primary=last[0].location if last else None,
        urn=last[1] if last else None,
        joined=steps,
        reason=draft.reason,
    )


def _scope(thing: Thing, cause: CommonCause) -> object:
    if cause.scope == "provider":
        return id(thing.device or thing)
    return id(thing.graph) if cause.scope == "stack" else None


def _both(one: Holds, other: Holds) -> Holds:
    if Holds.NO in (one, other):
        return Holds.NO
    return Holds.UNKNOWN if Holds.UNKNOWN in (one, other) else Holds.YES


def _negated(answer: Holds) -> Holds:
    return {Holds.YES: Holds.NO, Holds.NO: Holds.YES, Holds.UNKNOWN: Holds.UNKNOWN}[answer]
