"""Which waivers count where settings are trusted elsewhere, and what a change accepts beyond what was accepted before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from resilience_checks.gate.waiver_file import NAME, Waivers
from resilience_checks.gate.waiver_trust import Versions, loosened
from resilience_checks.gate.waivers import Claim
from resilience_checks.model.location import Location
from resilience_checks.model.waiver import Waiver
from resilience_checks.policy.loosening import Loosening
from resilience_checks.policy.trusting import counts_for_nothing

NOT_YET = counts_for_nothing("main")
A, B, C = "a" * 16, "b" * 16, "c" * 16
END = date(2026, 3, 31)
AT, THERE, LONGEST_AT = Location(NAME, 4, 5), Location(NAME, 9, 5), Location(NAME, 2, 10)
OURS = Waiver("zones", "db", "planned", "web", "head", "T-1", date(2026, 1, 5), END, AT)
TRUSTED = replace(OURS, reason="as agreed", location=THERE)
OTHER = replace(OURS, target="queue")


def file(*waivers: Waiver, longest: int | None = None) -> Waivers:
    return Waivers(NAME, waivers, longest, None if longest is None else LONGEST_AT, digest="0" * 64)


def sides(own: Waivers, tip: Waivers, fork: Waivers | None = None, *, for_all: bool = False) -> Versions:
    return Versions("main", own, tip, tip if fork is None else fork, for_all)


def later(waiver: Waiver, days: int) -> Waiver:
    return replace(waiver, expires=waiver.expires + timedelta(days=days))


def test_a_waiver_that_is_trusted_twice_counts_once() -> None:
    assert sides(file(OURS), file(OURS, replace(OURS, location=THERE))).claims() == (Claim(OURS),)


def test_what_is_new_counts_for_nothing_yet() -> None:
    assert sides(file(OURS), file(OTHER), file(OTHER)).claims() == (Claim(OURS, untrusted=NOT_YET),)


@pytest.mark.parametrize(
    ("own", "trusted", "counts", "note"),
    [
        (OURS, TRUSTED, TRUSTED, ""),
        (later(OURS, 9), TRUSTED, TRUSTED, f"that it holds until 2026-04-09 {NOT_YET}"),
        (later(OURS, -9), TRUSTED, later(TRUSTED, -9), ""),
        (replace(OURS, fingerprints=(A,)), TRUSTED, replace(TRUSTED, fingerprints=(A,)), ""),
        (
            OURS,
            replace(TRUSTED, fingerprints=(A,)),
            replace(TRUSTED, fingerprints=(A,)),
            f"that it holds for more findings {NOT_YET}",
        ),
        (
            replace(later(OURS, 1), fingerprints=(C, B)),
            replace(TRUSTED, fingerprints=(A, B)),
            replace(TRUSTED, fingerprints=(B,)),
            f"that it holds until 2026-04-01 and for more findings {NOT_YET}",
        ),
    ],
)
def test_of_a_waiver_that_both_have_what_both_accept_counts(
    own: Waiver, trusted: Waiver, counts: Waiver, note: str
) -> None:
    found = sides(file(own), file(trusted)).claims()
    assert found == (Claim(replace(counts, location=AT), note=note),)


def test_a_waiver_of_other_findings_alone_is_another() -> None:
    own, trusted = replace(OURS, fingerprints=(A,)), replace(TRUSTED, fingerprints=(B,))
    assert sides(file(own), file(trusted)).claims() == (Claim(own, untrusted=NOT_YET),)


def test_the_very_same_waiver_is_held_against_itself_alone() -> None:
    longer = later(TRUSTED, 30)
    assert sides(file(OURS), file(longer, replace(OURS, location=THERE))).claims() == (Claim(OURS),)


def test_a_waiver_that_meets_two_counts_as_far_as_each_of_them() -> None:
    one, two = replace(TRUSTED, fingerprints=(A,)), later(replace(TRUSTED, fingerprints=(B,)), -9)
    assert sides(file(OURS), file(one, two)).claims() == (
        Claim(replace(one, location=AT), note=f"that it holds for more findings {NOT_YET}"),
        Claim(replace(two, location=AT), note=f"that it holds until 2026-03-31 and for more findings {NOT_YET}"),
    )


def test_what_became_trusted_after_the_change_began_counts_and_what_it_took_out_does_not() -> None:
    assert sides(file(), file(OTHER), file()).claims() == (Claim(OTHER),)
    assert sides(file(), file(OTHER), file(OTHER)).claims() == ()


def test_an_organisations_waivers_hold_by_themselves() -> None:
    found = sides(file(OURS, replace(OURS, target="own")), file(TRUSTED, OTHER), for_all=True).claims()
    assert found == (
        Claim(replace(OURS, target="own"), untrusted=NOT_YET),
        Claim(TRUSTED, elsewhere=True),
        Claim(OTHER, elsewhere=True),
    )


@pytest.mark.parametrize(
    ("own", "tip", "fork", "days"),
    [(90, 30, None, 30), (30, 90, 7, 30), (None, 60, 1, 60), (60, None, 1, 60), (None, None, 1, None)],
)
def test_the_stricter_longest_counts_whatever_stood_before(
    own: int | None, tip: int | None, fork: int | None, days: int | None
) -> None:
    assert sides(file(longest=own), file(longest=tip), file(longest=fork)).longest() == days


def told(setting: str, was: str, now: str, name: str = "zones at db") -> Loosening:
    return Loosening("waiver", (name,), setting, was, now, location=AT, parts=(f"waiver {name}: {setting}",))


@pytest.mark.parametrize(
    ("own", "before", "expected"),
    [
        (OURS, [], told("last day", "none", "2026-03-31")),
        (OURS, [TRUSTED], None),
        (OURS, [OTHER], told("last day", "none", "2026-03-31")),
        (later(OURS, 1), [TRUSTED], told("last day", "2026-03-31", "2026-04-01")),
        (later(OURS, 1), [later(TRUSTED, -1), TRUSTED], told("last day", "2026-03-31", "2026-04-01")),
        (later(OURS, 1), [later(TRUSTED, 1), later(TRUSTED, -1)], None),
        (later(OURS, -1), [TRUSTED], None),
        (replace(OURS, fingerprints=(A,)), [TRUSTED], None),
        (replace(OURS, fingerprints=(A,)), [replace(TRUSTED, fingerprints=(A, B))], None),
        (
            replace(OURS, fingerprints=(A, C)),
            [replace(TRUSTED, fingerprints=(A,)), replace(TRUSTED, fingerprints=(B, A))],
            told("findings", f"{A}, {B}", f"{A}, {C}", f"zones at db ({A}, {C})"),
        ),
        (OURS, [replace(TRUSTED, fingerprints=(A,))], told("findings", A, "all")),
        (
            later(replace(OURS, fingerprints=(A,)), 1),
            [replace(TRUSTED, fingerprints=(A,)), later(replace(TRUSTED, fingerprints=(B,)), 9)],
            told("last day", "2026-03-31", "2026-04-01", f"zones at db ({A})"),
        ),
    ],
)
def test_a_waiver_that_is_new_longer_or_wider_is_a_loosening(
    own: Waiver, before: list[Waiver], expected: Loosening | None
) -> None:
    assert loosened(file(own), file(*before)) == (() if expected is None else (expected,))


@pytest.mark.parametrize(
    ("own", "before", "after"),
    [(None, 90, "not given"), (91, 90, "91d"), (90, 90, None), (30, 90, None), (90, None, None)],
)
def test_a_longer_longest_is_a_loosening(own: int | None, before: int | None, after: str | None) -> None:
    at = None if own is None else LONGEST_AT
    longer = Loosening("file", (NAME,), "longest", "90d", after or "", (), at, parts=(f"{NAME}: longest",))
    assert loosened(file(longest=own), file(longest=before)) == ((longer,) if after else ())


def test_a_file_that_is_not_there_accepts_nothing() -> None:
    assert loosened(Waivers(), file(longest=90)) == ()


def test_a_change_answers_for_what_stands_neither_where_it_began_nor_there_now() -> None:
    own = file(OURS, OTHER, replace(OURS, target="new"), longest=90)
    found = sides(own, file(OTHER, longest=30), file(OURS, longest=30)).loosened()
    assert [one.parts for one in found] == [("waiver zones at new: last day",), (f"{NAME}: longest",)]
