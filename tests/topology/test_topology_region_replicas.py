"""Copies in other regions: those that the program orders in a region that it names, besides the data's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.catalogue.loader import load as load_catalogue
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.estate import Replicas
from resilience_checks.topology.estate_builder import build
from tests.catalogue.programs import LATER
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from resilience_checks.model.values import Value

DATABASE = "aws:rds/instance:Instance"


def test_a_replica_counts_in_a_region_that_is_known_and_another_one() -> None:
    program = Program()
    first = program.add(DATABASE, "first", {"region": "eu-west-2"})
    for name, region in (("near", "eu-west-2"), ("far", "eu-west-1"), ("anywhere", None)):
        copy = {"replicateSourceDb": LATER, "region": region}
        program.add(DATABASE, name, copy, refers={"replicateSourceDb": first})
    found = build([program.graph()], Declarations.empty(), load_catalogue())
    assert found.replicas == {"first": Replicas(("first",), ("eu-west-1",))}


@pytest.mark.parametrize(("region", "copies"), [("eu-west-1", {"files": ("eu-west-1",)}), (LATER, {})])
def test_an_order_that_names_a_region_puts_a_copy_there_if_it_is_known(
    region: Value, copies: dict[str, tuple[str, ...]]
) -> None:
    program = Program()
    files = program.add("aws:efs/fileSystem:FileSystem", "files", {"region": "eu-west-2"})
    order = {"sourceFileSystemId": LATER, "destination": {"region": region}, "region": "eu-west-2"}
    token = "aws:efs/replicationConfiguration:ReplicationConfiguration"
    program.add(token, "order", order, refers={"sourceFileSystemId": files})
    replicas = build([program.graph()], Declarations.empty(), load_catalogue()).replicas
    assert {part: found.regions for part, found in replicas.items()} == copies
