"""What one deployment touches at once, and what would be lost if all of it failed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.operation import CHANGE, UPDATE, Operation
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Condition, Domain, Fact, Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.probe import Probe
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Step
    from resilience_checks.topology.estate import Estate, Reach

KIND = "configuration"
_SYNCHRONISED = "ha-cluster"
"""The kind of domain whose members take over each other's configuration."""
_MAX_SETS = 8
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that the deployment of `stack` makes, alters or removes; `location` is where a reader finds it."""

    stack: str
    urn: str
    type: str
    name: str
    operation: Operation
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """A part that a deployment touches, by which of its changes; `sure` is False where it may not be touched at all."""

    part: str
    label: str
    role: str
    changes: tuple[ResourceChange, ...]
    sure: bool = True
    why: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class TouchedSet:
    """A smallest set of touched parts whose failing loses the services.

    The services survive the outage of any one of several, and not the change of all.
    """

    parts: tuple[str, ...]
    services: tuple[str, ...]
    chain: tuple[Step, ...] = ()
    sure: bool = True

    @property
    def redundant(self) -> bool:
        """Whether there are several, of which any one may be down."""
        return len(self.parts) > 1


@dataclass(frozen=True, slots=True)
class Whole:
    """All parts of one role in front of some services, every one of them touched."""

    role: str
    parts: tuple[str, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What one stack's deployment does at once: one event that hits every part that it touches.

    `lost` are the services that would be lost if all that it touches failed, `perhaps` those of which that is not
    known, `kept` those that survive it, `untouched` those that stand on nothing of it; `broken` are lost with nothing
    failed. `sets` are smallest touched subsets that lose services (not always all of them).
    """

    stack: str
    changes: tuple[ResourceChange, ...]
    touched: tuple[Touch, ...]
    lost: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    sets: tuple[TouchedSet, ...] = ()
    whole: tuple[Whole, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """Touched parts that fail together, as one event: the configuration of one is that of the others."""

    id: str
    parts: tuple[str, ...]
    domain: Domain

    @property
    def event(self) -> str:
        """The event that all of them fail."""
        return f"{self.domain.id}/{FaultKind.BAD_CHANGE}"


def reached_by(change: ResourceChange, reach: Sequence[Reach]) -> Iterator[Reach]:
    """Yield what a change really touches: nothing where only labels differ, one element where only it does."""
    operation = change.operation
    if not operation.changes:
        return
    properties = operation.properties if operation.op in {UPDATE, CHANGE} else ()
    elements = [one.within for one in reach if one.within]
    for one in reach:
        if not properties or any(_reaches(one, path, elements) for path in properties):
            yield one


def _reaches(reach: Reach, path: str, elements: Sequence[str]) -> bool:
    if any(paths.within(label, path) for label in reach.labels):
        return False
    if reach.keys is not None:
        return any(paths.within(key, path) or paths.within(path, key) for key in reach.keys)
    inside = [element for element in elements if paths.within(element, path)]
    if inside:
        return reach.within in inside
    return not reach.within or paths.within(path, reach.within)


def touches(
    estate: Estate, changes: Iterable[ResourceChange]
) -> tuple[dict[str, list[ResourceChange]], dict[str, Fact]]:
    """Return for each touched part the changes that touch it, and the fact on which it hangs where it is not sure."""
    by: dict[str, list[ResourceChange]] = defaultdict(list)
    facts: dict[str, list[Fact | None]] = defaultdict(list)
    for change in changes:
        for reach in reached_by(change, estate.reach.get(change.stack, {}).get(change.urn, ())):
            by[reach.part].append(change)
            facts[reach.part].append(reach.fact or _doubt(change))
    unsure = {part: each[0] for part, each in facts.items() if each[0] is not None and None not in each}
    return dict(by), unsure


def _doubt(change: ResourceChange) -> Fact | None:
    if change.operation.certain:
        return None
    reason = Reason(f"{change.name} may change: {change.operation.why}", Basis.UNKNOWN, change.location)
    remedy = "write a preview, in which the engine says what changes"
    return Fact(f"whether {change.urn} changes", ("no", "yes"), reason, remedy)


def elements(estate: Estate, touched: Iterable[str], unsure: Mapping[str, Fact]) -> tuple[Element, ...]:
    """Return the events of the touched parts; parts whose change takes down the same are one event."""
    clusters: dict[str, list[Domain]] = defaultdict(list)
    for domain in estate.domains.values():
        if domain.kind == _SYNCHRONISED and FaultKind.BAD_CHANGE in domain.faults:
            for member in domain.members:
                clusters[member.part].append(domain)
    grouped: dict[tuple[Member, ...], list[str]] = defaultdict(list)
    for part in sorted(touched):
        if part in estate.parts:
            grouped[tuple(_hit(part, clusters.get(part, ()), unsure))].append(part)
    return tuple(_element(tuple(parts), members) for members, parts in grouped.items())


def _hit(part: str, clusters: Sequence[Domain], unsure: Mapping[str, Fact]) -> list[Member]:
    """Return what fails when the part's change is bad: itself, and what takes its configuration over."""
    own: Condition = ()
    if part in unsure:
        own = ((unsure[part].id, unsure[part].values[1]),)
    found: dict[Member, None] = {Member(part, own): None}
    for domain in clusters:
        joined = next(member.when for member in domain.members if member.part == part)
        for member in domain.members:
            if member.part != part:
                found[Member(member.part, (*own, *domain.exists, *joined, *member.when))] = None
    return sorted(found, key=lambda member: (member.part, member.when))


def _element(parts: tuple[str, ...], members: tuple[Member, ...]) -> Element:
    domain = Domain(f"{KIND}:{parts[0]}", KIND, " and ".join(parts), (FaultKind.BAD_CHANGE,), members)
    return Element(parts[0], parts, domain)


def smallest(probe: Probe, service: str, found: Sequence[Element], *, surely: bool) -> list[tuple[Element, ...]]:
    """Return smallest subsets of the elements that lose the service, up to a few; the first is found in a pass an element.

    Others are looked for among what is left without some element of those found (Reiter, "A theory of diagnosis from
    first principles", Artificial Intelligence 32, 1987); the first by the next element that a prefix needs.
    """
    results: list[tuple[Element, ...]] = []
    pending: list[frozenset[str]] = [frozenset()]
    seen: set[frozenset[str]] = set(pending)
    while pending and len(results) < _MAX_SETS:
        without = pending.pop(0)
        one = next((each for each in results if without.isdisjoint(element.id for element in each)), None)
        if one is None:
            one = _smallest(probe, service, [element for element in found if element.id not in without], surely=surely)
            if one is None:
                continue
            results.append(one)
        for element in one:
            further = without | {element.id}
            if further not in seen:
                seen.add(further)
                pending.append(further)
    return results


def _smallest(probe: Probe, service: str, found: Sequence[Element], *, surely: bool) -> tuple[Element, ...] | None:
    rest = list(found)
    lost = probe.lost(service, [[element.event for element in rest]])
    if not (lost.surely if surely else lost.possibly):
        return None
    needed: list[Element] = []
    while shortest := _prefix(probe, service, needed, rest, surely=surely):
        needed.append(rest[shortest - 1])
        rest = rest[: shortest - 1]
    return tuple(sorted(needed, key=lambda element: element.id))


def _prefix(probe: Probe, service: str, needed: Sequence[Element], rest: Sequence[Element], *, surely: bool) -> int:
    """Return how many of the first of `rest` lose the service together with `needed`; all of them surely do."""
    low, high = -1, len(rest)
    always = [element.event for element in needed]
    while high - low > 1:
        step = max(1, (high - low) // _CHUNK)
        lengths = sorted({*range(low + 1, high, step), high})
        sets = [[*always, *(element.event for element in rest[:length])] for length in lengths]
        lost = probe.lost(service, sets)
        bits = lost.surely if surely else lost.possibly
        first = (bits & -bits).bit_length() - 1
        high, low = lengths[first], lengths[first - 1] if first else low
    return high
