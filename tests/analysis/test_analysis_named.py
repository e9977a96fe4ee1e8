"""What a user types means of an estate, and which cut sets are told first."""

from __future__ import annotations

import pytest

from resilience_checks.analysis.cut_lists import Ranked, most_likely
from resilience_checks.analysis.enclosing import Enclosing
from resilience_checks.analysis.event_names import events_named, hold_kinds, services_named
from resilience_checks.model.errors import UsageError
from resilience_checks.model.likelihood import Likelihood, Stated
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Domain, Estate, Member, Service
from resilience_checks.topology.gates import ALWAYS

NOTHING = Estate({}, {}, {})


def places(**members: str) -> dict[str, Domain]:
    """Return places by id, each with the parts whose names are the letters."""
    return {
        f"site:{name}": Domain(f"site:{name}", "site", name, (FaultKind.OUTAGE,), tuple(map(Member, parts)))
        for name, parts in members.items()
    }


def estate(*services: str, domains: dict[str, Domain] | None = None) -> Estate:
    return Estate({}, domains or {}, {name: Service(name, ALWAYS) for name in services})


def test_services_are_named_by_id_or_pattern_in_each_estate() -> None:
    before, after = estate("record", "record-test", "mail"), estate("mail", "record")
    assert services_named([before, after], ["mail", "rec*"], "--service") == [
        ("mail", "record", "record-test"),
        ("mail", "record"),
    ]


def test_a_service_that_nothing_is_called_is_told_with_those_that_it_may_be() -> None:
    with pytest.raises(UsageError) as found:
        services_named([estate("record"), estate("mail")], ["records"], "--service")
    assert (str(found.value), found.value.remedy) == (
        '--service: no service is called "records"',
        'did you mean "record"?',
    )


def test_a_kind_that_no_domain_is_of_is_told_with_those_that_there_are() -> None:
    hold_kinds([NOTHING, estate(domains=places(n="a"))], ["site"])
    for held, remedy in (([NOTHING], "there are none"), ([estate(domains=places(n="a"))], "the kinds are site")):
        with pytest.raises(UsageError) as found:
            hold_kinds(held, ["room"])
        assert (str(found.value), found.value.remedy) == ('--kind: no failure domain is of kind "room"', remedy)


def test_events_are_named_by_place_or_pattern_in_each_estate_each_once_and_in_the_order_of_the_words() -> None:
    before, after = estate(domains=places(north="a", south="b")), estate(domains=places(south="b", east="c"))
    north, south, east = (f"site:{name}/outage" for name in ("north", "south", "east"))
    assert events_named([before, after], ["site:south", "site:*", "site:east/outage"]) == [
        (south, north),
        (south, east),
    ]


def test_a_failure_domain_that_nothing_is_called_is_told_with_those_that_it_may_be() -> None:
    known = [estate(domains=places(north="a")), estate(domains=places(south="b"))]
    listed = "`resilience-checks blast-radius --all` lists every failure domain"
    for word, remedy in (("nort", f'did you mean "site:north"? {listed}'), ("room:x", listed)):
        with pytest.raises(UsageError) as found:
            events_named(known, ["site:south", word])
        assert (found.value.what, found.value.why, found.value.remedy) == (
            f'--fail: no failure domain is called "{word}"',
            "nothing would be asked",
            remedy,
        )


def test_a_cut_set_is_told_to_enclose_the_innermost_that_one_of_its_places_encloses() -> None:
    inner, middle, outer, beside = (f"site:{name}/outage" for name in ("inner", "middle", "outer", "beside"))
    around = Enclosing(places(inner="ab", middle="abc", outer="abcd", beside="ae"), [inner, middle, outer, beside])
    assert [around.around(event) for event in (inner, middle, outer, beside)] == [(middle, outer), (outer,), (), ()]
    cuts = [tuple(sorted(pair)) for pair in ((beside, inner), (beside, middle), (beside, outer), (middle, outer))]
    assert around.by_inner(cuts) == {cuts[1]: cuts[0], cuts[2]: cuts[0]}


def test_fewer_faults_come_first_then_likelier_ones_and_equals_share_a_place() -> None:
    why = Reason("stated", Basis.KNOWN)
    classes = {"a": Likelihood.RARE, "b": Likelihood.FREQUENT, "c": Likelihood.RARE, "d": Likelihood.VERY_RARE}
    known = Estate({}, {}, {}, likelihoods={event: Stated(likelihood, why) for event, likelihood in classes.items()})
    cuts = [("c",), ("a", "b"), ("d",), ("a",), ("b", "c")]
    rare = Likelihood.RARE
    first = (
        Ranked(("a",), (rare,), 1),
        Ranked(("c",), (rare,), 1),
        Ranked(("d",), (Likelihood.VERY_RARE,), 3),
        Ranked(("a", "b"), (rare, Likelihood.FREQUENT), 4),
    )
    assert most_likely(known, cuts, 4) == first
