"""Schemas for a YAML program: its language host asks each provider what its types are.

There are no real schemas offline, so each type gets exactly the properties that the program names, of any type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.sources.yaml_program import packages, template, tokens
from resilience_checks.sources.yaml_program.expressions import Call, Expression, Invoke, Listed, Mapped, Symbol, Text
from resilience_checks.sources.yaml_program.syntax import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from resilience_checks.sources.project import Project
    from resilience_checks.sources.yaml_program.template import ResourceDeclaration, Template

_ANY = {"$ref": "pulumi.json#/Any"}
_PROVIDER = "pulumi:providers:"
Steps = tuple[str | int, ...]


def schemas_of(project: Project) -> dict[str, dict[str, Any]]:
    """Return the schema of each package that the project's program uses."""
    file = template.program_file(project.program)
    assert file is not None
    return _Schemas(template.read(Document(file, file.name)), packages.local(project.packages)).made()


def answers_of(schemas: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return an answer for every function, with a value for each property that the program reads."""
    return {
        token: {name: _sample(kind, name) for name, kind in function["outputs"]["properties"].items()}
        for schema in schemas.values()
        for token, function in schema["functions"].items()
    }


def program_of(project: Project) -> Path:
    """Return the file that the program stands in."""
    file = template.program_file(project.program)
    assert file is not None
    return file


class _Schemas:
    """Collects what one program says of types."""

    def __init__(self, program: Template, local: frozenset[str]) -> None:
        self._program, self._local = program, local
        self._made: dict[str, dict[str, Any]] = {}
        self._nodes = [node for expression in _expressions(program) for node in _walk(expression)]
        self._paths = [path for node in self._nodes for path in _paths(node)]

    def made(self) -> dict[str, dict[str, Any]]:
        for resource in self._program.resources:
            self._resource(resource)
        variables = {id(variable.value): variable.name for variable in self._program.variables}
        for node in self._nodes:
            if isinstance(node, Invoke):
                self._function(node, variables.get(id(node)))
        return self._made

    def _package(self, name: str) -> dict[str, Any]:
        return self._made.setdefault(
            name,
            {
                "name": name,
                "version": "99.0.0",
                "provider": {"inputProperties": {}, "properties": {}},
                "resources": {},
                "functions": {},
            },
        )

    def _resource(self, resource: ResourceDeclaration) -> None:
        if resource.type.startswith(_PROVIDER):
            made = self._package(resource.type.removeprefix(_PROVIDER))["provider"]
        elif resource.type.startswith("pulumi:"):
            return
        else:
            token = tokens.resolve(resource.type, self._local)
            made = self._package(token.text.split(":", 1)[0])["resources"].setdefault(
                token.text, {"inputProperties": {}, "properties": {}, "isComponent": token.component}
            )
            for name, value in tokens.constants(token.text).items():
                made["inputProperties"][name] = made["properties"][name] = {"type": "string", "const": value}
        for name in (*_names(resource.properties), *_names(resource.read_state)):
            made["inputProperties"].setdefault(name, _ANY)
            made["properties"].setdefault(name, _ANY)
        for name in self._read(resource.key) - {"id", "urn"}:
            kind = _kind([path[2:] for path in self._paths if path[:2] == (resource.key, name)])
            if made["properties"].get(name, _ANY) == _ANY:
                made["properties"][name] = kind

    def _function(self, invoke: Invoke, variable: str | None) -> None:
        token = tokens.resolve(invoke.token, self._local).text
        made = self._package(token.split(":", 1)[0])["functions"].setdefault(
            token,
            {"inputs": {"type": "object", "properties": {}}, "outputs": {"type": "object", "properties": {"_": _ANY}}},
        )
        made["inputs"]["properties"].update(dict.fromkeys(_names(invoke.arguments), _ANY))
        found = made["outputs"]["properties"]
        if invoke.returns is not None:
            found[invoke.returns] = _kind([path[1:] for path in self._paths if path[0] == variable])
        elif variable is not None:
            for name in self._read(variable):
                found[name] = _kind([path[2:] for path in self._paths if path[:2] == (variable, name)])

    def _read(self, name: str) -> set[str]:
        return {path[1] for path in self._paths if path[0] == name and len(path) > 1 and isinstance(path[1], str)}


def _kind(rests: Sequence[Steps]) -> dict[str, Any]:
    """Return a type in which the program may take these parts of a value."""
    deeper = [rest for rest in rests if rest]
    if not deeper:
        return _ANY
    inner = _kind([rest[1:] for rest in deeper])
    if isinstance(deeper[0][0], int):
        return {"type": "array", "items": inner}
    return {"type": "object", "additionalProperties": inner}


def _sample(kind: dict[str, Any], name: str) -> Any:
    if kind.get("type") == "array":
        return [_sample(kind["items"], f"{name}-{index}") for index in range(3)]
    return {} if kind.get("type") == "object" else f"answer-{name}"


def _names(expression: Expression | None) -> list[str]:
    if not isinstance(expression, Mapped):
        return []
    return [str(key.value) for key, _ in expression.entries if hasattr(key, "value")]


def _expressions(program: Template) -> Iterator[Expression]:
    yield from (part.value for part in (*program.variables, *program.outputs))
    for resource in program.resources:
        found: Iterable[Expression | None] = (
            resource.properties,
            resource.read_id,
            resource.read_state,
            *resource.options.values(),
        )
        yield from (expression for expression in found if expression is not None)


def _walk(expression: Expression) -> Iterator[Expression]:
    yield expression
    match expression:
        case Listed():
            inside: tuple[Expression, ...] = expression.items
        case Mapped():
            inside = tuple(part for entry in expression.entries for part in entry)
        case Call():
            inside = (expression.argument,)
        case Invoke():
            inside = (expression.arguments, *expression.options.values())
        case _:
            inside = ()
    for part in inside:
        yield from _walk(part)


def _paths(expression: Expression) -> list[Steps]:
    if isinstance(expression, Symbol):
        return [expression.path]
    if isinstance(expression, Text):
        return [path for _, path in expression.parts if path is not None]
    return []
