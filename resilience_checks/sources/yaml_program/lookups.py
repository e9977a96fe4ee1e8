"""Calls of providers' functions, and what is known of their answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.location import Location
from resilience_checks.model.resource import Lookup
from resilience_checks.sources.program.answers import SHAPES, lookup_id
from resilience_checks.sources.program.structs import UNKNOWN
from resilience_checks.sources.yaml_program.evaluation import resources_of
from resilience_checks.sources.yaml_program.outputs import Measured, Output, Partial, outputs_in, plain, unknown
from resilience_checks.sources.yaml_program.received import received
from resilience_checks.sources.yaml_program.settled import sent, settle
from resilience_checks.sources.yaml_program.tokens import resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.sources.program.engine import Engine
    from resilience_checks.sources.yaml_program.evaluation import Evaluator
    from resilience_checks.sources.yaml_program.expressions import Invoke
    from resilience_checks.sources.yaml_program.outputs import Handle
    from resilience_checks.sources.yaml_program.settled import Lowering, Settled


@dataclass
class Lookups:
    """The lookups of one program, each once."""

    engine: Engine
    lowering: Lowering
    shown: str
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
        key, answer = self._answer(token.text, settled, provider, missing, expression)
        if key not in self.found:
            self.found[key] = self._lookup(key, token.text, settled, provider, answer, expression)
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
        self, token: str, settled: Settled, provider: Handle | None, missing: Output | None, expression: Invoke
    ) -> tuple[str, Partial | None]:
        """Return the id of the lookup, and what is known of its answer; the engine is not asked with unknown arguments."""
        args = {name: sent(plain(value)) for name, value in settled.tree.items()}
        if missing is not None:
            elements = {path: sorted(urns) for path, urns in settled.elements.items()}
            return lookup_id(token, args, str(elements)), None
        reference = f"{provider.urn}::{UNKNOWN}" if provider else ""
        answer = self.engine.look_up(0, token, args, reference)
        key = self.engine.id_of(token, args, reference)
        if answer is None or not self.engine.record.lookups[-1].answered:
            return key, None
        given = self.engine.record.lookups[-1].given
        why = f"`{{}}` of the answer of {token} is not known offline"
        if given is not None:
            return key, Partial(received(answer), f"the answer given for {token} has no `{{}}`")
        found = received(answer)
        lists = {
            name: self._measured(item, key, name, f"{token} ({self.shown}:{expression.at[0]})")
            for name, item in found.items()
            if isinstance(item, list) and token in SHAPES and name in SHAPES[token].lists
        }
        return key, Partial({**found, **lists}, why)

    def _measured(self, elements: list[Any], key: str, name: str, asked: str) -> Measured:
        """Return a list of an answer that nobody gave; one that the program takes to be longer is told."""
        answers = self.engine.answers

        def part(index: int) -> str:
            if index >= len(elements):
                said = f"{name} is taken to have at least {index + 1} elements"
                self.assumptions[f"the answer of {asked} is not known: give it with --lookups; {said}"] = None
            return answers.part(key, f"{name}[{index}]")

        return Measured(elements, answers.part(key, name), part)

    def _lookup(
        self,
        key: str,
        token: str,
        settled: Settled,
        provider: Handle | None,
        answer: Partial | None,
        expression: Invoke,
    ) -> Lookup:
        elements = self.lowering.elements(settled)
        given = self.engine.record.lookups[-1].given if answer is not None else None
        return Lookup(
            id=key,
            token=token,
            args=self.lowering.values(settled.tree),
            provider=provider.urn if provider else None,
            location=Location(self.shown, expression.at[0]),
            answered=answer is not None,
            dependencies=tuple(sorted({target for targets in elements.values() for target in targets})),
            element_dependencies=elements,
            answer=self.lowering.value(received(given)) if given is not None else None,
        )
