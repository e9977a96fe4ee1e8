"""The section `change`: what a deployment touches, what is replaced, and which lost redundancy counts as lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.change import Change
from resilience_checks.analysis.redundancy import CutChange, Redundancy, ServiceChange
from resilience_checks.analysis.replaced import Replacement
from resilience_checks.analysis.touched import Deployment, ResourceChange, Touch, TouchedSet, Whole
from resilience_checks.model.location import Location
from resilience_checks.model.operation import CHANGE, REPLACE, UPDATE, Operation
from resilience_checks.model.question import Doubt, Event, FaultKind, Holds, Step
from resilience_checks.model.values import Basis, Reason
from resilience_checks.policy.matter import Matter
from resilience_checks.policy.sections import change
from tests.policy.documents import answers, estate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.policy.matter import Section

NOTHING: dict[str, Any] = {
    "given": "yes",
    "known": "yes",
    "compared": "no",
    "sets": [],
    "undecided": [],
    "replacements": [],
    "redundancy": {},
    "lost": [],
    "services": {},
}
RULE = "fortios:firewall/policy:Policy"


def section(found: Change | None, *, given: bool = True) -> Section:
    return change.section(Matter(estate(), answers(""), {}, change=found, change_given=given))  # type: ignore[arg-type]


def touched(name: str, line: int | None, op: str = UPDATE, *, certain: bool = True) -> ResourceChange:
    place = Location("__main__.py", line) if line is not None else None
    return ResourceChange("web/prod", f"urn:{name}", RULE, name, Operation(op, certain=certain), place)


def deployed(*found: Deployment) -> Section:
    return section(Change(found, None, (), (), None))


def event(name: str, kind: str = "device", line: int | None = None) -> Event:
    place = Location("__main__.py", line) if line is not None else None
    return Event(f"{kind}:{name}/outage", f"{kind}:{name}", kind, name, FaultKind.OUTAGE, place)


def cut(*events: Event, absent: bool = False, chain: Sequence[Step] = ()) -> CutChange:
    ids = tuple(one.id for one in events)
    return CutChange(ids, Holds.YES, Holds.NO, ids if absent else (), tuple(chain))


def compared(*changed: ServiceChange, events: Sequence[Event] = (), unchanged: tuple[str, ...] = ()) -> Section:
    known = {one.id: one for one in events}
    return section(Change((), None, (), (), Redundancy((), (), unchanged, changed, known, 2)))


def new_faults(*, lost: Sequence[Event], gone: Sequence[Event]) -> list[list[str]]:
    """Return which new faults are told where each `lost` one appears and each `gone` one disappears with its thing."""
    one = ServiceChange(
        "record", tuple(cut(each, absent=True) for each in lost), tuple(cut(each, absent=True) for each in gone)
    )
    return [each["events"] for each in compared(one, events=(*lost, *gone)).data["lost"]]


def test_no_change_is_another_thing_than_one_that_is_not_known() -> None:
    assert section(None, given=False).data == {**NOTHING, "given": "no", "known": "no"}
    assert section(None).data == {**NOTHING, "known": "no"}
    assert section(Change((), None, (), (), None)).data == NOTHING


def test_a_deployment_that_touches_all_of_a_redundant_set_is_told_with_its_lines() -> None:
    parts = ("fw-1", "fw-2", "other")
    found = deployed(
        Deployment(
            "web/prod",
            (),
            (
                Touch("fw-1", "firewall fw-1", "firewall", (touched("one", 3), touched("none", None))),
                Touch("fw-2", "firewall fw-2", "firewall", (touched("two", 9),)),
            ),
            lost=("record", "results"),
            perhaps=("email",),
            kept=("letters",),
            untouched=("calls",),
            sets=(
                TouchedSet(("fw-1",), ("record",)),
                TouchedSet(parts, ("record",), (Step("fw-1 fails"), Step("record is lost")), sure=False),
            ),
            whole=(Whole("firewall", parts, ("record",)), Whole("firewall", ("fw-1", "fw-2"), ("record",))),
        )
    )
    told = {
        "stack": "web/prod",
        "parts": list(parts),
        "labels": ["firewall fw-1", "firewall fw-2", "other"],
        "roles": ["firewall", "unknown"],
        "services": ["record"],
        "sure": "unknown",
        "at": ["web/prod/set/1/0", "web/prod/set/1/1"],
        "why": ["fw-1 fails", "record is lost"],
    }
    pair = {
        **told,
        "parts": ["fw-1", "fw-2"],
        "labels": ["firewall fw-1", "firewall fw-2"],
        "roles": ["firewall"],
        "sure": "yes",
        "at": ["web/prod/set/2/0", "web/prod/set/2/1"],
        "why": [],
    }
    assert found.data == {
        **NOTHING,
        "sets": [told, pair],
        "undecided": [{"stack": "web/prod", "services": ["results", "email"]}],
        "services": dict.fromkeys(("record", "results", "email", "letters"), "yes"),
    }
    first, last = (
        Step(f"{name} is changed here", Location("__main__.py", line)) for name, line in (("one", 3), ("two", 9))
    )
    assert found.places == {
        "web/prod/set/1/0": last,
        "web/prod/set/1/1": first,
        "web/prod/set/2/0": last,
        "web/prod/set/2/1": first,
    }


def test_a_deployment_of_which_every_loss_is_told_leaves_nothing_undecided() -> None:
    both = TouchedSet(("fw-1", "fw-2"), ("record",))
    assert deployed(Deployment("web/prod", (), (), lost=("record",), sets=(both,))).data["undecided"] == []


def test_a_long_way_to_a_loss_is_told_by_its_beginning_and_its_end() -> None:
    def why(steps: int) -> list[str]:
        both = TouchedSet(("a", "b"), ("record",), tuple(Step(f"step {number}") for number in range(steps)))
        found: list[str] = deployed(Deployment("web/prod", (), (), sets=(both,))).data["sets"][0]["why"]
        return found

    assert why(12) == [f"step {number}" for number in range(12)]
    assert why(14) == [*(f"step {number}" for number in range(10)), "(3 more steps)", "step 13"]


def test_replacements_are_told_with_what_they_lose_and_leave_exposed() -> None:
    replaced = Replacement(
        touched("one", 3, REPLACE), "fw-1", Holds.YES, ("record",), (("results", ("device:fw-2/outage",)),), ("email",)
    )
    perhaps = Replacement(touched("two", None, CHANGE), "fw-2", Holds.UNKNOWN)
    hanging = Replacement(touched("three", 4, REPLACE, certain=False), "fw-3", Holds.NO)
    found = section(Change((), None, (replaced, perhaps, hanging), (), None))
    told = {
        "name": "Policy one",
        "stack": "web/prod",
        "urn": "urn:one",
        "part": "fw-1",
        "certain": "yes",
        "downtime": "yes",
        "lost": ["record"],
        "exposed": ["results"],
        "perhaps": ["email"],
        "at": ["replaced/urn:one/fw-1"],
    }
    bare = {**told, "certain": "unknown", "lost": [], "exposed": [], "perhaps": []}
    assert found.data["replacements"] == [
        told,
        {
            **bare,
            "name": "Policy two",
            "urn": "urn:two",
            "part": "fw-2",
            "downtime": "unknown",
            "at": ["replaced/urn:two/fw-2"],
        },
        {
            **bare,
            "name": "Policy three",
            "urn": "urn:three",
            "part": "fw-3",
            "downtime": "no",
            "at": ["replaced/urn:three/fw-3"],
        },
    ]
    assert found.places == {
        "replaced/urn:one/fw-1": Step("one is replaced", Location("__main__.py", 3)),
        "replaced/urn:two/fw-2": Step("two is replaced", None),
        "replaced/urn:three/fw-3": Step("three is replaced", Location("__main__.py", 4)),
    }


def test_lost_redundancy_is_told_once_for_all_services_with_what_encloses_it() -> None:
    site, device, link = event("north", "site", 9), event("fw-1", line=7), event("wan", "provider-link")
    chain = (Step("fw-1 fails"), Step("record is lost"))
    doubt = Doubt("f", Reason("nobody says where fw-1 stands", Basis.UNKNOWN), "declare it")
    found = compared(
        ServiceChange("record", (cut(device, chain=chain), cut(site)), depends_on=(doubt,), undecided=1),
        ServiceChange("results", (cut(site), cut(device), cut(device, link))),
        ServiceChange("letters", perhaps=(cut(link),)),
        events=(site, device, link),
        unchanged=("email",),
    )
    alone = {
        "events": ["device:fw-1/outage"],
        "faults": "one outage of device fw-1",
        "new": "no",
        "services": ["record", "results"],
        "at": ["lost/device:fw-1/outage"],
        "why": ["fw-1 fails", "record is lost"],
        "enclosed_by": ["one outage of site north"],
    }
    pair = {
        **alone,
        "events": ["device:fw-1/outage", "provider-link:wan/outage"],
        "faults": "one outage of device fw-1 together with one outage of provider link wan",
        "services": ["results"],
        "why": [],
        "enclosed_by": [],
    }
    assert found.data == {
        **NOTHING,
        "compared": "yes",
        "redundancy": {
            "email": {"perhaps": "no", "hangs_on": []},
            "record": {"perhaps": "yes", "hangs_on": [doubt.text]},
            "results": {"perhaps": "no", "hangs_on": []},
            "letters": {"perhaps": "yes", "hangs_on": []},
        },
        "lost": [alone, pair],
    }
    assert found.places == {"lost/device:fw-1/outage": Step("device:fw-1/outage", Location("__main__.py", 7))}


def test_a_new_fault_that_alone_loses_a_service_is_told_as_new() -> None:
    found = compared(ServiceChange("record", (cut(event("fw-9"), absent=True),)), events=(event("fw-9"),))
    assert [(one["events"], one["new"]) for one in found.data["lost"]] == [(["device:fw-9/outage"], "yes")]


def test_a_new_fault_that_only_takes_the_place_of_one_of_its_kind_is_no_loss() -> None:
    one, two, old = event("fw-8"), event("fw-9"), event("fw-1")
    assert new_faults(lost=[one], gone=[old]) == []
    assert new_faults(lost=[one, two], gone=[old]) == [["device:fw-9/outage"]]
    assert new_faults(lost=[one], gone=[event("k1", "rack")]) == [["device:fw-8/outage"]]


def test_a_fault_that_is_survived_now_makes_up_for_no_new_one() -> None:
    new, better = event("fw-8"), event("fw-1")
    found = compared(ServiceChange("record", (cut(new, absent=True),), (cut(better),)), events=(new, better))
    assert [one["events"] for one in found.data["lost"]] == [["device:fw-8/outage"]]


def test_new_faults_that_lose_a_service_only_together_are_no_loss() -> None:
    both = (event("fw-8"), event("fw-9"))
    assert compared(ServiceChange("record", (cut(*both, absent=True),)), events=both).data["lost"] == []
