"""The emergency override as it is given: by the command line or the environment, never by what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.report.interface import Override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.cli.surroundings import Surroundings

_WHY = "an override that nobody can follow up afterwards would be a way around the gate"


def override(given: Mapping[str, Any], around: Surroundings) -> Override | None:
    """Return who overrides and why, None where nobody does; raise UsageError where either is not said."""
    reason, ticket, actor = (
        option if option is not None else variable
        for option, variable in zip(
            (given["override"], given["override_ticket"], given["override_by"]), around.override, strict=True
        )
    )
    if given["override"] is None and not reason:
        if given["override_ticket"] or given["override_by"]:
            raise UsageError(
                "--override-ticket and --override-by say nothing without --override",
                why=_WHY,
                remedy='give the reason: --override "REASON"',
            )
        return None
    reason, ticket, actor = (" ".join(text.split()) for text in (reason, ticket, actor or around.actor))
    if not reason:
        raise UsageError("--override has no reason", why=_WHY, remedy='say why: --override "REASON"')
    if not actor:
        raise UsageError("who overrides is not known", why=_WHY, remedy="name them: --override-by WHO")
    return Override(reason, actor, ticket)
