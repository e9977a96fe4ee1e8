"""What a service is held to, as a file says it, and which of two values of it asks more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.topology.declaration_at import At
from resilience_checks.topology.declaration_durations import seconds
from resilience_checks.topology.declared import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declaration_source import Data
    from resilience_checks.topology.declared import Declarations

HELD = ("scope", "tier", "rto", "rpo")
"""What is asked of a service; who uses it (`consumers`) is asked as well, and more of them is more."""
_SCOPES = (Scope.LOCAL, Scope.REGIONAL, Scope.NATIONAL)


@dataclass(frozen=True, slots=True)
class Objectives:
    """What is asked of one service (times in seconds, None: not declared), with the line of each."""

    id: str
    location: Location
    scope: Scope | None = None
    tier: int | None = None
    rto: float | None = None
    rpo: float | None = None
    consumers: tuple[str, ...] = ()
    at: Mapping[str, Location] = field(default_factory=dict)


def objectives(declared: Declarations) -> dict[str, Objectives]:
    """Return what is asked of each service of the files, whatever else these refer to."""
    if declared.source is None or not isinstance(declared.source.data, dict):
        return {}
    top = At(declared.source, (), declared.source.data)
    defaults = top["service_defaults"]
    return {item.id: _objectives(item, defaults) for item in top["services"].members()}


def _objectives(at: At, defaults: At) -> Objectives:
    def given(key: str) -> At:
        return at[key] if key in at else defaults[key] if key in defaults else at[key]

    scope, tier = given("scope").value, given("tier").value
    return Objectives(
        at.id,
        at.location,
        None if scope is None else Scope(scope),
        None if tier is None else int(tier),
        given("rto").seconds,
        given("rpo").seconds,
        given("consumers").strings,
        {**(defaults.lines if defaults.value else {}), **at.lines},
    )


def weaker(key: str, value: Any, other: Any) -> bool:
    """Return whether `value` asks less than `other` does; what is not declared (None) asks nothing.

    >>> weaker("scope", "local", "national"), weaker("tier", 2, 1), weaker("rto", "1h", "60m"), weaker("rpo", None, 15)
    (True, True, False, True)
    """
    if other is None or value is None:
        return other is not None
    if key == "scope":
        return _SCOPES.index(Scope(value)) < _SCOPES.index(Scope(other))
    return _number(value) > _number(other)


def stricter(key: str, value: Data, other: Data) -> Data:
    """Return that of two values which asks more; of equal ones the first."""
    return other if weaker(key, value, other) else value


def _number(value: Any) -> float:
    found = seconds(value) if isinstance(value, str) else value
    return float("inf") if found is None else float(found)
