"""Services of one name in several estates are several services: each is named with the stacks of its estate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.report.findings import stacks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resilience_checks.report.interface import Report, ServiceSummary

    Data = Mapping[str, Any]
    Place = tuple[str, ...]

_ANSWERS = ("cut_sets", "recovery", "capacity", "blast_radius")
_SERVICES = ("lost", "unknown", "degraded", "failover")
"""What a fault does to services, by name."""


def apart(report: Report) -> Report:
    """Return the report with such services renamed wherever it names them as services; messages stay as they are."""
    places: dict[str, dict[Place, None]] = {}
    told = [(name, stacks(result)) for result in report.results for name in result.services]
    for name, place in (*((name, tuple(each["stacks"])) for each in report.audit for name in _names(each)), *told):
        if place:
            places.setdefault(name, {})[place] = None
    several = {name: list(found) for name, found in places.items() if len(found) > 1}
    if not several:
        return report

    def named(name: str, place: Place) -> str:
        return _named(name, place) if name in several and place else name

    moved = {
        id(one): replace(one, services=tuple(named(name, stacks(one)) for name in one.services))
        for one in report.results
    }
    return replace(
        report,
        results=tuple(moved.values()),
        verdict=replace(report.verdict, blocking=tuple(moved.get(id(one), one) for one in report.verdict.blocking)),
        services=tuple(_summaries(report.services, several)),
        audit=tuple(_audited(each, several) for each in report.audit),
    )


def _named(name: str, place: Place) -> str:
    more = f" and {len(place) - 2} more" if len(place) > 2 else ""  # noqa: PLR2004 two names are enough to tell an estate
    return f"{name} ({', '.join(place[:2])}{more})"


def _summaries(found: tuple[ServiceSummary, ...], several: Mapping[str, list[Place]]) -> Iterator[ServiceSummary]:
    """Yield the summaries, a renamed service by its estate's stacks, and where these are not told in the order of estates."""
    done: set[str] = set()
    for one in found:
        if one.id not in several:
            yield one
        elif one.stacks:
            yield replace(one, id=_named(one.id, one.stacks))
        elif one.id not in done:
            done.add(one.id)
            same, wanted = [each for each in found if each.id == one.id], several[one.id]
            matching = same if len(same) == len(wanted) else [one] * len(wanted)
            yield from (replace(each, id=_named(one.id, place)) for each, place in zip(matching, wanted, strict=True))


def _names(data: Data) -> list[str]:
    listed = [each.get("id") or each.get("service") for answer in _answers(data) for each in answer]
    return list(dict.fromkeys(str(name) for name in listed if name))


def _answers(data: Data) -> Iterator[list[Any]]:
    yield list((data.get("picture") or {}).get("services", ()))
    for key in _ANSWERS:
        answer = data.get(key) or {}
        for estate in answer.get("estates", (answer,)):
            yield [each for each in estate.get("services", ()) if isinstance(each, dict)]


def _audited(data: Data, several: Mapping[str, list[Place]]) -> Data:
    """Return what was collected of one estate with its services renamed."""
    place = tuple(data["stacks"])

    def named(name: str) -> str:
        return _named(name, place) if name in several else name

    def renamed(section: Any) -> Any:
        if not isinstance(section, dict):
            return section
        if "estates" in section:
            return {**section, "estates": [renamed(each) for each in section["estates"]]}
        listed = [
            {**each, **{key: named(each[key]) for key in ("id", "service") if key in each}}
            if isinstance(each, dict)
            else named(each)
            for each in section.get("services", ())
        ]
        faults = [
            {**fault, **{key: [named(name) for name in fault[key]] for key in _SERVICES if key in fault}}
            for fault in section.get("faults", ())
        ]
        return {**section, **({"services": listed} if listed else {}), **({"faults": faults} if faults else {})}

    return {**data, **{key: renamed(data[key]) for key in ("picture", *_ANSWERS) if key in data}}
