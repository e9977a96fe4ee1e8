"""The METADATA of a policy: YAML in comments, as OPA reads it, held against its schema at the row and column of a mistake."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location
from resilience_checks.model.schema_fault import fault
from resilience_checks.model.yaml_places import place
from resilience_checks.model.yaml_text import YamlError, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WHY = "a policy that is not understood would be passed over in silence"


def metadata(path: str, text: str, *, held: bool = True) -> dict[str, Any]:
    """Return the first METADATA block: YAML in comments, as OPA reads it.

    Unless it is `held` it is taken as it stands, as what comes with the tool may be: its own tests hold that.
    """
    import yaml

    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if line.strip() == "# METADATA"), None)
    if start is None:
        raise EngineError(
            "the policy has no METADATA",
            location=Location(path, 1),
            why=WHY,
            remedy="begin it with a `# METADATA` comment: title, description, custom",
        )
    block = []
    for line in lines[start + 1 :]:
        if not line.startswith("#"):
            break
        block.append(line[1:])
    head = _Head(path, start + 2, "\n".join(block))
    if not held:
        return yaml.load(head.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # type: ignore[no-any-return] # noqa: S506 both are safe
    try:
        data: dict[str, Any] = load(head.text)
    except YamlError as error:
        at = Location(path, head.line + error.line - 1, error.column + 1)
        raise EngineError(
            f"METADATA is {error.what}", location=at, why=WHY, remedy="correct the comment block"
        ) from error
    _hold(head, data)
    _hold_reads(head, data["custom"].get("reads", ()))
    return data


@dataclass(frozen=True, slots=True)
class _Head:
    """The METADATA of a module: its text without the signs of comments, and the row where it begins."""

    path: str
    line: int
    text: str

    def place(self, path: Iterable[str | int]) -> Location:
        """Return where a value of it stands in the module."""
        line, column = place(self.text, path)
        return Location(self.path, self.line + line - 1, column + 1)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    text = resources.files("resilience_checks.policy").joinpath("metadata.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _hold(head: _Head, data: object) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, best_match

    error = best_match(_validator().iter_errors(data))
    if error is not None:
        named = ".".join(str(item) for item in error.absolute_path) or "METADATA"
        raise EngineError(
            f"{named}: {error.message}",
            location=head.place(error.absolute_path),
            why=WHY,
            remedy="see metadata.schema.json for what METADATA holds",
        )
    assert isinstance(data, dict)
    parameters = data["custom"].get("parameters", {"type": "object"})
    try:
        Draft202012Validator.check_schema(parameters)
    except SchemaError as wrong:
        at = ("custom", "parameters", *wrong.absolute_path)
        raise EngineError(
            f"{'.'.join(map(str, at))}: {wrong.message}",
            location=head.place(at),
            why=WHY,
            remedy="parameters are a JSON Schema (draft 2020-12)",
        ) from wrong
    _hold_defaults(head, parameters)
    _hold_references(head, data["custom"])


def _hold_defaults(head: _Head, parameters: Mapping[str, Any]) -> None:
    """Raise EngineError at a default that its own schema does not allow."""
    for name, item in parameters.get("properties", {}).items():
        error = fault(item, item["default"]) if "default" in item else None
        if error is not None:
            raise EngineError(
                f"custom.parameters.properties.{name}.default: {error.message}",
                location=head.place(("custom", "parameters", "properties", name, "default")),
                why="the policy could not be evaluated without being set",
                remedy="give a default that the parameter's schema allows",
            )


def _hold_references(head: _Head, custom: Mapping[str, Any]) -> None:
    """Raise EngineError at a question that names a parameter which there is not, or which has no default."""
    known = custom.get("parameters", {}).get("properties", {})
    for name, item in custom.get("questions", {}).items():
        for key, value in item.items():
            wanted = value.get("parameter") if isinstance(value, dict) else None
            if wanted is not None and "default" not in known.get(wanted, {}):
                raise EngineError(
                    f"custom.questions.{name}.{key}: there is no parameter {wanted!r} with a default",
                    location=head.place(("custom", "questions", name, key)),
                    why=WHY,
                    remedy=f"name one of: {', '.join(known) or 'none; add it to parameters'}",
                )


def _hold_reads(head: _Head, reads: Sequence[str]) -> None:
    from resilience_checks.policy.sections import names

    for number, name in enumerate(reads):
        if name not in names():
            raise EngineError(
                f"custom.reads: the document has no section {name!r}",
                location=head.place(("custom", "reads", number)),
                why=WHY,
                remedy=f"the sections are {', '.join(sorted(names()))}",
            )
