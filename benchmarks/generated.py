"""Estates of any size: states of many stacks, and programs of many projects, that together are one estate.

Each stack serves one service from a database and machines that stand on each other; one in ten databases stands in one
zone. A resilience.yaml at the root declares the services and nothing else.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE, BUCKET, MACHINE = (
    "aws:rds/instance:Instance",
    "aws:s3/bucket:Bucket",
    "vsphere:index/virtualMachine:VirtualMachine",
)
ALONE = 10
"""One database of so many stands in one zone."""
CHAIN = 10
"""Machines that are made one after the other."""
PROGRAM = """
import pulumi
import pulumi_aws as aws

aws_region = aws.Provider("here", region="eu-west-2")
database = aws.rds.Instance(
    "{name}",
    engine="postgres",
    instance_class="db.m6g.large",
    allocated_storage=100,
    multi_az={both},
    backup_retention_period=14,
    opts=pulumi.ResourceOptions(provider=aws_region),
)
for number in range({count}):
    aws.s3.Bucket(f"{name}-files-{{number}}", opts=pulumi.ResourceOptions(provider=aws_region, depends_on=[database]))
pulumi.export("endpoint", database.endpoint)
"""


def names(stacks: int) -> list[str]:
    """Return the names of the projects."""
    return [f"app-{number:04}" for number in range(stacks)]


def declare(folder: Path, projects: list[str]) -> None:
    """Write the resilience.yaml of the estate."""
    lines = [f"  {name}: {{entry: {{select: {{name: {name}}}}}, tier: 2, rto: 1h, rpo: 15m}}\n" for name in projects]
    (folder / "resilience.yaml").write_text(f"version: 1\nservices:\n{''.join(lines)}", encoding="utf-8")


def check(*arguments: str) -> list[str]:
    """Return the command that checks anew, whatever was found before."""
    return [sys.executable, "-m", "resilience_checks", "check", "--no-cache", *arguments]


def states(folder: Path, stacks: int, resources: int = 100) -> list[Path]:
    """Write the estate as states of so many resources each, and return their files."""
    projects = names(stacks)
    declare(folder, projects)
    files = []
    for number, project in enumerate(projects):
        file = folder / f"{project}.json"
        state = {
            "version": 3,
            "deployment": {"manifest": {}, "resources": list(_resources(project, number, resources))},
        }
        file.write_text(json.dumps(state), encoding="utf-8")
        files.append(file)
    return files


def programs(folder: Path, stacks: int, resources: int = 20) -> None:
    """Write the estate as Python programs of so many resources each."""
    projects = names(stacks)
    declare(folder, projects)
    for number, project in enumerate(projects):
        place = folder / project
        place.mkdir()
        (place / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n", encoding="utf-8")
        (place / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
        text = PROGRAM.format(name=project, both=bool(number % ALONE), count=resources - 3)
        (place / "__main__.py").write_text(text, encoding="utf-8")


def _resources(project: str, number: int, count: int) -> Iterator[dict[str, Any]]:
    stack = _urn(project, "pulumi:pulumi:Stack", f"{project}-prod")
    yield {"urn": stack, "custom": False, "type": "pulumi:pulumi:Stack"}
    providers = {package: _urn(project, f"pulumi:providers:{package}", "default") for package in ("aws", "vsphere")}
    for package, urn in providers.items():
        inputs = {"region": "eu-west-2"} if package == "aws" else {}
        yield {"urn": urn, "custom": True, "id": "an-id", "type": f"pulumi:providers:{package}", "inputs": inputs}
    database = {
        "engine": "postgres",
        "multiAz": bool(number % ALONE),
        "backupRetentionPeriod": 14,
        "region": "eu-west-2",
    }
    before = [_urn(project, DATABASE, project)]
    yield _one(project, DATABASE, project, database, stack, f"{providers['aws']}::an-id", [], 1)
    for unit in range(count - 4):
        name = f"{project}-web-{unit}"
        inputs = _machine(name, unit)
        yield _one(project, MACHINE, name, inputs, stack, f"{providers['vsphere']}::an-id", before, unit + 2)
        before = [_urn(project, MACHINE, name)] if unit % CHAIN else [_urn(project, DATABASE, project)]


def _machine(name: str, unit: int) -> dict[str, Any]:
    return {
        "__defaults": ["firmware"],
        "firmware": "bios",
        "name": name,
        "numCpus": 4,
        "memory": 8192,
        "resourcePoolId": f"resgroup-{unit // 50}",
        "disks": [{"label": f"disk{index}", "size": 100, "thinProvisioned": True} for index in range(2)],
        "tags": [f"urn:vmomi:InventoryServiceTag:{unit % 7}:GLOBAL"],
    }


def _one(
    project: str, kind: str, name: str, inputs: dict[str, Any], stack: str, provider: str, before: list[str], line: int
) -> dict[str, Any]:
    return {
        "urn": _urn(project, kind, name),
        "custom": True,
        "id": f"id-{name}",
        "type": kind,
        "inputs": inputs,
        "outputs": {**inputs, "moid": f"vm-{name}"},
        "parent": stack,
        "provider": provider,
        "dependencies": before,
        "propertyDependencies": {"name": before, "disks": [], "tags": []},
        "created": "2024-01-01T00:00:00Z",
        "modified": "2024-01-01T00:00:00Z",
        "sourcePosition": f"project:///__main__.py#{line},5",
    }


def _urn(project: str, kind: str, name: str) -> str:
    return f"urn:pulumi:prod::{project}::{kind}::{name}"
