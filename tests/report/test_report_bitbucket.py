"""The body of Bitbucket's report and of its annotations, against Atlassian's OpenAPI description of its REST API.

npm's @coderabbitai/bitbucket holds that description as types. It asks for a `type` in each object, which the requests of
Atlassian's own page do without; and calls the `value` of data an object, where its words say boolean, number or text.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
KINDS = {"string": str, "number": int}
Described = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def described(node_packages: Path) -> Described:
    names = ["report", "report_annotation", "report_data"]
    command = ["node", str(HERE / "bitbucket_types.js"), str(node_packages), *names]
    read: Described = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return read


def refused(written: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Return what the description does not know, or knows with other values."""
    return {name: value for name, value in written.items() if not takes(properties.get(name), value)}


def takes(described: str | list[str] | None, value: object) -> bool:
    if isinstance(described, list):
        return value in described
    return described is not None and isinstance(value, KINDS.get(described, object))


@pytest.mark.parametrize("name", ["everything", "gated", "clean", "nothing"])
def test_atlassian_knows_each_field_and_each_value(name: str, described: Described) -> None:
    written = json.loads((HERE / "snapshots" / f"{name}.bitbucket.json").read_text(encoding="utf-8"))
    data = written["report"].pop("data")
    assert refused(written["report"], described["report"]) == {}
    for one in data:
        value = one.pop("value")
        assert refused(one, described["report_data"]) == {}
        assert isinstance(value, {"BOOLEAN": bool, "NUMBER": int}[one["type"]])
    for request in written["annotations"]:
        assert [refused(one, described["report_annotation"]) for one in request] == [{}] * len(request)


def test_our_schema_is_no_wider_than_atlassians_description(described: Described) -> None:
    ours = json.loads((HERE / "schemas" / "bitbucket-code-insights.json").read_text(encoding="utf-8"))["properties"]
    pairs = [
        (ours["report"]["properties"], described["report"]),
        (ours["annotations"]["items"]["items"]["properties"], described["report_annotation"]),
        (ours["report"]["properties"]["data"]["items"]["properties"], described["report_data"]),
    ]
    for here, there in pairs:
        assert here.keys() <= there.keys()
        listed = {name: sorted(rule["enum"]) for name, rule in here.items() if "enum" in rule}
        assert listed == {name: sorted(there[name]) for name in listed}
