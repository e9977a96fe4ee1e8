"""What a Node program runs with: the interpreter, its own SDK, and the options of Pulumi.yaml."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import InputError
from resilience_checks.model.files import text

if TYPE_CHECKING:
    from resilience_checks.sources.project import Project

RUNTIMES = frozenset({"nodejs", "bun"})
_WHY = "nothing of this project was checked"
_RUN = "cmd/run/index.js"
_OLDEST = 3
_INSTALL = {
    "pnpm": "pnpm install --frozen-lockfile",
    "yarn": "yarn install --immutable",
    "bun": "bun install --frozen-lockfile",
    "npm": "npm ci",
}
_LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "package-lock.json": "npm",
}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """How the language host would start the program: `directory` is where it runs, `entry` what it is told to run."""

    node: str
    run: Path
    directory: Path
    entry: str
    typescript: bool
    tsconfig: str | None
    node_arguments: tuple[str, ...]

    def modules(self) -> tuple[Path, ...]:
        """Return the folders of packages in the program's directory and above, and that which holds its SDK."""
        above = (folder / "node_modules" for folder in (self.directory, *self.directory.parents))
        holding = (folder for folder in self.run.parents if folder.name == "node_modules")
        return (*filter(Path.is_dir, above), *list(holding)[-1:])


def find(project: Project) -> Toolchain:
    """Return what runs the program; raise InputError, with what to install or correct, where a part is missing."""
    if project.runtime == "bun":
        raise InputError(
            "programs with `runtime: bun` cannot be read",
            location=project.location,
            why=_WHY,
            remedy="say `runtime: nodejs` if the program runs on Node too (`packagemanager: bun` may stay), "
            "or give the output of `pulumi preview --json` with --preview",
        )
    options = _options(project)
    directory, entry = _program(project)
    node = shutil.which("node")
    if node is None:
        raise InputError(
            "there is no `node` on PATH, and the program runs on it",
            location=project.location,
            why=_WHY,
            remedy="install Node.js, or put it on PATH",
        )
    return Toolchain(
        node=node,
        run=_sdk(project, directory) / _RUN,
        directory=directory,
        entry=entry,
        typescript=options["typescript"],
        tsconfig=options["tsconfig"],
        node_arguments=tuple(shlex.split(options["nodeargs"])),
    )


def install(directory: Path, named: object = None) -> str:
    """Return the command that installs a program's packages: the package manager's of Pulumi.yaml, else the lock file's."""
    if isinstance(named, str) and named in _INSTALL:
        return _INSTALL[named]
    for folder in (directory, *directory.parents):
        for lock, manager in _LOCKS.items():
            if (folder / lock).exists():
                return _INSTALL[manager]
    return "npm install"


def _options(project: Project) -> dict[str, Any]:
    wanted: dict[str, tuple[type, Any]] = {"typescript": (bool, True), "tsconfig": (str, None), "nodeargs": (str, "")}
    found = {}
    for name, (kind, default) in wanted.items():
        value = project.options.get(name, default)
        if value is not default and not isinstance(value, kind):
            raise InputError(
                f"the option `{name}` of the runtime is no {'boolean' if kind is bool else 'text'}",
                location=project.location,
                why=_WHY,
                remedy=f"correct `runtime.options.{name}` in Pulumi.yaml",
            )
        found[name] = value
    return found


def _program(project: Project) -> tuple[Path, str]:
    """Return the working directory and the entry point, as the engine takes them from `main`."""
    program = project.program.resolve()
    if program.is_dir():
        return program, "."
    if program.parent.is_dir() and (program.exists() or _resolves(program)):
        return program.parent, program.name
    raise InputError(
        f"`main: {project.main}` does not exist",
        location=project.location,
        why=_WHY,
        remedy="correct `main` in Pulumi.yaml, or build the program first if `main` is made by a build",
    )


def _resolves(program: Path) -> bool:
    return any(program.with_name(program.name + ending).exists() for ending in (".js", ".ts", ".cjs", ".mjs", ".json"))


def _sdk(project: Project, directory: Path) -> Path:
    """Return the `@pulumi/pulumi` that Node resolves from the program's directory."""
    for folder in (directory, *directory.parents):
        found = folder / "node_modules" / "@pulumi" / "pulumi"
        if (found / _RUN).is_file():
            return _supported(project, found.resolve())
    for folder in (directory, *directory.parents):
        if (folder / ".pnp.cjs").exists() or (folder / ".pnp.js").exists():
            raise InputError(
                "the program's packages are installed without a node_modules folder (Yarn Plug'n'Play)",
                location=project.location,
                why=_WHY,
                remedy="set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`",
            )
    raise InputError(
        "the program's packages are not installed: there is no node_modules/@pulumi/pulumi in its directory or above",
        location=project.location,
        why=_WHY,
        remedy=f"install them in {directory.name}/: {install(directory, project.options.get('packagemanager'))}",
    )


def _supported(project: Project, sdk: Path) -> Path:
    try:
        version = str(json.loads(text(sdk / "package.json"))["version"])
        major = int(version.split(".", 1)[0])
    except (OSError, ValueError, KeyError, TypeError):
        version, major = "of no known version", 0
    if major < _OLDEST:
        raise InputError(
            f"the program's @pulumi/pulumi is {version}, and 3.0 is the oldest that can be read",
            location=project.location,
            why=_WHY,
            remedy="upgrade it: npm install @pulumi/pulumi@3",
        )
    return sdk
