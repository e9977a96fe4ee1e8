"""What can happen to an estate, as the model says it and no policy: the truth of an edit.

A harm is (measure, of what, by what). An edit weakens when a harm is there that was not there before.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from resilience_checks.analysis.answers import Analysis
from resilience_checks.analysis.capacity import Enough, headrooms, losses
from resilience_checks.model.question import FaultKind, Horizon, Question
from resilience_checks.topology.gates import Failover, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.topology.declared import Declarations
    from resilience_checks.topology.estate import Estate

Harm = tuple[str, str, str]
_PLACES = ("site", "zone", "region")
_SORTS = ("copy", "deployment", "sign-in", "monitoring", "out-of-band")
_CLINICAL = ("copy", "communications")
_FAULTS = (FaultKind.OUTAGE, FaultKind.BAD_CHANGE)
INTERRUPTED = Question("interrupted", _FAULTS, horizon=Horizon.INSTANT)
LOST = Question("lost", _FAULTS, horizon=Horizon.RTO, within_rpo=True)
CUT_OFF = Question("cut off", (FaultKind.OUTAGE,), horizon=Horizon.RTO, any_consumer=True)


def harms(estate: Estate, declared: Declarations) -> frozenset[Harm]:
    """Return every harm that one fault can do, and every means of recovery that is missing."""
    return frozenset(
        [*_faults(estate), *_peaks(estate), *_aids(estate), *_copies(estate), *_trials(declared), *_words(estate)]
    )


def _faults(estate: Estate) -> Iterator[Harm]:
    """Yield each service with the single faults that surely lose it for longer than its RTO or RPO allows.

    The outage of a border's firewall counts also when it only interrupts: it interrupts all of a site's services. That
    of a link or carrier counts also when it cuts off one of the consumers.
    """
    analysis = Analysis(estate)
    for service in estate.services:
        asked = asked_of(estate, service)
        measures = (
            ("lost", LOST, asked),
            ("interrupted", INTERRUPTED, _units(estate, asked)),
            ("cut off", CUT_OFF, _ways(estate, service)),
        )
        for measure, question, events in measures:
            surely, possibly = analysis.lost(question, service, [frozenset({event}) for event in events])
            for number, event in enumerate(events):
                if possibly >> number & 1:
                    yield measure if surely >> number & 1 else f"perhaps {measure}", service, event


def asked_of(estate: Estate, service: str) -> list[str]:
    """Return the faults that a service is held to survive, one at a time."""
    return [event for event in _events(estate) if _held(estate, service, event)]


def _events(estate: Estate) -> list[str]:
    return [
        f"{domain.id}/{fault}" for domain in estate.domains.values() if not domain.implied for fault in domain.faults
    ]


def _units(estate: Estate, events: list[str]) -> list[str]:
    """Return those that are outages of one firewall unit."""
    return [
        event
        for event in events
        for domain in (estate.domains[event.rpartition("/")[0]],)
        if domain.kind == "device" and event.endswith(FaultKind.OUTAGE)
        if any(estate.parts[member.part].role == "firewall" for member in domain.members)
    ]


def _ways(estate: Estate, service: str) -> list[str]:
    """Return the outages of links and carriers, where a service is not for one place alone."""
    if estate.services[service].scope == "local":
        return []
    return [event for event in _events(estate) if event.startswith(("link:", "carrier:")) and event.endswith("outage")]


def _held(estate: Estate, service: str, event: str) -> bool:
    """Return whether a service of this scope and tier is held to survive an event.

    What is local stands at one place; only what is national stands in two regions; only the highest tier withstands
    any one outage that is no place's, others one that reaches over several sites. One stack and one account are no
    single points of failure by definition (SEMANTICS, section 1).
    """
    domain, _, fault = event.rpartition("/")
    kind, found = estate.domains[domain].kind, estate.services[service]
    if kind in {"deployment", "account", "provider-instance"} or (kind == "region" and found.scope == "regional"):
        return False
    if fault == FaultKind.OUTAGE and kind not in _PLACES and found.tier != 1 and not _spans(estate, domain):
        return False
    return found.scope != "local" or (fault == FaultKind.OUTAGE and kind not in {*_PLACES, "campus", "building"})


def _spans(estate: Estate, domain: str) -> bool:
    """Return whether parts at two sites or more are in a failure domain."""
    sites = {estate.parts[member.part].site for member in estate.domains[domain].members}
    return len([site for site in sites if isinstance(site, str)]) > 1


def _peaks(estate: Estate) -> Iterator[Harm]:
    """Yield each service with the single losses after which what remains does not carry its peak."""
    if any(service.peak for service in estate.services.values()):
        for found in headrooms(estate, losses(estate)):
            if found.enough is Enough.SHORT:
                yield "short", found.service, "+".join(found.events) or "nothing failed"


def _aids(estate: Estate) -> Iterator[Harm]:
    """Yield each service with the single faults that take it and what helps while it is away, and what helps with none.

    What is clinical has something to read and ways to call each other; what is national, or of the highest tier, has
    tools to repair it.
    """
    analysis = Analysis(estate)
    sorts = {aid.sort for aid in estate.aids.values()}
    for sort, service in product(sorted({*_SORTS, *sorts}), estate.services):
        found = estate.services[service]
        if found.purpose != "clinical" if sort in _CLINICAL else (found.tier != 1 and found.scope != "national"):
            continue
        if not any(aid.sort == sort and service in aid.of for aid in estate.aids.values()):
            yield "no aid", service, sort
            continue
        events = [event for event in _events(estate) if not event.startswith(("deployment:", "provider-instance:"))]
        together = Question(f"with {sort}", _FAULTS, horizon=Horizon.RTO, beside=sort)
        surely, _ = analysis.lost(together, service, [frozenset({event}) for event in events])
        yield from ((f"lost with its {sort}", service, event) for at, event in enumerate(events) if surely >> at & 1)


def _copies(estate: Estate) -> Iterator[Harm]:
    """Yield what has a state and no copy, and the places that copies share with all that they are to bring back."""
    copied = {part for backup in estate.backups.values() for part in backup.of}
    for role in ("database", "storage"):
        without = [part for part in estate.parts.values() if part.role == role and part.id not in copied]
        yield from (("no copy", role, str(number)) for number, _ in enumerate(without, start=1))
    for backup in estate.backups.values():
        kept = {held for part in backup.of for held in _held_by(estate, part)}
        for domain in estate.domains.values():
            members = {member.part for member in domain.members}
            if domain.kind in {"site", "region"} and {f"backup {backup.id}", *kept} <= members:
                yield "copy beside", backup.id, domain.id


def _held_by(estate: Estate, part: str) -> frozenset[str]:
    """Return the primary and the standbys of a declared failover that are in the program, or else the part itself."""
    gate = estate.parts[part].gate
    if not isinstance(gate, Failover):
        return frozenset({part})
    sides = (
        gate.primary,
        *(standby.gate for standby in gate.standbys if standby.way is None or not standby.way.restores),
    )
    return frozenset(target for side in sides for target in targets(side))


def _trials(declared: Declarations) -> Iterator[Harm]:
    """Yield the failovers and copies of which no trial is declared."""
    for component in declared.components.values():
        if component.failover and component.failover.mover and component.failover.mover.tested is None:
            yield "untested", component.id, "failover"
    for backup in declared.backups.values():
        if backup.tested is None:
            yield "untested", backup.id, "backup"


def _words(estate: Estate) -> Iterator[Harm]:
    """Yield the objectives that a national service is not given, and the services whose scope nobody said."""
    for service in estate.services.values():
        for name in ("scope", "tier", "rto", "rpo"):
            if getattr(service, name) is None and service.scope in {"national", None}:
                yield "not said", service.id, name
