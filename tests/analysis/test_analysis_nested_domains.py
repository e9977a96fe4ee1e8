"""Which failure domains are smaller ones in others."""

from __future__ import annotations

from resilience_checks.analysis.nested_domains import NestedDomains
from resilience_checks.model.question import FaultKind, Holds
from resilience_checks.topology.estate import Domain, Member


def domain(kind: str, *members: str, fault: FaultKind = FaultKind.OUTAGE, encloses: tuple[str, ...] = ()) -> Domain:
    return Domain(f"{kind}:x", kind, "x", (fault,), tuple(Member(member) for member in members), encloses=encloses)


def inside(name: str, *domains: Domain, unsure: str = "") -> set[str]:
    taken = {one.id: Holds.UNKNOWN if one.id == unsure else Holds.YES for one in domains}
    return set(NestedDomains({one.id: one for one in domains}).inside(name, taken))


def test_a_domain_with_fewer_of_the_same_members_is_smaller() -> None:
    room, region = domain("room", "a", "b"), domain("region", "a", "b", "c")
    assert (inside("region:x", room, region), inside("room:x", room, region)) == ({"room:x"}, set())


def test_with_the_same_members_the_smaller_kind_of_place_is_smaller() -> None:
    campus, region = domain("campus", "a"), domain("region", "a")
    assert (inside("region:x", campus, region), inside("campus:x", campus, region)) == ({"campus:x"}, set())


def test_two_common_causes_of_the_same_members_are_two() -> None:
    power, cooling = domain("power", "a"), domain("cooling", "a")
    assert (inside("power:x", power, cooling), inside("cooling:x", power, cooling)) == (set(), set())


def test_a_bad_change_is_in_no_place() -> None:
    site, account = domain("site", "a", "b"), domain("account", "a", fault=FaultKind.BAD_CHANGE)
    assert inside("site:x", site, account) == set()


def test_what_is_perhaps_taken_hides_nothing_that_surely_is() -> None:
    room, site = domain("room", "a"), domain("site", "a", encloses=("room:x",))
    assert inside("site:x", room, site) == {"room:x"}
    assert inside("site:x", room, site, unsure="room:x") == set()
    assert inside("site:x", room, site, unsure="site:x") == {"room:x"}
