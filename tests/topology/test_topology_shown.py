"""What stands for a service where none is declared: the entries that the programs show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.location import Location
from resilience_checks.model.values import Basis, Reason, Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Fact
from resilience_checks.topology.estate_builder import build
from tests.topology.gate_text import tell
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from resilience_checks.topology.estate import Estate

LATER = Unknown("computed at deployment")
MACHINE, BALANCER, RECORD = "aws:ec2/instance:Instance", "aws:lb/loadBalancer:LoadBalancer", "aws:route53/record:Record"
DATABASE, BUCKET = "aws:rds/instance:Instance", "aws:s3/bucket:Bucket"


def shown(program: Program) -> Estate:
    return build([program.graph()], Declarations(), load_catalogue())


def services(program: Program) -> list[tuple[str, str]]:
    """The id of each service, and why the program shows it."""
    found = shown(program)
    assert not any(service.declared for service in found.services.values())
    return [(name, service.entry.why.text) for name, service in found.services.items()]  # type: ignore[union-attr]


def test_a_machine_alone_is_a_service() -> None:
    program = Program()
    program.add(MACHINE, "web")
    program.add(BUCKET, "logs")
    assert services(program) == [("web", "Instance web is behind no entry that was read, so consumers may use it")]


def test_beside_an_entry_a_machine_alone_is_none() -> None:
    program = Program()
    program.add(BALANCER, "front")
    program.add(MACHINE, "bastion")
    assert services(program) == [("front", "LoadBalancer front is where consumers enter")]


def test_each_stack_shows_its_own() -> None:
    program = Program()
    program.add(BUCKET, "only")
    assert [name for name, _ in services(program)] == ["only"]
    program = Program()
    program.add("aws:ec2/vpc:Vpc", "network")
    assert services(program) == []


def test_the_interface_of_a_machine_is_no_other_user_of_it() -> None:
    program = Program()
    interface = program.add("azure-native:network:NetworkInterface", "card", {"location": "uksouth"})
    profile = {"networkInterfaces": [{"id": LATER}]}
    program.add(
        "azure-native:compute:VirtualMachine",
        "web",
        {"location": "uksouth", "networkProfile": profile, "osProfile": {"customData": "IyEvYmluL3No"}},
        refers={"networkProfile.networkInterfaces[0].id": interface},
    )
    found = shown(program)
    assert list(found.services) == ["web"]
    assert not [name for name in found.parts if "outside the checked programs" in name]


def test_a_replica_is_no_service_of_its_own() -> None:
    program = Program()
    first = program.add(DATABASE, "first")
    program.add(DATABASE, "second", {"replicateSourceDb": LATER}, refers={"replicateSourceDb": first})
    assert [name for name, _ in services(program)] == ["first"]


def test_records_that_lead_nobody_to_a_service_are_none() -> None:
    program = Program()
    proof = program.add("aws:acm/certificate:Certificate", "proof", {"domainName": "*.example.org"})
    program.add(RECORD, "mail", {"name": "example.org", "type": "MX", "records": ["10 mail.example.org"]})
    program.add(RECORD, "owned", {"name": LATER, "type": "CNAME", "records": [LATER]}, refers={"name": proof})
    program.add(RECORD, "www", {"name": "www.example.org", "type": "A", "records": ["192.0.2.1"]})
    assert [name for name, _ in services(program)] == ["www.example.org"]


def test_records_of_one_name_are_one_service() -> None:
    program = Program()
    for region in ("eu-west-1", "eu-west-2"):
        api = program.add("aws:apigatewayv2/api:Api", region, {"region": region})
        inputs = {
            "zoneId": "Z1",
            "name": "api.example.org",
            "type": "CNAME",
            "records": [LATER],
            "setIdentifier": region,
        }
        program.add(RECORD, f"in-{region}", inputs, refers={"records[0]": api})
    assert [name for name, _ in services(program)] == ["api.example.org"]


def test_what_stands_on_a_default_provider_is_called_by_its_own_name() -> None:
    program = Program()
    program.add("kubernetes:core/v1:Service", "web", {"metadata": {"name": "web"}})
    found = shown(program)
    assert list(found.services) == ["web"]
    assert found.parts["default kubernetes provider of web/prod"].label == "default kubernetes provider of web/prod"


def test_beside_a_store_that_is_an_entry_a_machine_alone_is_a_service_too() -> None:
    program = Program()
    program.add(MACHINE, "web")
    program.add(DATABASE, "records")
    assert [name for name, _ in services(program)] == ["web", "records"]


def test_neither_what_a_group_is_made_from_nor_a_provider_instance_is_a_service() -> None:
    program = Program()
    template = program.add("aws:ec2/launchTemplate:LaunchTemplate", "template")
    group = {"launchTemplate": {"id": LATER}}
    program.add("aws:autoscaling/group:Group", "group", group, refers={"launchTemplate.id": template})
    program.provider("kubernetes", "cluster")
    assert [name for name, _ in services(program)] == ["group"]


def test_beside_a_store_that_is_an_entry_another_store_is_none() -> None:
    program = Program()
    program.add("aws:elasticache/cluster:Cluster", "fast")
    program.add(BUCKET, "logs")
    assert services(program) == [("fast", "Cluster fast is where consumers enter")]


def test_what_a_partial_preview_leaves_out_may_harm_a_service_or_be_what_makes_it_redundant() -> None:
    program = Program()
    program.add(BUCKET, "logs", {"region": "eu-west-2"})
    graph = replace(program.graph(complete=False), source="preview")
    found = build([graph], Declarations(), load_catalogue())
    unseen, more = "unseen redundancy of web/prod for logs", "more resources of web/prod for logs"
    why = "Bucket logs is behind no entry that was read, so consumers may use it @1 (assumed)"
    (service,) = found.services.values()
    assert tell(service.entry) == {
        "any: -": [f"logs (path): {why}", {unseen: {"none": {"any: -": []}, "enough": {"all: -": []}}}]
    }
    assert [tell(need) for need in service.needs] == [
        {more: {"harmless": {"all: -": []}, "harmful": {"any: -": []}}},
    ]
    remedy = "write the preview with `pulumi preview --json --show-sames`"
    left_out = "the preview of web/prod leaves resources out, which may be what makes it redundant"
    hidden = "stack web/prod may make more resources than this run shows: steps that the input leaves out"
    assert (found.facts[unseen], found.facts[more]) == (
        Fact(unseen, ("none", "enough"), unknown(left_out), remedy),
        Fact(more, ("harmless", "harmful"), unknown(hidden), remedy),
    )


def test_a_program_of_which_lookups_are_not_answered_may_make_more() -> None:
    program = Program()
    program.add(BUCKET, "logs", {"region": "eu-west-2"})
    found = build([program.graph(complete=False)], Declarations(), load_catalogue())
    more = "more resources of web/prod for logs"
    hidden = (
        "stack web/prod may make more resources than this run shows: how many hangs on answers that are not known yet"
    )
    remedy = "give the answers of its lookups with --lookups"
    assert found.facts[more] == Fact(more, ("harmless", "harmful"), unknown(hidden), remedy)


def unknown(text: str) -> Reason:
    return Reason(text, Basis.UNKNOWN, Location("Pulumi.yaml", 1))
