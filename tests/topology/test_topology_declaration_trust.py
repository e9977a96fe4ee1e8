"""Declarations that may not ask less of services than trusted ones do."""

from __future__ import annotations

from resilience_checks.model.location import Location
from resilience_checks.topology.declaration_strictness import objectives
from resilience_checks.topology.declaration_trust import Fact, facts, held, missing, restored, says_nothing
from resilience_checks.topology.declarations import Declarations, parsed


def file(text: str) -> Declarations:
    return parsed(f"version: 1\n{text}".encode(), "resilience.yaml", alone=False)


TRUSTED = file("""\
sites: {one: {}}
links: {wan: {to: one}}
components: {front: {role: compute, site: one}, other: {role: compute}}
consumers: {north: {kind: board, access: [wan]}}
services:
  shop: {scope: national, tier: 1, rto: 1h, consumers: [north], entry: front}
""")


def test_each_objective_is_the_stricter_one_with_the_line_of_what_is_checked() -> None:
    own = file("""\
components: {front: {role: compute}}
services:
  shop:
    scope: local
    tier: 1
    rto: 30m
    rpo: 5m
    entry: front
""")
    found = held(own, TRUSTED)
    shop = found.services["shop"]
    assert (shop.scope, shop.tier, shop.rto, shop.rpo, shop.consumers) == ("national", 1, 1800, 300, ("north",))
    assert shop.at["scope"] == Location("resilience.yaml", 5, 5)
    assert (found.consumers["north"].access, list(found.links), list(found.sites)) == (("wan",), ["wan"], ["one"])
    assert found.components["front"].site is None


def test_a_service_is_restored_with_what_it_refers_to_and_nothing_else() -> None:
    own = file("services: {}\n")
    assert missing(own, TRUSTED) == ("shop",)
    found = restored(own, TRUSTED, ["shop"])
    assert found.services["shop"].location == Location("resilience.yaml", 2, 1)
    assert (list(found.components), list(found.sites), list(found.consumers)) == (["front"], ["one"], ["north"])
    assert list(restored(own, TRUSTED, ["shop"], whole=True).components) == ["front", "other"]


def test_where_the_file_is_gone_all_of_it_has_its_own_lines() -> None:
    found = restored(Declarations.empty(), TRUSTED, ["shop"], whole=True)
    assert (found.path, found.services["shop"].location) == ("resilience.yaml", Location("resilience.yaml", 7, 3))
    assert found.services == TRUSTED.services
    assert (found.source and found.source.data) == (TRUSTED.source and TRUSTED.source.data)


def test_defaults_of_an_organisation_hold_for_services_that_it_does_not_name() -> None:
    organisation = file("service_defaults: {tier: 2, rto: 30m}\nservices: {shop: {entry: {select: x}, rto: 2h}}\n")
    own = file(
        "components: {front: {role: compute}}\nservices: {shop: {entry: front, rto: 3h}, mail: {entry: front, tier: 4}}\n"
    )
    found = objectives(held(own, organisation, for_all=True))
    assert {name: (one.tier, one.rto) for name, one in found.items()} == {"shop": (2, 7200), "mail": (2, 1800)}
    assert [one.tier for one in objectives(held(own, organisation)).values()] == [2, 4]


def test_facts_that_differ_are_found_and_what_is_asked_is_none() -> None:
    own = file("""\
sites: {one: {region: wales}, two: {}}
placement: [{match: x, site: one}]
components: {front: {role: compute, site: one}}
consumers: {north: {kind: board, access: [wan]}}
links: {wan: {to: one}}
services:
  shop: {scope: local, entry: front}
  mail: {entry: front}
""")
    assert facts(own, TRUSTED) == (
        Fact("sites", "one", "changed", Location("resilience.yaml", 2, 9)),
        Fact("sites", "two", "new", Location("resilience.yaml", 2, 31)),
        Fact("placement", "rule 1", "new", Location("resilience.yaml", 3, 13)),
        Fact("components", "other", "not any more"),
        Fact("services", "mail", "new", Location("resilience.yaml", 9, 3)),
    )
    assert [str(fact) for fact in facts(own, TRUSTED)] == [
        "one (changed)",
        "two",
        "rule 1",
        "other (not any more)",
        "mail",
    ]
    assert facts(TRUSTED, TRUSTED) == ()
    assert Fact("placement", "1 rule", "not any more") in facts(TRUSTED, own)


def test_a_file_without_facts_says_nothing() -> None:
    assert says_nothing(Declarations.empty())
    assert says_nothing(file("services: {}\npolicies: {}\n"))
    assert not says_nothing(TRUSTED)
