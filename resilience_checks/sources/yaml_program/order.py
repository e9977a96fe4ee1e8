"""The order in which a program's parts are evaluated: each after what it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.sources.yaml_program.expressions import references
from resilience_checks.sources.yaml_program.template import Declared, ResourceDeclaration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from resilience_checks.sources.yaml_program.expressions import At, Expression
    from resilience_checks.sources.yaml_program.template import Template

PULUMI = "pulumi"
Part: TypeAlias = "ResourceDeclaration | Declared"


@dataclass(frozen=True, slots=True)
class Ordered:
    """The parts in an order that can be evaluated, and the default provider of each package."""

    parts: tuple[Part, ...]
    default_providers: dict[str, str]


def order(template: Template, settings: Collection[str], project: str) -> Ordered:
    """Return resources and variables, each after what it needs.

    Raises InputError at a name that nothing has, that two have, or that needs itself.
    """
    document = template.document
    defaults: dict[str, str] = {}
    parts: dict[str, Part] = {}
    for part in (*template.resources, *template.variables):
        name = _name(part)
        if name == PULUMI:
            raise document.error(part.at, "the name `pulumi` is reserved", "take another name")
        if name in parts:
            line = parts[name].at[0]
            raise document.error(
                part.at, f"`{name}` is already the name of something else, in line {line}", "take another name"
            )
        if any(name == setting.key for setting in template.settings):
            raise document.error(part.at, f"`{name}` is already a configuration value", "take another name")
        parts[name] = part
        if isinstance(part, ResourceDeclaration) and part.default_provider:
            if not part.type.startswith("pulumi:providers:"):
                raise document.error(
                    part.at, f"`{name}` is no provider, so it cannot be a default one", "take `defaultProvider` out"
                )
            defaults[part.type.rsplit(":", 1)[-1]] = name
    known = {*parts, *settings, PULUMI}

    def needs(part: Part) -> Iterator[tuple[str, At]]:
        for name, at in _references(part):
            if name in parts:
                yield name, at
            elif name not in known and name.removeprefix(f"{project}:") not in known:
                raise document.error(at, f"there is no `{name}`", _suggestion(name, known))
        if isinstance(part, ResourceDeclaration) and not part.default_provider and "provider" not in part.options:
            default = defaults.get(part.type.split(":", 1)[0])
            if default is not None:
                yield default, part.at

    ordered = _depth_first(template, parts, needs)
    for output in template.outputs:
        for name, at in references(output.value):
            if name not in known and name.removeprefix(f"{project}:") not in known:
                raise document.error(at, f"there is no `{name}`", _suggestion(name, known))
    return Ordered(tuple(ordered), defaults)


def _depth_first(template: Template, parts: dict[str, Part], needs: object) -> list[Part]:
    """Return the parts in depth-first order, without recursion: a chain may be as long as the program."""
    assert callable(needs)
    done: set[str] = set()
    ordered: list[Part] = []
    for start in parts:
        if start in done:
            continue
        path: dict[str, Iterator[tuple[str, At]]] = {start: needs(parts[start])}
        while path:
            name = next(reversed(path))
            for target, at in path[name]:
                if target in path:
                    chain = [*path][[*path].index(target) :]
                    raise template.document.error(
                        at,
                        f"`{target}` needs itself: {' -> '.join((*chain, target))}",
                        "take one of these references out",
                    )
                if target not in done:
                    path[target] = needs(parts[target])
                    break
            else:
                del path[name]
                done.add(name)
                ordered.append(parts[name])
    return ordered


def _references(part: Part) -> Iterator[tuple[str, At]]:
    if isinstance(part, Declared):
        yield from references(part.value)
        return
    expressions: list[Expression] = [part.properties, *part.options.values()]
    expressions += [item for item in (part.read_id, part.read_state) if item is not None]
    for expression in expressions:
        yield from references(expression)


def _name(part: Part) -> str:
    return part.key if isinstance(part, ResourceDeclaration) else part.name


def _suggestion(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, 1)
    if close:
        return f"did you mean `{close[0]}`?"
    return "name a resource, variable or configuration value of this program, or write `$$` for a dollar sign"
