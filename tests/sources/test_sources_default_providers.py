"""What a stack's settings give to a package's default provider is the same by every way in; a secret is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import analyzer_pb2

from resilience_checks import check
from resilience_checks.model.location import Location
from resilience_checks.sources.running.resources import EngineResources
from tests.sources import filing, graphs, yaml_programs

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.model.graph import ResourceGraph

GIVEN = {"acme": {"region": "north", "retries": "3"}}
CONFIG = "  acme:region: north\n  acme:retries: 3\n  acme:password: {secure: AAABAJvkIzbT}\n"
DEFAULT = {
    "urn": f"{filing.PREFIX}pulumi:providers:acme::default_1_0_0",
    "custom": True,
    "type": "pulumi:providers:acme",
    "id": "one",
}
INPUTS = {"region": "north", "retries": "3", "version": "1.0.0", "__internal": {}}


def of_acme(graph: ResourceGraph) -> dict[str, dict[str, str]]:
    return {package: dict(given) for package, given in graph.default_providers.items() if package == "acme"}


def test_a_python_program(tmp_path: Path) -> None:
    program = graphs.THING + 'Thing("one")\n'
    head = "name: web\nruntime: python\n"
    graphs.write(tmp_path, {"Pulumi.yaml": head, "Pulumi.prod.yaml": f"config:\n{CONFIG}", "__main__.py": program})
    (graph,) = check.graphs(check.Options(paths=(tmp_path,), root=tmp_path))
    assert of_acme(graph) == GIVEN


def test_a_yaml_program(tmp_path: Path) -> None:
    graph = yaml_programs.evaluate(tmp_path, "resources: {one: {type: acme:index:Thing}}\n", config=CONFIG)
    assert of_acme(graph) == GIVEN


def test_a_preview(tmp_path: Path) -> None:
    provider = {**DEFAULT, "inputs": {**INPUTS, "password": "[secret]"}}
    document = filing.preview(filing.step(filing.root()), filing.step(provider), filing.step(filing.state("one")))
    graph = filing.read(document, tmp_path)
    assert (of_acme(graph), [resource.name for resource in graph.resources]) == (GIVEN, ["web-prod", "one"])


def test_a_state(tmp_path: Path) -> None:
    provider = {**DEFAULT, "inputs": {**INPUTS, "password": filing.CIPHER}}
    graph = filing.read(filing.export(filing.root(), provider, filing.state("one")), tmp_path)
    assert (of_acme(graph), [resource.name for resource in graph.resources]) == (GIVEN, ["web-prod", "one"])


def test_the_engine() -> None:
    properties = {key: value for key, value in INPUTS.items() if key != "__internal"}
    made = [
        ParseDict({"urn": filing.STACK, "type": "pulumi:pulumi:Stack", "name": "web-prod"}, analyzer_pb2.AnalyzerResource()),
        ParseDict({"urn": DEFAULT["urn"], "type": DEFAULT["type"], "properties": properties}, analyzer_pb2.AnalyzerResource()),
    ]  # fmt: skip
    graph = EngineResources("web", "prod", Location("Pulumi.yaml", 1)).graph(made)
    assert of_acme(graph) == GIVEN
