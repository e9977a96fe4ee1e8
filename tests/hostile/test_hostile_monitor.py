"""Who is served by the engine of a program: whoever has its token, until the program has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest
from pulumi.runtime.proto import resource_pb2, resource_pb2_grpc

from resilience_checks.sources.program.monitor import Preview

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "of-this-run"
THING = "acme:net:Thing"


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    served = Preview("web", "prod", tmp_path / "s", token=TOKEN)
    yield served
    served.close()


@pytest.fixture
def stub(preview: Preview, tmp_path: Path) -> Iterator[resource_pb2_grpc.ResourceMonitorStub]:
    assert preview
    with grpc.insecure_channel(f"unix:{tmp_path / 's'}") as channel:
        yield resource_pb2_grpc.ResourceMonitorStub(channel)


def register(stub: resource_pb2_grpc.ResourceMonitorStub, name: str, *metadata: tuple[str, str]) -> str:
    """Return the URN that is given, or what the engine ends the request with."""
    try:
        request = resource_pb2.RegisterResourceRequest(type=THING, name=name)
        return str(stub.RegisterResource(request, metadata=metadata).urn)
    except grpc.RpcError as error:
        return str(error.code())


def test_only_who_has_the_token_is_served(preview: Preview, stub: resource_pb2_grpc.ResourceMonitorStub) -> None:
    assert register(stub, "a") == "StatusCode.PERMISSION_DENIED"
    assert register(stub, "b", ("token", "of-another-run")) == "StatusCode.PERMISSION_DENIED"
    assert register(stub, "c", ("token", TOKEN)) == f"urn:pulumi:prod::web::{THING}::c"
    record = preview.sealed()
    assert ([one.name for one in record.resources], record.strangers) == (["c"], 2)


def test_nobody_is_served_after_the_end(preview: Preview, stub: resource_pb2_grpc.ResourceMonitorStub) -> None:
    register(stub, "a", ("token", TOKEN))
    record = preview.sealed()
    assert register(stub, "b", ("token", TOKEN)) == "StatusCode.PERMISSION_DENIED"
    assert [one.name for one in record.resources] == ["a"]
    assert [one.name for one in preview.sealed().resources] == ["a"]


def test_an_end_counts_once_the_stack_has_put_out_its_outputs(
    preview: Preview, stub: resource_pb2_grpc.ResourceMonitorStub
) -> None:
    token = (("token", TOKEN),)
    stack = resource_pb2.RegisterResourceRequest(type="pulumi:pulumi:Stack", name="web-prod")
    urn = stub.RegisterResource(stack, metadata=token).urn
    assert not preview.record.finished
    stub.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=urn), metadata=token)
    assert preview.sealed().finished
