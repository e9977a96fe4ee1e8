"""What one bad change takes down together: by a list, by a key that is hidden or not known, by a type, by a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from resilience_checks.model.location import Location
from resilience_checks.model.question import FaultKind, Step
from resilience_checks.model.values import Reason, Secret, StackOutput
from resilience_checks.topology.estate import Domain, Fact, Member
from tests.topology.graphs import Program
from tests.topology.test_topology_doubts import SITES, facts
from tests.topology.test_topology_estates import estate, firewalls
from tests.topology.test_topology_whereabouts import LATER, built, fabric, unknown

if TYPE_CHECKING:
    from pathlib import Path

BAD_CHANGE = (FaultKind.BAD_CHANGE,)
PAIR = ("fw-a.n.example", "fw-a.s.example")
GIVEN = "give the input in the stack's configuration"


def at(line: int) -> Location:
    return Location("__main__.py", line)


def test_what_a_resource_lists_is_one_by_the_list() -> None:
    domain = fabric(("1", "2"), {"1": {}, "2": {}}).domains["management-plane:fabric"]
    assert domain.members == (Member("a"), Member("b"))
    assert domain.reason is not None
    assert domain.reason == Reason("listed by EvpnTopology fabric", location=at(3), source=domain.reason.source)


def test_a_stack_is_told_at_its_project_file() -> None:
    assert built(firewalls({"n": None, "s": None})).domains["deployment:web/prod"] == Domain(
        "deployment:web/prod",
        "deployment",
        "web/prod",
        BAD_CHANGE,
        tuple(Member(name) for name in PAIR),
        primary=Location("Pulumi.yaml", 1),
        joined=(Step("stack web/prod", Location("Pulumi.yaml", 1)),),
    )


def test_a_type_that_nobody_knows_may_be_what_the_devices_share_on_which_it_is_set() -> None:
    program = Program()
    token = "fortios:novel/manager:Manager"
    for name in ("a", "b"):
        device = program.provider("fortios", name, hostname=f"{name}.example", token="t")
        program.add(token, f"manager-{name}", {"name": "m"}, provider=device)
    found = built(program)
    shared = f"{token} joins devices"
    why = f"the catalogue does not know {token}, which is set on 2 devices: it may be what they share"
    remedy = "add a catalogue entry for the type (`configures: provider` if it joins nothing)"
    assert found.facts[shared] == Fact(shared, ("no", "yes"), unknown(why, 1), remedy)
    assert found.domains[f"management-plane:{token}"] == Domain(
        f"management-plane:{token}",
        "management-plane",
        token,
        BAD_CHANGE,
        (Member("a.example"), Member("b.example")),
        exists=((shared, "yes"),),
    )


def test_keys_that_are_not_known_may_be_equal() -> None:
    found = built(firewalls({"n": LATER, "s": LATER}))
    one = "unknown management-planes are one"
    own = {name: f"management-plane of {name}" for name in PAIR}
    assert facts(found, "management-plane") == [
        Fact(one, ("no", "yes"), unknown("fmg of 2 resources are not known, and may be equal", 3), GIVEN),
        *(
            Fact(
                own[name],
                ("its own", "of no account"),
                unknown(f"fmg of Centralmanagement manager-{site} is not known", line),
                GIVEN,
            )
            for site, name, line in zip("ns", PAIR, (3, 6), strict=True)
        ),
    ]
    assert {key: domain.members for key, domain in found.domains.items() if domain.kind == "management-plane"} == {
        f"management-plane:unknown, of {name}": (
            Member(name, ((own[name], "its own"),)),
            Member(other, ((one, "yes"),)),
        )
        for name, other in (PAIR, PAIR[::-1])
    }


@pytest.mark.parametrize("hidden", [Secret("digest"), StackOutput("web/shared", "manager")])
def test_a_key_that_must_not_be_shown_is_called_by_its_first_member(hidden: object) -> None:
    found = built(firewalls({"n": hidden, "s": hidden})).domains
    assert {
        (key, domain.id, domain.name, domain.members)
        for key, domain in found.items()
        if domain.kind == "management-plane"
    } == {
        (
            "management-plane:hidden, of fw-a.n.example",
            "management-plane:hidden, of fw-a.n.example",
            "hidden, of fw-a.n.example",
            tuple(Member(name) for name in PAIR),
        )
    }


@pytest.mark.parametrize(
    ("device", "declared"),
    [
        pytest.param("a", "", id="a device"),
        pytest.param("b", "domains: {a: {kind: device, faults: [outage], members: [n]}}\n", id="a declared domain"),
    ],
)
def test_a_component_that_is_called_like_something_else_fails_by_itself(
    device: str, declared: str, tmp_path: Path
) -> None:
    program = Program()
    program.provider("fortios", device, hostname=device, token="t")
    text = f"{SITES}{declared}components: {{a: {{role: database, site: s}}}}\nservices: {{app: {{entry: a}}}}\n"
    found = estate(program, text, tmp_path).domains
    assert found["device:component a"].members == (Member("component a"),)
    assert Member("component a") not in found["device:a"].members
