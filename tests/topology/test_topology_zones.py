"""Zones of a provider's regions: what spreads over them has a unit in each, the rest stands in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.catalogue.loader import Catalogue
from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind, Question
from resilience_checks.model.values import Basis, Reason, Unknown
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Fact
from resilience_checks.topology.estate_builder import build
from tests.catalogue.programs import CLOUD, LATER
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import told

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.estate import Estate

ZONE = Question("zone", (FaultKind.OUTAGE,), ("zone",))
TWO = Question("zone", (FaultKind.OUTAGE,), ("zone",), order=2)
ANY = Question("any", (FaultKind.OUTAGE,), ("region", "device"))


def app(tmp_path: Path, **plan: Any) -> Estate:
    program = Program()
    made = program.add("azure-native:web:AppServicePlan", "plan", {"name": "plan", "location": "uksouth", **plan})
    program.add(
        "azure-native:web:WebApp",
        "app",
        {"name": "app", "location": "uksouth", "serverFarmId": LATER},
        refers={"serverFarmId": made},
    )
    path = tmp_path / "resilience.yaml"
    path.write_text(CLOUD, encoding="utf-8")
    return build([program.graph()], load(path, tmp_path), load_catalogue())


def test_what_spreads_over_zones_survives_any_one_and_not_all(tmp_path: Path) -> None:
    found = app(tmp_path, zoneRedundant=True)
    assert told(found, ZONE, TWO, ANY) == [
        "zone app: yes",
        "zone app: no ['zone:uksouth/1/outage+zone:uksouth/2/outage'] []",
        "any app: no ['region:uksouth/outage'] []",
    ]
    assert "zone:uksouth/1" in found.domains["region:uksouth"].encloses


@pytest.mark.parametrize("plan", [{}, {"zoneRedundant": False}])
def test_what_stands_in_one_zone_is_lost_with_it_whichever_it_is(plan: dict[str, Any], tmp_path: Path) -> None:
    found = app(tmp_path, **plan)
    assert told(found, ZONE, ANY) == [
        "zone app: no ['zone:of plan/outage'] []",
        "any app: no ['device:plan/outage', 'region:uksouth/outage'] []",
    ]
    assert found.domains["zone:of plan"].name == "in which AppServicePlan plan stands"


@pytest.mark.parametrize(
    "plan", [{"zoneRedundant": Unknown("later")}, {"location": "australiasoutheast"}, {"location": Unknown("later")}]
)
def test_what_may_stand_in_one_zone_is_not_known_to_survive_it(plan: dict[str, Any], tmp_path: Path) -> None:
    (line,) = told(app(tmp_path, **plan), ZONE)
    assert line.startswith("zone app: unknown ['zone:")


def test_in_a_region_without_zones_there_is_none_to_lose(tmp_path: Path) -> None:
    assert not [domain for domain in app(tmp_path, location="UK West").domains if domain.startswith("zone:")]


def servers(tmp_path: Path, *inputs: dict[str, Any]) -> list[str]:
    """Return what is said of a service that any of some databases serves, each with a region and perhaps a zone."""
    program = Program()
    for number, more in enumerate(inputs):
        name = f"db-{number}"
        program.add("aws:rds/instance:Instance", name, {"identifier": name, "region": "eu-west-2", **more})
    components = "".join(f"  c{n}: {{select: {{name: db-{n}}}}}\n" for n in range(len(inputs)))
    any_of = ", ".join(f"{{component: c{n}, nature: path}}" for n in range(len(inputs)))
    path = tmp_path / "resilience.yaml"
    path.write_text(
        f"version: 1\ncomponents:\n{components}  any: {{any-of: [{any_of}]}}\nservices: {{app: {{entry: any}}}}\n",
        encoding="utf-8",
    )
    return told(build([program.graph()], load(path, tmp_path), load_catalogue()), ZONE)


def test_two_zones_that_the_provider_chose_may_be_one(tmp_path: Path) -> None:
    (line,) = servers(tmp_path, {}, {})
    assert line.startswith("zone app: unknown ['zone:of db-0/outage', 'zone:of db-1/outage']")
    assert "2 zones of region eu-west-2 are not known, and may be one" in line


OWN = """
schema: resilience-catalogue/v1
package: aws
estate: cloud
types:
  aws:ec2/instance:Instance:
    role: compute
    placement: {region: [region], zones: {from: availabilityZone, source: a page}}
"""


def test_a_zone_that_the_provider_chose_may_be_one_that_is_named(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    program = Program()
    program.add("aws:ec2/instance:Instance", "a", {"region": "eu-west-2", "availabilityZone": "eu-west-2a"})
    program.add("aws:ec2/instance:Instance", "b", {"region": "eu-west-2"})
    path = tmp_path / "resilience.yaml"
    path.write_text(
        "version: 1\ncomponents: {a: {select: {name: a}}, b: {select: {name: b}}, any: {any-of: "
        "[{component: a, nature: path}, {component: b, nature: path}]}}\nservices: {app: {entry: any}}\n",
        encoding="utf-8",
    )
    (line,) = told(build([program.graph()], load(path, tmp_path), load_catalogue([own])), ZONE)
    assert line == (
        "zone app: unknown ['zone:eu-west-2/eu-west-2a, if chosen/outage'] "
        "['whether the zones of region eu-west-2 that the provider chose are among those with names is not known']"
    )


def test_zones_of_two_regions_are_never_one(tmp_path: Path) -> None:
    assert servers(tmp_path, {}, {"region": "eu-west-1"}) == ["zone app: yes"]


def test_a_unit_in_each_of_two_zones_outlives_any_zone_that_the_provider_chose(tmp_path: Path) -> None:
    assert servers(tmp_path, {}, {"multiAz": True}) == ["zone app: yes"]


DATABASE = "version: 1\nservices:\n  app: {entry: {select: {type: '*:Database'}}, scope: national, rto: 10m, rpo: 1m}\n"


def database(tmp_path: Path, **inputs: Any) -> Estate:
    program = Program()
    server = program.add("azure-native:sql:Server", "sql", {"serverName": "sql", "location": "uksouth"})
    program.add("azure-native:sql:Database", "db", {"serverName": LATER, **inputs}, refers={"serverName": server})
    path = tmp_path / "resilience.yaml"
    path.write_text(DATABASE, encoding="utf-8")
    return build([program.graph()], load(path, tmp_path), load_catalogue())


def test_a_managed_database_is_no_device_and_neither_is_its_logical_server(tmp_path: Path) -> None:
    found = database(tmp_path, zoneRedundant=True)
    assert told(found, ZONE, ANY) == ["zone app: yes", "any app: no ['region:uksouth/outage'] []"]
    assert {domain.kind for domain in found.domains.values()} == {"region", "zone", "deployment"}


def test_a_database_in_a_pool_spreads_as_its_pool_does_which_is_not_known(tmp_path: Path) -> None:
    found = database(tmp_path, zoneRedundant=True, elasticPoolId="pool")
    (line,) = told(found, ZONE)
    assert line.startswith("zone app: unknown ")
    assert found.facts["zones of db"].reason.text == "whether Database db spreads over zones is not known"


@pytest.mark.parametrize(
    ("token", "inputs"), [("aws:dynamodb/table:Table", {"name": "app"}), ("aws:s3/bucket:Bucket", {"bucket": "app"})]
)
def test_what_always_spreads_over_zones_survives_any_one(token: str, inputs: dict[str, str], tmp_path: Path) -> None:
    program = Program()
    program.add(token, "app", {**inputs, "region": "eu-west-2"})
    path = tmp_path / "resilience.yaml"
    path.write_text(f"version: 1\nservices: {{app: {{entry: {{select: {{type: '{token}'}}}}}}}}\n", encoding="utf-8")
    found = build([program.graph()], load(path, tmp_path), load_catalogue())
    assert told(found, ZONE) == ["zone app: yes"]
    assert [key for key in found.domains if key.startswith("zone:")] == [f"zone:eu-west-2/{n}" for n in (1, 2, 3)]


def at_sites(tmp_path: Path, region: str, rules: str, *inputs: dict[str, Any]) -> Estate:
    """Return an estate of a service that any of some databases serves, placed at sites n and s by rules alone."""
    program = Program()
    for number, more in enumerate(inputs):
        program.add("aws:rds/instance:Instance", f"db-{number}", {"identifier": f"db-{number}", **more})
    edges = ", ".join(f"{{select: {{name: db-{number}}}}}" for number in range(len(inputs)))
    path = tmp_path / "resilience.yaml"
    path.write_text(
        f"version: 1\nsites: {{n: {{{region}perimeter: none}}, s: {{{region}perimeter: none}}}}\n"
        f"links: {{ns: {{between: [n, s]}}}}\nplacement: [{rules}]\n"
        f"components: {{any: {{any-of: [{edges}]}}}}\nservices: {{app: {{entry: any}}}}\n",
        encoding="utf-8",
    )
    return build([program.graph()], load(path, tmp_path), Catalogue())


AT_N, AT_S = "{match: 'db-*', site: n}", "{match: 'db-*', site: s}"
NAMED = {"availabilityZone": "eu-west-2a"}


@pytest.mark.parametrize(
    ("region", "inputs", "expected"),
    [
        ("region: EU-West-2, ", [NAMED], "zone app: no ['zone:eu-west-2/eu-west-2a/outage'] []"),
        ("region: eu-west-2, ", [{}], "zone app: no ['zone:of db-0/outage'] []"),
        ("region: eu-west-2, ", [{"multiAz": True}], "zone app: yes"),
        ("", [NAMED], "zone app: no ['zone:a place that nobody named/eu-west-2a/outage'] []"),
        ("", [{"multiAz": True}], "zone app: yes"),
        (
            "region: eu-west-2, ",
            [{}, NAMED],
            (
                "zone app: unknown ['zone:eu-west-2/eu-west-2a, if chosen/outage'] "
                "['whether the zones of region eu-west-2 that the provider chose are among those with names is not known']"
            ),
        ),
    ],
)
def test_what_only_a_rule_places_stands_in_zones_of_its_site_s_region(
    region: str, inputs: list[dict[str, Any]], expected: str, tmp_path: Path
) -> None:
    assert told(at_sites(tmp_path, region, AT_N, *inputs), ZONE) == [expected]


def test_what_rules_place_at_two_sites_stands_in_zones_of_its_own_where_these_have_no_regions(tmp_path: Path) -> None:
    found = at_sites(tmp_path, "", f"{AT_N}, {AT_S}", {"multiAz": True}, {"multiAz": True})
    assert [name for name in found.domains if name.startswith("zone:")] == [
        f"zone:a place that nobody named of db-{thing}/{zone}" for thing in (0, 1) for zone in (1, 2)
    ]


def test_what_would_tell_whether_it_spreads_is_asked_for(tmp_path: Path) -> None:
    found = app(tmp_path, zoneRedundant=Unknown("later"))
    assert found.facts["zones of plan"] == Fact(
        "zones of plan",
        ("several", "one"),
        Reason(
            "whether AppServicePlan plan spreads over zones is not known", Basis.UNKNOWN, Location("__main__.py", 1)
        ),
        "give the input in the stack's configuration",
    )


@pytest.mark.parametrize(
    ("availability", "zones"),
    [
        ("REGIONAL", {"zone:europe-west2/1", "zone:europe-west2/2"}),  # the one that it prefers is either of the two
        ("ZONAL", {"zone:europe-west2/europe-west2-a"}),
    ],
)
def test_a_zone_that_is_preferred_is_the_only_one_where_nothing_makes_it_one_of_several(
    availability: str, zones: set[str]
) -> None:
    program = Program()
    settings = {"availabilityType": availability, "locationPreference": {"zone": "europe-west2-a"}}
    inputs = {"name": "db", "region": "europe-west2", "settings": settings}
    program.add("gcp:sql/databaseInstance:DatabaseInstance", "db", inputs)
    found = build([program.graph()], Declarations.empty(), load_catalogue())
    assert {domain for domain in found.domains if domain.startswith("zone:")} == zones
