"""Policies as they are shipped, and what is wrong with others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import EngineError, UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind, Horizon, Members, Question
from resilience_checks.model.result import Severity
from resilience_checks.policy import pack
from resilience_checks.policy.settings import settings
from resilience_checks.topology.declared_settings import OnUnknown, PolicySettings

if TYPE_CHECKING:
    from collections.abc import Mapping

PACK = pack.load()
AT = Location("resilience.yaml", 4, 3)
HEAD = "# METADATA\n# title: T\n# description: D\n# custom:\n#   id: own\n#   severity: low\n#   remediation: R\n#   questions: {q: {faults: [outage]}}\n"


def test_questions_have_the_parameters_filled_in() -> None:
    declared = {"redundant-firewalls": PolicySettings("redundant-firewalls", AT, parameters={"order": 2})}
    found = pack.questions(PACK, settings(PACK, declared))
    assert (
        Question("cross-site-failover.site-outage", (FaultKind.OUTAGE,), ("site",), (), 1, Horizon.RTO, within_rpo=True)
        in found
    )
    assert [item.order for item in found if item.id.startswith("redundant-firewalls")] == [2, 2]


def test_a_question_is_asked_with_all_that_its_policy_says_of_it(tmp_path: Path) -> None:
    said = (
        "faults: [outage, bad-change], kinds: [site, zone], roles: [database], except_kinds: [region], except_roles: [dns], "
        "order: 3, horizon: rto, within_rpo: true, declared_only: true, beside: copy, enough: all, any_consumer: true, "
        "members: needed"
    )
    text = HEAD.replace("faults: [outage]", said) + "package resilience.own\n\nreport := []\n"
    (tmp_path / "own.rego").write_text(text, encoding="utf-8")
    found = pack.load([tmp_path])
    [asked] = [item for item in pack.questions(found, settings(found, {})) if item.id == "own.q"]
    assert asked == Question(
        "own.q",
        (FaultKind.OUTAGE, FaultKind.BAD_CHANGE),
        ("site", "zone"),
        ("database",),
        3,
        Horizon.RTO,
        within_rpo=True,
        except_kinds=("region",),
        except_roles=("dns",),
        declared_only=True,
        beside="copy",
        any_beside=False,
        any_consumer=True,
        members=Members.NEEDED,
    )


def test_a_disabled_policy_asks_nothing() -> None:
    found = settings(PACK, {"cross-site-failover": PolicySettings("cross-site-failover", AT, enabled=False)})
    assert not [item for item in pack.questions(PACK, found) if item.id.startswith("cross-site-failover")]


def test_settings_override_severity_and_unknowns() -> None:
    declared = PolicySettings("cross-site-failover", AT, severity=Severity.LOW, on_unknown=OnUnknown.IGNORE)
    found = settings(PACK, {"cross-site-failover": declared})["cross-site-failover"]
    assert (found.severity, found.unknown_blocks(1), found.unknown_blocks(2)) == (Severity.LOW, False, False)


def test_by_default_an_unknown_of_the_missions_policies_blocks_on_tier_1() -> None:
    found = settings(PACK, {})
    assert {name for name, item in found.items() if item.unknown_blocks(1)} == {
        "cross-site-failover",
        "no-common-cause",
        "no-single-region-national-service",
        "redundant-firewalls",
    }
    assert [name for name, item in found.items() if item.unknown_blocks(2) or item.unknown_blocks(None)] == []


@pytest.mark.parametrize(
    ("name", "parameters", "what", "remedy"),
    [
        ("redundant-firewals", {}, "there is no policy 'redundant-firewals'", "did you mean redundant-firewalls?"),
        (
            "redundant-firewalls",
            {"order": 0},
            "parameters.order of redundant-firewalls: 0 is less than the minimum of 1",
            "`resilience-checks policies show redundant-firewalls` tells",
        ),
        (
            "redundant-firewalls",
            {"oder": 1},
            "redundant-firewalls has no parameter 'oder'",
            "did you mean order?",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_an_error_at_its_line(
    name: str, parameters: Mapping[str, object], what: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        settings(PACK, {name: PolicySettings(name, AT, parameters=parameters)})
    assert caught.value.what.startswith(what)
    assert caught.value.remedy.startswith(remedy)
    assert caught.value.location == AT


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("package other.place\n", "the module has no package below `resilience`", 1),
        ("package resilience.own\n", "the policy has no METADATA", 1),
        ("# METADATA\n# title: a: b\npackage resilience.own\n", "METADATA is not valid YAML", 2),
        ("# METADATA\n# title: T\npackage resilience.own\n", "METADATA: ", 2),
        (HEAD.replace("low", "grave") + "package resilience.own\n", "custom.severity: 'grave' is not one of", 6),
        (
            HEAD.replace("faults: [outage]", "faults: [flood]") + "package resilience.own\n",
            "custom.questions.q.faults.0: ",
            8,
        ),
        (
            HEAD + "#   parameters: {type: object, properties: {n: {type: 3}}}\npackage resilience.own\n",
            "custom.parameters.properties.n.type: 3 is not valid under any of the given schemas",
            9,
        ),
        (
            HEAD
            + "#   parameters: {type: object, properties: {n: {type: integer, default: x}}}\npackage resilience.own\n",
            "custom.parameters.properties.n.default: 'x' is not of type 'integer'",
            9,
        ),
        (
            HEAD.replace("faults: [outage]", "faults: [outage], order: {parameter: n}") + "package resilience.own\n",
            "custom.questions.q.order: there is no parameter 'n' with a default",
            8,
        ),
        (
            HEAD + "#   reads: [weather]\npackage resilience.own\n",
            "custom.reads: the document has no section 'weather'",
            9,
        ),
        (
            HEAD + 'package resilience.own\n\nreport := 1 if {\n\tnot input.x == "yes"\n}\n',
            "`not` over a value of the document",
            12,
        ),
        (
            HEAD + "package resilience.own\n\nreport := crypto.md5(input.x)\n",
            "`crypto.md5` is not a builtin that both engines have",
            11,
        ),
        (
            HEAD.replace("own", "cross-site-failover") + "package resilience.own\n",
            "two policies have the id cross-site-failover",
            1,
        ),
    ],
)
def test_a_policy_that_is_not_understood_is_refused_with_its_line(
    text: str, what: str, line: int, tmp_path: Path
) -> None:
    (tmp_path / "own.rego").write_text(text, encoding="utf-8")
    with pytest.raises(EngineError) as caught:
        pack.load([tmp_path])
    assert caught.value.what.startswith(what)
    assert caught.value.location is not None
    assert (Path(caught.value.location.path).name, caught.value.location.line) == ("own.rego", line)


def test_a_mistake_in_metadata_is_told_at_its_column(tmp_path: Path) -> None:
    (tmp_path / "own.rego").write_text(HEAD.replace("low", "grave") + "package resilience.own\n", encoding="utf-8")
    with pytest.raises(EngineError) as caught:
        pack.load([tmp_path])
    assert caught.value.location is not None
    assert (caught.value.location.line, caught.value.location.column) == (6, 5)


def test_a_policy_of_ones_own_is_loaded_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "own.rego").write_text(HEAD + "package resilience.own\n\nreport := []\n", encoding="utf-8")
    assert [policy.id for policy in pack.load([tmp_path]).policies] == sorted(
        [*(policy.id for policy in PACK.policies), "own"]
    )


def test_the_digest_is_that_of_the_modules(tmp_path: Path) -> None:
    assert pack.load().digest == PACK.digest
    (tmp_path / "own.rego").write_text(HEAD + "package resilience.own\n\nreport := []\n", encoding="utf-8")
    assert pack.load([tmp_path]).digest != PACK.digest
