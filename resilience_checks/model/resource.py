"""One registered resource, one lookup."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.model.values import Value


_NOTHING: Mapping[str, Any] = {}
"""One for all: most of what may be said of a resource is not, and there are hundreds of thousands of them."""


@dataclass(frozen=True, slots=True)
class ResourceOptions:
    """What a program asks the engine to do with a resource, as the engine would record it.

    `deleted_with` is a URN; `ignore_changes` are property paths; `aliases` are URNs that it had before.
    """

    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool = False
    deleted_with: str | None = None
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


_PLAIN = ResourceOptions()


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the program registered it.

    `provider` is the URN of an explicit provider resource, None for the default one. Input names are the
    wire names (camelCase). `property_dependencies` maps a top-level input to URNs and lookup ids;
    `element_dependencies` maps a path such as `networkInterfaces[0].networkId` to the URNs and lookup ids of
    that element alone, and is empty where the run cannot tell (`Capabilities.element_dependencies`).
    """

    urn: str
    type: str
    name: str
    custom: bool
    inputs: Mapping[str, Value]
    parent: str | None = None
    provider: str | None = None
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    element_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    location: Location | None = None
    external_id: str | None = None
    """The id of a resource that the program reads (`get`) or imports instead of making it."""
    options: ResourceOptions = _PLAIN
    remote: bool = False
    """Whether it is a component that a plugin makes, and this run does not show what is in it."""
    providers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    """The URNs of the explicit providers that such a component hands to what is in it, by package."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A call of a provider's function (`getDatacenter`, `getResourceGroup`) with the arguments it was given.

    `answered` is False when the program was given an unknown instead of an answer. `answer` holds what a user
    supplied for this lookup, and is None when nobody did.
    """

    id: str
    token: str
    args: Mapping[str, Value]
    provider: str | None = None
    location: Location | None = None
    answered: bool = True
    dependencies: tuple[str, ...] = ()
    element_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    answer: Value = None
