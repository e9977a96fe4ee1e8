"""Builds what is declared of backups, capacity and the steps of a move, from data that has already been found valid."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from resilience_checks.topology.declaration_sizes import size
from resilience_checks.topology.declared_means import Backup, Capacity, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from resilience_checks.topology.declaration_at import At
    from resilience_checks.topology.declared import Reference


def watch(at: At) -> tuple[float, int] | None:
    """Return the interval of a health check, and how many in a row must fail."""
    if not isinstance(at.value, dict):
        return None
    interval = at["interval"].seconds
    assert interval is not None
    return interval, int(at["threshold"].value)


def day(at: At) -> date | None:
    """Return a day, None where it is absent."""
    return None if at.value is None else date.fromisoformat(at.value)


def tested(at: At) -> date | None:
    """Return the day of the last test, None where none is declared or there never was one."""
    return None if never(at) else day(at)


def never(at: At) -> bool:
    """Return whether it is declared that there never was a test."""
    return bool(at.value == "never")


def backup(at: At, refer: Callable[[At], Reference]) -> Backup:
    """Return a backup, whose references `refer` reads."""
    throughput = at["throughput"].value
    return Backup(
        id=at.id,
        location=at.location,
        of=tuple(refer(item) for item in at["of"]),
        to=None if at["to"].value is None else refer(at["to"]),
        site=at["site"].value,
        region=at["region"].value,
        every=None if at["every"].value == "never" else at["every"].seconds,
        never=at["every"].value == "never",
        keep=at["keep"].seconds,
        into=None if at["into"].value is None else refer(at["into"]),
        needs=tuple(refer(need) for need in at["needs"]),
        detect=at["detect"].seconds,
        decide=at["decide"].seconds,
        restore=at["restore"].seconds,
        size=None if at["size"].value is None else size(at["size"].value),
        throughput=None if throughput is None else size(throughput.removesuffix("/s")),
        reconcile=at["reconcile"].seconds,
        tested=tested(at["tested"]),
        never_tested=never(at["tested"]),
        at=at.lines,
    )


def capacity(at: At) -> Capacity | None:
    """Return what a component carries, None where it is absent."""
    if at.value is None:
        return None
    amounts = {item.id: float(item.value) for item in at.members() if item.id != "per"}
    return Capacity(at.location, amounts, at["per"].value == "all", at.lines)


def figures(parts: Sequence[At]) -> dict[str, Figure]:
    """Return the figures of a peak, the later ones in place of the earlier."""
    return {item.id: Figure(float(item.value), item.location) for part in parts for item in part.members()}
