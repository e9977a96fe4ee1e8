"""From the resources of the engine's files to those of a graph, and what makes a set of them whole."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.sources.files.values import MAX_DEPTH, TooDeepError, Values
from resilience_checks.sources.wire import SIGNATURE, UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.sources.files.json_file import Reader
    from resilience_checks.sources.files.positions import Positions

STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"
_DEFAULT = re.compile(r"default(_.*)?", re.DOTALL)
_ENGINE_ALONE = frozenset({"__internal", "version"})
"""Inputs that the engine alone adds to a provider."""
_NONE: Mapping[str, tuple[str, ...]] = {}
_PLAIN = ResourceOptions()
_OPTIONS = frozenset({"protect", "retainOnDelete", "deleteBeforeReplace", "deletedWith", "ignoreChanges", "aliases"})
_URN_PARTS = 4
_BROKEN = "the graph would lack what is named there, so nothing was decided about it"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Urn:
    """The parts of `urn:pulumi:STACK::PROJECT::TYPES::NAME`; `types` is the chain of parents' types, own last."""

    stack: str
    project: str
    types: str
    name: str


def parse_urn(text: object) -> Urn | None:
    """Return the parts of a URN, None where it is none.

    >>> parse_urn("urn:pulumi:prod::web::my:Site$aws:s3/bucket:Bucket::a::b")
    Urn(stack='prod', project='web', types='my:Site$aws:s3/bucket:Bucket', name='a::b')
    """
    if not isinstance(text, str) or not text.startswith("urn:pulumi:"):
        return None
    parts = text.removeprefix("urn:pulumi:").split("::", _URN_PARTS - 1)
    return Urn(*parts) if len(parts) == _URN_PARTS and all(parts[:3]) else None


def is_default_provider(state: Mapping[str, Any]) -> bool:
    """Return whether the engine made this provider by itself: a program's own has the stack as its parent."""
    return not state.get("parent") and _names_default_provider(state.get("urn"))


def counts_as_default(urn: str) -> bool:
    """Return whether the engine leaves the resource out of its counts, as it does every provider of such a name."""
    parsed = parse_urn(urn)
    return parsed is not None and parsed.types.startswith(PROVIDER) and parsed.name.startswith("default")


@dataclass
class Snapshot:
    """The resources of one file as they are read."""

    reader: Reader
    positions: Positions
    values: Values
    resources: dict[str, Resource] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    """Where in the file the resource of each URN stands."""
    ids: dict[str, str] = field(default_factory=dict)
    """The id of the resource of each URN, where it has one."""
    providers: dict[str, str | None] = field(default_factory=dict)
    """The provider that each reference means."""
    alike: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """Dependencies, equal ones once."""
    default_providers: dict[str, dict[str, str]] = field(default_factory=dict)
    """By package, what the default provider is given as plain text."""

    def add(self, state: object, at: int) -> Resource | None:
        """Add the resource whose state stands at `at`; of a default provider, as no program makes one, only its inputs are kept."""
        if not isinstance(state, dict):
            raise self.reader.fault(at, "a resource that is no object", remedy="write the file again")
        urn, kind = state.get("urn"), state.get("type")
        parsed = parse_urn(urn)
        if parsed is None or not isinstance(kind, str):
            raise self.reader.fault(at, "a resource without a well-formed `urn` and `type`")
        if is_default_provider(state):
            self._settings(kind, state)
            return None
        if urn in self.places:
            first = self.reader.position(self.places[urn])
            raise self.reader.fault(
                at,
                f"the URN {urn} occurs a second time, first at {first}",
                why="which of the two is meant cannot be told, so nothing was decided about either",
                remedy="repair the state (`pulumi state repair`) or the program, and write the file again",
            )
        try:
            resource = self._resource(state, parsed)
        except (TooDeepError, RecursionError):
            raise self.reader.fault(
                at, f"the inputs of {urn} are nested more than {MAX_DEPTH} deep, the limit of this tool"
            ) from None
        except _Malformed as error:
            raise self.reader.fault(at, f"`{error}` of {urn} is not what it must be") from None
        self.places[resource.urn] = at
        self.resources[resource.urn] = resource
        identity = state.get("id")
        if isinstance(identity, str) and identity and identity not in UNKNOWNS:
            self.ids[resource.urn] = identity
        return resource

    def _settings(self, kind: str, state: dict[str, Any]) -> None:
        bag = {key: value for key, value in _object(state, "inputs").items() if key not in _ENGINE_ALONE}
        given = {key: value for key, value in self.values.inputs(bag, {}).items() if isinstance(value, str)}
        self.default_providers.setdefault(kind.removeprefix(PROVIDER), {}).update(given)

    def forget(self, urn: str) -> None:
        """Take a resource out again, for a later state of it."""
        del self.places[urn], self.resources[urn]

    def _resource(self, state: dict[str, Any], urn: Urn) -> Resource:
        kind, properties = state["type"], self._property_dependencies(state)
        bag = _object(state, "inputs")
        if kind.startswith(PROVIDER):
            bag = {key: value for key, value in bag.items() if key not in _ENGINE_ALONE}
        origins = {key: urns[0] for key, urns in properties.items() if len(urns) == 1}
        return Resource(
            urn=self.values.text(state["urn"]),
            type=self.values.text(kind),
            name=self.values.text(urn.name),
            custom=state.get("custom") is True,
            inputs=self.values.inputs(bag, origins),
            parent=self._urn(state, "parent"),
            provider=self._provider(state),
            dependencies=self._urns(state, "dependencies"),
            property_dependencies=properties,
            element_dependencies=_NONE,
            location=self.positions.find(state),
            external_id=self._external(state),
            options=self._options(state),
        )

    def _property_dependencies(self, state: dict[str, Any]) -> Mapping[str, tuple[str, ...]]:
        by_property = _object(state, "propertyDependencies")
        found = {self.values.text(key): self._urns(by_property, key) for key in sorted(by_property) if by_property[key]}
        return found or _NONE

    def _urns(self, state: dict[str, Any], key: str) -> tuple[str, ...]:
        urns = tuple(sorted(self._texts(state, key)))
        return self.alike.setdefault(urns, urns)

    def _urn(self, state: dict[str, Any], key: str) -> str | None:
        urn = state.get(key)
        if urn is not None and not isinstance(urn, str):
            raise _Malformed(key)
        return self.values.text(urn) if urn else None

    def _provider(self, state: dict[str, Any]) -> str | None:
        """Return the URN of an explicit provider; a reference is `URN::id`."""
        reference = state.get("provider")
        if not reference:
            return None
        if not isinstance(reference, str):
            raise _Malformed("provider")
        if reference not in self.providers:
            urn = reference.rpartition("::")[0]
            if parse_urn(urn) is None:
                raise _Malformed("provider")
            default = _names_default_provider(urn) and urn not in self.places
            self.providers[reference] = None if default else self.values.text(urn)
        return self.providers[reference]

    def _external(self, state: dict[str, Any]) -> str | None:
        """Return the id of a resource that the program reads or imports."""
        found = state.get("id") if state.get("external") is True else state.get("importID")
        return found if isinstance(found, str) and found and found not in UNKNOWNS else None

    def _options(self, state: dict[str, Any]) -> ResourceOptions:
        if _OPTIONS.isdisjoint(state):
            return _PLAIN
        return ResourceOptions(
            protect=state.get("protect") is True,
            retain_on_delete=state.get("retainOnDelete") is True,
            delete_before_replace=state.get("deleteBeforeReplace") is True,
            deleted_with=self._urn(state, "deletedWith"),
            ignore_changes=self._texts(state, "ignoreChanges"),
            aliases=self._texts(state, "aliases"),
        )

    def _texts(self, state: dict[str, Any], key: str) -> tuple[str, ...]:
        found = state.get(key)
        if not found:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise _Malformed(key)
        return tuple(self.values.text(item) for item in found)


class _Malformed(Exception):  # noqa: N818 it becomes the subject of an error's sentence
    """A field of a resource that has the wrong form."""


def references(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield every URN that a resource names, each with how it names it."""
    if resource.parent is not None:
        yield "parent", resource.parent
    if resource.provider is not None:
        yield "provider", resource.provider
    if resource.options.deleted_with is not None:
        yield "`deletedWith`", resource.options.deleted_with
    for urn in resource.dependencies:
        yield "dependency", urn
    for key, urns in resource.property_dependencies.items():
        for urn in urns:
            yield f"dependency of `{key}`", urn


def hold_whole(snapshot: Snapshot, *, partial: bool, elsewhere: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Make sure that the resources name only each other, and not in a circle; return what is named and not there.

    What is missing is an error at the resource that names it, unless the file is known to be `partial` or what is
    named is `elsewhere` in it. The engine writes a resource after those that it needs, so circles are looked for
    only where that order is broken.
    """
    missing: dict[str, None] = {}
    seen: set[str] = set()
    ordered = True
    for resource in snapshot.resources.values():
        for how, urn in references(resource):
            if urn in seen:
                continue
            if urn in snapshot.places:
                ordered = False
            elif partial or urn in elsewhere:
                missing[urn] = None
            else:
                raise snapshot.reader.fault(
                    snapshot.places[resource.urn],
                    f"{resource.urn} names {urn} as its {how}, which is nowhere in the file",
                    why=_BROKEN,
                    remedy="write the whole file again; if it still lacks it, `pulumi state repair` the stack",
                )
        seen.add(resource.urn)
    if not ordered:
        _hold_acyclic(snapshot)
    return tuple(missing)


def _hold_acyclic(snapshot: Snapshot) -> None:
    sorter = TopologicalSorter(
        {
            resource.urn: {urn for _, urn in references(resource) if urn in snapshot.places}
            for resource in snapshot.resources.values()
        }
    )
    try:
        sorter.prepare()
    except CycleError as error:
        circle = error.args[1]
        shown = " -> ".join(circle[:_SHOWN]) + (" -> ..." if len(circle) > _SHOWN else "")
        raise snapshot.reader.fault(
            snapshot.places[circle[0]],
            f"resources depend on each other in a circle: {shown}",
            why="the engine never writes that, so the file is not what a stack is",
            remedy="repair the state (`pulumi state repair`) and write the file again",
        ) from None


def hold_one_stack(snapshot: Snapshot, urn: Urn) -> None:
    """Make sure that all resources are of the stack of `urn`."""
    prefix = f"urn:pulumi:{urn.stack}::{urn.project}::"
    for resource in snapshot.resources.values():
        if not resource.urn.startswith(prefix):
            raise snapshot.reader.fault(
                snapshot.places[resource.urn],
                f"{resource.urn} is of another stack than {urn.project}/{urn.stack}",
                why="one file is one stack",
                remedy="give one file for each stack",
            )


def _names_default_provider(urn: object) -> bool:
    parsed = parse_urn(urn)
    return parsed is not None and parsed.types.startswith(PROVIDER) and _DEFAULT.fullmatch(parsed.name) is not None


def _object(state: dict[str, Any], key: str) -> dict[str, Any]:
    found = state.get(key)
    if found is None:
        return {}
    if not isinstance(found, dict) or SIGNATURE in found:  # the engine wraps values, never all of a resource's at once
        raise _Malformed(key)
    return found
