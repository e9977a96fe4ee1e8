"""From the data of a catalogue file to its entries; the data has been held against schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.backup_entries import PlatformBackup, Sooner
from resilience_checks.catalogue.entries import (
    CommonCause,
    Condition,
    Copies,
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
from resilience_checks.catalogue.host_entries import Apart, Hosted, Restarts, Units
from resilience_checks.catalogue.provider_entries import ControlPlane, Locations, Spelling, ZonalRegions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _condition(data: Mapping[str, Any] | None) -> Condition:
    return tuple((path, tuple(value) if isinstance(value, list) else (value,)) for path, value in (data or {}).items())


def _target(data: Mapping[str, Any] | None) -> Target | None:
    if data is None:
        return None
    return Target(
        itself=data.get("itself", False),
        referring=data.get("referring"),
        text=data.get("text", False),
        ref=data.get("ref"),
        name=data.get("name"),
        by=data.get("by"),
        strip=data.get("strip"),
        any_of=tuple(_sure_target(item) for item in data.get("any", ())),
        then=data.get("then"),
        selected=data.get("selected"),
        labels=data.get("labels"),
        within=data.get("within"),
    )


def _sure_target(data: Mapping[str, Any]) -> Target:
    target = _target(data)
    assert target is not None
    return target


def _edge(data: Mapping[str, Any]) -> Edge:
    k, first = data.get("k", {}), data.get("first", {})
    return Edge(
        gate=data["gate"],
        nature=data.get("nature", "need"),
        local=data.get("local", False),
        to=_target(data.get("to")),
        when=_condition(data.get("when")),
        unless=_condition(data.get("unless")),
        group=data.get("group", "members"),
        each=data.get("each"),
        skip=_condition(data.get("skip")),
        k_from=k.get("from"),
        k_default=k.get("default", 1),
        k_when=_condition(k.get("when")),
        k_unless=_condition(k.get("unless")),
        first_by=first.get("by"),
        first_when=_condition(first.get("when")),
        incomplete=data.get("incomplete", False),
        primary=_target(data.get("primary")),
        standby=_target(data.get("standby")),
        lag=data.get("replication", {}).get("lag"),
    )


def _term(data: Mapping[str, Any]) -> Term:
    times = data.get("times", {})
    return Term(
        name=data["name"],
        path=data.get("from"),
        of=_target(data.get("of")),
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
        when=_condition(data.get("when")),
        requires=tuple(data.get("requires", ())),
        watched=_target(data.get("watched-by")),
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
        _target(data.get("of")),
    )


def _common_cause(data: Mapping[str, Any]) -> CommonCause:
    return CommonCause(
        kind=data["kind"],
        key=tuple(data.get("key", ())),
        faults=tuple(data["faults"]),
        needs=tuple(data.get("needs", ())),
        scope=data.get("scope", "estate"),
        when=_condition(data.get("when")),
        unless=_condition(data.get("unless")),
        of=_target(data.get("of")),
        members=_target(data.get("members")),
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
        _condition(only.get("when")),
        _condition(only.get("unless")),
        tuple(data.get("also", ())),
    )


def _zones(data: Mapping[str, Any] | None) -> Zones | None:
    if data is None:
        return None
    when = _condition(data["when"]) if "when" in data else None
    return Zones(
        source=data["source"],
        strip=data.get("strip"),
        named=_paths(data.get("from")),
        of=_paths(data.get("of")),
        count=_instances(data.get("count")),
        when=when,
        least=data.get("at-least", 2),
        decided=data.get("decided-by"),
        alone=data.get("alone"),
        unnamed=data.get("unnamed") == "unknown",
        single=data.get("single", False),
        together=_paths(data.get("with")),
        one_when=_condition(data.get("one-when")),
        unknown_when=_condition(data.get("unknown-when")),
    )


def _instances(data: Mapping[str, Any] | None) -> Instances | None:
    return None if data is None else Instances(_paths(data["from"]), data["default"])


def _paths(data: str | Sequence[str] | None) -> tuple[str, ...]:
    return (data,) if isinstance(data, str) else tuple(data or ())


def _units(data: Mapping[str, Any] | None) -> Units | None:
    if data is None:
        return None
    n = {} if data["n"] == "declared" else data["n"]
    besides = n.get("besides", {})
    return Units(
        count=n.get("count"),
        when=_condition(data.get("when")),
        source=data.get("source"),
        number=n.get("number"),
        besides=_paths(besides.get("each")),
        region=besides.get("region"),
        either=data.get("either"),
    )


def _hosted(data: Mapping[str, Any] | None) -> Hosted | None:
    if data is None:
        return None
    rules = tuple(_sure_target(item) for item in data.get("rules", ()))
    return Hosted(data["source"], tuple(data.get("pool", ())), data.get("host"), data.get("over", "host"), rules)


def _restarts(data: Mapping[str, Any] | None) -> Restarts | None:
    return None if data is None else Restarts(_sure_target(data["of"]), data["source"], _condition(data.get("when")))


def _apart(data: Mapping[str, Any] | None) -> Apart | None:
    return None if data is None else Apart(data["source"], _target(data.get("members")), _condition(data.get("when")))


def _backup(data: Mapping[str, Any] | None) -> PlatformBackup | None:
    if data is None:
        return None
    place, off, keep = (data.get(name, {}) for name in ("elsewhere", "off", "keep"))
    every = data["every"] if isinstance(data["every"], dict) else {"else": data["every"]}
    return PlatformBackup(
        every=every["else"],
        source=data["source"],
        sooner=Sooner(tuple(_condition(item) for item in _list(every["when"])), every["seconds"])
        if "when" in every
        else None,
        every_elsewhere=place.get("every", 0.0),
        path=place.get("from", ""),
        default=place.get("default", ""),
        elsewhere=tuple(place.get("when", ())),
        named=place.get("else-named", False),
        off_path=off.get("from", ""),
        off_default=off.get("default"),
        off=tuple(off.get("is", ())),
        off_unless=tuple(off.get("unless", ())),
        filled=tuple(_sure_target(item) for item in off.get("filled", ())),
        keep_path=keep.get("from", ""),
        keep_default=keep.get("default"),
    )


def _join(data: Mapping[str, Any]) -> Join:
    return Join(_sure_target(data["at"]), data["group"], _sure_target(data["to"]), _condition(data.get("skip")))


def _scales(data: Mapping[str, Any] | None) -> tuple[Target, Instances] | None:
    return None if data is None else (_sure_target(data["of"]), Instances(_paths(data["from"]), data["default"]))


def _selects(data: Mapping[str, Any] | None) -> Selects | None:
    return None if data is None else Selects(data["as"], data["labels"], data.get("within"))


def _one_by(data: Mapping[str, Any] | None) -> OneBy | None:
    if data is None:
        return None
    return OneBy(tuple(data["same"]), _condition(data.get("first")), tuple(data.get("watched", ())))


def _copies(data: Mapping[str, Any]) -> Copies:
    every = data.get("every")
    given = every if isinstance(every, dict) else {}
    return Copies(
        of=_sure_target(data["of"]),
        backup=data["as"] == "backup",
        to=_target(data.get("to")),
        regions=data.get("regions"),
        every=None if isinstance(every, dict) else every,
        every_from=given.get("from"),
        unit=given.get("unit", "s"),
        keep_from=data.get("keep", {}).get("from"),
        skip=_condition(data.get("skip")),
        source=data.get("source"),
    )


def _list(data: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> Sequence[Mapping[str, Any]]:
    if data is None:
        return ()
    return [data] if isinstance(data, dict) else [item for item in data if isinstance(item, dict)]


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
        entry_unless=_condition(data["entry"].get("unless")) if isinstance(data.get("entry"), dict) else (),
        configures=data.get("configures"),
        runs_on=data.get("runs-on"),
        settings_of=data.get("settings-of"),
        named=tuple(data.get("named", ())),
        units=_units(data.get("units")),
        hosted=_hosted(data.get("hosted")),
        apart=_apart(data.get("apart")),
        restarts=_restarts(data.get("restarts")),
        instances=_instances(data.get("instances")),
        domains=tuple(_common_cause(item) for item in data.get("domains", ())),
        names=tuple(_name(item) for item in data.get("names", ())),
        elements=tuple(_entry(token, package, estate, {**item, "logical": True}) for item in data.get("elements", ())),
        edges=tuple(_edge(item) for item in data.get("edges", ())),
        mover=_mover(data.get("mover")),
        backup=_backup(data.get("backup")),
        joins=tuple(_join(item) for item in _list(data.get("join"))),
        copies=tuple(_copies(item) for item in _list(data.get("copies"))),
        one_by=_one_by(data.get("one-by")),
        scales=_scales(data.get("scales")),
        selects=_selects(data.get("selects")),
        placement=_placement(data.get("placement")),
        placeless=data.get("placement") == "none",
        ignore=tuple(data.get("ignore", ())),
        each=data.get("each"),
        skip=_condition(data.get("skip")),
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
