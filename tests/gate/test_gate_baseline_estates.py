"""Which findings of which estates are the same, and in which words it is told that they are worse or gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.gate.baseline import Compared, Earlier, compare, entries, worse
from resilience_checks.gate.baseline_file import Baseline
from resilience_checks.model.errors import UsageError
from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome, Result, Severity

WHERE = "in baseline b.json"
SITE = Result(
    "cross-site",
    Outcome.VIOLATION,
    Severity.MEDIUM,
    "site:north",
    "A site is lost",
    "One outage of site north loses mail",
    services=("mail",),
    cause=("site:north/outage",),
    evidence={"stacks": ["net/prod", "shop/prod"]},
)
OPEN = replace(SITE, outcome=Outcome.UNKNOWN, cause=(), blocks_when_unknown=True)
PASSED = replace(SITE, outcome=Outcome.PASS, target="mail", cause=())


def compared(now: list[Result], *before: Result) -> Compared:
    return compare(now, Earlier("baseline b.json", WHERE, entries(before, whole=True)))


def told(now: Result, *before: Result) -> str:
    """Return in what a finding is worse, or where it stood."""
    [found] = compared([now], *before).results
    return worse(found).removeprefix(f"worse than {WHERE}: ") or found.known


def of(result: Result, *stacks: str, **evidence: object) -> Result:
    return replace(result, evidence={"stacks": list(stacks), **evidence})


@pytest.mark.parametrize(
    ("now", "before", "same"),
    [
        (("org/net/prod", "org/shop/prod"), ("org/net/prod", "org/mail/prod"), True),
        (("org/net/prod", "org/shop/prod"), ("org/net/prod", "org/shop/dev"), False),
        (("net/prod", "net/dr"), ("net/prod",), True),
        (("net/prod",), ("net/prod", "net/dr"), True),
        (("net/prod", "net/dr"), ("net/prod", "net/dr"), True),
        (("net/prod", "net/dev"), ("net/prod", "net/dr"), False),
        (("net/prod",), (), True),
    ],
)
def test_an_estate_may_grow_and_is_another_in_another_environment(
    now: tuple[str, ...], before: tuple[str, ...], same: bool
) -> None:
    assert told(of(SITE, *now), of(SITE, *before)) == (WHERE if same else "")


def test_a_result_that_names_no_list_of_stacks_is_of_any_estate() -> None:
    bare, text = replace(SITE, evidence={}), replace(SITE, evidence={"stacks": "net/prod", "consumers": "powys"})
    assert [told(one, SITE) for one in (bare, text)] == [WHERE, WHERE]
    assert entries([bare]) == entries([text]) == (replace(entries([SITE])[0], stacks=()),)


def test_a_finding_that_another_estate_still_has_is_gone_from_its_own() -> None:
    elsewhere = of(SITE, "net/dev", "shop/dev")
    assert compared([elsewhere, PASSED], SITE) == Compared((elsewhere, PASSED), entries([SITE]), 0)
    assert compared([SITE, PASSED], SITE).gone == ()


@pytest.mark.parametrize(("now", "before"), [((), ("mail",)), (("mail",), ()), ((), ()), (("mail", "web"), ("mail",))])
def test_a_finding_stands_for_any_service_where_it_or_the_entry_names_none(
    now: tuple[str, ...], before: tuple[str, ...]
) -> None:
    found = compared(
        [replace(SITE, services=now), PASSED, replace(PASSED, services=())], replace(SITE, services=before)
    )
    assert (found.gone, found.open) == ((), 0)


def test_an_unknown_that_is_not_enforced_is_not_told_as_gone() -> None:
    assert compared([PASSED], OPEN) == Compared((PASSED,), entries([OPEN]), 0)
    assert compared([PASSED], replace(OPEN, advisory=("from 2027 on",))) == Compared((PASSED,), (), 0)


def test_what_is_gone_is_told_in_the_order_of_the_file() -> None:
    before = [replace(SITE, target=f"site:{name}", cause=(name,)) for name in ("west", "east", "north")]
    found = compared([PASSED], *before[::-1]).gone
    assert [entry.target for entry in found] == ["site:east", "site:north", "site:west"]
    shuffled = Earlier("", WHERE, found[::-1])
    assert compare([PASSED], shuffled).gone == found


LOW, HIGH = replace(SITE, severity=Severity.LOW), replace(SITE, services=("web",), severity=Severity.HIGH)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (replace(SITE, services=("mail", "web", "dns")), [SITE], "also loses dns, web"),
        (replace(OPEN, services=("mail", "web")), [OPEN], "also concerns web"),
        (of(SITE, consumers=["powys", "gwent"]), [of(SITE)], "also cuts off gwent, powys"),
        (
            replace(of(SITE, consumers=["gwent"]), services=("mail", "web"), severity=Severity.HIGH),
            [SITE],
            "also loses web; also cuts off gwent; high, was medium",
        ),
        (
            replace(SITE, services=("mail", "web"), severity=Severity.CRITICAL),
            [LOW, HIGH],
            "critical, was high",
        ),
    ],
)
def test_in_what_a_finding_is_worse_is_told_whole(now: Result, before: list[Result], expected: str) -> None:
    assert told(now, *before) == expected


def test_a_file_that_cannot_be_read_is_told_by_its_name() -> None:
    with pytest.raises(UsageError) as caught:
        Baseline("ours/b.json", b"{\n]").earlier()
    assert caught.value.location == Location("ours/b.json", 2, 1)
