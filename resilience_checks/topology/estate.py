"""All stacks of one check together: parts, places, failure domains, services, and what is not known of them.

This is the hand-over from topology to analysis, and it is complete: analysis reads nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from resilience_checks.model.likelihood import by_default
from resilience_checks.model.question import FaultKind
from resilience_checks.topology.gates import ALWAYS, Gate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Step
    from resilience_checks.model.values import Reason

Condition = tuple[tuple[str, str], ...]
"""A conjunction of (fact id, value); empty: surely."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something not known, with the values that it may have; facts vary independently of each other.

    `reason` says why it is not known (its basis is `UNKNOWN` or `ASSUMED`), `remedy` how to make it known.
    """

    id: str
    values: tuple[str, ...]
    reason: Reason
    remedy: str


@dataclass(frozen=True, slots=True)
class PlacedWhen:
    """A place that depends on a fact: the site for each of its values, None for 'elsewhere'."""

    fact: str
    sites: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A component, one unit of it, or a link: what is up when no fault hits it and its gate holds.

    `site` is where its traffic starts and ends: a site's id, None for what has no place of its own
    (a name, a wide IP, a provider's region without borders) and is then read from wherever it is asked,
    or `PlacedWhen`. A part without a gate hangs on nothing else. `roles` are those that it may have, each with its
    condition, where declarations disagree; `role` is then empty.
    """

    id: str
    label: str
    role: str
    site: str | PlacedWhen | None = None
    gate: Gate = ALWAYS
    urn: str | None = None
    stack: str | None = None
    location: Location | None = None
    region: str | None = None
    roles: tuple[tuple[str, Condition], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A part that a domain's faults hit, in the completions in which `when` holds."""

    part: str
    when: Condition = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A set of parts that one fault takes down together: a place, a device, or a common-cause group.

    `members` is flat: a place lists the parts of all places in it. `exists` limits the domain to completions
    in which it holds (an unknown place 'elsewhere'); a domain with a condition is only possibly asked about.
    `encloses` names smaller domains whose members are all among this one's. `implied`: nobody declared it, parts
    stand in some place of its kind all the same; it counts only where a question names its kind.
    """

    id: str
    kind: str
    name: str
    faults: tuple[FaultKind, ...]
    members: tuple[Member, ...]
    exists: Condition = ()
    encloses: tuple[str, ...] = ()
    primary: Location | None = None
    urn: str | None = None
    joined: tuple[Step, ...] = ()
    reason: Reason | None = None
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A place of on-premises parts, with the border that flows cross to enter, leave or pass it.

    `perimeter` is the gate of its firewalls: `ALWAYS` where it is declared that there is none, None where
    nothing is stated (then a flow is up in the optimistic bound and lost in the pessimistic one). `coordinates` are
    degrees north and east.
    """

    id: str
    perimeter: Gate | None
    location: Location | None = None
    coordinates: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A declared link: a part of its own (`part`) that ends at one site (a consumer's access) or joins two."""

    id: str
    part: str
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who uses services, and over which links; `access` is None when nobody declared them."""

    id: str
    kind: str
    access: tuple[str, ...] | None
    critical: bool = False
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """What consumers lose: its entry, its needs, and the objectives it is held to.

    `scope` is national, regional, local or None when nobody said. Times are in seconds, None when not declared.
    `needs` are asked from each placed part through which the service is served; where nothing in front of the
    service has a place, from the service itself. `declared` is False for a service that the check inferred.
    `purpose` is clinical, communications or None when nobody said; `copied` is False when it is declared uncopied.
    """

    id: str
    entry: Gate
    scope: str | None = None
    tier: int | None = None
    rto: float | None = None
    rpo: float | None = None
    consumers: tuple[str, ...] = ()
    needs: tuple[Gate, ...] = ()
    declared: bool = True
    location: Location | None = None
    stack: str | None = None
    peak: tuple[Demand, ...] = ()
    purpose: str | None = None
    copied: bool = True


@dataclass(frozen=True, slots=True)
class Carrier:
    """How much a part carries at most, by dimension such as `rps`; without amounts: not known."""

    amounts: Mapping[str, float]
    why: Reason


@dataclass(frozen=True, slots=True)
class Demand:
    """How much of one dimension is asked of a service at its peak; `words` show how it was reckoned."""

    dimension: str
    amount: float
    words: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Backup:
    """Copies of the parts `of`: `store` is up while they can be read, `restored` once the parts are back from them.

    It has no effect on running: only questions about recovery and data read it. `every` (between two copies) and
    `keep` are in seconds, None when not declared; `tested` is the day on which a restore was last tried, and
    `never_tested` says that none was. `known` says that all is known of how it brings them back; one of which something
    is not counts where nothing else does. `declared` is False where the program shows that a platform makes it.
    """

    id: str
    of: tuple[str, ...]
    store: Gate
    restored: Gate
    every: float | None = None
    keep: float | None = None
    tested: date | None = None
    never_tested: bool = False
    known: bool = True
    declared: bool = True
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Aid:
    """What helps while a service of `of` is away, of a `sort` such as copy, communications or deployment.

    It is up while its gate is. `refreshed` and `limit` are how old a copy may be when it is needed, and how old it was
    agreed to be at most, in seconds; None when not declared. `kind` says what a copy is, such as viewer. `consumers`
    must reach it: none where it is used where it stands, None where all that use the service do.
    """

    id: str
    sort: str
    of: tuple[str, ...]
    gate: Gate
    kind: str | None = None
    consumers: tuple[str, ...] | None = ()
    refreshed: float | None = None
    limit: float | None = None
    location: Location | None = None
    age_location: Location | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """A part that a change of some resource reaches.

    `within` is the path of the inputs that make the part, where the resource makes several; `keys` are the only
    inputs that reach it (None: all), `labels` those that only describe. With a `fact` it may not be reached at all:
    its first value says that it is not. `sets` tells that the resource configures the part, and is not the part.
    """

    part: str
    within: str = ""
    labels: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None
    fact: Fact | None = None
    sets: bool = False


@dataclass(frozen=True, slots=True)
class Replicas:
    """Copies that a provider keeps in other regions of the data `of` a part and its units.

    `lag` is how many seconds they are behind, None where that is not known.
    """

    of: tuple[str, ...]
    regions: tuple[str, ...]
    lag: float | None = None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both be true; the fact they are about is unknown."""

    subject: str
    text: str
    locations: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the program the catalogue knows: resource counts by type."""

    known: Mapping[str, int]
    unknown: Mapping[str, int]


@dataclass(frozen=True)
class Estate:
    """Everything that analysis needs, indexed by id."""

    parts: Mapping[str, Part]
    domains: Mapping[str, Domain]
    services: Mapping[str, Service]
    sites: Mapping[str, Site] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    consumers: Mapping[str, Consumer] = field(default_factory=dict)
    backups: Mapping[str, Backup] = field(default_factory=dict)
    without_backup: Mapping[str, Reason] = field(default_factory=dict)
    """Each part of which it is known that no backups are made, with why."""
    replicas: Mapping[str, Replicas] = field(default_factory=dict)
    """By part, where the program names other regions that hold a copy of its data."""
    aids: Mapping[str, Aid] = field(default_factory=dict)
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    """Each part of which it matters how much it carries, by its id."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    contradictions: tuple[Contradiction, ...] = ()
    coverage: Coverage = field(default_factory=lambda: Coverage({}, {}))
    assumptions: tuple[Reason, ...] = ()
    anchors: Mapping[str, Location] = field(default_factory=dict)
    """Each stack's Pulumi.yaml: where a finding goes that has no line of its own."""
    reach: Mapping[str, Mapping[str, tuple[Reach, ...]]] = field(default_factory=dict)
    """What a change of each resource reaches, by stack and URN."""
    likelihoods: Mapping[str, Stated] = field(default_factory=dict)
    """By event, where something is declared of it; `likelihood` has the others too."""

    def size(self, domain: str) -> int:
        """Return how many parts the domain's faults may hit; counted once, a region may hold most of the estate."""
        if domain not in self._sizes:
            self._sizes[domain] = len({member.part for member in self.domains[domain].members})
        return self._sizes[domain]

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return {}

    def likelihood(self, event: str) -> Stated:
        """Return how likely the event `DOMAIN/FAULT` is held to be, as declared, else by its kind and fault."""
        if event in self.likelihoods:
            return self.likelihoods[event]
        domain, _, fault = event.rpartition("/")
        return by_default(self.domains[domain].kind, FaultKind(fault))
