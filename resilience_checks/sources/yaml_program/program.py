"""Runs a program: registers its resources in order, and says what it puts out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.graph import SkippedCallback
from resilience_checks.model.location import Location
from resilience_checks.sources.program.record import PROVIDER, STACK_REFERENCE, RefusedError
from resilience_checks.sources.yaml_program import tokens
from resilience_checks.sources.yaml_program.evaluation import resources_of
from resilience_checks.sources.yaml_program.expressions import Invoke
from resilience_checks.sources.yaml_program.functions import kind
from resilience_checks.sources.yaml_program.outputs import (
    Handle,
    Output,
    Partial,
    lift,
    plain,
    unknown,
    weight,
)
from resilience_checks.sources.yaml_program.registration import Declaration
from resilience_checks.sources.yaml_program.settled import settle
from resilience_checks.sources.yaml_program.template import Declared, ResourceDeclaration

if TYPE_CHECKING:
    from resilience_checks.sources.yaml_program.evaluation import Evaluator
    from resilience_checks.sources.yaml_program.expressions import At, Expression
    from resilience_checks.sources.yaml_program.lookups import Lookups
    from resilience_checks.sources.yaml_program.order import Ordered
    from resilience_checks.sources.yaml_program.registration import Registry
    from resilience_checks.sources.yaml_program.template import Template


@dataclass
class Program:
    """One program on its way through an evaluation."""

    template: Template
    registry: Registry
    lookups: Lookups
    local_packages: frozenset[str]
    default_providers: dict[str, str] = field(default_factory=dict)
    skipped: list[SkippedCallback] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    _stacks: dict[str, Handle] = field(default_factory=dict)

    def run(self, evaluator: Evaluator, ordered: Ordered) -> dict[str, Any]:
        """Evaluate every part and return the stack's outputs."""
        self.default_providers = ordered.default_providers
        scope = evaluator.scope
        for part in ordered.parts:
            if isinstance(part, Declared):
                value = self._variable(evaluator, part)
                evaluator.afford(weight(value), part.at)
                scope.variables[part.name] = value
            else:
                scope.resources[part.key] = self._resource(evaluator, part)
        return {output.name: evaluator.value(output.value) for output in self.template.outputs}

    def stack_output(self, evaluator: Evaluator, stack: str, name: Any, at: At) -> Any:
        """Return an output of another stack by the older function, which makes the reference itself."""
        handle = self._stacks.get(stack)
        if handle is None:
            request = Declaration(
                key=stack,
                type=STACK_REFERENCE,
                name=stack,
                inputs=settle({"name": stack}),
                location=self._location(at),
                read_id=stack,
            )
            handle = self._stacks[stack] = self._register(request, at)
        return lift(lambda found: evaluator.tail(handle, ("outputs", str(found)), at), name)

    def _variable(self, evaluator: Evaluator, part: Declared) -> Any:
        if isinstance(part.value, Invoke) and "provider" not in part.value.options:
            return self.lookups.call(evaluator, part.value, self._default(evaluator, part.value.token))
        return evaluator.value(part.value)

    def _default(self, evaluator: Evaluator, token: str) -> Handle | None:
        name = self.default_providers.get(token.split(":", 1)[0])
        return evaluator.scope.resources.get(name) if name is not None else None

    def _resource(self, evaluator: Evaluator, part: ResourceDeclaration) -> Handle:
        token = tokens.resolve(part.type, self.local_packages)
        if token.assumption:
            self.assumptions[token.assumption] = None
        read = part.read_id is not None
        properties = self._properties(evaluator, part.read_state if read and part.read_state else part.properties)
        evaluator.afford(weight(properties), part.at)
        for name, value in tokens.constants(token.text).items():
            properties[name] = value
        read_id: str | None = None
        if token.text == STACK_REFERENCE:
            read_id = self._stack_name(part, properties)
        elif read:
            found = evaluator.value(part.read_id) if part.read_id is not None else None
            if isinstance(found, Output) and not found.known:
                return self._not_read(part, token.text, found)
            read_id = str(plain(found))
        request = replace(self._request(evaluator, part, token, properties), read_id=read_id)
        if token.component:
            self.components.append(part.key)
        return self._register(request, part.at)

    def _properties(self, evaluator: Evaluator, expression: Expression) -> dict[str, Any]:
        value = evaluator.value(expression)
        if isinstance(value, Output):
            if not value.known or not isinstance(value.value, dict):
                raise self.template.document.error(
                    expression.at,
                    "which properties this resource has is not known before deployment",
                    "write its properties out, each with its own value",
                )
            shared = Output(secret=value.secret, deps=value.deps, sources=value.sources)
            return {
                name: (item if isinstance(item, Output) else Output(item)).after(shared)
                for name, item in value.value.items()
            }
        if not isinstance(value, dict):
            raise self.template.document.error(
                expression.at, f"`properties` is {kind(value)}, not an object", "write `name: value` lines"
            )
        return dict(value)

    def _request(
        self, evaluator: Evaluator, part: ResourceDeclaration, token: tokens.Token, properties: dict[str, Any]
    ) -> Declaration:
        options = {name: self._option(evaluator, part, name) for name in part.options if name != "protect"}
        provider = next(iter(options.get("provider", ())), None)
        if "provider" not in part.options and not token.text.startswith(PROVIDER) and not part.default_provider:
            provider = self._default(evaluator, part.type)
        for handle, name in ((provider, "provider"), *((item, "providers") for item in options.get("providers", ()))):
            if handle is not None and not handle.type.startswith(PROVIDER):
                raise self.template.document.error(
                    part.options[name].at,
                    f"`{handle.key}` is no provider",
                    "name a resource of type `pulumi:providers:...`",
                )
        import_id = part.scalars.get("import")
        retain = part.scalars.get("retainOnDelete")
        return Declaration(
            key=part.key,
            type=token.text,
            name=part.name,
            inputs=settle(properties, remote=token.component),
            location=self._location(part.at),
            component=token.component,
            import_id=str(import_id) if import_id else "",
            version=str(part.scalars.get("version") or ""),
            download_url=str(part.scalars.get("pluginDownloadURL") or ""),
            parent=next(iter(options.get("parent", ())), None),
            provider=provider,
            providers=tuple(options.get("providers", ())),
            depends_on=tuple(options.get("dependsOn", ())),
            protect=self._protect(evaluator, part),
            retain_on_delete=retain if isinstance(retain, bool) else None,
            delete_before_replace=part.scalars.get("deleteBeforeReplace") is True or None,
            deleted_with=next((item.urn for item in options.get("deletedWith", ())), ""),
            ignore_changes=tuple(part.lists.get("ignoreChanges", ())),
            aliases=tuple(part.lists.get("aliases", ())),
            secret_outputs=tuple(part.lists.get("additionalSecretOutputs", ())),
        )

    def _option(self, evaluator: Evaluator, part: ResourceDeclaration, name: str) -> list[Handle]:
        expression = part.options[name]
        value = evaluator.value(expression)
        found = resources_of(value)
        if found is None:
            raise self.template.document.error(
                expression.at, f"`{name}` of `{part.key}` names something that is no resource", "write `${name}`"
            )
        return found

    def _protect(self, evaluator: Evaluator, part: ResourceDeclaration) -> bool | None:
        if "protect" not in part.options:
            return None
        value = evaluator.value(part.options["protect"])
        if not isinstance(value, bool):
            raise self.template.document.error(
                part.options["protect"].at, f"`protect` is {_named(value)}, not true or false", "write `protect: true`"
            )
        return value

    def _stack_name(self, part: ResourceDeclaration, properties: dict[str, Any]) -> str:
        name = plain(properties.setdefault("name", part.key))
        if not isinstance(name, str):
            raise self.template.document.error(
                part.at, f"the stack that `{part.key}` names is not plain text", "write `organization/project/stack`"
            )
        return name

    def _not_read(self, part: ResourceDeclaration, token: str, found: Output) -> Handle:
        """Return what stands for a resource that a preview cannot read, as its id comes with the deployment only."""
        self.skipped.append(SkippedCallback(self._location(part.at), part.key))
        return Handle(
            urn="",
            key=part.key,
            type=token,
            id=found,
            outputs=None,
            providers={},
        )

    def _register(self, request: Declaration, at: At) -> Handle:
        urn = self.registry.urn(request)
        if urn in self.registry.declared:
            raise self.template.document.error(
                at,
                f"two resources have the URN {urn}, the first at {self.registry.declared[urn].location}",
                "give one of them another `name`",
            )
        try:
            handle = self.registry.register(request)
        except RefusedError as error:
            raise self.template.document.error(at, error.what, error.remedy) from error
        if request.type == STACK_REFERENCE and handle.outputs is not None:
            handle.outputs["outputs"] = _stack_outputs(str(request.read_id), handle.outputs.get("outputs"))
        return handle

    def _location(self, at: At) -> Location:
        return Location(self.template.document.shown, at[0])


def _stack_outputs(stack: str, known: Any) -> Any:
    """Return another stack's outputs with the reason of each that is not known."""
    if not isinstance(known, dict):
        return unknown(f"the outputs of the stack {stack} are not known offline; --stack-outputs can give them")
    return Partial(known, f"the stack {stack} has no output `{{}}`")


def _named(value: Any) -> str:
    return "an output" if isinstance(value, Output) else kind(value)
