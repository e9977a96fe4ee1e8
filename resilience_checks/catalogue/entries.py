"""The words of a catalogue entry as values; schema.json defines them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.catalogue.backup_entries import PlatformBackup, Schedule
    from resilience_checks.catalogue.host_entries import Apart, Hosted, Restarts, Units
    from resilience_checks.catalogue.provider_entries import ControlPlane, Locations, Spelling, ZonalRegions
    from resilience_checks.catalogue.scheduled_entries import Scheduled

Condition = tuple[tuple[str, tuple[object, ...]], ...]
"""Every named input has one of the values."""


@dataclass(frozen=True, slots=True)
class Target:
    """How to find another part: by the reference behind an input, by a name, or by the first of several ways.

    `itself` is the very thing that is asked; `referring` is a type whose resources lead to it by their input `ref`;
    `then` is an input of what `ref` leads to, which is followed further; with `text` the input may be any text, and one
    that the program wrote itself leads nowhere.
    """

    itself: bool = False
    referring: str | None = None
    ref: str | None = None
    text: bool = False
    name: str | None = None
    by: str | None = None
    strip: str | None = None
    any_of: tuple[Target, ...] = ()
    then: str | None = None
    selected: str | None = None
    labels: str | None = None
    within: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that this target reads."""
        own = tuple(
            path
            for path in (self.ref, self.by, self.labels, self.within)
            if path is not None and self.referring is None
        )
        return own + tuple(path for target in self.any_of for path in target.paths)


@dataclass(frozen=True, slots=True)
class Selects:
    """Members by labels: all that bear each of those at `labels`, and agree in the input `within`."""

    kind: str
    labels: str
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name under which others refer to the part; `of` is what holds it, where that is another resource."""

    kind: str
    paths: tuple[str, ...]
    join: str = ":"
    scope: str = "stack"
    strip: str | None = None
    of: Target | None = None


IN_ORDER = "#"
"""The order of members that is the one in which they are listed; those that join come last."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What the part needs, and how; with `when`: only if these inputs have these values; not with those of `unless`.

    `requires` without `to` needs all that join its group.
    """

    gate: str
    nature: str = "need"
    local: bool = False
    to: Target | None = None
    when: Condition = ()
    unless: Condition = ()
    group: str = "members"
    each: str | None = None
    skip: Condition = ()
    k_from: str | None = None
    k_default: int = 1
    k_when: Condition = ()
    k_unless: Condition = ()
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
    """One summand of the seconds that a move takes: `(path or default, plus) * (times - less)`.

    Both are inputs of what `of` leads to; where it leads nowhere the defaults count, unless `only_of`.
    """

    name: str
    path: str | None = None
    of: Target | None = None
    only_of: bool = False
    default: float | None = None
    unit: str = "s"
    plus: float = 0.0
    times_from: str | None = None
    times_default: float | None = 1.0
    times_plus: float = 0.0
    times_less: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """What takes dead members out of a group, or promotes a standby; `watched` leads to what notices that one is dead."""

    when: Condition = ()
    requires: tuple[str, ...] = ()
    watched: Target | None = None
    run_by: str | None = None
    terms: tuple[Term, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Zones:
    """How a part spreads over zones: over those that it names, over so many, or, `when` it does, over `least`; else in one.

    It names them by the inputs `named`, by what `of` refers to, which stands in zones itself (of both the first that
    is given), or by how many: `count`. Only where nothing is named `when` tells it, and then, unless it is `unnamed` that
    is not known, it stands in one. What is `single` stands in one zone at most. `when` without any condition holds always; None: never. Where the input `decided`
    is given, it names something else that decides instead. With fewer than two instances (`Entry.instances`) and
    `alone` it stands in one of them: the platform starts another elsewhere once it is lost (`replaced`), or nothing
    does (`lost`). `together` are inputs whose zones count besides the named ones. With `one_when` it is in one zone
    whatever is named, with `unknown_when` that is not known.
    """

    source: str
    named: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    count: Instances | None = None
    when: Condition | None = None
    least: int = 2
    decided: str | None = None
    alone: str | None = None
    unnamed: bool = False
    single: bool = False
    strip: str | None = None
    together: tuple[str, ...] = ()
    one_when: Condition = ()
    unknown_when: Condition = ()
    each: str | None = None
    each_when: Condition = ()
    """Where each of these has these inputs it spreads, whatever else decides."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        counted = self.count.paths if self.count is not None else ()
        decided = (self.decided,) if self.decided is not None else ()
        conditions = (*(self.when or ()), *self.one_when, *self.unknown_when)
        each = tuple(f"{self.each}.{path}" for path, _ in self.each_when)
        return (*self.named, *self.together, *self.of, *counted, *(path for path, _ in conditions), *decided, *each)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a part stands: at a site that an input names, where others stand, or in a region.

    `paired` cites the page that says that the provider may serve it from a region of its own choice, with the inputs of
    `paired_when`, and without those of `paired_unless`;
    `replicas` is the path of the regions that hold a copy of its data as well. `also` are regions where it stands
    besides: the other end of a link.
    """

    site: str | None = None
    inside: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    paired: str | None = None
    zones: Zones | None = None
    replicas: str | None = None
    paired_when: Condition = ()
    paired_unless: Condition = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Instances:
    """Where the program says how many equal members there are: the first of these inputs that is given; default None: else unknown.

    With `on_demand` its platform runs as many as are asked for, and no one machine is it.
    """

    paths: tuple[str, ...]
    default: int | None
    on_demand: Condition = ()


@dataclass(frozen=True, slots=True)
class Join:
    """An edge between two resources: `to`, which may be the one that says so, becomes a member of `at`'s group."""

    at: Target
    group: str
    to: Target
    skip: Condition = ()


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies that this resource orders of another's data, which `to` holds, or the regions that an input names.

    A replica follows all the time; a backup is made every so many seconds (`every`, or by its `schedule`), and kept for
    the days of `keep_from`. None: not known.
    """

    of: Target
    backup: bool
    to: Target | None = None
    regions: str | None = None
    every: float | None = None
    schedule: Schedule | None = None
    keep_from: str | None = None
    skip: Condition = ()
    source: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        own = (path for path in (self.regions, self.keep_from) if path is not None)
        timed = self.schedule.paths if self.schedule is not None else ()
        return (*self.of.paths, *(self.to.paths if self.to else ()), *own, *timed, *(path for path, _ in self.skip))


@dataclass(frozen=True, slots=True)
class OneBy:
    """Resources that agree in the inputs `same` are one thing, such as the records of one name.

    At rest it is served by the ones for which `first` holds, without it by all together; a member is taken out once
    it is dead if any of the inputs `watched` is given and not false.
    """

    same: tuple[str, ...]
    first: Condition = ()
    watched: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Every input that it reads."""
        return (*self.same, *(path for path, _ in self.first), *self.watched)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one type means for failure; an element is an entry of its own with `each` set.

    `counted` is false where nobody says whether a resource is one thing that fails, or a service that its provider runs
    on many. `component` tells that it is a component whose inside its plugin makes: the entry
    stands for it only where that is not shown. `entry` says that consumers may reach a service here, but not with the
    inputs of `entry_unless`. `settings_of` leads to what these are only the settings of, if it is given
    by reference: then it has no fault of its own.
    """

    token: str
    package: str
    estate: str
    role: str | None = None
    logical: bool = False
    component: bool = False
    fault: str = "device"
    counted: bool = True
    entry: bool = False
    entry_unless: Condition = ()
    configures: str | None = None
    runs_on: str | None = None
    settings_of: str | None = None
    named: tuple[str, ...] = ()
    units: Units | None = None
    hosted: Hosted | None = None
    apart: Apart | None = None
    restarts: Restarts | None = None
    instances: Instances | None = None
    scheduled: Scheduled | None = None
    domains: tuple[CommonCause, ...] = ()
    names: tuple[Name, ...] = ()
    elements: tuple[Entry, ...] = ()
    edges: tuple[Edge, ...] = ()
    mover: Mover | None = None
    backup: PlatformBackup | None = None
    joins: tuple[Join, ...] = ()
    copies: tuple[Copies, ...] = ()
    one_by: OneBy | None = None
    scales: tuple[Target, Instances] | None = None
    """Whose instances it adds and takes away, and how many it leaves at least."""
    selects: Selects | None = None
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
    of: str | None = None
    """The package whose provider makes what is in the components of this one."""
    zone: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    """References to what the instance runs in."""
    fault: str = "device"


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
    """Inputs of any type of the package that only describe: a change of them alone changes nothing that runs."""
    control_planes: Mapping[str, ControlPlane] = field(default_factory=dict)
    zonal: ZonalRegions | None = None
    spellings: tuple[Spelling, ...] = ()
    locations: Locations | None = None
