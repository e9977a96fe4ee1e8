"""The plausible shapes of both estates of 24 January 2018, each as edits of a stack's source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.end_to_end.editing import Edit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIREWALLS, SWITCHES = frozenset({"firewall"}), frozenset({"network"})
CLINICAL = ("patient-record", "test-results", "appointments", "prescriptions")
WALES = (*CLINICAL, "email", "intranet")
MANCHESTER = ("patient-administration", "test-results", "imaging", "prescribing", "theatre-scheduling")
STAYED = ("theatre-monitoring", "staff-email")


@dataclass(frozen=True)
class Shape:
    """An estate that would have failed as reported, and the least number of faults of the reported area that do it.

    `area` are the roles of what is in the reported area: an explanation is in it when it hits nothing else.
    """

    stack: str
    down: tuple[str, ...]
    up: tuple[str, ...]
    area: frozenset[str]
    faults: int
    edits: tuple[Edit, ...] = ()


def wales(stack: str, faults: int, *edits: Edit) -> Shape:
    return Shape(stack, WALES, (), FIREWALLS, faults, edits)


def manchester(stack: str, faults: int, *edits: Edit) -> Shape:
    return Shape(stack, MANCHESTER, STAYED, SWITCHES, faults, edits)


_ONE_GROUP = Edit("sites.py", 'group_name=f"edge-{name}"', 'group_name="edge"')
_ONE_CHANGE = Edit(
    "resilience.yaml",
    "consumers:",
    "domains:\n"
    "  routine-change: {kind: deployment, faults: [bad-change], members: [fw-blaenavon, fw-cardiff-bay]}\n\n"
    "consumers:",
)
_ONE_TEMPLATE = (
    Edit("campus.py", "networktemplate_id=template.id", "networktemplate_id=shared or template.id"),
    Edit("campus.py", "        opts: pulumi.ResourceOptions,\n", "        shared: pulumi.Input[str] | None,\n        opts: pulumi.ResourceOptions,\n"),
    Edit("__main__.py", "networks: dict", 'halls = mist.org.Networktemplate(\n    "halls", org_id=organisation, name="halls", opts=pulumi.ResourceOptions(provider=cloud)\n)\nnetworks: dict'),
    Edit("__main__.py", "campus.firewalls, opts", "campus.firewalls, halls.id, opts"),
    Edit("__main__.py", "THEATRE_SWITCHES, {}, opts", "THEATRE_SWITCHES, {}, None, opts"),
)  # fmt: skip
_ONE_HALL = (
    Edit("__main__.py", "    for name in CAMPUSES:\n        hosts", "    for name in list(CAMPUSES)[:1]:\n        hosts"),
    Edit("estate.py", '"sql-trafford": "trafford"', '"sql-trafford": "central"'),
    *(
        Edit("resilience.yaml", f"any-of: [{{select: {name}-central}}, {{select: {name}-trafford}}]", f"select: {name}-central")
        for name in MANCHESTER
    ),
    Edit("resilience.yaml", "  ring-2: {between: [central-hall, trafford-hall], carrier: carrier-2}\n", ""),
    Edit("resilience.yaml", "over: [ring-1, ring-2]", "over: [ring-1]"),
)  # fmt: skip

SHAPES = {
    "Wales: one manager that pushed to two pairs": wales("nhs-wales-2018", 1),
    "Wales: one cluster over both sites": wales("nhs-wales-resilient", 1, _ONE_GROUP),
    "Wales: one change made twice": wales("nhs-wales-resilient", 2),
    "Wales: one change made twice, declared as one": wales("nhs-wales-resilient", 1, _ONE_CHANGE),
    "Manchester: one fabric over both campuses": manchester("manchester-2018", 1),
    "Manchester: one template for two cores": manchester("manchester-resilient", 1, *_ONE_TEMPLATE),
    "Manchester: one change made twice": manchester("manchester-resilient", 2),
    "Manchester: all in one hall": manchester("manchester-resilient", 1, *_ONE_HALL),
}

NEUTRAL: dict[str, dict[str, str]] = {
    "nhs-wales": {
        r"\bfmg\.": "zz.",
        r"\bfw-": "a-",
        r"\bedge-": "c-",
        r"\bedge\b": "c",
        r"\bgtm\b": "b0",
        r"\bgslb\b": "z1",
        r"\blb\b": "m0",
        r"\bvc\b": "n0",
        r"blaenavon": "p2",
        r"cardiff-bay": "p1",
        r"clinical-db": "k1",
        r"(?<!role: )\bwitness\b": "w1",
        r"\bsql-b1": "d-2",
        r"\bsql-c1": "d-1",
        r"\bsql-\*": "d-*",
        r"routine-change": "y1",
        **{name: f"s{number}" for number, name in enumerate(reversed(WALES))},
    },
    "manchester": {
        r"campus-core": "net",
        r"patient-administration": "s5",
        r"test-results": "s4",
        r"imaging": "s3",
        r"prescribing": "s2",
        r"theatre-scheduling": "s1",
        r"theatre-monitoring": "s9",
        r"staff-email": "s8",
        r"\bcore-": "x-",
        r"\bfw-": "a-",
        r"switching-": "y-",
        r"border-": "z-",
        r"\bhalls\b": "r1",
        r"\btrafford": "one",
        r"\bcentral\b": "two",
        r"-hall\b": "-h",
        r"\bsql-": "d-",
        r"(?<!role: )\bwitness\b": "w1",
        r"clinical-db": "k1",
        r"ring-": "l-",
    },
}


def neutral(stack: str) -> Mapping[str, str]:
    """Return what each name of a stack, or part of one, is replaced by."""
    return next(words for start, words in NEUTRAL.items() if stack.startswith(start))


def rename(text: str, words: Mapping[str, str]) -> str:
    """Return the text with names that say nothing, and that sort otherwise."""
    for old, new in words.items():
        text = re.sub(old, new, text)
    return text


def rename_all(directory: Path, words: Mapping[str, str]) -> None:
    """Rename in every file of a stack but the project's own."""
    for path in (*directory.glob("*.py"), directory / "resilience.yaml"):
        path.write_text(rename(path.read_text(encoding="utf-8"), words), encoding="utf-8")
