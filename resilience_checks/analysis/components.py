"""Strongly connected components: where equations wait for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def components(edges: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the strongly connected components, each after those that it refers to.

    `edges[i]` are the nodes to which i refers. Inside a component, too, nodes come after those that they refer to as
    far as a cycle allows. Tarjan, "Depth-First Search and Linear Graph Algorithms",
    SIAM J. Comput. 1(2), 1972, without recursion; linear in nodes and edges.

    >>> components([[1], [2], [1], []])
    [[2, 1], [0], [3]]
    """
    index: list[int | None] = [None] * len(edges)
    low = [0] * len(edges)
    on_stack = [False] * len(edges)
    stack: list[int] = []
    found: list[list[int]] = []
    finished = [0] * len(edges)
    counter = left = 0
    for root in range(len(edges)):
        if index[root] is not None:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = counter
        counter += 1
        stack.append(root)
        on_stack[root] = True
        while work:
            node, targets = work[-1]
            for target in targets:
                seen = index[target]
                if seen is None:
                    index[target] = low[target] = counter
                    counter += 1
                    stack.append(target)
                    on_stack[target] = True
                    work.append((target, iter(edges[target])))
                    break
                if on_stack[target]:
                    low[node] = min(low[node], seen)
            else:
                work.pop()
                finished[node] = left = left + 1
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(sorted(_pop(stack, on_stack, node), key=finished.__getitem__))
    return found


def _pop(stack: list[int], on_stack: list[bool], root: int) -> list[int]:
    component = []
    while True:
        node = stack.pop()
        on_stack[node] = False
        component.append(node)
        if node == root:
            return component
