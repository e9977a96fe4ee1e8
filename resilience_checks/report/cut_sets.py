"""Minimal cut sets as JSON (`resilience-cut-sets/v1`) and as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from resilience_checks.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from resilience_checks.analysis.cut_sets.portfolio import CutSets

SCHEMA = "resilience-cut-sets/v1"
_SHOWN = 50


def as_json(top: str, events: Sequence[str], found: CutSets) -> str:
    """Return the sets as one JSON object, one set a line; event i is `events[i]`."""
    names = [json.dumps(event, ensure_ascii=False) for event in events]
    order = len(found.by_order) - 1
    head = {
        "schema": SCHEMA,
        "top": top,
        "max_order": order,
        "complete": found.complete,
        "finished_order": found.finished,
        "stopped": found.stopped,
        "counts_by_order": {str(size): len(found.by_order[size]) for size in range(1, order + 1)},
    }
    lines = [f"    [{', '.join([names[event] for event in each])}]" for sets in found.by_order for each in sets]
    sets = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    return f'{json.dumps(head, indent=2, ensure_ascii=False)[:-2]},\n  "cut_sets": {sets}\n}}\n'


def as_text(top: str, events: Sequence[str], found: CutSets) -> str:
    """Return the counts, and the first sets of each order."""
    return "".join(f"{line}\n" for line in _lines(one_line(top), events, found))


def _lines(top: str, events: Sequence[str], found: CutSets) -> Iterator[str]:
    order = len(found.by_order) - 1
    total = sum(len(sets) for sets in found.by_order)
    if found.by_order[0]:
        yield f"{top} fails with nothing failed: its one minimal cut set is empty"
        return
    yield f"{top}: {'' if found.complete else 'at least '}{_sets(total)} of up to {_events(order)}"
    if not found.complete:
        yield f"  not complete: {found.stopped}; none of up to {_events(found.finished)} is missing, larger ones may be"
    for size in range(1, order + 1):
        sets = found.by_order[size]
        yield ""
        yield f"order {size}: {'at least ' if size > found.finished else ''}{len(sets):,}"
        yield from (f"  {', '.join(one_line(events[event]) for event in each)}" for each in sets[:_SHOWN])
        if len(sets) > _SHOWN:
            yield f"  and {len(sets) - _SHOWN:,} more, which --format json lists"


def _sets(count: int) -> str:
    return f"{count:,} minimal cut set{'' if count == 1 else 's'}"


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"
