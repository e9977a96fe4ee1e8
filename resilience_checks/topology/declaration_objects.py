"""Builds declared objects from data that has already been found valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.likelihood import Likelihood
from resilience_checks.model.question import FaultKind
from resilience_checks.topology import declared
from resilience_checks.topology.declaration_aids import copy, tool
from resilience_checks.topology.declaration_at import At
from resilience_checks.topology.declaration_means import backup, capacity, figures, never, tested, watch
from resilience_checks.topology.declaration_settings import own, policies, policy_set, stacks
from resilience_checks.topology.declared import Named, Sort
from resilience_checks.topology.gates import Nature
from resilience_checks.topology.selectors import Glob, Select, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.topology.declaration_source import Source
    from resilience_checks.topology.declared import Reference


def build(source: Source, digest: str) -> declared.Declarations:
    """Return everything that a valid file declares."""
    top = At(source, (), source.data)
    defaults, sorts = top["service_defaults"], _sorts(top)
    return declared.Declarations(
        path=source.path,
        digest=digest,
        sites={item.id: _site(item) for item in top["sites"].members()},
        links={item.id: _link(item) for item in top["links"].members()},
        placement=tuple(_placement(item) for item in top["placement"]),
        backups={item.id: backup(item, lambda at: reference(at, sorts)) for item in top["backups"].members()},
        components={item.id: _Component(item, sorts).build() for item in top["components"].members()},
        copies={item.id: copy(item, lambda at: reference(at, sorts)) for item in top["copies"].members()},
        tools={item.id: tool(item, lambda at: reference(at, sorts)) for item in top["tools"].members()},
        domains={item.id: _domain(item, _members(top)) for item in top["domains"].members()},
        consumers={item.id: _consumer(item) for item in top["consumers"].members()},
        services={item.id: _service(item, defaults, sorts) for item in top["services"].members()},
        likely={item.id: _all_faults(item) for item in top["likelihood"].members()},
        policies={item.id: policies(item) for item in top["policies"].members()},
        policy_set=policy_set(top["policy_set"]),
        stacks=stacks(top["stacks"]),
        catalogue=own(top["catalogue"]),
        policy_packs=own(top["policy_packs"]),
        source=source,
    )


def settings(source: Source, digest: str) -> declared.Declarations:
    """Return only what a valid file says of policies and stacks: the rest refers to what it does not declare itself."""
    top = At(source, (), source.data)
    return declared.Declarations(
        path=source.path,
        digest=digest,
        policies={item.id: policies(item) for item in top["policies"].members()},
        policy_set=policy_set(top["policy_set"]),
        stacks=stacks(top["stacks"]),
        catalogue=own(top["catalogue"]),
        policy_packs=own(top["policy_packs"]),
        source=source,
        dangling=True,
    )


def _sorts(top: At) -> Mapping[str, Sort]:
    components = {item.id: Sort.COMPONENT for item in top["components"].members()}
    return components | {item.id: Sort.SERVICE for item in top["services"].members()}


def _members(top: At) -> Mapping[str, Sort]:
    """Return what each id means as a member of a failure domain; none means two things there."""
    sections = {"sites": Sort.SITE, "links": Sort.LINK, "domains": Sort.DOMAIN}
    others = {item.id: sort for section, sort in sections.items() for item in top[section].members()}
    return {**others, **_sorts(top)}


def select(at: At) -> Select:
    """Return a selector; a plain text is a pattern of names."""
    if isinstance(at.value, str):
        return Select(at.location, name=Glob(at.value))

    def glob(key: str) -> Glob | None:
        return Glob(at.value[key]) if key in at else None

    return Select(
        at.location,
        urn=glob("urn"),
        type=glob("type"),
        name=glob("name"),
        provider=glob("provider"),
        tags=_pairs(at["tag"]),
        properties=_pairs(at["property"]),
        resources=at["resource"].strings,
    )


def reference(at: At, sorts: Mapping[str, Sort]) -> Reference:
    """Return what an id, which may be any of `sorts`, or a mapping with a select or an id refers to."""
    if isinstance(at.value, str):
        return Named(at.value, sorts[at.value], at.source.value(at.path))
    if "select" in at:
        return select(at["select"])
    sort = next(sort for sort in Sort if sort in at)
    return Named(at[sort].value, sort, at.source.value((*at.path, sort)))


def _pairs(at: At) -> tuple[tuple[str, Glob], ...]:
    return tuple((item.id, Glob(text(item.value) or "")) for item in at.members())


def _component_id(at: At) -> Named:
    return Named(at.value, Sort.COMPONENT, at.source.value(at.path))


def _likely(at: At) -> declared.Likely | None:
    return None if at.value is None else _all_faults(at)


def _all_faults(at: At) -> declared.Likely:
    """Return the class of each fault; one class alone is that of all of them."""
    given = at.value if isinstance(at.value, dict) else dict.fromkeys(FaultKind, at.value)
    classes = {FaultKind(fault): Likelihood(found) for fault, found in given.items()}
    return declared.Likely(classes, at.location)


def _site(at: At) -> declared.Site:
    coordinates = at["coordinates"].value
    return declared.Site(
        id=at.id,
        location=at.location,
        region=at["region"].value,
        coordinates=None if coordinates is None else (float(coordinates[0]), float(coordinates[1])),
        building=at["building"].value,
        campus=at["campus"].value,
        hazards=at["hazards"].strings,
        aliases=at["aliases"].strings,
        perimeter=_perimeter(at["perimeter"]),
        domains=at["domains"].strings,
        likely=_likely(at["likelihood"]),
        at=at.lines,
    )


def _perimeter(at: At) -> declared.Perimeter | None:
    if at.value is None:
        return None
    components = () if at.value == "none" else tuple(_component_id(item) for item in at)
    return declared.Perimeter(components, at.location)


def _link(at: At) -> declared.Link:
    ends = at["to"].strings or at["between"].strings
    return declared.Link(
        id=at.id,
        location=at.location,
        ends=ends,
        carrier=at["carrier"].value,
        domains=at["domains"].strings,
        likely=_likely(at["likelihood"]),
        at=at.lines,
    )


def _placement(at: At) -> declared.Placement:
    return declared.Placement(
        location=at.location,
        match=select(at["match"]),
        site=at["site"].value,
        room=at["room"].value,
        rack=at["rack"].value,
        host=at["host"].value,
        at=at.lines,
    )


def _domain(at: At, sorts: Mapping[str, Sort]) -> declared.Domain:
    members = tuple(_member(item, sorts) for item in at["members"])
    faults = tuple(FaultKind(fault) for fault in at["faults"].strings)
    return declared.Domain(
        id=at.id,
        location=at.location,
        kind=at["kind"].value,
        faults=faults,
        members=members,
        likely=_likely(at["likelihood"]),
        at=at.lines,
    )


def _member(at: At, sorts: Mapping[str, Sort]) -> Reference:
    if isinstance(at.value, str):
        return Named(at.value, sorts[at.value], at.source.value(at.path))
    if "select" in at:
        return select(at["select"])
    named = next((sort for sort in Sort if sort in at), None)
    return select(at) if named is None else Named(at[named].value, named, at.source.value((*at.path, named)))


def _consumer(at: At) -> declared.Consumer:
    access = at["access"]
    if isinstance(access.value, dict):
        access = access["any-of"]
    return declared.Consumer(
        id=at.id,
        location=at.location,
        kind=at["kind"].value,
        access=None if access.value is None else access.strings,
        critical=bool(at["critical"].value),
        at=at.lines,
    )


def _service(at: At, defaults: At, sorts: Mapping[str, Sort]) -> declared.Service:
    def given(key: str) -> At:
        return at[key] if key in at else defaults[key] if key in defaults else at[key]

    scope = given("scope").value
    peaks = [part["peak"] for part in (defaults, at) if "peak" in part]
    return declared.Service(
        id=at.id,
        location=at.location,
        entry=entry(given("entry")),
        scope=None if scope is None else declared.Scope(scope),
        tier=_whole(given("tier").value),
        rto=given("rto").seconds,
        rpo=given("rpo").seconds,
        consumers=given("consumers").strings,
        needs=tuple(reference(need, sorts) for need in given("needs")),
        peak=figures(peaks),
        purpose=given("purpose").value,
        copied=given("copy").value != "none",
        restores=None if given("restores").value is None else given("restores").strings,
        at={**(defaults.lines if defaults.value else {}), **at.lines},
    )


def entry(at: At) -> declared.Entry:
    """Return a service's entry."""
    if isinstance(at.value, str):
        return declared.Entry(_component_id(at), at.location)
    to: Reference = select(at["select"]) if "select" in at else _component_id(at["component"])
    return declared.Entry(to, at.location, at["pools"].strings)


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


@dataclass(frozen=True, slots=True)
class _Component:
    """One component, whose references may name any of `sorts`."""

    at: At
    sorts: Mapping[str, Sort]

    def build(self) -> declared.Component:
        at = self.at
        return declared.Component(
            id=at.id,
            location=at.location,
            role=at["role"].value,
            select=tuple(select(item) for item in at["select"]),
            units=_units(at["units"]),
            site=at["site"].value,
            any_of=self._edges(at["any-of"]),
            requires=self._edges(at["requires"]),
            at_least=self._at_least(at["at-least"]),
            quorum=self._quorum(at["quorum"]),
            failover=self._failover(at["failover"]),
            replication=_replication(at["replication"]),
            room=at["room"].value,
            rack=at["rack"].value,
            host=at["host"].value,
            capacity=capacity(at["capacity"]),
            likely=_likely(at["likelihood"]),
            at=at.lines,
        )

    def _reference(self, at: At) -> Reference:
        return reference(at, self.sorts)

    def _edges(self, at: At) -> tuple[declared.Edge, ...]:
        return tuple(declared.Edge(self._reference(item), _nature(item), _to_start(item)) for item in at)

    def _at_least(self, at: At) -> declared.AtLeast | None:
        return None if at.value is None else declared.AtLeast(int(at["k"].value), self._edges(at["of"]), at.location)

    def _quorum(self, at: At) -> declared.Quorum | None:
        if at.value is None:
            return None
        voters = tuple(self._voter(item) for item in at["voters"])
        return declared.Quorum(voters, at.location, bool(at["recounted"].value))

    def _voter(self, at: At) -> declared.Voter:
        to = None if "site" in at else self._reference(at)
        return declared.Voter(at.location, to, at["site"].value, _whole(at["votes"].value) or 1)

    def _failover(self, at: At) -> declared.Failover | None:
        if at.value is None:
            return None
        return declared.Failover(
            location=at.location,
            primary=self._reference(at["primary"]),
            standby=tuple(self._reference(item) for item in at["standby"]),
            replication=_replication(at["replication"]),
            mover=self._mover(at["mover"]),
            at=at.lines,
        )

    def _mover(self, at: At) -> declared.Mover | None:
        if at.value is None:
            return None
        checks = watch(at["detect"])
        return declared.Mover(
            location=at.location,
            mode=declared.MoverMode(at["mode"].value),
            needs=tuple(self._reference(item) for item in at["needs"]),
            detect=at["detect"].seconds if checks is None else checks[0] * checks[1],
            decide=at["decide"].seconds,
            promote=at["promote"].seconds,
            ttl=at["ttl"].seconds,
            reconcile=at["reconcile"].seconds,
            watch=checks,
            tested=tested(at["tested"]),
            never_tested=never(at["tested"]),
            at=at.lines,
        )


def _nature(at: At) -> Nature:
    return Nature(at["nature"].value) if "nature" in at else Nature.NEED


def _to_start(at: At) -> bool:
    return "start" not in at or at["start"].value is not False


def _units(at: At) -> int | tuple[declared.Unit, ...] | None:
    if isinstance(at.value, list):
        return tuple(_unit(item) for item in at)
    return _whole(at.value)


def _unit(at: At) -> declared.Unit:
    inside = {key: at[key].value for key in ("name", "room", "rack", "host")}
    return declared.Unit(at["site"].value, at.location, **inside)


def _replication(at: At) -> declared.Replication | None:
    if at.value is None:
        return None
    mode = declared.ReplicationMode(at["mode"].value)
    return declared.Replication(at.location, mode, at["lag"].seconds, at["over"].strings, at.lines)
