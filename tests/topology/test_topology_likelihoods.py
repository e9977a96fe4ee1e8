"""Who says how likely a fault is: the most particular declaration, else the kind's default with its basis."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilience_checks.model.errors import UsageError
from resilience_checks.model.likelihood import Likelihood, Stated, _defaults, by_default, kinds_with_defaults, rank
from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind
from resilience_checks.model.values import Basis, Reason
from tests.topology.test_topology_estates import estate, firewalls

if TYPE_CHECKING:
    from pathlib import Path

STACK = """version: 1
sites:
  n: {perimeter: fw-n, likelihood: very-rare}
  s: {perimeter: fw-s}
links:
  dci: {between: [n, s], likelihood: rare}
  spare: {between: [n, s]}
placement:
  - {match: {provider: "fw-?.n.example"}, site: n}
  - {match: {provider: "fw-?.s.example"}, site: s}
components:
  fw-n: {role: firewall, select: {provider: "fw-?.n.example"}, units: 1, likelihood: frequent}
  fw-s: {role: firewall, select: {provider: "fw-?.s.example"}, units: 1}
  witness: {role: witness, site: n}
  front: {role: global-traffic, any-of: [fw-n, fw-s]}
domains:
  feed: {kind: power, faults: [outage, bad-change], members: [witness], likelihood: {outage: occasional}}
services:
  record: {entry: front}
"""


def classes(text: str, tmp_path: Path) -> dict[str, str]:
    found = estate(firewalls({"n": "one.example", "s": "one.example"}), text, tmp_path)
    shown = [domain for domain in found.domains.values() if not domain.implied]
    events = [f"{domain.id}/{fault}" for domain in shown for fault in domain.faults]
    return {event: str(found.likelihood(event).likelihood) for event in sorted(events)}


def test_what_is_declared_of_one_thing_counts_for_its_own_faults_and_the_rest_is_by_kind(tmp_path: Path) -> None:
    assert classes(STACK, tmp_path) == {
        "deployment:web/prod/bad-change": "rare",
        "device:fw-a.n.example/outage": "frequent",
        "device:fw-a.s.example/outage": "occasional",
        "device:witness/outage": "occasional",
        "link:dci/outage": "rare",
        "link:spare/outage": "frequent",
        "management-plane:one.example/bad-change": "occasional",
        "power:feed/bad-change": "occasional",
        "power:feed/outage": "occasional",
        "provider-instance:fw-a.n.example/bad-change": "occasional",
        "provider-instance:fw-a.s.example/bad-change": "occasional",
        "region:unknown place of site n/outage": "very-rare",
        "region:unknown place of site s/outage": "very-rare",
        "site:n/outage": "very-rare",
        "site:s/outage": "rare",
    }


def test_a_kind_gives_way_to_a_pattern_and_that_to_what_is_said_of_the_thing(tmp_path: Path) -> None:
    text = STACK + 'likelihood: {device: rare, "device:fw-*": very-rare, site: {outage: frequent}, power: very-rare}\n'

    found = classes(text, tmp_path)

    assert [found[f"device:{name}/outage"] for name in ("witness", "fw-a.s.example", "fw-a.n.example")] == [
        "rare",
        "very-rare",
        "frequent",
    ]
    assert (found["site:s/outage"], found["site:n/outage"]) == ("frequent", "very-rare")
    assert (found["power:feed/outage"], found["power:feed/bad-change"]) == ("occasional", "very-rare")


def test_a_declared_class_is_known_at_its_line(tmp_path: Path) -> None:
    found = estate(firewalls({"n": None, "s": None}), STACK, tmp_path)

    assert found.likelihood("link:dci/outage") == Stated(
        Likelihood.RARE, Reason("declared for link:dci", Basis.KNOWN, Location("resilience.yaml", 6, 26))
    )


def test_a_default_is_documented_where_it_has_a_source_and_assumed_where_not() -> None:
    assert by_default("management-plane", FaultKind.BAD_CHANGE).reason.basis is Basis.DOCUMENTED
    assert by_default("site", FaultKind.OUTAGE).reason.basis is Basis.ASSUMED
    for kind in (*sorted(kinds_with_defaults()), "anything else"):
        for fault in FaultKind:
            reason = by_default(kind, fault).reason
            assert (reason.basis is Basis.DOCUMENTED) == (reason.source is not None)
            assert reason.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("likelihood: {carier: rare}", '20:14: likelihood: "carier" is no kind of failure domain'),
        ('likelihood: {"device:x*": rare}', '20:14: likelihood: "device:x*" matches no failure domain'),
        ("likelihood: {carrier: seldom}", "likelihood.carrier"),
        ("likelihood: {carrier: {fire: rare}}", "likelihood.carrier"),
    ],
)
def test_a_statement_about_nothing_is_an_error_at_its_line(line: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        classes(STACK + line + "\n", tmp_path)

    assert said in str(caught.value)
    assert caught.value.location is not None
    assert caught.value.location.line == 20


@given(st.lists(st.sampled_from(Likelihood), max_size=3), st.lists(st.sampled_from(Likelihood), min_size=1, max_size=3))
def test_a_set_comes_after_each_part_of_it(part: list[Likelihood], rest: list[Likelihood]) -> None:
    assert rank(part) < rank([*part, *rest])


@given(st.lists(st.lists(st.sampled_from(Likelihood), max_size=4), min_size=2))
def test_sets_are_ranked_by_number_then_by_their_rarest_faults(sets: list[list[Likelihood]]) -> None:
    def plain(found: list[Likelihood]) -> tuple[int, list[int]]:
        return len(found), sorted((list(Likelihood).index(one) for one in found), reverse=True)

    ordered = sorted(sets, key=rank)

    assert all(plain(one) <= plain(other) for one, other in pairwise(ordered))
    assert all((rank(one) == rank(other)) == (plain(one) == plain(other)) for one, other in pairwise(ordered))


def test_every_default_says_a_class_and_why_and_nothing_else() -> None:
    for table in _defaults().values():
        for entry in (table["other"], *table["kinds"].values()):
            assert {"class", "why"} <= entry.keys() <= {"class", "why", "source"}
            assert Likelihood(entry["class"])
