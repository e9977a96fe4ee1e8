"""Evaluates a tree for many fault sets at once: bit i of a node's value says that it fails in fault set i."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.tree import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from resilience_checks.analysis.cut_sets.tree import Tree


def sweep(tree: Tree, values: Sequence[int], full: int = 0) -> list[int]:
    """Return the value of every node, given those of the events and, for constant gates, of what always fails.

    >>> from resilience_checks.analysis.cut_sets.tree import Tree
    >>> sweep(Tree(3, (2,), ((0, 1, 2),)), [0b0011, 0b0101, 0b1001])[3]
    1
    """
    found = list(values)
    for needed, children in zip(tree.needed, tree.children, strict=True):
        found.append(value_of(needed, [found[child] for child in children], full))
    return found


def value_of(needed: int, values: Sequence[int], full: int = 0) -> int:
    """Return where at least so many of the values are set; `full` is where 0 of them are."""
    if needed == 1:
        value = 0
        for each in values:
            value |= each
        return value
    if needed == len(values) and values:
        value = values[0]
        for each in values:
            value &= each
        return value
    if needed <= 0:
        return full
    return 0 if needed > len(values) else at_least(needed, values)


def at_least(needed: int, values: Sequence[int]) -> int:
    """Return the bits that stand in at least so many of the values.

    >>> at_least(2, [0b011, 0b110, 0b101])
    7
    """
    reached = [0] * needed
    for value in values:
        for index in range(needed - 1, 0, -1):
            reached[index] |= reached[index - 1] & value
        reached[0] |= value
    return reached[-1]


def single_points(tree: Tree, tops: Sequence[int]) -> list[tuple[bool, list[int]]]:
    """Return for each top whether it fails with nothing failed, and the events that make it fail alone.

    One pass for all tops, with a bit for each event below some top and one for the empty set.

    >>> from resilience_checks.analysis.cut_sets.tree import Tree
    >>> single_points(Tree(2, (1, 0), ((0, 1), ())), [2, 3, 1])
    [(False, [0, 1]), (True, []), (False, [1])]
    """
    counts = references(tree, tops)
    columns = [event for event in range(tree.events) if counts[event]]
    values = [0] * tree.events
    for column, event in enumerate(columns, start=1):
        values[event] = 1 << column
    found = _forgetful(tree, values, (2 << len(columns)) - 1, counts)
    results = []
    for top in tops:
        always = bool(found[top] & 1)
        results.append((always, [] if always else [columns[bit - 1] for bit in bits(found[top])]))
    return results


def _forgetful(tree: Tree, values: Sequence[int], full: int, wanted: Mapping[int, int]) -> list[int]:
    """Return the values of the tops among all nodes; what no later gate reads is forgotten."""
    found, left = list(values), dict(wanted)
    for gate, (needed, children) in enumerate(zip(tree.needed, tree.children, strict=True)):
        if not wanted.get(tree.events + gate):
            found.append(0)
            continue
        found.append(value_of(needed, [found[child] for child in children], full))
        for child in children:
            left[child] -= 1
            if not left[child]:
                found[child] = 0
    return found


def bits(value: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while value:
        low = value & -value
        yield low.bit_length() - 1
        value ^= low
