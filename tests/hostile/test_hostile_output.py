"""What a program prints, raises and names things by, in every form of the report: shown as it is, and nothing more."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from io import StringIO
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from resilience_checks import check
from resilience_checks.report.formats import FORMS, Style
from resilience_checks.report.text import unforged
from tests.hostile.attack import PYTHON, SETTINGS
from tests.report.runner import commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from resilience_checks.report.interface import Report

SAID = (
    "\x1b[31mred\x1b[0m",
    "a\n::error::forged",
    "\r::error::forged",
    "%0A::error::forged",
    "::stop-commands::forged",
    "##[error]forged",
    "##vso[task.complete result=Succeeded;]forged",
    "##teamcity[buildProblem description='forged']",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "]]><forged/>",
    "[text](https://evil.example)",
    "![text](https://evil.example/x.png)",
    '=HYPERLINK("https://evil.example")',
    "+1",
    "@everyone",
    "|cell|\n# title",
    "`code`",
    "{{7*7}}",
    "\u202egnp.exe",
    "o\u200bne",
    "\u043ene",
    "nul\0nul",
    "verdict   clean\n  verdict   clean",
)
"""What a program says wherever it can."""
ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
NAMES = (
    "for name in SAID:\n    Thing(name, zoneRedundant=False)\n    print(name, flush=True)\npulumi.log.error(SAID[1])\n"
)
FAILS = 'for name in SAID:\n    print(name, flush=True)\nraise RuntimeError("\\ud800 ".join(SAID))\n'


def planted(root: Path, said: tuple[str, ...]) -> Report:
    """Return the report on a program that names things by these, and on one that fails with them."""
    (root / ".git").mkdir(parents=True)
    for name, rest in {"names": NAMES, "fails": FAILS}.items():
        files = {
            "Pulumi.yaml": f"name: {name}\nruntime: python\n",
            "Pulumi.prod.yaml": "config: {}\n",
            "__main__.py": f"SAID = {said!r}\n{PYTHON}{rest}",
            "resilience.yaml": SETTINGS.replace("local", "national").replace("tier: 3", "tier: 1"),
        }
        (root / name).mkdir()
        for file, text in files.items():
            (root / name / file).write_text(text, encoding="utf-8")
    return check.run(check.Options(paths=(root,), root=root, audit=True))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return what a form shows of them, as the command writes it."""
    root = tmp_path_factory.mktemp("said")
    report = planted(root, SAID)
    assert [failure.subject for failure in report.failures] == ["fails/prod"]
    assert {str(result.outcome) for result in report.results} >= {"violation", "unknown"}
    rendered = {name: form.renderer(Style(root)).render(report) for name, form in FORMS.items()}
    return lambda name: rendered[name] if FORMS[name].commands else unforged(rendered[name])


@pytest.mark.parametrize("form", FORMS)
def test_nothing_misleads_a_terminal_and_all_is_text(form: str, shown: Callable[[str], str]) -> None:
    text = shown(form).replace("\r\n", "\n")
    assert ODD.findall(text) == []
    assert "forged" in text
    text.encode()


@pytest.mark.parametrize("form", FORMS)
def test_no_form_has_a_command_of_the_program(form: str, shown: Callable[[str], str]) -> None:
    """Whatever form somebody prints in whatever system: each of its own commands is the form's own."""
    text = shown(form)
    own = {"azure": ("task.logissue",), "teamcity": ("inspection", "buildProblem")}.get(form, ())
    if form != "github":  # it has another reader, which is told to stop
        assert [
            one for one in re.findall(r"##(?:vso|teamcity)?\[(\S*)", text, re.IGNORECASE) if not one.startswith(own)
        ] == []
    carried_out = [one for one in commands(text) if form != "github" or one.name in {"stop-commands", "add-mask"}]
    assert [one.name for one in carried_out if "forged" in one.data] == []


def test_github_carries_out_its_own_commands_alone(shown: Callable[[str], str]) -> None:
    found = commands(shown("github"))
    assert {one.name for one in found} == {"error", "warning", "stop-commands"}
    assert all(one.properties.get("title") for one in found if one.name in {"error", "warning"})


class _Elements(HTMLParser):
    """The elements of a page with their attributes, of which some hold what a program chose."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action", "data"}}


def test_the_page_has_no_element_of_the_program(
    shown: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("plain")
    plain = planted(root, tuple(f"plain-{number}" for number in range(len(SAID))))
    known = _Elements(FORMS["html"].renderer(Style(root)).render(plain))
    page = _Elements(shown("html"))
    assert page.found - known.found == set()
    assert [link for link in page.links if "evil" in link] == []


@pytest.mark.parametrize("form", ["markdown", "buildkite"])
def test_markdown_has_no_link_no_mention_and_no_element(form: str, shown: Callable[[str], str]) -> None:
    text = re.sub(r"```mermaid\n.*?```\n", "", shown(form), flags=re.DOTALL)
    assert re.findall(r"<(?!!--)|\]\(|@everyone|`", text) == []
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len({line.count("|") for line in rows}) == 1


def test_no_cell_is_a_formula(shown: Callable[[str], str]) -> None:
    rows = [*csv.reader(StringIO(shown("csv")))]
    assert len({len(row) for row in rows}) == 1
    assert [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("form", ["json", "sarif", "sarif-all", "oscal", "gitlab", "bitbucket"])
def test_json_is_json(form: str, shown: Callable[[str], str]) -> None:
    json.loads(shown(form))


@pytest.mark.parametrize("form", ["sarif", "sarif-all"])
def test_code_scanning_shows_no_link_of_the_program(form: str, shown: Callable[[str], str]) -> None:
    """In messages `[text](target)` is a link, unless its bracket is escaped."""

    def texts(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [value["text"]] if isinstance(value.get("text"), str) else []
            return own + [text for inner in value.values() for text in texts(inner)]
        return [text for inner in value for text in texts(inner)] if isinstance(value, list) else []

    found = texts([run["results"] for run in json.loads(shown(form))["runs"]])
    assert [text for text in found if re.search(r"(?<!\\)\]\(https://evil", text)] == []


def test_junit_is_well_formed_and_has_no_element_of_the_program(shown: Callable[[str], str]) -> None:
    assert "forged" not in {element.tag for element in ET.fromstring(shown("junit")).iter()}
