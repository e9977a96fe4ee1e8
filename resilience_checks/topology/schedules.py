"""How often copies are made, by the inputs of what orders them or of the policy that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from resilience_checks.model.question import Holds
from resilience_checks.topology.references import resolve
from resilience_checks.topology.selectors import text
from resilience_checks.topology.things import Thing, holds, number

if TYPE_CHECKING:
    from resilience_checks.catalogue.backup_entries import Every, Schedule
    from resilience_checks.catalogue.entries import Copies
    from resilience_checks.topology.things import Things

_DAY = 86_400.0
_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": _DAY}
_ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")
_SEVERAL = 2


def interval(things: Things, thing: Thing, copies: Copies) -> float | None:
    """Return every how many seconds copies are made, None where that is not known."""
    if copies.schedule is None:
        return copies.every
    found = [_of(source, copies.schedule) for source in _sources(things, thing, copies.schedule)]
    known = [seconds for seconds in found if seconds is not None]
    return min(known) if known else None


def orders(things: Things, thing: Thing, schedule: Schedule) -> bool:
    """Return whether copies are ordered: a policy that says nothing of when, or that nobody sees, may be none of copies."""
    if not schedule.needed:
        return True
    sources = _sources(things, thing, schedule)
    return any(source.values(path) for source in sources for way in schedule.ways for path in way.paths)


def _sources(things: Things, thing: Thing, schedule: Schedule) -> list[Thing]:
    """Return the things whose inputs say when; none where what the thing names is not in the programs."""
    if schedule.of is None:
        return [thing]
    return [end.to for end in resolve(things, thing, schedule.of) if isinstance(end.to, Thing)]


def _of(source: Thing, schedule: Schedule) -> float | None:
    for way in schedule.ways:
        said = holds(source, way.when)
        if said is Holds.UNKNOWN:
            return None
        if said is Holds.YES and all(source.values(path) for path in (way.given, way.path) if path is not None):
            return _seconds(source, way)
    return None


def _seconds(source: Thing, way: Every) -> float | None:
    if way.single is not None and len(source.values(way.single)) >= _SEVERAL:
        return None
    if way.path is None:
        return way.seconds
    value = source.value(way.path)
    if way.unit == "iso":
        shown = text(value)
        return None if shown is None else _duration(shown)
    found = number(value)
    return None if found is None else found * _SECONDS[way.unit]


def _duration(value: str) -> float | None:
    """Return the seconds of a duration at the end of a text, None where there is none.

    >>> _duration("R/2026-05-23T02:30:00+00:00/PT4H"), _duration("R/2026-05-23T02:30:00+00:00/P1W"), _duration("daily")
    (14400.0, 604800.0, None)
    """
    found = _ISO.search(value.rpartition("/")[2])
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes = (float(number or 0) for number in found.groups())
    return weeks * 7 * _DAY + days * _DAY + hours * _SECONDS["h"] + minutes * _SECONDS["min"]
