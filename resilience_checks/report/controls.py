"""Controls of standards: which policies give evidence for each, and what no code can show."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from resilience_checks.report.tables import hanging
from resilience_checks.report.text import counted, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.policy.controls import Control

VERSION = "resilience-controls/v1"
_INDENT = " " * 6


def as_text(found: Sequence[Control], width: int) -> str:
    """Return the controls by standard: those that are evidenced, then those that cannot be from code."""
    return safe("".join(f"{line}\n" for line in _lines(found, width)))


def as_json(found: Sequence[Control]) -> dict[str, Any]:
    """Return the same as JSON values, held by controls.schema.json."""
    return {
        "schema": VERSION,
        "standards": [
            {
                "name": name,
                "controls": [
                    {
                        "id": control.id,
                        "title": control.title,
                        "evidence": "beyond-code" if control.why else "policies" if control.policies else "none",
                        "policies": list(control.policies),
                        "why": control.why,
                    }
                    for control in group
                ],
            }
            for name, group in groupby(found, lambda control: control.standard)
        ],
    }


def _lines(found: Sequence[Control], width: int) -> Iterator[str]:
    for name, group in groupby(found, lambda control: control.standard):
        controls = list(group)
        yield name
        yield from _part("evidenced by policies", [one for one in controls if one.policies], width)
        yield from _part(
            "no policy gives evidence", [one for one in controls if not one.policies and not one.why], width
        )
        yield from _part("cannot be shown from code", [one for one in controls if one.why], width)
        yield ""
    evidenced = sum(bool(control.policies) for control in found)
    beyond = sum(bool(control.why) for control in found)
    yield f"{counted(evidenced, 'control')} evidenced by policies, {beyond} beyond what code can show"
    yield from hanging(
        "",
        "Evidence is that a design was checked before it was deployed; whether a standard is met is for an auditor.",
        width,
    )


def _part(name: str, controls: Sequence[Control], width: int) -> Iterator[str]:
    if controls:
        yield f"  {name}"
    for control in controls:
        yield from hanging("    ", f"{control.id}: {_bare(control)}", width)
        yield from hanging(_INDENT, control.why or ", ".join(control.policies), width)


def _bare(control: Control) -> str:
    """Return the title without the standard's name, which stands above it."""
    family, _, rest = control.title.partition(", ")
    return rest if rest and control.standard.split(",")[-1].strip().split(":")[0] in family else control.title
