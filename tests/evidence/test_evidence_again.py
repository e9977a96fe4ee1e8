"""`verify --again`: the check runs anew as the evidence says it was asked for, and what else comes out is named."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from resilience_checks.cli.schema import text as schema
from resilience_checks.evidence.asked import again, asked
from resilience_checks.model.errors import UsageError
from resilience_checks.model.result import Severity
from resilience_checks.options import Options
from resilience_checks.report import repetition
from resilience_checks.report.difference import between
from resilience_checks.report.page import Page
from resilience_checks.report.repetition import Outcome, Repetition
from tests.evidence.projects import CLOCK, FILES, run, write
from tests.report.samples import CLEAN


def git(root: Path, *arguments: str) -> str:
    own = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose check, with answers to lookups and policies of its own, was attested in evidence.json."""
    root = write(tmp_path_factory.mktemp("checked") / "repository", FILES | {"answers.json": "{}"})
    given = ("--lookups", "answers.json", "--stack", "prod", "--format", "json=web/report.json", "--clock", CLOCK)
    done = run(root, "check", "web", *given, "--attest", "evidence.json")
    assert done.returncode == 13, done.stderr
    return root


@pytest.fixture
def repository(checked: Path, tmp_path: Path) -> Path:
    """A copy of it to change, in another place."""
    return shutil.copytree(checked, tmp_path / "other" / "place")


def verify(root: Path, *arguments: str, evidence: str = "evidence.json") -> tuple[int, dict[str, Any]]:
    done = run(root, "verify", evidence, *arguments, "--again", "--format", "json")
    found: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(json.loads(schema("verification"))).validate(found)
    assert done.returncode == found["exit_code"]
    return done.returncode, found


def test_the_same_report_comes_out_in_another_place_and_from_another_folder(repository: Path) -> None:
    code, found = verify(repository / "kinds", "..", evidence="../evidence.json")
    assert (code, found["again"]) == (
        0,
        {"outcome": "same", "why": [], "parts": [], "reworded": [], "difference": None},
    )
    assert found["words"].startswith("the files are what was checked, and the same report comes out again, if ")


def test_what_is_different_in_the_report_is_named(repository: Path) -> None:
    file = repository / "resilience.yaml"
    file.write_text(FILES["resilience.yaml"].replace("  mail: {entry: {select: {name: front}}}\n", ""), "utf-8")
    code, found = verify(repository)
    assert (code, found["again"]["outcome"]) == (5, "different")
    assert {"services", "results", "inputs"} <= set(found["again"]["parts"])
    difference = found["again"]["difference"]
    assert [one["name"] for one in difference["inputs"]] == ["resilience.yaml"]
    assert [one["name"] for one in difference["scope"]] == ["service mail"]


def test_a_person_reads_what_came_out(tmp_path: Path) -> None:
    page = Page(tmp_path, width=100)
    difference = between(CLEAN, replace(CLEAN, fail_on="high", inputs={"policies": "c" * 64}))
    for one in (
        Repetition(Outcome.SAME),
        Repetition(Outcome.DIFFERENT, (), ("verdict", "inputs"), ("own-rule of mail",), difference),
        Repetition(Outcome.NOT_REPRODUCED, ("answers.json is not there any more",)),
    ):
        repetition.write(page, one)
    expected = Path(__file__).with_name("snapshots") / "again.txt"
    assert page.text() == expected.read_text(encoding="utf-8")


def test_what_cannot_be_asked_for_again_is_not_reproduced(repository: Path) -> None:
    (repository / "answers.json").unlink()
    code, found = verify(repository)
    assert (code, found["again"]["outcome"]) == (5, "not reproduced")  # 5, as the file is missing, too
    assert found["again"]["why"] == ["answers.json is not there any more"]


def test_a_program_that_cannot_be_evaluated_here_is_not_reproduced(repository: Path) -> None:
    (repository / "web" / "Pulumi.yaml").write_text("name: web\nruntime: yaml\nresources: [\n", encoding="utf-8")
    code, found = verify(repository)
    assert (code, found["again"]["outcome"]) == (5, "not reproduced")
    assert (
        "could not be evaluated" in found["again"]["why"][0] or "nothing could be checked" in found["again"]["why"][0]
    )


def test_nothing_is_run_on_the_word_of_who_did_not_sign(repository: Path) -> None:
    key = (
        ("genpkey", "-algorithm", "ed25519", "-out", "key.pem"),
        ("pkey", "-in", "key.pem", "-pubout", "-out", "k.pub"),
    )
    for arguments in key:
        subprocess.run(["openssl", *arguments], cwd=repository, check=True, capture_output=True)
    code, found = verify(repository, "--key", "k.pub")
    assert (code, found["signature"]["state"], found["again"]["outcome"]) == (5, "invalid", "not reproduced")
    assert found["again"]["why"] == ["nothing was run: who says how is not who should have signed"]


def test_a_base_is_what_it_was_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    write(root)
    shutil.rmtree(root / ".git")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    git(root, "checkout", "-qb", "change")
    (root / "web" / "Pulumi.yaml").write_text(FILES["web/Pulumi.yaml"].replace("numCpus: 4", "numCpus: 2"), "utf-8")
    git(root, "commit", "-qam", "two")
    done = run(root, "check", "--base", "main", "--settings", "main", "--clock", CLOCK, "--attest", "evidence.json")
    assert done.returncode in {0, 10, 13}, done.stderr
    git(root, "branch", "-f", "main", "change")  # as after a merge
    code, found = verify(root)
    assert (code, found["again"]["outcome"]) == (0, "same"), found
    git(root, "checkout", "-q", "--orphan", "other")
    git(root, "commit", "-qm", "all anew")
    git(root, "branch", "-D", "main", "change")
    git(root, "reflog", "expire", "--expire=now", "--all")
    git(root, "gc", "-q", "--prune=now")
    code, found = verify(root)
    assert (code, found["again"]["outcome"]) == (10, "not reproduced")
    assert found["words"] == "not verified: the check was not reproduced"
    assert "which is not in this clone: fetch it" in found["again"]["why"][0]


_NAMES = st.sampled_from(["web", "a/b", "../beside", "c d"])


@given(
    st.lists(_NAMES, max_size=2),
    st.none() | _NAMES,
    st.sampled_from([None, *Severity]),
    st.booleans(),
    st.floats(1, 100),
    st.dates(),
)
def test_what_was_asked_for_is_asked_for_again(
    names: list[str], one: str | None, fail_on: Severity | None, flag: bool, seconds: float, today: date
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder) / "repository"
        for name in ("web", "a/b", "../beside", "c d"):
            (root / name).mkdir(parents=True)
        file = None if one is None else root / one
        options = Options(
            (root / "web", root),
            root,
            policies=tuple(root / name for name in names),
            lookups=file,
            stack_outputs=file,
            baseline=file,
            waivers=file,
            config=file,
            fail_on=fail_on,
            fail_on_given=flag,
            all_stacks=flag,
            audit=flag,
            seconds=seconds,
            stacks=("prod",),
            clock=datetime(2026, 1, 24, tzinfo=UTC),
            today=today,
        )
        told = {"options": json.loads(json.dumps(asked(options))), "started": options.clock.isoformat()}
        Draft202012Validator(json.loads(schema("report"))["$defs"]["options"]).validate(told["options"])
        found = again(told, root)
        assert found.lacking == ()
        assert found.options is not None
        assert _resolved(found.options) == _resolved(options)


def test_whatever_else_can_be_asked_for_is_written_down() -> None:
    of_the_machine = {"root", "written", "jobs", "scheduler", "cache", "opa_url"}
    elsewhere_in_the_report = {"clock", "override"}
    worked_out = {"aside"}
    told = set(asked(Options((), Path(), readable=(Path(),)))) - {"commits"}
    assert told | of_the_machine | elsewhere_in_the_report | worked_out == {one.name for one in fields(Options)}


def test_what_programs_may_read_is_never_taken_from_evidence(tmp_path: Path) -> None:
    """Whoever writes evidence could name the home of whoever verifies it."""
    (tmp_path / "web").mkdir()
    options = Options((tmp_path / "web",), tmp_path / "web", readable=(tmp_path / "shared",))
    written = asked(options)
    told = {"options": written, "started": CLOCK}
    assert written["readable"] == ["../shared"]
    assert again(told, options.root).lacking == ("programs were let read ../shared: allow it again with --readable",)
    found = again(told, options.root, readable=options.readable)
    assert (found.lacking, found.options and found.options.readable) == ((), options.readable)
    more = (*options.readable, tmp_path / "home")
    assert again(told, options.root, readable=more).lacking == (
        "programs were not let read ../home: leave out its --readable",
    )


def _resolved(options: Options) -> Options:
    several = ("paths", "policies")
    one = ("lookups", "stack_outputs", "baseline", "waivers", "config")
    places: dict[str, Any] = {name: tuple(path.resolve() for path in getattr(options, name)) for name in several}
    files: dict[str, Any] = {name: path and path.resolve() for name in one for path in [getattr(options, name)]}
    return replace(options, **places, **files)


def test_each_thing_that_is_not_at_hand_is_told(tmp_path: Path) -> None:
    options = Options((tmp_path,), tmp_path, opa_url="http://me:secret@127.0.0.1:8181", base="main")
    told = asked(options)
    assert "secret" not in json.dumps(told)
    told |= {"states": ["-"], "paths": ["..", "/dev/zero"], "commits": {"main": "0" * 40}}
    found = again({"options": told, "started": CLOCK}, tmp_path)
    assert found.options is None
    assert found.lacking == (
        "an OPA server evaluated the policies: name one with --opa-url",
        "/dev/zero is not there any more",
        "a preview or state was read from standard input, and was not kept",
        ".. is not under the path: no program of another place is run",
        "/dev/zero is not under the path: no program of another place is run",
        "main was 0000000000, and here is no git repository",
    )
    assert again({}, tmp_path).lacking == (
        "the evidence does not say what the check was asked for: an older version wrote it",
    )
    with pytest.raises(UsageError, match="the check asked none"):
        again({"options": asked(Options((tmp_path,), tmp_path))}, tmp_path, "http://127.0.0.1")
