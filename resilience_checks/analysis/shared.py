"""Which failure domains become shared by parts that stand in for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.probe import Probe
from resilience_checks.analysis.touched import KIND
from resilience_checks.model.question import Event, FaultKind, Holds
from resilience_checks.topology.estate import Domain, Member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.model.question import Horizon
    from resilience_checks.topology.estate import Estate

_MAX_SETS = 100_000


@dataclass(frozen=True, slots=True)
class Shared:
    """A failure domain that parts of a redundant set now share, and did not before.

    `joined` are the parts that it did not have, `event` its fault. `services` lose more to it than to any one of its
    parts: with nothing else failed (`alone`), or together with one further event. `sure` is False where that is not
    known.
    """

    event: Event
    joined: tuple[str, ...]
    members: tuple[str, ...]
    services: tuple[str, ...]
    alone: bool
    sure: bool = True


def newly_shared(before: Estate, after: Estate, horizon: Horizon) -> tuple[Shared, ...]:
    """Return the domains with new members that hit several parts of some redundant set, where they did not before."""
    changed = {
        domain.id: joined
        for domain in after.domains.values()
        if len(domain.members) > 1 and (joined := _joined(before.domains.get(domain.id), domain))
    }
    if not changed:
        return ()
    parts = {member.part for name in changed for side in (before, after) for member in _members(side, name)}
    old, new = (
        Probe(side, horizon, [_single(part) for part in parts if part in side.parts]) for side in (before, after)
    )
    return tuple(found for name, joined in changed.items() for found in _of(old, new, name, joined))


def _members(estate: Estate, domain: str) -> tuple[Member, ...]:
    return estate.domains[domain].members if domain in estate.domains else ()


def _joined(before: Domain | None, after: Domain) -> tuple[str, ...]:
    old = {member.part for member in before.members} if before is not None else set()
    return tuple(sorted({member.part for member in after.members} - old))


def _single(part: str) -> Domain:
    return Domain(f"{KIND}:{part}", KIND, part, (FaultKind.OUTAGE,), (Member(part),))


def _of(before: Probe, after: Probe, name: str, joined: tuple[str, ...]) -> list[Shared]:
    domain = after.estate.domains[name]
    found: list[Shared] = []
    for fault in domain.faults:
        answers: dict[tuple[bool, bool], list[str]] = {}
        for service in after.estate.services:
            if service in before.estate.services and after.shape(service) == before.shape(service):
                continue
            now, alone = _shares(after, service, name, fault)
            was = _shares(before, service, name, fault)[0] if service in before.estate.services else Holds.NO
            if now is Holds.NO or was is Holds.YES:
                continue
            sure = now is Holds.YES and was is Holds.NO
            answers.setdefault((sure, alone), []).append(service)
        event = Event(
            f"{name}/{fault}", name, domain.kind, domain.name, fault, domain.primary, domain.urn, domain.joined
        )
        members = tuple(sorted({member.part for member in domain.members}))
        found += [
            Shared(event, joined, members, tuple(services), alone, sure) for (sure, alone), services in answers.items()
        ]
    return found


def _shares(probe: Probe, service: str, name: str, fault: FaultKind) -> tuple[Holds, bool]:
    """Return whether the domain's fault takes down several parts that stand in for each other, and alone loses the service.

    It does where the service is lost by the fault, alone or with one further event, and survives that event with any
    one of the domain's parts.
    """
    event = f"{name}/{fault}"
    if event not in probe.events(service):
        return Holds.NO, False
    below = probe.parts(service)
    parts = sorted({member.part for member in probe.estate.domains[name].members} & below)
    others = ["", *sorted(probe.events(service) - {event})]
    if len(others) * (len(parts) + 2) > _MAX_SETS:
        others = [""]
    with_one = [[other, f"{KIND}:{part}/{FaultKind.OUTAGE}"] for other in others for part in parts]
    found = probe.lost(service, [*([other, event] for other in others), *([other] for other in others), *with_one])
    answer, alone = Holds.NO, False
    for index in range(len(others)):
        first = 2 * len(others) + index * len(parts)
        single = [found.of(len(others) + index), *(found.of(first + place) for place in range(len(parts)))]
        shared = _worse(found.of(index), single)
        if shared is Holds.YES or (shared is Holds.UNKNOWN and answer is Holds.NO):
            alone = index == 0 or (alone and answer is shared)
            answer = shared
    return answer, alone


def _worse(all_of_it: Holds, each: Sequence[Holds]) -> Holds:
    """Return whether the service is lost by all together and survives each."""
    if all_of_it is Holds.NO and all(one is Holds.YES for one in each):
        return Holds.YES
    if all_of_it is Holds.YES or any(one is Holds.NO for one in each):
        return Holds.NO
    return Holds.UNKNOWN
