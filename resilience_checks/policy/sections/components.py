"""`components`: every part with its role and site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.question import Step
from resilience_checks.policy.matter import Section

if TYPE_CHECKING:
    from resilience_checks.policy.matter import Matter

_UNKNOWN = "unknown"


def section(matter: Matter) -> Section:
    """Return the parts by id; a site is `none` for what has no place of its own."""
    parts = matter.estate.parts.values()
    data = {part.id: {"role": part.role or _UNKNOWN, "label": part.label, "site": _site(part.site)} for part in parts}
    return Section(data, {part.id: Step(part.label, part.location) for part in parts})


def _site(site: object) -> str:
    return site if isinstance(site, str) else ("none" if site is None else _UNKNOWN)
