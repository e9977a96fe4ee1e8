"""From the data of a catalogue file to its entries; the data has been held against schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.basic_data import condition, paths, several, sure_target, target
from resilience_checks.catalogue.copies_data import backup, copies
from resilience_checks.catalogue.entries import (
    CommonCause,
    Edge,
    Entry,
    Instances,
    Join,
    Mover,
    Name,
    OneBy,
    PackageEntry,
    Placement,
    ProviderEntry,
    Selects,
    Target,
    Term,
    Zones,
)
from resilience_checks.catalogue.host_data import apart, hosted, restarts, scheduled, units
from resilience_checks.catalogue.provider_entries import ControlPlane, Locations, Spelling, ZonalRegions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _edge(data: Mapping[str, Any]) -> Edge:
    k, first = data.get("k", {}), data.get("first", {})
    return Edge(
        gate=data["gate"],
        nature=data.get("nature", "need"),
        local=data.get("local", False),
        to=target(data.get("to")),
        when=condition(data.get("when")),
        unless=condition(data.get("unless")),
        group=data.get("group", "members"),
        each=data.get("each"),
        skip=condition(data.get("skip")),
        k_from=k.get("from"),
        k_default=k.get("default", 1),
        k_when=condition(k.get("when")),
        k_unless=condition(k.get("unless")),
        first_by=first.get("by"),
        first_when=condition(first.get("when")),
        incomplete=data.get("incomplete", False),
        primary=target(data.get("primary")),
        standby=target(data.get("standby")),
        lag=data.get("replication", {}).get("lag"),
    )


def _term(data: Mapping[str, Any]) -> Term:
    times = data.get("times", {})
    return Term(
        name=data["name"],
        path=data.get("from"),
        of=target(data.get("of")),
        only_of=data.get("only-of", False),
        default=data.get("default"),
        unit=data.get("unit", "s"),
        plus=data.get("plus", 0.0),
        times_from=times.get("from"),
        times_default=times.get("default") if times else 1.0,
        times_plus=times.get("plus", 0.0),
        times_less=times.get("less"),
        source=data.get("source"),
    )


def _mover(data: Mapping[str, Any] | None) -> Mover | None:
    if data is None:
        return None
    return Mover(
        when=condition(data.get("when")),
        requires=tuple(data.get("requires", ())),
        watched=target(data.get("watched-by")),
        run_by=data.get("run-by"),
        terms=tuple(_term(term) for term in data.get("terms", ())),
        source=data.get("source"),
    )


def _name(data: Mapping[str, Any]) -> Name:
    return Name(
        data["as"],
        tuple(data["from"]),
        data.get("join", ":"),
        data.get("scope", "stack"),
        data.get("strip"),
        target(data.get("of")),
    )


def _common_cause(data: Mapping[str, Any]) -> CommonCause:
    return CommonCause(
        kind=data["kind"],
        key=tuple(data.get("key", ())),
        faults=tuple(data["faults"]),
        needs=tuple(data.get("needs", ())),
        scope=data.get("scope", "estate"),
        when=condition(data.get("when")),
        unless=condition(data.get("unless")),
        of=target(data.get("of")),
        members=target(data.get("members")),
        source=data.get("source"),
    )


def _placement(data: object) -> Placement | None:
    if not isinstance(data, dict):
        return None
    inside, region, paired = tuple(data.get("in", ())), tuple(data.get("region", ())), data.get("paired")
    only = paired if isinstance(paired, dict) else {"source": paired}
    return Placement(
        data.get("site"),
        inside,
        region,
        only["source"],
        _zones(data.get("zones")),
        data.get("replicas"),
        condition(only.get("when")),
        condition(only.get("unless")),
        tuple(data.get("also", ())),
    )


def _zones(data: Mapping[str, Any] | None) -> Zones | None:
    if data is None:
        return None
    when = condition(data["when"]) if "when" in data else None
    return Zones(
        source=data["source"],
        strip=data.get("strip"),
        named=paths(data.get("from")),
        of=paths(data.get("of")),
        count=_instances(data.get("count")),
        when=when,
        least=data.get("at-least", 2),
        decided=data.get("decided-by"),
        alone=data.get("alone"),
        unnamed=data.get("unnamed") == "unknown",
        single=data.get("single", False),
        together=paths(data.get("with")),
        one_when=condition(data.get("one-when")),
        unknown_when=condition(data.get("unknown-when")),
        each=data.get("all", {}).get("each"),
        each_when=condition(data.get("all", {}).get("when")),
    )


def _instances(data: Mapping[str, Any] | None) -> Instances | None:
    if data is None:
        return None
    return Instances(paths(data["from"]), data["default"], condition(data.get("on-demand")))


def _join(data: Mapping[str, Any]) -> Join:
    return Join(sure_target(data["at"]), data["group"], sure_target(data["to"]), condition(data.get("skip")))


def _scales(data: Mapping[str, Any] | None) -> tuple[Target, Instances] | None:
    return None if data is None else (sure_target(data["of"]), Instances(paths(data["from"]), data["default"]))


def _selects(data: Mapping[str, Any] | None) -> Selects | None:
    return None if data is None else Selects(data["as"], data["labels"], data.get("within"))


def _one_by(data: Mapping[str, Any] | None) -> OneBy | None:
    if data is None:
        return None
    return OneBy(tuple(data["same"]), condition(data.get("first")), tuple(data.get("watched", ())))


def _entry(token: str, package: str, estate: str, data: Mapping[str, Any]) -> Entry:
    return Entry(
        token=token,
        package=package,
        estate=estate,
        role=data.get("role"),
        logical=data.get("logical", False),
        component=data.get("component", False),
        fault=data.get("fault", "device"),
        counted=data.get("as-one") != "unknown",
        entry=bool(data.get("entry", False)),
        entry_unless=condition(data["entry"].get("unless")) if isinstance(data.get("entry"), dict) else (),
        configures=data.get("configures"),
        runs_on=data.get("runs-on"),
        settings_of=data.get("settings-of"),
        named=tuple(data.get("named", ())),
        units=units(data.get("units")),
        hosted=hosted(data.get("hosted")),
        apart=apart(data.get("apart")),
        restarts=restarts(data.get("restarts")),
        instances=_instances(data.get("instances")),
        scheduled=scheduled(data.get("scheduled")),
        domains=tuple(_common_cause(item) for item in data.get("domains", ())),
        names=tuple(_name(item) for item in data.get("names", ())),
        elements=tuple(_entry(token, package, estate, {**item, "logical": True}) for item in data.get("elements", ())),
        edges=tuple(_edge(item) for item in data.get("edges", ())),
        mover=_mover(data.get("mover")),
        backup=backup(data.get("backup")),
        joins=tuple(_join(item) for item in several(data.get("join"))),
        copies=tuple(copies(item) for item in several(data.get("copies"))),
        one_by=_one_by(data.get("one-by")),
        scales=_scales(data.get("scales")),
        selects=_selects(data.get("selects")),
        placement=_placement(data.get("placement")),
        placeless=data.get("placement") == "none",
        ignore=tuple(data.get("ignore", ())),
        each=data.get("each"),
        skip=condition(data.get("skip")),
        source=data.get("source"),
    )


def package_entry(data: Mapping[str, Any]) -> PackageEntry:
    """Turn one validated catalogue file into its entries."""
    package, estate, provider = data["package"], data["estate"], data.get("provider", {})

    def entries(section: str) -> dict[str, Entry]:
        found: Mapping[str, Mapping[str, Any]] = data.get(section, {})
        return {token: _entry(token, package, estate, item or {}) for token, item in found.items()}

    paths: Sequence[str] = provider.get("key", ())
    return PackageEntry(
        package=package,
        estate=estate,
        sdk=data.get("sdk"),
        provider=ProviderEntry(
            provider.get("is"),
            tuple(paths),
            provider.get("strip"),
            tuple(provider.get("region", ())),
            provider.get("kind", "provider-instance"),
            provider.get("of"),
            tuple(provider.get("zone", ())),
            tuple(provider.get("in", ())),
            provider.get("fault", "device"),
        ),
        types=entries("types"),
        lookups=entries("lookups"),
        labels=tuple(data.get("labels", ())),
        control_planes={
            name: ControlPlane(item["label"], item.get("region"), item.get("source"))
            for name, item in data.get("control-planes", {}).items()
        },
        zonal=_zonal(data.get("zonal-regions")),
        spellings=tuple(Spelling(item["match"], item["as"]) for item in data.get("spellings", ())),
        locations=Locations(**data["locations"]) if "locations" in data else None,
    )


def _zonal(data: Mapping[str, Any] | None) -> ZonalRegions | None:
    if data is None:
        return None
    having = None if data["with"] == "all" else frozenset(data["with"])
    return ZonalRegions(data["source"], having, frozenset(data.get("without", ())))
