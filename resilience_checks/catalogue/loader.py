"""Finds what a type token means; reads a package's file when the first of its tokens is asked for."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue import installed, own_files
from resilience_checks.catalogue.entries import Entry, PackageEntry, ProviderEntry
from resilience_checks.catalogue.entry_data import package_entry
from resilience_checks.catalogue.installed import hold_apart
from resilience_checks.model.errors import UsageError
from resilience_checks.model.files import content, text
from resilience_checks.model.question import Holds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from resilience_checks.catalogue.installed import Installed

_NO_PROVIDER = ProviderEntry()


class Catalogue:
    """What each resource type means for failure.

    A user's own files (`extra`) come first: an entry there replaces the built-in one of the same token. Files of
    installed packages (`installed`) add types, and replace none.
    """

    def __init__(
        self, extra: Sequence[Path] = (), shown: Mapping[Path, str] | None = None, installed: Sequence[Installed] = ()
    ) -> None:
        """Remember where to look, and by which names to show it; nothing is read yet."""
        self._extra, self._installed = tuple(extra), tuple(installed)
        self._shown = shown or {}
        self._packages: dict[str, PackageEntry | None] = {}
        self._stated: dict[Path, Mapping[str, Any]] = {}

    def entry(self, token: str) -> Entry | None:
        """Return what the type `token` means, None where the catalogue does not know it."""
        package = self.package(self.package_of(token))
        if package is None or token in package.types:
            return None if package is None else package.types[token]
        today = self.spelled(token)
        home = self.package(self.package_of(today))
        return None if home is None else home.types.get(today)

    def package_of(self, token: str) -> str:
        """Return the package of a token; one version of a module may be a package of its own, as of Azure's.

        >>> Catalogue().package_of("azure-native_sql_v20230801:sql:Server"), Catalogue().package_of("my_own:a:B")
        ('azure-native', 'my_own')
        """
        name = token.partition(":")[0]
        whole, _, version = name.partition("_")
        return whole if version and self.package(name) is None and self.package(whole) is not None else name

    def spelled(self, token: str) -> str:
        """Return the token by which the catalogue knows a type that an SDK may call in several ways.

        >>> Catalogue().spelled("azure-native_sql_v20230801:sql:Server")
        'azure-native:sql:Server'
        """
        package = self.package_of(token)
        found = self.package(package)
        own = package + token[token.index(":") :]
        for spelling in () if found is None else found.spellings:
            own = re.sub(spelling.match, spelling.to, own)
        return own

    def tokens(self, package: str) -> tuple[str, ...]:
        """Return every type and lookup of a package that the catalogue knows."""
        found = self.package(package)
        return () if found is None else (*found.types, *found.lookups)

    def stated(self, token: str) -> tuple[str, Mapping[str, Any]] | None:
        """Return the file that says what a type or lookup means, by the name it is shown by, and its words there."""
        own = ((path, self._shown.get(path, path.as_posix())) for path in reversed(self._extra))
        built_in = (
            (path, f"catalogue/types/{path.relative_to(_bundled())}") for path in files_of(self.package_of(token))
        )
        added = ((file.path, file.shown) for file in self._installed)
        for path, shown in (*own, *added, *built_in):
            if path not in self._stated:
                self._stated[path] = own_files.parsed(text(path), shown)
            data = self._stated[path]
            for section in ("types", "lookups"):
                found = (data.get(section) or {}).get(token)
                if found is not None:
                    return shown, found
        return None

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

    def has_zones(self, package: str, region: str) -> Holds:
        """Return whether a region of the package's provider has zones."""
        found = self.package(package)
        if found is not None and found.provider.of is not None:
            return self.has_zones(found.provider.of, region)
        return Holds.UNKNOWN if found is None or found.zonal is None else found.zonal.has(region)

    def region_of(self, package: str, name: str) -> str | None:
        """Return the region that the name of a place tells, None where that is no one region."""
        found = self.package(package)
        return name if found is None or found.locations is None else found.locations.region_of(name)

    def zone_of(self, package: str, name: str) -> str | None:
        """Return the zone that the name of a place tells, None where that is no zone."""
        found = self.package(package)
        return name if found is None or found.locations is None else found.locations.zone_of(name)

    def package(self, name: str) -> PackageEntry | None:
        """Return the merged entries of one package, None where there is no file for it."""
        if name not in self._packages:
            self._packages[name] = self._read(name)
        return self._packages[name]

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each of the user's own files, by its path, and of those of installed packages."""
        own = {self._shown.get(path, path.as_posix()): path for path in self._extra}
        named = {file.shown: file.path for file in self._installed} | own
        return {name: hashlib.sha256(content(path)).hexdigest() for name, path in named.items()}

    def hold(self) -> None:
        """Read the user's own files, and those of installed packages, so that a mistake is told before all else."""
        for name in {package.package for package in (*self._own, *self._of_packages.values())}:
            self.package(name)

    @property
    def packages(self) -> tuple[str, ...]:
        """The packages that the built-in catalogue has a file for."""
        return tuple(sorted({item.name.removesuffix(".yaml") for item in _bundled().iterdir()}))

    def _read(self, name: str) -> PackageEntry | None:
        found = [_built_in(file, file.stat().st_mtime_ns) for file in files_of(name)]
        added = {shown: entry for shown, entry in self._of_packages.items() if entry.package == name}
        if added:
            hold_apart([*((f"the built-in catalogue of {name}", entry) for entry in found), *added.items()], self._own)
        found += added.values()
        found += [entry for entry in self._own if entry.package == name]
        if not found:
            return None
        merged = found[-1]
        sdk = next((package.sdk for package in reversed(found) if package.sdk is not None), None)
        types: dict[str, Entry] = {}
        lookups: dict[str, Entry] = {}
        for package in found:
            types.update(package.types)
            lookups.update(package.lookups)
        provider = next((p.provider for p in reversed(found) if p.provider != _NO_PROVIDER), _NO_PROVIDER)
        labels = tuple(dict.fromkeys(label for package in found for label in package.labels))
        planes = {key: plane for package in found for key, plane in package.control_planes.items()}
        zonal = next((package.zonal for package in reversed(found) if package.zonal is not None), None)
        spellings = tuple(dict.fromkeys(spelling for package in found for spelling in package.spellings))
        locations = next((package.locations for package in reversed(found) if package.locations is not None), None)
        return PackageEntry(
            name, merged.estate, sdk, provider, types, lookups, labels, planes, zonal, spellings, locations
        )

    @cached_property
    def _of_packages(self) -> Mapping[str, PackageEntry]:
        return {file.shown: own_files.read(file.path, file.shown) for file in self._installed}

    @cached_property
    def _own(self) -> tuple[PackageEntry, ...]:
        return tuple(own_files.read(path, self._shown.get(path)) for path in self._extra)


@lru_cache(maxsize=256)
def _built_in(file: Path, _: int) -> PackageEntry:
    """Return what a built-in file says; a process that checks often reads it once, until it is written anew."""
    return package_entry(own_files.built_in(file.read_text(encoding="utf-8")))


def load(extra: Sequence[Path] = (), shown: Mapping[Path, str] | None = None) -> Catalogue:
    """Return the built-in catalogue with what installed packages add, and a user's own files in front of it.

    `shown` says by which name people know a path of these.
    Raises UsageError, at its line, for what is wrong in one of them.
    """
    of = {path: sorted(path.glob("*.yaml")) if path.is_dir() else [path] for path in extra}
    names = {file: _within(name, path, file) for path, name in (shown or {}).items() for file in of.get(path, ())}
    for path in extra:
        if not of[path]:
            raise UsageError(
                f"{path} has no catalogue file",
                why="what it was meant to say would be missing",
                remedy="name a folder of files such as PACKAGE.yaml",
            )
    found = Catalogue([file for files in of.values() for file in files], names, installed.files())
    found.hold()
    return found


def files_of(package: str) -> tuple[Path, ...]:
    """Return the built-in files of one package: PACKAGE.yaml, or those in the folder PACKAGE."""
    one = _bundled() / f"{package}.yaml"
    return ((one,) if one.is_file() else ()) + tuple(sorted((_bundled() / package).glob("*.yaml")))


def _within(name: str, path: Path, file: Path) -> str:
    return name if file == path else f"{name}/{file.relative_to(path).as_posix()}"


def _bundled() -> Path:
    return Path(str(resources.files("resilience_checks.catalogue"))) / "types"
