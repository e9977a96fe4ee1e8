"""Tries operators at places, and counts what was heard against what is true."""

from __future__ import annotations

import random
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.recall import harmless, weaker_declarations, weaker_resources, weaker_source
from benchmarks.recall.harm import harms
from benchmarks.recall.line import listen
from benchmarks.recall.variants import SOUND, Variant, load
from resilience_checks.model.errors import CheckError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from benchmarks.recall.harm import Harm
    from benchmarks.recall.line import Said
    from benchmarks.recall.variants import Operator, Stack

WEAKER = (*weaker_source.OPERATORS, *weaker_declarations.OPERATORS, *weaker_resources.OPERATORS)
SOUND_EDITS = harmless.OPERATORS
_OPERATORS = {operator.name: operator for operator in (*WEAKER, *SOUND_EDITS)}


@dataclass(frozen=True)
class Tried:
    """What one edit brought: the harms that were not there before, what was newly said, and why it failed, if it did."""

    operator: str
    place: str
    worse: frozenset[Harm] = frozenset()
    said: frozenset[Said] = frozenset()
    failure: str = ""
    milliseconds: float = 0.0

    @property
    def weaker(self) -> bool:
        """Whether the model says that something is worse."""
        return bool(self.worse)

    @property
    def caught(self) -> bool:
        """Whether a policy that may say so does."""
        return any(policy in _OPERATORS[self.operator].accepted for _, policy, _ in self.said)

    @property
    def unrelated(self) -> frozenset[str]:
        """The policies that spoke without cause: not accepted, or where nothing is weaker."""
        accepted = _OPERATORS[self.operator].accepted if self.weaker else frozenset()
        return frozenset(policy for _, policy, _ in self.said) - accepted


@dataclass
class Row:
    """The edits of one operator, counted."""

    operator: Operator
    tried: list[Tried] = field(default_factory=list)

    @property
    def weaker(self) -> list[Tried]:
        """The edits after which something is worse."""
        return [one for one in self.tried if one.weaker]

    @property
    def missed(self) -> list[Tried]:
        """The edits that weaken, and of which no policy says so."""
        return [one for one in self.weaker if not one.caught]

    @property
    def failed(self) -> list[Tried]:
        """The edits that could not be checked."""
        return [one for one in self.tried if one.failure]

    @property
    def noisy(self) -> list[Tried]:
        """The edits on which a policy spoke without cause."""
        return [one for one in self.tried if one.unrelated]


@cache
def stack(name: str) -> Stack:
    """Return a sound stack, read once in each process."""
    return load(name)


@cache
def _before(name: str) -> tuple[frozenset[Said], frozenset[Harm]]:
    with tempfile.TemporaryDirectory() as scratch:
        heard = listen(Variant(stack(name), ""), Path(scratch))
    return heard.said, harms(heard.estate, heard.declared)


def places(operators: Iterable[Operator], sample: int = 0, seed: int = 0) -> list[tuple[str, str, int]]:
    """Return every place as (operator, stack, number), or a seeded sample of so many of each operator."""
    chance, found = random.Random(seed), []
    for operator in operators:
        here = [
            (operator.name, name, number) for name in SOUND for number, _ in enumerate(operator.places(stack(name)))
        ]
        found += chance.sample(here, min(sample, len(here))) if sample else here
    return found


def tried(place: tuple[str, str, int]) -> Tried:
    """Make one edit, check it, and compare with the stack as it was."""
    operator, name, number = place
    variant = next(found for index, found in enumerate(_OPERATORS[operator].places(stack(name))) if index == number)
    shown = f"{name}: {variant.place}"
    said, harm = _before(name)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            heard = listen(variant, Path(scratch))
        except CheckError as error:
            return Tried(operator, shown, failure=f"{error.what}: {error.why}")
    if heard.failures:
        return Tried(operator, shown, failure="; ".join(heard.failures))
    worse = harms(heard.estate, heard.declared) - harm
    return Tried(operator, shown, worse, heard.said - said, milliseconds=heard.milliseconds)


def rows(operators: Sequence[Operator], workers: int = 1, sample: int = 0) -> Iterator[Row]:
    """Try every operator and yield its row, each as soon as it is whole."""
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(tried, places(operators, sample), chunksize=4)
        for name, group in groupby(found, key=attrgetter("operator")):
            yield Row(_OPERATORS[name], list(group))


__all__ = ["SOUND_EDITS", "WEAKER", "Row", "Tried", "places", "rows", "stack", "tried"]
