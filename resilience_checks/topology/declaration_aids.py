"""Builds what is declared of copies and tools, from data that has already been found valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.topology.declared_aids import Aid

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.topology.declaration_at import At
    from resilience_checks.topology.declared import Reference


def copy(at: At, refer: Callable[[At], Reference]) -> Aid:
    """Return a copy of services, whose references `refer` reads."""
    return _aid(at, at["of"], refer)


def tool(at: At, refer: Callable[[At], Reference]) -> Aid:
    """Return a tool that repairs services, whose references `refer` reads."""
    return _aid(at, at["repairs"], refer)


def _aid(at: At, of: At, refer: Callable[[At], Reference]) -> Aid:
    return Aid(
        id=at.id,
        location=at.location,
        of=None if of.value is None else of.strings,
        kind=at["kind"].value,
        entry=None if at["entry"].value is None else refer(at["entry"]),
        needs=tuple(refer(need) for need in at["needs"]),
        consumers=None if at["consumers"].value is None else at["consumers"].strings,
        refreshed=at["refreshed"].seconds,
        limit=at["limit"].seconds,
        at=at.lines,
    )
