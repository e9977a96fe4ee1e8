"""`trials`: when each declared failover and restore was last tried, and which services rely on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.standbys import restores, ways
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from datetime import date

    from resilience_checks.policy.matter import Matter

_UNKNOWN, _NEVER = "unknown", "never"


def section(matter: Matter) -> Section:
    """Return the failovers and restores by id, and under `without` the services that rely on none.

    `tested` is a day, `never` or `unknown`; `age` is in days, negative for a day to come, and -1 where there is no day.
    """
    data: dict[str, Any] = {}
    places: dict[str, Step] = {}
    for name, (way, services) in ways(matter.estate).items():
        assert way.declared is not None
        key = f"failover {name}"
        data[key] = _item("failover", name, services, _tested(way.tested, never=way.never_tested), matter.today)
        places[key] = Step(f"the failover of {name} is declared", way.declared[1])
    for name, services in restores(matter.estate).items():
        backup = matter.estate.backups[name]
        key = f"restore {name}"
        data[key] = _item("restore", name, services, _tested(backup.tested, never=backup.never_tested), matter.today)
        places[key] = Step(f"backup {name} is declared", backup.location)
    relying = {service for item in data.values() for service in item["services"]}
    return Section({"items": data, "without": [name for name in matter.estate.services if name not in relying]}, places)


def _tested(tested: date | None, *, never: bool) -> date | str:
    if tested is not None:
        return tested
    return _NEVER if never else _UNKNOWN


def _item(kind: str, name: str, services: tuple[str, ...], tested: date | str, today: date) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": name,
        "services": list(services),
        "tested": str(tested),
        "age": -1 if isinstance(tested, str) else (today - tested).days,
    }
