"""The engine's resources as a graph, and what a run of the program adds to it."""

from __future__ import annotations

from typing import Any

from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import analyzer_pb2

from resilience_checks.model.graph import Capabilities, ResourceGraph, SkippedCallback
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Lookup, Resource, ResourceOptions
from resilience_checks.model.values import LookupAnswer, Unknown
from resilience_checks.sources.running.enriched import enrich
from resilience_checks.sources.running.resources import EngineResources
from resilience_checks.sources.wire import SECRET, SIGNATURE, secret

BASE = "urn:pulumi:prod::web::"
STACK = f"{BASE}pulumi:pulumi:Stack::web-prod"
CLOUD = f"{BASE}pulumi:providers:vsphere::vcenter"
DEFAULT = f"{BASE}pulumi:providers:vsphere::default_4_0_0"
FOLDER = f"{BASE}vsphere:index/folder:Folder::folder"
MACHINE = f"{BASE}vsphere:index/virtualMachine:VirtualMachine::vm"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
FILE = Location("Pulumi.yaml", 1)


def resource(urn: str, **fields: Any) -> Any:
    kind, name = urn.removeprefix(BASE).split("::")
    return ParseDict({"urn": urn, "type": kind, "name": name, **fields}, analyzer_pb2.AnalyzerResource())


def engine() -> ResourceGraph:
    gathered = EngineResources("web", "prod", FILE)
    inputs = {"folder": UNKNOWN, "pool": "resgroup-8", "cpus": 2, "word": {SIGNATURE: SECRET, "value": "s"}}
    gathered.inputs[MACHINE] = ParseDict({"properties": inputs}, analyzer_pb2.AnalyzeRequest()).properties
    return gathered.graph(
        [
            resource(
                MACHINE,
                properties={"folder": "computed", "uuid": UNKNOWN},
                parent=STACK,
                provider={"urn": CLOUD},
                dependencies=[FOLDER, DEFAULT],
                propertyDependencies={"folder": {"urns": [FOLDER]}},
                options={"protect": True, "ignoreChanges": ["tags"]},
            ),
            resource(DEFAULT),
            resource(FOLDER, properties={"path": "f"}, parent=STACK, provider={"urn": DEFAULT}),
            resource(CLOUD, properties={"user": "u", "version": "4.0.0"}, parent=STACK),
            resource(STACK, properties={"url": "u"}),
        ]
    )


MADE = Resource(
    MACHINE,
    "vsphere:index/virtualMachine:VirtualMachine",
    "vm",
    custom=True,
    inputs={
        "folder": Unknown("computed at deployment by vsphere:index/folder:Folder folder"),
        "pool": "resgroup-8",
        "cpus": 2,
        "word": secret("s"),
    },
    parent=STACK,
    provider=CLOUD,
    dependencies=(FOLDER,),
    property_dependencies={"folder": (FOLDER,)},
    options=ResourceOptions(protect=True, ignore_changes=("tags",)),
)


def program() -> ResourceGraph:
    twin = Resource(
        MACHINE,
        MADE.type,
        "vm",
        custom=True,
        inputs={"pool": LookupAnswer("lookup:pool", "id"), "cpus": 4},
        property_dependencies={"folder": (FOLDER,), "pool": ("lookup:pool",)},
        element_dependencies={"folder": (FOLDER,)},
        location=Location("__main__.py", 7),
        options=ResourceOptions(retain_on_delete=True),
    )
    return ResourceGraph(
        project="web",
        stack="prod",
        project_file=FILE,
        source="program",
        resources=(twin, Resource(f"{BASE}a:b:C::more", "a:b:C", "more", custom=True, inputs={})),
        lookups=(Lookup("lookup:pool", "vsphere:index/getResourcePool:getResourcePool", {"name": "p"}),),
        skipped=(SkippedCallback(None, "later"),),
        notes=("a note",),
        digest="d",
    )


def test_the_engines_resources_are_a_graph_without_lines_lookups_and_default_providers() -> None:
    graph = engine()
    assert [item.urn for item in graph.resources] == [STACK, CLOUD, FOLDER, MACHINE]
    assert graph.by_urn[MACHINE] == MADE
    assert (graph.by_urn[FOLDER].provider, graph.by_urn[FOLDER].custom, graph.by_urn[FOLDER].inputs) == (
        None,
        True,
        {"path": "f"},
    )
    assert (graph.by_urn[CLOUD].inputs, graph.by_urn[CLOUD].custom, graph.by_urn[STACK].inputs) == (
        {"user": "u"},
        True,
        {},
    )
    assert graph.outputs == {"url": "u"}
    assert graph.capabilities == Capabilities(
        lookups=False, element_dependencies=False, secret_equality=True, lines=False, complete=True
    )


def test_the_programs_run_adds_lines_and_lookups_and_changes_no_value() -> None:
    graph = enrich(engine(), program(), preview=True)
    machine = graph.by_urn[MACHINE]
    assert machine.inputs == MADE.inputs
    assert machine.location == Location("__main__.py", 7)
    assert machine.property_dependencies == {"folder": (FOLDER,), "pool": ("lookup:pool",)}
    assert machine.element_dependencies == {"folder": (FOLDER,), "pool": ("lookup:pool",)}
    assert machine.options == ResourceOptions(protect=True, ignore_changes=("tags",), retain_on_delete=True)
    assert [item.urn for item in graph.resources] == [MACHINE, CLOUD, STACK, FOLDER]
    assert (graph.lookups, graph.skipped, graph.digest) == (program().lookups, program().skipped, "d")
    assert graph.capabilities == Capabilities(
        lookups=False, element_dependencies=True, secret_equality=True, lines=True, complete=True
    )
    assert graph.notes == (
        "a note",
        f"3 resources only the engine has, so there are no lines for them: {STACK}, {CLOUD}, {FOLDER}",
        f"1 resource only the program's offline run has, so it is left out: {BASE}a:b:C::more",
    )


def test_a_deployment_has_skipped_nothing() -> None:
    assert enrich(engine(), program(), preview=False).skipped == ()
