"""Whether all that a check needs is there: engines, isolation, and what each project under some paths runs with."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks import __version__
from resilience_checks.model.errors import CheckError, EngineError, InputError, NothingToCheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from resilience_checks.sources.project import Project

OK, MISSING, FAILED = "ok", "missing", "failed"
_SECONDS = 20
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_TOOLS = {
    "git": (("git", "--version"), "`change`, `check --base` and `check --settings` read versions with it"),
    "node": (("node", "--version"), "programs in TypeScript and JavaScript run on it"),
    "opa": (("opa", "version"), "only `--engine opa` needs it; the embedded engine is used without"),
    "pulumi": (("pulumi", "version"), "a check never needs it; it writes what --preview and --state read"),
}
_EXTRAS = {"capacity": ("scipy", "tells whether a peak fits where groups share members; without it that is unknown")}
_MODULE = 'package resilience.doctor\n\nreport := {{"answer": "yes"}}\n'
_POLICY = "doctor"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at: its state (ok, missing, failed), what was found, and what to do where it is not ok.

    `exit_code` is that of a check that needs it, 0 where none does.
    """

    name: str
    state: str
    text: str
    remedy: str = ""
    exit_code: int = 0


def examine(paths: Sequence[Path], root: Path) -> Iterator[Symptom]:
    """Yield what is found of the tool itself, of what stands on PATH, and of every project under the paths."""
    python = f"Python {platform.python_version()} ({sys.executable})"
    yield Symptom("resilience-checks", OK, f"{__version__}, {python}")
    yield _tried("policies", _policies)
    yield _tried("catalogue", _catalogue)
    yield _tried("embedded engine", _embedded)
    yield _isolation()
    for extra, (package, why) in _EXTRAS.items():
        yield _extra(extra, package, why)
    for name, (command, why) in _TOOLS.items():
        yield _tool(name, command, why)
    yield from _projects(paths, root)


def _tried(name: str, look: Callable[[], str]) -> Symptom:
    try:
        return Symptom(name, OK, look())
    except CheckError as error:
        return Symptom(name, FAILED, str(error), error.remedy, error.exit_code)
    except Exception as error:  # noqa: BLE001 whatever is broken is what is looked for
        remedy = "install resilience-checks anew: pip install --force-reinstall resilience-checks"
        return Symptom(name, FAILED, f"{type(error).__name__}: {error}", remedy, EngineError.exit_code)


def _policies() -> str:
    from resilience_checks.policy import pack

    found = pack.load()
    return f"{len(found.policies)}, digest {found.digest[:12]}"


def _catalogue() -> str:
    from resilience_checks.catalogue import loader

    found = loader.load()
    return f"{len(found.packages)} provider packages: {', '.join(sorted(found.packages))}"


def _embedded() -> str:
    from resilience_checks.policy.embedded import EmbeddedEngine

    with EmbeddedEngine(_SECONDS) as engine:
        engine.start()
        said = engine.evaluate({"doctor.rego": _MODULE}, b"{}", {_POLICY: "resilience.doctor"})
        if said.get(_POLICY) != [{"answer": "yes"}]:
            raise EngineError(f"it answers {said}", remedy="install gordon-to-regorus anew")
        return f"{engine.version} evaluates"


def _isolation() -> Symptom:
    """Tell what keeps a program in, by what kept in one that does nothing."""
    from resilience_checks.sources.program import confinement

    found = confinement.run([sys.executable, "-I", "-S", "-c", ""]).confinement
    hindered = found.hindered()
    if not hindered:
        files = "they read their repository, their packages, and what --readable names"
        return Symptom("isolation", OK, f"programs run {found.by()}; {files}")
    return Symptom(
        "isolation",
        MISSING,
        f"programs run {found.by()}; only hindered: {'; '.join(hindered)}",
        "allow unprivileged user namespaces (Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0), "
        "or run where a program could reach nothing (docs/trust-model.md)",
    )


def _extra(extra: str, package: str, why: str) -> Symptom:
    try:
        return Symptom(f"extra {extra}", OK, f"{package} {metadata.version(package)}")
    except metadata.PackageNotFoundError:
        return Symptom(f"extra {extra}", MISSING, why, f"pip install 'resilience-checks[{extra}]'")


def _tool(name: str, command: Sequence[str], why: str) -> Symptom:
    place = shutil.which(name)
    if place is None:
        return Symptom(name, MISSING, f"not on PATH; {why}")
    said = _said([place, *command[1:]])
    found = _VERSION.search(said or "")
    if found is None:
        return Symptom(name, FAILED, f"{place} tells no version", f"run `{' '.join(command)}` to see why; {why}")
    return Symptom(name, OK, f"{found[0]} ({place})")


def _said(command: Sequence[str]) -> str | None:
    """Return what a command writes to standard output, None where it fails."""
    try:
        done = subprocess.run(
            list(command), capture_output=True, text=True, check=False, timeout=_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _projects(paths: Sequence[Path], root: Path) -> Iterator[Symptom]:
    from resilience_checks.sources.discovery import discover

    try:
        found = discover(paths, root)
    except NothingToCheckError as error:
        yield Symptom("projects", MISSING, error.what, error.remedy)
        return
    except CheckError as error:
        yield _wrong("projects", error)
        return
    for failure in found.failures:
        yield _wrong("project", failure)
    stacks: dict[Path, list[str]] = {}
    projects = {stack.project.directory: stack.project for stack in found.stacks}
    for stack in found.stacks:
        stacks.setdefault(stack.project.directory, []).append(stack.stack)
    for directory, project in projects.items():
        name = f"project {project.name}"
        try:
            yield Symptom(name, OK, f"{_runtime(project)}; stacks: {', '.join(stacks[directory])}")
        except CheckError as error:
            yield _wrong(name, error)
    yield from _declared(projects, root)


def _wrong(name: str, error: CheckError) -> Symptom:
    return Symptom(name, FAILED, str(error), error.remedy, error.exit_code)


def _runtime(project: Project) -> str:
    """Return what the project's programs run with; raise InputError where that is not there."""
    if project.runtime == "python":
        from resilience_checks.sources.program import confinement, interpreters, readable

        python = interpreters.find(project)
        script = "from importlib.metadata import version; print(version('pulumi'))"
        tops = readable.repositories(project.directory.resolve(), project.directory.resolve())
        version = confinement.run([python, "-c", script], tops, readable.environment(Path(python))).output
        if version is None:
            raise InputError(
                f"the program's interpreter {python} has no pulumi",
                location=project.location,
                remedy=f"install what the program needs: {python} -m pip install -r requirements.txt",
            )
        return f"python, pulumi {version.strip()} of {python}"
    if project.runtime in {"nodejs", "bun"}:
        from resilience_checks.sources.nodejs import toolchain

        found = toolchain.find(project)
        return f"nodejs, {found.node} and {found.run.parents[2]}"
    if project.runtime == "yaml":
        return "yaml, which is read and runs nothing"
    from resilience_checks.sources.program.failures import other_language

    raise other_language(project)


def _declared(directories: Iterable[Path], root: Path) -> Iterator[Symptom]:
    """Yield what is found of each resilience.yaml that takes part."""
    from resilience_checks.options import DECLARATIONS
    from resilience_checks.topology.declarations import load

    beside = [directory / DECLARATIONS for directory in directories]
    files = {(file if file.is_file() else root / DECLARATIONS).resolve(): None for file in beside}
    for file in files:
        shown = file.relative_to(root.resolve()).as_posix() if file.is_relative_to(root.resolve()) else str(file)
        if not file.is_file():
            text = "none: the check works on what the programs show"
            yield Symptom(DECLARATIONS, MISSING, text, "resilience-checks init writes a first one")
            continue
        try:
            found = load(file, root, alone=False)
        except CheckError as error:
            yield _wrong(shown, error)
        else:
            yield Symptom(shown, OK, f"services: {len(found.services)}, sites: {len(found.sites)}")
