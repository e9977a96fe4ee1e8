"""An estate that has not changed is not decided again, and the report is the same to the byte; whatever counts changes that."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from resilience_checks import check, decided, line
from resilience_checks.catalogue import loader
from resilience_checks.decided import Decisions, fingerprint
from resilience_checks.model.result import Outcome, Severity
from resilience_checks.options import Options
from resilience_checks.policy import pack as policies
from resilience_checks.policy.recorder import Recorder
from resilience_checks.report.formats import Style
from resilience_checks.report.interface import Remark
from resilience_checks.report.json_report import JsonReport
from resilience_checks.sources.stacks.packed import UnreadableError, pack, unpack
from resilience_checks.sources.store import Store
from tests.end_to_end.trees import checked, plant

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.catalogue.loader import Catalogue
    from resilience_checks.policy.pack import Pack
    from resilience_checks.report.interface import Report

ROOT = Path(__file__).resolve().parents[2]
CLOCK = datetime(2026, 1, 24, 7, 30, tzinfo=UTC)
TOKEN = "example:index/server:Server"
PROGRAM = (
    f"resources:\n  front: {{type: {TOKEN}, properties: {{name: front, size: 1}}}}\n"
    "  data: {type: 'azure-native:sql:Server', properties: {serverName: sql-1, location: uksouth}}\n"
)
SERVICES = """\
version: 1
services:
  shop: {entry: {select: {name: front}}, scope: national, tier: 1, rto: 2h}
"""
CATALOGUE = (
    f"schema: resilience-catalogue/v1\npackage: example\nestate: on-premises\ntypes:\n  {TOKEN}: {{role: compute}}\n"
)
POLICY = """\
# METADATA
# title: Own
# description: Own.
# custom:
#   id: own-rule
#   severity: low
#   remediation: Change it.
#   questions: {q: {faults: [outage]}}
package resilience.own.own_rule

import data.resilience.lib.result

report := {result.of_service("pass", service, "own-rule.q", "fine") | some service, _ in input.services}
"""
FAULTY = POLICY + "\nreport := set()\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The estates that were decided."""
    names: list[str] = []

    def judged(built: Any, *rest: Any) -> line.Judgement:
        names.append(", ".join(built.stacks))
        return original(built, *rest)

    original = line.judged
    monkeypatch.setattr(line, "judged", judged)
    return names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    place = tmp_path / "repository"
    place.mkdir()
    plant(place, {"app": PROGRAM}, resilience_yaml=SERVICES, example_yaml=CATALOGUE)
    (place / "own").mkdir()
    (place / "own" / "own.rego").write_text(POLICY, encoding="utf-8")
    return place


def given(root: Path, cache: Path | None, **options: Any) -> dict[str, Any]:
    own = {"catalogue": (root / "example.yaml",), "policies": (root / "own",), "today": date(2026, 1, 24)}
    return {"clock": CLOCK, "cache": cache, **own, **options}


def prepared(options: Options) -> tuple[Pack, Catalogue]:
    return policies.load(), loader.load(options.catalogue)


def text(root: Path, report: Report) -> str:
    return JsonReport(Style(root)).render(report)


def edit(file: str, old: str, new: str) -> Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]:
    def change(root: Path, _: pytest.MonkeyPatch) -> dict[str, Any]:
        before = (root / file).read_text(encoding="utf-8")
        assert old in before
        (root / file).write_text(before.replace(old, new), encoding="utf-8")
        return {}

    return change


def told(**options: Any) -> Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]:
    return lambda _root, _patch: options


def tool(name: str, value: object) -> Callable[[Path, pytest.MonkeyPatch], dict[str, Any]]:
    def change(_: Path, patch: pytest.MonkeyPatch) -> dict[str, Any]:
        patch.setattr(decided, name, lambda: value)
        return {}

    return change


CHANGES = {
    "nothing": (told(), 0),
    "a value of the program": (edit("app/Pulumi.yaml", "size: 1", "size: 2"), 1),
    "a comment in the program": (edit("app/Pulumi.yaml", "name: app", "name: app # it"), 1),
    "the stack's configuration": (edit("app/Pulumi.prod.yaml", "config: {}", "config: {a: b}"), 1),
    "resilience.yaml": (edit("resilience.yaml", "rto: 2h", "rto: 3h"), 1),
    "a comment in resilience.yaml": (edit("resilience.yaml", "version: 1", "version: 1 # it"), 1),
    "a catalogue file": (edit("example.yaml", "role: compute", "role: database"), 1),
    "a policy": (edit("own/own.rego", '"fine"', '"good"'), 1),
    "the day": (told(today=date(2026, 1, 25)), 1),
    "the threshold": (told(fail_on=Severity.HIGH), 1),
    "who asks for the threshold": (told(fail_on_given=True), 1),
    "this tool": (tool("identity", "another version"), 1),
    "a package that it computes with": (tool("_versions", {"oxidd": "99"}), 1),
}


def test_each_input_that_changes_by_a_byte_makes_a_new_decision(
    root: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, found = tmp_path / "cache", {}
    options: dict[str, Any] = {}
    assert checked(root, **given(root, cache)).results
    for name, (change, _) in CHANGES.items():
        asked.clear()
        options |= change(root, monkeypatch)
        report = text(root, checked(root, **given(root, cache, **options)))
        found[name] = len(asked)
    assert found == {name: times for name, (_, times) in CHANGES.items()}
    assert text(root, checked(root, **given(root, cache, **options))) == report
    assert len(asked) == 1
    assert text(root, checked(root, **given(root, None, **options))) == report
    assert len(asked) == 2


@pytest.mark.parametrize("harm", ["cut off", "changed", "copied"])
def test_what_is_not_whole_is_not_taken(root: Path, tmp_path: Path, asked: list[str], harm: str) -> None:
    cache = tmp_path / "cache"
    first = text(root, checked(root, **given(root, cache)))
    entries = sorted(cache.glob("*/*"), key=lambda path: path.stat().st_mtime_ns)
    other = entries[0].read_bytes()
    for path in entries:
        data = path.read_bytes()
        spoilt = {"cut off": data[:-1], "changed": data[:-2] + bytes([data[-2] ^ 1]) + data[-1:], "copied": other}
        path.write_bytes(spoilt[harm])
    assert text(root, checked(root, **given(root, cache))) == first
    assert asked == ["app/prod"] * 2


def test_what_was_cut_short_is_not_kept(
    root: Path, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    with monkeypatch.context() as patch:
        patch.setattr(line, "ANALYSIS_SECONDS", -1.0)
        checked(root, **given(root, cache))
    (root / "own" / "own.rego").write_text(FAULTY, encoding="utf-8")
    for _ in range(2):
        report = checked(root, **given(root, cache))
        assert {item.policy for item in report.results if item.outcome is Outcome.ERROR} == {"own-rule"}
    assert asked == ["app/prod"] * 3


def test_a_decision_that_hangs_on_more_is_none(root: Path, tmp_path: Path) -> None:
    options = Options(paths=(root,), root=root)
    store = Store(tmp_path / "cache")
    pack_, catalogue = prepared(options)

    def keeps(other: Options, store: Store | None = store, loosened: tuple[Any, ...] = ()) -> bool:
        return decided.decisions(store, other, pack_, catalogue, (), loosened) is not None

    assert keeps(options)
    assert not keeps(options, None)
    assert not keeps(options, loosened=("something",))
    more: tuple[dict[str, Any], ...] = (
        {"base": "main"},
        {"previews": (root,)},
        {"settings": "main"},
        {"audit": True},
        {"engine": "opa"},
        {"opa_url": "http://localhost"},
    )
    assert [one for one in more if keeps(replace(options, **one))] == []


def test_who_evaluates_the_policies_himself_is_asked_each_time(root: Path, tmp_path: Path) -> None:
    for _ in range(2):
        recorder = Recorder()
        check.run(Options(paths=(root,), root=root, **given(root, tmp_path / "cache")), engine=recorder)
        assert len(recorder.documents) == 1


def test_checks_at_the_same_time_find_the_same(root: Path, tmp_path: Path) -> None:
    around = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "RESILIENCE_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "resilience_checks", "check", "--catalogue", "example.yaml", "--format", "json"]
    command += ["--clock", "2026-01-24T07:30:00Z", "--cache"]
    running = [subprocess.Popen(command, cwd=root, env=around, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert said[0] == said[1] != b""
    assert len(list((tmp_path / "cache").glob("*/*"))) == 2


def test_equal_values_are_one_whatever_parts_of_them_are_one_object() -> None:
    part = ["a", {"b": 1}]
    assert fingerprint((part, part)) == fingerprint((["a", {"b": 1}], ["a", {"b": 1}]))
    assert fingerprint((part, 1)) != fingerprint((part, True))


def test_the_packages_that_count_are_those_that_this_tool_depends_on() -> None:
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {item.partition(">")[0] for item in (*own["dependencies"], *own["optional-dependencies"]["capacity"])}
    compute_nothing = {"click", "jinja2", "opa-python-client", "platformdirs", "pulumi", "rich"}
    assert set(decided.PACKAGES) == named - compute_nothing


def test_further_classes_are_read_where_they_are_named() -> None:
    data = pack(Remark("text"))
    assert unpack(data, Remark) == Remark("text")
    with pytest.raises(UnreadableError, match="Remark is no value of the model"):
        unpack(data)


def test_a_value_of_another_kind_is_no_decision(root: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "cache")
    pack_, catalogue = prepared(Options(paths=(root,), root=root))
    found = Decisions(store, Options(paths=(root,), root=root), pack_, catalogue, ())
    store.put("key", pack(Remark("text")))
    assert found.find("key") is None
    store.put("key", b"cosposix\nsystem\n(S'true'\ntR.")
    assert found.find("key") is None
