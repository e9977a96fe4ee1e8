"""Several units, instances or members behind one resource: what is enough of them, and what nobody says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Fact
from resilience_checks.topology.estate_builder import build
from tests.catalogue.programs import LATER
from tests.topology.gate_text import tell
from tests.topology.graphs import Program
from tests.topology.test_topology_zones import app
from tests.topology.test_topology_zones_of_others import group

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
schema: resilience-catalogue/v1
package: acme
estate: cloud
types:
  acme:index/app:App:
    role: compute
    placement: {region: [region]}
    units: {n: {besides: {each: ["twins[]"]}}, source: a page}
    edges: [{gate: requires, nature: need, to: {ref: "stores[]"}}]
"""
NEVER: dict[str, list[object]] = {"any: -": []}
ALWAYS: dict[str, list[object]] = {"all: -": []}


def unknown(text: str, line: int) -> Reason:
    return Reason(text, Basis.UNKNOWN, Location("__main__.py", line))


def test_units_whose_region_no_input_names_stand_where_the_first_does(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    program = Program()
    program.add("acme:index/app:App", "app", {"region": "here", "twins": [{"size": 1}, {"size": 2}]})
    found = build([program.graph()], Declarations.empty(), load_catalogue([own]))
    assert tell(found.parts["app"].gate) == {
        "any: App app has 3 units @1 (documented)": [
            f"app#{number} (path): App app has 3 units @1 (documented)" for number in (1, 2, 3)
        ]
    }
    members = {member.part for member in found.domains["region:here"].members}
    assert {"app#1", "app#2", "app#3"} <= members


def test_two_lookups_of_a_type_that_the_catalogue_does_not_know_find_two_things(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    program = Program()
    lookups = [program.lookup("acme:index/getStore:getStore", name) for name in ("a", "b")]
    refers = {f"stores[{number}]": lookup for number, lookup in enumerate(lookups)}
    program.add("acme:index/app:App", "app", {"region": "here", "stores": [LATER, LATER]}, refers=refers)
    found = build([program.graph()], Declarations.empty(), load_catalogue([own]))
    what = "what acme:index/getStore:getStore finds"
    assert tell(found.parts["app"].gate) == {
        "all: -": [
            f"{what} outside the checked programs (need): App app needs {what} (stores[0]) @1",
            f"{what} outside the checked programs #2 (need): App app needs {what} (stores[1]) @1",
        ]
    }


def test_of_instances_whose_number_is_not_known_only_the_first_is_sure(tmp_path: Path) -> None:
    found = app(tmp_path, zoneRedundant=False, sku={"capacity": LATER})
    runs = "AppServicePlan plan runs there @1"
    assert tell(found.parts["plan"].gate) == {
        "any: AppServicePlan plan has several instances @1": [
            f"plan#1 (path): {runs}",
            {"units of plan": {"several": f"plan#2 (path): {runs}", "one": NEVER}},
        ]
    }
    assert found.facts["units of plan"] == Fact(
        "units of plan",
        ("several", "one"),
        unknown("how many instances AppServicePlan plan has is not known", 1),
        "give sku.capacity in the program",
    )


def test_one_instance_is_on_the_path_of_its_group_until_another_starts_in_some_zone() -> None:
    one = "app#one (path): Group app has one instance @3"
    spread = "Group app spreads over 2 zones @3 (documented)"
    zones = {"any: -": [f"app#zone-{zone} (path): {spread}" for zone in ("eu-west-2a", "eu-west-2b")]}
    assert tell(group(["eu-west-2a", "eu-west-2b"], minSize=1).parts["app"].gate) == {
        "move of app": {
            "works": {"failover: moving takes a start elsewhere": [one, (0, None, zones, ALWAYS)]},
            "does not": one,
        }
    }


def test_of_several_services_behind_an_ingress_nobody_says_whether_one_is_enough() -> None:
    program = Program()
    for name in ("a", "b"):
        program.add("kubernetes:core/v1:Service", name, {"metadata": {"name": name}})
    paths = [{"backend": {"service": {"name": name}}} for name in ("a", "b")]
    ingress = {"metadata": {"name": "front"}, "spec": {"rules": [{"http": {"paths": paths}}]}}
    program.add("kubernetes:networking.k8s.io/v1:Ingress", "front", ingress)
    found = build([program.graph()], Declarations.empty(), load_catalogue())
    uses = [
        f"{name} (path): Ingress front uses Service {name} (spec.rules[0].http.paths[{n}].backend.service.name) @3"
        for n, name in enumerate(("a", "b"))
    ]
    cluster = "default kubernetes provider of web/prod"
    fact = "how many services of front"
    assert tell(found.parts["front"].gate) == {
        "all: -": [
            f"{cluster} (path): Ingress front runs on {cluster} @3",
            {
                fact: {
                    "all": {"all: -": uses},
                    "any": {"any: Ingress front needs one of its 2 services @3": uses},
                }
            },
        ]
    }
    assert found.facts[fact] == Fact(
        fact,
        ("all", "any"),
        unknown("Ingress front has 2 services, and nothing says whether one of them is enough", 3),
        "let the service enter at one of the services, or declare a component with `any-of` or `requires`",
    )
