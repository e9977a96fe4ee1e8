"""Registers a program's resources with the engine's rules, and keeps of each what the program sees and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.sources.program.assets import hashed
from resilience_checks.sources.program.record import PROVIDER, STACK, Alias, Request
from resilience_checks.sources.program.structs import UNKNOWN
from resilience_checks.sources.wire import is_unknown
from resilience_checks.sources.wire import unknown as unknown_of
from resilience_checks.sources.yaml_program.outputs import Handle, Output, as_secret, outputs_in, unknown
from resilience_checks.sources.yaml_program.received import received
from resilience_checks.sources.yaml_program.settled import sent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.model.location import Location
    from resilience_checks.sources.program.engine import Engine
    from resilience_checks.sources.program.reach import Reach
    from resilience_checks.sources.program.record import Registered
    from resilience_checks.sources.yaml_program.settled import Lowering, Settled


@dataclass(frozen=True, slots=True)
class Declaration:
    """A resource with everything that its declaration says, evaluated."""

    key: str
    type: str
    name: str
    inputs: Settled
    location: Location
    component: bool = False
    read_id: str | None = None
    import_id: str = ""
    version: str = ""
    download_url: str = ""
    parent: Handle | None = None
    provider: Handle | None = None
    providers: tuple[Handle, ...] = ()
    depends_on: tuple[Handle, ...] = ()
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    deleted_with: str = ""
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    secret_outputs: tuple[str, ...] = ()


@dataclass
class Registry:
    """The resources of one program in the order in which they were registered."""

    engine: Engine
    lowering: Lowering
    directory: Path
    """Where the paths of files in the program start."""
    reach: Reach | None = None
    root: str = ""
    declared: dict[str, Declaration] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Register the stack itself."""
        self.root = self.engine.register(Request(type=STACK, name=name, custom=False)).urn

    def urn(self, declaration: Declaration) -> str:
        """Return the URN that the resource gets."""
        return self.engine.urn(
            declaration.parent.urn if declaration.parent else self.root, declaration.type, declaration.name
        )

    def register(self, declaration: Declaration) -> Handle:
        """Register the resource, or read one that exists, and return what the program sees of it."""
        if declaration.type.startswith(PROVIDER):
            _whole_secrets(declaration.inputs.tree)
        providers = _providers(declaration)
        request = self._request(declaration, providers)
        if declaration.read_id is not None:
            registered = self.engine.read(request)
        else:
            self.engine.inherit(request)
            registered = self.engine.register(request)
        self.declared[registered.urn] = declaration
        mark = frozenset({registered.urn})
        known = bool(registered.id) and not is_unknown(registered.id)
        return Handle(
            urn=registered.urn,
            key=declaration.key,
            type=declaration.type,
            id=Output(registered.id, deps=mark, sources=mark)
            if known
            else unknown(unknown_of(registered.urn).why, mark),
            outputs=_outputs(declaration, registered),
            providers=providers,
            blind=declaration.type.startswith(PROVIDER) and is_unknown(registered.inputs),
        )

    def resources(self, stack: Location) -> tuple[Resource, ...]:
        """Return what was registered; `stack` is where the stack itself stands."""
        explicit = frozenset(self.declared)
        return tuple(
            self._resource(item, self.declared.get(item.urn), stack, explicit) for item in self.engine.record.resources
        )

    def _request(self, declaration: Declaration, providers: Mapping[str, Handle]) -> Request:
        package = declaration.type.split(":", 1)[0]
        provider = declaration.provider
        if provider is None or _package(provider) != package:
            provider = providers.get(package)
        inputs = declaration.inputs
        depended = {item.urn for item in declaration.depends_on} | inputs.deps
        reading = declaration.read_id is not None
        return Request(
            type=declaration.type,
            name=declaration.name,
            custom=not declaration.component,
            remote=declaration.component,
            parent=declaration.parent.urn if declaration.parent else self.root,
            inputs={name: hashed(sent(value), self.directory, self.reach) for name, value in inputs.tree.items()},
            provider=f"{provider.urn}::{UNKNOWN}" if provider else "",
            version=declaration.version,
            download_url=declaration.download_url,
            dependencies=() if reading else tuple(sorted(depended)),
            property_dependencies={name: tuple(sorted(urns)) for name, urns in inputs.properties.items()},
            protect=declaration.protect,
            retain_on_delete=declaration.retain_on_delete,
            delete_before_replace=declaration.delete_before_replace,
            deleted_with=declaration.deleted_with,
            ignore_changes=declaration.ignore_changes,
            aliases=tuple(Alias(urn=urn) for urn in declaration.aliases),
            secret_outputs=declaration.secret_outputs,
            id=declaration.import_id if declaration.read_id is None else declaration.read_id,
        )

    def _resource(
        self, item: Registered, declaration: Declaration | None, stack: Location, explicit: frozenset[str]
    ) -> Resource:
        elements = self.lowering.elements(declaration.inputs) if declaration else {}
        return Resource(
            urn=item.urn,
            type=item.type,
            name=item.name,
            custom=item.custom,
            inputs=self.lowering.values(declaration.inputs.tree, item.inputs) if declaration else {},
            parent=item.parent or None,
            provider=item.provider if item.provider in explicit else None,
            dependencies=item.dependencies,
            property_dependencies=_with_lookups(item.property_dependencies, elements),
            element_dependencies=elements,
            location=declaration.location if declaration else stack,
            external_id=item.external_id,
            options=ResourceOptions(
                protect=bool(item.protect),
                retain_on_delete=bool(item.retain_on_delete),
                delete_before_replace=item.delete_before_replace,
                deleted_with=item.deleted_with or None,
                ignore_changes=item.ignore_changes,
                aliases=item.aliases,
            ),
            remote=bool(declaration and declaration.component),
            providers={package: handle.urn for package, handle in _providers(declaration).items()}
            if declaration and declaration.component
            else {},
        )


def _providers(declaration: Declaration) -> dict[str, Handle]:
    """Return the providers that the resource hands to its children: the parent's, and its own."""
    providers = dict(declaration.parent.providers) if declaration.parent else {}
    providers.update({_package(item): item for item in declaration.providers})
    if declaration.provider is not None:
        providers[_package(declaration.provider)] = declaration.provider
    return providers


def _outputs(declaration: Declaration, registered: Registered) -> dict[str, Any] | None:
    """Return what a preview knows of a resource's properties, None where no provider is called.

    The reasons of unknown inputs are kept. Of a resource that is imported only its provider knows the properties.
    """
    if declaration.component or declaration.import_id:
        return None
    own = declaration.inputs.tree
    outputs: dict[str, Any] = {}
    for name, value in registered.outputs.items():
        if name not in own:
            outputs[name] = received(value)
            continue
        mine = own[name]
        hidden = name in declaration.secret_outputs and not (isinstance(mine, Output) and not mine.known)
        outputs[name] = as_secret(mine) if hidden else mine
    return outputs


def _with_lookups(
    engine: Mapping[str, tuple[str, ...]], elements: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return what each input depends on: resources as the engine is told, and what the engine does not know of."""
    found = {name: set(urns) for name, urns in engine.items()}
    for path, sources in elements.items():
        name = path.split("[", 1)[0].split(".", 1)[0]
        found.setdefault(name, set()).update(source for source in sources if not source.startswith("urn:"))
    return {name: tuple(sorted(targets)) for name, targets in sorted(found.items()) if targets}


def _whole_secrets(tree: dict[str, Any]) -> None:
    """Make each property of a provider with something secret and something unknown in it secret as a whole.

    So does the engine when it checks the provider's configuration.
    """
    for name, value in tree.items():
        inside = list(outputs_in(value))
        if any(output.secret for output in inside) and not all(output.known for output in inside):
            tree[name] = replace(as_secret(value), known=False, why="a secret")


def _package(provider: Handle) -> str:
    return provider.type.removeprefix(PROVIDER)
