"""What a program may do to what stands for an unknown output, and what is read back from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from resilience_checks.model.graph import ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Lookup, Resource
from resilience_checks.model.values import LookupAnswer, Secret, StackOutput, Unknown
from resilience_checks.sources.stacks.linking import STACK_REFERENCE, Reference, link
from resilience_checks.sources.stacks.markers import Markers, Text, has_markers
from resilience_checks.sources.wire import SECRET, SIGNATURE, secret

OUTPUTS: dict[str, Any] = {
    "id": Unknown("later"),
    "found": LookupAnswer("lookup:x", "id"),
    "further": StackOutput("dns/prod", "zone"),
    "hidden": Secret("digest"),
    "plain": {"size": 3, "names": ["a", Unknown("later")], "none": None, "on": True},
}
ID, ZONE = StackOutput("network/prod", "id"), StackOutput("dns/prod", "zone")


def handed() -> tuple[Markers, dict[str, str]]:
    markers = Markers()
    told = markers.outputs("network/prod", OUTPUTS)
    return markers, {**told, "hidden": told["hidden"]["value"]}


def test_what_is_known_is_handed_over_as_it_is_and_the_rest_stands_for_itself() -> None:
    markers = Markers()
    told = markers.outputs("network/prod", OUTPUTS)
    assert told["plain"] == {"size": 3, "names": ["a", told["plain"]["names"][1]], "none": None, "on": True}
    assert (told["hidden"][SIGNATURE], set(told["hidden"])) == (SECRET, {SIGNATURE, "value"})
    meanings = [markers.read(told[name]) for name in ("id", "found", "further")]
    assert [found.parts for found in meanings if found] == [(ID,), (StackOutput("network/prod", "found"),), (ZONE,)]
    assert [has_markers(value) for value in (told, told["plain"]["size"], "text")] == [True, False, False]
    assert markers.outputs("network/prod", OUTPUTS) == told


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text, Text("<id of network/prod>", (ID,), whole=True, damaged=False)),
        (lambda text: f"a-{text}-b", Text("a-<id of network/prod>-b", (ID,), whole=False, damaged=False)),
        (lambda text: text + text, Text("<id of network/prod>" * 2, (ID,), whole=False, damaged=False)),
        (
            lambda text: json.dumps({"at": text}),
            Text('{"at": "<id of network/prod>"}', (ID,), whole=False, damaged=False),
        ),
        (lambda text: text[:-1], Text("", (), whole=False, damaged=True)),
        (lambda text: text[3], Text("", (), whole=False, damaged=True)),
        (lambda text: text + text[0], Text("<id of network/prod>", (ID,), whole=False, damaged=True)),
        (lambda text: text.encode("utf-16").decode("utf-16").strip().lower(), Text("<id of network/prod>", (ID,), whole=True, damaged=False)),
    ],
    ids=["whole", "within", "twice", "JSON", "cut", "letter", "and more", "recoded"],
)  # fmt: skip
def test_what_is_read_back(change: object, expected: Text) -> None:
    markers, told = handed()
    assert callable(change)
    assert markers.read(change(told["id"])) == expected


@pytest.mark.parametrize("text", ["", "text", "\\u0041", "\uf4ff", "C:\\users\\f500"])
def test_other_text_is_left_alone(text: str) -> None:
    assert handed()[0].read(text) is None


def test_a_graph_is_linked_wherever_a_marker_ended() -> None:
    markers, told = handed()
    reference = Resource("urn:ref", STACK_REFERENCE, "ref", custom=True, inputs={"name": "network/prod"})
    made = Resource(
        f"urn:pulumi:prod::web::t::net-{told['id']}",
        "t",
        f"net-{told['id']}",
        custom=True,
        inputs={"tags": {told["id"]: "x"}, "secret": secret(told["id"]), "other": secret(told["hidden"])},
        dependencies=(f"urn:{told['id']}",),
        element_dependencies={"secret": ("urn:ref",)},
    )
    asked = Lookup("lookup:y", "y", {"id": told["further"]})
    graph = ResourceGraph("web", "prod", Location("Pulumi.yaml", 1), "program", (reference, made), (asked,))
    references = {"network/prod": Reference("network/prod", "network/prod", OUTPUTS)}
    linked, damaged = link(graph, references, markers)
    found = linked.resources[1]
    assert not damaged
    assert (found.urn, found.name) == (
        "urn:pulumi:prod::web::t::net-<id of network/prod>",
        "net-<id of network/prod>",
    )
    assert found.inputs == {"tags": {"<id of network/prod>": "x"}, "secret": ID, "other": Secret("digest")}
    assert found.dependencies == ("urn:<id of network/prod>",)
    assert found.element_dependencies == {"secret": (ID.reference, "urn:ref")}
    assert linked.lookups == (Lookup("lookup:y", "y", {"id": ZONE}, element_dependencies={"id": (ZONE.reference,)}),)


def test_a_known_text_that_two_outputs_have_leads_to_neither() -> None:
    outputs = {"a": "uksouth", "b": "uksouth", "c": "plan-1"}
    reference = Resource("urn:ref", STACK_REFERENCE, "ref", custom=True, inputs={"name": "n"})
    behind = {"x": ("urn:ref",), "y": ("urn:ref",)}
    made = Resource(
        "urn:t", "t", "t", custom=True, inputs={"x": "uksouth", "y": "plan-1"}, property_dependencies=behind
    )
    graph = ResourceGraph("web", "prod", Location("Pulumi.yaml", 1), "preview", (reference, made))
    linked, _ = link(graph, {"n": Reference("n", "network/prod", outputs)}, Markers())
    assert linked.resources[1].element_dependencies == {"y": ("output:network/prod:c",)}
