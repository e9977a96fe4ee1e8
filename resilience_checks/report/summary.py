"""The last lines of a report: what was checked, how it came out, what the check could not see, the verdict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.result import Outcome
from resilience_checks.report.text import counted, have

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resilience_checks.report.interface import Remark, Report, StackSummary, WaiverUse

_WORDS = {
    Outcome.ERROR: ("error", "errors"),
    Outcome.VIOLATION: ("violation", "violations"),
    Outcome.UNKNOWN: ("unknown", "unknown"),
    Outcome.PASS: ("pass", "passes"),
    Outcome.NOT_APPLICABLE: ("not applicable", "not applicable"),
}
_ALWAYS = {Outcome.VIOLATION, Outcome.PASS}
_LIMITS = {
    "lookups": "lookups",
    "element_dependencies": "which element depends on what",
    "secret_equality": "which secrets are equal",
    "lines": "lines",
    "complete": "whether these are all resources",
}
STATES = ("applied", "expired", "unused", "refused", "untrusted")
"""What can become of a waiver, in the order in which it is told."""
_MAX_CALLBACKS = 5
_MAX_NAMES = 8
_MAX_FACTS = 4


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One line of the summary: what it is about, and its words."""

    name: str
    text: str


def summary_lines(report: Report) -> Iterator[SummaryLine]:
    """Yield the lines in which every report ends, a clean one too; `verdict` is the last."""
    yield SummaryLine("checked", _checked(report))
    yield SummaryLine("policies", f"{_policies(report)}; engine: {report.engine}")
    yield SummaryLine("results", counts(report))
    yield SummaryLine("coverage", coverage(report))
    if report.disabled:
        yield SummaryLine("disabled", f"by resilience.yaml: {', '.join(report.disabled)}")
    if report.not_enforced:
        for why in sorted(set(report.not_enforced.values())):
            names = ", ".join(sorted(name for name, other in report.not_enforced.items() if other == why))
            yield SummaryLine("not yet", f"shown, and blocking nothing: {names} ({why})")
    yield from _trusted(report)
    yield from waiver_lines(report)
    if report.left_out:
        yield SummaryLine("left out", f"not selected by --stack: {', '.join(report.left_out)}")
    if report.unaffected:
        yield SummaryLine(
            "left out", f"not affected by the change: {_some(report.unaffected)} (--all-stacks checks them)"
        )
    if report.compared_with:
        yield SummaryLine("compared", _compared(report))
    yield from _notes(report.stacks)
    yield SummaryLine("verdict", report.verdict.words)


def _notes(stacks: Iterable[StackSummary]) -> Iterator[SummaryLine]:
    """Yield what a reader must know of how the stacks were read, each once for all of which it holds."""
    found: dict[str, list[str]] = {}
    for stack in stacks:
        for text in limits(stack):
            found.setdefault(text, []).append(stack.name)
    for text, names in found.items():
        yield SummaryLine("note", f"{_some(names)}: {text}")


def waiver_lines(report: Report) -> Iterator[SummaryLine]:
    """Yield how many waivers are in each state, and one line for each of which there is something to say."""
    if not report.waivers:
        return
    states = Counter(use.state for use in report.waivers)
    findings = len({name for use in report.waivers if use.state == "applied" for name in use.fingerprints})
    told = [f"{states[state]} {state}" for state in STATES if states[state]]
    yield SummaryLine("waivers", f"{', '.join(told)}; {counted(findings, 'finding')} waived")
    uses = [use for use in report.waivers if use.why]
    for use in uses[:_MAX_NAMES]:
        yield SummaryLine("waiver", waiver_words(use))
    if len(uses) > _MAX_NAMES:
        yield SummaryLine("waiver", f"{len(uses) - _MAX_NAMES} more in the JSON report")


def waiver_words(use: WaiverUse) -> str:
    """Return what became of one waiver, in a line."""
    waiver = use.waiver
    whose = f"owner {waiver.owner}, {waiver.ticket}"
    state = "" if use.state in {"applied", "expired"} else f"{use.state}: "
    return f"{waiver.policy} at {waiver.target} {state}{use.why} ({waiver.location}, {whose})"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
    return f"{', '.join(names[:_MAX_NAMES])}{more}"


def _compared(report: Report) -> str:
    known = sum(bool(result.known) for result in report.results)
    stands = f"{counted(known, 'finding')} {'stands' if known == 1 else 'stand'} there already"
    return f"with {report.compared_with}: {stands}, {len(report.fixed)} fixed"


def _trusted(report: Report) -> Iterator[SummaryLine]:
    """Yield where settings are trusted, what here is less strict, and which facts are declared in this change alone."""
    if not report.settings_from:
        return
    there = report.settings_from
    until = f"counts for nothing until it is on {there}"
    looser = sum(until in result.advisory for result in report.results)
    verb = "counts" if looser == 1 else "count"
    told = f"; {counted(looser, 'loosening', 'loosenings')} here {verb} for nothing yet" if looser else ""
    yield SummaryLine("settings", f"those of {there} where they are stricter{told}")
    if report.declared_here:
        yield SummaryLine("facts", f"declared in this change, not yet on {there}: {_facts(report.declared_here)}")


def _facts(remarks: Iterable[Remark]) -> str:
    """Return the names in each section, the first of many."""
    sections: dict[str, list[str]] = {}
    for remark in remarks:
        section, _, name = remark.text.partition(": ")
        sections.setdefault(section, []).append(name)
    told = []
    for section, names in sections.items():
        more = f" and {len(names) - _MAX_FACTS} more" if len(names) > _MAX_FACTS else ""
        told.append(f"{section} {', '.join(names[:_MAX_FACTS])}{more}")
    return "; ".join(told)


def _policies(report: Report) -> str:
    """Return the names of the policies, or where they are many, how many there are."""
    if len(report.policies) > _MAX_NAMES:
        return f"{len(report.policies)} (`resilience-checks policies list` tells them)"
    return ", ".join(sorted(report.policies)) or "none"


def counts(report: Report) -> str:
    """Return how often each outcome came out; violations and passes are told when there is none, too."""
    found = Counter(result.outcome for result in report.results)
    told = [outcome for outcome in _WORDS if found[outcome] or outcome in _ALWAYS]
    return ", ".join(counted(found[outcome], *_WORDS[outcome]) for outcome in told)


def coverage(report: Report) -> str:
    """Return how many resources have a type that the catalogue knows, and the types that it does not."""
    known, unknown = sum(report.known_types.values()), sum(report.unknown_types.values())
    types = f"; not known: {', '.join(sorted(report.unknown_types))}" if report.unknown_types else ""
    total = known + unknown
    return f"{known} of {counted(total, 'resource')} {have(total)} a type that the catalogue knows{types}"


def _checked(report: Report) -> str:
    stacks = ", ".join(stack.name for stack in report.stacks) or "no stack"
    declared = sum(service.declared for service in report.services)
    inferred = len(report.services) - declared
    parts = [counted(declared, "declared service")] if declared or not inferred else []
    parts += [counted(inferred, "inferred service")] if inferred else []
    return f"{stacks}: {', '.join(parts)}"


def limits(stack: StackSummary) -> Iterator[str]:
    """Yield what a reader must know of how the stack was read."""
    yield from stack.notes
    missing = [words for name, words in _LIMITS.items() if not getattr(stack.capabilities, name)]
    if missing:
        yield f"this way of reading it cannot tell {', '.join(missing)}"
    if stack.skipped:
        named = [f"{item.name} ({item.location})" if item.location else item.name for item in stack.skipped]
        more = f" and {len(named) - _MAX_CALLBACKS} more" if len(named) > _MAX_CALLBACKS else ""
        yield (
            "callbacks on values that are not known yet were not called and may make more resources: "
            f"{', '.join(named[:_MAX_CALLBACKS])}{more}"
        )
