"""What a search for explanations says when it is not finished, and on estates that leave too much open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resilience_checks.analysis import diagnosis
from resilience_checks.analysis.candidates import Candidates, Observed
from resilience_checks.analysis.diagnosis import Answer, Diagnosis, Explanation, Look, diagnose
from resilience_checks.analysis.fates import Compiled
from resilience_checks.model.likelihood import Likelihood, Stated
from resilience_checks.model.question import Doubt, FaultKind, Horizon
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Domain, Fact, Member, Service
from resilience_checks.topology.gates import ALWAYS, NEVER, All, AnyOf, Case
from tests.analysis.test_analysis_semantics import RECORD, device, estate, part, path

SEEN = Observed((RECORD,))


def told(found: list[tuple[str, ...]]) -> list[str]:
    return [" ".join(event.removeprefix("device:").removesuffix("/outage") for event in events) for events in found]


def test_the_smallest_sets_that_lose_what_is_down_explain_it() -> None:
    found = diagnose(estate(All((path("a"), AnyOf((path("b"), path("c"))))), part("a"), part("b"), part("c")), SEEN)
    assert told([one.events for one in found.explanations]) == ["a", "b c"]
    assert (found.order, found.finished, found.exact) == (2, 2, True)


def test_a_search_that_ran_out_of_time_has_finished_single_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "_FEW", 0)
    whole = estate(All((path("a"), AnyOf((path("b"), path("c"))))), part("a"), part("b"), part("c"))
    found = diagnose(whole, SEEN, order=3, deadline=0.0)
    assert told([one.events for one in found.explanations]) == ["a"]
    assert (found.order, found.finished) == (3, 1)


def test_a_doubt_that_would_have_kept_the_service_from_ever_working_explains_nothing() -> None:
    doubt = Fact("hidden need", ("harmless", "harmful"), Reason("callbacks were skipped", Basis.UNKNOWN), "say it")
    entry = All((path("a"), Case("hidden need", {"harmless": ALWAYS, "harmful": NEVER})))
    found = diagnose(estate(entry, part("a"), part("b"), facts=(doubt,)), SEEN, horizon=Horizon.INSTANT)
    assert [(told([one.events]), one.sure) for one in found.explanations] == [(["a"], True)]


def test_what_is_lost_with_nothing_failed_is_an_error_and_not_explained() -> None:
    found = diagnose(estate(AnyOf(()), part("a")), SEEN)
    assert (found.explanations, found.errors) == ((), (RECORD,))


def test_too_many_cases_are_said_to_be_and_what_is_sure_in_each_is_then_called_possible() -> None:
    def losing(facts: int) -> Diagnosis:
        """Explain the loss of what needs, for each fact, a one way round and b the other way round."""
        doubts = tuple(Fact(f"f{n}", ("x", "y"), Reason(f"f{n}", Basis.UNKNOWN), "say it") for n in range(facts))
        ways = [
            Case(fact.id, {"x": path(one), "y": path(other)})
            for fact in doubts
            for one, other in (("a", "b"), ("b", "a"))
        ]
        gates = [part(f"g{number}", gate) for number, gate in enumerate(ways)]
        entry = All(tuple(path(gate.id) for gate in gates))
        domains = (device("a"), device("b"))
        return diagnose(estate(entry, part("a"), part("b"), *gates, domains=domains, facts=doubts), SEEN, order=1)

    few, many = losing(8), losing(9)
    assert [(told([one.events]), one.sure) for one in few.explanations] == [(["a"], True), (["b"], True)]
    assert [(told([one.events]), one.sure) for one in many.explanations] == [(["a"], False), (["b"], False)]
    assert (few.exact, many.exact) == (True, False)


@pytest.mark.parametrize("few", [0, 1000], ids=["by cut sets", "by all sets"])
def test_a_place_that_may_not_exist_explains_only_possibly_and_hangs_on_whether_it_does(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "_FEW", few)
    why = Reason("where it stands is not known", Basis.UNKNOWN)
    place = Domain("site:n", "site", "n", (FaultKind.OUTAGE,), (Member("a"),), exists=(("there", "yes"),))
    there = Fact("there", ("yes", "no"), why, "declare the site")
    found = diagnose(
        estate(path("a"), part("a"), domains=(device("a"), place), facts=(there,)), SEEN, horizon=Horizon.INSTANT
    )
    assert found.explanations == (
        Explanation(("device:a/outage",), sure=True, place=1, tied=0),
        Explanation(
            ("site:n/outage",), sure=False, place=2, tied=0, depends_on=(Doubt("there", why, "declare the site"),)
        ),
    )
    assert (found.order, found.finished, found.exact) == (2, 2, True)


def test_a_place_surely_explains_nothing_together_with_others_where_it_may_not_exist() -> None:
    """What is needed hangs on the same fact: with the site that and b must fail, without it b alone."""
    why = Reason("where it stands is not known", Basis.UNKNOWN)
    there = Fact("there", ("yes", "no"), why, "declare the site")
    place = Domain("site:n", "site", "n", (FaultKind.OUTAGE,), (Member("a"),), exists=(("there", "yes"),))
    entry = Case("there", {"yes": AnyOf((path("a"), path("b"))), "no": path("b")})
    found = diagnose(
        estate(entry, part("a"), part("b"), domains=(device("b"), place), facts=(there,)),
        SEEN,
        horizon=Horizon.INSTANT,
    )
    assert [(one.events, one.sure) for one in found.explanations] == [(("device:b/outage",), False)]


def test_a_place_within_another_is_named_with_it_unless_it_is_less_likely() -> None:
    """Both places have the same part; the inner one is likelier, as likely or less likely."""
    inner = Domain("site:in", "site", "in", (FaultKind.OUTAGE,), (Member("a"),))
    outer = Domain("site:around", "site", "around", (FaultKind.OUTAGE,), (Member("a"),), encloses=("site:in",))
    whole = estate(path("a"), part("a"), domains=(outer, inner))

    def ranked(likelihood: Likelihood) -> list[tuple[str, int, int | None]]:
        stated = {"site:in/outage": likelihood, "site:around/outage": Likelihood.OCCASIONAL}
        likelihoods = {event: Stated(each, Reason("as declared", Basis.KNOWN)) for event, each in stated.items()}
        found = diagnose(replace(whole, likelihoods=likelihoods), SEEN, horizon=Horizon.INSTANT).explanations
        return [(" ".join(one.events), one.place, one.encloses) for one in found]

    within, around = "site:in/outage", "site:around/outage"
    assert ranked(Likelihood.FREQUENT) == [(within, 1, None), (around, 2, 0)]
    assert ranked(Likelihood.OCCASIONAL) == [(around, 1, 1), (within, 1, None)]
    assert ranked(Likelihood.RARE) == [(around, 1, None), (within, 2, None)]


@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
def test_a_service_that_one_of_two_explanations_loses_tells_them_apart_unless_time_is_up_before_that_is_known(
    late: bool,
) -> None:
    """Mail needs c, and of two gates one, of which either way round only one needs a."""
    gates = (
        part("g", Case("way", {"x": path("a"), "y": path("b")})),
        part("h", Case("way", {"x": path("b"), "y": path("a")})),
    )
    way = Fact("way", ("x", "y"), Reason("not known", Basis.UNKNOWN), "say it")
    domains = (device("a"), device("c"))
    found = estate(All((path("a"), path("c"))), *gates, part("a"), part("b"), part("c"), domains=domains, facts=(way,))
    mail = Service("mail", All((AnyOf((path("g"), path("h"))), path("c"))))
    found = replace(found, services={**found.services, "mail": mail})
    looks = diagnose(found, SEEN, order=1, horizon=Horizon.INSTANT, deadline=-1.0 if late else None).looks
    places = (
        Look("device:a/outage", service=False, answers=(Answer("yes", (0,)), Answer("no", (1,)))),
        Look("device:c/outage", service=False, answers=(Answer("yes", (1,)), Answer("no", (0,)))),
    )
    services = (Look("mail", service=True, answers=(Answer("no", (1,)), Answer("yes", (0,)))),)
    assert looks == (places if late else services)


def test_the_smallest_sets_that_surely_lose_what_is_down_are_candidates_beside_those_that_possibly_do() -> None:
    entry = AnyOf((path("a"), Case("way", {"x": path("b"), "y": NEVER})))
    way = Fact("way", ("x", "y"), Reason("not known", Basis.UNKNOWN), "say it")
    found = estate(entry, part("a"), part("b"), facts=(way,))
    one, other = "device:a/outage", "device:b/outage"
    candidates = Candidates(Compiled(found), SEEN, Horizon.INSTANT, frozenset((one, other)))
    assert candidates.find(2, [{}]) == (((one,), (one, other)), 2)
