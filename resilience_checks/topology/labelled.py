"""Members that are found by labels, as a Kubernetes Service finds its pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from resilience_checks.model import paths
from resilience_checks.model.question import Holds
from resilience_checks.topology.selectors import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.catalogue.entries import Target
    from resilience_checks.topology.things import Thing, Things


def selecting(things: Things, thing: Thing, target: Target) -> Iterator[tuple[Thing, Holds]]:
    """Yield everything whose labels select the thing, and whether that is sure."""
    assert target.selected is not None
    for other in _selectors(things, target.selected).get(id(thing.device), ()):
        plan = other.entry.selects
        assert plan is not None
        answers = {
            _all_of(paths.first(other.inputs, plan.labels), paths.first(thing.inputs, target.labels or "")),
            _same(other, plan.within, thing, target.within),
        }
        if Holds.NO not in answers:
            yield other, Holds.UNKNOWN if Holds.UNKNOWN in answers else Holds.YES


def _selectors(things: Things, kind: str) -> dict[int, list[Thing]]:
    """Return what selects by labels of a kind, by the provider instance of each; found once for all things."""
    if kind not in things.selecting:
        found: dict[int, list[Thing]] = {}
        for other in things.all:
            if other.entry.selects is not None and other.entry.selects.kind == kind:
                found.setdefault(id(other.device), []).append(other)
        things.selecting[kind] = found
    return things.selecting[kind]


def _all_of(wanted: object, borne: object) -> Holds:
    """Return whether what bears `borne` has all labels that are `wanted`; without any wanted, nothing is selected."""
    if wanted is None or borne is None or wanted == {}:
        return Holds.NO
    if not isinstance(wanted, Mapping) or not isinstance(borne, Mapping):
        return Holds.UNKNOWN
    answer = Holds.YES
    for key, value in wanted.items():
        own = borne.get(key)
        if own is None:
            return Holds.NO
        if text(own) is None or text(value) is None:
            answer = Holds.UNKNOWN
        elif text(own) != text(value):
            return Holds.NO
    return answer


def _same(one: Thing, path: str | None, other: Thing, further: str | None) -> Holds:
    """Return whether two inputs are equal; two that come from one resource are."""
    if path is None or further is None:
        return Holds.YES
    first, second = one.value(path), other.value(further)
    if first is None and second is None:
        return Holds.YES
    if text(first) is not None and text(second) is not None:
        return Holds.YES if text(first) == text(second) else Holds.NO
    made = one.references(path)
    return Holds.YES if made and made == other.references(further) else Holds.UNKNOWN
