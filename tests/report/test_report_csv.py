"""CSV: read back by Python's csv and by Papa Parse, and what no spreadsheet program may run."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from resilience_checks.report.cells import cell
from resilience_checks.report.csv_table import COLUMNS, Csv
from tests.report.runner import commands
from tests.report.samples import EVERYTHING, GATED, REPORTS, SHARED_MANAGER, report, reports

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.report.interface import Report


def rows(found: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(Csv().render(found), newline=""), strict=True))


def filled(row: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in row.items() if text}


def test_a_finding_is_a_row_with_all_that_is_known_of_it() -> None:
    assert [filled(row) for row in rows(report(SHARED_MANAGER))] == [
        {
            "outcome": "violation",
            "severity": "critical",
            "blocks": "yes",
            "policy": "redundant-firewalls",
            "title": "A firewall, or what firewalls share, can lose a service alone",
            "target": "management-plane:fmg.example",
            "stacks": "estate/prod",
            "services": "mail; records",
            "message": "One bad change of management plane fmg.example loses 2 services: records, mail",
            "path": "estate/sites.py",
            "line": "3",
            "cause": "management-plane:fmg.example/bad-change",
            "chain": "a bad change of management plane fmg.example takes down firewall fw.north and firewall fw.south "
            "(estate/sites.py:3); traffic of site north passes its perimeter; powys and 3 more lose records "
            "(estate/resilience.yaml:3:3)",
            "remediation": "Give each site its own manager.",
            "controls": "CAF-B5.b.4",
            "fingerprint": SHARED_MANAGER.fingerprint,
        }
    ]


def test_waivers_what_is_not_new_and_what_is_fixed_are_told() -> None:
    told = ("outcome", "blocks", "policy", "known", "waiver_owner", "waiver_expires")
    assert [tuple(row[name] for name in told) for row in rows(GATED)] == [
        ("pass", "no", "no-single-region-national-service", "", "", ""),
        ("violation", "no", "redundant-firewalls", "", "network team", "2026-03-31"),
        ("violation", "no", "cross-site-failover", "at main (0a1b2c3d4e)", "", ""),
        ("fixed", "no", "redundant-power", "", "", ""),
        ("not_affected", "no", "", "", "", ""),
        ("not_affected", "no", "", "", "", ""),
    ]


def test_what_could_not_be_checked_or_was_left_out_has_a_row() -> None:
    assert filled(rows(EVERYTHING)[-1]) == {
        "outcome": "not_selected",
        "blocks": "no",
        "target": "estate/dev",
        "stacks": "estate/dev",
        "message": "not selected: nothing of it was looked at",
    }
    assert filled(rows(EVERYTHING)[-2]) == {
        "outcome": "not_checked",
        "blocks": "yes",
        "target": "mail/prod",
        "message": "the program imports 'pulumi_example', which is not installed: "
        "a program that does not run to its end has no graph, so nothing of this stack was checked",
        "path": "estate/sites.py",
        "line": "1",
        "remediation": "install it: pip install pulumi-example",
    }


@settings(max_examples=40)
@given(reports())
def test_every_result_is_one_row_and_no_cell_is_a_formula(found: Report) -> None:
    text = Csv().render(found)
    read = list(csv.reader(StringIO(text, newline=""), strict=True))
    assert read[0] == list(COLUMNS)
    aside = (*found.left_out, *found.unaffected, *([] if found.override is None else [found.override]))
    assert len(read) == 1 + len(found.results) + len(found.fixed) + len(found.failures) + len(aside)
    assert {len(row) for row in read} == {len(COLUMNS)}
    assert not [text for row in read for text in row if re.match(r"[\s]*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]", text)]
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(read)
    assert commands(text) == []


READER = """
const Papa = require(process.argv[1] + "/papaparse");
const read = Papa.parse(require("fs").readFileSync(0, "utf8"), {header: true, skipEmptyLines: true});
console.log(JSON.stringify([read.data, read.errors, read.meta.delimiter]));
"""


@pytest.mark.parametrize("name", REPORTS)
def test_a_second_reader_reads_the_same(name: str, node_packages: Path) -> None:
    node = ["node", "-e", READER, str(node_packages)]
    done = subprocess.run(node, input=Csv().render(REPORTS[name]), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [rows(REPORTS[name]), [], ","]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])
def test_what_begins_as_a_formula_is_shown_as_text(text: str) -> None:
    assert cell(text)[0] in "'\\"
    [row] = rows(report(replace(SHARED_MANAGER, target=text)))
    assert row["target"] == cell(text)
