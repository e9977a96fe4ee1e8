"""The minimal cut sets of a service, for readers: names of events, and up to which order they are all there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING

from resilience_checks.model.likelihood import Likelihood, rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from resilience_checks.analysis.cut_families import CutFamilies, Family
    from resilience_checks.topology.estate import Estate


@dataclass(frozen=True, eq=False)
class CutSets:
    """The minimal sets of counted events that lose something, in both bounds.

    All are there up to `finished` events, of `asked` that were asked for; names are made when they are first read.
    """

    asked: int
    finished: int
    violated: Family
    doubtful: Family
    algebra: CutFamilies

    @property
    def complete(self) -> bool:
        """Whether all sets of the asked order are there; if not, these are at least some."""
        return self.finished >= self.asked

    @cached_property
    def sure(self) -> tuple[tuple[str, ...], ...]:
        """Minimal cut sets of f⁻ of surely counted events, the smallest first; `((),)`: lost with nothing failed."""
        return self.algebra.named(self.violated)

    @cached_property
    def possible(self) -> tuple[tuple[str, ...], ...]:
        """Minimal cut sets of f⁺ of possibly counted events, the smallest first; `((),)`: maybe lost with nothing failed."""
        return self.sure if self.violated == self.doubtful else self.algebra.named(self.doubtful)

    def surely_lost(self, events: Collection[str]) -> bool:
        """Return whether these events are surely a cut, not only a minimal one."""
        return self.algebra.loses(self.violated, events)

    def possibly_lost(self, events: Collection[str]) -> bool:
        """Return whether these events are possibly a cut, not only a minimal one."""
        return self.algebra.loses(self.doubtful, events)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cut set with the stated likelihood class of each of its events; sets with one `place` are tied."""

    events: tuple[str, ...]
    classes: tuple[Likelihood, ...]
    place: int


def most_likely(estate: Estate, cuts: Iterable[tuple[str, ...]], number: int) -> tuple[Ranked, ...]:
    """Return the `number` most likely of the cut sets: fewer faults first, then by stated classes, never by name.

    Sets that are tied with the last one may be missing; which of them are told hangs on their names alone.
    """
    classes = {cut: tuple(estate.likelihood(event).likelihood for event in cut) for cut in cuts}
    ranks = {cut: rank(found) for cut, found in classes.items()}
    first = nsmallest(number, ranks, key=lambda cut: (ranks[cut], cut))
    places = {value: place for place, value in reversed([*enumerate((ranks[cut] for cut in first), start=1)])}
    return tuple(Ranked(cut, classes[cut], places[ranks[cut]]) for cut in first)
