"""The order in which a program's parts are evaluated: each after what it refers to."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from resilience_checks.sources.yaml_program.expressions import references
from resilience_checks.sources.yaml_program.template import Declared, ResourceDeclaration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from resilience_checks.sources.yaml_program.expressions import At
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
    names = _Names(template, settings, project)
    for resource in template.resources:
        names.add(resource.key, resource)
    for variable in template.variables:
        names.add(variable.name, variable)
    parts = names.ordered()
    for output in template.outputs:
        for name, at in references(output.value):
            names.check(name, at)
    return Ordered(parts, names.default_providers)


@dataclass
class _Names:
    """What each name of a program stands for."""

    template: Template
    settings: Collection[str]
    project: str
    parts: dict[str, Part] = field(default_factory=dict)
    default_providers: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, part: Part) -> None:
        """Take a name; raise InputError where it is taken already."""
        document = self.template.document
        if name == PULUMI:
            raise document.error(part.at, "the name `pulumi` is reserved", "take another name")
        if name in self.parts:
            line = self.parts[name].at[0]
            raise document.error(
                part.at, f"`{name}` is already the name of something else, in line {line}", "take another name"
            )
        if any(name == setting.key for setting in self.template.settings):
            raise document.error(part.at, f"`{name}` is already a configuration value", "take another name")
        self.parts[name] = part
        if isinstance(part, ResourceDeclaration) and part.default_provider:
            if not part.type.startswith("pulumi:providers:"):
                raise document.error(
                    part.at, f"`{name}` is no provider, so it cannot be a default one", "take `defaultProvider` out"
                )
            self.default_providers[part.type.rsplit(":", 1)[-1]] = name

    def check(self, name: str, at: At) -> None:
        """Raise InputError where nothing has the name."""
        known = {*self.parts, *self.settings, PULUMI}
        if name in known or name.removeprefix(f"{self.project}:") in known:
            return
        close = get_close_matches(name, known, 1)
        remedy = (
            f"did you mean `{close[0]}`?"
            if close
            else "name a resource, variable or configuration value of this program, or write `$$` for a dollar sign"
        )
        raise self.template.document.error(at, f"there is no `{name}`", remedy)

    def ordered(self) -> tuple[Part, ...]:
        """Return the parts in depth-first order, without recursion: a chain may be as long as the program."""
        done: dict[str, Part] = {}
        for start, first in self.parts.items():
            path = {start: self._needs(first)} if start not in done else {}
            while path:
                name = next(reversed(path))
                following = next(((target, at) for target, at in path[name] if target not in done), None)
                if following is None:
                    del path[name]
                    done[name] = self.parts[name]
                    continue
                target, at = following
                if target in path:
                    chain = [*path][[*path].index(target) :]
                    raise self.template.document.error(
                        at,
                        f"`{target}` needs itself: {' -> '.join((*chain, target))}",
                        "take one of these references out",
                    )
                path[target] = self._needs(self.parts[target])
        return tuple(done.values())

    def _needs(self, part: Part) -> Iterator[tuple[str, At]]:
        """Return the other parts that one refers to, its default provider among them."""
        for name, at in _references(part):
            if name in self.parts:
                yield name, at
            else:
                self.check(name, at)
        if isinstance(part, ResourceDeclaration) and not part.default_provider and "provider" not in part.options:
            default = self.default_providers.get(part.type.split(":", 1)[0])
            if default is not None:
                yield default, part.at


def _references(part: Part) -> Iterator[tuple[str, At]]:
    if isinstance(part, Declared):
        yield from references(part.value)
        return
    for expression in (part.properties, *part.options.values(), part.read_id, part.read_state):
        if expression is not None:
            yield from references(expression)
