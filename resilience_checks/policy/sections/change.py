"""`change`: what the deployments under check do to redundancy, as far as a preview or a base to compare with shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.enclosing import Enclosing
from resilience_checks.analysis.touched import TouchedSet
from resilience_checks.model.operation import REPLACE
from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from resilience_checks.analysis.change import Change
    from resilience_checks.analysis.redundancy import CutChange, ServiceChange
    from resilience_checks.analysis.replaced import Replacement
    from resilience_checks.analysis.touched import Deployment, Touch
    from resilience_checks.model.question import Event
    from resilience_checks.policy.matter import Matter
    from resilience_checks.topology.estate import Domain

_SHOWN = 12


def section(matter: Matter) -> Section:
    """Return the touched sets of each deployment, the replacements, and what redundancy is lost against the base.

    `given` says whether a change was named at all, `known` whether it could be evaluated, `compared` whether there is
    an estate before it.
    """
    change = matter.change
    data: dict[str, Any] = {
        "given": "yes" if matter.change_given else "no",
        "known": "yes" if change is not None else "no",
        "compared": "yes" if change is not None and change.redundancy is not None else "no",
        "sets": [],
        "undecided": [],
        "replacements": [],
        "redundancy": {},
        "lost": [],
        "services": {},
    }
    places: dict[str, Step] = {}
    if change is not None:
        _deployments(change, data, places)
        _replacements(change.replacements, data, places)
        _redundancy(change, matter.estate.domains, data, places)
    return Section(data, places)


def _deployments(change: Change, data: dict[str, Any], places: dict[str, Step]) -> None:
    for deployment in change.deployments:
        touched = {touch.part: touch for touch in deployment.touched}
        parts = [one.parts for one in deployment.sets]
        whole = [TouchedSet(one.parts, one.services) for one in deployment.whole if one.parts not in parts]
        for number, one in enumerate((*deployment.sets, *whole)):
            if one.redundant:
                key = f"{deployment.stack}/set/{number}"
                steps = _lines(key, one.parts, touched)
                places.update(steps)
                data["sets"].append(_set(deployment, one, touched, list(steps)))
        told = {name for one in deployment.sets for name in one.services}
        open_ = [name for name in (*deployment.lost, *deployment.perhaps) if name not in told]
        data["undecided"] += [{"stack": deployment.stack, "services": open_}] if open_ else []
        for name in (*deployment.lost, *deployment.perhaps, *deployment.kept):
            data["services"][name] = "yes"


def _set(deployment: Deployment, one: TouchedSet, touched: Mapping[str, Touch], at: list[str]) -> dict[str, Any]:
    return {
        "stack": deployment.stack,
        "parts": list(one.parts),
        "labels": [touched[part].label if part in touched else part for part in one.parts],
        "roles": sorted({touched[part].role if part in touched else "unknown" for part in one.parts}),
        "services": list(one.services),
        "sure": "yes" if one.sure else "unknown",
        "at": at,
        "why": _steps(one.chain),
    }


def _steps(chain: Sequence[Step]) -> list[str]:
    """Return how something is lost; of a long way its beginning and its end."""
    texts = [step.text for step in chain]
    if len(texts) <= _SHOWN:
        return texts
    return [*texts[: _SHOWN - 2], f"({len(texts) - _SHOWN + 1} more steps)", texts[-1]]


def _lines(key: str, parts: Iterable[str], touched: Mapping[str, Touch]) -> dict[str, Step]:
    """Return the lines of what changes, the last registered first."""
    found = {
        str(change.location): Step(f"{change.name} is changed here", change.location)
        for part in parts
        if part in touched
        for change in touched[part].changes
        if change.location is not None
    }
    return {f"{key}/{number}": step for number, step in enumerate(reversed(found.values()))}


def _replacements(found: Iterable[Replacement], data: dict[str, Any], places: dict[str, Step]) -> None:
    for one in found:
        key = f"replaced/{one.change.urn}/{one.part}"
        places[key] = Step(f"{one.change.name} is replaced", one.change.location)
        data["replacements"].append(
            {
                "name": f"{one.change.type.rsplit(':', 1)[-1]} {one.change.name}",
                "stack": one.change.stack,
                "urn": one.change.urn,
                "part": one.part,
                "certain": "yes" if one.change.operation.op == REPLACE and one.change.operation.certain else "unknown",
                "downtime": str(one.downtime),
                "lost": list(one.lost),
                "exposed": [name for name, _ in one.exposed],
                "perhaps": list(one.perhaps),
                "at": [key],
            }
        )


def _redundancy(change: Change, domains: Mapping[str, Domain], data: dict[str, Any], places: dict[str, Step]) -> None:
    """Add what each service lost; a new single point of failure that only took another's place is no loss.

    A place that loses a service only because it encloses a smaller cause stands beside this one, as `enclosed_by`.
    """
    found = change.redundancy
    if found is None:
        return
    for name in found.unchanged:
        data["redundancy"][name] = {"perhaps": "no", "hangs_on": []}
    cuts: dict[tuple[str, ...], dict[str, Any]] = {}
    around = Enclosing(domains, (event for one in found.changed for cut in one.lost for event in cut.events))
    for one in found.changed:
        data["redundancy"][one.service] = {
            "perhaps": "yes" if one.perhaps or one.undecided else "no",
            "hangs_on": [doubt.text for doubt in one.depends_on],
        }
        worse = list(_worse(one, found.events))
        inner = around.by_inner([cut.events for cut in worse])
        for cut in worse:
            if cut.events not in inner:
                cuts.setdefault(cut.events, _cut(cut, found.events))["services"].append(one.service)
        for wider, cause in inner.items():
            beside = cuts[cause]["enclosed_by"]
            beside += [faults] if (faults := _faults(wider, found.events)) not in beside else []
    for events, told in cuts.items():
        lines = {event: found.events[event].primary for event in events if event in found.events}
        steps = {f"lost/{event}": Step(event, place) for event, place in lines.items() if place is not None}
        places.update(steps)
        told["at"] = list(steps)
    data["lost"] = list(cuts.values())


def _worse(one: ServiceChange, events: Mapping[str, Event]) -> Iterator[CutChange]:
    """Yield the cuts of what stood before as well, and each new fault that alone loses the service."""
    gone = Counter(_kinds(cut, events) for cut in one.gained if cut.absent)
    for cut in one.lost:
        if not cut.absent:
            yield cut
        elif len(cut.events) == 1:
            kinds = _kinds(cut, events)
            gone[kinds] -= 1
            if gone[kinds] < 0:
                yield cut


def _kinds(cut: CutChange, events: Mapping[str, Event]) -> tuple[str, ...]:
    return tuple(sorted(events[event].kind if event in events else "" for event in cut.events))


def _cut(cut: CutChange, events: Mapping[str, Event]) -> dict[str, Any]:
    return {
        "events": list(cut.events),
        "faults": _faults(cut.events, events),
        "new": "yes" if cut.absent else "no",
        "services": [],
        "at": [],
        "why": _steps(cut.chain),
        "enclosed_by": [],
    }


def _faults(faults: Iterable[str], events: Mapping[str, Event]) -> str:
    names = [
        f"one {str(events[event].fault).replace('-', ' ')} of {events[event].kind.replace('-', ' ')} {events[event].name}"
        if event in events
        else event
        for event in faults
    ]
    return " together with ".join(names)
