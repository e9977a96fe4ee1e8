"""The facts that the definitions name, each on the smallest estate that shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis.answers import answer, cut_sets
from resilience_checks.analysis.what_if import what_if
from resilience_checks.model.question import Doubt, FaultKind, Holds, Horizon, Question
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import (
    Aid,
    Consumer,
    Domain,
    Estate,
    Fact,
    Link,
    Member,
    Part,
    PlacedWhen,
    Service,
    Site,
)
from resilience_checks.topology.gates import (
    ALWAYS,
    All,
    AnyOf,
    AtLeast,
    Failover,
    Gate,
    Nature,
    Quorum,
    Standby,
    Up,
    Vote,
)

OUTAGES = Question("outages", (FaultKind.OUTAGE,))
AT_RTO = Question("outages", (FaultKind.OUTAGE,), horizon=Horizon.RTO)
RECORD = "record"


def path(part: str) -> Gate:
    return Up(part, Nature.PATH)


def part(name: str, gate: Gate = ALWAYS, site: str | PlacedWhen | None = None) -> Part:
    return Part(name, name, "device", site, gate)


def device(name: str, *members: str) -> Domain:
    return Domain(
        f"device:{name}", "device", name, (FaultKind.OUTAGE,), tuple(Member(one) for one in members or (name,))
    )


def estate(
    entry: Gate,
    *parts: Part,
    domains: tuple[Domain, ...] | None = None,
    service: Service | None = None,
    sites: tuple[Site, ...] = (),
    links: tuple[Link, ...] = (),
    consumers: tuple[Consumer, ...] = (),
    facts: tuple[Fact, ...] = (),
) -> Estate:
    wires = tuple(part(link.part) for link in links)
    domains = tuple(device(one.id) for one in (*parts, *wires)) if domains is None else domains
    return Estate(
        parts={one.id: one for one in (*parts, *wires)},
        domains={one.id: one for one in domains},
        services={RECORD: service or Service(RECORD, entry)},
        sites={one.id: one for one in sites},
        links={one.id: one for one in links},
        consumers={one.id: one for one in consumers},
        facts={one.id: one for one in facts},
    )


def cuts(found: Estate, order: int = 1, question: Question = OUTAGES) -> list[list[str]]:
    """Return the minimal cut sets that are surely cuts, as names of devices."""
    (statement,) = answer(found, [replace(question, order=order)]).statements
    assert statement.error is None
    assert statement.holds is not Holds.UNKNOWN
    return sorted(
        [event.removeprefix("device:").removesuffix("/outage") for event in cut.events] for cut in statement.cuts
    )


def at_rest(found: Estate) -> Holds:
    return what_if(found, (), RECORD)


def test_a_path_ring_that_only_feeds_itself_is_down() -> None:
    ring = estate(path("a"), part("a", path("b")), part("b", path("a")))
    assert at_rest(ring) is Holds.NO
    (statement,) = answer(ring, [OUTAGES]).statements
    assert statement.holds is Holds.UNKNOWN
    assert statement.error == (
        "record is lost with nothing failed: what it needs can never be met as the estate is described: "
        "nothing but each other is left to hold up a and b"
    )


def test_mutual_needs_are_up_and_fall_together() -> None:
    assert cuts(estate(Up("a"), part("a", Up("b")), part("b", Up("a")))) == [["a"], ["b"]]


@pytest.mark.parametrize(("mover", "lost"), [(Up("a", Nature.MOVER), True), (Up("b", Nature.MOVER), False)])
def test_a_mover_that_needs_what_it_moves_moves_nothing(mover: Gate, lost: bool) -> None:
    moved = estate(
        Failover(path("a"), (Standby(path("b"), Up("mover", Nature.MOVER), 0),)),
        part("a"),
        part("b"),
        part("mover", mover),
    )
    assert cuts(moved) == ([["a"]] if lost else [])


@pytest.mark.parametrize(
    ("rto", "seconds", "found"), [(60.0, 60.0, []), (60.0, 61.0, [["a"]]), (0.0, 0.0, []), (0.0, 1.0, [["a"]])]
)
def test_a_failover_counts_within_the_rto(rto: float, seconds: float, found: list[list[str]]) -> None:
    entry = Failover(Up("a"), (Standby(Up("b"), ALWAYS, seconds),))
    moved = estate(entry, part("a"), part("b"), service=Service(RECORD, entry, rto=rto, rpo=0.0))
    assert cuts(moved, question=AT_RTO) == found


def test_times_of_a_chain_of_failovers_add_up() -> None:
    entry = Failover(Up("a"), (Standby(Up("b"), ALWAYS, 40),))
    chain = Failover(Up("c"), (Standby(Up("d"), ALWAYS, 40),))
    for rto, lost in ((80.0, False), (79.0, True)):
        found = estate(
            entry, part("a"), part("b", chain), part("c"), part("d"), service=Service(RECORD, entry, rto=rto)
        )
        two = what_if(found, ("device:a/outage", "device:c/outage"), RECORD, Horizon.RTO)
        assert two is (Holds.NO if lost else Holds.YES)


def test_a_second_voter_adds_a_cut_of_order_one_where_a_second_member_does_not() -> None:
    alone = estate(Quorum((Vote("a", 1),)), part("a"), part("b"))
    assert cuts(alone) == [["a"]]
    assert cuts(estate(Quorum((Vote("a", 1), Vote("b", 1))), part("a"), part("b"))) == [["a"], ["b"]]
    assert cuts(estate(AnyOf((Up("a"), Up("b"))), part("a"), part("b"))) == []


def test_a_quorum_needs_the_links_between_its_voters() -> None:
    sites = tuple(Site(name, ALWAYS) for name in ("n", "s", "w"))
    voters = (part("a", site="n"), part("b", site="s"), part("c", site="w"))
    entry = Quorum(tuple(Vote(one.id, 1) for one in voters))
    star = (Link("ns", "ns", ("n", "s")), Link("nw", "nw", ("n", "w")))
    assert cuts(estate(entry, *voters, sites=sites, links=star), order=2) == [
        ["a", "b"], ["a", "c"], ["a", "ns"], ["a", "nw"], ["b", "c"], ["b", "nw"], ["c", "ns"], ["ns", "nw"],
    ]  # fmt: skip


def test_one_link_between_two_sites_is_a_cut_and_a_second_is_not() -> None:
    sites = (Site("n", ALWAYS), Site("s", ALWAYS))
    parts = (part("a", All((Up("b"),)), "n"), part("b", site="s"))
    one, two = Link("one", "one", ("n", "s")), Link("two", "two", ("n", "s"))
    assert cuts(estate(Up("a"), *parts, sites=sites, links=(one,))) == [["a"], ["b"], ["one"]]
    assert cuts(estate(Up("a"), *parts, sites=sites, links=(one, two)), order=2) == [["a"], ["b"], ["one", "two"]]


def test_the_only_firewall_of_a_site_between_two_others_is_a_cut() -> None:
    sites = (Site("n", ALWAYS), Site("m", path("fw")), Site("s", ALWAYS))
    links = (Link("nm", "nm", ("n", "m")), Link("ms", "ms", ("m", "s")))
    parts = (part("a", Up("b"), "n"), part("b", site="s"), part("fw", site="m"))
    assert cuts(estate(Up("a"), *parts, sites=sites, links=links)) == [["a"], ["b"], ["fw"], ["ms"], ["nm"]]


def test_a_firewall_that_needs_dns_behind_it_is_up_at_rest() -> None:
    sites = (Site("n", AnyOf((path("fw"),))), Site("s", ALWAYS))
    links = (Link("ns", "ns", ("n", "s")),)
    parts = (part("fw", Up("dns"), "n"), part("dns", site="n"), part("a", Up("b"), "s"), part("b", site="n"))
    found = estate(Up("a"), *parts, sites=sites, links=links)
    assert at_rest(found) is Holds.YES
    assert cuts(found) == [["a"], ["b"], ["dns"], ["fw"], ["ns"]]


def test_a_perimeters_firewall_does_not_need_its_own_sites_firewalls() -> None:
    sites = (Site("n", path("fw")), Site("s", ALWAYS))
    parts = (part("fw", path("uplink"), "n"), part("uplink", site="s"), part("a", path("b"), "s"), part("b", site="n"))
    found = estate(path("a"), *parts, sites=sites, links=(Link("ns", "ns", ("n", "s")),))
    assert at_rest(found) is Holds.YES


def test_what_a_service_needs_is_reached_from_where_it_is_served() -> None:
    sites = (Site("n", ALWAYS), Site("s", ALWAYS))
    service = Service(RECORD, path("a"), needs=(Up("b"),))
    parts = (part("a", site="s"), part("b", site="n"))
    links = (Link("ns", "ns", ("n", "s")),)
    assert cuts(estate(path("a"), *parts, service=service, sites=sites, links=links)) == [["a"], ["b"], ["ns"]]
    assert at_rest(estate(path("a"), *parts, service=service, sites=sites)) is Holds.UNKNOWN


def test_a_service_is_lost_when_all_consumers_lose_it_or_a_critical_one_does() -> None:
    access = (Link("p", "p", ("n",)), Link("g", "g", ("n",)))
    for critical, found in ((False, [["a"]]), (True, [["a"], ["p"]])):
        consumers = (Consumer("powys", "practice", ("p",), critical=critical), Consumer("gwent", "practice", ("g",)))
        service = Service(RECORD, path("a"), consumers=("powys", "gwent"))
        one = estate(
            path("a"),
            part("a", site="n"),
            service=service,
            sites=(Site("n", ALWAYS),),
            links=access,
            consumers=consumers,
        )
        assert cuts(one) == found


def test_a_violation_by_cases_names_the_cuts_of_each_case() -> None:
    where = Fact("where", ("n", "s"), Reason("not known", Basis.UNKNOWN), "declare its site")
    voters = (part("a", site="n"), part("b", site="s"), part("c", site=PlacedWhen("where", {"n": "n", "s": "s"})))
    sites = (
        Domain("site:n", "site", "n", (FaultKind.OUTAGE,), (Member("a"), Member("c", (("where", "n"),)))),
        Domain("site:s", "site", "s", (FaultKind.OUTAGE,), (Member("b"), Member("c", (("where", "s"),)))),
    )
    found = estate(
        Quorum(tuple(Vote(one.id, 1) for one in voters)),
        *voters,
        domains=sites,
        sites=(Site("n", ALWAYS), Site("s", ALWAYS)),
        links=(Link("ns", "ns", ("n", "s")),),
        facts=(where,),
    )
    (statement,) = answer(found, [OUTAGES]).statements
    assert statement.holds is Holds.NO
    assert [(cut.events, cut.by_cases) for cut in statement.cuts] == [(("site:n/outage", "site:s/outage"), True)]


def test_an_unknown_answer_names_what_it_hangs_on_and_what_would_be_lost() -> None:
    shared = Fact("shared", ("yes", "no"), Reason("who manages b is not known", Basis.UNKNOWN), "declare it")
    domain = Domain("plane:m", "plane", "m", (FaultKind.OUTAGE,), (Member("a"), Member("b", (("shared", "yes"),))))
    (statement,) = answer(
        estate(AnyOf((Up("a"), Up("b"))), part("a"), part("b"), domains=(domain,), facts=(shared,)), [OUTAGES]
    ).statements
    assert (statement.asked, statement.holds) == (Holds.YES, Holds.UNKNOWN)
    assert [cut.events for cut in statement.cuts] == [("plane:m/outage",)]
    assert [(doubt.id, doubt.reason, doubt.remedy) for doubt in statement.depends_on] == [
        ("shared", shared.reason, "declare it")
    ]


def grid(rows: int, columns: int) -> Estate:
    """Return a service that is lost when in each row some part is: `columns` to the power of `rows` cut sets."""
    names = [[f"{row}.{column}" for column in range(columns)] for row in range(rows)]
    entry = AnyOf(tuple(All(tuple(map(path, row))) for row in names))
    return estate(entry, *(part(name) for row in names for name in row))


def test_ten_million_fault_sets_end_soon_and_never_in_a_pass() -> None:
    large = grid(3, 216)
    (statement,) = answer(large, [replace(OUTAGES, order=3)]).statements
    assert (statement.holds, statement.complete, statement.cuts) == (Holds.UNKNOWN, False, ())
    assert [doubt.reason.text for doubt in statement.depends_on] == [
        "a limit of time or size stopped the analysis: all sets of up to 2 of 3 faults are told"
    ]
    (statement,) = answer(large, [replace(OUTAGES, order=2)]).statements
    assert (statement.holds, statement.complete) == (Holds.YES, True)


def test_an_analysis_whose_time_is_up_looks_at_single_faults_all_the_same() -> None:
    found = answer(grid(1, 3), [replace(OUTAGES, order=2)], deadline=-1).statements[0]
    assert (found.holds, found.complete, len(found.cuts)) == (Holds.NO, False, 3)
    found = answer(grid(2, 3), [replace(OUTAGES, order=2)], deadline=-1).statements[0]
    assert (found.holds, found.complete, found.cuts) == (Holds.UNKNOWN, False, ())
    found = answer(grid(2, 3), [OUTAGES], deadline=-1).statements[0]
    assert (found.holds, found.complete) == (Holds.YES, True)


def test_a_statement_lists_so_many_cut_sets_and_says_that_there_are_more() -> None:
    found = answer(grid(1, 1500), [OUTAGES], deadline=-1).statements[0]
    assert (found.holds, found.complete, len(found.cuts)) == (Holds.NO, False, 1000)


def test_four_thousand_services_in_a_row_are_no_deeper_than_one() -> None:
    services = {
        f"s{number}": Service(f"s{number}", ALWAYS, needs=(Up(f"service:s{number + 1}"),) if number < 3999 else ())
        for number in range(4000)
    }
    services["s3999"] = Service("s3999", path("a"))
    found = cut_sets(replace(estate(path("a"), part("a")), services=services), OUTAGES)
    assert {each.sure for each in found.values()} == {(("device:a/outage",),)}


def test_no_perimeter_waives_the_firewall_and_not_the_link() -> None:
    sites = (Site("n", ALWAYS), Site("s", ALWAYS))
    parts = (part("a", path("b"), "n"), part("b", site="s"))
    assert cuts(estate(path("a"), *parts, sites=sites, links=(Link("ns", "ns", ("n", "s")),))) == [["a"], ["b"], ["ns"]]
    assert at_rest(estate(path("a"), *parts, sites=sites)) is Holds.UNKNOWN


def test_a_border_that_nobody_stated_may_let_through_or_not() -> None:
    parts = (part("a", path("b"), "n"), part("b", site="s"))
    links = (Link("ns", "ns", ("n", "s")),)
    assert at_rest(estate(path("a"), *parts, sites=(Site("n", None), Site("s", ALWAYS)), links=links)) is Holds.UNKNOWN


def test_a_replica_that_lags_more_than_the_rpo_is_no_standby_where_data_counts() -> None:
    for rpo, lost in ((60.0, Holds.NO), (90.0, Holds.YES)):
        entry = Failover(path("a"), (Standby(path("b"), ALWAYS, 0, lag=90),))
        found = estate(entry, part("a"), part("b"), service=Service(RECORD, entry, rto=0.0, rpo=rpo))
        assert what_if(found, ("device:a/outage",), RECORD, Horizon.RTO, within_rpo=True) is lost
        assert what_if(found, ("device:a/outage",), RECORD, Horizon.RTO) is Holds.YES


def test_a_k_above_the_members_and_a_group_without_members_are_lost() -> None:
    assert at_rest(estate(AtLeast(3, (path("a"), path("b"))), part("a"), part("b"))) is Holds.NO
    assert at_rest(estate(AnyOf(()))) is Holds.NO


def test_an_edge_of_unknown_nature_is_a_need_at_best_and_a_path_at_worst() -> None:
    ring = estate(Up("a", Nature.UNKNOWN), part("a", Up("b", Nature.UNKNOWN)), part("b", Up("a", Nature.UNKNOWN)))
    assert at_rest(ring) is Holds.UNKNOWN


def test_a_voter_that_is_perhaps_a_member_adds_its_vote_where_it_is_one() -> None:
    joins = Fact("joins", ("in", "out"), Reason("not known", Basis.UNKNOWN), "say it")
    votes = (Vote("a", 1), Vote("b", 1), Vote("c", 1, (("joins", "in"),)))
    found = estate(Quorum(votes), *(part(name) for name in "abc"), facts=(joins,))
    faults = [tuple(f"device:{name}/outage" for name in failed) for failed in ("", "a", "c", "ac", "ab")]
    answers = [what_if(found, events, RECORD) for events in faults]
    assert answers == [Holds.YES, Holds.UNKNOWN, Holds.YES, Holds.NO, Holds.NO]


def test_members_of_a_quorum_that_too_many_facts_decide_leave_it_open() -> None:
    facts = tuple(Fact(f"f{n}", ("in", "out"), Reason("not known", Basis.UNKNOWN), "say it") for n in range(9))
    votes = tuple(Vote(f"v{n}", 1, ((f"f{n}", "in"),)) for n in range(9))
    voters = tuple(part(f"v{n}") for n in range(9))
    found = estate(Quorum(votes), *voters, facts=facts)
    assert at_rest(found) is Holds.UNKNOWN
    assert what_if(found, ("device:v0/outage",), RECORD) is Holds.UNKNOWN


@pytest.mark.parametrize(
    ("any_one", "found"), [(True, [["a", "b", "c"]]), (False, [["a", "b"], ["a", "c"]])], ids=["any one", "all"]
)
def test_a_service_is_lost_beside_its_aids_when_they_are_lost_too(any_one: bool, found: list[list[str]]) -> None:
    aids = {f"copy {name}": Aid(f"copy {name}", "copy", (RECORD,), path(name)) for name in "bc"}
    helped = replace(estate(path("a"), *(part(name) for name in "abc")), aids=aids)
    question = replace(OUTAGES, beside="copy", any_beside=any_one)
    assert cuts(helped, order=3, question=question) == found


def test_what_only_perhaps_serves_perhaps_needs_to_reach_what_the_service_needs() -> None:
    sites = (Site("n", ALWAYS), Site("s", ALWAYS))
    entry = Up("a", Nature.UNKNOWN)
    service = Service(RECORD, entry, needs=(Up("b"),))
    parts = (part("a", site="n"), part("b", site="s"))
    found = estate(entry, *parts, service=service, sites=sites, links=(Link("ns", "ns", ("n", "s")),))
    (statement,) = answer(replace(found, domains={"device:ns": device("ns")}), [OUTAGES]).statements
    why = Reason("whether a serves record, or is only needed, is not known", Basis.UNKNOWN)
    doubt = Doubt("a serves record", why, "declare the part's `role` and `path`")
    assert (statement.holds, statement.depends_on) == (Holds.UNKNOWN, (doubt,))


def test_a_service_that_needs_a_service_falls_with_it() -> None:
    mail = Service("mail", path("b"))
    record = Service(RECORD, path("a"), needs=(Up("service:mail"),))
    found = estate(path("a"), part("a"), part("b"), service=record)
    both = replace(found, services={**found.services, "mail": mail})
    assert what_if(both, ("device:b/outage",), RECORD) is Holds.NO
    assert what_if(both, ("device:a/outage",), "mail") is Holds.YES


def test_a_circle_of_unknown_nature_is_unknown_and_the_nature_is_what_it_hangs_on() -> None:
    circle = part("web", Up("web", Nature.UNKNOWN))
    (found,) = answer(estate(Up("web"), circle, part("other"), domains=(device("other"),)), [OUTAGES]).statements
    assert (found.holds, [doubt.text for doubt in found.depends_on]) == (
        Holds.UNKNOWN,
        [
            (
                "whether record and what it needs wait for each other is not known; "
                "to make it known: declare the `nature` of the edges"
            )
        ],
    )
