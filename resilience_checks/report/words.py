"""Words that answers to questions about faults have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis
from resilience_checks.topology.declaration_durations import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.likelihood import Stated
    from resilience_checks.model.location import Location
    from resilience_checks.model.question import Doubt, Event, Step

FAULTS = {"outage": "outage of", "bad-change": "bad change of"}


def fault_of(event: Event) -> str:
    """Return what happens, such as `outage of site blaenavon`."""
    return f"{FAULTS[event.fault]} {thing(event.kind, event.name)}"


def thing(kind: str, name: str) -> str:
    """Return a failure domain as a reader calls it."""
    return f"{kind.replace('-', ' ')} {name}"


def stated(found: Stated) -> str:
    """Return a class of likelihood with who states it.

    >>> from resilience_checks.model.likelihood import by_default
    >>> from resilience_checks.model.question import FaultKind
    >>> stated(by_default("room", FaultKind.OUTAGE))
    'rare (assumed: a room is lost to fire, water or its power)'
    """
    reason = found.reason
    if reason.basis is Basis.ASSUMED:
        return f"{found.likelihood.words} (assumed: {reason.text})"
    if reason.source is not None:
        return f"{found.likelihood.words} ({reason.text}; {reason.source})"
    return f"{found.likelihood.words} ({reason.text}{at(reason.location)})"


def at(location: Location | None) -> str:
    """Return a place to stand after words, nothing where there is none."""
    return f", {location}" if location is not None else ""


def steps(chain: Iterable[Step]) -> list[str]:
    """Return the steps of a chain, each with its place and the page that it rests on."""
    return [_step(step) for step in chain]


def _step(step: Step) -> str:
    rests = [str(rest) for rest in (step.location, step.source) if rest is not None]
    return f"{step.text} ({'; '.join(rests)})" if rests else step.text


def doubts(found: Iterable[Doubt]) -> list[str]:
    """Return facts that are not known, each with its place and what would make it known."""
    texts = (doubt.text for doubt in found)
    return list(dict.fromkeys(texts))


def listed(names: Sequence[str], limit: int = 12) -> str:
    """Return names with commas, those beyond the limit counted.

    >>> listed(["a", "b"]), listed(["a", "b", "c"], limit=2)
    ('a, b', 'a, b and 1 more')
    """
    if len(names) <= limit:
        return ", ".join(names)
    return f"{', '.join(names[:limit])} and {len(names) - limit} more"


def lasting(seconds: float) -> str:
    """Return a length of time.

    >>> lasting(330.0)
    '5m30s'
    """
    return duration(seconds)
