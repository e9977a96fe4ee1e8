"""What the page of a policy says of its METADATA, so that neither is typed twice: parameters and standards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.policy.pack import Policy

SECTIONS = ("What it catches", "Bad", "Good", "Why", "When it does not apply", "Parameters", "Standards")
"""The headings of every page in their order; `Why` may go on (`Why critical`), the last two stand where there are any."""


def parameters(policy: Policy) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, values, default and meaning of each parameter."""
    for name, item in policy.parameters.get("properties", {}).items():
        default = shown(item["default"]) if "default" in item else "must be set"
        yield name, values(item), default, str(item.get("description", ""))


def values(schema: Mapping[str, Any]) -> str:
    """Return in words what a JSON Schema allows.

    >>> values({"type": "integer", "minimum": 1, "maximum": 3}), values({"type": "array", "items": {"enum": ["a", "b"]}})
    ('integer, 1 to 3', 'list of a, b')
    >>> values({"enum": ["instant", "rto"]}), values({"type": "object", "additionalProperties": {"type": "number"}})
    ('instant, rto', 'mapping to number')
    """
    if "enum" in schema:
        return ", ".join(shown(item) for item in schema["enum"])
    kind = schema.get("type", "any value")
    if kind == "array":
        return f"list of {values(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"mapping to {values(schema['additionalProperties'])}"
    plain = {"object": "mapping", "string": "text", "boolean": "true, false"}
    named = plain.get(kind, kind) if isinstance(kind, str) else " or ".join(kind)
    return f"{named}{_bounds(schema)}"


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    if low is not None:
        return f", from {low}"
    return f", up to {high}" if high is not None else ""


def shown(value: object) -> str:
    """Return a value as it is written in resilience.yaml, lists of plain values without brackets.

    >>> shown(["national", "regional"]), shown(1), shown([]), shown({"1": 90})
    ('national, regional', '1', 'none', '{"1": 90}')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return ", ".join(str(item) for item in value) or "none"
    return json.dumps(value, ensure_ascii=False)


def headings(policy: Policy) -> tuple[str, ...]:
    """Return the sections that the policy's page must have, in their order."""
    left = set()
    if not policy.parameters.get("properties"):
        left.add("Parameters")
    if not policy.controls:
        left.add("Standards")
    return tuple(name for name in SECTIONS if name not in left)


def section(policy: Policy, name: str, titles: Mapping[str, str]) -> str:
    """Return the text of the section Parameters or Standards; an unknown control stands without a title."""
    if name == "Standards":
        return "".join(
            f"- {control}: {titles[control]}\n" if control in titles else f"- {control}\n"
            for control in policy.controls
        )
    rows = [("name", "values", "default", "meaning"), ("---",) * 4, *parameters(policy)]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |\n" for row in rows).replace(
        "| --- | --- | --- | --- |", "|---|---|---|---|"
    )
