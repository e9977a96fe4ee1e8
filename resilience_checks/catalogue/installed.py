"""Catalogue files of installed packages, which name a folder of theirs by an entry point.

Only the files are read: no module of such a package is imported, so that none of its code runs in the check.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from resilience_checks.catalogue.entries import PackageEntry

GROUP = "resilience_checks.catalogue"
"""The group of entry points: `acme = "acme_catalogue.types"` names the folder types of the package acme_catalogue."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One catalogue file of an installed package, and what it is called before a reader."""

    path: Path
    shown: str


def files(points: Iterable[metadata.EntryPoint] | None = None) -> tuple[Installed, ...]:
    """Return every catalogue file of the installed packages, in the order of their names.

    Raises UsageError for an entry point that leads to no such file.
    """
    found = metadata.entry_points(group=GROUP) if points is None else points
    return tuple(file for point in sorted(found, key=lambda point: (point.name, point.value)) for file in _of(point))


def _of(point: metadata.EntryPoint) -> list[Installed]:
    top, *rest = point.value.partition(":")[0].split(".")
    spec = find_spec(top)  # of a package at the top, which imports nothing
    folders = [Path(place).joinpath(*rest) for place in (spec.submodule_search_locations if spec else None) or ()]
    package = point.dist.name if point.dist is not None else top
    found = [
        Installed(path, f"{package}: {path.name}")
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.glob("*.yaml"))
    ]
    if not found:
        raise UsageError(
            f"the installed package {package} has no catalogue file in {point.value}",
            why="what it was meant to say would be missing",
            remedy=f"uninstall it, or correct its entry point {point.name} of {GROUP}",
        )
    return found


def hold_apart(stated: Iterable[tuple[str, PackageEntry]], own: Iterable[PackageEntry]) -> None:
    """Raise UsageError where two files state one type, unless the user's own files state it too.

    `stated` are the built-in files and those of installed packages, by what they are called.
    """
    settled = {token for package in own for token in (*package.types, *package.lookups)}
    first: dict[str, str] = {}
    for shown, package in stated:
        for token in _tokens(package):
            other = first.setdefault(token, shown)
            if other != shown and token not in settled:
                raise UsageError(
                    f"{other} and {shown} both say what {token} means",
                    why="nobody says which of them is right",
                    remedy=f"state {token} in a catalogue file of your own, or uninstall one of the packages",
                )


def _tokens(package: PackageEntry) -> Mapping[str, object]:
    return {**package.types, **package.lookups}
