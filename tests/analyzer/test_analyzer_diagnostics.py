"""What of a report the engine is told to block, and what it only shows."""

from __future__ import annotations

from dataclasses import replace

from resilience_checks.analyzer.diagnostics import Diagnostic, not_applicable, of_report
from resilience_checks.analyzer.settings import PACK, Level, Settings
from resilience_checks.gate.verdict import verdict
from resilience_checks.model.errors import InputError
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.interface import Failure, Report
from tests.report.samples import ASIDE, MANY, PASSED, SHARED_MANAGER, unknown

MANAGER = replace(SHARED_MANAGER, evidence={"resources": ["urn:pulumi:prod::estate::a:b:C::manager"]})


def report(*results: Result, fail_on: Severity | None = Severity.MEDIUM, failures: tuple[Failure, ...] = ()) -> Report:
    codes = [failure.exit_code for failure in failures]
    return Report(
        tool="1",
        started="now",
        engine="none",
        fail_on=str(fail_on),
        results=results,
        verdict=verdict(results, fail_on, codes),
        policies={result.policy: result.title for result in results},
        failures=failures,
    )


def levels(said: tuple[Diagnostic, ...]) -> list[tuple[str, Level]]:
    return [(item.policy, item.level) for item in said]


def test_a_violation_is_told_with_its_place_its_chain_and_its_resource() -> None:
    assert of_report(report(MANAGER), Settings()) == (
        Diagnostic(
            policy="redundant-firewalls",
            title="A firewall, or what firewalls share, can lose a service alone",
            message=(
                "estate/sites.py:3: One bad change of management plane fmg.example loses 2 services: records, mail\n"
                "why: a bad change of management plane fmg.example takes down firewall fw.north and firewall fw.south"
                " (estate/sites.py:3)\n"
                "why: traffic of site north passes its perimeter\n"
                "why: powys and 3 more lose records (estate/resilience.yaml:3:3)\n"
                "fix: Give each site its own manager."
            ),
            level=Level.MANDATORY,
            urn="urn:pulumi:prod::estate::a:b:C::manager",
            severity=Severity.CRITICAL,
        ),
    )


def test_what_blocks_is_mandatory_and_the_rest_advisory() -> None:
    results = (MANAGER, MANY, unknown("mail", line=4, blocks=False), unknown("records", line=3, blocks=True), PASSED)
    assert levels(of_report(report(*results, fail_on=Severity.HIGH), Settings())) == [
        ("redundant-firewalls", Level.MANDATORY),
        ("cross-site-failover", Level.ADVISORY),
        ("cross-site-failover", Level.MANDATORY),
        ("cross-site-failover", Level.ADVISORY),
    ]


def test_a_policy_is_loosened_by_the_configuration_alone() -> None:
    settings = Settings(levels={"redundant-firewalls": Level.ADVISORY, "cross-site-failover": Level.DISABLED})
    assert levels(of_report(report(MANAGER, MANY), settings)) == [("redundant-firewalls", Level.ADVISORY)]


def test_a_failure_blocks_whatever_the_configuration_says() -> None:
    broken = replace(MANAGER, outcome=Outcome.ERROR)
    failure = Failure("it broke", "nothing was decided", "mend it", InputError.exit_code)
    settings = Settings(fail_on=None, levels=dict.fromkeys((PACK, broken.policy), Level.DISABLED))
    said = of_report(report(broken, failures=(failure,)), settings)
    assert levels(said) == [(PACK, Level.MANDATORY), (broken.policy, Level.MANDATORY)]
    assert said[0].message == "it broke\nwhy: nothing was decided\nhelp: mend it"


def test_a_report_without_results_is_not_silent() -> None:
    assert levels(of_report(report(), Settings(), ["no lines"])) == [(PACK, Level.ADVISORY), (PACK, Level.ADVISORY)]


def test_nothing_of_a_program_is_a_colour_of_the_pulumi_command() -> None:
    painted = replace(MANAGER, message="<{%fg 1%}>red\x1b[31m", chain=(), remediation="", services=())
    (said,) = of_report(report(painted), Settings())
    assert said.message == "estate/sites.py:3: <{ %fg 1%}>red\\x1b[31m"


def test_a_policy_about_nothing_in_the_stack_is_not_applicable() -> None:
    assert [policy for policy, _ in not_applicable(report(ASIDE, MANAGER))] == [ASIDE.policy]
