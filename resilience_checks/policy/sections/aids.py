"""`aids`: what helps while a service is away: copies, communications and tools, by what they help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.standbys import needing
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Aid

_SORTS = ("copy", "communications", "deployment", "sign-in", "monitoring", "out-of-band")
_UNKNOWN = "unknown"


def section(matter: Matter) -> Section:
    """Return purposes by service, aids by `SORT ID`, and `of`: the aids of each sort and service.

    `circular` and the `needs` of each name those that surely need the very service themselves. Ages are in minutes; the line of an aid is at
    its key, that of its age at `KEY/age`, that of a service at `service ID`.
    """
    estate = matter.estate
    of: dict[str, dict[str, list[str]]] = {sort: {name: [] for name in estate.services} for sort in _SORTS}
    circular: dict[str, dict[str, list[str]]] = {sort: {name: [] for name in estate.services} for sort in _SORTS}
    needs = {key: needing(estate, aid) for key, aid in estate.aids.items()}
    for key, aid in estate.aids.items():
        for name in aid.of:
            of[aid.sort][name].append(key)
        for name in needs[key]:
            circular[aid.sort][name].append(key)
    services = estate.services.values()
    data = {
        "purposes": {service.id: service.purpose or _UNKNOWN for service in services},
        "copied": {service.id: "yes" if service.copied else "no" for service in services},
        "items": {key: _item(aid, needs[key]) for key, aid in estate.aids.items()},
        "of": of,
        "circular": circular,
    }
    places = {f"service {service.id}": Step(f"service {service.id}", service.location) for service in services}
    for key, aid in estate.aids.items():
        places[key] = Step(f"{key} is declared", aid.location)
        places[f"{key}/age"] = Step(f"the age of {key}", aid.age_location)
    return Section(data, places)


def _item(aid: Aid, needs: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": aid.id,
        "sort": aid.sort,
        "kind": aid.kind or _UNKNOWN,
        "refreshed": _minutes(aid.refreshed),
        "limit": _minutes(aid.limit),
        "of": list(aid.of),
        "needs": list(needs),
    }


def _minutes(seconds: float | None) -> float | str:
    return _UNKNOWN if seconds is None else seconds / 60
