"""Descriptions that cannot be meant: each is an error or a finding at its line, and nothing else is affected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.errors import UsageError
from resilience_checks.model.question import FaultKind, Question
from tests.topology.graphs import Program
from tests.topology.test_topology_estates import estate, told

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = Question("device", (FaultKind.OUTAGE,), ("device",))
HEAD = """
version: 1
sites: {n: {perimeter: none}}
"""


def refused(text: str, tmp_path: Path) -> tuple[str, str]:
    with pytest.raises(UsageError) as caught:
        estate(Program(), HEAD + text, tmp_path)
    return caught.value.what, str(caught.value.location)


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ("services: {a: {scope: local}}\n", "services.a: missing entry", "4:12"),
        ("services: {a: {entry: {select: x*}}}\n", '{name: "x*"} matches nothing', "4:24"),
        (
            "components:\n  c: {site: n}\n  s: {at-least: {k: 3, of: [c, c]}}\nservices: {a: {entry: s}}\n",
            "s needs at least 3 of 2",
            "6:7",
        ),
        (
            "components: {c: {site: n}, q: {quorum: {voters: []}}}\nservices: {a: {entry: q}}\n",
            "components.q.quorum.voters: ",
            "4:49",
        ),
        (
            "components: {c: {any-of: []}}\nservices: {a: {entry: c}}\n",
            "components.c.any-of: ",
            "4:26",
        ),
        (
            "components: {c: {site: n}}\nlinks: {l: {between: [n, m]}}\nservices: {a: {entry: c}}\n",
            'links.l.between[1]: no site "m"',
            "5:26",
        ),
        (
            "components: {c: {site: n}}\nservices: {a: {entry: c, needs: [a]}}\n",
            "services.a.needs[0]: a needs itself",
            "5:34",
        ),
        (
            "domains: {d: {kind: power, faults: [outage], members: [d]}}\n",
            "domains.d: it contains itself: d > d",
            "4:46",
        ),
        (
            "components: {f: {role: firewall, select: nothing*}}\nservices: {a: {entry: f}}\n",
            '{name: "nothing*"} matches nothing',
            "4:34",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_line(text: str, what: str, where: str, tmp_path: Path) -> None:
    found, location = refused(text, tmp_path)
    assert (what in found, location) == (True, f"resilience.yaml:{where}"), found


def test_needs_that_can_never_be_met_are_an_error_of_that_service_alone(tmp_path: Path) -> None:
    text = """
components:
  a: {requires: [{component: b, nature: path}]}
  b: {requires: [{component: a, nature: path}]}
  c: {site: n}
services:
  ring: {entry: a}
  fine: {entry: c}
"""
    ring, fine = told(estate(Program(), HEAD + text, tmp_path), DEVICE)
    assert "nothing but each other is left to hold up a and b (resilience.yaml:6:3)" in ring
    assert fine == "device fine: no ['device:c/outage'] []"


def test_an_entry_that_matches_too_much_is_unknown_and_names_its_line(tmp_path: Path) -> None:
    program = Program()
    for name in ("a", "b"):
        program.provider("fortios", name, hostname=f"{name}.example", token="t")
    found = estate(program, HEAD + 'services: {s: {entry: {select: {provider: "*"}}}}\n', tmp_path)
    (line,) = told(found, DEVICE)
    assert line.startswith("device s: unknown")
    fact = found.facts["how many of the entry of s"]
    assert fact.reason.text == "the entry of s selects 2 things, and nothing says whether one of them is enough"
    assert str(fact.reason.location) == "resilience.yaml:4:16"


def test_a_domain_of_every_part_is_drawn_in_linear_time(tmp_path: Path) -> None:
    count = 3_000
    program = Program()
    for number in range(count):
        program.provider("fortios", f"f{number}", hostname=f"f{number}.example", token="t")
    text = """placement: [{match: {provider: "*"}, site: n, rack: k}]
components: {all: {role: firewall, select: {provider: "*"}, units: 1}}
domains: {feed: {kind: power, faults: [outage], members: [n, all]}}
services: {s: {entry: {select: {provider: f0.example}}}}
"""
    found = estate(program, HEAD + text, tmp_path)
    memberships = sum(len(domain.members) for domain in found.domains.values())
    assert len(found.domains["power:feed"].members) == count + 1
    assert memberships < 15 * count


def test_a_quorum_that_counts_anew_is_judged_between_its_bounds(tmp_path: Path) -> None:
    text = """
components:
  a: {site: n}
  b: {site: n}
  c: {site: n}
  q: {quorum: {voters: [{component: a}, {component: b}, {component: c}], recounted: true}}
services: {s: {entry: q}}
"""
    found = estate(Program(), HEAD + text, tmp_path)
    one, two, three = (Question("device", (FaultKind.OUTAGE,), ("device",), order=order) for order in (1, 2, 3))
    assert [line.split(" [")[0] for line in told(found, one, two, three)] == [
        "device s: yes",
        "device s: unknown",
        "device s: no",
    ]
    assert "counts its votes anew after each loss" in found.assumptions[0].text
