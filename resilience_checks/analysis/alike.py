"""Which services have the same equations in two estates, so that exactly the same faults lose them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from resilience_checks.analysis.expressions import Choice, Expression, Move, Ref, Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resilience_checks.analysis.probe import Probe

Pair = tuple[int, int]
"""A node of one system and a node of the other that stand at the same place."""


def alike(one: Probe, other: Probe) -> frozenset[str]:
    """Return the services of both whose equations are equal, all the way down, facts and hits included.

    Pairs of nodes are walked from the services down, each once; those that differ, and all that lead to them, are
    not alike. What is not known of one is then not known of the other in the same way.
    """
    both = [name for name in one.tree.roots if name in other.tree.roots]
    pending = [(one.tree.roots[name], other.tree.roots[name]) for name in both]
    above: dict[Pair, list[Pair]] = defaultdict(list)
    seen: set[Pair] = set(pending)
    differing: list[Pair] = []
    while pending:
        pair = pending.pop()
        below = _below(one, other, pair)
        if below is None:
            differing.append(pair)
            continue
        for further in below:
            above[further].append(pair)
            if further not in seen:
                seen.add(further)
                pending.append(further)
    apart = set(differing)
    while differing:
        for pair in above[differing.pop()]:
            if pair not in apart:
                apart.add(pair)
                differing.append(pair)
    return frozenset(
        name
        for name in both
        if (one.tree.roots[name], other.tree.roots[name]) not in apart and _same_time(one, other, name)
    )


def _same_time(one: Probe, other: Probe, name: str) -> bool:
    """Return whether what the service may wait is the same, or is enough on both sides for all moves below it."""
    caps = (*one.caps(name), *other.caps(name))
    if caps[:2] == caps[2:]:
        return True
    moves = (item for node in one.below(name) for item in _flat(one.tree.nodes[node].expression))
    return sum(float(item[1]) for item in moves if isinstance(item, tuple) and item[0] == "move") <= min(caps)


def _below(one: Probe, other: Probe, pair: Pair) -> list[Pair] | None:
    """Return the pairs that the two equations refer to, None where the equations themselves differ."""
    mine, theirs = one.tree.nodes[pair[0]], other.tree.nodes[pair[1]]
    if mine.part != theirs.part or one.hits(mine) != other.hits(theirs):
        return None
    first, second = list(_flat(mine.expression)), list(_flat(theirs.expression))
    if len(first) != len(second):
        return None
    found: list[Pair] = []
    for left, right in zip(first, second, strict=True):
        if isinstance(left, Ref) and isinstance(right, Ref) and left.nature is right.nature:
            found.append((left.node, right.node))
        elif isinstance(left, Ref) or left != right:
            return None
    used = {item for item in first if isinstance(item, str)} | {fact for _, when in one.hits(mine) for fact, _ in when}
    same = all(one.values(fact) == other.values(fact) for fact in used)
    return found if same else None


def _flat(expression: Expression) -> Iterator[object]:
    """Yield what an expression is made of, in order, without the reasons in it; a fact is a text."""
    match expression:
        case Ref():
            yield expression
        case Threshold(k=k, items=items):
            yield (k, len(items))
            for item in items:
                yield from _flat(item)
        case Choice(fact=fact, branches=branches):
            yield fact
            for value, item in branches.items():
                yield ("if", value)
                yield from _flat(item)
        case Move(gate=gate, mover=mover, seconds=seconds, lag=lag):
            yield ("move", seconds, lag)
            yield from _flat(gate)
            yield from _flat(mover)
