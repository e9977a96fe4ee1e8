"""Pulumi.yaml and Pulumi.<stack>.yaml: what they say, each value with the line at fault where it is wrong."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model import files
from resilience_checks.model.errors import InputError
from resilience_checks.model.location import Location
from resilience_checks.model.yaml_text import MOST_WITH_PLACES, UNREADABLE, YamlError, hold, with_places

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml")
UNREAD_FILE = "Pulumi.json"
"""Goes before those where it stands beside them (findProjectInDir in pulumi/pulumi, sdk/go/common/workspace/paths.go)."""
_PROGRAM = frozenset({"resources", "variables", "outputs"})
_WHY = "without it there is no program to read, so nothing was checked"


@dataclass(frozen=True, slots=True)
class Project:
    """A Pulumi project: where it is, how it runs, and the defaults of its configuration."""

    name: str
    directory: Path
    file: Path
    location: Location
    runtime: str
    options: Mapping[str, Any]
    main: str | None
    config: Mapping[str, Any]
    packages: Mapping[str, Any] = field(default_factory=dict)
    stack_directory: str = ""
    """Where `stackConfigDir:` puts the stacks' files, relative to the project."""

    @property
    def stacks(self) -> Path:
        """The directory of the stacks' configuration files."""
        return self.directory / self.stack_directory

    @property
    def program(self) -> Path:
        """The directory or file that the language host runs."""
        return self.directory / self.main if self.main else self.directory


@dataclass(frozen=True, slots=True)
class StackConfig:
    """The configuration that a program sees: full keys to text, which of them are secret, and remarks."""

    values: Mapping[str, str]
    secrets: frozenset[str]
    notes: tuple[str, ...] = ()
    environment: bool = False
    """Whether an `environment:` adds values that are not known offline."""

    def default_providers(self) -> Mapping[str, Mapping[str, str]]:
        """Return by package what its default provider is given: what stands in the package's namespace and is no secret."""
        found: dict[str, dict[str, str]] = {}
        for full in sorted(self.values.keys() - self.secrets):
            package, _, key = full.partition(":")
            found.setdefault(package, {})[key] = self.values[full]
        return found


def read_project(file: Path, root: Path) -> Project:
    """Read a Pulumi.yaml; raise InputError with its line when it is not one."""
    if file.name == UNREAD_FILE:
        raise InputError(
            f"a project in {UNREAD_FILE} is not read, and Pulumi takes it before a Pulumi.yaml beside it",
            location=Location(relative(file, root), 1),
            why="what would be deployed is not what could be checked",
            remedy=f"rename it to {PROJECT_FILES[0]} (JSON is YAML), and the files of its stacks likewise",
        )
    data = read_mapping(file, root, without=_PROGRAM)
    where = relative(file, root)
    name, runtime = data.get("name"), data.get("runtime")
    if not isinstance(name, str) or not name:
        raise InputError(
            "`name` is missing",
            location=Location(where, 1),
            why=_WHY,
            remedy="give the project a name: `name: my-project`",
        )
    if isinstance(runtime, str):
        kind, options = runtime, dict[str, Any]()
    elif isinstance(runtime, dict) and isinstance(runtime.get("name"), str):
        kind, options = runtime["name"], runtime.get("options") or {}
    else:
        raise InputError(
            "`runtime` is missing",
            location=Location(where, 1),
            why=_WHY,
            remedy="say which language the program is in: `runtime: python`",
        )
    main = data.get("main")
    config = data.get("config") or {}
    packages = data.get("packages") or {}
    return Project(
        name=name,
        directory=file.parent,
        file=file,
        location=Location(where, _line_of(data, "name")),
        runtime=kind,
        options=options if isinstance(options, dict) else {},
        main=main if isinstance(main, str) else None,
        config=config if isinstance(config, dict) else {},
        packages=packages if isinstance(packages, dict) else {},
        stack_directory=stack_directory(data),
    )


def stack_directory(data: Mapping[str, Any]) -> str:
    """Return where a Pulumi.yaml puts the stacks' files, relative to itself."""
    config = data.get("config")
    found = config if isinstance(config, str) else data.get("stackConfigDir")  # `config: DIR` is its older name
    return found if isinstance(found, str) else ""


def stack_names(project: Project) -> tuple[str, ...]:
    """Return the stacks that have a configuration file."""
    files = sorted(item.name for item in project.stacks.glob("Pulumi.*.y*ml"))
    return tuple(dict.fromkeys(map(stack_of, files)))


def stack_of(name: str) -> str:
    """Return the stack whose configuration a file of that name is, "" for any other file.

    >>> stack_of("Pulumi.prod.yaml"), stack_of("Pulumi.yaml"), stack_of("prod.yaml")
    ('prod', '', '')
    """
    return name.split(".", 1)[1].rsplit(".", 1)[0] if fnmatchcase(name, "Pulumi.*.y*ml") else ""


def stack_file(project: Project, stack: str) -> Path:
    """Return where the stack's configuration stands, whether there is one or not.

    It ends as the project's file does (DetectProjectStackPath in pulumi/pulumi, sdk/go/common/workspace/paths.go).
    """
    return project.stacks / f"Pulumi.{stack}{project.file.suffix}"


def stack_config(project: Project, stack: str, root: Path) -> StackConfig:
    """Return what `pulumi config` would hold: the stack's values over the project's defaults.

    A `secure:` value stands as a placeholder that differs for each ciphertext and is never the secret itself.
    """
    values: dict[str, str] = {}
    secrets: set[str] = set()
    notes: list[str] = []
    for key, default in project.config.items():
        value = default
        if isinstance(default, dict):  # a declaration; a value of its own that is an object stands under `value`
            value = default.get("value", default.get("default"))
            if default.get("secret"):
                secrets.add(_full(project, key))
        if value is not None:
            values[_full(project, key)] = _text(value)
    file = stack_file(project, stack)
    notes += [
        f"{relative(other, root)} is not read: Pulumi wants {file.name} beside {project.file.name}"
        for other in (file.with_name(f"Pulumi.{stack}{ending}") for ending in (".yaml", ".yml"))
        if other != file and other.is_file()
    ]
    data = read_mapping(file, root, empty=True) if files.stands(file) else {}
    config = data.get("config") or {}
    if not isinstance(config, dict):
        raise InputError(
            "`config` is not a mapping",
            location=Location(relative(file, root), _line_of(data, "config")),
            why="without the stack's configuration its program would be another one, so nothing of it was checked",
            remedy="write each value as `KEY: VALUE` below `config:`",
        )
    for key, value in config.items():
        full = _full(project, key)
        plain, secret = _reveal(value)
        values[full] = _text(plain)
        if secret:
            secrets.add(full)
    if data.get("environment"):
        notes.append("the values of the stack's `environment:` are not known offline")
    return StackConfig(values, frozenset(secrets), tuple(notes), bool(data.get("environment")))


def read_mapping(
    file: Path, root: Path, without: frozenset[str] = frozenset(), *, empty: bool = False
) -> Mapping[str, Any]:
    """Read a YAML mapping with its line numbers; raise InputError at the line that is no YAML.

    Sections in `without` are left out where that leaves a mapping: a program of a thousand resources may stand there.
    A file that says nothing is read as an empty mapping where it may be `empty`.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    where = relative(file, root)
    try:
        text = files.text(file, files.LARGEST_PROGRAM if without else files.LARGEST)
        hold(text)
        data = (_part(text, without) if without else None) or _whole(text, file)
    except FileNotFoundError as error:
        raise InputError(
            f"{where} does not exist", why=_WHY, remedy="name a directory that holds a Pulumi.yaml"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8 text", location=Location(where, 1), why=_WHY, remedy="save it as UTF-8"
        ) from error
    except OSError as error:
        remedy = files.remedy(error, "make it a file that can be read")
        raise InputError(f"{where} cannot be read: {error.strerror}", why=_WHY, remedy=remedy) from error
    except YamlError as error:
        location = Location(where, error.line, error.column)
        raise InputError(error.what, location=location, why=_WHY, remedy="write less, and flatter") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        location = Location(where, mark.line + 1, mark.column + 1) if mark else Location(where, 1)
        raise InputError(
            f"not valid YAML: {error.problem or error.context}",
            location=location,
            why=_WHY,
            remedy="correct the YAML at this line",
        ) from error
    except (YAMLError, *UNREADABLE) as error:
        raise InputError("not valid YAML", location=Location(where, 1), why=_WHY, remedy="correct the YAML") from error
    if data is None and empty:
        return {}
    if not isinstance(data, dict):
        raise InputError(
            "not a mapping", location=Location(where, 1), why=_WHY, remedy="start it with `name:` and `runtime:`"
        )
    return data


def _whole(text: str, file: Path) -> Any:
    """Return what a text says, each value with its line; raise OSError or YamlError where that would take too long."""
    if len(text) - text.count("\n") > files.LARGEST:
        raise files.too_large(file, files.LARGEST)
    hold(text, MOST_WITH_PLACES)
    return with_places("rt").load(text)


def _part(text: str, without: frozenset[str]) -> Mapping[str, Any] | None:
    """Return what a text says outside of some top-level sections, None where that is not told from its lines alone."""
    from ruamel.yaml.error import YAMLError

    kept: list[str] = []
    skipping = False
    for line in text.split("\n"):
        if line[:1].isalpha():
            skipping = line.split(":", 1)[0] in without
        kept.append("" if skipping else line)
    try:
        data = _whole("\n".join(kept), Path())
    except (OSError, YAMLError, *UNREADABLE):
        return None
    return data if isinstance(data, dict) else None


def relative(path: Path, root: Path) -> str:
    """Return the path relative to the repository root, with forward slashes."""
    real, top = Path(os.path.realpath(path)), Path(os.path.realpath(root))  # `resolve` fails for a link to itself
    return real.relative_to(top).as_posix() if real.is_relative_to(top) else path.as_posix()


def placeholder(ciphertext: str) -> str:
    """Return what stands for a `secure:` value: the same for the same ciphertext, and recognisable."""
    import hashlib

    return f"secure{hashlib.sha256(ciphertext.encode()).hexdigest()[:24]}"


def _reveal(value: object) -> tuple[object, bool]:
    """Return the value with placeholders for what is encrypted, and whether anything was."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return placeholder(str(value["secure"])), True
        parts = {key: _reveal(item) for key, item in value.items()}
        return {key: plain for key, (plain, _) in parts.items()}, any(secret for _, secret in parts.values())
    if isinstance(value, list):
        items = [_reveal(item) for item in value]
        return [plain for plain, _ in items], any(secret for _, secret in items)
    return value, False


def _full(project: Project, name: object) -> str:
    key = str(name)  # a key may look like a number
    return key if ":" in key else f"{project.name}:{key}"


def _text(value: object) -> str:
    """Return a value as the program reads it: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _line_of(data: Any, key: str) -> int:
    marks = getattr(data, "lc", None)
    return int(marks.key(key)[0]) + 1 if marks is not None else 1
