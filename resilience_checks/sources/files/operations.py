"""What each step of a preview does to its resource: the properties that differ, and which of them replace it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resilience_checks.model.operation import REPLACE, SAME, Operation
from resilience_checks.model.question import Holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CREATED, _DELETED = "create-replacement", "delete-replaced"
_REPLACES = "-replace"
_SAME = Operation(SAME)


@dataclass
class Details:
    """Collects what the steps of one preview say beside their operation; unchanged resources have nothing to say."""

    _properties: dict[str, dict[str, None]] = field(default_factory=dict)
    _replaces: dict[str, dict[str, None]] = field(default_factory=dict)
    _order: dict[str, list[str]] = field(default_factory=dict)
    """The two halves of each replacement in the order of the steps, where they are shown."""
    _options: set[str] = field(default_factory=set)
    """The resources whose own option says that the old one goes first."""

    def add(self, urn: str, operation: str, step: Mapping[str, Any]) -> None:
        """Take note of one step; what has another form than the engine gives it says nothing."""
        if operation in {SAME, "create", "delete", "refresh"}:
            return
        detailed = step.get("detailedDiff")
        kinds = detailed if isinstance(detailed, dict) else {}
        forced = [path for path, change in kinds.items() if _forces(change)]
        named = [*_texts(step.get("replaceReasons")), *forced]
        differing = [*kinds, *_unless_below(_texts(step.get("diffReasons")), kinds), *_unless_below(named, kinds)]
        if not differing:
            differing = _compared(step.get("oldState"), step.get("newState"))
        self._properties.setdefault(urn, {}).update(dict.fromkeys(differing))
        self._replaces.setdefault(urn, {}).update(dict.fromkeys(named))
        if operation in {_CREATED, _DELETED}:
            self._order.setdefault(urn, []).append(operation)
        new = step.get("newState")
        if isinstance(new, dict) and new.get("deleteBeforeReplace") is True:
            self._options.add(urn)

    def operation(self, urn: str, name: str) -> Operation:
        """Return the whole operation on a resource."""
        if name == SAME:
            return _SAME
        first = self._first(urn) if name == REPLACE else Holds.NO
        replaces = tuple(sorted(self._replaces.get(urn, ()))) if name == REPLACE else ()
        return Operation(name, tuple(sorted(self._properties.get(urn, ()))), replaces, first)

    def _first(self, urn: str) -> Holds:
        """Return whether the old resource goes first; the step `replace` alone tells only what its own option says."""
        if urn in self._options:
            return Holds.YES
        shown = self._order.get(urn, [])
        if _CREATED not in shown:
            return Holds.UNKNOWN
        return Holds.YES if shown[0] == _DELETED else Holds.NO


def _forces(change: object) -> bool:
    kind = change.get("kind") if isinstance(change, dict) else None
    return isinstance(kind, str) and kind.endswith(_REPLACES)


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _unless_below(names: Iterable[str], paths: Mapping[str, object]) -> list[str]:
    """Return the names that no path lies within: a path says more than the property that it is in."""
    return [
        name for name in names if not any(path == name or path.startswith((f"{name}.", f"{name}[")) for path in paths)
    ]


def _compared(old: object, new: object) -> list[str]:
    """Return the inputs that differ between the two states of a step."""
    bags = [state.get("inputs") if isinstance(state, dict) else None for state in (old, new)]
    before, after = (bag if isinstance(bag, dict) else {} for bag in bags)
    return [key for key in {**before, **after} if before.get(key) != after.get(key)]
