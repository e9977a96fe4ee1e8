"""An estate of three services and answers of every kind, made by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.model.location import Location
from resilience_checks.model.question import Cut, Doubt, Event, FaultKind, Holds, Statement, Step
from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.estate import Domain, Estate, Member, Part, Service
from resilience_checks.topology.gates import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTAGE = (FaultKind.OUTAGE,)
SITE, DEVICE = "site:north/outage", "device:fw-1/outage"
DECLARED = Location("resilience.yaml", 9, 3)
MADE = Location("__main__.py", 7)


@dataclass(frozen=True)
class FixedAnswers:
    """What the analysis would have said."""

    statements: tuple[Statement, ...]
    events: Mapping[str, Event]
    analysis: None = None


def estate(scope: str | None = "national") -> Estate:
    services = {
        name: Service(name, ALWAYS, scope, tier, location=DECLARED)
        for name, tier in (("record", 1), ("results", 2), ("email", 3))
    }
    return Estate(
        parts={"fw-1": Part("fw-1", "firewall fw-1", "firewall", "north")},
        domains={
            "site:north": Domain(
                "site:north", "site", "north", OUTAGE, (Member("fw-1"),), encloses=("device:fw-1",), primary=DECLARED
            ),
            "device:fw-1": Domain("device:fw-1", "device", "fw-1", OUTAGE, (Member("fw-1"),), primary=MADE),
        },
        services=services,
        anchors={"web/prod": Location("Pulumi.yaml", 1)},
    )


EVENTS = {
    SITE: Event(SITE, "site:north", "site", "north", FaultKind.OUTAGE, DECLARED),
    DEVICE: Event(
        DEVICE, "device:fw-1", "device", "fw-1", FaultKind.OUTAGE, MADE, "urn:fw-1", (Step("firewall fw-1", MADE),)
    ),
}
LOST = Cut((SITE,), (Step("an outage of site north takes down firewall fw-1", DECLARED), Step("record is lost")))
UNIT_LOST = Cut((DEVICE,), (Step("an outage of device fw-1 takes down firewall fw-1", MADE),))
DOUBT = Doubt(
    "site of fw-1", Reason("nothing says where fw-1 stands", Basis.UNKNOWN, MADE), "declare it under placement"
)


def answers(question: str, **said: Statement) -> FixedAnswers:
    """Return one statement for each question and service: survived, unless `said` has another for the service."""
    questions = (
        "redundant-firewalls.firewall-outage",
        "redundant-firewalls.firewall-change",
        "cross-site-failover.site-outage",
        "no-single-region-national-service.region-outage",
        "no-common-cause.shared-change",
        "no-common-cause.site-outage",
    )
    statements = []
    for item in questions:
        for name in ("record", "results", "email"):
            found = said.get(name) if item == question else None
            statements.append(found or Statement(item, name, Holds.YES, Holds.YES))
    return FixedAnswers(tuple(statements), EVENTS)


def lost(question: str, service: str, *cuts: Cut) -> Statement:
    return Statement(question, service, Holds.YES, Holds.NO, cuts or (LOST,))


def doubtful(question: str, service: str) -> Statement:
    return Statement(question, service, Holds.UNKNOWN, Holds.UNKNOWN, (LOST,), (DOUBT,))


def unasked(question: str, service: str) -> Statement:
    return Statement(question, service, Holds.NO, Holds.YES)


def broken(question: str, service: str) -> Statement:
    return Statement(question, service, Holds.YES, Holds.UNKNOWN, error=f"{service} is lost with nothing failed")
