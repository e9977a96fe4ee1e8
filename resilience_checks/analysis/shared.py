"""Which failure domains become shared by parts that stand in for each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.alike import alike
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


def newly_shared(old: Probe, after: Estate, horizon: Horizon) -> tuple[Shared, ...]:
    """Return the domains with new members that hit several parts of some redundant set, where they did not before.

    `old` is the estate before.
    """
    before = old.estate
    changed = {
        domain.id: joined
        for domain in after.domains.values()
        if len(domain.members) > 1 and not domain.implied and (joined := _joined(before.domains.get(domain.id), domain))
    }
    if not changed:
        return ()
    parts = {member.part for name in changed for member in after.domains[name].members}
    new = Probe(after, horizon, map(_single, sorted(parts)))
    same = alike(old, new)
    services = [name for name in after.services if name not in same]
    return tuple(found for name, joined in changed.items() for found in _of(old, new, name, joined, services))


def _joined(before: Domain | None, after: Domain) -> tuple[str, ...]:
    old = {member.part for member in before.members} if before is not None else set()
    return tuple(sorted({member.part for member in after.members} - old))


def _single(part: str) -> Domain:
    return Domain(f"{KIND}:{part}", KIND, part, (FaultKind.OUTAGE,), (Member(part),))


def _of(before: Probe, after: Probe, name: str, joined: tuple[str, ...], services: Sequence[str]) -> list[Shared]:
    domain = after.estate.domains[name]
    found: list[Shared] = []
    for fault in domain.faults:
        groups: dict[tuple[bool, bool], list[str]] = defaultdict(list)
        for service in services:
            told = _shares(before, after, service, f"{name}/{fault}")
            if told is not None:
                groups[told].append(service)
        event = Event(
            f"{name}/{fault}", name, domain.kind, domain.name, fault, domain.primary, domain.urn, domain.joined
        )
        members = tuple(sorted({member.part for member in domain.members}))
        found += [Shared(event, joined, members, tuple(each), alone, sure) for (sure, alone), each in groups.items()]
    return found


def _shares(before: Probe, after: Probe, service: str, event: str) -> tuple[bool, bool] | None:
    """Return whether it is sure that the event newly takes down parts that stand in for each other, and if it is enough.

    It does where the service is lost by the event, alone or with one further one, survives that one with any single
    part of the domain, and survived both before.
    """
    both = service in before.estate.services
    if event not in after.events(service):
        return None
    domain = after.estate.domains[event.rpartition("/")[0]]
    parts = sorted({member.part for member in domain.members} & after.parts(service))
    others = ["", *sorted(after.events(service) - {event})]
    if len(others) * (len(parts) + 2) > _MAX_SETS:
        others = [""]
    single = [f"{KIND}:{part}/{FaultKind.OUTAGE}" for part in parts]
    each = [[other, *extra] for other in others for extra in ([event], [], *([one] for one in single))]
    now = after.lost(service, each)
    old = before.lost(service, [[other, event] for other in others]) if both else None
    step = len(parts) + 2
    answers = [
        _newly(old.of(index) if old is not None else Holds.YES, [now.of(index * step + place) for place in range(step)])
        for index in range(len(others))
    ]
    wanted = next((answer for answer in (Holds.YES, Holds.UNKNOWN) if answer in answers), None)
    return None if wanted is None else (wanted is Holds.YES, answers[0] is wanted)


def _newly(before: Holds, now: Sequence[Holds]) -> Holds:
    """Return whether the service survived before, is now lost by the whole domain (the first), and survives the others."""
    whole, *rest = now
    if before is Holds.NO or whole is Holds.YES or any(one is Holds.NO for one in rest):
        return Holds.NO
    if before is Holds.YES and whole is Holds.NO and all(one is Holds.YES for one in rest):
        return Holds.YES
    return Holds.NO if before is Holds.UNKNOWN and whole is Holds.UNKNOWN else Holds.UNKNOWN
