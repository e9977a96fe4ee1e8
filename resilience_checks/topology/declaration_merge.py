"""Joins what resilience.yaml and the programs declare into one set of data, in which every statement keeps its line."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resilience_checks.topology.declaration_durations import seconds
from resilience_checks.topology.declaration_problems import Path, Problems, path_text, show
from resilience_checks.topology.declaration_source import Source
from resilience_checks.topology.declaration_strictness import stricter
from resilience_checks.topology.declared import Disagreement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.model.location import Location
    from resilience_checks.topology.declaration_source import Data

_ADDED = {
    "sites": {"aliases", "hazards", "domains"},
    "links": {"domains"},
    "components": {"select", "requires"},
    "domains": {"members"},
    "backups": {"of", "needs"},
    "services": {"consumers", "needs"},
}
"""Lists that further declarations add to: all that is said in them must hold."""
_OPEN = {
    "sites": {"region", "coordinates", "building", "campus", "perimeter"},
    "components": {"site", "role", "units"},
    "consumers": {"access"},
    "backups": {"every", "keep", "restore", "size", "throughput", "detect", "decide", "reconcile"},
    "services": {"scope", "tier", "rto", "rpo", "entry"},
}
"""Facts that may be unknown; two declarations of any other that disagree are an error."""
_DURATIONS = {"rto", "rpo", "every", "keep", "restore", "detect", "decide", "reconcile"}
_KEPT = {"tier", "units"}
"""Of these the lowest is kept: the most critical tier, the fewest units."""
_DEPTH = 3
"""Steps from the top of the file to a fact: section, id, key."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a program says: a value at a path of the file's data, and the line that says it."""

    path: Path
    value: Data
    location: Location


@dataclass(slots=True)
class Merge:
    """The data so far, and for each fact on which declarations disagree all that they say."""

    source: Source
    problems: Problems = field(default_factory=Problems)
    disputed: dict[Path, list[tuple[Data, Location]]] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source | None, place: str) -> Merge:
        """Start with a file's data, or, without one, with that of an empty file; `place` stands for its path."""
        if source is None:
            return cls(Source(place, {"version": 1}))
        return cls(
            Source(
                source.path,
                copy.deepcopy(source.data),
                {**source.keys},
                {**source.values},
                defaults={*source.defaults},
                held={*source.held},
            )
        )

    def has(self, *path: str) -> bool:
        """Return whether anything is declared at the path."""
        data = self.source.data
        for step in path:
            if not isinstance(data, dict) or step not in data:
                return False
            data = data[step]
        return True

    def put(self, statement: Statement) -> None:
        """Add what a statement says; what it says differently from another declaration becomes disputed."""
        path, location = statement.path, statement.location
        top = self.source.data
        assert isinstance(top, dict)
        if path[0] == "placement":
            rules = top.setdefault("placement", [])
            assert isinstance(rules, list)
            self.source.values["placement", len(rules)] = location
            rules.append(statement.value)
            return
        item = self._item(top, path, location)
        if len(path) == _DEPTH:
            self._fact(item, statement)

    def variants(self) -> Iterator[Source]:
        """Yield the data once more for each value of a disputed fact, for each of them must be a valid one."""
        top = self.source.data
        assert isinstance(top, dict)
        for path, said in self.disputed.items():
            section = top[str(path[0])]
            assert isinstance(section, dict)
            item = section[str(path[1])]
            assert isinstance(item, dict)
            for value, location in said:
                data: Data = {"version": 1, str(path[0]): {str(path[1]): {**item, str(path[2]): value}}}
                yield Source(self.source.path, data, {}, {**self.source.values, path: location})

    def disagreements(self) -> tuple[Disagreement, ...]:
        """Return every fact on which declarations disagree, in the order of the data."""
        return tuple(
            Disagreement(
                str(path[1]),
                f"{path[2]} of {str(path[0]).removesuffix('s')} {path[1]} is declared as "
                + " and as ".join(dict.fromkeys(_said(value) for value, _ in said)),
                tuple(location for _, location in said),
            )
            for path, said in sorted(self.disputed.items(), key=lambda pair: path_text(pair[0]))
        )

    def _item(self, top: dict[str, Data], path: Path, location: Location) -> dict[str, Data]:
        section = top.setdefault(str(path[0]), {})
        assert isinstance(section, dict)
        if path[1] not in section:
            section[str(path[1])] = {}
            self.source.values[path[:2]] = location
        item = section[str(path[1])]
        assert isinstance(item, dict)
        return item

    def _fact(self, item: dict[str, Data], statement: Statement) -> None:
        path, value, location = statement.path, statement.value, statement.location
        section, key = str(path[0]), str(path[2])
        if path in self.disputed:
            if not any(_same(key, value, other) for other, _ in self.disputed[path]):
                self.disputed[path].append((value, location))
                self._settle(item, path)
        elif path in self.source.held and key in item:
            item[key] = stricter(key, item[key], value)
        elif key not in item or path in self.source.defaults:
            self._replace(item, statement)
        elif key in _ADDED.get(section, ()):
            self._add(item, statement)
        elif not _same(key, item[key], value):
            first = (item[key], self.source.key(path))
            if key in _OPEN.get(section, ()):
                self.disputed[path] = [first, (value, location)]
                self._settle(item, path)
            else:
                said = f"{path_text(path)}: declared as {_said(first[0])} at {first[1]} and as {_said(value)} here"
                self.problems.add(location, said)

    def _replace(self, item: dict[str, Data], statement: Statement) -> None:
        path, places = statement.path, (self.source.keys, self.source.values)
        if path in self.source.defaults:
            self.source.defaults.discard(path)
            for known in places:
                for inner in [inner for inner in known if inner[: len(path)] == path]:
                    del known[inner]
        item[str(path[2])] = statement.value
        self.source.values[path] = statement.location

    def _settle(self, item: dict[str, Data], path: Path) -> None:
        """Leave in the data what analysis may build on: the first entry, the lowest figure, else nothing."""
        key, said = str(path[2]), self.disputed[path]
        numbers = [value for value, _ in said if isinstance(value, int | float)]
        if key == "entry":
            return
        if key in _KEPT and len(numbers) == len(said):
            item[key] = min(numbers)
        elif key == "units":
            text = f"{path_text(path)}: declared as {' and as '.join(_said(value) for value, _ in said)}"
            self.problems.add(said[-1][1], text)
        elif key not in _KEPT:
            item.pop(key, None)

    def _add(self, item: dict[str, Data], statement: Statement) -> None:
        path, key = statement.path, str(statement.path[2])
        before, more = _listed(item[key]), _listed(statement.value)
        if not isinstance(item[key], list):
            self.source.values[*path, 0] = self.source.value(path)
        new = [value for value in more if value not in before]
        for index, _ in enumerate(new, start=len(before)):
            self.source.values[*path, index] = statement.location
        item[key] = [*before, *new]


def _listed(value: Data) -> list[Data]:
    return value if isinstance(value, list) else [value]


def _same(key: str, one: Data, other: Data) -> bool:
    """Return whether two values say the same; the order of alternatives says nothing."""
    if key in _DURATIONS and isinstance(one, str) and isinstance(other, str):
        return one == other or (seconds(one) is not None and seconds(one) == seconds(other))
    if key in {"perimeter", "access", "any-of", "between"}:
        return sorted(map(repr, _alternatives(one))) == sorted(map(repr, _alternatives(other)))
    return one == other


def _alternatives(value: Data) -> list[Data]:
    return _listed(value["any-of"]) if isinstance(value, dict) and "any-of" in value else _listed(value)


def _said(value: Data) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_said(item) for item in value)}]"
    return str(value) if isinstance(value, str) and value.isprintable() and len(value) <= 60 else show(value)  # noqa: PLR2004 a line's worth
