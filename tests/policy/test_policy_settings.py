"""How policies are set for all of an estate, for some of its stacks and tiers, and from a day or a policy set on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.result import Severity
from resilience_checks.policy import pack
from resilience_checks.policy.settings import newest, settings
from resilience_checks.topology.declared_settings import OnUnknown, PolicySet, PolicySettings, StackGlob
from resilience_checks.topology.selectors import Glob

if TYPE_CHECKING:
    from resilience_checks.policy.settings import Settings

PACK = pack.load()
AT = Location("resilience.yaml", 4, 3)
NAME = "cross-site-failover"
DEV = (StackGlob(Glob("*/dev"), AT),)
DAY = date(2026, 12, 1)


def found(*entries: PolicySettings) -> Settings:
    first, *others = entries
    return settings(PACK, {NAME: replace(first, also=tuple(others))})[NAME]


def entry(**more: object) -> PolicySettings:
    return PolicySettings(NAME, AT, **more)  # type: ignore[arg-type]


def test_what_is_said_of_some_goes_before_what_is_said_of_all_and_the_later_before_the_earlier() -> None:
    one = found(
        entry(tiers=(1,), severity=Severity.CRITICAL),
        entry(severity=Severity.LOW),
        entry(tiers=(1, 2), severity=Severity.MEDIUM),
    )
    assert [one.within(tier, ["a/prod"]).severity for tier in (1, 2, 3, None)] == ["medium", "medium", "low", "low"]


def test_a_scope_of_stacks_holds_where_all_stacks_match() -> None:
    one = found(entry(stacks=DEV, enabled=False))
    assert [one.within(1, names).enabled for names in (["a/dev"], ["a/dev", "b/dev"], ["a/dev", "b/prod"])] == [
        False,
        False,
        True,
    ]
    assert (one.enabled, one.off) == (True, ("stacks */dev",))


def test_a_policy_may_be_on_for_some_alone() -> None:
    one = found(entry(enabled=False), entry(stacks=DEV, tiers=(1, 2), enabled=True))
    assert [one.within(tier, ["a/dev"]).enabled for tier in (1, 3)] == [True, False]
    assert (one.enabled, one.off) == (True, ("everything but stacks */dev of tiers 1, 2",))


def test_a_policy_that_is_on_for_nobody_is_not_evaluated() -> None:
    one = found(entry(enabled=False), entry(stacks=DEV, severity=Severity.LOW))
    assert (one.enabled, one.off) == (False, ("",))


def test_an_unknown_may_block_for_some_alone() -> None:
    one = found(entry(on_unknown=OnUnknown.WARN), entry(tiers=(2,), on_unknown=OnUnknown.FAIL))
    assert [one.within(tier, []).unknown_blocks(tier) for tier in (1, 2)] == [False, True]


def test_findings_block_from_a_day_on() -> None:
    one = found(entry(enforce_from=DAY))
    assert one.not_enforced(date(2026, 11, 30)) == ("enforced from 2026-12-01 on",)
    assert one.not_enforced(DAY) == ()


def test_a_policy_newer_than_the_pinned_set_blocks_nothing() -> None:
    newer = replace(
        PACK, policies=(*(replace(policy, since="2027.10") for policy in PACK.policies[:1]), *PACK.policies[1:])
    )
    pinned = PolicySet("2027.9", Location("resilience.yaml", 2, 1))
    why = {name: item.not_enforced(DAY) for name, item in settings(newer, {}, pinned).items()}
    assert why == {
        policy.id: ("newer than policy set 2027.9 (resilience.yaml:2:1)",) if policy.since == "2027.10" else ()
        for policy in newer.policies
    }
    assert newest(newer) == "2027.10"


@pytest.mark.parametrize("name", ["2999.1", "2025.12"])
def test_a_set_that_there_is_not_is_an_error_at_its_line(name: str) -> None:
    with pytest.raises(UsageError, match=rf"resilience.yaml:4:3: policy_set: there is no policy set {name}") as caught:
        settings(PACK, {}, PolicySet(name, AT))
    assert caught.value.remedy == f"the sets that this version knows are 2026.1 to {newest(PACK)}"


def test_parameters_of_some_go_before_those_of_all_and_leave_the_others_as_they_are() -> None:
    one = found(entry(parameters={"order": 1}), entry(tiers=(1,), parameters={"order": 2}))
    assert [one.within(tier, []).parameters["order"] for tier in (1, 2, None)] == [2, 1, 1]
    assert one.within(1, []).parameters == {**one.parameters, "order": 2}


@pytest.mark.parametrize(
    ("pattern", "holds"),
    [("prod", True), ("p*", True), ("shop/prod", True), ("*/prod", True), ("acme/shop/prod", True), ("acme/*/prod", True),
     ("shop", False), ("sh*", False), ("acme/other/prod", False), ("dev", False), ("*", True), ("shop/*", True)],
)  # fmt: skip
def test_a_pattern_is_about_the_stack_or_project_and_stack_and_passes_the_organisation_over(
    pattern: str, holds: bool
) -> None:
    assert StackGlob(Glob(pattern), AT).matches("shop/prod") is holds


def test_a_pattern_that_matches_no_stack_is_an_error_at_its_line() -> None:
    with pytest.raises(UsageError, match=r'resilience.yaml:4:3: policies.cross-site-failover.stacks: "\*/dev" matches'):
        replace(entry(severity=Severity.LOW), also=(entry(stacks=DEV),)).hold(["a/prod"])


TIERS = st.none() | st.integers(1, 4)
STACKS = st.lists(st.sampled_from(["a/dev", "b/dev", "a/prod"]), min_size=1, max_size=2, unique=True)
ENTRIES = st.lists(
    st.builds(
        PolicySettings,
        id=st.just(NAME),
        location=st.just(AT),
        enabled=st.none() | st.booleans(),
        severity=st.none() | st.sampled_from(Severity),
        stacks=st.sampled_from([(), DEV, (StackGlob(Glob("a/*"), AT),)]),
        tiers=st.sets(st.integers(1, 4), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


@given(ENTRIES, TIERS, STACKS)
def test_the_last_that_holds_and_says_something_decides_scoped_before_others(
    entries: list[PolicySettings], tier: int | None, stacks: list[str]
) -> None:
    """Ranks each entry by itself, where the settings fold them one after the other."""

    def said(name: str, default: object) -> object:
        holding = [item for item in entries if getattr(item, name) is not None and item.holds_for(tier, stacks)]
        ranked = sorted(enumerate(holding), key=lambda one: (one[1].scoped, one[0]))
        return getattr(ranked[-1][1], name) if ranked else default

    one = found(*entries)
    within = one.within(tier, stacks)
    own = next(policy for policy in PACK.policies if policy.id == NAME)
    assert (within.severity, within.enabled) == (said("severity", own.severity), said("enabled", default=True))
    assert one.enabled or not within.enabled
