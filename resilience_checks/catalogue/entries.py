"""The words of a catalogue entry as values; schema.json defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Condition = tuple[tuple[str, tuple[object, ...]], ...]
"""Every named input has one of the values."""


@dataclass(frozen=True, slots=True)
class Target:
    """How to find another part: by the reference behind an input, by a name, or by the first of several ways."""

    ref: str | None = None
    name: str | None = None
    by: str | None = None
    strip: str | None = None
    any_of: tuple[Target, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that this target reads."""
        own = tuple(path for path in (self.ref, self.by) if path is not None)
        return own + tuple(path for target in self.any_of for path in target.paths)


@dataclass(frozen=True, slots=True)
class Name:
    """A name under which others refer to the part."""

    kind: str
    paths: tuple[str, ...]
    join: str = ":"
    scope: str = "stack"
    strip: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """What the part needs, and how."""

    gate: str
    nature: str = "need"
    local: bool = False
    to: Target | None = None
    group: str = "members"
    each: str | None = None
    skip: Condition = ()
    k_from: str | None = None
    k_default: int = 1
    first_by: str | None = None
    first_when: Condition = ()
    incomplete: bool = False
    primary: Target | None = None
    standby: Target | None = None
    lag: float | str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that this edge reads, from the root of the resource."""
        prefix = f"{self.each}." if self.each else ""
        targets = tuple(path for target in (self.to, self.primary, self.standby) if target for path in target.paths)
        return tuple(prefix + path for path in targets)


@dataclass(frozen=True, slots=True)
class CommonCause:
    """A failure domain that the part joins when its key equals another's.

    `of` leads to what holds the key, where that is another resource; `members` to those that join, where the
    resource lists others: it then is the group.
    """

    kind: str
    key: tuple[str, ...]
    faults: tuple[str, ...]
    needs: tuple[str, ...] = ()
    scope: str = "estate"
    when: Condition = ()
    unless: Condition = ()
    of: Target | None = None
    members: Target | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of the seconds that a move takes: `(path or default, plus) * times`."""

    name: str
    path: str | None = None
    of: Target | None = None
    default: float | None = None
    unit: str = "s"
    plus: float = 0.0
    times_from: str | None = None
    times_default: float = 1.0
    times_plus: float = 0.0
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """What takes dead members out of a group, or promotes a standby."""

    when: Condition = ()
    requires: tuple[str, ...] = ()
    run_by: str | None = None
    terms: tuple[Term, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a part stands: at a site that an input names, where others stand, or in a region.

    `paired` cites the page that says that the provider may serve it from a region of its own choice.
    """

    site: str | None = None
    inside: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    paired: str | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """How many units stand behind one address; `count` is None where no code shows it."""

    count: str | None
    when: Condition = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Instances:
    """Where the program says how many equal members the resource stands for."""

    path: str
    default: int


@dataclass(frozen=True, slots=True)
class PlatformBackup:
    """Copies that the platform makes of the resource by itself: in its region, and elsewhere where an input says so.

    `every` is how much may be lost in seconds, `every_elsewhere` the same of the copies in another region.
    """

    every: float
    every_elsewhere: float
    path: str
    default: str
    elsewhere: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Join:
    """An edge between two other resources: `to` becomes a member of `at`'s group."""

    at: Target
    group: str
    to: Target
    skip: Condition = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one type means for failure; an element is an entry of its own with `each` set."""

    token: str
    package: str
    estate: str
    role: str | None = None
    logical: bool = False
    fault: str = "device"
    entry: bool = False
    configures: str | None = None
    runs_on: str | None = None
    named: tuple[str, ...] = ()
    units: Units | None = None
    instances: Instances | None = None
    domains: tuple[CommonCause, ...] = ()
    names: tuple[Name, ...] = ()
    elements: tuple[Entry, ...] = ()
    edges: tuple[Edge, ...] = ()
    mover: Mover | None = None
    backup: PlatformBackup | None = None
    join: Join | None = None
    placement: Placement | None = None
    placeless: bool = False
    ignore: tuple[str, ...] = ()
    each: str | None = None
    skip: Condition = ()
    source: str | None = None

    @property
    def is_part(self) -> bool:
        """Whether a resource of this type can be up or lost itself."""
        return self.role is not None


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """What an explicit provider instance stands for."""

    role: str | None = None
    key: tuple[str, ...] = ()
    strip: str | None = None
    region: tuple[str, ...] = ()
    kind: str = "provider-instance"


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """What performs moves and changes for all users of a provider; `region` None: it stands in no one region."""

    label: str
    region: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class PackageEntry:
    """One catalogue file."""

    package: str
    estate: str
    sdk: str | None
    provider: ProviderEntry
    types: Mapping[str, Entry]
    lookups: Mapping[str, Entry]
    labels: tuple[str, ...] = ()
    control_planes: Mapping[str, ControlPlane] = field(default_factory=dict)
    """Inputs of any type of the package that only describe: a change of them alone changes nothing that runs."""


def _condition(data: Mapping[str, Any] | None) -> Condition:
    return tuple((path, tuple(value) if isinstance(value, list) else (value,)) for path, value in (data or {}).items())


def _target(data: Mapping[str, Any] | None) -> Target | None:
    if data is None:
        return None
    return Target(
        ref=data.get("ref"),
        name=data.get("name"),
        by=data.get("by"),
        strip=data.get("strip"),
        any_of=tuple(_sure_target(item) for item in data.get("any", ())),
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
        group=data.get("group", "members"),
        each=data.get("each"),
        skip=_condition(data.get("skip")),
        k_from=k.get("from"),
        k_default=k.get("default", 1),
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
        default=data.get("default"),
        unit=data.get("unit", "s"),
        plus=data.get("plus", 0.0),
        times_from=times.get("from"),
        times_default=times.get("default", 1.0),
        times_plus=times.get("plus", 0.0),
        source=data.get("source"),
    )


def _mover(data: Mapping[str, Any] | None) -> Mover | None:
    if data is None:
        return None
    return Mover(
        when=_condition(data.get("when")),
        requires=tuple(data.get("requires", ())),
        run_by=data.get("run-by"),
        terms=tuple(_term(term) for term in data.get("terms", ())),
        source=data.get("source"),
    )


def _name(data: Mapping[str, Any]) -> Name:
    return Name(data["as"], tuple(data["from"]), data.get("join", ":"), data.get("scope", "stack"), data.get("strip"))


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
    return Placement(data.get("site"), tuple(data.get("in", ())), tuple(data.get("region", ())), data.get("paired"))


def _units(data: Mapping[str, Any] | None) -> Units | None:
    if data is None:
        return None
    n = data["n"]
    return Units(None if n == "declared" else n["count"], _condition(data.get("when")), data.get("source"))


def _backup(data: Mapping[str, Any] | None) -> PlatformBackup | None:
    if data is None:
        return None
    place = data["elsewhere"]
    return PlatformBackup(
        data["every"], place["every"], place["from"], place["default"], tuple(place["when"]), data["source"]
    )


def _join(data: Mapping[str, Any] | None) -> Join | None:
    if data is None:
        return None
    return Join(_sure_target(data["at"]), data["group"], _sure_target(data["to"]), _condition(data.get("skip")))


def _entry(token: str, package: str, estate: str, data: Mapping[str, Any]) -> Entry:
    return Entry(
        token=token,
        package=package,
        estate=estate,
        role=data.get("role"),
        logical=data.get("logical", False),
        fault=data.get("fault", "device"),
        entry=data.get("entry", False),
        configures=data.get("configures"),
        runs_on=data.get("runs-on"),
        named=tuple(data.get("named", ())),
        units=_units(data.get("units")),
        instances=Instances(data["instances"]["from"], data["instances"]["default"]) if "instances" in data else None,
        domains=tuple(_common_cause(item) for item in data.get("domains", ())),
        names=tuple(_name(item) for item in data.get("names", ())),
        elements=tuple(_entry(token, package, estate, {**item, "logical": True}) for item in data.get("elements", ())),
        edges=tuple(_edge(item) for item in data.get("edges", ())),
        mover=_mover(data.get("mover")),
        backup=_backup(data.get("backup")),
        join=_join(data.get("join")),
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
        ),
        types=entries("types"),
        lookups=entries("lookups"),
        labels=tuple(data.get("labels", ())),
        control_planes={
            name: ControlPlane(item["label"], item.get("region"), item.get("source"))
            for name, item in data.get("control-planes", {}).items()
        },
    )
