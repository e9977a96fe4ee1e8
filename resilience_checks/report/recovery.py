"""How long services are away and how much data is lost, as a page for a resilience manager, and as JSON."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from resilience_checks.analysis.recovery import Objective
from resilience_checks.analysis.separation import lost_with
from resilience_checks.model.question import FaultKind
from resilience_checks.report.json_report import location
from resilience_checks.report.tables import hanging, place, table
from resilience_checks.report.text import counted, one_line
from resilience_checks.topology.declaration_durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.expressions import Move
    from resilience_checks.analysis.recovery import Bounds, Recovery
    from resilience_checks.model.values import Reason
    from resilience_checks.topology.estate import Backup, Estate, Service

VERSION = "resilience-recovery/v1"
_TIME = 8
_HEAD = ("AFTER THE LOSS OF", "BACK AFTER", "RTO", "DATA LOST", "RPO")

Told = tuple[tuple[str, ...], "Estate", tuple["Recovery", ...]]
"""The stacks of an estate, the estate, and what was found about its services."""


def text(told: Sequence[Told], width: int) -> str:
    """Return the page: for each service a table of losses, then the terms that add up."""
    return "".join(f"{line}\n" for estate in told for line in _estate(*estate, width))


def data(told: Sequence[Told]) -> dict[str, Any]:
    """Return the same as JSON values, held by recovery.schema.json; null stands for what has no bound."""
    return {
        "schema": VERSION,
        "estates": [
            {
                "stacks": list(stacks),
                "services": [_service(estate.services[name], found) for name, found in _by_service(recoveries)],
                "backups": [_backup(estate, backup) for backup in estate.backups.values()],
            }
            for stacks, estate, recoveries in told
        ],
    }


def event_words(estate: Estate, event: str) -> str:
    """Return an event as a reader says it: `site north`, `a bad change of management plane fmg`."""
    domain_id, _, fault = event.rpartition("/")
    domain = estate.domains[domain_id]
    words = f"{domain.kind.replace('-', ' ')} {domain.name.removeprefix(f'{domain.kind} ')}"
    return words if fault == FaultKind.OUTAGE else f"a bad change of {words}"


def _by_service(found: Sequence[Recovery]) -> list[tuple[str, list[Recovery]]]:
    services: dict[str, list[Recovery]] = {}
    for item in found:
        services.setdefault(item.service, []).append(item)
    return list(services.items())


def _estate(stacks: Sequence[str], estate: Estate, found: Sequence[Recovery], width: int) -> Iterator[str]:
    losses = len({item.events for item in found})
    services = _by_service(found)
    yield f"{', '.join(stacks)}: {counted(len(services), 'service')} after {counted(losses, 'loss', 'losses')}"
    if not losses:
        yield "  no place is known that could be lost; name a failure domain with --fail"
    for name, items in services:
        yield ""
        yield from _page(estate, estate.services[name], items, width)
    if estate.backups:
        yield ""
        yield from _backups(estate, width)


def _page(estate: Estate, service: Service, found: Sequence[Recovery], width: int) -> Iterator[str]:
    rto, rpo = (duration(value) if value is not None else "not declared" for value in (service.rto, service.rpo))
    yield f"{one_line(service.id)}  (RTO {rto}, RPO {rpo})"
    groups: dict[tuple[object, ...], list[Recovery]] = {}
    for item in found:
        key = (item.time, item.loss, tuple(id(move.way) for move in item.moves), item.doubts, item.notes)
        groups.setdefault(key, []).append(item)
    names = [", ".join(_fault_set(estate, item.events) for item in group) for group in groups.values()]
    firsts = [group[0] for group in groups.values()]
    yield from table(_HEAD, [(name, *_row(item)) for name, item in zip(names, firsts, strict=True)], width, "  ")
    for name, item in zip(names, firsts, strict=True):
        if not item.kept:
            yield from _terms(name, item, width)


def _fault_set(estate: Estate, events: Sequence[str]) -> str:
    return " with ".join(event_words(estate, event) for event in events)


def _row(item: Recovery) -> tuple[str, str, str, str]:
    lost = item.time.low == inf
    time = "keeps running" if item.kept else "no way back is known" if lost else _bounds(item.time)
    loss = "-" if lost else "none" if item.loss.high == 0 else _bounds(item.loss)
    rpo = "-" if lost and item.rpo is not Objective.NOT_DECLARED else str(item.rpo)
    return time, str(item.rto), loss, rpo


def _bounds(bounds: Bounds) -> str:
    if bounds.known:
        return duration(bounds.low)
    if bounds.high < inf:
        return f"{duration(bounds.low)} to {duration(bounds.high)}"
    return f"not known (at least {duration(bounds.low)})" if bounds.low else "not known"


def _terms(name: str, item: Recovery, width: int) -> Iterator[str]:
    yield from hanging("  ", f"After the loss of {name}:", width)
    for number, move in enumerate(item.moves):
        yield from hanging("    ", f"{'then ' if number else ''}{_what(move)}", width)
        for term in move.way.terms if move.way else ():
            shown = duration(term.seconds) if term.seconds is not None else "?"
            why = f"{term.name}: {term.why.text}{place(term.why.location, term.why.source)}"
            yield from hanging(f"    {shown.rjust(_TIME)}  ", why, width)
    if item.moves and item.time.known:
        yield f"    {duration(item.time.high).rjust(_TIME)}  in all"
    elif item.moves:
        yield f"    {duration(item.time.low).rjust(_TIME)}  at least"
    for move in item.meanwhile:
        yield from hanging("    ", f"meanwhile {_what(move)}, in {duration(move.seconds)}", width)
    if 0 < item.loss.high < inf:
        for why in _losses(item):
            yield from hanging("    ", f"loses up to {duration(item.loss.high)} of data: {why}", width)
    for note in item.notes:
        yield from hanging("    ", f"{note.text}{place(note.location)}", width)
    for doubt in item.doubts:
        yield from hanging("    ? ", f"{doubt.reason.text}{place(doubt.reason.location)}", width)
        yield from hanging("      help: ", doubt.remedy, width)


def _what(move: Move) -> str:
    if move.way is not None:
        return move.way.what
    return move.why.text if move.why is not None else "a standby takes over"


def _losses(item: Recovery) -> list[str]:
    ways = [move.way for move in (*item.moves, *item.meanwhile) if move.way and move.lag == item.loss.high]
    found = [f"{way.loss.text}{place(way.loss.location, way.loss.source)}" for way in ways if way.loss]
    return list(dict.fromkeys(found)) or ["what is not copied yet"]


def _backups(estate: Estate, width: int) -> Iterator[str]:
    head = ("BACKUP", "EVERY", "KEPT FOR", "LAST TRIED", "LOST WITH WHAT IT PROTECTS")
    rows = [
        (
            _backup_name(estate, backup),
            *(duration(value) if value is not None else "not declared" for value in (backup.every, backup.keep)),
            str(backup.tested) if backup.tested else "not declared",
            ", ".join(f"by {name.replace(':', ' ')}" for name in lost_with(estate, backup)) or "by no one place",
        )
        for backup in estate.backups.values()
    ]
    yield from table(head, rows, width)


def _backup_name(estate: Estate, backup: Backup) -> str:
    of = ", ".join(estate.parts[part].label for part in backup.of)
    return backup.id if backup.id.endswith(f" of {of}") else f"{backup.id} of {of}"


def _service(service: Service, found: Sequence[Recovery]) -> dict[str, Any]:
    return {
        "id": service.id,
        "rto": service.rto,
        "rpo": service.rpo,
        "location": location(service.location),
        "recoveries": [
            {
                "events": list(item.events),
                "time": _range(item.time),
                "loss": _range(item.loss),
                "rto": str(item.rto),
                "rpo": str(item.rpo),
                "moves": [_move(move) for move in item.moves],
                "meanwhile": [_move(move) for move in item.meanwhile],
                "doubts": [
                    {"id": doubt.id, "reason": reason(doubt.reason), "remedy": doubt.remedy} for doubt in item.doubts
                ],
                "notes": [reason(note) for note in item.notes],
            }
            for item in found
        ],
    }


def _range(bounds: Bounds) -> dict[str, Any]:
    low, high = (value if value < inf else None for value in (bounds.low, bounds.high))
    return {"known": bounds.known, "at_least": low, "at_most": high}


def _move(move: Move) -> dict[str, Any]:
    way = move.way
    return {
        "what": _what(move),
        "seconds": move.seconds,
        "lag": move.lag if move.lag is None or move.lag < inf else None,
        "loss": reason(way.loss) if way is not None and way.loss is not None else None,
        "restores": way is not None and way.restores,
        "tested": str(way.tested) if way is not None and way.tested is not None else None,
        "terms": [
            {"name": term.name, "seconds": term.seconds, "why": reason(term.why), "remedy": term.remedy or None}
            for term in (way.terms if way is not None else ())
        ],
    }


def _backup(estate: Estate, backup: Backup) -> dict[str, Any]:
    return {
        "id": backup.id,
        "of": list(backup.of),
        "every": backup.every,
        "keep": backup.keep,
        "lost_with": list(lost_with(estate, backup)),
        "tested": str(backup.tested) if backup.tested else None,
        "location": location(backup.location),
    }


def reason(found: Reason) -> dict[str, Any]:
    """Return a reason as JSON values."""
    return {
        "text": found.text,
        "basis": str(found.basis),
        "location": location(found.location),
        "source": found.source,
    }
