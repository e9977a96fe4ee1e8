"""Finds what a type token means; reads a package's file when the first of its tokens is asked for."""

from __future__ import annotations

import json
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.entries import Entry, PackageEntry, ProviderEntry
from resilience_checks.catalogue.entry_data import package_entry
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_PROVIDER = ProviderEntry()


class Catalogue:
    """What each resource type means for failure.

    A user's own files (`extra`) come first: an entry there replaces the built-in one of the same token.
    """

    def __init__(self, extra: Sequence[Path] = ()) -> None:
        """Remember where to look; nothing is read yet."""
        self._extra = tuple(extra)
        self._packages: dict[str, PackageEntry | None] = {}

    def entry(self, token: str) -> Entry | None:
        """Return what the type `token` means, None where the catalogue does not know it."""
        package = self.package(token.split(":", 1)[0])
        return None if package is None else package.types.get(token)

    def lookup(self, token: str) -> Entry | None:
        """Return what the lookup `token` finds, None where the catalogue does not know it."""
        package = self.package(token.split(":", 1)[0])
        return None if package is None else package.lookups.get(token)

    def provider(self, package: str) -> ProviderEntry:
        """Return what an instance of the package's provider stands for."""
        found = self.package(package)
        return _NO_PROVIDER if found is None else found.provider

    def labels(self, package: str) -> tuple[str, ...]:
        """Return the inputs of the package's types that only describe."""
        found = self.package(package)
        return () if found is None else found.labels

    def package(self, name: str) -> PackageEntry | None:
        """Return the merged entries of one package, None where there is no file for it."""
        if name not in self._packages:
            self._packages[name] = self._read(name)
        return self._packages[name]

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages that the built-in catalogue has a file for."""
        names = (item.name for item in _bundled().iterdir())
        return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))

    def _read(self, name: str) -> PackageEntry | None:
        built_in = _bundled() / f"{name}.yaml"
        found = (
            [package_entry(self._parse(built_in.read_text(encoding="utf-8"), f"catalogue/types/{name}.yaml"))]
            if built_in.is_file()
            else []
        )
        found += [entry for entry in self._own if entry.package == name]
        if not found:
            return None
        merged = found[-1]
        types: dict[str, Entry] = {}
        lookups: dict[str, Entry] = {}
        for package in found:
            types.update(package.types)
            lookups.update(package.lookups)
        provider = next((p.provider for p in reversed(found) if p.provider != _NO_PROVIDER), _NO_PROVIDER)
        labels = tuple(dict.fromkeys(label for package in found for label in package.labels))
        planes = {key: plane for package in found for key, plane in package.control_planes.items()}
        return PackageEntry(name, merged.estate, merged.sdk, provider, types, lookups, labels, planes)

    @cached_property
    def _own(self) -> tuple[PackageEntry, ...]:
        entries = []
        for path in self._extra:
            data = self._parse(path.read_text(encoding="utf-8"), str(path))
            validate(data, str(path))
            entries.append(package_entry(data))
        return tuple(entries)

    @staticmethod
    def _parse(text: str, where: str) -> Mapping[str, Any]:
        import yaml

        try:
            data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 both are safe
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            message = f"the catalogue file is not valid YAML: {error.problem}"
            raise UsageError(message, location=Location(where, line), remedy="mend the YAML") from error
        if not isinstance(data, dict):
            message = "the catalogue file is not a mapping"
            raise UsageError(
                message, location=Location(where, 1), remedy="start it with `schema: resilience-catalogue/v1`"
            )
        return data


def load(extra: Sequence[Path] = ()) -> Catalogue:
    """Return the built-in catalogue, with a user's own files in front of it."""
    return Catalogue(extra)


def validate(data: Mapping[str, Any], where: str) -> None:
    """Hold a catalogue file against schema.json; built-in files are held against it by the tests."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads(
        resources.files("resilience_checks.catalogue").joinpath("schema.json").read_text(encoding="utf-8")
    )
    error = best_match(Draft202012Validator(schema).iter_errors(data))
    if error is not None:
        place = "/".join(str(item) for item in error.absolute_path) or "the top"
        message = f"at {place}: {error.message}"
        raise UsageError(
            message,
            location=Location(where, 1),
            why="an entry that is not understood would be passed over in silence",
            remedy="see catalogue/schema.json for the words of an entry",
        )


def _bundled() -> Path:
    return Path(str(resources.files("resilience_checks.catalogue"))) / "types"
