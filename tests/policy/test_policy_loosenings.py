"""What is told of settings that hold less strictly: of files of one's own, of services, and of an organisation's defaults."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.location import Location
from resilience_checks.model.question import Step
from resilience_checks.model.result import Severity
from resilience_checks.policy import pack
from resilience_checks.policy.loosening import Base, Held, Loosening, loosened
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import loosened as told
from resilience_checks.policy.settings import settings
from resilience_checks.policy.trusting import TrustedSide
from resilience_checks.topology.declaration_union import of_stacks
from resilience_checks.topology.declarations import parsed
from tests.end_to_end.versions import committed, edit, git
from tests.policy.documents import answers, estate
from tests.topology.graphs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from resilience_checks.topology.declared import Declarations

PACK = pack.load()
TODAY = date(2026, 6, 1)
FRONT: dict[str, Any] = {"entry": "front"}


def file(services: dict[str, Any], **more: Any) -> Declarations:
    whole = {
        "version": 1,
        "components": {"front": {"role": "compute", "units": 1}},
        "consumers": {"north": {"kind": "board"}, "south": {"kind": "board"}},
        "services": {name: {**FRONT, **one} for name, one in services.items()},
        **more,
    }
    return parsed(json.dumps(whole, indent=1).encode(), "resilience.yaml", alone=False)


def between(before: Held, after: Held, *, gone: bool = False) -> list[tuple[Any, ...]]:
    """Return what is told, but for lines."""
    found = loosened(before, after, estate(), ("web/prod",), TODAY, gone=gone)
    return [(one.kind, one.names, one.setting, one.before, one.after, one.sure, one.target) for one in found]


def test_services_that_ask_less_are_told_and_who_uses_them_only_where_what_is_gone_is() -> None:
    before = {"record": {"scope": "national", "tier": 1, "rto": "1h", "rpo": "5m", "consumers": ["north", "south"]}}
    after = {"record": {"scope": "local", "tier": 2, "rto": "2h", "consumers": ["north"]}}
    easier = [
        ("service", ("record",), setting, was, now, True, f"service record: {setting}")
        for setting, was, now in (
            ("scope", "national", "local"),
            ("tier", "1", "2"),
            ("rto", "1h", "2h"),
            ("rpo", "5m", "not declared"),
        )
    ]
    fewer = ("service", ("record",), "consumers", "north, south", "north", True, "service record: consumers")
    sides = Held({}, file(before)), Held({}, file(after))
    assert between(*sides) == easier
    assert between(*sides, gone=True) == [*easier, fewer]
    assert between(*reversed(sides), gone=True) == []


def test_a_service_that_is_not_declared_any_more_is_told_only_where_what_is_gone_is() -> None:
    sides = Held({}, file({"record": {}, "email": {}})), Held({}, file({"record": {}}))
    gone = ("service", ("email",), "declaration", "there", "gone", True, "service email: declaration")
    assert (between(*sides), between(*sides, gone=True)) == ([], [gone])


def test_files_of_ones_own_are_told_with_their_digests() -> None:
    named = file({}, catalogue=["kept.yaml", "other.yaml", "new.yaml"], policy_packs=["mine"])
    was = {("catalogue", "kept.yaml"): "1", ("catalogue", "other.yaml"): "2", ("catalogue", "gone.yaml"): "3"}
    packs = {("policy_packs", "mine"): "4", ("policy_packs", "theirs"): "5"}
    now = {("catalogue", "kept.yaml"): "1", ("catalogue", "other.yaml"): "9", ("catalogue", "new.yaml"): "8"}
    before, after = Held({}, named, was | packs), Held({}, named, now | {("policy_packs", "mine"): "4"})
    assert between(before, after) == [
        ("file", ("other.yaml",), "content of catalogue", "2", "9", False, "other.yaml: content of catalogue"),
        ("file", ("gone.yaml",), "catalogue", "named", "not named", False, "gone.yaml: catalogue"),
        ("file", ("theirs",), "policy_packs", "named", "not named", True, "theirs: policy_packs"),
        ("file", ("new.yaml",), "catalogue", "not named", "named", False, "new.yaml: catalogue"),
    ]


def test_what_an_organisation_asks_of_every_service_is_asked_of_those_that_it_does_not_name() -> None:
    board = file({"record": {"rto": "1h"}}, service_defaults={"tier": 1})
    own = file({"record": {"rto": "2h"}, "email": {"tier": 3}, "letters": {}})
    side = TrustedSide("board", for_all=True, tip=board, fork=board, own=own)
    found = side.uncounted(PACK, estate(), ("web/prod",), TODAY)
    assert [(one.target, one.before, one.after) for one in found] == [
        ("service record: rto", "1h", "2h"),
        ("service email: tier", "1", "3"),
    ]


def test_a_loosening_is_written_down_with_all_that_policies_ask_about() -> None:
    own = file({"record": {}})
    side = TrustedSide("origin/main (0123456789)", for_all=False, tip=own, fork=own, own=own)
    at = Location("resilience.yaml", 7, 3)
    one = Loosening(
        "service",
        ("record", "email"),
        "tier",
        "1",
        "2",
        ("record",),
        at,
        sure=False,
        parts=("service record: tier", "service email: tier"),
        judged=False,
        why="nothing is left",
        must_be_known=True,
        stacks=("web/prod",),
    )
    other = Loosening("file", ("own.yaml",), "catalogue", "named", "not named", parts=("own.yaml: catalogue",))
    matter = Matter(estate(), answers(""), {}, trust=side, pack=PACK, loosened=(one, other))  # type: ignore[arg-type]
    found = told.section(matter)
    assert found.data == {
        "base": "yes",
        "why": "",
        "advisory": ["counts for nothing until it is on origin/main (0123456789)"],
        "found": {
            "service record: tier": {
                "target": "tier of 2 services",
                "kind": "service",
                "names": ["record", "email"],
                "setting": "tier",
                "before": "1",
                "after": "2",
                "services": ["record"],
                "sure": "unknown",
                "cause": ["service record: tier", "service email: tier"],
                "judged": "no",
                "why": "nothing is left",
                "must_be_known": True,
                "stacks": ["web/prod"],
            },
            "own.yaml: catalogue": {
                "target": "own.yaml: catalogue",
                "kind": "file",
                "names": ["own.yaml"],
                "setting": "catalogue",
                "before": "named",
                "after": "not named",
                "services": [],
                "sure": "yes",
                "cause": ["own.yaml: catalogue"],
                "judged": "yes",
                "why": "",
                "must_be_known": False,
                "stacks": [],
            },
        },
    }
    assert found.places == {"service record: tier": Step("tier is set here", at)}


def test_without_a_base_nothing_is_loosened() -> None:
    found = told.section(Matter(estate(), answers(""), {}))  # type: ignore[arg-type]
    assert (found.data, found.places) == ({"base": "no", "why": "", "advisory": [], "found": {}}, {})


def of_stack(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what is told of one stack, with its line, where `stacks` is so before and after."""
    was, now = (Held({}, file({}, stacks=one)) for one in (before, after))
    found = loosened(was, now, estate(), ("web/prod",), TODAY)
    assert {(one.kind, one.names, one.sure) for one in found} <= {("stack", ("web/prod",), True)}
    return [(one.target, one.before, one.after, one.location) for one in found]


def test_a_stack_that_is_held_less_strictly_is_told_at_the_line_that_says_so_else_at_the_file() -> None:
    prod, dev = ["*/prod"], ["*/dev"]
    low, high = {"fail_on": {"low": prod}}, {"fail_on": {"low": dev, "high": prod}}

    def at(line: int, column: int | None = None) -> Location:
        return Location("resilience.yaml", line, column)

    assert of_stack(low, high) == [("stack web/prod: fail_on", "low", "high", at(24, 5))]
    assert of_stack(high, low) == []
    for silent in ({}, {"fail_on": {"low": dev}}):
        assert of_stack(low, silent) == [("stack web/prod: fail_on", "low", "medium", at(1))]
    assert of_stack({}, {"advisory": prod}) == [("stack web/prod: strictness", "gated", "advisory", at(20, 4))]
    assert of_stack({"advisory": prod}, {}) == []


def test_of_several_thresholds_of_a_stack_the_line_is_that_of_the_strictest_which_holds() -> None:
    low, both = {"fail_on": {"low": ["*/prod"]}}, {"fail_on": {"critical": ["web/*"], "high": ["*/prod"]}}
    line = Location("resilience.yaml", 24, 5)
    assert of_stack(low, both) == [("stack web/prod: fail_on", "low", "high", line)]


def test_what_is_loosened_where_settings_are_trusted_too_is_not_told() -> None:
    said = ((1, "1h"), (1, "2h"), (2, "2h"))
    fork, tip, own = (file({"record": {"tier": tier, "rto": rto}}) for tier, rto in said)
    side = TrustedSide("main", for_all=False, tip=tip, fork=fork, own=own)
    at = own.services["record"].at["tier"]
    assert side.uncounted(PACK, estate(), ("web/prod",), TODAY) == (
        Loosening("service", ("record",), "tier", "1", "2", ("record",), at, parts=("service record: tier",)),
    )


def test_a_file_of_settings_that_is_gone_is_told() -> None:
    own = file({"record": {}})
    side = TrustedSide("main", for_all=False, tip=own, fork=own, own=own, gone=("resilience-waivers.yaml",))
    [found] = side.uncounted(PACK, estate(), ("web/prod",), TODAY)
    name = "resilience-waivers.yaml"
    assert found == Loosening("file", (name,), "content", "there", "gone", parts=(f"{name}: content",))
    assert found.target == "resilience-waivers.yaml: content"


NAMED = ("catalogue", "web/own.yaml")
FILES = {
    "resilience.yaml": "version: 1\npolicies: {no-common-cause: {severity: critical}, unheard-of: {enabled: false}}\n"
    "stacks: {fail_on: {low: ['*/prod']}}\n",
    "web/resilience.yaml": "version: 1\ncatalogue: [own.yaml]\nstacks: {fail_on: {high: ['*/prod']}}\n",
    "web/own.yaml": "was\n",
    "mail/__main__.py": "",
}


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """Where a change of two projects left main, which has moved on since; the file of one of them is that of the root."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    git(committed(tmp_path), "checkout", "--quiet", "-b", "change")
    git(tmp_path, "checkout", "--quiet", "main")
    edit(tmp_path / "resilience.yaml", "critical", "low")
    git(committed(tmp_path, "main moves on"), "checkout", "--quiet", "change")
    edit(tmp_path / "resilience.yaml", "critical", "medium")
    edit(tmp_path / "web/resilience.yaml", "high", "never")
    edit(tmp_path / "web/own.yaml", "was", "is")
    return Base("main", tmp_path, (("web/prod", tmp_path / "web"), ("mail/prod", tmp_path / "mail")), None, PACK)


def declared(texts: dict[str, str]) -> Declarations:
    """Return what the two files declare together, without policies that are not known."""
    files = {"mail/prod": "resilience.yaml", "web/prod": "web/resilience.yaml"}
    contents = {name: texts[name].replace(", unheard-of: {enabled: false}", "") for name in files.values()}
    return of_stacks((name, parsed(contents[file].encode(), file, alone=False)) for name, file in files.items())


def test_the_base_is_held_as_the_files_of_all_projects_said_where_the_change_left_it(base: Base) -> None:
    found, before = base.held(), declared(FILES)
    assert found.settings == settings(PACK, before.policies)
    assert found.settings["no-common-cause"].severity is Severity.CRITICAL
    assert (found.declared.catalogue, found.declared.stacks) == (before.catalogue, before.stacks)
    thresholds = {name: found.declared.stacks.threshold(name) for name in ("mail/prod", "web/prod", "other/prod")}
    assert thresholds == {"mail/prod": "low", "web/prod": "high", "other/prod": ""}
    assert set(found.own) == set(base.own(before)) == {NAMED}
    assert found.own != base.own(before)
    edit(base.root / "web/own.yaml", "is", "was")
    assert found.own == base.own(before)


def test_of_two_projects_of_one_name_the_files_of_both_hold(base: Base) -> None:
    both = replace(base, folders=tuple(("web/prod", base.root / name) for name in ("mail", "web")))
    found = both.held().declared.stacks
    assert (found.threshold("web/prod"), {pattern.location.path for _, pattern in found.fail_on}) == (
        "low",
        {"resilience.yaml", "web/resilience.yaml"},
    )


def test_with_a_base_what_is_loosened_since_is_written_down(base: Base) -> None:
    now = declared({name: (base.root / name).read_text(encoding="utf-8") for name in FILES})
    held, graphs = settings(PACK, now.policies), (Program().graph(),)
    matter = Matter(estate(), answers(""), held, graphs, base=base, declared=now)  # type: ignore[arg-type]
    found, was, digest = told.section(matter), base.held().own[NAMED], base.own(now)[NAMED]

    def entry(kind: str, name: str, setting: str, before: str, after: str, sure: str) -> dict[str, Any]:
        target = f"{name}: {setting}" if kind == "file" else f"{kind} {name}: {setting}"
        said = {"names": [name], "setting": setting, "before": before, "after": after, "sure": sure, "services": []}
        rest = {"judged": "yes", "why": "", "must_be_known": False, "stacks": []}
        return {target: {"target": target, "kind": kind, "cause": [target], **said, **rest}}

    severity = entry("policy", "no-common-cause", "severity", "critical", "medium", "yes")
    threshold = entry("stack", "web/prod", "fail_on", "high", "never", "yes")
    content = entry("file", "web/own.yaml", "content of catalogue", was, digest, "unknown")
    assert found.data == {"base": "yes", "why": "", "advisory": [], "found": severity | threshold | content}
    assert {key: str(step.location) for key, step in found.places.items()} == {
        "policy no-common-cause: severity": "resilience.yaml:2:30",
        "stack web/prod: fail_on": "web/resilience.yaml:3:28",
        "web/own.yaml: content of catalogue": "web/resilience.yaml:2:13",
    }
