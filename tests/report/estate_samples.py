"""Reports with an audit of any number of services, built by hand: two sites, and one manager of their firewalls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.location import Location
from resilience_checks.model.result import Outcome
from resilience_checks.report.interface import ServiceSummary
from tests.report.samples import DECLARED, EVERYTHING, GATED, PASSED, SHARED_MANAGER, SITES, report, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.report.interface import Report

HOSTILE = (
    "<script>document.title='forged'</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></svg><iframe src=https://evil.example></iframe>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include 'page.html' %}",
    "\u202eevil\u2066 \u200b\x1b[31m\x00",
    "long-" * 600,
    "&lt;b&gt;&#x3c;script>",
    "第一医院 ☂ é" * 30,
)
POLICIES = 29
"""How many policies the matrix of a large report has."""
_MANAGER = "management-plane:fmg.example/bad-change"


def names(number: int) -> list[str]:
    return [f"service-{each}" for each in range(number)]


def audited(services: Sequence[str]) -> Report:
    """Return a report of these services in which every section has something to show."""
    policies = {f"policy-{number}": f"Policy {number}" for number in range(POLICIES)}
    results = [
        replace(PASSED, policy=policy, target=name, services=(name,), evidence={"controls": ["NIST-CP-6"]})
        for name in services
        for policy in policies
    ]
    lost = replace(
        SHARED_MANAGER,
        services=tuple(services),
        message=f"One bad change loses {len(services)} services: {', '.join(services)}",
    )
    doubts = [unknown(name, line=3, blocks=False) for name in services]
    known = [ServiceSummary(name, "national", 1, 3600.0, None, True, Location(DECLARED, 3)) for name in services]
    found = (lost, *GATED.results, *EVERYTHING.results, *results, *doubts)
    whole = report(*found, services=tuple(known), policies={**policies, **EVERYTHING.policies})
    shared = ("left_out", "disabled", "not_enforced", "contradictions", "circles", "assumptions", "failures")
    kept = {name: getattr(EVERYTHING, name) for name in (*shared, "unknown_types", "stacks")}
    gated = {name: getattr(GATED, name) for name in ("waivers", "fixed", "compared_with", "settings_from", "run")}
    return replace(whole, **kept, **gated, audit=(_audit(whole, services),))


def _audit(found: Report, services: Sequence[str]) -> dict[str, Any]:
    stacks = ["estate/prod"]
    return {
        "stacks": stacks,
        "picture": _picture(services),
        "cut_sets": {
            "schema": "resilience-service-cut-sets/v1",
            "max_order": 3,
            "horizon": "rto",
            "complete": True,
            "estates": [{"stacks": stacks, "services": [_cuts(name) for name in services]}],
        },
        "recovery": {"estates": [{"stacks": stacks, "services": [_recovery(name) for name in services]}]},
        "capacity": {"estates": [{"stacks": stacks, "not_asked": [], "services": [_capacity(n) for n in services]}]},
        "blast_radius": {"estates": [{"stacks": stacks, "faults": _faults(services)}]},
        "rests_on": {
            result.fingerprint: {
                "code": 5,
                "declared": 2,
                "assumed": 1,
                "at_most": False,
                "declarations": [{"path": DECLARED, "line": 3, "author": "Dana", "date": "2026-01-10"}],
            }
            for result in found.results
            if result.outcome is not Outcome.NOT_APPLICABLE
        },
    }


def _picture(services: Sequence[str]) -> dict[str, Any]:
    sites = ("north", "south")
    components = [
        {"id": f"fw-{site}-{unit}", "name": f"firewall fw-{unit}.{site}.example", "role": "firewall",
         "tier": "perimeter", "site": site, "stack": "estate/prod", "location": None}
        for site in sites for unit in "ab"
    ]  # fmt: skip
    components += [
        {"id": f"vm-{site}-{name}", "name": f"vm {name}", "role": "compute", "tier": "compute", "site": site,
         "stack": "estate/prod", "location": None}
        for site in sites for name in services
    ]  # fmt: skip
    components.append(
        {"id": "gslb", "name": "gslb", "role": "global-traffic", "tier": "steering", "site": None,
         "stack": "estate/prod", "location": None}
    )  # fmt: skip
    return {
        "sites": [{"id": site, "name": site, "kind": "site", "region": f"region-{site}"} for site in sites],
        "components": components,
        "edges": [{"from": "gslb", "to": "fw-north-a", "gate": "requires"}],
        "domains": [
            {"id": "management-plane:fmg.example", "kind": "management-plane", "name": services[0] + ".fmg.example",
             "faults": ["bad-change"], "sites": list(sites),
             "components": [each["id"] for each in components if each["role"] == "firewall"]},
            {"id": "carrier:one", "kind": "carrier", "name": "one", "faults": ["outage"], "sites": list(sites),
             "components": ["fw-north-a", "fw-south-a"]},
            {"id": "site:north", "kind": "site", "name": "north", "faults": ["outage"], "sites": ["north"],
             "components": [each["id"] for each in components if each["site"] == "north"]},
        ],
        "services": [
            {"id": name, "components": [f"vm-north-{name}"], "consumers": ["powys"],
             "weakest": [_MANAGER] if number % 2 else ["site:north/outage", "carrier:one/outage"]}
            for number, name in enumerate(services)
        ],
    }  # fmt: skip


def _cuts(name: str) -> dict[str, Any]:
    sure = [[_MANAGER], *(["site:north/outage", f"device:vm-south-{number}/outage"] for number in range(40))]
    return {
        "service": name,
        "complete": True,
        "finished_order": 3,
        "sure": {"counts_by_order": {"1": 1, "2": 40, "3": 0}, "cut_sets": sure},
        "possible": {"counts_by_order": {"1": 2}, "cut_sets": [[_MANAGER], ["carrier:one/outage"]]},
    }


def _why(text: str) -> dict[str, Any]:
    return {"text": text, "basis": "known", "location": {"path": SITES, "line": 2, "column": None}, "source": "a page"}


def _recovery(name: str) -> dict[str, Any]:
    term = {"name": "detection", "seconds": 60.0, "why": _why("declared"), "remedy": None}
    move = {
        "what": f"{name} moves to its standby", "seconds": 90.0, "lag": 30.0, "loss": _why("the declared lag"),
        "restores": False, "tested": None, "terms": [term],
    }  # fmt: skip
    found = {
        "events": ["site:north/outage"],
        "time": {"known": True, "at_least": 90.0, "at_most": 90.0},
        "loss": {"known": False, "at_least": 0.0, "at_most": None},
        "rto": "within", "rpo": "not declared", "moves": [move], "meanwhile": [], "notes": [],
        "doubts": [{"id": "lag", "reason": _why("the lag is not known"), "remedy": "declare it"}],
    }  # fmt: skip
    return {"id": name, "rto": 3600.0, "rpo": None, "location": None, "recoveries": [found]}


def _capacity(name: str) -> dict[str, Any]:
    stage = {"name": "the way to north", "carries": 300.0, "asked": {name: 390.0}, "members": [], "why": [_why("fact")]}
    losses = [
        {"events": [], "dimension": "rps", "enough": "enough", "weakest": {**stage, "carries": 600.0}, "doubts": []},
        {"events": ["site:north/outage"], "dimension": "rps", "enough": "short", "weakest": stage, "doubts": []},
        {"events": ["carrier:one/outage"], "dimension": "rps", "enough": "lost", "weakest": None, "doubts": []},
    ]
    peak = {"dimension": "rps", "amount": 390.0, "words": "300 x 1.3 (winter)", "location": None}
    return {"id": name, "location": None, "peak": [peak], "losses": losses}


def _faults(services: Sequence[str]) -> list[dict[str, Any]]:
    likely = {"class": "occasional", "why": "pushes do", "basis": "documented", "source": "a book", "location": None}
    quiet: dict[str, Any] = {"lost": [], "degraded": [], "unknown": [], "failover": []}
    rows = [
        (_MANAGER, "management-plane", "fmg.example", "bad-change", {"lost": list(services)}),
        ("site:north/outage", "site", "north", "outage", {"failover": list(services)}),
        ("carrier:one/outage", "carrier", "one", "outage", {"degraded": list(services), "unknown": [services[0]]}),
        ("region:far/outage", "region", "far", "outage", {}),
    ]
    return [
        {"event": event, "domain": event.rpartition("/")[0], "kind": kind, "name": name, "fault": fault,
         "likelihood": likely, "location": {"path": SITES, "line": 3, "column": None}, "parts": 4, "doubtful": False,
         **quiet, **harm}
        for event, kind, name, fault, harm in rows
    ]  # fmt: skip
