"""Holds declarations against the published JSON Schema and says in words what does not fit."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.topology.declaration_problems import hint, listing, path_text, printable, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.exceptions import ValidationError

    from resilience_checks.topology.declaration_problems import Path, Problems
    from resilience_checks.topology.declaration_source import Source

_ALTERNATIVES = {"anyOf", "oneOf"}


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of resilience.yaml, as it is published for editors."""
    file = resources.files("resilience_checks.topology") / "resilience.schema.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def hold(source: Source, problems: Problems, published: Mapping[str, Any] | None = None) -> None:
    """Add a problem for each place where the data does not fit the schema: `published`, else that of resilience.yaml."""
    from jsonschema import Draft202012Validator, FormatChecker

    validator = Draft202012Validator(published or schema(), format_checker=FormatChecker(["date"]))
    for error in validator.iter_errors(source.data):
        for cause in _causes(error):
            if tuple(cause.absolute_path) not in source.unread:
                _tell(cause, source, problems)


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """Yield the errors of the alternative that the author most likely meant, or the error itself."""
    branches: dict[object, list[ValidationError]] = {}
    if error.validator in _ALTERNATIVES:
        for inner in error.context or ():
            branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [found for found in branches.values() if not any(_another_kind(inner) for inner in found)]
    if not meant or all(inner.validator == "required" and not inner.path for found in meant for inner in found):
        yield error
        return
    for inner in min(meant, key=_distance):
        yield from _causes(inner)


def _another_kind(error: ValidationError) -> bool:
    """Return whether an alternative is for a value of another kind than the one found."""
    if error.path:
        return False
    if error.validator in _ALTERNATIVES:
        return bool(error.context) and all(_another_kind(inner) for inner in error.context or ())
    return error.validator in {"type", "const"}


def _distance(errors: list[ValidationError]) -> int:
    """Return how many changes would make the value fit an alternative."""
    return sum(len(_extra(error)) if error.validator == "additionalProperties" else 1 for error in errors)


def _extra(error: ValidationError) -> list[str]:
    return sorted(set(error.instance) - set(error.schema["properties"]))


def _tell(error: ValidationError, source: Source, problems: Problems) -> None:
    path: Path = tuple(error.absolute_path)
    subject = f"{path_text(path)}: " if path else ""
    if error.validator == "additionalProperties":
        known = sorted(error.schema["properties"])
        for key in _extra(error):
            otherwise = f"expected {listing(known, limit=len(known))}"
            said = f'unknown key "{printable(key)}"; {hint(key, known, otherwise)}'
            problems.add(source.key((*path, key)), subject + said)
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        problems.add(source.key(path), f"{subject}missing {listing(missing, 'and')}")
    else:
        named = "propertyNames" in error.absolute_schema_path
        at = source.key((*path, error.instance)) if named else source.value(path)
        problems.add(at, f"{subject}found {_found(error)}, expected {_expected(error)}")


def _found(error: ValidationError) -> str:
    value = error.instance
    if isinstance(value, list):
        repeated = [item for item in value if value.count(item) > 1]
        if error.validator == "uniqueItems":
            return f"{show(repeated[0])} twice"
        counted = error.validator in {"minItems", "maxItems"}
        return "an empty list" if not value else f"a list of {len(value)}" if counted else "a list"
    if isinstance(value, dict) and error.validator != "type":
        return listing(list(value), "and") if value else "an empty mapping"
    return show(value)


def _expected(error: ValidationError) -> str:
    if "enum" in error.schema:
        return _one_of([str(value) for value in error.schema["enum"]], error)
    return str(error.schema["title"])


def _one_of(known: list[str], error: ValidationError) -> str:
    guess = hint(error.instance, known, "") if isinstance(error.instance, str) else ""
    title = error.schema.get("title")
    every = listing(known, limit=len(known))
    if not guess:
        return f"{title}: {every}" if title else every
    return f"{title or every}; {guess}"
