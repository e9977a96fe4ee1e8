"""The engine's rules for a preview: what it records of each request, and what it answers.

They know neither the protocol nor the program's language. From `pkg/v3/resource/deploy` of Pulumi v3.259.
"""

from __future__ import annotations

import json
import re
import threading
from copy import copy
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.program.answers import SHAPES, Answers, lookup_id
from resilience_checks.sources.program.record import (
    PROVIDER,
    STACK,
    STACK_REFERENCE,
    Asked,
    Record,
    RefusedError,
    Registered,
    Request,
)
from resilience_checks.sources.program.structs import UNKNOWN, dependencies, lowered, secret, spelled
from resilience_checks.sources.wire import has_secret, is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.sources.given import Given
    from resilience_checks.sources.program.record import Alias

GET_RESOURCE = "pulumi:pulumi:getResource"
_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
_EXPLICIT = "give the resource a provider of its own, or take the package out of pulumi:disable-default-providers"


class Engine:
    """Keeps the record of one program and answers it as a first preview would."""

    def __init__(self, project: str, stack: str, given: Given, config: Mapping[str, str]) -> None:
        """Start with nothing registered; `config` is the stack's, from which default providers are made."""
        self.record = Record()
        self.answers = Answers()
        self.root = ""
        self._project, self._stack, self._given = project, stack, given
        self._denied = _denied(config)
        self._lock = threading.Lock()
        self._urns: dict[str, Registered] = {}
        self._providers: dict[str, dict[str, str]] = {}

    def inherit(self, request: Request) -> None:
        """Take from the parent what the program left open, before any transform sees the request."""
        with self._lock:
            parent = self._urns.get(request.parent)
        if parent is not None:
            request.deleted_with = request.deleted_with or parent.deleted_with
            if request.protect is None:
                request.protect = parent.protect
            if request.retain_on_delete is None:
                request.retain_on_delete = parent.retain_on_delete
            local = not request.remote and not request.custom
            if not request.provider and (local or _serves(parent.provider, request.type)):
                request.provider = f"{parent.provider}::{UNKNOWN}" if parent.provider else ""
        if request.custom or request.remote:
            package = request.type.split(":", 1)[0]
            known = request.providers.get(package) or self._providers.get(request.parent, {}).get(package, "")
            request.provider = request.provider or known
        if not request.property_dependencies and not request.remote:
            request.property_dependencies = dict.fromkeys(request.inputs, request.dependencies)

    def register(self, request: Request) -> Registered:
        """Record a resource whose transforms have run; raise RefusedError where the engine would end the program."""
        if not request.custom:
            request.providers = {**self._providers.get(request.parent, {}), **request.providers}
        behind = _behind(request)
        inputs = request.inputs if request.remote else {key: lowered(item) for key, item in request.inputs.items()}
        registered = Registered(
            urn=self.urn(request.parent, request.type, request.name),
            number=request.number,
            type=request.type,
            name=request.name,
            custom=request.custom,
            remote=request.remote,
            inputs=inputs,
            parent=request.parent,
            provider=self._provider(request),
            dependencies=_all(request, behind),
            property_dependencies=behind,
            frames=request.frames,
            position=request.position,
            external_id=request.id or None,
            protect=request.protect,
            retain_on_delete=request.retain_on_delete,
            delete_before_replace=bool(request.delete_before_replace),
            deleted_with=request.deleted_with,
            ignore_changes=request.ignore_changes,
            aliases=tuple(dict.fromkeys(self._alias(request, alias) for alias in request.aliases)),
            id=UNKNOWN if request.type.startswith(PROVIDER) else request.id,
            providers=request.providers if request.remote else {},
        )
        self._keep(registered)
        if not request.custom:
            self._providers[registered.urn] = request.providers
        elif not request.id and not self._blind(registered.provider):  # of what is imported only its provider knows
            registered.outputs = {
                key: secret(value) if key in request.secret_outputs else value for key, value in inputs.items()
            }
        return registered

    def read(self, request: Request) -> Registered:
        """Record a resource that exists already; only what the program gave is known of it."""
        registered = Registered(
            urn=self.urn(request.parent, request.type, request.name),
            number=request.number,
            type=request.type,
            name=request.name,
            custom=True,
            remote=False,
            inputs={key: lowered(item) for key, item in request.inputs.items()},
            parent=request.parent,
            provider=self._provider(request),
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={},
            frames=request.frames,
            position=request.position,
            external_id=request.id,
            id=request.id,
        )
        if request.type == STACK_REFERENCE:
            registered.outputs = {**registered.inputs, **self.stack_outputs(request.id)}
        elif not is_unknown(request.id) and not self._blind(registered.provider):
            registered.outputs = {
                key: secret(value) if key in request.secret_outputs else value
                for key, value in registered.inputs.items()
            }
        self._keep(registered)
        return registered

    def waits_for(self, urns: Iterable[str]) -> bool:
        """Return whether any of these, or of what stands in the components among them, is still to be made."""
        with self._lock:
            children: dict[str, list[Registered]] = {}
            for item in self.record.resources:
                children.setdefault(item.parent, []).append(item)
            left, seen = [self._urns[urn] for urn in urns if urn in self._urns], set[str]()
        while left:
            item = left.pop()
            if item.custom and not item.id:
                return True
            if not item.custom and item.urn not in seen:
                seen.add(item.urn)
                left += children.get(item.urn, ())
        return False

    def look_up(
        self, number: int, token: str, args: dict[str, Any], provider: str, *, waits: bool = False
    ) -> dict[str, Any] | None:
        """Record a lookup and return its answer; None where it is unknown, and the empty one where nothing runs.

        One that `waits` depends on what is still to be made, so its provider is not asked.
        """
        urn = provider_urn(provider)
        key = lookup_id(token, args, urn)
        found = self._given.answer(token, args)
        given = None if found is None else spelled(dict(found))
        blind = self._blind(urn) or is_unknown(args) or waits
        answer = None if blind else given if given is not None else self.answers.answer(key, token, args)
        kept = None if blind else given
        with self._lock:
            self.record.lookups.append(Asked(key, number, token, args, urn, answer is not None, kept))
        return {} if self._blind(urn) and not waits else answer

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Return what a method of a resource gives: what a user gave, else one unknown that makes all of it unknown."""
        given = self._given.answer(token, args)
        return {"result": UNKNOWN} if given is None else spelled(dict(given))

    def assumes(self, token: str, args: Mapping[str, Any]) -> bool:
        """Return whether an answer was made up of markers, so that further fields of it may be too."""
        return token in SHAPES and self._given.answer(token, args) is None

    @staticmethod
    def id_of(token: str, args: Mapping[str, Any], provider: str) -> str:
        """Return the id under which a lookup is recorded."""
        return lookup_id(token, args, provider_urn(provider))

    def built_in(self, token: str, args: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the answer of a function of the engine itself; None where the token names another function."""
        if token == GET_RESOURCE:
            with self._lock:
                found = self._urns.get(str(args.get("urn")))
            if found is None:
                raise RefusedError(
                    f"the program gets {args.get('urn')}, which is not registered", "register it before it is got"
                )
            return {"urn": found.urn, "id": found.id, "provider": found.provider, "state": found.outputs}
        if token == _STACK_OUTPUTS:
            return {"name": args.get("name"), **self.stack_outputs(str(args.get("name")))}
        return None

    def stack_outputs(self, stack: str) -> dict[str, Any]:
        """Return what is known of another stack's outputs."""
        outputs = self._given.outputs(stack, self._project)
        hidden = sorted(name for name, value in (outputs or {}).items() if has_secret(value))
        return {"outputs": UNKNOWN if outputs is None else spelled(dict(outputs)), "secretOutputNames": hidden}

    def put_out(self, urn: str, outputs: dict[str, Any]) -> None:
        """Keep the outputs of a component or of the stack; raise RefusedError for what is not registered."""
        with self._lock:
            found = self._urns.get(urn)
            if found is None:
                raise RefusedError(f"outputs of {urn} are put out, which is not registered", "register it before")
            self.record.outputs[urn] = outputs
            self.record.finished |= found.type == STACK

    def sealed(self) -> Record:
        """Return the record as it stands; what is still asked for later is not in it."""
        with self._lock:
            kept = {name: copy(getattr(self.record, name)) for name in Record.__dataclass_fields__}
        return Record(**kept)

    def ancestors(self, urn: str) -> list[str]:
        """Return the URN and those of its parents, from the nearest up."""
        found = []
        while urn and urn not in found:
            found.append(urn)
            known = self._urns.get(urn)
            urn = known.parent if known else ""
        return found

    def resolve(self, provider: str, parent: str, token: str) -> str:
        """Return the provider of a lookup: the one asked for, else that of the component it was made in."""
        return provider or self._providers.get(parent, {}).get(token.split(":", 1)[0], "")

    def urn(self, parent: str, kind: str, name: str) -> str:
        """Return the URN of a resource of this stack."""
        return make_urn(self._stack, self._project, parent, kind, name)

    def _provider(self, request: Request) -> str:
        """Return the URN of the provider; a default one is named as the engine names it and never recorded.

        That of a remote component only chooses the plugin and is not recorded either.
        """
        if request.type.startswith(PROVIDER) or not request.custom:
            return ""
        if request.provider:
            return provider_urn(request.provider)
        package = (request.package or request.type).split(":", 1)[0]
        if package != "pulumi" and not self._denied.isdisjoint({"*", package}):
            raise RefusedError(
                f"the default provider of {package} is disabled, and {request.type} has no other", _EXPLICIT
            )
        version = "".join(f"_{part}" for part in re.split(r"[.+-]", request.version) if part)
        url = "_" + re.sub(r"[^A-Za-z0-9_.-]", "_", request.download_url.rstrip("/")) if request.download_url else ""
        return self.urn("", f"{PROVIDER}{package}", f"default{version}{url}")

    def _keep(self, registered: Registered) -> None:
        with self._lock:
            if registered.parent and registered.parent not in self._urns:
                raise RefusedError(
                    f"could not find parent resource {registered.parent}", "make it before what stands in it"
                )
            first = self._urns.get(registered.urn)
            if first is not None:
                self.record.duplicates.append((first, registered))
                raise RefusedError(
                    f"Duplicate resource URN '{registered.urn}'; try giving it a unique name", "give it another name"
                )
            self._urns[registered.urn] = registered
            self.record.resources.append(registered)

    def _blind(self, provider: str) -> bool:
        """Return whether the provider cannot run: with unknown configuration it gives nothing at all."""
        found = self._urns.get(provider)
        return found is not None and is_unknown(found.inputs)

    def _alias(self, request: Request, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        parent = request.parent if alias.parent is None else alias.parent
        return make_urn(
            alias.stack or self._stack,
            alias.project or self._project,
            parent,
            alias.type or request.type,
            alias.name or request.name,
        )


def make_urn(stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """Return the URN that the engine gives: the parent's type chain, without the stack's own.

    >>> make_urn("prod", "web", "urn:pulumi:prod::web::my:Site::north", "aws:s3/bucket:Bucket", "logs")
    'urn:pulumi:prod::web::my:Site$aws:s3/bucket:Bucket::logs'
    """
    chain = parent.split("::")[2] if parent.count("::") > 1 else ""
    prefix = "" if chain in {"", STACK} else f"{chain}$"
    return f"urn:pulumi:{stack}::{project}::{prefix}{kind}::{name}"


def provider_urn(reference: str) -> str:
    """Return the URN of a provider reference, which is URN and id."""
    return reference.rpartition("::")[0]


def _serves(provider: str, kind: str) -> bool:
    """Return whether a provider is of the package of a type."""
    return bool(provider) and provider.split("::")[2] == f"{PROVIDER}{kind.split(':', 1)[0]}"


def _behind(request: Request) -> dict[str, tuple[str, ...]]:
    """Return the property dependencies: those asked for, and those of the output values in the inputs."""
    asked = {} if request.transformed else request.property_dependencies
    found = {key: set(urns) for key, urns in asked.items()}
    for key, value in request.inputs.items():
        found.setdefault(key, set()).update(dependencies(value))
    return {key: tuple(sorted(urns)) for key, urns in found.items()}


def _all(request: Request, behind: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    extra = {urn for urns in behind.values() for urn in urns} if request.transformed else set()
    return tuple(sorted({*request.dependencies, *extra}))


def _denied(config: Mapping[str, str]) -> frozenset[str]:
    """Return the packages whose default provider the configuration disables."""
    try:
        listed = json.loads(config.get("pulumi:disable-default-providers") or "[]")
    except ValueError:
        return frozenset()
    return frozenset(str(item).strip() for item in listed) if isinstance(listed, list) else frozenset()
