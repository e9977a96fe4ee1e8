"""Evaluates expressions as the language host does in a preview."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.sources.yaml_program import functions
from resilience_checks.sources.yaml_program.expressions import Call, Invoke, Listed, Literal, Mapped, Symbol, Text
from resilience_checks.sources.yaml_program.opaque import built_from
from resilience_checks.sources.yaml_program.outputs import (
    Handle,
    Measured,
    Output,
    Partial,
    lift,
    outputs_in,
    unknown,
    weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as File

    from resilience_checks.sources.program.reach import Reach
    from resilience_checks.sources.yaml_program.expressions import At, Expression, Path
    from resilience_checks.sources.yaml_program.syntax import Document

_STEPS_BETWEEN_LOOKS = 2048
_MOST = 64 << 20


class EndlessError(Exception):
    """The evaluation took longer than it may."""


@dataclass
class Scope:
    """What names stand for, and where files are read."""

    document: Document
    project: str
    directory: File
    reach: Reach
    invoke: Callable[[Evaluator, Invoke], Any]
    stack_output: Callable[[Evaluator, str, Any, At], Any]
    resources: dict[str, Handle] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    read: set[File] = field(default_factory=set)
    """Files that the program is, and that it reads."""
    deadline: float = float("inf")
    now: Callable[[], float] = time.monotonic
    """The clock that the deadline is held against; it stands still while others take the time."""


class Evaluator:
    """Evaluates the expressions of one program."""

    def __init__(self, scope: Scope) -> None:
        """Evaluate in this scope, which grows as the program goes on."""
        self.scope = scope
        self._steps = 0
        self._built = 0

    def value(self, expression: Expression) -> Any:
        """Return what an expression is: a plain value, a resource, an output, or lists and objects of these."""
        self._tick()
        match expression:
            case Literal():
                return expression.value
            case Listed():
                return [self.value(item) for item in expression.items]
            case Mapped():
                return self._mapped(expression)
            case Symbol():
                return self.access(expression.path, expression.at)
            case Text():
                return self._text(expression)
            case Call():
                return functions.call(self, expression)
            case Invoke():
                return self.scope.invoke(self, expression)

    def access(self, path: Path, at: At) -> Any:
        """Return the value at a property path; the first name is a resource's, a configuration value's or a variable's."""
        scope, name = self.scope, str(path[0])
        short = name.removeprefix(f"{scope.project}:")
        for names in (scope.resources, scope.config, scope.variables):
            if name in names:
                return self._part(names[name], path[1:], at)
        if short in scope.config:
            return self._part(scope.config[short], path[1:], at)
        return unknown(f"the stack's `environment:` may define {name}; it is not known offline")

    def _part(self, value: Any, path: Path, at: At) -> Any:
        """Return a part of what a name stands for.

        The host waits for everything in a list or object before it takes a part of it: the part is unknown while
        anything is, and depends on all. Its sources are its own.
        """
        if not isinstance(value, list | dict) or not any(outputs_in(value)):
            return self.tail(value, path, at)
        whole = lift(lambda inner: self.tail(inner, path, at), value)
        own = frozenset().union(*(output.sources for output in outputs_in(self.tail(value, path, at))))
        return replace(whole, sources=own)

    def tail(self, value: Any, path: Path, at: At) -> Any:
        """Return the value at the rest of a property path."""
        self._tick()
        if isinstance(value, Output):
            return value.then(lambda inner: self.tail(inner, path, at))
        if isinstance(value, Handle):
            return self._property(value, path, at) if path else value
        if not path:
            return value
        step, rest = path[0], path[1:]
        if isinstance(value, list):
            return self.tail(self._element(value, step, at), rest, at)
        if isinstance(value, dict):
            if isinstance(step, int):
                raise self._error(at, f"element {step} is asked of an object", "name a property")
            if step not in value and isinstance(value, Partial):
                return unknown(value.why.format(step))
            return self.tail(value.get(step), rest, at)
        opaque = built_from(value)
        if opaque:
            return unknown(opaque)
        raise self._error(
            at, f"`{step}` is asked of {functions.kind(value)}, which has no parts", "ask for the value itself"
        )

    def _element(self, value: list[Any], step: str | int, at: At) -> Any:
        if not isinstance(step, int):
            raise self._error(at, f"`{step}` is asked of a list", "take an element first: `[0]`")
        if isinstance(value, Measured):
            return value.part(step)
        if step >= len(value):
            raise self._error(at, f"element {step} is asked of a list of {len(value)}", "take another element")
        return value[step]

    def _property(self, handle: Handle, path: Path, at: At) -> Any:
        """Return a property of a resource: what the program gave it, or unknown.

        The host takes nothing out of a property while any part of it is unknown, and forgets that it will be secret.
        """
        mark = Output(deps=frozenset({handle.urn}), sources=frozenset({handle.urn}))
        if path[0] == "id":
            return handle.id if len(path) == 1 else self.tail(handle.id, path[1:], at)
        if path[0] == "urn":
            return Output(handle.urn).after(mark)
        computed = handle.id.why or f"computed at deployment by {handle.type} {handle.key}"
        known = handle.outputs
        if known is None or not isinstance(path[0], str) or path[0] not in known:
            return unknown(computed).after(mark)
        value = known[path[0]]
        missing = next((output for output in outputs_in(value) if not output.known), None)
        if missing is not None and not isinstance(value, Partial):
            return unknown(missing.why or computed).after(mark)
        return self._deeper(value, path[1:], computed, mark, at)

    def _deeper(self, value: Any, path: Path, computed: str, mark: Output, at: At) -> Any:
        """Follow the rest of a path in what is known of a resource; what is not there its provider may compute."""
        secret: list[Output] = []
        while True:
            if isinstance(value, Output):
                if not value.known:
                    return value.after(mark, *secret)
                secret.append(value)
                value = value.value
            elif not path or not isinstance(value, list | dict):
                break
            elif _has(value, path[0]):
                inner: Any = value  # a step of the right kind, as there is something at it
                value, path = inner[path[0]], path[1:]
            elif isinstance(value, Partial):
                return unknown(value.why.format(path[0])).after(mark, *secret)
            else:
                return unknown(computed).after(mark, *secret)
        if path:
            inner = unknown(computed) if value is None else self.tail(value, path, at)
            return (inner if isinstance(inner, Output) else Output(inner)).after(mark, *secret)
        found = outputs_in(value)
        return Output(functions.opened(value)).after(mark, *secret, *found)

    def _mapped(self, expression: Mapped) -> Any:
        keys = [self.value(key) for key, _ in expression.entries]
        values = [self.value(item) for _, item in expression.entries]

        def named(*found: Any) -> dict[str, Any]:
            for key, (written, _) in zip(found, expression.entries, strict=True):
                if not isinstance(key, str):
                    raise self._error(written.at, f"a key must be text, not {functions.kind(key)}", "write a name")
            return dict(zip(found, values, strict=True))

        return lift(named, *keys)

    def _text(self, expression: Text) -> Any:
        """Return interpolated text.

        The host stops at the first value that is unknown, so later ones are no dependencies of the engine's; they
        are sources all the same.
        """
        built: list[str] = []
        passed: list[Output] = []
        later: set[str] = set()
        stopped: Output | None = None
        for text, path in expression.parts:
            built.append(text)
            if path is None:
                continue
            value = self.access(path, expression.at)
            if not isinstance(value, Output):
                found = list(outputs_in(value))
                value = lift(Output, value) if found else value
            if isinstance(value, Output):
                if stopped is not None:
                    later |= value.sources
                    continue
                passed.append(value)
                if not value.known:
                    stopped = value
                    continue
                value = value.value
            if isinstance(value, Handle):
                raise self._error(
                    expression.at, f"the resource `{value.key}` itself cannot be put into text", "name a property of it"
                )
            self.afford(weight(value), expression.at)
            built.append(functions.shown(value))
        if stopped is not None:
            return stopped.after(*passed, Output(sources=frozenset(later)))
        result = "".join(built)
        return Output(result).after(*passed) if passed else result

    def afford(self, amount: int, at: At) -> None:
        """Count what a program builds; raise InputError where that is far more than any program needs."""
        self._built += amount
        if self._built > _MOST:
            raise self._error(at, f"the program builds values of more than {_MOST >> 20} MB", "build smaller ones")
        if self.scope.now() > self.scope.deadline:
            raise EndlessError

    def _tick(self) -> None:
        self._steps += 1
        if self._steps % _STEPS_BETWEEN_LOOKS == 0 and self.scope.now() > self.scope.deadline:
            raise EndlessError

    def _error(self, at: At, what: str, remedy: str) -> Exception:
        return self.scope.document.error(at, what, remedy)


def _has(value: list[Any] | dict[str, Any], step: str | int) -> bool:
    """Return whether there is something at a step of a list or object."""
    return step in value if isinstance(value, dict) else isinstance(step, int) and step < len(value)


def resources_of(value: Any) -> list[Handle] | None:
    """Return the resources that an option names, None where it is something else."""
    if isinstance(value, Handle):
        return [value]
    if isinstance(value, list) and all(isinstance(item, Handle) for item in value):
        return value
    return None
