"""Reads catalogue files, and holds those of a user against the schema with the line of each mistake."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.entry_data import package_entry
from resilience_checks.model import files
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_places import place
from resilience_checks.model.yaml_text import YamlError, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.catalogue.entries import PackageEntry

_LONGEST = 300
_WHY = "an entry that is not understood would be passed over in silence"


def read(path: Path, shown: str | None = None) -> PackageEntry:
    """Return the entries of a user's own file, `shown` by this name; raise UsageError at the line of what is wrong in it."""
    where = shown or path.as_posix()
    try:
        text = files.text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the catalogue file {where} cannot be read: {_said(error)}", why=_WHY, remedy=_remedy(error)
        ) from error
    data = parsed(text, where)
    validate(data, where, text)
    for section in ("types", "lookups"):
        for token in data.get(section) or {}:
            if token.split(":", 1)[0] != data["package"]:
                raise UsageError(
                    f"{token} is no type of package {data['package']}",
                    location=Location(where, *place(text, (section, token))),
                    why="it would never be found",
                    remedy=f"write it into a file of `package: {token.split(':', 1)[0]}`",
                )
    return package_entry(data)


def _said(error: OSError | UnicodeDecodeError) -> str:
    return f"{error.strerror}" if isinstance(error, OSError) else str(error)


def _remedy(error: OSError | UnicodeDecodeError) -> str:
    otherwise = "make it readable UTF-8 text"
    return files.remedy(error, otherwise) if isinstance(error, OSError) else otherwise


def parsed(text: str, where: str) -> Mapping[str, Any]:
    """Return the data of a catalogue file that somebody else wrote."""
    try:
        data = load(text)
    except YamlError as error:
        at = Location(where, error.line, error.column)
        raise UsageError(
            f"the catalogue file is {error.what}", location=at, why=_WHY, remedy="mend the YAML"
        ) from error
    if not isinstance(data, dict):
        message = "the catalogue file is not a mapping"
        raise UsageError(message, location=Location(where, 1), remedy="start it with `schema: resilience-catalogue/v1`")
    return data


def built_in(text: str) -> Mapping[str, Any]:
    """Return the data of a catalogue file of the tool's own, which the tests have read."""
    import yaml

    found: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 both are safe
    return found


def validate(data: Mapping[str, Any], where: str, text: str = "") -> None:
    """Hold a catalogue file against schema.json; built-in files are held against it by the tests."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(
        resources.files("resilience_checks.catalogue").joinpath("schema.json").read_text(encoding="utf-8")
    )
    error = best_match(Draft202012Validator(schema).iter_errors(data))
    if error is not None:
        named = "/".join(str(item) for item in error.absolute_path) or "the top"
        raise UsageError(
            f"at {named}: {error.message[:_LONGEST]}",
            location=Location(where, *place(text, error.absolute_path)),
            why=_WHY,
            remedy="see catalogue/schema.json for the words of an entry",
        )
