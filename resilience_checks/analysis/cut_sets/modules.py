"""Makes the tree below a top smaller without changing what it says, and takes it apart into modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resilience_checks.analysis.cut_sets.tree import NEVER, Builder, Tree, references

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Sequence


@dataclass(frozen=True, slots=True)
class Module:
    """A sub-tree that shares nothing with the rest: its leaves are events, or modules that stand before it.

    The leaves are the events of `tree`, whose last gate is the top; `leaves` gives the node of each in the whole.
    `node` is its own node there.
    """

    node: int
    leaves: tuple[int, ...]
    tree: Tree

    @property
    def top(self) -> int:
        """The node of the top in `tree`."""
        return self.tree.events + len(self.tree.needed) - 1


def simplified(tree: Tree, top: int, never: Collection[int] = ()) -> tuple[Tree, int]:
    """Return the gates below the top: constants gone, ors in ors and ands in ands joined, equal ones made one.

    Events of `never` are taken not to fail.

    >>> tree, top = simplified(Tree(3, (1, 1, 0, 3), ((0, 1), (2, 3), (), (4, 5, 0))), 6)
    >>> tree.needed, tree.children, top
    ((1, 1, 2), ((0, 1), (0, 1, 2), (0, 4)), 5)
    """
    counts = references(tree, [top])
    build = Builder(tree.events)
    found = list(range(tree.events))
    for event in never:
        found[event] = NEVER
    for gate, (needed, children) in enumerate(zip(tree.needed, tree.children, strict=True)):
        if not counts[tree.events + gate]:
            found.append(0)  # nothing below the top refers to it
            continue
        found.append(build.gate(*_joined(build, needed, [(found[child], counts[child]) for child in children])))
    return build.tree(), found[top]


def _joined(build: Builder, needed: int, children: Sequence[tuple[int, int]]) -> tuple[int, list[int]]:
    """Return the gate with the children of those gates of its own kind that only it refers to."""
    kept: list[int] = []
    kind = None if len(children) == 1 else "or" if needed == 1 else "and" if needed == len(children) else None
    for child, count in children:
        gate = child - build.events
        if kind is not None and count == 1 and gate >= 0:
            below, size = build.needed[gate], len(build.children[gate])
            if (kind == "or" and below == 1) or (kind == "and" and below == size):
                kept += build.children[gate]
                continue
        kept.append(child)
    return (len(kept) if kind == "and" else needed), kept


def modules(tree: Tree, top: int) -> list[Module]:
    """Return the modules of the tree, each after those in it, the one of the top last.

    Dutuit and Rauzy, "A linear-time algorithm to find modules of fault trees", IEEE Transactions on
    Reliability 45(3), 1996. Leaves of an or or an and that nothing else refers to are made a module of their own.
    """
    if top < tree.events:
        return [Module(top, (top,), Tree(1, (1,), ((0,),)))]
    grouped, top = _grouped(tree, top, _roots(tree, top))
    roots = _roots(grouped, top)
    return [_cut_out(grouped, node, roots) for node in sorted(roots)]


def _roots(tree: Tree, top: int) -> set[int]:
    """Return the gates below the top that share no node with what stands outside of them."""
    first, done, last = _visits(tree, top)
    lowest, highest = list(first), list(last)
    found = set()
    for gate, children in enumerate(tree.children):
        node = tree.events + gate
        if not first[node]:
            continue
        earliest = min(lowest[child] for child in children)
        latest = max(highest[child] for child in children)
        if first[node] < earliest and latest < done[node]:
            found.add(node)
        lowest[node], highest[node] = min(lowest[node], earliest), max(highest[node], latest)
    return found


def _visits(tree: Tree, top: int) -> tuple[list[int], list[int], list[int]]:
    """Return when a walk from the top first met each node, left it, and last met it; 0: never."""
    size = tree.events + len(tree.needed)
    first, done, last = [0] * size, [0] * size, [0] * size
    clock = 0
    pending = [top]
    while pending:
        node = pending.pop()
        clock += 1
        if node < 0:
            done[~node] = clock
            continue
        last[node] = clock
        if first[node]:
            continue
        first[node] = clock
        if node >= tree.events:
            pending.append(~node)
            pending.extend(reversed(tree.children[node - tree.events]))
    return first, done, last


def _grouped(tree: Tree, top: int, roots: set[int]) -> tuple[Tree, int]:
    """Return the tree with a gate of its own for what only one or, or one and, refers to."""
    counts: Counter[int] = references(tree, [top])
    build = Builder(tree.events)
    found = list(range(tree.events))
    for gate, (needed, children) in enumerate(zip(tree.needed, tree.children, strict=True)):
        if not counts[tree.events + gate]:
            found.append(0)
            continue
        alone = [child for child in children if counts[child] == 1 and (child < tree.events or child in roots)]
        rest = [found[child] for child in children if child not in set(alone)]
        if needed in {1, len(children)} and len(alone) > 1 and rest:
            group = build.gate(1 if needed == 1 else len(alone), [found[child] for child in alone])
            found.append(build.gate(1 if needed == 1 else len(rest) + 1, [group, *rest]))
        else:
            found.append(build.gate(needed, [found[child] for child in children]))
    return build.tree(), found[top]


def _cut_out(tree: Tree, root: int, roots: set[int]) -> Module:
    """Return one module: its gates down to events and to other modules."""
    inside, pending = {root}, [root]
    while pending:
        for child in tree.children[pending.pop() - tree.events]:
            if child not in inside:
                inside.add(child)
                if child >= tree.events and child not in roots:
                    pending.append(child)
    gates = sorted(node for node in inside if node >= tree.events and (node == root or node not in roots))
    leaves = sorted(inside.difference(gates))
    number = {node: index for index, node in enumerate((*leaves, *gates))}
    own = [node - tree.events for node in gates]
    needed = tuple(tree.needed[gate] for gate in own)
    children = tuple(tuple(number[child] for child in tree.children[gate]) for gate in own)
    return Module(root, tuple(leaves), Tree(len(leaves), needed, children))
