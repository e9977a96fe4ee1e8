"""How GitLab reads a Code Quality report: the facts of its parser, of its schema and of what it counts.

Source: gitlab-org/gitlab (MIT, as published in gitlabhq/gitlabhq), lib/gitlab/ci/parsers/codequality/code_climate.rb,
lib/gitlab/ci/reports/codequality_reports.rb and app/validators/json_schemas/codeclimate.json.
"""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
SCHEMA = {
    "type": "object",
    "required": ["description", "fingerprint", "severity", "location"],
    "properties": {
        "description": TEXT,
        "fingerprint": TEXT,
        "severity": TEXT,
        "location": {
            "type": "object",
            "properties": {"path": TEXT, "lines": {"type": "object", "properties": {"begin": NUMBER}}},
        },
    },
}
SEVERITIES = ("blocker", "critical", "major", "minor", "info", "unknown")


def read(text: str) -> dict[str, dict[str, Any]]:
    """Return findings by fingerprint; the first that is not valid ends the reading, without a word."""
    valid = Draft202012Validator(SCHEMA).is_valid
    found: dict[str, dict[str, Any]] = {}
    for one in json.loads(text):
        if not valid(one):
            break
        found[one["fingerprint"]] = one
    return found


def summary(found: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Return how many there are of each severity; GitLab fails at a word that it does not know."""
    counted = dict.fromkeys(SEVERITIES, 0)
    for one in found.values():
        counted[one["severity"]] += 1
    return counted
