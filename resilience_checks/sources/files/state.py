"""A stack's state, as `pulumi stack export` or a backend's checkpoint file has it, as a graph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import Capabilities, ResourceGraph
from resilience_checks.model.location import Location
from resilience_checks.sources.files import elements, json_file, kinds
from resilience_checks.sources.files.homes import Home
from resilience_checks.sources.files.json_file import Reader
from resilience_checks.sources.files.positions import Positions
from resilience_checks.sources.files.snapshot import STACK, Snapshot, Urn, hold_one_stack, hold_whole, parse_urn
from resilience_checks.sources.files.values import DEFAULTS, Values
from resilience_checks.sources.fingerprint import joined
from resilience_checks.sources.project import PROJECT_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.model.resource import Resource
    from resilience_checks.sources.files.json_file import Content

_VERSIONS = range(1, 5)
_BY_PROPERTY = 3
"""The first version with dependencies by property."""


def stack_of(content: Content) -> Urn:
    """Return a URN of the stack that the state is of, after reading no more than its beginning."""
    document = _Document(Reader(content))
    for at, state in document.resources():
        urn = parse_urn(state.get("urn")) if isinstance(state, dict) else None
        if urn is None:
            raise document.reader.fault(at, "a resource without a well-formed `urn`")
        return urn
    document.hold_kind()
    raise document.reader.fault(
        0,
        "the state holds no resources, so it does not say which stack it is of",
        why="there is nothing to check in it",
        remedy="check the stack's program, or a preview of it, before the first deployment",
    )


def graph(content: Content, urn: Urn, home: Home, root: Path) -> ResourceGraph:
    """Return the graph of what the state says is deployed; raise InputError where it is broken."""
    document = _Document(Reader(content))
    reader = document.reader
    snapshot = Snapshot(reader, Positions(home.directory, root), Values(hides=False, surrogates=reader.surrogates))
    outputs: dict[str, Any] = {}
    deleting: set[str] = set()
    replacing = 0
    for at, state in document.resources():
        if isinstance(state, dict) and state.get("delete") is True:
            deleting.add(str(state.get("urn")))
            continue
        resource = snapshot.add(state, at)
        if resource is not None and isinstance(state, dict):
            replacing += state.get("pendingReplacement") is True
            if resource.type == STACK and isinstance(state.get("outputs"), dict):
                outputs = snapshot.values.inputs(state["outputs"], {})
    document.hold_kind()
    reader.end()
    hold_one_stack(snapshot, urn)
    gone = frozenset(deleting - set(snapshot.places))
    missing = hold_whole(snapshot, partial=False, elsewhere=gone)
    creating = [name for name in document.pending if name not in snapshot.places]
    notes = [*home.notes, *_notes(document, len(deleting), replacing)]
    if missing:
        notes.append(f"{len(missing)} resources that others name are about to be deleted and left out")
    return ResourceGraph(
        project=urn.project,
        stack=urn.stack,
        project_file=home.project_file,
        source="state",
        resources=tuple(_migrated(snapshot, document.version)),
        outputs=outputs,
        output_dependencies=elements.outputs_by_id(outputs, snapshot.ids),
        default_providers=snapshot.default_providers,
        capabilities=Capabilities(
            lookups=False,
            element_dependencies=False,
            secret_equality=False,
            lines=any(resource.location is not None for resource in snapshot.resources.values()),
            complete=not creating and not missing and not replacing,
        ),
        notes=tuple(notes),
        digest=content.digest,
    )


def deployed(path: Path, root: Path) -> tuple[ResourceGraph, dict[str, frozenset[str]]]:
    """Return the graph of a state, and by URN the paths of the inputs that a provider says it filled in.

    Raises InputError for a file that is no state.
    """
    content = json_file.read(path, root)
    urn = stack_of(content)
    filled_in = {
        str(state.get("urn")): frozenset(_filled_in(state.get("inputs"), ""))
        for _, state in _Document(Reader(content)).resources()
        if isinstance(state, dict) and state.get("delete") is not True
    }
    return graph(content, urn, Home(root, Location(PROJECT_FILES[0], 1)), root), filled_in


def _filled_in(value: object, at: str) -> Iterator[str]:
    """Yield the paths that stand in the `__defaults` of an object and of those within it."""
    if isinstance(value, dict):
        names = value.get(DEFAULTS)
        if isinstance(names, list):
            yield from (joined(at, name) for name in names if isinstance(name, str))
        for key, item in value.items():
            yield from _filled_in(item, joined(at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _filled_in(item, f"{at}[{index}]")


@dataclass
class _Document:
    """Walks through the forms of a state; `pending` are the URNs of operations that were under way."""

    reader: Reader
    pending: list[str] = field(default_factory=list)
    _version: tuple[int, int] | None = None
    _keys: list[str] = field(default_factory=list)

    def resources(self) -> Iterator[tuple[int, Any]]:
        """Yield every resource's state with its position in the file."""
        if not self.reader.next_is("{"):
            raise kinds.refusal(self.reader, (), kinds.STATE)
        for key in self.reader.members():
            self._keys.append(key)
            if key == "version":
                at, version = self.reader.at, self.reader.value()
                self._version = (at, version) if isinstance(version, int) else None
            elif key == "checkpoint" and self.reader.next_is("{"):
                for inner in self.reader.members():
                    yield from self._deployment(inner == "latest")
            else:
                yield from self._deployment(key in {"deployment", "latest"})

    def hold_kind(self) -> None:
        """Make sure that what was read is a state at all."""
        if kinds.recognise(self._keys) != kinds.STATE:
            raise kinds.refusal(self.reader, self._keys, kinds.STATE)
        if self._version is None and "latest" not in self._keys:
            raise self.reader.fault(0, "the state has no `version`", remedy=kinds.COMMANDS[kinds.STATE])
        self._hold_version()

    @property
    def version(self) -> int:
        """The version of the format; a checkpoint from before there were versions is like the first."""
        return self._version[1] if self._version else 1

    def _deployment(self, wanted: bool) -> Iterator[tuple[int, Any]]:  # noqa: FBT001 the caller has just found out
        if not (wanted and self.reader.next_is("{")):
            self.reader.value()
            return
        self._hold_version()
        for key in self.reader.members():
            if key == "resources" and self.reader.next_is("["):
                for at in self.reader.elements():
                    yield at, self.reader.value()
            elif key == "pending_operations":
                at, found = self.reader.at, self.reader.value()
                if not isinstance(found, list | None):
                    raise self.reader.fault(at, "`pending_operations` is no list")
                self.pending += map(_pending, found or ())
            else:
                self.reader.value()

    def _hold_version(self) -> None:
        """Make sure that the version is one that is read here, once it is sure that this is a state."""
        if self._version is None or self._version[1] in _VERSIONS:
            return
        at, version = self._version
        raise self.reader.fault(
            at,
            f"version {version} of a state is not one that is read here (1 to 4)",
            why="its resources may mean something else",
            remedy=f"{kinds.COMMANDS[kinds.STATE]} of a Pulumi CLI of version 3, or update this tool",
        )


def _notes(document: _Document, deleting: int, replacing: int) -> Iterator[str]:
    if document.pending:
        yield f"{len(document.pending)} operations were under way when the state was written: it may lack resources"
    if deleting:
        yield f"{deleting} resources that are about to be deleted are left out"
    if replacing:
        yield f"{replacing} resources were deleted and are not made anew yet"


def _migrated(snapshot: Snapshot, version: int) -> Iterator[Resource]:
    """Yield the resources with the finest dependencies that the version can tell.

    Before dependencies by property every input has all of the resource's, as the engine assumes.
    """
    for resource in snapshot.resources.values():
        if version < _BY_PROPERTY and resource.dependencies:
            yield replace(resource, property_dependencies=dict.fromkeys(sorted(resource.inputs), resource.dependencies))
        else:
            found = elements.by_id(resource, snapshot.ids)
            yield replace(resource, element_dependencies=found) if found else resource


def _pending(operation: object) -> str:
    resource = operation.get("resource") if isinstance(operation, dict) else None
    return str(resource.get("urn")) if isinstance(resource, dict) else ""
