"""What YAML programs become as graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.location import Location
from resilience_checks.sources.given import Answer, Given
from tests.sources.yaml_programs import STACK, URN, computed, data, evaluate, inputs

if TYPE_CHECKING:
    from pathlib import Path

NETWORK = """\
resources:
  vpc:
    type: aws:ec2:Vpc
    properties:
      cidrBlock: 10.0.0.0/16
      tags: {Name: main}
  front:
    type: aws:ec2:Subnet
    properties:
      vpcId: ${vpc.id}
      cidrBlock: ${vpc.cidrBlock}
      tags: {Name: "${vpc.tags.Name}-front", arn: "${vpc.arn}"}
    options:
      parent: ${vpc}
      protect: true
"""
VPC = f"{URN}aws:ec2/vpc:Vpc::vpc"


def test_a_whole_resource(tmp_path: Path) -> None:
    graph = data(evaluate(tmp_path, NETWORK))
    assert graph["resources"][2] == {
        "urn": f"{URN}aws:ec2/vpc:Vpc$aws:ec2/subnet:Subnet::front",
        "type": "aws:ec2/subnet:Subnet",
        "name": "front",
        "custom": True,
        "parent": VPC,
        "provider": None,
        "externalId": None,
        "inputs": {
            "vpcId": computed("aws:ec2/vpc:Vpc", "vpc"),
            "cidrBlock": "10.0.0.0/16",
            "tags": {"Name": "main-front", "arn": computed("aws:ec2/vpc:Vpc", "vpc")},
        },
        "dependencies": [VPC],
        "propertyDependencies": {"vpcId": [VPC], "cidrBlock": [VPC], "tags": [VPC]},
        "elementDependencies": {"vpcId": [VPC], "cidrBlock": [VPC], "tags.Name": [VPC], "tags.arn": [VPC]},
        "location": {"path": "Pulumi.yaml", "line": 9},
        "options": graph["resources"][2]["options"],
    }


def test_a_graph_says_what_it_can_tell(tmp_path: Path) -> None:
    graph = data(evaluate(tmp_path, NETWORK))
    assert graph["capabilities"] == {
        "lookups": True,
        "elementDependencies": True,
        "secretEquality": True,
        "lines": True,
        "complete": True,
    }
    assert graph["notes"] == []


def test_the_stack_itself_comes_first(tmp_path: Path) -> None:
    assert data(evaluate(tmp_path, NETWORK))["resources"][0]["urn"] == STACK


def test_options_come_from_the_resource_or_from_its_parent(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  keeper: {type: "random:RandomPet"}
  top:
    type: random:RandomPet
    options:
      protect: true
      retainOnDelete: true
      deletedWith: ${keeper}
      ignoreChanges: [length]
      aliases: ["urn:pulumi:prod::web::random:index/randomPet:RandomPet::old"]
      deleteBeforeReplace: true
      dependsOn: ["${keeper}"]
  under:
    type: random:RandomPet
    options: {parent: "${top}"}
  free:
    type: random:RandomPet
    options: {parent: "${top}", protect: false}
""",
    )
    pet = f"{URN}random:index/randomPet:RandomPet::"
    top, under, free = (graph.by_urn[urn] for urn in (f"{pet}top", *[item.urn for item in graph.resources[3:]]))
    assert (top.options.protect, top.options.retain_on_delete, top.options.deleted_with) == (True, True, f"{pet}keeper")
    assert (top.options.delete_before_replace, top.options.ignore_changes) == (True, ("length",))
    assert top.options.aliases == (f"{pet}old",)
    assert top.dependencies == (f"{pet}keeper",)
    assert (under.options.protect, under.options.retain_on_delete) == (True, True)
    assert under.options.deleted_with == f"{pet}keeper"
    assert (free.options.protect, free.options.retain_on_delete) == (False, True)


def test_a_provider_is_the_one_named_the_default_one_or_the_parents(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  usual: {type: "pulumi:providers:aws", defaultProvider: true, properties: {region: eu-west-1}}
  other: {type: "pulumi:providers:aws", properties: {region: us-east-1}}
  a: {type: "aws:ec2:Vpc"}
  b: {type: "aws:ec2:Vpc", options: {provider: "${other}"}}
  c: {type: "random:RandomPet", options: {parent: "${b}"}}
""",
    )
    provider = f"{URN}pulumi:providers:aws::"
    assert {item.name: item.provider for item in graph.resources[1:]} == {
        "usual": None,
        "other": None,
        "a": f"{provider}usual",
        "b": f"{provider}other",
        "c": None,
    }


def test_a_provider_that_is_not_configured_yet_is_called_for_nothing(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  vpc: {type: "aws:ec2:Vpc"}
  late: {type: "pulumi:providers:aws", properties: {region: "${vpc.region}"}}
  bucket: {type: "aws:s3:Bucket", properties: {bucket: given}, options: {provider: "${late}"}}
  object: {type: "aws:s3:BucketObject", properties: {bucket: "${bucket.bucket}"}}
""",
    )
    assert inputs(graph, "object") == {"bucket": computed("aws:s3/bucket:Bucket", "bucket")}


def test_what_is_read_or_imported_has_its_id(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  read: {type: "aws:ec2:Vpc", get: {id: vpc-1, state: {cidrBlock: 10.1.0.0/16}}}
  taken: {type: "aws:s3:Bucket", properties: {bucket: b}, options: {import: bucket-1}}
  user:
    type: aws:ec2:Subnet
    properties: {vpc: "${read.id}", cidr: "${read.cidrBlock}", arn: "${read.arn}", b: "${taken.id}", c: "${taken.bucket}"}
""",
    )
    assert [item.external_id for item in graph.resources[1:]] == ["vpc-1", "bucket-1", None]
    assert inputs(graph, "user") == {
        "vpc": "vpc-1",
        "cidr": "10.1.0.0/16",
        "arn": computed("aws:ec2/vpc:Vpc", "read"),
        "b": "bucket-1",
        "c": computed("aws:s3/bucket:Bucket", "taken"),
    }


def test_a_resource_read_by_an_id_of_the_deployment_is_left_out_and_said(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
resources:
  vpc: {type: "aws:ec2:Vpc"}
  late: {type: "aws:ec2:Subnet", get: {id: "${vpc.subnetId}"}}
outputs:
  cidr: ${late.cidrBlock}
""",
    )
    assert [item.name for item in graph.resources[1:]] == ["vpc"]
    assert [(item.name, item.location) for item in graph.skipped] == [("late", Location("Pulumi.yaml", 5))]
    assert graph.notes == (
        "Pulumi.yaml:5: `late` is read by an id that only a deployment knows, so a preview leaves it out",
    )


def test_remote_components_hide_what_is_inside(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """\
packages: {web: ./components}
resources:
  eks: {type: "eks:Cluster"}
  page: {type: "web:Page", properties: {cluster: "${eks.kubeconfig}"}}
""",
    )
    assert [(item.type, item.custom) for item in graph.resources[1:]] == [
        ("eks:index:Cluster", False),
        ("web:index:Page", False),
    ]
    assert inputs(graph, "page") == {"cluster": computed("eks:index:Cluster", "eks")}
    assert [resource.name for resource in graph.hidden] == ["eks", "page"]
    assert graph.notes == ("the resources inside remote components are not visible: eks, page",)


def test_kubernetes_objects_say_their_kind(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, 'resources:\n  app: {type: "kubernetes:apps/v1:Deployment", properties: {spec: {}}}\n')
    assert inputs(graph, "app") == {"spec": {}, "apiVersion": "apps/v1", "kind": "Deployment"}


def test_a_token_whose_form_is_not_known_is_an_assumption(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, 'resources:\n  a: {type: "acme:Thing"}\n')
    assert graph.resources[1].type == "acme:index/thing:Thing"
    assert graph.notes == (
        "acme:Thing is taken for acme:index/thing:Thing: the schema of `acme`, which names its types, is not there offline",
    )


LOOKUPS = """\
variables:
  image:
    fn::invoke:
      function: aws:ec2:getAmi
      arguments: {owners: [self]}
      return: id
  zones: {"fn::aws:getAvailabilityZones": {}}
  thing: {"fn::acme:getThing": {name: "${vpc.id}"}}
resources:
  vpc: {type: "aws:ec2:Vpc"}
  server:
    type: aws:ec2:Instance
    properties: {ami: "${image}", zone: "${zones.names[1]}", other: "${zones.regions}", thing: "${thing.x}", text: "a-${image}"}
"""


def test_lookups_are_recorded_and_their_answers_recognised(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, LOOKUPS)
    image, zones, thing = sorted(graph.lookups, key=lambda lookup: lookup.location or Location("", 0))
    assert [(item.token, item.answered, item.location) for item in (image, zones, thing)] == [
        ("aws:ec2/getAmi:getAmi", True, Location("Pulumi.yaml", 5)),
        ("aws:index/getAvailabilityZones:getAvailabilityZones", True, Location("Pulumi.yaml", 9)),
        ("acme:index/getThing:getThing", False, Location("Pulumi.yaml", 10)),
    ]
    assert inputs(graph, "server") == {
        "ami": {"$lookup": {"id": image.id, "path": "id"}},
        "zone": {"$lookup": {"id": zones.id, "path": "names[1]"}},
        "other": {
            "$unknown": {
                "why": "`regions` of the answer of aws:index/getAvailabilityZones:getAvailabilityZones is not known offline"
            }
        },
        "thing": computed("aws:ec2/vpc:Vpc", "vpc"),
        "text": {"$unknown": {"why": f"built from the answer of {image.id.removeprefix('lookup:')}"}},
    }
    server = graph.resources[-1]
    assert server.element_dependencies["ami"] == (image.id,)
    assert server.element_dependencies["thing"] == (thing.id, f"{URN}aws:ec2/vpc:Vpc::vpc")


def test_an_answer_that_a_user_gives_is_known(tmp_path: Path) -> None:
    given = Given(answers=(Answer("aws:ec2/getAmi:getAmi", {"id": "ami-1"}, {"owners": ["self"]}),))
    graph = evaluate(tmp_path, LOOKUPS, given=given)
    assert inputs(graph, "server")["ami"] == "ami-1"
    assert inputs(graph, "server")["text"] == "a-ami-1"
    assert next(item.answer for item in graph.lookups if "getAmi" in item.token) == {"id": "ami-1"}


REFERENCE = '{type: "pulumi:pulumi:StackReference", properties: {name: organization/net/prod}}'


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        (REFERENCE, '"${ref.outputs.vpc}"'),
        (REFERENCE, """'${ref.outputs["vpc"]}'"""),
        ('{type: "random:RandomPet"}', "{fn::stackReference: [organization/net/prod, vpc]}"),
    ],
)
def test_outputs_of_another_stack(tmp_path: Path, reference: str, value: str) -> None:
    program = f"""\
resources:
  ref: {reference}
  subnet: {{type: "aws:ec2:Subnet", properties: {{vpc: {value}}}}}
"""
    known = Given(stack_outputs={"net/prod": {"vpc": "vpc-1"}})
    assert inputs(evaluate(tmp_path, program, given=known), "subnet") == {"vpc": "vpc-1"}
    missing = Given(stack_outputs={"net/prod": {}})
    assert inputs(evaluate(tmp_path, program, given=missing), "subnet") == {
        "vpc": {"$unknown": {"why": "the stack organization/net/prod has no output `vpc`"}}
    }
    assert inputs(evaluate(tmp_path, program), "subnet") == {
        "vpc": {
            "$unknown": {
                "why": "the outputs of the stack organization/net/prod are not known offline; --stack-outputs can give them"
            }
        }
    }


def test_a_program_may_stand_in_a_file_and_directory_of_its_own(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        "main: program\n",
        files={"program/Main.yaml": 'resources:\n  a: {type: "random:RandomPet"}\noutputs: {cwd: "${pulumi.cwd}"}\n'},
    )
    assert graph.resources[1].location == Location("program/Main.yaml", 2)
    assert graph.outputs == {"cwd": str((tmp_path / "program").resolve())}


def test_equal_secrets_are_equal_and_never_shown(tmp_path: Path) -> None:
    program = """\
config: {word: {type: string}}
resources:
  a: {type: "random:RandomPet", properties: {one: "${word}", two: {fn::secret: plain}, three: {fn::secret: plain}}}
  b: {type: "random:RandomPet", properties: {one: "${a.one}", text: "x ${a.two}", list: {fn::split: ["-", "${word}"]}}}
"""
    graph = evaluate(tmp_path, program, config="  web:word: {secure: AAABAOmJrjzNuL7XQQ==}\n")
    a, b = (item.inputs for item in graph.resources[1:])
    assert a["one"] == b["one"]
    assert a["two"] == a["three"]
    assert inputs(graph, "b") == {
        "one": {"$secret": True},
        "text": {"$secret": True},
        "list": {"$secret": True},
    }


def test_outputs_say_what_they_come_from(tmp_path: Path) -> None:
    graph = evaluate(tmp_path, NETWORK + "outputs:\n  cidr: ${vpc.cidrBlock}\n  id: ${vpc.id}\n")
    assert data(graph)["outputs"] == {"cidr": "10.0.0.0/16", "id": computed("aws:ec2/vpc:Vpc", "vpc")}
    expected: dict[str, Any] = {"cidr": (VPC,), "id": (VPC,)}
    assert graph.output_dependencies == expected


def test_a_list_of_an_answer_that_nobody_gave_is_one_value_and_as_long_as_the_program_needs(tmp_path: Path) -> None:
    graph = evaluate(
        tmp_path,
        """
variables:
  zones: {"fn::aws:getAvailabilityZones": {}}
resources:
  a:
    type: acme:index:Thing
    properties:
      all: "${zones.names}"
      first: "${zones.names[0]}"
      second: {"fn::select": [1, "${zones.names}"]}
      fifth: "${zones.names[4]}"
      text: {"fn::join": [",", "${zones.names}"]}
      json: {"fn::toJSON": {names: "${zones.names}"}}
  b: {type: acme:index:Thing, properties: {all: "${a.all}", nested: [{zones: "${zones.zoneIds}"}]}}
outputs: {zones: "${zones.names}"}
""",
    )
    (lookup,) = graph.lookups

    def answer(path: str) -> dict[str, Any]:
        return {"$lookup": {"id": lookup.id, "path": path}}

    built = {"$unknown": {"why": f"built from the answer of {lookup.id.split(':', 1)[1]}"}}
    assert inputs(graph, "a") == {
        "all": answer("names"),
        "first": answer("names[0]"),
        "second": answer("names[1]"),
        "fifth": answer("names[4]"),
        "text": built,
        "json": built,
    }
    assert inputs(graph, "b") == {"all": answer("names"), "nested": [{"zones": answer("zoneIds")}]}
    assert data(graph)["outputs"] == {"zones": answer("names")}
    assert graph.capabilities.complete
    assert graph.notes[1:] == (
        (
            f"the answer of {lookup.token} (Pulumi.yaml:5) is not known: give it with --lookups; "
            "names is taken to have at least 5 elements"
        ),
    )


def test_a_config_that_names_a_folder_is_the_place_of_the_stacks_files(tmp_path: Path) -> None:
    program = """\
config: stacks
resources:
  pet: {type: random:RandomPet, properties: {prefix: "${pre}"}}
"""
    found = evaluate(tmp_path, program, files={"stacks/Pulumi.prod.yaml": "config: {pre: a}\n"})
    assert inputs(found, "pet") == {"prefix": "a"}
