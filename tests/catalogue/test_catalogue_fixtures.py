"""Each entry of the catalogue has a fixture in which it decides: without it some outcome is another."""

from __future__ import annotations

import pytest

from resilience_checks.catalogue.loader import Catalogue
from tests.catalogue.cases import Fixture, Without, fixtures, said
from tests.catalogue.programs import PROVED

CATALOGUE = Catalogue()
FIXTURES = fixtures()


@pytest.mark.parametrize("fixture", FIXTURES, ids=str)
def test_what_a_fixture_states_is_so_and_without_each_entry_it_is_not(fixture: Fixture) -> None:
    assert said(fixture, CATALOGUE) == fixture.expected
    same = [token for token in fixture.proves if said(fixture, Without(token)) == fixture.expected]
    assert same == [], f"{fixture} says the same without them: state an outcome that they decide"


def test_no_entry_lacks_a_fixture() -> None:
    packages = [package for name in CATALOGUE.packages if (package := CATALOGUE.package(name)) is not None]
    known = {token for package in packages for token in (*package.types, *package.lookups)}
    proved = {token for fixture in FIXTURES for token in fixture.proves}
    assert sorted(known - proved - PROVED) == []
    assert sorted(proved - known) == []
    assert sorted(PROVED - known) == []
