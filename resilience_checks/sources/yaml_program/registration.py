"""What the engine does with a resource that a program registers: URN, inheritance, and the outputs of a preview."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.resource import Resource, ResourceOptions
from resilience_checks.sources.program.engine import make_urn
from resilience_checks.sources.program.record import PROVIDER, STACK
from resilience_checks.sources.wire import unknown as unknown_of
from resilience_checks.sources.yaml_program.outputs import Handle, Output, as_secret, outputs_in, unknown
from resilience_checks.sources.yaml_program.settled import Settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.sources.yaml_program.settled import Lowering


@dataclass(frozen=True, slots=True)
class Request:
    """A resource with everything that its declaration says, evaluated."""

    key: str
    type: str
    name: str
    inputs: Settled
    location: Location
    component: bool = False
    read_id: str | None = None
    import_id: str | None = None
    parent: Handle | None = None
    provider: Handle | None = None
    providers: tuple[Handle, ...] = ()
    depends_on: tuple[Handle, ...] = ()
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool = False
    deleted_with: str | None = None
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    secret_outputs: tuple[str, ...] = ()
    outputs: Mapping[str, Any] | None = None
    """Outputs that are known in place of the echoed inputs: those of another stack."""


@dataclass
class Registry:
    """The resources of one stack in the order in which they were registered."""

    project: str
    stack: str
    lowering: Lowering
    resources: list[Resource] = field(default_factory=list)
    places: dict[str, Location] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The URN of the stack itself."""
        return make_urn(self.stack, self.project, "", STACK, f"{self.project}-{self.stack}")

    def urn(self, request: Request) -> str:
        """Return the URN that the resource gets."""
        parent = request.parent.urn if request.parent else self.root
        return make_urn(self.stack, self.project, parent, request.type, request.name)

    def register(self, request: Request) -> Handle:
        """Record the resource and return what the program sees of it."""
        urn, parent = self.urn(request), request.parent
        handle = self._handle(request, urn)
        package = request.type.split(":", 1)[0]
        provider = None if request.component else self._provider(request, handle, package)
        blind = provider is not None and provider.blind
        if not (request.component or blind):
            handle.outputs = dict(request.outputs if request.outputs is not None else request.inputs.tree)
            for name in request.secret_outputs:
                if name in handle.outputs:
                    handle.outputs[name] = as_secret(handle.outputs[name])
        handle.blind = request.type.startswith(PROVIDER) and _has_unknown(request.inputs.tree)
        read = request.read_id is not None
        dependencies = {item.urn for item in request.depends_on} | request.inputs.deps
        self.places[urn] = request.location
        self.resources.append(
            Resource(
                urn=urn,
                type=request.type,
                name=request.name,
                custom=not request.component,
                inputs=self.lowering.values(request.inputs.tree),
                parent=parent.urn if parent else self.root,
                provider=provider.urn if provider else None,
                dependencies=() if read else tuple(sorted(dependencies)),
                property_dependencies={} if read else self._property_dependencies(request, dependencies),
                element_dependencies=self.lowering.elements(request.inputs),
                location=request.location,
                external_id=request.read_id if read else request.import_id,
                options=ResourceOptions(
                    protect=handle.protect,
                    retain_on_delete=handle.retain_on_delete,
                    delete_before_replace=request.delete_before_replace,
                    deleted_with=handle.deleted_with,
                    ignore_changes=request.ignore_changes,
                    aliases=request.aliases,
                ),
            )
        )
        return handle

    def _handle(self, request: Request, urn: str) -> Handle:
        parent = request.parent
        providers = dict(parent.providers) if parent else {}
        providers.update({_package(item): item for item in request.providers})
        if request.provider is not None:
            providers[_package(request.provider)] = request.provider
        given_id = request.read_id or request.import_id
        return Handle(
            urn=urn,
            key=request.key,
            type=request.type,
            id=Output(given_id, deps=frozenset({urn}), sources=frozenset({urn}))
            if given_id
            else unknown(unknown_of(urn).why, frozenset({urn})),
            outputs=None,
            providers=providers,
            protect=_inherited(request.protect, parent.protect if parent else None),
            retain_on_delete=_inherited(request.retain_on_delete, parent.retain_on_delete if parent else None),
            deleted_with=request.deleted_with or (parent.deleted_with if parent else None),
            component=request.component,
        )

    def _provider(self, request: Request, handle: Handle, package: str) -> Handle | None:
        if request.provider is not None and _package(request.provider) == package:
            return request.provider
        return handle.providers.get(package)

    def _property_dependencies(self, request: Request, dependencies: set[str]) -> dict[str, tuple[str, ...]]:
        """Return what each input depends on: resources as the engine is told, and lookups."""
        found = {name: set(urns) for name, urns in request.inputs.properties.items()}
        for path, sources in request.inputs.elements.items():
            name = path.split("[", 1)[0].split(".", 1)[0]
            found.setdefault(name, set()).update(source for source in sources if not source.startswith("urn:"))
        if not request.inputs.tree and dependencies:
            return {}
        return {name: tuple(sorted(targets)) for name, targets in sorted(found.items()) if targets}


def stack_resource(registry: Registry, location: Location) -> Resource:
    """Return the resource that stands for the stack itself."""
    return Resource(
        urn=registry.root,
        type=STACK,
        name=f"{registry.project}-{registry.stack}",
        custom=False,
        inputs={},
        location=location,
    )


def with_location(resource: Resource, location: Location) -> Resource:
    """Return the resource as it stands at another place."""
    return replace(resource, location=location)


def _package(provider: Handle) -> str:
    return provider.type.removeprefix(PROVIDER)


def _inherited(own: bool | None, above: bool | None) -> bool:
    return bool(above if own is None else own)


def _has_unknown(tree: Mapping[str, Any]) -> bool:
    return any(not output.known for output in outputs_in(dict(tree)))
