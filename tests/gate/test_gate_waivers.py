"""What a waiver accepts, what becomes of it, and what it never does to a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.gate.verdict import ExitCode, overrule, verdict
from resilience_checks.gate.waivers import Claim, State, Terms, Use, apply, matching
from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome, Result, Severity
from resilience_checks.model.waiver import Waiver

TODAY = date(2026, 1, 24)
TERMS = Terms(TODAY, frozenset({"never-waived"}), 365)
URN = "urn:pulumi:prod::web::a:b:C::front"
PRECEDENCE = (2, 1, 4, 14, 13, 12, 11, 10, 3, 0)


def waiver(policy: str = "p", target: str = "site:one", *, days: int = 30, line: int = 3, **more: object) -> Waiver:
    given: dict[str, object] = {
        "policy": policy,
        "target": target,
        "reason": "r",
        "owner": "o",
        "approver": "a",
        "ticket": "t",
        "created": TODAY - timedelta(days=60),
        "expires": TODAY + timedelta(days=days),
        "location": Location("resilience-waivers.yaml", line, 5),
    }
    return Waiver(**(given | more))  # type: ignore[arg-type]


FINDING = Result(
    "p",
    Outcome.VIOLATION,
    Severity.HIGH,
    "site:one",
    "title",
    "found",
    services=("mail", "records"),
    cause=("fw:a/outage", "fw:b/bad-change"),
    evidence={"resources": [URN]},
)


def state(one: Waiver, *results: Result) -> Use:
    return apply(results or [FINDING], [Claim(one)], TERMS)[1][0]


@pytest.mark.parametrize(
    ("target", "names_it"),
    [
        ("site:one", True),
        ("site:*", True),
        ("SITE:one", False),
        ("mail", False),  # records would be lost unnoticed
        ("[mr]*", True),
        ("fw:a", False),
        ("fw:?", True),
        ("fw:*/outage", False),
        (URN, True),
        ("*", True),
        ("site:tw?", False),
    ],
)
def test_a_waiver_names_the_whole_of_a_finding(target: str, names_it: bool) -> None:
    assert bool(matching([FINDING], waiver(target=target))) is names_it


def test_a_waiver_of_one_fingerprint_accepts_no_later_cause() -> None:
    one = waiver(fingerprints=(FINDING.fingerprint,))
    later = replace(FINDING, cause=("fw:c/outage",))
    told, uses = apply([FINDING, later], [Claim(one)], TERMS)
    assert [result.waiver for result in told] == [one, None]
    assert uses == (Use(one, State.APPLIED, (FINDING.fingerprint,)),)


def test_which_of_its_findings_are_there_no_more_is_told() -> None:
    gone = waiver(days=7, fingerprints=("b" * 16, "a" * 16, FINDING.fingerprint))
    [use] = apply([FINDING], [Claim(gone, note="as main has it")], TERMS)[1]
    there_no_more = f"no finding has the fingerprint {'b' * 16}, {'a' * 16} any more"
    assert use.why == f"expires in 7 days; {there_no_more}; as main has it"
    assert use.fingerprints == (FINDING.fingerprint,)
    assert state(waiver(days=60, fingerprints=("a" * 16,))).why == "nothing that was checked is what it is about"
    over = state(waiver(days=-2, fingerprints=("a" * 16, FINDING.fingerprint)))
    assert over.why == "expired on 2026-01-22, 2 days ago"


def test_a_component_is_named_by_all_before_its_last_event() -> None:
    one = replace(FINDING, cause=("fw:a/b/outage",))
    assert matching([one], waiver(target="fw:a/b"))
    assert not matching([one], waiver(target="fw:a"))


@pytest.mark.parametrize("target", ["site:on?", "s*e", "site:[o]ne"])
def test_each_sign_of_a_pattern_makes_one(target: str) -> None:
    assert matching([FINDING], waiver(target=target))


def test_its_last_day_belongs_to_it_and_the_next_does_not() -> None:
    last = waiver(days=0)
    assert state(last) == Use(last, State.APPLIED, (FINDING.fingerprint,), "expires today")
    over = waiver(days=-1)
    told, uses = apply([FINDING], [Claim(over)], TERMS)
    assert uses == (Use(over, State.EXPIRED, (FINDING.fingerprint,), "expired on 2026-01-23, 1 day ago"),)
    words = "found; the waiver that accepted it expired on 2026-01-23 (resilience-waivers.yaml:3:5)"
    assert told == [replace(FINDING, message=words)]


@pytest.mark.parametrize(
    ("one", "state_", "why"),
    [
        (waiver(days=14), State.APPLIED, "expires in 14 days"),
        (waiver(days=15), State.APPLIED, ""),
        (waiver(target="site:two"), State.UNUSED, "nothing that was checked is what it is about"),
        (waiver("never-waived"), State.REFUSED, "never-waived cannot be waived"),
        (waiver(days=306), State.REFUSED, "it lasts 366 days, and 365 are the most"),
        (waiver(days=305), State.APPLIED, ""),
    ],
)
def test_what_becomes_of_a_waiver(one: Waiver, state_: State, why: str) -> None:
    found = state(one)
    assert (found.state, found.why) == (state_, why)


def test_one_that_is_untrusted_counts_for_nothing_and_the_finding_says_so() -> None:
    claim = Claim(waiver(), untrusted="counts for nothing until it is on main")
    told, uses = apply([FINDING], [claim], TERMS)
    assert told[0].waiver is None
    assert told[0].message == "found; its waiver counts for nothing until it is on main (resilience-waivers.yaml:3:5)"
    assert uses[0].state is State.UNTRUSTED


def test_an_organisations_waiver_that_is_not_used_here_is_not_told() -> None:
    assert apply([FINDING], [Claim(waiver(target="elsewhere"), elsewhere=True)], TERMS) == ([FINDING], ())


def test_what_failed_passed_or_does_not_apply_cannot_be_waived() -> None:
    for outcome in (Outcome.ERROR, Outcome.PASS, Outcome.NOT_APPLICABLE):
        one = replace(FINDING, outcome=outcome)
        assert apply([one], [Claim(waiver())], TERMS)[0] == [one]


def test_an_unknown_that_blocks_can_be_waived() -> None:
    one = replace(FINDING, outcome=Outcome.UNKNOWN, blocks_when_unknown=True)
    assert verdict([one]).exit_code is ExitCode.UNDECIDED
    found = verdict(apply([one], [Claim(waiver())], TERMS)[0])
    assert (found.exit_code, found.words) == (ExitCode.CLEAN, "not blocked: 1 waived")


def test_of_two_waivers_the_later_one_counts_whatever_the_order() -> None:
    over, short, long = waiver(days=-1, line=1), waiver(days=1, line=2), waiver(days=20, line=9)
    for claims in ([over, short, long], [long, short, over]):
        told, uses = apply([FINDING], [Claim(one) for one in claims], TERMS)
        assert told[0].waiver == long
        assert [use.state for use in uses].count(State.APPLIED) == 2


names = st.sampled_from(["site:one", "site:two", "mail", "records", "fw:a", "*", "site:*"])
waivers_ = st.builds(
    waiver, st.sampled_from(["p", "q", "never-waived"]), names, days=st.integers(-60, 340), line=st.integers(1, 50)
)
results_ = st.lists(
    st.builds(
        Result,
        policy=st.sampled_from(["p", "q", "never-waived"]),
        outcome=st.sampled_from(Outcome),
        severity=st.sampled_from(Severity),
        target=st.sampled_from(["site:one", "site:two"]),
        title=st.just("t"),
        message=st.just("m"),
        services=st.sampled_from([("mail",), ("mail", "records"), ("records",)]),
        cause=st.sampled_from([(), ("fw:a/outage",), ("fw:a/outage", "fw:b/outage")]),
        blocks_when_unknown=st.booleans(),
    ),
    max_size=6,
)


def code(results: list[Result], claims: list[Waiver], fail_on: Severity | None = Severity.LOW) -> int:
    return int(verdict(apply(results, [Claim(one) for one in claims], TERMS)[0], fail_on).exit_code)


@given(results_, st.lists(waivers_, max_size=4))
def test_what_is_expired_or_refused_never_changes_a_verdict(results: list[Result], found: list[Waiver]) -> None:
    lapsed = [one for one in found if one.expires < TODAY or TERMS.refuse(one)]
    assert code(results, lapsed) == code(results, [])


@given(results_, st.lists(waivers_, max_size=4), waivers_)
def test_a_further_waiver_never_makes_a_verdict_stricter(
    results: list[Result], found: list[Waiver], one: Waiver
) -> None:
    assert PRECEDENCE.index(code(results, [*found, one])) >= PRECEDENCE.index(code(results, found))


@given(results_, st.lists(waivers_, max_size=5))
def test_the_order_of_waivers_changes_nothing(results: list[Result], found: list[Waiver]) -> None:
    forward, backward = (apply(results, [Claim(one) for one in order], TERMS) for order in (found, found[::-1]))
    assert forward[0] == backward[0]
    assert forward[1] == backward[1][::-1]


@given(results_, st.lists(waivers_, max_size=4))
def test_the_index_finds_what_looking_at_every_pair_finds(results: list[Result], found: list[Waiver]) -> None:
    _, uses = apply(results, [Claim(one) for one in found], TERMS)
    alone = [apply(results, [Claim(one)], TERMS)[1][0] for one in found]
    assert uses == tuple(alone)


BLOCKED = verdict([FINDING])


def test_an_override_lets_pass_and_says_who_and_why() -> None:
    found = overrule(BLOCKED, "clinics are down", "dana", "INC-7")
    assert (found.exit_code, found.overridden, found.blocking) == (ExitCode.CLEAN, ExitCode.HIGH, (FINDING,))
    assert found.words == (
        "OVERRIDDEN by dana (INC-7): clinics are down; without this emergency override: "
        "blocked by 1 violation, the worst high"
    )


def test_an_override_of_nobody_says_that() -> None:
    assert overrule(BLOCKED, "now", "").words.startswith("OVERRIDDEN by somebody who is not named: now; ")


@given(results_, st.lists(st.sampled_from([1, 2, 4]), max_size=2))
def test_an_override_never_makes_a_broken_run_clean(results: list[Result], errors: list[int]) -> None:
    before = verdict(results, Severity.LOW, errors)
    after = overrule(before, "why", "who")
    broken = before.exit_code in {ExitCode.FAILED, ExitCode.USAGE, ExitCode.INPUT, ExitCode.NOTHING}
    assert after.exit_code == (before.exit_code if broken else ExitCode.CLEAN)
    assert (after.overridden is None) == (broken or before.exit_code is ExitCode.CLEAN)
    assert "who: why" in after.words


@pytest.mark.parametrize(
    ("own", "asked", "blocks"), [("critical", "low", 0), ("low", "critical", 13), ("never", "low", 0)]
)
def test_a_finding_is_held_to_its_own_threshold(own: str, asked: str, blocks: int) -> None:
    assert verdict([replace(FINDING, fail_on=own)], Severity(asked)).exit_code == blocks


def test_a_verdict_counts_what_does_not_block_by_the_first_reason() -> None:
    aside = [
        replace(FINDING, waiver=waiver(), known="at main", advisory=("later",)),
        replace(FINDING, known="at main", advisory=("later",)),
        replace(FINDING, advisory=("later",)),
        replace(FINDING, severity=Severity.LOW),
        replace(FINDING, outcome=Outcome.UNKNOWN),
    ]
    told = "1 waived, 1 known already, 1 advisory, 1 below the threshold, 1 unknown"
    assert verdict(aside).words == f"not blocked: {told}"
    must = replace(FINDING, outcome=Outcome.UNKNOWN, blocks_when_unknown=True)
    assert verdict([*aside, FINDING, must]).words == (
        f"blocked by 1 violation, the worst high, and by 1 unknown that must be known; not blocking: {told}"
    )
