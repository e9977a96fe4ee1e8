"""Which stacks a worker is sent at once: one program, or as many files as are worth the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resilience_checks.sources.stacks.evaluations import Evaluation

_BYTES = 4 << 20
"""Some 4,000 resources: half a second of reading, beside a few milliseconds of sending."""
_ROUNDS = 4
"""Each worker gets at least so many batches, so that none waits long for the last."""


def batches(evaluations: Sequence[Evaluation], workers: int) -> list[list[Evaluation]]:
    """Return the evaluations in batches of small files, and each other one alone."""
    sizes = [int(getattr(item.make, "size", 0)) for item in evaluations]
    most = min(_BYTES, sum(sizes) // (workers * _ROUNDS) + 1)
    found: list[list[Evaluation]] = []
    room = 0
    for item, size in zip(evaluations, sizes, strict=True):
        if size and size <= room:
            found[-1].append(item)
            room -= size
        else:
            found.append([item])
            room = most - size if size else 0
    return found
