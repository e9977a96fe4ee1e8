"""What each engine takes for trees of several shapes, beside the estimates by which one is chosen."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random

from resilience_checks.analysis.cut_sets import algebra, choice, diagrams, search
from resilience_checks.analysis.cut_sets.limits import Limits, StoppedError
from resilience_checks.analysis.cut_sets.modules import modules, simplified
from resilience_checks.analysis.cut_sets.sweeps import single_points
from resilience_checks.analysis.cut_sets.tree import NEVER, Tree

SECONDS = 10
NEAR, OPEN, FRESH = 0.3, 0.65, 0.9
Engine = Callable[[Tree, Sequence[int], int, Limits], list[tuple[int, ...]]]


def deep(random: Random, size: int, ands: float) -> Tree:
    """Gates over gates and events that stand near, some of them shared."""
    needed: list[int] = []
    children: list[tuple[int, ...]] = []
    events, open_ = list(range(size)), list[int]()
    random.shuffle(events)
    for gate in range(size):
        below: set[int] = set()
        wanted = random.randint(2, 5)
        while len(below) < wanted:
            chance = random.random()
            if chance < NEAR and gate:
                below.add(size + random.randrange(max(0, gate - size // 5), gate))
            elif chance < OPEN and open_:
                below.add(open_.pop(random.randrange(max(0, len(open_) - 5), len(open_))))
            else:
                below.add(events.pop() if events and chance < FRESH else random.randrange(size))
        kind = random.random()
        needed.append(wanted if kind < ands else random.randint(2, wanted) if kind < ands + 0.08 else 1)
        children.append(tuple(below))
        open_.append(size + gate)
    needed.append(1)
    children.append(tuple(open_))
    return Tree(size, tuple(needed), tuple(children))


def listed(random: Random, size: int, terms: int, each: int, *, ors: bool) -> Tree:
    """An and of many ors, or an or of many ands."""
    rows = [tuple(random.sample(range(size), each)) for _ in range(terms)]
    inner, outer = (1, terms) if ors else (each, 1)
    return Tree(size, (*[inner] * terms, outer), (*rows, tuple(range(size, size + terms))))


def trees() -> Iterator[tuple[str, Tree]]:
    for size in (150, 600, 1500):
        for ands in (0.15, 0.35):
            yield f"deep {size}, {ands:.0%} and", deep(Random(1), size, ands)
    for size, terms in ((200, 200), (1000, 2000)):
        yield f"{terms} ands of 3", listed(Random(1), size, terms, 3, ors=False)
    for size, terms, each in ((100, 6, 20), (300, 10, 60)):
        yield f"{terms} ors of {each}", listed(Random(1), size, terms, each, ors=True)


def main() -> int:
    print(f"{'largest module of':22} {'order':>5} {'leaves':>6} | estimate and CPU seconds of each engine, ! stopped")
    for name, tree in trees():
        top = tree.events + len(tree.needed) - 1
        ((_, single),) = single_points(tree, [top])
        reduced, root = simplified(tree, top, single)
        if root == NEVER:
            continue
        part = max(modules(reduced, root), key=lambda module: len(module.tree.needed))
        weights = [1] * part.tree.events
        for order in (2, 3, 4):
            searching = choice.search_seconds(part.tree, weights, order)
            combining = choice.algebra_seconds(part.tree, weights, order)
            told = [
                f"search {searching:9.3g} {_timed(search.search, part.tree, weights, order)}",
                f"algebra {combining:9.3g} {_timed(algebra.combine, part.tree, weights, order)}",
                f"diagram {_timed(diagrams.diagram, part.tree, weights, order)}",
            ]
            print(f"{name:22} {order:5} {part.tree.events:6} | {' | '.join(told)}", flush=True)
    return 0


def _timed(engine: Engine, tree: Tree, weights: list[int], order: int) -> str:
    begun = time.process_time()
    try:
        engine(tree, weights, order, Limits.within(SECONDS))
    except StoppedError:
        return f"{time.process_time() - begun:7.3f}!"
    return f"{time.process_time() - begun:7.3f} "


if __name__ == "__main__":
    sys.exit(main())
