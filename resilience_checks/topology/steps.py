"""The terms of what is declared: the steps of a move and of a restore, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.model.values import Basis, Reason
from resilience_checks.topology.declaration_durations import duration
from resilience_checks.topology.declaration_sizes import amount
from resilience_checks.topology.declared import MoverMode
from resilience_checks.topology.gates import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declared import Mover
    from resilience_checks.topology.declared_means import Backup

_NAMES = {
    "detect": "detection",
    "decide": "decision",
    "promote": "promotion",
    "ttl": "time to live of names",
    "reconcile": "reconciliation",
}
_NEEDED = ("detect", "promote")
"""Without these nobody knows how long an automatic move takes."""


def total(terms: Sequence[Term]) -> float:
    """Return the sum of the terms that are known: it takes no less."""
    return sum(term.seconds for term in terms if term.seconds is not None)


def mover_terms(mover: Mover) -> tuple[Term, ...]:
    """Return the steps of a declared move; none for a manual one of which no time is declared."""
    steps = tuple(_steps(mover))
    if mover.mode is MoverMode.MANUAL and all(term.seconds is None for term in steps):
        return ()
    return steps


def _steps(mover: Mover) -> Iterator[Term]:
    for key, name in _NAMES.items():
        seconds: float | None = getattr(mover, key)
        if seconds is not None:
            said = "declared"
            if key == "detect" and mover.watch is not None:
                interval, threshold = mover.watch
                said = f"{threshold} health checks, {duration(interval)} apart"
            yield Term(name, seconds, Reason(said, location=mover.at.get(key, mover.location)))
        elif mover.mode is MoverMode.AUTOMATIC and key in _NEEDED:
            why = Reason(f"`{key}` is not declared", Basis.UNKNOWN, mover.location)
            yield Term(name, None, why, f"declare `{key}` of the mover")


def restore_terms(backup: Backup) -> tuple[Term, ...]:
    """Return the steps of a restore: what is declared, and the restore itself, which must be known.

    A restore of a known size takes size / throughput.
    """
    found = [
        Term(_NAMES[key], seconds, Reason("declared", location=_at(backup.at, key, backup.location)))
        for key, seconds in (("detect", backup.detect), ("decide", backup.decide))
        if seconds is not None
    ]
    found.append(_restore(backup))
    if backup.reconcile is not None:
        where = _at(backup.at, "reconcile", backup.location)
        found.append(Term(_NAMES["reconcile"], backup.reconcile, Reason("declared", location=where)))
    return tuple(found)


def _restore(backup: Backup) -> Term:
    if backup.restore is not None:
        return Term("restore", backup.restore, Reason("declared", location=_at(backup.at, "restore", backup.location)))
    if backup.size is not None and backup.throughput is not None:
        said = f"{amount(backup.size)} at {amount(backup.throughput)}/s"
        seconds = restore_seconds(backup.size, backup.throughput)
        return Term("restore", seconds, Reason(said, location=_at(backup.at, "size", backup.location)))
    why = Reason("how long the restore takes is not declared", Basis.UNKNOWN, backup.location)
    return Term("restore", None, why, f"declare `restore`, or `size` and `throughput`, of backup {backup.id}")


def restore_seconds(size: float, throughput: float) -> float:
    """Return the seconds in which `size` bytes are read back at `throughput` bytes a second.

    >>> restore_seconds(800e9, 200e6)
    4000.0
    """
    return size / throughput


def _at(lines: Mapping[str, Location], key: str, otherwise: Location) -> Location:
    return lines.get(key, otherwise)
