"""What one program asked of its engine, in the words of no language and no protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"
STACK_REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a resource had before: a whole URN, or the parts in which it differed."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str | None = None
    """The URN of the parent that it had; empty: none; None: the one that it has."""


@dataclass(slots=True)
class Request:
    """A registration or a read as it was asked for; None stands where the program left the choice to the engine.

    `number` is the child's own count, 0 where a child has none; `providers` maps packages to provider references.
    """

    type: str
    name: str
    custom: bool = True
    remote: bool = False
    number: int = 0
    parent: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    provider: str = ""
    providers: dict[str, str] = field(default_factory=dict)
    version: str = ""
    download_url: str = ""
    package: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()
    secret_outputs: tuple[str, ...] = ()
    id: str = ""
    """The id of what is imported or read."""
    frames: tuple[tuple[str, int], ...] = ()
    position: tuple[tuple[str, int], ...] = ()
    transformed: bool = False
    """Whether the resource has transforms of its own, after which its dependencies are those of its inputs alone."""


@dataclass(slots=True)
class Registered:
    """A resource as the engine records it; `provider` is the URN of its provider, of a default one too."""

    urn: str
    number: int
    type: str
    name: str
    custom: bool
    remote: bool
    inputs: dict[str, Any]
    parent: str
    provider: str
    dependencies: tuple[str, ...]
    property_dependencies: dict[str, tuple[str, ...]]
    frames: tuple[tuple[str, int], ...]
    position: tuple[tuple[str, int], ...] = ()
    providers: dict[str, str] = field(default_factory=dict)
    """References of the providers that a remote component hands to what is in it, by package."""
    external_id: str | None = None
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool = False
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    outputs: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    changed: frozenset[str] = frozenset()
    """The inputs that transforms have changed, about which the child's notes no longer hold."""


@dataclass(slots=True)
class Asked:
    """A lookup as it was sent; `given` is the answer that a user supplied."""

    id: str
    number: int
    token: str
    args: dict[str, Any]
    provider: str
    answered: bool
    given: dict[str, Any] | None = None


@dataclass
class Record:
    """Everything that one program asked for; `refusals` are what the engine would have ended it with."""

    resources: list[Registered] = field(default_factory=list)
    lookups: list[Asked] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    duplicates: list[tuple[Registered, Registered]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    finished: bool = False
    """Whether the stack's outputs were put out, which is what an SDK does once the program's main function has ended."""
    strangers: int = 0
    """Requests without the token of this run, which were refused."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that the engine refuses, and where it was made."""

    what: str
    remedy: str
    frames: tuple[tuple[str, int], ...] = ()
    number: int = 0


class RefusedError(Exception):
    """A request that the engine refuses."""

    def __init__(self, what: str, remedy: str) -> None:
        """Say what was refused and what to do."""
        super().__init__(what)
        self.what, self.remedy = what, remedy
