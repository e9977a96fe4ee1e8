"""From the data of a catalogue file to the words that all entries use: conditions, targets and paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.catalogue.entries import Condition, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def condition(data: Mapping[str, Any] | None) -> Condition:
    """Return every named input with its values."""
    return tuple((path, tuple(value) if isinstance(value, list) else (value,)) for path, value in (data or {}).items())


def target(data: Mapping[str, Any] | None) -> Target | None:
    """Return how to find another part, None where nothing is said."""
    if data is None:
        return None
    return Target(
        itself=data.get("itself", False),
        referring=data.get("referring"),
        text=data.get("text", False),
        ref=data.get("ref"),
        name=data.get("name"),
        by=data.get("by"),
        strip=data.get("strip"),
        any_of=tuple(sure_target(item) for item in data.get("any", ())),
        then=data.get("then"),
        selected=data.get("selected"),
        labels=data.get("labels"),
        within=data.get("within"),
    )


def sure_target(data: Mapping[str, Any]) -> Target:
    """Return how to find another part."""
    found = target(data)
    assert found is not None
    return found


def paths(data: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return one input, or several, as several."""
    return (data,) if isinstance(data, str) else tuple(data or ())


def several(data: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> Sequence[Mapping[str, Any]]:
    """Return one item, or several, as several."""
    if data is None:
        return ()
    return [data] if isinstance(data, dict) else [item for item in data if isinstance(item, dict)]
