"""The parts of a program: its configuration, variables, resources and outputs, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from yaml.nodes import MappingNode, Node, ScalarNode

from resilience_checks.sources.yaml_program.expressions import Expression, Literal, Mapped, parse
from resilience_checks.sources.yaml_program.syntax import Document, items, place, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from resilience_checks.sources.yaml_program.expressions import At

_PROGRAM = ("Main.json", "Main.yaml", "Pulumi.yaml", "Pulumi.yml")
_RESOURCE = ("type", "name", "defaultProvider", "properties", "options", "get")
_REFERENCES = ("dependsOn", "parent", "provider", "providers", "deletedWith", "protect", "replaceWith")
_LISTS = ("additionalSecretOutputs", "aliases", "ignoreChanges", "replaceOnChanges", "hideDiffs")
_SCALARS = ("deleteBeforeReplace", "import", "pluginDownloadURL", "retainOnDelete", "version", "urn")
_OPTIONS = (*_REFERENCES, *_LISTS, *_SCALARS, "customTimeouts", "hooks", "replacementTrigger", "envVarMappings")
_CONFIG = ("type", "name", "secret", "default", "value", "items", "description")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of the configuration that the program declares."""

    key: str
    at: At
    type: str | None = None
    type_at: At = (1, 1)
    default: Expression | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """A variable or an output."""

    name: str
    value: Expression
    at: At


@dataclass(frozen=True, slots=True)
class ResourceDeclaration:
    """A resource as it is written.

    `options` holds expressions, `lists` and `scalars` the options that must be plain.
    """

    key: str
    at: At
    type: str
    type_at: At
    name: str
    default_provider: bool = False
    properties: Expression = field(default_factory=lambda: Mapped((), (1, 1)))
    options: Mapping[str, Expression] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scalars: Mapping[str, object] = field(default_factory=dict)
    read_id: Expression | None = None
    read_state: Expression | None = None


@dataclass(slots=True)
class Template:
    """A whole program."""

    document: Document
    settings: list[Setting] = field(default_factory=list)
    variables: list[Declared] = field(default_factory=list)
    resources: list[ResourceDeclaration] = field(default_factory=list)
    outputs: list[Declared] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def program_file(directory: Path) -> Path | None:
    """Return the file that the language host takes for the program: Main before Pulumi.yaml."""
    return next((directory / name for name in _PROGRAM if (directory / name).is_file()), None)


def read(document: Document) -> Template:
    """Return the program of a document; raise InputError, with line and column, where it is none."""
    template = Template(document)
    for key, node in document.entries(document.root, "the program"):
        match str(key.value).lower():
            case "config" if isinstance(node, ScalarNode) and isinstance(scalar(node), str):
                pass  # the older name of `stackConfigDir`
            case "config" | "configuration":
                _settings(template, node, str(key.value))
            case "variables":
                template.variables += [
                    Declared(str(name.value), parse(document, value), place(name))
                    for name, value in _section(document, node, "variables")
                ]
            case "resources":
                template.resources += [
                    _resource(template, name, value) for name, value in _section(document, node, "resources")
                ]
            case "outputs":
                template.outputs += [
                    Declared(str(name.value), parse(document, value), place(name))
                    for name, value in _section(document, node, "outputs")
                ]
            case "components":
                if isinstance(node, MappingNode) and node.value:
                    raise document.error(
                        place(key),
                        "components can be declared in a plugin only, not in a program",
                        "move them into a directory with a PulumiPlugin.yaml, and name that under `packages:`",
                    )
            case _:
                pass
    return template


def _section(document: Document, node: Node, what: str) -> Iterator[tuple[ScalarNode, Node]]:
    if isinstance(node, ScalarNode) and scalar(node) is None:
        return iter(())
    return document.entries(node, f"`{what}`")


def _settings(template: Template, node: Node, section: str) -> None:
    document, known = template.document, {setting.key for setting in template.settings}
    for key, value in _section(document, node, section):
        name = str(key.value)
        if name in known:
            continue
        if not isinstance(value, MappingNode):
            template.settings.append(Setting(name, place(key), default=parse(document, value)))
            continue
        fields = _fields(template, value, _CONFIG, f"config.{name}")
        if "value" in fields and "default" not in fields:
            fields["default"] = fields["value"]
        kind = fields.get("type")
        renamed = fields.get("name")
        template.settings.append(
            Setting(
                str(renamed.value) if isinstance(renamed, ScalarNode) and renamed.value else name,
                place(key),
                type=str(kind.value) if isinstance(kind, ScalarNode) else None,
                type_at=place(kind) if kind else place(key),
                default=parse(document, fields["default"]) if "default" in fields else None,
                secret=_plain(fields.get("secret")) is True,
            )
        )


def _resource(template: Template, key: ScalarNode, node: Node) -> ResourceDeclaration:
    document, name = template.document, str(key.value)
    fields = _fields(template, node, _RESOURCE, f"resource `{name}`")
    kind = fields.get("type")
    if not isinstance(kind, ScalarNode) or not isinstance(scalar(kind), str):
        raise document.error(place(key), f"the resource `{name}` has no `type`", "add one: `type: aws:s3:Bucket`")
    if not 2 <= len(str(kind.value).split(":")) <= 3:  # noqa: PLR2004 package, module and name
        raise document.error(
            place(kind), f"`{kind.value}` is no type", "write `package:module:Name`, or `package:Name`"
        )
    options = (
        _fields(template, fields["options"], _OPTIONS, f"options of `{name}`") if _given(fields, "options") else {}
    )
    got = _fields(template, fields["get"], ("id", "state"), f"get of `{name}`") if _given(fields, "get") else {}
    if got and _given(fields, "properties"):
        raise document.error(
            place(fields["properties"]),
            f"`{name}` is read with `get`, so it cannot have `properties`",
            "write under `get: state:` what is known of it",
        )
    renamed = fields.get("name")
    return ResourceDeclaration(
        key=name,
        at=place(key),
        type=str(kind.value),
        type_at=place(kind),
        name=str(renamed.value) if isinstance(renamed, ScalarNode) and renamed.value else name,
        default_provider=_plain(fields.get("defaultProvider")) is True,
        properties=_object(document, fields.get("properties"), place(key)),
        options={option: parse(document, value) for option, value in options.items() if option in _REFERENCES},
        lists={option: _texts(document, value, option) for option, value in options.items() if option in _LISTS},
        scalars={option: _plain(value) for option, value in options.items() if option in _SCALARS},
        read_id=parse(document, got["id"]) if "id" in got else None,
        read_state=_object(document, got.get("state"), place(key)) if got else None,
    )


def _given(fields: Mapping[str, Node], name: str) -> bool:
    node = fields.get(name)
    return node is not None and not (isinstance(node, ScalarNode) and scalar(node) is None)


def _object(document: Document, node: Node | None, at: At) -> Expression:
    parsed = Mapped((), at) if node is None else parse(document, node)
    return Mapped((), at) if isinstance(parsed, Literal) and parsed.value is None else parsed


def _fields(template: Template, node: Node, known: tuple[str, ...], what: str) -> dict[str, Node]:
    """Return the known fields of an object under their proper names; the host warns of any other and goes on."""
    proper = {name.lower(): name for name in known}
    found: dict[str, Node] = {}
    for key, value in template.document.entries(node, what):
        name = proper.get(str(key.value).lower())
        if name is not None:
            found[name] = value
            continue
        close = get_close_matches(str(key.value).lower(), proper, 1)
        hint = f"did you mean `{proper[close[0]]}`?" if close else f"the keys are {', '.join(known)}"
        line, column = place(key)
        template.remarks.append(
            f"{template.document.shown}:{line}:{column}: {what} has no key `{key.value}`, so it does nothing; {hint}"
        )
    return found


def _texts(document: Document, node: Node, option: str) -> tuple[str, ...]:
    listed = items(node)
    if listed is None or not all(isinstance(item, ScalarNode) for item in listed):
        raise document.error(place(node), f"`{option}` must be a list of texts", f"write `{option}: [name]`")
    return tuple(str(item.value) for item in listed)


def _plain(node: Node | None) -> object:
    return scalar(node) if isinstance(node, ScalarNode) else None
