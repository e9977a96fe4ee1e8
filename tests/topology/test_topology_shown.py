"""What stands for a service where none is declared: the entries that the programs show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.model.values import Unknown
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate_builder import build
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
