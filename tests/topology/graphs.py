"""Graphs made by hand: what a program would register, without running one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import Capabilities, ResourceGraph, SkippedCallback
from resilience_checks.model.location import Location
from resilience_checks.model.resource import Lookup, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

STACK = "prod"
PROJECT = "web"


@dataclass
class Program:
    """Collects resources in order; each call returns the URN, each resource stands on a line of its own."""

    resources: list[Resource] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    skipped: list[SkippedCallback] = field(default_factory=list)

    def provider(self, package: str, name: str, **inputs: Any) -> str:
        return self.add(f"pulumi:providers:{package}", name, inputs)

    def add(
        self,
        token: str,
        name: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        provider: str | None = None,
        refers: Mapping[str, str] | None = None,
        custom: bool = True,
        parent: str | None = None,
        remote: bool = False,
    ) -> str:
        """Register a resource; `refers` maps a concrete input path to the URN or lookup id behind it."""
        urn = f"urn:pulumi:{STACK}::{PROJECT}::{token}::{name}"
        behind = {path: (target,) for path, target in (refers or {}).items()}
        self.resources.append(
            Resource(
                urn=urn,
                type=token,
                name=name,
                custom=custom,
                parent=parent,
                inputs=dict(inputs or {}),
                provider=provider,
                dependencies=tuple(sorted({target for targets in behind.values() for target in targets})),
                element_dependencies=behind,
                location=Location("__main__.py", len(self.resources) + 1),
                remote=remote,
            )
        )
        return urn

    def declare(self, kind: str, name: str, /, *, refers: Mapping[str, str] | None = None, **inputs: Any) -> str:
        """Register a component of resilience_checks.declare."""
        return self.add(f"resilience-checks:declare:{kind}", name, inputs, refers=refers, custom=False)

    def lookup(
        self,
        token: str,
        name: str,
        *,
        provider: str | None = None,
        refers: Mapping[str, str] | None = None,
        **args: Any,
    ) -> str:
        key = f"lookup:{token}:{name}"
        behind = {path: (target,) for path, target in (refers or {}).items()}
        self.lookups.append(
            Lookup(
                key, token, {"name": name, **args}, provider, Location("__main__.py", 100), element_dependencies=behind
            )
        )
        return key

    def graph(self, *, complete: bool = True) -> ResourceGraph:
        return ResourceGraph(
            project=PROJECT,
            stack=STACK,
            project_file=Location("Pulumi.yaml", 1),
            source="program",
            resources=tuple(self.resources),
            lookups=tuple(self.lookups),
            skipped=tuple(self.skipped),
            capabilities=Capabilities(
                lookups=True, element_dependencies=True, secret_equality=True, lines=True, complete=complete
            ),
        )
