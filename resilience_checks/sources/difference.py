"""What a deployment would do, from two graphs of one stack: before and after a change of its program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model import paths
from resilience_checks.model.operation import CHANGE, CREATE, DELETE, SAME, Operation
from resilience_checks.model.question import Holds
from resilience_checks.model.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.graph import ResourceGraph
    from resilience_checks.model.resource import Resource
    from resilience_checks.model.values import Value

_SAME = Operation(SAME)
PROVIDER = "pulumi:providers:"


def operations(
    before: ResourceGraph, after: ResourceGraph, moved: tuple[str, str] | None = None
) -> dict[str, Operation]:
    """Return what becomes of every resource of either graph, by its URN in `after`, else in `before`.

    Whether a provider updates or replaces a resource of which an input differs is not known offline (CHANGE). A value
    that is not known on either side counts as the same where it comes from the same resources. A resource that keeps
    its inputs may still change where one of them is known only after another resource was made anew; such an
    operation is not certain. `moved` are the folders where the two programs ran: a path that begins with the one is
    the same as with the other.
    """
    older = _renamed(before, after)
    if moved is not None:
        older = {urn: replace(old, inputs=_placed(old.inputs, *moved)) for urn, old in older.items()}
    found: dict[str, Operation] = {}
    for resource in after.resources:
        old = older.get(resource.urn)
        found[resource.urn] = _made(resource) if old is None else _changed(old, resource, before, after)
    taken = {old.urn for old in older.values()}
    for resource in before.resources:
        if resource.urn not in found and resource.urn not in taken:
            found[resource.urn] = Operation(SAME if resource.options.retain_on_delete else DELETE)
    _follow(after, found)
    return found


def _renamed(before: ResourceGraph, after: ResourceGraph) -> dict[str, Resource]:
    """Return the earlier resource of each later one: of the same URN, or of one of its aliases."""
    known = before.by_urn
    found: dict[str, Resource] = {}
    for resource in after.resources:
        names = (resource.urn, *(alias for alias in resource.options.aliases if alias not in after.by_urn))
        old = next((known[name] for name in names if name in known), None)
        if old is not None:
            found[resource.urn] = old
    return found


def _made(resource: Resource) -> Operation:
    return Operation("read" if resource.external_id and resource.custom else CREATE)


def _changed(old: Resource, new: Resource, before: ResourceGraph, after: ResourceGraph) -> Operation:
    if not new.custom:
        return _SAME
    ignored = new.options.ignore_changes
    differing = tuple(
        path
        for path in dict.fromkeys((*differences(old.inputs, new.inputs), *_sources(old, new)))
        if not any(paths.within(each, path) or paths.within(path, each) for each in ignored)
    )
    if old.provider != new.provider and not _same_provider(old, new, before, after):
        differing = (*differing, "provider")
    if old.external_id != new.external_id:
        differing = (*differing, "id")
    if not differing:
        return _SAME
    if new.external_id is not None:
        return Operation("read", differing)
    return Operation(CHANGE, differing, deletes_first=_first(new))


def _sources(old: Resource, new: Resource) -> Iterator[str]:
    """Yield each input that is not known and comes from other resources than before."""
    for key, value in new.inputs.items():
        moved = old.property_dependencies.get(key, ()) != new.property_dependencies.get(key, ())
        if moved and any(isinstance(leaf, Unknown) for leaf in _leaves(value)):
            yield key


def _first(resource: Resource) -> Holds:
    """Return whether the old resource would go first; a provider may ask for it where the program does not."""
    return Holds.YES if resource.options.delete_before_replace else Holds.UNKNOWN


def _same_provider(old: Resource, new: Resource, before: ResourceGraph, after: ResourceGraph) -> bool:
    """Return whether both go to provider instances of equal inputs, whatever those are called."""
    one, other = before.by_urn.get(old.provider or ""), after.by_urn.get(new.provider or "")
    return one is not None and other is not None and not tuple(differences(one.inputs, other.inputs))


def _follow(after: ResourceGraph, found: dict[str, Operation]) -> None:
    """Mark what may change because a value that it takes is known only after another resource was made anew."""
    anew = {urn for urn, operation in found.items() if operation.op in {CHANGE, CREATE}}
    for resource in after.resources:
        if found[resource.urn].op != SAME or not resource.custom or resource.type.startswith(PROVIDER):
            continue
        for key, value in resource.inputs.items():
            sources = sorted(anew & set(resource.property_dependencies.get(key, ())))
            if sources and any(isinstance(leaf, Unknown) for leaf in _leaves(value)):
                name = after.by_urn[sources[0]].name if sources[0] in after.by_urn else sources[0]
                why = f"{key} is known only once {name} was deployed"
                found[resource.urn] = Operation(CHANGE, (key,), deletes_first=_first(resource), certain=False, why=why)
                break


def differences(old: Value, new: Value, at: str = "") -> Iterator[str]:
    """Yield the path of every value that differs; a list of another length differs as a whole.

    >>> list(differences({"a": [{"b": 1}, 2], "c": 3}, {"a": [{"b": 4}, 2], "d": 5}))
    ['a[0].b', 'c', 'd']
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from differences(old.get(key), new.get(key), f"{at}.{key}" if at else str(key))
    elif _is_list(old) and _is_list(new) and len(old) == len(new):  # type: ignore[arg-type]
        for index, (one, other) in enumerate(zip(old, new, strict=True)):  # type: ignore[arg-type]
            yield from differences(one, other, f"{at}[{index}]")
    elif _seen(old) != _seen(new):
        yield at


def _placed(value: Any, there: str, here: str) -> Any:
    """Return the value with every text that names the one folder naming the other."""
    if isinstance(value, str):
        return value.replace(there, here)
    if isinstance(value, Mapping):
        return {key: _placed(item, there, here) for key, item in value.items()}
    return [_placed(item, there, here) for item in value] if _is_list(value) else value


def _is_list(value: Value) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _seen(value: Value) -> object:
    """Return what is compared: 1 and 1.0 are one number, but true is not 1."""
    return (type(value), value) if isinstance(value, bool) else value


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _leaves(item)
    else:
        yield value
