"""Reports with everything in them at once, and what each form of them has to tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.gate.verdict import overrule
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.findings import findings, old_and_new
from resilience_checks.report.formats import FORMS, Style
from resilience_checks.report.interface import Fixed, Override, WaiverUse
from resilience_checks.report.json_reader import read
from tests.report.samples import (
    ACCEPTED,
    ASIDE,
    EARLY,
    EVERYTHING,
    LAPSED,
    MANY,
    PASSED,
    SHARED_MANAGER,
    report,
    unknown,
    write_source,
)

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Report

KNOWN = "at main (0a1b2c3d4e)"


def other(of: Result, target: str, **more: Any) -> Result:
    return replace(of, target=target, message=f"One outage loses {target}", **more)


def in_stack(of: Result, stack: str, **more: Any) -> Result:
    return replace(of, evidence={**of.evidence, "stacks": [stack]}, **more)


FIXED = Fixed("00112233445566ff", "redundant-power", Severity.HIGH, "mail", "Power comes from one feed", "One feed")
LOW = other(MANY, "site:low", severity=Severity.LOW)
DECIDED = report(
    PASSED,
    ASIDE,
    # One finding in two stacks: advisory in the first that is read, and blocking in the second.
    in_stack(SHARED_MANAGER, "estate/dev", advisory=("the stack is advisory",)),
    in_stack(SHARED_MANAGER, "estate/prod"),
    other(MANY, "site:waived", waiver=ACCEPTED),
    other(MANY, "site:known", known=KNOWN),
    replace(unknown("waived", line=5, blocks=True), waiver=ACCEPTED),
    replace(unknown("known", line=6, blocks=True), known=KNOWN),
    unknown("records", line=3, blocks=True),
    unknown("mail", line=4, blocks=True),
    unknown("intranet", line=7, blocks=False),
    LOW,
    EARLY,
    fixed=(FIXED,),
    compared_with="main (0a1b2c3d4e)",
    waivers=(
        WaiverUse(ACCEPTED, "applied", (other(MANY, "site:waived").fingerprint,)),
        WaiverUse(LAPSED, "expired", (LOW.fingerprint,), "expired on 2026-01-20, 4 days ago"),
        *(WaiverUse(replace(LAPSED, target=state), state) for state in ("unused", "refused", "untrusted")),
    ),
    left_out=("estate/test",),
    unaffected=("web/prod", "web/dev"),
    settings_from="origin/main (0a1b2c3d4e)",
)
OVERRIDE = Override("clinics are down", "dana", "INC-7")
REPORTS = {
    "decided": DECIDED,
    "overridden": replace(
        DECIDED, verdict=overrule(DECIDED.verdict, OVERRIDE.reason, OVERRIDE.actor, OVERRIDE.ticket), override=OVERRIDE
    ),
    "undecided": EVERYTHING,
}


@dataclass(frozen=True)
class Told:
    """What a form says; None: it has no place for that, which is told beside its reader."""

    exit_code: int | None = None
    verdict: str | None = None
    findings: Counter[tuple[str, str]] | None = None
    """What becomes of each finding, and its fingerprint."""
    not_looked_at: set[str] | None = None
    override: bool | None = None
    failures: int | None = None


def becomes(result: Result, *, blocks: bool) -> str:
    """Return what becomes of a result, the word by which this test compares forms."""
    if result.outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
        return str(result.outcome)
    aside = "waived" if result.waiver else "known" if result.known else "advisory" if result.advisory else ""
    return f"{result.outcome} {'blocks' if blocks else aside or 'passes'}"


def expected(told: Report) -> Told:
    blocking = {id(result) for result in told.verdict.blocking}
    found = [(becomes(one, blocks=id(one) in blocking), one.fingerprint) for one in told.results]
    return Told(
        int(told.verdict.exit_code),
        told.verdict.words,
        Counter([*found, *(("fixed", one.fingerprint) for one in told.fixed)]),
        {*told.left_out, *told.unaffected},
        told.override is not None,
        len(told.failures),
    )


def of_json(text: str) -> Told:
    return expected(read(text))


@dataclass(frozen=True)
class Shown:
    """What forms show that are for people beside code: a group of findings once, what is waived apart."""

    blocking: Counter[str]
    """The first fingerprint of each group that blocks; of forms that have no fingerprints how many there are, as ""."""
    others: Counter[str]
    beside: Counter[str]
    """What is no result: override, waivers that accept nothing, remarks, what could not be checked."""


def shown(told: Report, *, known: bool = False, ids: bool = True) -> Shown:
    blocking = {id(result) for result in told.verdict.blocking}
    groups = [group for group in (old_and_new(told) if known else findings(told)) if group[0].waiver is None]
    stops = [any(id(one) in blocking for one in group) for group in groups]
    names = [group[0].fingerprint if ids else "" for group in groups]
    return Shown(
        Counter(name for name, stop in zip(names, stops, strict=True) if stop),
        Counter(name for name, stop in zip(names, stops, strict=True) if not stop),
        Counter(
            {
                "override": int(told.override is not None),
                "waiver": sum(use.state != "applied" for use in told.waivers),
                "contradiction": sum(max(1, len(one.locations)) for one in told.contradictions),
                "circle": sum(max(1, len(one.locations)) for one in told.circles),
                "not-checked": len(told.failures),
            }
        ),
    )


def rendered(name: str, form: str, root: Path) -> str:
    write_source(root)
    return FORMS[form].renderer(Style(root, width=400)).render(REPORTS[name])
