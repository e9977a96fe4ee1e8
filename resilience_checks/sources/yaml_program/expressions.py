"""What a value in a program can be: literals, lists, objects, references, interpolated text, calls of functions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode

from resilience_checks.sources.yaml_program.syntax import items, place, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.sources.yaml_program.syntax import Document, Scalar

At: TypeAlias = "tuple[int, int]"
Path: TypeAlias = "tuple[str | int, ...]"

_SHORT_INVOKE = re.compile(r"fn::[^:]+:[^:]+(:[^:]+)?")
_NAME = re.compile(r"[^.\[}]+")
FUNCTIONS = {
    name.lower(): name
    for name in (
        "fn::invoke",
        "fn::join",
        "fn::split",
        "fn::select",
        "fn::toJSON",
        "fn::toBase64",
        "fn::fromBase64",
        "fn::secret",
        "fn::readFile",
        "fn::stackReference",
        "fn::assetArchive",
        "fn::stringAsset",
        "fn::fileAsset",
        "fn::remoteAsset",
        "fn::fileArchive",
        "fn::remoteArchive",
    )
}
_PAIRS = frozenset({"fn::join", "fn::split", "fn::select", "fn::stackReference"})
_INVOKE_KEYS = ("function", "arguments", "options", "return")
INVOKE_OPTIONS = ("dependsOn", "parent", "provider", "version", "pluginDownloadURL")


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands for itself."""

    value: Scalar
    at: At


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of expressions."""

    items: tuple[Expression, ...]
    at: At


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object; its keys are expressions too."""

    entries: tuple[tuple[Expression, Expression], ...]
    at: At


@dataclass(frozen=True, slots=True)
class Symbol:
    """`${a.b[0]}` alone: the value itself, whatever its type."""

    path: Path
    at: At


@dataclass(frozen=True, slots=True)
class Text:
    """Text with values in it: each part is the text before a value, and the value's path (None at the end)."""

    parts: tuple[tuple[str, Path | None], ...]
    at: At


@dataclass(frozen=True, slots=True)
class Call:
    """A built-in function and its argument; `name` is as it is written where no such function is known."""

    name: str
    argument: Expression
    at: At


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of a provider's function."""

    token: str
    arguments: Expression
    returns: str | None
    at: At
    options: Mapping[str, Expression] = field(default_factory=dict)


Expression: TypeAlias = "Literal | Listed | Mapped | Symbol | Text | Call | Invoke"


def parse(document: Document, node: Node) -> Expression:
    """Return the expression that a node is; raise InputError at what cannot be one."""
    at = place(node)
    if isinstance(node, ScalarNode):
        value = scalar(node)
        return _text(document, value, at) if isinstance(value, str) else Literal(value, at)
    if isinstance(node, MappingNode):
        if len(node.value) == 1 and isinstance(node.value[0][0], ScalarNode):
            call = _call(document, node, node.value[0][0], node.value[0][1])
            if call is not None:
                return call
        return Mapped(
            tuple(
                (_text(document, str(key.value), place(key)), parse(document, value))
                for key, value in document.entries(node, "the value")
            ),
            at,
        )
    return Listed(tuple(parse(document, item) for item in items(node) or ()), at)


def references(expression: Expression) -> Iterator[tuple[str, At]]:
    """Return the name and position of each thing that an expression needs."""
    if isinstance(expression, Symbol):
        yield str(expression.path[0]), expression.at
    elif isinstance(expression, Text):
        yield from ((str(path[0]), expression.at) for _, path in expression.parts if path is not None)
    for part in _parts(expression):
        yield from references(part)


def _parts(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Listed():
            return expression.items
        case Mapped():
            return tuple(part for entry in expression.entries for part in entry)
        case Call():
            return (expression.argument,)
        case Invoke():
            return (expression.arguments, *expression.options.values())
        case _:
            return ()


def _call(document: Document, node: MappingNode, key: ScalarNode, argument: Node) -> Expression | None:
    written = str(key.value)
    if not written.lower().startswith("fn::"):
        return None
    name, at = FUNCTIONS.get(written.lower()), place(node)
    if name == "fn::invoke":
        return _invoke(document, argument, at)
    if name is not None:
        parsed = parse(document, argument)
        if name in _PAIRS and not (isinstance(parsed, Listed) and len(parsed.items) == 2):  # noqa: PLR2004
            raise document.error(
                place(argument), f"the argument of {name} must be a list of two values", f"write `{name}: [a, b]`"
            )
        if name == "fn::assetArchive" and not isinstance(parsed, Mapped):
            raise document.error(
                place(argument),
                f"the argument of {name} must be an object",
                "name each asset: `path: {fn::fileAsset: ...}`",
            )
        return Call(name, parsed, at)
    if _SHORT_INVOKE.fullmatch(written):
        arguments = parse(document, argument) if isinstance(argument, MappingNode) else Mapped((), place(argument))
        if not isinstance(arguments, Mapped):
            arguments = Mapped((), place(argument))
        return Invoke(written.removeprefix("fn::"), arguments, None, at)
    return Call(written, parse(document, argument), at)


def _invoke(document: Document, node: Node, at: At) -> Invoke:
    found: dict[str, Node] = {}
    for key, value in document.entries(node, "the argument of fn::invoke"):
        found[str(key.value).lower()] = value
    function = found.get("function")
    if not isinstance(function, ScalarNode):
        raise document.error(place(node), "fn::invoke names no `function`", "say which: `function: aws:ec2:getVpc`")
    returns = found.get("return")
    if returns is not None and not isinstance(returns, ScalarNode):
        raise document.error(place(returns), "`return` must be the name of a property", "write `return: id`")
    arguments = parse(document, found["arguments"]) if "arguments" in found else Mapped((), at)
    if not isinstance(arguments, Mapped):
        raise document.error(place(found["arguments"]), "`arguments` must be an object", "write `name: value` lines")
    options: dict[str, Expression] = {}
    known = {name.lower(): name for name in INVOKE_OPTIONS}
    for key, value in document.entries(found["options"], "`options`") if "options" in found else ():
        name = known.get(str(key.value).lower())
        if name is None:
            raise document.error(
                place(key), f"fn::invoke has no option `{key.value}`", f"the options are {', '.join(INVOKE_OPTIONS)}"
            )
        options[name] = parse(document, value)
    return Invoke(str(function.value), arguments, str(returns.value) if returns else None, at, options)


def _text(document: Document, value: str, at: At) -> Expression:
    """Return a text as literal, reference or interpolated text.

    `$$` is a dollar sign.
    """
    if "$" not in value:
        return Literal(value, at)
    parts: list[tuple[str, Path | None]] = []
    text, position = "", 0
    while position < len(value):
        dollar = value.find("$", position)
        end = len(value) if dollar < 0 else dollar
        text, position = text + value[position:end], end
        if value.startswith("${", position):
            path, position = _path(document, value, position + 2, at)
            parts.append((text, path))
            text = ""
        elif position < len(value):
            text, position = text + "$", position + (2 if value.startswith("$$", position) else 1)
    if text:
        parts.append((text, None))
    if len(parts) == 1:
        before, only = parts[0]
        if only is None:
            return Literal(before, at)
        if not before:
            return Symbol(only, at)
    return Text(tuple(parts), at)


def _path(document: Document, value: str, position: int, at: At) -> tuple[Path, int]:
    """Return a property path and the position after its closing brace."""
    steps: list[str | int] = []
    start = position
    while position < len(value):
        character = value[position]
        if character == "}":
            if not steps:
                raise document.error(at, "`${}` names nothing", "name a resource, variable or configuration value")
            return tuple(steps), position + 1
        if character == ".":
            position += 1
        elif character == "[":
            step, position = _subscript(document, value, position, at)
            if not steps and isinstance(step, int):
                raise document.error(at, "a reference must begin with a name", "write `${name[0]}`")
            steps.append(step)
        else:
            found = _NAME.match(value, position)
            assert found is not None
            steps.append(found.group(0))
            position = found.end()
    raise document.error(
        at, f"`${{{value[start:]}` has no closing brace", "close it with `}`, or write `$$` for a dollar"
    )


def _subscript(document: Document, value: str, position: int, at: At) -> tuple[str | int, int]:
    quoted = re.compile(r'\["((?:\\"|[^"])*)"\]').match(value, position)
    if quoted:
        return quoted.group(1).replace('\\"', '"'), quoted.end()
    index = re.compile(r"\[(\d+)\]").match(value, position)
    if index:
        return int(index.group(1)), index.end()
    raise document.error(
        at, f"`{value[position:]}` is no subscript", 'write a number or a name in double quotes: `[0]`, `["name"]`'
    )
