"""Things: what an element of a resource reads, and what a reference leads to through the outputs of other stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.catalogue.entries import Entry
from resilience_checks.topology.things import Thing, Things
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from resilience_checks.model.values import Value


def test_an_element_reads_paths_from_where_it_stands_and_tells_them_from_the_top_of_its_resource() -> None:
    inputs: dict[str, Value] = {"name": "pool", "members": [{"name": "a"}, {"name": "b", "ports": [80, 443]}]}
    graph = Program().graph()
    owner = Thing(Entry("pool", "acme", "cloud"), graph, None, inputs)
    member = Thing(Entry("member", "acme", "cloud"), graph, None, inputs, base="members[1]", owner=owner)
    assert [member.values(path) for path in ("name", "ports[]", ".", "^name", "weight")] == [
        (("members[1].name", "b"),),
        (("members[1].ports[0]", 80), ("members[1].ports[1]", 443)),
        (("members[1]", {"name": "b", "ports": [80, 443]}),),
        (("name", "pool"),),
        (),
    ]


def test_outputs_that_lead_to_each_other_lead_to_what_else_stands_behind_them() -> None:
    here, there = Program().graph(), Program().graph()
    things = Things((here, there))
    things.outputs["output:a"] = (there, ("output:b", "urn:x"))
    things.outputs["output:b"] = (here, ("urn:y", "output:a"))
    assert things.behind(here, "output:a") == ((there, "urn:x"), (here, "urn:y"))
