"""Calls of providers' functions, and what is known of their answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.resource import Lookup
from resilience_checks.sources.program.answers import SHAPES, Answers, lookup_id
from resilience_checks.sources.yaml_program.evaluation import resources_of
from resilience_checks.sources.yaml_program.outputs import Output, Partial, outputs_in, plain, unknown
from resilience_checks.sources.yaml_program.received import received
from resilience_checks.sources.yaml_program.settled import settle
from resilience_checks.sources.yaml_program.tokens import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.sources.given import Given
    from resilience_checks.sources.yaml_program.evaluation import Evaluator
    from resilience_checks.sources.yaml_program.expressions import Invoke
    from resilience_checks.sources.yaml_program.outputs import Handle
    from resilience_checks.sources.yaml_program.settled import Lowering, Settled


@dataclass
class Lookups:
    """The lookups of one program, each once."""

    given: Given
    answers: Answers
    lowering: Lowering
    shown: str
    root: Any
    found: dict[str, Lookup] = field(default_factory=dict)
    assumptions: dict[str, None] = field(default_factory=dict)
    local_packages: frozenset[str] = frozenset()

    def call(self, evaluator: Evaluator, expression: Invoke, default_provider: Handle | None = None) -> Any:
        """Record the call and return its answer, or an output that is unknown."""
        token = resolve(expression.token, self.local_packages)
        if token.assumption:
            self.assumptions[token.assumption] = None
        arguments = evaluator.value(expression.arguments)
        options = {name: evaluator.value(option) for name, option in expression.options.items()}
        for name in ("dependsOn", "parent", "provider"):
            if name in options and resources_of(options[name]) is None:
                raise evaluator.scope.document.error(
                    expression.options[name].at, f"`{name}` names something that is no resource", "name a resource"
                )
        provider = self._provider(token.text, options, default_provider)
        outputs = list(outputs_in(arguments))
        if isinstance(arguments, Output):
            arguments = arguments.value if arguments.known else {}
        settled = settle(arguments or {})
        waited = resources_of(options.get("dependsOn", [])) or []
        after = Output(deps=frozenset(item.urn for item in waited), sources=frozenset(item.urn for item in waited))
        missing = next((output for output in outputs if not output.known), None)
        key, answer, given = self._answer(token.text, expression.token, settled, provider, missing)
        self._record(key, token.text, settled, provider, answer is not None, given, expression)
        mark = Output(sources=frozenset({key}))
        if missing is not None:
            return missing.after(*outputs, mark)
        if answer is None:
            why = (
                "its provider's configuration is not known"
                if provider and provider.blind
                else ("only its provider knows it; --lookups can give it")
            )
            return unknown(f"the answer of {token.text}: {why}").after(*outputs, after, mark)
        result: Any = answer
        if expression.returns is not None:
            result = answer.get(expression.returns)
            if expression.returns not in answer:
                result = unknown(answer.why.format(expression.returns))
        return (result if isinstance(result, Output) else Output(result)).after(*outputs, after, mark)

    def _provider(self, token: str, options: Mapping[str, Any], default: Handle | None) -> Handle | None:
        package = token.split(":", 1)[0]
        own = options.get("provider", default)
        if own is not None and own.type.rsplit(":", 1)[-1] == package:
            return own  # type: ignore[no-any-return]
        parent = options.get("parent")
        return parent.providers.get(package) if parent is not None else None

    def _answer(
        self, token: str, written: str, settled: Settled, provider: Handle | None, missing: Output | None
    ) -> tuple[str, Partial | None, Any]:
        """Return the id of the lookup, what is known of its answer, and what a user gave."""
        args = _sent(settled)
        urn = provider.urn if provider else ""
        if missing is not None:
            return (
                lookup_id(token, args, str({path: sorted(urns) for path, urns in settled.elements.items()})),
                None,
                None,
            )
        key = lookup_id(token, args, urn)
        for name in dict.fromkeys((token, written)):
            given = self.given.answer(name, args)
            if given is not None:
                why = f"the answer given for {token} has no `{{}}`"
                return key, Partial(received(given), why), given
        if provider is not None and provider.blind:
            return key, None, None
        shape = self.answers.answer(key, token, args) if token in SHAPES else None
        if shape is None:
            return key, None, None
        return key, Partial(received(shape), f"`{{}}` of the answer of {token} is not known offline"), None

    def _record(
        self,
        key: str,
        token: str,
        settled: Settled,
        provider: Handle | None,
        answered: bool,  # noqa: FBT001
        given: Any,
        expression: Invoke,
    ) -> None:
        if key in self.found:
            return
        elements = self.lowering.elements(settled)
        self.found[key] = Lookup(
            id=key,
            token=token,
            args=self.lowering.values(settled.tree),
            provider=provider.urn if provider else None,
            location=self._location(expression),
            answered=answered,
            dependencies=tuple(sorted({target for targets in elements.values() for target in targets})),
            element_dependencies=elements,
            answer=self.lowering.value(received(given)) if given is not None else None,
        )

    def _location(self, expression: Invoke) -> Location:
        from resilience_checks.model.location import Location

        return Location(self.shown, expression.at[0])


def _sent(settled: Settled) -> dict[str, Any]:
    """Return the arguments as plain values, numbers that are whole as integers: the form of a JSON file."""
    return {name: _json(plain(value)) for name, value in settled.tree.items()}


def _json(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if value is None or isinstance(value, bool | float | str | int):
        return value
    return str(value)
