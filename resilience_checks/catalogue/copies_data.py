"""From the data of a catalogue file to what entries say of copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.backup_entries import Every, PlatformBackup, Schedule, Sooner
from resilience_checks.catalogue.basic_data import condition, several, sure_target, target
from resilience_checks.catalogue.entries import Copies

if TYPE_CHECKING:
    from collections.abc import Mapping


def backup(data: Mapping[str, Any] | None) -> PlatformBackup | None:
    """Return the copies that the platform makes by itself."""
    if data is None:
        return None
    place, off, keep = (data.get(name, {}) for name in ("elsewhere", "off", "keep"))
    every = data["every"] if isinstance(data["every"], dict) else {"else": data["every"]}
    return PlatformBackup(
        every=every["else"],
        source=data["source"],
        sooner=Sooner(tuple(condition(item) for item in several(every["when"])), every["seconds"])
        if "when" in every
        else None,
        every_elsewhere=place.get("every", 0.0),
        path=place.get("from", ""),
        default=place.get("default", ""),
        elsewhere=tuple(place.get("when", ())),
        named=place.get("else-named", False),
        off_path=off.get("from", ""),
        off_default=off.get("default"),
        off=tuple(off.get("is", ())),
        off_unless=tuple(off.get("unless", ())),
        filled=tuple(sure_target(item) for item in off.get("filled", ())),
        keep_path=keep.get("from", ""),
        keep_default=keep.get("default"),
    )


def copies(data: Mapping[str, Any]) -> Copies:
    """Return an order of copies."""
    every = data.get("every")
    return Copies(
        of=sure_target(data["of"]),
        backup=data["as"] == "backup",
        to=target(data.get("to")),
        regions=data.get("regions"),
        every=None if isinstance(every, dict) else every,
        schedule=schedule(every) if isinstance(every, dict) else None,
        keep_from=data.get("keep", {}).get("from"),
        skip=condition(data.get("skip")),
        source=data.get("source"),
    )


def schedule(data: Mapping[str, Any]) -> Schedule:
    """Return how often copies are made."""
    ways = (
        Every(
            condition(item.get("when")),
            item.get("given"),
            item.get("from"),
            item.get("unit", "s"),
            item.get("seconds"),
            item.get("single"),
        )
        for item in data.get("first", [data])
    )
    return Schedule(tuple(ways), target(data.get("of")), data.get("needed", False))
