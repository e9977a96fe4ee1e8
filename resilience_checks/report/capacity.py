"""Whether what remains carries the peak, as a page for a resilience manager, and as JSON."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.capacity import Enough, not_asked
from resilience_checks.analysis.recovery import PLACES
from resilience_checks.report.json_report import location
from resilience_checks.report.recovery import event_words, reason
from resilience_checks.report.tables import hanging, place, table
from resilience_checks.report.text import counted, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.capacity import Headroom, Stage
    from resilience_checks.topology.estate import Estate

VERSION = "resilience-capacity/v1"
_HEAD = ("AFTER THE LOSS OF", "THE PEAK", "CARRIES", "ASKED", "WEAKEST STAGE")
_NAMED = 3
"""Failure domains that one row names; the rest are counted, and stand in the JSON."""
_DOUBTS = 8

Told = tuple[tuple[str, ...], "Estate", tuple[str, ...], tuple["Headroom", ...]]
"""The stacks of an estate, the estate, the services asked about, and what was found."""


def text(told: Sequence[Told], width: int) -> str:
    """Return the page: for each service a table of losses, those that are worst first."""
    return "".join(f"{line}\n" for estate in told for line in _estate(*estate, width))


def data(told: Sequence[Told]) -> dict[str, Any]:
    """Return the same as JSON values, held by capacity.schema.json."""
    return {
        "schema": VERSION,
        "estates": [
            {
                "stacks": list(stacks),
                "not_asked": list(not_asked(estate)),
                "services": [
                    {
                        "id": name,
                        "location": location(estate.services[name].location),
                        "peak": [
                            {
                                "dimension": demand.dimension,
                                "amount": demand.amount,
                                "words": demand.words,
                                "location": location(demand.location),
                            }
                            for demand in estate.services[name].peak
                        ],
                        "losses": [_loss(item) for item in found if item.service == name],
                    }
                    for name in services
                ],
            }
            for stacks, estate, services, found in told
        ],
    }


def _estate(
    stacks: Sequence[str], estate: Estate, services: Sequence[str], found: Sequence[Headroom], width: int
) -> Iterator[str]:
    losses = len({item.events for item in found if item.events})
    yield f"{', '.join(stacks)}: {counted(len(services), 'service')} at peak, after {counted(losses, 'loss', 'losses')}"
    left = not_asked(estate)
    if left:
        said = f"not asked: {counted(len(left), 'failure domain')} that nobody declared, such as {left[0]}; name one with --fail"
        yield from hanging("  ", said, width)
    for name in services:
        service = estate.services[name]
        yield ""
        if not service.peak:
            yield f"{one_line(name)}  peak not declared{place(service.location)}"
            yield from hanging("    help: ", f"declare `peak: {{rps: ...}}` of {name}", width)
        for demand in service.peak:
            words = f": {demand.words}" if demand.words != f"{demand.amount:g}" else ""
            yield f"{one_line(name)}  {demand.amount:g} {demand.dimension} at peak{words}{place(demand.location)}"
            yield from _losses(
                estate, [item for item in found if item.service == name and item.demand == demand], width
            )


def _losses(estate: Estate, found: Sequence[Headroom], width: int) -> Iterator[str]:
    groups: dict[object, list[Headroom]] = {}
    for item in found:
        stage = item.weakest
        members = stage.members if stage is not None and item.enough is Enough.SHORT else ()
        same = (item.enough, stage and (stage.name, stage.carries, tuple(stage.asked.items()), members))
        groups.setdefault((same, item.doubts), []).append(item)
    ordered = sorted(groups.values(), key=lambda group: _order(group[0]))
    names = [_names(estate, group) for group in ordered]
    yield from table(_HEAD, [(name, *_row(group[0])) for name, group in zip(names, ordered, strict=True)], width, "  ")
    for name, group in zip(names, ordered, strict=True):
        yield from _details(name, group[0], width)


def _order(item: Headroom) -> tuple[int, float]:
    stage = item.weakest
    return list(Enough).index(item.enough), stage.carries / stage.total if stage is not None and stage.total else inf


def _names(estate: Estate, group: Sequence[Headroom]) -> str:
    events = sorted((item.events for item in group), key=lambda events: _place_first(estate, events))
    shown = [" with ".join(event_words(estate, event) for event in each) or "nothing" for each in events]
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more


def _place_first(estate: Estate, events: Sequence[str]) -> tuple[int, str]:
    """Sort nothing failed first, then sites, regions and zones, what is only possible last."""
    if not events:
        return 0, ""
    domain = estate.domains[events[0].rpartition("/")[0]]
    first = (*PLACES, domain.kind)
    return 1 + first.index(domain.kind) + len(first) * bool(domain.exists), events[0]


def _row(item: Headroom) -> tuple[str, str, str, str]:
    unit, stage = item.demand.dimension, item.weakest
    if stage is None:
        return str(item.enough), "-", "-", "-"
    carries = f"{stage.carries:g} {unit}" if item.enough is not Enough.UNKNOWN else f"up to {stage.carries:g} {unit}"
    return str(item.enough), carries, f"{stage.total:g} {unit}", one_line(stage.name)


def _details(name: str, item: Headroom, width: int) -> Iterator[str]:
    stage = item.weakest
    if item.enough is Enough.SHORT and stage is not None:
        yield from hanging("  ", f"After the loss of {name}, {stage.name} is short:", width)
        yield from hanging("    asked:   ", _asked(stage, item.demand.dimension), width)
        yield from hanging("    carried: ", f"{stage.carries:g} {item.demand.dimension} by {_members(stage)}", width)
        for why in stage.why:
            yield from hanging("             ", f"{why.text}{place(why.location)}", width)
    for number, doubt in enumerate(item.doubts[:_DOUBTS]):
        if not number:
            yield from hanging("  ", f"After the loss of {name}, whether the peak is carried is not known:", width)
        yield from hanging("    ? ", f"{doubt.reason.text}{place(doubt.reason.location)}", width)
        yield from hanging("      help: ", doubt.remedy, width)
    if len(item.doubts) > _DOUBTS:
        yield f"    and {len(item.doubts) - _DOUBTS} more in the JSON"


def _asked(stage: Stage, unit: str) -> str:
    by = ", ".join(f"{name} {amount:g}" for name, amount in stage.asked.items())
    return f"{stage.total:g} {unit}{f' ({by})' if len(stage.asked) > 1 else ''}"


def _members(stage: Stage) -> str:
    return " and ".join(stage.members) if stage.members else "nothing that is up"


def _loss(item: Headroom) -> dict[str, Any]:
    stage = item.weakest
    return {
        "events": list(item.events),
        "dimension": item.demand.dimension,
        "enough": str(item.enough),
        "weakest": None
        if stage is None
        else {
            "name": stage.name,
            "carries": stage.carries,
            "asked": dict(stage.asked),
            "members": list(stage.members),
            "why": [reason(why) for why in stage.why],
        },
        "doubts": [{"id": doubt.id, "reason": reason(doubt.reason), "remedy": doubt.remedy} for doubt in item.doubts],
    }
