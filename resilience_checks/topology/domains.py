"""Failure domains: what one fault takes down together, from places, keys that programs share, and declarations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.model.question import FaultKind, Holds, Step
from resilience_checks.model.values import Reason
from resilience_checks.topology.control_planes import KIND as CONTROL_PLANE
from resilience_checks.topology.drafts import BAD_CHANGE, OUTAGE, Drafts
from resilience_checks.topology.estate import Condition, Member
from resilience_checks.topology.hosts import SharedHosts
from resilience_checks.topology.membership import how_joined, joining, key_of
from resilience_checks.topology.place_domains import PlaceDomains
from resilience_checks.topology.things import PROVIDER, Thing, Things, holds

if TYPE_CHECKING:
    from resilience_checks.catalogue.entries import CommonCause
    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.parts import Parts

_OWN = "its own"


class Domains:
    """Collects every failure domain of the estate."""

    def __init__(
        self, things: Things, parts: Parts, declarations: Declarations, catalogue: Catalogue, book: FactBook
    ) -> None:
        """Start without any."""
        self._things, self._parts, self._declarations, self._book = things, parts, declarations, book
        self._catalogue = catalogue
        self.drafts = Drafts()

    def draw(self) -> None:
        """Draw every domain that programs and places show."""
        self._own_faults()
        PlaceDomains(self.drafts, self._parts, self._declarations, self._book).draw()
        SharedHosts(self._things, self._parts, self._book).draw(self.drafts)
        self._common_causes()
        self._unknown_causes()
        self._providers_and_stacks()

    def _own_faults(self) -> None:
        for part, kind in self._parts.faults.items():
            found = self._parts.all[part]
            key = self._parts.own_key(part)
            faults = (*OUTAGE, *BAD_CHANGE) if kind == CONTROL_PLANE else OUTAGE
            draft = self.drafts.get(kind, key, key if kind == "link" else found.label, faults)
            draft.members[Member(part, self._parts.restarted.get(part, ()))] = None
            draft.exists = self._as_one(part)
            if found.location is not None:
                draft.joined.append((Step(found.label, found.location), found.urn))

    def _as_one(self, part: str) -> Condition:
        """Return when the part fails as a whole: of a type that nobody describes, that is not known."""
        thing = self._parts.things.get(part)
        if thing is None or thing.entry.counted:
            return ()
        why = f"the catalogue does not know {thing.entry.token}, so nobody says whether {thing.label} fails as one"
        remedy = "add a catalogue entry for its type, or declare a component that selects it, with its `units`"
        if thing.entry.token not in self._things.unknown:
            why = f"whether {thing.label} runs on one machine that fails as a whole, or on many, shows in no input"
            remedy = "declare a component that selects it, with its `units`"
        return ((self._book.doubt(f"{thing.id} as one", ("one", "many"), why, remedy, location=thing.location), "one"),)

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
        draft = self.drafts.get(cause.kind, key, name, tuple(FaultKind(fault) for fault in cause.faults))
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
        known = sorted(key for key, draft in self.drafts.all.items() if draft.kind == cause.kind and not draft.exists)
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
                self.drafts.all[key].members[Member(part, ((fact, key),))] = None
            own = self.drafts.get(cause.kind, f"unknown, of {part}", f"of {part} (not known)", faults)
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
            draft = self.drafts.get("management-plane", token, token, BAD_CHANGE)
            draft.exists = ((fact, "yes"),)
            draft.members.update(dict.fromkeys(Member(part) for part in devices))

    def _providers_and_stacks(self) -> None:
        for part, thing in self._parts.things.items():
            device = thing if thing.entry.token.startswith(PROVIDER) else thing.device
            if device is not None and device.source is not None:
                key = device.natural or device.logical_name
                kind = self._catalogue.provider(device.entry.package).kind
                draft = self.drafts.get(kind, key, key, BAD_CHANGE)
                draft.members[Member(part)] = None
                draft.joined.append((Step(f"{thing.label} is set through it", thing.location), thing.urn))
            stack = thing.graph.name
            whole = self.drafts.get("deployment", stack, stack, BAD_CHANGE)
            whole.members[Member(part)] = None
            whole.joined = [(Step(f"stack {stack}", thing.graph.project_file), None)]


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
