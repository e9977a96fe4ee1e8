"""What programs say of themselves, word for word: tags, components, entries with pools, and errors that name the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason, Unknown
from resilience_checks.topology.collecting import collect
from resilience_checks.topology.control_planes import ControlPlanes
from resilience_checks.topology.declaration_problems import listing
from resilience_checks.topology.declaration_strictness import Objectives, objectives
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import Component, Declarations, Entry, Scope, Service
from resilience_checks.topology.parts import Parts
from resilience_checks.topology.program_declarations import join
from resilience_checks.topology.selectors import Select
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = "vsphere:index/virtualMachine:VirtualMachine"
URN = f"urn:pulumi:prod::web::{MACHINE}::m"
CATALOGUE = Catalogue()


def at(line: int, column: int | None = None) -> Location:
    return Location("__main__.py" if column is None else "resilience.yaml", line, column)


def read(text: str, directory: Path) -> Declarations:
    file = directory / "resilience.yaml"
    file.write_text(f"version: 1\n{text}", encoding="utf-8")
    return load(file, directory, alone=False)


def tagged(**tags: object) -> Program:
    program = Program()
    program.add(MACHINE, "m", {"name": "m", "tags": {f"resilience:{key}": value for key, value in tags.items()}})
    return program


def test_a_tag_says_which_component_a_resource_is_of_and_of_how_many_units() -> None:
    found = join([tagged(component="web, api", units="2").graph()], Declarations.empty())
    said = dict.fromkeys(("select", "units"), at(1))
    assert (dict(found.components), found.notes) == (
        {
            name: Component(name, at(1), select=(Select(at(1), resources=(URN,)),), units=2, at=said)
            for name in ("web", "api")
        },
        (),
    )


def test_a_resource_of_which_no_tag_is_known_may_be_of_any_component_that_selects(tmp_path: Path) -> None:
    declared = read("components: {web: {select: x}, net: {role: network}}\n", tmp_path)
    found = join([tagged(component=Unknown("later")).graph()], declared)
    perhaps = Select(at(1), resources=(URN,), sure=False)
    assert {name: item.select for name, item in found.components.items()} == {
        "web": (*declared.components["web"].select, perhaps),
        "net": (),
    }
    text = "the tag resilience:component of m is not known before deployment: later"
    assert found.notes == (Reason(text, Basis.UNKNOWN, at(1)),)


def test_a_resource_with_the_tag_of_a_service_is_known_as_its_entry() -> None:
    found = join([tagged(component="web", service="record").graph()], Declarations.empty())
    assert (found.doors, list(found.resources)) == (frozenset({URN}), [URN])
    assert join([tagged(component="web").graph()], Declarations.empty()).doors == frozenset()


def test_what_a_file_leaves_to_the_programs_is_found_there_and_dangles_no_more(tmp_path: Path) -> None:
    declared = read("services: {app: {entry: web}}\n", tmp_path)
    program = Program()
    program.declare("Component", "web", members=[program.add(MACHINE, "m", {"name": "m"})])
    assert (declared.dangling, join([program.graph()], declared).dangling) == (True, False)


def test_an_entry_leads_through_the_pools_that_a_program_gives() -> None:
    program = Program()
    program.declare("Service", "app", entry=[program.add(MACHINE, "m", {"name": "m"})], pools=["one", "other"])
    (service,) = join([program.graph()], Declarations.empty()).services.values()
    assert service == Service(
        "app", at(2), Entry(Select(at(2), resources=(URN,)), at(2), ("one", "other")), at={"entry": at(2)}
    )


def test_a_fault_of_a_program_is_told_with_both_pages() -> None:
    program = Program()
    program.declare("Site", "x", perimter="none")
    with pytest.raises(UsageError) as caught:
        join([program.graph()], Declarations.empty())
    error = caught.value
    assert (error.what, error.location, error.why, error.remedy) == (
        'sites.x: unknown key "perimter"; did you mean "perimeter"?',
        at(1),
        "Nothing was checked: an estate described wrongly would be judged wrongly.",
        (
            "Correct these lines; docs/resilience-yaml.md describes every key, "
            "docs/declaring-in-programs.md every tag and component."
        ),
    )


def test_what_a_file_asks_of_a_service_is_its_own_else_the_default(tmp_path: Path) -> None:
    text = "service_defaults: {scope: national, tier: 1, rto: 1h}\nservices:\n  app: {tier: 2, rpo: 5m}\n"
    lines = {"scope": at(2, 20), "rto": at(2, 46), "tier": at(4, 9), "rpo": at(4, 18)}
    assert objectives(read(text, tmp_path)) == {
        "app": Objectives("app", at(4, 3), Scope.NATIONAL, 2, 3600.0, 300.0, (), lines)
    }


def test_a_control_plane_like_no_other_is_refused_with_those_that_there_are() -> None:
    known = [
        f"{package}:{name}"
        for package in CATALOGUE.packages
        if (entry := CATALOGUE.package(package)) is not None
        for name in entry.control_planes
    ]
    with pytest.raises(UsageError) as caught:
        ControlPlanes(CATALOGUE).part(Parts.__new__(Parts), "zz:qqqqqqqq", at(3, 4))
    error = caught.value
    assert (error.what, error.location, error.why, error.remedy) == (
        'the catalogue has no control plane "zz:qqqqqqqq"',
        at(3, 4),
        "what it was meant to say is needed would be left out",
        f"it has {listing(known, 'and')}",
    )


@pytest.mark.parametrize(
    ("token", "given", "names"),
    [
        ("fortios:system/ha:Ha", {"hostname": "fw.example"}, ("default", "fw.example")),
        ("fortios:system/ha:Ha", {}, ("default", None)),
        ("aws:rds/instance:Instance", {"region": "eu-west-2"}, ("default",)),
    ],
)
def test_a_default_provider_goes_by_default_and_by_its_own_name_if_it_has_one(
    token: str, given: dict[str, str], names: tuple[str | None, ...]
) -> None:
    program = Program()
    program.add(token, "one")
    graph = replace(program.graph(), default_providers={token.partition(":")[0]: given})
    found = collect([graph], CATALOGUE, Declarations.empty())
    assert [thing.provider_names for thing in found.all] == [names] * 2
