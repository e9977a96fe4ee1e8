"""Every form tells the same: verdict, exit code, findings by what becomes of them, what was not looked at, override."""

from __future__ import annotations

import csv
import json
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.report.json_reader import read
from tests.report.agreement import REPORTS, Told, expected, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def of_csv(text: str) -> Told:
    """No verdict and exit code: a row is one result, and says whether that blocks."""
    rows = list(csv.DictReader(StringIO(text)))
    by = Counter(row["outcome"] for row in rows)
    beside = {"fixed", "not_checked", "not_selected", "not_affected", "override"}
    found = Counter(
        (
            "fixed" if row["outcome"] == "fixed" else _of_fields(row["outcome"], row["blocks"] == "yes", row),
            row["fingerprint"],
        )
        for row in rows
        if row["outcome"] not in beside - {"fixed"}
    )
    left = {row["target"] for row in rows if row["outcome"] in {"not_selected", "not_affected"}}
    return Told(None, None, found, left, bool(by["override"]), by["not_checked"])


def _of_fields(outcome: str, blocks: bool, fields: Any) -> str:
    if outcome in {"pass", "not_applicable"}:
        return outcome
    waived = fields.get("waiver_owner") or fields.get("waived")
    aside = "waived" if waived else "known" if fields["known"] else "advisory" if fields["advisory"] else ""
    return f"{outcome} {'blocks' if blocks else aside or 'passes'}"


def of_sarif_all(text: str) -> Told:
    runs = json.loads(text)["runs"]
    invocation = runs[0]["invocations"][0]
    notes = [one["message"]["text"] for one in invocation["toolConfigurationNotifications"]]
    found: Counter[tuple[str, str]] = Counter()
    for one in (each for run in runs for each in run["results"]):
        if one.get("baselineState") == "absent":
            found["fixed", one["partialFingerprints"]["resilienceChecks/v1"]] += 1
            continue
        fields = {
            "waived": any(each["status"] == "accepted" for each in one.get("suppressions", ())),
            "known": one.get("baselineState") == "unchanged",
            "advisory": "Does not block: " in one["message"]["text"],
        }
        [name] = one["properties"]["fingerprints"]
        found[_of_fields(one["properties"]["outcome"], one["properties"]["blocks"], fields), name] += 1
    return Told(
        invocation["exitCode"],
        invocation["exitCodeDescription"],
        found,
        {name for note in notes if note.startswith("stacks that") for name in note.partition(": ")[2].split(", ")},
        any("emergency override" in note for note in notes),
        sum(
            "associatedRule" not in one and one["level"] == "error" for one in invocation["toolExecutionNotifications"]
        ),
    )


def of_oscal(text: str) -> Told:
    [result] = json.loads(text)["assessment-results"]["results"]
    props = {one["name"]: one["value"] for one in result["props"]}
    risks = {
        observation["observation-uuid"]: risk["status"]
        for risk in result["risks"]
        for observation in risk.get("related-observations", ())
    }
    found: Counter[tuple[str, str]] = Counter()
    for one in result["observations"]:
        fields = {each["name"]: each["value"] for each in one["props"]}
        assert ("waived" in fields) == (
            risks.get(one["uuid"], "deviation-approved" if "waived" in fields else "") == "deviation-approved"
        )
        told = {"known": "", "advisory": "", **fields}
        found[_of_fields(fields["outcome"], fields["blocks"] == "yes", told), fields["fingerprint"]] += 1
    for risk in result["risks"]:
        if risk["status"] == "closed":
            found["fixed", next(one["value"] for one in risk["props"] if one["name"] == "fingerprint")] += 1
    remarks = result["remarks"].split("\n\n")
    left = [text.partition(": ")[2].rstrip(".") for text in remarks if text.startswith("Stacks that")]
    return Told(
        int(props["exit-code"]),
        props["verdict"],
        found,
        {name.replace("\\", "") for names in left for name in names.split(", ")},
        any(text.startswith("Emergency override") for text in remarks),
        sum(text.startswith("Not evaluated") for text in remarks),
    )


READERS: dict[str, Callable[[str], Told]] = {
    "json": lambda text: expected(read(text)),
    "csv": of_csv,
    "sarif-all": of_sarif_all,
    "oscal": of_oscal,
}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", REPORTS)
def test_forms_with_every_result_tell_the_same(name: str, form: str, tmp_path: Path) -> None:
    told, wanted = READERS[form](rendered(name, form, tmp_path)), expected(REPORTS[name])
    given = {key: value for key, value in vars(told).items() if value is not None}
    assert given == {key: getattr(wanted, key) for key in given}
