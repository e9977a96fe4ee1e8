"""`cut-sets`: its two forms, its exit codes, and what it says of what it cannot read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Project


def tree(formula: str, events: int) -> str:
    names = "".join(f'\n<define-basic-event name="e{number}"/>' for number in range(events))
    return (
        f'<opsa-mef>\n<define-fault-tree name="t">\n<define-gate name="lost">\n{formula}\n</define-gate>'
        f"\n</define-fault-tree>\n<model-data>{names}\n</model-data>\n</opsa-mef>\n"
    )


def either(*numbers: int) -> str:
    return "<or>" + "".join(f'<event name="e{number}"/>' for number in numbers) + "</or>"


PAIR = tree(f"<or><and>{either(0, 1)}{either(2, 3)}</and><event name='e4'/></or>", 5)


def test_the_text_counts_and_lists(project: Project) -> None:
    project.write("tree.xml", PAIR)
    done = project.run("cut-sets", "tree.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "lost: 5 minimal cut sets of up to 3 events\n"
        "\norder 1: 1\n  e4\n\norder 2: 4\n  e0, e2\n  e0, e3\n  e1, e2\n  e1, e3\n\norder 3: 0\n"
    )


def test_the_json_is_complete(project: Project) -> None:
    project.write("tree.xml", PAIR)
    done = project.run("cut-sets", "tree.xml", "--max-order", "2", "--format", "json", "--output", "sets.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((project.directory / "sets.json").read_text(encoding="utf-8")) == {
        "schema": "resilience-cut-sets/v1",
        "top": "lost",
        "max_order": 2,
        "complete": True,
        "finished_order": 2,
        "stopped": None,
        "counts_by_order": {"1": 1, "2": 4},
        "cut_sets": [["e4"], ["e0", "e2"], ["e0", "e3"], ["e1", "e2"], ["e1", "e3"]],
    }


def test_a_top_that_fails_with_nothing_failed_has_the_empty_set_alone(project: Project) -> None:
    project.write("tree.xml", tree("<or><event name='e0'/><constant value='true'/></or>", 1))
    assert project.run("cut-sets", "tree.xml").stdout == (
        "lost fails with nothing failed: its one minimal cut set is empty\n"
    )
    found = json.loads(project.run("cut-sets", "tree.xml", "--format", "json").stdout)
    assert (found["cut_sets"], found["counts_by_order"], found["complete"]) == ([[]], {"1": 0, "2": 0, "3": 0}, True)


def test_millions_of_sets_end_in_at_least_these(project: Project) -> None:
    names = range(900)
    thirds = "".join(either(*names[start : start + 300]) for start in (0, 300, 600))
    project.write("tree.xml", tree(f"<and>{thirds}</and>", 900))
    done = project.run("cut-sets", "tree.xml")
    assert done.returncode == 10
    assert done.stdout.splitlines()[:2] == [
        "lost: at least 1,003,520 minimal cut sets of up to 3 events",
        "  not complete: there are more than 1,000,000 sets; none of up to 2 events is missing, larger ones may be",
    ]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "said"),
    [
        (None, (), 2, "error: tree.xml cannot be read: No such file or directory\n"),
        (
            tree("<not><event name='e0'/></not>", 1),
            (),
            4,
            "error: <not> makes the fault tree non-coherent\n  --> tree.xml:4:1\n",
        ),
        ("<opsa-mef>", (), 4, "error: tree.xml is no XML: no element found\n  --> tree.xml:1:11\n"),
        (PAIR, ("--top", "found"), 2, "error: tree.xml defines no gate found\n"),
        (PAIR, ("--max-order", "0"), 2, "Usage: resilience-checks cut-sets"),
    ],
)
def test_errors_say_where(project: Project, text: str | None, arguments: tuple[str, ...], code: int, said: str) -> None:
    if text is not None:
        project.write("tree.xml", text)
    done = project.run("cut-sets", "tree.xml", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(said)
