"""How far a standby lags behind, as replication declares it: what a move to it loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declared import ReplicationMode
from resilience_checks.topology.gates import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from resilience_checks.topology.declared import Component, Replication
    from resilience_checks.topology.facts import FactBook
    from resilience_checks.topology.gates import Gate

    Moved = Callable[[float | None, Reason | None], Gate]

_STATEFUL = frozenset({"database", "storage", "queue"})
_ENDLESS = float("inf")


def with_lag(component: Component, part: str, replication: Replication | None, moved: Moved, book: FactBook) -> Gate:
    """Return the component's failover with the lag in seconds that is declared; what nobody declares may be any.

    `moved` returns the failover that loses so many seconds of data (None: there is no data), for this reason.
    """
    if replication is None:
        if _STATEFUL.isdisjoint({component.role, *component.roles}):
            return moved(None, None)
        text, location = f"how {component.id} replicates is not declared", component.location
    elif replication.mode is ReplicationMode.SYNC or replication.lag is not None:
        return moved(replication.lag or 0.0, loss(replication))
    else:
        text, location = f"how far the standby of {component.id} lags behind is not declared", replication.location
    fact = book.doubt(
        f"replication lag of {part}",
        ("within the RPO", "beyond it"),
        text,
        "declare `replication` with its `lag`",
        location=location,
    )
    return Case(
        fact,
        {"within the RPO": moved(None, None), "beyond it": moved(_ENDLESS, Reason(text, Basis.UNKNOWN, location))},
    )


def loss(replication: Replication) -> Reason:
    """Return what the loss of data in a move rests on."""
    if replication.mode is ReplicationMode.SYNC:
        return Reason("it is written to both before it counts", location=replication.location)
    return Reason("the declared lag of the replica", location=replication.at.get("lag", replication.location))
