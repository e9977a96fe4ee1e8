"""Runs the Rego tests of a pack: on the embedded engine through its seam, or with a real `opa test`."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location
from resilience_checks.policy.engine import EngineFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.policy.engine import Engine
    from resilience_checks.policy.pack import Pack

_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)
_TEST = re.compile(r"^(test_\w+)\b", re.MULTILINE)
_WHY = "no test was run"
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class RegoTest:
    """One test rule; `policy` is the id of the policy that its package is about, None for what policies share."""

    policy: str | None
    package: str
    name: str
    location: Location


@dataclass(frozen=True, slots=True)
class Tested:
    """How a test came out; `message` is what the engine says of one that could not be evaluated."""

    test: RegoTest
    passed: bool
    message: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a module's rules its tests evaluate, in per cent, and the rows that they do not."""

    path: str
    percent: float
    rows: tuple[int, ...] = ()


def of_pack(pack: Pack, ids: Sequence[str] = ()) -> tuple[RegoTest, ...]:
    """Return the tests of the pack in the order of its files, of these policies alone where any are named."""
    return tuple(test for test in _all(pack) if not ids or test.policy in ids)


def _all(pack: Pack) -> Iterator[RegoTest]:
    policies = {f"{policy.package}_test": policy.id for policy in pack.policies}
    for path, text in pack.tests.items():
        package = _PACKAGE.search(text)
        if package is None:
            raise EngineError(
                "the tests have no package", location=Location(path, 1), why=_WHY, remedy="begin them with `package`"
            )
        seen: set[str] = set()
        for found in _TEST.finditer(text):
            if found[1] not in seen:
                seen.add(found[1])
                row = text.count("\n", 0, found.start()) + 1
                yield RegoTest(policies.get(package[1]), package[1], found[1], Location(path, row))


def on_engine(pack: Pack, chosen: Sequence[RegoTest], engine: Engine) -> tuple[Tested, ...]:
    """Return how the tests come out on an engine of the seam; raise EngineError where they do not compile."""
    packages = {str(number): f"resilience.run_tests.t{number}" for number in range(len(chosen))}
    asked = {
        f"run_tests/{number}.rego": (
            f"package {packages[str(number)]}\n\nreport := [true | data.{test.package}.{test.name}]\n"
        )
        for number, test in enumerate(chosen)
    }
    reports = engine.evaluate({**pack.modules, **pack.tests, **asked}, b"{}", packages)
    return tuple(_tested(test, reports[str(number)]) for number, test in enumerate(chosen))


def _tested(test: RegoTest, report: list[Any] | EngineFault) -> Tested:
    if isinstance(report, EngineFault):
        return Tested(test, passed=False, message=report.message)
    return Tested(test, passed=bool(report))


def with_opa(pack: Pack, chosen: Sequence[RegoTest], opa: str) -> tuple[Tested, ...]:
    """Return how the tests come out in `opa test`, after `opa check --strict` over the same files."""
    _run(pack, [opa, "check", "--strict"], "the policies do not pass `opa check --strict`", failing=False)
    found = json.loads(_run(pack, [opa, "test", "--format", "json"], "`opa test` failed") or "null") or []
    by_name = {(item["package"].removeprefix("data."), item["name"]): item for item in found}
    results = []
    for test in chosen:
        item = by_name.get((test.package, test.name), {"error": "OPA did not run it"})
        error = item.get("error") or ""
        message = error if isinstance(error, str) else str(error.get("message", error))
        results.append(Tested(test, passed=not (item.get("fail") or error), message=message))
    return tuple(results)


def coverage(pack: Pack, opa: str, ids: Sequence[str] = ()) -> tuple[Coverage, ...]:
    """Return how much of each rule file `opa test --coverage` sees evaluated, of these policies alone where any are named."""
    found = json.loads(_run(pack, [opa, "test", "--coverage", "--format", "json"], "`opa test --coverage` failed"))
    shown = _shown(pack)
    wanted = {policy.path for policy in pack.policies if policy.id in ids} if ids else set(pack.modules)
    files = {shown.get(name, name): item for name, item in found["files"].items()}
    return tuple(_covered(path, files[path]) for path in sorted(wanted & files.keys()))


def _covered(path: str, item: Mapping[str, Any]) -> Coverage:
    rows = [row for part in item.get("not_covered", ()) for row in range(part["start"]["row"], part["end"]["row"] + 1)]
    return Coverage(path, round(float(item.get("coverage", 0.0)), 1), tuple(sorted(set(rows))))


def _shown(pack: Pack) -> dict[str, str]:
    return {str(path.resolve()): name for name, path in pack.files.items()}


def _run(pack: Pack, command: Sequence[str], what: str, *, failing: bool = True) -> str:
    """Return what OPA prints; `failing`: that a test failed is an answer, too."""
    shown = _shown(pack)
    try:
        done = subprocess.run(
            [*command, *shown], capture_output=True, text=True, check=False, timeout=_SECONDS, encoding="utf-8"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{what}: {error}", why=_WHY, remedy="try `opa version`, or use --engine embedded") from error
    if done.returncode and not (failing and done.stdout.lstrip().startswith(("[", "{"))):
        said = done.stderr or done.stdout
        for path, name in shown.items():
            said = said.replace(path, name)
        raise EngineError(f"{what}:\n{said.strip()[:2000]}", why=_WHY, remedy="correct what OPA names")
    return done.stdout
