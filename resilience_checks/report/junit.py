"""The report as JUnit XML: a suite for each policy, a test case for each of its results.

What Jenkins' xunit plugin takes (junit-10.xsd), and what GitLab, Azure Pipelines and Buildkite read. That schema knows
no file and line of a test case: they stand at the head of its text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import chain, not_blocking, stacks, unnamed
from resilience_checks.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.model.result import Result
    from resilience_checks.model.waiver import Waiver
    from resilience_checks.report.formats import Style
    from resilience_checks.report.interface import Report

_TOOL = "resilience-checks"
_READING = "stacks"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


class JUnit:
    """Renders failures for what blocks, and nothing but that; what else was found stands in the case's output."""

    def __init__(self, style: Style | None = None) -> None:
        """Write the same in every style."""

    def render(self, report: Report) -> str:
        """Return the document; the suite `stacks` has a case for each stack that was read, left out, or could not be read."""
        blocking = {id(result) for result in report.verdict.blocking}
        of: dict[str, list[Result]] = {name: [] for name in sorted(report.policies)}
        for result in report.results:
            of.setdefault(result.policy, []).append(result)
        suites = [_suite(_READING, [*_reading(report)], report, _about(report))]
        for policy, results in of.items():
            cases = [_case(name, result, blocks=id(result) in blocking) for name, result in _named(results)]
            suites.append(_suite(policy, cases, report, {"title": report.policies.get(policy, "")}))
        whole = ET.Element("testsuites", {"name": _TOOL})
        for counted in ("tests", "failures", "errors"):
            whole.set(counted, str(sum(int(suite.get(counted, "0")) for suite in suites)))
        whole.extend(suites)
        ET.indent(whole)
        text = ET.tostring(whole, encoding="unicode")
        return f"{_HEAD}{text}\n".replace("##[", "##&#91;")  # on standard output no runner reads a command


def _suite(name: str, cases: Sequence[ET.Element], report: Report, properties: dict[str, str]) -> ET.Element:
    counts = Counter(_COUNTED[child.tag] for case in cases for child in case if child.tag in _COUNTED)
    suite = ET.Element("testsuite", {"name": one_line(name), "tests": str(len(cases))})
    for counted in _COUNTED.values():
        suite.set(counted, str(counts[counted]))
    suite.set("timestamp", report.started[:19])
    listed = ET.SubElement(suite, "properties")
    for key, value in properties.items():
        ET.SubElement(listed, "property", {"name": key, "value": one_line(value)})
    suite.extend(cases)
    return suite


def _about(report: Report) -> dict[str, str]:
    override = report.override
    told = {"override": f"{override.reason} ({override.actor}, {override.ticket})"} if override is not None else {}
    code = str(int(report.verdict.exit_code))
    return {
        "version": report.tool,
        "engine": report.engine,
        "verdict": report.verdict.words,
        "exit-code": code,
        **told,
    }


def _reading(report: Report) -> Iterator[ET.Element]:
    for stack in report.stacks:
        yield _new(_READING, stack.name)
    for why, names in (("not selected", report.left_out), ("not affected by the change", report.unaffected)):
        for name in names:
            case = _new(_READING, name)
            _add(case, "skipped", f"{why}: nothing of it was looked at")
            yield case
    for failure in report.failures:
        case = _new(_READING, failure.subject or "the check itself")
        told = {"at": str(failure.location or ""), "found": failure.what, "why": failure.why, "fix": failure.remedy}
        _add(case, "error", failure.what, _lines(told.items()), "not-checked")
        yield case


def _named(results: Iterable[Result]) -> Iterator[tuple[str, Result]]:
    """Yield the results, each by its target; where several are about the same one, by fingerprint and stacks too."""
    listed = list(results)
    often = Counter(result.target for result in listed)
    same = Counter((result.target, result.fingerprint) for result in listed)
    told: Counter[str] = Counter()
    for result in listed:
        which = (result.fingerprint, *(stacks(result) if same[result.target, result.fingerprint] > 1 else ()))
        name = result.target if often[result.target] == 1 else f"{result.target} ({', '.join(which)})"
        told[name] += 1
        yield (name if told[name] == 1 else f"{name} {told[name]}"), result


def _case(name: str, result: Result, *, blocks: bool) -> ET.Element:
    case = _new(result.policy, name)
    text = _text(result)
    match result.outcome:
        case Outcome.ERROR:
            _add(case, "error", result.message, text, "error")
        case Outcome.NOT_APPLICABLE:
            _add(case, "skipped", f"not applicable: {result.message}")
        case Outcome.VIOLATION | Outcome.UNKNOWN if blocks:
            _add(case, "failure", result.message, text, _kind(result))
        case Outcome.VIOLATION | Outcome.UNKNOWN if result.waiver is not None:
            _add(case, "skipped", f"waived: {_waived(result.waiver)}")
            _output(case, text)
        case Outcome.UNKNOWN:
            _add(case, "skipped", f"not known: {result.message}")
            _output(case, text)
        case Outcome.VIOLATION:
            _output(case, f"{result.severity}, does not block\n{text}")
        case _:
            pass
    return case


def _kind(result: Result) -> str:
    return "unknown" if result.outcome is Outcome.UNKNOWN else str(result.severity)


def _waived(waiver: Waiver) -> str:
    ticket = f", {waiver.ticket}" if waiver.ticket else ""
    until = f"until {waiver.expires.isoformat()}"
    return f"{until} for {waiver.owner}, approved by {waiver.approver}{ticket}: {waiver.reason}"


def _text(result: Result) -> str:
    """Return place, finding, chain and remedy as lines."""
    return _lines(
        (
            ("at", str(result.location or "")),
            ("found", result.message),
            ("services", ", ".join(unnamed(result))),
            *(("why", step) for step in chain(result)),
            *(("hangs on", fact) for fact in result.depends_on),
            *(("assumed", fact) for fact in result.assumed),
            ("fix", result.remediation),
            ("gate", not_blocking(result) if result.advisory else ""),
            ("not new", result.known),
            ("id", result.fingerprint),
        )
    )


def _lines(told: Iterable[tuple[str, str]]) -> str:
    """Return a line for each, after what it is: no line is what a program wrote alone."""
    return "\n".join(f"{what}: {one_line(text)}" for what, text in told if text)


def _new(suite: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": f"{_TOOL}.{one_line(suite)}", "name": one_line(name) or "unnamed"})


def _add(case: ET.Element, tag: str, message: str, text: str = "", kind: str = "") -> None:
    found = ET.SubElement(case, tag, ({"type": kind} if kind else {}) | {"message": one_line(message)})
    found.text = text or None


def _output(case: ET.Element, text: str) -> None:
    ET.SubElement(case, "system-out").text = text
