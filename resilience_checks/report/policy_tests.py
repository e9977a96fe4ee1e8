"""How the Rego tests of policies came out, and what of the rules they evaluate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resilience_checks.report.json_report import location
from resilience_checks.report.tables import hanging
from resilience_checks.report.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.policy.rego_tests import Coverage, Tested

VERSION = "resilience-policy-tests/v1"
_WHOLE = 100.0


@dataclass(frozen=True)
class Told:
    """All results, the policies without a test, and coverage; None where no `opa` could tell it."""

    engine: str
    results: Sequence[Tested]
    untested: Sequence[str]
    coverage: Sequence[Coverage] | None

    def text(self, width: int) -> str:
        """Return what failed with its place, and the counts."""
        return "".join(f"{line}\n" for line in self._lines(width))

    def data(self) -> dict[str, Any]:
        """Return the same as JSON values, held by policy_tests.schema.json."""
        return {
            "schema": VERSION,
            "engine": self.engine,
            "passed": sum(result.passed for result in self.results),
            "failed": sum(not result.passed for result in self.results),
            "tests": [_test(result) for result in self.results],
            "untested": list(self.untested),
            "coverage": None if self.coverage is None else [_covered(item) for item in self.coverage],
        }

    def _lines(self, width: int) -> Iterator[str]:
        failed = [result for result in self.results if not result.passed]
        for result in failed:
            place = f"{result.test.location.path}:{result.test.location.line}"
            yield f"failed  {place}  {result.test.name}"
            if result.message:
                yield from hanging("        ", result.message, width)
        for name in self.untested:
            yield f"no test {name}"
        partial = [item for item in self.coverage or () if item.percent < _WHOLE]
        for item in partial:
            yield from hanging("", f"{item.path}: {item.percent:g} % covered, not row {_rows(item.rows)}", width)
        of = {result.test.policy for result in self.results if result.test.policy is not None}
        counts = f"{len(self.results) - len(failed)} passed, {len(failed)} failed"
        whose = counted(len(of), "policy", "policies")
        yield f"{counted(len(self.results), 'test')} of {whose} on {self.engine}: {counts}"
        if self.coverage is None and not failed:
            yield "coverage is told where opa is on PATH"
        if self.coverage is not None:
            whole = len(self.coverage) - len(partial)
            yield f"coverage: {whole} of {counted(len(self.coverage), 'file')} whole"


def _rows(rows: Sequence[int]) -> str:
    """Return rows as ranges.

    >>> _rows([1, 2, 3, 7])
    '1-3, 7'
    """
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], row]
        else:
            ranges.append([row])
    return ", ".join("-".join(map(str, item)) for item in ranges)


def _test(result: Tested) -> dict[str, Any]:
    test = result.test
    return {
        "policy": test.policy,
        "package": test.package,
        "name": test.name,
        "location": location(test.location),
        "passed": result.passed,
        "message": result.message,
    }


def _covered(item: Coverage) -> dict[str, Any]:
    return {"path": item.path, "percent": item.percent, "not_covered": list(item.rows)}
