"""What resilience.yaml says of policies: lists of settings, scopes, days and the pinned set, in one file or several."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.result import Severity
from resilience_checks.topology.declaration_union import of_stacks, united
from resilience_checks.topology.declarations import load
from resilience_checks.topology.declared import Declarations
from resilience_checks.topology.declared_settings import PolicySet, PolicySettings, StackGlob
from resilience_checks.topology.program_declarations import join
from resilience_checks.topology.selectors import Glob
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, name: str = "resilience.yaml") -> Declarations:
    (folder / name).write_text(f"version: 1\n{text}", encoding="utf-8")
    return load(folder / name, folder)


def at(line: int, column: int) -> Location:
    return Location("resilience.yaml", line, column)


def test_a_list_of_settings_is_the_first_and_the_others(tmp_path: Path) -> None:
    found = read(
        tmp_path, 'policies:\n  p:\n    - {severity: low}\n    - {stacks: ["*/dev"], enforce_from: 2027-01-31}\n'
    )
    assert found.policies["p"] == PolicySettings(
        id="p",
        location=at(4, 7),
        severity=Severity.LOW,
        at={"severity": at(4, 8)},
        also=(
            PolicySettings(
                id="p",
                location=at(5, 7),
                enforce_from=date(2027, 1, 31),
                stacks=(StackGlob(Glob("*/dev"), at(5, 17)),),
                at={"stacks": at(5, 8), "enforce_from": at(5, 27)},
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policy_set: 2026.1\n", 'policy_set: found 2026.1, expected a policy set such as "2026.1"'),
        ("policies: {p: [{severty: low}]}\n", 'policies.p[0]: unknown key "severty"; did you mean "severity"?'),
        ("policies: {p: []}\n", "policies.p: found an empty list, expected a list of settings"),
        ("policies: {p: {tiers: [5]}}\n", "policies.p.tiers[0]: found 5, expected a tier from 1 (most critical) to 4"),
        ("policies: {p: {enforce_from: soon}}\n", 'enforce_from: found "soon", expected a day such as 2026-09-14'),
        ("policies: {p: {stacks: prod}}\n", 'found "prod", expected a list of patterns of STACK or PROJECT/STACK'),
    ],
)
def test_what_is_not_a_setting_is_an_error_in_words(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, text)
    assert said in caught.value.what
    assert caught.value.location is not None
    assert caught.value.location.line == 2


def test_of_several_files_one_may_pin_the_set_for_all(tmp_path: Path) -> None:
    plain, pinning = read(tmp_path, ""), read(tmp_path, 'policy_set: "2026.1"\n', "b.yaml")
    assert united([plain, pinning]).policy_set == PolicySet("2026.1", Location("b.yaml", 2, 1))
    assert united([plain]).policy_set is None


def test_files_that_pin_different_sets_are_an_error_at_the_later_line(tmp_path: Path) -> None:
    one, other = read(tmp_path, 'policy_set: "2026.1"\n'), read(tmp_path, 'policy_set: "2026.2"\n', "b.yaml")
    with pytest.raises(UsageError, match=r"b.yaml:2:1: policy_set is declared differently in resilience.yaml"):
        united([one, other])


def test_of_several_files_each_says_of_its_own_stacks_alone_how_they_are_held(tmp_path: Path) -> None:
    one = read(tmp_path, 'stacks: {gated: [a/core], advisory: ["*"], fail_on: {low: ["*/prod"]}}\n')
    other = read(tmp_path, 'stacks: {ignored: ["*/dev"], fail_on: {high: ["*/prod"]}}\n', "b.yaml")
    files = {"a/prod": one, "a/core": one, "b/prod": other, "b/dev": other, "c/prod": Declarations.empty()}
    stacks = of_stacks(files.items()).stacks
    assert {name: (stacks.said(name), stacks.threshold(name)) for name in files} == {
        "a/prod": ("advisory", "low"),
        "a/core": ("gated", ""),
        "b/prod": (None, "high"),
        "b/dev": ("ignored", ""),
        "c/prod": (None, ""),
    }
    assert {key: str(place) for key, place in stacks.at.items()} == {
        "gated": "resilience.yaml:2:10",
        "advisory": "resilience.yaml:2:27",
        "ignored": "b.yaml:2:10",
        "fail_on": "resilience.yaml:2:44",
    }


def test_what_programs_declare_alters_nothing_of_how_stacks_are_held(tmp_path: Path) -> None:
    one = read(tmp_path, "stacks: {fail_on: {low: ['*/prod']}}\n")
    other = read(tmp_path, "stacks: {fail_on: {high: ['*/prod']}}\n", "b.yaml")
    declared = of_stacks([("a/prod", one), ("b/prod", other)])
    program = Program()
    program.add("f5:vm:Vm", "m", {"tags": {"resilience:component": "web"}})
    joined = join([program.graph()], declared)
    assert (joined.stacks, list(joined.components)) == (declared.stacks, ["web"])


def test_the_file_of_all_stacks_says_of_any_how_they_are_held(tmp_path: Path) -> None:
    one = read(tmp_path, 'stacks: {advisory: ["*"]}\n')
    assert of_stacks([("a/prod", one), ("b/prod", one)]) == one
    assert of_stacks([]) == united([]) == Declarations.empty()
