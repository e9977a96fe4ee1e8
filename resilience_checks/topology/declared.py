"""What resilience.yaml and the programs declare, as it was written: every object knows its line.

`location` is where an object's key stands, `at` where each key inside it stands (`service.at["rto"]`). Times
are in seconds. Ids that refer to other ids have been checked: they exist, and are of the right sort.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.topology.declared_settings import PolicySet, PolicySettings, Stacks
from resilience_checks.topology.gates import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from resilience_checks.model.likelihood import Likelihood
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import FaultKind
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.declaration_source import Source
    from resilience_checks.topology.declared_aids import Aid
    from resilience_checks.topology.declared_means import Backup, Capacity, Figure
    from resilience_checks.topology.declared_paths import OwnPath
    from resilience_checks.topology.selectors import Select

Lines: TypeAlias = "Mapping[str, Location]"


class Sort(StrEnum):
    """What an id in a reference is the id of; a component and a service never share one."""

    COMPONENT = "component"
    SERVICE = "service"
    SITE = "site"
    LINK = "link"
    DOMAIN = "domain"
    CONTROL_PLANE = "control-plane"


class Scope(StrEnum):
    """How far a service reaches."""

    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"


class ReplicationMode(StrEnum):
    """Whether the primary waits for its replica."""

    SYNC = "sync"
    ASYNC = "async"


class MoverMode(StrEnum):
    """Who performs a failover."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Named:
    """A declared component or service, by its id."""

    id: str
    sort: Sort
    location: Location


Reference: TypeAlias = "Select | Named"
"""The things that a selector matches, or one declared component or service."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A reference with the nature of the edge to it; `start` tells whether it is needed to start as well."""

    to: Reference
    nature: Nature = Nature.NEED
    start: bool = True


@dataclass(frozen=True, slots=True)
class Likely:
    """How likely the faults of something are held to be: a class for each fault that is spoken of."""

    classes: Mapping[FaultKind, Likelihood]
    location: Location


@dataclass(frozen=True, slots=True)
class Perimeter:
    """The firewalls of a site's border, by component id; none: the site is declared to have no border."""

    components: tuple[Named, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Site:
    """A place. `region` None: not declared, so unknown, or one of `regions`. `perimeter` None: not stated.

    `domains` names declared failure domains that all of it is in. `coordinates` are degrees north and east; `aliases` are what the programs call this site.
    """

    id: str
    location: Location
    region: str | None = None
    coordinates: tuple[float, float] | None = None
    building: str | None = None
    campus: str | None = None
    hazards: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    perimeter: Perimeter | None = None
    regions: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    likely: Likely | None = None
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that ends at one site (`to`: a consumer's access) or joins two (`between`).

    `domains` names declared failure domains that it is in.
    """

    id: str
    location: Location
    ends: tuple[str, ...]
    carrier: str | None = None
    domains: tuple[str, ...] = ()
    likely: Likely | None = None
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placement:
    """A rule: what `match` selects stands at `site`, and in this room, rack or host of it.

    `site` is None where a declaration names one that is not known before deployment; `why` says why.
    """

    location: Location
    match: Select
    site: str | None
    room: str | None = None
    rack: str | None = None
    host: str | None = None
    why: str = ""
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a component that no program shows, at its site."""

    site: str
    location: Location
    name: str | None = None
    room: str | None = None
    rack: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`k` of these are needed."""

    k: int
    of: tuple[Edge, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Voter:
    """What votes: the things of a reference, or (`site` set) a voter of its own at a site."""

    location: Location
    to: Reference | None = None
    site: str | None = None
    votes: int = 1


@dataclass(frozen=True, slots=True)
class Quorum:
    """More than half of all votes are needed; `recounted`: of those of the voters that were left the time before."""

    voters: tuple[Voter, ...]
    location: Location
    recounted: bool = False


@dataclass(frozen=True, slots=True)
class Replication:
    """How a standby gets its data: `lag` in seconds (None: not declared), `over` the links that carry it."""

    location: Location
    mode: ReplicationMode
    lag: float | None = None
    over: tuple[str, ...] = ()
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mover:
    """What performs a failover and how long each step takes, in seconds; None: not declared.

    `watch` is the interval of a health check and how many must fail, where `detect` is their product. `tested` is
    the day on which the failover was last tried; `never_tested` says that it never was.
    """

    location: Location
    mode: MoverMode
    needs: tuple[Reference, ...] = ()
    detect: float | None = None
    decide: float | None = None
    promote: float | None = None
    ttl: float | None = None
    reconcile: float | None = None
    watch: tuple[float, int] | None = None
    tested: date | None = None
    never_tested: bool = False
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failover:
    """A primary and what can take over from it, the preferred first; without `mover` nothing moves it."""

    location: Location
    primary: Reference
    standby: tuple[Reference, ...]
    replication: Replication | None = None
    mover: Mover | None = None
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A role, unit count or relation that no program shows.

    `select` (any one suffices to belong) says which resources are this component; without it the component is
    declared alone. `units` is how many stand behind each selected thing, or each unit with its site; None: not
    declared. `redundant` says that any one of what is selected is enough. `roles` and `counts` are what declarations that disagree say instead. All of `any_of`, `requires`, `at_least`, `quorum` and `failover` that are given must hold.
    """

    id: str
    location: Location
    role: str | None = None
    select: tuple[Select, ...] = ()
    units: int | tuple[Unit, ...] | None = None
    site: str | None = None
    any_of: tuple[Edge, ...] = ()
    requires: tuple[Edge, ...] = ()
    at_least: AtLeast | None = None
    quorum: Quorum | None = None
    failover: Failover | None = None
    replication: Replication | None = None
    capacity: Capacity | None = None
    redundant: bool = False
    roles: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    room: str | None = None
    rack: str | None = None
    host: str | None = None
    likely: Likely | None = None
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Role:
    """What a program says that one of its own resources is."""

    select: Select
    role: str
    location: Location


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two declarations of one fact that cannot both be true."""

    subject: str
    text: str
    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """A failure domain that no program shows, and the faults that it can have."""

    id: str
    location: Location
    kind: str
    faults: tuple[FaultKind, ...]
    members: tuple[Reference, ...]
    likely: Likely | None = None
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who uses services; any one link of `access` will do, None: not declared."""

    id: str
    location: Location
    kind: str
    access: tuple[str, ...] | None = None
    critical: bool = False
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """Where consumers reach a service: what a reference stands for, limited to these pools where named."""

    to: Reference
    location: Location
    pools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service, with service_defaults filled in (`at` then leads to the line in service_defaults).

    `entries` are what further declarations give as its entry; `unseen` are needs that are not known before deployment.
    `rto` and `rpo` in seconds; None: not declared. `peak` holds the declared figures, demands and factors alike.
    `purpose` is clinical, communications or not declared; `copied` is False where it is declared that there is no copy.
    `restores` are the services that this one helps to restore, None: all clinical ones.
    """

    id: str
    location: Location
    entry: Entry
    scope: Scope | None = None
    tier: int | None = None
    rto: float | None = None
    rpo: float | None = None
    consumers: tuple[str, ...] = ()
    needs: tuple[Reference, ...] = ()
    peak: Mapping[str, Figure] = field(default_factory=dict)
    purpose: str | None = None
    copied: bool = True
    restores: tuple[str, ...] | None = None
    entries: tuple[Entry, ...] = ()
    unseen: tuple[Reason, ...] = ()
    at: Lines = field(default_factory=dict)


@dataclass(frozen=True)
class Declarations:
    """All of one resilience.yaml, or nothing at all (`path` is then None or where the file would be).

    Joined with what the programs declare it has that too: `resources` are the URNs that a program's declaration
    names, each with its role where one is declared; `doors` those that it names as an entry. `source` is the data
    that this was built from; `dangling` says that it refers to what only a program may declare, so that nothing but
    `policies` and `stacks` was built yet. `path` is relative to the repository root, `digest` the SHA-256 of the file's bytes ("" without a file).
    """

    path: str | None = None
    digest: str = ""
    sites: Mapping[str, Site] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    placement: tuple[Placement, ...] = ()
    components: Mapping[str, Component] = field(default_factory=dict)
    backups: Mapping[str, Backup] = field(default_factory=dict)
    copies: Mapping[str, Aid] = field(default_factory=dict)
    tools: Mapping[str, Aid] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    consumers: Mapping[str, Consumer] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    likely: Mapping[str, Likely] = field(default_factory=dict)
    """By kind of failure domain, or by a pattern of ids."""
    policies: Mapping[str, PolicySettings] = field(default_factory=dict)
    policy_set: PolicySet | None = None
    stacks: Stacks = field(default_factory=Stacks)
    catalogue: tuple[OwnPath, ...] = ()
    policy_packs: tuple[OwnPath, ...] = ()
    roles: tuple[Role, ...] = ()
    resources: Mapping[str, str | None] = field(default_factory=dict)
    doors: frozenset[str] = frozenset()
    disagreements: tuple[Disagreement, ...] = ()
    notes: tuple[Reason, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)
    dangling: bool = field(default=False, compare=False)

    @classmethod
    def empty(cls, path: str | None = None) -> Declarations:
        """Return what a project without a resilience.yaml declares: nothing."""
        return cls(path=path)
