"""What is new against what stood before, what is worse, and what is gone."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.gate.baseline import Compared, Earlier, Entry, compare, entries, worse
from resilience_checks.gate.baseline_file import Baseline, read, schema, written
from resilience_checks.gate.verdict import blocks
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome, Result, Severity

WHERE = "in baseline b.json"
PROD = ("net/prod", "shop/prod")
SITE = Result(
    "cross-site",
    Outcome.VIOLATION,
    Severity.MEDIUM,
    "site:north",
    "A site is lost",
    "One outage of site north loses mail",
    location=Location("shop/resilience.yaml", 7),
    services=("mail",),
    cause=("site:north/outage",),
    evidence={"stacks": list(PROD), "consumers": ["powys"]},
)
OPEN = replace(SITE, outcome=Outcome.UNKNOWN, target="mail", cause=(), blocks_when_unknown=True)
PASSED = replace(SITE, outcome=Outcome.PASS, target="mail", cause=())


def earlier(*results: Result) -> Earlier:
    return Earlier("baseline b.json", WHERE, entries(results, whole=True))


def told(now: Result, *before: Result) -> tuple[str, str]:
    """Return why one result is known, and in what it is worse."""
    [found] = compare([now], earlier(*before)).results
    return found.known, worse(found).removeprefix(f"worse than {WHERE}: ")


NEW, KNOWN = ("", ""), (WHERE, "")


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (SITE, [], NEW),
        (SITE, [SITE], KNOWN),
        (replace(SITE, location=None, message="in other words"), [SITE], KNOWN),
        (SITE, [replace(SITE, cause=("site:south/outage",))], NEW),
        (SITE, [replace(SITE, severity=Severity.HIGH)], KNOWN),
        (replace(SITE, severity=Severity.HIGH), [SITE], ("", "high, was medium")),
        (SITE, [replace(SITE, services=("mail", "web"))], KNOWN),
        (replace(SITE, services=("mail", "web")), [SITE], ("", "also loses web")),
        (replace(SITE, services=("mail", "web")), [SITE, replace(SITE, services=("web",))], KNOWN),
        (
            replace(SITE, services=("mail", "web"), severity=Severity.HIGH),
            [replace(SITE, severity=Severity.HIGH), replace(SITE, services=("web",))],
            ("", "high, was medium"),
        ),
        (
            replace(SITE, evidence={**SITE.evidence, "consumers": ["powys", "gwent"]}),
            [SITE],
            ("", "also cuts off gwent"),
        ),
        (replace(SITE, services=(), severity=Severity.LOW), [replace(SITE, services=())], KNOWN),
        (replace(SITE, services=(), severity=Severity.HIGH), [replace(SITE, services=())], ("", "high, was medium")),
        (OPEN, [OPEN], KNOWN),
        (OPEN, [replace(OPEN, outcome=Outcome.VIOLATION)], KNOWN),
        (replace(OPEN, outcome=Outcome.VIOLATION), [OPEN], ("", "it was not known whether it is violated")),
        (PASSED, [PASSED, SITE], NEW),
        (replace(SITE, outcome=Outcome.ERROR), [SITE], NEW),
    ],
)
def test_what_counts_as_the_same_finding(now: Result, before: list[Result], expected: tuple[str, str]) -> None:
    assert told(now, *before) == expected


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        (["net/prod"], KNOWN),
        (["net/prod", "shop/prod", "more/prod"], KNOWN),
        (["net/prod", "shop/dev"], NEW),
        (["net/dev", "shop/dev"], NEW),
        ([], KNOWN),
    ],
)
def test_a_finding_is_known_in_its_own_estate_alone(stacks: list[str], expected: tuple[str, str]) -> None:
    assert told(replace(SITE, evidence={**SITE.evidence, "stacks": stacks}), SITE) == expected


def gone(now: list[Result], before: Result = SITE, never: frozenset[str] = frozenset()) -> tuple[int, int]:
    """Return how many findings are gone, and of how many nobody can say it."""
    found = compare(now, replace(earlier(before), never=never))
    return len(found.gone), found.open


IN_DEV = {"stacks": ["net/dev", "shop/dev"]}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([PASSED], (1, 0)),
        ([replace(SITE, cause=("site:south/outage",))], (1, 0)),
        ([replace(SITE, services=("web",)), PASSED], (1, 0)),
        ([SITE], (0, 0)),
        ([], (0, 1)),
        ([OPEN], (0, 1)),
        ([replace(PASSED, policy="another")], (0, 1)),
        ([replace(PASSED, services=("web",))], (0, 1)),
        ([replace(PASSED, outcome=Outcome.NOT_APPLICABLE)], (0, 1)),
        ([PASSED, replace(PASSED, outcome=Outcome.ERROR, services=())], (0, 1)),
        ([replace(PASSED, evidence=IN_DEV)], (0, 1)),
        ([replace(PASSED, evidence={"stacks": ["shop/prod"]})], (0, 1)),
        (
            [replace(PASSED, evidence=IN_DEV), replace(PASSED, policy="another")],
            (0, 1),
        ),  # prod is here, and not decided
    ],
)
def test_gone_is_only_what_was_decided_this_time(now: list[Result], expected: tuple[int, int]) -> None:
    assert gone(now) == expected


def test_what_is_about_no_service_is_gone_where_its_policy_passes() -> None:
    before, passed = replace(SITE, services=()), replace(PASSED, services=())
    assert gone([passed], before) == (1, 0)
    assert gone([passed, replace(passed, outcome=Outcome.UNKNOWN)], before) == (0, 1)


def test_an_unknown_that_blocks_nothing_is_not_told_as_gone() -> None:
    assert gone([PASSED], replace(OPEN, blocks_when_unknown=False)) == (0, 0)


def test_what_is_about_a_change_stood_nowhere_before() -> None:
    found = compare([SITE], replace(earlier(SITE), never=frozenset({"cross-site"})))
    assert found == Compared((SITE,), (), 0)


SERVICES, CONSUMERS = st.sets(st.sampled_from("abcd")), st.sets(st.sampled_from("xyz"))


@st.composite
def results(draw: st.DrawFn) -> Result:
    stacks = draw(st.sets(st.sampled_from(["p/dev", "p/prod", "q/prod"]), min_size=1))
    return replace(
        SITE,
        policy=draw(st.sampled_from(["one", "two"])),
        outcome=draw(st.sampled_from(Outcome)),
        severity=draw(st.sampled_from(Severity)),
        target=draw(st.sampled_from(["site:north", "mail"])),
        services=tuple(sorted(draw(SERVICES))),
        blocks_when_unknown=draw(st.booleans()),
        evidence={"stacks": sorted(stacks), "consumers": sorted(draw(CONSUMERS))},
    )


@given(st.lists(results(), max_size=6))
def test_against_its_own_baseline_nothing_blocks_but_what_failed(found: list[Result]) -> None:
    again = compare(found, earlier(*found))
    blocking = [one for one in again.results if blocks(one, Severity.LOW)]
    assert [one for one in blocking if one.outcome is not Outcome.ERROR] == []
    assert again.gone == ()


@given(st.lists(results(), max_size=4), results(), st.sampled_from(Severity))
def test_whatever_a_finding_gains_makes_it_new(found: list[Result], one: Result, fail_on: Severity) -> None:
    one = replace(one, outcome=Outcome.VIOLATION, blocks_when_unknown=False)
    before = [other for other in found if other.outcome is not Outcome.VIOLATION]
    more = [
        replace(one, services=(*one.services, "e")),
        replace(one, evidence={**one.evidence, "consumers": [*one.evidence["consumers"], "w"]}),  # type: ignore[misc]
        *(replace(one, severity=other) for other in Severity if other.rank > one.severity.rank),
    ]
    for worse_one in more:
        [now] = compare([worse_one], earlier(*before, one)).results
        assert (now.known, worse(now) != "") == ("", True)
        assert blocks(now, fail_on) == blocks(worse_one, fail_on)


@given(st.lists(results(), max_size=6))
def test_a_file_is_read_as_it_was_written_in_any_order(found: list[Result]) -> None:
    text = written(entries(found))
    assert read(text.encode(), "b.json") == entries(found)
    assert written(entries(found[::-1])) == text


def test_the_file_of_one_finding() -> None:
    assert written(entries([SITE])) == (
        "{\n"
        '  "schema": "resilience-baseline/v1",\n'
        '  "findings": [\n'
        "    {\n"
        f'      "fingerprint": "{SITE.fingerprint}",\n'
        '      "policy": "cross-site",\n'
        '      "outcome": "violation",\n'
        '      "severity": "medium",\n'
        '      "target": "site:north",\n'
        '      "message": "One outage of site north loses mail",\n'
        '      "services": [\n        "mail"\n      ],\n'
        '      "consumers": [\n        "powys"\n      ],\n'
        '      "stacks": [\n        "net/prod",\n        "shop/prod"\n      ]\n'
        "    }\n"
        "  ]\n"
        "}\n"
    )


BROKEN = {
    "": ("not valid JSON", 1),
    '{"schema":\n "resilience-baseline/v2", "findings": []}': ("at schema: 'resilience-baseline/v1' was expected", 1),
    '{"schema": "resilience-baseline/v1",\n "findings": [\n\n {"fingerprint": "x"}]}': ("at findings/0", 4),
    "[]": ("at the top", 1),
    "[" * 100_000: ("nested too deeply", 1),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_file_that_is_wrong_is_an_error_at_its_line(text: str, said: tuple[str, int]) -> None:
    with pytest.raises(UsageError) as caught:
        read(text.encode(), "b.json")
    assert said[0] in caught.value.what
    assert caught.value.location is not None
    assert (caught.value.location.path, caught.value.location.line) == ("b.json", said[1])


@pytest.mark.parametrize(
    ("content", "said", "at"),
    [
        (b"\n{\n\xff\n\n}", "not UTF-8 text", Location("b.json", 3)),
        (b"\xff\n", "not UTF-8 text", Location("b.json", 1)),
        (b'{\n "schema" 1}', "not valid JSON: Expecting ':' delimiter", Location("b.json", 2, 11)),
        (b"[" * 100_000, "it is nested too deeply to be read", Location("b.json", 1)),
    ],
)
def test_what_no_schema_can_read_is_told_whole(content: bytes, said: str, at: Location) -> None:
    with pytest.raises(UsageError) as caught:
        read(content, "b.json")
    found = caught.value
    assert (found.what, found.location) == (f"no baseline can be read: {said}", at)
    assert found.why == "which findings stood before is not known, so nothing was checked"
    assert found.remedy == "write it anew with `resilience-checks baseline write`"


def test_names_are_written_as_they_are() -> None:
    assert '"message": "Ysbyty Tŷ Gwyn"' in written(entries([replace(SITE, message="Ysbyty Tŷ Gwyn")]))


def test_a_file_that_is_there_holds_what_stands_in_it() -> None:
    found = entries([SITE])
    assert Baseline("b.json", written(found).encode()).earlier() == Earlier(
        "baseline b.json", "in baseline b.json", found
    )


def test_a_file_that_is_not_there_without_a_reason_holds_nothing() -> None:
    assert Baseline("b.json", None).earlier() == Earlier("baseline b.json", "in baseline b.json", ())


def test_a_file_that_is_not_there_for_good_reason_holds_nothing_and_says_so() -> None:
    found = Baseline("b.json", None, "not at main (0a1b2c3d4e)").earlier()
    assert found == Earlier("baseline b.json (not at main (0a1b2c3d4e))", "in baseline b.json", ())


def test_the_schema_is_one() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(json.loads(written([Entry("0" * 16, "p", *_LOW, "t", "m")])))


_LOW = (Outcome.VIOLATION, Severity.LOW)
