"""Tests of policies: which there are, how they come out, and what of the rules they evaluate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks.model.errors import EngineError
from resilience_checks.model.location import Location
from resilience_checks.policy import pack, scaffold
from resilience_checks.policy.embedded import EmbeddedEngine
from resilience_checks.policy.engine import EngineFault
from resilience_checks.policy.rego_tests import Coverage, RegoTest, coverage, of_pack, on_engine, with_opa
from resilience_checks.policy.rego_tests import Tested as Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from resilience_checks.policy.pack import Pack

PACK = pack.load()
FIRST = RegoTest("two-racks", "resilience.own.two_racks_test", "test_one", Location("own/two_racks_test.rego", 5))
OTHER = RegoTest("two-racks", FIRST.package, "test_other", Location("own/two_racks_test.rego", 9))
TESTS = """\
# what the rule says
package resilience.own.two_racks_test

test_one if true
test_one if {
	1 == 1
}

test_other if 1 == 1
"""


@pytest.fixture
def own(tmp_path: Path) -> Pack:
    folder = tmp_path / "own"
    scaffold.write("two-racks", "own", folder)
    (folder / "own/two-racks/two_racks_test.rego").write_text(TESTS, encoding="utf-8")
    (folder / "lib_test.rego").write_text("package resilience.shared_test\n\ntest_shared if true\n", encoding="utf-8")
    return pack.load([folder])


class Standing:
    """An engine that notes what it is asked, and says what it was given."""

    name, version = "standing", "1"

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said
        self.asked: list[tuple[Mapping[str, str], bytes, Mapping[str, str]]] = []

    def evaluate(self, modules: Mapping[str, str], document: bytes, packages: Mapping[str, str]) -> Mapping[str, Any]:
        self.asked.append((modules, document, packages))
        return self.said


def opa(folder: Path, *answers: tuple[str, int]) -> str:
    """Return a command that answers so when it is called for the first time, the second time, and so on.

    It notes what it was called with in `calls`.
    """
    for number, (said, code) in enumerate(answers, 1):
        (folder / f"{number}.out").write_text(said, encoding="utf-8")
        (folder / f"{number}.code").write_text(str(code), encoding="utf-8")
    command = folder / "opa"
    command.write_text(
        f'#!/bin/sh\ncd "{folder}"\necho "$@" >> calls\nn=$(wc -l < calls)\ncat "$((n)).out"\nexit "$(cat "$((n)).code")"\n',
        encoding="utf-8",
    )
    command.chmod(0o755)
    return str(command)


def found(*items: Mapping[str, Any]) -> str:
    return json.dumps([{"package": f"data.{FIRST.package}", **item} for item in items])


def outcome(folder: Path, *items: Mapping[str, Any]) -> Sequence[Result]:
    command = opa(folder, ("", 0), (found(*items), 2))
    return with_opa(PACK, (FIRST, OTHER), command)


def test_each_test_is_found_once_with_its_policy_and_its_row(own: Pack) -> None:
    mine = [test for test in of_pack(own) if test.location.path not in PACK.tests]
    path = next(path for path in own.tests if path.endswith("two_racks_test.rego"))
    shared = next(path for path in own.tests if path.endswith("/lib_test.rego"))
    package = FIRST.package
    assert mine == [
        RegoTest(None, "resilience.shared_test", "test_shared", Location(shared, 3)),
        RegoTest("two-racks", package, "test_one", Location(path, 4)),
        RegoTest("two-racks", package, "test_other", Location(path, 9)),
    ]
    assert of_pack(own, ["two-racks"]) == tuple(mine[1:])
    assert len(of_pack(own)) == len(of_pack(PACK)) + 3


def test_tests_without_a_package_are_an_error_at_their_file(own: Pack) -> None:
    tests = {"own/broken_test.rego": "test_one if true\n"}
    with pytest.raises(EngineError) as caught:
        of_pack(pack.Pack(own.policies, own.modules, tests=tests))
    told = caught.value
    assert (told.what, told.location) == ("the tests have no package", Location("own/broken_test.rego", 1))
    assert (told.why, told.remedy) == ("no test was run", "begin them with `package`")


@pytest.mark.usefixtures("own")
def test_tests_come_out_on_the_embedded_engine(tmp_path: Path) -> None:
    file = tmp_path / "own/own/two-racks/two_racks_test.rego"
    file.write_text(TESTS.replace("test_other if 1", "test_other if 2"), encoding="utf-8")
    changed = pack.load([tmp_path / "own"])
    chosen = of_pack(changed, ["two-racks"])
    with EmbeddedEngine() as engine:
        assert on_engine(changed, chosen, engine) == (Result(chosen[0], passed=True), Result(chosen[1], passed=False))


def test_an_engine_is_asked_about_each_test_by_itself() -> None:
    engine = Standing({"0": [True], "1": EngineFault("1 / 0")})
    assert on_engine(PACK, (FIRST, OTHER), engine) == (  # type: ignore[arg-type]
        Result(FIRST, passed=True),
        Result(OTHER, passed=False, message="1 / 0"),
    )
    [(modules, document, packages)] = engine.asked
    assert (document, packages) == (b"{}", {"0": "resilience.run_tests.t0", "1": "resilience.run_tests.t1"})
    assert {name: text for name, text in modules.items() if name not in PACK.modules and name not in PACK.tests} == {
        f"run_tests/{number}.rego": (
            f"package resilience.run_tests.t{number}\n\nreport := [true | data.{FIRST.package}.{name}]\n"
        )
        for number, name in enumerate(("test_one", "test_other"))
    }


def test_opa_is_asked_to_check_all_files_and_then_to_test_them(tmp_path: Path) -> None:
    assert outcome(tmp_path, {"name": "test_one"}, {"name": "test_other", "fail": True}) == (
        Result(FIRST, passed=True),
        Result(OTHER, passed=False),
    )
    files = " ".join(str(path.resolve()) for path in PACK.files.values())
    calls = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert calls == [f"check --strict {files}", f"test --format json {files}"]


@pytest.mark.parametrize(
    ("error", "message"),
    [("broken", "broken"), ({"message": "divide by zero"}, "divide by zero"), ({"code": 1}, "{'code': 1}")],
)
def test_a_test_that_opa_could_not_evaluate_fails_with_its_words(error: object, message: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, {"name": "test_one", "error": error}) == (
        Result(FIRST, passed=False, message=message),
        Result(OTHER, passed=False, message="OPA did not run it"),
    )


@pytest.mark.parametrize("said", ["", "null", "[]"])
def test_where_opa_finds_no_test_none_has_passed(said: str, tmp_path: Path) -> None:
    found = with_opa(PACK, (FIRST,), opa(tmp_path, ("", 0), (said, 0)))
    assert found == (Result(FIRST, passed=False, message="OPA did not run it"),)


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ((("{}", 1),), "the policies do not pass `opa check --strict`:\n{}"),
        ((("", 0), ("no such flag", 1)), "`opa test` failed:\nno such flag"),
    ],
)
def test_what_opa_refuses_is_an_error_with_its_words(
    answers: tuple[tuple[str, int], ...], what: str, tmp_path: Path
) -> None:
    with pytest.raises(EngineError) as caught:
        with_opa(PACK, (FIRST,), opa(tmp_path, *answers))
    assert (caught.value.what, caught.value.why) == (what, "no test was run")
    assert caught.value.remedy == "correct what OPA names"


def test_files_are_named_as_the_pack_shows_them(tmp_path: Path) -> None:
    name, path = next(iter(PACK.files.items()))
    with pytest.raises(EngineError, match=f":\n{name}:3: unused$"):
        with_opa(PACK, (FIRST,), opa(tmp_path, (f"{path.resolve()}:3: unused", 1)))


def test_an_opa_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        with_opa(PACK, (FIRST,), str(tmp_path / "none"))
    assert caught.value.what.startswith("the policies do not pass `opa check --strict`: [Errno 2] No such file")
    assert caught.value.remedy == "try `opa version`, or use --engine embedded"


def test_rows_that_no_test_evaluates_are_told_of_each_rule_file(tmp_path: Path) -> None:
    def item(*rows: tuple[int, int], percent: float) -> dict[str, Any]:
        parts = [{"start": {"row": first}, "end": {"row": last}} for first, last in rows]
        return {"coverage": percent, "not_covered": parts}

    whole, partly = PACK.policies[0], PACK.policies[1]
    files = {
        str(PACK.files[whole.path].resolve()): {"coverage": 100},
        str(PACK.files[partly.path].resolve()): item((7, 9), (3, 3), (9, 10), percent=66.666),
        str(PACK.files[next(iter(PACK.tests))].resolve()): {"coverage": 12.5},
    }
    said = (json.dumps({"files": files}), 0)
    told = (Coverage(whole.path, 100.0), Coverage(partly.path, 66.7, (3, 7, 8, 9, 10)))
    assert coverage(PACK, opa(tmp_path, said)) == tuple(sorted(told, key=lambda one: one.path))
    (tmp_path / "calls").unlink()
    assert coverage(PACK, opa(tmp_path, said), [partly.id]) == (told[1],)
    assert (tmp_path / "calls").read_text(encoding="utf-8").startswith("test --coverage --format json /")
