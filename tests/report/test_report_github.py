"""GitHub annotations: exact lines, what the runner reads out of them, and that nothing can forge one."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome
from resilience_checks.report.formats import Style
from resilience_checks.report.github import MAX_ANNOTATIONS, MAX_MESSAGE, Github, command, fenced
from resilience_checks.report.interface import WaiverUse
from resilience_checks.report.sarif.places import inside
from resilience_checks.report.text import safe
from tests.report.runner import Command, commands
from tests.report.samples import GATED, LAPSED, MANY, SHARED_MANAGER, hostile, locations, report, reports, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.report.interface import Report

VECTORS = [
    ("error", "plain", Location("a/b.py", 3), "title", "::error title=title,file=a/b.py,line=3,endLine=3::plain"),
    ("warning", "100%", None, "50%", "::warning title=50%25::100%25"),
    ("error", "a\nb: c, d", None, "x: y, z", "::error title=x%3A y%2C z::a%0Ab: c, d"),
    ("error", "%0A stays", None, "%3A", "::error title=%253A::%250A stays"),
    (
        "notice",
        "::error::x",
        Location("a,b:c.py", 1, 7),
        "t",
        "::notice title=t,file=a%2Cb%3Ac.py,line=1,endLine=1,col=7::::error::x",
    ),
    ("error", "m", Location("/etc/x.yaml", 2, 1), "t", "::error title=t::/etc/x.yaml:2:1: m"),
    ("error", "m", Location("../x.yaml", 2), "t", "::error title=t::../x.yaml:2: m"),
]


@pytest.mark.parametrize(("kind", "message", "location", "title", "expected"), VECTORS)
def test_a_command_is_escaped_as_documented(
    kind: str, message: str, location: Location | None, title: str, expected: str
) -> None:
    assert command(kind, message, location, title) == expected


SCRIPT = """
import { pathToFileURL } from "node:url";
const core = await import(pathToFileURL(process.argv[1] + "/@actions/core/lib/core.js"));
let text = "";
for await (const chunk of process.stdin) text += chunk;
for (const [kind, message, properties] of JSON.parse(text)) core[kind](message, properties);
"""


def written_by_the_toolkit(node_packages: Path, calls: Sequence[object]) -> list[str]:
    """Return the lines that npm's @actions/core writes for these calls."""
    node = ["node", "--input-type=module", "-e", SCRIPT, str(node_packages)]
    done = subprocess.run(node, input=json.dumps(calls), capture_output=True, encoding="utf-8", check=True)
    return done.stdout.split("\n")[:-1]


def test_every_command_is_what_the_toolkit_writes(node_packages: Path) -> None:
    calls: list[object] = []
    ours: list[str] = []

    @settings(max_examples=200, database=None)
    @given(st.sampled_from(["error", "warning", "notice"]), hostile, st.none() | locations, hostile)
    def collected(kind: str, message: str, place: Location | None, title: str) -> None:
        line = command(kind, message, place, title)
        place = place if inside(place) else None
        if place is None:
            message = commands(line)[0].data
        where = {"file": safe(place.path), "startLine": place.line, "endLine": place.line} if place else {}
        column = {"startColumn": place.column} if place and place.column else {}
        calls.append([kind, safe(message), {"title": safe(title), **where, **column}])
        ours.append(line)

    collected()
    for kind, message, place, title, line in VECTORS[:-2]:
        where = {"file": place.path, "startLine": place.line, "endLine": place.line} if place else {}
        column = {"startColumn": place.column} if place and place.column else {}
        calls.append([kind, message, {"title": title, **where, **column}])
        ours.append(line)
    assert written_by_the_toolkit(node_packages, calls) == ours


@given(st.sampled_from(["error", "warning"]), hostile, locations, hostile)
def test_the_runner_reads_back_what_was_written(kind: str, message: str, place: Location, title: str) -> None:
    line = command(kind, message, place, title)
    assert len(line.splitlines()) == 1
    [read] = commands(line)
    outside = not inside(place)
    expected = {"title": safe(title)}
    if outside:
        message = f"{place}: {message}"
    else:
        expected |= {"file": safe(place.path), "line": str(place.line), "endLine": str(place.line)}
        if place.column is not None:
            expected["col"] = str(place.column)
    expected = {key: value for key, value in expected.items() if value}
    assert (read.name, read.data, read.properties) == (kind, safe(message), expected)


@given(st.text(st.sampled_from("a%\né\U0001f525"), min_size=1000, max_size=1200), st.integers(1, 5))
def test_a_message_stays_below_the_limit_and_says_that_it_was_cut(text: str, times: int) -> None:
    line = command("error", text * times, None, "t")
    sent = line.removeprefix("::error title=t::")
    assert len(sent.encode("utf-16-le")) // 2 <= MAX_MESSAGE
    data = commands(line)[0].data
    assert data == text * times or (
        data.endswith("\n[cut: the whole text is in the log of this step]") and (text * times).startswith(data[:500])
    )


@settings(max_examples=40)
@given(reports(), st.booleans())
def test_whatever_a_program_says_no_command_is_forged(report_: Report, with_log: bool) -> None:
    style = Style(Path("/nonexistent")) if with_log else None
    read = commands(Github(style, token="0123456789abcdef").render(report_))
    spoken = {Outcome.VIOLATION, Outcome.UNKNOWN, Outcome.ERROR}
    groups = sum(result.outcome in spoken for result in report_.results)
    most = groups + len(report_.failures) + sum(max(1, len(item.locations)) for _, item in report_.remarks)
    most += len(report_.waivers) + (report_.override is not None)
    names = [item.name for item in read]
    assert names == sorted(names, key=["error", "warning", "stop-commands"].index)
    assert set(names) <= {"error", "warning", "stop-commands"}
    assert names.count("stop-commands") == with_log
    assert len(names) - with_log <= most
    assert all(names.count(kind) <= MAX_ANNOTATIONS for kind in ("error", "warning"))


@pytest.mark.parametrize(("number", "shown", "left"), [(10, 10, None), (11, 9, 2), (40, 9, 31)])
def test_the_last_of_ten_places_says_how_many_are_left(number: int, shown: int, left: int | None) -> None:
    found = [replace(SHARED_MANAGER, target=f"t{item:02}", cause=(f"c{item:02}",)) for item in range(number)]
    read = commands(Github().render(report(*found)))
    assert sum("fmg.example" in item.data for item in read) == shown
    elsewhere = "they are in the log of this step, in the job summary and in the JSON report"
    more = [Command("error", f"{left} more findings of this kind: {elsewhere}", {"title": "more findings"})]
    assert read[shown:] == (more if left else [])


def test_blocking_findings_are_errors_and_come_worst_first() -> None:
    mild = replace(MANY, severity=MANY.severity.LOW, message="One outage of site south loses 9 services")
    read = commands(
        Github().render(
            report(mild, unknown("records", line=3, blocks=False), MANY, unknown("mail", line=4, blocks=True), SHARED_MANAGER)
        )
    )  # fmt: skip
    assert [(item.name, item.properties["title"]) for item in read] == [
        ("error", "A firewall, or what firewalls share, can lose a service alone [redundant-firewalls]"),
        ("error", "The loss of one site loses a service [cross-site-failover]"),
        ("error", "not known: The loss of one site loses a service [cross-site-failover]"),
        ("warning", "The loss of one site loses a service [cross-site-failover]"),
        ("warning", "not known: The loss of one site loses a service [cross-site-failover]"),
    ]


def test_each_fence_has_a_token_of_its_own() -> None:
    first, second = fenced("x"), fenced("x")
    assert first[0] != second[0]
    assert len(first[0].removeprefix("::stop-commands::")) == 32
    assert first[-1] == f"::{first[0].removeprefix('::stop-commands::')}::"


def test_what_is_waived_or_stands_already_is_not_annotated_and_a_lapsed_waiver_is() -> None:
    read = commands(Github().render(GATED))
    assert [(item.name, item.properties["title"]) for item in read] == [("warning", "waiver expired")]


def test_a_finding_whose_waiver_lapsed_says_so() -> None:
    use = WaiverUse(LAPSED, "expired", (SHARED_MANAGER.fingerprint,), "4 days ago")
    [finding, waiver] = commands(Github().render(report(SHARED_MANAGER, waivers=(use,))))
    assert (finding.name, waiver.name) == ("error", "warning")
    assert finding.data.endswith("\n\nThe waiver at resilience-waivers.yaml:12:5 has expired: 4 days ago")
