"""Which stacks are one estate."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Member:
    """A stack: its resilience.yaml, if any, and the positions of the stacks whose outputs it reads."""

    project: str
    stack: str
    file: Path | None = None
    needs: frozenset[int] = frozenset()


def estates(members: Sequence[Member]) -> tuple[tuple[int, ...], ...]:
    """Return the estates as positions of their stacks, in order.

    One estate are the stacks of one name that share a resilience.yaml, and all that read each other's outputs. Two
    stacks of one project are two environments: where references would join them (a network that dev and prod both
    stand on), each environment is an estate of its own, together with all that it stands on.
    """
    environments: dict[tuple[object, str], list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        environments[index if member.file is None else member.file, member.stack].append(index)
    links = [*environments.values(), *([index, *member.needs] for index, member in enumerate(members))]
    found: list[frozenset[int]] = []
    for joined in _connected(len(members), links):
        projects = [members[index].project for index in joined]
        if len(set(projects)) == len(projects):
            found.append(frozenset(joined))
        else:
            found += _environments(members, sorted(joined))
    return tuple(sorted(tuple(sorted(estate)) for estate in found))


def _environments(members: Sequence[Member], joined: Sequence[int]) -> list[frozenset[int]]:
    """Split by stack name, add to each what it stands on, and drop what lies wholly within another."""
    named: dict[str, set[int]] = defaultdict(set)
    for index in joined:
        named[members[index].stack].add(index)
    whole = [frozenset(closure(members, seeds)) for seeds in named.values()]
    return [estate for estate in dict.fromkeys(whole) if not any(estate < other for other in whole)]


def closure(members: Sequence[Member], seeds: Iterable[int]) -> set[int]:
    """Return the stacks and all that they stand on, directly or not."""
    found: set[int] = set()
    pending = list(seeds)
    while pending:
        index = pending.pop()
        if index not in found:
            found.add(index)
            pending += members[index].needs
    return found


def _connected(count: int, links: Iterable[Sequence[int]]) -> list[list[int]]:
    root = list(range(count))

    def top(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    for first, *others in links:
        for other in others:
            root[max(top(first), top(other))] = min(top(first), top(other))
    joined: dict[int, list[int]] = defaultdict(list)
    for index in range(count):
        joined[top(index)].append(index)
    return list(joined.values())
