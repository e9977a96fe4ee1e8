"""Forms for other CI systems: what their own code reads out of them, and that nothing can forge a command."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from teamcity.messages import escape_value

from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome
from resilience_checks.report.alerts import Alert, alerts
from resilience_checks.report.azure import Azure, issue
from resilience_checks.report.bitbucket import Bitbucket
from resilience_checks.report.formats import FORMS, Style
from resilience_checks.report.gitlab import GitLab
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.teamcity import TeamCity, message
from resilience_checks.report.text import safe, unforged
from tests.report import gitlab_reader
from tests.report.samples import GATED, MANY, SHARED_MANAGER, hostile, locations, report, reports

if TYPE_CHECKING:
    from resilience_checks.report.interface import Report

SCHEMAS = Path(__file__).with_name("schemas")
NOWHERE = Style(Path("/nonexistent"))
COMMAND = re.compile(r"##(vso|teamcity)?\[", re.IGNORECASE)
alert = st.builds(Alert, hostile, hostile, hostile, location=st.none() | locations, blocks=st.booleans())
SCRIPT = """
const { TaskCommand, commandFromString } = require(process.argv[1] + "/azure-pipelines-task-lib/taskcommand");
const read = require("fs").readFileSync(0, "utf8").split("\\n").slice(0, -1).map(line => {
  const found = commandFromString(line);
  return [found, new TaskCommand(found.command, found.properties, found.message).toString()];
});
console.log(JSON.stringify(read));
"""


def test_azure_reads_back_what_was_written_and_would_write_the_same(node_packages: Path) -> None:
    lines: list[str] = []
    expected: list[dict[str, Any]] = []

    @settings(max_examples=200, database=None)
    @given(alert)
    def collected(one: Alert) -> None:
        place, text = one.location, f"{one.title}: {one.text}"
        properties = {"type": "error" if one.blocks else "warning"}
        if place is not None and inside(place):
            properties |= {"sourcepath": place.path, "linenumber": str(place.line)}
            properties |= {"columnnumber": str(place.column)} if place.column else {}
        elif place is not None:
            text = f"{place}: {text}"
        properties = {name: unforged(safe(value)) for name, value in (properties | {"code": one.rule}).items() if value}
        lines.append(issue(one))
        expected.append({"command": "task.logissue", "properties": properties, "message": unforged(safe(text))})

    collected()
    node = ["node", "-e", SCRIPT, str(node_packages)]
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(node, input=text, capture_output=True, encoding="utf-8", check=True)
    # Its reader trims a value, which its writer does not.
    for (read, again), line, whole in zip(json.loads(done.stdout), lines, expected, strict=True):
        trimmed = {name: value.strip() for name, value in whole["properties"].items()}
        assert {name: value.strip() for name, value in read["properties"].items()} == trimmed
        assert (read["command"], read["message"]) == (whole["command"], whole["message"])
        assert again == line or read["properties"] != whole["properties"]


@given(st.dictionaries(st.sampled_from(["message", "file", "name"]), hostile))
def test_teamcity_messages_are_escaped_as_by_its_own_client(attributes: dict[str, str]) -> None:
    listed = "".join(f" {name}='{escape_value(safe(value))}'" for name, value in attributes.items())
    assert message("inspection", **attributes) == f"##teamcity[inspection{listed}]"


@settings(max_examples=25)
@given(reports())
def test_no_text_becomes_a_command_of_azure_or_teamcity(report_: Report) -> None:
    found = [*alerts(report_)]
    lines = Azure(NOWHERE).render(report_).splitlines()
    commands = [line for line in lines if COMMAND.search(line)]
    assert len(commands) == sum(min(10, sum(one.blocks is kind for one in found)) for kind in (True, False))
    assert all(line.startswith("##vso[task.logissue ") and len(COMMAND.findall(line)) == 1 for line in commands)
    lines = TeamCity(NOWHERE).render(report_).splitlines()
    commands = [line for line in lines if COMMAND.search(line)]
    kinds, blocks = len({one.rule for one in found}), bool(report_.verdict.exit_code)
    assert len(commands) == kinds + len(found) + blocks
    assert all(line.startswith("##teamcity[") and len(COMMAND.findall(line)) == 1 for line in commands)


@settings(max_examples=25)
@given(reports())
def test_gitlab_takes_the_file_and_no_fingerprint_comes_twice(report_: Report) -> None:
    text = GitLab().render(report_)
    issues = json.loads(text)
    Draft202012Validator(json.loads((SCHEMAS / "gitlab-code-quality.json").read_text())).validate(issues)
    prints = [one["fingerprint"] for one in issues]
    assert len(set(prints)) == len(prints) == len([*alerts(report_, known=True)])
    read = gitlab_reader.read(text)
    assert [*read.values()] == issues
    assert sum(gitlab_reader.summary(read).values()) == len(issues)


def test_gitlab_keeps_what_is_known_and_leaves_out_what_is_waived() -> None:
    assert [(one["check_name"], one["severity"]) for one in json.loads(GitLab().render(GATED))] == [
        ("cross-site-failover", "major"),
        ("waiver", "info"),
    ]


@settings(max_examples=25)
@given(reports())
def test_bitbucket_takes_the_report_and_its_annotations(report_: Report) -> None:
    written = json.loads(Bitbucket().render(report_))
    Draft202012Validator(json.loads((SCHEMAS / "bitbucket-code-insights.json").read_text())).validate(written)
    assert written["report"]["result"] == ("FAILED" if report_.verdict.exit_code else "PASSED")
    names = [one["external_id"] for request in written["annotations"] for one in request]
    assert len(set(names)) == len(names) == len([*alerts(report_)])


def test_bitbucket_shows_the_worst_thousand_and_counts_the_others() -> None:
    mild = [replace(MANY, cause=(f"c{number}",), target=f"t{number}") for number in range(1200)]
    written = json.loads(Bitbucket().render(report(*mild, SHARED_MANAGER)))
    assert [len(request) for request in written["annotations"]] == [100] * 10
    assert written["annotations"][0][0]["severity"] == "CRITICAL"
    assert written["report"]["details"].endswith("; 201 more findings beyond what Bitbucket shows: see the log")


def test_a_place_outside_the_repository_is_told_in_the_message() -> None:
    away = report(replace(SHARED_MANAGER, location=Location("../other/x.yaml", 3), outcome=Outcome.VIOLATION))
    assert "sourcepath" not in Azure().render(away)
    assert "]../other/x.yaml:3: A firewall" in Azure().render(away)
    assert "message='../other/x.yaml:3: One bad change" in TeamCity().render(away)
    assert json.loads(GitLab().render(away))[0]["location"] == {"path": "estate/Pulumi.yaml", "lines": {"begin": 1}}
    assert "path" not in json.loads(Bitbucket().render(away))["annotations"][0][0]


@pytest.mark.parametrize("name", [name for name, form in FORMS.items() if form.commands])
def test_only_forms_of_ci_systems_have_commands(name: str) -> None:
    assert name in {"github", "azure", "teamcity"}
