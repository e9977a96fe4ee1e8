"""All that one stack's program registers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.model.operation import Operation
    from resilience_checks.model.resource import Lookup, Resource
    from resilience_checks.model.values import Value


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a way of reading a stack can tell; a fact behind a missing capability is unknown."""

    lookups: bool
    element_dependencies: bool
    secret_equality: bool
    lines: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class SkippedCallback:
    """A callback on an unknown value that preview does not call: it may make resources that no one sees."""

    location: Location | None
    name: str


@dataclass(frozen=True, slots=True)
class StackLink:
    """A StackReference: the resource that makes it, the stack that it names, and which checked stack that is, if any."""

    urn: str
    name: str
    stack: str | None = None


@dataclass(frozen=True)
class ResourceGraph:
    """The resources of one stack in the order in which they were registered.

    `project_file` is the stack's Pulumi.yaml relative to the repository root: the anchor of findings about
    something that stands nowhere else. `notes` are facts about the run that a reader must know.
    """

    project: str
    stack: str
    project_file: Location
    source: str
    resources: tuple[Resource, ...]
    lookups: tuple[Lookup, ...] = ()
    skipped: tuple[SkippedCallback, ...] = ()
    outputs: Mapping[str, Value] = field(default_factory=dict)
    output_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each path in the outputs comes from: URNs, lookup ids, outputs of other stacks (`StackOutput.reference`)."""
    references: tuple[StackLink, ...] = ()
    default_providers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What the engine gives to the default provider of each package, as far as it is plain text: the stack's settings."""
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(True, True, True, True, True))  # noqa: FBT003
    notes: tuple[str, ...] = ()
    digest: str = ""
    """SHA-256 of the program's files or of the input file: what this graph was read from."""
    read: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file outside of the program's folder that it was seen to read, by its path from the root."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """All that the run hangs on outside of the program's folder, and how it stood (`sources.program.standing.mark`)."""
    unseen: str = ""
    """Why the run may hang on more than its inputs and `marks`, "" where it does not."""

    operations: Mapping[str, Operation] = field(default_factory=dict)
    """What the deployment would do to each resource, gone ones among them, where a preview says it."""

    @cached_property
    def hidden(self) -> tuple[Resource, ...]:
        """The components whose plugin makes what is in them, which this run does not show."""
        return tuple(resource for resource in self.resources if resource.remote)

    @property
    def name(self) -> str:
        """`project/stack`, what the stack is called everywhere."""
        return f"{self.project}/{self.stack}"

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """Each resource under its URN."""
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def lookups_by_id(self) -> Mapping[str, Lookup]:
        """Each lookup under its id."""
        return {lookup.id: lookup for lookup in self.lookups}
