"""Small repositories of several Pulumi projects, and what a check of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks import check
from resilience_checks.model.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from resilience_checks.report.interface import Report

THING = """\
import pulumi


class Thing(pulumi.CustomResource):
    def __init__(self, logical, token, /, **inputs):
        super().__init__(token, logical, inputs)


"""
PLAN, APP, SERVER = "azure-native:web:AppServicePlan", "azure-native:web:WebApp", "azure-native:sql:Server"
_KINDS = {"resources:": ("yaml", "Pulumi.yaml"), "const": ("nodejs", "index.js")}
FINDINGS = {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}


def python(*lines: str) -> str:
    """Return a program in which `Thing(name, token, **inputs)` makes a resource."""
    return THING + "".join(f"{line}\n" for line in lines)


def plant(root: Path, projects: Mapping[str, str], stacks: Mapping[str, str] | None = None, **files: str) -> Path:
    """Write a repository: each project's program and its stacks, else prod.

    A program is YAML where it begins with `resources:`, for Node where it does with `const`, else Python.

    Further files go to the root; their names have `_` for `.`.
    """
    (root / ".git").mkdir()
    for name, program in projects.items():
        directory = root / name
        directory.mkdir()
        runtime, file = _KINDS.get(program.split(maxsplit=1)[0], ("python", "__main__.py"))
        (directory / "Pulumi.yaml").write_text(f"name: {name}\nruntime: {runtime}\n", encoding="utf-8")
        with (directory / file).open("a", encoding="utf-8") as stream:
            stream.write(program)
        for stack in (stacks or {}).get(name, "prod").split():
            (directory / f"Pulumi.{stack}.yaml").write_text("config: {}\n", encoding="utf-8")
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return root


def checked(root: Path, *stacks: str, **options: Any) -> Report:
    """Return the report of a check of the whole repository."""
    return check.run(check.Options(paths=options.pop("paths", (root,)), root=root, stacks=stacks, **options))


def spoken(report: Report, *policies: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return outcome, policy, target and services of everything that these policies say but passes."""
    return sorted(
        (str(item.outcome), item.policy, item.target, item.services)
        for item in report.results
        if item.outcome in FINDINGS and item.policy in policies
    )


def line(root: Path, file: str, fragment: str) -> str:
    """Return `path:line` of the first line that holds the fragment."""
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    return f"{file}:{next(number for number, text in enumerate(lines, 1) if fragment in text)}"
