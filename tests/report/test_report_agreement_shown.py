"""Forms for people beside code tell the same findings, numbers and verdict, each as far as it has a place for them."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from resilience_checks.model.result import Outcome
from resilience_checks.report.findings import old_and_new
from resilience_checks.report.formats import FORMS, Style
from resilience_checks.report.summary import counts
from tests.report.agreement import KNOWN, REPORTS, expected, in_stack, rendered, shown
from tests.report.runner import commands
from tests.report.samples import PASSED, SHARED_MANAGER, report
from tests.report.test_report_agreement import READERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


BESIDE = {"override", "waiver", "contradiction", "circle", "not-checked"}


@pytest.mark.parametrize("name", REPORTS)
def test_gitlab_shows_what_is_not_waived_known_or_not(name: str, tmp_path: Path) -> None:
    """It compares branches itself, so known findings stay in it; it has no place for the verdict."""
    issues = json.loads(rendered(name, "gitlab", tmp_path))
    wanted = shown(REPORTS[name], known=True)
    found = Counter(one["fingerprint"].partition("-")[0] for one in issues if one["check_name"] not in BESIDE)
    assert found == wanted.blocking + wanted.others
    assert Counter(one["check_name"] for one in issues if one["check_name"] in BESIDE) == wanted.beside


@pytest.mark.parametrize("name", REPORTS)
def test_bitbucket_tells_verdict_numbers_and_what_is_new(name: str, tmp_path: Path) -> None:
    body, told = json.loads(rendered(name, "bitbucket", tmp_path)), REPORTS[name]
    wanted, of = shown(told), expected(told).findings or Counter()
    annotations = [one for request in body["annotations"] for one in request]
    blocking = Counter(one["external_id"].partition("-")[0] for one in annotations if one["result"] == "FAILED")
    assert blocking.total() == wanted.blocking.total() + len(told.failures)
    assert wanted.blocking <= blocking
    assert len(annotations) == sum(map(Counter.total, vars(wanted).values()))
    assert body["report"]["details"] == f"{told.verdict.words} ({counts(told)})"
    numbers = {one["title"]: one["value"] for one in body["report"]["data"]}
    assert numbers == {
        "Blocks the change": told.verdict.exit_code != 0,
        "Blocking findings": sum(number for (what, _), number in of.items() if what.endswith("blocks")),
        "Not known": sum(number for (what, _), number in of.items() if what.startswith("unknown")),
        "Waived": sum(number for (what, _), number in of.items() if what.endswith("waived")),
        "Not new": sum(number for (what, _), number in of.items() if what.endswith("known")),
        "Fixed": sum(number for (what, _), number in of.items() if what == "fixed"),
        "Services": 2,
        "Could not be checked": len(told.failures) + sum(n for (what, _), n in of.items() if what.startswith("error")),
        "Stacks left out": len(expected(told).not_looked_at or ()),
    }


def of_github(log: str) -> tuple[int, int]:
    kinds = Counter(one.name for one in commands(log))
    return kinds["error"], kinds["warning"]


def of_azure(log: str) -> tuple[int, int]:
    return log.count("##vso[task.logissue type=error;"), log.count("##vso[task.logissue type=warning;")


def of_teamcity(log: str) -> tuple[int, int]:
    severities = re.findall(r"^##teamcity\[inspection .* SEVERITY='(.*)'\]$", log, re.MULTILINE)
    return severities.count("ERROR"), len(severities) - severities.count("ERROR")


@pytest.mark.parametrize(("form", "reader"), [("github", of_github), ("azure", of_azure), ("teamcity", of_teamcity)])
@pytest.mark.parametrize("name", REPORTS)
def test_commands_of_runners_stand_for_the_same_findings_and_the_log_tells_the_rest(
    name: str, form: str, reader: Callable[[str], tuple[int, int]], tmp_path: Path
) -> None:
    """GitHub and Azure Pipelines take ten of a kind, and the tenth says how many more there are."""
    log, told = rendered(name, form, tmp_path), REPORTS[name]
    wanted, most = shown(told), 10 if form != "teamcity" else 1000
    errors = wanted.blocking.total() + len(told.failures)
    warnings = wanted.others.total() + wanted.beside.total() - len(told.failures)
    assert reader(log) == (min(errors, most), min(warnings, most))
    assert rendered(name, "terminal", tmp_path) in re.sub(
        r"^::(?:stop-commands::)?[0-9a-f]+(?:::)?\n", "", log, flags=re.MULTILINE
    )
    problem = re.search(r"##teamcity\[buildProblem description='resilience-checks: (.*?)' ", log)
    assert form != "teamcity" or (problem is not None) == bool(told.verdict.exit_code)


@pytest.mark.parametrize("name", REPORTS)
def test_the_terminal_counts_what_it_does_not_show_in_full(name: str, tmp_path: Path) -> None:
    """Of what is advisory it says that it blocks nothing; passes, and what is known, are counted."""
    text, told = rendered(name, "terminal", tmp_path), REPORTS[name]
    summary = dict(re.findall(r"^  (checked|results|verdict|compared) +(.*)$", text, re.MULTILINE))
    assert (summary["verdict"], summary["results"]) == (told.verdict.words, counts(told))
    found = expected(told).findings or Counter()
    ids = Counter(one for line in re.findall(r"^  id +(.*)$", text, re.MULTILINE) for one in line.split(", "))
    full = {key: number for key, number in found.items() if not key[0].endswith(("waived", "known"))}
    violations = {name for (what, name) in full if what.startswith(("violation", "error"))}
    must = {name for (what, name) in full if what == "unknown blocks"}
    assert set(ids) == violations | must
    by_what = [(what, sum(n for (is_, _), n in found.items() if is_.endswith(what))) for what in ("waived", "known")]
    for what, number in by_what:
        assert [int(one) for one in re.findall(rf"^{what} +.*?(\d+) finding", text, re.MULTILINE)] == [number][
            : bool(number)
        ]
    assert text.count("\nfixed ") == len(told.fixed)
    for stack in expected(told).not_looked_at or ():
        assert re.search(rf"^  left out .*\b{stack}\b", text, re.MULTILINE)


@pytest.mark.parametrize("form", ["markdown", "buildkite"])
@pytest.mark.parametrize("name", REPORTS)
def test_markdown_has_a_row_for_each(name: str, form: str, tmp_path: Path) -> None:
    text, told = unescape(re.sub("<!--.*?-->", "", rendered(name, form, tmp_path))), REPORTS[name]
    wanted, found = shown(told), expected(told).findings or Counter()
    assert text.startswith(f"### resilience-checks: {told.verdict.words}\n")
    sections = {part.partition("\n")[0]: part for part in re.split(r"\n\n(?=\*\*|\| outcome)", text)}
    rows = {
        head: re.findall(r"^\| (?!---|outcome|severity|state)(.*) \|$", part, re.MULTILINE)
        for head, part in sections.items()
    }
    main = rows["| outcome | severity | gate | policy | what | where |"]
    gates = Counter(row.split(" | ")[2] for row in main)
    remarks = wanted.beside["contradiction"] and 1, wanted.beside["circle"] and 1
    assert gates["blocks"] == wanted.blocking.total()
    assert gates["nothing is decided"] == len(told.failures)
    assert len(main) == wanted.blocking.total() + wanted.others.total() + len(told.failures) + sum(remarks)
    numbers = {
        "**Waived**": sum(number for (what, _), number in found.items() if what.endswith("waived")),
        "**Waivers that accept nothing**": wanted.beside["waiver"],
        f"**Not new: stands {KNOWN} already**": sum(n for (what, _), n in found.items() if what.endswith("known")),
        "**Fixed**": len(told.fixed),
    }
    assert {head: len(rows.get(head, ())) for head in numbers} == numbers
    assert (told.override is not None) == ("Emergency override by dana (INC-7):" in text.replace("**", ""))
    assert all(
        re.search(rf"^- left out: .*{stack}", text, re.MULTILINE) for stack in expected(told).not_looked_at or ()
    )


@pytest.mark.parametrize("name", REPORTS)
def test_junit_fails_for_what_blocks_alone(name: str, tmp_path: Path) -> None:
    """What is fixed, and waivers that accept nothing, are no test of this run."""
    root, told = ET.fromstring(rendered(name, "junit", tmp_path)), REPORTS[name]
    found = expected(told).findings or Counter()
    stacks, *policies = root.findall("testsuite")
    properties = {one.get("name"): one.get("value") for one in stacks.iter("property")}
    assert (properties["verdict"], properties["exit-code"]) == (told.verdict.words, str(int(told.verdict.exit_code)))
    assert ("override" in properties) == (told.override is not None)
    assert {one.get("name") for one in stacks if one.find("skipped") is not None} == expected(told).not_looked_at
    assert len(stacks.findall("testcase/error")) == len(told.failures)
    cases = [case for suite in policies for case in suite.findall("testcase")]
    assert len(cases) == len(told.results)
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)

    def ids(tag: str) -> Counter[str]:
        return Counter(
            text
            for case in cases
            for one in case.findall(tag)
            for text in re.findall(r"^id: (.*)$", one.text or "", re.MULTILINE)
        )

    def of(*kinds: str) -> Counter[str]:
        return Counter(
            {name: n for (what, name), n in found.items() if what.startswith(kinds[0]) and what.endswith(kinds[1])}
        )

    assert ids("failure") == of("violation", "blocks") + of("unknown", "blocks")
    assert ids("error") == of("error", "")
    told_beside = sum(
        number for (what, _), number in found.items() if what.endswith(("waived", "known", "advisory", "passes"))
    )
    assert ids("system-out").total() == told_beside


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_for_code_scanning_has_what_is_not_waived(name: str, tmp_path: Path) -> None:
    """Code scanning closes what is fixed by itself, and has no alert for a pass."""
    runs, told = json.loads(rendered(name, "sarif", tmp_path))["runs"], REPORTS[name]
    wanted = shown(replace(told, results=tuple(replace(one, known="") for one in told.results)), known=True)
    results = [one for run in runs for one in run["results"]]
    assert Counter(min(one["properties"]["fingerprints"]) for one in results).total() == (
        wanted.blocking.total() + wanted.others.total()
    )
    everything = {
        one.fingerprint for one in told.results if one.outcome in {"violation", "unknown", "error"} and not one.waiver
    }
    assert {each for one in results for each in one["properties"]["fingerprints"]} == everything
    blocks = {each for one in results if one["properties"]["blocks"] for each in one["properties"]["fingerprints"]}
    known = {one.fingerprint for one in told.results if one.known}  # with others of the same doubt, as on each branch
    assert blocks - known == {one.fingerprint for one in told.verdict.blocking}
    assert {run["invocations"][0]["exitCode"] for run in runs} == {int(told.verdict.exit_code)}


class _Page(HTMLParser):
    """Findings by the class of their section, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.findings: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "details" and "finding" in (of.get("class") or "").split():
            self.findings.append(((of["class"] or "").split()[1], (of["id"] or "").split("-")[1]))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", REPORTS)
def test_the_auditors_report_tells_all(name: str, tmp_path: Path) -> None:
    page, told = _Page(), REPORTS[name]
    page.feed(rendered(name, "html", tmp_path))
    wanted = Counter(
        ("accepted" if group[0].waiver else str(group[0].outcome), group[0].fingerprint) for group in old_and_new(told)
    )
    assert Counter(page.findings) == wanted
    text = " ".join(page.text.split())
    assert told.verdict.words.casefold() in text.casefold()
    for each in (
        counts(told),
        f"Exit code{int(told.verdict.exit_code)};",
        *(one.what for one in told.failures),
        *(one.message for one in told.fixed),
        *([told.override.reason, told.override.actor, told.override.ticket] if told.override else []),
    ):
        assert each in text
    for stack in expected(told).not_looked_at or ():
        assert f"Stack {stack}:" in text
    assert len(re.findall("; blocks(?! from)", text)) == shown(told, known=True).blocking.total()


def test_every_form_is_among_them() -> None:
    tested = {
        *READERS,
        "gitlab",
        "bitbucket",
        "github",
        "azure",
        "teamcity",
        "terminal",
        "markdown",
        "buildkite",
        "junit",
    }
    assert tested | {"sarif", "html"} == set(FORMS)


def test_the_auditors_report_has_the_titles_of_controls_of_ones_own(tmp_path: Path) -> None:
    own = replace(SHARED_MANAGER, evidence={"controls": ["OWN 1"]})
    assert "<td>Our own, one</td>" in FORMS["html"].renderer(Style(tmp_path)).render(report(own))


def test_a_service_of_two_estates_is_two_services_of_the_auditors_report(tmp_path: Path) -> None:
    both = [in_stack(PASSED, "web/dev"), in_stack(replace(PASSED, outcome=Outcome.VIOLATION), "web/prod")]
    text = FORMS["html"].renderer(Style(tmp_path)).render(report(*both))
    rows = re.findall(r'<tr class="(.*?)"><th scope="row"><a href="#s\d">(records.*?)</a>', text)
    assert rows == [("pass", "records (web/dev)"), ("violation", "records (web/prod)")]
