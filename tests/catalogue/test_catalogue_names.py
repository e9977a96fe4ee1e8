"""One walk over all entries: every token, property and target is one of the installed SDK's, every fact has a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue import loader
from tests.catalogue.sdk_names import has_path, inputs_of, lookup_arguments, provider_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import CommonCause, Condition, Edge, Entry, Mover, PackageEntry, Target

CATALOGUE = loader.load()


def _conditions(*conditions: Condition) -> Iterator[str]:
    return (path for condition in conditions for path, _ in condition)


def _target(target: Target | None) -> tuple[str, ...]:
    return target.paths if target else ()


def _held(domain: CommonCause) -> tuple[str, ...]:
    """Return the inputs of whatever holds the domain's key."""
    return (*domain.key, *domain.needs, *_conditions(domain.when, domain.unless))


def _moved_by(mover: Mover) -> Iterator[str]:
    yield from (*mover.requires, *_conditions(mover.when))
    for term in mover.terms:
        yield from _target(term.of)
        yield from (path for path in (term.times_from, term.times_less, term.path) if path and not term.of)


def _paths(entry: Entry) -> Iterator[str]:
    """Yield every input path that an entry reads, from the root of the resource."""
    yield from entry.named
    yield from (*entry.ignore, *([entry.settings_of] if entry.settings_of else []))
    yield from (path for name in entry.names for path in (name.of.paths if name.of else name.paths))
    for domain in entry.domains:
        yield from (*_target(domain.of), *_target(domain.members))
        if domain.of is None:
            yield from _held(domain)
    yield from (path for edge in entry.edges for path in _of_edge(edge))
    yield from _the_rest(entry)


def _of_edge(edge: Edge) -> Iterator[str]:
    prefix = f"{edge.each}." if edge.each else ""
    yield from (path for path in edge.paths if not path.endswith(".."))
    yield from (prefix + path for path in _conditions(edge.skip))
    yield from _conditions(edge.first_when, edge.when, edge.unless, edge.k_when, edge.k_unless)
    yield from (path for path in (edge.each, edge.k_from) if path)
    yield from ([prefix + edge.first_by] if edge.first_by and edge.first_by != "#" else [])


def _selecting(entry: Entry) -> tuple[str | None, ...]:
    return () if entry.selects is None else (entry.selects.labels, entry.selects.within)


def _the_rest(entry: Entry) -> Iterator[str]:
    yield from _moved_by(entry.mover) if entry.mover else ()
    yield from (entry.backup.paths if entry.backup else ())
    yield from _conditions(entry.entry_unless)
    yield from (*entry.instances.paths, *_conditions(entry.instances.on_demand)) if entry.instances else ()
    yield from (
        *(entry.one_by.paths if entry.one_by else ()),
        *(path for copies in entry.copies for path in copies.paths),
    )
    yield from (*entry.scales[0].paths, *entry.scales[1].paths) if entry.scales else ()
    yield from (path for path in _selecting(entry) if path)
    for join in entry.joins:
        yield from (*join.at.paths, *join.to.paths, *_conditions(join.skip))
    if entry.placement:
        placement = entry.placement
        yield from (path for path in placement.inside if path != "provider")
        yield from _conditions(placement.paired_when, placement.paired_unless)
        yield from (
            *placement.region,
            *placement.also,
            *(path for path in (placement.site, placement.replicas) if path),
        )
        yield from (placement.zones.paths if placement.zones else ())
    yield from (
        path for said in (entry.hosted, entry.apart, entry.restarts, entry.scheduled) if said for path in said.paths
    )
    yield from _inner_paths(entry)


def _inner_paths(entry: Entry) -> Iterator[str]:
    """Yield those of its units and of the parts within it."""
    if entry.units:
        yield from (*_conditions(entry.units.when), *entry.units.besides)
        yield from (entry.units.count,) if entry.units.count else ()
    for element in entry.elements:
        assert element.each
        yield element.each
        yield from (path.lstrip("^") if path.startswith("^") else f"{element.each}.{path}" for path in _paths(element))


def _package(name: str) -> tuple[PackageEntry, str]:
    """Return the entries of a package, and the SDK that they are held against."""
    found = CATALOGUE.package(name)
    assert found is not None
    assert found.sdk is not None, f"no file of {name} says which SDK it is checked against"
    return found, found.sdk


def _wrong_paths(sdk: str, token: str, entry: Entry) -> Iterator[str]:
    inputs = inputs_of(sdk, token)
    if inputs is None:
        yield f"{sdk} has no type {token}"
        return
    yield from (f"{token}: {path}" for path in _paths(entry) if not has_path(inputs, path.removesuffix("..")))


def _elsewhere(package: PackageEntry, sdk: str) -> Iterator[str]:
    """Yield the keys that other resources hold and that no type of the package has."""
    held = {path for entry in package.types.values() for domain in entry.domains if domain.of for path in _held(domain)}
    held |= {
        path
        for entry in package.types.values()
        for copies in entry.copies
        if copies.schedule is not None and copies.schedule.of is not None
        for way in copies.schedule.ways
        for path in way.paths
    }
    types = [inputs for token in package.types if (inputs := inputs_of(sdk, token)) is not None] if held else []
    yield from (path for path in sorted(held) if not any(has_path(inputs, path) for inputs in types))


@pytest.mark.parametrize("name", CATALOGUE.packages)
def test_tokens_and_properties_are_those_of_the_sdk(name: str) -> None:
    package, sdk = _package(name)
    wrong = [line for token, entry in package.types.items() for line in _wrong_paths(sdk, token, entry)]
    for token, entry in package.lookups.items():
        arguments = lookup_arguments(sdk, token)
        wrong += [f"{token}: {path}" for path in _paths(entry) if path not in arguments]
    given = (
        *package.provider.key,
        *package.provider.region,
        *package.provider.zone,
        *package.provider.inside,
    )
    wrong += [f"provider: {path}" for path in given if not has_path(provider_inputs(sdk), path)]
    assert [*wrong, *_elsewhere(package, sdk)] == []


def _targets(entry: Entry) -> Iterator[Target]:
    """Yield every target of an entry, those within others too."""
    found = [target for edge in entry.edges for target in (edge.to, edge.primary, edge.standby)]
    found += [target for join in entry.joins for target in (join.at, join.to)]
    found += [target for domain in entry.domains for target in (domain.of, domain.members)]
    found += [term.of for term in (entry.mover.terms if entry.mover else ())]
    found += [name.of for name in entry.names] + ([entry.mover.watched] if entry.mover else [])
    pending = [target for target in found if target is not None]
    for target in pending:
        yield target
        pending += target.any_of
    for element in entry.elements:
        yield from _targets(element)


def _all() -> Iterator[tuple[PackageEntry, str, Entry]]:
    """Yield every entry of every package, with its token; lookups too."""
    for name in CATALOGUE.packages:
        package, _ = _package(name)
        yield from ((package, token, entry) for token, entry in (*package.types.items(), *package.lookups.items()))


def test_every_target_is_a_name_or_group_that_some_entry_gives() -> None:
    names, groups = {"address"}, {"hosts"}
    for _, _, entry in _all():
        for each in (entry, *entry.elements):
            names |= {name.kind for name in each.names}
            groups |= {edge.group for edge in each.edges if edge.to is None or edge.each}
    missing = [
        f"{token}: {target.name}"
        for _, token, entry in _all()
        for target in _targets(entry)
        if target.name is not None and target.name not in names
    ]
    missing += [
        f"{token}: {join.group}" for _, token, entry in _all() for join in entry.joins if join.group not in groups
    ]
    assert missing == []


def test_every_control_plane_and_type_that_is_named_is_there() -> None:
    planes = {f"{name}:{plane}" for name in CATALOGUE.packages for plane in _package(name)[0].control_planes}
    named = {
        (token, entry.mover.run_by) for _, token, entry in _all() if entry.mover and ":" in (entry.mover.run_by or "")
    }
    assert [item for item in sorted(named) if item[1] not in planes] == []
    others = {
        (package.sdk or "", other) for package, _, entry in _all() if entry.backup for other in entry.backup.off_unless
    }
    others |= {
        (package.sdk or "", target.referring)
        for package, _, entry in _all()
        for target in (*_targets(entry), *([entry.mover.watched] if entry.mover and entry.mover.watched else []))
        if target.referring
    }
    assert [other for sdk, other in sorted(others) if inputs_of(sdk, other) is None] == []


def _unsourced(entry: Entry) -> Iterator[str]:
    """Yield each fact of an entry that its provider only documents, and that cites nothing."""
    if entry.units and not entry.units.source:
        yield "units"
    if entry.mover and not entry.mover.source:
        yield from (f"term {term.name}" for term in entry.mover.terms if term.default is not None and not term.source)
        if entry.mover.run_by not in {None, "provider"} and not any(term.source for term in entry.mover.terms):
            yield "mover"
    if entry.instances and entry.placement and entry.placement.zones and entry.placement.zones.alone:
        yield from () if entry.placement.zones.source else ("instances",)
    yield from (f"domain {domain.kind}" for domain in entry.domains if not domain.source)
    yield from (f"lag of {edge.group}" for edge in entry.edges if isinstance(edge.lag, float | int))


def test_every_fact_cites_its_source() -> None:
    found = [f"{token}: {fact}" for _, token, entry in _all() if not entry.source for fact in _unsourced(entry)]
    assert found == []
