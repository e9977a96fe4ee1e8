"""Several resilience.yaml of one estate as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.topology.declared import Declarations

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN = frozenset({"path", "digest", "stacks"})
_PLACES = frozenset({"location", "at"})


def united(parts: Sequence[Declarations]) -> Declarations:
    """Return what all the files declare together; `path`, `digest` and `stacks` are those of the first.

    Raises UsageError, at the later line, where two files declare something of one id differently.
    """
    distinct = {part.path: part for part in parts if part.path is not None}
    if not distinct:
        return Declarations.empty()
    whole, *others = distinct.values()
    for part in others:
        joined = {
            item.name: _joined(getattr(whole, item.name), getattr(part, item.name), whole.path)
            for item in fields(Declarations)
            if item.name not in _OWN
        }
        whole = replace(whole, **joined)
    return whole


def _joined(one: Any, other: Any, first: str | None) -> Any:
    if isinstance(one, Mapping):
        for key in one.keys() & other.keys():
            if not _same(one[key], other[key]):
                raise UsageError(
                    f"{key} is declared differently in {first}",
                    location=getattr(other[key], "location", None),
                    why="stacks that read each other's outputs are one estate, and one thing cannot be two things in it",
                    remedy="declare it in one of the files, or equally in both",
                )
        return {**one, **other}
    if isinstance(one, tuple):
        return (*one, *other)
    return one | other if isinstance(one, frozenset) else one


def _same(one: Any, other: Any) -> bool:
    """Return whether two declarations say the same, wherever they stand."""
    if is_dataclass(one) and type(one) is type(other):
        names = [item.name for item in fields(one) if item.name not in _PLACES]
        return all(_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
