"""Every token and property of the catalogue is one of the installed SDK's."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue import loader
from tests.catalogue.sdk_names import has_path, inputs_of, lookup_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import CommonCause, Condition, Entry, Target

CATALOGUE = loader.load()


def _types(section: str) -> list[tuple[str, str]]:
    found = ((package, CATALOGUE.package(package)) for package in CATALOGUE.packages)
    return [(package, token) for package, entry in found if entry for token in getattr(entry, section)]


def _conditions(*conditions: Condition) -> Iterator[str]:
    return (path for condition in conditions for path, _ in condition)


def _target(target: Target | None) -> tuple[str, ...]:
    return target.paths if target else ()


def _held(domain: CommonCause) -> tuple[str, ...]:
    """Return the inputs of whatever holds the domain's key."""
    return (*domain.key, *domain.needs, *_conditions(domain.when, domain.unless))


def _paths(entry: Entry) -> Iterator[str]:
    """Yield every input path that an entry reads, from the root of the resource."""
    yield from entry.named
    yield from entry.ignore
    yield from (path for name in entry.names for path in name.paths)
    for domain in entry.domains:
        yield from (*_target(domain.of), *_target(domain.members))
        if domain.of is None:
            yield from _held(domain)
    for edge in entry.edges:
        prefix = f"{edge.each}." if edge.each else ""
        yield from (path for path in edge.paths if not path.endswith(".."))
        yield from (prefix + path for path in _conditions(edge.skip))
        yield from _conditions(edge.first_when)
        yield from (path for path in (edge.each, edge.k_from) if path)
        yield from ([prefix + edge.first_by] if edge.first_by else [])
    if entry.mover:
        yield from (*entry.mover.requires, *_conditions(entry.mover.when))
        for term in entry.mover.terms:
            yield from _target(term.of)
            yield from (path for path in (term.times_from, None if term.of else term.path) if path)
    yield from (entry.backup.paths if entry.backup else ())
    yield from ((entry.instances.path,) if entry.instances else ())
    if entry.join:
        yield from (*_target(entry.join.at), *_target(entry.join.to), *_conditions(entry.join.skip))
    if entry.placement:
        inside = (path for path in entry.placement.inside if path != "provider")
        yield from (*inside, *entry.placement.region, *((entry.placement.site,) if entry.placement.site else ()))
    if entry.units:
        yield from _conditions(entry.units.when)
        yield from (entry.units.count,) if entry.units.count else ()
    for element in entry.elements:
        assert element.each
        yield element.each
        yield from (path.lstrip("^") if path.startswith("^") else f"{element.each}.{path}" for path in _paths(element))


@pytest.mark.parametrize(("package", "token"), _types("types"), ids=str)
def test_names_of_a_type_are_those_of_the_sdk(package: str, token: str) -> None:
    entry = CATALOGUE.entry(token)
    sdk = CATALOGUE.package(package)
    assert entry is not None
    assert sdk is not None
    assert sdk.sdk is not None
    inputs = inputs_of(sdk.sdk, token)
    assert inputs is not None, f"{sdk.sdk} has no type {token}"
    assert [path for path in _paths(entry) if not has_path(inputs, path.removesuffix(".."))] == []


@pytest.mark.parametrize(("package", "token"), _types("types"), ids=str)
def test_a_key_that_another_resource_holds_is_an_input_of_some_type(package: str, token: str) -> None:
    entry, sdk = CATALOGUE.entry(token), CATALOGUE.package(package)
    assert entry is not None
    assert sdk is not None
    assert sdk.sdk is not None
    types = [inputs for other in sdk.types if (inputs := inputs_of(sdk.sdk, other)) is not None]
    elsewhere = [path for domain in entry.domains if domain.of is not None for path in _held(domain)]
    assert [path for path in elsewhere if not any(has_path(inputs, path) for inputs in types)] == []


@pytest.mark.parametrize(("package", "token"), _types("lookups"), ids=str)
def test_names_of_a_lookup_are_those_of_the_sdk(package: str, token: str) -> None:
    entry = CATALOGUE.lookup(token)
    sdk = CATALOGUE.package(package)
    assert entry is not None
    assert sdk is not None
    assert sdk.sdk is not None
    assert set(_paths(entry)) <= lookup_arguments(sdk.sdk, token)


@pytest.mark.parametrize("package", CATALOGUE.packages)
def test_names_of_a_provider_are_those_of_the_sdk(package: str) -> None:
    found = CATALOGUE.package(package)
    assert found is not None
    assert found.sdk is not None
    provider = importlib.import_module(f"{found.sdk}.provider").ProviderArgs
    assert [path for path in (*found.provider.key, *found.provider.region) if not has_path(provider, path)] == []
