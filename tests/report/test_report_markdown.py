"""Markdown: below its limit, whole where it fits, and a picture that the real Mermaid draws with the names as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resilience_checks.gate.verdict import ExitCode
from resilience_checks.report.failure_picture import flowchart
from resilience_checks.report.interface import Override
from resilience_checks.report.markdown import COMMENT, Buildkite, Markdown
from tests.report.samples import EVERYTHING, GATED, MANY, SHARED_MANAGER, report, reports

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

HOSTILE = 'a"] --> x; end %% `**b**` <img src=x onerror=alert(1)> #quot; click d0 \u202e'


@settings(max_examples=25)
@given(reports(), st.integers(0, 4000))
def test_it_stays_below_its_budget(report_: object, budget: int) -> None:
    text = Markdown(budget=budget).render(report_)  # type: ignore[arg-type]
    assert len(text.encode()) <= budget
    assert text == "" or text.startswith("### resilience-checks: ")


@settings(max_examples=25)
@given(reports())
def test_no_text_is_markup_or_a_mention(report_: object) -> None:
    text = Markdown().render(report_)  # type: ignore[arg-type]
    body = re.sub(r"```mermaid\n.*?```\n", "", text, flags=re.DOTALL)
    assert not re.search(r"<(?!!-- -->)|@|\[|(?m:^#(?!## ))|`", body)


@pytest.mark.parametrize(("form", "limit"), [(Markdown, COMMENT), (Buildkite, 1 << 20)])
def test_what_does_not_fit_is_counted(form: type[Markdown], limit: int) -> None:
    found = [replace(MANY, cause=(f"c{number}",), message=f"{number:05} {'é' * 90}") for number in range(9000)]
    text = form().render(report(*found, SHARED_MANAGER))
    shown = text.count("\n| violation |")
    assert limit - 1000 < len(text.encode()) < limit
    assert f"\n{9001 - shown} more findings left out here: see the log and the JSON report" in text
    assert text.endswith("- verdict: blocked by 9001 violations, the worst critical\n")


def test_an_override_cannot_be_overlooked() -> None:
    passed = replace(EVERYTHING.verdict, exit_code=ExitCode.CLEAN, overridden=ExitCode.CRITICAL)
    text = Markdown().render(replace(EVERYTHING, verdict=passed, override=Override("sites are down", "dana", "INC-1")))
    assert text.splitlines()[2] == (
        "> **Emergency override by dana (INC-1):** sites are down. Without it the exit code would be 14."
    )


def test_nothing_is_drawn_of_what_is_waived_or_known() -> None:
    assert flowchart(GATED) == ""


def test_mermaid_draws_the_domains_and_services_by_their_names(chromium: Browser, node_packages: Path) -> None:
    named = replace(SHARED_MANAGER, cause=(f"site:{HOSTILE}/outage",), services=(HOSTILE, "records"))
    chart = flowchart(report(named, MANY))
    with chromium.new_context() as context:
        page = context.new_page()
        page.add_script_tag(path=node_packages / "mermaid" / "dist" / "mermaid.min.js")
        labels = page.evaluate(
            """async chart => {
                mermaid.initialize({startOnLoad: false});
                await mermaid.parse(chart);
                document.body.innerHTML = (await mermaid.render("drawn", chart)).svg;
                return [...document.querySelectorAll("#drawn .node")].map(node => node.textContent.trim());
            }""",
            chart,
        )
    assert labels[:3] == [("site " + HOSTILE.replace("\u202e", "\\u202e"))[:59] + "…", *labels[1:3]]
    assert {"site north", "records", "1 more"} <= set(labels)
