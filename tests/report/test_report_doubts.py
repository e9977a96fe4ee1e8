"""At a terminal one missing fact is told once, with every policy that it leaves open."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.report.formats import Style
from resilience_checks.report.github import Github
from resilience_checks.report.json_report import JsonReport
from resilience_checks.report.terminal import Terminal
from tests.report.samples import REPORTS

FACT = "whether firewalls stand at the border of third is not stated; to make it known: declare `perimeter` of third"


def doubt(policy: str, service: str, *, blocks: bool = False, facts: tuple[str, ...] = (FACT,)) -> Result:
    return Result(
        policy=policy,
        outcome=Outcome.UNKNOWN,
        severity=Severity.HIGH,
        target=service,
        title=f"Title of {policy}",
        message=f"whether {service} passes {policy} is not known",
        location=Location("resilience.yaml", 3),
        services=(service,),
        depends_on=facts,
        blocks_when_unknown=blocks,
    )


def blocks(*results: Result) -> list[str]:
    """Return what the terminal says of the results, without the summary."""
    report = replace(REPORTS["clean"], results=results)
    return Terminal(Style(Path("/nowhere"), width=200)).render(report).split("\n\n")[:-1]


def test_policies_that_hang_on_the_same_fact_are_told_together() -> None:
    results = (
        *(doubt("a", name, blocks=True) for name in ("mail", "record")),
        *(doubt("b", name, blocks=True) for name in ("mail", "record")),
        *(doubt("c", name) for name in ("mail", "record")),
    )
    assert blocks(*results) == [
        (
            "unknown 3 policies cannot be decided for want of one fact\n"
            "  --> resilience.yaml:3\n"
            "  found     not known for mail, record\n"
            f"  hangs on  {FACT}\n"
            "  policies  a, b: blocks until it is known\n"
            "            c: does not block\n"
            f"  id        {', '.join(one.fingerprint for one in results[:4])}"
        )
    ]


def test_each_policy_names_its_own_services_where_they_differ() -> None:
    [text] = blocks(doubt("a", "mail"), doubt("a", "record"), doubt("b", "mail"))
    assert text.splitlines()[-2:] == [
        "  policies  a for mail, record: does not block",
        "            b for mail: does not block",
    ]


def test_another_fact_is_another_block_and_one_policy_alone_keeps_its_title() -> None:
    found = blocks(doubt("a", "mail"), doubt("b", "mail", facts=("other",)), doubt("c", "mail", facts=("other",)))
    assert [text.splitlines()[0] for text in found] == [
        "unknown [a] Title of a",
        "unknown 2 policies cannot be decided for want of one fact",
    ]
    assert "whether mail passes b is not known\n            whether mail passes c is not known" in found[1]


def test_json_and_annotations_still_tell_each() -> None:
    report = replace(REPORTS["clean"], results=(doubt("a", "mail"), doubt("b", "mail")))
    assert [one["policy"] for one in json.loads(JsonReport().render(report))["results"]] == ["a", "b"]
    assert [line.count("Title of") for line in Github().render(report).splitlines()] == [1, 1]
