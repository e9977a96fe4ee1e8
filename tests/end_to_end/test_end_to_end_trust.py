"""`check --settings`: what a change loosens counts for nothing until it is where settings are trusted."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from resilience_checks.check import Options, policy_inputs, run
from resilience_checks.model.errors import CheckError, EngineError
from resilience_checks.model.result import Outcome
from resilience_checks.report.json_reader import read
from resilience_checks.report.json_report import JsonReport
from resilience_checks.report.summary import summary_lines
from resilience_checks.taken_away import taken_away
from resilience_checks.topology.declared import Declarations
from resilience_checks.trust import Project, Trust

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from resilience_checks.report.interface import Report

RULE = "settings-not-loosened"
FAILOVER = "cross-site-failover"
PROGRAM = "name: web\nruntime: yaml\nresources:\n  front: {type: 'vsphere:index/virtualMachine:VirtualMachine'}\n"
SERVICE = "  shop: {scope: national, tier: 1, rto: 1h, rpo: 15m, consumers: [north, south], entry: {select: {type: 'vsphere:*'}}}\n"
SETTINGS = f"""\
version: 1
sites: {{one: {{}}}}
links: {{wan-n: {{to: one}}, wan-s: {{to: one}}}}
placement: [{{match: "front*", site: one}}]
consumers: {{north: {{kind: board, access: [wan-n]}}, south: {{kind: board, access: [wan-s]}}}}
services:
{SERVICE}catalogue: [kinds]
policy_packs: [ours]
"""
KIND = """\
schema: resilience-catalogue/v1
package: vsphere
estate: on-premises
types:
  vsphere:index/virtualMachine:VirtualMachine: {role: compute, entry: true}
"""
RULES = """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own
#   severity: high
#   remediation: Change it.
#   reads: [components]
package resilience.own.own

import data.resilience.lib.result

report := {result.about("violation", "all", [], "it is forbidden", {"cause": ["all"]})}
"""
FILES = {
    "Pulumi.yaml": PROGRAM,
    "Pulumi.prod.yaml": "config: {}\n",
    "resilience.yaml": SETTINGS,
    "kinds/vsphere.yaml": KIND,
    "ours/own.rego": RULES,
}


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, set[tuple[str, str, str]]]]:
    """A repository whose main holds settings, and what blocks there."""
    folder = tmp_path_factory.mktemp("trusted")
    write(folder, FILES)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "base")
    git(folder, "checkout", "-q", "-b", "work")
    report = checked(folder)
    assert told(report) == []
    return folder, judged(report)


@pytest.fixture
def before(trusted: tuple[Path, dict[str, set[tuple[str, str, str]]]]) -> dict[str, set[tuple[str, str, str]]]:
    return trusted[1]


@pytest.fixture
def project(
    trusted: tuple[Path, dict[str, set[tuple[str, str, str]]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A clone of its own, on a branch."""
    folder = tmp_path / "clone"
    shutil.copytree(trusted[0], folder)
    monkeypatch.chdir(folder)
    return folder


def checked(project: Path, settings: str | None = "main") -> Report:
    return run(Options((project,), project, settings=settings))


def judged(report: Report) -> dict[str, set[tuple[str, str, str]]]:
    """Return what of each policy blocks, apart from the one about settings."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for result in report.verdict.blocking:
        if result.policy != RULE:
            found.setdefault(result.policy, set()).add((result.outcome, result.severity, result.target))
    return found


def told(report: Report) -> list[str]:
    found = [result for result in report.results if result.policy == RULE]
    assert not any(result in report.verdict.blocking for result in found if result.outcome is Outcome.VIOLATION)
    return sorted(result.message for result in found if result.outcome in {Outcome.VIOLATION, Outcome.UNKNOWN})


def settings(text: str, *, old: str = "", new: str = "") -> str:
    return SETTINGS.replace(old, new) + text


LOOSER = {
    "a policy is off": (settings(f"policies: {{{FAILOVER}: {{enabled: false}}}}\n"), f"enabled of policy {FAILOVER} was true and is false"),
    "this policy is off": (settings(f"policies: {{{RULE}: {{enabled: false}}}}\n"), f"enabled of policy {RULE} was true and is false"),
    "a policy of one's own is off": (settings("policies: {own: {enabled: false}}\n"), "enabled of policy own was true and is false"),
    "off for a tier": (settings(f"policies: {{{FAILOVER}: [{{tiers: [1], enabled: false}}]}}\n"), f"enabled of policy {FAILOVER} was true and is false"),
    "a severity": (settings(f"policies: {{{FAILOVER}: {{severity: low}}}}\n"), f"severity of policy {FAILOVER} was high and is low"),
    "an unknown": (settings("policies: {redundant-firewalls: {on_unknown: ignore}}\n"), "on_unknown of policy redundant-firewalls was fail and is ignore"),
    "a day to come": (settings(f"policies: {{{FAILOVER}: {{enforce_from: 2999-01-01}}}}\n"), f"enforcement of policy {FAILOVER} was immediate and is enforced from 2999-01-01 on"),
    "a parameter": (settings(f"policies: {{{FAILOVER}: {{parameters: {{scopes: [local]}}}}}}\n"), f"parameters of policy {FAILOVER} was scopes: ['national', 'regional'] and is scopes: ['local']; whether that is looser is not known"),
    "a scope": (settings("", old="scope: national", new="scope: local"), "scope of service shop was national and is local"),
    "a tier": (settings("", old="tier: 1", new="tier: 4"), "tier of service shop was 1 and is 4"),
    "an objective": (settings("", old="rto: 1h", new="rto: 3d"), "rto of service shop was 1h and is 3d"),
    "no objective": (settings("", old="rpo: 15m, ", new=""), "rpo of service shop was 15m and is not declared"),
    "a consumer": (settings("", old="[north, south]", new="[north]"), "consumers of service shop was north, south and is north"),
    "an advisory stack": (settings("stacks: {advisory: ['*']}\n"), "strictness of stack web/prod was gated and is advisory"),
    "an ignored stack": (settings("stacks: {ignored: ['*']}\n"), "strictness of stack web/prod was gated and is ignored"),
    "no service": (settings("", old=f"services:\n{SERVICE}", new=""), "declaration of service shop was there and is gone"),
    "no pack": (settings("", old="policy_packs: [ours]\n", new=""), "policy_packs of ours was named and is not named"),
    "no catalogue": (settings("", old="catalogue: [kinds]\n", new=""), "catalogue of kinds was named and is not named; whether that is looser is not known"),
}  # fmt: skip


@pytest.mark.parametrize("case", LOOSER)
def test_a_loosening_is_told_and_counts_for_nothing(
    project: Path, before: dict[str, set[tuple[str, str, str]]], case: str
) -> None:
    text, message = LOOSER[case]
    write(project, {"resilience.yaml": text})
    report = checked(project)
    assert told(report) == [message]
    assert judged(report) == before
    [found] = [one for one in report.results if one.policy == RULE]
    assert found.advisory == (f"counts for nothing until it is on {report.settings_from}",)
    assert read(JsonReport().render(report)).settings_from == report.settings_from
    [line] = [line.text for line in summary_lines(report) if line.name == "settings"]
    assert line == f"those of {report.settings_from} where they are stricter; 1 loosening here counts for nothing yet"


def test_the_fixture_itself_is_blocked_by_policies_of_the_tool_and_of_its_own(
    before: dict[str, set[tuple[str, str, str]]],
) -> None:
    assert before["own"] == {("violation", "high", "all")}
    assert {name for name, found in before.items() if any(outcome == "violation" for outcome, *_ in found)} > {"own"}


def test_without_it_nothing_is_held(project: Path) -> None:
    write(project, {"resilience.yaml": settings("stacks: {ignored: ['*']}\n")})
    report = checked(project, None)
    assert (report.settings_from, report.results, report.left_out) == ("", (), ("web/prod",))


def test_what_is_stricter_counts_at_once(project: Path, before: dict[str, set[tuple[str, str, str]]]) -> None:
    stricter = settings(
        f"policies: {{own: {{severity: critical}}, {FAILOVER}: {{severity: critical, on_unknown: fail}}}}\n",
        old="rto: 1h",
        new="rto: 5m",
    )
    write(project, {"resilience.yaml": stricter})
    report = checked(project)
    assert told(report) == []
    assert judged(report)["own"] == {("violation", "critical", "all")}
    assert [service.rto for service in report.services] == [300]
    assert before["own"] != judged(report)["own"]


def test_a_policy_that_is_added_counts_at_once(project: Path, before: dict[str, set[tuple[str, str, str]]]) -> None:
    more = RULES.replace("id: own", "id: more").replace("resilience.own.own", "resilience.own.more")
    write(project, {"more/more.rego": more, "resilience.yaml": settings("", old="[ours]", new="[ours, more]")})
    assert judged(checked(project)) == {**before, "more": {("violation", "high", "all")}}


LAX = RULES.replace('"violation", "all", [], "it is forbidden", {"cause": ["all"]}', '"pass", "all", [], "fine", {}')


def linked(project: Path, name: str, target: str) -> None:
    shutil.rmtree(project / name)
    (project / name).symlink_to(target, target_is_directory=True)


def lax_pack(project: Path) -> None:
    write(project, {"ours/own.rego": LAX})


def lax_pack_behind_a_link(project: Path) -> None:
    write(project, {"lax/own.rego": LAX})
    linked(project, "ours", "lax")


def pack_and_its_policy_renamed(project: Path) -> None:
    shutil.rmtree(project / "ours")
    write(
        project,
        {
            "mine/own.rego": LAX.replace("own", "mine"),
            "resilience.yaml": settings("policies: {mine: {severity: low}}\n", old="[ours]", new="[mine]"),
        },
    )


def no_file(project: Path) -> None:
    (project / "resilience.yaml").unlink()


def nothing_in_it(project: Path) -> None:
    write(project, {"resilience.yaml": "version: 1\n"})


def another_root(project: Path) -> None:
    """Move the project away from its settings, and give it others."""
    for name in ("Pulumi.yaml", "Pulumi.prod.yaml"):
        (project / "deep").mkdir(exist_ok=True)
        (project / name).rename(project / "deep" / name)
    write(project, {"deep/resilience.yaml": "version: 1\n"})


def other_catalogue(project: Path) -> None:
    write(project, {"kinds/vsphere.yaml": KIND.replace("compute", "storage")})


def everything_ignored(project: Path) -> None:
    write(
        project,
        {
            "resilience.yaml": f"version: 1\nservices:\n{SERVICE.replace('consumers: [north, south], ', '')}stacks: {{ignored: ['*']}}\n"
        },
    )


@pytest.mark.parametrize(
    "trick",
    [
        lax_pack,
        lax_pack_behind_a_link,
        pack_and_its_policy_renamed,
        no_file,
        nothing_in_it,
        another_root,
        other_catalogue,
        everything_ignored,
    ],
)
def test_no_trick_opens_the_gate(
    project: Path, before: dict[str, set[tuple[str, str, str]]], trick: Callable[[Path], None]
) -> None:
    trick(project)
    report = checked(project)
    assert told(report)
    assert {name: found for name, found in before.items() if not found <= judged(report).get(name, set())} == {}


def test_an_added_module_changes_nothing_of_what_trusted_ones_say(project: Path) -> None:
    hostile = "package resilience.lib.result\n\nviolation(_, _, _) := {}\n"
    for package in ("resilience.lib.result", "resilience.lib", "resilience.own.own.deeper"):
        write(
            project,
            {
                "more/x.rego": hostile.replace("resilience.lib.result", package),
                "resilience.yaml": settings("", old="[ours]", new="[ours, more]"),
            },
        )
        with pytest.raises(EngineError, match="which is trusted"):
            checked(project)


def test_a_service_that_goes_with_what_it_ran_on_is_unknown_and_of_the_first_tier_blocks(project: Path) -> None:
    write(
        project, {"Pulumi.yaml": PROGRAM.replace("vsphere:index/virtualMachine:VirtualMachine", "aws:s3/bucket:Bucket")}
    )
    write(
        project,
        {
            "resilience.yaml": settings("", old=f"services:\n{SERVICE}", new="").replace(
                'placement: [{match: "front*", site: one}]\n', ""
            )
        },
    )
    report = checked(project)
    [found] = [one for one in report.results if one.policy == RULE]
    assert found.message.startswith(
        "declaration of service shop was there and is gone, and it cannot be judged any more: "
    )
    assert (found.outcome, found.advisory, found.blocks_when_unknown, found in report.verdict.blocking) == (
        "unknown",
        (),
        True,
        True,
    )


def test_facts_count_and_are_shown(project: Path) -> None:
    write(
        project, {"resilience.yaml": settings("", old="sites: {one: {}}", new="sites: {one: {region: wales}, two: {}}")}
    )
    report = checked(project)
    assert [(remark.text, [place.line for place in remark.locations]) for remark in report.declared_here] == [
        ("sites: one (changed)", [2]),
        ("sites: two", [2]),
    ]
    [line] = [line.text for line in summary_lines(report) if line.name == "facts"]
    assert line == f"declared in this change, not yet on {report.settings_from}: sites one (changed), two"
    assert read(JsonReport().render(report)).declared_here == report.declared_here


def test_what_the_trusted_side_did_since_counts_and_is_not_told_as_the_changes_doing(project: Path) -> None:
    git(project, "checkout", "-q", "main")
    write(project, {"resilience.yaml": settings("policies: {own: {severity: critical}}\n")})
    git(project, "commit", "-q", "-a", "-m", "stricter")
    git(project, "checkout", "-q", "work")
    report = checked(project)
    assert told(report) == []
    assert judged(report)["own"] == {("violation", "critical", "all")}


def test_an_organisation_holds_what_it_names_and_leaves_what_it_does_not(project: Path, tmp_path: Path) -> None:
    policy = f"policies: {{own: {{severity: critical}}, {FAILOVER}: {{severity: medium}}}}\n"
    write(
        tmp_path,
        {
            "org/resilience.yaml": f"version: 1\nservice_defaults: {{tier: 2, rto: 30m}}\nservices: {{mail: {{entry: {{select: x}}}}}}\n{policy}policy_packs: [rules]\n",
            "org/rules/own.rego": RULES,
        },
    )
    write(
        project,
        {
            "resilience.yaml": settings("stacks: {advisory: ['*']}\n", old="policy_packs: [ours]\n", new="").replace(
                "rpo: 15m, ", ""
            )
        },
    )
    report = checked(project, str(tmp_path / "org" / "resilience.yaml"))
    assert told(report) == [
        "catalogue of kinds was not named and is named; whether that is looser is not known",
        "rto of service shop was 30m and is 1h",
        "strictness of stack web/prod was gated and is advisory",
    ]
    assert judged(report)["own"] == {("violation", "critical", "all")}
    assert [(one.id, one.scope, one.tier, one.rto) for one in report.services] == [("shop", "national", 1, 1800)]
    assert all(severity == "medium" for _, severity, _ in judged(report).get(FAILOVER, set()))


def test_settings_that_are_wrong_where_they_are_trusted_stop_the_check(project: Path) -> None:
    git(project, "checkout", "-q", "main")
    write(project, {"resilience.yaml": "version: 7\n"})
    git(project, "commit", "-q", "-a", "-m", "wrong")
    git(project, "checkout", "-q", "work")
    with pytest.raises(CheckError, match=r"resilience\.yaml of main \(.*\) is wrong: "):
        checked(project)


def test_what_policies_read_of_it_fits_its_schema(project: Path) -> None:
    write(project, {"resilience.yaml": "version: 1\n"})
    [document] = policy_inputs(Options((project,), project, settings="main"))
    schema = json.loads(
        resources.files("resilience_checks.policy.sections").joinpath("loosened.schema.json").read_text()
    )
    section = json.loads(document)["loosened"]
    Draft202012Validator(schema).validate(section)
    assert (section["base"], len(section["advisory"]), len(section["found"])) == ("yes", 1, 4)


def test_a_stack_that_moved_is_held_by_the_file_of_where_it_was(project: Path) -> None:
    (project / "b").mkdir()
    git(project, "checkout", "-q", "main")
    write(project, {"a/Pulumi.yaml": PROGRAM.replace("web", "deep"), "a/Pulumi.prod.yaml": "config: {}\n"})
    write(project, {"a/resilience.yaml": "version: 1\npolicies: {restorable-order: {severity: critical}}\n"})
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "another")
    git(project, "checkout", "-q", "-b", "moved")
    git(project, "mv", "a/Pulumi.yaml", "a/Pulumi.prod.yaml", "b")
    git(project, "rm", "-q", "a/resilience.yaml")
    trust = Trust("main", project)
    side = trust.side(Declarations.empty(), [("deep/prod", Project(project / "b", "deep", None))])
    assert (side.gone, list(side.tip.policies)) == (("a/resilience.yaml",), ["restorable-order"])
    elsewhere = trust.side(Declarations.empty(), [("other/prod", Project(project / "b", "other", None))])
    assert (elsewhere.gone, elsewhere.bare, elsewhere.going, list(elsewhere.tip.services)) == ((), False, (), ["shop"])
    assert taken_away(trust, [Project(project / "b", "deep", None)]) == ()
    [gone] = taken_away(trust, [Project(project / "b", "other", None)])
    assert (gone.names, gone.stacks, gone.why) == (
        ("a/Pulumi.yaml",),
        ("deep/prod",),
        "no project of its name is checked",
    )


def test_a_stack_that_is_taken_away_is_told_and_with_a_service_of_the_first_tier_blocks(project: Path) -> None:
    git(project, "checkout", "-q", "main")
    write(project, {"Pulumi.dr.yaml": "config: {}\n", "resilience.yaml": settings("stacks: {advisory: [dev]}\n")})
    git(project, "commit", "-q", "-a", "-m", "advisory")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "a second stack")
    git(project, "checkout", "-q", "-b", "fewer")
    git(project, "mv", "Pulumi.prod.yaml", "Pulumi.dev.yaml")
    report = checked(project)
    [found] = [one for one in report.results if one.policy == RULE and one.outcome is Outcome.UNKNOWN]
    assert found.message.startswith(
        "content of Pulumi.prod.yaml was there and is gone, and it cannot be judged any more: stack web/prod is not checked"
    )
    assert (found in report.verdict.blocking, found.advisory, found.evidence["stacks"]) == (True, (), ["web/prod"])
    since = run(Options((project,), project, base="main"))
    assert found.message in [one.message for one in since.verdict.blocking]
    git(project, "reset", "-q", "--hard")
    write(project, {"Pulumi.yaml": f"stackConfigDir: few\n{PROGRAM}", "few/Pulumi.dr.yaml": "config: {}\n"})
    assert [one.stacks for one in taken_away(Trust("main", project), [Project(project, "web", None)])] == [
        ("web/prod",)
    ]
    git(project, "checkout", "-q", "-f", "main")
    write(project, {"resilience.yaml": settings("stacks: {advisory: [dev], ignored: [prod]}\n")})
    git(project, "commit", "-q", "-a", "-m", "ignored")
    git(project, "checkout", "-q", "fewer")
    assert taken_away(Trust("main", project), [Project(project, "web", None)]) == ()


def test_a_config_outside_of_the_repository_is_trusted_and_one_inside_is_not(project: Path, tmp_path: Path) -> None:
    lax = settings("stacks: {ignored: ['*']}\n")
    write(tmp_path, {"own/resilience.yaml": lax.replace("catalogue: [kinds]\npolicy_packs: [ours]\n", "")})
    write(project, {"resilience.yaml": lax})
    options = Options((project,), project, settings="main")
    assert run(replace(options, config=tmp_path / "own" / "resilience.yaml")).left_out == ("web/prod",)
    assert run(replace(options, config=project / "resilience.yaml")).left_out == ()


def test_a_new_project_is_held_to_settings_and_not_to_services_of_others(project: Path) -> None:
    new = f"version: 1\nservices:\n  mail: {{tier: 2, entry: {{select: {{type: 'vsphere:*'}}}}}}\npolicies: {{{FAILOVER}: {{severity: low}}}}\n"
    write(
        project,
        {
            "new/Pulumi.yaml": PROGRAM.replace("web", "new"),
            "new/Pulumi.prod.yaml": "config: {}\n",
            "new/resilience.yaml": new,
        },
    )
    report = run(Options((project / "new",), project, settings="main"))
    assert told(report) == [
        "catalogue of kinds was named and is not named; whether that is looser is not known",
        "policy_packs of ours was named and is not named",
        f"severity of policy {FAILOVER} was high and is low",
    ]
    assert [service.id for service in report.services] == ["mail"]


def test_a_file_that_is_split_loses_no_service(project: Path) -> None:
    """Two projects of one estate get a file each; each declares its own service."""
    second = {
        "b/Pulumi.yaml": PROGRAM.replace("web", "deep").replace("front", "back"),
        "b/Pulumi.prod.yaml": "config: {}\n",
    }
    mail = "  mail: {tier: 1, entry: {select: back}}\n"
    git(project, "checkout", "-q", "main")
    write(
        project,
        {
            **second,
            "resilience.yaml": settings("", old="{type: 'vsphere:*'}", new="front").replace(
                "catalogue:", f"{mail}catalogue:"
            ),
        },
    )
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "two")
    git(project, "checkout", "-q", "-b", "split")
    write(
        project,
        {
            "resilience.yaml": settings("", old="{type: 'vsphere:*'}", new="front"),
            "b/resilience.yaml": f"version: 1\nservices:\n{mail}",
        },
    )
    report = checked(project)
    assert [message for message in told(report) if "declaration" in message] == []
    assert sorted(service.id for service in report.services) == ["mail", "shop"]
