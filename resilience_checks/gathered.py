"""What a check has gathered so far, and the report that is made of it."""

from __future__ import annotations

import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from resilience_checks import __version__
from resilience_checks.gate.baseline import compare
from resilience_checks.gate.verdict import ExitCode, overrule, unaffected, verdict
from resilience_checks.model.thresholds import DEFAULT, strictest
from resilience_checks.report.interface import (
    Failure,
    Fixed,
    Override,
    PolicySummary,
    Remark,
    Report,
    ServiceSummary,
    StackSummary,
    WaiverUse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.decided import Decided, Summary
    from resilience_checks.gate.baseline import Earlier
    from resilience_checks.model.errors import CheckError
    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.result import Result
    from resilience_checks.options import Options
    from resilience_checks.policy.pack import Pack
    from resilience_checks.sources.stacks.together import Evaluated
    from resilience_checks.topology.declaration_trust import Fact


@dataclass
class Gathered:
    """What a check has gathered so far."""

    threshold: str = DEFAULT
    """The mildest severity that blocks where nothing else is said."""
    results: list[Result] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    stacks: list[StackSummary] = field(default_factory=list)
    services: list[ServiceSummary] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    contradictions: list[Remark] = field(default_factory=list)
    circles: list[Remark] = field(default_factory=list)
    assumptions: list[Remark] = field(default_factory=list)
    declared_here: dict[tuple[str, str, str], Remark] = field(default_factory=dict)
    settings_from: str = ""
    waivers: tuple[WaiverUse, ...] = ()
    override: Override | None = None
    timings: dict[str, float] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    policy_details: dict[str, PolicySummary] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    not_enforced: dict[str, str] = field(default_factory=dict)
    fixed: dict[tuple[str, str], Fixed] = field(default_factory=dict)
    unaffected: tuple[str, ...] = ()
    compared_with: list[str] = field(default_factory=list)
    audit: list[Mapping[str, Any]] = field(default_factory=list)
    said: dict[object, int] = field(default_factory=dict)
    """By what tells results apart, the place of each among the results."""

    def read(self, results: Sequence[Evaluated]) -> None:
        """Take note of every stack, read or not."""
        for result in results:
            if result.error is not None:
                self.fail(result.error, subject=result.source.name)
            if result.graph is not None:
                self.stacks.append(_stack(result.graph))
                self.inputs |= {**result.graph.read, result.graph.name: result.graph.digest}

    def add(self, result: Result, stacks: frozenset[str]) -> None:
        """Add a result about these stacks; of a stack that two estates share it is told once.

        So is what names no service, such as a setting that holds for several estates: it is then about all their stacks.
        """
        same = (result.fingerprint, result.outcome, result.message, result.location)
        said = (*same, stacks if result.services else None)
        if said not in self.said:
            self.said[said] = len(self.results)
            self.results.append(result)
        elif not result.services:
            self.results[self.said[said]] = _joined(self.results[self.said[said]], result, self.threshold)

    def fail(self, *errors: CheckError, subject: str = "") -> None:
        """Take note of what could not be evaluated or decided."""
        for error in errors:
            trace = "".join(traceback.format_exception(error))
            self.failures.append(
                Failure(error.what, error.why, error.remedy, error.exit_code, error.location, subject, trace)
            )

    def summarise(self, summary: Summary) -> None:
        """Take note of an estate's services, of what the catalogue knows of it, and of what is assumed in it."""
        for mine, theirs in ((self.known, summary.known), (self.unknown, summary.unknown)):
            for token, count in theirs.items():
                mine[token] = mine.get(token, 0) + count
        self.services += summary.services
        self.contradictions += summary.contradictions
        self.assumptions += summary.assumptions

    def take(self, decided: Decided) -> None:
        """Take note of what was decided about an estate, now or before."""
        for result, stacks in decided.results:
            self.add(result, stacks)
        self.policies |= decided.policies
        self.not_enforced |= decided.not_enforced
        self.disabled.update(decided.disabled)

    def declare(self, facts: Sequence[Fact]) -> None:
        """Take note of facts that are declared otherwise than where settings are trusted."""
        for fact in facts:
            places = (fact.location,) if fact.location is not None else ()
            self.declared_here[fact.section, fact.id, fact.how] = Remark(f"{fact.section}: {fact}", places)

    def describe(self, pack: Pack, titles: Mapping[str, str]) -> None:
        """Take note of what the policies that were evaluated say of themselves; `titles` are those of controls."""
        for policy in pack.policies:
            if policy.id in self.policies:
                self.policy_details[policy.id] = PolicySummary(
                    policy.description,
                    policy.severity,
                    policy.remediation,
                    {control: titles.get(control, "") for control in policy.controls},
                    policy.waivable,
                    pack.page(policy),
                )

    def hold_against(self, earlier: Earlier) -> None:
        """Tell apart what stood before from what is new or worse, and take note of what is gone."""
        found = compare(self.results, earlier)
        self.results = list(found.results)
        self.compared_with.append(earlier.name)
        for one in found.gone:
            title = self.policies.get(one.policy, one.policy)
            told = Fixed(one.fingerprint, one.policy, one.severity, one.target, title, one.message)
            self.fixed.setdefault((one.fingerprint, one.message), told)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time that a block takes to a station's total."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - begun

    def report(self, options: Options, started: str, engine: str, left_out: Sequence[str]) -> Report:
        """Return the report; `started` is when the check began, `engine` what evaluated the policies."""
        codes = [failure.exit_code for failure in self.failures]
        found, override = verdict(self.results, options.fail_on, codes), self.override
        if found.exit_code is ExitCode.NOTHING and self.unaffected and not self.stacks:
            found = unaffected(" and ".join(self.compared_with))
        if override is not None:
            found = overrule(found, override.reason, override.actor, override.ticket)
        return Report(
            tool=__version__,
            started=started,
            engine=engine,
            fail_on=options.threshold,
            results=tuple(self.results),
            verdict=found,
            stacks=tuple(self.stacks),
            left_out=tuple(left_out),
            unaffected=self.unaffected,
            services=tuple(self.services),
            policies=self.policies,
            policy_details=self.policy_details,
            disabled=tuple(sorted(self.disabled)),
            not_enforced=self.not_enforced,
            known_types=self.known,
            unknown_types=self.unknown,
            inputs=self.inputs,
            contradictions=tuple(self.contradictions),
            circles=tuple(self.circles),
            assumptions=tuple(self.assumptions),
            failures=tuple(self.failures),
            timings=self.timings if options.timings else {},
            audit=tuple(self.audit),
            waivers=self.waivers,
            override=self.override,
            fixed=tuple(self.fixed.values()),
            compared_with=" and ".join(self.compared_with),
            settings_from=self.settings_from,
            declared_here=tuple(self.declared_here.values()),
        )


def _joined(one: Result, other: Result, threshold: str) -> Result:
    """Return two equal results of different estates as one, which blocks where either does; `threshold` is the check's."""
    told = [found.evidence.get("stacks") for found in (one, other)]
    stacks = dict.fromkeys(name for names in told if isinstance(names, list) for name in names)
    return replace(
        one,
        evidence={**one.evidence, "stacks": list(stacks)},
        depends_on=tuple(dict.fromkeys((*one.depends_on, *other.depends_on))),
        advisory=one.advisory if one.advisory and other.advisory else (),
        fail_on=strictest((one.fail_on or threshold, other.fail_on or threshold))
        if one.fail_on or other.fail_on
        else "",
        blocks_when_unknown=one.blocks_when_unknown or other.blocks_when_unknown,
        severity=max(one.severity, other.severity, key=lambda severity: severity.rank),
    )


def _stack(graph: ResourceGraph) -> StackSummary:
    return StackSummary(
        graph.name,
        graph.source,
        graph.digest,
        len(graph.resources),
        graph.capabilities,
        graph.notes,
        graph.skipped,
        graph.project_file,
    )
