"""Several resilience.yaml of one estate as one."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from resilience_checks.model.errors import UsageError
from resilience_checks.topology.declaration_source import Source
from resilience_checks.topology.declared import Declarations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declaration_problems import Path

_OWN = frozenset({"path", "digest", "stacks", "policy_set", "source", "dangling"})
_PLACES = frozenset({"location", "at"})


def united(parts: Sequence[Declarations]) -> Declarations:
    """Return what all the files declare together; `path` and `digest` are those of the first.

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
        whole = replace(whole, **joined, stacks=whole.stacks.beside(part.stacks))
    pinned = [part.policy_set for part in distinct.values() if part.policy_set is not None]
    for other in pinned:
        if other.name != pinned[0].name:
            raise _different("policy_set", other.location, pinned[0].location.path)
    sources = [part.source for part in distinct.values() if part.source is not None]
    return replace(
        whole,
        policy_set=pinned[0] if pinned else None,
        source=combined(sources) if others else whole.source,
        dangling=any(part.dangling for part in distinct.values()),
    )


def of_stacks(files: Iterable[tuple[str, Declarations]]) -> Declarations:
    """Return the same of the files of stacks, given with the name of each; a file says of its own stacks how they are held.

    Raises UsageError, at the later line, where two files declare something of one id differently.
    """
    parts: dict[str | None, Declarations] = {}
    names: dict[str | None, set[str]] = defaultdict(set)
    for name, part in files:
        parts.setdefault(part.path, part)
        names[part.path].add(name)
    if len(parts) == 1:
        return united(tuple(parts.values()))
    return united([replace(part, stacks=part.stacks.among(frozenset(names[path]))) for path, part in parts.items()])


def combined(sources: Sequence[Source]) -> Source:
    """Return the data of all files as that of one, each service with the defaults of its own file.

    Raises UsageError, at the later line, where two files declare something of one id differently.
    """
    whole, *others = map(_expanded, sources)
    assert isinstance(whole.data, dict)
    for part in others:
        assert isinstance(part.data, dict)
        for section, items in part.data.items():
            if isinstance(items, dict) and section != "stacks":
                known = whole.data.setdefault(section, {})
                assert isinstance(known, dict)
                for key, item in items.items():
                    if key in known and known[key] != item:
                        raise _different(key, part.key((section, key)), whole.key((section, key)).path)
                    known[key] = item
                    _move(part, (section, key), whole, (section, key))
            elif isinstance(items, list):
                rules = whole.data.setdefault(section, [])
                assert isinstance(rules, list)
                for index, item in enumerate(items):
                    _move(part, (section, index), whole, (section, len(rules)))
                    rules.append(item)
    return whole


def _expanded(source: Source) -> Source:
    """Return a copy in which each service has the file's defaults, which give way to what is said elsewhere."""
    found = Source(source.path, copy.deepcopy(source.data), {**source.keys}, {**source.values}, held={*source.held})
    found.defaults |= source.defaults
    assert isinstance(found.data, dict)
    defaults, services = found.data.pop("service_defaults", None), found.data.get("services")
    if not isinstance(defaults, dict) or not isinstance(services, dict):
        return found
    for name, service in services.items():
        assert isinstance(service, dict)
        for key, value in defaults.items():
            if key == "peak" and isinstance(value, dict) and isinstance(own := service.get(key), dict):
                service[key] = {**value, **own}
            elif key not in service:
                service[key] = copy.deepcopy(value)
                found.defaults.add(("services", name, key))
                _move(source, ("service_defaults", key), found, ("services", name, key))
    return found


def _move(source: Source, old: Path, target: Source, new: Path) -> None:
    for places, into in ((source.keys, target.keys), (source.values, target.values)):
        for path, location in list(places.items()):
            if path[: len(old)] == old:
                into.setdefault((*new, *path[len(old) :]), location)


def _joined(one: Any, other: Any, first: str | None) -> Any:
    if isinstance(one, Mapping):
        for key in one.keys() & other.keys():
            if not _same(one[key], other[key]):
                raise _different(key, getattr(other[key], "location", None), first)
        return {**one, **other}
    if isinstance(one, tuple):
        return (*one, *other)
    return one | other if isinstance(one, frozenset) else one


def _different(key: str, location: Location | None, first: str | None) -> UsageError:
    return UsageError(
        f"{key} is declared differently in {first}",
        location=location,
        why="stacks that read each other's outputs are one estate, and one thing cannot be two things in it",
        remedy="declare it in one of the files, or equally in both",
    )


def _same(one: Any, other: Any) -> bool:
    """Return whether two declarations say the same, wherever they stand."""
    if is_dataclass(one) and type(one) is type(other):
        names = [item.name for item in fields(one) if item.name not in _PLACES]
        return all(_same(getattr(one, name), getattr(other, name)) for name in names)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
