"""What lies on the way to a place: firewalls behind a name, links that need what they lead to, and several accesses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis.what_if import what_if
from resilience_checks.model.question import Holds, Step
from resilience_checks.topology.estate import Consumer, Estate, Link, Service, Site
from resilience_checks.topology.gates import ALWAYS, AnyOf, Nature, Up
from tests.analysis.test_analysis_fates import outages, says, told
from tests.analysis.test_analysis_semantics import RECORD, at_rest, cuts, estate, part, path


def test_firewalls_behind_a_name_do_not_need_their_own_sites_firewalls() -> None:
    walls = [part(name, path("uplink"), "n") for name in ("fw1", "fw2")]
    pair = part("pair", AnyOf(tuple(path(wall.id) for wall in walls)))
    parts = (pair, *walls, part("uplink", site="s"), part("a", path("b"), "s"), part("b", site="n"))
    sites = (Site("n", path("pair")), Site("s", ALWAYS))
    found = estate(path("a"), *parts, sites=sites, links=(Link("ns", "ns", ("n", "s")),))
    assert at_rest(found) is Holds.YES
    assert cuts(found, order=2) == [["a"], ["b"], ["fw1", "fw2"], ["ns"], ["pair"], ["uplink"]]


@pytest.mark.parametrize(
    ("nature", "found"),
    [(Nature.NEED, [["a"], ["b"], ["dns"], ["ns"], ["router"]]), (Nature.PATH, None)],
    ids=["needed", "carried"],
)
def test_a_link_may_need_what_it_leads_to_and_carries_nothing_on_the_way_to_what_carries_it(
    nature: Nature, found: list[list[str]] | None
) -> None:
    parts = (part("a", Up("b", nature), "n"), part("b", site="s"), part("dns", site="s"))
    router = part("router", Up("dns", nature), "n")
    sites = (Site("n", ALWAYS), Site("s", ALWAYS))
    plain = estate(path("a"), *parts, router, sites=sites, links=(Link("ns", "ns", ("n", "s")),))
    whole = replace(plain, parts={**plain.parts, "ns": part("ns", Up("router", nature))})
    assert (cuts(whole) if at_rest(whole) is Holds.YES else None) == found


def entered_at_two_sites() -> Estate:
    """Return a service at n with a consumer who has access to n and to m, between which nobody declared a link."""
    entry = Up("a", Nature.PATH, says("record is served by a"))
    return estate(
        entry,
        part("a", site="n"),
        sites=(Site("n", ALWAYS), Site("m", ALWAYS)),
        links=(Link("wn", "wn", ("n",)), Link("wm", "wm", ("m",))),
        consumers=(Consumer("powys", "board", ("wn", "wm")),),
        service=Service(RECORD, entry, rto=0.0, consumers=("powys",)),
    )


def test_an_access_to_the_place_is_enough_and_that_of_one_beside_it_is_perhaps() -> None:
    found = entered_at_two_sites()
    answers = [what_if(found, outages(*failed), RECORD) for failed in ((), ("wm",), ("wn",), ("wm", "wn"))]
    assert answers == [Holds.YES, Holds.YES, Holds.UNKNOWN, Holds.NO]


def test_of_several_accesses_it_is_told_what_they_are_for() -> None:
    assert told(entered_at_two_sites(), "wm", "wn").chain == (
        Step("an outage of wm"),
        Step("an outage of wn"),
        Step("traffic takes wm, which is lost"),
        Step("no way from powys to site m is left"),
        Step("traffic takes wn, which is lost"),
        Step("no way from powys to site n is left"),
        Step("record is served by a, which is not reached"),
        Step("powys loses record"),
    )
