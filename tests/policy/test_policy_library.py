"""The bundled policies as a library: rules, tests, pages, METADATA, controls and index belong together.

Each failure says which policy lacks what, and how to put it right.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from resilience_checks.policy import controls, pack, pages, rego_tests
from resilience_checks.policy.metadata import metadata
from tools import policy_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from resilience_checks.policy.pack import Policy

ROOT = pack.bundled()
PACK = pack.load()
POLICIES = PACK.policies
TITLES = controls.titles()
NEAR = 0.8
LEAST = 90.0
"""Per cent of a rule file that its tests evaluate."""
LONGEST = 120
"""Lines of a rule or a library; what is longer is split."""
RUN = "run `python -m tools.policy_index`"


def test_what_the_tool_comes_with_holds_its_schema(policy: Policy) -> None:
    """A check takes it as it stands, so that nobody waits for what is known."""
    assert metadata(policy.path, PACK.modules[policy.path])["custom"]["id"] == policy.id


def test_no_rule_and_no_library_is_too_long() -> None:
    files = [file for file in ROOT.rglob("*.rego") if not file.name.endswith("_test.rego")]
    lengths = {file.name: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def folder(policy: Policy) -> Path:
    return (ROOT.parent / policy.path).parent


def page(policy: Policy) -> str:
    return (folder(policy) / "README.md").read_text(encoding="utf-8")


def headings(text: str) -> Iterator[str]:
    plain = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for name in re.findall(r"^## (.+)$", plain, re.MULTILINE):
        yield "Why" if re.match(r"Why\b", name) else name


@pytest.fixture(params=POLICIES, ids=lambda policy: policy.id)
def policy(request: pytest.FixtureRequest) -> Policy:
    found: Policy = request.param
    return found


def test_a_folder_has_the_rule_its_tests_and_its_page_and_is_called_like_the_policy(policy: Policy) -> None:
    name = policy.id.replace("-", "_")
    area = policy.area.replace("-", "_")
    assert policy.path == f"policies/{policy.area}/{policy.id}/{name}.rego"
    assert policy.package == f"resilience.{area}.{name}"
    assert sorted(path.name for path in folder(policy).iterdir()) == ["README.md", f"{name}.rego", f"{name}_test.rego"]
    rules = (folder(policy) / f"{name}_test.rego").read_text(encoding="utf-8")
    assert re.search(rf"^package {re.escape(policy.package)}_test$", rules, re.MULTILINE)
    assert re.search(r"^test_\w+ if", rules, re.MULTILINE)


def test_every_folder_is_that_of_a_policy() -> None:
    folders = {path.parent for path in ROOT.rglob("*") if path.is_file()} - {ROOT, ROOT / "lib"}
    assert folders == {folder(policy) for policy in POLICIES}


def test_a_page_has_the_sections_in_their_order(policy: Policy) -> None:
    text = page(policy)
    assert text.startswith(f"# {policy.id}\n"), f"the page of {policy.id} must begin with `# {policy.id}`"
    found, wanted = [*headings(text)], [*pages.headings(policy)]
    missing = [name for name in wanted if name not in found]
    assert not missing, f"the page of {policy.id} lacks {missing}; the sections are {wanted}; the last two: {RUN}"
    assert [name for name in found if name in wanted] == wanted, f"the sections of {policy.id} stand in another order"


def test_bad_and_good_are_shown_as_code(policy: Policy) -> None:
    text = page(policy)
    for name in ("Bad", "Good"):
        part = re.search(rf"^## {name}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
        assert part is not None, f"the page of {policy.id} lacks the section {name}"
        assert "```" in part[1], f"the section {name} of {policy.id} shows no code"


def test_its_tests_tell_violation_and_pass(policy: Policy) -> None:
    name = policy.id.replace("-", "_")
    text = (folder(policy) / f"{name}_test.rego").read_text(encoding="utf-8")
    missing = [outcome for outcome in ("violation", "pass") if f'"{outcome}"' not in text]
    assert not missing, f"no test of {policy.id} names the outcome {missing}"


def test_the_rego_tests_evaluate_the_rules(opa_binary: str) -> None:
    low = [item for item in rego_tests.coverage(PACK, opa_binary) if item.percent < LEAST]
    assert low == [], "see `resilience-checks policies test ID` for the rows that no test evaluates"


def test_metadata_is_complete(policy: Policy) -> None:
    assert policy.title[0].isupper(), f"the title of {policy.id} must begin with a capital"
    assert not policy.title.endswith("."), f"the title of {policy.id} must not end with a full stop"
    assert len(policy.title) <= 80, f"the title of {policy.id} must be short"
    assert policy.description.endswith("."), f"the description of {policy.id} must be a sentence"
    assert policy.remediation.endswith("."), f"the remediation of {policy.id} must be a sentence"
    assert policy.controls, f"{policy.id} names no control that it gives evidence for"


def test_every_parameter_has_a_default_and_a_meaning(policy: Policy) -> None:
    if policy.parameters.get("properties"):
        assert policy.parameters.get("additionalProperties") is False, f"{policy.id} takes parameters that it ignores"
    for name, item in policy.parameters.get("properties", {}).items():
        assert "default" in item, f"parameter {name} of {policy.id} has no default"
        assert item.get("description"), f"parameter {name} of {policy.id} has no description"


def test_every_control_is_in_the_table(policy: Policy) -> None:
    missing = [control for control in policy.controls if control not in TITLES]
    assert not missing, f"{policy.id} names {missing}, which policies/controls.yaml does not have"


def test_every_control_of_the_table_is_evidenced() -> None:
    assert set(TITLES) - {control for policy in POLICIES for control in policy.controls} == set()


def test_no_control_is_evidenced_and_beyond_code_at_once() -> None:
    both = set(TITLES) & set(controls.beyond_code())
    assert both == set(), f"take {both} out of policies/controls-beyond-code.yaml"


def test_every_control_is_of_a_known_standard() -> None:
    assert {key for key in (*TITLES, *controls.beyond_code()) if controls.standard(key) == controls.OTHERS} == set()


def test_no_two_titles_are_alike() -> None:
    alike = [
        (one.id, other.id, one.title, other.title)
        for one, other in combinations(POLICIES, 2)
        if SequenceMatcher(None, one.title.lower(), other.title.lower()).ratio() > NEAR
    ]
    assert alike == []


def test_the_index_and_the_made_parts_of_the_pages_are_current() -> None:
    old = [
        path.relative_to(policy_index.ROOT).as_posix()
        for path, text in policy_index.outputs().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    assert old == [], RUN
