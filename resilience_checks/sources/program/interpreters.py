"""The Python that a program belongs to: its own environment, because its pins matter, else the checker's."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resilience_checks.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.sources.project import Project

TOOLCHAINS = ("pip", "poetry", "uv")
_USUAL = (".venv", "venv")
_OF_POETRY = (
    ".asdf/installs",
    ".cache/pypoetry/virtualenvs",
    ".config/pypoetry/config.toml",
    ".local/bin",
    ".local/pipx",
    ".local/share/mise/installs",
    ".local/share/pipx",
    ".local/share/pypoetry",
    ".local/share/uv",
    ".local/lib",
    ".pyenv",
)
_POETRY_VARIABLES = (
    "POETRY_CACHE_DIR",
    "POETRY_CONFIG_DIR",
    "POETRY_DATA_DIR",
    "POETRY_HOME",
    "POETRY_VIRTUALENVS_PATH",
)
_WHY = "the program's own packages are not there, so it cannot be read"


def find(project: Project) -> str:
    """Return the interpreter that `runtime.options` of Pulumi.yaml lead to.

    Raises InputError where they name an environment or a toolchain that is not there.
    """
    toolchain = str(project.options.get("toolchain") or "pip").lower()
    if toolchain not in TOOLCHAINS:
        raise InputError(
            f"the toolchain {toolchain!r} is none that Pulumi knows for Python",
            location=project.location,
            why=_WHY,
            remedy=f"write one of {', '.join(TOOLCHAINS)} as `toolchain` in Pulumi.yaml",
        )
    named = project.options.get("virtualenv")
    if named is not None:
        return _named(project, str(named), toolchain)
    if toolchain == "poetry":
        poetry = _poetry(project)
        if poetry is not None:
            return poetry
    folders = [project.directory / name for name in _USUAL]
    if toolchain != "pip":
        folders = [folder / ".venv" for folder in _upward(project)]
    if toolchain == "uv" and os.environ.get("UV_PROJECT_ENVIRONMENT"):
        folders.insert(0, project.directory / os.environ["UV_PROJECT_ENVIRONMENT"])
    return next((python for folder in folders if (python := _python(folder)) is not None), sys.executable)


def _named(project: Project, named: str, toolchain: str) -> str:
    found = _python(project.directory / Path(named).expanduser())
    if found is not None:
        return found
    make = {
        "pip": f"python3 -m venv {named} && {named}/bin/pip install -r requirements.txt",
        "poetry": "poetry install",
        "uv": "uv sync",
    }
    raise InputError(
        f"the virtual environment {named!r} of Pulumi.yaml does not exist",
        location=project.location,
        why=_WHY,
        remedy=f"make it: {make[toolchain]}",
    )


def _poetry(project: Project) -> str | None:
    """Ask poetry where the environment of the program is; None where it has none, or there is no poetry.

    The repository's settings and plugins are poetry's own code, so it is confined, too. It finds its settings and
    environments in the home, of which no other hidden file is shown.
    """
    poetry = shutil.which("poetry")
    if poetry is None:
        return None
    from resilience_checks.sources.program import confinement, readable

    program = next(iter(_upward(project)))
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 that of pathlib fails where there is none
    said = confinement.run(
        [poetry, "env", "info", "--path"],
        {Path(os.sep), *readable.repositories(program, project.directory.resolve())},
        [home / name for name in _OF_POETRY],
        {**confinement.passed_on(_POETRY_VARIABLES), "HOME": str(home)},
        program,
    )
    lines = (said.output or "").strip().splitlines()
    return _python(Path(lines[-1])) if lines else None


def _upward(project: Project) -> Iterator[Path]:
    """Yield the program's folder and those above it, up to the repository: a workspace has one environment."""
    program = project.program.resolve()
    folder = program if program.is_dir() else program.parent
    for directory in (folder, *folder.parents):
        yield directory
        if (directory / ".git").exists():
            return


def _python(folder: Path) -> str | None:
    for part in ("bin/python", "Scripts/python.exe"):
        if (folder / part).exists():
            return str(folder / part)
    return None
