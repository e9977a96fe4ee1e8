"""`change` on real repositories: the trigger of 24 January 2018, its staged counterpart, and what cannot be compared."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.end_to_end.editing import ROOT, STACKS, copy, run
from tests.end_to_end.trees import SERVER, python
from tests.end_to_end.versions import change, committed, edit, git, staged, worktrees

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ["appointments", "email", "intranet", "patient-record", "prescriptions", "test-results"]
FIREWALLS = [f"fw-{unit}.{site}.example" for unit in "ab" for site in ("blaenavon", "cardiff-bay")]
ADMITTED, MORE = 'ADMITTED = ("HTTPS",)', 'ADMITTED = ("HTTPS", "SMTP")'
PREVIEW = STACKS / "nhs-wales-2018" / "routine-change.preview.json.gz"


def test_the_routine_change_of_the_firewalls_touches_every_one_and_would_lose_every_service(tmp_path: Path) -> None:
    root = committed(copy("nhs-wales-2018", tmp_path).parent)
    git(root, "switch", "--quiet", "--create", "change")
    subprocess.run(
        ["git", "apply", "-p2", str(STACKS / "nhs-wales-2018" / "routine-change.patch")], cwd=root, check=True
    )
    committed(root, "Let mail through")
    answer = change(root, "--base", "main")
    [estate] = answer["estates"]
    [deployment] = estate["change"]["deployments"]
    assert sorted(touch["part"] for touch in deployment["touched"]) == sorted(FIREWALLS)
    assert sorted(deployment["services"]["lost"]) == SERVICES
    [together] = deployment["sets"]
    assert (sorted(together["parts"]), together["redundant"]) == (sorted(FIREWALLS), True)
    [whole] = deployment["whole_roles"]
    assert (whole["role"], sorted(whole["parts"])) == ("firewall", sorted(FIREWALLS))
    line = (root / "nhs-wales-2018" / "sites.py").read_text(encoding="utf-8").splitlines()
    assert {line[one["location"]["line"] - 1].strip() for one in deployment["changes"]} == {"fortios.firewall.Policy("}
    assert sorted(estate["change"]["redundancy"]["unchanged"]) == SERVICES
    assert answer["notes"] == []
    assert worktrees(root) == []


def test_the_preview_of_the_routine_change_says_the_same(tmp_path: Path) -> None:
    root = copy("nhs-wales-2018", tmp_path)
    answer = change(root, "--preview", str(PREVIEW))
    [estate] = answer["estates"]
    [deployment] = estate["change"]["deployments"]
    assert sorted(touch["part"] for touch in deployment["touched"]) == sorted(FIREWALLS)
    assert sorted(deployment["services"]["lost"]) == SERVICES
    assert {one["operation"] for one in deployment["changes"]} == {"update"}
    assert estate["change"]["replacements"] == []
    assert sorted(estate["change"]["redundancy"]["unchanged"]) == SERVICES


TEXT = """\
change from what stands to the preview of nhs-wales-2018/prod

deployment [nhs-wales-2018/prod] one deployment touches every firewall in front of 6
            services; if it went wrong, 6 services would be lost
  --> nhs-wales-2018/sites.py:42
   41 |             )
   42 >             fortios.firewall.Policy(
   43 |                 f"clinics-{unit}-{name}",
  changes   update Policy clinics-fw-a-blaenavon (services), nhs-wales-2018/sites.py:42
            update Policy clinics-fw-b-blaenavon (services), nhs-wales-2018/sites.py:42
            update Policy clinics-fw-b-cardiff-bay (services), nhs-wales-2018/sites.py:42
            update Policy clinics-fw-a-cardiff-bay (services), nhs-wales-2018/sites.py:42
  touches   firewall fw-a.blaenavon.example
            firewall fw-a.cardiff-bay.example
            firewall fw-b.blaenavon.example
            firewall fw-b.cardiff-bay.example
  lost      patient-record, test-results, appointments, prescriptions, email, intranet
  together  fw-a.blaenavon.example, fw-a.cardiff-bay.example, fw-b.blaenavon.example,
            fw-b.cardiff-bay.example: any one may be down; the failing of all loses patient-record,
            test-results, appointments, prescriptions, email, intranet
"""
END = """\
  fix       deploy them one after another: what stands in for each other in stacks of their own,
            each a deployment

  deploys   nhs-wales-2018/prod: 4 update; if all that it touches failed: 6 lost
  services  6 unchanged, up to 2 faults at once

"""


def test_a_reader_is_told_what_is_touched_first_and_how_to_do_it_in_stages(tmp_path: Path) -> None:
    root = committed(copy("nhs-wales-2018", tmp_path).parent)
    done = run("change", "--preview", str(PREVIEW), cwd=root)
    assert done.returncode == 0
    text, _, why = done.stdout.partition("  why")
    assert text == TEXT
    assert why.endswith(END)


def test_one_deployment_of_both_sites_loses_the_sound_estate_too_and_stages_do_not(tmp_path: Path) -> None:
    root = staged(tmp_path)
    edit(root / "edge-blaenavon" / "estate.py", ADMITTED, MORE)
    one = change(root, "--base", "HEAD")
    [deployment] = one["estates"][0]["change"]["deployments"]
    assert (deployment["stack"], deployment["services"]["lost"]) == ("edge-blaenavon/prod", [])
    assert sorted(deployment["services"]["kept"]) == SERVICES
    assert deployment["sets"] == []
    edit(root / "edge-cardiff-bay" / "estate.py", ADMITTED, MORE)
    both = change(root, "--base", "HEAD")["estates"][0]["change"]
    assert [each["services"]["lost"] for each in both["deployments"]] == [[], []]
    assert sorted(both["at_once"]["services"]["lost"]) == SERVICES


def test_a_second_site_under_the_same_manager_is_redundancy_lost_and_a_domain_that_becomes_shared(
    tmp_path: Path,
) -> None:
    root = committed(copy("nhs-wales-resilient", tmp_path).parent)
    edit(root / "nhs-wales-resilient" / "estate.py", "fmg.cardiff-bay.example", "fmg.blaenavon.example")
    found = change(root, "--base", "HEAD")["estates"][0]["change"]
    manager = "management-plane:fmg.blaenavon.example/bad-change"
    assert {one["event"]: (one["alone"], one["sure"]) for one in found["shared"]} == {manager: (True, True)}
    lost = {one["service"]: [cut["events"] for cut in one["lost"]] for one in found["redundancy"]["changed"]}
    assert lost == {service: [[manager]] for service in SERVICES}


def test_without_a_change_there_is_none(tmp_path: Path) -> None:
    root = committed(copy("uk-national-cloud", tmp_path).parent)
    [estate] = change(root, "--base", "HEAD")["estates"]
    assert estate["change"]["empty"]
    done = run("change", "--base", "HEAD", cwd=root)
    assert "none: nothing is deployed, and every service has the redundancy that it had" in done.stdout


def program(*servers: str) -> str:
    return python(*(f'Thing("{name}", "{SERVER}", serverName="{name}", location="uksouth")' for name in servers))


def project(root: Path, name: str, text: str) -> None:
    directory = root / name
    directory.mkdir(exist_ok=True)
    (directory / "Pulumi.yaml").write_text(f"name: {name}\nruntime: python\n", encoding="utf-8")
    (directory / "Pulumi.prod.yaml").write_text("config: {}\n", encoding="utf-8")
    (directory / "__main__.py").write_text(text, encoding="utf-8")


def test_new_and_removed_stacks_are_made_and_deleted(tmp_path: Path) -> None:
    project(tmp_path, "old", program("a"))
    committed(tmp_path)
    shutil.rmtree(tmp_path / "old")
    project(tmp_path, "new", program("b"))
    answer = change(tmp_path, "--base", "HEAD")
    told = [
        (each["stack"], one["operation"], one["name"], one["location"])
        for estate in answer["estates"]
        for each in estate["change"]["deployments"]
        for one in each["changes"]
    ]
    assert sorted(told) == [
        ("new/prod", "create", "b", {"path": "new/__main__.py", "line": 9, "column": None}),
        ("old/prod", "delete", "a", {"path": "old/Pulumi.yaml", "line": 1, "column": None}),
    ]
    assert answer["notes"] == ["the working tree has 4 files that are not committed: they count"]


def test_the_base_is_where_the_change_left_it_and_a_commit_can_be_the_head(tmp_path: Path) -> None:
    project(tmp_path, "web", program("a"))
    committed(tmp_path)
    git(tmp_path, "switch", "--quiet", "--create", "change")
    project(tmp_path, "web", program("a", "b"))
    committed(tmp_path, "A second server")
    git(tmp_path, "switch", "--quiet", "main")
    project(tmp_path, "web", program("a", "unrelated"))
    committed(tmp_path, "Meanwhile")
    answer = change(tmp_path, "--base", "main", "--head", "change")
    [deployment] = answer["estates"][0]["change"]["deployments"]
    assert [(one["operation"], one["name"]) for one in deployment["changes"]] == [("create", "b")]
    assert answer["notes"] == ["where the change left main, which has moved on since"]


def test_a_base_that_cannot_be_evaluated_is_said_and_nothing_of_it_is_compared(tmp_path: Path) -> None:
    project(tmp_path, "broken", "raise RuntimeError('no')\n")
    project(tmp_path, "sound", program("a"))
    committed(tmp_path)
    project(tmp_path, "broken", program("b"))
    done = run("change", "--base", "HEAD", "--format", "json", cwd=tmp_path)
    assert done.returncode == 4
    answer = json.loads(done.stdout)
    assert [(one["side"], one["stack"]) for one in answer["failures"]] == [("before", "broken/prod")]
    decided = {tuple(estate["stacks"]): estate["decided"] for estate in answer["estates"]}
    assert decided == {("broken/prod",): False, ("sound/prod",): True}
    text = run("change", "--base", "HEAD", cwd=tmp_path)
    assert "what this change does is not known" in text.stdout
    assert worktrees(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--base", "nowhere"], "nowhere is no commit of this repository"),
        (["--base", "--help"], "--help is no commit of this repository"),
        ([], "give either --base or --preview"),
        (["--head", "HEAD", "--preview", str(PREVIEW)], "--head needs --base"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(arguments: list[str], words: str, tmp_path: Path) -> None:
    project(tmp_path, "web", program("a"))
    committed(tmp_path)
    done = run("change", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr


def test_outside_of_a_repository_there_is_no_other_version(tmp_path: Path) -> None:
    project(tmp_path, "web", program("a"))
    done = run("change", "--base", "HEAD", cwd=tmp_path)
    assert done.returncode == 2
    assert "is in no git repository" in done.stderr


def test_an_interrupted_comparison_leaves_no_worktree_behind(tmp_path: Path) -> None:
    project(tmp_path, "slow", "import time\nopen('/dev/null')\ntime.sleep(60)\n")
    committed(tmp_path)
    running = subprocess.Popen(
        [sys.executable, "-m", "resilience_checks", "change", "--base", "HEAD"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not worktrees(tmp_path) and time.monotonic() < deadline:
        pass
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "interrupted" in said
    assert worktrees(tmp_path) == []
    assert list(tmp_path.glob("resilience-checks-*")) == []


def test_a_first_deployment_loses_nothing_that_stands(tmp_path: Path) -> None:
    root = copy("nhs-wales-2018", tmp_path)
    document = json.loads(gzip.decompress(PREVIEW.read_bytes()))
    for step in document["steps"]:
        step.update(op="create", oldState=None)
    document["changeSummary"] = {"create": len(document["steps"])}
    (root / "first.json").write_text(json.dumps(document), encoding="utf-8")
    found = change(root, "--preview", "first.json")["estates"][0]["change"]
    [deployment] = found["deployments"]
    assert deployment["services"]["lost"] == []
    assert sorted(found["redundancy"]["appearing"]) == SERVICES


def test_what_is_declared_and_does_not_stand_yet_leaves_redundancy_uncompared(tmp_path: Path) -> None:
    root = copy("nhs-wales-2018", tmp_path)
    document = json.loads(gzip.decompress(PREVIEW.read_bytes()))
    for step in document["steps"]:
        if step["urn"].endswith("::intranet-name"):
            step.update(op="create", oldState=None)
    document["changeSummary"] = {"create": 1, "update": 4, "same": len(document["steps"]) - 5}
    (root / "later.json").write_text(json.dumps(document), encoding="utf-8")
    answer = change(root, "--preview", "later.json")
    found = answer["estates"][0]["change"]
    [note] = answer["notes"]
    assert note.startswith("what stands cannot be compared: ")
    assert "intranet.wales.example" in note
    assert found["redundancy"] is None
    assert sorted(found["deployments"][0]["services"]["lost"]) == SERVICES


def test_a_partial_preview_is_refused_with_the_command_that_writes_a_whole_one(tmp_path: Path) -> None:
    root = copy("nhs-wales-2018", tmp_path)
    document = json.loads(gzip.decompress(PREVIEW.read_bytes()))
    document["steps"] = [step for step in document["steps"] if step["op"] != "same"]
    (root / "part.json").write_text(json.dumps(document), encoding="utf-8")
    done = run("change", "--preview", "part.json", cwd=root)
    assert done.returncode == 4
    assert "--show-sames" in done.stderr


def test_a_preview_from_standard_input_is_read_for_both_sides(tmp_path: Path) -> None:
    root = copy("nhs-wales-2018", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "resilience_checks", "change", "--preview", "-", "--format", "json"],
        cwd=root,
        input=PREVIEW.read_bytes(),
        capture_output=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    schema = json.loads((ROOT / "resilience_checks" / "report" / "change.schema.json").read_text(encoding="utf-8"))
    assert not list(Draft202012Validator(schema).iter_errors(answer))
    assert sorted(answer["estates"][0]["change"]["deployments"][0]["services"]["lost"]) == SERVICES
